"""The Yelp open dataset: JSON lines of businesses, reviews, users, tips and check-ins.

A business takes the place of a product. A tip is a review without stars, because it is a text that a
customer wrote about a business. A line of check-ins says when a business was visited, by nobody in
particular; each becomes an event `Checked In`. Times name no zone and are taken as UTC. Friends are
left out.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import CUSTOMERS, EVENTS, PRODUCTS, REVIEWS
from shopkeeper.words import Words

KINDS = (
    FileKind(
        name="yelp_business",
        platform="yelp",
        title=Words("Yelp businesses", "Yelp 商户"),
        required=("business_id", "name", "city", "state", "stars", "review_count", "is_open", "categories"),
        optional=("attributes",),
        grain=Extract(PRODUCTS, {
            "product_id": '"business_id"',
            "title": '"name"',
            "category": '"categories"',
            "attributes": 'cell("attributes")',
        }),
    ),
    FileKind(
        name="yelp_reviews",
        platform="yelp",
        title=Words("Yelp reviews", "Yelp 评价"),
        required=("review_id", "user_id", "business_id", "stars", "useful", "funny", "cool", "text", "date"),
        grain=Extract(REVIEWS, {
            "review_id": '"review_id"',
            "product_id": '"business_id"',
            "customer_id": '"user_id"',
            "rating": '"stars"',
            "text": '"text"',
            "reviewed_at": '"date"',
            "helpful_votes": '"useful"',
        }),
    ),
    FileKind(
        name="yelp_users",
        platform="yelp",
        title=Words("Yelp users", "Yelp 用户"),
        required=("user_id", "name", "review_count", "yelping_since", "fans", "average_stars"),
        grain=Extract(CUSTOMERS, {"customer_id": '"user_id"', "name": '"name"', "created_at": '"yelping_since"'}),
    ),
    FileKind(
        name="yelp_tips",
        platform="yelp",
        title=Words("Yelp tips", "Yelp 短评"),
        required=("user_id", "business_id", "text", "date", "compliment_count"),
        rows="""SELECT *, 'tip-' || row_key(concat_ws(chr(31), "user_id", "business_id", "date", "text")) AS _id FROM file""",
        grain=Extract(REVIEWS, {
            "review_id": "_id",
            "product_id": '"business_id"',
            "customer_id": '"user_id"',
            "text": '"text"',
            "reviewed_at": '"date"',
            "helpful_votes": '"compliment_count"',
        }),
    ),
    FileKind(
        name="yelp_checkins",
        platform="yelp",
        title=Words("Yelp check-ins", "Yelp 签到"),
        required=("business_id", "date"),
        grain=Extract(PRODUCTS, {"product_id": '"business_id"'}),
        others=(
            Extract(EVENTS, {
                "event_id": """cell("business_id") || '-' || trim(_item) || '-' || _number""",
                "name": "'Checked In'",
                "happened_at": "TRY_CAST(trim(_item) AS TIMESTAMP)",
                "product_id": '"business_id"',
            }, each="""string_split("date", ',')"""),
        ),
    ),
)
