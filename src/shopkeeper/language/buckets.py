"""Batches of texts of about equal length, so that little is computed for padding.

This module knows lengths; it knows no text and no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

STEP = 8
"""Widths are rounded up to a multiple of this, so that few shapes occur and kernels are reused."""


def width_of(lengths: Sequence[int], *, most: int) -> int:
    """Return the width of a batch: the longest text, rounded up to a multiple of `STEP`.

    Examples
    --------
    >>> width_of([3, 9], most=96), width_of([89, 2], most=90)
    (16, 90)
    """
    longest = max(lengths, default=1)
    return max(longest, min(-(-longest // STEP) * STEP, most))


def shuffled(
    lengths: Sequence[int], size: int, generator: np.random.Generator
) -> Iterator[NDArray[np.intp]]:
    """Yield batches of `size` texts of about equal length, in random order."""
    noise = generator.uniform(0, STEP, len(lengths))
    order = np.argsort(np.asarray(lengths) + noise, kind="stable")
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    yield from (batches[at] for at in generator.permutation(len(batches)))


def by_budget(
    lengths: Sequence[int], *, tokens: int, exact: bool = False
) -> Iterator[NDArray[np.intp]]:
    """Yield batches, shortest texts first, of at most `tokens` tokens with their padding.

    Parameters
    ----------
    lengths
        Tokens of each text.
    tokens
        Budget of a batch; a longer text is a batch of its own.
    exact
        Whether only texts of the same length go together, so that there is no padding at all.

    Examples
    --------
    >>> [batch.tolist() for batch in by_budget([4, 1, 2, 9], tokens=8)]
    [[1, 2], [0], [3]]
    >>> [batch.tolist() for batch in by_budget([2, 1, 2], tokens=8, exact=True)]
    [[1], [0, 2]]
    """
    order = np.argsort(np.asarray(lengths, dtype=np.intp), kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        full = end < len(order) and (
            lengths[order[end]] * (end + 1 - start) > tokens
            or (exact and lengths[order[end]] != lengths[order[start]])
        )
        if full or end == len(order):
            yield order[start:end]
            start = end
