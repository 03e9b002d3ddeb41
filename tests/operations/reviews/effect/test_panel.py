"""The weekly panel against least squares with dummies, and the meaning of a burst."""

import numpy as np
import pytest

from shopkeeper.operations.reviews.effect.panel import (
    burst_start,
    panel_difference,
    weeks_since,
)


@pytest.fixture
def panel() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Views, effects of product and week, and a burst in two products at different times."""
    generator = np.random.default_rng(2)
    views = generator.integers(0, 30, (7, 12)).astype(float)
    rate = generator.random((7, 1)) * 0.3 + generator.random((1, 12)) * 0.1 + 0.2
    treated = np.zeros((7, 12), bool)
    treated[1, 4:8], treated[5, 7:12] = True, True
    return views, rate, treated


def test_a_planted_change_is_found_exactly_where_nothing_else_varies(
    panel: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    views, rate, treated = panel
    buys = views * (rate - 0.07 * treated)
    found = panel_difference(buys, views, treated, fitted=~treated, seed=0)
    assert found.difference == pytest.approx(-0.07)
    assert found.low == pytest.approx(-0.07)
    assert found.expected == pytest.approx((views * rate)[treated].sum() / views[treated].sum())
    assert found.products == 2
    assert found.weeks == int((treated & (views > 0)).sum())
    assert found.base == views[treated].sum()


def test_noise_is_taken_out_as_least_squares_with_dummies_would(
    panel: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    views, rate, treated = panel
    buys = views * rate + np.random.default_rng(3).normal(size=views.shape) * (views > 0)
    product, week = (index.ravel() for index in np.indices(views.shape))
    dummies = np.hstack([np.eye(7)[product], np.eye(12)[week]])
    fitted = ((~treated) & (views > 0)).ravel()
    root = np.sqrt(views.ravel()[fitted])
    share = buys.ravel()[fitted] / views.ravel()[fitted]
    solved = np.linalg.lstsq(dummies[fitted] * root[:, None], share * root, rcond=None)[0]
    expected = (dummies @ solved).reshape(views.shape)
    asked = treated & (views > 0)
    shift = (buys - views * expected)[asked].sum() / views[asked].sum()
    found = panel_difference(buys, views, treated, fitted=~treated, seed=0)
    assert found.difference == pytest.approx(shift)
    assert found.low < found.difference < found.high


def test_a_product_seen_only_during_its_burst_is_left_out(
    panel: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    views, rate, treated = panel
    views[5] *= treated[5]
    found = panel_difference(views * rate, views, treated, fitted=~treated, seed=0)
    assert found.products == 1
    assert np.isnan(found.low)


def test_without_a_burst_there_is_no_number(
    panel: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    views, rate, treated = panel
    found = panel_difference(views * rate, views, treated & False, fitted=~treated, seed=0)
    assert np.isnan(found.difference)
    assert (found.products, found.weeks, found.base) == (0, 0, 0.0)


@pytest.mark.parametrize(
    ("negatives", "start"),
    [
        ([0, 2, 0, 3, 9], 3),
        ([3, 0, 0, 0, 0], 0),
        ([0, 2, 2, 0, 5], -1),
        ([1, 1, 1, 4, 0], -1),
        ([0, 0, 0, 0, 2], -1),
        ([2, 0, 0, 4, 4], 3),
    ],
)
def test_a_burst_is_three_in_a_week_where_fewer_than_one_is_usual(
    negatives: list[int], start: int
) -> None:
    assert burst_start(np.array([negatives], float)).tolist() == [start]


def test_weeks_are_counted_from_the_burst() -> None:
    since = weeks_since(np.array([1, -1]), 3)
    assert since[0].tolist() == [-1, 0, 1]
    assert (since[1] < -1000).all()
