"""Finding: histories become cells, cells a model, and the model an answer with its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import rankdata

from shopkeeper.answer import Answer
from shopkeeper.intervals import bootstrap
from shopkeeper.operations.segments.features import (
    bought_between,
    currencies,
    histories,
    purchase_days,
)
from shopkeeper.operations.segments.lifetime.picture import tenths_chart
from shopkeeper.operations.segments.lifetime.sentences import DEFINITIONS, TITLE, limits, sentences
from shopkeeper.operations.segments.methods.purchases import Cells, Floats, Purchases, fit_purchases
from shopkeeper.operations.segments.methods.spend import Spend, fit_spend
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

NEEDED, NEEDED_AGAIN, DAYS_A_WEEK = 50, 10, 7
Row = dict[str, Any]
_QUALITY = pa.schema(
    [("method", pa.string()), ("metric", pa.string()), ("n", pa.int64())]
    + [(name, pa.float64()) for name in ("value", "low", "high")]
)
_CALIBRATION = pa.schema(
    [("tenth", pa.int64()), ("customers", pa.int64())]
    + [(name, pa.float64()) for name in ("expected", "happened", "low", "high")]
)
_FITTED = pa.schema([("parameter", pa.string()), ("value", pa.float64()), ("error", pa.float64())])


@dataclass(frozen=True, slots=True)
class Plan:
    """What is foretold: how many days ahead, in which currency, and how few make a group."""

    horizon_days: int
    currency: str
    least: int


@dataclass(frozen=True, slots=True)
class TooFew:
    """How many customers there are where they are too few to learn from."""

    customers: int
    again: int
    of: Words
    others: Words


@dataclass(frozen=True, slots=True)
class Models:
    """Fitted models, and what they say of each customer of a table of histories."""

    purchases: Purchases
    spend: Spend
    alive: Floats
    expected: Floats
    each: Floats


def answer(shop: Shop, plan: Plan) -> Answer | TooFew:
    """Fit, hold against the days kept aside, and return the answer."""
    known = currencies(shop).to_pyarrow().to_pylist() if shop.has("orders") else []
    known.sort(key=lambda row: (-row["orders"], row["currency"] or ""))
    chosen = _chosen(known, plan.currency)
    if chosen is None:
        return _too_few(0, 0, plan.currency, known)
    currency = chosen["currency"]
    # The data ends for all currencies on the same day; one that went out of use is silent until then.
    last = max(row["last"] for row in known)
    days = purchase_days(shop, currency)
    table = _read(histories(days, last - timedelta(days=plan.horizon_days), last))
    again = int(pc.sum(pc.greater(table["repeats"], 0)).as_py() or 0)
    if table.num_rows < NEEDED or again < NEEDED_AGAIN:
        return _too_few(table.num_rows, again, currency if plan.currency else "", known)
    models = fit(table, plan.horizon_days)
    rows = _rows(table, models)
    held_out = hold_out(days, chosen["first"], last, plan)
    quality, calibration = held_out if held_out else ([], [])
    others = [row for row in known if row is not chosen]
    return Answer(
        verb="lifetime_value",
        title=TITLE,
        table=rows.append_column("currency", pa.array([currency or ""] * rows.num_rows)),
        method="bg_nbd",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan, rows, quality, currency or "")),
        evidence={
            "quality": pa.Table.from_pylist(quality, schema=_QUALITY),
            "calibration": pa.Table.from_pylist(calibration, schema=_CALIBRATION),
            "fitted": _fitted(models),
        },
        limits=limits(
            plan,
            others,
            held_out=bool(quality),
            edge=models.purchases.at_the_edge,
            once=again < table.num_rows,
        ),
        definitions=DEFINITIONS,
        chart=tenths_chart(calibration),
    )


def _chosen(known: list[Row], currency: str) -> Row | None:
    wanted = [row for row in known if not currency or row["currency"] == currency]
    return wanted[0] if wanted else None


def _too_few(customers: int, again: int, currency: str, known: list[Row]) -> TooFew:
    of = Words(f" in {currency}", f" {currency} ") if currency else Words("", "")
    there = [row["currency"] for row in known if row["currency"]]
    others = Words("", "")
    if currency and there:
        others = Words(
            f", or choose from {', '.join(there)}", f"，或从 {'、'.join(there)} 中选择币种"
        )
    return TooFew(customers, again, of, others)


def _read(history: ir.Table) -> pa.Table:
    return history.to_pyarrow().sort_by("customer_id")


def fit(table: pa.Table, horizon_days: int) -> Models:
    """Fit both models to a table of histories; time is counted in weeks."""
    x = _floats(table, "repeats")
    # One number a cell, for numbers sort ten times as fast as rows do.
    parts = [np.asarray(_floats(table, name), np.int64) for name in ("repeats", "recency", "age")]
    sides = tuple(int(part.max()) + 1 for part in parts)
    keys, place, counts = np.unique(
        np.ravel_multi_index(parts, sides), return_inverse=True, return_counts=True
    )
    repeats, recency, age = (part.astype(np.float64) for part in np.unravel_index(keys, sides))
    weights = counts.astype(np.float64)
    cells = Cells(repeats, recency / DAYS_A_WEEK, age / DAYS_A_WEEK, weights)
    purchases = fit_purchases(cells)
    mean = _floats(table, "spent_again") / np.maximum(x, 1)
    paying = (x > 0) & (mean > 0)
    # Nobody's second purchase cost anything: there is no spread to learn.
    spend = fit_spend(x[paying], mean[paying]) if paying.any() else Spend(1.0, 2.0, 0.0)
    return Models(
        purchases,
        spend,
        purchases.alive(cells)[place],
        purchases.expected(cells, horizon_days / DAYS_A_WEEK)[place],
        spend.expected(np.where(paying, x, 0.0), np.where(paying, mean, 0.0)),
    )


def _floats(table: pa.Table, name: str) -> Floats:
    values = table[name].to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def _rows(table: pa.Table, models: Models) -> pa.Table:
    made = pa.table(
        {
            "customer_id": table["customer_id"],
            "purchases": pc.add(table["repeats"].cast(pa.int64()), 1),
            "days_since": pc.subtract(table["age"], table["recency"]).cast(pa.int64()),
            "p_active": models.alive,
            "expected_purchases": models.expected,
            "value_of_one": models.each,
            "expected_value": models.expected * models.each,
            "value_so_far": table["spent"],
        }
    )
    return made.sort_by([("expected_value", "descending"), ("customer_id", "ascending")])


def _fitted(models: Models) -> pa.Table:
    own, errors = models.purchases, models.purchases.errors
    pairs = zip(("r", "alpha", "a", "b"), (own.r, own.alpha, own.a, own.b), errors, strict=True)
    rows = [{"parameter": name, "value": value, "error": error} for name, value, error in pairs]
    spend = (("p", models.spend.p), ("q", models.spend.q), ("v", models.spend.v))
    rows += [{"parameter": name, "value": value, "error": None} for name, value in spend]
    return pa.Table.from_pylist(rows, schema=_FITTED)


def hold_out(
    days: ir.Table, first: date, last: date, plan: Plan
) -> tuple[list[Row], list[Row]] | None:
    """Return quality and calibration on the last days; None where what came before is too short."""
    cut = last - timedelta(days=plan.horizon_days)
    before = cut - timedelta(days=plan.horizon_days)
    if before < first:
        return None
    table = _read(histories(days, before, cut))
    if table.num_rows < NEEDED or (_floats(table, "repeats") > 0).sum() < NEEDED_AGAIN:
        return None
    models = fit(table, plan.horizon_days)
    later = {row["customer_id"]: row for row in _read(bought_between(days, cut, last)).to_pylist()}
    who = table["customer_id"].to_pylist()
    bought = np.array([later[one]["bought"] if one in later else 0 for one in who], np.float64)
    paid = np.array([later[one]["paid"] if one in later else 0 for one in who], np.float64)
    same = _floats(table, "again")
    mean = _floats(table, "spent") / (_floats(table, "repeats") + 1)
    quality = [
        *_scored("bg_nbd", "purchases", models.expected, bought),
        *_scored("same_again", "purchases", same, bought),
        *_scored("bg_nbd", "value", models.expected * models.each, paid),
        *_scored("same_again", "value", same * mean, paid),
    ]
    return quality, _tenths(models.expected, bought, plan.least)


def _scored(method: str, what: str, expected: Floats, happened: Floats) -> list[Row]:
    """Return the errors and the ratio of sums, with bootstrap intervals over customers."""
    # In an order that names of customers have no part in, for draws are made by place.
    order = np.lexsort((happened, expected))
    expected, happened = expected[order], happened[order]
    missed = expected - happened
    found = {
        "rmse": bootstrap(_root_mean_square, missed, repeats=200),
        "mae": bootstrap(np.mean, np.abs(missed), repeats=200),
        "ratio": bootstrap(_ratio, expected, happened, repeats=200),
    }
    return [
        {"method": method, "metric": f"{what}_{name}", "n": len(missed), "value": one.value,
         "low": one.low, "high": one.high}
        for name, one in found.items()
    ]  # fmt: skip


def _root_mean_square(missed: Floats) -> float:
    return float(np.sqrt(np.mean(missed * missed)))


def _ratio(expected: Floats, happened: Floats) -> float:
    return float(expected.sum() / happened.sum()) if happened.sum() else float("nan")


def _tenths(expected: Floats, happened: Floats, least: int) -> list[Row]:
    """Return what was expected and what happened by tenths of the expectation; the first is lowest."""
    # Customers of whom the same is expected stay together, so tenths are not quite equal.
    tenths = np.minimum(10, 1 + np.floor(10 * (rankdata(expected) - 0.5) / len(expected)))
    rows = []
    for tenth in range(1, 11):
        places = np.flatnonzero(tenths == tenth)
        if len(places) < least:
            continue
        one = bootstrap(np.mean, np.sort(happened[places]), repeats=200)
        rows.append(
            {"tenth": tenth, "customers": len(places), "expected": float(expected[places].mean()),
             "happened": one.value, "low": one.low, "high": one.high}
        )  # fmt: skip
    return rows
