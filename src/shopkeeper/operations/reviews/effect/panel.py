"""A weekly panel of products, before and after a burst of bad reviews.

Product and week effects are fitted on the weeks outside a burst and carried into it; what is left is
the difference (the imputation estimator of Borusyak, Jaravel & Spiess 2024, Review of Economic
Studies 91). Unlike a single two-way regression it needs no equal effects across products. Whole
products are drawn for the interval. This module knows arrays only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.reviews.effect.draws import stretch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BURST_REVIEWS = 3
BURST_WEEKS = 6
WEEKS_BEFORE, WEEKS_AFTER = 4, 6
REPEATS = 600


@dataclass(frozen=True, slots=True)
class PanelDifference:
    """Change of a rate in some weeks against what product and week would lead one to expect.

    Parameters
    ----------
    difference, low, high
        Change in the rate and its 95 % bootstrap interval, stretched where few products are
        treated; NaN where there is no such week.
    expected
        The rate to be expected in these weeks.
    products, weeks, base
        Products and product weeks behind it, and their weight (views).
    """

    difference: float
    low: float
    high: float
    expected: float
    products: int
    weeks: int
    base: float


def burst_start(negatives: Floats) -> Ints:
    """Return each product's first week of a burst, -1 for none.

    A burst is a week with at least 3 negative reviews while the mean number of all earlier weeks
    is below 1.

    Parameters
    ----------
    negatives
        Negative reviews by product and week.
    """
    before = np.cumsum(negatives, axis=1) - negatives
    usual = before / np.maximum(np.arange(negatives.shape[1]), 1)
    burst = (negatives >= BURST_REVIEWS) & (usual < 1)
    return np.where(burst.any(axis=1), burst.argmax(axis=1), -1)


def weeks_since(start: Ints, weeks: int) -> Ints:
    """Return the number of weeks since each product's burst; far below 0 where there is none."""
    offset = np.arange(weeks)[None, :] - start[:, None]
    return np.where(start[:, None] >= 0, offset, -(10**6))


def panel_difference(
    top: Floats, base: Floats, treated: Flags, *, fitted: Flags, seed: int, repeats: int = REPEATS
) -> PanelDifference:
    """Return by how much top ÷ base differs in the treated weeks from what was to be expected.

    Expected is α_product + γ_week, fitted by least squares with weights `base` on the `fitted`
    weeks. The difference is Σ (top − base (α + γ)) ÷ Σ base over the treated weeks of products that
    also have fitted weeks.

    Parameters
    ----------
    top, base
        Buys and views by product and week.
    treated
        The weeks asked about.
    fitted
        The weeks that product and week effects are fitted on.
    seed
        Seed of the draws.
    repeats
        Number of draws of whole products.
    """
    inside = base * fitted
    known = inside.sum(axis=1) > 0
    top, base, inside = top[known], base[known], inside[known]
    treated = treated[known] & (base > 0)
    if not treated.any():
        nan = float("nan")
        return PanelDifference(nan, nan, nan, nan, 0, 0, 0.0)
    parts = _parts(top, base, inside, treated)
    value = _shift(parts, np.ones(len(base)))
    generator = np.random.default_rng(seed)
    drawn = generator.poisson(1.0, (repeats, len(base))).astype(np.float64)
    spread = np.array([_shift(parts, weight) for weight in drawn])
    products = int(treated.any(axis=1).sum())
    bounds = np.quantile(spread[~np.isnan(spread)], [0.025, 0.975])
    low, high = value + (bounds - value) * stretch(products)
    held = float((base * treated).sum())
    return PanelDifference(
        value, float(low), float(high), float((top * treated).sum()) / held - value,
        products, int(treated.sum()), held,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the two-way fit needs of each product, with the product's own effect taken out."""

    views: Floats
    per_view: Floats
    buys: Floats
    asked_top: Floats
    asked_views: Floats
    asked_base: Floats
    mean: Floats


def _parts(top: Floats, base: Floats, inside: Floats, treated: Flags) -> _Parts:
    total = inside.sum(axis=1)
    fitted_top = np.where(inside > 0, top, 0)
    mean = fitted_top.sum(axis=1) / total
    asked = base * treated
    return _Parts(
        inside,
        inside / total[:, None],
        fitted_top - inside * mean[:, None],
        (top * treated).sum(axis=1),
        asked,
        asked.sum(axis=1),
        mean,
    )


def _shift(parts: _Parts, weight: Floats) -> float:
    """Return the difference, with each product counted `weight` times."""
    held = weight @ parts.asked_base
    if held == 0:
        return float("nan")
    inner = (parts.views * weight[:, None]).T @ parts.per_view
    normal = np.diag(weight @ parts.views) - inner
    week = np.linalg.lstsq(normal, weight @ parts.buys, rcond=1e-9)[0]
    product = parts.mean - parts.per_view @ week
    shift = parts.asked_top - parts.asked_base * product - parts.asked_views @ week
    return float(weight @ shift / held)
