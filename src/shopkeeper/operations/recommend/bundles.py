"""Bundles: two or three products that are bought together, and what they cost together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from shopkeeper.intervals import discovered
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.together import RATE, Together, poisson

MOST_TRIPLES, MOST_BUNDLES = 5_000, 200


@dataclass(frozen=True, slots=True)
class Bundle:
    """Two or three products.

    Parameters
    ----------
    products
        Numbers of the products.
    support
        Baskets that hold all of them.
    lift
        How many times as often as by chance: for three, as a pair of them and the third would stand
        together, taken where that is least.
    low, high
        Its interval.
    """

    products: tuple[int, ...]
    support: int
    lift: float
    low: float
    high: float


def pairs_of(together: Together, least: int) -> list[Bundle]:
    """Return the pairs that are surely bought together and have the least support.

    Parameters
    ----------
    together
        Pairs with their counts.
    least
        Baskets that a bundle needs.
    """
    rows = np.flatnonzero(together.sure & (together.count >= least))
    low, high = together.interval(rows)
    order = np.argsort(-low, kind="stable")[:MOST_BUNDLES]
    return [
        Bundle(
            (int(together.one[row]), int(together.other[row])), int(together.count[row]),
            float(together.lift[row]), float(low[at]), float(high[at]),
        )
        for at, row in zip(order.tolist(), rows[order].tolist(), strict=True)
    ]  # fmt: skip


def triples_of(
    together: Together, basket: Numbers, product: Numbers, least: int
) -> tuple[list[Bundle], int]:
    """Return the sets of three that are surely bought together, and how many were tried.

    Parameters
    ----------
    together
        Pairs with their counts.
    basket, product
        Which basket holds which product, one row each.
    least
        Baskets that a bundle needs.
    """
    tried = list(itertools.islice(_triangles(together, least), MOST_TRIPLES))
    if not tried:
        return [], 0
    baskets = _Baskets(basket, product, len(together.having))
    support = np.array([len(baskets.holding(*some)) for some in tried], np.int64)
    expected = np.array([baskets.by_chance(some) for some in tried])
    p = np.asarray(stats.poisson.sf(support - 1, expected))
    sure = discovered(p, len(tried)) & (support >= least)
    level = 1 - RATE * max(int(sure.sum()), 1) / len(tried)
    low, high = poisson(support, level)
    made = [
        Bundle(tried[at], int(support[at]), float(support[at] / expected[at]),
               float(low[at] / expected[at]), float(high[at] / expected[at]))
        for at in np.flatnonzero(sure).tolist()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.low, one.products))[:MOST_BUNDLES], len(tried)


def _triangles(together: Together, least: int) -> Iterator[tuple[int, int, int]]:
    """Yield sets of three of which every two are surely bought together, the commonest pairs first."""
    rows = np.flatnonzero(together.sure & (together.count >= least))
    near: dict[int, set[int]] = {}
    for row in rows.tolist():
        near.setdefault(int(together.one[row]), set()).add(int(together.other[row]))
    for row in rows[np.argsort(-together.count[rows], kind="stable")].tolist():
        one, other = int(together.one[row]), int(together.other[row])
        for third in sorted(near.get(one, set()) & near.get(other, set())):
            yield one, other, third


class _Baskets:
    """Baskets of three products or more, by product."""

    def __init__(self, basket: Numbers, product: Numbers, width: int) -> None:
        self.size = np.bincount(basket)
        large = self.size[basket] >= 3
        shape = (len(self.size), width)
        held = np.ones(int(large.sum()), np.int8)
        self.holds = sparse.csc_matrix((held, (basket[large], product[large])), shape=shape)
        self.holds.sort_indices()
        self.share = np.diff(self.holds.indptr) / max(len(held), 1)

    def holding(self, *products: int) -> NDArray[np.integer]:
        """Return the baskets that hold all of these."""
        start, end = self.holds.indptr[products[0] : products[0] + 2]
        found: NDArray[np.integer] = self.holds.indices[start:end]
        for one in products[1:]:
            found = np.intersect1d(found, self.holding(one), assume_unique=True)
        return found

    def by_chance(self, three: tuple[int, int, int]) -> float:
        """Return how many would hold all three if a pair of them knew nothing of the third, at the most.

        What else the baskets of the pair hold is then what baskets hold in general: as many places
        as they have beside the pair, times the third's share of all places.
        """
        most = 0.0
        for third in three:
            one, other = (product for product in three if product != third)
            beside = self.size[self.holding(one, other)] - 2
            most = max(most, float(beside.sum()) * float(self.share[third]))
        return max(most, 1e-9)
