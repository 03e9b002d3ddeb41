"""The chart of `searches`: what becomes of the searches of each intent."""

from __future__ import annotations

from typing import Any

from shopkeeper.operations.behaviour.seeking.rows import OUTCOMES
from shopkeeper.words import Words

SHOWN = 12
_NAMES = {
    "bought": Words("bought", "下单"),
    "clicked": Words("clicked only", "只点击"),
    "zero": Words("no results", "无结果"),
    "reformulated": Words("put in other words", "换词再搜"),
    "nothing": Words("nothing more", "无后续"),
}
_COLOURS = {
    "bought": "#6f7d7a",
    "clicked": "#cfc7b8",
    "zero": "#ad3524",
    "reformulated": "#ecd3cc",
    "nothing": "#e3ddd1",
}


def outcomes(intents: list[dict[str, Any]], least: int) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where no intent is large enough."""
    shown = [row for row in intents if row["searches"] >= least and row["o_nothing"] is not None]
    shown = shown[:SHOWN]
    if not shown:
        return None
    there = [name for name in OUTCOMES if any(row[f"o_{name}"] for row in shown)]
    values = [
        {
            "intent": row["name"][:40],
            "outcome": _NAMES[name].to_dict(),
            "order": place,
            "share": round(row[f"o_{name}"] / row["searches"], 6),
        }
        for row in shown
        for place, name in enumerate(there)
    ]
    colour = {
        "field": "outcome",
        "type": "nominal",
        "sort": None,
        "scale": {
            "domain": [_NAMES[name].to_dict() for name in there],
            "range": [_COLOURS[name] for name in there],
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": Words("What becomes of searches, by intent", "各意图的搜索结果").to_dict(),
        "width": 440,
        "height": {"step": 24},
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "y": {"field": "intent", "type": "nominal", "sort": None, "title": None,
                  "axis": {"labelLimit": 240}},
            "x": {"field": "share", "type": "quantitative", "title": None, "stack": "zero",
                  "axis": {"format": ".0%"}, "scale": {"domain": [0, 1]}},
            "color": colour,
            "order": {"field": "order"},
        },
    }  # fmt: skip
