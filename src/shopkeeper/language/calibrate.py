"""Make a probability mean what it says, and say nothing where it is too low.

This module knows arrays of probabilities, one column a class; it knows no text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import softmax

Floats = NDArray[np.float64]
_FLOOR = 1e-12
_WIDEST = 3.0


def soften(probabilities: Floats, temperature: float) -> Floats:
    """Return softmax(log p / T): flatter for T above one, sharper below; the order never changes.

    Examples
    --------
    >>> soften(np.array([[0.8, 0.2, 0.0]]), 2.0).round(3).tolist()
    [[0.667, 0.333, 0.0]]
    """
    with np.errstate(divide="ignore"):
        softened: Floats = softmax(np.log(probabilities) / temperature, axis=1)
    return softened


def fit_temperature(probabilities: Floats, codes: NDArray[np.intp]) -> float:
    """Return the temperature under which the rows' own classes are likeliest.

    Parameters
    ----------
    probabilities
        Probabilities of rows that the model has not learned from.
    codes
        Column of each row's own class.

    Returns
    -------
    float
        Between exp(−3) and exp(3); 1 when there are no rows (Guo et al. 2017, On Calibration of
        Modern Neural Networks).

    Examples
    --------
    >>> sure, half_right = np.array([[0.99, 0.01]] * 4), np.array([0, 0, 0, 1])
    >>> round(float(soften(sure, fit_temperature(sure, half_right))[0, 0]), 2)
    0.75
    """
    if len(codes) == 0:
        return 1.0
    rows = np.arange(len(codes))

    def surprise(log_temperature: float) -> float:
        own = soften(probabilities, float(np.exp(log_temperature)))[rows, codes]
        return float(-np.log(np.maximum(own, _FLOOR)).mean())

    found = minimize_scalar(surprise, bounds=(-_WIDEST, _WIDEST), method="bounded")
    return float(np.exp(found.x))


def abstain_below(
    confidence: Floats, right: NDArray[np.bool_], *, accuracy: float, minimum: int
) -> float | None:
    """Return the lowest confidence from which on the accepted rows reach an accuracy.

    Parameters
    ----------
    confidence
        Highest probability of each row.
    right
        Whether its class was the row's own.
    accuracy
        Accuracy that the accepted rows shall reach together; 0 accepts every row.
    minimum
        Accepted rows at least, so that luck among a few rows sets no threshold.

    Returns
    -------
    float or None
        Rows at or above it are accepted. None when no threshold reaches the accuracy.

    Examples
    --------
    >>> confidence, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])
    >>> abstain_below(confidence, right, accuracy=0.9, minimum=1)
    0.8
    """
    if accuracy <= 0:
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence = confidence[order]
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= accuracy
    # Equal confidences are accepted together, so only the last of them can end the accepted rows.
    reached &= np.append(np.diff(sorted_confidence) != 0, True)
    ends = np.flatnonzero(reached)
    ends = ends[ends + 1 >= minimum]
    return float(sorted_confidence[ends[-1]]) if len(ends) else None
