"""The chart of `sessions`: how many have an order, by entry, device and channel."""

from __future__ import annotations

from typing import Any

from shopkeeper.words import Words

SHOWN = 6
_NAMES = {
    "entry": Words("By entry", "按入口"),
    "device": Words("By device", "按设备"),
    "channel": Words("By channel", "按渠道"),
}


def rates(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where no group is large enough."""
    panels = [panel for by in _NAMES if (panel := _panel(by, rows))]
    if not panels:
        return None
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": Words("Share of sessions with an order", "有下单的会话占比").to_dict(),
        "vconcat": panels,
        "resolve": {"scale": {"x": "shared"}},
    }


def _panel(by: str, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    shown = [
        row
        for row in rows
        if row["by"] == by and row["metric"] == "purchase_rate" and row["value"] is not None
    ][:SHOWN]
    if not shown:
        return None
    values = [
        {
            "group": Words(row["group_en"][:40], row["group_zh"][:40]).to_dict(),
            "value": round(row["value"], 6),
            "low": round(row["low"], 6),
            "high": round(row["high"], 6),
        }
        for row in shown
    ]
    y = {"field": "group", "type": "nominal", "sort": None, "title": _NAMES[by].to_dict(),
         "axis": {"labelLimit": 220}}  # fmt: skip
    x = {"field": "value", "type": "quantitative", "title": None, "axis": {"format": ".0%"}}
    return {
        "width": 480,
        "height": {"step": 24},
        "data": {"values": values},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "bar", "color": "#6f7d7a"}, "encoding": {"x": x}},
            {
                "mark": {"type": "rule", "color": "#1f1d1a"},
                "encoding": {
                    "x": {"field": "low", "type": "quantitative"},
                    "x2": {"field": "high"},
                },
            },
        ],
    }
