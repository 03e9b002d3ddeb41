"""Pairs: how strongly one product leads to another, from counts of what came after what.

Knows nothing of customers: everything here is made of the counts that the engine added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Floats, Numbers

DECAYS = (0.0, 0.6, 0.8, 0.9)
"""What one step more between two products may cost; 0 counts the very next product alone."""

_AT_ONCE = 4_000_000
"""Pairs that are computed at once: what lies between their counts and their weights takes more memory than both."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """How counts become a weight from one product to another, and how a history is weighed.

    Parameters
    ----------
    decay
        Weight of one step more between two products, one of `DECAYS`.
    backward
        Weight of a pair that was seen the other way round.
    source_power, target_power
        The weight is divided by (all weight that leaves the source) to the power of one, and (all
        that reaches the target) to the power of the other: 1 and 0 give shares, ½ and ½ a cosine.
    profile
        Weight of a product of the history against the next newer one.
    """

    decay: float = 0.8
    backward: float = 0.3
    source_power: float = 0.35
    target_power: float = 0.2
    profile: float = 0.6


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of products of which one came after the other, by source, then target.

    Parameters
    ----------
    width
        Number of products.
    starts, targets
        Source s leads to `targets[starts[s]:starts[s + 1]]`. Where one product came after another, the
        reversed pair has a row too.
    forward
        A row for each of `DECAYS`, a column a pair: how often the target came after the source.
    mirror
        Column of the reversed pair.
    """

    width: int
    starts: Numbers
    targets: NDArray[np.int32]
    forward: Floats
    mirror: NDArray[np.int32]

    def backward(self, decay: int) -> Floats:
        """Return how often the target came before the source, for one of `DECAYS` by its place."""
        turned: Floats = self.forward[decay][self.mirror]
        return turned

    def find(self, sources: NDArray[np.integer], targets: NDArray[np.integer]) -> Numbers:
        """Return the column of each pair; −1 where it never was."""
        keys = np.repeat(np.arange(self.width) * self.width, np.diff(self.starts)) + self.targets
        wanted = sources.astype(np.int64) * self.width + targets
        if not len(keys):
            return np.full(len(wanted), -1, np.int64)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, at, -1)

    def strengths(self, kernel: Kernel) -> Floats:
        """Return the weight of each pair.

        w = (f + backward · b) / (Σ over targets)^source_power / (Σ over sources)^target_power, with
        f = Σ over gaps of decay^(gap − 1) · pairs, and b the same for the pair reversed.
        """
        column = DECAYS.index(kernel.decay)
        whole = self.backward(column)
        whole *= np.float32(kernel.backward)
        whole += self.forward[column]
        return self.normalised(whole, kernel.source_power, kernel.target_power)

    def normalised(self, whole: Floats, source_power: float, target_power: float) -> Floats:
        """Return weights divided by powers of what leaves the source and reaches the target."""
        leaves, reaches = np.zeros(self.width), np.zeros(self.width)
        for source, own in self._parts():
            leaves += np.bincount(source, weights=whole[own], minlength=self.width)
            reaches += np.bincount(self.targets[own], weights=whole[own], minlength=self.width)
        left = np.where(leaves > 0, leaves, 1.0) ** -source_power
        right = np.where(reaches > 0, reaches, 1.0) ** -target_power
        made = np.empty(len(whole), np.float32)
        for source, own in self._parts():
            made[own] = whole[own] * left[source] * right[self.targets[own]]
        return made

    def matrix(self, strengths: Floats) -> sparse.csr_matrix:
        """Return sources × targets with these weights."""
        some = strengths != 0
        kept = np.cumsum(some, dtype=np.int32 if len(some) < 2**31 else np.int64)
        before = np.append(0, kept[self.starts[1:] - 1]) if len(kept) else self.starts
        before[self.starts == 0] = 0
        shape = (self.width, self.width)
        return sparse.csr_matrix((strengths[some], self.targets[some], before), shape=shape)

    def _parts(self) -> Iterator[tuple[Numbers, slice]]:
        """Yield the sources of as many pairs as are computed at once, and which pairs they are."""
        for first in range(0, len(self.targets), _AT_ONCE):
            own = slice(first, min(first + _AT_ONCE, len(self.targets)))
            low, high = np.searchsorted(self.starts, [own.start, own.stop - 1], "right") - 1
            inner = np.clip(self.starts[low : high + 2], own.start, own.stop)
            yield np.repeat(np.arange(low, high + 1), np.diff(inner)), own


def pairs_from_counts(
    source: NDArray[np.integer],
    target: NDArray[np.integer],
    gap: NDArray[np.integer],
    pairs: NDArray[np.integer],
    width: int,
) -> Pairs:
    """Return the pairs, each with its counts in both directions.

    Examples
    --------
    >>> one, two = np.array([0, 0]), np.array([1, 1])
    >>> made = pairs_from_counts(one, two, np.array([1, 2]), np.array([3, 5]), 2)
    >>> made.forward.T.round(1).tolist(), made.targets.tolist()
    ([[3.0, 6.0, 7.0, 7.5], [0.0, 0.0, 0.0, 0.0]], [1, 0])
    >>> [made.backward(decay).round(1).tolist() for decay in (0, 3)]
    [[0.0, 3.0], [0.0, 7.5]]
    """
    whole = source.astype(np.int64) * width + target
    if np.any(whole[1:] < whole[:-1]):
        order = np.argsort(whole, kind="stable")
        whole, gap, pairs = whole[order], gap[order], pairs[order]
    first = np.flatnonzero(np.append(True, whole[1:] != whole[:-1])[: len(whole)])
    one_way = whole[first]
    del whole
    weights = _weights(first, gap, pairs)
    starts = np.searchsorted(one_way, np.arange(width + 1) * width)
    there = np.ones(len(one_way), np.int8)
    ahead = sparse.csr_matrix((there, (one_way % width).astype(np.int32), starts), (width, width))
    del one_way
    # One where a pair was seen this way, two where it was seen the other way, three for both.
    both = ahead + 2 * sparse.csr_matrix(ahead.T)
    forward = np.zeros((len(DECAYS), both.nnz), np.float32)
    forward[:, both.data % 2 == 1] = weights
    del weights, ahead
    place = np.arange(both.nnz, dtype=np.int32)
    mirror = sparse.csr_matrix((place, both.indices, both.indptr), both.shape).T
    return Pairs(
        width,
        both.indptr.astype(np.int64),
        both.indices.astype(np.int32, copy=False),
        forward,
        sparse.csr_matrix(mirror).data,
    )


def _weights(first: Numbers, gap: NDArray[np.integer], pairs: NDArray[np.integer]) -> Floats:
    """Return a row for each of `DECAYS`: the sums over the gaps of each pair.

    Parameters
    ----------
    first
        Where the gaps of each pair begin.
    gap, pairs
        Distances, and how often each pair was so far apart.
    """
    weights = np.empty((len(DECAYS), len(first)), np.float32)
    ends = np.append(first[1:], len(gap))
    for low in range(0, len(first), _AT_ONCE):
        high = min(low + _AT_ONCE, len(first))
        rows = slice(first[low], ends[high - 1])
        place = np.repeat(np.arange(high - low), ends[low:high] - first[low:high])
        for row, decay in enumerate(DECAYS):
            weighed = pairs[rows] * np.power(decay, gap[rows] - 1.0)
            weights[row, low:high] = np.bincount(place, weights=weighed)
    return weights


def strongest(weights: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Return the weights with at most so many of each row, the largest.

    Of equal weights those of the smaller numbers stay.

    Examples
    --------
    >>> weights = sparse.csr_matrix(np.array([[5.0, 1.0, 1.0], [0.0, 2.0, 0.0]]))
    >>> strongest(weights, 2).toarray().tolist()
    [[5.0, 1.0, 0.0], [0.0, 2.0, 0.0]]
    """
    starts = weights.indptr
    long = np.flatnonzero(np.diff(starts) > most)
    if not len(long):
        return weights
    kept = np.ones(len(weights.data), bool)
    for start, end in zip(starts[long].tolist(), starts[long + 1].tolist(), strict=True):
        order = np.lexsort((weights.indices[start:end], -weights.data[start:end]))
        kept[start + order[most:]] = False
    before = np.append(0, np.cumsum(kept))[starts]
    return sparse.csr_matrix((weights.data[kept], weights.indices[kept], before), weights.shape)
