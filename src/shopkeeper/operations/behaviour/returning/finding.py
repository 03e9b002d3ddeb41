"""Finding: counts by first period and age become the answer of `retention`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.errors import MissingDataError
from shopkeeper.operations.behaviour.features import (
    Activity,
    Span,
    active_periods,
    beginnings,
    recorded_days,
)
from shopkeeper.operations.behaviour.recorded import Recorded, covered
from shopkeeper.operations.behaviour.returning.groups import (
    AGAINST,
    BY_GROUP,
    INSIDE,
    NOBODY,
    OUTSIDE,
    against,
    counted,
    grouped,
    ranked,
    together,
)
from shopkeeper.operations.behaviour.returning.money import by_age as money_by_age
from shopkeeper.operations.behaviour.returning.money import by_currency, revenue, triangle
from shopkeeper.operations.behaviour.returning.periods import period_day, period_of
from shopkeeper.operations.behaviour.returning.picture import heat_map
from shopkeeper.operations.behaviour.returning.sentences import (
    DEFINITIONS,
    TITLES,
    limits,
    sentences,
)
from shopkeeper.operations.behaviour.returning.shares import (
    rows_by_age,
    rows_by_group,
    rows_by_period,
    starts_by_age,
    without_small,
)
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
ASKED = Words("Asked who comes back.", "要查看顾客留存。")
_SHARE = [("share", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
TABLE = pa.schema(
    [("since", pa.date32()), ("age", pa.int64()), ("customers", pa.int64()),
     ("returned", pa.int64()), *_SHARE, ("complete", pa.bool_())]
)  # fmt: skip
_BY_AGE = pa.schema(
    [("age", pa.int64()), ("cohorts", pa.int64()), ("customers", pa.int64()),
     ("returned", pa.int64()), *_SHARE]
)  # fmt: skip
_MONEY = pa.decimal128(38, 4)
_MEAN = [("per_customer", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
_REVENUE = pa.schema(
    [("since", pa.date32()), ("age", pa.int64()), ("currency", pa.string()),
     ("customers", pa.int64()), ("net", _MONEY), ("cumulative", _MONEY), *_MEAN,
     ("complete", pa.bool_())]
)  # fmt: skip
_VALUE = pa.schema(
    [("age", pa.int64()), ("currency", pa.string()), ("customers", pa.int64()),
     ("cumulative", _MONEY), *_MEAN]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What retention is counted by.

    Parameters
    ----------
    since
        What a customer begins with.
    returning
        What counts as coming back.
    span
        Length of a period.
    least
        No cohort and no group of fewer customers is shown.
    segment
        Only customers of this segment, beside all others; everybody where it is empty.
    by
        Property of the beginning by which customers are told apart; none where it is empty.
    members
        The customers of the segment.
    """

    since: Activity
    returning: Activity
    span: Span
    least: int
    segment: str = ""
    by: str = ""
    members: tuple[str, ...] = ()


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Count, and return the answer; None where nobody ever began.

    Raises
    ------
    MissingDataError
        Visits and orders are asked for together and no event names a customer, or the dates span more
        periods than any shop has.
    """
    there = _events(shop)
    if plan.since != plan.returning and not there["named"]:
        raise _nobody_in_both()
    known = {
        "complete": there["named"] == there["events"],
        "dated": there["dated"] == there["events"],
    }
    began = active_periods(shop, plan.since, plan.span, **known)
    active = (
        began
        if plan.since == plan.returning
        else active_periods(shop, plan.returning, plan.span, **known)
    )
    starts = grouped(shop, beginnings(began), plan)
    counts = counted(starts, active)
    whole = counts.get(INSIDE, NOBODY) if plan.segment else together(counts.values())
    if not whole.size:
        return None
    days = _recorded(shop, plan.returning)
    _require_years(whole.size, days, plan)
    rows, counts_by_age = rows_by_period(plan, whole, days), rows_by_age(plan, whole, days)
    by_age = without_small(counts_by_age)
    evidence = {"by_age": pa.Table.from_pylist(by_age, schema=_BY_AGE)}
    apart: list[Row] = []
    if plan.segment:
        apart = against(rows_by_age(plan, counts.get(OUTSIDE, NOBODY), days), counts_by_age)
        evidence["against"] = pa.Table.from_pylist(apart, schema=AGAINST)
    elif plan.by:
        apart = rows_by_group(ranked(counts), starts_by_age(plan, whole.size, days))
        evidence["by_group"] = pa.Table.from_pylist(apart, schema=BY_GROUP)
    value: list[Row] = []
    if shop.has("orders"):
        inside = starts.filter(starts.group == INSIDE) if plan.segment else starts
        money = by_currency(_numbers(revenue(shop, inside, plan.span, since=plan.since)))
        sold = _recorded(shop, "order")
        value = money_by_age(plan, whole.size, money, sold)
        brought = triangle(plan, whole.size, money, sold)
        evidence["revenue"] = pa.Table.from_pylist(brought, schema=_REVENUE)
        evidence["revenue_by_age"] = pa.Table.from_pylist(value, schema=_VALUE)
    return Answer(
        verb="retention",
        title=TITLES[plan.span],
        table=pa.Table.from_pylist(rows, schema=TABLE),
        method="count",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan, rows, by_age, apart, value, begins=days.first)),
        evidence=evidence,
        limits=limits(plan, days),
        definitions=DEFINITIONS,
        chart=heat_map(plan, rows),
    )


def _events(shop: Shop) -> dict[str, int]:
    """Return how many events there are, how many name their customer, and how many have their local day."""
    event = shop.events
    counts = {
        "events": event.count(),
        "named": event.customer_id.count(),
        "dated": event.happened_on.count(),
    }
    (row,) = _numbers(event.aggregate(**counts))
    return row


def _nobody_in_both() -> MissingDataError:
    return MissingDataError(
        ASKED,
        Words(
            "No event names its customer, so nobody's visits and orders can be brought together.",
            "没有事件带有顾客编号，来访与订单无法对应到同一位顾客。",
        ),
        Words(
            "Import events with customers, or give --since and --returning the same value.",
            "请导入带顾客编号的事件，或让 --since 与 --returning 取值相同。",
        ),
    )


def _numbers(table: Any) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows


def _recorded(shop: Shop, activity: Activity) -> Recorded:
    days = [(row["on"], row["rows"]) for row in _numbers(recorded_days(shop, activity))]
    return covered(days) if days else Recorded(date.min, date.min)


def _require_years(size: Mapping[int, int], days: Recorded, plan: Plan) -> None:
    """Refuse a span of periods that only a wrong clock can have."""
    ends = max(*size, period_of(days.last, plan.span))
    periods = ends - min(size)
    most = 12 * 60 if plan.span == "month" else 53 * 15
    if periods > most:
        first, last = (
            period_day(min(size), plan.span),
            max(period_day(max(size), plan.span), days.last),
        )
        raise MissingDataError(
            ASKED,
            Words(
                f"Dates run from {first} to {last}, too many periods for one table.",
                f"日期从 {first} 到 {last}，周期太多，无法列成一张表。",
            ),
            Words(
                "Mend wrong dates in the source, or count by month.",
                "请更正来源里的错误日期，或改为按月计算。",
            ),
        )
