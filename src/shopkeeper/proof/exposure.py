"""Exposure: how the places of recommendations are shared out, and what of the catalogue is shown at all.

Plain functions of arrays. A list is a row of numbers of products; −1 where it is shorter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]
Floats = NDArray[np.float64]


def coverage(lists: Numbers, allowed: NDArray[np.bool_]) -> float:
    """Return the share of the products that may be shown that stand in at least one list.

    Examples
    --------
    >>> coverage(np.array([[0, 1], [1, -1]]), np.array([True, True, True, False])).__round__(3)
    0.667
    """
    there = np.unique(lists[lists >= 0])
    count = int(allowed.sum())
    return float(allowed[there].sum() / count) if count else float("nan")


def novelty(lists: Numbers, touched: Numbers, customers: int) -> float:
    """Return the mean of −log₂(share of the customers who have touched it) over the places.

    Source: Vargas & Castells (2011), RecSys. A product that nobody has touched counts as if one had.

    Examples
    --------
    >>> novelty(np.array([[0, 1]]), np.array([4, 1]), 4)
    1.0
    """
    shown = lists[lists >= 0]
    if not len(shown) or not customers:
        return float("nan")
    return float(-np.log2(np.maximum(touched[shown], 1) / customers).mean())


def gini(counts: Floats | Numbers) -> float:
    """Return Gini's coefficient: 0 where all have the same, towards 1 where one has everything.

    G = Σ (2i − n − 1) · x₍ᵢ₎ / (n · Σ x), with x in ascending order and i from 1.

    Examples
    --------
    >>> gini(np.array([5, 5, 5])), gini(np.array([0, 0, 0, 12]))
    (0.0, 0.75)
    """
    ordered = np.sort(np.asarray(counts, np.float64))
    whole, count = ordered.sum(), len(ordered)
    if not whole:
        return float("nan")
    place = 2 * np.arange(1, count + 1) - count - 1
    return float((place * ordered).sum() / (count * whole))


def shares(lists: Numbers, group: Numbers, groups: int) -> Floats:
    """Return the share of the places that each group of products has.

    Parameters
    ----------
    lists
        Rows of products.
    group
        Group of each product; −1 for none, whose places do not count.
    groups
        How many there are.

    Examples
    --------
    >>> shares(np.array([[0, 1], [2, -1]]), np.array([1, 1, 0]), 3).round(2).tolist()
    [0.33, 0.67, 0.0]
    """
    own = group[lists[lists >= 0]]
    counts = np.bincount(own[own >= 0], minlength=groups).astype(np.float64)
    made: Floats = counts / max(counts.sum(), 1.0)
    return made
