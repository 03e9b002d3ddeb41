"""The chart of `churn`: the probability that was told, and the share who did not come."""

from __future__ import annotations

from typing import Any

from shopkeeper.words import Words

_CALM, _ACCENT, _INK = "#cfc7b8", "#ad3524", "#1f1d1a"


def calibration_chart(calibration: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where no tenth is large enough to be shown."""
    if not calibration:
        return None
    values = [
        {name: round(row[name], 6) for name in ("tenth", "expected", "happened", "low", "high")}
        for row in calibration
    ]
    share = {"type": "quantitative", "axis": {"format": ".0%"}, "scale": {"domainMin": 0}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 560,
        "height": 260,
        "title": Words(
            "Days kept aside: told (line) and what happened (bars)",
            "留出期：预测概率（线）与实际（柱）",
        ).to_dict(),
        "data": {"values": values},
        "encoding": {
            "x": {
                "field": "tenth",
                "type": "ordinal",
                "title": Words(
                    "Tenth of customers, the least likely to leave first", "按流失概率从低到高的十组顾客"
                ).to_dict(),
                "axis": {"labelAngle": 0},
            }
        },
        "layer": [
            {"mark": {"type": "bar", "color": _CALM},
             "encoding": {"y": {"field": "happened", **share,
                                "title": Words("Share without a purchase", "未再购买的比例").to_dict()}}},
            {"mark": {"type": "rule", "color": _INK},
             "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "color": _ACCENT, "point": {"color": _ACCENT}},
             "encoding": {"y": {"field": "expected", "type": "quantitative"}}},
        ],
    }  # fmt: skip
