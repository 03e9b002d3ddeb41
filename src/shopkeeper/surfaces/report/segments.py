"""Section of who the customers are: segments with their rules and moves, who is overdue, and cards."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval
from shopkeeper.surfaces.report import segment_phrases as words
from shopkeeper.surfaces.report.blocks import (
    NOTHING,
    Block,
    Column,
    Grid,
    Paragraph,
    Points,
    Section,
)
from shopkeeper.surfaces.report.drawing import own_chart
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, percent

VERBS = ("segment", "churn", "profile")
MOVES = 6
Row = dict[str, Any]


def segments(material: Material, pen: Pen) -> Section:
    """Write the section of who the customers are."""
    head = pen.say(words.SEGMENTS)
    blocks: list[Block] = []
    for verb, write in zip(VERBS, (_groups, _overdue, _cards), strict=True):
        answer = material.answers.get(verb)
        blocks += write(answer, pen) if answer is not None else []
    missing = lacking(VERBS, material, pen)
    if not blocks:
        return Section("segments", head, blocks=tuple(missing))
    return Section("segments", head, pen.say(words.SEGMENTS_LEAD), (*blocks, *missing))


def _groups(answer: Answer, pen: Pen) -> list[Block]:
    rows = [row for row in answer.table.to_pylist() if row["customers"] is not None]
    said = [pen.sentence(one, "segment:customers") for one in answer.summary]
    blocks: list[Block] = [Paragraph(pen.joined(*said))]
    if not rows:
        return blocks
    columns = (
        Column(pen.say(words.COLUMN_SEGMENT), "text"),
        Column(pen.say(words.COLUMN_CUSTOMERS)),
        Column(pen.say(words.COLUMN_SHARE)),
        Column(pen.say(words.COLUMN_VALUE_SHARE)),
        Column(pen.say(words.COLUMN_REACHABLE), "aside"),
        Column(pen.say(words.COLUMN_RULE), "words"),
    )
    listed = tuple(_segment(row, rows, pen) for row in rows)
    blocks.append(
        Grid(pen.say(words.SEGMENTS_TABLE), columns, listed, pen.say(words.SEGMENTS_NOTE))
    )
    scored = answer.method == "rfm"
    picture = (
        own_chart(answer, words.SEGMENTS_FIGURE, words.SEGMENTS_READING, pen) if scored else []
    )
    return [blocks[0], *picture, *blocks[1:], *_moves(answer, pen)]


def _segment(row: Row, rows: list[Row], pen: Pen) -> tuple[Markup, ...]:
    share = Interval(row["share"], row["share_low"], row["share_high"])
    whole = sum(one["customers"] for one in rows)
    worth, reach, rule = row["value_share"], row["reachable"], row[f"rule_{pen.lang}"]
    return (
        pen.name(row[f"name_{pen.lang}"]),
        pen.count(row["customers"], "segment:customers"),
        pen.share_cell(share, whole, "segment:share"),
        NOTHING if worth is None else pen.link(percent(worth), "segment:value_share"),
        NOTHING if reach is None else pen.count(reach, "segment:reachable"),
        NOTHING if rule is None else pen.link(pen.name(rule, most=160), "segment:rule"),
    )


def _moves(answer: Answer, pen: Pen) -> list[Block]:
    """Write the largest moves of the last month."""
    names = {row["segment"]: row[f"name_{pen.lang}"] for row in answer.table.to_pylist()}
    rows = answer.evidence["migration"].to_pylist()
    last = max((row["month"] for row in rows), default=None)
    moved = [
        row for row in rows
        if row["month"] == last and row["customers"] is not None and row["from"] != row["to"]
        and row["from"] in names and row["to"] in names
    ]  # fmt: skip
    moved.sort(key=lambda row: (-row["customers"], row["from"], row["to"]))
    if last is None or not moved:
        return []
    columns = (
        Column(pen.say(words.COLUMN_FROM), "text"),
        Column(pen.say(words.COLUMN_TO), "text"),
        Column(pen.say(words.COLUMN_CUSTOMERS)),
        Column(pen.say(words.COLUMN_OF_FROM)),
    )
    listed = tuple(
        (
            pen.name(names[row["from"]]),
            pen.name(names[row["to"]]),
            pen.count(row["customers"], "segment:migration"),
            pen.link(percent(row["share"]), "segment:migration"),
        )
        for row in moved[:MOVES]
    )
    return [Grid(pen.say(words.MOVES_TABLE, month=pen.day(last)), columns, listed)]


def _overdue(answer: Answer, pen: Pen) -> list[Block]:
    said = [pen.sentence(one, "churn:overdue") for one in answer.summary]
    picture = own_chart(answer, words.OVERDUE_FIGURE, words.OVERDUE_READING, pen)
    return [Paragraph(pen.joined(*said)), *picture] if said else []


def _cards(answer: Answer, pen: Pen) -> list[Block]:
    items = tuple(pen.sentence(one, "profile:next") for one in answer.summary[1:])
    return [Points(items)] if items else []
