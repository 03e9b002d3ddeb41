"""Judge.me reviews: the export and the import template, which lacks some of its columns.

A review has no id: it is one person's review of one product at one time. The product is the handle,
which is `parent_id` of Shopify's products; the number of the product where there is no handle. The
reviewer is the pseudonym of the e-mail address, as in Shopify's orders.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind, Refusal
from shopkeeper.data.tables import CUSTOMERS, REVIEWS
from shopkeeper.words import Words

_PRODUCT = 'coalesce(cell("product_handle"), cell("product_id"))'
_CUSTOMER = 'pseudonym("reviewer_email")'

KINDS = (
    FileKind(
        name="judgeme_reviews",
        platform="judgeme",
        title=Words("Judge.me reviews", "Judge.me 评价"),
        required=(
            "title", "body", "rating", "review_date", "reviewer_name", "reviewer_email",
            "product_handle|product_id",
        ),
        optional=("product_handle", "product_id", "source", "reply", "reply_date"),
        rows=f"""SELECT *, row_key(concat_ws(chr(31), coalesce({_PRODUCT}, ''), cell("review_date"),
            coalesce(cell("reviewer_email"), cell("reviewer_name"), cell("body")))) AS _id FROM file""",
        refusals=(
            Refusal('coalesce(cell("rating"), cell("title"), cell("body")) IS NULL',
                    Words("neither stars nor text", "没有星级也没有文字")),
        ),
        grain=Extract(REVIEWS, {
            "review_id": "_id",
            "product_id": _PRODUCT,
            "customer_id": _CUSTOMER,
            "rating": '"rating"',
            "title": '"title"',
            "text": 'plain_text("body")',
            "reviewed_at": """regexp_replace("review_date", ' UTC$', '+0000')""",
            "reply": 'plain_text("reply")',
            "replied_at": """regexp_replace("reply_date", ' UTC$', '+0000')""",
        }),
        others=(
            Extract(CUSTOMERS, {
                "customer_id": _CUSTOMER,
                "name": '"reviewer_name"',
                "email": '"reviewer_email"',
                "created_at": """regexp_replace("review_date", ' UTC$', '+0000')""",
            }, weak=True),
        ),
    ),
)
