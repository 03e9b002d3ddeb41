"""Numbers as canonical columns."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.demo.columns import Export, at, coded_ids, constant, ids, money, named, on
from shopkeeper.data.demo.plan import DAY, NEVER, seasonal, week_of


def test_identifiers_are_padded_and_null_where_negative():
    assert ids(("P", 4), np.array([7, -1, 12_345])).to_pylist() == ["P0007", None, "P12345"]
    coded = coded_ids(("P", 4), np.array([3, -1, 9]), np.array([2, 2, 1, 0]))
    assert coded.to_pylist() == ["P0009", "P0009", None, "P0003"]


def test_local_seconds_become_utc_instants_and_local_days():
    seconds = np.array([0, 7 * 3600, 8 * 3600 + 1, DAY])
    assert at(seconds).to_pylist() == [
        datetime(2025, 6, 30, 16), datetime(2025, 6, 30, 23), datetime(2025, 7, 1, 0, 0, 1),
        datetime(2025, 7, 1, 16),
    ]  # fmt: skip
    assert on(seconds).to_pylist() == [date(2025, 7, 1)] * 3 + [date(2025, 7, 2)]
    assert at(np.array([5, NEVER])).null_count == 1
    assert at(np.array([5, 6]), np.array([False, True])).to_pylist()[0] is None


def test_money_is_exact_and_may_be_negative_or_missing():
    cents = np.array([1, -250, 99_999_999_999])
    assert money(cents).to_pylist() == [
        Decimal("0.0100"),
        Decimal("-2.5000"),
        Decimal("999999999.9900"),
    ]
    known = np.array([True, False, True])
    assert money(cents, known).to_pylist()[1] is None


def test_an_export_reads_back_as_plain_canonical_columns(tmp_path):
    with Export(tmp_path, "categories") as export:
        export.write(
            {"category": named(np.array([1, 0]), ["a", "b"]), "language": constant("zh", 2)}
        )
        export.write({"category": [], "language": []})
        export.write({"category": ["c"], "language": ["en"], "name": ["茶"]})
        assert export.rows == 3
    table = pq.read_table(tmp_path / "categories.parquet")
    assert table.to_pydict() == {
        "category": ["b", "a", "c"], "language": ["zh", "zh", "en"], "name": [None, None, "茶"],
    }  # fmt: skip


def test_an_export_knows_its_columns(tmp_path):
    with Export(tmp_path, "sellers") as export, pytest.raises(AssertionError, match="no column"):
        export.write({"seller_id": ["a"], "colour": ["red"]})


def test_weeks_begin_on_monday():
    assert week_of(np.array([0, 6 * DAY - 1, 6 * DAY, 13 * DAY])).tolist() == [0, 0, 1, 2]


def test_busy_days_are_picked_more_often():
    singles_day, usual = 133, 150
    rng = np.random.default_rng(1)
    picked = seasonal(rng, np.tile([singles_day, usual, 200], (2_000, 1)))
    assert (picked == singles_day).sum() > 2 * (picked == usual).sum()
