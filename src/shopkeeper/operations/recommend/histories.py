"""Histories: which products each customer touched, and what came after what, as arrays.

Products are numbers here, in an order that names decide last, so that no name decides a ranking.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
FAINT = 0.002
"""Weight of a product of a history below which it is not looked at."""

_AT_ONCE = 10_000_000


def reach(decay: float) -> int:
    """Return how many of the newest products of a history weigh enough to be looked at.

    Examples
    --------
    >>> reach(0.0), reach(0.5), reach(1.0) > 10**9
    (1, 9, True)
    """
    if decay >= 1:
        return 2**62
    return 1 + int(math.log(FAINT) / math.log(decay)) if decay > 0 else 1


def faded(decay: float, longest: int) -> Floats:
    """Return the weight of the newest product of a history, of the one before it, and so on.

    Parameters
    ----------
    decay
        Weight of a product against the next newer one.
    longest
        Products of the longest history.

    Examples
    --------
    >>> faded(0.5, 3).tolist(), faded(0.0, 3).tolist()
    ([1.0, 0.5, 0.25], [1.0])
    """
    return np.power(np.float32(decay), np.arange(min(longest, reach(decay))), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Histories:
    """Products of customers, oldest first.

    Parameters
    ----------
    starts
        Row r holds `products[starts[r]:starts[r + 1]]`; one more than there are rows.
    products
        Numbers of products; no product comes twice in a row. 32 bits are enough for them where there are
        very many; what is taken out has 64.

    Examples
    --------
    >>> histories = Histories(np.array([0, 2, 3]), np.array([4, 1, 4]))
    >>> histories.lengths.tolist(), histories.row(0).tolist()
    ([2, 1], [4, 1])
    >>> histories.customers(6).tolist()
    [0, 1, 0, 0, 2, 0]
    """

    starts: Numbers
    products: NDArray[np.signedinteger]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Numbers:
        """Number of products of each row."""
        return np.diff(self.starts)

    @property
    def rows(self) -> Numbers:
        """Row of each product."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def back(self) -> Numbers:
        """How many newer products the row has, for each product; 0 for the newest."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.products))

    def row(self, row: int) -> Numbers:
        """Return the products of one row, oldest first."""
        return self.products[self.starts[row] : self.starts[row + 1]].astype(np.int64, copy=False)

    def customers(self, width: int) -> Numbers:
        """Return in how many rows each of so many products is."""
        counted = np.zeros(width, np.int64)
        for first in range(0, len(self.products), _AT_ONCE):
            counted += np.bincount(self.products[first : first + _AT_ONCE], minlength=width)
        return counted

    def take(self, rows: NDArray[np.integer]) -> Histories:
        """Return the histories of some rows, in their order."""
        begins = self.starts[:-1][rows]
        lengths = self.starts[1:][rows] - begins
        starts = np.append(0, np.cumsum(lengths))
        shift = np.repeat(begins - starts[:-1], lengths)
        own = self.products[np.arange(starts[-1]) + shift]
        return Histories(starts, own.astype(np.int64, copy=False))

    def without_newest(self, count: int) -> Histories:
        """Return the histories without so many of the newest products of each."""
        lengths = np.maximum(self.lengths - count, 0)
        kept = self.products[self.back >= count]
        return Histories(np.append(0, np.cumsum(lengths)), kept)

    def profile(self, decay: float, width: int) -> sparse.csr_matrix:
        """Return rows × products: decay to the power of how many newer products there are.

        Products that weigh less than `FAINT` are left out: a long history would cost much and change
        nothing.
        """
        back, kept = self.back, reach(decay)
        near = back < kept
        data = faded(decay, int(self.lengths.max(initial=0)))[back[near]]
        starts = np.append(0, np.cumsum(np.minimum(self.lengths, kept)))
        return sparse.csr_matrix((data, self.products[near], starts), shape=(len(self), width))


def unseen(scores: sparse.csr_matrix, histories: Histories) -> sparse.csr_matrix:
    """Return the scores without the products that the rows' histories hold, columns in order."""
    seen = sparse.csr_matrix(
        (np.ones(len(histories.products), np.float32), histories.products, histories.starts),
        shape=scores.shape,
    )
    kept = sparse.csr_matrix(scores - scores.multiply(seen))
    kept.eliminate_zeros()
    kept.sort_indices()
    return kept


def ranks(
    scores: sparse.csr_matrix, histories: Histories, targets: Numbers, popularity: Numbers
) -> Numbers:
    """Return the place (0 = first) of each row's target among all products it has not touched.

    Parameters
    ----------
    scores
        Rows × products; what has no entry comes after what has one, the most popular first. Of equal
        scores too the more popular is first.
    histories
        What each row has touched; it is not ranked.
    targets
        One product a row, not in its history.
    popularity
        Place of each product among the most touched, 0 for the first.

    Examples
    --------
    >>> scores = sparse.csr_matrix(np.array([[0, 9, 2, 2, 0, 0]], np.float32))
    >>> seen, known = Histories(np.array([0, 1]), np.array([1])), np.array([0, 1, 2, 3, 5, 4])
    >>> [int(ranks(scores, seen, np.array([one]), known)[0]) for one in (2, 3, 0, 4, 5)]
    [0, 1, 2, 4, 3]
    """
    count, seen = len(histories), (histories.rows, histories.products)
    row = np.repeat(np.arange(count), np.diff(scores.indptr))
    own = np.asarray(scores[np.arange(count), targets]).ravel()
    known = np.asarray(scores[seen]).ravel()
    place = popularity[targets]
    before, touched = popularity[scores.indices] < place[row], popularity[seen[1]] < place[seen[0]]

    def ahead(of: Numbers, data: Floats, earlier: NDArray[np.bool_]) -> Numbers:
        first = (data > own[of]) | ((data == own[of]) & earlier)
        return np.bincount(of[first & (data > 0)], minlength=count).astype(np.int64)

    scored = ahead(row, scores.data, before) - ahead(seen[0], known, touched)
    # Without a score of its own the target stands among all that have none, by popularity.
    nothing = np.bincount(seen[0][(known <= 0) & touched], minlength=count)
    unscored = place - np.bincount(row[before], minlength=count) - nothing
    return np.where(own > 0, scored, scored + unscored).astype(np.int64)


def leading(
    scores: sparse.csr_matrix, most: int, popularity: Numbers | None = None
) -> tuple[Numbers, Numbers, Floats]:
    """Return row, column and score of the highest scores of each row, best first.

    Of equal scores the more popular is first; the smaller number where `popularity` is not given.

    Examples
    --------
    >>> scores = sparse.csr_matrix(np.array([[0, 1, 3, 2], [0, 0, 0, 5]], np.float32))
    >>> [part.tolist() for part in leading(scores, 2)]
    [[0, 0, 1], [2, 3, 3], [3.0, 2.0, 5.0]]
    """
    kept_columns, kept_scores, kept_counts = [], [], []
    for start, end in zip(scores.indptr[:-1].tolist(), scores.indptr[1:].tolist(), strict=True):
        data, columns = scores.data[start:end], scores.indices[start:end]
        best = first_of(data, columns if popularity is None else popularity[columns], most)
        kept_columns.append(columns[best])
        kept_scores.append(data[best])
        kept_counts.append(len(best))
    if not kept_counts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
    row = np.repeat(np.arange(len(kept_counts)), kept_counts)
    return row, np.concatenate(kept_columns).astype(np.int64), np.concatenate(kept_scores)


def first_of(scores: NDArray[np.floating], tied: NDArray[np.integer], most: int) -> Numbers:
    """Return the places of the highest scores, best first; of equal ones the lower `tied` is first.

    Examples
    --------
    >>> first_of(np.array([1.0, 3.0, 3.0, 2.0], np.float32), np.array([0, 9, 4, 1]), 3).tolist()
    [2, 1, 3]
    """
    near = np.arange(len(scores))
    if len(scores) > most:
        edge = np.partition(scores, len(scores) - most)[len(scores) - most]
        near = np.flatnonzero(scores >= edge)
    order: Numbers = near[np.lexsort((tied[near], -scores[near]))[:most]]
    return order


def crossed(histories: Histories, row: Numbers, most: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return each entry with each of the newest products of its row, and how far back that one is.

    Parameters
    ----------
    histories
        What each row has touched.
    row
        Row of each entry.
    most
        How many products of a history are looked at.

    Examples
    --------
    >>> histories = Histories(np.array([0, 2]), np.array([7, 5]))
    >>> [part.tolist() for part in crossed(histories, np.array([0]), 9)]
    [[0, 0], [5, 7], [0, 1]]
    """
    reach = np.minimum(histories.lengths, most)[row]
    entry = np.repeat(np.arange(len(row)), reach)
    back = np.arange(len(entry)) - np.repeat(np.cumsum(reach) - reach, reach)
    return entry, histories.products[histories.starts[1:][row[entry]] - 1 - back], back


def largest_part(
    histories: Histories, decay: float, weights: sparse.csr_matrix, row: Numbers, product: Numbers
) -> tuple[Numbers, NDArray[np.float64]]:
    """Return which product of a history gives most of a score that is a sum over it, and its share.

    Parameters
    ----------
    histories
        What each row has touched.
    decay
        Weight of a product of the history against the next newer one.
    weights
        Products × products: what each adds to the score of each.
    row, product
        The scores to explain.

    Returns
    -------
    tuple
        A product (−1 where none adds anything), and its share of the score, 0 to 1.
    """
    entry, source, back = crossed(histories, row, reach(decay))
    parts = np.asarray(weights[source, product[entry]]).ravel() * np.power(decay, back)
    return _most(entry, source, parts, len(row))


def largest_part_of_one(
    history: Numbers, decay: float, weights: sparse.csr_matrix, product: Numbers, zeros: Floats
) -> tuple[Numbers, NDArray[np.float64]]:
    """Return what `largest_part` does for one history, the same to the bit, in a quarter of the time.

    Parameters
    ----------
    history
        Products, oldest first.
    decay, weights
        As of `largest_part`.
    product
        The scores to explain.
    zeros
        A zero for every product; they are zeros again afterwards.

    Examples
    --------
    >>> weights = sparse.csr_matrix(np.array([[0, 0, 3], [0, 0, 1], [0, 0, 0]], np.float32))
    >>> explained = largest_part_of_one(
    ...     np.array([0, 1]), 0.5, weights, np.array([2]), np.zeros(3, np.float32)
    ... )
    >>> [part.tolist() for part in explained]
    [[0], [0.6]]
    """
    near = history[::-1][: min(len(history), reach(decay))]
    faint = np.power(decay, np.arange(len(near)))
    best, share = np.full(len(product), -1, np.int64), np.zeros(len(product))
    parts, whole = np.zeros((len(near), len(product))), np.zeros(len(product))
    if not len(near):
        return best, share
    for back, source in enumerate(near.tolist()):
        own = slice(weights.indptr[source], weights.indptr[source + 1])
        zeros[weights.indices[own]] = weights.data[own]
        parts[back] = zeros[product] * faint[back]
        # One after the other, as for many histories: another order of adding up gives other last bits.
        whole += parts[back]
        zeros[weights.indices[own]] = 0
    most = parts.max(axis=0)
    first = np.where(parts == most, near[:, None], np.iinfo(np.int64).max).min(axis=0)
    some = most > 0
    best[some] = first[some]
    share[some] = most[some] / whole[some]
    return best, share


def _most(
    entry: Numbers, source: Numbers, parts: NDArray[np.float64], count: int
) -> tuple[Numbers, NDArray[np.float64]]:
    whole = np.bincount(entry, weights=parts, minlength=count)
    best, share = np.full(count, -1, np.int64), np.zeros(count)
    order = np.lexsort((source, -parts, entry))
    first = order[np.append(True, entry[order][1:] != entry[order][:-1])] if len(order) else order
    first = first[parts[first] > 0]
    best[entry[first]] = source[first]
    share[entry[first]] = parts[first] / whole[entry[first]]
    return best, share
