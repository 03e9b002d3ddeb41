"""What do customers do in this shop, and what is it worth? The capability behaviour.

Verbs: `overview`, `funnel`, `retention`, `sessions`, `searches`, `baskets`, `explain_change`, `paths`. `overview` reads orders, order_items, shipments, events and reviews
through the numbers that `data/metrics.py` defines; answers them overall and by period. `funnel` reads
events, and products, categories and customers where it is split by theirs; answers how many reach each step.
`retention` reads orders, order_items and events; answers who comes back by period since the first.
`sessions` reads events; answers how long and deep they are, and how many have an order.
`searches` reads searches, events, orders, products and categories; answers what is looked for and what follows.
`baskets` reads orders, order_items, events and products; answers what is bought and what is viewed together.
`explain_change` reads orders, order_items, events, products, categories, campaigns, reviews and messages; answers why a metric moved.
`paths` reads events; answers what follows what within a session.

Limits: it counts and does not explain. The first and the last period may be incomplete.
"""

from shopkeeper.operations.behaviour.ask import funnel, overview, retention, sessions
from shopkeeper.operations.behaviour.ask_further import baskets, explain_change, paths, searches

__all__ = [
    "baskets",
    "explain_change",
    "funnel",
    "overview",
    "paths",
    "retention",
    "searches",
    "sessions",
]
