"""Charts of a page: drawn once for each content, for a wide and a narrow page, with a tip on every mark.

A drawing holds names that strangers chose. Vega escapes them; and whatever Vega writes, only elements and
attributes that draw are let through, so that no script, style or address ever reaches a page.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Xml

from markupsafe import Markup

from shopkeeper.surfaces.charts import svg
from shopkeeper.words import localised

NARROW = 340
"""Width of a phone's page."""

_LABELS = 130
"""Width that the labels of one of several views beneath one another take, to begin with."""

_NARROW_LABELS, _TICKS, _NARROW_TICKS = 104, 6, 3
_BESIDE = 7
"""How many times the room beside bars a phone needs."""

_SLACK = 2
"""Width by which a drawing may miss the page."""

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = {
    "svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title", "defs", "linearGradient", "stop",
    "clipPath",
}  # fmt: skip
_ATTRIBUTES = {
    "aria-label", "clip-path", "cx", "cy", "d", "dx", "dy", "fill", "fill-opacity", "font-family", "font-size",
    "font-style", "font-weight", "height", "id", "offset", "opacity", "r", "role", "rx", "ry", "stop-color",
    "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "stroke-opacity", "stroke-width", "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2", "y",
    "y1", "y2",
}  # fmt: skip
_WIDTH = re.compile(r'<svg[^>]* width="(\d+)"')
_MARKS = {"path", "line", "rect", "circle"}
Xml.register_namespace("", _SVG)


def untitled(chart: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return a chart in one language without its title, for a page whose heading says it already.

    Several views beneath one another keep theirs.
    """
    return {name: part for name, part in localised(chart, lang).items() if name != "title"}


def drawing(
    chart: dict[str, Any],
    *,
    title: str,
    lang: str,
    width: int | None = None,
    prefix: str = "c",
    told: bool = True,
) -> Markup:
    """Draw a chart as an `<svg>` element that is safe to stand in a page.

    Parameters
    ----------
    chart
        A Vega-Lite specification with its data inside.
    title
        What it shows.
    lang
        Language of its texts.
    width
        Width to draw for; its own when not given.
    prefix
        Put before the ids inside, so that two drawings in a page do not meet.
    told
        Whether every mark has a tip with its values.

    Examples
    --------
    >>> bars = {
    ...     "data": {"values": [{"name": "</svg><script>x()</script>", "n": 3}]},
    ...     "mark": "bar",
    ...     "encoding": {"x": {"field": "name"}, "y": {"field": "n", "type": "quantitative"}},
    ... }
    >>> drawn = drawing(bars, title="n", lang="en", width=300)
    >>> "<script" in drawn, "<title>name: " in drawn
    (False, True)
    """
    drawn = (
        svg(chart, title=title, lang=lang, told=told)
        if width is None
        else _fit(chart, title, lang, width, told)
    )
    root = Xml.fromstring(drawn)  # noqa: S314 — written by Vega a moment ago, without any entity
    clean(root, prefix)
    return Markup(Xml.tostring(root, encoding="unicode"))  # noqa: S704


def _fit(chart: dict[str, Any], title: str, lang: str, width: int, told: bool) -> str:
    """Draw a chart as wide as the page; several views are drawn again where the first try missed it."""
    plain = _calm(chart, is_narrow=width < 2 * NARROW)
    fitted = _fitted(plain, width, _LABELS)
    whole = width if fitted is plain else None
    drawn = svg(fitted, title=title, lang=lang, width=whole, told=told)
    found = _WIDTH.search(drawn)
    missed = width - int(found[1]) if found else 0
    if whole is None and "vconcat" in plain and abs(missed) > _SLACK:
        again = _fitted(plain, width, _LABELS - missed)
        drawn = svg(again, title=title, lang=lang, told=told)
    return drawn


def _calm(chart: dict[str, Any], *, is_narrow: bool) -> dict[str, Any]:
    """Return a chart with few ticks, and on a phone with labels that leave room for what they label."""
    axis: dict[str, Any] = {"tickCount": _NARROW_TICKS if is_narrow else _TICKS}
    config = {"axisXQuantitative": axis, **chart.get("config", {})}
    if not is_narrow:
        return {**chart, "config": config}
    # A heading that begins beside the labels would make the drawing wider than its page.
    heading = {"fontSize": 12, "limit": NARROW - 10, "anchor": "end"}
    config["title"] = {**heading, **config.get("title", {})}
    config["axisY"] = {"labelLimit": _NARROW_LABELS, **config.get("axisY", {})}
    shortened: dict[str, Any] = _shortened(chart)
    return {**shortened, "config": config}


def _shortened(part: Any) -> Any:
    """Return a part of a specification whose labels are cut where they would fill a phone."""
    if isinstance(part, list):
        return [_shortened(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: one if name == "data" else _shortened(one) for name, one in part.items()}
    if isinstance(kept.get("labelLimit"), (int, float)):
        kept["labelLimit"] = min(kept["labelLimit"], _NARROW_LABELS)
    ends = kept.get("domain")
    if isinstance(ends, list) and len(ends) == 2 and ends[0] == 0 and 1 < ends[1] < 1.5:
        # A scale of shares that goes on beyond 1 keeps room for the numbers that stand beside its bars.
        kept["domain"] = [0, 1 + _BESIDE * (ends[1] - 1)]
    return kept


def _fitted(chart: dict[str, Any], width: int, labels: int) -> dict[str, Any]:
    """Return a chart of several views with each as wide as fits; another one as it is."""
    for way in ("vconcat", "hconcat"):
        if way in chart:
            views = chart[way]
            each = width if way == "vconcat" else width // len(views)
            room = max(120, each - labels)
            return {
                **chart,
                way: [_fitted({**view, "width": room}, each, labels) for view in views],
            }
    if width < 2 * NARROW and any(_mark(layer) == "rect" for layer in chart.get("layer", ())):
        layers = [_small(layer) if _mark(layer) == "text" else layer for layer in chart["layer"]]
        return _turned({**chart, "layer": layers, "width": width - labels})
    facet = chart.get("encoding", {}).get("facet")
    if facet:
        columns = 1 if width < 2 * NARROW else int(facet.get("columns", 3))
        encoding = {**chart["encoding"], "facet": {**facet, "columns": columns}}
        return {**chart, "encoding": encoding, "width": (width - 60) // columns - 30}
    return chart


def _small(layer: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers in the cells of a grid without decimals, as small as a phone needs them."""
    field = layer.get("encoding", {}).get("text", {}).get("field", "")
    whole = {"calculate": f"replace(datum['{field}'], regexp('[.][0-9]+'), '')", "as": field}
    mark = {
        **(layer["mark"] if isinstance(layer["mark"], dict) else {}),
        "type": "text",
        "fontSize": 9,
    }
    return {**layer, "mark": mark, "transform": [*layer.get("transform", []), whole]}


def _turned(view: dict[str, Any]) -> dict[str, Any]:
    """Return a view whose names beneath it stand upright, for beside one another they would meet."""
    across = view.get("encoding", {}).get("x", {})
    order = across.get("sort")
    named = across.get("type") == "nominal" or (
        isinstance(order, list) and not any(isinstance(one, int) for one in order)
    )
    if not named or not isinstance(across.get("axis"), dict):
        return view
    axis = {**across["axis"], "labelAngle": -90}
    return {**view, "encoding": {**view["encoding"], "x": {**across, "axis": axis}}}


def _mark(layer: dict[str, Any]) -> str:
    mark = layer.get("mark", "")
    return str(mark.get("type", "")) if isinstance(mark, dict) else str(mark)


def clean(element: Xml.Element, prefix: str, inside: bool = False) -> None:
    """Take out whatever does not draw, and turn what marks say into tips.

    Parameters
    ----------
    element
        A parsed drawing; changed in place.
    prefix
        Put before its ids.
    inside
        Whether it is a part of a drawing.
    """
    name = element.tag.removeprefix(f"{{{_SVG}}}")
    for attribute, value in list(element.attrib.items()):
        if attribute not in _ATTRIBUTES or ("url(" in value and not value.startswith("url(#")):
            del element.attrib[attribute]
        elif value.startswith("url(#"):
            element.set(attribute, value.replace("url(#", f"url(#{prefix}-"))
    if "id" in element.attrib:
        element.set("id", f"{prefix}-{element.get('id')}")
    said = element.attrib.pop("aria-label", "") if inside else ""
    if said and name in _MARKS:
        tip = Xml.Element(f"{{{_SVG}}}title")
        tip.text = said
        element.insert(0, tip)
    for child in list(element):
        if child.tag.removeprefix(f"{{{_SVG}}}") in _ELEMENTS:
            clean(child, prefix, inside=True)
        else:
            element.remove(child)
