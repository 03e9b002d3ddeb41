"""What do customers say, and what goes with it? The capability reviews.

Reads reviews, and, for what goes with them, orders, order items, shipments, products and events.
Answers with one row a review (`SENTIMENT_COLUMNS` of `features`), or with tables by sentiment.

Limits: sentiment is learned from this shop's own stars or labels, so it inherits what they mean
here; nothing in this capability says that one thing caused another.
"""
