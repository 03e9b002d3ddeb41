"""Taobao and Tmall: protected numbers, 元, Chinese states and encodings, lines by their own numbers."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

FILES = Path(__file__).parent / "files"


def test_an_order_is_read_from_protected_cells(load):
    order = load("taobao_orders.csv").rows("orders")[0]
    assert order.pop("customer_id").startswith("c")
    assert order == {
        "order_id": "3160001",
        "kind": "sale",
        "ordered_at": datetime(2024, 6, 17, 16, 5, 12),
        "ordered_on": date(2024, 6, 18),
        "time_zone": "Asia/Shanghai",
        "status": "delivered",
        "source_status": "交易成功",
        "paid_at": datetime(2024, 6, 17, 16, 5, 40),
        "subtotal": Decimal(128),
        "shipping": Decimal(0),
        "total": Decimal(128),
        "refunded": Decimal(0),
        "currency": "CNY",
        "channel": "手机",
        "region": "浙江",
        "note": "送人的，打 [phone]",
    }


def test_states_buyers_and_regions_are_told_apart(load):
    imported = load("taobao_orders.csv")
    rows = imported.rows("orders")
    assert {row["order_id"]: row["status"] for row in rows} == {
        "3160001": "delivered",
        "3160002": "created",
        "3160003": "refunded",
        "3160004": "cancelled",
        "3160005": "delivered",
        "3160006": "shipped",
    }
    assert rows[0]["customer_id"] == rows[2]["customer_id"] != rows[1]["customer_id"]
    assert [row["region"] for row in imported.rows("orders", "region")] == [
        "浙江",
        "内蒙古",
        "浙江",
        "北京",
        "北京",
        "北京",
    ]
    assert rows[1]["total"] == Decimal(1060)
    assert imported.rows("shipments") == [
        {"order_id": "3160001", "line": 1, "carrier": "顺丰速运"},
        {"order_id": "3160005", "line": 1, "carrier": "圆通速递"},
        {"order_id": "3160006", "line": 1, "carrier": "圆通速递"},
    ]
    assert [line for line, _ in imported.rejected()] == [8, 9, 10]


def test_items_keep_their_numbers_in_any_order_of_the_file(load):
    imported = load("taobao_items.csv")
    expected = [
        {
            "order_id": "3160001",
            "line": 31600011,
            "product_id": "QC-CUP-02",
            "quantity": 1,
            "price": Decimal(64),
        },
        {
            "order_id": "3160001",
            "line": 31600012,
            "product_id": "QC-CUP-01",
            "quantity": 1,
            "price": Decimal(64),
            "returned_quantity": 1,
            "refunded": Decimal(64),
        },
        {
            "order_id": "3160003",
            "line": 3160003,
            "product_id": "茶巾",
            "quantity": 2,
            "price": Decimal(59),
            "refunded": Decimal(9),
        },
    ]
    columns = (
        "order_id",
        "line",
        "product_id",
        "quantity",
        "price",
        "returned_quantity",
        "refunded",
    )
    assert [reason for _, reason in imported.rejected()] == [
        "a negative amount or quantity",
        "order_id is empty",
        "子订单编号 is empty",
    ]
    assert imported.rows("order_items", *columns) == expected
    header, *lines = (FILES / "taobao_items.csv").read_text(encoding="utf-8").splitlines()
    again = load(items_csv="\n".join([header, *reversed(lines)]))
    assert again.rows("order_items", *columns) == expected


def test_the_order_file_has_the_last_word_on_an_order(load):
    load("taobao_orders.csv")
    imported = load("taobao_items.csv")
    third = next(row for row in imported.rows("orders") if row["order_id"] == "3160003")
    assert (third["status"], third["total"]) == ("refunded", Decimal(59))


def test_a_later_file_with_one_line_of_an_order_adds_it_to_the_others(load):
    header, *lines = (FILES / "taobao_items.csv").read_text(encoding="utf-8").splitlines()
    whole = load("taobao_items.csv").rows("order_items", "line", "product_id")
    assert [row["line"] for row in whole[:2]] == [31600011, 31600012]
    one = load(second_csv="\n".join([header, lines[0]]))
    assert one.file.kept == 1
    assert one.rows("order_items", "line", "product_id") == whole


def test_a_line_whose_number_is_none_keeps_one_of_its_own(load):
    written = (FILES / "taobao_items.csv").read_text(encoding="utf-8")
    odd = written.replace("31600012", "A-1").replace("31600011", "9" * 19)
    lines = [row["line"] for row in load(items_csv=odd).rows("order_items")]
    assert len(set(lines)) == 3
    assert all(0 < line < 2**63 for line in lines)
    assert [row["line"] for row in load(again_csv=odd + "\n").rows("order_items")] == lines


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8-sig", "utf-16"])
def test_any_encoding_of_the_export_reads_the_same(load, encoding):
    expected = load("taobao_orders.csv").rows("orders")
    written = (FILES / "taobao_orders.csv").read_text(encoding="utf-8")
    imported = load(orders_csv=written.encode(encoding))
    assert (imported.file.kind, imported.file.kept, imported.file.rejected) == (
        "taobao_orders",
        6,
        3,
    )
    assert imported.rows("orders") == expected


def test_a_workbook_of_items_reads_the_same(load):
    import csv

    import openpyxl

    expected = load("taobao_items.csv").rows("order_items")
    book = openpyxl.Workbook()
    with (FILES / "taobao_items.csv").open(encoding="utf-8") as file:
        for record in csv.reader(file):
            book.active.append([cell.removeprefix('="').removesuffix('"') for cell in record])
    buffer = io.BytesIO()
    book.save(buffer)
    imported = load(items_xlsx=buffer.getvalue())
    assert imported.file.kind == "taobao_items"
    assert imported.rows("order_items") == expected
