"""Slices: which customers a judgement tells apart, by what they had touched and by what they came upon."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.recommend.judging import by_length
from shopkeeper.operations.recommend.reading import Catalogue, Touched

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
NEW_DAYS, CATEGORIES = 30, 8
"""Days since a product was first touched up to which it is new, and how many categories are told apart,
those that most customers came upon."""


def slices(
    touched: Touched,
    known: Catalogue,
    lengths: Numbers,
    targets: Numbers,
    age: NDArray[np.float64],
) -> Iterator[tuple[str, str, Flags]]:
    """Yield by what customers are told apart, the name of the slice, and who is in it.

    Parameters
    ----------
    touched, known
        What was known before.
    lengths
        How many products each customer had touched.
    targets
        What each came upon; −1 for what nobody had touched before, which is in no slice of products.
    age
        Days since each product was first touched.

    Yields
    ------
    tuple
        `all`; `history`, by how many products they had touched; `demand`, whether what they came upon is
        among the products that together have half of all touches; `age`, whether it was first touched in the last
        30 days; `category`, its category.
    """
    for name, rows in by_length(lengths).items():
        yield "all" if name == "all" else "history", name, rows
    there = targets >= 0
    counts = touched.histories.customers(len(touched.products))
    order = np.argsort(-counts, kind="stable")
    much = np.zeros(len(counts), bool)
    much[order[np.cumsum(counts[order]) <= counts.sum() / 2]] = True
    yield "demand", "much wanted", there & much[targets]
    yield "demand", "little wanted", there & ~much[targets]
    new = age <= NEW_DAYS
    yield "age", "new", there & new[targets]
    yield "age", "older", there & ~new[targets]
    group, said = known.shelf.groups["category"], known.shelf.said["category"]
    own = np.where(there, group[targets], -1)
    sizes = np.bincount(own[own >= 0], minlength=len(said))
    for number in np.argsort(-sizes, kind="stable")[:CATEGORIES].tolist():
        yield "category", said[number], own == number
