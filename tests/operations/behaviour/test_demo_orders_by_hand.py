"""Verbs over orders on the demo shop, held against plain loops over its rows."""

import statistics
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from shopkeeper.data.shop import Shop
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.accounting.parting import of_a_product
from shopkeeper.operations.behaviour.ask import retention
from shopkeeper.operations.behaviour.ask_further import baskets, explain_change

pytestmark = pytest.mark.usefixtures("no_least_cell")

Row = dict[str, Any]


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


def test_retention_of_customers_and_what_they_brought(demo_shop: Shop, paid: list[Row]) -> None:
    active: dict[str, set[int]] = defaultdict(set)
    brought: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in paid:
        if row["customer_id"]:
            active[row["customer_id"]].add(month(row["on"]))
            brought[row["customer_id"], month(row["on"])] += row["total"] - row["refund"]
    found = retention(demo_shop)
    for row in found.table.to_pylist():
        start = month(row["since"])
        begun = [who for who, periods in active.items() if min(periods) == start]
        came = sum(start + row["age"] in active[who] for who in begun)
        assert (row["customers"], row["returned"]) == (len(begun), came)
        if row["complete"]:
            wilson = proportion(came, len(begun))
            assert (row["share"], row["low"], row["high"]) == (
                wilson.value,
                wilson.low,
                wilson.high,
            )
    triangle = found.evidence["revenue"].to_pylist()
    assert len(triangle) > 50
    for row in triangle:
        start = month(row["since"])
        each = [
            sum((brought[who, at] for at in range(start, start + row["age"] + 1)), Decimal(0))
            for who, periods in active.items()
            if min(periods) == start
        ]
        assert row["cumulative"] == sum(each)
        if row["complete"]:
            assert row["per_customer"] == pytest.approx(float(statistics.fmean(each)))
            half = 1.959964 * statistics.stdev(map(float, each)) / len(each) ** 0.5
            assert row["high"] - row["per_customer"] == pytest.approx(half, rel=1e-5)


def test_baskets(demo_shop: Shop, rows: dict[str, list[Row]], paid: list[Row]) -> None:
    bought = {row["order_id"]: row["customer_id"] for row in paid}
    category = {row["product_id"]: row["category"] for row in rows["products"]}
    held: dict[str, set[str]] = defaultdict(set)
    for line in rows["order_items"]:
        if line["order_id"] in bought and line["quantity"] > 0 and line["product_id"]:
            held[line["order_id"]].add(line["product_id"])
    single = Counter(item for one in held.values() for item in one)
    both = Counter(pair for one in held.values() for pair in combinations(sorted(one), 2))
    found = baskets(demo_shop)
    assert found.table.num_rows > 20
    for row in found.table.to_pylist():
        pair = tuple(sorted((row["item"], row["other_item"])))
        assert row["together"] == both[pair]  # type: ignore[index]
        assert row["support"] == both[pair] / len(held)  # type: ignore[index]
        lift = both[pair] * len(held) / single[pair[0]] / single[pair[1]]  # type: ignore[index]
        assert row["lift"] == pytest.approx(lift)
    ever: dict[str, set[str]] = defaultdict(set)
    for order, items in held.items():
        if bought[order]:
            ever[bought[order]] |= {category[item] for item in items if category.get(item)}
    crossed = found.evidence["cross_shop"].to_pylist()
    assert len(crossed) > 10
    for row in crossed:
        mine = [one for one in ever.values() if row["group"] in one]
        assert (row["customers"], row["both"]) == (
            len(mine),
            sum(row["other"] in one for one in mine),
        )


def test_explain_change(demo_shop: Shop, paid: list[Row]) -> None:
    found = explain_change(demo_shop, metric="paid", by="channel,category")
    spans = [(row["start"], row["end"]) for row in found.evidence["periods"].to_pylist()]
    sides = [[row for row in paid if start <= row["on"] <= end] for start, end in spans]
    whole = found.table.to_pylist()[-1]
    assert (whole["before"], whole["after"]) == tuple(
        sum(row["total"] for row in side) for side in sides
    )
    for row in found.evidence["by_dimension"].to_pylist():
        if row["dimension"] == "channel":
            expected = (
                sum(one["total"] for one in side if one["channel"] == row["value_en"])
                for side in sides
            )
            assert (row["before"], row["after"]) == tuple(expected)
    each = [defaultdict(Decimal), defaultdict(Decimal)]
    for side, kept in zip(sides, each, strict=True):
        for row in side:
            kept[row["customer_id"]] += row["total"]
    who = {
        "new": each[1].keys() - each[0].keys(), "lost": each[0].keys() - each[1].keys(),
        "more": {one for one in each[0].keys() & each[1].keys() if each[1][one] > each[0][one]},
        "less": {one for one in each[0].keys() & each[1].keys() if each[1][one] < each[0][one]},
    }  # fmt: skip
    for row in found.evidence["gain_loss"].to_pylist():
        if row["kind"] in who:
            mine = who[row["kind"]]
            moved = [each[1].get(one, 0) - each[0].get(one, 0) for one in mine]
            half = 1.959964 * float(sum(move * move for move in moved)) ** 0.5
            assert (row["customers"], row["change"]) == (len(mine), sum(moved))
            assert row["high"] - float(row["change"]) == pytest.approx(half, rel=1e-5)


def test_the_revenue_tree_and_its_intervals(demo_shop: Shop, paid: list[Row]) -> None:
    found = explain_change(demo_shop, metric="paid", by="channel,category")
    spans = [(row["start"], row["end"]) for row in found.evidence["periods"].to_pylist()]
    sides = [[row for row in paid if start <= row["on"] <= end] for start, end in spans]
    whole = found.table.to_pylist()[-1]
    tree = {row["factor"]: row for row in found.evidence["tree"].to_pylist()}
    for name, side in zip(("before", "after"), sides, strict=True):
        many = len({row["customer_id"] for row in side})
        assert tree["customers"][name] == many
        assert tree["orders_per_customer"][name] == pytest.approx(len(side) / many)
    assert sum(row["effect"] for row in tree.values()) == whole["change"]
    # The intervals are those of customers drawn anew, as many as it happens.
    draw = np.random.default_rng(0)
    sums = _sums(sides)
    effects = []
    for _ in range(400):
        weighed = draw.poisson(1, len(sums)) @ sums
        effects.append(of_a_product(_factors(weighed[:4]), _factors(weighed[4:])))
    drawn = np.array(effects).std(axis=0)
    halves = [(row["high"] - row["low"]) / 2 / 1.959964 for row in tree.values()]
    assert halves == pytest.approx(drawn.tolist(), rel=0.15)


def _sums(sides: list[list[Row]]) -> Any:
    """Return customers × what each adds to customers, orders, units and value of the two periods."""
    place: dict[str, int] = {}
    for side in sides:
        for row in side:
            place.setdefault(row["customer_id"], len(place))
    sums = np.zeros((len(place), 8))
    for side, mine in enumerate(sides):
        for row in mine:
            at = place[row["customer_id"]]
            sums[at, 4 * side] = 1
            sums[at, 4 * side + 1] += 1
            sums[at, 4 * side + 2] += row["units"]
            sums[at, 4 * side + 3] += float(row["total"])
    return sums


def _factors(sums: Any) -> list[float]:
    customers, orders, units, value = sums
    return [customers, orders / customers, units / orders, value / units]
