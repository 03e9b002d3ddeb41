"""Charts of a page: drawn once for each content, for a wide and a narrow page, with a tip on every mark.

A drawing holds names that strangers chose. Vega escapes them; and whatever Vega writes, only elements and
attributes that draw are let through, so that no script, style or address ever reaches a page.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from markupsafe import Markup

from shopkeeper.surfaces.charts import svg
from shopkeeper.words import localised

WIDE, NARROW = 1040, 340
_KEPT = 256
_LABELS = 130
"""Width that the labels of one of several views beneath one another take."""

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
_MARKS = {"path", "line", "rect", "circle"}
Xml.register_namespace("", _SVG)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a page shows it.

    Parameters
    ----------
    title
        What it shows.
    wide, narrow
        Drawn for a page and for a phone.
    told
        What it says, for those who cannot see it.
    address
        Where it can be had as a file: `address.svg?query`, `address.png?query`, `address/live?query`.
    query
        What comes behind the question mark; empty where nothing does.
    """

    title: str
    wide: Markup
    narrow: Markup
    told: str = ""
    address: str = ""
    query: str = ""


class Pictures:
    """Draws charts and keeps what it has drawn, by content."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Markup] = OrderedDict()

    def picture(
        self,
        chart: dict[str, Any],
        *,
        title: str,
        lang: str,
        told: str = "",
        address: str = "",
        query: str = "",
    ) -> Picture:
        """Return a chart drawn for a wide and for a narrow page.

        Parameters
        ----------
        chart
            A Vega-Lite specification with its data inside.
        title, told, address, query
            As for `Picture`.
        lang
            Language of its texts.
        """
        # The heading above the picture says it already.
        bare = {name: value for name, value in localised(chart, lang).items() if name != "title"}
        wide, narrow = (self._drawn(bare, title, lang, width) for width in (WIDE, NARROW))
        return Picture(title, wide, narrow, told, address, query)

    def _drawn(self, chart: dict[str, Any], title: str, lang: str, width: int) -> Markup:
        text = json.dumps([chart, title, lang, width], sort_keys=True, default=str)
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self._kept:
            self._kept[key] = drawing(chart, title=title, lang=lang, width=width, prefix=key[:8])
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def drawing(
    chart: dict[str, Any], *, title: str, lang: str, width: int | None = None, prefix: str = "c"
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
    fitted = chart if width is None else _fitted(chart, width)
    whole = width if width is not None and fitted is chart else None
    drawn = svg(fitted, title=title, lang=lang, width=whole, told=True)
    root = Xml.fromstring(drawn)  # noqa: S314 — written by Vega a moment ago, without any entity
    clean(root, prefix)
    return Markup(Xml.tostring(root, encoding="unicode"))  # noqa: S704


def _fitted(chart: dict[str, Any], width: int) -> dict[str, Any]:
    """Return a chart of several views with each as wide as fits; another one as it is."""
    for way in ("vconcat", "hconcat"):
        if way in chart:
            views = chart[way]
            each = width if way == "vconcat" else width // len(views)
            room = max(120, each - _LABELS)
            return {**chart, way: [_fitted({**view, "width": room}, each) for view in views]}
    if width < 2 * NARROW and any(_mark(layer) == "rect" for layer in chart.get("layer", ())):
        # Numbers do not fit into the cells of a narrow grid; each has its tip.
        bare = [layer for layer in chart["layer"] if _mark(layer) != "text"]
        return {**chart, "layer": bare, "width": width - _LABELS}
    facet = chart.get("encoding", {}).get("facet")
    if facet:
        columns = 1 if width < 2 * NARROW else int(facet.get("columns", 3))
        encoding = {**chart["encoding"], "facet": {**facet, "columns": columns}}
        return {**chart, "encoding": encoding, "width": (width - 60) // columns - 30}
    return chart


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
