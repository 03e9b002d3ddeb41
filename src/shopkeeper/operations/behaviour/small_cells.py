"""What is told of a few customers: nothing.

A count of 1 to 19 customers says too much of each of them, and so does one that can be worked out as
a total less what stands beside it. No customer at all is nobody's secret.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

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
