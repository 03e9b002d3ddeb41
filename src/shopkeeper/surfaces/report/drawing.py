"""Pictures for a block: one chart drawn for a wide and a narrow page, and small ones for table cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval
from shopkeeper.surfaces.charts import svg
from shopkeeper.surfaces.drawings import drawing, untitled
from shopkeeper.surfaces.report.blocks import Figure
from shopkeeper.surfaces.report.pen import Pen
from shopkeeper.words import Words

WIDE, NARROW = 720, 344
_POINTS, _HEIGHT = 26, 24


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


def own_chart(answer: Answer, title: Words, reading: Words, pen: Pen) -> list[Figure]:
    """Draw the chart that an answer has of its own; none where it has none.

    Parameters
    ----------
    answer
        The answer.
    title
        Heading of the picture.
    reading
        How to read it.
    pen
        The pen of the report.
    """
    if answer.chart is None:
        return []
    head = pen.say(title)
    bare = untitled(answer.chart, pen.lang)
    wide, narrow = (
        drawing(
            bare,
            title=head.striptags(),
            lang=pen.lang,
            width=width,
            prefix=f"{answer.verb}-{width}",
            told=False,
        )
        for width in (WIDE, NARROW)
    )
    return [Figure(head, wide, narrow, pen.say(reading))]


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


def course(weeks: Sequence[dict[str, Any]], changed: date | None) -> Markup:
    """Draw the share of a topic over time as a small line, with a vertical one where it changed.

    Parameters
    ----------
    weeks
        `week`, `texts` and `all_texts`, in order; taken together so that few points are left.
    changed
        Day of the change; None where there is none.
    """
    size = -(-len(weeks) // _POINTS)
    # Counted back from the newest, so that the last point is never of a part of a span.
    starts = range(len(weeks) % size if size else 0, len(weeks), size or 1)
    spans = [list(weeks[at : at + size]) for at in starts]
    # A span without any text has no share, and keeps its place.
    shares = {
        place: sum(row["texts"] for row in span) / whole
        for place, span in enumerate(spans)
        if (whole := sum(row["all_texts"] for row in span))
    }
    if len(shares) < 3:
        return Markup("–")
    top, wide = max(shares.values()) or 1.0, 100 / (len(spans) - 1)
    line = " ".join(
        f"{wide * at:.1f},{_HEIGHT - 2 - (_HEIGHT - 4) * share / top:.1f}"
        for at, share in shares.items()
    )
    mark = Markup()
    if changed is not None:
        before = sum(span[-1]["week"] < changed for span in spans)
        mark = Markup('<line class="when" x1="{x}" x2="{x}" y1="0" y2="{y}"/>').format(
            x=f"{wide * min(before, len(spans) - 1):.1f}", y=_HEIGHT
        )
    return Markup(
        '<svg class="course" aria-hidden="true" viewBox="0 0 100 {height}" preserveAspectRatio="none" '
        'width="100%" height="{height}">{mark}<polyline points="{line}"/></svg>'
    ).format(height=_HEIGHT, mark=mark, line=line)
