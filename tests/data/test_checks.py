"""The laws of the data, each broken on purpose."""

from datetime import datetime

import pyarrow as pa
import pytest

from shopkeeper.data.checks import check
from shopkeeper.data.laws import LAWS
from shopkeeper.data.metrics import METRICS
from shopkeeper.data.oddities import ODDITIES
from shopkeeper.data.shop import Shop, shop_from_tables


def day(number: int) -> datetime:
    return datetime(2026, 3, number)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_from_tables({
        "customers": pa.table({"customer_id": ["c1"]}),
        "products": pa.table({"product_id": ["p1", "p2"], "price": [3.0, -3.0]}),
        "campaigns": pa.table({"campaign_id": ["k1"], "started_at": [day(1)]}),
        "contacts": pa.table({
            "campaign_id": ["k9"], "customer_id": ["c1"], "arm": ["control"], "assigned_at": [day(1)],
        }),
        "orders": pa.table({
            "order_id": ["o1", "o2", "o3"],
            "customer_id": ["c1", "c9", None],
            "ordered_at": [day(5), day(6), day(7)],
            "paid_at": [day(6), day(5), day(8)],
            "subtotal": [10.0, 10.0, 10.0],
            "shipping": [2.0, 0.0, None],
            "tax": [1.0, 1.0, None],
            "total": [13.0, 10.0, 99.0],
            "refunded": [0.0, 11.0, 0.0],
        }),
        "order_items": pa.table({
            "order_id": ["o1", "o1", "o1", "o9"],
            "line": [1, 2, 3, 1],
            "product_id": ["p1", "p1", "p9", None],
            "quantity": [2, 2, 1, 1],
            "price": [3.0, 3.0, 0.0, -1.0],
        }),
        "payments": pa.table({"order_id": ["o9"], "line": [1], "amount": [5.0]}),
        "shipments": pa.table({
            "order_id": ["o1", "o9"],
            "line": [1, 1],
            "promised_at": [day(4), None],
            "shipped_at": [day(9), None],
            "delivered_at": [day(3), None],
        }),
        "reviews": pa.table({
            "review_id": ["r1", "r2"],
            "product_id": ["p9", "p1"],
            "order_id": ["o9", "o1"],
            "rating": [6.0, 5.0],
            "text": [None, "好"],
            "reviewed_at": [day(9), day(9)],
            "replied_at": [day(8), None],
        }),
    })  # fmt: skip


def test_every_law_finds_exactly_the_rows_that_break_it(shop: Shop) -> None:
    found = {row["finding"]: row["rows"] for row in check(shop).table.to_pylist()}
    assert found == {
        "order_items.unknown_orders": 1,
        "order_items.unknown_products": 1,
        "order_items.negative_price": 1,
        "products.negative_price": 1,
        "order_items.free": 1,
        "order_items.repeated": 1,
        "payments.unknown_orders": 1,
        "shipments.unknown_orders": 1,
        "shipments.delivered_at_before_ordered_at": 1,
        "shipments.delivered_at_before_shipped_at": 1,
        "shipments.promised_at_before_ordered_at": 1,
        "orders.unknown_customers": 1,
        "orders.paid_at_before_ordered_at": 1,
        "orders.no_customer": 1,
        "orders.total_disagrees": 1,
        "orders.refund_exceeds_total": 1,
        "reviews.unknown_products": 1,
        "reviews.unknown_orders": 1,
        "reviews.replied_at_before_reviewed_at": 1,
        "reviews.rating_out_of_range": 1,
        "reviews.no_text": 1,
        "contacts.unknown_campaigns": 1,
    }
    # What only a whole table can tell has tests of its own.
    assert set(found) == {law.name for law in LAWS} - {law.name for law in ODDITIES}


def test_laws_name_metrics_that_exist() -> None:
    assert {name for law in LAWS for name in law.corrupts} <= {metric.name for metric in METRICS}


def test_the_summary_says_what_a_broken_law_corrupts_in_both_languages(shop: Shop) -> None:
    words = check(shop).summary[1]
    assert "this touches" in words.en
    assert "影响" in words.zh


def test_an_empty_shop_breaks_no_law() -> None:
    answer = check(shop_from_tables({}))
    assert answer.table.num_rows == 0
    assert "0 rows read = 0 kept + 0 duplicates + 0 rejected" in answer.summary[0].en
