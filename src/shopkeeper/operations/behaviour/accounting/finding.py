"""Finding: slices of two periods become the answer of `explain_change`."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtri

from shopkeeper.answer import Answer
from shopkeeper.operations.behaviour.accounting.happenings import known_events
from shopkeeper.operations.behaviour.accounting.parting import Sides, of_a_rate, of_a_sum
from shopkeeper.operations.behaviour.accounting.picture import waterfall
from shopkeeper.operations.behaviour.accounting.plan import Plan
from shopkeeper.operations.behaviour.accounting.rows import by_unit, leaves, metric_rows, sided
from shopkeeper.operations.behaviour.accounting.said import new_terms
from shopkeeper.operations.behaviour.accounting.search import explaining
from shopkeeper.operations.behaviour.accounting.sentences import (
    DEFINITIONS,
    REST,
    TITLES,
    WHOLE,
    limits,
    sentences,
    slice_words,
)
from shopkeeper.operations.behaviour.accounting.spans import told
from shopkeeper.operations.behaviour.accounting.spread import Orders, orders_of
from shopkeeper.operations.behaviour.accounting.tree import customer_tables
from shopkeeper.operations.behaviour.vocabulary import category_words
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
Called = dict[tuple[str, str], Words]
LISTED, SCALE = 200, 10_000
"""Values of one dimension that are listed; money is counted in ten-thousandths."""

_ALIKE = 10_000
SUM_EFFECTS, RATE_EFFECTS = ("volume", "mix", "price", "other"), ("mix", "rate")


@dataclass(frozen=True, slots=True)
class Cube:
    """The finest slices: codes and values of each dimension, and their sums in two periods.

    `orders` are what orders add to them, of money; elsewhere a row is drawn by itself.
    """

    values: list[list[str]]
    codes: list[NDArray[np.int64]]
    sides: Sides
    squares: NDArray[np.float64]
    orders: Orders | None = None


def answer(shop: Shop, plan: Plan) -> Answer:
    """Part the change, find the slices that explain most, and return the answer."""
    cube = _cube(shop, plan)
    effects = _effects(cube, plan)
    called, has_lines = _called(shop), shop.has("order_items")
    rows = _explained(cube, effects, plan, called)
    newly_said, left_out = new_terms(shop, plan.before, plan.after, _spoken_of(rows))
    evidence: dict[str, list[Row]] = {
        "by_dimension": _by_dimension(cube, effects, plan, called),
        **customer_tables(shop, plan),
        "known": known_events(shop, plan.currency, plan.before, plan.after, plan.least),
        "said": newly_said,
        "periods": _periods(plan),
    }
    schemas = _schemas(plan)
    table = pa.Table.from_pylist(rows, schema=schemas.pop("table"))
    return Answer(
        verb="explain_change",
        title=TITLES[plan.metric],
        table=table,
        method="shapley",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(rows, evidence, plan, has_lines=has_lines)),
        evidence={
            name: pa.Table.from_pylist(evidence[name], schema=schema)
            for name, schema in schemas.items()
        },
        limits=limits(plan, texts_left_out=left_out, has_lines=has_lines),
        definitions=DEFINITIONS,
        chart=waterfall(rows, told(plan.before), told(plan.after), plan.unit),
    )


def _schemas(plan: Plan) -> dict[str, pa.Schema]:
    amount = pa.float64() if plan.is_rate else pa.decimal128(38, 4)
    effects = RATE_EFFECTS if plan.is_rate else SUM_EFFECTS
    numbers = [(name, amount) for name in ("before", "after", "change", *effects)]
    money = [(name, pa.decimal128(38, 4)) for name in ("before", "after", "change")]
    text, ends = pa.string(), [("low", pa.float64()), ("high", pa.float64())]
    return {
        "table": pa.schema(
            [("kind", text), ("slice_en", text), ("slice_zh", text), *numbers,
             ("share_of_change", pa.float64()), *ends]
        ),
        "by_dimension": pa.schema([("dimension", text), ("value_en", text), ("value_zh", text), *numbers, *ends]),
        "tree": pa.schema(
            [("factor", text), ("before", pa.float64()), ("after", pa.float64()), ("effect", amount),
             *ends]
        ),
        "gain_loss": pa.schema([("kind", text), ("customers", pa.int64()), *money, *ends]),
        "known": pa.schema(
            [("kind", text), ("name", text), ("from", pa.date32()), ("to", pa.date32()),
             ("before", pa.float64()), ("after", pa.float64())]
        ),
        "said": pa.schema(
            [("slice", text), ("source", text), ("term", text), ("texts_before", pa.int64()),
             ("all_before", pa.int64()), ("texts_after", pa.int64()), ("all_after", pa.int64()),
             ("p", pa.float64()), ("quote", text)]
        ),
        "periods": pa.schema(
            [("period", text), ("start", pa.date32()), ("end", pa.date32()), ("currency", text)]
        ),
    }  # fmt: skip


def _cube(shop: Shop, plan: Plan) -> Cube:
    rows = sided(metric_rows(shop, plan.metric, plan.currency), plan.before, plan.after)
    found = leaves(rows, plan.dimensions).order_by([*plan.dimensions, "side"]).to_pyarrow()
    names = list(zip(*(found[name].to_pylist() for name in plan.dimensions), strict=True))
    cells = {cell: place for place, cell in enumerate(dict.fromkeys(names))}
    place = np.array([cells[cell] for cell in names], np.int64)
    side = np.array(found["side"].to_pylist(), np.int64)
    values = [sorted({cell[n] for cell in cells}) for n in range(len(plan.dimensions))]
    number = [{value: code for code, value in enumerate(one)} for one in values]
    codes = [
        np.array([number[n][cell[n]] for cell in cells], np.int64)
        for n in range(len(plan.dimensions))
    ]

    def both(column: str, scale: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        made = np.zeros((2, len(cells)), np.int64)
        amounts = [int(amount * scale) for amount in found[column].to_pylist()]
        made[side, place] = np.array(amounts, np.int64)
        return made[0], made[1]

    squares = np.zeros((2, len(cells)))
    squares[side, place] = found["squares"].to_pylist()
    sides = Sides(both("base"), both("top", SCALE), both("other", SCALE))
    orders = None
    if plan.metric in ("net", "paid"):
        added = by_unit(rows, plan.dimensions).to_pyarrow()
        orders = orders_of(added, plan.dimensions, number, codes)
    return Cube(values, codes, sides, squares, orders)


def _effects(cube: Cube, plan: Plan) -> dict[str, NDArray[Any]]:
    if plan.is_rate:
        parts: dict[str, NDArray[Any]] = dict(of_a_rate(cube.sides))
        return {name: part / SCALE for name, part in parts.items()}
    return dict(of_a_sum(cube.sides))


def _amount(value: Any, plan: Plan) -> Any:
    return float(value) if plan.is_rate else Decimal(int(value)) / SCALE


def _row(cube: Cube, effects: dict[str, NDArray[Any]], mine: NDArray[np.int64], plan: Plan) -> Row:
    """Add up the leaves of a slice."""
    row: Row = {name: _amount(part[mine].sum(), plan) for name, part in effects.items()}
    base, top = (
        [side[mine].sum() for side in sides] for sides in (cube.sides.base, cube.sides.top)
    )
    if plan.is_rate:
        rates = [t / SCALE / b if b else None for t, b in zip(top, base, strict=True)]
        row |= {"before": rates[0], "after": rates[1]}
        row["change"] = sum(row[name] for name in effects)
        half = _rate_half(cube, mine, base, rates)
    else:
        row |= {"before": _amount(top[0], plan), "after": _amount(top[1], plan)}
        row["change"] = row["after"] - row["before"]
        half = cube.orders.error(mine) if cube.orders else _plain_error(cube, mine)
    z = float(ndtri(0.975))
    row |= {"low": float(row["change"]) - z * half, "high": float(row["change"]) + z * half}
    return row


def _plain_error(cube: Cube, mine: NDArray[np.int64]) -> float:
    return float(np.sqrt(cube.squares[:, mine].sum()))


def _rate_half(
    cube: Cube, mine: NDArray[np.int64], base: list[int], rates: list[float | None]
) -> float:
    """Return the standard error of what a slice's own rate adds, its mix taken as given."""
    variance = 0.0
    whole = [float(side.sum()) for side in cube.sides.base]
    weight = sum(b / w for b, w in zip(base, whole, strict=True) if w) / 2
    for side, (count, rate) in enumerate(zip(base, rates, strict=True)):
        if count and rate is not None:
            spread = max(cube.squares[side, mine].sum() / count - rate * rate, 0.0)
            variance += spread / count
    return float(weight * np.sqrt(variance))


def _explained(
    cube: Cube, effects: dict[str, NDArray[Any]], plan: Plan, called: Called
) -> list[Row]:
    change = sum(part.astype(np.float64) for part in effects.values())
    assert not isinstance(change, int)
    weights = cube.sides.base if plan.is_rate else cube.sides.top
    size = np.abs(weights[0]).astype(float) + np.abs(weights[1])
    weight = size / size.sum() if size.sum() else size
    found = explaining(cube.codes, change, weight)
    everything = np.arange(len(change))
    whole = _row(cube, effects, everything, plan)
    rows = []
    for one in found:
        named = {plan.dimensions[n]: cube.values[n][code] for n, code in one.values.items()}
        rows.append(_row(cube, effects, one.leaves, plan) | {"kind": "slice", "named": named})
    rest = np.setdiff1d(
        everything, np.concatenate([everything[:0], *(one.leaves for one in found)])
    )
    if len(rest):
        rows.append(_row(cube, effects, rest, plan) | {"kind": "rest", "named": {}})
    for row in [*rows, whole]:
        row["share_of_change"] = float(row["change"] / whole["change"]) if whole["change"] else None
        kind = row.setdefault("kind", "whole")
        words = slice_words(row.get("named", {}), called)
        words = {"rest": REST, "whole": WHOLE}.get(kind, words)
        row |= {"slice_en": words.en, "slice_zh": words.zh}
    return [*rows, whole]


def _by_dimension(
    cube: Cube, effects: dict[str, NDArray[Any]], plan: Plan, called: Called
) -> list[Row]:
    """Return every value of each dimension, the rare ones of a long one together, so that it adds up."""
    change = sum(part.astype(np.float64) for part in effects.values())
    rows: list[Row] = []
    for n, name in enumerate(plan.dimensions):
        codes, values = cube.codes[n], cube.values[n]
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(values) + 1))
        sizes = np.abs(np.bincount(codes, change, len(values)))
        named = [
            (-_steady(sizes[code]), slice_words({name: values[code]}, called, bare=True), code)
            for code in _largest(sizes)
        ]
        listed = heapq.nsmallest(LISTED, named, key=lambda one: (one[0], one[1].en, values[one[2]]))
        for _, words, code in listed:
            row = _row(cube, effects, order[starts[code] : starts[code + 1]], plan)
            rows.append(row | {"dimension": name, "value_en": words.en, "value_zh": words.zh})
        if len(values) > LISTED:
            others = ~np.isin(codes, [code for _, _, code in listed])
            rest = _row(cube, effects, np.flatnonzero(others), plan)
            rows.append(rest | {"dimension": name, "value_en": REST.en, "value_zh": REST.zh})
    return rows


def _steady(size: float) -> float:
    """Return a sum of floats without the digits that change with the order of the rows."""
    return float(f"{size:.12g}")


def _largest(sizes: NDArray[np.float64]) -> list[int]:
    """Return the values that may be listed: the largest, and those that the last of them is as large as.

    Of a million equal ones the first by their ids, for each is still to be named.
    """
    if len(sizes) <= LISTED:
        return list(range(len(sizes)))
    edge = np.partition(sizes, -LISTED)[-LISTED]
    larger, near = sizes > edge * (1 + 1e-9), sizes >= edge * (1 - 1e-9)
    alike: list[int] = np.flatnonzero(near & ~larger)[:_ALIKE].tolist()
    return [*np.flatnonzero(larger).tolist(), *alike]


def _spoken_of(rows: list[Row]) -> list[tuple[str, dict[str, str]]]:
    """Return the slices that texts can be about: those that name products, and the whole shop."""
    about = [
        (row["slice_en"], {key: value for key, value in row["named"].items() if key in _OF_TEXT})
        for row in rows
        if row["kind"] == "slice" and set(row["named"]) & _OF_TEXT and all(row["named"].values())
    ]
    return [*about[:3], (WHOLE.en, {})]


_OF_TEXT = {"category", "brand", "product_id"}


def _called(shop: Shop) -> Called:
    """Return what products and categories are called."""
    product = shop.products.select("product_id", "title").to_pyarrow().to_pylist()
    titles = {row["product_id"]: row["title"] for row in product if row["title"]}
    return {("product_id", key): Words(title, title) for key, title in titles.items()} | {
        ("category", key): words for key, words in category_words(shop).items()
    }


def _periods(plan: Plan) -> list[Row]:
    return [
        {"period": name, "start": span[0], "end": span[1], "currency": plan.currency or None}
        for name, span in (("before", plan.before), ("after", plan.after))
    ]
