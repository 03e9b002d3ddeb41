"""The days that a record covers: a few rows far before or after all others have a wrong date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shopkeeper.data.oddities import usual_days


@dataclass(frozen=True, slots=True)
class Recorded:
    """The first and the last day that the record covers, and how many rows are dated far from it."""

    first: date
    last: date
    stray: int = 0


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
    first, last = usual_days(days)
    return Recorded(first, last, sum(rows for day, rows in days if not first <= day <= last))
