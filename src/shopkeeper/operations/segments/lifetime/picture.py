"""The chart of `lifetime_value`: what was expected and what happened, by tenths of customers."""

from __future__ import annotations

from typing import Any

from shopkeeper.words import Words

_CALM, _ACCENT, _INK = "#cfc7b8", "#ad3524", "#1f1d1a"


def tenths_chart(
    calibration: list[dict[str, Any]], of_value: list[dict[str, Any]], currency: str
) -> dict[str, Any] | None:
    """Return a Vega-Lite specification of purchases and of value; None where nothing was kept aside."""
    if not calibration:
        return None
    mark = f"（{currency}）" if currency else ""
    value = Words(
        f"Net value of a customer{f' ({currency})' if currency else ''}", f"每位顾客的净额{mark}"
    )
    parts = [_bars(calibration, Words("Purchases of a customer", "每位顾客的购买次数"))]
    if of_value:
        parts.append(_bars(of_value, value))
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "vconcat": parts}


def _bars(calibration: list[dict[str, Any]], what: Words) -> dict[str, Any]:
    values = [
        {name: round(row[name], 6) for name in ("tenth", "expected", "happened", "low", "high")}
        for row in calibration
    ]
    title = what.to_dict()
    return {
        "width": 560,
        "height": 220,
        "title": Words(
            "Days kept aside: expected (line) and what happened (bars)",
            "留出期：预期（线）与实际（柱）",
        ).to_dict(),
        "data": {"values": values},
        "encoding": {
            "x": {
                "field": "tenth",
                "type": "ordinal",
                "title": Words(
                    "Tenth of customers, the lowest expectation first", "按预期从低到高的十组顾客"
                ).to_dict(),
                "axis": {"labelAngle": 0},
            }
        },
        "layer": [
            {
                "mark": {"type": "bar", "color": _CALM},
                "encoding": {"y": {"field": "happened", "type": "quantitative", "title": title}},
            },
            {
                "mark": {"type": "rule", "color": _INK},
                "encoding": {
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "line", "color": _ACCENT, "point": {"color": _ACCENT}},
                "encoding": {"y": {"field": "expected", "type": "quantitative"}},
            },
        ],
    }
