"""Suggested mappings look below the headings: a number is proposed where numbers stand."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

EVENTS = "what,when,prod,cust,sess\n" + "".join(
    f"view,2025-05-{1 + n % 28:02d} 10:00:00,p{n % 7},c{n % 9},s{n // 4}\n" for n in range(40)
)


def suggested(load, written: str) -> dict[str, Any]:
    """What is suggested for a file that nobody knows."""
    file = load(unknown_csv=written).file
    assert file.outcome == "unrecognised"
    return tomllib.loads(file.mapping.read_text(encoding="utf-8"))


def test_a_line_that_is_no_number_is_left_out_and_the_suggestion_works_as_it_is(load):
    written = "ord,line,prod,数量,price,币种\n" + "".join(
        f"o{n},L{n % 4},p{n % 7},1,{n}.5,CNY\n" for n in range(30)
    )
    first = load(lines_csv=written)
    found = tomllib.loads(first.file.mapping.read_text(encoding="utf-8"))
    assert found["table"] == "order_items"
    assert found["columns"] == {
        "order_id": "ord",
        "product_id": "prod",
        "quantity": "数量",
        "price": "price",
        "currency": "币种",
    }
    second = load(lines_csv=written, mapping=first.file.mapping)
    assert (second.file.outcome, second.file.kept) == ("imported", 30)


def test_a_line_that_is_a_number_is_kept(load):
    written = "ord,line,prod,qty,price\no1,1,p1,1,2.5\no1,2,p2,1 件,3\n"
    columns = suggested(load, written)["columns"]
    assert (columns["line"], columns["quantity"]) == ("line", "qty")


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("order no,order date,total\n1,yesterday,5\n2,today,6\n", "ordered_at"),
        ("order no,order date,total\n1,2024-05-01,much\n2,2024-05-02,little\n", "total"),
        ("商品id,标题,价格,库存\n1,茶,面议,有货\n2,壶,面议,缺货\n", "price"),
    ],
)
def test_times_and_money_are_proposed_only_where_the_cells_are_such(load, written, column):
    assert suggested(load, written)["columns"].get(column, "") == ""


def test_a_column_without_cells_is_known_by_its_heading(load):
    written = "order no,order date,total,refund\n1,2024-05-01,3,\n2,2024-05-02,4,\n"
    assert suggested(load, written)["columns"]["refunded"] == "refund"


def test_events_are_known_by_the_columns_that_are_there(load):
    found = suggested(load, EVENTS)
    assert found["table"] == "events"
    assert found["columns"] == {
        "name": "what",
        "happened_at": "when",
        "customer_id": "cust",
        "session_id": "sess",
        "product_id": "prod",
    }


def test_orders_with_short_headings_are_orders(load):
    found = suggested(load, "ord,cust,when,total,cur\no1,c1,2024-05-01,5,EUR\n")
    assert found["table"] == "orders"
    assert found["columns"]["ordered_at"] == "when"
    assert found["columns"]["currency"] == "cur"
