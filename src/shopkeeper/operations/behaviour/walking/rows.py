"""Rows of paths: what follows what within a session.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from shopkeeper.operations.behaviour.features import made_sessions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

ENTRY, EXIT, OTHER = "(entry)", "(exit)", "(other)"
"""What stands before the first step, after the last one, and for all rare steps together."""

BOUGHT = "Order Completed"
NODES, LENGTH = 40, 5
"""Steps that are told apart at most, the commonest ones; steps of a path that is written out."""


def stepped(shop: Shop, *, complete: bool) -> ir.Table:
    """Return the events of sessions in their order: unit, node, at, event_id.

    A node is the name of the event; of a page that names its address, its first part as well (the type
    of page). A name that is one of the marks of this module is written so that it is not one.
    """
    event = shop.events
    named = event.mutate(unit=event.session_id)
    if not complete:
        named = named.filter(named.unit.notnull()).union(made_sessions(shop))
    kind = named.page.re_extract(r"^(?:https?://[^/]+)?(/[^/?#]*)", 1)
    typed = (named.name == "Page Viewed") & kind.notnull() & (kind != "")
    node = ibis.ifelse(typed, named.name + " " + kind, named.name)
    node = ibis.ifelse(node.isin((ENTRY, EXIT, OTHER)), "event " + node, node)
    return named.select("unit", "event_id", node=node, at=named.happened_at)


def node_counts(steps: ir.Table) -> ir.Table:
    """Return the events of each node."""
    return steps.group_by("node").aggregate(events=steps.count())


def placed(steps: ir.Table, common: tuple[str, ...]) -> ir.Table:
    """Return the steps with the node before and after in the session, rare nodes taken together.

    `place` counts from 0; `before` is null at the entry, `after` at the exit. What happened at one
    instant stands in the order of the event's id.
    """
    steps = steps.mutate(node=ibis.ifelse(steps.node.isin(common), steps.node, OTHER))
    line = ibis.window(group_by="unit", order_by=["at", "event_id"])
    return steps.select(
        "unit", "node", place=ibis.row_number().over(line), before=steps.node.lag().over(line),
        after=steps.node.lead().over(line),
    )  # fmt: skip


def transitions(steps: ir.Table) -> ir.Table:
    """Return how often, and in how many sessions, each node follows each; with entry and exit."""
    inner = steps.select("unit", source="node", target=ibis.coalesce(steps.after, EXIT))
    entry = steps.filter(steps.before.isnull())
    entry = entry.select("unit", source=ibis.literal(ENTRY), target="node")
    both = inner.union(entry)
    return both.group_by("source", "target").aggregate(
        transitions=both.count(), sessions=both.unit.nunique()
    )


def node_sums(steps: ir.Table) -> ir.Table:
    """Return of each node its events, sessions, and those that have an order at or after it."""
    order = steps.filter(steps.node == BOUGHT).group_by("unit").aggregate(last=steps.place.max())
    row = steps.left_join(order, "unit").drop("unit_right")
    row = row.mutate(bought=ibis.coalesce(row["last"] >= row.place, False))
    each = row.group_by("node", "unit").aggregate(
        events=row.count(), bought=row.bought.any(), place=row.place.min()
    )
    return each.group_by("node").aggregate(
        events=each.events.sum(), sessions=each.count(), bought=each.count(where=each.bought),
        places=each["place"].sum(),
    )  # fmt: skip


def ways(steps: ir.Table, *, bought: bool) -> ir.Table:
    """Return the commonest ends of the ways: to the first order, or to leaving without one.

    A node that is repeated counts once. The last `LENGTH` nodes are columns `back_0` (the end) and so
    on; null where the session begins.
    """
    order = steps.filter(steps.node == BOUGHT).group_by("unit").aggregate(first=steps.place.min())
    row = steps.left_join(order, "unit").drop("unit_right")
    kept = row.filter(row.place <= row["first"]) if bought else row.filter(row["first"].isnull())
    changed = kept.filter(kept.before.isnull() | (kept.before != kept.node))
    backwards = ibis.window(group_by="unit", order_by=ibis.desc("place"))
    changed = changed.mutate(back=ibis.row_number().over(backwards))
    changed = changed.filter(changed.back < LENGTH)
    ends = {f"back_{n}": changed.node.max(where=changed.back == n) for n in range(LENGTH)}
    each = changed.group_by("unit").aggregate(**ends)
    return each.group_by(*ends).aggregate(sessions=each.count())
