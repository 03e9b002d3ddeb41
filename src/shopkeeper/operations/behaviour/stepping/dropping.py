"""Who is lost at which step: the customers behind the numbers of a funnel, as segments.

A segment is named by the last step that its customers reached; it is made anew whenever the funnel is
asked, so it lives with the data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

from shopkeeper.operations.behaviour.features import reached

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop
    from shopkeeper.operations.behaviour.stepping.plan import Plan

SET = "funnel_lost"
SMALLEST = 20
"""Customers of a segment at least; a smaller one would say too much of each."""


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
    names = ibis.cases(*((lost.level == n, name) for n, name in enumerate(path.steps, 1)))
    lost = lost.mutate(segment=names)
    many = lost.count().over(ibis.window(group_by="segment"))
    lost = lost.mutate(many=many)
    lost = lost.filter(lost.many >= SMALLEST)
    return lost.select("segment", "customer_id", segment_set=ibis.literal(SET)).order_by(
        ["segment", "customer_id"]
    )
