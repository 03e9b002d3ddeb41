"""Who are the customers, and what are they worth? The capability segments.

Verbs: `lifetime_value`. Reads orders and order_items; answers, for each customer, what is expected of
them, and how far such expectations were right about a period kept aside.

Limits: it knows how often and how much a customer bought, and nothing of why.
"""

from shopkeeper.operations.segments.ask import lifetime_value

__all__ = ["lifetime_value"]
