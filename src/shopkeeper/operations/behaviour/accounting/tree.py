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
from shopkeeper.operations.behaviour.small_cells import is_small, told, withheld

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
FACTORS = ("customers", "orders_per_customer", "units_per_order", "price_per_unit")
_CENT, _STEP = Decimal("0.0001"), 1e-6
_SUMS = tuple(f"{name}{side}" for side in (0, 1) for name in ("c", "n", "u", "v"))
"""Customers, orders, units and value of the two periods."""
_PAIRS = [(one, other) for place, one in enumerate(_SUMS) for other in _SUMS[place:]]
_OTHERS, _NOBODY = "others", "unknown"
_KINDS = ("new", "more", "same", "less", "lost", _OTHERS, _NOBODY)
"""What became of customers, in the order in which it is told; of others too few are of one kind."""


def customer_tables(shop: Shop, plan: Plan) -> dict[str, list[Row]]:
    """Return `tree` and `gain_loss` of the paid orders; both are empty where it is no sum of money."""
    if plan.metric not in ("paid", "net"):
        return {"tree": [], "gain_loss": []}
    rows = sided(customer_sums(shop, plan.currency), plan.before, plan.after)
    found = _by_kind(_each(rows)).to_pyarrow().to_pylist()
    kinds = {row["kind"]: row for row in found}
    known = [kinds[name] for name in _KINDS if name in kinds]
    return {"tree": _tree(known), "gain_loss": [_gain_or_loss(row) for row in _together(known)]}


def _together(kinds: list[Row]) -> list[Row]:
    """Return the kinds, those of too few customers as one: the money of each would be theirs."""
    few: set[str] = set()
    # New customers have money in the second period alone and lost ones in the first: each is to be shared by enough.
    for _ in kinds:
        for side in ("c0", "c1"):
            counts = {row["kind"]: row[side] for row in kinds if row["kind"] != _NOBODY}
            few |= withheld(counts, hidden=few)
    joined = [row for row in kinds if row["kind"] in few]
    if len(joined) < 2:
        return kinds
    sums = {name: sum(row[name] for row in joined) for name in ("customers", "v0", "v1", "square")}
    if _come_or_gone(kinds):
        # Less those of one period they would be the few who came, or who went.
        sums["customers"] = None
    kept = [row for row in kinds if row["kind"] not in few]
    return sorted([*kept, {"kind": _OTHERS, **sums}], key=lambda row: _KINDS.index(row["kind"]))


def _come_or_gone(kinds: list[Row]) -> bool:
    """Say whether a few customers came or went, whom a difference of customers of two periods would tell."""
    return any(is_small(row["customers"]) for row in kinds if row["kind"] in ("new", "lost"))


def _each(rows: ir.Table) -> ir.Table:
    """Return one row a customer, or an order without one: `customer_id` and what it adds to each sum."""
    alone = ibis.ifelse(rows.customer_id.isnull(), rows.order_id, ibis.null("string"))
    rows = rows.mutate(alone=alone)
    sums: dict[str, ir.Value] = {}
    for side in (0, 1):
        here = rows.side == side
        sums |= {
            f"n{side}": rows.count(where=here),
            f"u{side}": ibis.coalesce(rows.units.sum(where=here), 0).cast("int64"),
            f"v{side}": ibis.coalesce(rows.top.sum(where=here), 0).cast("decimal(38, 4)"),
        }
    each = rows.group_by("customer_id", "alone").aggregate(**sums)
    return each.mutate(**{f"c{side}": (each[f"n{side}"] > 0).cast("int64") for side in (0, 1)})


def _by_kind(each: ir.Table) -> ir.Table:
    """Return the sums by what became of a customer, with those of squares and products."""
    kind = ibis.cases(
        (each.customer_id.isnull(), _NOBODY), (each.n0 == 0, "new"), (each.n1 == 0, "lost"),
        (each.v1 > each.v0, "more"), (each.v1 < each.v0, "less"), else_="same",
    )  # fmt: skip
    real = {name: each[name].cast("float64") for name in _SUMS}
    change = real["v1"] - real["v0"]
    sums = {name: each[name].sum() for name in _SUMS}
    products = {f"{one}_{other}": (real[one] * real[other]).sum() for one, other in _PAIRS}
    return each.group_by(kind=kind).aggregate(
        customers=each.count(), square=(change * change).sum(), **sums, **products
    )


def _tree(kinds: list[Row]) -> list[Row]:
    whole = {name: sum(row[name] for row in kinds) for name in _SUMS}
    if not kinds or not whole["n0"] or not whole["n1"]:
        return []
    sums = np.array([float(whole[name]) for name in _SUMS])
    parts = _parted(sums)
    if parts is None:
        return []
    covariance = np.zeros((len(_SUMS), len(_SUMS)))
    for one, other in _PAIRS:
        at = _SUMS.index(one), _SUMS.index(other)
        covariance[at] = covariance[at[::-1]] = sum(row[f"{one}_{other}"] for row in kinds)
    half = float(ndtri(0.975)) * _errors(sums, covariance)
    effects = [Decimal(part).quantize(_CENT) for part in parts]
    effects[-1] = _cents(whole["v1"]) - _cents(whole["v0"]) - sum(effects[:-1])
    # Sums of floats differ in their last digits with the order of the rows, in which names have a part.
    reach = [float(f"{one:.10g}") for one in half]
    before, after = _factors(sums[:4]), _factors(sums[4:])
    if is_small(before[0]) or is_small(after[0]) or _come_or_gone(kinds):
        # Orders a customer would tell them: orders are the value by what is left.
        before[:2] = after[:2] = [None, None]
    return [
        {"factor": name, "before": before[n], "after": after[n], "effect": effects[n],
         "low": float(effects[n]) - reach[n], "high": float(effects[n]) + reach[n]}
        for n, name in enumerate(FACTORS)
    ]  # fmt: skip


def _factors(sums: np.ndarray) -> list[Any]:
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


def _gain_or_loss(row: Row) -> Row:
    """Return what became of one kind of customers.

    Fewer than 20 are not counted out; their money stays where all customers are as few, for the account has to add up.
    """
    before, after = _cents(row["v0"]), _cents(row["v1"])
    change = after - before
    half = float(f"{float(ndtri(0.975)) * float(np.sqrt(row['square'])):.10g}")
    unknown = row["kind"] == _NOBODY or row["customers"] is None
    return {
        "kind": row["kind"], "customers": None if unknown else told(row["customers"]), "before": before,
        "after": after, "change": change, "low": float(change) - half, "high": float(change) + half,
    }  # fmt: skip


def _cents(value: Any) -> Decimal:
    return Decimal(value or 0).quantize(_CENT)
