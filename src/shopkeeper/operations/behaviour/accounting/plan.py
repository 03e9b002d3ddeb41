"""Plan: what was typed of `explain_change`, held against what the shop has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import ibis

from shopkeeper.data import facts
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.behaviour.accounting.rows import DIMENSIONS, Metric, metric_rows
from shopkeeper.operations.behaviour.accounting.spans import (
    Span,
    before_it,
    last_whole_month,
    read_span,
    told,
)
from shopkeeper.operations.behaviour.recorded import Recorded, covered
from shopkeeper.operations.behaviour.vocabulary import PROPERTIES
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

ASKED = Words("Asked why a metric changed.", "要解释指标为何变化。")
USUAL = ("channel", "device", "category", "product_id")
_CHINESE = {words.zh: name for name, words in PROPERTIES.items()}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is explained.

    Parameters
    ----------
    metric
        The metric.
    before, after
        First and last day of the two periods.
    dimensions
        What it is sliced by.
    currency, others
        The currency of money, and those that are left out.
    least
        Units or orders that a product has at least, to be named; and of texts.
    first, last
        Days between which the metric is recorded.
    """

    metric: Metric
    before: Span
    after: Span
    dimensions: tuple[str, ...]
    currency: str
    others: tuple[str, ...]
    least: int
    first: date
    last: date

    @property
    def unit(self) -> str:
        """The unit: `money`, `count` or `share`."""
        return {"orders": "count", "conversion": "share"}.get(self.metric, "money")

    @property
    def is_rate(self) -> bool:
        """Whether the metric is one sum divided by another."""
        return self.metric in ("aov", "conversion")


def make_plan(
    shop: Shop, *, metric: Metric, before: str, after: str, by: str, currency: str, least: int
) -> Plan:
    """Return the plan.

    Raises
    ------
    UsageError
        A period or a dimension cannot be understood, the periods overlap, one lies outside of the
        data, or no order is in the currency.
    MissingDataError
        Nothing of the metric is recorded.
    """
    chosen, others = _currency(shop, metric, currency)
    rows = metric_rows(shop, metric, chosen)
    counted = rows.group_by("on").aggregate(rows=rows.count()).order_by("on").to_pyarrow()
    days = list(zip(counted["on"].to_pylist(), counted["rows"].to_pylist(), strict=True))
    if not days:
        raise MissingDataError(
            ASKED,
            Words(f"Nothing of the metric {metric} is recorded.", f"没有指标 {metric} 的数据。"),
            Words(
                "Import paid orders (for conversion: events with sessions).",
                "请导入已支付的订单（转化率需要带会话的行为事件）。",
            ),
        )
    # Days of a wrong date are no last month; whoever names them is answered.
    known = covered(days)
    later = _span(after, "after") if after else last_whole_month(known.last)
    earlier = _span(before, "before") if before else before_it(later)
    if not (before or after):
        _require_two_months(earlier, later, known)
    _fit(earlier, later, days[0][0], days[-1][0])
    return Plan(
        metric, earlier, later, _dimensions(by, metric), chosen, others, least,
        days[0][0], days[-1][0],
    )  # fmt: skip


def _currency(shop: Shop, metric: Metric, wanted: str) -> tuple[str, tuple[str, ...]]:
    if metric == "conversion":
        return "", ()
    order = facts.orders(shop)
    order = order.filter(order.paid)
    order = order.mutate(currency=ibis.coalesce(order.currency, ""))
    sums = order.group_by("currency").aggregate(orders=order.count())
    ranked = sums.order_by([ibis.desc("orders"), "currency"]).to_pyarrow().to_pylist()
    there = [row["currency"] for row in ranked]
    if wanted.strip() and wanted.strip().upper() not in there:
        listed = ", ".join(name for name in there if name) or "–"
        raise UsageError(
            ASKED,
            Words(
                f"No paid order is in {wanted.strip()!r}; there are {listed}.",
                f"没有币种为“{wanted.strip()}”的已支付订单；现有：{listed}。",
            ),
            Words("Give one of these currencies, or none.", "请给出其中一种币种，或留空。"),
        )
    chosen = wanted.strip().upper() or (there[0] if there else "")
    return chosen, tuple(name for name in there if name != chosen)


def _span(typed: str, which: str) -> Span:
    span = read_span(typed)
    if span is None:
        raise UsageError(
            ASKED,
            Words(
                f"`{which}` is {typed!r}, which is no period.", f"`{which}` 为“{typed}”，不是时期。"
            ),
            Words(
                "Write a month (2025-03), an ISO week (2025-W10), a day, or two days (2025-03-01..2025-03-09).",
                "请写月份（2025-03）、ISO 周（2025-W10）、某一天，或起止两天（2025-03-01..2025-03-09）。",
            ),
        )
    return span


def _require_two_months(before: Span, after: Span, known: Recorded) -> None:
    for span in (before, after):
        if span[1] < known.first or span[0] > known.last:
            raise MissingDataError(
                ASKED,
                Words(
                    f"Nothing is recorded in {told(span)}; the data runs from {known.first} to {known.last}.",
                    f"{told(span)} 没有数据；数据从 {known.first} 到 {known.last}。",
                ),
                Words(
                    "Import the orders of two months, or give two periods with --before and --after.",
                    "请导入两个月的订单，或用 --before 与 --after 指定两个时期。",
                ),
            )


def _fit(before: Span, after: Span, first: date, last: date) -> None:
    if before[0] <= after[1] and after[0] <= before[1]:
        raise UsageError(
            ASKED,
            Words(
                f"The periods {told(before)} and {told(after)} overlap.",
                f"时期 {told(before)} 与 {told(after)} 重叠。",
            ),
            Words("Give two periods without a common day.", "请给出没有共同日期的两个时期。"),
        )
    for span in (before, after):
        if span[1] < first or span[0] > last:
            raise UsageError(
                ASKED,
                Words(
                    f"Nothing is recorded in {told(span)}; the data runs from {first} to {last}.",
                    f"{told(span)} 没有数据；数据从 {first} 到 {last}。",
                ),
                Words("Give two periods within these days.", "请给出这些日期之内的两个时期。"),
            )


def _dimensions(typed: str, metric: Metric) -> tuple[str, ...]:
    known = DIMENSIONS[metric]
    if not typed.strip():
        return tuple(name for name in USUAL if name in known)
    parts = [part.strip() for part in typed.replace("，", ",").replace("、", ",").split(",")]
    names = list(dict.fromkeys(_CHINESE.get(part, part) for part in parts if part))
    names = ["product_id" if name == "product" else name for name in names]
    unknown = [name for name in names if name not in known]
    if unknown or len(names) > _MOST:
        listed = ", ".join(known)
        raise UsageError(
            ASKED,
            Words(
                f"{metric} cannot be sliced by {', '.join(unknown)}."
                if unknown
                else f"{len(names)} dimensions were given, more than {_MOST}.",
                f"{metric} 不能按 {'、'.join(unknown)} 拆分。"
                if unknown
                else f"给出了 {len(names)} 个维度，多于 {_MOST} 个。",
            ),
            Words(f"Choose up to {_MOST} of {listed}.", f"请从 {listed} 中选最多 {_MOST} 个。"),
        )
    return tuple(names)


_MOST = 4
