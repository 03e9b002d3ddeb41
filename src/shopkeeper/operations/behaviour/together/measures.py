"""Numbers of pairs: support, confidence, lift and what chance would do, as plain functions of counts.

This module knows counts only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import chi2, poisson

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
_LEVEL = 0.95


def lift(
    both: Numbers, one: Numbers, other: Numbers, baskets: int
) -> tuple[Floats, Floats, Floats]:
    """Return the lift of each pair with its 95 % interval.

    Lift L = n₁₂ N / (n₁ n₂). Its logarithm has by the delta method on multinomial counts the variance
    1/n₁₂ − 1/n₁ − 1/n₂ + (2 L − 1)/N (Agresti 2013, Categorical Data Analysis, chapter 16). Without
    a common basket it is 0, from 0 to 3.69 N / (n₁ n₂), the exact upper end of a Poisson count of none.

    Parameters
    ----------
    both
        Baskets that hold both.
    one, other
        Baskets that hold the one, and the other.
    baskets
        All baskets.

    Examples
    --------
    >>> value, low, high = lift(np.array([30, 0]), np.array([60, 9]), np.array([50, 9]), 500)
    >>> value.round(2).tolist(), low.round(2).tolist(), high.round(2).tolist()
    ([5.0, 0.0], [3.94, 0.0], [6.34, 22.77])
    """
    expected = one * other / baskets
    value = both / expected
    counted = np.maximum(both, 1)
    variance = 1 / counted - 1 / one - 1 / other + (2 * value - 1) / baskets
    reach = np.exp(float(ndtri(0.5 + _LEVEL / 2)) * np.sqrt(np.maximum(variance, 0)))
    none = both == 0
    high = np.where(none, chi2.ppf(0.5 + _LEVEL / 2, 2) / 2 / expected, value * reach)
    return value, np.where(none, 0.0, value / reach), high


def expected_by_size(beside: Numbers, other: Numbers, ends: int, own: float) -> Floats:
    """Return how often chance would put two things in one basket, were baskets as large as they are.

    d₁ d₂ / (2P − Σ d² / 2P): of the 2P ends of all pairs in baskets, d belong to each thing (the
    configuration model, Newman 2006, PNAS 103); no thing makes a pair with itself. A shop whose
    baskets hold one thing mostly has plain lifts below one throughout; these do not.

    Parameters
    ----------
    beside, other
        Things that lie beside the one, and the other, in all baskets.
    ends
        The same added up over all things: Σ size × (size − 1).
    own
        Its squares added up over all things.

    Examples
    --------
    >>> expected_by_size(np.array([4]), np.array([4]), 12, 48.0).tolist()
    [2.0]
    """
    made: Floats = beside * other / (ends - own / ends)
    return made


def against(both: Numbers, expected: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return observed ÷ expected, its exact 95 % interval (Garwood 1936) and its two-sided p-value.

    Baskets are independent of each other and hold a pair once, so the count is at most as dispersed
    as a Poisson count.

    Examples
    --------
    >>> found = against(np.array([30, 0]), np.array([10.0, 8.0]))
    >>> [part.round(3).tolist() for part in found]
    [[3.0, 0.0], [2.024, 0.0], [4.283, 0.461], [0.0, 0.001]]
    """
    tail = (1 - _LEVEL) / 2
    low = np.where(both > 0, chi2.ppf(tail, 2 * np.maximum(both, 1)) / 2, 0.0)
    high = chi2.ppf(1 - tail, 2 * (both + 1)) / 2
    p = 2 * np.minimum(poisson.sf(both - 1, expected), poisson.cdf(both, expected))
    return both / expected, low / expected, high / expected, np.minimum(p, 1.0)


def yules_q(both: Numbers | Floats, one: Numbers, other: Numbers, whole: int) -> Floats:
    """Return Yule's Q of each pair, −1 (never both) to 1: (ad − bc) / (ad + bc) of the fourfold table.

    Source: Yule 1912, Journal of the Royal Statistical Society 75.

    Examples
    --------
    >>> yules_q(np.array([10]), np.array([20]), np.array([20]), 100).round(3).tolist()
    [0.75]
    """
    a, b, c = both.astype(float), one - both, other - both
    d = whole - a - b - c
    top, bottom = a * d - b * c, a * d + b * c
    made: Floats = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), 0.0)
    return made
