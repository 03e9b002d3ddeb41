"""How many units reach each step: one look at the events where that settles it, else a second one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from shopkeeper.data.engines import held_table
from shopkeeper.operations.behaviour.features import (
    CUSTOMER,
    reached,
    surely_reached,
    with_properties,
)
from shopkeeper.operations.behaviour.stepping.plan import Plan

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop


@contextmanager
def grouped_units(shop: Shop, plan: Plan) -> Iterator[ir.Table]:
    """Hand out the counts by side and breakdown, `n1` and so on: units that reached each step.

    A session is seldom longer than the window, and then the first look tells all; a customer often is,
    so there it is not tried.
    """
    if plan.path.per == "session":
        quick = surely_reached(shop, plan.path, complete=plan.complete)
        with _grouped(shop, quick, plan).cache() as kept:
            doubtful = kept.aggregate(open=ibis.coalesce(kept.open.sum(), 0))
            if not doubtful.to_pyarrow()["open"][0].as_py():
                yield kept
                return
    with _grouped(shop, reached(shop, plan.path, complete=plan.complete), plan).cache() as kept:
        yield kept


def _grouped(shop: Shop, units: ir.Table, plan: Plan) -> ir.Table:
    units = with_properties(shop, units, plan.path)
    units = units.filter((units.level > 0) | units.open)
    side: ir.StringValue = ibis.literal("all")
    if plan.members:
        member = held_table(
            shop.connection, pa.table({"member": pa.array(plan.members, pa.string())})
        )
        units = units.left_join(member, units[CUSTOMER] == member.member)
        side = ibis.ifelse(units.member.notnull(), "in", "out")
    elif plan.cohort:
        name, values = plan.cohort
        side = ibis.ifelse(units[name].isin(values), "in", "out")
    units = units.select("level", "open", *plan.breakdown, side=side)
    reach = {
        f"n{step}": units.count(where=units.level >= step)
        for step in range(1, len(plan.path.steps) + 1)
    }
    return units.group_by("side", *plan.breakdown).aggregate(
        **reach, open=units.count(where=units.open)
    )
