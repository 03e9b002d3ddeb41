"""One number by day with the band expected of each day, as a Vega-Lite specification."""

from __future__ import annotations

from typing import Any

from shopkeeper.surfaces.charts import PAPER
from shopkeeper.surfaces.web.today.figures import Figure


def course_chart(figure: Figure) -> dict[str, Any]:
    """Draw a number of the last eight weeks; days outside their band are marked.

    Parameters
    ----------
    figure
        The number.
    """
    digits = 3 if figure.unit == "share" else 0
    rows = [
        {
            "day": point.on.isoformat(),
            "value": point.value,
            "low": point.band.low if point.band else None,
            # The further end of an area takes no format: a tip tells the number as it stands here.
            "high": round(point.band.high, digits) if point.band else None,
            "outside": bool(
                point.band
                and point.value is not None
                and not point.band.low <= point.value <= point.band.high
            ),
        }
        for point in figure.course
    ]
    starts = [row["day"] for row in rows[::7]]
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": {"en": "Day", "zh": "日期"},
        "axis": {"title": None, "format": "%m-%d", "values": starts, "labelOverlap": "greedy"},
    }
    y = {"field": "value", "type": "quantitative", "title": figure.title.to_dict()}
    form = ".0%" if figure.unit == "share" else ",.0f"
    y["axis"] = {"title": None, "tickCount": 4, "format": form}
    low = {**y, "field": "low", "title": {"en": "Lowest expected", "zh": "预期下限"}}
    high = {"field": "high", "title": {"en": "Highest expected", "zh": "预期上限"}}
    dot = {"type": "point", "filled": True, "opacity": 1}
    return {
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "area", "color": PAPER["band"], "opacity": 0.6, "interpolate": "step"},
                "encoding": {"x": x, "y": low, "y2": high},
            },
            {"mark": {"type": "line", "color": PAPER["calm"]}, "encoding": {"x": x, "y": y}},
            {
                "transform": [{"filter": "!datum.outside && isValid(datum.value)"}],
                "mark": {**dot, "size": 16, "color": PAPER["calm"]},
                "encoding": {"x": x, "y": y},
            },
            {
                "transform": [{"filter": "datum.outside"}],
                "mark": {**dot, "size": 60, "color": PAPER["accent"]},
                "encoding": {"x": x, "y": y},
            },
        ],
    }  # fmt: skip
