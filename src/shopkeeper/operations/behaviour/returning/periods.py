"""Periods by number: when they begin, and whether the data covers them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from shopkeeper.operations.behaviour.features import FIRST_MONDAY, Span
from shopkeeper.operations.behaviour.recorded import Recorded


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


# Asked of the data's first and last day for every first period and age.
@lru_cache(maxsize=64)
def period_of(day: date, span: Span) -> int:
    """Return the number of the period that a day lies in."""
    if span == "month":
        return day.year * 12 + day.month - 1
    return (day - FIRST_MONDAY).days // 7


def begun(days: Recorded, number: int, span: Span) -> bool:
    """Say whether a period is no earlier than the one in which the data begins."""
    return number >= period_of(days.first, span)


def over(days: Recorded, number: int, span: Span) -> bool:
    """Say whether a period is over by the last day of the data.

    Examples
    --------
    >>> may = [Recorded(date(2025, 1, 9), date(2025, 5, day)) for day in (30, 31)]
    >>> [over(days, 2025 * 12 + 4, "month") for days in may]
    [False, True]
    """
    return number < _begun_after(days.last, span)


@lru_cache(maxsize=64)
def _begun_after(day: date, span: Span) -> int:
    """Return the number of the first period that begins after a day."""
    ends = (
        day.day == monthrange(day.year, day.month)[1]
        if span == "month"
        else (day - FIRST_MONDAY).days % 7 == 6
    )
    return period_of(day, span) + ends
