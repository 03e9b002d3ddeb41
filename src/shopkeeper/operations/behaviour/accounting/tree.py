"""The revenue tree, and what was gained and lost with which customers.

Revenue is customers × orders of each × units of an order × price of a unit; its change is parted by the
logarithmic mean, and what rounding leaves goes to the price, so that the effects add up exactly.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from shopkeeper.operations.behaviour.accounting.parting import of_a_product
from shopkeeper.operations.behaviour.accounting.plan import Plan
from shopkeeper.operations.behaviour.accounting.rows import customer_sums, sided

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
FACTORS = ("customers", "orders_per_customer", "units_per_order", "price_per_unit")
_CENT = Decimal("0.0001")


def customer_tables(shop: Shop, plan: Plan) -> dict[str, list[Row]]:
    """Return `tree` and `gain_loss` of the paid orders; both are empty where it is no sum of money."""
    if plan.metric not in ("paid", "net"):
        return {"tree": [], "gain_loss": []}
    rows = sided(customer_sums(shop, plan.currency), plan.before, plan.after)
    return {"tree": _tree(rows), "gain_loss": _gain_loss(rows)}


def _tree(rows: ir.Table) -> list[Row]:
    sums = rows.group_by("side").aggregate(
        customers=rows.customer_id.nunique(), orders=rows.count(), nameless=rows.count(where=rows.customer_id.isnull()),
        units=rows.units.sum(), value=rows.top.sum(),
    )  # fmt: skip
    sides = {row["side"]: row for row in sums.to_pyarrow().to_pylist()}
    if set(sides) != {0, 1}:
        return []
    factors, values = [], []
    for side in (0, 1):
        row = sides[side]
        # An order without a customer is a customer's who came once.
        customers = row["customers"] + row["nameless"]
        value, units = row["value"], row["units"] or 0
        if units <= 0:
            return []
        factors.append(
            [
                float(customers),
                row["orders"] / customers,
                units / row["orders"],
                float(value) / units,
            ]
        )
        values.append(value)
    parts = of_a_product(*factors)
    if parts is None:
        return []
    effects = [Decimal(part).quantize(_CENT) for part in parts]
    effects[-1] = values[1] - values[0] - sum(effects[:-1])
    return [
        {"factor": name, "before": factors[0][n], "after": factors[1][n], "effect": effects[n]}
        for n, name in enumerate(FACTORS)
    ]


def _gain_loss(rows: ir.Table) -> list[Row]:
    """Return new, lost, growing, shrinking and equal customers, and those that are not known."""
    row = rows.filter(rows.customer_id.notnull())
    each = row.group_by("customer_id").aggregate(
        n0=row.count(where=row.side == 0), n1=row.count(where=row.side == 1),
        v0=ibis.coalesce(row.top.sum(where=row.side == 0), 0), v1=ibis.coalesce(row.top.sum(where=row.side == 1), 0),
    )  # fmt: skip
    kind = ibis.cases(
        (each.n0 == 0, "new"), (each.n1 == 0, "lost"), (each.v1 > each.v0, "more"),
        (each.v1 < each.v0, "less"), else_="same",
    )  # fmt: skip
    each = each.mutate(kind=kind)
    sums = each.group_by("kind").aggregate(
        customers=each.count(), before=each.v0.sum(), after=each.v1.sum()
    )
    found = {one["kind"]: one for one in sums.to_pyarrow().to_pylist()}
    nobody = rows.filter(rows.customer_id.isnull()).aggregate(
        before=ibis.coalesce(rows.top.sum(where=rows.customer_id.isnull() & (rows.side == 0)), 0),
        after=ibis.coalesce(rows.top.sum(where=rows.customer_id.isnull() & (rows.side == 1)), 0),
    )  # fmt: skip
    (unknown,) = nobody.to_pyarrow().to_pylist()
    made = [found[name] for name in ("new", "more", "same", "less", "lost") if name in found]
    if unknown["before"] or unknown["after"]:
        made.append({"kind": "unknown", "customers": None, **unknown})
    return [
        {**row, "before": _cents(row["before"]), "after": _cents(row["after"]),
         "change": _cents(row["after"]) - _cents(row["before"])}
        for row in made
    ]  # fmt: skip


def _cents(value: Any) -> Decimal:
    return Decimal(value or 0).quantize(_CENT)
