"""The chart of `review_aspects`: complaints and praise of each aspect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopkeeper.operations.reviews.phrases import NAMES
from shopkeeper.operations.reviews.pictures import stacked_bars
from shopkeeper.words import Words

SHOWN = 12


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
    aspect = {
        "field": "aspect",
        "type": "nominal",
        "sort": {"field": "place", "op": "min"},
        "title": None,
    }
    reviews = {
        "field": "reviews",
        "type": "quantitative",
        "stack": "zero",
        "title": Words("Reviews", "评价数").to_dict(),
    }
    return stacked_bars(
        values,
        title=Words(
            "Reviews by what they speak of, most complaints first", "各方面的评价数，抱怨最多的在前"
        ),
        size={"width": 560, "height": {"step": 24}},
        axes={"y": aspect, "x": reviews},
        by="polarity",
    )
