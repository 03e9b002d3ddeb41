"""Judging: the last days are foretold from what came before, beside three simpler guesses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.intervals import bootstrap, proportion, tenths
from shopkeeper.operations.behaviour.small_cells import is_small, withheld
from shopkeeper.operations.segments.cells import Floats
from shopkeeper.operations.segments.features import bought_between, histories
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.lifetime.ahead import counts_ahead, value_ahead
from shopkeeper.operations.segments.lifetime.covariates import with_beginnings
from shopkeeper.operations.segments.lifetime.learning import (
    DAYS_A_WEEK,
    Models,
    fit,
    floats,
    read_histories,
)
from shopkeeper.operations.segments.methods.boosted import Boosted
from shopkeeper.operations.segments.refusals import NEEDED, NEEDED_AGAIN

if TYPE_CHECKING:
    import ibis.expr.types as ir

Row = dict[str, Any]
A_YEAR = 365
QUALITY = pa.schema(
    [("method", pa.string()), ("metric", pa.string()), ("n", pa.int64())]
    + [(name, pa.float64()) for name in ("value", "low", "high")]
)
CALIBRATION = pa.schema(
    [("tenth", pa.int64()), ("customers", pa.int64())]
    + [(name, pa.float64()) for name in ("expected", "happened", "low", "high")]
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is foretold: days ahead, currency, how few make a group, covariates, and who opted out."""

    horizon_days: int
    currency: str
    least: int
    seed: int
    covariates: tuple[str, ...]
    opted_out: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """What the days kept aside said: quality, and calibration of purchases and of value.

    `alone` says that covariates could not be judged: before those days they told nobody apart.
    """

    quality: list[Row] = field(default_factory=list)
    alone: bool = False
    calibration: list[Row] = field(default_factory=list)
    of_value: list[Row] = field(default_factory=list)


def hold_out(days: ir.Table, begun: pa.Table | None, first: date, last: date, plan: Plan) -> Held:
    """Return what the last days say; nothing where what came before them is too short.

    Parameters
    ----------
    days
        The purchases.
    begun
        Covariates of each customer; None where none are asked for.
    first, last
        First and last day of the data.
    plan
        What is foretold.
    """
    horizon = timedelta(days=plan.horizon_days)
    cut, before = last - horizon, last - 2 * horizon
    if before < first:
        return Held()
    table = read_histories(histories(days, before, cut))
    if table.num_rows < NEEDED or (floats(table, "repeats") > 0).sum() < NEEDED_AGAIN:
        return Held()
    table = with_beginnings(table, begun)
    models = fit(table, plan.horizon_days, plan.covariates)
    bought, paid = _happened(days, table, cut, last)
    value = models.expected * models.each
    said = {"bg_nbd": (models.expected, value)}
    compared = bool(plan.covariates) and len(models.levels) == len(plan.covariates)
    if compared:
        alone = fit(table, plan.horizon_days)
        said["bg_nbd_alone"] = alone.expected, alone.expected * alone.each
    said |= _guesses(days, table, first, cut, plan)
    quality = [
        row
        for method, (purchases, worth) in said.items()
        for row in (
            *_scored(method, "purchases", purchases, bought),
            *_scored(method, "value", worth, paid),
        )
    ]
    if compared:
        quality += [
            *_compared("purchases", said["bg_nbd"][0], said["bg_nbd_alone"][0], bought),
            *_compared("value", said["bg_nbd"][1], said["bg_nbd_alone"][1], paid),
        ]
    quality += _covered(models, bought, paid, plan.horizon_days)
    return Held(
        quality,
        bool(plan.covariates) and not compared,
        _tenths(models.expected, bought, max(LEAST, plan.least)),
        _tenths(value, paid, max(LEAST, plan.least)),
    )


def _happened(days: ir.Table, table: pa.Table, start: date, end: date) -> tuple[Floats, Floats]:
    """Return what each customer of the table bought after a day, up to and with another."""
    later = read_histories(bought_between(days, start, end))
    place = pc.index_in(table["customer_id"], later["customer_id"].combine_chunks())
    found = later.select(["bought", "paid"]).take(place)
    bought, paid = (
        pc.fill_null(found[name].cast(pa.float64()), 0.0) for name in ("bought", "paid")
    )
    return bought.to_numpy(), paid.to_numpy()


def _guesses(
    days: ir.Table, table: pa.Table, first: date, cut: date, plan: Plan
) -> dict[str, tuple[Floats, Floats]]:
    """Return purchases and value by simpler means: the same again, last year again, and trees."""
    horizon = timedelta(days=plan.horizon_days)
    mean = floats(table, "spent") / (floats(table, "repeats") + 1)
    same = floats(table, "again")
    said = {"same_again": (same, same * mean)}
    year_ago = cut - timedelta(days=A_YEAR)
    if year_ago >= first:
        said["last_year"] = _happened(days, table, year_ago, year_ago + horizon)
    before = cut - horizon
    known = read_histories(histories(days, before - horizon, before))
    if known.num_rows >= NEEDED:
        bought, paid = _happened(days, known, before, cut)
        learned, asked = _columns(known), _columns(table)
        trees = [Boosted(seed=plan.seed).fit(learned, target) for target in (bought, paid)]
        said["boosted"] = (trees[0].predict(asked), trees[1].predict(asked))
    return said


def _columns(table: pa.Table) -> Floats:
    """Return what trees read of a history."""
    repeats, recency, age = (floats(table, name) for name in ("repeats", "recency", "age"))
    spent = floats(table, "spent")
    return np.column_stack(
        [repeats, recency, age, age - recency, floats(table, "again"), spent, spent / (repeats + 1)]
    )


def _covered(models: Models, bought: Floats, paid: Floats, horizon_days: int) -> list[Row]:
    """Return the share of customers within their interval, where neither they nor the others are few."""
    counts = counts_ahead(models.purchases, models.cells, horizon_days / DAYS_A_WEEK)
    each = counts.by_customer(models.place)
    low, high = value_ahead(each, models.spend, models.paying, models.mean)
    rows = []
    for name, inside in (
        ("purchases_coverage", (bought >= each.low) & (bought <= each.high)),
        ("value_coverage", (paid >= low - 0.005) & (paid <= high + 0.005)),
    ):
        count = int(inside.sum())
        row: Row = {"method": "bg_nbd", "metric": name, "n": len(inside)}
        if not is_small(count) and not is_small(len(inside) - count):
            one = proportion(float(count), len(inside))
            row |= {"value": one.value, "low": one.low, "high": one.high}
        rows.append(row)
    return rows


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


def _compared(what: str, own: Floats, other: Floats, happened: Floats) -> list[Row]:
    """Return the error with covariates less that without them, of the same customers."""
    order = np.lexsort((happened, other, own))
    missed, without = (own - happened)[order], (other - happened)[order]
    one = bootstrap(
        lambda a, b: _root_mean_square(a) - _root_mean_square(b), missed, without, repeats=200
    )
    return [
        {"method": "bg_nbd_minus_alone", "metric": f"{what}_rmse", "n": len(missed),
         "value": one.value, "low": one.low, "high": one.high}
    ]  # fmt: skip


def _root_mean_square(missed: Floats) -> float:
    return float(np.sqrt(np.mean(missed * missed)))


def _ratio(expected: Floats, happened: Floats) -> float:
    return float(expected.sum() / happened.sum()) if happened.sum() else float("nan")


def _tenths(expected: Floats, happened: Floats, least: int) -> list[Row]:
    """Return what was expected and what happened by tenths of the expectation; the first is lowest."""
    places_of = tenths(expected)
    # The number of all stands beside the errors.
    many = {tenth: int((places_of == tenth).sum()) for tenth in range(1, 11)}
    hidden = withheld(many, least=least)
    rows = []
    for tenth in range(1, 11):
        places = np.flatnonzero(places_of == tenth)
        if not len(places) or tenth in hidden:
            continue
        one = bootstrap(np.mean, np.sort(happened[places]), repeats=200)
        rows.append(
            {"tenth": tenth, "customers": len(places), "expected": float(expected[places].mean()),
             "happened": one.value, "low": one.low, "high": one.high}
        )  # fmt: skip
    return rows
