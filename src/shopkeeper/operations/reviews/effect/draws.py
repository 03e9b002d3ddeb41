"""Intervals of sums over clusters: whole clusters are drawn anew, and few clusters widen the result."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]

REPEATS = 1000
_MOST_CLUSTERS = 2000


def spread(sums: Floats, *, seed: int, repeats: int = REPEATS) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % points of Σ (weight − 1) × influence over drawn clusters.

    Parameters
    ----------
    sums
        Sum of the influence of each cluster.
    seed, repeats
        Seed and number of the draws, with Poisson(1) weights.
    """
    if len(sums) > _MOST_CLUSTERS:
        # Drawing independent clusters by the block leaves the variance of their sum as it is.
        sums = np.bincount(np.arange(len(sums)) % _MOST_CLUSTERS, sums).astype(np.float64)
    low, high = np.quantile(_drawn(seed, repeats, len(sums)) @ sums, [0.025, 0.975])
    return float(low), float(high)


def stretch(clusters: int) -> float:
    """Return what an interval from few clusters is multiplied with (Student's t); NaN below two.

    Examples
    --------
    >>> round(stretch(10), 3), round(stretch(1000), 3)
    (1.217, 1.002)
    """
    if clusters < 2:
        return math.nan
    ratio = float(stdtrit(clusters - 1, 0.975) / ndtri(0.975))
    return ratio * math.sqrt(clusters / (clusters - 1))


@lru_cache(maxsize=4)
def _drawn(seed: int, repeats: int, clusters: int) -> Floats:
    generator = np.random.default_rng(seed)
    return np.asarray(generator.poisson(1.0, (repeats, clusters)) - 1.0)
