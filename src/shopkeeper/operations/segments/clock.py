"""Instants become parts of the local day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import ibis

from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

PART_NAMES = {
    "night": Words("at night", "深夜"),
    "morning": Words("in the morning", "上午"),
    "noon": Words("at noon", "中午"),
    "afternoon": Words("in the afternoon", "下午"),
    "evening": Words("in the evening", "晚上"),
    "late": Words("late in the evening", "临睡前"),
}
PARTS = tuple(PART_NAMES)
_BEGIN = (0, 6, 11, 14, 18, 22)
_HALF_HOUR = 1_800
_WRITTEN = re.compile(r"([+-])(\d{2}):?(\d{2})")


def half_hour(at: ir.TimestampValue, zone: ir.StringValue) -> ir.StringValue:
    """Return the half hour of an instant, counted from 1970, and its zone, as one text.

    No zone of today is off by less than a quarter of an hour from the half hours of UTC, and an engine
    need not know the zones.
    """
    number = (at.epoch_seconds().cast("float64") / _HALF_HOUR).floor().cast("int64")
    return number.cast("string") + ibis.literal(" ") + ibis.coalesce(zone, ibis.literal(""))


def part_of_day(text: str, fallback: str = "") -> str:
    """Return the part of the local day of a half hour with its zone.

    Parameters
    ----------
    text
        As `half_hour` writes it.
    fallback
        Zone of texts that name none that is known; UTC when that names none either.

    Examples
    --------
    >>> part_of_day("0 Asia/Shanghai"), part_of_day("0 +05:30"), part_of_day("0 ")
    ('morning', 'night', 'night')
    """
    number, _, zone = text.partition(" ")
    known = _zone(zone) or _zone(fallback) or UTC
    hour = datetime.fromtimestamp(int(number) * _HALF_HOUR, known).hour
    return PARTS[sum(hour >= first for first in _BEGIN) - 1]


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    if written := _WRITTEN.fullmatch(name):
        offset = timedelta(hours=int(written[2]), minutes=int(written[3]))
        return timezone(-offset if written[1] == "-" else offset)
    return ZoneInfo(name) if name in available_timezones() else None
