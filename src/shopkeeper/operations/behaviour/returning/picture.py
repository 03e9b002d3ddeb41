"""The chart of `retention`: a heat map by first period and age; what is not told is grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.operations.behaviour.returning.finding import Plan

COHORTS, AGES = 18, 12
_DEEP, _GREY = "#ad3524", "#e3ddd1"
_FAINT, _FULL = 0.06, 0.54
"""Cells are of one colour and shine through: what stands in them is read on light and on dark paper alike."""
_AGES = {
    "month": Words("Months since the first", "距首月的月数"),
    "week": Words("Weeks since the first", "距首周的周数"),
}
_SINCE = {
    "month": Words("First month", "首个月份"),
    "week": Words("First week from", "首周（起始日）"),
}
_SHOWN = {
    "order": Words("Share who order", "下单占比"),
    "visit": Words("Share who visit", "来访占比"),
}


_SIGNS = {
    "…": Words("…: not covered whole", "…：数据未完整覆盖"),
    "–": Words("–: too few, or would tell of few", "–：人数太少，或可据此推算"),
}


def _title(values: list[dict[str, Any]]) -> Words:
    """Return the title, with what those signs mean that stand in the picture."""
    there = {value["told"] for value in values}
    signs = [words for sign, words in _SIGNS.items() if sign in there]
    if not signs:
        return Words("Who comes back", "顾客留存")
    en, zh = "; ".join(one.en for one in signs), "；".join(one.zh for one in signs)
    return Words(f"Who comes back ({en})", f"顾客留存（{zh}）")


def heat_map(plan: Plan, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification of the latest first periods; None where no share is shown."""
    began = 1 if plan.since == plan.returning else 0
    shown = [row for row in rows if began <= row["age"] <= AGES and row["customers"] is not None]
    latest = sorted({row["since"] for row in shown})[-COHORTS:]
    shown = [row for row in shown if row["since"] in latest]
    shares = [row["share"] for row in shown if row["share"] is not None]
    if not shares:
        return None
    values = [_value(row, plan) for row in shown]
    encoding = {
        "x": {"field": "age", "type": "ordinal", "title": _AGES[plan.span].to_dict(),
              "axis": {"labelAngle": 0, "ticks": False, "domain": False}},
        "y": {"field": "since", "type": "ordinal", "title": _SINCE[plan.span].to_dict(),
              "sort": "ascending"},
    }  # fmt: skip
    colour = {
        "field": "share", "type": "quantitative", "title": _SHOWN[plan.returning].to_dict(),
        "scale": {"range": [_FAINT, _FULL], "domainMin": 0},
        "legend": None,
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": {"step": 48},
        "height": {"step": 24},
        "title": _title(values).to_dict(),
        "data": {"values": values},
        "encoding": encoding,
        "layer": [
            {"transform": [{"filter": "datum.share === null"}],
             "mark": {"type": "rect", "color": _GREY}},
            {"transform": [{"filter": "datum.share !== null"}],
             "mark": {"type": "rect", "color": _DEEP}, "encoding": {"fillOpacity": colour}},
            {"mark": {"type": "text", "fontSize": 11},
             "encoding": {"text": {"field": "told", "type": "nominal"}, "color": {"value": "#1f1d1a"}}},
        ],
    }  # fmt: skip


def _value(row: dict[str, Any], plan: Plan) -> dict[str, Any]:
    day = row["since"].isoformat()
    share = row["share"]
    return {
        "since": day[:7] if plan.span == "month" else day,
        "age": row["age"],
        "share": None if share is None else round(share, 6),
        "told": f"{share:.1%}" if share is not None else "–" if row["complete"] else "…",
    }
