"""Match what is exposed with what is not, all else equal, and see how far the two differ.

Coarsened exact matching (Iacus, King & Porro 2012, Political Analysis 20): each exposed row is
compared with the controls of its own cell, a cell being everything equal that can be held equal.
Where a cell has too few controls the next coarser cell is used. Rows may be single reviews or
counts. This module knows arrays only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.reviews.effect.draws import spread, stretch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_CONTROLS = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, as arrays of equal length.

    Parameters
    ----------
    exposed, control
        Which rows are exposed (say, carry a negative review), and which they are compared with.
    count
        How many units a row stands for.
    cells
        Cell numbers, from the finest to the coarsest.
    cluster
        Rows that are drawn together, numbered from 0.
    """

    exposed: Flags
    control: Flags
    count: Floats
    cells: Sequence[Ints]
    cluster: Ints


@dataclass(frozen=True, slots=True)
class Matched:
    """A difference, exposed minus control, with what it rests on.

    Parameters
    ----------
    difference, low, high
        The difference and its 95 % bootstrap interval; NaN where nothing could be matched.
    exposed_n, matched_n
        The exposed in all, and those that found controls to be compared with.
    overlap
        Share of the exposed whose finest cell holds enough controls.
    exposed_mean, control_mean
        Mean of the matched exposed, and of the controls weighted like them.
    slope, constant
        What one unit of each row does to the difference: slope × outcome + constant.
    """

    difference: float
    low: float
    high: float
    exposed_n: int
    matched_n: int
    overlap: float
    exposed_mean: float
    control_mean: float
    slope: Floats
    constant: Floats


@dataclass(frozen=True, slots=True)
class _Pairing:
    """Which of the exposed are matched, and what each row counts for."""

    matched: Flags
    finest: Flags
    control: Floats
    levels: list[tuple[Ints, Floats]]


def match(
    comparison: Comparison, outcomes: Mapping[str, Floats], *, seed: int
) -> dict[str, Matched]:
    """Return the matched difference of each outcome, weighted by the exposed of each cell.

    For cells c with n_c matched exposed: Σ n_c (mean of exposed − mean of controls) ÷ Σ n_c, the
    difference for the exposed. The interval draws whole clusters with
    Poisson(1) weights and adds up their influence on the difference (a multiplier bootstrap); it is
    stretched where few clusters are exposed.

    Parameters
    ----------
    comparison
        What is compared.
    outcomes
        Sums of each outcome by row (the outcome itself where a row is one unit).
    seed
        Seed of the draws.
    """
    pairing = _pair(comparison)
    return {
        name: _difference(comparison, pairing, outcome, seed) for name, outcome in outcomes.items()
    }


def weights(comparison: Comparison) -> Floats:
    """Return what each row counts for when matched: the exposed 1 a unit, the controls their part."""
    pairing = _pair(comparison)
    return np.where(pairing.matched, 1.0, pairing.control) * comparison.count


def widened(found: Matched, sums: Floats, *, seed: int) -> Matched:
    """Return the wider of the interval that is there and the one that further clusters give."""
    low, high = spread(sums, seed=seed)
    if found.high - found.low >= high - low:
        return found
    return replace(found, low=found.difference + low, high=found.difference + high)


def _pair(comparison: Comparison) -> _Pairing:
    """Give each of the exposed the finest cell that holds enough controls."""
    rows = len(comparison.exposed)
    matched, finest = np.zeros(rows, bool), np.zeros(rows, bool)
    control = np.zeros(rows)
    levels = []
    for depth, codes in enumerate(comparison.cells):
        size = int(codes.max(initial=-1)) + 1
        there = np.bincount(codes, comparison.count * comparison.control, minlength=size)
        hit = comparison.exposed & ~matched & (there[codes] >= LEAST_CONTROLS)
        wanted = np.bincount(codes[hit], comparison.count[hit], minlength=size)
        ratio = np.divide(wanted, there, out=np.zeros(size), where=there > 0)
        control += np.where(comparison.control, ratio[codes], 0.0)
        levels.append((np.where(hit, codes, -1), ratio))
        matched |= hit
        finest |= hit & (depth == 0)
    return _Pairing(matched, finest, control, levels)


def _difference(comparison: Comparison, pairing: _Pairing, outcome: Floats, seed: int) -> Matched:
    count, matched = comparison.count, pairing.matched
    exposed_n, total = float(count[comparison.exposed].sum()), float(count[matched].sum())
    overlap = float(count[pairing.finest].sum()) / exposed_n if exposed_n else float("nan")
    nothing = np.zeros(len(outcome))
    if not total:
        nan = float("nan")
        return Matched(
            nan, nan, nan, int(exposed_n), 0, overlap, nan, nan, nothing, nothing
        )  # fmt: skip
    own = float(outcome[matched].sum()) / total
    other = float((outcome * pairing.control).sum()) / total
    slope = (matched - pairing.control) / total
    constant = _constants(comparison, pairing, outcome, own - other) / total
    influence = slope * outcome + constant * count
    sums = np.bincount(comparison.cluster, influence).astype(np.float64)
    involved = len(np.unique(comparison.cluster[matched]))
    low, high = np.array(spread(sums, seed=seed)) * stretch(involved)
    value = own - other
    return Matched(
        value, value + float(low), value + float(high), int(exposed_n), int(total), overlap, own, other,
        slope, constant,
    )  # fmt: skip


def _constants(
    comparison: Comparison, pairing: _Pairing, outcome: Floats, difference: float
) -> Floats:
    constant = np.where(pairing.matched, -difference, 0.0)
    for codes, (hit, ratio) in zip(comparison.cells, pairing.levels, strict=True):
        size = len(ratio)
        there = np.bincount(codes, comparison.count * comparison.control, minlength=size)
        sums = np.bincount(codes, outcome * comparison.control, minlength=size)
        mean = np.divide(sums, there, out=np.zeros(size), where=there > 0)
        constant -= np.where(hit >= 0, mean[codes], 0.0)
        constant += np.where(comparison.control, (ratio * mean)[codes], 0.0)
    return constant
