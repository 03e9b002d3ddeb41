"""Currencies at the door: one code each, and signs that could mean several left as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper.data.checks import check
from shopkeeper.data.currencies import AMBIGUOUS, CODES, MEANT
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import open_shop
from shopkeeper.settings import Settings


def stored(folder: Path, cells: list[str], own: str = "") -> list[str]:
    """Return what becomes of the currencies of orders, in their order."""
    lines = "".join(f"{n:03d},2025-03-01 10:00:00,5.00,{cell}\n" for n, cell in enumerate(cells))
    path = folder / "orders.csv"
    path.write_text("order_id,ordered_at,total,currency\n" + lines, encoding="utf-8")
    import_files([path], folder / "shop", settings=Settings(currency=own))
    orders = open_shop(folder / "shop").orders.order_by("order_id")
    found: list[str] = orders.currency.to_pyarrow().to_pylist()
    return found


def test_letters_signs_and_words_become_one_code(tmp_path: Path) -> None:
    written = ["CNY", "cny", "rmb", "RMB", "人民币", "元", " Cny ", "€", "£", "US$", "us$", "HK$"]
    read = ["CNY"] * 7 + ["EUR", "GBP", "USD", "USD", "HKD"]
    assert stored(tmp_path, written) == read


@pytest.mark.parametrize(
    ("own", "read"),
    [
        ("", ["$", "¥", "XX"]),
        ("USD", ["USD", "¥", "XX"]),
        ("CNY", ["$", "CNY", "XX"]),
        ("JPY", ["$", "JPY", "XX"]),
        ("EUR", ["$", "¥", "XX"]),
    ],
)
def test_a_sign_of_several_currencies_is_the_shop_s_where_that_is_one_of_them(
    tmp_path: Path, own: str, read: list[str]
) -> None:
    assert stored(tmp_path, ["$", "¥", "xx"], own) == read


def test_what_no_code_is_left_of_is_named_by_the_check(tmp_path: Path) -> None:
    stored(tmp_path, ["CNY", "cny", "€", "XX", "XX", "¥"])
    shop = open_shop(tmp_path / "shop")
    found = {row["finding"]: row for row in check(shop).table.to_pylist()}
    law = found["orders.unknown_currency"]
    assert law["rows"] == 3
    assert "ISO 4217 does not have: XX (2), ¥ (1)" in law["what_en"]
    assert "XX（2 行）、¥（1 行）" in law["what_zh"]
    assert "once shop.toml states the currency" in law["what_en"]
    assert "paid" in law["corrupts"]
    # A cell that could be read is no repair; those count what was left empty.
    assert shop.manifest.imports[0]["repaired"] == {}


def test_the_tables_of_codes_hang_together() -> None:
    words = [word for listed in MEANT.values() for word in listed]
    assert len(words) == len(set(words))
    assert all(word == word.upper() and word not in CODES for word in words)
    assert {*MEANT, *(code for _, codes in AMBIGUOUS for code in codes)} <= CODES
