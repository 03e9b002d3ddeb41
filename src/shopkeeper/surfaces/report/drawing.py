"""Pictures for a block: one chart drawn for a wide and for a narrow page, and bars for table cells."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.intervals import Interval
from shopkeeper.surfaces.charts import svg
from shopkeeper.surfaces.report.blocks import Figure
from shopkeeper.surfaces.report.pen import Pen

WIDE, NARROW = 720, 344


def figure(
    chart: dict[str, Any], *, title: Markup, reading: Markup, described: Markup, pen: Pen
) -> Figure:
    """Draw a chart twice: for a page and for a phone.

    Parameters
    ----------
    chart
        A Vega-Lite specification.
    title
        Heading of the picture.
    reading
        How to read it.
    described
        What it shows, for those who cannot see it.
    pen
        The pen of the report.
    """
    alt = described.striptags()
    wide, narrow = (
        Markup(svg(chart, title=alt, lang=pen.lang, width=width))  # noqa: S704
        for width in (WIDE, NARROW)
    )
    return Figure(title, wide, narrow, reading)


def strip(interval: Interval, overall: float, most: float) -> Markup:
    """Draw an interval as a dot on a line, with the overall share as a tick.

    Parameters
    ----------
    interval
        The share.
    overall
        The share to compare with.
    most
        The share at the right end.
    """
    low, middle, high, tick = (
        f"{100 * min(1.0, value / most):.1f}%"
        for value in (interval.low, interval.value, interval.high, overall)
    )
    return Markup(
        '<svg class="strip" aria-hidden="true" width="100%" height="16">'
        '<line class="track" x1="0" x2="100%" y1="8" y2="8"/>'
        '<line class="tick" x1="{tick}" x2="{tick}" y1="1" y2="15"/>'
        '<line class="span" x1="{low}" x2="{high}" y1="8" y2="8"/>'
        '<circle class="dot" cx="{middle}" cy="8" r="4"/></svg>'
    ).format(low=low, middle=middle, high=high, tick=tick)
