"""What the capability reads of reviews, and the columns that it answers with.

Expressions only: nothing here runs a model, and all of it runs on every engine.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.data.facts import sentiment_of_stars, trimmed
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import SENTIMENTS

SENTIMENT_COLUMNS = pa.schema(
    [
        ("review_id", pa.string()),
        ("sentiment", pa.string()),
        ("read", pa.string()),
        ("p_negative", pa.float64()),
        ("p_neutral", pa.float64()),
        ("p_positive", pa.float64()),
        ("abstained", pa.bool_()),
        ("origin", pa.string()),
        ("rating", pa.float64()),
    ]
)
PROBABILITIES = tuple(f"p_{name}" for name in SENTIMENTS)


def review_rows(shop: Shop) -> ir.Table:
    """Return one row a review with what sentiment is learned from, ordered by `review_id`.

    `text` is title and text, null where both are blank; `label` is the shop's own, null where it is
    none of the three classes; `stars` is the class of the rating; `month` the local month's first day.
    """
    reviews = shop.reviews
    title, text = (trimmed(part.fill_null("")) for part in (reviews.title, reviews.text))
    gap = ibis.ifelse((title == "") | (text == ""), "", "\n")
    return reviews.select(
        "review_id",
        "rating",
        "reviewed_at",
        text=(title + gap + text).nullif(""),
        label=reviews.label.isin(SENTIMENTS).ifelse(reviews.label, ibis.null("string")),
        stars=sentiment_of_stars(reviews.rating),
        month=reviews.reviewed_on.truncate("M"),
    ).order_by("review_id")


def with_products(shop: Shop, reviews: ir.Table) -> ir.Table:
    """Return reviews, where one names no product with the product of its order, if that has only one."""
    line = shop.order_items
    alone = line.group_by(lone_order=line.order_id).aggregate(
        only=line.product_id.min(), products=line.product_id.nunique()
    )
    alone = alone.filter(alone.products == 1).drop("products")
    joined = reviews.left_join(alone, reviews.order_id == alone.lone_order)
    return joined.mutate(product_id=ibis.coalesce(joined.product_id, joined.only)).drop(
        "lone_order", "only"
    )


def probability_columns(probabilities: NDArray[np.float64], classes: tuple[str, ...]) -> pa.Table:
    """Return `p_negative`, `p_neutral`, `p_positive`; zero for a class that was not learned."""
    column_of = {name: number for number, name in enumerate(classes)}
    nothing = np.zeros(len(probabilities))
    return pa.table(
        {
            f"p_{name}": probabilities[:, column_of[name]] if name in column_of else nothing
            for name in SENTIMENTS
        }
    )
