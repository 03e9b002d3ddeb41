"""Section of what to show next: products for some customers with their reasons, and how good it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from shopkeeper.answer import Answer
from shopkeeper.intervals import proportion
from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.blocks import Block, Column, Grid, Missing, Paragraph, Section
from shopkeeper.surfaces.report.lacking import lacking
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen, isolated, signed
from shopkeeper.words import Words

VERB = "recommend"
POPULAR, LAST = "popular", "last_item"
CUSTOMERS, PRODUCTS = 12, 3

Row = dict[str, Any]


def recommendations(material: Material, pen: Pen) -> Section:
    """Write the section of what to show each customer next."""
    head = pen.say(words.RECOMMEND)
    answer = material.answers.get(VERB)
    if answer is None:
        return Section(VERB, head, blocks=tuple(lacking((VERB,), material, pen)))
    parts = _counts(answer, "parts", "part", "count")
    lead = pen.say(
        words.RECOMMEND_LEAD,
        products=pen.count(parts["products_touched"], "touched"),
        customers=pen.count(parts["customers"], "touched"),
    )
    return Section(VERB, head, lead, (_lists(answer, parts, pen), *_quality(answer, pen)))


def _counts(answer: Answer, evidence: str, key: str, count: str) -> dict[str, int]:
    return {row[key]: row[count] for row in answer.evidence[evidence].to_pylist()}


def _lists(answer: Answer, parts: dict[str, int], pen: Pen) -> Block:
    lists: dict[str | None, list[Row]] = {}
    # The table holds one customer after another; a large shop's need not be read to its end.
    for row in answer.table.slice(0, _first(answer)).to_pylist():
        if row["customer_id"] in lists or len(lists) < CUSTOMERS:
            lists.setdefault(row["customer_id"], []).append(row)
    if not lists:
        return Missing(pen.say(words.RECOMMEND_NONE))
    columns = (
        Column(pen.say(words.COLUMN_CUSTOMER), "text"),
        Column(pen.say(words.COLUMN_PICKS), "text"),
    )
    rows = tuple((_customer(who, pen), _picks(listed, pen)) for who, listed in lists.items())
    note = pen.joined(*_note(answer, lists, parts, pen))
    return Grid(pen.say(words.RECOMMEND_TABLE), columns, rows, note)


def _first(answer: Answer) -> int:
    longest = max(answer.table["rank"].to_pylist(), default=0)
    return int(longest * CUSTOMERS)


def _customer(who: str | None, pen: Pen) -> Markup:
    return pen.say(words.RECOMMEND_EVERYONE) if who is None else pen.identifier(who)


def _picks(listed: list[Row], pen: Pen) -> Markup:
    best = sorted(listed, key=lambda row: row["rank"])[:PRODUCTS]
    return Markup().join(
        Markup('<span class="pick"><span>{}</span><small>{}</small></span>').format(
            _title(row, pen), _reason(row, pen)
        )
        for row in best
    )


def _title(row: Row, pen: Pen) -> Markup:
    bare = row["title"] is None or row["title"] == row["product_id"]
    return pen.identifier(row["product_id"]) if bare else pen.name(row["title"])


def _reason(row: Row, pen: Pen) -> Markup:
    said = Words(row["reason_en"], row["reason_zh"]).get(pen.lang)
    return pen.link(isolated(" ".join(said.split())), f"{VERB}:reason")


def _note(
    answer: Answer, lists: dict[str | None, list[Row]], parts: dict[str, int], pen: Pen
) -> Iterator[Markup]:
    if None in lists:
        yield pen.say(words.RECOMMEND_NOTE_ONE)
    else:
        yield pen.say(
            words.RECOMMEND_NOTE,
            shown=pen.count(len(lists), "recommend_lists"),
            lists=pen.count(parts["lists"], "recommend_lists"),
        )
    out = _counts(answer, "ruled_out", "rule", "products")
    if out["not_listed"] or out["out_of_stock"]:
        yield pen.say(
            words.RECOMMEND_OUT,
            unlisted=pen.count(out["not_listed"], "ruled_out"),
            sold_out=pen.count(out["out_of_stock"], "ruled_out"),
        )


def _quality(answer: Answer, pen: Pen) -> list[Block]:
    rows = answer.evidence["ranking_quality"].to_pylist()
    whole = {row["method"]: row for row in rows if row["history"] == "all"}
    if not whole or any(row["customers"] < pen.minimum_count for row in whole.values()):
        return [Missing(pen.say(words.RANK_UNJUDGED))]
    own = next((one for one in whole if one not in (POPULAR, LAST)), None)
    columns = (
        Column(pen.say(words.COLUMN_RANKING), "text"),
        Column(pen.say(words.COLUMN_NDCG)),
        Column(pen.say(words.COLUMN_RECALL), "aside"),
        Column(pen.say(words.COLUMN_AHEAD)),
    )
    named = {own: "own"} if own else {}
    named |= {POPULAR: POPULAR, LAST: LAST}
    listed = tuple(
        _ranking(whole[name], words.RANKINGS[called], pen)
        for name, called in named.items()
        if name in whole
    )
    judged = pen.count(whole[POPULAR]["customers"], f"{VERB}:ndcg")
    table = Grid(
        pen.say(words.RANK_TABLE), columns, listed, pen.say(words.RANK_NOTE, customers=judged)
    )
    said = list(_verdict(whole, own, pen))
    return [table, Paragraph(pen.joined(*said))] if said else [table]


def _ranking(row: Row, name: Words, pen: Pen) -> tuple[Markup, ...]:
    ndcg, low, high = (f"{row[end]:.3f}" for end in ("ndcg", "low", "high"))
    found = proportion(round(row["recall"] * row["customers"]), row["customers"])
    ahead = Markup("–")
    if row["ahead"] is not None:
        value, least, most = (_signed(row[end]) for end in ("ahead", "ahead_low", "ahead_high"))
        ahead = pen.cell(value, least, most, f"{VERB}:ahead")
    return (
        pen.say(name),
        pen.cell(ndcg, low, high, f"{VERB}:ndcg"),
        pen.share_cell(found, row["customers"], f"{VERB}:recall"),
        ahead,
    )


def _verdict(whole: dict[str, Row], own: str | None, pen: Pen) -> Iterator[Markup]:
    """Say whether the ranking is shown to beat the popular products, and the newest product's rule."""
    judged = whole.get(own or LAST)
    if judged is None:
        return
    low, high = judged["ahead_low"], judged["ahead_high"]
    said = words.AHEAD if low > 0 else words.AHEAD_BEHIND if high < 0 else words.AHEAD_NOT
    between = phrases.BETWEEN.get(pen.lang).format(low=_signed(low), high=_signed(high))
    value = _signed(judged["ahead"])
    # "Ahead by" and a plus sign would say it twice.
    told = value.lstrip("+") if said is words.AHEAD else value
    yield pen.say(
        said,
        ahead=pen.link(told, f"{VERB}:ahead"),
        between=pen.link(between, f"{VERB}:ahead"),
    )
    last = whole.get(LAST)
    if own is None or last is None:
        return
    if judged["low"] > last["high"]:
        yield pen.say(words.LAST_BEATEN)
    else:
        yield pen.say(words.LAST_BEHIND if judged["high"] < last["low"] else words.LAST_NOT)


def _signed(value: float) -> str:
    return signed(f"{value:.3f}")
