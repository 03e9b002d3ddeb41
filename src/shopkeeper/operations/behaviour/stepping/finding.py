"""Finding: units are counted by step, cohort and group, and become the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.errors import MissingDataError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.features import reached, with_properties
from shopkeeper.operations.behaviour.metrics import share_difference
from shopkeeper.operations.behaviour.small_cells import SMALLEST, is_small, withheld
from shopkeeper.operations.behaviour.small_cells import told as told_count
from shopkeeper.operations.behaviour.stepping.dropping import lost_customers
from shopkeeper.operations.behaviour.stepping.picture import bars
from shopkeeper.operations.behaviour.stepping.plan import ASKED, MOST_SHOWN, Plan
from shopkeeper.operations.behaviour.stepping.reaching import grouped_units
from shopkeeper.operations.behaviour.stepping.sentences import (
    DEFINITIONS,
    TITLE,
    UNITS,
    limits,
    sentences,
)
from shopkeeper.operations.behaviour.vocabulary import (
    OTHER,
    category_words,
    event_words,
    value_words,
    with_others,
)
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

TABLE = pa.schema(
    [
        ("cohort", pa.string()),
        ("group_en", pa.string()),
        ("group_zh", pa.string()),
        ("rank", pa.int64()),
        ("step", pa.string()),
        ("count", pa.int64()),
        ("lost", pa.int64()),
        ("share", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("share_of_previous", pa.float64()),
        ("previous_low", pa.float64()),
        ("previous_high", pa.float64()),
    ]
)
_DIFFERENCE = pa.schema(
    [("rank", pa.int64()), ("step", pa.string())]
    + [(name, pa.float64()) for name in ("share_in", "share_out", "difference", "low", "high")]
)
_MEMBERS = pa.schema(
    [("segment_set", pa.string()), ("segment", pa.string()), ("customer_id", pa.string())]
)
_PARTS = pa.schema([("part", pa.string()), ("count", pa.int64())])
Row = dict[str, Any]
_UNTOLD = (None, None, None)


def answer(shop: Shop, plan: Plan) -> Answer:
    """Count, and return the answer of `funnel`.

    Raises
    ------
    MissingDataError
        Nobody began, or nobody who began is in the cohort.
    """
    counts = _counts(shop, plan)
    hidden = _hidden(plan, counts)
    rows = [row for one, few in zip(counts, hidden, strict=True) for row in _rows(plan, one, few)]
    table = pa.Table.from_pylist(rows, schema=TABLE)
    difference = _difference(plan, counts, hidden)
    parts = [
        {"part": "events", "count": plan.events},
        {"part": "without_owner", "count": plan.without_unit},
        {"part": "began", "count": rows[0]["count"]},
    ]
    lost = _told_members(lost_customers(shop, plan).to_pyarrow(), plan, hidden[0])
    evidence = {"members": lost, "parts": pa.Table.from_pylist(parts, schema=_PARTS)}
    if plan.cohort:
        evidence = {"difference": pa.Table.from_pylist(difference, _DIFFERENCE), **evidence}
    return Answer(
        verb="funnel",
        title=TITLE,
        table=table,
        method="ordered" if plan.path.ordered else "any",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan, rows, difference, absent=_absent(shop, plan))),
        evidence=evidence,
        limits=limits(plan),
        definitions=DEFINITIONS,
        chart=bars(rows),
    )


def _told_members(lost: pa.Table, plan: Plan, hidden: set[int]) -> pa.Table:
    """Return who did not go on from each step, less those whose number tells a hidden count."""
    if plan.path.per == "customer":
        before = {plan.path.steps[step - 1] for step in hidden if step}
        told = [name for name in plan.path.steps if name not in before]
        lost = lost.filter(pc.is_in(lost["segment"], pa.array(told)))
    return lost.select(_MEMBERS.names).cast(_MEMBERS)


Count = tuple[str, Words, list[int]]


def _counts(shop: Shop, plan: Plan) -> list[Count]:
    """Return how many units reached each step: all, then each side of the cohort, then each group."""
    reach = [f"n{step}" for step in range(1, len(plan.path.steps) + 1)]
    with grouped_units(shop, plan) as kept:
        found = _sums(kept, ["side"], reach).to_pyarrow().to_pylist()
        sides = {row["side"]: [row[name] for name in reach] for row in found}
        if not sides:
            raise _nobody_began(plan)
        if plan.cohort:
            _require_sides(shop, plan, sides.get("in", [0])[0], sides.get("out", [0])[0])
        nothing = [0] * len(reach)
        whole = [sum(numbers) for numbers in zip(*sides.values(), strict=True)]
        counts = [("all", Words("", ""), whole)]
        if plan.cohort:
            counts += [(one, Words("", ""), sides.get(one, nothing)) for one in ("in", "out")]
        if plan.breakdown:
            names = category_words(shop) if "category" in plan.breakdown else {}
            counts += _groups(kept, plan, sides, reach, names)
    return counts


def _groups(
    kept: ir.Table,
    plan: Plan,
    sides: dict[str, list[int]],
    names: list[str],
    categories: dict[str, Words],
) -> list[Count]:
    """Return the commonest groups, and what is left of each side as one more; too few are not told."""
    keys = list(plan.breakdown)
    grouped = _sums(kept, keys, names)
    grouped = grouped.filter(grouped.n1 >= plan.smallest)
    ranked = grouped.order_by([ibis.desc("n1"), *keys]).limit(MOST_SHOWN)
    top = kept.semi_join(ranked, keys).to_pyarrow().to_pylist()
    place = {
        tuple(row[key] for key in keys): rank
        for rank, row in enumerate(ranked.to_pyarrow().to_pylist())
    }
    top.sort(key=lambda row: (place[tuple(row[key] for key in keys)], row["side"]))
    counts = [
        (row["side"], _called(row, keys, categories), [row[name] for name in names])
        for row in top
        if row["n1"] >= plan.smallest
    ]
    for side, whole in sorted(sides.items()):
        shown = [numbers for one, _, numbers in counts if one == side]
        rest = _rest(whole, shown)
        called = OTHER
        if is_small(rest[0], plan.smallest) and shown:
            # What is left would be told by what is shown, so it is told with the smallest group.
            last = next(one for one in reversed(counts) if one[0] == side)
            counts.remove(last)
            called, rest = with_others(last[1]), _rest(whole, shown[:-1])
        if rest[0] >= plan.smallest:
            counts.append((side, called, rest))
    return counts


def _rest(whole: list[int], shown: list[list[int]]) -> list[int]:
    return [total - sum(numbers[n] for numbers in shown) for n, total in enumerate(whole)]


def _sums(table: ir.Table, keys: list[str], names: list[str]) -> ir.Table:
    return table.group_by(keys).aggregate(**{name: table[name].sum() for name in names})


def _called(row: Row, keys: list[str], categories: dict[str, Words]) -> Words:
    words = [
        (categories.get(row[key]) if key == "category" else None) or value_words(row[key])
        for key in keys
    ]
    return Words(" · ".join(one.en for one in words), " · ".join(one.zh for one in words))


def _hidden(plan: Plan, counts: list[Count]) -> list[set[int]]:
    """Return of each row of counts which steps are not told: few reached them, or another row's few would show."""
    found: list[set[int]] = [set() for _ in counts]
    places = range(len(counts))
    # The sides add up to all, and the groups of a side to the side.
    parted = [[n for n in places if counts[n][0] != "all" and not counts[n][1].en]]
    parted += [
        [n for n in places if counts[n][0] == side and counts[n][1].en]
        for side in ("all", "in", "out")
    ]
    for step in range(len(plan.path.steps)):
        reached = {n: counts[n][2][step] for n in places}
        small = {n for n in places if is_small(reached[n], plan.smallest)}
        for part in parted:
            beside = {n: reached[n] for n in part}
            small |= withheld(beside, hidden=small, least=plan.smallest)
        for n in small:
            found[n].add(step)
    return found


def _rows(plan: Plan, counted: Count, hidden: set[int]) -> list[Row]:
    rows = []
    side, group, numbers = counted
    for rank, (step, number) in enumerate(zip(plan.path.steps, numbers, strict=True), 1):
        before = numbers[rank - 2] if rank > 1 else number
        told = rank - 1 not in hidden
        # A share beside its count tells what it is of.
        of_first = _share(number, numbers[0], plan.least) if told and 0 not in hidden else _UNTOLD
        known = told and rank - 2 not in hidden
        of_previous = _share(number, before, plan.least) if known else _UNTOLD
        rows.append(
            {
                "cohort": side,
                "group_en": group.en,
                "group_zh": group.zh,
                "rank": rank,
                "step": step,
                "count": number if told else None,
                "lost": told_count(before - number, plan.smallest) if known else None,
                **dict(zip(("share", "low", "high"), of_first, strict=True)),
                **dict(
                    zip(
                        ("share_of_previous", "previous_low", "previous_high"),
                        of_previous,
                        strict=True,
                    )
                ),
            }
        )
    return rows


def _share(top: int, base: int, least: int) -> tuple[float | None, float | None, float | None]:
    if base < max(least, 1):
        return _UNTOLD
    interval = proportion(top, base)
    return interval.value, interval.low, interval.high


def _difference(plan: Plan, counts: list[Count], hidden: list[set[int]]) -> list[Row]:
    """Return, for each step after the first, the share in the cohort less the share out of it."""
    sides = {side: numbers for side, group, numbers in counts if not group.en}
    few = {
        step for one, steps in zip(counts, hidden, strict=True) if not one[1].en for step in steps
    }
    if not plan.cohort or min(sides["in"][0], sides["out"][0]) < max(plan.least, 1):
        return []
    found = []
    for rank, step in enumerate(plan.path.steps[1:], 2):
        pair = [(sides[side][rank - 1], sides[side][0]) for side in ("in", "out")]
        if few & {0, rank - 1}:
            continue
        interval = share_difference(*pair[0], *pair[1])
        found.append(
            {
                "rank": rank,
                "step": step,
                "share_in": pair[0][0] / pair[0][1],
                "share_out": pair[1][0] / pair[1][1],
                "difference": interval.value,
                "low": interval.low,
                "high": interval.high,
            }
        )
    return found


def _nobody_began(plan: Plan) -> MissingDataError:
    first = event_words(plan.path.steps[0])
    return MissingDataError(
        ASKED,
        Words(f"Nobody did the first step, {first.en}.", f"没有人做过第一步“{first.zh}”。"),
        Words("Begin with another event.", "请换一个起始事件。"),
    )


def _require_sides(shop: Shop, plan: Plan, inside: int, outside: int) -> None:
    name, values = plan.cohort or ("", ())
    if inside < plan.smallest and (inside or plan.members):
        raise _few(plan, name, values, Words("of them", "其中"))
    if not inside:
        raise _nobody_inside(shop, plan, name, values)
    if is_small(outside, plan.smallest):
        raise _few(plan, name, values, Words("of all others", "其余顾客里"))


def _absent(shop: Shop, plan: Plan) -> list[str]:
    """Return those of several values of the cohort that nobody who began has."""
    name, values = plan.cohort or ("", ())
    if plan.members or len(values) < 2:
        return []
    began = _began(shop, plan)
    there = began.filter(began[name].isin(values)).select(name).distinct().to_pyarrow()
    return [value for value in values if value not in there[name].to_pylist()]


def _began(shop: Shop, plan: Plan) -> ir.Table:
    units = with_properties(shop, reached(shop, plan.path, complete=plan.complete), plan.path)
    return units.filter(units.level > 0)


def _nobody_inside(shop: Shop, plan: Plan, name: str, values: tuple[str, ...]) -> MissingDataError:
    units = _began(shop, plan)
    units = units.filter(units[name] != "")
    counted = units.group_by(name).aggregate(count=ibis._.count())
    rows = counted.order_by([ibis.desc("count"), name]).limit(8).to_pyarrow().to_pylist()
    there = [str(row[name])[:40] for row in rows]
    wanted = "|".join(values)[:60]
    return MissingDataError(
        Words(f"Asked for the cohort {name}={wanted}.", f"指定了人群 {name}={wanted}。"),
        Words("Nobody who began is in it.", "开始的人里没有一个属于它。"),
        Words(
            f"Choose a value that there is: {', '.join(there) or 'none is recorded'}.",
            f"请选择已有的取值：{'、'.join(there) or '没有记录任何取值'}。",
        ),
    )


def _few(plan: Plan, name: str, values: tuple[str, ...], side: Words) -> MissingDataError:
    wanted, unit = "|".join(values)[:60], UNITS[plan.path.per].zh
    return MissingDataError(
        Words(f"Asked for the cohort {name}={wanted}.", f"指定了人群 {name}={wanted}。"),
        Words(
            f"Fewer than {SMALLEST} {side.en} began.",
            f"{side.zh}做过第一步的不足 {SMALLEST} {unit}。",
        ),
        Words(
            "Choose another one, or count the other way: --per customer or --per session.",
            "请换一个人群，或换一种算法：--per customer 或 --per session。",
        ),
    )
