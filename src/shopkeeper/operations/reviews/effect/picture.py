"""A forest plot of the differences that are shares."""

from __future__ import annotations

from typing import Any

from shopkeeper.operations.reviews.effect.results import Findings
from shopkeeper.operations.reviews.effect.sentences import OUTCOME_WORDS, side
from shopkeeper.words import Words

_PARTS = {
    "writers": Words("Writers", "评价者"),
    "visitors": Words("Visitors", "访客"),
    "panel": Words("Weeks", "周面板"),
    "drivers": Words("Bad reviews", "差评率"),
}
_MOST_DRIVERS = 8


def forest(findings: Findings) -> dict[str, Any] | None:
    """Return a Vega-Lite specification: one line a comparison, in percentage points."""
    rows = [
        _row("drivers", side(item), item.found.difference, item.found.low, item.found.high)
        for item in findings.drivers[:_MOST_DRIVERS]
    ]
    for part, group in (("writers", findings.writers), ("visitors", findings.visitors)):
        rows += [
            _row(part, OUTCOME_WORDS[name], found.difference, found.low, found.high)
            for name, found in group.items()
            if findings.shown(found) and findings.unit(name) == "share"
        ]
    panel = findings.panel
    if panel is not None and findings.panel_shown():
        rows.append(
            _row("panel", OUTCOME_WORDS["conversion"], panel.difference, panel.low, panel.high)
        )
    if not rows:
        return None
    y = {"field": "label", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelLimit": 300}}  # fmt: skip
    points = {"en": "Difference in percentage points (95 % interval)",
              "zh": "差异（百分点，95% 区间）"}  # fmt: skip
    x = {"type": "quantitative", "title": points}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 480,
        "height": {"step": 22},
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "strokeDash": [3, 3]}, "encoding": {"x": {"datum": 0}}},
            {
                "mark": "rule",
                "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60},
                "encoding": {"y": y, "x": {"field": "difference", **x}},
            },
        ],
    }


def _row(part: str, name: Words, difference: float, low: float, high: float) -> dict[str, Any]:
    head = _PARTS[part]
    label = {"en": f"{head.en}: {name.en}", "zh": f"{head.zh}：{name.zh}"}
    return {
        "label": label,
        "difference": round(difference * 100, 3),
        "low": round(low * 100, 3),
        "high": round(high * 100, 3),
    }
