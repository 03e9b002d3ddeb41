"""Who is told apart: a segment from all others, or customers by how they began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from shopkeeper.data.engines import held_table
from shopkeeper.errors import UsageError
from shopkeeper.operations.behaviour.features import OF_BEGINNING, Activity, began_with, returns
from shopkeeper.operations.behaviour.metrics import share_difference, surely_apart
from shopkeeper.operations.behaviour.small_cells import SMALLEST, is_small, withheld
from shopkeeper.operations.behaviour.vocabulary import OTHER, PROPERTIES, value_words, with_others
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop
    from shopkeeper.operations.behaviour.returning.finding import Plan

Row = dict[str, Any]
INSIDE, OUTSIDE = "in", "out"
MOST = 12
"""Values of a property that stand alone, the commonest; all others are one group."""

_ENDS = [("low", pa.float64()), ("high", pa.float64())]
BY_GROUP = pa.schema(
    [("group_en", pa.string()), ("group_zh", pa.string()), ("age", pa.int64()), ("cohorts", pa.int64()),
     ("customers", pa.int64()), ("returned", pa.int64()), ("share", pa.float64()), *_ENDS]
)  # fmt: skip
AGAINST = pa.schema(
    [("age", pa.int64())]
    + [(name, pa.int64()) for name in ("customers_in", "customers_out")]
    + [(name, pa.float64()) for name in ("share_in", "share_out", "difference")]
    + _ENDS
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many began in each period, and how many of them were active at each age."""

    size: Mapping[int, int] = field(default_factory=dict)
    came: Mapping[tuple[int, int], int] = field(default_factory=dict)


NOBODY = Counted()


def told_apart_by(typed: str, since: Activity, segment: str) -> str:
    """Return the property by which customers are told apart; "" where none is asked for.

    Raises
    ------
    UsageError
        It is none that is known of a beginning, or a segment is asked for too.
    """
    chinese = {words.zh: name for name, words in PROPERTIES.items()} | {"省份": "region"}
    name = chinese.get(typed.strip(), typed.strip().lower())
    if not name:
        return ""
    asked = Words(f"Asked who comes back, by {name[:60]!r}.", f"要按“{name[:60]}”查看顾客留存。")
    if name not in OF_BEGINNING[since]:
        listed = OF_BEGINNING[since]
        seen = name in OF_BEGINNING["visit"]
        visits = (
            Words(", or give --since visit", "，或改用 --since visit") if seen else Words("", "")
        )
        raise UsageError(
            asked,
            Words("Customers cannot be grouped by that.", "不能按这个属性分组。"),
            Words(
                f"Choose from {', '.join(listed)}{visits.en}.",
                f"请从 {'、'.join(f'{PROPERTIES[one].zh}（{one}）' for one in listed)} 中选择{visits.zh}。",
            ),
        )
    if segment.strip():
        raise UsageError(
            asked,
            Words("A segment is asked for too.", "同时指定了分群。"),
            Words("Give one of the two.", "请只给其中一项。"),
        )
    return name


def grouped(shop: Shop, begun: ir.Table, plan: Plan) -> ir.Table:
    """Return who began when, with their `group` where customers are told apart."""
    if plan.segment:
        member = held_table(
            shop.connection, pa.table({"member": pa.array(plan.members, pa.string())})
        )
        joined = begun.left_join(member, begun.who == member.member)
        side = ibis.ifelse(joined.member.notnull(), INSIDE, OUTSIDE)
        return joined.select("who", "start", group=side)
    if plan.by:
        known = began_with(shop, plan.since, plan.by)
        joined = begun.left_join(known, "who")
        return joined.select("who", "start", group=ibis.coalesce(joined.group, ""))
    return begun


def counted(begun: ir.Table, active: ir.Table) -> dict[str, Counted]:
    """Count who began and who came back, by group; "" where nobody is told apart."""
    keys = [name for name in ("group", "start") if name in begun.columns]
    sizes = begun.group_by(keys).aggregate(customers=begun.count()).to_pyarrow().to_pylist()
    came = returns(begun, active).to_pyarrow().to_pylist()
    size: dict[str, dict[int, int]] = {row.get("group", ""): {} for row in sizes}
    back: dict[str, dict[tuple[int, int], int]] = {name: {} for name in size}
    for row in sizes:
        size[row.get("group", "")][row["start"]] = row["customers"]
    for row in came:
        back[row.get("group", "")][row["start"], row["age"]] = row["returned"]
    return {name: Counted(size[name], back[name]) for name in size}


def together(counts: Iterable[Counted]) -> Counted:
    """Return the counts of several groups as one."""
    size: dict[int, int] = {}
    came: dict[tuple[int, int], int] = {}
    for one in counts:
        for start, number in one.size.items():
            size[start] = size.get(start, 0) + number
        for cell, number in one.came.items():
            came[cell] = came.get(cell, 0) + number
    return Counted(size, came)


def ranked(counts: Mapping[str, Counted]) -> dict[Words, Counted]:
    """Return the groups with the most customers, and all others as one, by what they are called.

    Where the others are a few, the smallest group is told together with them.
    """
    sizes = {name: sum(one.size.values()) for name, one in counts.items()}
    order = sorted(sizes, key=lambda name: (-sizes[name], name))
    many = {name: sizes[name] for name in order}
    few = {name for name in order if is_small(many[name]) or name in order[MOST:]}
    hidden = withheld(many, hidden=few)
    found = {value_words(name): counts[name] for name in order if name not in hidden}
    rest = together(counts[name] for name in order if name in hidden)
    if sum(rest.size.values()) >= SMALLEST:
        joined = [with_others(value_words(name)) for name in order if name in hidden - few]
        found[joined[0] if joined else OTHER] = rest
    return found


def against(outside: list[Row], inside: list[Row]) -> list[Row]:
    """Return the share of a segment less that of all others, by age."""
    others = {row["age"]: row for row in outside}
    rows = []
    for row in inside:
        other = others.get(row["age"])
        if other is None or is_small(row["returned"]) or is_small(other["returned"]):
            continue
        interval = share_difference(
            row["returned"], row["customers"], other["returned"], other["customers"]
        )
        rows.append(
            {"age": row["age"], "customers_in": row["customers"], "customers_out": other["customers"],
             "share_in": row["share"], "share_out": other["share"], "difference": interval.value,
             "low": interval.low, "high": interval.high}
        )  # fmt: skip
    return rows


def farthest(rows: list[Row], age: int) -> Iterator[tuple[Row, Row]]:
    """Yield the best and the worst group at an age of those that are told, where they surely differ."""
    mine = [row for row in rows if row["age"] == age and row["share"] is not None]
    if len(mine) < 2:
        return
    best = max(mine, key=lambda row: (row["share"], row["group_en"]))
    worst = min(mine, key=lambda row: (row["share"], row["group_en"]))
    ends = [row[name] for row in (best, worst) for name in ("returned", "customers")]
    if surely_apart(*ends, among=len(mine)):
        yield best, worst
