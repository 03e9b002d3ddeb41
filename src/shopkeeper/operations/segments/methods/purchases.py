"""How often customers will buy: BG/NBD, fitted on counts of equal cells.

Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24. A
customer buys at a rate drawn from a Gamma(r, α) while active, and leaves after any purchase with a
probability drawn from a Beta(a, b). It knows nothing of seasons or of money. With covariates (Fader &
Hardie 2007, Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models) α, a and b of
a customer are those of the base times exp of what the customer's own covariates add.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betainc, digamma, gammaln, hyp2f1

Floats = NDArray[np.float64]
_BOUNDS = [(-7.0, 7.0)] * 4
MOST_AHEAD = 400
PRIOR = 1.0
"""Standard deviation of the normal that holds effects of covariates to none, in logarithms."""
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
        How many customers are alike in all of it.
    design
        Covariates, cells × columns; None where there are none.
    """

    repeats: Floats
    recency: Floats
    age: Floats
    customers: Floats
    design: Floats | None = None

    def those(self, kept: NDArray[np.bool_]) -> Cells:
        """Return some of the cells."""
        return Cells(
            self.repeats[kept],
            self.recency[kept],
            self.age[kept],
            self.customers[kept],
            None if self.design is None else self.design[kept],
        )


@dataclass(frozen=True, slots=True)
class Purchases:
    """A fitted BG/NBD: r and α of the buying rate, a and b of leaving, and their standard errors.

    `effects` are what each column of the covariates adds to the logarithms of α, a and b: three rows, or
    none. `spread` is the covariance of the four logarithms and of the effects.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    errors: tuple[float, ...]
    spread: tuple[tuple[float, ...], ...] = ()
    effects: tuple[tuple[float, ...], ...] = ()

    def own(self, cells: Cells) -> tuple[Any, Any, Any]:
        """Return α, a and b: those of all, or one a cell where there are covariates."""
        whole = np.array([self.r, self.alpha, self.a, self.b, *np.ravel(self.effects)])
        return _own(whole, cells)

    @property
    def at_the_edge(self) -> bool:
        """Whether a parameter ran to the end of what it may be, so that it is not told by the data."""
        logs = [math.log(one) for one in (self.r, self.alpha, self.a, self.b)]
        return max(abs(one) for one in logs) > _BOUNDS[0][1] - 0.01

    def alive(self, cells: Cells) -> Floats:
        """Return the probability of still being active: 1 / (1 + [x > 0] a/(b+x−1) ((α+T)/(α+tₓ))^(r+x))."""
        alpha, a, b = self.own(cells)
        odds = np.exp(
            np.log(a)
            - np.log(np.maximum(b + cells.repeats - 1, 1e-12))
            + (self.r + cells.repeats) * (np.log(alpha + cells.age) - np.log(alpha + cells.recency))
        )
        return np.asarray(1 / (1 + np.where(cells.repeats > 0, odds, 0.0)), dtype=np.float64)

    def expected(self, cells: Cells, horizon: float) -> Floats:
        """Return the purchases expected within `horizon`, given what a customer did.

        (a+b+x−1)/(a−1) · [1 − ((α+T)/(α+T+t))^(r+x) ₂F₁(r+x, b+x; a+b+x−1; t/(α+T+t))] · P(alive);
        formula 10 of the paper, its second term by Euler's transformation (DLMF 15.8.1):
        ((α+T)/(α+T+t))^(a−1) ₂F₁(a+b−1−r, a−1; a+b+x−1; t/(α+T+t)), which no x can overflow.
        """
        alpha, a, b = self.own(cells)
        # The formula has a removable gap at a = 1.
        a = np.where(abs(a - 1) > 1e-5, a, 1 + 1e-5)
        x, end = cells.repeats, alpha + cells.age
        whole = a + b + x - 1
        beyond = hyp2f1(a + b - 1 - self.r, a - 1, whole, horizon / (end + horizon))
        shrunk = np.exp((a - 1) * (np.log(end) - np.log(end + horizon)))
        # Nothing times more than any float where a ran to its bound and somebody is new.
        with np.errstate(invalid="ignore"):
            grown = whole / (a - 1) * (1 - shrunk * beyond)
        found = np.asarray(np.maximum(grown, 0.0) * self.alive(cells), dtype=np.float64)
        lost = ~np.isfinite(found)
        if lost.any():
            found[lost] = sum(self.at_least(cells.those(lost), horizon))
        return found

    def at_least(self, cells: Cells, horizon: float) -> Iterator[Floats]:
        """Yield the probability of at least one, two, three … purchases within `horizon`.

        P(alive) · P(NB ≥ n) · E[(1−p)ⁿ⁻¹]: the rate of who is active is Gamma(r+x, α+T), so that the
        purchases of who stays are negative binomial, and who buys n times has stayed after n − 1 of
        them, with p drawn from Beta(a, b+x). Their sum is `expected`, of which this shares no formula.
        """
        alpha, a, b = self.own(cells)
        size, stays = self.r + cells.repeats, b + cells.repeats
        soon = horizon / (alpha + cells.age + horizon)
        alive, stayed = self.alive(cells), np.ones(len(cells.repeats))
        for n in range(1, MOST_AHEAD + 1):
            yield np.asarray(alive * betainc(n, size, soon) * stayed, dtype=np.float64)
            stayed = stayed * (stays + n - 1) / (a + stays + n - 1)

    def wait(self, cells: Cells, share: float) -> Floats:
        """Return the time within which so many of those who are active buy next.

        P(wait > t) = ((α+T)/(α+T+t))^(r+x), the rate being Gamma(r+x, α+T).
        """
        end = self.own(cells)[0] + cells.age
        with np.errstate(over="ignore"):
            grown = np.exp(-np.log1p(-share) / (self.r + cells.repeats))
        return np.asarray(end * (grown - 1), dtype=np.float64)


def fit_purchases(cells: Cells) -> Purchases:
    """Fit by maximum likelihood with the exact gradient, from three starts.

    Covariates are fitted from where they have no effect, each held to none by a normal prior of the
    standard deviation `PRIOR`: what few customers say of a value moves it little.

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
    found = _best(replace(cells, design=None), [np.array(start) for start in _STARTS])
    if cells.design is not None:
        found = _best(cells, [np.concatenate([found, np.zeros(3 * cells.design.shape[1])])])
    whole = np.concatenate([np.exp(found[:4]), found[4:]])
    covariance = _covariance(whole, cells)
    errors = tuple(float(one) for one in np.sqrt(np.maximum(np.diag(covariance), 0.0)))
    scale = np.concatenate([whole[:4], np.ones(len(whole) - 4)])
    spread = covariance / np.outer(scale, scale)
    effects = whole[4:].reshape(3, -1).tolist() if len(whole) > 4 else []
    value, _ = log_likelihood(whole, cells)
    r, alpha, a, b = whole[:4].tolist()
    return Purchases(
        r, alpha, a, b, value, errors,
        tuple(map(tuple, spread.tolist())), tuple(map(tuple, effects)),
    )  # fmt: skip


def _best(cells: Cells, starts: Sequence[Floats]) -> Floats:
    """Return the logarithms of r, α, a, b and the effects where the likelihood is greatest."""
    total = float(cells.customers.sum())

    def objective(logs: Floats) -> tuple[float, Floats]:
        scale = np.concatenate([np.exp(logs[:4]), np.ones(len(logs) - 4)])
        effects = logs[4:]
        value, gradient = log_likelihood(np.concatenate([scale[:4], effects]), cells)
        gradient = gradient * scale
        gradient[4:] -= effects / PRIOR**2
        return -(value - float(effects @ effects) / (2 * PRIOR**2)) / total, -gradient / total

    bounds = _BOUNDS + [_BOUNDS[0]] * (len(starts[0]) - 4)
    tried = [
        minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds,
                 options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
        for start in starts
    ]  # fmt: skip
    best = min(
        (one for one in tried if np.isfinite(one.fun)), key=lambda one: one.fun, default=None
    )
    if best is None:
        raise ValueError("the likelihood of BG/NBD has no finite value at any start")
    return np.asarray(best.x, dtype=np.float64)


def _own(parameters: Floats, cells: Cells) -> tuple[Any, Any, Any]:
    """Return α, a and b of each cell, or of all where there are no covariates."""
    _, alpha, a, b = parameters[:4]
    if cells.design is None or len(parameters) == 4:
        return alpha, a, b
    by = np.exp(cells.design @ parameters[4:].reshape(3, -1).T)
    return alpha * by[:, 0], a * by[:, 1], b * by[:, 2]


def log_likelihood(parameters: Floats, cells: Cells) -> tuple[float, Floats]:
    """Return the log-likelihood of all customers and its gradient (formula 6).

    Parameters
    ----------
    parameters
        r, α, a, b, then the effects of the covariates on log α, on log a and on log b.
    cells
        The customers.
    """
    r, (alpha, a, b) = parameters[0], _own(parameters, cells)
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
    if cells.design is None or len(parameters) == 4:
        sums = np.array([float(weight @ part) for part in gradient])
        return float(weight @ value), sums
    # By the chain rule: α = α₀ exp(z'γ), so that α₀ ∂/∂α₀ is α ∂/∂α, and ∂/∂γ that times z.
    grown = [weight * part * own for part, own in zip(gradient[1:], (alpha, a, b), strict=True)]
    base = [float(part.sum()) / one for part, one in zip(grown, parameters[1:4], strict=True)]
    by_effect = [part @ cells.design for part in grown]
    return float(weight @ value), np.concatenate([[float(weight @ gradient[0])], base, *by_effect])


def _covariance(parameters: Floats, cells: Cells) -> Floats:
    """Return the covariance: the inverse of the curvature, by differences of the gradient."""
    size = len(parameters)
    curvature = np.empty((size, size))
    for place, value in enumerate(parameters):
        step = np.zeros(size)
        step[place] = 1e-4 * value if place < 4 else 1e-4
        above, below = (log_likelihood(parameters + sign * step, cells)[1] for sign in (1, -1))
        curvature[place] = (above - below) / (2 * step[place])
    held = np.diag([0.0] * 4 + [PRIOR**-2] * (size - 4))
    return np.asarray(np.linalg.pinv(held - (curvature + curvature.T) / 2), dtype=np.float64)
