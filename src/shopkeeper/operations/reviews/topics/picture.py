"""The chart of `review_topics`: the share of the first topics by week."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from shopkeeper.words import Words

SHOWN, WEEKS = 6, 26
_COLOURS = ["#ad3524", "#2f5d62", "#c98a2b", "#6f7d7a", "#7a4b6d", "#8a9a5b"]


def weeks_chart(topics: pa.Table, weeks: pa.Table) -> dict[str, Any] | None:
    """Return a Vega-Lite specification of the last half year; None where no week has a share."""
    names = {row["topic"]: row["name"] for row in topics.slice(0, SHOWN).to_pylist()}
    shown = set(sorted(set(weeks["week"].to_pylist()))[-WEEKS:])
    values = [
        {
            "week": row["week"].isoformat(),
            "topic": f"{row['topic']}. {names[row['topic']]}",
            "share": round(row["share"], 4),
            "texts": row["texts"],
        }
        for row in weeks.to_pylist()
        if row["topic"] in names and row["share"] is not None and row["week"] in shown
    ]
    if not values:
        return None
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 640,
        "height": 260,
        "title": Words("Share of texts by topic and week", "各周话题占比").to_dict(),
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {
                "field": "week",
                "type": "temporal",
                "title": Words("Week from", "周（起始日）").to_dict(),
                "axis": {"format": "%Y-%m-%d", "labelAngle": 0, "labelOverlap": "greedy"},
            },
            "y": {
                "field": "share",
                "type": "quantitative",
                "axis": {"format": ".0%"},
                "title": Words("Share of the week's texts", "占当周文本的比例").to_dict(),
            },
            "color": {
                "field": "topic",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [f"{number}. {name}" for number, name in names.items()],
                    "range": _COLOURS[: len(names)],
                },
            },
        },
    }
