"""A cell is one number, with a decimal point or a decimal comma, or it is no number."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from shopkeeper.data.door.macros import MACROS


@pytest.fixture(scope="module")
def door() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for macro in MACROS:
        connection.execute(macro)
    return connection


# The cell; what it is in a column that proves nothing or a point; what it is beside decimal commas.
CELLS = [
    ("12,50", "12.5", "12.5"),
    ("1.234,56", "1234.56", "1234.56"),
    ("1,234.56", "1234.56", "1234.56"),
    ("1,234", "1234", "1.234"),
    ("1.234", "1.234", "1234"),
    ("0,123", "0.123", "0.123"),
    ("1.234.567", "1234567", "1234567"),
    ("1,23,456.78", "123456.78", "123456.78"),
    ("1 234,56", "1234.56", "1234.56"),
    ("1\u202f234,5 €", "1234.5", "1234.5"),
    ("1'234.50", "1234.5", "1234.5"),
    ("€12,50", "12.5", "12.5"),
    ("US$1,234.50", "1234.5", "1234.5"),
    ("R$ 9,90", "9.9", "9.9"),
    ("12 EUR", "12", "12"),
    ("64.00元", "64", "64"),
    ("-¥5", "-5", "-5"),
    ("−3,50", "-3.5", "-3.5"),
    ("(3,20)", "-3.2", "-3.2"),
    ("1e3", "1000", "1000"),
    (",5", "0.5", "0.5"),
    ("12.", "12", "12"),
    ("3件", "3", "3"),
    ("1,5x", None, None),
    ("12/5", None, None),
    ("4-5", None, None),
    ("12 34", None, None),
    ("1,2,3", None, None),
    ("1,000,5", None, None),
    ("12.5 / 13.0", None, None),
    ("0.5 kg", None, None),
    ("--5", None, None),
    ("2024-01-02", None, None),
    ("two", None, None),
    ("三件", None, None),
    ("#REF!", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("cell", "point", "comma"), CELLS)
def test_a_cell_is_exactly_one_number_or_none(door, cell, point, comma):
    query = "SELECT amount($1), amount($1, comma := true), number($1), number($1, comma := true)"
    found = door.execute(query, [cell]).fetchall()[0]
    marks = [None if written is None else Decimal(written) for written in (point, comma)]
    assert found[:2] == tuple(marks)
    assert found[2:] == tuple(None if mark is None else float(mark) for mark in marks)


@pytest.mark.parametrize(
    ("cell", "point", "comma"),
    [
        ("1,000", 1000, 1),
        ("1.000", 1, 1000),
        ("1,5", None, None),
        ("2.0", 2, 2),
        ("3 pcs", 3, 3),
        ("7", 7, 7),
        ("9007199254740993", 9007199254740993, 9007199254740993),
    ],
)
def test_a_fraction_is_no_whole_number_in_either_writing(door, cell, point, comma):
    query = "SELECT whole($1), whole($1, comma := true)"
    assert door.execute(query, [cell]).fetchall() == [(point, comma)]


@pytest.mark.parametrize(
    ("cell", "stars"),
    [
        ("4,5", 4.5),
        ("4.5 out of 5 stars", 4.5),
        ("4,5 von 5 Sternen", 4.5),
        ("5/5", 5),
        ("4 / 5", 4),
        ("3星", 3),
        ("9/10", None),
        ("five", None),
    ],
)
def test_a_rating_may_say_of_how_many_stars_it_is(door, cell, stars):
    assert door.execute("SELECT stars(?)", [cell]).fetchall() == [(stars,)]
