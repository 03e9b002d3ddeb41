"""Section of what people look for: intents with what comes of them, what is missing, and slips."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval
from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Paragraph, Section
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen

SHOWN = 10

Row = dict[str, Any]


def searching(material: Material, pen: Pen) -> Section:
    """Write the section of what people look for."""
    head = pen.say(words.SEARCHES)
    answer = material.answers.get("searches")
    if answer is None:
        return Section("searches", head, blocks=tuple(lacking(("searches",), material, pen)))
    said = pen.joined(*(pen.sentence(one, "searches:searches") for one in answer.summary))
    blocks: list[Block] = [Paragraph(said), *_intents(answer, pen), *_lists(answer, pen)]
    return Section("searches", head, pen.say(words.SEARCHES_LEAD), tuple(blocks))


def _intents(answer: Answer, pen: Pen) -> list[Block]:
    rows = answer.evidence["intents"].to_pylist()[:SHOWN]
    if not rows:
        return []
    columns = (
        Column(pen.say(words.COLUMN_INTENT), "text"),
        Column(pen.say(words.COLUMN_SEARCHES)),
        Column(pen.say(words.COLUMN_NO_RESULT)),
        Column(pen.say(words.COLUMN_CLICKED), "aside"),
        Column(pen.say(words.COLUMN_BOUGHT)),
        Column(pen.say(words.COLUMN_EXAMPLES), "words"),
    )
    listed = tuple(
        (
            pen.name(row["name"]),
            pen.count(row["searches"], "searches:searches"),
            *(_share(row, rate, pen) for rate in ("zero", "clicked", "bought")),
            pen.name(row["examples"]),
        )
        for row in rows
    )
    return [
        Grid(pen.say(words.SEARCHES_TABLE), columns, listed, pen.say(words.SEARCHES_NOTE)),
    ]


def _share(row: Row, rate: str, pen: Pen) -> Markup:
    known = [row[f"{rate}_{end}"] for end in ("share", "low", "high")]
    # The answer leaves a share out where too few are counted, or nothing is known.
    if None in known:
        return pen.share_cell(Interval(0.0, 0.0, 0.0), 0, f"searches:{rate}_share")
    return pen.share_cell(Interval(*known), row["searches"], f"searches:{rate}_share")


def _lists(answer: Answer, pen: Pen) -> list[Block]:
    missing = answer.evidence["not_sold"].to_pylist()[:SHOWN]
    slips = answer.evidence["misspelt"].to_pylist()[:SHOWN]
    query, times = (
        Column(pen.say(words.COLUMN_QUERY), "text"),
        Column(pen.say(words.COLUMN_SEARCHES)),
    )
    meant = Column(pen.say(words.COLUMN_SUGGESTION), "text")
    blocks: list[Block] = []
    if missing:
        lines = tuple(
            (pen.name(row["query"]), pen.count(row["searches"], "searches:why")) for row in missing
        )
        blocks.append(Grid(pen.say(words.NOT_SOLD_TABLE), (query, times), lines))
    if slips:
        pairs = tuple(
            (
                pen.name(row["query"]),
                pen.name(row["suggestion"]),
                pen.count(row["searches"], "searches:suggestion"),
            )
            for row in slips
        )
        blocks.append(Grid(pen.say(words.MISSPELT_TABLE), (query, meant, times), pairs))
    return blocks
