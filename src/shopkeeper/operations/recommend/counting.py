"""Counting: what came after what, as the engine counted it, in one sorted array.

Counted once: what is held out of a history is told by the key, so nothing is counted again for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.operations.recommend.features import FURTHEST, GAPS, NEWEST, PRODUCTS

Numbers = NDArray[np.int64]
_AT_ONCE = 4_000_000
MOST_PAIRS, MOST_ROWS = 30_000_000, 60_000_000
"""Pairs of products, and rows of counts, that fit into 6 GB with everything made of them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often one product came after another.

    Parameters
    ----------
    key
        Ascending; see `unpacked`.
    pairs
        How often.
    """

    key: Numbers
    pairs: NDArray[np.int32]

    def without_newest(
        self, held_out: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return source, target, gap and pairs, ascending, each combination once.

        Parameters
        ----------
        held_out
            How many of the newest products of each customer are left out, 0 to 2.
        """
        parts = [self._part(rows, held_out) for rows in self._parts()]
        source, target, gap, pairs = (
            np.concatenate([np.zeros(0, np.int32), *columns])
            for columns in zip(*parts, strict=True)
        )
        return source, target, gap, pairs

    def _parts(self) -> list[slice]:
        """Return rows that are unpacked at once; what differs in the newest alone stays together."""
        begins = np.unique(self.key[::_AT_ONCE] // NEWEST * NEWEST)
        edges = np.append(np.searchsorted(self.key, begins), len(self.key)).tolist()
        return [slice(first, last) for first, last in pairwise(edges)] or [slice(0, 0)]

    def _part(self, rows: slice, held_out: int) -> tuple[NDArray[np.int32], ...]:
        kept = self.key[rows] % NEWEST >= held_out
        key, pairs = self.key[rows][kept] // NEWEST, self.pairs[rows][kept]
        if not len(key):
            return (np.zeros(0, np.int32),) * 4
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        source, target, gap, _ = unpacked(key[first] * NEWEST)
        summed = np.add.reduceat(pairs, first, dtype=np.int64)
        return tuple(column.astype(np.int32) for column in (source, target, gap, summed))

    def customers(self, source: Numbers, target: Numbers) -> Numbers:
        """Return how many of the customers counted came upon a target soon after a source.

        Examples
        --------
        >>> rows = pa.table(
        ...     {
        ...         "key": [((4 * PRODUCTS + 9) * FURTHEST + gap) * NEWEST for gap in (1, 3)],
        ...         "pairs": [5, 2],
        ...     }
        ... )
        >>> counts_of(rows).customers(np.array([4, 9]), np.array([9, 4])).tolist()
        [7, 0]
        """
        pair, wanted = self.key // (NEWEST * FURTHEST), source * PRODUCTS + target
        total = np.append(0, np.cumsum(self.pairs, dtype=np.int64))
        last, first = np.searchsorted(pair, wanted, "right"), np.searchsorted(pair, wanted)
        counted: Numbers = total[last] - total[first]
        return counted


def unpacked(key: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return source, target, gap, and how many products are newer than the target (2 for more).

    Examples
    --------
    >>> key = ((np.array([7]) * PRODUCTS + 5) * FURTHEST + 3) * NEWEST + 2
    >>> [part.tolist() for part in unpacked(key)]
    [[7], [5], [3], [2]]
    """
    rest, newest = np.divmod(key, NEWEST)
    rest, gap = np.divmod(rest, FURTHEST)
    source, target = np.divmod(rest, PRODUCTS)
    return source, target, gap, newest


def counts_of(rows: pa.Table) -> Counts:
    """Return the counts of a table of key and pairs, in any order."""
    key = rows["key"].to_numpy().astype(np.int64)
    pairs = rows["pairs"].to_numpy().astype(np.int32)
    if np.all(key[1:] > key[:-1]):
        return Counts(key, pairs)
    order = np.argsort(key)
    return Counts(key[order], pairs[order])


def every(
    lengths: Numbers, products: int, *, pairs: int = MOST_PAIRS, rows: int = MOST_ROWS
) -> int:
    """Return 1, or n where only every n-th customer can be counted within memory.

    Parameters
    ----------
    lengths
        Products of each customer.
    products
        How many there are.
    pairs, rows
        The most pairs of products, and the most rows of counts.

    Examples
    --------
    >>> lengths = np.full(100, 3)
    >>> every(lengths, 50), every(lengths, 50, pairs=100), every(lengths, 5, pairs=100)
    (1, 3, 1)
    """
    near, size = np.unique(np.minimum(lengths, GAPS), return_counts=True)
    # A history of n products has n − 1 at distance one, n − 2 at two, and so on.
    long = np.maximum(lengths - GAPS, 0).sum() * GAPS
    counted = int((near * (near - 1) // 2 * size).sum() + long)
    of_pairs = -(-counted // pairs) if products**2 > pairs else 1
    of_rows = -(-counted // rows) if products**2 * GAPS > rows else 1
    return max(of_pairs, of_rows, 1)
