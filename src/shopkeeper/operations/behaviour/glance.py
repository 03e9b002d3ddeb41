"""Glance: measured numbers become tables with intervals, sentences and a chart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.facts import Period
from shopkeeper.data.metrics import BY_NAME
from shopkeeper.data.shop import Shop
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.words import Words

_COLUMNS = [
    ("metric", pa.string()),
    ("unit", pa.string()),
    ("currency", pa.string()),
    ("value", pa.float64()),
    ("low", pa.float64()),
    ("high", pa.float64()),
    ("top", pa.decimal128(38, 4)),
    ("base", pa.int64()),
]
_DEFINITIONS = {
    "value": Words("The number itself; shares lie between 0 and 1.", "数值；占比在 0 到 1 之间。"),
    "low": Words("Lower end of the 95 % Wilson interval.", "95% Wilson 区间下限。"),
    "high": Words("Upper end of the 95 % Wilson interval.", "95% Wilson 区间上限。"),
    "top": Words(
        "The sum or count that is divided; empty where it is of 1 to 19 customers who bought again.",
        "分子：被除的金额或计数；复购的顾客为 1 至 19 位时留空。",
    ),
    "base": Words("The count that it is divided by.", "分母：用来除的计数。"),
    "period": Words("First day of the period.", "周期的第一天。"),
}
_TITLES = {
    "month": Words("The shop by month", "店铺经营概览（按月）"),
    "week": Words("The shop by week", "店铺经营概览（按周）"),
    "day": Words("The shop by day", "店铺经营概览（按日）"),
}


def glance(
    shop: Shop,
    overall: pa.Table,
    by_period: pa.Table,
    lacking: Mapping[str, tuple[str, ...]],
    period: Period,
) -> Answer:
    """Return the answer of `overview` from what was measured."""
    least = shop.settings.minimum_count
    whole = [_row(row, least) for row in overall.to_pylist()]
    parts = [
        {"period": row["period"], **_row(row, least)}
        for row in by_period.to_pylist()
        # Two different days cannot lie in one day, so the rate would say 0 of every day.
        if not (period == "day" and row["metric"] == "repeat_rate")
    ]
    left_out = [
        {"metric": name, "needs": "; ".join(needs)} for name, needs in sorted(lacking.items())
    ]
    return Answer(
        verb="overview",
        title=_TITLES[period],
        table=pa.Table.from_pylist(whole, schema=pa.schema(_COLUMNS)),
        method="count",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(_sentences(whole, parts, lacking)),
        evidence={
            "by_period": pa.Table.from_pylist(
                parts, schema=pa.schema([("period", pa.date32()), *_COLUMNS])
            ),
            "left_out": pa.Table.from_pylist(
                left_out, schema=pa.schema([("metric", pa.string()), ("needs", pa.string())])
            ),
        },
        limits=_limits(whole, least),
        definitions={
            **{row["metric"]: BY_NAME[row["metric"]].definition for row in whole},
            **_DEFINITIONS,
        },
        chart=_chart(parts, period),
    )


def _row(measured: dict[str, Any], least: int) -> dict[str, Any]:
    metric = BY_NAME[measured["metric"]]
    row = {name: measured.get(name) for name, _ in _COLUMNS} | {"unit": metric.unit}
    if metric.unit != "share":
        return row
    top, base = float(measured["top"]), measured["base"]
    if metric.grain == "buyers" and is_small(round(top)):
        # Buyers as such are not hidden: orders, which stand beside them, count the same people.
        return row | {"value": None, "top": None}
    if base < least:
        return row | {"value": None}
    # Refund documents can outnumber the orders of their period; then it is no share of anything.
    interval = proportion(top, base) if top <= base else None
    return row | {"low": interval and interval.low, "high": interval and interval.high}


def _limits(whole: list[dict[str, Any]], least: int) -> tuple[Words, ...]:
    limits = [
        Words(
            "The first and the last period may be incomplete.", "第一个与最后一个周期可能不完整。"
        ),
        Words(
            f"No percentage is shown where fewer than {least} are counted.",
            f"计数少于 {least} 时不显示百分比。",
        ),
    ]
    if any(row["metric"] == "conversion" for row in whole):
        limits.append(
            Words(
                "Visits are counted as recorded: bots and blocked trackers are not corrected for.",
                "访问按记录计数：未校正机器流量与被拦截的埋点。",
            )
        )
    return tuple(limits)


def _sentences(
    whole: list[dict[str, Any]],
    parts: list[dict[str, Any]],
    lacking: Mapping[str, tuple[str, ...]],
) -> Iterator[Words]:
    values: dict[str, list[dict[str, Any]]] = {}
    for row in whole:
        values.setdefault(row["metric"], []).append(row)
    for name in ("gmv", "paid", "net", "orders", "buyers", "aov"):
        if name in values:
            yield _amounts(name, values[name])
    for name in ("repeat_rate", "return_rate", "view_to_cart", "conversion",
                 "late_delivery_rate", "negative_review_share"):  # fmt: skip
        if name in values and values[name][0]["value"] is not None:
            yield _rate(name, values[name][0])
    periods = sorted(row["period"] for row in parts)
    if periods:
        first, last = periods[0].isoformat(), periods[-1].isoformat()
        yield Words(
            f"The periods run from the one that starts on {first} to the one that starts on {last}.",
            f"各周期从 {first} 开始的一期到 {last} 开始的一期。",
        )
    if lacking:
        names = [BY_NAME[name].title for name in lacking]
        yield Words(
            f"Left out, because the shop has no data for it: {', '.join(n.en for n in names)}.",
            f"因缺少数据未列出：{'、'.join(n.zh for n in names)}。",
        )


def _amounts(name: str, rows: list[dict[str, Any]]) -> Words:
    title = BY_NAME[name].title
    if BY_NAME[name].unit == "count":
        text = f"{rows[0]['value']:,.0f}"
    else:
        ranked = sorted(
            (row for row in rows if row["value"] is not None),
            key=lambda row: (-row["value"], row["currency"]),
        )
        text = "; ".join(f"{row['currency']} {row['value']:,.2f}".strip() for row in ranked)
    return Words(f"{title.en}: {text}.", f"{title.zh}：{text}。")


def _rate(name: str, row: dict[str, Any]) -> Words:
    title, base = BY_NAME[name].title, f"{row['base']:,}"
    value = f"{row['value']:.1%}"
    if row["low"] is None or math.isnan(row["low"]):
        return Words(f"{title.en}: {value} of {base}.", f"{title.zh}：{value}（共 {base}）。")
    low, high = f"{row['low']:.1%}", f"{row['high']:.1%}"
    return Words(
        f"{title.en}: {value} of {base} (95 % interval {low} to {high}).",
        f"{title.zh}：{value}（共 {base}，95% 区间 {low} 至 {high}）。",
    )


def _chart(parts: list[dict[str, Any]], period: Period) -> dict[str, Any] | None:
    kept = {"gmv": "money", "orders": "count"}
    data = [
        {
            "period": row["period"].isoformat(),
            "metric": row["metric"],
            "currency": row["currency"] or "",
            "value": row["value"],
        }
        for row in parts
        if row["metric"] in kept
    ]
    if not data:
        return None
    unit = {"month": "yearmonth", "week": "yearmonthdate", "day": "yearmonthdate"}[period]
    currencies = sorted({row["currency"] for row in data if row["metric"] == "gmv"})
    there = [name for name in kept if any(row["metric"] == name for row in data)]
    panels = [_panel(name, unit, currencies) for name in there]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": data},
        "vconcat": panels,
    }


def _panel(name: str, unit: str, currencies: list[str]) -> dict[str, Any]:
    """Return the bars of one number by period; several currencies stand beside one another in colour."""
    title, zh = BY_NAME[name].title, BY_NAME[name].title.zh
    several = name == "gmv" and len(currencies) > 1
    if name == "gmv" and len(currencies) == 1 and currencies[0]:
        title = Words(f"{title.en}, {currencies[0]}", f"{zh}，{currencies[0]}")
    encoding: dict[str, Any] = {
        "x": {"field": "period", "type": "ordinal", "timeUnit": unit, "title": None,
              "axis": {"format": "%Y-%m" if unit == "yearmonth" else "%Y-%m-%d",
                       "labelAngle": 0, "labelOverlap": "greedy", "ticks": False}},
        "y": {"field": "value", "type": "quantitative", "title": title.to_dict(),
              "axis": {"tickCount": 4}},
    }  # fmt: skip
    if several:
        encoding["color"] = {"field": "currency", "type": "nominal", "title": None}
        encoding["xOffset"] = {"field": "currency"}
    return {
        "width": 640,
        "height": 140,
        "transform": [{"filter": f"datum.metric === '{name}'"}],
        "mark": "bar",
        "encoding": encoding,
    }
