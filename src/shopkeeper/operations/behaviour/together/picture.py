"""The chart of `baskets`: the surest pairs against chance."""

from __future__ import annotations

from typing import Any

from shopkeeper.words import Words

SHOWN = 12
_KINDS = {
    "complement": Words("bought together", "互补"),
    "substitute": Words("one instead of the other", "替代"),
}
_COLOURS = {"complement": "#6f7d7a", "substitute": "#ad3524"}
_LEAST, _LONGEST = 0.01, 18


def against_chance(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where nothing is sure."""
    kinds = {kind: [row for row in rows if row["relation"] == kind][:SHOWN] for kind in _KINDS}
    kinds = {kind: found for kind, found in kinds.items() if found}
    if not kinds:
        return None
    values = [
        {
            "pair": f"{_name(row, '')} + {_name(row, 'other_')}",
            "kind": _KINDS[kind].to_dict(),
            "value": round(max(row["size_lift"], _LEAST), 4),
            "low": round(max(row["size_lift_low"], _LEAST), 4),
            "high": round(row["size_lift_high"], 4),
        }
        for kind, found in kinds.items()
        for row in found
    ]
    y = {"field": "pair", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelLimit": 300}}  # fmt: skip
    title = Words("Times as often as chance", "是偶然的多少倍").to_dict()
    x = {"type": "quantitative", "scale": {"type": "log"}, "title": title}
    colour = {
        "field": "kind",
        "type": "nominal",
        "sort": None,
        "scale": {
            "domain": [_KINDS[kind].to_dict() for kind in kinds],
            "range": [_COLOURS[kind] for kind in kinds],
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": Words("Pairs against chance", "商品组合与偶然相比").to_dict(),
        "width": 380,
        "height": {"step": 24},
        "data": {"values": values},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "rule", "color": "#655f56", "strokeDash": [3, 3]},
             "encoding": {"x": {"datum": 1, **x}, "y": None}},
            {"mark": {"type": "rule", "strokeWidth": 2},
             "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "color": colour}},
            {"mark": {"type": "point", "filled": True, "size": 60},
             "encoding": {"x": {"field": "value", **x}, "color": colour}},
        ],
    }  # fmt: skip


def _name(row: dict[str, Any], side: str) -> str:
    name = str(row[f"{side}title"] or row[f"{side}item"])
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST].rstrip()}…"
