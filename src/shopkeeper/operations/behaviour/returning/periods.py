"""Periods by number: when they begin, and whether the data covers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shopkeeper.operations.behaviour.features import FIRST_MONDAY, Span


def period_day(number: int, span: Span) -> date:
    """Return the first day of a period.

    Examples
    --------
    >>> period_day(2025 * 12 + 4, "month"), period_day(6539, "week")
    (datetime.date(2025, 5, 1), datetime.date(2025, 4, 28))
    """
    if span == "month":
        return date(number // 12, number % 12 + 1, 1)
    return FIRST_MONDAY + timedelta(weeks=number)


def period_of(day: date, span: Span) -> int:
    """Return the number of the period that a day lies in."""
    if span == "month":
        return day.year * 12 + day.month - 1
    return (day - FIRST_MONDAY).days // 7


@dataclass(frozen=True, slots=True)
class Recorded:
    """The first and the last day that the record covers, and how many rows are dated far from it."""

    first: date
    last: date
    stray: int = 0

    def begun(self, number: int, span: Span) -> bool:
        """Say whether a period is no earlier than the one in which the data begins."""
        return number >= period_of(self.first, span)

    def over(self, number: int, span: Span) -> bool:
        """Say whether a period is over by the last day of the data.

        Examples
        --------
        >>> may = [Recorded(date(2025, 1, 9), date(2025, 5, day)) for day in (30, 31)]
        >>> [days.over(2025 * 12 + 4, "month") for days in may]
        [False, True]
        """
        return period_day(number + 1, span) - timedelta(days=1) <= self.last


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
