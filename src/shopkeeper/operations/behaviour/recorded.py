"""The days that a record covers: a few rows far before or after all others have a wrong date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Recorded:
    """The first and the last day that the record covers, and how many rows are dated far from it."""

    first: date
    last: date
    stray: int = 0


STRAY_DAYS, STRAY_SHARE, _ENOUGH = 90, 0.01, 20
"""What is dated more than so many days from everything else, and is at most such a share of all, has a
wrong date; a single one is so among `_ENOUGH` already."""


def covered(days: Sequence[tuple[date, int]]) -> Recorded:
    """Return the days that are covered: a few rows far before or after all others cover nothing.

    Parameters
    ----------
    days
        Each day on which something is recorded, in order, and how much.

    Examples
    --------
    >>> kept = covered([(date(2025, 5, day), 50) for day in (1, 2, 3)] + [(date(2052, 5, 3), 1)])
    >>> str(kept.last), kept.stray
    ('2025-05-03', 1)
    """
    whole = sum(rows for _, rows in days)
    allowed = max(int(STRAY_SHARE * whole), int(whole >= _ENOUGH))
    start, end, stray = 0, len(days), 0
    for place in range(1, len(days)):
        before = sum(rows for _, rows in days[:place])
        if before > allowed:
            break
        if (days[place][0] - days[place - 1][0]).days > STRAY_DAYS:
            start, stray = place, before
    for place in range(len(days) - 1, start, -1):
        after = sum(rows for _, rows in days[place:])
        if stray + after > allowed:
            break
        if (days[place][0] - days[place - 1][0]).days > STRAY_DAYS:
            end = place
    stray += sum(rows for _, rows in days[end:])
    return Recorded(days[start][0], days[end - 1][0], stray)
