"""Listing: from a model and histories to what is shown, best first, with what each rests on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.recommend.histories import (
    Histories,
    Numbers,
    first_of,
)
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.model import Model

Allowed = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shown:
    """One product of one list; without a score where a popular product fills it."""

    row: int
    rank: int
    product: int
    score: float | None
    source: int
    share: float


def lists(model: Model, histories: Histories, allowed: Allowed, k: int) -> Iterator[Shown]:
    """Yield the list of each row, best first, filled with popular products up to `k`.

    Parameters
    ----------
    model
        What was learned.
    histories
        What each row has touched; it is not shown again.
    allowed
        Which products may be shown.
    k
        Products of a list.
    """
    method = model.fitted.method
    if len(histories) == 1 and isinstance(method, Transitions):
        product, score = _followed(method, histories.row(0), allowed, model.fitted.popularity, k)
        row = np.zeros(len(product), np.int64)
    else:
        row, product, score = best(model, histories, allowed, k)
    source, share = method.explain(histories, row, product)
    ends = np.searchsorted(row, np.arange(len(histories) + 1)).tolist()
    told = zip(product.tolist(), score.tolist(), source.tolist(), share.tolist(), strict=True)
    for one in range(len(histories)):
        count = ends[one + 1] - ends[one]
        for rank in range(1, count + 1):
            what, worth, why, part = next(told)
            yield Shown(one, rank, what, round(worth, 6), why, part)
        if count < k:
            taken = np.concatenate([product[ends[one] : ends[one + 1]], histories.row(one)])
            filling = filled(model.popular, allowed, taken, k - count)
            for rank, n in enumerate(filling.tolist(), start=count + 1):
                yield Shown(one, rank, n, None, -1, 0.0)


def best(
    model: Model, histories: Histories, allowed: Allowed, k: int
) -> tuple[Numbers, Numbers, NDArray[np.float32]]:
    """Return row, product and score of the best of each row that are allowed and new to it."""
    scores = model.fitted.method.score(histories)
    scores.data[~allowed[scores.indices]] = 0
    taken, popularity = np.zeros(scores.shape[1], bool), model.fitted.popularity
    products, worths = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for one, (start, end) in enumerate(itertools.pairwise(scores.indptr.tolist())):
        own, data, product = histories.row(one), scores.data[start:end], scores.indices[start:end]
        taken[own] = True
        kept = np.flatnonzero((data > 0) & ~taken[product])
        taken[own] = False
        kept = kept[first_of(data[kept], popularity[product[kept]], k)]
        products.append(product[kept].astype(np.int64))
        worths.append(data[kept])
    row = np.repeat(np.arange(len(histories)), [len(some) for some in products[1:]])
    return row, np.concatenate(products), np.concatenate(worths)


def _followed(
    method: Transitions, history: Numbers, allowed: Allowed, popularity: Numbers, k: int
) -> tuple[Numbers, NDArray[np.float32]]:
    """Return the best products for one history, the same as `best` does."""
    product, score = method.follow(history)
    kept = allowed[product] & ~np.isin(product, history)
    product, score = product[kept], score[kept]
    order = first_of(score, popularity[product], k)
    return product[order], score[order]


def filled(popular: Numbers, allowed: Allowed, taken: Numbers, missing: int) -> Numbers:
    """Return the most popular products that are allowed and not taken.

    Examples
    --------
    >>> allowed = np.array([True, False, True, True])
    >>> filled(np.array([3, 1, 2, 0]), allowed, np.array([3]), 2).tolist()
    [2, 0]
    """
    found, missed = [np.zeros(0, np.int64)], missing
    step = max(missing + len(taken), 100)
    # Not all at once: there may be a million, and nearly always the first are enough.
    for first in range(0, len(popular), step):
        near = popular[first : first + step]
        near = near[allowed[near] & ~np.isin(near, taken)][:missed]
        found.append(near)
        missed -= len(near)
        if not missed:
            break
    return np.concatenate(found)
