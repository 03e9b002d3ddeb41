"""A later file has the last word on what it says, and on nothing else."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from shopkeeper.data.importing import import_files
from shopkeeper.data.store import read_shop

FILES = Path(__file__).parent / "files"
RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def records(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((FILES / name).read_text(encoding="utf-8"))))


def written(rows: list[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def changed(name: str, row: int, **cells: str) -> str:
    rows = records(name)
    rows[row] |= {key.replace("_", " "): value for key, value in cells.items()}
    return written(rows)


def order(imported, table: str, key: str) -> dict[str, object]:
    name = {"orders": "order_id", "customers": "source", "products": "product_id"}[table]
    return next(row for row in imported.rows(table) if row[name] == key)


def test_what_an_item_file_says_of_an_order_is_replaced_by_a_later_item_file(load):
    rows = [
        row | {"订单状态": "等待买家付款", "订单付款时间": ""}
        for row in records("taobao_items.csv")
    ]
    assert order(load(one_csv=written(rows)), "orders", "3160001")["status"] == "created"
    later = order(load("taobao_items.csv"), "orders", "3160001")
    assert (later["status"], later["source_status"]) == ("delivered", "交易成功")


def test_what_an_order_file_says_of_a_customer_is_replaced_by_a_later_order_file(load):
    load(one_csv=changed("shopify_orders.csv", 0, Shipping_City="Paris", Accepts_Marketing="yes"))
    two = changed(
        "shopify_orders.csv",
        0,
        Shipping_City="Lyon",
        Accepts_Marketing="no",
        Lineitem_price="30.00",
    )
    later = load(two_csv=two)
    customer = next(row for row in later.rows("customers") if "city" in row)
    assert (customer["city"], customer["accepts_marketing"]) == ("Lyon", False)
    assert order(later, "products", "LS-BL-M")["price"] == Decimal(30)


def test_what_a_customer_file_says_stands_above_every_order_file(load):
    who = records("shopify_customers.csv")[0]["Email"]
    load("shopify_customers.csv")
    before = load("shopify_customers.csv").rows("customers")
    cells = {"Email": who, "Shipping_City": "Elsewhere", "Accepts_Marketing": "no"}
    load(one_csv=changed("shopify_orders.csv", 0, **cells))
    after = load(two_csv=changed("shopify_orders.csv", 0, **cells, Notes="again")).rows("customers")
    for customer in before:
        known = next(row for row in after if row["customer_id"] == customer["customer_id"])
        assert {name: known[name] for name in customer} == customer


def test_what_was_said_in_passing_can_still_change_beside_what_was_said_outright(load):
    load("taobao_orders.csv")
    for price in ("64.00", "70.00"):
        rows = [row | {"价格": price} for row in records("taobao_items.csv")]
        later = load(items_csv=written(rows))
        assert order(later, "products", "QC-CUP-01")["price"] == Decimal(price)
        assert order(later, "orders", "3160003")["status"] == "refunded"


def invoice(*lines: tuple[str, int]) -> str:
    rows = [f"536365,{code},CUP,{n},2010-12-01 08:26:00,2.55,17850,UK" for code, n in lines]
    return "\n".join((RETAIL, *rows))


def sold(imported) -> list[tuple[int, str, int]]:
    return [
        (row["line"], row["product_id"], row["quantity"]) for row in imported.rows("order_items")
    ]


def test_lines_without_a_number_that_come_in_two_files_are_all_kept(load):
    load(one_csv=invoice(("A", 1), ("B", 2), ("C", 3)))
    assert sold(load(two_csv=invoice(("D", 4), ("E", 5)))) == [
        (1, "A", 1), (2, "B", 2), (3, "C", 3), (4, "D", 4), (5, "E", 5),
    ]  # fmt: skip
    longer = load(three_csv=invoice(("F", 1), ("G", 1), ("H", 1), ("I", 1), ("J", 1), ("K", 1)))
    assert [code for _, code, _ in sorted(sold(longer))] == list("ABCDEFGHIJK")


def test_a_whole_invoice_again_changes_its_lines_and_adds_none(load):
    load(one_csv=invoice(("A", 1), ("B", 2), ("B", 3)))
    assert sold(load(two_csv=invoice(("A", 9), ("B", 2), ("B", 3)))) == [
        (1, "A", 9), (2, "B", 2), (3, "B", 3),
    ]  # fmt: skip
    assert sold(load(three_csv=invoice(("A", 9), ("C", 2), ("B", 3), ("D", 1)))) == [
        (1, "A", 9), (2, "B", 3), (3, "C", 2), (4, "D", 1),
    ]  # fmt: skip


def test_a_part_of_an_invoice_again_changes_nothing(load):
    whole = sold(load(one_csv=invoice(("A", 1), ("B", 2), ("C", 3), ("C", 3))))
    assert sold(load(two_csv=invoice(("C", 3), ("C", 3)))) == whole
    assert sold(load(three_csv=invoice(("A", 1)))) == whole
    assert sold(load(one_csv=invoice(("C", 3), ("B", 2), ("A", 1), ("C", 3)))) == whole


# Where a part of a file is as good as the file, and the rows before which it is parted; none is every
# row. An order of Shopify is a block of rows that only its first row dates, so it is parted between orders.
ALONE = {
    "events.jsonl": [6], "olist_customers.csv": [3], "olist_order_items.csv": [], "online_retail.csv": [],
    "shopify_orders.csv": [2], "taobao_items.csv": [], "taobao_orders.csv": [5],
}  # fmt: skip
# Two lines that are equal are one, when they come from two files: nothing tells a second from a copy.
EQUAL = {("online_retail.csv", 2)}


def contents(folder: Path, parts: list[str], ending: str) -> dict[str, list[tuple[object, ...]]]:
    shop = folder / "shop"
    shop.mkdir(parents=True)
    (shop / "salt").write_text("0" * 64)
    for number, part in enumerate(parts):
        path = folder / f"part{number}{ending}"
        path.write_text(part, encoding="utf-8")
        import_files([path], shop)
    return {
        name: duckdb.sql(f"FROM '{shop / version.folder}/*.parquet' ORDER BY ALL").fetchall()
        for name, version in read_shop(shop)[0].tables.items()
    }


@pytest.mark.parametrize("name", sorted(ALONE))
def test_a_file_in_two_parts_says_what_it_says_in_one(tmp_path, name):
    text, ending = (FILES / name).read_text(encoding="utf-8"), Path(name).suffix
    lines = text.splitlines()
    header, rows = (lines[:1], lines[1:]) if ending == ".csv" else ([], lines)
    whole = contents(tmp_path / "whole", [text], ending)
    for at in ALONE[name] or range(1, len(rows)):
        parts = ["\n".join((*header, *part)) + "\n" for part in (rows[:at], rows[at:])]
        found = contents(tmp_path / str(at), parts, ending)
        assert (found == whole) is ((name, at) not in EQUAL), at
