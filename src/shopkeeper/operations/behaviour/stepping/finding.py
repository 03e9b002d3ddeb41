"""Finding: units are counted by step, cohort and group, and become the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.errors import MissingDataError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.belonging import SMALLEST
from shopkeeper.operations.behaviour.features import reached, with_properties
from shopkeeper.operations.behaviour.metrics import share_difference
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
    rows = [row for side, group, numbers in counts for row in _rows(plan, side, group, numbers)]
    table = pa.Table.from_pylist(rows, schema=TABLE)
    difference = _difference(plan, counts)
    parts = [
        {"part": "events", "count": plan.events},
        {"part": "without_owner", "count": plan.without_unit},
        {"part": "began", "count": rows[0]["count"]},
    ]
    lost = lost_customers(shop, plan).to_pyarrow().select(_MEMBERS.names).cast(_MEMBERS)
    evidence = {"members": lost, "parts": pa.Table.from_pylist(parts, schema=_PARTS)}
    if plan.cohort:
        evidence = {"difference": pa.Table.from_pylist(difference, _DIFFERENCE), **evidence}
    return Answer(
        verb="funnel",
        title=TITLE,
        table=table,
        method="ordered" if plan.path.ordered else "any",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan, rows, difference)),
        evidence=evidence,
        limits=limits(plan),
        definitions=DEFINITIONS,
        chart=bars(rows),
    )


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
            _require_inside(shop, plan, sides.get("in", [0])[0])
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
        if 0 < rest[0] < plan.smallest and shown:
            # What is left would be told by what is shown, so the smallest group goes with it.
            counts.remove(next(one for one in reversed(counts) if one[0] == side))
            rest = _rest(whole, shown[:-1])
        if rest[0] >= plan.smallest:
            counts.append((side, OTHER, rest))
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


def _rows(plan: Plan, side: str, group: Words, numbers: list[int]) -> list[Row]:
    rows = []
    for rank, (step, number) in enumerate(zip(plan.path.steps, numbers, strict=True), 1):
        before = numbers[rank - 2] if rank > 1 else number
        told = _told(number, plan) is not None
        of_first = _share(number, numbers[0], plan.least) if told else _UNTOLD
        of_previous = _share(number, before, plan.least) if told else _UNTOLD
        rows.append(
            {
                "cohort": side,
                "group_en": group.en,
                "group_zh": group.zh,
                "rank": rank,
                "step": step,
                "count": number if told else None,
                "lost": _told(before - number, plan)
                if told and _told(before, plan) is not None
                else None,
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


def _told(count: int, plan: Plan) -> int | None:
    """Return a count; None where it is one of so few customers that it is not told."""
    return None if 0 < count < plan.smallest else count


def _share(top: int, base: int, least: int) -> tuple[float | None, float | None, float | None]:
    if base < max(least, 1):
        return _UNTOLD
    interval = proportion(top, base)
    return interval.value, interval.low, interval.high


def _difference(plan: Plan, counts: list[Count]) -> list[Row]:
    """Return, for each step after the first, the share in the cohort less the share out of it."""
    sides = {side: numbers for side, group, numbers in counts if not group.en}
    if not plan.cohort or min(sides["in"][0], sides["out"][0]) < max(plan.least, 1):
        return []
    found = []
    for rank, step in enumerate(plan.path.steps[1:], 2):
        pair = [(sides[side][rank - 1], sides[side][0]) for side in ("in", "out")]
        if any(_told(count, plan) is None for count, _ in pair):
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


def _require_inside(shop: Shop, plan: Plan, began: int) -> None:
    name, values = plan.cohort or ("", ())
    if began < (SMALLEST if plan.members else plan.smallest) and (began or plan.members):
        raise _few_inside(plan, name, values)
    if not began:
        raise _nobody_inside(shop, plan, name, values)


def _nobody_inside(shop: Shop, plan: Plan, name: str, values: tuple[str, ...]) -> MissingDataError:
    units = with_properties(shop, reached(shop, plan.path, complete=plan.complete), plan.path)
    units = units.filter((units.level > 0) & (units[name] != ""))
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


def _few_inside(plan: Plan, name: str, values: tuple[str, ...]) -> MissingDataError:
    wanted, unit = "|".join(values)[:60], UNITS[plan.path.per].zh
    return MissingDataError(
        Words(f"Asked for the cohort {name}={wanted}.", f"指定了人群 {name}={wanted}。"),
        Words(f"Fewer than {SMALLEST} of them began.", f"其中做过第一步的不足 {SMALLEST} {unit}。"),
        Words(
            "Choose a larger one, or count the other way: --per customer or --per session.",
            "请换一个更大的人群，或换一种算法：--per customer 或 --per session。",
        ),
    )
