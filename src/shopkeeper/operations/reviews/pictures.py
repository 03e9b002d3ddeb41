"""Bars stacked by class of sentiment, and the chart of `review_sentiment` made of them."""

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
    month = {
        "field": "month",
        "type": "ordinal",
        "title": Words("Month", "月份").to_dict(),
        "axis": {"labelAngle": 0, "labelOverlap": "greedy", "ticks": False},
    }
    share = {
        "field": "share",
        "type": "quantitative",
        "stack": "zero",
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%"},
        "title": Words("Share of reviews", "评价占比").to_dict(),
    }
    return stacked_bars(
        values,
        title=Words("Sentiment of reviews by month", "各月评价情感占比"),
        size={"width": 640, "height": 240},
        axes={"x": month, "y": share},
        by="sentiment",
    )


def stacked_bars(
    values: Sequence[dict[str, Any]],
    *,
    title: Words,
    size: dict[str, Any],
    axes: dict[str, Any],
    by: str,
) -> dict[str, Any]:
    """Return a Vega-Lite specification of bars stacked by class of sentiment.

    Parameters
    ----------
    values
        One row a piece of a bar; `order` is the place of the piece in its bar.
    title
        Title of the chart.
    size
        Its width and height.
    axes
        The encodings `x` and `y`.
    by
        Field that holds the name of the class.

    Examples
    --------
    >>> chart = stacked_bars([], title=Words("a", "甲"), size={}, axes={}, by="polarity")
    >>> chart["encoding"]["color"]["field"]
    'polarity'
    """
    colour = {
        "field": by,
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": [name.to_dict() for name in NAMES.values()],
            "range": [_COLOURS[name] for name in NAMES],
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        **size,
        "title": title.to_dict(),
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            **axes,
            "color": colour,
            "order": {"field": "order", "type": "quantitative"},
        },
    }
