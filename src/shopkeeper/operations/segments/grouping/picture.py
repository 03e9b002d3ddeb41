"""The chart of `segment`: the grid of RFM scores, and how customers moved in the last month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shopkeeper.operations.segments.grouping.describing import NOBODY, NOBODY_YET
from shopkeeper.operations.segments.grouping.ways import Way, hidden_scores
from shopkeeper.operations.segments.guards import withheld_beside
from shopkeeper.words import Words

Row = dict[str, Any]
Chart = dict[str, Any]
_DEEP, _GREY = "#ad3524", "#e3ddd1"
_FAINT, _FULL = 0.06, 0.54
"""Cells are of one colour and shine through: what stands in them is read on light and on dark paper alike."""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def chart(way: Way, migration: Sequence[Row], least: int) -> Chart | None:
    """Return a Vega-Lite specification; None where no cell may be shown."""
    parts = [grid(way, least) if way.scores is not None else None, moves(way, migration)]
    shown = [part for part in parts if part]
    if not shown:
        return None
    if len(shown) == 1:
        return {"$schema": _SCHEMA, **shown[0]}
    return {
        "$schema": _SCHEMA,
        "vconcat": shown,
        "resolve": {"scale": {"fillOpacity": "independent"}},
    }


def grid(way: Way, least: int) -> Chart | None:
    """Return customers by score of recency and of frequency; what is not told is grey."""
    assert way.scores is not None, "only RFM has scores"
    cells = np.zeros((6, 6), np.int64)
    np.add.at(cells, (way.scores[:, 0], way.scores[:, 1]), 1)
    # Both totals stand among the cuts, but for those of scores that are hidden there.
    recents, frequents, _ = hidden_scores(way.scores, least)
    hidden = withheld_beside(cells, recents, frequents, least=least)
    if hidden[cells > 0].all():
        return None
    values = [
        {"recent": recent, "frequent": frequent,
         "customers": None if hidden[recent, frequent] else int(cells[recent, frequent]),
         "told": "…" if hidden[recent, frequent] else f"{cells[recent, frequent]:,}"}
        for recent in range(1, 6) for frequent in range(1, 6) if cells[recent, frequent]
    ]  # fmt: skip
    return _heat(
        values,
        _Side("frequent", [1, 2, 3, 4, 5], Words("Frequency", "购买频次")),
        _Side("recent", [5, 4, 3, 2, 1], Words("Recency", "最近购买")),
        "customers",
        Words("Customers", "顾客数"),
        Words(
            f"Customers by score, 5 is best (grey: under {least}, or would tell of such)",
            f"各评分的顾客数，5 为最好（灰色：不足 {least}，或据此可推算出不足者）",
        ),
    )


def moves(way: Way, migration: Sequence[Row]) -> Chart | None:
    """Return where the customers of each segment were a month later."""
    last = max((row["month"] for row in migration), default=None)
    rows = [row for row in migration if row["month"] == last and row["customers"] is not None]
    if not rows:
        return None
    names = {key: words.to_dict() for key, words in zip(way.ids, way.names, strict=True)}
    names[NOBODY] = NOBODY_YET.to_dict()
    values = [
        {"from": names[row["from"]], "to": names[row["to"]], "share": round(row["share"], 6),
         "told": f"{row['share']:.0%}"}
        for row in rows
    ]  # fmt: skip
    used = [names[key] for key in names if any(names[key] in (v["from"], v["to"]) for v in values)]
    return _heat(
        values,
        _Side("to", used, Words("A month later", "一个月后")),
        _Side("from", used, Words("Before", "之前")),
        "share",
        Words("Share", "占比"),
        Words(f"Where customers were a month later, to {last}", f"一个月后去了哪里，截至 {last}"),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a heat map: its field, the order of its values, and its title."""

    field: str
    order: list[Any]
    title: Words


def _heat(
    values: list[Row], across: _Side, down: _Side, field: str, legend: Words, title: Words
) -> Chart:
    """Return a heat map; cells without a number are grey."""
    crowded = across.field == "to"
    colour = {
        "field": field, "type": "quantitative", "title": legend.to_dict(),
        "scale": {"range": [_FAINT, _FULL], "domainMin": 0},
        "legend": None,
    }  # fmt: skip
    plain = {"ticks": False, "domain": False, "labelLimit": 240}
    return {
        "width": {"step": 64 if crowded else 72},
        "height": {"step": 26},
        "title": title.to_dict(),
        "data": {"values": values},
        "encoding": {
            "x": {"field": across.field, "type": "ordinal", "sort": across.order, "title": across.title.to_dict(),
                  "axis": {**plain, "labelAngle": 0}},
            "y": {"field": down.field, "type": "ordinal", "sort": down.order, "title": down.title.to_dict(),
                  "axis": plain},
        },
        "layer": [
            {"transform": [{"filter": f"datum.{field} === null"}],
             "mark": {"type": "rect", "color": _GREY}},
            {"transform": [{"filter": f"datum.{field} !== null"}],
             "mark": {"type": "rect", "color": _DEEP}, "encoding": {"fillOpacity": colour}},
            {"mark": {"type": "text", "fontSize": 11},
             "encoding": {"text": {"field": "told", "type": "nominal"}, "color": {"value": "#1f1d1a"}}},
        ],
    }  # fmt: skip
