"""Together: how much more often than by chance two products are bought in one basket.

Knows nothing of a shop: everything here is made of counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from shopkeeper.intervals import discovered
from shopkeeper.operations.recommend.histories import Numbers

RATE = 0.05
"""Share of the pairs called more than chance that may be chance (Benjamini and Hochberg 1995)."""

LIKELY = 0.05
"""Probability by chance below which a pair is shown though it is not surely beyond chance, and said to be so."""

PRIOR = 3.0
"""Baskets expected by chance that what is known of the two categories weighs as much as."""

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Together:
    """Pairs of products with how often both stand in one basket.

    Parameters
    ----------
    baskets
        Baskets of two products or more.
    having
        Baskets that hold each product.
    one, other
        Products of each pair that ever was, the smaller number first.
    count
        Baskets that hold both.
    category
        Number of each product's category; −1 where it has none.
    """

    baskets: int
    having: Numbers
    one: Numbers
    other: Numbers
    count: Numbers
    category: Numbers

    @cached_property
    def beside(self) -> Numbers:
        """How often each product stands beside another: the sum of its pairs."""
        width = len(self.having)
        made = np.bincount(self.one, self.count, width) + np.bincount(self.other, self.count, width)
        return made.astype(np.int64)

    @cached_property
    def places(self) -> float:
        """Divisor of s_a · s_b that makes the baskets expected by chance as many as there are pairs."""
        beside = self.beside.astype(float)
        return max(
            (float(beside.sum()) ** 2 - float((beside**2).sum())) / max(float(beside.sum()), 1), 1.0
        )

    @cached_property
    def expected(self) -> Doubles:
        """Baskets that would hold both by chance: s_a · s_b · S ÷ (S² − Σ s²), S the sum of all s.

        s is how often a product stands beside any other, so that chance is told given the sizes of
        the baskets, and that no product stands beside itself (the null of modularity, Newman 2006).
        n_a · n_b ÷ N would expect too much of small baskets: one of two products has room for one
        other only.
        """
        by: Doubles = self.beside[self.one] * self.beside[self.other] / self.places
        return by

    @cached_property
    def _keys(self) -> Numbers:
        """One number a pair, in their order."""
        return self.one * len(self.having) + self.other

    def find(self, one: Numbers, other: Numbers) -> Numbers:
        """Return the row of each pair; −1 where it never was."""
        keys = self._keys
        wanted = np.minimum(one, other) * len(self.having) + np.maximum(one, other)
        if not len(keys):
            return np.full(len(wanted), -1, np.int64)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, at, -1)

    @cached_property
    def lift(self) -> Doubles:
        """Baskets that hold both over those expected by chance."""
        made: Doubles = self.count / self.expected
        return made

    @cached_property
    def p(self) -> Doubles:
        """Probability of so many baskets or more by chance, for a Poisson count."""
        return np.asarray(stats.poisson.sf(self.count - 1, self.expected))

    @cached_property
    def tested(self) -> int:
        """Pairs of products that could have been in one basket: all that ever were in some basket."""
        there = int((self.having > 0).sum())
        return there * (there - 1) // 2

    @cached_property
    def sure(self) -> Flags:
        """Which pairs are bought together more often than by chance, for so many pairs."""
        return discovered(self.p, self.tested, rate=RATE)

    @cached_property
    def _level(self) -> float:
        return 1 - RATE * max(int(self.sure.sum()), 1) / max(self.tested, 1)

    def interval(self, rows: Numbers) -> tuple[Doubles, Doubles]:
        """Return the interval of the lift of some pairs, at the level that their choice leaves.

        Exact for a Poisson count (Garwood 1936), at 1 − R · 5 % ÷ m for R of m pairs called more than
        chance, so that of all intervals shown at most 5 % are expected to miss (Benjamini and
        Yekutieli 2005).
        """
        low, high = poisson(self.count[rows], self._level)
        return low / self.expected[rows], high / self.expected[rows]

    @cached_property
    def categories(self) -> Doubles:
        """Lift between two categories, both ways alike; 1 where it is not surely above chance.

        Counted on pairs of products: those that were in one basket over those expected by chance.
        """
        width = int(self.category.max(initial=-1)) + 1
        known = (self.category[self.one] >= 0) & (self.category[self.other] >= 0)
        one, other = self.category[self.one[known]], self.category[self.other[known]]
        seen = _symmetric(one, other, self.count[known].astype(float), width)
        has = self.category >= 0
        beside = self.beside[has].astype(float)
        by, own = (
            np.bincount(self.category[has], some, minlength=width) for some in (beside, beside**2)
        )
        expected = (np.outer(by, by) - np.diag(own)) / self.places
        np.fill_diagonal(expected, np.diag(expected) / 2)
        low, _ = poisson(seen, 1 - RATE / max(width * (width + 1) // 2, 1))
        least = np.divide(low, expected, out=np.zeros_like(low), where=expected > 0)
        lift = np.divide(seen, expected, out=np.ones_like(seen), where=expected > 0)
        made: Doubles = np.where(least > 1, lift, 1.0)
        return made

    def scores(self, sources: Numbers) -> sparse.csr_matrix:
        """Return sources × products: by how much likelier than by chance a basket with the source holds it.

        (n_ab − e_ab) ÷ n_a, the leverage (Piatetsky-Shapiro 1991) per basket with the source, of pairs that chance
        alone brings together so often in one of twenty at most. Pairs whose categories surely go together have at least
        (lift − 1) · e_ab ÷ n_a, with the lift drawn to that of the categories c, (n_ab + c · s) ÷ (e_ab + s), the
        mean of a gamma prior that weighs as much as s = 3 expected baskets (DuMouchel 1999).
        """
        width = len(self.having)
        rows = []
        for source in sources.tolist():
            expected = self.beside[source] * self.beside / self.places
            start, end = self.links.indptr[source : source + 2]
            near, pair = self.links.indices[start:end], self.links.data[start:end] - 1
            count = np.zeros(width)
            count[near] = self.count[pair]
            prior = self.prior(source)
            lift = (count + prior * PRIOR) / (expected + PRIOR)
            more = np.where((prior > 1) & (lift > 1), (lift - 1) * expected, 0)
            likely = self.p[pair] < LIKELY
            more[near[likely]] = np.maximum(more[near], count[near] - expected[near])[likely]
            worth = more / max(int(self.having[source]), 1)
            worth[source] = 0
            rows.append(sparse.csr_matrix(worth.astype(np.float32)))
        return sparse.csr_matrix(sparse.vstack(rows)) if rows else sparse.csr_matrix((0, width))

    def prior(self, source: int) -> Doubles:
        """Return the lift of every product's category with that of the source; 1 where it is not surely more."""
        if self.category[source] < 0:
            return np.ones(len(self.having))
        lift = self.categories[self.category[source]][self.category]
        return np.where(self.category >= 0, lift, 1.0)

    def by_category(self, source: int, product: int) -> bool:
        """Say whether the categories of two products surely go together."""
        one, other = self.category[[source, product]].tolist()
        return min(one, other) >= 0 and bool(self.categories[one, other] > 1)

    @cached_property
    def links(self) -> sparse.csr_matrix:
        """Products × products: 1 + the row of each pair, both ways."""
        width, row = len(self.having), np.arange(1, len(self.one) + 1)
        pairs = (np.append(self.one, self.other), np.append(self.other, self.one))
        return sparse.csr_matrix((np.append(row, row), pairs), shape=(width, width))


def poisson(count: NDArray[Any], level: float) -> tuple[Doubles, Doubles]:
    """Return the exact interval of the mean of a Poisson count (Garwood 1936).

    Examples
    --------
    >>> [round(float(end[0]), 2) for end in poisson(np.array([10]), 0.95)]
    [4.8, 18.39]
    """
    tail = (1 - level) / 2
    low = np.where(count > 0, stats.chi2.ppf(tail, 2 * np.maximum(count, 1)) / 2, 0.0)
    return low, np.asarray(stats.chi2.isf(tail, 2.0 * (count + 1)) / 2)


def _symmetric(one: Numbers, other: Numbers, count: Doubles, width: int) -> Doubles:
    made = np.zeros((width, width))
    np.add.at(made, (one, other), count)
    return np.where(np.eye(width, dtype=bool), made, made + made.T)
