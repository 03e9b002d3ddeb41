"""The chart of `review_sentiment`: shares of the classes by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopkeeper.operations.reviews.phrases import NAMES
from shopkeeper.words import Words

_COLOURS = {"negative": "#ad3524", "neutral": "#cfc7b8", "positive": "#6f7d7a"}


def shares_chart(shares: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None when no month has enough reviews for a share."""
    values = [
        {
            "month": row["month"],
            "sentiment": NAMES[row["sentiment"]].to_dict(),
            "order": list(NAMES).index(row["sentiment"]),
            "share": round(row["share"], 4),
            "reviews": row["reviews"],
        }
        for row in shares
        if row["month"] is not None and row["share"] is not None
    ]
    if not values:
        return None
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 640,
        "height": 240,
        "title": Words("Sentiment of reviews by month", "各月评价情感占比").to_dict(),
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {
                "field": "month",
                "type": "ordinal",
                "title": Words("Month", "月份").to_dict(),
                "axis": {"labelAngle": -45, "labelOverlap": True},
            },
            "y": {
                "field": "share",
                "type": "quantitative",
                "stack": "zero",
                "scale": {"domain": [0, 1]},
                "axis": {"format": ".0%"},
                "title": Words("Share of reviews", "评价占比").to_dict(),
            },
            "color": {
                "field": "sentiment",
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
