"""Finding: histories become cells, cells a model, and the model an answer with its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.operations.segments.features import currencies, histories, purchase_days
from shopkeeper.operations.segments.lifetime.ahead import (
    HIGH,
    LOW,
    alive_between,
    counts_ahead,
    value_ahead,
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
from shopkeeper.operations.segments.methods.purchases import Floats
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
    # The data ends for all currencies on the same day; one that went out of use is silent until then.
    last = max(row["last"] for row in known)
    days = purchase_days(shop, currency)
    table = read_histories(histories(days, last - timedelta(days=plan.horizon_days), last))
    again = int(pc.sum(pc.greater(table["repeats"], 0)).as_py() or 0)
    if table.num_rows < NEEDED or again < NEEDED_AGAIN:
        return _too_few(table.num_rows, again, currency if plan.currency else "", known)
    models = fit(table, plan.horizon_days)
    rows = _rows(table, models, plan, last)
    held = hold_out(days, chosen["first"], last, plan)
    others = [row for row in known if row is not chosen]
    return Answer(
        verb="lifetime_value",
        title=TITLE,
        table=rows.append_column("currency", pa.array([currency or ""] * rows.num_rows)),
        method="bg_nbd",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan, rows, held.quality, currency or "")),
        evidence={
            "quality": pa.Table.from_pylist(held.quality, schema=QUALITY),
            "calibration": pa.Table.from_pylist(held.calibration, schema=CALIBRATION),
            "value_calibration": pa.Table.from_pylist(held.of_value, schema=CALIBRATION),
            "fitted": _fitted(models),
        },
        limits=limits(
            plan,
            others,
            held_out=bool(held.quality),
            edge=models.purchases.at_the_edge,
            once=again < table.num_rows,
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
            "predicted_clv": value,
            "clv_low": value_low,
            "clv_high": value_high,
            "historic_clv": table["spent"],
            "total_clv": spent + value,
            "total_low": spent + value_low,
            "total_high": spent + value_high,
            "average_order_value": spent / orders,
            "average_days_between_orders": _between(table),
            **_next_orders(models, last),
        }
    )
    return made.sort_by([("predicted_clv", "descending"), ("customer_id", "ascending")])


def _between(table: pa.Table) -> pa.Array:
    repeats, recency = floats(table, "repeats"), floats(table, "recency")
    return pa.array(recency / np.maximum(repeats, 1), mask=repeats == 0)


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
    pairs = zip(("r", "alpha", "a", "b"), (own.r, own.alpha, own.a, own.b), errors, strict=True)
    rows = [{"parameter": name, "value": value, "error": error} for name, value, error in pairs]
    spend = (("p", models.spend.p), ("q", models.spend.q), ("v", models.spend.v))
    rows += [{"parameter": name, "value": value, "error": None} for name, value in spend]
    return pa.Table.from_pylist(rows, schema=_FITTED)
