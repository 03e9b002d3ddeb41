"""Section of what is bought together: the surest complements and substitutes."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Paragraph, Section
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen

SHOWN = 8
_COUNTS = 2
"""Sentences of the answer that count; the others tell of pairs, which the table has."""

Row = dict[str, Any]


def together(material: Material, pen: Pen) -> Section:
    """Write the section of what is bought together."""
    head = pen.say(words.BASKETS)
    answer = material.answers.get("baskets")
    if answer is None:
        return Section("baskets", head, blocks=tuple(lacking(("baskets",), material, pen)))
    said = pen.joined(*(pen.sentence(one, "baskets:relation") for one in answer.summary[:_COUNTS]))
    blocks: list[Block] = [Paragraph(said)]
    rows = [
        row
        for kind in words.RELATIONS
        for row in [one for one in answer.table.to_pylist() if one["relation"] == kind][:SHOWN]
    ]
    if rows:
        columns = (
            Column(pen.say(words.COLUMN_FIRST), "text"),
            Column(pen.say(words.COLUMN_SECOND), "text"),
            Column(pen.say(words.COLUMN_RELATION), "text"),
            Column(pen.say(words.COLUMN_TOGETHER), "aside"),
            Column(pen.say(words.COLUMN_TIMES)),
        )
        listed = tuple(
            (
                pen.name(row["title"] or row["item"]),
                pen.name(row["other_title"] or row["other_item"]),
                pen.say(words.RELATIONS[row["relation"]]),
                pen.count(row["together"], "baskets:together"),
                _times(row, pen),
            )
            for row in rows
        )
        note = pen.say(words.BASKETS_NOTE)
        blocks.append(Grid(pen.say(words.BASKETS_TABLE), columns, listed, note))
    return Section("baskets", head, pen.say(words.BASKETS_LEAD), tuple(blocks))


def _times(row: Row, pen: Pen) -> Markup:
    value, low, high = (f"{row[f'size_lift{end}']:.1f}" for end in ("", "_low", "_high"))
    return pen.cell(value, low, high, "baskets:size_lift")
