"""Re-buying: what is used up and bought again, by whom, and when each of them is likely to be due.

Gaps between purchases are log-normal, each customer with a usual gap of their own around the usual
gap of the product. How much a customer's own gaps count is told by how customers differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from shopkeeper.intervals import discovered
from shopkeeper.operations.recommend.histories import Numbers

LEVEL = 0.8
"""Of the next purchases of those who buy again, how many are expected within the interval."""

LEAST_BUYERS, LEAST_AGAIN = 20, 10
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Purchases:
    """One row a customer and product.

    Parameters
    ----------
    customer, product
        Numbers.
    days
        Different days on which it was bought.
    last
        Days since 1970 of the last one.
    gaps, logs, squares
        How many gaps between those days, and the sums of their logarithms and of the squared ones.
    newest
        Logarithm of the last gap; NaN where there is none.
    """

    customer: Numbers
    product: Numbers
    days: Numbers
    last: Numbers
    gaps: Numbers
    logs: Doubles
    squares: Doubles
    newest: Doubles


@dataclass(frozen=True)
class Usual:
    """What is usual of the products that are bought again.

    Parameters
    ----------
    consumable
        Which products are bought again by more of their buyers than products of the shop are, for so
        many products (binomial, Benjamini and Hochberg 1995).
    buyers, again
        Customers who bought each product, and who did so on two days or more.
    gap
        Mean logarithm of the gaps of each product; NaN where it has none.
    within, between
        Variance of the logarithms within a customer, and of customers' usual gaps about the product's.
    """

    consumable: NDArray[np.bool_]
    buyers: Numbers
    again: Numbers
    gap: Doubles
    within: float
    between: float


def usual(bought: Purchases, width: int) -> Usual:
    """Return what is usual.

    Parameters
    ----------
    bought
        Who bought what on how many days.
    width
        Number of products.
    """
    buyers = np.bincount(bought.product, minlength=width)
    again = np.bincount(bought.product[bought.days > 1], minlength=width)
    share = float(again.sum()) / max(int(buyers.sum()), 1)
    # A product of few buyers proves nothing and is not tried, so it does not weigh on the others.
    tried = np.flatnonzero((buyers >= LEAST_BUYERS) & (again > 0))
    p = np.asarray(stats.binom.sf(again[tried] - 1, buyers[tried], share))
    consumable = np.zeros(width, bool)
    consumable[tried[discovered(p, len(tried))]] = True
    consumable &= again >= LEAST_AGAIN
    gaps = np.bincount(bought.product, bought.gaps, width)
    logs = np.bincount(bought.product, bought.logs, width)
    mean = np.divide(logs, gaps, out=np.full(width, np.nan), where=gaps > 0)
    within, between = _variances(bought, mean, consumable)
    return Usual(consumable, buyers, again, mean, within, between)


def _variances(
    bought: Purchases, mean: Doubles, consumable: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the variance within and between customers, by the method of moments.

    Within: Σ (Σx² − (Σx)² ÷ n) ÷ Σ (n − 1). Between: what is left of the squared distance of the
    customers' means from the product's once within ÷ n is taken away.
    """
    rows = consumable[bought.product] & (bought.gaps > 0)
    n, logs, squares = bought.gaps[rows], bought.logs[rows], bought.squares[rows]
    if not rows.any():
        return 0.0, 0.0
    spare = float((n - 1).sum())
    around = float((squares - logs**2 / n).sum())
    away = (logs / n - mean[bought.product[rows]]) ** 2
    if spare < LEAST_AGAIN:
        # Nobody bought thrice: what differs is taken for chance, so that all share the product's gap.
        return float(away.mean()), 0.0
    within = around / spare
    return within, max(float(np.average(away - within / n, weights=n)), 0.0)


@dataclass(frozen=True)
class Next:
    """When the next purchase of each row is expected: days after the last one.

    Parameters
    ----------
    usual_days
        The customer's own usual gap.
    low, high
        Interval of the next gap.
    """

    usual_days: Doubles
    low: Doubles
    high: Doubles


def expected_next(known: Usual, product: Numbers, gaps: Numbers, logs: Doubles) -> Next:
    """Return when customers are expected to buy again, by their own gaps drawn to the product's.

    With k = within ÷ between a customer of n gaps has the usual log gap (Σx + k · μ) ÷ (n + k), and
    the next one lies about it with variance within · (1 + 1 ÷ (n + k)).
    """
    mean = known.gap[product]
    if known.between > 0:
        k = known.within / known.between
        own, spread = (logs + k * mean) / (gaps + k), known.within * (1 + 1 / (gaps + k))
    else:
        own, spread = mean, np.full(len(mean), known.within)
    half = stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(spread)
    return Next(np.exp(own), np.exp(own - half), np.exp(own + half))


@dataclass(frozen=True, slots=True)
class Checked:
    """How well the newest gap of each customer was foretold by the gaps before it.

    Parameters
    ----------
    customers
        Customers and products with two gaps or more.
    within
        Share of the newest gaps that lay within their interval.
    error_days, product_error_days
        Median distance of the newest gap from the customer's own usual one, and from the product's.
    """

    customers: int
    within: float
    error_days: float
    product_error_days: float


def checked(bought: Purchases, known: Usual) -> Checked | None:
    """Return how well newest gaps are foretold; None where too few customers have two gaps.

    Parameters
    ----------
    bought
        Who bought what on how many days.
    known
        What is usual; it knows the newest gaps too, one among all of the product's.
    """
    rows = known.consumable[bought.product] & (bought.gaps >= 2)
    if rows.sum() < LEAST_AGAIN:
        return None
    newest, product = bought.newest[rows], bought.product[rows]
    told = expected_next(known, product, bought.gaps[rows] - 1, bought.logs[rows] - newest)
    gap = np.exp(newest)
    return Checked(
        int(rows.sum()),
        float(((gap >= told.low) & (gap <= told.high)).mean()),
        float(np.median(np.abs(gap - told.usual_days))),
        float(np.median(np.abs(gap - np.exp(known.gap[product])))),
    )
