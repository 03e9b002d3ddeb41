"""How coverage is counted."""

import pytest

from shopkeeper.intervals import Interval
from shopkeeper.proof.coverage import Trial, coverage


def test_names_are_counted_apart_and_an_interval_without_bounds_misses() -> None:
    nan = float("nan")
    found = coverage(
        [
            Trial("a", Interval(1.0, 0.0, 2.0), 2.0),
            Trial("b", Interval(5.0, 4.0, 7.0), 3.0),
            Trial("a", Interval(3.0, nan, nan), 3.0),
        ]
    )
    assert [(row.name, row.trials, row.covered.value) for row in found] == [
        ("a", 2, 0.5), ("b", 1, 0.0)]  # fmt: skip
    assert found[0].bias == pytest.approx(-0.5)
    assert found[1].error == pytest.approx(2.0)
    assert found[1].width == pytest.approx(3.0)
