"""The chart of `review_aspects`: complaints and praise of each aspect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopkeeper.operations.reviews.phrases import NAMES
from shopkeeper.words import Words

SHOWN = 12
_COLOURS = {"negative": "#ad3524", "neutral": "#cfc7b8", "positive": "#6f7d7a"}


def aspects_chart(rows: Sequence[dict[str, Any]], *, least: int) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None when no aspect has enough reviews."""
    kept = [row for row in rows if row["reviews"] >= least][:SHOWN]
    values = [
        {
            "aspect": {"en": row["aspect_en"], "zh": row["aspect_zh"]},
            "place": place,
            "polarity": NAMES[kind].to_dict(),
            "order": order,
            "reviews": row[kind],
        }
        for place, row in enumerate(kept)
        for order, kind in enumerate(NAMES)
    ]
    if not values:
        return None
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 560,
        "height": {"step": 24},
        "title": Words(
            "Reviews by what they speak of, most complaints first", "各方面的评价数，抱怨最多的在前"
        ).to_dict(),
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {
                "field": "aspect",
                "type": "nominal",
                "sort": {"field": "place", "op": "min"},
                "title": None,
            },
            "x": {
                "field": "reviews",
                "type": "quantitative",
                "stack": "zero",
                "title": Words("Reviews", "评价数").to_dict(),
            },
            "color": {
                "field": "polarity",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [NAMES[name].to_dict() for name in NAMES],
                    "range": [_COLOURS[name] for name in NAMES],
                },
            },
            "order": {"field": "order", "type": "quantitative"},
        },
    }
