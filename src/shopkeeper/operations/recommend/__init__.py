"""What does each customer want next, what stands beside a product, and why? The capability recommend.

Verbs: `recommend`, `similar_products`, `complements`, `search_products`. Reads orders, order_items, events and products; learns from
the order in which customers came upon products, and judges itself on the newest product of each,
beside the popular ones.

Limits: it predicts what comes next, not what recommending changes. What nobody has touched is
recommended by what is like it.
"""

from shopkeeper.operations.recommend.ask import recommend, similar_products
from shopkeeper.operations.recommend.complements_ask import complements
from shopkeeper.operations.recommend.search_ask import search_products

__all__ = ["complements", "recommend", "search_products", "similar_products"]
