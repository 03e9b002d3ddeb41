"""Section of `sentiment_effect`: what goes with bad reviews, and how late deliveries are reviewed."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import proportion
from shopkeeper.surfaces.report import figures, phrases
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Missing, Points, Section
from shopkeeper.surfaces.report.drawing import figure
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, percent
from shopkeeper.words import Words

VERB = "sentiment_effect"


def effect(material: Material, pen: Pen) -> Section:
    """Write the section of what goes with bad reviews."""
    head = pen.say(phrases.EFFECT)
    answer = material.answers.get(VERB)
    late = _lateness(material, pen)
    if answer is None:
        return Section("effect", head, blocks=(Missing(pen.say(phrases.EFFECT_MISSING)), *late))
    said = tuple(pen.sentence(words, f"{VERB}:difference") for words in answer.summary)
    return Section("effect", head, pen.say(phrases.EFFECT_LEAD), (Points(said), *late))


def _lateness(material: Material, pen: Pen) -> list[Block]:
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
        reading=pen.say(phrases.SHARES_READING),
        described=pen.say(
            phrases.SHARES_ALT,
            title=title,
            first=most.label,
            share=percent(most.share.value),
            overall=percent(whole),
        ),
        pen=pen,
    )
    return [picture, _lateness_table(counted, pen)]


def _lateness_table(counted: list[tuple[Words, int, int]], pen: Pen) -> Grid:
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
    )
    return Grid(pen.say(phrases.LATENESS_TABLE), columns, rows)


def _within(rows: list[dict[str, Any]], low: int | None, high: int | None) -> tuple[int, int]:
    chosen = [
        row
        for row in rows
        if (low is None or row["days"] >= low) and (high is None or row["days"] <= high)
    ]
    return sum(row["negative"] for row in chosen), sum(row["reviews"] for row in chosen)


def drivers(answer: Answer | None, pen: Pen) -> tuple[Markup, ...]:
    """Return the two sentences that say what goes with bad reviews."""
    if answer is None:
        return ()
    return tuple(pen.sentence(words, f"{VERB}:difference") for words in answer.summary[:2])
