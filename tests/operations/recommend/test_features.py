"""Who touched which product when, and what came after what, against a plain loop."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.recommend.features import (
    numbered,
    sequences,
    steps,
    touches,
    transition_counts,
)

DAY = datetime(2025, 3, 1)


def touched(rows: list[tuple[str, str, int]]) -> ibis.Table:
    return ibis.memtable(
        pa.table(
            {
                "customer_id": [row[0] for row in rows],
                "product_id": [row[1] for row in rows],
                "happened_at": [DAY + timedelta(hours=row[2]) for row in rows],
                "place": [0] * len(rows),
                "bought": [False] * len(rows),
            }
        )
    )


def test_a_product_touched_again_is_no_new_product_and_duplicates_change_nothing() -> None:
    rows = [("a", "x", 1), ("a", "y", 2), ("a", "x", 3), ("a", "y", 2), ("b", "y", 9)]
    made = sequences(touched(rows)).order_by("customer_id", "place").to_pyarrow().to_pylist()
    assert [(r["customer_id"], r["product_id"], r["place"], r["back"]) for r in made] == [
        ("a", "x", 0, 1), ("a", "y", 1, 0), ("b", "y", 0, 0)]  # fmt: skip


def test_the_most_touched_come_first_and_what_is_held_out_does_not_count() -> None:
    rows = [
        ("a", "x", 1),
        ("a", "y", 2),
        ("a", "z", 3),
        ("b", "x", 1),
        ("b", "w", 2),
        ("b", "z", 3),
    ]
    products = numbered(sequences(touched(rows)), "product_id").order_by("number").to_pyarrow()
    # x is the only product that is not among the two newest of anybody; z is the newest of both.
    assert products["product_id"].to_pylist()[0] == "x"
    assert products["number"].to_pylist() == [0, 1, 2, 3]


@pytest.mark.parametrize("held_out", [0, 1, 2])
def test_what_came_after_what_is_counted_by_how_far_apart(held_out: int) -> None:
    draw = np.random.default_rng(4)
    rows = [
        (f"c{who}", f"p{what}", hour)
        for who in range(7)
        for hour, what in enumerate(draw.permutation(9)[: int(draw.integers(1, 9))].tolist())
    ]
    sequence = sequences(touched(rows))
    customers, products = numbered(sequence, "customer_id"), numbered(sequence, "product_id")
    step = steps(sequence, customers, products)
    told = transition_counts(step, held_out=held_out, gaps=3).to_pyarrow().to_pylist()
    number = dict(zip(*products.to_pyarrow().to_pydict().values(), strict=True))
    expected: Counter[tuple[int, int, int]] = Counter()
    for who in {row[0] for row in rows}:
        own = [number[what] for one, what, _ in rows if one == who]
        own = own[: len(own) - held_out]
        for at, source in enumerate(own):
            for gap, target in enumerate(own[at + 1 : at + 4], start=1):
                expected[source, target, gap] += 1
    assert {(r["source"], r["target"], r["gap"]): r["pairs"] for r in told} == expected


def orders_and_events() -> dict[str, pa.Table]:
    return {
        "orders": pa.table({
            "order_id": ["o1", "o2", "o3", "o4"], "customer_id": ["a", "a", "b", None],
            "ordered_at": [DAY] * 4, "status": ["delivered", "cancelled", "paid", "paid"]}),
        "order_items": pa.table({
            "order_id": ["o1", "o1", "o2", "o3", "o4"], "line": [1, 2, 1, 1, 1],
            "product_id": ["x", "y", "z", None, "x"], "quantity": [1, -1, 1, 1, 1],
            "price": [Decimal(1)] * 5}),
        "events": pa.table({
            "event_id": ["1", "2", "3", "4"], "customer_id": ["a", "a", None, "b"],
            "name": ["Product Viewed", "Order Completed", "Product Viewed", "Product Added"],
            "happened_at": [DAY] * 4, "product_id": ["w", "x", "w", "v"]}),
    }  # fmt: skip


def test_only_known_customers_and_what_they_paid_or_looked_at_are_touches() -> None:
    shop = shop_from_tables(orders_and_events())
    rows = touches(shop).to_pyarrow().to_pylist()
    assert sorted((r["customer_id"], r["product_id"], r["bought"]) for r in rows) == [
        ("a", "w", False), ("a", "x", True), ("b", "v", False)]  # fmt: skip
