"""The reviews whose aspects are read, as an Ibis expression, and the columns of the answer."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shopkeeper.data.facts import sentiment_of_stars
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.operations.reviews.features import with_products

FIELDS = ("title", "text")
_PLACE = ("text", "title", "target", "rating", "reviewed_at", "product", "review_id")
MENTION_COLUMNS = pa.schema(
    [
        ("review_id", pa.string()),
        ("aspect", pa.string()),
        ("polarity", pa.string()),
        ("p_negative", pa.float64()),
        ("p_neutral", pa.float64()),
        ("p_positive", pa.float64()),
        ("quote", pa.string()),
        ("field", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("term", pa.string()),
    ]
)


def aspect_rows(shop: Shop) -> ir.Table:
    """Return one row a review, ordered by `review_id`.

    `title` and `text` as they are stored, so that offsets count in them; `target` is the shop's own
    label, else the class of the stars; `product_id` that of the order where the review names none and
    the order has only one; `product` the product's title, else its id; `month` the local month's first day.
    """
    reviews, products = with_products(shop, shop.reviews), shop.products
    titles = products.group_by(named_id=products.product_id).aggregate(named=products.title.min())
    joined = reviews.left_join(titles, reviews.product_id == titles.named_id)
    label = joined.label.isin(SENTIMENTS).ifelse(joined.label, ibis.null("string"))
    return joined.select(
        "review_id",
        "rating",
        "title",
        "text",
        "product_id",
        "reviewed_at",
        product=ibis.coalesce(joined.named, joined.product_id),
        target=ibis.coalesce(label, sentiment_of_stars(joined.rating)),
        month=joined.reviewed_on.truncate("M"),
    ).order_by("review_id")


def read_rows(shop: Shop) -> pa.Table:
    """Return `aspect_rows` as an Arrow table, in the order of what they say.

    Folds deal by place, and quotes that tie are shown by place; a review's name must decide neither.
    """
    return aspect_rows(shop).to_pyarrow().sort_by([(name, "ascending") for name in _PLACE])
