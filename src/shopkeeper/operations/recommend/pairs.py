"""Pairs: how strongly one product leads to another, from counts of what came after what.

Knows nothing of customers: everything here is made of the counts that the engine added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Floats, Numbers

DECAYS = (0.0, 0.6, 0.8, 0.9)
"""What one step more between two products may cost; 0 counts the very next product alone."""


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
        Source s leads to `targets[starts[s]:starts[s + 1]]`.
    forward, backward
        A column for each of `DECAYS`, a row a pair: how often the target came after the source, and
        before it.
    """

    width: int
    starts: Numbers
    targets: Numbers
    forward: Floats
    backward: Floats

    @property
    def sources(self) -> Numbers:
        """Source of each pair."""
        return np.repeat(np.arange(self.width), np.diff(self.starts))

    def find(self, sources: Numbers, targets: Numbers) -> Numbers:
        """Return the row of each pair; −1 where it never was."""
        keys = self.sources * self.width + self.targets
        wanted = sources * self.width + targets
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
        whole = self.forward[:, column] + np.float32(kernel.backward) * self.backward[:, column]
        return self.normalised(whole, kernel.source_power, kernel.target_power)

    def normalised(self, whole: Floats, source_power: float, target_power: float) -> Floats:
        """Return weights divided by powers of what leaves the source and reaches the target."""
        sources = self.sources
        leaves = np.bincount(sources, weights=whole, minlength=self.width)
        reaches = np.bincount(self.targets, weights=whole, minlength=self.width)
        left = np.where(leaves > 0, leaves, 1.0) ** -source_power
        right = np.where(reaches > 0, reaches, 1.0) ** -target_power
        made: Floats = (whole * left[sources] * right[self.targets]).astype(np.float32)
        return made

    def matrix(self, strengths: Floats) -> sparse.csr_matrix:
        """Return sources × targets with these weights."""
        shape = (self.width, self.width)
        made = sparse.csr_matrix((strengths, self.targets, self.starts), shape=shape)
        made.eliminate_zeros()
        return made


def pairs_from_counts(
    source: Numbers, target: Numbers, gap: Numbers, pairs: NDArray[np.integer], width: int
) -> Pairs:
    """Return the pairs, each with its counts in both directions.

    Examples
    --------
    >>> one, two = np.array([0, 0]), np.array([1, 1])
    >>> made = pairs_from_counts(one, two, np.array([1, 2]), np.array([3, 5]), 2)
    >>> made.forward.round(1).tolist(), made.backward.round(1).tolist()
    ([[3.0, 6.0, 7.0, 7.5], [0.0, 0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 0.0], [3.0, 6.0, 7.0, 7.5]])
    """
    whole = source * width + target
    order = np.argsort(whole, kind="stable")
    whole = whole[order]
    first = np.append(True, whole[1:] != whole[:-1])[: len(whole)]
    place, one_way = np.cumsum(first) - 1, whole[first]
    weights = np.empty((len(one_way), len(DECAYS)), np.float32)
    for column, decay in enumerate(DECAYS):
        weighed = (pairs * np.power(decay, gap - 1.0))[order]
        weights[:, column] = np.bincount(place, weights=weighed, minlength=len(one_way))
    other_way = one_way % width * width + one_way // width
    keys = np.unique(np.concatenate([one_way, other_way]))
    forward, backward = (np.zeros((len(keys), len(DECAYS)), np.float32) for _ in range(2))
    forward[np.searchsorted(keys, one_way)] = weights
    backward[np.searchsorted(keys, other_way)] = weights
    starts = np.searchsorted(keys, np.arange(width + 1) * width)
    return Pairs(width, starts, keys % width, forward, backward)


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
