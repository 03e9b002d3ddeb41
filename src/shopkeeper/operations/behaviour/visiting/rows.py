"""Rows of sessions: how long, how deep, and what became of each.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from shopkeeper.operations.behaviour.features import made_sessions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop


LONGEST_SECONDS = 86_400
"""A session that lasts longer was told by a clock that is wrong, or is none."""


def session_rows(shop: Shop, *, complete: bool) -> ir.Table:
    """Return one row a session: `seconds` from its first event to its last, `depth`, `bought`.

    `depth` is the number of events, `entry` the name of the first one, `device` and `channel` those
    of the first event that names one. Where an event names no session, one is made of its visitor's.
    """
    event = shop.events
    named = event.mutate(unit=event.session_id)
    if not complete:
        named = named.filter(named.unit.notnull()).union(made_sessions(shop))
    first = {
        # The smaller of two values at the same instant, so that the order of rows decides nothing.
        column: ibis.struct({"at": named.happened_at, "value": named[column]}).min(
            where=named[column].notnull()
        )
        for column in ("name", "device", "channel")
    }
    unit = named.group_by("unit").aggregate(
        began=named.happened_at.min(),
        ended=named.happened_at.max(),
        depth=named.count(),
        bought=(named.name == "Order Completed").any(),
        **first,
    )
    return unit.select(
        "unit",
        "depth",
        "bought",
        seconds=unit.ended.delta(unit.began, unit="second"),
        entry=unit["name"]["value"],
        device=ibis.coalesce(unit.device["value"], ""),
        channel=ibis.coalesce(unit.channel["value"], ""),
    )


def session_sums(rows: ir.Table, by: str) -> ir.Table:
    """Return counts and sums of sessions by one of their columns, as `part`; all of them for ""."""
    part = rows[by] if by else ibis.literal("")
    # Whole numbers, whose sums do not depend on the order of the rows.
    rows = rows.mutate(part=part, seconds=rows.seconds.cast("int64"))
    seconds = rows.seconds
    return rows.group_by("part").aggregate(
        sessions=rows.count(),
        bounced=rows.count(where=rows.depth == 1),
        bought=rows.count(where=rows.bought),
        depth=rows.depth.sum(),
        depth_squares=(rows.depth * rows.depth).sum(),
        seconds=rows.seconds.sum(),
        # Exact up to 2⁵³, which only wrong clocks exceed: there no whole number of 64 bits would do.
        seconds_squares=(seconds.cast("float64") * seconds.cast("float64")).sum(),
        long=rows.count(where=rows.seconds > LONGEST_SECONDS),
    )
