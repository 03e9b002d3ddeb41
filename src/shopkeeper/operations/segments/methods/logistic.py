"""A logistic regression with its covariance: few columns, fitted by Newton's method.

Source: Cox (1958), JRSS B 20; the intervals are those of the linear part (Wald). Kept here because the
intervals need the covariance, which scikit-learn does not give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
_RIDGE, _STEPS, _Z = 1e-3, 60, 1.959963984540054


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights, the intercept first, of columns that are centred and scaled, and their covariance."""

    weights: Floats
    covariance: Floats
    centre: Floats
    scale: Floats

    def predict(self, columns: Floats) -> tuple[Floats, Floats, Floats]:
        """Return probability, and the ends of its 95 % interval."""
        rows = _design((columns - self.centre) / self.scale)
        linear = rows @ self.weights
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", rows, self.covariance, rows), 0))
        low, high = linear - _Z * error, linear + _Z * error
        return expit(linear), expit(low), expit(high)


def fit_logistic(columns: Floats, happened: Floats) -> Logistic:
    """Fit by penalised maximum likelihood; a thousandth of a ridge keeps separable data finite.

    Examples
    --------
    >>> x = np.linspace(-2, 2, 200)[:, None]
    >>> fitted = fit_logistic(x, (x[:, 0] > 0).astype(float))
    >>> bool(fitted.predict(np.array([[2.0]]))[0][0] > 0.9)
    True
    """
    centre, scale = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    rows = _design((columns - centre) / scale)
    penalty = np.diag([0.0, *[_RIDGE * len(rows)] * (rows.shape[1] - 1)])
    penalty[0, 0] = 1e-9
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        said = expit(rows @ weights)
        curvature = (rows * (said * (1 - said))[:, None]).T @ rows + penalty
        step = np.linalg.solve(curvature, rows.T @ (happened - said) - penalty @ weights)
        # A step that long only overshoots where nearly all happened or nearly nothing did.
        weights += np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-9:
            break
    said = expit(rows @ weights)
    curvature = (rows * (said * (1 - said))[:, None]).T @ rows + penalty
    inverse = np.asarray(np.linalg.inv(curvature), dtype=np.float64)
    return Logistic(weights, inverse, centre, scale)


def _design(columns: Floats) -> Floats:
    return np.column_stack([np.ones(len(columns)), columns])
