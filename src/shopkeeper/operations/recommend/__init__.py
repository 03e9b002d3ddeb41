"""What does each customer want next, and why? The capability recommend.

Verbs: `recommend`. Reads orders, order_items, events and products; learns from the order in which
customers came upon products, and judges itself on the newest product of each, beside the popular
ones.

Limits: it predicts what comes next, not what recommending changes. What nobody has touched is not
recommended.
"""

from shopkeeper.operations.recommend.ask import recommend

__all__ = ["recommend"]
