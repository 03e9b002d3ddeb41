"""What is told of a few customers: nothing.

A count of 1 to 19 customers says too much of each of them, and so does one that can be worked out as
a total less what stands beside it. No customer at all is nobody's secret.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Cell = TypeVar("Cell", bound=Hashable)

SMALLEST = 20
"""Customers of a cell at least, for anything of it to be told: the k of k-anonymity."""


def is_small(count: int, least: int = 0) -> bool:
    """Say whether a count is of some customers, but of fewer than `SMALLEST`.

    Parameters
    ----------
    count
        Customers in the cell.
    least
        Fewest that are told, where it is another number.

    Examples
    --------
    >>> [is_small(count) for count in (0, 1, 19, 20)]
    [False, True, True, False]
    """
    return 0 < count < (least or SMALLEST)


def told(count: int, least: int = 0) -> int | None:
    """Return a count, or None where it is small."""
    return None if is_small(count, least) else count


def withheld(
    counts: Mapping[Cell, int], *, hidden: Collection[Cell] = (), least: int = 0
) -> set[Cell]:
    """Return the cells that are not told beside their total.

    Parameters
    ----------
    counts
        Customers by cell; nobody is in two of them, and their sum is told elsewhere.
    hidden
        Cells that are not told whatever their count.
    least
        Fewest that are told, where it is not `SMALLEST`.

    Returns
    -------
    set
        The small cells; where all that is hidden adds up to a small number, the next smallest cells
        too, until it does not, for the total less the others would tell it (secondary suppression: Willenborg
        and de Waal 2001, Elements of Statistical Disclosure Control). Of equal ones the later goes first.

    Limits
    ------
    One total is guarded. Where cells stand in several totals, differences of these may tell more.

    Examples
    --------
    >>> sorted(withheld({"app": 100, "web": 40, "tv": 7}))
    ['tv', 'web']
    >>> sorted(withheld({"app": 100, "web": 12, "tv": 11}))
    ['tv', 'web']
    """
    found = {cell for cell, count in counts.items() if is_small(count, least)}
    found |= set(hidden) & counts.keys()
    left = [cell for cell in counts if cell not in found and counts[cell]]
    left.sort(key=lambda cell: counts[cell], reverse=True)
    while left and is_small(sum(counts[cell] for cell in found), least):
        found.add(left.pop())
    return found


def withheld_in_table(counts: NDArray[np.int64], *, least: int = 0) -> NDArray[np.bool_]:
    """Return which cells of a table are not told beside the totals of its rows and of its columns.

    Parameters
    ----------
    counts
        Customers, rows × columns; nobody is in two cells.
    least
        Fewest that are told, where it is not `SMALLEST`.

    Limits
    ------
    Each row and each column is guarded by itself, as in `withheld`; several of them taken together may
    still bound a cell.

    Examples
    --------
    >>> withheld_in_table(np.array([[40, 30, 7], [60, 50, 80]])).astype(int)
    array([[0, 1, 1],
           [0, 1, 1]])
    """
    hidden = np.zeros(counts.shape, np.bool_)
    while True:
        before = hidden.copy()
        for cells, mask in ((counts, hidden), (counts.T, hidden.T)):
            for line, gone in zip(cells, mask, strict=True):
                beside = dict(enumerate(line.tolist()))
                found = withheld(beside, hidden=np.flatnonzero(gone).tolist(), least=least)
                left = [place for place in beside if beside[place] and place not in found]
                if len(found) == 1 and left:
                    # Alone it would be the line's total less the others, and tell of the line across.
                    found.add(min(left, key=lambda place: (beside[place], -place)))
                gone[list(found)] = True
        if (hidden == before).all():
            return hidden
