"""How good a ranking is: plain functions of the places at which what came next was found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
BUCKETS = ((0, 2), (3, 4), (5, 8), (9, 16), (17, None))
"""Lengths of a history, from and to, that are told apart."""


def gains(ranks: NDArray[np.int64], *, depth: int = DEPTH) -> NDArray[np.float64]:
    """Return NDCG of each row with one true product: 1 / log₂(place + 2), 0 beyond the depth.

    Source: Järvelin & Kekäläinen (2002), ACM TOIS 20; with one relevant item the ideal is 1.

    Examples
    --------
    >>> gains(np.array([0, 1, 9, 10])).round(3).tolist()
    [1.0, 0.631, 0.289, 0.0]
    """
    return np.where(ranks < depth, 1.0 / np.log2(ranks + 2.0), 0.0)


def hits(ranks: NDArray[np.int64], *, depth: int = DEPTH) -> NDArray[np.float64]:
    """Return recall of each row with one true product: whether it is among the first.

    Examples
    --------
    >>> hits(np.array([0, 9, 10])).tolist()
    [1.0, 1.0, 0.0]
    """
    return (ranks < depth).astype(np.float64)


def bucket_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which of `BUCKETS` each length of a history falls into.

    Examples
    --------
    >>> bucket_of(np.array([0, 3, 16, 900])).tolist()
    [0, 1, 3, 4]
    """
    return np.searchsorted([first for first, _ in BUCKETS], lengths, side="right") - 1


def bucket_name(bucket: int) -> str:
    """Return how a bucket is written.

    Examples
    --------
    >>> bucket_name(1), bucket_name(4)
    ('3–4', '17+')
    """
    first, last = BUCKETS[bucket]
    return f"{first}+" if last is None else f"{first}–{last}"
