"""The texts of a shop, whichever table they lie in, and the columns that the verb answers with.

Expressions only: nothing here runs a model, and all of it runs on every engine.
"""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shopkeeper.data import facts
from shopkeeper.data.shop import Shop
from shopkeeper.operations.reviews.features import review_rows, with_products

Source = Literal["reviews", "searches", "messages"]

TOPIC_COLUMNS = pa.schema(
    [
        ("topic", pa.int64()),
        ("name", pa.string()),
        ("language", pa.string()),
        ("texts", pa.int64()),
        ("share", pa.float64()),
        ("texts_this_week", pa.int64()),
        ("share_this_week", pa.float64()),
        ("share_before", pa.float64()),
        ("new", pa.bool_()),
        ("p_new", pa.float64()),
        ("changed_in", pa.date32()),
        ("share_until", pa.float64()),
        ("share_since", pa.float64()),
        ("p_change", pa.float64()),
        ("negative_share", pa.float64()),
        ("negative_low", pa.float64()),
        ("negative_high", pa.float64()),
        ("products", pa.int64()),
        ("quote", pa.string()),
        ("quote_id", pa.string()),
    ]
)
EVIDENCE = {
    "texts": pa.schema([("id", pa.string()), ("topic", pa.int64()), ("similarity", pa.float64())]),
    "weeks": pa.schema(
        [
            ("topic", pa.int64()),
            ("week", pa.date32()),
            ("texts", pa.int64()),
            ("all_texts", pa.int64()),
            ("share", pa.float64()),
        ]
    ),
    "words": pa.schema(
        [
            ("topic", pa.int64()),
            ("rank", pa.int64()),
            ("words", pa.string()),
            ("weight", pa.float64()),
            ("share", pa.float64()),
        ]
    ),
    "products": pa.schema(
        [
            ("topic", pa.int64()),
            ("product_id", pa.string()),
            ("title", pa.string()),
            ("texts", pa.int64()),
            ("expected", pa.float64()),
            ("share", pa.float64()),
            ("p", pa.float64()),
        ]
    ),
    "parts": pa.schema([("part", pa.string()), ("texts", pa.int64())]),
    "fitted": pa.schema(
        [
            ("language", pa.string()),
            ("method", pa.string()),
            ("texts", pa.int64()),
            ("sampled", pa.int64()),
            ("topics", pa.int64()),
        ]
    ),
}


def text_rows(shop: Shop, source: Source) -> ir.Table:
    """Return one row a text: id, text, on (local day), product_id, sentiment; ordered by id.

    Of messages only those of customers; of searches the product is the one clicked. A review that
    names no product is about the product of its order, where the order has only one.
    """
    match source:
        case "reviews":
            return _reviews(shop)
        case "searches":
            search = shop.searches
            rows = search.select(
                id=search.search_id,
                text=facts.trimmed(search["query"]).nullif(""),
                on=ibis.coalesce(search.searched_on, search.searched_at.date()),
                product_id=search.clicked_product_id,
            )
        case "messages":
            message = shop.messages
            message = message.filter(message.sender == "customer")
            rows = message.select(
                id=message.message_id,
                text=facts.trimmed(message.text).nullif(""),
                on=ibis.coalesce(message.sent_on, message.sent_at.date()),
                product_id=message.product_id,
            )
    return rows.mutate(sentiment=ibis.null("string")).order_by("id")


def product_titles(shop: Shop) -> ir.Table:
    """Return the title of each product."""
    product = shop.products
    return product.group_by("product_id").aggregate(title=product.title.min())


def _reviews(shop: Shop) -> ir.Table:
    read = review_rows(shop).select("review_id", "text")
    known = facts.reviews(shop).select("review_id", "product_id", "order_id", "on", "sentiment")
    joined = read.left_join(with_products(shop, known), "review_id")
    return joined.select("text", "on", "sentiment", "product_id", id="review_id").order_by("id")
