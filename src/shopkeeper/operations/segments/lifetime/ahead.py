"""How wide the expectation of each customer is: purchases, value, activity and the next order's date."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from shopkeeper.operations.segments.cells import Cells, Floats
from shopkeeper.operations.segments.methods.purchases import Purchases
from shopkeeper.operations.segments.methods.spend import Spend

LOW, HIGH, DRAWS, WIDEST = 0.025, 0.975, 60, 1.5
_SMALL = 1e-4


@dataclass(frozen=True, slots=True)
class Counts:
    """Purchases ahead of each cell: chance of any, mean, mean square, and the ends of 95 %."""

    any: Floats
    mean: Floats
    square: Floats
    low: Floats
    high: Floats

    def by_customer(self, place: NDArray[np.intp]) -> Counts:
        """Return one entry a customer, whose cell is at a place."""
        return Counts(*(getattr(self, name)[place] for name in Counts.__slots__))


def counts_ahead(model: Purchases, cells: Cells, horizon: float) -> Counts:
    """Return the distribution of purchases within `horizon` of each cell."""
    size = len(cells.repeats)
    any_, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    low, high = np.zeros(size), np.zeros(size)
    for n, chance in enumerate(model.at_least(cells, horizon), start=1):
        if n == 1:
            any_ = chance
        mean += chance
        square += (2 * n - 1) * chance
        low[chance >= HIGH] = n
        high[chance > LOW] = n
        if float(chance.max(initial=0.0)) < _SMALL:
            break
    return Counts(any_, mean, square, low, high)


def value_ahead(
    counts: Counts, spend: Spend, purchases: Floats, mean: Floats
) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of value ahead.

    Nothing with the chance of no purchase, else a gamma with the mean and the spread of the sum of so
    many payments: an approximation, whose coverage is measured on the days kept aside.
    """
    one, two = spend.squares(purchases, mean)
    whole = counts.mean * spend.expected(purchases, mean)
    square = counts.mean * (one - two) + counts.square * two
    some = np.maximum(counts.any, 1e-12)
    centre = whole / some
    variance = np.maximum(square / some - centre**2, 1e-12 * np.maximum(centre, 1e-9) ** 2)
    shape = np.maximum(centre, 1e-12) ** 2 / variance
    ends = []
    for share in (LOW, HIGH):
        beyond = (share - (1 - counts.any)) / some
        found = (
            gammaincinv(shape, np.clip(beyond, 0, 1 - 1e-9)) * variance / np.maximum(centre, 1e-12)
        )
        ends.append(np.where((beyond <= 0) | (centre <= 0), 0.0, found))
    return np.asarray(ends[0], dtype=np.float64), np.asarray(ends[1], dtype=np.float64)


def days_between(repeats: Floats, recency: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of each customer's own mean time between purchases.

    Gaps of who is active are exponential, so that their sum divided by the true mean is Gamma(x, 1).

    Examples
    --------
    >>> low, high = days_between(np.array([4.0]), np.array([80.0]))
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([9.1], [73.4])
    """
    gaps = np.maximum(repeats, 1)
    return recency / gammaincinv(gaps, HIGH), recency / gammaincinv(gaps, LOW)


def order_value(spend: Spend, purchases: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of each customer's own mean payment, from theirs alone.

    Payments of a customer are Gamma(p, ν) around the mean p ÷ ν, so that ν times their sum is
    Gamma(p x, 1). NaN where nothing was paid.
    """
    paid = np.where(purchases > 0, purchases * mean, np.nan)
    return _around(spend.p, _SMALL, purchases, paid)


def value_of_one(spend: Spend, purchases: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of the same, with what is known of all customers.

    ν is Gamma(q + p x, v + x m) where x payments of the mean m are known.
    """
    known = np.where(purchases > 0, purchases * mean, 0.0)
    return _around(spend.p, spend.q, purchases, spend.v + known)


def _around(p: float, least: float, purchases: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """Return the ends of p ÷ ν where ν is Gamma(least + p x, rate), from a table by x."""
    # Below such a shape the lower end of ν is no float.
    shape = np.maximum(least + p * np.arange(purchases.max(initial=0.0) + 1), 0.02)
    place = purchases.astype(np.int64)
    low, high = (p / gammaincinv(shape, share) for share in (HIGH, LOW))
    return low[place] * rate, high[place] * rate


def alive_between(model: Purchases, cells: Cells, *, seed: int = 0) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of being active, from how surely the parameters are known.

    Parameters are drawn from the normal of their logarithms; one that the data does not tell at all is
    not drawn further than a factor of about twenty.
    """
    if not model.spread:
        same = model.alive(cells)
        return same, same
    spread = np.array(model.spread)
    spread = (spread + spread.T) / 2
    values, vectors = np.linalg.eigh(spread)
    step = vectors * np.sqrt(np.clip(values, 0, WIDEST**2))
    draw = np.random.default_rng(seed).standard_normal((DRAWS, len(spread))) @ step.T
    draw = np.clip(draw, -3, 3)
    drawn = np.array([model.r, model.alpha, model.a, model.b]) * np.exp(draw[:, :4])
    effects = np.ravel(model.effects) + draw[:, 4:]
    found = [
        replace(model, r=r, alpha=alpha, a=a, b=b, effects=own).alive(cells)
        for (r, alpha, a, b), own in zip(drawn.tolist(), effects, strict=True)
    ]
    low, high = np.quantile(np.array(found), [LOW, HIGH], axis=0)
    # The ends hold the value itself, however few draws there are.
    own = model.alive(cells)
    return np.minimum(low, own), np.maximum(high, own)
