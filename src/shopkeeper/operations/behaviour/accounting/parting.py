"""A change parted into effects that add up exactly: plain functions of sums.

Source of the parts: Shapley's value (Shapley 1953), the mean over all orders in which the factors
could have changed; Ang 2004 (Energy Policy 32) for the logarithmic mean of the tree. What rounding
leaves goes to one effect, so that whole numbers in give whole numbers out. This module knows no shop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sides:
    """Sums of slices before and after; `other` is the part of top that has no base."""

    base: tuple[Ints, Ints]
    top: tuple[Ints, Ints]
    other: tuple[Ints, Ints]


def of_a_sum(slices: Sides) -> dict[str, Ints]:
    """Return the change of Σ top parted into volume, mix, price and other; whole numbers.

    Of each slice top = Q · s · p: all units Q, the slice's share s of them, and its price p. Each
    factor's effect is Shapley's. A slice that is new or gone has the price of the side that it is on,
    so it is all mix. `other` is what has no units: it changes by itself.

    Examples
    --------
    >>> units, money, none = (np.array([10, 10]), np.array([5, 15])), None, np.zeros(2, np.int64)
    >>> money = (np.array([100, 400]), np.array([50, 600]))
    >>> parts = of_a_sum(Sides(units, money, (none, none)))
    >>> {name: part.tolist() for name, part in parts.items()}
    {'volume': [0, 0], 'mix': [-50, 200], 'price': [0, 0], 'other': [0, 0]}
    """
    goods = [top - other for top, other in zip(slices.top, slices.other, strict=True)]
    whole, share = _shares(slices.base)
    price = _prices(slices.base, goods)
    change = slices.top[1] - slices.top[0]
    other = slices.other[1] - slices.other[0]
    volume = (whole[1] - whole[0]) * _between(share, price)
    units: list[Floats] = [
        np.full(len(one), total) for one, total in zip(share, whole, strict=True)
    ]
    priced = (price[1] - price[0]) * _between(units, share)
    # Where a slice has money and no units on the whole, no price is told.
    told = np.isfinite(volume) & np.isfinite(priced)
    made = {
        "volume": _rounded(np.where(told, volume, 0.0)),
        "price": _rounded(np.where(told, priced, 0.0)),
        "other": other,
    }
    mix = change - made["volume"] - made["price"] - other
    return {"volume": made["volume"], "mix": mix, "price": made["price"], "other": other}


def _rounded(values: Floats) -> Ints:
    """Return whole numbers whose sum is the rounded sum: the largest remainders are rounded up."""
    whole = np.floor(values)
    short = int(np.rint(values.sum()) - whole.sum())
    up = np.argsort(whole - values, kind="stable")[:short]
    whole[up] += 1
    return whole.astype(np.int64)


def _shares(base: Sequence[Ints]) -> tuple[list[float], list[Floats]]:
    whole = [float(one.sum()) for one in base]
    share: list[Floats] = [one / (total or 1.0) for one, total in zip(base, whole, strict=True)]
    return whole, share


def _prices(base: Sequence[Ints], goods: Sequence[Ints]) -> list[Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        price = [money / units for money, units in zip(goods, base, strict=True)]
    known = [np.isfinite(one) for one in price]
    return [
        np.where(known[0], price[0], np.where(known[1], price[1], 0.0)),
        np.where(known[1], price[1], np.where(known[0], price[0], 0.0)),
    ]


def _between(one: Sequence[Floats], two: Sequence[Floats]) -> Floats:
    """Return the weight of a third factor's change: (x₀y₀ + x₁y₁) / 3 + (x₀y₁ + x₁y₀) / 6."""
    made: Floats = (one[0] * two[0] + one[1] * two[1]) / 3 + (one[0] * two[1] + one[1] * two[0]) / 6
    return made


def of_a_rate(slices: Sides) -> dict[str, Floats]:
    """Return the change of Σ top ÷ Σ base parted into mix and rate.

    With w the slice's share of the base and r its own rate: rate (r₁ − r₀)(w₀ + w₁)/2, mix
    (w₁ − w₀)((r₀ + r₁)/2 − (R₀ + R₁)/2); the sum over slices is R₁ − R₀ (Shapley's for two factors).
    A slice that is new or gone has the rate of the side that it is on, so it is all mix.

    Examples
    --------
    >>> none = np.zeros(2, np.int64)
    >>> visits, bought = (
    ...     (np.array([50, 50]), np.array([80, 20])),
    ...     (np.array([5, 15]), np.array([8, 6])),
    ... )
    >>> parts = of_a_rate(Sides(visits, bought, (none, none)))
    >>> {name: part.round(3).tolist() for name, part in parts.items()}
    {'mix': [-0.021, -0.039], 'rate': [0.0, 0.0]}
    """
    rate = _prices(slices.base, slices.top)
    whole, share = _shares(slices.base)
    overall = [
        float(top.sum()) / total if total else 0.0
        for top, total in zip(slices.top, whole, strict=True)
    ]
    middle = (overall[0] + overall[1]) / 2
    return {
        "mix": (share[1] - share[0]) * ((rate[0] + rate[1]) / 2 - middle),
        "rate": (rate[1] - rate[0]) * (share[0] + share[1]) / 2,
    }


def of_a_product(before: Sequence[float], after: Sequence[float]) -> list[float] | None:
    """Return the change of a product parted into its factors; None where one of them is not above 0.

    Logarithmic mean Divisia index: L(V₁, V₀) ln(x₁/x₀), with L(a, b) = (a − b) / ln(a/b).

    Examples
    --------
    >>> [round(part, 2) for part in of_a_product([10, 2.0, 5.0], [20, 2.0, 5.0])]
    [100.0, 0.0, 0.0]
    >>> of_a_product([10, 0.0], [20, 2.0]) is None
    True
    """
    if min(*before, *after) <= 0:
        return None
    first, last = math.prod(before), math.prod(after)
    mean = first if math.isclose(first, last) else (last - first) / math.log(last / first)
    return [mean * math.log(one / other) for one, other in zip(after, before, strict=True)]
