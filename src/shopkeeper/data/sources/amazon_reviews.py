"""Amazon reviews as the public research sets of 2014, 2018 and 2023 write them (JSON lines or CSV).

The 2014 and 2018 sets date a review by the day (UTC midnight), the 2023 set by the millisecond. A
review has no id of its own: it is one reviewer's review of one item at one time. `asin` is the variant
and `parent_asin` the product that it belongs to.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import CUSTOMERS, PRODUCTS, REVIEWS
from shopkeeper.words import Words

KINDS = (
    FileKind(
        name="amazon_reviews",
        platform="amazon",
        title=Words("Amazon reviews (2014, 2018)", "亚马逊评价（2014、2018 版）"),
        required=("reviewerID", "asin", "reviewText", "overall", "summary", "unixReviewTime"),
        optional=("reviewerName", "reviewTime", "helpful", "vote", "verified"),
        grain=Extract(REVIEWS, {
            "review_id": """person(cell("reviewerID")) || '-' || cell("asin") || '-' || cell("unixReviewTime")""",
            "product_id": '"asin"',
            "customer_id": '"reviewerID"',
            "rating": '"overall"',
            "title": '"summary"',
            "text": '"reviewText"',
            "reviewed_at": 'epoch_seconds("unixReviewTime")',
            "verified": '"verified"',
            "helpful_votes": """coalesce(cell("vote"), nullif(regexp_extract("helpful", '(\\d+)', 1), ''))""",
        }),
        others=(
            Extract(CUSTOMERS, {
                "customer_id": '"reviewerID"',
                "name": '"reviewerName"',
                "created_at": 'epoch_seconds("unixReviewTime")',
            }),
            Extract(PRODUCTS, {"product_id": '"asin"'}, weak=True),
        ),
    ),
    FileKind(
        name="amazon_reviews_2023",
        platform="amazon",
        title=Words("Amazon reviews (2023)", "亚马逊评价（2023 版）"),
        required=("rating", "title", "text", "asin", "user_id", "timestamp"),
        optional=("parent_asin", "helpful_vote", "verified_purchase"),
        grain=Extract(REVIEWS, {
            "review_id": """person(cell("user_id")) || '-' || cell("asin") || '-' || cell("timestamp")""",
            "product_id": '"asin"',
            "customer_id": '"user_id"',
            "rating": '"rating"',
            "title": '"title"',
            "text": '"text"',
            "reviewed_at": 'epoch_milliseconds("timestamp")',
            "verified": '"verified_purchase"',
            "helpful_votes": '"helpful_vote"',
        }),
        others=(
            Extract(CUSTOMERS, {"customer_id": '"user_id"', "created_at": 'epoch_milliseconds("timestamp")'}),
            Extract(PRODUCTS, {"product_id": '"asin"', "parent_id": '"parent_asin"'}, weak=True),
        ),
    ),
)
