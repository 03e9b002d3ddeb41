"""How often customers will buy: BG/NBD, fitted on counts of equal cells.

Source: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24. A
customer buys at a rate drawn from a Gamma(r, α) while active, and leaves after any purchase with a
probability drawn from a Beta(a, b). It knows nothing of seasons or of money. With covariates (Fader &
Hardie 2007, Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models) α, a and b of
a customer are those of the base times exp of what the customer's own covariates add.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betainc, digamma, gammaln, hyp2f1

from shopkeeper.operations.segments.cells import Cells, Floats

_Part = tuple[Floats, Floats, tuple[Floats, ...]]
"""Weights, and what each of them weighs: a log-likelihood, and its slopes by r, α, a and b."""
_BOUNDS = [(-7.0, 7.0)] * 4
MOST_AHEAD = 400
PRIOR = 1.0
"""Standard deviation of the normal that holds effects of covariates to none, in logarithms."""
_ROUGH = 1e-9
"""How close coarser cells are climbed: they are another likelihood than that of all anyway."""
_BINS = 8, 24
"""Lengths of time that are told apart while starts are compared, and on the way from the best of them."""
_STARTS = ((0.0, 1.0, 0.0, 1.0), (-1.0, 2.0, -0.5, 0.5), (0.5, 0.0, -2.0, 0.0))


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
    likelihood = Likelihood(cells)
    found = _best(cells, likelihood)
    if cells.design is not None:
        none = np.zeros(3 * cells.design.shape[1])
        found = _climbed(likelihood, np.concatenate([found, none]))[0]
    whole = np.concatenate([np.exp(found[:4]), found[4:]])
    value, gradient = likelihood(whole)
    spread = _spread(whole, likelihood, gradient)
    scale = np.concatenate([whole[:4], np.ones(len(whole) - 4)])
    errors = tuple((scale * np.sqrt(np.maximum(np.diag(spread), 0.0))).tolist())
    effects = whole[4:].reshape(3, -1).tolist() if len(whole) > 4 else []
    r, alpha, a, b = whole[:4].tolist()
    return Purchases(
        r, alpha, a, b, value, errors,
        tuple(map(tuple, spread.tolist())), tuple(map(tuple, effects)),
    )  # fmt: skip


def _best(cells: Cells, likelihood: Likelihood) -> Floats:
    """Return the logarithms of r, α, a and b where the likelihood of all is greatest, without covariates.

    The starts are compared on the coarsest cells; from the best, finer ones are climbed, then all.
    """
    coarsest, coarse = (Likelihood(cells.coarser(bins)) for bins in _BINS)
    tried = [_climbed(coarsest, np.array(start), _ROUGH) for start in _STARTS]
    best = min((one for one in tried if np.isfinite(one[1])), key=lambda one: one[1], default=None)
    if best is None:
        raise ValueError("the likelihood of BG/NBD has no finite value at any start")
    logs = _climbed(coarse, best[0], _ROUGH)[0]
    few = np.exp(logs)
    return _climbed(likelihood, _nearer(likelihood, logs, _spread(few, coarse, coarse(few)[1])))[0]


def _nearer(likelihood: Likelihood, logs: Floats, spread: Floats) -> Floats:
    """Return what three steps of Newton's method reach with the curvature of coarser cells, as long as they rise."""
    low, high = np.array(_BOUNDS).T
    value, gradient = likelihood(np.exp(logs))
    for _ in range(3):
        there = np.clip(logs + spread @ (gradient * np.exp(logs)), low, high)
        found, slopes = likelihood(np.exp(there))
        if not found > value:
            break
        logs, value, gradient = there, found, slopes
    return logs


def _climbed(likelihood: Likelihood, start: Floats, close: float = 1e-13) -> tuple[Floats, float]:
    """Return where L-BFGS-B ends, and what it made as small as it could there."""
    total = float(likelihood.cells.customers.sum())

    def objective(logs: Floats) -> tuple[float, Floats]:
        scale = np.concatenate([np.exp(logs[:4]), np.ones(len(logs) - 4)])
        effects = logs[4:]
        value, gradient = likelihood(np.concatenate([scale[:4], effects]))
        gradient = gradient * scale
        gradient[4:] -= effects / PRIOR**2
        return -(value - float(effects @ effects) / (2 * PRIOR**2)) / total, -gradient / total

    found = minimize(
        objective, start, jac=True, method="L-BFGS-B",
        bounds=_BOUNDS + [_BOUNDS[0]] * (len(start) - 4),
        options={"maxiter": 500, "ftol": close, "gtol": 1e-8},
    )  # fmt: skip
    return np.asarray(found.x, dtype=np.float64), float(found.fun)


def _own(parameters: Floats, cells: Cells) -> tuple[Any, Any, Any]:
    """Return α, a and b of each cell, or of all where there are no covariates."""
    _, alpha, a, b = parameters[:4]
    if cells.design is None or len(parameters) == 4:
        return alpha, a, b
    by = np.exp(cells.design @ parameters[4:].reshape(3, -1).T)
    return alpha * by[:, 0], a * by[:, 1], b * by[:, 2]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the cells by its distinct values: logarithms of few values cost little."""

    values: Floats
    place: NDArray[np.intp]

    def at(self, function: Callable[[Any], Any], shift: Any) -> Any:
        """Return the function of the column plus a number, or plus one number a cell."""
        if np.ndim(shift) == 0:
            return function(self.values + shift)[self.place]
        return function(self.values[self.place] + shift)


class Likelihood:
    """The log-likelihood of all customers of the cells and its gradient, as a function of its parameters (formula 6).

    These are r, α, a, b, then the effects of the covariates on log α, on log a and on log b.
    It has a part of counts alone, and one of times, which only mixes two powers; where all customers
    share their parameters, the first is worked out once a count.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.repeats, self.recency, self.age = (
            _Column(*np.unique(part, return_inverse=True))
            for part in (cells.repeats, cells.recency, cells.age)
        )
        self.bought = cells.repeats > 0
        self.by_count: Floats = np.bincount(self.repeats.place, cells.customers).astype(np.float64)
        self._last: tuple[bytes, float, Floats] | None = None

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient at r, α, a, b and the effects."""
        # One climber ends where the next begins, and asks again.
        asked = parameters.tobytes()
        if self._last is None or self._last[0] != asked:
            self._last = asked, *self._at(parameters)
        return self._last[1], self._last[2].copy()

    def _at(self, parameters: Floats) -> tuple[float, Floats]:
        own = _own(parameters, self.cells)
        value, gradient = 0.0, np.zeros(len(parameters))
        for weight, likelihood, slopes in (
            self._of_counts(parameters[0], *own), self._of_times(parameters[0], *own),
        ):  # fmt: skip
            value += _weighed(weight, likelihood)
            gradient += self._summed(weight, slopes, own, parameters)
        return value, gradient

    def _of_counts(self, r: float, alpha: Any, a: Any, b: Any) -> _Part:
        alone = np.ndim(a) == 0
        x = self.repeats.values if alone else self.cells.repeats
        mixed = digamma(a + b) - digamma(a + b + x)
        value = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        )  # fmt: skip
        slopes = (
            digamma(r + x) - digamma(r) + np.log(alpha),
            r / alpha + np.zeros(len(x)),
            mixed,
            mixed + digamma(b + x) - digamma(b),
        )
        return self.by_count if alone else self.cells.customers, value, slopes

    def _of_times(self, r: float, alpha: Any, a: Any, b: Any) -> _Part:
        power = r + self.cells.repeats
        log_end = self.age.at(np.log, alpha)
        apart = log_end - self.recency.at(np.log, alpha)
        end, last = self.age.at(np.reciprocal, alpha), self.recency.at(np.reciprocal, alpha)
        # b + x − 1, which is used only where something was bought again, and is above zero there.
        log_before = self.repeats.at(lambda shifted: np.log(np.maximum(shifted, 1e-300)), b - 1)
        odds = np.where(self.bought, power * apart + (np.log(a) - log_before), -np.inf)
        # log(1 + exp(odds)) and its slope share one exponential.
        small = np.exp(-abs(odds))
        larger = 1 / (1 + small)
        gone = np.where(odds > 0, 1.0, small) * larger
        both = np.maximum(odds, 0) - np.log(larger) - power * log_end
        slopes = (
            gone * apart - log_end,
            -power * (end + gone * (last - end)),
            gone / a,
            -gone * self.repeats.at(lambda shifted: 1 / np.maximum(shifted, 1e-300), b - 1),
        )
        return self.cells.customers, both, slopes

    def _summed(
        self, weight: Floats, slopes: tuple[Floats, ...], own: tuple[Any, ...], parameters: Floats
    ) -> Floats:
        if len(parameters) == 4 or self.cells.design is None:
            return np.array([_weighed(weight, part) for part in slopes])
        # By the chain rule: α = α₀ exp(z'γ), so that α₀ ∂/∂α₀ is α ∂/∂α, and ∂/∂γ that times z.
        grown = [weight * part * one for part, one in zip(slopes[1:], own, strict=True)]
        base = [float(part.sum()) / one for part, one in zip(grown, parameters[1:4], strict=True)]
        by_effect = [part @ self.cells.design for part in grown]
        return np.concatenate([[_weighed(weight, slopes[0])], base, *by_effect])


def _weighed(weight: Floats, values: Floats) -> float:
    # Not by `@`: BLAS wakes all threads for so few numbers, and waits for them.
    return float(np.einsum("i,i", weight, values))


def _spread(parameters: Floats, likelihood: Likelihood, gradient: Floats) -> Floats:
    """Return the covariance of the four logarithms and of the effects.

    It is the inverse of the curvature, by differences from the gradient at the parameters.
    """
    size = len(parameters)
    curvature = np.empty((size, size))
    for place, value in enumerate(parameters):
        step = np.zeros(size)
        step[place] = 1e-6 * value if place < 4 else 1e-6
        curvature[place] = (likelihood(parameters + step)[1] - gradient) / step[place]
    held = np.diag([0.0] * 4 + [PRIOR**-2] * (size - 4))
    covariance = np.linalg.pinv(held - (curvature + curvature.T) / 2)
    scale = np.concatenate([parameters[:4], np.ones(size - 4)])
    return np.asarray(covariance / np.outer(scale, scale), dtype=np.float64)
