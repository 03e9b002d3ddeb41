"""Finding: histories become cells, cells a model, and the model an answer with its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.operations.behaviour.features import recorded_days
from shopkeeper.operations.behaviour.recorded import covered
from shopkeeper.operations.segments.beginnings import beginnings
from shopkeeper.operations.segments.cells import Floats
from shopkeeper.operations.segments.features import currencies, histories, purchase_days
from shopkeeper.operations.segments.left_out import left_out
from shopkeeper.operations.segments.lifetime.ahead import (
    HIGH,
    LOW,
    alive_between,
    counts_ahead,
    days_between,
    order_value,
    value_ahead,
    value_of_one,
)
from shopkeeper.operations.segments.lifetime.covariates import (
    COLUMNS,
    covariate_rows,
    require_levels,
    with_beginnings,
)
from shopkeeper.operations.segments.lifetime.judging import (
    CALIBRATION,
    QUALITY,
    Plan,
    hold_out,
)
from shopkeeper.operations.segments.lifetime.learning import (
    DAYS_A_WEEK,
    Models,
    fit,
    floats,
    read_histories,
)
from shopkeeper.operations.segments.lifetime.picture import tenths_chart
from shopkeeper.operations.segments.lifetime.sentences import DEFINITIONS, TITLE, limits, sentences
from shopkeeper.operations.segments.refusals import NEEDED, NEEDED_AGAIN
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
FARTHEST_DAYS = 3_650
_FITTED = pa.schema([("parameter", pa.string()), ("value", pa.float64()), ("error", pa.float64())])


@dataclass(frozen=True, slots=True)
class TooFew:
    """How many customers there are where they are too few to learn from."""

    customers: int
    again: int
    of: Words
    others: Words


def answer(shop: Shop, plan: Plan) -> Answer | TooFew:
    """Fit, hold against the days kept aside, and return the answer."""
    known = currencies(shop).to_pyarrow().to_pylist() if shop.has("orders") else []
    known.sort(key=lambda row: (-row["orders"], row["currency"] or ""))
    chosen = _chosen(known, plan.currency)
    if chosen is None:
        return _too_few(0, 0, plan.currency, known)
    currency = chosen["currency"]
    dated = recorded_days(shop, "order").to_pyarrow().to_pylist()
    sound = covered([(row["on"], row["rows"]) for row in dated])
    # The data ends for all currencies on the same day; one that went out of use is silent until then.
    last = min(max(row["last"] for row in known), sound.last)
    days = purchase_days(shop, currency, plan.opted_out, (sound.first, sound.last))
    table = read_histories(histories(days, last - timedelta(days=plan.horizon_days), last))
    again = int(pc.sum(pc.greater(table["repeats"], 0)).as_py() or 0)
    if table.num_rows < NEEDED or again < NEEDED_AGAIN:
        return _too_few(table.num_rows, again, currency if plan.currency else "", known)
    begun = None
    if plan.covariates:
        begun = beginnings(shop, currency, plan.covariates).to_pyarrow()
        table = with_beginnings(table, begun)
    models = fit(table, plan.horizon_days, plan.covariates)
    require_levels(models.levels, plan.covariates)
    rows = _rows(table, models, plan, last)
    held = hold_out(days, begun, max(chosen["first"], sound.first), last, plan)
    told = covariate_rows(models, models.expected * models.each) if plan.covariates else []
    others = {row["currency"] or "?": row["orders"] for row in known if row is not chosen}
    return Answer(
        verb="lifetime_value",
        title=TITLE,
        table=rows.append_column("currency", pa.array([currency or ""] * rows.num_rows)),
        method="bg_nbd",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan, rows, held.quality, told, currency or "")),
        evidence={
            "quality": pa.Table.from_pylist(held.quality, schema=QUALITY),
            "calibration": pa.Table.from_pylist(held.calibration, schema=CALIBRATION),
            "value_calibration": pa.Table.from_pylist(held.of_value, schema=CALIBRATION),
            "fitted": _fitted(models),
            **({"covariates": pa.Table.from_pylist(told, schema=COLUMNS)} if told else {}),
        },
        limits=(
            *limits(
                plan,
                held_out=bool(held.quality),
                alone=held.alone,
                edge=models.purchases.at_the_edge,
                once=again < table.num_rows,
            ),
            *left_out(shop, plan.opted_out, others, sound.stray),
        ),
        definitions=DEFINITIONS,
        chart=tenths_chart(held.calibration, held.of_value, currency or ""),
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


def _rows(table: pa.Table, models: Models, plan: Plan, last: date) -> pa.Table:
    counts = counts_ahead(models.purchases, models.cells, plan.horizon_days / DAYS_A_WEEK)
    each = counts.by_customer(models.place)
    value = models.expected * models.each
    value_low, value_high = value_ahead(each, models.spend, models.paying, models.mean)
    # An approximated end is never on the wrong side of the mean.
    value_low, value_high = np.minimum(value_low, value), np.maximum(value_high, value)
    low, high = (
        end[models.place] for end in alive_between(models.purchases, models.cells, seed=plan.seed)
    )
    spent, orders = floats(table, "spent"), floats(table, "repeats") + 1
    own_low, own_high = order_value(models.spend, models.paying, models.mean)
    one_low, one_high = value_of_one(models.spend, models.paying, models.mean)
    made = pa.table(
        {
            "customer_id": table["customer_id"],
            "historic_number_of_orders": pc.add(table["repeats"].cast(pa.int64()), 1),
            "days_since": pc.subtract(table["age"], table["recency"]).cast(pa.int64()),
            "p_active": models.alive,
            "p_active_low": low,
            "p_active_high": high,
            "churn_probability": 1 - models.alive,
            "churn_low": 1 - high,
            "churn_high": 1 - low,
            "predicted_number_of_orders": models.expected,
            "orders_low": each.low,
            "orders_high": each.high,
            "value_of_one": models.each,
            "one_low": one_low,
            "one_high": one_high,
            "predicted_clv": value,
            "clv_low": value_low,
            "clv_high": value_high,
            "historic_clv": table["spent"],
            "total_clv": spent + value,
            "total_low": spent + value_low,
            "total_high": spent + value_high,
            "average_order_value": spent / orders,
            "order_value_low": pa.array(own_low, from_pandas=True),
            "order_value_high": pa.array(own_high, from_pandas=True),
            **_between(table),
            **_next_orders(models, last),
        }
    )
    return made.sort_by([("predicted_clv", "descending"), ("customer_id", "ascending")])


def _between(table: pa.Table) -> dict[str, pa.Array]:
    """Return the mean days between purchases with its ends; none for who bought once."""
    repeats, recency = floats(table, "repeats"), floats(table, "recency")
    low, high = days_between(repeats, recency)
    found = {
        "average_days_between_orders": recency / np.maximum(repeats, 1),
        "days_between_low": low,
        "days_between_high": high,
    }
    return {name: pa.array(values, mask=repeats == 0) for name, values in found.items()}


def _next_orders(models: Models, last: date) -> dict[str, pa.Array]:
    """Return when who is active is expected to buy next: the median, and the ends of 95 %."""
    wanted = {"expected_date_of_next_order": 0.5, "next_order_low": LOW, "next_order_high": HIGH}
    return {
        name: _days_after(models.purchases.wait(models.cells, share) * DAYS_A_WEEK, last).take(
            pa.array(models.place)
        )
        for name, share in wanted.items()
    }


def _days_after(days: Floats, last: date) -> pa.Array:
    """Return dates; none where it would be more than ten years ahead."""
    far = ~(days <= FARTHEST_DAYS)
    epoch = (last - date(1970, 1, 1)).days
    ahead = np.ceil(np.where(far, 0, days)).astype(np.int32) + epoch
    return pa.array(ahead.astype(np.int32), pa.int32(), mask=far).cast(pa.date32())


def _fitted(models: Models) -> pa.Table:
    own, errors = models.purchases, models.purchases.errors
    columns = [f"{one.name}={value}" for one in models.levels for value in one.values[1:]]
    names = [f"{part}: {column}" for part in ("alpha", "a", "b") for column in columns]
    values = (own.r, own.alpha, own.a, own.b, *(one for part in own.effects for one in part))
    pairs = zip(("r", "alpha", "a", "b", *names), values, errors, strict=True)
    rows = [{"parameter": name, "value": value, "error": error} for name, value, error in pairs]
    spend = (("p", models.spend.p), ("q", models.spend.q), ("v", models.spend.v))
    rows += [{"parameter": name, "value": value, "error": None} for name, value in spend]
    return pa.Table.from_pylist(rows, schema=_FITTED)
