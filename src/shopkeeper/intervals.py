"""Intervals: how sure a number is.

Plain functions of arrays; they know nothing of shops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its lower and upper bound, in the value's own unit."""

    value: float
    low: float
    high: float


def bootstrap(
    statistic: Callable[..., float],
    *arrays: NDArray[np.generic],
    seed: int = 0,
    repeats: int = 1000,
    level: float = 0.95,
) -> Interval:
    """Percentile bootstrap interval of a statistic over rows.

    Parameters
    ----------
    statistic
        Takes the resampled arrays, returns a number. Resamples for which it returns NaN are left
        out of the percentiles.
    arrays
        Arrays of equal length; row i of each belongs together and is drawn together.
    seed
        Seed of the resampling.
    repeats
        Number of resamples.
    level
        Coverage asked for.

    Returns
    -------
    Interval
        The statistic of all rows and the (1 − level)/2 and (1 + level)/2 percentiles
        (Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13). NaN bounds when
        there are no rows.

    Limits
    ------
    Rows are taken as independent; resample clusters yourself where they are not. Percentile
    intervals are too narrow below about 30 rows.

    Examples
    --------
    >>> bootstrap(np.mean, np.array([1.0, 2.0, 3.0, 4.0]), seed=1).value
    2.5
    """
    rows = len(arrays[0])
    if rows == 0:
        return Interval(math.nan, math.nan, math.nan)
    generator = np.random.default_rng(seed)
    draws = np.empty(repeats)
    for repeat in range(repeats):
        index = generator.integers(0, rows, rows)
        draws[repeat] = statistic(*(array[index] for array in arrays))
    draws = draws[~np.isnan(draws)]
    if len(draws) == 0:
        return Interval(float(statistic(*arrays)), math.nan, math.nan)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(statistic(*arrays)), float(low), float(high))


def proportion(successes: float, total: float, *, level: float = 0.95) -> Interval:
    """Wilson score interval of a proportion.

    Source: Wilson (1927), JASA 22: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Examples
    --------
    >>> interval = proportion(8, 10)
    >>> round(interval.value, 2), round(interval.low, 2), round(interval.high, 2)
    (0.8, 0.49, 0.94)
    """
    if total == 0:
        return Interval(math.nan, math.nan, math.nan)
    share, z = successes / total, float(ndtri((1 + level) / 2))
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    # Of none the lower end is 0, of all the upper one is 1; rounding would miss them by a hair.
    low = 0.0 if successes == 0 else max(0.0, (middle - half) / scale)
    high = 1.0 if successes == total else min(1.0, (middle + half) / scale)
    return Interval(share, low, high)


def discoveries(p_values: Sequence[float], *, rate: float = 0.05) -> list[bool]:
    """Say which of many findings stand when all of them were looked for.

    Parameters
    ----------
    p_values
        Two-sided p-value of each finding; NaN never stands.
    rate
        Expected share of false findings among those that stand; where nothing at all is true, the
        chance that anything stands.

    Returns
    -------
    list of bool
        Benjamini & Hochberg (1995), JRSS B 57: the k smallest with p₍k₎ ≤ k · rate / n, for the
        largest such k.

    Limits
    ------
    Findings that exclude one another may exceed the rate a little.

    Examples
    --------
    >>> discoveries([0.001, 0.04, 0.02, 0.9])
    [True, False, True, False]
    """
    found: list[bool] = discovered(np.array(p_values, float), len(p_values), rate=rate).tolist()
    return found


def discovered(
    p_values: NDArray[np.float64], tests: int, *, rate: float = 0.05
) -> NDArray[np.bool_]:
    """Say the same of very many findings, those whose p-value is not given counted as 1.

    Parameters
    ----------
    p_values
        Of the findings that were looked at closely; NaN never stands.
    tests
        How many were looked for.
    rate
        As of `discoveries`.

    Examples
    --------
    >>> (
    ...     discovered(np.array([0.001, 0.04]), 2).tolist(),
    ...     discovered(np.array([0.001, 0.04]), 10).tolist(),
    ... )
    ([True, True], [True, False])
    """
    return adjusted(p_values, tests) <= rate


def adjusted(p_values: NDArray[np.float64], tests: int) -> NDArray[np.float64]:
    """Return p-values corrected for how many were looked for, those that are not given taken as 1.

    Benjamini & Hochberg (1995), JRSS B 57: q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎ m / j.

    Parameters
    ----------
    p_values
        Of the findings that were looked at closely; NaN stays NaN.
    tests
        How many were looked for.

    Examples
    --------
    >>> adjusted(np.array([0.04, 0.001, 0.5]), 10).round(3).tolist()
    [0.2, 0.01, 1.0]
    """
    order = np.argsort(p_values, kind="stable")
    ranked = p_values[order] * max(tests, 1) / np.arange(1, len(p_values) + 1)
    made = np.empty(len(p_values))
    made[order] = np.minimum(1.0, np.fmin.accumulate(ranked[::-1])[::-1])
    made[np.isnan(p_values)] = np.nan
    return made


def interval_p_value(interval: Interval, *, against: float = 0.0, level: float = 0.95) -> float:
    """Return the two-sided p-value of a value against a fixed one, from its interval.

    The bound on the side of `against` is taken as z standard errors away (Altman & Bland 2011, BMJ
    343); NaN where it is not away at all.

    Examples
    --------
    >>> round(interval_p_value(Interval(1.96, 0.0, 3.92)), 3)
    0.05
    """
    away = (
        interval.value - interval.low
        if interval.value >= against
        else interval.high - interval.value
    )
    if not away > 0:
        return math.nan
    z = abs(interval.value - against) / (away / float(ndtri((1 + level) / 2)))
    return float(2 * ndtr(-z))


def tenths(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return in which tenth of the values each one lies, 1 for the lowest; equal ones stay together.

    Examples
    --------
    >>> tenths(np.arange(20.0)).tolist()[:5], tenths(np.zeros(4)).tolist()
    ([1, 1, 2, 2, 3], [6, 6, 6, 6])
    """
    from scipy.stats import rankdata

    place = 1 + np.floor(10 * (rankdata(values) - 0.5) / len(values))
    return np.asarray(np.minimum(10, place), dtype=np.int64)
