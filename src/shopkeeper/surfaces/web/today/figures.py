"""The numbers of one day, each beside the day before, the same weekday, and the band expected of it.

The band is the smallest and the largest value of the same weekdays before. If nothing changes from week
to week, the next of n + 1 such days falls between the two with the chance (n − 1) / (n + 1), whatever
the distribution (order statistics of exchangeable values). It knows no trend, no season and no holiday.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from shopkeeper.data.measure import measure
from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.data.metrics import Metric
from shopkeeper.data.shop import Shop
from shopkeeper.words import Words

Counted = Literal["value", "base", "top"]
WEEKS, FEWEST = 9, 5
"""Same weekdays that make a band: so many where there are, and never fewer than the second."""

SHOWN_DAYS = 56
_SILENCE = timedelta(days=28)
"""Days without an order, while other data goes on, after which orders count as not imported."""

CHOSEN: dict[str, tuple[str, Counted]] = {
    "paid": ("paid", "value"),
    "orders": ("orders", "value"),
    "buyers": ("buyers", "value"),
    "aov": ("aov", "value"),
    "visits": ("conversion", "base"),
    "conversion": ("conversion", "value"),
    "view_to_cart": ("view_to_cart", "value"),
    "bad_reviews": ("negative_review_share", "top"),
}
"""Name of a number → its metric, and what of it is shown; in the order of the page."""

_TITLES = {
    "visits": Words("Visits", "访问数"),
    "bad_reviews": Words("Bad reviews", "差评数"),
}

Series = dict[date, float]


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected of a day.

    Parameters
    ----------
    low, high
        Smallest and largest value of the same weekdays before.
    weeks
        How many there were.
    """

    low: float
    high: float
    weeks: int

    @property
    def chance(self) -> float:
        """The chance that a day falls inside where nothing has changed.

        Examples
        --------
        >>> Band(1, 3, 9).chance
        0.8
        """
        return (self.weeks - 1) / (self.weeks + 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One day of a course."""

    on: date
    value: float | None
    band: Band | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one day.

    Parameters
    ----------
    metric
        Its definition.
    title
        What it is called here.
    unit
        `money`, `count` or `share`.
    currency
        Of money.
    value, before, week_before
        Of the day, of the day before, and of the same weekday a week before; None where there is none.
    base
        What a share is counted on, or how many reviews there were; None elsewhere.
    band
        What is expected of the day; None where there are too few of the same weekdays.
    course
        The last eight weeks.
    """

    metric: Metric
    title: Words
    unit: str
    currency: str
    value: float | None
    before: float | None
    week_before: float | None
    base: int | None
    band: Band | None
    course: tuple[Point, ...]

    @property
    def outside(self) -> int:
        """−1 below its band, 1 above it, 0 inside or unknown."""
        if self.value is None or self.band is None:
            return 0
        return (self.value > self.band.high) - (self.value < self.band.low)


@dataclass(frozen=True, slots=True)
class Days:
    """The shop's numbers by day.

    Parameters
    ----------
    series
        Values by metric and day.
    bases
        What they were counted on, by metric and day.
    currency
        The currency of most orders; money in others is not shown.
    first, last
        First and last day with an order, a visit or a review.
    sold_last
        Last day with a paid order; None where there is none.
    """

    series: Mapping[str, Series]
    bases: Mapping[str, Mapping[date, int]]
    currency: str
    first: date
    last: date
    sold_last: date | None = None

    @property
    def has_ended(self) -> bool:
        """Whether orders stop long before visits or reviews do, as where newer orders are not imported."""
        return self.sold_last is not None and self.last - self.sold_last > _SILENCE

    @property
    def newest_whole(self) -> date:
        """The newest day that the data surely holds whole: the one before its last.

        Where orders ended long before, it is the last that had one: a later day would show nothing but 0.
        """
        if self.has_ended and self.sold_last:
            return self.sold_last
        return max(self.first, self.last - timedelta(days=1))


def days_of(shop: Shop) -> Days | None:
    """Measure every day of a shop; None where nothing of it is dated.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pyarrow as pa
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> placed = [datetime(2026, 1, 1), datetime(2026, 1, 3)]
    >>> orders = {"order_id": ["a", "b"], "total": [10, 20], "ordered_at": placed}
    >>> days = days_of(shop_from_tables({"orders": pa.table(orders)}))
    >>> days.newest_whole.isoformat(), sorted(days.series["paid"].values())
    ('2026-01-02', [0.0, 10.0, 20.0])
    """
    metrics = [METRICS[name] for name in dict.fromkeys(name for name, _ in CHOSEN.values())]
    rows = measure(shop, metrics, period="day").to_pylist()
    rows = [row for row in rows if row["period"] is not None]
    if not rows:
        return None
    currency = _currency(rows)
    kept = [row for row in rows if (row["currency"] or currency) == currency]
    first, last = min(row["period"] for row in rows), max(row["period"] for row in rows)
    series: dict[str, Series] = {}
    bases: dict[str, dict[date, int]] = {}
    sold: list[date] = []
    for name, (metric, counted) in CHOSEN.items():
        own = [row for row in kept if row["metric"] == metric and row[counted] is not None]
        if own:
            series[name] = {row["period"]: float(row[counted]) for row in own}
            bases[name] = {row["period"]: row["base"] or 0 for row in own}
            if name == "orders":
                sold = [day for day, value in series[name].items() if value]
            if counted != "value" or METRICS[metric].base is None:
                _fill(series[name], first, last)
    return Days(series, bases, currency, first, last, max(sold, default=None))


def figures_of(days: Days, on: date, *, fewest: int) -> list[Figure]:
    """Return the numbers of one day.

    Parameters
    ----------
    days
        The shop's numbers by day.
    on
        The day.
    fewest
        A share counted on less is not shown (`minimum_count`).
    """
    return [_figure(days, name, on, fewest) for name in CHOSEN if name in days.series]


def band(values: Series, on: date) -> Band | None:
    """Return what the same weekdays before let expect of a day.

    Examples
    --------
    >>> tuesdays = {date(2026, 3, 3) + timedelta(days=7 * week): float(week) for week in range(6)}
    >>> band(tuesdays, date(2026, 4, 14))
    Band(low=0.0, high=5.0, weeks=6)
    """
    back = (on - timedelta(days=7 * week) for week in range(1, WEEKS + 1))
    earlier = [values[day] for day in back if day in values]
    return Band(min(earlier), max(earlier), len(earlier)) if len(earlier) >= FEWEST else None


def _figure(days: Days, name: str, on: date, fewest: int) -> Figure:
    metric, counted = METRICS[CHOSEN[name][0]], CHOSEN[name][1]
    values, base = days.series[name], days.bases[name].get(on)
    unit = metric.unit if counted == "value" else "count"
    if unit == "share":
        values = {day: value for day, value in values.items() if days.bases[name][day] >= fewest}
    starts = (on - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1))
    course = tuple(Point(day, values.get(day), band(values, day)) for day in starts)
    return Figure(
        metric=metric,
        title=_TITLES.get(name, metric.title),
        unit=unit,
        currency=days.currency if unit == "money" else "",
        value=values.get(on),
        before=values.get(on - timedelta(days=1)),
        week_before=values.get(on - timedelta(days=7)),
        base=base if unit == "share" or counted == "top" else None,
        band=course[-1].band,
        course=course,
    )


def _fill(values: Series, first: date, last: date) -> None:
    """Put 0 where a count or an amount has no row: nothing happened that day."""
    for back in range((last - first).days + 1):
        values.setdefault(first + timedelta(days=back), 0.0)


def _currency(rows: list[dict[str, Any]]) -> str:
    """Return the currency of most paid orders."""
    orders: dict[str, int] = {}
    for row in rows:
        if row["metric"] == "aov" and row["base"]:
            code = row["currency"] or ""
            orders[code] = orders.get(code, 0) + row["base"]
    return max(sorted(orders), key=orders.__getitem__, default="")
