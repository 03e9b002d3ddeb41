"""Section of how customers behave: the way to an order, sessions, who comes back, what they are worth."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval
from shopkeeper.operations.behaviour.vocabulary import event_words
from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report import figures
from shopkeeper.surfaces.report.blocks import (
    NOTHING,
    Block,
    Column,
    Grid,
    Paragraph,
    Section,
)
from shopkeeper.surfaces.report.comeback import comeback
from shopkeeper.surfaces.report.drawing import figure, own_chart
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, excerpt, percent, visible
from shopkeeper.surfaces.report.worth import worth

VERBS = ("funnel", "sessions", "retention", "lifetime_value", "paths")
_SENTENCES = 2
"""What the answer of `funnel` says of all: how many get through, and where most are lost."""
_WAYS = 3

Row = dict[str, Any]


def behaviour(material: Material, pen: Pen) -> Section:
    """Write the section of how customers behave and what they are worth."""
    head = pen.say(words.BEHAVIOUR)
    writers = (_funnel, _sessions, comeback, worth, _paths)
    blocks: list[Block] = []
    for verb, write in zip(VERBS, writers, strict=True):
        answer = material.answers.get(verb)
        blocks += write(answer, pen) if answer is not None else []
    missing = lacking(VERBS, material, pen)
    if not blocks:
        return Section("behaviour", head, blocks=tuple(missing))
    return Section("behaviour", head, pen.say(words.BEHAVIOUR_LEAD), (*blocks, *missing))


def _funnel(answer: Answer, pen: Pen) -> list[Block]:
    whole = [
        row for row in answer.table.to_pylist() if row["cohort"] == "all" and not row["group_en"]
    ]
    said = [pen.sentence(one, "funnel_way") for one in answer.summary[:_SENTENCES]]
    blocks: list[Block] = [Paragraph(pen.joined(*said))]
    if whole[0]["share"] is not None and whole[0]["count"] >= pen.minimum_count:
        blocks.append(_picture(whole, pen))
    columns = (
        Column(pen.say(words.COLUMN_STEP), "text"),
        Column(pen.say(words.COLUMN_REACHED)),
        Column(pen.say(words.COLUMN_LOST), "aside"),
        Column(pen.say(words.COLUMN_OF_FIRST)),
        Column(pen.say(words.COLUMN_OF_PREVIOUS)),
    )
    before = [0, *(row["count"] for row in whole)]
    listed = tuple(
        _step(row, whole[0]["count"], base, pen) for row, base in zip(whole, before, strict=False)
    )
    return [*blocks, Grid(pen.say(words.FUNNEL_TABLE), columns, listed)]


def _step(row: Row, first: int, before: int, pen: Pen) -> tuple[Markup, ...]:
    name = pen.name(_name(row, pen))
    count = pen.count(row["count"], "funnel:count")
    if row["rank"] == 1:
        return name, count, NOTHING, NOTHING, NOTHING
    of_first = [row[end] for end in ("share", "low", "high")]
    of_previous = [row[end] for end in ("share_of_previous", "previous_low", "previous_high")]
    return (
        name,
        count,
        pen.count(row["lost"], "funnel:lost"),
        _share(of_first, first, "funnel:share", pen),
        _share(of_previous, before, "funnel:share_of_previous", pen),
    )


def _share(bounds: list[float | None], base: int, definition: str, pen: Pen) -> Markup:
    # The answer leaves a share out where it was asked with a higher least count than the report's.
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return pen.share_cell(Interval(0.0, 0.0, 0.0), 0, definition)
    return pen.share_cell(Interval(*known), base, definition)


def _name(row: Row, pen: Pen) -> str:
    return event_words(row["step"]).get(pen.lang)


def _picture(whole: list[Row], pen: Pen) -> Block:
    title = pen.say(words.FUNNEL_FIGURE)
    names = [visible(excerpt(_name(row, pen), most=40)) for row in whole]
    lines = [
        figures.Line(name, Interval(row["share"], row["low"], row["high"]))
        for name, row in zip(names, whole, strict=True)
    ]
    described = pen.say(
        words.FUNNEL_ALT,
        title=title,
        first=names[0],
        last=names[-1],
        share=percent(whole[-1]["share"]),
    )
    reading = pen.say(words.FUNNEL_READING)
    return figure(figures.steps(lines), title=title, reading=reading, described=described, pen=pen)


def _paths(answer: Answer, pen: Pen) -> list[Block]:
    columns = (
        Column(pen.say(words.COLUMN_PATH), "text"),
        Column(pen.say(words.COLUMN_SESSIONS), "aside"),
        Column(pen.say(words.COLUMN_OF_SUCH)),
    )
    blocks: list[Block] = [*own_chart(answer, words.PATHS_FIGURE, words.PATHS_READING, pen)]
    for kind, title in words.PATHS_TABLE.items():
        rows = [row for row in answer.evidence[kind].to_pylist() if row["share"] is not None][
            :_WAYS
        ]
        listed = tuple(
            (
                pen.name(row[f"path_{pen.lang}"], most=160),
                pen.count(row["sessions"], "paths:path"),
                _share(
                    [row["share"], row["low"], row["high"]], row["sessions"], "paths:share", pen
                ),
            )
            for row in rows
        )
        if listed:
            blocks.append(Grid(pen.say(title), columns, listed))
    return blocks


def _sessions(answer: Answer, pen: Pen) -> list[Block]:
    whole = {row["metric"]: row for row in answer.table.to_pylist() if row["by"] == "all"}
    bought, bounced = whole["purchase_rate"], whole["bounce_rate"]
    sessions = pen.count(bought["sessions"], "sessions:sessions")
    if bought["value"] is None or bought["sessions"] < pen.minimum_count:
        return [Paragraph(pen.say(words.SESSIONS_FEW, sessions=sessions))]
    rates = {
        name: pen.share(
            Interval(row["value"], row["low"], row["high"]), row["sessions"], f"sessions:{metric}"
        )
        for name, metric, row in (
            ("bought", "purchase_rate", bought),
            ("bounced", "bounce_rate", bounced),
        )
    }
    means = {
        name: pen.link(f"{whole[metric]['value']:,.1f}", f"sessions:{metric}")
        for name, metric in (("events", "events_per_session"), ("minutes", "minutes_per_session"))
    }
    return [Paragraph(pen.say(words.SESSIONS, sessions=sessions, **rates, **means))]
