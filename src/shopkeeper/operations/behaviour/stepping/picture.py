"""The chart of `funnel`: bars by step, side by side where there is a cohort or a breakdown."""

from __future__ import annotations

from typing import Any

from shopkeeper.operations.behaviour.vocabulary import event_words
from shopkeeper.words import Words

SHOWN = 4
_COLOURS = ["#ad3524", "#6f7d7a", "#c98a2b", "#2f5d62"]
_SIDES = {
    "all": Words("all", "全部"),
    "in": Words("in the cohort", "人群内"),
    "out": Words("out of it", "人群外"),
}


def bars(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a Vega-Lite specification; None where too few began to show a share."""
    series: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        series.setdefault((row["cohort"], row["group_en"]), []).append(row)
    wanted = [key for key in series if series[key][0]["share"] is not None]
    parts = [key for key in wanted if key[1]] or [key for key in wanted if key[0] != "all"]
    chosen = (parts or wanted)[:SHOWN]
    if not chosen:
        return None
    values = [_value(row) for key in chosen for row in series[key] if row["share"] is not None]
    encoding: dict[str, Any] = {
        "y": {"field": "step", "type": "ordinal", "sort": None, "title": None,
              "axis": {"labelLimit": 260}},
        "x": {"field": "share", "type": "quantitative", "axis": {"format": ".0%", "values": [0, 0.2, 0.4, 0.6, 0.8, 1]},
              "scale": {"domain": [0, 1.12], "nice": False},
              "title": Words("Share of the first step", "占第一步的比例").to_dict()},
    }  # fmt: skip
    bar: dict[str, Any] = {"mark": {"type": "bar", "color": _COLOURS[1]}}
    if parts:
        names = [_name(series[key][0]).to_dict() for key in chosen]
        bar = {
            "mark": "bar",
            "encoding": {
                "color": {
                    "field": "who",
                    "type": "nominal",
                    "title": None,
                    "sort": None,
                    "scale": {"domain": names, "range": _COLOURS[: len(names)]},
                }
            },
        }
        encoding["yOffset"] = {"field": "who", "type": "nominal", "sort": None}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 560,
        "height": {"step": 20, "for": "offset"} if parts else {"step": 40},
        "title": Words("How many go on", "各步转化").to_dict(),
        "data": {"values": values},
        "encoding": encoding,
        "layer": [bar, *_whiskers(), _labels()],
    }


def _value(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "step": event_words(row["step"]).to_dict(),
        "who": _name(row).to_dict(),
        "share": round(row["share"], 6),
        "low": round(row["low"], 6),
        "high": round(row["high"], 6),
        "told": f"{row['share']:.1%} · {row['count']:,}",
    }


def _name(row: dict[str, Any]) -> Words:
    side, group = _SIDES[row["cohort"]], Words(row["group_en"][:40], row["group_zh"][:40])
    if not group.en:
        return side
    if row["cohort"] == "all":
        return group
    return Words(f"{group.en}, {side.en}", f"{group.zh}，{side.zh}")


def _whiskers() -> list[dict[str, Any]]:
    return [
        {
            "mark": {"type": "rule", "color": "#1f1d1a"},
            "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
        }
    ]


def _labels() -> dict[str, Any]:
    return {
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {
            "x": {"field": "high", "type": "quantitative"},
            "text": {"field": "told", "type": "nominal"},
        },
    }
