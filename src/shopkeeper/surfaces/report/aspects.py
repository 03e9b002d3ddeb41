"""Section of aspects: what customers speak of, how often they complain of it, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import Interval, proportion
from shopkeeper.surfaces.report import figures, phrases
from shopkeeper.surfaces.report import said_phrases as words
from shopkeeper.surfaces.report.blocks import (
    Block,
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
from shopkeeper.surfaces.report.drawing import figure
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.names import named_product
from shopkeeper.surfaces.report.pen import Pen
from shopkeeper.surfaces.report.products import quote
from shopkeeper.words import Words

VERB = "review_aspects"
SHOWN, TOLD, QUOTED, PRODUCTS = 12, 4, 2, 3
_PRAISING = 4
"""A complaint quoted from a review of so many stars is more often misread than meant."""

Row = dict[str, Any]


def aspects(material: Material, pen: Pen) -> Section:
    """Write the section of what customers speak of."""
    head = pen.say(words.ASPECT)
    answer = material.answers.get(VERB)
    if answer is None:
        return Section("aspect", head, blocks=(Missing(pen.say(words.ASPECT_MISSING)),))
    parts = _parts(answer)
    lead = pen.say(
        words.ASPECT_LEAD,
        texts=pen.count(parts["with_text"], "texts"),
        spoken=pen.count(parts["with_aspect"], "aspect_reviews"),
    )
    rows = [row for row in answer.evidence["aspects"].to_pylist() if row["reviews"]]
    if not rows:
        return Section("aspect", head, lead, (Missing(pen.say(words.ASPECT_NONE)),))
    fit = [row for row in rows if row["reviews"] >= material.least]
    blocks: list[Block] = []
    if len(fit) > 1:
        blocks.append(_picture(fit[:SHOWN], pen))
    blocks.append(_grid(fit or rows, parts["with_text"], bool(fit), material, pen))
    cases = tuple(_cases(fit, answer, material, pen))
    if cases:
        blocks.append(Cases(cases))
    return Section("aspect", head, lead, (*blocks, *_agreement(answer, material, pen)))


def blamed(material: Material, pen: Pen) -> Iterator[Task]:
    """Write which products are blamed for what, where enough reviews speak of it."""
    answer = material.answers.get(VERB)
    if answer is None:
        return
    titles = _titles(answer)
    # The verb lists only what stands among all products and aspects that it compared.
    rows = [
        row
        for row in answer.evidence["products"].to_pylist()
        if row["reviews"] >= material.least and row["low"] is not None and row["low"] > row["usual"]
    ]
    listed = tuple(
        pen.say(
            words.DO_ASPECT,
            product=named_product(row["product_id"], material, pen),
            aspect=pen.name(_in_sentence(titles[row["name"]], pen)),
            part=pen.count(row["negative"], "aspect_share"),
            whole=pen.count(row["reviews"], "aspect_share"),
        )
        for row in rows[:PRODUCTS]
    )
    if listed:
        yield Task(pen.say(words.DO_ASPECTS), pen.say(words.DO_ASPECTS_WHY), listed)


def _parts(answer: Answer) -> dict[str, int]:
    return {row["part"]: row["count"] for row in answer.evidence["parts"].to_pylist()}


def _titles(answer: Answer) -> dict[str, Words]:
    rows = answer.evidence["aspects"].to_pylist()
    return {row["name"]: Words(row["aspect_en"], row["aspect_zh"]) for row in rows}


def _in_sentence(title: Words, pen: Pen) -> str:
    if pen.lang == "zh":
        return title.zh
    # An aspect of the shop's own may begin with an abbreviation.
    return title.en if title.en[:2].isupper() else title.en[:1].lower() + title.en[1:]


def _title(row: Row, pen: Pen) -> str:
    return Words(row["aspect_en"], row["aspect_zh"]).get(pen.lang)


def _picture(shown: list[Row], pen: Pen) -> Block:
    title = pen.say(words.ASPECT_FIGURE)
    described = pen.say(
        words.ASPECT_ALT,
        title=title,
        first=_title(shown[0], pen),
        negative=f"{shown[0]['negative']:,}",
        reviews=f"{shown[0]['reviews']:,}",
    )
    bars = [
        figures.Opinions(_title(row, pen), row["negative"], row["neutral"], row["positive"])
        for row in shown
    ]
    reading = pen.say(words.ASPECT_READING)
    return figure(
        figures.opinions(bars), title=title, reading=reading, described=described, pen=pen
    )


def _grid(rows: list[Row], texts: int, enough: bool, material: Material, pen: Pen) -> Grid:
    columns = (
        Column(pen.say(words.COLUMN_ASPECT), "text"),
        Column(pen.say(words.COLUMN_SPOKEN)),
        Column(pen.say(words.COLUMN_OF_ALL), "aside"),
        Column(pen.say(words.COLUMN_COMPLAIN)),
        Column(pen.say(words.COLUMN_PRAISE)),
    )
    listed = tuple(
        (
            pen.name(_title(row, pen)),
            pen.count(row["reviews"], "aspect_reviews"),
            pen.share_cell(proportion(row["reviews"], texts), texts, "aspect_of_all"),
            pen.share_cell(
                proportion(row["negative"], row["reviews"]), row["reviews"], "aspect_share"
            ),
            pen.share_cell(
                proportion(row["positive"], row["reviews"]), row["reviews"], "aspect_share"
            ),
        )
        for row in rows[:SHOWN]
    )
    note = pen.say(
        words.ASPECT_NOTE if enough else words.ASPECT_NOTE_FEW,
        least=pen.count(material.least, "minimum_count"),
    )
    return Grid(pen.say(words.ASPECT_TABLE), columns, listed, note)


def _cases(fit: list[Row], answer: Answer, material: Material, pen: Pen) -> Iterator[Case]:
    """Yield the aspects with the most complaints; no wording is quoted twice."""
    seen: set[str] = set()
    for row in [row for row in fit if row["negative"]][:TOLD]:
        detail = pen.say(
            words.ASPECT_DETAIL,
            negative=pen.count(row["negative"], "aspect_share"),
            reviews=pen.count(row["reviews"], "aspect_reviews"),
            share=pen.share(
                proportion(row["negative"], row["reviews"]), row["reviews"], "aspect_share"
            ),
        )
        if products := _products(row["name"], answer, material, pen):
            detail = pen.joined(detail, pen.say(words.ASPECT_AT, products=products))
        quotes = tuple(_quotes(row["name"], answer, seen, pen))
        yield Case(pen.name(_title(row, pen)), detail, quotes)


def _products(name: str, answer: Answer, material: Material, pen: Pen) -> Markup:
    found = [row for row in answer.evidence["products"].to_pylist() if row["name"] == name]
    return pen.say(phrases.LIST).join(
        pen.say(
            words.ASPECT_AT_PRODUCT,
            product=named_product(row["product_id"], material, pen),
            part=pen.count(row["negative"], "aspect_share"),
            whole=pen.count(row["reviews"], "aspect_share"),
        )
        for row in found[:PRODUCTS]
    )


def _quotes(name: str, answer: Answer, seen: set[str], pen: Pen) -> Iterator[Quote]:
    told = 0
    for row in answer.evidence["quotes"].to_pylist():
        if (row["name"], row["polarity"]) != (name, "negative") or row["quote"] in seen:
            continue
        if told == QUOTED or (row["rating"] is not None and row["rating"] >= _PRAISING):
            continue
        seen.add(row["quote"])
        told += 1
        yield quote({"text": row["quote"], "rating": row["rating"], "on": None}, pen)


def _agreement(answer: Answer, material: Material, pen: Pen) -> Iterator[Paragraph]:
    found = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    ours, simple = (found.get((name, "accuracy")) for name in (answer.method, "majority"))
    if ours is None or simple is None or ours["rows"] < material.least or ours["value"] is None:
        return
    text = pen.say(
        words.ASPECT_AGREES,
        rows=pen.count(ours["rows"], "aspect_agreement"),
        ours=pen.share(_interval(ours), ours["rows"], "aspect_agreement"),
        simple=pen.share(_interval(simple), simple["rows"], "aspect_agreement"),
    )
    yield Paragraph(text, quiet=True)


def _interval(row: Row) -> Interval:
    low, high = (row["value"] if row[end] is None else row[end] for end in ("low", "high"))
    return Interval(row["value"], low, high)
