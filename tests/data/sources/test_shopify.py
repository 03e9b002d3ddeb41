"""Shopify: cells only on an order's first row, SKUs as ids, pictures as rows, people as pseudonyms."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shopkeeper.data.checks import check

FILES = Path(__file__).parent / "files"


def test_an_order_is_filled_down_and_its_lines_are_numbered(load):
    imported = load("shopify_orders.csv")
    order = imported.rows("orders")[0]
    assert order.pop("customer_id").startswith("c")
    assert order == {
        "order_id": "#1001",
        "kind": "sale",
        "ordered_at": datetime(2024, 3, 1, 15, 45, 12),
        "ordered_on": date(2024, 3, 1),
        "time_zone": "+0800",
        "status": "shipped",
        "source_status": "paid / fulfilled",
        "paid_at": datetime(2024, 3, 1, 15, 50),
        "subtotal": Decimal(54),
        "discount": Decimal(6),
        "shipping": Decimal(5),
        "tax": Decimal(0),
        "total": Decimal(59),
        "refunded": Decimal(0),
        "currency": "USD",
        "channel": "web",
        "discount_code": "SPRING",
        "region": "CA",
        "country": "US",
        "note": "Call [phone] first",
    }
    assert imported.rows(
        "order_items", "order_id", "line", "product_id", "quantity", "discount"
    ) == [
        {
            "order_id": "#1001",
            "line": 1,
            "product_id": "LS-BL-M",
            "quantity": 2,
            "discount": Decimal(6),
        },
        {
            "order_id": "#1001",
            "line": 2,
            "product_id": "茶杯",
            "quantity": 1,
            "discount": Decimal(0),
        },
        {
            "order_id": "#1002",
            "line": 1,
            "product_id": "TEA-1",
            "quantity": 1,
            "discount": Decimal(0),
        },
        {
            "order_id": "#1003",
            "line": 1,
            "product_id": "TEA-1",
            "quantity": 1,
            "discount": Decimal(0),
        },
    ]


def test_cancelled_refunded_and_unpaid_orders_say_so(load):
    imported = load("shopify_orders.csv")
    unpaid, cancelled = imported.rows("orders", "status", "cancelled_at", "refunded", "paid_at")[1:]
    assert unpaid == {"status": "created"}
    assert cancelled == {
        "status": "cancelled",
        "cancelled_at": datetime(2024, 3, 7),
        "refunded": Decimal(10),
        "paid_at": datetime(2024, 3, 6, 1, 1),
    }
    assert imported.rows("payments", "order_id", "method", "amount") == [
        {"order_id": "#1001", "method": "Shopify Payments", "amount": Decimal(59)},
        {"order_id": "#1003", "method": "Alipay", "amount": Decimal(10)},
    ]


ORDER = ("Name", "Email", "Financial Status", "Fulfillment Status", "Currency", "Subtotal", "Shipping",
         "Taxes", "Total", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price")  # fmt: skip
BLANK = {"Name"}
TIMED = {"Name", "Email", "Created at"}
PRICED = {*TIMED, "Currency"}
WHOLE = set(ORDER)


def order_export(*orders: tuple[str, str, set[str]]) -> str:
    """Two lines an order; the second repeats those cells of the first that are named."""
    lines = [",".join(ORDER)]
    for name, status, repeated in orders:
        cells = dict(zip(ORDER, (name, "a@b.cn", status, "fulfilled", "USD", "30", "0", "0", "30",
                                 "2024-03-01 10:00:00 +0800"), strict=False))  # fmt: skip
        for number, kept in enumerate((WHOLE, repeated)):
            row = {key: value for key, value in cells.items() if key in kept}
            row |= {
                "Lineitem quantity": "1",
                "Lineitem name": f"item {number}",
                "Lineitem price": "15",
            }
            lines.append(",".join(row.get(key, "") for key in ORDER))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "repeated",
    [(BLANK, BLANK), (TIMED, TIMED), (PRICED, PRICED), (WHOLE, WHOLE), (BLANK, TIMED)],
    ids=["blank", "timed", "priced", "whole", "mixed"],
)
@pytest.mark.parametrize("copies", [1, 2])
def test_lines_are_kept_however_much_of_the_order_they_repeat(load, tmp_path, repeated, copies):
    text = order_export(("#1", "refunded", repeated[0]), ("#2", "voided", repeated[1]))
    path = tmp_path / "orders.csv"
    path.write_text(text + text.split("\n", 1)[1] * (copies - 1), encoding="utf-8")
    imported = load(path)
    assert [(row["order_id"], row["line"], row["title"]) for row in imported.rows("order_items")] == [
        ("#1", 1, "item 0"), ("#1", 2, "item 1"), ("#2", 1, "item 0"), ("#2", 2, "item 1"),
    ]  # fmt: skip
    assert [row["status"] for row in imported.rows("orders")] == ["refunded", "cancelled"]
    assert imported.summary.files[0].duplicates == 4 * (copies - 1)


def test_test_orders_negative_lines_and_unreadable_times_are_rejected(load):
    assert load("shopify_orders.csv").rejected() == [
        (6, "a test order"),
        (7, "a negative quantity"),
        (8, "ordered_at: cannot read “10th of March” as a time"),
        (9, "order_id is empty"),
    ]


def test_an_order_export_never_overrides_the_product_and_customer_exports(load):
    load("shopify_products.csv", "shopify_customers.csv")
    imported = load("shopify_orders.csv")
    titles = {row["product_id"]: row["title"] for row in imported.rows("products")}
    assert titles["LS-BL-M"] == "Linen shirt"
    assert titles["TEA-1"] == "茶杯"
    jane = next(row for row in imported.rows("customers") if row.get("tags") == "vip")
    assert (jane["accepts_marketing"], jane["created_at"]) == (
        False,
        datetime(2024, 3, 1, 15, 45, 12),
    )


def test_a_customer_is_the_same_in_both_exports_and_by_account_number(load):
    imported = load("shopify_orders.csv", "shopify_customers.csv")
    orders = {row["order_id"]: row["customer_id"] for row in imported.rows("orders")}
    known = {row["alias"]: row["customer_id"] for row in imported.rows("identities")}
    assert known == {"7001": orders["#1001"], "7002": orders["#1002"]}
    assert {row["customer_id"] for row in imported.rows("customers")} >= {*orders.values(), "7003"}


def test_variants_take_the_cells_of_their_product_and_pictures_are_counted(load):
    rows = load("shopify_products.csv").rows("products")
    assert rows[2] == {
        "product_id": "LS-BL-M",
        "parent_id": "linen-shirt",
        "title": "Linen shirt",
        "description": "Soft linen & light",
        "category": "Apparel & Accessories > Clothing > Shirts",
        "brand": "Loom & Co",
        "attributes": '{"Color":"Blue","Size":"M"}',
        "price": Decimal(25),
        "cost": Decimal("11.2"),
        "stock": 7,
        "weight_grams": 210.0,
        "photos": 3,
    }
    assert rows[1]["attributes"] == '{"Color":"Blue","Size":"L"}'
    assert rows[3] == {
        "product_id": "茶杯",
        "parent_id": "tea-cup",
        "title": "茶杯",
        "description": "青瓷，一只",
        "category": "杯子",
        "brand": "青瓷",
        "price": Decimal(10),
        "stock": 120,
        "photos": 0,
    }
    assert rows[0]["product_id"] == "Gift box - Red"


def test_the_older_template_says_the_same_under_other_names(load):
    imported = load("shopify_products_old.csv")
    assert imported.rows(
        "products", "product_id", "parent_id", "attributes", "price", "photos"
    ) == [
        {
            "product_id": "OOL-100",
            "parent_id": "oolong",
            "attributes": '{"重量":"100g"}',
            "price": Decimal(69),
            "photos": 2,
        },
        {
            "product_id": "OOL-50",
            "parent_id": "oolong",
            "attributes": '{"重量":"50g"}',
            "price": Decimal(39),
            "photos": 2,
        },
    ]
    assert imported.rejected() == [(5, "the handle is empty")]


def test_cells_that_are_lost_beside_the_lines_are_counted_once_and_the_check_names_them(load):
    written = (FILES / "shopify_orders.csv").read_text(encoding="utf-8")
    soon = written.replace("54.00,5.00,0.00,59.00", "abc,5.00,0.00,n/a-ish").replace(
        "2024-03-01 23:50:00 +0800", "soon"
    )
    assert soon.count("abc") == soon.count("soon") == 1
    imported = load(orders_csv=soon)
    lost = {"orders.subtotal": 1, "orders.total": 1, "orders.paid_at": 1}
    assert imported.file.repaired == lost
    found = check(imported.shop).evidence["repaired"].to_pylist()
    assert {(row["table"], row["column"]): row["cells"] for row in found} == {
        tuple(name.split(".")): count for name, count in lost.items()
    }
    corrupts = {row["column"]: row["corrupts"] for row in found}
    assert {"gmv", "paid", "net", "aov"} <= set(corrupts["total"])
    assert corrupts["subtotal"] == []
    assert {row["file"] for row in found} == {"orders.csv"}


def test_a_time_that_is_no_number_of_seconds_is_counted(load):
    written = (FILES / "amazon_reviews.jsonl").read_text(encoding="utf-8")
    first = written.splitlines()[0]
    seconds = json.loads(first)["unixReviewTime"]
    imported = load(reviews_jsonl=first.replace(str(seconds), '"soon"', 1))
    assert imported.file.repaired == {"reviewed_at": 1}
