"""Section of reviews over time: how many, how bad, read by what, and where words and stars differ."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval, proportion
from shopkeeper.surfaces.report import figures, phrases
from shopkeeper.surfaces.report.blocks import (
    Block,
    Case,
    Cases,
    Column,
    Grid,
    Missing,
    Paragraph,
    Section,
)
from shopkeeper.surfaces.report.drawing import figure
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, percent
from shopkeeper.surfaces.report.products import QUOTED, quote

_TELLING = 8
"""A text of fewer characters contradicts its stars more often by misreading than by meaning."""


def over_time(material: Material, pen: Pen) -> Section:
    """Write the section of reviews over time."""
    head = pen.say(phrases.TIME)
    if not material.total.reviews:
        return Section("time", head, blocks=(Missing(pen.say(phrases.TIME_MISSING)),))
    lead = pen.say(
        phrases.TIME_LEAD,
        negative=pen.count(material.total.negative, "negative_reviews"),
        total=pen.count(material.total.reviews, "reviews"),
        share=pen.share(
            proportion(material.total.negative, material.total.reviews),
            material.total.reviews,
            "negative_review_share",
        ),
    )
    blocks = [*_pictures(material, pen), *_disagreements(material, pen), *_reader(material, pen)]
    return Section("time", head, lead, tuple(blocks))


def _pictures(material: Material, pen: Pen) -> list[Block]:
    period = phrases.PERIODS[material.period].get(pen.lang)
    if not material.moments:
        return [Missing(pen.say(phrases.TIME_MISSING))]
    if len(material.moments) < 2:
        return [Missing(pen.say(phrases.TIME_TOO_SHORT, period=period))]
    drawn: list[Block] = []
    fit = [moment for moment in material.moments if moment.reviews >= material.least]
    if len(fit) >= 2:
        drawn.append(_share_picture(material, pen, period))
    drawn.append(
        figure(
            figures.reviews_over_time(material.moments),
            title=pen.say(phrases.TIME_COUNT, period=period),
            reading=pen.say(phrases.TIME_COUNT_READING),
            described=pen.say(phrases.TIME_COUNT, period=period),
            pen=pen,
        )
    )
    return drawn


def _share_picture(material: Material, pen: Pen, period: str) -> Block:
    fit = [moment for moment in material.moments if moment.reviews >= material.least]
    shares = [moment.negative / moment.reviews for moment in fit]
    return figure(
        figures.negative_over_time(material.moments, material.least),
        title=pen.say(phrases.TIME_NEGATIVE, period=period),
        reading=pen.say(
            phrases.TIME_NEGATIVE_READING,
            period=period,
            least=pen.count(material.least, "minimum_count"),
        ),
        described=pen.say(
            phrases.TIME_ALT,
            first=pen.day(fit[0].start),
            last=pen.day(fit[-1].start),
            low=percent(min(shares)),
            high=percent(max(shares)),
        ),
        pen=pen,
    )


def _disagreements(material: Material, pen: Pen) -> list[Block]:
    count = disagreeing(material)
    if not count:
        return []
    table = material.answers["review_sentiment"].evidence["disagreements"]
    told = [row for row in table.to_pylist() if len(row["text"]) >= _TELLING]
    rows = [{**row, "on": None} for row in told[:QUOTED]]
    detail = pen.say(phrases.DISAGREE_DETAIL, count=pen.count(count, "disagreements"))
    case = Case(pen.say(phrases.DISAGREE), detail, tuple(quote(row, pen) for row in rows))
    return [Cases((case,))]


def disagreeing(material: Material) -> int:
    """Return how many reviews say the opposite of their stars."""
    answer = material.answers.get("review_sentiment")
    if answer is None or "parts" not in answer.evidence:
        return 0
    parts = answer.evidence["parts"].to_pylist()
    return sum(row["reviews"] for row in parts if row["part"] == "disagreeing")


def _reader(material: Material, pen: Pen) -> list[Block]:
    answer = material.answers.get("review_sentiment")
    if answer is None or answer.method == "stars":
        why = phrases.READ_BY_STARS if answer is None else phrases.READ_TOO_FEW
        return [Paragraph(pen.say(why), quiet=True)]
    found = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    rows: tuple[tuple[Markup, ...], ...] = tuple(
        (
            pen.link(words.get(pen.lang), f"review_sentiment:{name}"),
            _measured(found.get((answer.method, name)), name, pen),
            _measured(found.get(("majority", name)), name, pen),
        )
        for name, words in phrases.MEASURES.items()
    )
    rows += _classes(answer, pen) + _speed(answer, pen)
    columns = (
        Column(pen.say(phrases.COLUMN_MEASURE), "text"),
        Column(pen.say(phrases.COLUMN_METHOD)),
        Column(pen.say(phrases.COLUMN_BASELINE)),
    )
    return [Grid(pen.say(phrases.READ_TABLE), columns, rows, pen.say(phrases.READ_NOTE))]


def _classes(answer: Answer, pen: Pen) -> tuple[tuple[Markup, ...], ...]:
    found = {
        (row["method"], row["sentiment"]): row | {"value": row["f1"]}
        for row in answer.evidence["classes"].to_pylist()
    }
    definition = "review_sentiment:f1"
    return tuple(
        (
            pen.link(
                phrases.MEASURE_CLASS.get(pen.lang).format(name=words.get(pen.lang)), definition
            ),
            _measured(found.get((answer.method, name)), "f1", pen),
            _measured(found.get(("majority", name)), "f1", pen),
        )
        for name, words in phrases.SENTIMENTS.items()
    )


def _speed(answer: Answer, pen: Pen) -> tuple[tuple[Markup, ...], ...]:
    found = [row for row in answer.evidence["speed"].to_pylist() if row["stage"] == "score"]
    if not found or found[0]["low"] is None:
        return ()
    rate, low, high = (f"{found[0][name]:,.0f}" for name in ("rows_per_second", "low", "high"))
    definition = "review_sentiment:rows_per_second"
    measure = pen.link(phrases.MEASURE_SPEED.get(pen.lang), definition)
    return ((measure, pen.cell(rate, low, high, definition), Markup("–")),)


def _measured(row: dict[str, Any] | None, name: str, pen: Pen) -> Markup:
    if row is None or row["value"] is None:
        return pen.link(phrases.TOO_FEW.get(pen.lang), "minimum_count")
    interval = Interval(row["value"], row["low"] or row["value"], row["high"] or row["value"])
    return pen.share_cell(interval, row["rows"], f"review_sentiment:{name}")
