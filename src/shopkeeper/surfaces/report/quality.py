"""Section of data quality: what is in the shop, and what the data check found."""

from __future__ import annotations

from shopkeeper.data.tables import TABLES
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Missing, Points, Section
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen


def quality(material: Material, pen: Pen) -> Section:
    """Write the section of data quality."""
    answer = material.answers.get("check")
    blocks: list[Block] = []
    if answer is None:
        blocks.append(Missing(pen.say(phrases.QUALITY_MISSING)))
    else:
        blocks.append(Points(tuple(pen.sentence(w, "check:rows") for w in answer.summary)))
    blocks.append(_tables(material, pen))
    return Section("quality", pen.say(phrases.QUALITY), blocks=tuple(blocks))


def _tables(material: Material, pen: Pen) -> Grid:
    rows = tuple(
        (pen.say(phrases.TABLES[table.name]), pen.count(material.shop.rows(table.name), "rows"))
        for table in TABLES
        if material.shop.has(table.name)
    )
    columns = (Column(pen.say(phrases.COLUMN_TABLE), "text"), Column(pen.say(phrases.COLUMN_ROWS)))
    return Grid(pen.say(phrases.QUALITY_TABLES), columns, rows)
