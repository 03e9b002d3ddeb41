"""When a topic's share changed, and whether it is new: counts by week, and how far chance goes.

This module knows counts only. Under the hypothesis of no change the texts of a topic are any of all
texts, so the weeks' totals are kept and the topic's texts are dealt among them anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import hypergeom

Ints = NDArray[np.int64]

DEALS = 1_999


@dataclass(frozen=True, slots=True)
class Change:
    """The likeliest week in which a share changed.

    Parameters
    ----------
    week
        Number of the first week after the change; −1 where there are fewer than two weeks.
    before, after
        Share of the topic until then and since.
    p
        Chance of so large a change anywhere, were there none.
    """

    week: int
    before: float
    after: float
    p: float


def change_point(texts: Ints, totals: Ints, *, seed: int, deals: int = DEALS) -> Change:
    """Find the week that splits a share into two as unlike as possible.

    The statistic is the binomial log-likelihood ratio of two shares against one, its maximum over
    all splits; p is the share of `deals` random deals (multivariate hypergeometric) whose maximum is
    as large, so the choice of the week is paid for.

    Parameters
    ----------
    texts
        Texts of the topic by week, in order.
    totals
        All texts by week.
    seed
        Seed of the deals.

    Examples
    --------
    >>> change = change_point(np.array([1, 0, 1, 8, 9, 7]), np.full(6, 20), seed=0)
    >>> change.week, round(change.before, 2), round(change.after, 2), change.p < 0.01
    (3, 0.03, 0.4, True)
    """
    number = int(texts.sum())
    if len(totals) < 2 or number == 0 or totals.sum() == number:
        return Change(-1, math.nan, math.nan, math.nan)
    generator = np.random.default_rng(seed)
    dealt = generator.multivariate_hypergeometric(totals, number, size=deals, method="marginals")
    gain = _gain(np.vstack([texts[None], dealt]), totals)
    most = gain.max(axis=1)
    week = int(gain[0].argmax()) + 1
    # Sums of logs differ in their last digits with the order of the weeks.
    p = float((most >= most[0] - 1e-9).mean())
    before, after = (
        texts[:week].sum() / totals[:week].sum(),
        texts[week:].sum() / totals[week:].sum(),
    )
    return Change(week, float(before), float(after), p)


def newness(texts: Ints, totals: Ints) -> float:
    """Return the chance of so many of the topic's texts in the last week, were it no newer.

    Examples
    --------
    >>> newness(np.array([0, 0, 0, 9]), np.full(4, 50)) < 1e-5
    True
    """
    return float(hypergeom.sf(texts[-1] - 1, totals.sum(), texts.sum(), totals[-1]))


def holm(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return chances corrected for how many were looked at; NaN stays NaN.

    Source: Holm 1979, Scandinavian Journal of Statistics 6.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, np.nan])).round(3).tolist()
    [0.02, 0.04, nan]
    """
    made = np.full(len(chances), np.nan)
    known = np.flatnonzero(~np.isnan(chances))
    order = known[np.argsort(chances[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    made[order] = np.minimum(1, np.maximum.accumulate(chances[order] * factors))
    return made


def _gain(texts: Ints, totals: Ints) -> NDArray[np.float64]:
    """Return the log-likelihood ratio of each split, one row a deal and one column a split."""
    before, rows = texts.cumsum(axis=1)[:, :-1], totals.cumsum()[:-1]
    whole, number = totals.sum(), texts.sum(axis=1, keepdims=True)
    made: NDArray[np.float64] = (
        _likelihood(before, rows)
        + _likelihood(number - before, whole - rows)
        - _likelihood(number, whole)
    )
    return made


def _likelihood(hits: Ints, rows: Ints | np.int64) -> NDArray[np.float64]:
    share = hits / np.maximum(rows, 1)
    made = xlogy(hits, share) + xlogy(rows - hits, 1 - share)
    return np.asarray(made, np.float64)
