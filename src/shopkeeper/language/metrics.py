"""How well classes are told apart: plain functions of what is true and what was said.

Classes are codes 0, 1, … in the order of the columns of `probabilities`. A metric that its rows do
not define is NaN, never zero.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Codes = NDArray[np.integer]
Floats = NDArray[np.float64]
BINS = 15


def accuracy(truth: Codes, said: Codes) -> float:
    """Return the share of rows whose class was said.

    Examples
    --------
    >>> accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2]))
    0.75
    """
    return float((truth == said).mean()) if len(truth) else math.nan


def class_scores(truth: Codes, said: Codes, classes: int) -> Floats:
    """Return precision, recall and F1 of each class, one row a class.

    precision = right / said, recall = right / true, F1 = 2 · right / (said + true); NaN where the
    denominator is zero.

    Examples
    --------
    >>> class_scores(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).round(3).tolist()
    [[0.5, 1.0, 0.667], [1.0, 0.5, 0.667]]
    """
    right = np.bincount(truth[truth == said], minlength=classes)
    in_truth, in_said = np.bincount(truth, minlength=classes), np.bincount(said, minlength=classes)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = [right / in_said, right / in_truth, 2 * right / (in_said + in_truth)]
    return np.stack(parts, axis=1)


def macro_f1(truth: Codes, said: Codes) -> float:
    """Return the mean F1 of the classes that occur in the truth.

    A class that is never said has F1 0, so saying only the commonest class scores low.

    Examples
    --------
    >>> round(macro_f1(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])), 3)
    0.429
    """
    if not len(truth):
        return math.nan
    classes = int(max(truth.max(), said.max())) + 1
    occurs = np.bincount(truth, minlength=classes) > 0
    return float(class_scores(truth, said, classes)[occurs, 2].mean())


def polarity_auc(positive: NDArray[np.bool_], score: Floats) -> float:
    """Return the chance that a positive row has a higher score than a negative one, ties half.

    AUC = (R − n₊(n₊ + 1)/2) / (n₊ n₋), R the sum of the positive rows' ranks (Mann–Whitney).

    Examples
    --------
    >>> polarity_auc(np.array([True, False, True]), np.array([0.9, 0.2, 0.2]))
    0.75
    """
    ups = int(positive.sum())
    downs = len(positive) - ups
    if ups == 0 or downs == 0:
        return math.nan
    ranks = float(rankdata(score)[positive].sum())
    return (ranks - ups * (ups + 1) / 2) / (ups * downs)


def calibration_error(confidence: Floats, right: NDArray[np.bool_], *, bins: int = BINS) -> float:
    """Return the expected calibration error: how far confidence is from accuracy, on average.

    ECE = Σ_b (n_b / n) |accuracy_b − confidence_b| over `bins` bins of equal width of the highest
    probability (Naeini et al. 2015). 0 is perfect.

    Examples
    --------
    Ten rows said at 0.9, of which 7 are right, and ten at 0.6, of which 6 are right: the first bin
    is off by 0.2, the second by 0, each holds half of the rows, so the error is 0.1.

    >>> confidence = np.repeat([0.9, 0.6], 10)
    >>> right = np.array([1] * 7 + [0] * 3 + [1] * 6 + [0] * 4, dtype=bool)
    >>> round(calibration_error(confidence, right), 3)
    0.1
    """
    if len(confidence) == 0:
        return math.nan
    bin_of = np.minimum((confidence * bins).astype(np.intp), bins - 1)
    gap = np.bincount(bin_of, weights=right - confidence, minlength=bins)
    return float(np.abs(gap).sum() / len(confidence))


def reliability(
    confidence: Floats, right: NDArray[np.bool_], *, bins: int = BINS
) -> list[dict[str, float | int]]:
    """Return the bins that `calibration_error` sums over and that hold rows.

    Examples
    --------
    >>> reliability(np.array([0.9, 0.95]), np.array([True, False]), bins=10)
    [{'low': 0.9, 'high': 1.0, 'rows': 2, 'confidence': 0.925, 'accuracy': 0.5}]
    """
    bin_of = np.minimum((confidence * bins).astype(np.intp), bins - 1)
    return [
        {
            "low": number / bins,
            "high": (number + 1) / bins,
            "rows": int((bin_of == number).sum()),
            "confidence": float(confidence[bin_of == number].mean()),
            "accuracy": float(right[bin_of == number].mean()),
        }
        for number in np.unique(bin_of).tolist()
    ]
