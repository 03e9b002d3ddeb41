"""Who touched which product when, and what came after what, against a plain loop."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.recommend.counting import counts_of
from shopkeeper.operations.recommend.features import (
    coded,
    codes,
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


def sequence_of(table: ibis.Table) -> ibis.Table:
    customers, products = codes(table, "customer_id"), codes(table, "product_id")
    return sequences(coded(table, customers, products))


def test_codes_are_places_in_the_order_of_names() -> None:
    made = codes(
        touched([("乙", "y", 1), ("a", "x", 1), ("Z", "x", 1), ("乙", "x", 2)]), "customer_id"
    )
    rows = made.order_by("code").to_pyarrow()
    assert rows["customer_id"].to_pylist() == ["Z", "a", "乙"]
    assert rows["code"].to_pylist() == [0, 1, 2] and rows["code"].type == pa.int32()


def test_a_product_touched_again_is_no_new_product_and_duplicates_change_nothing() -> None:
    rows = [("a", "x", 1), ("a", "y", 2), ("a", "x", 3), ("a", "y", 2), ("b", "y", 9)]
    made = sequence_of(touched(rows)).order_by("customer", "place").to_pyarrow().to_pylist()
    assert [(r["customer"], r["product"], r["place"], r["back"]) for r in made] == [
        (0, 0, 0, 1), (0, 1, 1, 0), (1, 1, 0, 0)]  # fmt: skip


def test_the_most_touched_come_first_and_what_is_held_out_does_not_count() -> None:
    rows = [
        ("a", "x", 1),
        ("a", "y", 2),
        ("a", "z", 3),
        ("b", "x", 1),
        ("b", "w", 2),
        ("b", "z", 3),
    ]
    products = numbered(sequence_of(touched(rows)), "product").order_by("number").to_pyarrow()
    # x is the only product that is not among the two newest of anybody; z is the newest of both.
    assert products["product"].to_pylist()[0] == 1
    assert products["number"].to_pylist() == [0, 1, 2, 3]
    assert sorted(zip(products["product"].to_pylist(), products["length"].to_pylist(), strict=True)) == [
        (0, 1), (1, 2), (2, 1), (3, 2)]  # fmt: skip


def drawn(customers: int = 7, products: int = 9) -> list[tuple[str, str, int]]:
    draw = np.random.default_rng(4)
    return [
        (f"c{who}", f"p{what}", hour)
        for who in range(customers)
        for hour, what in enumerate(
            draw.permutation(products)[: int(draw.integers(1, products))].tolist()
        )
    ]


@pytest.mark.parametrize("held_out", [0, 1, 2])
def test_what_came_after_what_is_counted_by_how_far_apart(held_out: int) -> None:
    rows = drawn()
    sequence = sequence_of(touched(rows))
    products = numbered(sequence, "product")
    counts = counts_of(transition_counts(steps(sequence, products), gaps=3).to_pyarrow())
    number = {f"p{row['product']}": row["number"] for row in products.to_pyarrow().to_pylist()}
    assert {what for _, what, _ in rows} == set(number) and len(number) == 9
    expected: Counter[tuple[int, int, int]] = Counter()
    for who in {row[0] for row in rows}:
        own = [number[what] for one, what, _ in rows if one == who]
        own = own[: len(own) - held_out]
        for at, source in enumerate(own):
            for gap, target in enumerate(own[at + 1 : at + 4], start=1):
                expected[source, target, gap] += 1
    told = zip(*(part.tolist() for part in counts.without_newest(held_out)), strict=True)
    assert {(source, target, gap): pairs for source, target, gap, pairs in told} == expected


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
