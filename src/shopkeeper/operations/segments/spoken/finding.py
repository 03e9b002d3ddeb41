"""From a sentence to the answer of `segment`: its rule, how many meet it, and whom it overlaps."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.stats import rankdata

from shopkeeper.answer import Answer
from shopkeeper.errors import UsageError
from shopkeeper.operations.behaviour.vocabulary import category_words
from shopkeeper.operations.segments.base import Base, Ints, read_base
from shopkeeper.operations.segments.counts import read_habits
from shopkeeper.operations.segments.grouping.describing import (
    overlap_rows,
    segment_rows,
    share_of_all,
    traits_of,
)
from shopkeeper.operations.segments.grouping.finding import (
    EVIDENCE,
    SEGMENTS,
    Plan,
    member_table,
)
from shopkeeper.operations.segments.grouping.sentences import DEFINITIONS, TITLE, limits
from shopkeeper.operations.segments.grouping.ways import Way, by_rfm
from shopkeeper.operations.segments.guards import NAMES, refused
from shopkeeper.operations.segments.left_out import left_out
from shopkeeper.operations.segments.rules import Condition, joined
from shopkeeper.operations.segments.spoken.reading import Read, read
from shopkeeper.operations.segments.spoken.steps import rule_table
from shopkeeper.operations.segments.spoken.things import Names, names_of
from shopkeeper.operations.segments.traits import bought_lines, people
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Flags = NDArray[np.bool_]
Row = dict[str, Any]
OWN = "own"
OWN_SEGMENTS = pa.schema(
    [(name, pa.string()) for name in ("segment", "sentence", "rule_en", "rule_zh")]
    + [("customers", pa.int64())]
    + [(name, pa.float64()) for name in ("share", "low", "high")]
    + [(name, pa.string()) for name in ("problem_en", "problem_zh")]
)
_NEARLY_ALL = Words(
    "Nearly all meet it, so their share is not told: it would tell of the few who do not.",
    "几乎所有顾客都符合，因此不给占比，以免透露少数不符合者的情况。",
)
_PLACES = ("region", "city", "country")
_MOST_MEANT = 5
_EXAMPLES = Words(
    'Say it in parts such as "bought at least twice", "not in three months", "spent over 500",'
    ' "bought food", joined by "and" or commas.',
    "请用“买过两次以上”“三个月没买”“消费超过500元”“买过某类目”这样的说法，用逗号或“且”连接。",
)


def answer(shop: Shop, plan: Plan, sentence: str) -> Answer | None:
    """Return the answer; None where nobody has bought in the currency.

    Raises
    ------
    UsageError
        The sentence asks for what is never inferred, holds a part that cannot be read, or too few
        customers meet its rule.
    """
    base = read_base(shop, plan.currency, plan.opted_out)
    if base is None:
        _guarded(sentence, _asked(sentence))
        return None
    return _answer(shop, base, plan, *_read(shop, base, plan, sentence))


def _asked(sentence: str) -> Words:
    return Words(f"Asked for the segment {_short(sentence)!r}.", f"要圈选“{_short(sentence)}”。")


def _read(shop: Shop, base: Base, plan: Plan, sentence: str) -> tuple[Read, list[Flags]]:
    """Return what was read in a sentence, and for whom each condition holds."""
    asked = _asked(sentence)
    _guarded(sentence, asked)
    said = read(sentence, _names(shop, base))
    _understood(said, asked)
    held = [_held(shop, base, condition) for condition, _ in said.conditions]
    mine = np.logical_and.reduce(held)
    if int(mine.sum()) < plan.fewest:
        raise _too_few(_text(shop, said), int(mine.sum()), plan.fewest, asked)
    return said, held


def with_own(shop: Shop, plan: Plan, made: Answer) -> Answer:
    """Return an answer with the shop's own segments of shop.toml among its members.

    A sentence that cannot be read, or that too few meet, is told and stops nothing.
    """
    base = read_base(shop, plan.currency, plan.opted_out)
    assert base is not None, "the answer has customers"
    rows: list[Row] = []
    tables = [made.evidence["members"]]
    for name, sentence in shop.settings.segments.items():
        row: Row = {"segment": name, "sentence": sentence}
        try:
            _guarded(name.replace("_", " "), _asked(name))
            said, held = _read(shop, base, plan, sentence)
        except UsageError as error:
            row |= {"problem_en": error.found.en, "problem_zh": error.found.zh}
        else:
            text = _text(shop, said)
            codes = np.where(np.logical_and.reduce(held), 0, -1).astype(np.int64)
            tables.append(member_table(base, _way(name, text, codes), OWN, [name]))
            share = share_of_all(int((codes == 0).sum()), len(codes), plan.fewest)
            row |= {"rule_en": text.en, "rule_zh": text.zh, "customers": int((codes == 0).sum()),
                    "share": share.get("share"), "low": share.get("share_low"), "high": share.get("share_high")}  # fmt: skip
        rows.append(row)
    own = pa.Table.from_pylist(rows, schema=OWN_SEGMENTS)
    return replace(made, evidence=made.evidence | {"members": pa.concat_tables(tables), "own": own})


def _text(shop: Shop, said: Read) -> Words:
    return joined(tuple(condition for condition, _ in said.conditions), category_words(shop))


def _way(name: str, text: Words, codes: Ints) -> Way:
    return Way((name,), (text,), codes, lambda _end: codes, lambda rows, _seed: codes[rows])


def _answer(shop: Shop, base: Base, plan: Plan, said: Read, held: list[Flags]) -> Answer:
    mine = np.logical_and.reduce(held)
    text = _text(shop, said)
    codes = np.where(mine, 0, -1).astype(np.int64)
    way = _way(OWN, text, codes)
    (row,) = segment_rows(base, way, {"purchases": base.state(base.end).purchases}, plan.fewest)
    row |= dict.fromkeys(("rule_en", "rule_zh", *(
        f"{name}{end}" for name in ("precision", "recall") for end in ("", "_low", "_high"))))  # fmt: skip
    row |= {"rule_en": text.en, "rule_zh": text.zh, "currency": base.currency}
    overlap = overlap_rows(way, by_rfm(base), [OWN], plan.fewest)
    return Answer(
        verb="segment",
        title=TITLE,
        table=pa.Table.from_pylist([row], schema=SEGMENTS),
        method="rule",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=(
            Words(f"Read as: {text.en}.", f"读作：{text.zh}。"),
            _who_meet_it(row),
        ),
        evidence={
            "rule": rule_table(said, held, plan.fewest, category_words(shop)),
            "overlap": pa.Table.from_pylist(overlap, schema=EVIDENCE["overlap"]),
            "members": member_table(base, way, OWN, [OWN]),
        },
        limits=(
            *limits("rule", plan.fewest, 0),
            *([] if row.get("share") is not None else [_NEARLY_ALL]),
            *left_out(shop, plan.opted_out, base.others, base.stray),
        ),
        definitions=DEFINITIONS,
    )


def _who_meet_it(row: Row) -> Words:
    many = counted(row["customers"], "customer")
    if row.get("share") is None:
        return Words(f"{many} meet it.", f"符合的顾客有 {row['customers']:,} 位。")
    share, low, high = (f"{row[name]:.1%}" for name in ("share", "share_low", "share_high"))
    return Words(
        f"{many} meet it, {share} of all who bought (95 % interval {low} to {high}).",
        f"符合的顾客有 {row['customers']:,} 位，占全部已购顾客的 {share}（95% 区间 {low} 至 {high}）。",
    )


def _short(sentence: str) -> str:
    plain = " ".join(sentence.split())
    return plain if len(plain) <= 60 else f"{plain[:60]}…"


def _guarded(sentence: str, asked: Words) -> None:
    found = refused(sentence)
    if found is None:
        return
    kind = NAMES[found[0]]
    raise UsageError(
        asked,
        Words(
            f"{found[1]!r} speaks of {kind.en}, which is never inferred of a customer.",
            f"“{found[1]}”属于不作推断的类别（{kind.zh}）。",
        ),
        Words(
            "Ask for what customers did: how often, how long ago, for how much, what they bought.",
            "请按顾客做过的事来圈选：买过几次、多久没买、花了多少、买过什么类目。",
        ),
    )


def _understood(said: Read, asked: Words) -> None:
    if said.unclear:
        name, meant = said.unclear[0]
        them = [_short(one) for one in meant[:_MOST_MEANT]]
        raise UsageError(
            asked,
            Words(
                f"{_short(name)!r} can mean {len(meant)} things here: {', '.join(map(repr, them))}.",
                f"“{_short(name)}”在本店可指 {len(meant)} 样：{'、'.join(f'“{one}”' for one in them)}。",
            ),
            Words("Say it by a name that only one of them has.", "请改用只属于其中一个的名称。"),
        )
    if said.unread:
        parts_en = ", ".join(repr(_short(one)) for one in said.unread)
        parts_zh = "、".join(f"“{_short(one)}”" for one in said.unread)
        raise UsageError(
            asked,
            Words(f"Could not read {parts_en}.", f"读不懂这部分：{parts_zh}。"),
            _EXAMPLES,
        )
    if not said.conditions:
        raise UsageError(
            asked, Words("It says nothing of whom.", "没有说明是哪些顾客。"), _EXAMPLES
        )


def _too_few(text: Words, count: int, least: int, asked: Words) -> UsageError:
    found = (
        Words(f"Read as {text.en}; nobody meets it.", f"读作“{text.zh}”；没有顾客符合。")
        if not count
        else Words(
            f"Read as {text.en}; fewer than {least} customers meet it.",
            f"读作“{text.zh}”；符合的顾客不足 {least} 位。",
        )
    )
    return UsageError(asked, found, Words("Ask for less.", "请放宽条件。"))


def _names(shop: Shop, base: Base) -> dict[str, Names]:
    """Return what categories and places can be called, and what the tables call them."""
    line = bought_lines(shop, base.currency)
    own = line.select("category").distinct().to_pyarrow()["category"].to_pylist()
    spelt: dict[str, list[str]] = {}
    named = shop.categories.select("category", "language", "name").to_pyarrow().to_pylist()
    for row in sorted(named, key=lambda row: (row["category"], row["language"])):
        spelt.setdefault(row["category"], []).append(row["name"] or row["category"])
    # By its number nobody asks for what must not be asked for by its name.
    told = {
        one for one in own if one and not any(refused(name) for name in (one, *spelt.get(one, [])))
    }
    found = {"category": names_of("category", told, spelt)}
    rows = people(shop).select(*_PLACES).distinct().to_pyarrow()
    for place in _PLACES:
        found[place] = names_of(place, {one for one in rows[place].to_pylist() if one}, {})
    return found


def _held(shop: Shop, base: Base, condition: Condition) -> Flags:
    """Return for whom a condition holds."""
    if condition.trait == "category":
        line = bought_lines(shop, base.currency)
        who = line.filter(line.category == condition.value).select("customer_id").distinct()
        there = _among(base, who.to_pyarrow()["customer_id"])
        return there if condition.sign == "is" else ~there
    if condition.trait in _PLACES:
        lives = people(shop)
        named = lives.filter(lives[condition.trait] == condition.value).select("customer_id")
        return _among(base, named.to_pyarrow()["customer_id"])
    if condition.trait == "accepts_marketing":
        return np.asarray(base.accepts == 1)
    values = _values(shop, base, condition.trait)
    return np.asarray(_SIGNS[condition.sign](values, float(condition.value)), dtype=bool)


def _among(base: Base, who: pa.ChunkedArray) -> Flags:
    found = pc.is_in(base.ids, value_set=who.combine_chunks().cast(base.ids.type))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


_SIGNS: dict[str, Callable[[Any, float], Any]] = {
    "ge": operator.ge,
    "le": operator.le,
    "above": operator.gt,
    "below": operator.lt,
    "is": operator.eq,
}
_COUNTED = {
    "reduced_orders": ("discount", "yes"),
    "returned_orders": ("returned", "yes"),
    "bad_reviews": ("sentiment", "negative"),
    "good_reviews": ("sentiment", "positive"),
}


def _values(shop: Shop, base: Base, trait: str) -> NDArray[np.float64]:
    plain = traits_of(base, None)
    if trait in plain:
        return plain[trait]
    if trait == "value_top":
        return rankdata(-base.state(base.end).spent, method="max") / base.customers
    habits = read_habits(shop, base, None)
    if trait in _COUNTED:
        at = [place for place, name in enumerate(habits.names) if name == _COUNTED[trait]]
        counts: NDArray[np.float64] = habits.matrix(base, base.end)[:, at].sum(axis=1)
        return counts
    return traits_of(base, habits).get(trait, np.full(base.customers, np.nan))
