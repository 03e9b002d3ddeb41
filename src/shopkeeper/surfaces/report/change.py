"""Section of why the numbers moved: where the change lies, and what is known of these days."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report.blocks import NOTHING, Block, Column, Grid, Paragraph, Section
from shopkeeper.surfaces.report.drawing import own_chart
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen

SHOWN = 8

Row = dict[str, Any]


def change(material: Material, pen: Pen) -> Section:
    """Write the section of why the net moved."""
    head = pen.say(words.CHANGE)
    answer = material.answers.get("explain_change")
    if answer is None:
        return Section("change", head, blocks=tuple(lacking(("explain_change",), material, pen)))
    said = pen.joined(*(pen.sentence(one, "explain_change:change") for one in answer.summary))
    currency = answer.evidence["periods"]["currency"][0].as_py() or ""
    picture = own_chart(answer, words.CHANGE_FIGURE, words.CHANGE_READING, pen)
    blocks: list[Block] = [
        Paragraph(said),
        *picture,
        _slices(answer.table.to_pylist(), currency, pen),
    ]
    known = answer.evidence["known"].to_pylist()[:SHOWN]
    if known:
        columns = (
            Column(pen.say(words.COLUMN_KIND), "text"),
            Column(pen.say(words.COLUMN_NAME), "text"),
            Column(pen.say(words.COLUMN_WHEN), "aside"),
        )
        lines = tuple(
            (
                pen.say(words.KNOWN_KINDS[row["kind"]]),
                pen.name(row["name"]),
                pen.day(row["from"]) if row["from"] else NOTHING,
            )
            for row in known
        )
        blocks.append(Grid(pen.say(words.KNOWN_TABLE), columns, lines))
    return Section("change", head, pen.say(words.CHANGE_LEAD), tuple(blocks))


def _slices(rows: list[Row], currency: str, pen: Pen) -> Grid:
    columns = (
        Column(pen.say(words.COLUMN_PART), "text"),
        Column(pen.say(words.COLUMN_BEFORE), "aside"),
        Column(pen.say(words.COLUMN_AFTER), "aside"),
        Column(pen.say(words.COLUMN_CHANGE)),
    )
    listed = tuple(
        (
            pen.name(row[f"slice_{pen.lang}"]),
            pen.money(row["before"], currency, "explain_change:slice"),
            pen.money(row["after"], currency, "explain_change:slice"),
            _changed(row, currency, pen),
        )
        for row in rows
    )
    return Grid(pen.say(words.CHANGE_TABLE), columns, listed, pen.say(words.CHANGE_NOTE))


def _changed(row: Row, currency: str, pen: Pen) -> Markup:
    value, low, high = (pen.amount(float(row[end]), currency) for end in ("change", "low", "high"))
    return pen.cell(value, low, high, "explain_change:change")
