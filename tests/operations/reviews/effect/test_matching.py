"""Matching against loops over rows, and the laws of its interval."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.operations.reviews.effect.draws import spread, stretch
from shopkeeper.operations.reviews.effect.matching import (
    LEAST_CONTROLS,
    Comparison,
    match,
    weights,
    widened,
)

ROW = st.tuples(
    st.sampled_from(["exposed", "control", "neither"]), st.integers(0, 2), st.integers(0, 1),
    st.integers(1, 4), st.integers(0, 9), st.integers(0, 5),
)  # fmt: skip


def compared(rows: list[tuple[str, int, int, int, int, int]]) -> tuple[Comparison, np.ndarray]:
    side = np.array([row[0] for row in rows])
    fine = np.array([row[1] * 2 + row[2] for row in rows], np.int64)
    coarse = np.array([row[2] for row in rows], np.int64)
    comparison = Comparison(
        side == "exposed", side == "control", np.array([row[3] for row in rows], float),
        [fine, coarse], np.array([row[5] for row in rows], np.int64),
    )  # fmt: skip
    return comparison, np.array([row[4] for row in rows], float)


def loop(rows: list[tuple[str, int, int, int, int, int]]) -> float | None:
    """Compare each unit of the exposed with the mean of the controls like it."""
    fine, coarse = defaultdict(list), defaultdict(list)
    for side, a, b, count, total, _ in rows:
        if side == "control":
            fine[a, b].append((count, total))
            coarse[b].append((count, total))
    difference = units = 0.0
    for side, a, b, count, total, _ in rows:
        if side != "exposed":
            continue
        for alike in (fine[a, b], coarse[b]):
            there = sum(number for number, _ in alike)
            if there >= LEAST_CONTROLS:
                difference += total - count * sum(value for _, value in alike) / there
                units += count
                break
    return difference / units if units else None


@given(st.lists(ROW, min_size=1, max_size=30))
def test_the_difference_equals_a_loop_over_rows(
    rows: list[tuple[str, int, int, int, int, int]],
) -> None:
    comparison, outcome = compared(rows)
    found = match(comparison, {"y": outcome}, seed=0)["y"]
    expected = loop(rows)
    if expected is None:
        assert np.isnan(found.difference)
        assert found.matched_n == 0
    else:
        assert found.difference == pytest.approx(expected)
        assert found.exposed_mean - found.control_mean == pytest.approx(expected)


@given(st.lists(ROW, min_size=1, max_size=30))
def test_the_influence_of_all_units_adds_up_to_nothing(
    rows: list[tuple[str, int, int, int, int, int]],
) -> None:
    comparison, outcome = compared(rows)
    found = match(comparison, {"y": outcome}, seed=0)["y"]
    total = (found.slope * outcome + found.constant * comparison.count).sum()
    assert total == pytest.approx(0, abs=1e-9)


def test_the_influence_is_what_one_more_unit_changes() -> None:
    rows = [("exposed", 0, 0, 1, 3, 0), ("exposed", 1, 0, 1, 7, 1)]
    rows += [("control", 0, 0, 1, value, 2 + value) for value in (0, 1, 5, 2)]
    comparison, outcome = compared(rows)
    found = match(comparison, {"y": outcome}, seed=0)["y"]
    step = 1e-6
    for index in range(len(rows)):
        count = comparison.count.copy()
        count[index] += step
        heavier = Comparison(
            comparison.exposed, comparison.control, count, comparison.cells, comparison.cluster
        )
        moved = match(heavier, {"y": outcome * count}, seed=0)["y"].difference
        influence = found.slope[index] * outcome[index] + found.constant[index]
        assert (moved - found.difference) / step == pytest.approx(influence, abs=1e-4)


def test_controls_weigh_as_much_as_the_exposed_that_they_stand_for() -> None:
    rows = [
        ("exposed", 0, 0, 2, 3, 0),
        *[("control", 0, 0, 1, 1, 1)] * 4,
        ("control", 2, 1, 1, 9, 1),
    ]
    comparison, _ = compared(rows)
    assert weights(comparison).tolist() == [2.0, 0.5, 0.5, 0.5, 0.5, 0.0]


def test_overlap_counts_only_the_finest_cell() -> None:
    rows = [("exposed", 0, 0, 3, 3, 0), ("exposed", 1, 0, 1, 1, 1)]
    rows += [("control", 0, 0, 1, 1, 1)] * LEAST_CONTROLS
    comparison, outcome = compared(rows)
    found = match(comparison, {"y": outcome}, seed=0)["y"]
    assert (found.exposed_n, found.matched_n, found.overlap) == (4, 4, 0.75)


def test_the_interval_contains_the_effect_in_about_95_of_100_samples() -> None:
    generator = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        cell = generator.integers(0, 6, 600)
        exposed = generator.random(600) < 0.1 + 0.08 * cell
        outcome = (generator.random(600) < 0.2 + 0.1 * cell / 2 + 0.15 * exposed).astype(float)
        comparison = Comparison(exposed, ~exposed, np.ones(600), [cell], np.arange(600))
        found = match(comparison, {"y": outcome}, seed=0)["y"]
        hits += found.low <= 0.15 <= found.high
    assert 180 <= hits <= 199


def test_rows_of_one_cluster_count_as_one_observation() -> None:
    generator = np.random.default_rng(5)
    side = np.repeat(generator.random(60) < 0.5, 10)
    outcome = np.repeat(generator.random(60), 10)
    cell, cluster = np.zeros(600, np.int64), np.repeat(np.arange(60), 10)
    alone = match(
        Comparison(side, ~side, np.ones(600), [cell], np.arange(600)), {"y": outcome}, seed=0
    )["y"]
    together = match(
        Comparison(side, ~side, np.ones(600), [cell], cluster), {"y": outcome}, seed=0
    )["y"]
    ratio = (together.high - together.low) / (alone.high - alone.low)
    assert together.difference == alone.difference
    assert ratio == pytest.approx(10**0.5, rel=0.2)


def test_further_clusters_only_ever_widen_the_interval() -> None:
    comparison, outcome = compared(
        [("exposed", 0, 0, 1, i, i) for i in range(5)] + [("control", 0, 0, 1, i, i + 5) for i in range(5)]
    )  # fmt: skip
    found = match(comparison, {"y": outcome}, seed=0)["y"]
    assert widened(found, np.full(9, 1e-6), seed=0) is found
    wide = widened(found, np.full(9, 10.0), seed=0)
    assert wide.low < found.low
    assert wide.high > found.high


def test_one_exposed_cluster_gives_no_interval() -> None:
    comparison, outcome = compared(
        [("exposed", 0, 0, 1, 1, 0)] + [("control", 0, 0, 1, i, i + 1) for i in range(5)]
    )
    found = match(comparison, {"y": outcome}, seed=0)["y"]
    assert found.difference == pytest.approx(-1.0)
    assert np.isnan(found.low)
    assert np.isnan(stretch(1))


def test_many_clusters_are_drawn_by_the_block_with_the_same_spread() -> None:
    sums = np.random.default_rng(1).normal(size=9_000)
    low, high = spread(sums, seed=3)
    assert (high - low) / (2 * 1.96 * (sums**2).sum() ** 0.5) == pytest.approx(1, rel=0.1)
    assert spread(sums, seed=3) == (low, high)
