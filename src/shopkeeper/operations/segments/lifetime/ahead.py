"""How wide the expectation of each customer is: purchases, value, activity and the next order's date."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from shopkeeper.operations.segments.methods.purchases import Cells, Floats, Purchases
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
    draw = np.random.default_rng(seed).standard_normal((DRAWS, 4)) @ step.T
    centre = np.array([model.r, model.alpha, model.a, model.b])
    drawn = centre * np.exp(np.clip(draw, -3, 3))
    found = [
        replace(model, r=r, alpha=alpha, a=a, b=b).alive(cells) for r, alpha, a, b in drawn.tolist()
    ]
    low, high = np.quantile(np.array(found), [LOW, HIGH], axis=0)
    # The ends hold the value itself, however few draws there are.
    own = model.alive(cells)
    return np.minimum(low, own), np.maximum(high, own)
