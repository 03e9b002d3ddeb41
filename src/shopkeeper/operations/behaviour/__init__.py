"""What do customers do in this shop, and what is it worth? The capability behaviour.

Verbs: `overview`. Reads orders, order_items, shipments, events and reviews through the numbers that
`data/metrics.py` defines; answers them overall and by period.

Limits: it counts and does not explain. The first and the last period may be incomplete.
"""

from shopkeeper.operations.behaviour.ask import overview

__all__ = ["overview"]
