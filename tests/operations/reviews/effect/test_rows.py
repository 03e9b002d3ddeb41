"""Engine results as arrays."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.operations.reviews.effect import rows


def weeks(*items: tuple[str, int, int, int]) -> pa.Table:
    return pa.table({
        "product_id": [item[0] for item in items],
        "week": pa.array([date(2024, 3, item[1]) for item in items], pa.date32()),
        "views": [item[2] for item in items], "buys": [item[3] for item in items],
    })  # fmt: skip


def bad(*items: tuple[str, int, int]) -> pa.Table:
    return pa.table({
        "product_id": pa.array([item[0] for item in items], pa.string()),
        "week": pa.array([date(2024, 3, item[1]) for item in items], pa.date32()),
        "negatives": pa.array([item[2] for item in items], pa.int64()),
    })  # fmt: skip


def test_a_panel_starts_in_the_first_week_of_views_or_bad_reviews() -> None:
    views, buys, negatives = rows.panel_arrays(
        weeks(("杯", 11, 4, 1), ("盘", 25, 7, 2)), bad(("盘", 4, 3), ("unseen", 4, 9))
    )
    assert views.shape == (2, 4)
    cup, plate = (int(np.flatnonzero(views.sum(axis=1) == total)[0]) for total in (4, 7))
    assert views[cup].tolist() == [0, 4, 0, 0]
    assert buys[plate].tolist() == [0, 0, 0, 2]
    assert negatives[plate].tolist() == [3, 0, 0, 0]
    assert negatives[cup].sum() == 0


def test_only_quiet_products_with_few_views_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_QUIET", 1)
    views, _, negatives = rows.panel_arrays(
        weeks(("a", 4, 5, 0), ("b", 4, 9, 0), ("c", 4, 1, 0)), bad(("c", 11, 1))
    )
    assert sorted(views.sum(axis=1).tolist()) == [1, 9]
    assert negatives.sum() == 1


def test_price_bands_are_fifths_and_an_unknown_price_is_apart() -> None:
    price = np.array([*range(1, 11), np.nan], float)
    assert rows.bands(price).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert set(rows.bands(np.full(4, 3.0)).tolist()) == {0}
    assert rows.bands(np.array([np.nan])).tolist() == [5]


def test_combinations_are_numbered_and_each_null_customer_stands_alone() -> None:
    left, right = np.array([5, 5, 7, 7, 5]), np.array([0, 1, 0, 1, 0])
    found = rows.crossed(left, right)
    assert found[0] == found[4]
    assert sorted(set(found.tolist())) == [0, 1, 2, 3]
    alone = rows.clusters(pa.chunked_array([["甲", None, "甲", None, "b"]]))
    assert alone[0] == alone[2]
    assert len(set(alone.tolist())) == 4
