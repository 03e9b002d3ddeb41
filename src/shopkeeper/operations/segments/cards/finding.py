"""From customers to the answer of `profile`: one row a sentence, each beside its statistic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.errors import GenerationError
from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.segments.base import read_base
from shopkeeper.operations.segments.cards.figures import (
    Figure,
    Flags,
    Material,
    figures,
    read_material,
)
from shopkeeper.operations.segments.cards.persona import persona
from shopkeeper.operations.segments.cards.picture import category_map
from shopkeeper.operations.segments.cards.sentences import (
    DEFINITIONS,
    LIMITS,
    SILENT,
    TITLE,
    next_action,
    next_for_customer,
    sentence,
    sentence_of_one,
)
from shopkeeper.operations.segments.grouping.describing import told_segments
from shopkeeper.operations.segments.grouping.finding import Plan, grouped
from shopkeeper.operations.segments.left_out import left_out
from shopkeeper.operations.segments.refusals import few_bought
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop
    from shopkeeper.language.generate import Generator

Row = dict[str, Any]
SENTENCES = pa.schema(
    [("card", pa.string()), ("name_en", pa.string()), ("name_zh", pa.string()), ("place", pa.int64())]
    + [(name, pa.string()) for name in ("part", "statistic", "said_en", "said_zh", "label_en", "label_zh")]
    + [(name, pa.float64()) for name in ("value", "low", "high")]
    + [("n", pa.int64())]
)  # fmt: skip
PERSONAS = pa.schema(
    [("card", pa.string()), ("persona_en", pa.string()), ("persona_zh", pa.string()), ("written_by", pa.string())]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Of:
    """Whose cards are written: one customer's, one segment's with its members, or every segment's."""

    customer: str = ""
    segment: str = ""
    members: tuple[str, ...] = ()


def answer(shop: Shop, plan: Plan, of: Of, generator: Generator | None) -> Answer | None:
    """Return the answer; None where nobody has bought, or the customer has not.

    Raises
    ------
    MissingDataError
        Too few of the segment have bought anything.
    """
    customer = of.customer
    base = read_base(shop, plan.currency, plan.opted_out)
    if base is None:
        return None
    if customer and not pc.any(pc.equal(base.ids, customer)).as_py():
        return None
    made = read_material(shop, base)
    mark = f"{base.currency} " if base.currency else ""
    if customer:
        rows = _of_customer(made, customer, mark)
    elif of.segment:
        mine = pc.is_in(base.ids, pa.array(of.members, pa.string())).to_numpy(zero_copy_only=False)
        if mine.sum() < plan.fewest:
            asked = Words("Asked for the card of a segment.", "要写一个分群的名片。")
            raise few_bought(asked, len(of.members), int(mine.sum()), plan.fewest)
        rows = _of_segment(made, of.segment, Words(of.segment, of.segment), mine, plan, mark)
    else:
        rows = _of_segments(shop, made, plan, mark)
    # What one customer did is told to no language model.
    personas, silent = _personas(rows, None if customer else generator)
    return Answer(
        verb="profile",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=SENTENCES),
        method="customer" if customer else "members" if of.segment else plan.method,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(_summary(rows, customer)),
        evidence={"personas": personas},
        limits=(
            *LIMITS,
            *left_out(shop, plan.opted_out, base.others, base.stray),
            *([SILENT] if silent else []),
        ),
        definitions=DEFINITIONS,
        chart=None if customer else category_map(rows),
    )


def _of_segments(shop: Shop, made: Material, plan: Plan, mark: str) -> list[Row]:
    way = grouped(shop, made.base, plan)
    told = told_segments(way, plan.fewest)
    rows: list[Row] = []
    for code, (name, words) in enumerate(zip(way.ids, way.names, strict=True)):
        if name in told:
            rows += _of_segment(made, name, words, way.codes == code, plan, mark)
    return rows


def _of_segment(
    made: Material, name: str, words: Words, mine: Flags, plan: Plan, mark: str
) -> list[Row]:
    told = [(one, sentence(one, mark)) for one in figures(made, mine, plan.fewest)]
    count = int(mine.sum())
    agreed = int((made.base.accepts[mine] == 1).sum()) if (made.base.accepts >= 0).any() else None
    shown = (
        agreed is not None and agreed >= plan.fewest and not is_small(count - agreed, plan.fewest)
    )
    action = Figure("next", "reachable", float(agreed or 0), count)
    told.append((action, next_action(name.rpartition(":")[2], agreed, count, plan.fewest)))
    return _rows(name, words, told, hidden=not shown)


def _of_customer(made: Material, customer: str, mark: str) -> list[Row]:
    mine = np.asarray(pc.equal(made.base.ids, customer).to_numpy(zero_copy_only=False), dtype=bool)
    found = list(figures(made, mine, 1))
    told = [(one, said) for one in found if (said := sentence_of_one(one, mark)) is not None]
    between = next((one.value for one in found if one.statistic == "days_between"), None)
    since = next(one.value for one in found if one.statistic == "days_since")
    accepts = int(made.base.accepts[mine][0])
    agreed = None if accepts < 0 else bool(accepts)
    action = Figure("next", "days_since", since, 1)
    told.append((action, next_for_customer(since, between, agreed=agreed)))
    return _rows(customer, Words(customer, customer), told, hidden=False)


def _rows(card: str, name: Words, told: list[tuple[Figure, Words]], *, hidden: bool) -> list[Row]:
    return [
        {
            "card": card, "name_en": name.en, "name_zh": name.zh, "place": place,
            "part": one.part, "statistic": one.statistic, "said_en": said.en, "said_zh": said.zh,
            "label_en": one.label.en or None, "label_zh": one.label.zh or None,
            "value": None if hidden and one.statistic == "reachable" else one.value,
            "low": one.low, "high": one.high, "n": one.n,
        }
        for place, (one, said) in enumerate(told, start=1)
    ]  # fmt: skip


def _personas(rows: list[Row], generator: Generator | None) -> tuple[pa.Table, bool]:
    """Return a persona a card, and whether the language model failed on the way."""
    made, silent = [], False
    for card in dict.fromkeys(row["card"] for row in rows):
        mine = [row for row in rows if row["card"] == card]
        said = [Words(row["said_en"], row["said_zh"]) for row in mine]
        name = Words(mine[0]["name_en"], mine[0]["name_zh"])
        try:
            text, by = persona(name, said, None if silent else generator)
        except GenerationError:
            # Asked once is enough; the cards themselves need no model.
            silent = True
            text, by = persona(name, said, None)
        made.append({"card": card, "persona_en": text.en, "persona_zh": text.zh, "written_by": by})
    return pa.Table.from_pylist(made, schema=PERSONAS), silent


def _summary(rows: list[Row], customer: str) -> list[Words]:
    if customer:
        return [
            Words(row["said_en"], row["said_zh"]) for row in rows if row["part"] in ("who", "next")
        ]
    cards = list(dict.fromkeys(row["card"] for row in rows))
    said = [Words(f"{counted(len(cards), 'card')}.", f"共 {len(cards)} 张名片。")]
    for card in cards:
        mine = {row["statistic"]: row for row in reversed(rows) if row["card"] == card}
        best = mine.get("category") or mine["value_so_far"]
        action = mine["reachable"]
        said.append(
            Words(
                f"{best['name_en']}: {best['said_en']} {action['said_en']}",
                f"{best['name_zh']}：{best['said_zh']}{action['said_zh']}",
            )
        )
    return said
