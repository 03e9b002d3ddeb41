"""Borrowing: what a product that nobody has touched would follow, from what is said of it.

A new product gets a place in the weights that the others have learned: it follows, and leads to, what
known products that are described like it follow and lead to. Nothing is learned again for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from shopkeeper.operations.recommend.histories import Floats, Histories, leading, unseen
from shopkeeper.operations.recommend.methods.transitions import MOST
from shopkeeper.operations.recommend.metrics import DEPTH

RIDGE, LIKENESS, POWER, CATEGORY = 3.0, 0.5, 2.0, 8.0
"""Penalty of the regression, weight of likeness itself against what is lent, the power of both together, and
the weight of a category among the traits; chosen on products that were held out to be validated on
(`benchmarks/recommend_cold.py`)."""

LENDERS, MOST_SHARE = 2_000, 0.2
"""The most touched products, of which the regression is made; and the places of lists that new products
have at most, however many of the products are new."""

_SEED, _SAMPLE, _COMMON = 0, 1_000, 20_000
_LINKS, _WORK, _BLOCK, _CELLS = 5_000_000, 5_000_000_000, 4_000_000, 50_000_000


def described(traits: sparse.csr_matrix, kinds: NDArray[np.str_]) -> sparse.csr_matrix:
    """Return the traits with a category counting for more than its rarity says, rows of length one.

    Parameters
    ----------
    traits
        Products × traits. Traits that more than 20,000 products have count for nothing: to compare
        all that have them would take too long.
    kinds
        What each trait is.

    Examples
    --------
    >>> traits = sparse.csr_matrix(np.array([[0.6, 0.8]], np.float32))
    >>> described(traits, np.array(["category", "title"])).toarray().round(2).tolist()
    [[0.99, 0.16]]
    """
    having = np.bincount(traits.indices, minlength=traits.shape[1])
    weight = np.where(kinds == "category", np.float32(CATEGORY), np.float32(1))
    weighed = sparse.csr_matrix(traits @ sparse.diags_array(weight.astype(np.float32)))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    inverse = (1 / np.where(length > 0, length, 1)).astype(np.float32)
    weighed = sparse.csr_matrix(sparse.diags_array(inverse) @ weighed)
    return sparse.csr_matrix(weighed[:, np.flatnonzero(having <= _COMMON)])


def lent(told: sparse.csr_matrix, learned: int, lenders: int, *, ridge: float = RIDGE) -> Floats:
    """Return how much each of the first products lends to each new one: lenders × new.

    Parameters
    ----------
    told
        What `described` returns; the new products come last.
    learned
        How many products are known.
    lenders
        How many of them lend.
    ridge
        Penalty.

    Returns
    -------
    NDArray
        (K + ridge · I)⁻¹ · k, with K the cosines between lenders and k those of lenders and new ones: kernel
        ridge regression from what is said of a product to any number that is known of it.

    Examples
    --------
    >>> told = sparse.csr_matrix(np.array([[1.0, 0], [0, 1.0], [0.6, 0.8]], np.float32))
    >>> lent(told, 2, 2, ridge=1.0).round(2).tolist()
    [[0.3], [0.4]]
    """
    known, new = told[:lenders], told[learned:]
    between = np.asarray((known @ known.T).todense(), np.float64)
    between[np.diag_indices(lenders)] += ridge
    wanted = np.asarray((known @ new.T).todense(), np.float64)
    made: Floats = linalg.solve(between, wanted, assume_a="pos").astype(np.float32)
    return made


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is lent, and likeness, in one number for each known and each new product.

    Parameters
    ----------
    weights
        Known × known: how much one product leads to another.
    told
        What `described` returns; the new products come last.
    shares
        What `lent` returns.
    likeness
        Weight of likeness against what is lent, all products taken together.
    power
        Power of both together: what is surely alike stands out from what is a little like everything.
    """

    weights: sparse.csr_matrix
    told: sparse.csr_matrix
    shares: Floats
    likeness: float = LIKENESS
    power: float = POWER

    def links(self, most: int) -> sparse.csr_matrix:
        """Return known × new: (lent ÷ its mean + likeness · cosine ÷ its mean)^power.

        Parameters
        ----------
        most
            Known products of each new one, the largest.
        """
        learned, new = self.weights.shape[0], self.shares.shape[1]
        reached = min(learned, max(_CELLS // max(new, 1), LENDERS))
        lends = sparse.csr_matrix(self.weights[:reached, : len(self.shares)])
        known, others = self.told[:reached], self.told[learned:]
        means = (
            float((np.asarray(lends.sum(axis=0)).ravel() @ self.shares).sum()) / (reached * new),
            float((known.sum(axis=0) @ others.sum(axis=0).T).sum()) / (reached * new),
        )
        parts, step = [], max(_BLOCK // reached, 1)
        for first in range(0, new, step):
            own = slice(first, first + step)
            alike = np.asarray((known @ others[own].T).todense())
            mixed = self._mixed(lends @ self.shares[:, own], alike, means).T
            row, source, value = leading(sparse.csr_matrix(mixed), most)
            shape = (len(mixed), learned)
            parts.append(sparse.csr_matrix((value, (row, source)), shape=shape))
        return sparse.csr_matrix(sparse.vstack(parts).T)

    def among(self) -> sparse.csr_matrix:
        """Return new × new in the same way; no product leads to itself."""
        lenders, new = self.shares.shape
        inner = sparse.csr_matrix(self.weights[:lenders, :lenders])
        own = self.told[self.weights.shape[0] :]
        borrowed, alike = self.shares.T @ (inner @ self.shares), (own @ own.T).toarray()
        np.fill_diagonal(borrowed, 0)
        np.fill_diagonal(alike, 0)
        mixed = self._mixed(borrowed, alike, (float(borrowed.mean()), float(alike.mean())))
        np.fill_diagonal(mixed, 0)
        row, other, value = leading(sparse.csr_matrix(mixed), max(_LINKS // new, 1))
        return sparse.csr_matrix((value, (row, other)), shape=(new, new))

    def _mixed(self, borrowed: Floats, alike: Floats, means: tuple[float, float]) -> Floats:
        """Return what is lent and likeness in one number, each against its mean; nothing below nothing."""
        made = np.zeros_like(borrowed)
        for part, mean, weight in zip((borrowed, alike), means, (1.0, self.likeness), strict=True):
            if mean > 0:
                made += part * np.float32(weight / mean)
        mixed: Floats = np.maximum(made, 0) ** np.float32(self.power)
        return mixed


def fair(scores: sparse.csr_matrix, others: sparse.csr_matrix, share: float) -> float:
    """Return the factor on the scores of new products with which they have a share of the first ten places.

    Parameters
    ----------
    scores
        Rows × known products, without what the rows hold.
    others
        Rows × new products.
    share
        The share of all places, 0 to 1.

    Notes
    -----
    The n-th best new product of a row is among the first ten where factor · its score is above the
    (11 − n)-th best score of a known one. So the factor is a quantile of the ratios of those scores.

    Examples
    --------
    >>> scores = sparse.csr_matrix(np.array([[4.0, 2.0, 1.0] * 4], np.float32))
    >>> others = sparse.csr_matrix(np.array([[1.0, 1.0, 0.5]], np.float32))
    >>> fair(scores, others, 0.2), fair(scores, others, 0.3)
    (1.0, 4.0)
    """
    best, new = _first_ten(scores), _first_ten(others)
    wanted = np.where(new > 0, best[:, ::-1] / np.where(new > 0, new, 1), np.inf)
    ordered = np.sort(wanted.ravel())
    reached = ordered[: max(int(share * len(ordered)), 1)]
    # Nothing stands in the way of some: those of the known products that are wanted least decide.
    for some in (reached[::-1], ordered):
        real = some[(some > 0) & np.isfinite(some)]
        if len(real):
            return float(real[0])
    return 1.0


def _first_ten(scores: sparse.csr_matrix) -> NDArray[np.float64]:
    made = np.zeros((scores.shape[0], DEPTH))
    row, _, value = leading(scores, DEPTH)
    made[row, np.arange(len(row)) - np.searchsorted(row, row)] = value
    return made


def extended(
    weights: sparse.csr_matrix,
    told: sparse.csr_matrix,
    histories: Histories,
    profile: float,
    *,
    news: NDArray[np.bool_] | None = None,
    settings: tuple[float, float, float] = (RIDGE, LIKENESS, POWER),
) -> sparse.csr_matrix:
    """Return the weights between all products, the new ones last.

    Parameters
    ----------
    weights
        Known × known: how much one product leads to another; the most touched products come first.
    told
        What `described` returns; the new products come last.
    histories
        What customers have touched; a sample of them decides how high new products stand.
    profile
        Weight of a product of a history against the next newer one.
    news
        Which of the products that nobody has touched are news; the others lead to products, but none leads
        to them. All where it is not given.
    settings
        Ridge, likeness and power; see `lent` and `Mixture`.

    Notes
    -----
    New products have the same share of the first ten places of all lists as of the products, a fifth at
    most: how much they are wanted nobody knows yet, and to be ranked by guesses of it would hide them. None
    follows a product more than the known one that follows it most.

    Limits
    ------
    Of very many products only the most touched follow or are followed: 25,000 where 2,000 are new.
    """
    learned, new = weights.shape[0], told.shape[0] - weights.shape[0]
    fresh = np.ones(new, bool) if news is None else news
    keep = sparse.diags_array(fresh.astype(np.float32))
    ridge, *parts = settings
    shares = lent(told, learned, _lenders(weights, new), ridge=ridge)
    mixture = Mixture(weights, told, shares, *parts)
    into = sparse.csr_matrix(mixture.links(max(_LINKS // new, 1)) @ keep)
    both = sparse.csr_matrix(mixture.among() @ keep)
    turned = Mixture(sparse.csr_matrix(weights.T), told, shares, *parts)
    out = sparse.csr_matrix(turned.links(MOST).T)
    share = min(float(fresh.sum()) / (learned + new), MOST_SHARE)
    into = into * np.float32(_height(weights, into, histories, profile, share))
    # A twin of what is wanted most does not stand before it.
    best = weights.max(axis=1).toarray().ravel()
    into.data = np.minimum(into.data, np.repeat(best, np.diff(into.indptr)))
    whole, leads = float(weights.sum()), float(into.sum())
    # A new product leads to as much as a known one does, of new products as of known ones.
    out = _of_total(out, new * whole / learned)
    both = _of_total(both, new * leads / learned)
    upper, lower = sparse.hstack([weights, into]), sparse.hstack([out, both])
    made = sparse.csr_matrix(sparse.vstack([upper, lower]), dtype=np.float32)
    made.eliminate_zeros()
    made.sort_indices()
    return made


def _lenders(weights: sparse.csr_matrix, new: int) -> int:
    """Return how many of the first products lend, as many as can be worked out in seconds."""
    reaching = np.cumsum(np.bincount(weights.indices, minlength=weights.shape[0])[:LENDERS])
    return max(int(np.searchsorted(reaching, _WORK // max(new, 1), side="right")), 1)


def _height(
    weights: sparse.csr_matrix, into: sparse.csr_matrix, histories: Histories, profile: float, share: float
) -> float:  # fmt: skip
    """Return the factor on new products with which a sample of customers is shown that share of them."""
    rows = np.random.default_rng(_SEED).permutation(len(histories))[:_SAMPLE]
    some = histories.take(np.sort(rows))
    wanted = some.profile(profile, weights.shape[0])
    known = unseen(sparse.csr_matrix(wanted @ weights), some)
    return fair(known, sparse.csr_matrix(wanted @ into), share)


def _of_total(matrix: sparse.csr_matrix, total: float) -> sparse.csr_matrix:
    own = float(matrix.sum())
    return sparse.csr_matrix(matrix * np.float32(total / own if own > 0 else 1))
