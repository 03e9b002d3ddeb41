"""How much customers will spend at a time: Gamma-Gamma, fitted by moments or on counts of equal cells.

Source: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value. What a customer spends at a time
varies around a mean of their own, and the means vary among customers; the mean has nothing to do with
how often they buy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

Floats = NDArray[np.float64]
_TAMED, _MOST = 0.99, 200
"""Payments above this quantile count as it in products; variances differ by this factor at most."""
GRID = 200
"""Means are told apart by half a per cent, so that the cells do not grow with the customers."""


@dataclass(frozen=True, slots=True)
class Spend:
    """A fitted Gamma-Gamma: p of a customer's own spread, q and v of the means of all."""

    p: float
    q: float
    v: float

    def expected(self, purchases: Floats, mean: Floats) -> Floats:
        """Return what a customer is expected to spend at a time.

        The customer's own mean and that of all, weighted: (p (v + x m)) / (p x + q − 1); formula 5.
        """
        known = np.where(purchases > 0, purchases * mean, 0.0)
        return np.asarray(
            self.p * (self.v + known) / (self.p * purchases + self.q - 1), dtype=np.float64
        )

    def squares(self, purchases: Floats, mean: Floats) -> tuple[Floats, Floats]:
        """Return the mean square of one payment, and of two payments of the same customer multiplied.

        With ν drawn from Gamma(q + p x, v + x m) a payment is Gamma(p, ν), so they are p(p+1) and p²
        times E[1/ν²] = (v + x m)² / ((q + p x − 1)(q + p x − 2)). Where the last is not finite, which
        says that no square is known, it is taken at a tenth above that end.
        """
        known = np.where(purchases > 0, purchases * mean, 0.0)
        shape = self.q + self.p * purchases
        inverse = (self.v + known) ** 2 / ((shape - 1) * np.maximum(shape - 2, 0.1))
        return (
            np.asarray(self.p * (self.p + 1) * inverse, dtype=np.float64),
            np.asarray(self.p**2 * inverse, dtype=np.float64),
        )


def fit_spend_by_moments(first: Floats, repeats: Floats, mean: Floats) -> Spend:
    """Fit by what two purchases of the same customer have in common.

    Of a payment the variance is τ² among customers and σ² within them; the covariance of a first
    payment and of the mean of the later ones is τ² (Bühlmann & Gisler 2005, A Course in Credibility
    Theory, chapter 4). With the mean μ of all payments q = 2 + μ²/τ², p = (μ² + τ²)/σ², v = μ (q − 1)/p,
    so that a customer's own mean of n payments has the weight n / (n + σ²/τ²) in what is expected. By
    maximum likelihood that weight depends on the gamma shape; where prices come in bands it is too
    large, and those who spent much by chance are expected to go on.

    Parameters
    ----------
    first
        First payment of each customer, above zero where it counts.
    repeats, mean
        Number of later payments, and their mean.

    Examples
    --------
    >>> draw = np.random.default_rng(1)
    >>> own = 15 / draw.gamma(4, 1 / 6, 20000)
    >>> means = draw.gamma(6 * 3, own / (6 * 3))
    >>> fitted = fit_spend_by_moments(draw.gamma(6, own / 6), np.full(20000, 3.0), means)
    >>> 2.5 < (fitted.q - 1) / fitted.p * 6 < 4
    True
    """
    again = (repeats > 0) & (first > 0) & (mean > 0)
    # A few huge payments would be most of any product of two.
    one, other = (
        np.minimum(part, np.quantile(part, _TAMED)) for part in (first[again], mean[again])
    )
    centre, beside = (_total(part) / len(part) for part in (one, other))
    whole = max(_total((one - centre) ** 2) / len(one), 1e-9 * centre**2)
    shared = _total((one - centre) * (other - beside)) / max(len(one) - 1, 1)
    among = float(np.clip(shared, whole / _MOST, whole * (1 - 1 / _MOST)))
    paid, times = np.where(first > 0, first, 0.0) + repeats * mean, (first > 0) + repeats
    typical = _total(paid) / max(float(times.sum()), 1.0)
    spread = among / centre**2
    q = 2 + 1 / spread
    p = (1 + spread) / ((whole - among) / centre**2)
    return Spend(p, q, typical * (q - 1) / p)


def _total(values: Floats) -> float:
    """Return the sum of finite numbers whatever their order, in which names have a part.

    Sums of floats depend on their order; those of whole numbers do not. So steps of a part of the largest
    are added up as whole numbers, and then what is left of each, in smaller steps.
    """
    found = 0.0
    for _ in range(2):
        largest = float(np.abs(values).max(initial=0.0))
        if not largest:
            break
        room = 62 - math.frexp(largest)[1] - len(values).bit_length()
        steps = np.rint(np.ldexp(values, room))
        found += math.ldexp(int(steps.astype(np.int64).sum()), -room)
        values = values - np.ldexp(steps, -room)
    return found


def fit_spend(purchases: Floats, mean: Floats) -> Spend:
    """Fit by maximum likelihood to customers with a positive mean; `q` is kept above 1.

    Examples
    --------
    >>> draw = np.random.default_rng(1)
    >>> own = 15 / draw.gamma(4, 1 / 6, 4000)
    >>> means = draw.gamma(6 * 3, own / (6 * 3))
    >>> fitted = fit_spend(np.full(4000, 3.0), means)
    >>> 3 < fitted.q < 5
    True
    """
    grid = np.round(np.log(mean) * GRID).astype(np.int64)
    low, wide = int(grid.min()), int(np.ptp(grid)) + 1
    keys, counts = np.unique(purchases.astype(np.int64) * wide + grid - low, return_counts=True)
    x, m = (keys // wide).astype(np.float64), np.exp((keys % wide + low) / GRID)
    total = float(counts.sum())
    scale = float(np.average(m, weights=counts))

    def objective(logs: Floats) -> tuple[float, Floats]:
        p, q, v = math.exp(logs[0]), 1 + math.exp(logs[1]), math.exp(logs[2])
        spent = np.log(v + x * m)
        value = (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * math.log(v)
            + p * x * np.log(m * x) - np.log(m) - (p * x + q) * spent
        )  # fmt: skip
        by_p = x * (digamma(p * x + q) - digamma(p * x) + np.log(m * x) - spent)
        by_q = digamma(p * x + q) - digamma(q) + math.log(v) - spent
        by_v = q / v - (p * x + q) / (v + x * m)
        chain = (by_p * p, by_q * (q - 1), by_v * v)
        gradient = np.array([-float(counts @ part) / total for part in chain])
        return -float(counts @ value) / total, gradient

    best = minimize(
        objective, np.array([1.0, 1.0, math.log(scale)]), jac=True, method="L-BFGS-B",
        bounds=[(-6, 8), (-6, 6), (math.log(scale) - 10, math.log(scale) + 10)],
        options={"maxiter": 500},
    )  # fmt: skip
    p, q, v = best.x
    return Spend(math.exp(p), 1 + math.exp(q), math.exp(v))
