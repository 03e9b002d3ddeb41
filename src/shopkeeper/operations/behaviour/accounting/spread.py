"""How surely a change of money is told: orders come and go whole, with all that they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Orders:
    """What each order adds to each of the finest slices, in the order of these.

    Parameters
    ----------
    starts
        Where each slice starts in the two others, and where the last one ends.
    order
        Number of the order.
    added
        Money that it adds.
    """

    starts: Ints
    order: Ints
    added: NDArray[np.float64]

    def error(self, leaves: Ints) -> float:
        """Return the standard error of a sum over some slices, its orders drawn by chance: √Σ (Σ added)².

        The number of orders is chance too (Poisson), so that the variance is the sum of squares.
        Lines of one order are not independent: counted one by one, a million of them in one order
        would seem a thousand times as sure as the order is.

        Examples
        --------
        >>> two = Orders(np.array([0, 1, 3]), np.array([0, 0, 1]), np.array([3.0, 4.0, 24.0]))
        >>> two.error(np.array([0, 1])), two.error(np.array([1]))
        (25.0, 24.33105012)
        """
        first, many = self.starts[leaves], self.starts[leaves + 1] - self.starts[leaves]
        # The runs of all these slices, one after another.
        kept = np.repeat(first - (many.cumsum() - many), many) + np.arange(many.sum())
        _, order = np.unique(self.order[kept], return_inverse=True)
        sums = np.bincount(order, self.added[kept])
        # Sums of floats differ in their last digits with the order of the rows.
        return float(f"{float(np.sqrt(np.square(sums).sum())):.10g}")


def orders_of(
    table: pa.Table,
    dimensions: Sequence[str],
    numbers: Sequence[Mapping[str, int]],
    codes: Sequence[Ints],
) -> Orders:
    """Return orders by number, and the slices that they add to as the codes of the slices number them.

    Parameters
    ----------
    table
        Columns `unit`, `added` and the dimensions.
    dimensions
        Names of the dimensions.
    numbers
        For each dimension the code of each value.
    codes
        For each dimension the code of each of the finest slices.
    """
    rows, slices = table.num_rows, len(codes[0])
    key: Ints = np.zeros(slices + rows, np.int64)
    for name, number, code in zip(dimensions, numbers, codes, strict=True):
        own = _encoded(table[name])
        named = np.array([number[value] for value in own.dictionary.to_pylist()], np.int64)
        both = np.concatenate([code, named[own.indices.to_numpy()]])
        # Told apart after each dimension, so that no product of their sizes can overflow.
        _, key = np.unique(key * len(number) + both, return_inverse=True)
    number_of = np.empty(slices, np.int64)
    number_of[key[:slices]] = np.arange(slices)
    leaf = number_of[key[slices:]]
    sorting = leaf.argsort(kind="stable")
    starts = np.searchsorted(leaf[sorting], np.arange(slices + 1))
    unit = _encoded(table["unit"]).indices.to_numpy().astype(np.int64)
    return Orders(starts, unit[sorting], table["added"].to_numpy()[sorting])


def _encoded(column: pa.ChunkedArray) -> Any:
    return column.combine_chunks().dictionary_encode()
