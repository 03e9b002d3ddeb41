"""What does each customer want next, and why? The capability recommend.

Reads orders, order_items, events and products; learns from the order in which customers came upon
products, and proves itself on the newest product of each, beside the popular ones.

Limits: a product that nobody has touched is known by its category, brand and title alone.
"""
