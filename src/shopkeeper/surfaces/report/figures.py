"""The report's own pictures as Vega-Lite specifications; `surfaces/charts.py` draws them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from shopkeeper.intervals import Interval, proportion
from shopkeeper.surfaces.charts import PAPER
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.queries import Moment
from shopkeeper.surfaces.report.said_phrases import ASPECT_POLARITIES

_PERCENT = {"format": ".0%", "tickCount": 5, "title": None}
_SIGNED = "(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') + abs(datum.value)"
_ORDER = ("negative", "neutral", "positive")
_LABEL, _LABEL_ZH = 30, 14
"""Letters of one line of a label, and Chinese characters."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """One value of a course over time."""

    start: date
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """One share with its interval."""

    label: str
    share: Interval


@dataclass(frozen=True, slots=True)
class Opinions:
    """How many reviews complain of something, praise it, or do neither."""

    label: str
    negative: int
    neutral: int
    positive: int


Dated = Moment | Course


def negative_over_time(moments: Sequence[Moment], least: int) -> dict[str, Any]:
    """Draw the negative share with its interval; periods with too few reviews leave a gap."""
    rows = []
    for moment in moments:
        share = proportion(moment.negative, moment.reviews)
        enough = moment.reviews >= least
        rows.append(
            {
                "start": moment.start.isoformat(),
                "share": share.value if enough else None,
                "low": share.low if enough else None,
                "high": share.high if enough else None,
            }
        )
    x = _time_axis(moments)
    y = {"field": "share", "type": "quantitative", "axis": _PERCENT, "scale": {"zero": True}}
    return {
        "height": 220,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "area", "color": PAPER["band"], "opacity": 0.75},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "line", "point": {"size": 26, "color": PAPER["accent"]}},
                "encoding": {"x": x, "y": y},
            },
        ],
    }


def reviews_over_time(moments: Sequence[Moment]) -> dict[str, Any]:
    """Draw the number of reviews by sentiment as stacked bars."""
    rows = [
        {**_bar(moment.start, moments), **piece} for moment in moments for piece in _stacked(moment)
    ]
    colour = {
        "field": "sentiment",
        "type": "nominal",
        "scale": {
            "domain": [phrases.SENTIMENTS[name].to_dict() for name in _ORDER],
            "range": [PAPER["accent"], PAPER["middle"], PAPER["calm"]],
        },
    }
    return {
        "height": 180,
        "data": {"values": rows},
        "mark": "rect",
        "encoding": {
            "x": _time_axis(moments),
            "x2": {"field": "end"},
            "y": {"field": "top", "type": "quantitative", "axis": _amounts(rows, "top")},
            "y2": {"field": "bottom"},
            "color": colour,
        },
    }


def bars_over_time(course: Sequence[Course]) -> dict[str, Any]:
    """Draw one number of the shop by period as bars."""
    rows = [{**_bar(item.start, course), "value": item.value} for item in course]
    return {
        "height": 180,
        "data": {"values": rows},
        "mark": {"type": "rect", "color": PAPER["calm"]},
        "encoding": {
            "x": _time_axis(course),
            "x2": {"field": "end"},
            "y": {"field": "value", "type": "quantitative", "axis": _amounts(rows, "value")},
            "y2": {"datum": 0},
        },
    }


def shares(lines: Sequence[Line], overall: float) -> dict[str, Any]:
    """Draw shares with their intervals, one line each, beside the overall share.

    Parameters
    ----------
    lines
        What to show, in order.
    overall
        Share of all together, drawn as a vertical line.
    """
    labels = [_folded(line.label) for line in lines]
    rows = [_row(label, line) for label, line in zip(labels, lines, strict=True)]
    most = max((label.count("\n") for label in labels), default=0)
    y = _labelled(labels)
    x = {"field": "share", "type": "quantitative", "axis": {**_PERCENT, "grid": True}}
    return {
        "height": {"step": 26 + 10 * most},
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [{"overall": overall}]},
                "mark": {"type": "rule", "color": PAPER["muted"], "strokeDash": [3, 3]},
                "encoding": {"x": {"field": "overall", "type": "quantitative"}},
            },
            {
                "mark": {"type": "rule", "color": PAPER["accent"], "strokeWidth": 2},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "color": PAPER["accent"], "size": 70, "opacity": 1},
                "encoding": {"y": y, "x": x},
            },
        ],
    }


def opinions(bars: Sequence[Opinions]) -> dict[str, Any]:
    """Draw how many reviews complain of each thing, praise it or do neither, as bars in order."""
    labels = [_folded(bar.label) for bar in bars]
    rows = [
        {
            "label": label,
            "said": ASPECT_POLARITIES[name].to_dict(),
            "place": place,
            "reviews": getattr(bar, name),
        }
        for label, bar in zip(labels, bars, strict=True)
        for place, name in enumerate(_ORDER)
    ]
    colour = {
        "field": "said",
        "type": "nominal",
        "scale": {
            "domain": [ASPECT_POLARITIES[name].to_dict() for name in _ORDER],
            "range": [PAPER["accent"], PAPER["middle"], PAPER["calm"]],
        },
    }
    x = {"field": "reviews", "type": "quantitative", "stack": "zero"}
    return {
        "height": {"step": 26},
        "data": {"values": rows},
        "mark": {"type": "bar", "height": {"band": 0.62}},
        "encoding": {
            "y": _labelled(labels),
            "x": {**x, "axis": {"title": None, "tickCount": 4, "grid": True}},
            "color": colour,
            "order": {"field": "place"},
        },
    }


def _row(label: str, line: Line) -> dict[str, Any]:
    share = line.share
    return {"label": label, "share": share.value, "low": share.low, "high": share.high}


def steps(lines: Sequence[Line]) -> dict[str, Any]:
    """Draw the share that reaches each step as bars in order, each with its interval and its number."""
    labels = [_folded(line.label) for line in lines]
    rows = [
        _row(label, line) | {"told": f"{100 * line.share.value:.1f}%"}
        for label, line in zip(labels, lines, strict=True)
    ]
    axis = {**_PERCENT, "values": [0, 0.25, 0.5, 0.75, 1], "grid": True}
    # The number stands right of the longest bar, which therefore ends before the picture does.
    x = {"type": "quantitative", "axis": axis, "scale": {"domain": [0, 1.25], "nice": False}}
    return {
        "height": {"step": 34},
        "data": {"values": rows},
        "encoding": {"y": _labelled(labels)},
        "layer": [
            {
                "mark": {"type": "bar", "color": PAPER["calm"], "height": {"band": 0.62}},
                "encoding": {"x": {**x, "field": "share"}},
            },
            {
                "mark": {"type": "rule", "color": PAPER["ink"]},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "color": PAPER["ink"]},
                "encoding": {"x": {**x, "field": "high"}, "text": {"field": "told"}},
            },
        ],
    }


def differences(lines: Sequence[Line]) -> dict[str, Any]:
    """Draw differences in percentage points with their intervals, one line each, beside none."""
    drawn = shares(lines, 0.0)
    for layer in drawn["layer"][1:]:
        x = layer["encoding"]["x"]
        layer["encoding"]["x"] = {
            **x,
            "axis": {"title": None, "tickCount": 5, "grid": True, "labelExpr": _SIGNED},
        }
    return drawn


def _labelled(labels: Sequence[str]) -> Row:
    """Return an axis of names in the given order."""
    return {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "axis": {
            "title": None,
            "ticks": False,
            "domain": False,
            "labelLimit": 200,
            "labelExpr": "split(datum.label, '\\n')",
            "labelColor": PAPER["ink"],
        },
    }


def _folded(label: str) -> str:
    """Return a label in lines short enough that none is cut."""
    chinese = any("\u3000" <= letter <= "\u9fff" for letter in label)
    return "\n".join(textwrap.wrap(label, _LABEL_ZH if chinese else _LABEL)) or label


def _amounts(rows: Sequence[Row], field: str) -> Row:
    """Return an axis of amounts, all of its numbers in one unit."""
    most = max((row[field] for row in rows), default=0)
    zh = en = "format(datum.value, ',')"
    if most >= 10_000:
        size, unit = ("1e8", "亿") if most >= 1e8 else ("1e4", "万")
        en = "format(datum.value, '~s')"
        zh = f"datum.value === 0 ? '0' : format(datum.value / {size}, ',~f') + '{unit}'"
    return {"title": None, "tickCount": 4, "labelExpr": {"en": en, "zh": zh}}


def _time_axis(course: Sequence[Dated]) -> Row:
    starts = [item.start for item in course]
    quarters = [start for start in starts if start.month in (1, 4, 7, 10) and start.day == 1]
    chosen = quarters if len(quarters) >= 3 else starts[:: max(1, len(starts) // 5)]
    form = "%Y-%m" if all(start.day == 1 for start in chosen) else "%m-%d"
    axis = {
        "title": None,
        "format": form,
        "values": [start.isoformat() for start in chosen],
        "labelOverlap": "greedy",
        "labelSeparation": 10,
    }
    # Days are days of the shop; read as UTC they fall on the same day wherever the report is made.
    return {"field": "start", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _bar(start: date, course: Sequence[Dated]) -> Row:
    gaps = [(later.start - item.start).days for item, later in pairwise(course)]
    end = datetime.combine(start, time()) + timedelta(hours=round(24 * 0.84 * min(gaps)))
    return {"start": start.isoformat(), "end": end.isoformat()}


def _stacked(moment: Moment) -> list[Row]:
    pieces, bottom = [], 0
    for name in _ORDER:
        top = bottom + getattr(moment, name)
        pieces.append(
            {"sentiment": phrases.SENTIMENTS[name].to_dict(), "bottom": bottom, "top": top}
        )
        bottom = top
    return pieces
