"""Intervals: against worked values, and by what an interval means."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.intervals import bootstrap, proportion


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 20, 0.0, 0.1611),
        (263, 263, 0.9856, 1.0),
        (1, 7, 0.0257, 0.5131),
    ],
)
def test_a_proportion_has_the_wilson_interval(
    successes: int, total: int, low: float, high: float
) -> None:
    interval = proportion(successes, total)
    assert interval.value == successes / total
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_proportion_lies_in_its_interval_and_the_interval_in_the_unit(
    counted: tuple[int, int],
) -> None:
    interval = proportion(*counted)
    assert 0 <= interval.low <= interval.value + 1e-12
    assert interval.value - 1e-12 <= interval.high <= 1


def test_a_share_of_nothing_is_no_number() -> None:
    interval = proportion(0, 0)
    assert all(map(math.isnan, (interval.value, interval.low, interval.high)))


def test_the_bootstrap_of_a_mean_is_near_the_textbook_one() -> None:
    values = np.random.default_rng(5).normal(10, 2, 400)
    interval = bootstrap(np.mean, values, seed=1)
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert interval.value == values.mean()
    assert interval.low == pytest.approx(values.mean() - half, abs=0.03)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.03)


def test_columns_of_a_row_are_drawn_together() -> None:
    left = np.array([1.0, 5.0, 2.0, 8.0])
    interval = bootstrap(lambda a, b: float(np.abs(a - 2 * b).max()), left, left / 2, seed=3)
    assert (interval.low, interval.high) == (0.0, 0.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    assert bootstrap(np.mean, values, seed=2) == bootstrap(np.mean, values, seed=2)
    assert bootstrap(np.mean, values, seed=2) != bootstrap(np.mean, values, seed=3)


def test_no_rows_give_no_interval() -> None:
    assert math.isnan(bootstrap(np.mean, np.array([])).value)


def test_resamples_without_a_value_are_left_out() -> None:
    def mean_of_the_positive(values: np.ndarray) -> float:
        kept = values[values > 0]
        return float(kept.mean()) if len(kept) else math.nan

    interval = bootstrap(mean_of_the_positive, np.array([-1.0, -2.0, 4.0]), seed=1)
    assert (interval.low, interval.high) == (4.0, 4.0)
    nothing = bootstrap(lambda values: math.nan, np.array([1.0, 2.0]), seed=1)
    assert math.isnan(nothing.low)
