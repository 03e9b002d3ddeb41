"""The chart of `explain_change`: from before to after, slice by slice."""

from __future__ import annotations

from typing import Any

from shopkeeper.words import Words

_COLOURS = {"up": "#6f7d7a", "down": "#ad3524", "whole": "#cfc7b8"}

_TOLD = Words(
    "datum.label",
    "abs(datum.value) < 1e4 ? format(datum.value, ',') : abs(datum.value) < 1e8"
    " ? format(datum.value / 1e4, '~f') + '万' : format(datum.value / 1e8, '~f') + '亿'",
)
"""What an axis says: in English by thousands, in Chinese by ten thousands and hundred millions."""


def waterfall(rows: list[dict[str, Any]], before: str, after: str, unit: str) -> dict[str, Any]:
    """Return a Vega-Lite specification.

    Parameters
    ----------
    rows
        The rows of the answer, the whole last.
    before, after
        The periods, as they are told.
    unit
        `money`, `count` or `share`.
    """
    at = float(rows[-1]["before"] or 0)
    values = [_bar(Words(before, before), 0.0, at, "whole")]
    for row in rows[:-1]:
        step = float(row["change"])
        label = Words(row["slice_en"][:44], row["slice_zh"][:44])
        values.append(_bar(label, at, at + step, "up" if step >= 0 else "down"))
        at += step
    values.append(_bar(Words(after, after), 0.0, at, "whole"))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": Words("From before to after", "从前一期到后一期").to_dict(),
        "width": 420,
        "height": {"step": 26},
        "data": {"values": values},
        "mark": {"type": "bar", "height": 16},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None,
                  "axis": {"labelLimit": 280}},
            "x": {"field": "start", "type": "quantitative", "title": None,
                  "axis": {"format": ".1%"} if unit == "share" else {"format": "~s", "labelExpr": _TOLD.to_dict()}},
            "x2": {"field": "end"},
            "color": {"field": "kind", "type": "nominal", "legend": None,
                      "scale": {"domain": list(_COLOURS), "range": list(_COLOURS.values())}},
        },
    }  # fmt: skip


def _bar(label: Words, start: float, end: float, kind: str) -> dict[str, Any]:
    return {"label": label.to_dict(), "start": round(start, 6), "end": round(end, 6), "kind": kind}
