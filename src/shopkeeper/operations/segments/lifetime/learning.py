"""Learning: histories become cells, and cells the two models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.operations.segments.cells import Cells, Floats, told_apart
from shopkeeper.operations.segments.lifetime.covariates import Levels, design, levels_of
from shopkeeper.operations.segments.methods.purchases import Purchases, fit_purchases
from shopkeeper.operations.segments.methods.spend import Spend, fit_spend, fit_spend_by_moments

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAYS_A_WEEK = 7
ENOUGH = 50
"""Customers with two payments from which on these are compared; fewer say too little of what they share."""


@dataclass(frozen=True, slots=True)
class Models:
    """Fitted models, and what they say of each customer of a table of histories."""

    purchases: Purchases
    spend: Spend
    alive: Floats
    expected: Floats
    each: Floats
    cells: Cells
    place: NDArray[np.intp]
    paying: Floats
    mean: Floats
    levels: tuple[Levels, ...] = ()


def read_histories(history: ir.Table) -> pa.Table:
    """Read a table of customers by their names."""
    return history.to_pyarrow().sort_by("customer_id")


def fit(table: pa.Table, horizon_days: int, covariates: Sequence[str] = ()) -> Models:
    """Fit both models to a table of histories; time is counted in weeks."""
    cells, place, levels = counted_cells(table, covariates)
    purchases = fit_purchases(cells)
    x = floats(table, "repeats")
    spend = _spend(table, x)
    mean = floats(table, "spent") / (x + 1)
    paying = mean > 0
    paid, each = np.where(paying, x + 1, 0.0), np.where(paying, mean, 0.0)
    return Models(
        purchases,
        spend,
        purchases.alive(cells)[place],
        purchases.expected(cells, horizon_days / DAYS_A_WEEK)[place],
        spend.expected(paid, each),
        cells,
        place,
        paid,
        each,
        levels,
    )


def counted_cells(
    table: pa.Table, covariates: Sequence[str] = ()
) -> tuple[Cells, NDArray[np.intp], tuple[Levels, ...]]:
    """Count the customers who are alike: the cells, which of them each customer is in, and the covariates."""
    parts = [
        table[name].to_numpy().astype(np.int64, copy=False)
        for name in ("repeats", "recency", "age")
    ]
    levels = levels_of(table, covariates)
    (repeats, recency, age, *codes), place, counts = told_apart(
        [*parts, *(one.code for one in levels)]
    )
    cells = Cells(
        repeats.astype(np.float64),
        recency / DAYS_A_WEEK,
        age / DAYS_A_WEEK,
        counts.astype(np.float64),
        design(codes, levels) if levels else None,
    )
    return cells, place, levels


def _spend(table: pa.Table, repeats: Floats) -> Spend:
    again = floats(table, "spent_again")
    first, mean = floats(table, "spent") - again, again / np.maximum(repeats, 1)
    later = (repeats > 0) & (mean > 0)
    if (later & (first > 0)).sum() >= ENOUGH:
        return fit_spend_by_moments(first, np.where(later, repeats, 0.0), mean)
    # Nobody's second purchase cost anything: there is no spread to learn.
    return fit_spend(repeats[later], mean[later]) if later.any() else Spend(1.0, 2.0, 0.0)


def floats(table: pa.Table, name: str) -> Floats:
    """Return a column as floats."""
    values = table[name].to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)
