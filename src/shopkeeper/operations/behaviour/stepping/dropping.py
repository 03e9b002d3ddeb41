"""Who is lost at which step: the customers behind the numbers of a funnel, as segments.

A segment is named by the last step that its customers reached. Its set is named by the funnel, as
`funnel_lost(Product Viewed > Order Completed; any; customer; 24h)`, or `funnel_lost` alone for the usual
one; whoever reads such a name asks that funnel anew, so a segment lives with the data. Only a funnel of
events whose names hold a bracket, `>`, `;` or `|` cannot be named so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from shopkeeper.data.engines import held_table
from shopkeeper.errors import UsageError
from shopkeeper.operations.behaviour.belonging import segment_members
from shopkeeper.operations.behaviour.features import reached
from shopkeeper.operations.behaviour.small_cells import SMALLEST
from shopkeeper.operations.behaviour.vocabulary import event_named
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop
    from shopkeeper.operations.behaviour.stepping.plan import Plan

SET = "funnel_lost"
USUAL_HOURS = 168
_NAMED = re.compile(rf"{SET}(?: ?[(（](?P<funnel>[^()（）]*)[)）])? ?[:：](?P<step>.+)")
_OPTIONS = {"any": "any", "不限次序": "any", "customer": "customer", "顾客": "customer"}
_HOURS = re.compile(r"(\d+(?:\.\d+)?) ?(?:h|小时)")


def set_name(plan: Plan) -> str:
    """Return what the set of a funnel's drop-offs is called; typed again, it makes the same ones."""
    if plan.usual:
        return SET
    path, hours = plan.path, plan.path.window_seconds / 3600
    parts = [" > ".join(path.steps)]
    parts += [] if path.ordered else ["any"]
    parts += [] if path.per == "session" else ["customer"]
    parts += [] if hours == USUAL_HOURS else [f"{hours:.10g}h"]
    return f"{SET}({'; '.join(parts)})"


def members_of(shop: Shop, typed: str) -> tuple[str, ...]:
    """Return the customers of a segment but those who opted out.

    Parameters
    ----------
    shop
        The shop.
    typed
        `set:segment` of a stored answer, or the drop-offs of any funnel:
        `funnel_lost(view > cart > order):cart`, counted now.

    Raises
    ------
    UsageError
        There is no such segment, or fewer than `SMALLEST` customers are in it.
    """
    match = _NAMED.fullmatch(typed.strip())
    if match:
        found = _lost(shop, typed, match["funnel"] or "", match["step"])
    else:
        found = segment_members(shop, typed)
    kept = sorted(set(found) - set(shop.opted_out))
    if len(kept) < SMALLEST:
        raise UsageError(
            Words(f"Asked for the segment {typed[:120]!r}.", f"指定了分群“{typed[:120]}”。"),
            Words(
                f"It has {counted(len(kept), 'customer')}, and one of fewer than {SMALLEST} is not told of.",
                f"其中只有 {len(kept)} 位顾客，少于 {SMALLEST} 位的分群不给结果。",
            ),
            Words("Choose a larger segment.", "请换一个更大的分群。"),
        )
    return tuple(kept)


def _lost(shop: Shop, typed: str, funnel: str, step: str) -> list[str]:
    """Return who is lost at a step of a funnel that was typed."""
    from shopkeeper.operations.behaviour.stepping.plan import make_plan

    steps, *options = [part.strip() for part in funnel.replace("；", ";").split(";")]
    hours = [float(match[1]) for one in options if (match := _HOURS.fullmatch(one))]
    read = {_OPTIONS.get(one) for one in options}
    strange = [one for one in options if one not in _OPTIONS and not _HOURS.fullmatch(one)]
    if strange:
        raise _not_read(
            typed,
            Words(
                f"{strange[0][:60]!r} is no option of a funnel.", f"不认识选项“{strange[0][:60]}”。"
            ),
        )
    plan = make_plan(
        shop,
        steps=steps.replace("＞", ">").replace(">", ","),
        order="any" if "any" in read else "ordered",
        per="customer" if "customer" in read else "session",
        window_hours=hours[0] if hours else float(USUAL_HOURS),
        cohort="",
        breakdown="",
        least=1,
    )
    last = event_named(step.strip().removeprefix("止于"), plan.path.steps)
    if last is None:
        named = step.strip()[:60]
        raise _not_read(
            typed, Words(f"Its funnel has no step {named!r}.", f"漏斗里没有“{named}”这一步。")
        )
    if last == plan.path.steps[-1]:
        raise _not_read(
            typed, Words("Nobody is lost at the last step.", "走完最后一步的人没有流失。")
        )
    lost = lost_customers(shop, plan)
    names: list[str] = lost.filter(lost.segment == last).customer_id.to_pyarrow().to_pylist()
    return names


def _not_read(typed: str, found: Words) -> UsageError:
    return UsageError(
        Words(f"Asked for the segment {typed[:120]!r}.", f"指定了分群“{typed[:120]}”。"),
        found,
        Words(
            "Write 'funnel_lost(view > cart > order; any; customer; 24h):cart': steps, then what differs from the usual"
            " funnel, then the last step that was reached.",
            "请写成“funnel_lost(浏览 > 加购 > 下单; any; customer; 24h):加购”：先写各步，再写与默认不同之处，最后写止步的一步。",
        ),
    )


def lost_customers(shop: Shop, plan: Plan) -> ir.Table:
    """Return the customers who began and did not finish: segment_set, segment, customer_id.

    A customer's furthest step over all sessions counts. Events without a customer are nobody's.
    """
    # Any property of the customer makes the units carry whose they are.
    path = replace(plan.path, properties=("city",))
    units = reached(shop, path, complete=plan.complete)
    units = units.filter(units.customer_id.notnull() & (units.level > 0))
    furthest = units.group_by("customer_id").aggregate(level=units.level.max())
    lost = furthest.filter(furthest.level < len(path.steps))
    if shop.opted_out:
        out = held_table(
            shop.connection, pa.table({"customer_id": pa.array(shop.opted_out, pa.string())})
        )
        lost = lost.anti_join(out, "customer_id")
    names = ibis.cases(*((lost.level == n, name) for n, name in enumerate(path.steps, 1)))
    lost = lost.mutate(segment=names)
    many = lost.count().over(ibis.window(group_by="segment"))
    lost = lost.mutate(many=many)
    lost = lost.filter(lost.many >= SMALLEST)
    return lost.select("segment", "customer_id", segment_set=ibis.literal(set_name(plan))).order_by(
        ["segment", "customer_id"]
    )
