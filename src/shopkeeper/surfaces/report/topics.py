"""Section of topics: what is new this week, what has risen or fallen, and what is complained of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval, discoveries, interval_p_value, proportion
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report import said_phrases as words
from shopkeeper.surfaces.report.blocks import (
    Case,
    Cases,
    Column,
    Grid,
    Missing,
    Paragraph,
    Quote,
    Section,
    Task,
)
from shopkeeper.surfaces.report.drawing import course
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.names import named_product
from shopkeeper.surfaces.report.pen import Pen, percent
from shopkeeper.surfaces.report.products import quote
from shopkeeper.words import Words

VERB = "review_topics"
SHOWN, TOLD, LEAST_TOLD, PRODUCTS = 12, 5, 3, 3
_TELLING = 12

Row = dict[str, Any]


def topics(material: Material, pen: Pen) -> Section:
    """Write the section of topics."""
    head = pen.say(words.TOPIC)
    answer = material.answers.get(VERB)
    if answer is None:
        return Section("topic", head, blocks=(Missing(pen.say(words.TOPIC_MISSING)),))
    rows, parts = _ranked(answer), _parts(answer)
    lead = pen.say(
        words.TOPIC_LEAD,
        grouped=pen.count(parts["in_a_topic"], "topic_reviews"),
        texts=pen.count(parts["with_text"], "texts"),
        topics=pen.count(len(rows), "topic_count"),
    )
    if not rows:
        return Section("topic", head, lead, (Missing(pen.say(words.TOPIC_NONE)),))
    cases = tuple(_case(row, kind, answer, material, pen) for row, kind in _told(rows, material))
    news = _news(rows, answer, material, pen)
    return Section("topic", head, lead, (*news, Cases(cases), _grid(rows, answer, pen)))


def newly_bad(material: Material, pen: Pen) -> Iterator[Task]:
    """Write of the new topics whose reviews are surely worse than the shop's."""
    answer = material.answers.get(VERB)
    if answer is None or not material.total.reviews:
        return
    overall = proportion(material.total.negative, material.total.reviews)
    for row in _worse(_ranked(answer), material):
        if row["new"]:
            why = pen.say(
                words.DO_TOPIC_WHY,
                texts=pen.count(row["texts_this_week"], "topic_week"),
                share=_negative(row, pen),
                overall=pen.share(overall, material.total.reviews, "negative_review_share"),
            )
            yield Task(pen.say(words.DO_TOPIC, topic=pen.name(row["name"])), why)


def _parts(answer: Answer) -> dict[str, int]:
    return {row["part"]: row["texts"] for row in answer.evidence["parts"].to_pylist()}


def _ranked(answer: Answer) -> list[Row]:
    """Return the topics: new ones, risen ones, fallen ones, the latest change first, then by size."""

    def rank(row: Row) -> tuple[int, int, int]:
        if row["new"]:
            return 0, -row["texts_this_week"], row["topic"]
        if row["changed_in"] is None:
            return 3, -row["texts"], row["topic"]
        return 1 if _rises(row) else 2, -row["changed_in"].toordinal(), row["topic"]

    return sorted(answer.table.to_pylist(), key=rank)


def _rises(row: Row) -> bool:
    return bool(row["share_since"] > row["share_until"])


def _news(rows: list[Row], answer: Answer, material: Material, pen: Pen) -> Iterator[Paragraph]:
    """Say why no topic is called new or changed, where none is."""
    count = _newest(answer)
    if not count:
        yield Paragraph(pen.say(words.TOPIC_UNDATED))
        return
    newest = pen.count(count, "topic_week")
    said: list[Markup] = []
    if count < material.least:
        least = pen.count(material.least, "minimum_count")
        said.append(pen.say(words.TOPIC_FEW, reviews=newest, least=least))
    elif not any(row["new"] for row in rows):
        said.append(pen.say(words.TOPIC_NONE_NEW, reviews=newest))
    if all(row["new"] or row["changed_in"] is None for row in rows):
        said.append(pen.say(words.TOPIC_STEADY))
    if said:
        yield Paragraph(pen.joined(*said))


def _told(rows: list[Row], material: Material) -> list[tuple[Row, Words]]:
    """Return the topics to tell of and what for: new, changed, surely worse than the shop, or large."""
    told = []
    for row in rows:
        if row["new"]:
            told.append((row, words.TOPIC_NEW))
        elif row["changed_in"] is not None:
            told.append((row, words.TOPIC_RISEN if _rises(row) else words.TOPIC_FALLEN))
    known = {row["topic"] for row, _ in told[:TOLD]}
    bad = [row for row in _worse(rows, material) if row["topic"] not in known]
    told = [*told[:TOLD], *((row, words.TOPIC_WORST) for row in bad)][:TOLD]
    known = {row["topic"] for row, _ in told}
    rest = sorted(rows, key=lambda row: (-row["texts"], row["topic"]))
    often = [(row, words.TOPIC_OFTEN) for row in rest if row["topic"] not in known]
    return [*told, *often[: max(0, LEAST_TOLD - len(told))]]


def _worse(rows: list[Row], material: Material) -> list[Row]:
    """Return the topics whose reviews are worse than the shop's, of those of which it stands among all."""
    overall = proportion(material.total.negative, material.total.reviews).value
    judged = [row for row in rows if row["negative_share"] is not None]
    stands = discoveries([interval_p_value(_bad(row), against=overall) for row in judged])
    bad = [
        row
        for row, stood in zip(judged, stands, strict=True)
        if stood and row["negative_low"] > overall
    ]
    return sorted(bad, key=lambda row: (-row["negative_low"], row["topic"]))


def _bad(row: Row) -> Interval:
    return Interval(row["negative_share"], row["negative_low"], row["negative_high"])


def _case(row: Row, kind: Words, answer: Answer, material: Material, pen: Pen) -> Case:
    texts = _parts(answer)["with_text"]
    said = [
        pen.say(
            words.TOPIC_SIZE,
            texts=pen.count(row["texts"], "topic_reviews"),
            share=_part(row["share"], texts, "topic_share", pen),
        )
    ]
    if row["new"]:
        said.append(_this_week(row, answer, pen))
    if row["changed_in"] is not None:
        said.append(
            pen.say(
                words.TOPIC_CHANGE,
                day=pen.day(row["changed_in"]),
                since=_part(row["share_since"], texts, "topic_change", pen),
                until=_part(row["share_until"], texts, "topic_change", pen),
            )
        )
    if row["negative_share"] is not None:
        said.append(pen.say(words.TOPIC_NEGATIVE, share=_negative(row, pen)))
    detail = pen.say(words.TOPIC_STOP).join(said) + pen.say(words.TOPIC_END)
    if products := _products(row["topic"], answer, material, pen):
        detail = pen.joined(detail, pen.say(words.TOPIC_AT, products=products))
    quotes = tuple(_quotes(row, kind, material, pen))
    return Case(pen.say(kind, name=pen.name(row["name"])), detail, quotes)


def _quotes(row: Row, kind: Words, material: Material, pen: Pen) -> Iterator[Quote]:
    """Yield the text in the middle of a topic; of one that is complained of, a complaint."""
    if kind is words.TOPIC_WORST and row["topic"] in material.complaints:
        yield quote(material.complaints[row["topic"]], pen)
    elif row["quote"]:
        known = material.quoted.get(row["quote_id"], {"rating": None, "on": None, "text": None})
        said = (known["text"] or "").strip()
        # The topic's text is title and text in one; run together they read like one broken sentence.
        alone = len(said) >= _TELLING and said in row["quote"]
        yield quote({**known, "text": said if alone else row["quote"]}, pen)


def _part(value: float, total: int, definition: str, pen: Pen) -> Markup:
    if total < pen.minimum_count:
        return pen.link(phrases.TOO_FEW.get(pen.lang), "minimum_count")
    return pen.link(percent(value), definition)


def _this_week(row: Row, answer: Answer, pen: Pen) -> Markup:
    newest = _newest(answer)
    return pen.say(
        words.TOPIC_WEEK,
        texts=pen.count(row["texts_this_week"], "topic_week"),
        now=_part(row["share_this_week"], newest, "topic_week", pen),
        before=_part(row["share_before"], newest, "topic_week", pen),
    )


def _newest(answer: Answer) -> int:
    """Return how many texts the newest week has; none where no text has a date."""
    weeks = {row["week"]: row["all_texts"] for row in answer.evidence["weeks"].to_pylist()}
    return int(weeks[max(weeks)]) if weeks else 0


def _negative(row: Row, pen: Pen) -> Markup:
    return pen.share(_bad(row), row["texts"], "topic_negative")


def _products(topic: int, answer: Answer, material: Material, pen: Pen) -> Markup:
    found = [row for row in answer.evidence["products"].to_pylist() if row["topic"] == topic]
    return pen.say(phrases.LIST).join(
        pen.say(
            words.TOPIC_AT_PRODUCT,
            product=named_product(row["product_id"], material, pen),
            part=pen.count(row["texts"], "topic_products"),
        )
        for row in found[:PRODUCTS]
    )


def _grid(rows: list[Row], answer: Answer, pen: Pen) -> Grid:
    weeks: dict[int, list[Row]] = {}
    for row in answer.evidence["weeks"].to_pylist():
        weeks.setdefault(row["topic"], []).append(row)
    texts = _parts(answer)["with_text"]
    changed = any(row["changed_in"] is not None for row in rows)
    columns = [Column(pen.say(words.COLUMN_TOPIC), "text"), Column(pen.say(words.COLUMN_TEXTS))]
    if weeks:
        columns.append(Column(pen.say(words.COLUMN_TREND), "range"))
    if changed:
        columns.append(Column(pen.say(words.COLUMN_CHANGE), "aside"))
    columns.append(Column(pen.say(words.COLUMN_NEGATIVE)))
    listed = []
    for row in rows[:SHOWN]:
        cells = [_name(row, pen), pen.count(row["texts"], "topic_reviews")]
        if weeks:
            cells.append(course(weeks.get(row["topic"], []), row["changed_in"]))
        if changed:
            cells.append(_change(row, texts, pen))
        cells.append(_negative_cell(row, pen))
        listed.append(tuple(cells))
    note = pen.say(words.TOPIC_NOTE if weeks else words.TOPIC_NOTE_PLAIN)
    if len(rows) > SHOWN:
        shown, whole = (pen.count(count, "topic_count") for count in (SHOWN, len(rows)))
        note = pen.joined(pen.say(words.TOPIC_NOTE_SHOWN, shown=shown, all=whole), note)
    caption = words.TOPIC_TABLE_SOME if len(rows) > SHOWN else words.TOPIC_TABLE
    return Grid(pen.say(caption), tuple(columns), tuple(listed), note)


def _name(row: Row, pen: Pen) -> Markup:
    name = pen.name(row["name"])
    if not row["new"]:
        return name
    return Markup('{} <span class="mark">{}</span>').format(name, pen.say(words.MARK_NEW))


def _change(row: Row, texts: int, pen: Pen) -> Markup:
    if row["changed_in"] is None or texts < pen.minimum_count:
        return Markup("–")
    shares = pen.say(
        words.TOPIC_SINCE, until=percent(row["share_until"]), since=percent(row["share_since"])
    )
    return Markup("{}<small>{}</small>").format(
        pen.link(shares, "topic_change"), pen.day(row["changed_in"])
    )


def _negative_cell(row: Row, pen: Pen) -> Markup:
    if row["negative_share"] is None:
        return pen.share_cell(Interval(0.0, 0.0, 0.0), 0, "topic_negative")
    return pen.share_cell(_bad(row), row["texts"], "topic_negative")
