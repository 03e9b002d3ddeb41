"""How early or late an order came, and what its review says: the clearest picture of a shop."""

from __future__ import annotations

from typing import Any

from shopkeeper.intervals import proportion
from shopkeeper.surfaces.report import figures, phrases
from shopkeeper.surfaces.report.blocks import Block, Column, Grid
from shopkeeper.surfaces.report.drawing import figure
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, percent
from shopkeeper.words import Words


def lateness(material: Material, pen: Pen) -> list[Block]:
    """Write the share of negative reviews by days early or late; nothing where there are too few."""
    counted = [
        (words, *_within(material.lateness, low, high)) for low, high, words in phrases.LATENESS
    ]
    lines = [
        figures.Line(words.get(pen.lang), proportion(negative, total))
        for words, negative, total in counted
        if total >= material.least
    ]
    if len(lines) < 2:
        return []
    whole = proportion(sum(row[1] for row in counted), sum(row[2] for row in counted)).value
    title = pen.say(phrases.LATENESS_FIGURE)
    most = max(lines, key=lambda line: line.share.value)
    picture = figure(
        figures.shares(lines, whole),
        title=title,
        reading=pen.say(phrases.LATENESS_READING),
        described=pen.say(
            phrases.SHARES_ALT,
            title=title,
            first=most.label,
            share=percent(most.share.value),
            overall=percent(whole),
        ),
        pen=pen,
    )
    return [picture, _table(counted, pen)]


def _table(counted: list[tuple[Words, int, int]], pen: Pen) -> Grid:
    columns = (
        Column(pen.say(phrases.COLUMN_DELIVERY), "text"),
        Column(pen.say(phrases.COLUMN_REVIEWS)),
        Column(pen.say(phrases.COLUMN_SHARE)),
    )
    rows = tuple(
        (
            pen.link(words.get(pen.lang), "lateness"),
            pen.count(total, "lateness"),
            pen.share_cell(proportion(negative, total), total, "lateness"),
        )
        for words, negative, total in counted
        if total
    )
    return Grid(pen.say(phrases.LATENESS_TABLE), columns, rows)


def _within(rows: list[dict[str, Any]], low: int | None, high: int | None) -> tuple[int, int]:
    chosen = [
        row
        for row in rows
        if (low is None or row["days"] >= low) and (high is None or row["days"] <= high)
    ]
    return sum(row["negative"] for row in chosen), sum(row["reviews"] for row in chosen)
