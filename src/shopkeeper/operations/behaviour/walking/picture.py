"""The chart of `paths`: a graph of the commonest steps and of what leads to what."""

from __future__ import annotations

import math
from typing import Any

from shopkeeper.operations.behaviour.walking.rows import BOUGHT, ENTRY, EXIT
from shopkeeper.operations.behaviour.walking.sentences import MARKS
from shopkeeper.words import Words

NODES, EDGES = 9, 22
_WIDTH, _HEIGHT, _ROWS, _LOW = 680, 340, 4, 1.2
_ARROW, _TOLD = 0.62, 0.005
"""How far along its line an arrow stands; least share of repeats that is written."""

Row = dict[str, Any]


def graph(rows: list[Row], nodes: list[Row]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where there is nothing to join."""
    shown = nodes[:NODES]
    if not shown:
        return None
    spots = _spots(shown)
    inside = [row for row in rows if row["source"] in spots and row["target"] in spots]
    loops = {row["source"]: row["share"] for row in inside if row["loop"]}
    moves = [row for row in inside if not row["loop"]][:EDGES]
    if not moves:
        return None
    most = max(row["transitions"] for row in moves)
    lines = [_line(row, spots, most) for row in moves]
    points = [_point(name, spots, shown, loops) for name in spots]
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [-0.6, _columns(spots) + 0.6]}}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [-0.6, _ROWS - 0.4]}}
    ends = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    width = {"field": "width", "type": "quantitative", "scale": None, "legend": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": Words("What leads to what: thicker is oftener", "路径图：线越粗越常见").to_dict(),
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            {"data": {"values": lines}, "mark": {"type": "rule", "color": "#cfc7b8", "opacity": 0.9},
             "encoding": {**ends, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "strokeWidth": width}},
            {"data": {"values": lines},
             "mark": {"type": "point", "shape": "triangle", "filled": True, "color": "#655f56", "opacity": 1},
             "encoding": {"x": {"field": "ax", **x}, "y": {"field": "ay", **y},
                          "angle": {"field": "angle", "type": "quantitative", "scale": None},
                          "size": {"field": "head", "type": "quantitative", "scale": None, "legend": None}}},
            {"data": {"values": points}, "mark": {"type": "point", "filled": True, "opacity": 1},
             "encoding": {**ends,
                          "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
                          "color": {"field": "colour", "type": "nominal", "scale": None, "legend": None}}},
            # Lines come to low steps from above, so what these are called stands beneath.
            *({"data": {"values": [one for one in points if (one["y"] < _LOW) == low]},
               "mark": {"type": "text", "dy": 18 if low else -16, "fontSize": 12, "color": "#1f1d1a"},
               "encoding": {**ends, "text": {"field": "label", "type": "nominal"}}} for low in (False, True)),
        ],
    }  # fmt: skip


def _spots(shown: list[Row]) -> dict[str, tuple[float, float]]:
    """Place the steps from left to right by when they come, in rows so that lines can pass."""
    order = sorted(shown, key=lambda row: (row["mean_place"], row["node"]))
    height = (1.5, 2.8, 0.2, 2.1, 0.9)
    spots = {ENTRY: (0.0, 1.5)}
    for place, row in enumerate(order):
        spots[row["node"]] = (float(place + 1), height[(place + 1) % len(height)])
    spots[EXIT] = (float(len(order) + 1), 1.5)
    return spots


def _columns(spots: dict[str, tuple[float, float]]) -> float:
    return max(x for x, _ in spots.values())


def _line(row: Row, spots: dict[str, tuple[float, float]], most: int) -> Row:
    (x, y), (x2, y2) = spots[row["source"]], spots[row["target"]]
    wide = _WIDTH / (_columns(spots) + 1.2) * (x2 - x)
    # A picture's y grows downwards, so a rise turns the arrow back; it points up at 0.
    high = -_HEIGHT / (_ROWS + 0.2) * (y2 - y)
    weight = math.sqrt(row["transitions"] / most)
    return {
        "x": x, "y": y, "x2": x2, "y2": y2, "width": round(0.6 + 6 * weight, 2), "head": round(40 + 90 * weight),
        "ax": round(x + _ARROW * (x2 - x), 3), "ay": round(y + _ARROW * (y2 - y), 3),
        "angle": round(math.degrees(math.atan2(high, wide)) + 90, 1),
    }  # fmt: skip


def _point(
    name: str,
    spots: dict[str, tuple[float, float]],
    shown: list[Row],
    loops: dict[str, float | None],
) -> Row:
    known = {row["node"]: row for row in shown}
    most = max(row["sessions"] for row in shown)
    row = known.get(name)
    words = Words(row["node_en"], row["node_zh"]) if row else MARKS[name]
    share = loops.get(name)
    turn = Words("", "")
    if share is not None and share >= _TOLD:
        turn = Words(f" (again {share:.0%})", f"（重复 {share:.0%}）")
    colour = "#ad3524" if name == EXIT else "#6f7d7a" if name in (ENTRY, BOUGHT) else "#655f56"
    return {
        "x": spots[name][0], "y": spots[name][1], "colour": colour,
        "size": round(60 + 340 * (row["sessions"] / most if row else 0.3)),
        "label": Words(f"{words.en[:24]}{turn.en}", f"{words.zh[:24]}{turn.zh}").to_dict(),
    }  # fmt: skip
