"""Section of what goes together, who is due to buy again, and which searches find nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.surfaces.report import selling_phrases as words
from shopkeeper.surfaces.report.blocks import NOTHING, Block, Column, Grid, Section
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, isolated
from shopkeeper.words import Words

COMPLEMENTS, SEARCH = "complements", "search_products"
PRODUCTS, BESIDE, ROWS = 6, 2, 8

Row = dict[str, Any]


def selling(material: Material, pen: Pen) -> Section:
    """Write the section of complements and searches."""
    beside, search = (material.answers.get(name) for name in (COMPLEMENTS, SEARCH))
    blocks: list[Block] = []
    lead = NOTHING
    if beside is not None:
        lead = pen.say(
            words.LEAD,
            pairs=pen.count(_parts(beside)["pairs_sure"], f"{COMPLEMENTS}:lift"),
            baskets=pen.count(_parts(beside)["several"], f"{COMPLEMENTS}:baskets"),
        )
        blocks += [*_complements(beside, pen), *_bundles(beside, material, pen), *_due(beside, pen)]
    if search is not None:
        blocks += _searches(search, pen)
    blocks += lacking((COMPLEMENTS, SEARCH), material, pen)
    return Section(COMPLEMENTS, pen.say(words.SELLING), lead, tuple(blocks))


def _parts(answer: Answer) -> dict[str, int]:
    return {row["part"]: row["count"] for row in answer.evidence["parts"].to_pylist()}


def _complements(answer: Answer, pen: Pen) -> Iterator[Block]:
    lists: dict[str, list[Row]] = {}
    for row in answer.table.to_pylist():
        if row["product_id"] in lists or len(lists) < PRODUCTS:
            lists.setdefault(row["product_id"], []).append(row)
    if not lists:
        return
    called = {row["complement_id"]: row["title"] for row in answer.table.to_pylist()}
    columns = (
        Column(pen.say(words.COLUMN_PRODUCT), "text"), Column(pen.say(words.COLUMN_BESIDE), "text"),
    )  # fmt: skip
    rows = tuple(
        (_called(name, called.get(name), pen), _beside(some, pen)) for name, some in lists.items()
    )
    note = pen.say(words.COMPLEMENTS_NOTE)
    yield Grid(pen.say(words.COMPLEMENTS_TABLE), columns, rows, note)


def _called(product: str, title: str | None, pen: Pen) -> Markup:
    return pen.identifier(product) if title in (None, product) else pen.name(title)


def _beside(some: list[Row], pen: Pen) -> Markup:
    return Markup().join(
        Markup('<span class="pick"><span>{}</span><small>{}</small></span>').format(
            _called(row["complement_id"], row["title"], pen), _reason(row, pen)
        )
        for row in sorted(some, key=lambda row: row["rank"])[:BESIDE]
    )


def _reason(row: Row, pen: Pen) -> Markup:
    said = Words(row["reason_en"], row["reason_zh"]).get(pen.lang)
    return pen.link(isolated(" ".join(said.split())), f"{COMPLEMENTS}:reason")


def _bundles(answer: Answer, material: Material, pen: Pen) -> Iterator[Block]:
    rows = answer.evidence["bundles"].slice(0, ROWS).to_pylist()
    if not rows:
        return
    columns = (
        Column(pen.say(words.COLUMN_BUNDLE), "text"),
        Column(pen.say(words.COLUMN_BASKETS)),
        Column(pen.say(words.COLUMN_LIFT)),
        Column(pen.say(words.COLUMN_PRICE), "aside"),
    )
    yield Grid(
        pen.say(words.BUNDLES_TABLE),
        columns,
        tuple(_bundle(row, material, pen) for row in rows),
    )


def _bundle(row: Row, material: Material, pen: Pen) -> tuple[Markup, ...]:
    lift, low, high = (f"{row[name]:.1f}" for name in ("lift", "low", "high"))
    price = Markup("–")
    if row["price"] is not None:
        currency = row["currency"] or material.shop.settings.currency
        price = pen.money(row["price"], currency, f"{COMPLEMENTS}:price")
    return (
        pen.name(row["titles"], most=120),
        pen.count(row["baskets"], f"{COMPLEMENTS}:baskets"),
        pen.cell(lift, low, high, f"{COMPLEMENTS}:low"),
        price,
    )


def _due(answer: Answer, pen: Pen) -> Iterator[Block]:
    rows = answer.evidence["due"].slice(0, ROWS).to_pylist()
    if not rows:
        return
    columns = (
        Column(pen.say(words.COLUMN_CUSTOMER), "text"),
        Column(pen.say(words.COLUMN_PRODUCT), "text"),
        Column(pen.say(words.COLUMN_LAST), "date"),
        Column(pen.say(words.COLUMN_DUE), "text"),
    )
    listed = tuple(
        (
            pen.identifier(row["customer_id"]),
            _called(row["product_id"], row["title"], pen),
            pen.day(row["last_on"]),
            pen.day(row["due_on"]),
        )
        for row in rows
    )
    due = pen.count(_parts(answer)["due"], f"{COMPLEMENTS}:due_on")
    yield Grid(pen.say(words.DUE_TABLE), columns, listed, pen.say(words.DUE_NOTE, due=due))


def _searches(answer: Answer, pen: Pen) -> Iterator[Block]:
    rows = [row for row in answer.evidence["queries"].to_pylist() if not row["found"]][:ROWS]
    if not rows:
        return
    columns = (Column(pen.say(words.COLUMN_QUERY), "text"), Column(pen.say(words.COLUMN_SEARCHES)))
    parts = _parts(answer)
    note = pen.say(
        words.SEARCH_NOTE,
        queries=pen.count(parts["queries"], f"{SEARCH}:found"),
        nothing=pen.count(parts["nothing_found"], f"{SEARCH}:found"),
    )
    listed = tuple(
        (pen.name(row["query"]), pen.count(row["searches"], f"{SEARCH}:found")) for row in rows
    )
    yield Grid(pen.say(words.SEARCH_TABLE), columns, listed, note)
