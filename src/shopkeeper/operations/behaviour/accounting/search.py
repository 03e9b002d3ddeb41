"""Which few slices explain most of a change: those that changed far beyond their share of it.

This module knows arrays; it knows no metric and no shop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLICES, DEPTH = 5, 3
"""Slices that are named, and dimensions that name one, at most."""

FINER = 0.85
"""Share of what a coarse slice explains that a finer one must, to be named instead of it."""

SMALLER = 0.8
"""Share of a coarse slice's weight that a finer one may have, to be named instead of it."""

_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice: position of each dimension → code of its value, and the leaves that lie in it."""

    values: dict[int, int]
    leaves: Ints


def explaining(
    codes: Sequence[Ints], change: Floats, weight: Floats, *, most: int = SLICES
) -> list[Slice]:
    """Return disjoint slices that changed most beyond what all changed alike would have given.

    The excess of a slice is its change − its weight × the whole change. The largest is taken; a finer
    slice in its stead where it holds `FINER` of the same excess; then the rest is searched again.

    Parameters
    ----------
    codes
        For each dimension the code of each leaf.
    change
        What each leaf adds to the change.
    weight
        Share of each leaf in what was there before and after; adds up to 1.
    most
        Slices at most.

    Examples
    --------
    >>> codes = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    >>> found = explaining(codes, np.array([0.0, -90.0, -5.0, -5.0]), np.full(4, 0.25))
    >>> found[0].values
    {0: 0, 1: 1}
    """
    left = np.ones(len(change), bool)
    whole, found = float(change.sum()), list[Slice]()
    scale = max(abs(whole), float(np.abs(change).sum()) * _LEAST_SHARE)
    while len(found) < most and left.any():
        best = _largest(codes, change - weight * whole, weight, left, _LEAST_SHARE * scale)
        if best is None:
            break
        found.append(best)
        left[best.leaves] = False
    return found


def _largest(
    codes: Sequence[Ints],
    excess: Floats,
    weight: Floats,
    left: NDArray[np.bool_],
    reached: float,
) -> Slice | None:
    rows = np.flatnonzero(left)
    useful = [place for place, code in enumerate(codes) if code.max(initial=0) > 0]
    chosen: Slice | None = None
    for depth in range(1, min(DEPTH, len(useful)) + 1):
        level = [
            _cell(codes, dimensions, excess, rows) for dimensions in combinations(useful, depth)
        ]
        for total, one in sorted(level, key=lambda cell: -cell[0]):
            if chosen is None and total > reached:
                chosen, reached = one, total
            elif chosen is not None and _is_better(one, total, chosen, reached, weight):
                chosen, reached = one, max(total, reached)
    return None if chosen is None else _plainer(codes, chosen, rows)


def _plainer(codes: Sequence[Ints], chosen: Slice, rows: Ints) -> Slice:
    """Drop the dimensions that say nothing more: a product has but one category."""
    values = dict(chosen.values)
    for place in sorted(values):
        others = {one: code for one, code in values.items() if one != place}
        inside = np.logical_and.reduce([codes[one][rows] == code for one, code in others.items()])
        if others and inside.sum() == len(chosen.leaves):
            values = others
    return Slice(values, chosen.leaves)


def _is_better(one: Slice, total: float, chosen: Slice, reached: float, weight: Floats) -> bool:
    """Say whether a slice of more dimensions says more: as much in far less, or far more."""
    inside = set(chosen.values.items()) <= set(one.values.items())
    smaller = weight[one.leaves].sum() <= SMALLER * weight[chosen.leaves].sum()
    return total > reached / FINER or (inside and smaller and total > FINER * reached)


def _cell(
    codes: Sequence[Ints], dimensions: tuple[int, ...], excess: Floats, rows: Ints
) -> tuple[float, Slice]:
    """Return the cell of the largest excess, of either sign, of one combination of dimensions."""
    key = np.zeros(len(rows), np.int64)
    for place in dimensions:
        key = key * (int(codes[place].max()) + 1) + codes[place][rows]
    _, where = np.unique(key, return_inverse=True)
    sums = np.bincount(where, excess[rows])
    at = int(np.abs(sums).argmax())
    inside = rows[where == at]
    values = {place: int(codes[place][inside[0]]) for place in dimensions}
    return abs(float(sums[at])), Slice(values, inside)
