"""The rows that numbers are counted on, on rows made by hand."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data import facts
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.reviews.ask import sentiment_effect
from shopkeeper.surfaces.report import queries
from shopkeeper.words import Words


def rows(*items: dict[str, Any]) -> pa.Table:
    names = sorted({name for item in items for name in item})
    return pa.table({name: [item.get(name) for item in items] for name in names})


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2024, 5, number, hour)


def boutique(**more: pa.Table) -> Shop:
    """Reviews name a product and a customer; orders name the variants that were bought."""
    tables = {
        "products": rows(
            {"product_id": "shirt-S", "parent_id": "shirt", "title": "Shirt", "category": "tops"},
            {"product_id": "shirt-L", "parent_id": "shirt", "title": "Shirt", "category": "tops"},
            {"product_id": "mug", "parent_id": None, "title": "Mug", "category": "kitchen"},
        ),
        "orders": rows(
            {"order_id": "early", "customer_id": "ann", "ordered_at": day(1), "status": "paid"},
            {"order_id": "later", "customer_id": "ann", "ordered_at": day(3), "status": "paid"},
            {"order_id": "void", "customer_id": "ann", "ordered_at": day(4), "status": "cancelled"},
            {"order_id": "other", "customer_id": "bob", "ordered_at": day(2), "status": "paid"},
        ),
        "order_items": rows(
            {"order_id": "early", "line": 1, "product_id": "shirt-S", "quantity": 1},
            {"order_id": "later", "line": 1, "product_id": "shirt-L", "quantity": 1},
            {"order_id": "void", "line": 1, "product_id": "shirt-L", "quantity": 1},
            {"order_id": "other", "line": 1, "product_id": "mug", "quantity": 1},
        ),
        "reviews": rows(
            {"review_id": "r1", "customer_id": "ann", "product_id": "shirt", "rating": 1.0,
             "reviewed_at": day(5)},
            {"review_id": "r2", "customer_id": "ann", "product_id": "shirt", "rating": 5.0,
             "reviewed_at": day(2)},
            {"review_id": "r3", "customer_id": "bob", "product_id": "shirt", "rating": 5.0,
             "reviewed_at": day(5)},
            {"review_id": "r4", "customer_id": "bob", "product_id": "mug", "order_id": "early",
             "rating": 3.0, "reviewed_at": day(5)},
        ),
    }  # fmt: skip
    return shop_from_tables(tables | more)


def test_a_review_without_an_order_belongs_to_the_last_one_before_it_that_holds_the_product() -> (
    None
):
    shop = boutique()
    found = facts.placed_reviews(shop).to_pyarrow().to_pylist()
    assert {row["review_id"]: row["order_id"] for row in found} == {
        "r1": "later", "r2": "early", "r3": None, "r4": "early",
    }  # fmt: skip
    assert {row["product_id"] for row in found} == {"shirt", "mug"}


def test_variants_are_counted_together_and_named_by_their_product() -> None:
    groups = {group.key: group for group in queries.by_category(boutique(), "en")}
    assert (groups["tops"].reviews, groups["kitchen"].reviews) == (3, 1)


def test_reviews_of_products_join_orders_of_variants_in_sentiment_effect() -> None:
    answer = sentiment_effect(boutique(), minimum_count=1)
    plain = answer.evidence["by_sentiment"].to_pylist()
    sold = {
        row["sentiment"]: row["value"] for row in plain
        if row["part"] == "products" and row["metric"] == "units_sold"
    }  # fmt: skip
    assert sold["negative"] == pytest.approx(2)


def test_what_customers_said_goes_before_what_a_text_is_read_as() -> None:
    reviews = rows(
        {"review_id": "label", "label": "neutral", "rating": 1.0, "text": "a"},
        {"review_id": "stars", "rating": 1.0, "text": "b"},
        {"review_id": "text", "text": "c"},
        {"review_id": "guess", "text": "d"},
        {"review_id": "nothing"},
    )
    names = ["label", "stars", "text", "guess", "nothing"]
    read = Answer("review_sentiment", Words("", ""), pa.table({
        "review_id": names, "read": ["positive", "positive", "negative", "positive", None],
        "abstained": [False, False, False, True, None],
    }), "ngrams")  # fmt: skip
    shop = shop_from_tables({"reviews": reviews}, answers={"review_sentiment": read})
    found = {row["review_id"]: row for row in facts.reviews(shop).to_pyarrow().to_pylist()}
    assert [(found[n]["sentiment"], found[n]["origin"], found[n]["clear"]) for n in names] == [
        ("neutral", "label", False), ("negative", "stars", False), ("negative", "text", True),
        (None, None, None), (None, None, None),
    ]  # fmt: skip


def test_in_the_past_an_order_is_paid_once_its_payment_is_dated() -> None:
    orders = rows(
        {"order_id": "a", "ordered_at": day(1), "paid_at": day(2), "status": "paid",
         "total": Decimal(10)},
        {"order_id": "b", "ordered_at": day(1), "status": "created", "total": Decimal(20)},
        {"order_id": "c", "ordered_at": day(1), "paid_at": day(9), "status": "paid",
         "total": Decimal(40)},
    )  # fmt: skip
    shop = shop_from_tables({"orders": orders})
    paid = {row["order_id"]: row["paid"] for row in facts.orders(shop).to_pyarrow().to_pylist()}
    assert paid == {"a": True, "b": False, "c": True}
    past = facts.orders(shop.as_of(day(5))).to_pyarrow().to_pylist()
    assert {row["order_id"]: row["paid"] for row in past} == {"a": True, "b": False, "c": False}


def test_in_a_shop_that_dates_no_payment_every_sale_counts_in_the_past() -> None:
    orders = rows({"order_id": "a", "ordered_at": day(1), "status": "delivered"})
    shop = shop_from_tables({"orders": orders})
    past = facts.orders(shop.as_of(day(5)))
    assert past.to_pyarrow()["paid"].to_pylist() == [True]


@pytest.mark.parametrize(
    ("promised", "delivered", "days", "zone"),
    [
        (day(6, 0), day(6, 15), 0, "UTC"),  # midnight names a day: all of it is in time
        (day(6, 0), day(7, 15), 1, "UTC"),
        (day(6, 0), day(5, 15), -1, "UTC"),
        (datetime(2024, 5, 6, 23, 59, 59), day(6, 15), 0, "UTC"),
        (datetime(2024, 5, 6, 23, 59, 59), day(7, 15), 1, "UTC"),
        (datetime(2024, 5, 6, 23, 59, 59), day(4, 15), -2, "UTC"),
        (day(5, 16), day(6, 10), 0, "+08:00"),
        (day(5, 16), day(6, 17), 1, "+0800"),
        (day(6, 3), day(7, 2), 0, "-03:00"),
    ],
)
def test_lateness_counts_days_from_the_promised_day(
    promised: datetime, delivered: datetime, days: int, zone: str
) -> None:
    shop = shop_from_tables({
        "orders": rows({"order_id": "a", "ordered_at": day(1), "status": "delivered",
                        "time_zone": zone}),
        "shipments": rows({"order_id": "a", "line": 1, "promised_at": promised,
                           "delivered_at": delivered}),
        "reviews": rows({"review_id": "r", "order_id": "a", "rating": 1.0}),
    })  # fmt: skip
    assert queries.lateness(shop) == [{"days": days, "reviews": 1, "negative": 1}]
