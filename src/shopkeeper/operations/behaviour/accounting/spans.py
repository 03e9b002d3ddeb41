"""Two periods as they are typed: a month, an ISO week, a day, or two days with `..` between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

Span = tuple[date, date]

_MONTH, _WEEK = re.compile(r"(\d{4})-(\d{1,2})"), re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_DAYS = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:\s*(?:\.\.|~|至)\s*(\d{4}-\d{1,2}-\d{1,2}))?")


def read_span(typed: str) -> Span | None:
    """Return the first and the last day that are meant; None for what is no period.

    Examples
    --------
    >>> [str(day) for day in read_span("2025-02")]
    ['2025-02-01', '2025-02-28']
    >>> [str(day) for day in read_span("2025-W01")]
    ['2024-12-30', '2025-01-05']
    >>> [str(day) for day in read_span("2025-02-03..2025-02-09")], read_span("May")
    (['2025-02-03', '2025-02-09'], None)
    """
    return next(_readings(typed.strip()), None)


def _readings(typed: str) -> Iterator[Span]:
    try:
        if found := _MONTH.fullmatch(typed):
            first = date(int(found[1]), int(found[2]), 1)
            yield first, month_end(first)
        if found := _WEEK.fullmatch(typed):
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            yield monday, monday + timedelta(days=6)
        if found := _DAYS.fullmatch(typed):
            one, two = (_day(text) for text in (found[1], found[2] or found[1]))
            if one <= two:
                yield one, two
    except (ValueError, OverflowError):
        # There is no such day, for example 2025-02-30: it is no period.
        return


def _day(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    return date(year, month, day)


def month_end(first: date) -> date:
    """Return the last day of the month of a day."""
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def before_it(span: Span) -> Span:
    """Return the period of the same kind before it: the month before a month, else as many days.

    Examples
    --------
    >>> [str(day) for day in before_it((date(2025, 3, 1), date(2025, 3, 31)))]
    ['2025-02-01', '2025-02-28']
    >>> [str(day) for day in before_it((date(2025, 3, 3), date(2025, 3, 9)))]
    ['2025-02-24', '2025-03-02']
    """
    first, last = span
    end = first - timedelta(days=1)
    if first.day == 1 and last == month_end(first):
        return end.replace(day=1), end
    return end - (last - first), end


def last_whole_month(last: date) -> Span:
    """Return the last month that is over by a day.

    Examples
    --------
    >>> [str(day) for day in last_whole_month(date(2025, 3, 30))]
    ['2025-02-01', '2025-02-28']
    """
    first = last.replace(day=1)
    return (first, last) if month_end(first) == last else before_it((first, month_end(first)))


def told(span: Span) -> str:
    """Return a period as it could be typed.

    Examples
    --------
    >>> told((date(2025, 3, 1), date(2025, 3, 31))), told((date(2025, 3, 1), date(2025, 3, 2)))
    ('2025-03', '2025-03-01..2025-03-02')
    """
    first, last = span
    if first.day == 1 and last == month_end(first):
        return f"{first:%Y-%m}"
    return f"{first}" if first == last else f"{first}..{last}"
