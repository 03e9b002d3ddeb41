"""The chart of `profile`: what each segment buys, by its commonest categories."""

from __future__ import annotations

from typing import Any

from shopkeeper.words import Words

Row = dict[str, Any]
_DEEP = "#ad3524"
_FAINT, _FULL = 0.06, 0.54
"""Cells are of one colour and shine through: what stands in them is read on light and on dark paper alike."""


def category_map(rows: list[Row]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where no category is known."""
    shown = [row for row in rows if row["statistic"] == "category"]
    if not shown:
        return None
    values = [
        {"who": Words(row["name_en"][:40], row["name_zh"][:40]).to_dict(), "what": Words(row["label_en"][:30], row["label_zh"][:30]).to_dict(),
         "share": round(row["value"], 6), "told": f"{row['value']:.0%}"}
        for row in shown
    ]  # fmt: skip
    plain = {"ticks": False, "domain": False, "labelLimit": 240}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": {"step": 72},
        "height": {"step": 26},
        "title": Words("What each buys: its three commonest categories", "各分群最常买的三个类目").to_dict(),
        "data": {"values": values},
        "encoding": {
            "x": {"field": "what", "type": "nominal", "title": Words("Category", "类目").to_dict(),
                  "axis": {**plain, "labelAngle": 0}},
            "y": {"field": "who", "type": "nominal", "sort": None, "title": None, "axis": plain},
        },
        "layer": [
            {"mark": {"type": "rect", "color": _DEEP},
             "encoding": {"fillOpacity": {
                 "field": "share", "type": "quantitative",
                 "title": Words("Share of what is bought", "占所购商品").to_dict(),
                 "scale": {"range": [_FAINT, _FULL], "domainMin": 0}, "legend": None}}},
            {"mark": {"type": "text", "fontSize": 11},
             "encoding": {"text": {"field": "told", "type": "nominal"}, "color": {"value": "#1f1d1a"}}},
        ],
    }  # fmt: skip
