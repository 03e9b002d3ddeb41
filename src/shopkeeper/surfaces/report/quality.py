"""Section of data quality: what the data check found in the shop."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.surfaces.report import phrases, terms
from shopkeeper.surfaces.report import quality_phrases as words
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Paragraph, Section
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen
from shopkeeper.words import Words

SHOWN = 8


def quality(material: Material, pen: Pen) -> Section:
    """Write the section of data quality."""
    head = pen.say(words.QUALITY)
    answer = material.answers["check"]
    lead = pen.sentence(answer.summary[0], "check:rows_read")
    blocks = [
        _broken(answer.table.to_pylist(), pen),
        *_files(answer.evidence["imports"].to_pylist(), pen),
        *_rejected(
            answer.evidence["reasons"].to_pylist(),
            sum(answer.evidence["imports"]["rejected"].to_pylist()),
            pen,
        ),
        *_tables(answer.evidence["tables"].to_pylist(), pen),
    ]
    return Section("quality", head, lead, tuple(blocks))


def _broken(rows: list[dict[str, Any]], pen: Pen) -> Block:
    if not rows:
        return Paragraph(pen.say(words.QUALITY_LAWFUL))
    columns = (
        Column(pen.say(words.COLUMN_FINDING), "text"),
        Column(pen.say(words.COLUMN_BROKEN)),
        Column(pen.say(words.COLUMN_TOTAL)),
    )
    lines = tuple(
        (
            _finding(row, pen),
            pen.count(row["rows"], "check:rows"),
            pen.count(row["total"], "check:total"),
        )
        for row in rows[:SHOWN]
    )
    return Grid(pen.say(words.QUALITY_BROKEN), columns, lines)


def _finding(row: dict[str, Any], pen: Pen) -> Markup:
    what = Markup("{}").format(row[f"what_{pen.lang}"])
    touched = [METRICS[name].title.get(pen.lang) for name in row["corrupts"]]
    if not touched:
        return what
    listed = phrases.LIST.get(pen.lang).join(touched)
    return Markup("{}<small>{}</small>").format(
        what, pen.say(words.QUALITY_TOUCHES, metrics=listed)
    )


def _files(rows: list[dict[str, Any]], pen: Pen) -> list[Block]:
    if not rows:
        return []
    columns = (
        Column(pen.say(words.COLUMN_FILE), "text"),
        Column(pen.say(words.COLUMN_READ)),
        Column(pen.say(words.COLUMN_KEPT)),
        Column(pen.say(words.COLUMN_DUPLICATES)),
        Column(pen.say(words.COLUMN_REJECTED)),
    )
    lines = tuple(
        (
            Markup("{}<small>{}</small>").format(pen.name(row["file"]), row[f"title_{pen.lang}"]),
            pen.count(row["rows_read"], "check:rows_read"),
            pen.count(row["kept"], "check:rows_read"),
            pen.count(row["duplicates"], "check:duplicates"),
            pen.count(row["rejected"], "check:rejected"),
        )
        for row in rows
    )
    return [Grid(pen.say(words.QUALITY_FILES), columns, lines)]


def _rejected(rows: list[dict[str, Any]], total: int, pen: Pen) -> list[Block]:
    if not rows:
        return []
    ranked = rows[:SHOWN]
    left = total - sum(row["rows"] for row in ranked)
    columns = (
        Column(pen.say(words.COLUMN_REASON), "text"),
        Column(pen.say(words.COLUMN_ROWS)),
    )
    lines = tuple(
        (
            Markup("{}<small>{}</small>").format(row[f"why_{pen.lang}"], pen.name(row["file"])),
            pen.count(row["rows"], "check:rejected"),
        )
        for row in ranked
    )
    if left > 0:
        lines += ((pen.say(words.QUALITY_OTHER), pen.count(left, "check:rejected")),)
    return [Grid(pen.say(words.QUALITY_REJECTED), columns, lines)]


def _tables(rows: list[dict[str, Any]], pen: Pen) -> list[Block]:
    if not rows:
        return []
    columns = (
        Column(pen.say(words.COLUMN_TABLE), "text"),
        Column(pen.say(words.COLUMN_ROWS)),
        Column(pen.say(words.COLUMN_FIRST), "date"),
        Column(pen.say(words.COLUMN_LAST), "date"),
    )
    lines = tuple(
        (
            pen.say(terms.TABLES.get(row["table"], Words(row["meaning_en"], row["meaning_zh"]))),
            pen.count(row["rows"], "rows"),
            pen.day(row["first"]) if row["first"] else Markup(),
            pen.day(row["last"]) if row["last"] else Markup(),
        )
        for row in rows
    )
    return [Grid(pen.say(words.QUALITY_TABLES), columns, lines)]
