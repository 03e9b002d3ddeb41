"""How often customers will buy: BG/NBD, fitted on counts of equal cells.

Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24. A
customer buys at a rate drawn from a Gamma(r, α) while active, and leaves after any purchase with a
probability drawn from a Beta(a, b). It knows nothing of seasons or of money.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betainc, digamma, gammaln, hyp2f1

Floats = NDArray[np.float64]
_BOUNDS = [(-7.0, 7.0)] * 4
MOST_AHEAD = 400
_STARTS = ((0.0, 1.0, 0.0, 1.0), (-1.0, 2.0, -0.5, 0.5), (0.5, 0.0, -2.0, 0.0))


@dataclass(frozen=True, slots=True)
class Cells:
    """Customers counted by what they did.

    Parameters
    ----------
    repeats
        Purchases after the first, x.
    recency
        Time from the first purchase to the last, t_x.
    age
        Time from the first purchase to the end of the data, T; in the same unit.
    customers
        How many customers are alike in all three.
    """

    repeats: Floats
    recency: Floats
    age: Floats
    customers: Floats


@dataclass(frozen=True, slots=True)
class Purchases:
    """A fitted BG/NBD: r and α of the buying rate, a and b of leaving, and their standard errors.

    `spread` is the covariance of their logarithms, 4 × 4.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    errors: tuple[float, ...]
    spread: tuple[tuple[float, ...], ...] = ()

    @property
    def at_the_edge(self) -> bool:
        """Whether a parameter ran to the end of what it may be, so that it is not told by the data."""
        logs = [math.log(one) for one in (self.r, self.alpha, self.a, self.b)]
        return max(abs(one) for one in logs) > _BOUNDS[0][1] - 0.01

    def alive(self, cells: Cells) -> Floats:
        """Return the probability of still being active: 1 / (1 + [x > 0] a/(b+x−1) ((α+T)/(α+tₓ))^(r+x))."""
        odds = np.exp(
            math.log(self.a)
            - np.log(np.maximum(self.b + cells.repeats - 1, 1e-12))
            + (self.r + cells.repeats)
            * (np.log(self.alpha + cells.age) - np.log(self.alpha + cells.recency))
        )
        return np.asarray(1 / (1 + np.where(cells.repeats > 0, odds, 0.0)), dtype=np.float64)

    def expected(self, cells: Cells, horizon: float) -> Floats:
        """Return the purchases expected within `horizon`, given what a customer did.

        (a+b+x−1)/(a−1) · [1 − ((α+T)/(α+T+t))^(r+x) ₂F₁(r+x, b+x; a+b+x−1; t/(α+T+t))] · P(alive);
        formula 10 of the paper, its second term by Euler's transformation (DLMF 15.8.1):
        ((α+T)/(α+T+t))^(a−1) ₂F₁(a+b−1−r, a−1; a+b+x−1; t/(α+T+t)), which no x can overflow.
        """
        # The formula has a removable gap at a = 1.
        a = self.a if abs(self.a - 1) > 1e-5 else 1 + 1e-5
        x, end = cells.repeats, self.alpha + cells.age
        whole = a + self.b + x - 1
        beyond = hyp2f1(a + self.b - 1 - self.r, a - 1, whole, horizon / (end + horizon))
        shrunk = np.exp((a - 1) * (np.log(end) - np.log(end + horizon)))
        # Nothing times more than any float where a ran to its bound and somebody is new.
        with np.errstate(invalid="ignore"):
            grown = whole / (a - 1) * (1 - shrunk * beyond)
        found = np.asarray(np.maximum(grown, 0.0) * self.alive(cells), dtype=np.float64)
        lost = ~np.isfinite(found)
        if lost.any():
            parts = (getattr(cells, name)[lost] for name in Cells.__slots__)
            found[lost] = sum(self.at_least(Cells(*parts), horizon))
        return found

    def at_least(self, cells: Cells, horizon: float) -> Iterator[Floats]:
        """Yield the probability of at least one, two, three … purchases within `horizon`.

        P(alive) · P(NB ≥ n) · E[(1−p)ⁿ⁻¹]: the rate of who is active is Gamma(r+x, α+T), so that the
        purchases of who stays are negative binomial, and who buys n times has stayed after n − 1 of
        them, with p drawn from Beta(a, b+x). Their sum is `expected`, of which this shares no formula.
        """
        size, stays = self.r + cells.repeats, self.b + cells.repeats
        soon = horizon / (self.alpha + cells.age + horizon)
        alive, stayed = self.alive(cells), np.ones(len(cells.repeats))
        for n in range(1, MOST_AHEAD + 1):
            yield np.asarray(alive * betainc(n, size, soon) * stayed, dtype=np.float64)
            stayed = stayed * (stays + n - 1) / (self.a + stays + n - 1)

    def wait(self, cells: Cells, share: float) -> Floats:
        """Return the time within which so many of those who are active buy next.

        P(wait > t) = ((α+T)/(α+T+t))^(r+x), the rate being Gamma(r+x, α+T).
        """
        end = self.alpha + cells.age
        with np.errstate(over="ignore"):
            grown = np.exp(-np.log1p(-share) / (self.r + cells.repeats))
        return np.asarray(end * (grown - 1), dtype=np.float64)


def fit_purchases(cells: Cells) -> Purchases:
    """Fit by maximum likelihood with the exact gradient, from three starts.

    Raises
    ------
    ValueError
        No start led to a maximum.

    Examples
    --------
    >>> cells = Cells(
    ...     *(np.array(part, float) for part in ([0, 1, 3], [0, 20, 30], [39, 35, 33], [60, 20, 9]))
    ... )
    >>> fitted = fit_purchases(cells)
    >>> fitted.r > 0 and fitted.log_likelihood < 0
    True
    """
    total = float(cells.customers.sum())

    def objective(logs: Floats) -> tuple[float, Floats]:
        value, gradient = log_likelihood(np.exp(logs), cells)
        return -value / total, -gradient * np.exp(logs) / total

    tried = [
        minimize(objective, np.array(start), jac=True, method="L-BFGS-B", bounds=_BOUNDS,
                 options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
        for start in _STARTS
    ]  # fmt: skip
    best = min(
        (one for one in tried if np.isfinite(one.fun)), key=lambda one: one.fun, default=None
    )
    if best is None:
        raise ValueError("the likelihood of BG/NBD has no finite value at any start")
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    covariance = _covariance(np.exp(best.x), cells)
    errors = tuple(float(one) for one in np.sqrt(np.maximum(np.diag(covariance), 0.0)))
    spread = covariance / np.outer(np.exp(best.x), np.exp(best.x))
    return Purchases(
        r, alpha, a, b, -float(best.fun) * total, errors, tuple(map(tuple, spread.tolist()))
    )


def log_likelihood(parameters: Floats, cells: Cells) -> tuple[float, Floats]:
    """Return the log-likelihood of all customers and its gradient in r, α, a, b (formula 6)."""
    r, alpha, a, b = parameters
    x, weight = cells.repeats, cells.customers
    log_end, log_last = np.log(alpha + cells.age), np.log(alpha + cells.recency)
    active = -(r + x) * log_end
    bought = x > 0
    before = np.where(bought, b + x - 1, 1.0)
    left = np.where(bought, np.log(a) - np.log(before) - (r + x) * log_last, -np.inf)
    both = np.logaddexp(active, left)
    gone = np.exp(left - both)
    value = (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + both
    )  # fmt: skip
    mixed = digamma(a + b) - digamma(a + b + x)
    gradient = (
        digamma(r + x) - digamma(r) + np.log(alpha) - (1 - gone) * log_end - gone * log_last,
        r / alpha - (r + x) * ((1 - gone) / (alpha + cells.age) + gone / (alpha + cells.recency)),
        mixed + gone / a,
        mixed + digamma(b + x) - digamma(b) - gone / before,
    )
    sums = np.array([float(weight @ part) for part in gradient])
    return float(weight @ value), sums


def _covariance(parameters: Floats, cells: Cells) -> Floats:
    """Return the covariance: the inverse of the curvature, by differences of the gradient."""
    curvature = np.empty((4, 4))
    for place, value in enumerate(parameters):
        step = np.zeros(4)
        step[place] = 1e-4 * value
        above, below = (log_likelihood(parameters + sign * step, cells)[1] for sign in (1, -1))
        curvature[place] = (above - below) / (2 * step[place])
    return np.asarray(np.linalg.pinv(-(curvature + curvature.T) / 2), dtype=np.float64)
