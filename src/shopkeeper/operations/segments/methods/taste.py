"""Customers with like taste: k-means on unit vectors, the number of clusters by silhouette.

Source: Dhillon & Modha (2001), Machine Learning 42 (spherical k-means); Rousseeuw (1987), Journal of
Computational and Applied Mathematics 20 (silhouette). A vector says what the things that a customer
bought are called; it knows nothing of how often or how dear.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SCORED = 2_000


def fit_centres(vectors: Floats, k: int, *, seed: int) -> Floats:
    """Return k unit centres, k × width."""
    fitted = KMeans(k, n_init=4, random_state=seed).fit(vectors)
    return unit(np.asarray(fitted.cluster_centers_, dtype=np.float64))


def nearest(vectors: Floats, centres: Floats) -> Ints:
    """Return the nearest centre of each vector by cosine; −1 for a vector of zeros.

    Examples
    --------
    >>> nearest(np.array([[2.0, 0.0], [0.0, 0.0]]), np.eye(2)).tolist()
    [0, -1]
    """
    placed = (vectors @ centres.T).argmax(axis=1)
    return np.where(np.abs(vectors).sum(axis=1) > 0, placed, -1).astype(np.int64)


def silhouettes(vectors: Floats, tried: Sequence[int], *, seed: int) -> dict[int, float]:
    """Return the mean silhouette (cosine) of so many clusters each, on some of the vectors."""
    found = {}
    for k in tried:
        codes = nearest(vectors, fit_centres(vectors, k, seed=seed))
        if len(np.unique(codes)) < 2:
            continue
        size = min(SCORED, len(vectors))
        found[k] = float(
            silhouette_score(vectors, codes, metric="cosine", sample_size=size, random_state=seed)
        )
    return found


def unit(rows: Floats) -> Floats:
    """Return rows of length 1; rows of zeros stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1), dtype=np.float64)
