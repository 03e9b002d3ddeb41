"""Days, months and weekdays in a text, and words like 明天 that mean another day every day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shopkeeper.language.numerals import from_chinese

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS)
_MONTH = rf"(?:{_MONTH}|sept)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_ZH_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(
    rf"(?<![\d.])(?P<iso>(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>0?[1-9]|1[0-2])(?:[-/.](?P<d1>{_DAY}))?)(?![\d])"
    rf"|(?P<zh>(?:(?P<y2>(?:19|20)\d\d|[一二][零〇一二三四五六七八九]{{3}})年)(?:(?P<m2>{_ZH_DAY})月(?:(?P<d2>{_ZH_DAY})[日号])?)?)"
    rf"|(?<![\d个])(?P<md>(?P<m3>{_ZH_DAY})月(?:份|(?P<d3>{_ZH_DAY})[日号])?)(?![内饼度底薪])"
    rf"|\b(?P<us>(?P<m4>{_MONTH})\.? (?P<d4>{_DAY})(?:st|nd|rd|th)?\b(?:,? (?P<y4>(?:19|20)\d\d)\b)?)"
    rf"|\b(?P<uk>(?P<d5>{_DAY})(?:st|nd|rd|th)?(?: of)? (?P<m5>{_MONTH})\b\.?(?:,? (?P<y5>(?:19|20)\d\d)\b)?)"
    rf"|\b(?P<my>(?P<m6>{_MONTH})\.?,? (?P<y6>(?:19|20)\d\d))\b"
    rf"|\b(?:in|of|since|until|by|during|early|late|mid|for|from|last) (?P<mo>(?P<m7>{_MONTH}))\b(?! (?:be|have|not))"
    rf"|(?<![\d/])(?P<slash>(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<y8>(?:19|20)\d\d))(?!\d)",
    re.I,
)
_RELATIVE = re.compile(
    rf"\b(?:today|tomorrow|yesterday|tonight|(?:last|next|this|coming) (?:week|weekend|month|year|{'|'.join(WEEKDAYS)})"
    r"|\w{1,10} (?:days?|weeks?|months?|years?|hours?) ago)\b"
    "|今天|今日|今晚|明天|明日|明晚|昨天|昨日|昨晚|后天|前天|上周|下周|本周|这周|上个?月|下个?月(?!份)|本月|这个月|今年|去年|明年|前年"
    "|(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})(?:天|周|个月|年)(?:之?前|以前)",
    re.I,
)
_WEEKDAY = re.compile(
    rf"\b(?P<en>{'|'.join(WEEKDAYS)})s?\b|(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])", re.I
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text; what it leaves open is None.

    Parameters
    ----------
    start, end
        Its place.
    readings
        Year, month and day; several where the order is open (5/4/2024).
    weekday
        0 for Monday.
    relative
        Whether it means another day every day.
    """

    start: int
    end: int
    readings: tuple[tuple[int | None, int | None, int | None], ...] = ()
    weekday: int | None = None
    relative: bool = False


def dates(plain: str) -> list[Day]:
    """Return the dates of a text; those that depend on the day of reading are marked.

    Examples
    --------
    >>> [day.readings[0] for day in dates("2024年4月5日, May 1st and 2024-05-01")]
    [(2024, 4, 5), (None, 5, 1), (2024, 5, 1)]
    """
    found = [Day(m.start(), m.end(), relative=True) for m in _RELATIVE.finditer(plain)]
    for match in _DATE.finditer(plain):
        readings = tuple(one for one in _readings(match) if _possible(one))
        kind = match.lastgroup and ("mo" if match["mo"] else None)
        start = match.start("mo") if kind else match.start()
        if readings:
            found.append(Day(start, match.end(), readings))
    for match in _WEEKDAY.finditer(plain):
        name = match["en"]
        among = WEEKDAYS.index(name.lower()) if name else "一二三四五六日天".index(match["zh"])
        found.append(Day(match.start(), match.end(), weekday=min(among, 6)))
    return list(_apart(sorted(found, key=lambda one: (one.start, -one.end))))


def follows(claim: Day, facts: list[Day]) -> bool:
    """Return whether a date is among others; what either leaves open is not held against it.

    Examples
    --------
    >>> follows(*(lambda found: (found[0], found[1:]))(dates("5月1日, 2024-05-01")))
    True
    """
    if claim.relative:
        return False
    if claim.weekday is not None:
        return any(fact.weekday == claim.weekday for fact in facts)
    return any(
        _fits(said, read) for fact in facts for read in fact.readings for said in claim.readings
    )


def _fits(said: tuple[int | None, ...], read: tuple[int | None, ...]) -> bool:
    """Compare year, month and day; a year may be missing from the source, a month and a day not."""
    year, month, day = zip(said, read, strict=True)
    if None not in year and year[0] != year[1]:
        return False
    return month[0] in (None, month[1]) and day[0] in (None, day[1])


def _apart(found: list[Day]) -> Iterator[Day]:
    end = 0
    for day in found:
        if day.start >= end:
            end = day.end
            yield day


def _readings(match: re.Match[str]) -> Iterator[tuple[int | None, int | None, int | None]]:
    if match["slash"]:
        one, two, year = int(match["a"]), int(match["b"]), int(match["y8"])
        yield from ((year, one, two), (year, two, one))
        return
    for place in "1234567":
        parts = [match.groupdict().get(f"{name}{place}") for name in "ymd"]
        if any(parts):
            said, month, day = (_number(part) for part in parts)
            yield said, month, day


def _number(written: str | None) -> int | None:
    if written is None:
        return None
    if written.isdigit():
        return int(written)
    if written.isascii():
        return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(written.lower()[:3]))
    value = from_chinese(written)
    return None if value is None else int(value)


def _possible(reading: tuple[int | None, int | None, int | None]) -> bool:
    _, month, day = reading
    return (month is None or 1 <= month <= 12) and (day is None or 1 <= day <= 31)
