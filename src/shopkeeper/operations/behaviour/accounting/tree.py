"""The revenue tree, and what was gained and lost with which customers.

Revenue is customers × orders of each × units of an order × price of a unit; its change is parted by the
logarithmic mean, and what rounding leaves goes to the price, so that the effects add up exactly.

Intervals take customers (who has no name: orders) as drawn by chance, as many as it happens (a compound
Poisson sum): sums over them then have the covariance Σ x xᵀ, and an effect, which is a function of these
sums, the variance gᵀ (Σ x xᵀ) g with its gradient g (the delta method). A customer of both periods is
one, so the two periods are not taken as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from scipy.special import ndtri

from shopkeeper.operations.behaviour.accounting.parting import of_a_product
from shopkeeper.operations.behaviour.accounting.plan import Plan
from shopkeeper.operations.behaviour.accounting.rows import customer_sums, sided
from shopkeeper.operations.behaviour.belonging import SMALLEST

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
FACTORS = ("customers", "orders_per_customer", "units_per_order", "price_per_unit")
_CENT, _STEP = Decimal("0.0001"), 1e-6
_SUMS = tuple(f"{name}{side}" for side in (0, 1) for name in ("c", "n", "u", "v"))
"""Customers, orders, units and value of the two periods."""


def customer_tables(shop: Shop, plan: Plan) -> dict[str, list[Row]]:
    """Return `tree` and `gain_loss` of the paid orders; both are empty where it is no sum of money."""
    if plan.metric not in ("paid", "net"):
        return {"tree": [], "gain_loss": []}
    rows = sided(customer_sums(shop, plan.currency), plan.before, plan.after)
    with _each(rows).cache() as each:
        return {"tree": _tree(each), "gain_loss": _gain_loss(each)}


def _each(rows: ir.Table) -> ir.Table:
    """Return one row a customer, or an order without one: `named`, and what it adds to each sum."""
    named, nameless = (
        rows.filter(rows.customer_id.notnull()),
        rows.filter(rows.customer_id.isnull()),
    )
    sums: dict[str, ir.Value] = {}
    alone: dict[str, ir.Value] = {}
    for side in (0, 1):
        here, there = named.side == side, (nameless.side == side).cast("int64")
        sums |= {
            f"n{side}": named.count(where=here),
            f"u{side}": ibis.coalesce(named.units.sum(where=here), 0).cast("int64"),
            f"v{side}": ibis.coalesce(named.top.sum(where=here), 0).cast("decimal(38, 4)"),
        }
        alone |= {
            f"c{side}": there,
            f"n{side}": there,
            f"u{side}": (nameless.units * there).cast("int64"),
            f"v{side}": ibis.ifelse(there == 1, nameless.top, 0).cast("decimal(38, 4)"),
        }
    each = named.group_by("customer_id").aggregate(**sums)
    each = each.mutate(**{f"c{side}": (each[f"n{side}"] > 0).cast("int64") for side in (0, 1)})
    whole = each.select(*_SUMS, named=ibis.literal(True))
    return whole.union(nameless.select(**alone).select(*_SUMS, named=ibis.literal(False)))


def _tree(each: ir.Table) -> list[Row]:
    real = {name: each[name].cast("float64") for name in _SUMS}
    pairs = [(one, other) for place, one in enumerate(_SUMS) for other in _SUMS[place:]]
    squares = {f"{one}_{other}": (real[one] * real[other]).sum() for one, other in pairs}
    (row,) = (
        each.aggregate(**{name: each[name].sum() for name in _SUMS}, **squares)
        .to_pyarrow()
        .to_pylist()
    )
    if not row["n0"] or not row["n1"]:
        return []
    sums = np.array([float(row[name]) for name in _SUMS])
    parts = _parted(sums)
    if parts is None:
        return []
    covariance = np.zeros((len(_SUMS), len(_SUMS)))
    for one, other in pairs:
        at = _SUMS.index(one), _SUMS.index(other)
        covariance[at] = covariance[at[::-1]] = row[f"{one}_{other}"]
    half = float(ndtri(0.975)) * _errors(sums, covariance)
    effects = [Decimal(part).quantize(_CENT) for part in parts]
    effects[-1] = _cents(row["v1"]) - _cents(row["v0"]) - sum(effects[:-1])
    before, after = _factors(sums[:4]), _factors(sums[4:])
    return [
        {"factor": name, "before": before[n], "after": after[n], "effect": effects[n],
         "low": float(effects[n]) - half[n], "high": float(effects[n]) + half[n]}
        for n, name in enumerate(FACTORS)
    ]  # fmt: skip


def _factors(sums: np.ndarray) -> list[float]:
    customers, orders, units, value = sums.tolist()
    return [customers, orders / customers, units / orders, value / units if units else 0.0]


def _parted(sums: np.ndarray) -> Sequence[float] | None:
    return of_a_product(_factors(sums[:4]), _factors(sums[4:]))


def _errors(sums: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return the standard error of each effect."""
    slopes = []
    for place, value in enumerate(sums):
        step = np.zeros(len(sums))
        step[place] = _STEP * value
        above, below = _parted(sums + step), _parted(sums - step)
        assert above is not None
        assert below is not None
        slopes.append((np.array(above) - np.array(below)) / (2 * step[place]))
    gradient = np.array(slopes)
    variance = np.einsum("ik,ij,jk->k", gradient, covariance, gradient)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def _gain_loss(each: ir.Table) -> list[Row]:
    """Return new, lost, growing, shrinking and equal customers, and those that are not known.

    Fewer than `SMALLEST` are not counted out; their money stays, for the account has to add up.
    """
    kind = ibis.cases(
        (~each.named, "unknown"), (each.n0 == 0, "new"), (each.n1 == 0, "lost"),
        (each.v1 > each.v0, "more"), (each.v1 < each.v0, "less"), else_="same",
    )  # fmt: skip
    change = (each.v1 - each.v0).cast("float64")
    each = each.mutate(kind=kind, square=change * change)
    sums = each.group_by("kind").aggregate(
        customers=each.count(), before=each.v0.sum(), after=each.v1.sum(), squares=each.square.sum()
    )
    found = {one["kind"]: one for one in sums.to_pyarrow().to_pylist()}
    kinds = ("new", "more", "same", "less", "lost", "unknown")
    made = []
    for row in (found[name] for name in kinds if name in found):
        change = _cents(row["after"]) - _cents(row["before"])
        half = float(ndtri(0.975)) * float(np.sqrt(row.pop("squares")))
        few = row["kind"] == "unknown" or row["customers"] < SMALLEST
        made.append(
            row
            | {"customers": None if few else row["customers"], "before": _cents(row["before"]),
               "after": _cents(row["after"]), "change": change, "low": float(change) - half,
               "high": float(change) + half}
        )  # fmt: skip
    return made


def _cents(value: Any) -> Decimal:
    return Decimal(value or 0).quantize(_CENT)
