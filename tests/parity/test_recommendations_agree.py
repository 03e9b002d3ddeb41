"""DuckDB and Spark give the same sequences and the same counts of what came after what."""

from collections.abc import Callable
from datetime import datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.recommend.features import (
    coded,
    codes,
    numbered,
    sequences,
    steps,
    touches,
    transition_counts,
)
from shopkeeper.operations.recommend.reading import read_touched

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]
DRAW = np.random.default_rng(6)
ROWS = 300
EVENTS = pa.table({
    "event_id": [f"e{n}" for n in range(ROWS)],
    "name": ["Product Viewed"] * ROWS,
    "customer_id": [None if n % 41 == 0 else f"客{n % 17}" for n in range(ROWS)],
    "product_id": [f"p{n}" for n in DRAW.integers(0, 23, ROWS)],
    # Many at the same moment, so that the order has to be decided.
    "happened_at": [datetime(2025, 1, 1) + timedelta(hours=int(n)) for n in DRAW.integers(0, 40, ROWS)],
})  # fmt: skip
ORDERS = pa.table({"order_id": ["o"], "customer_id": ["客1"], "ordered_at": [datetime(2025, 1, 1)]})
ITEMS = pa.table({"order_id": ["o", "o"], "line": [2, 1], "product_id": ["x", "y"],
                  "quantity": [1, 1], "price": [1.0, 1.0]})  # fmt: skip


def shop_on(engine: str) -> Shop:
    tables = {"events": EVENTS, "orders": ORDERS, "order_items": ITEMS}
    return shop_from_tables(tables, engine=engine)


def counts(sequence: ibis.Table) -> ibis.Table:
    return transition_counts(steps(sequence, numbered(sequence, "product")))


def sequence_of(shop: Shop) -> ibis.Table:
    table = touches(shop)
    return sequences(coded(table, codes(table, "customer_id"), codes(table, "product_id")))


@pytest.mark.parametrize(
    "made",
    [lambda one: one, lambda one: numbered(one, "product"), counts],
    ids=["sequences", "numbers", "counts"],
)
def test_both_engines_give_the_same_rows(
    spark: object, made: Callable[[ibis.Table], ibis.Table]
) -> None:
    told = []
    for engine in ("duckdb", "spark"):
        shop = shop_on(engine)
        rows = made(sequence_of(shop)).to_pyarrow().to_pylist()
        told.append(sorted(rows, key=lambda row: sorted((k, str(v)) for k, v in row.items())))
    assert told[0] == told[1]
    assert len(told[0]) > 20


def test_both_engines_are_read_as_the_same_arrays(spark: object) -> None:
    shops = [shop_on(engine) for engine in ("duckdb", "spark")]
    one, two = (read_touched(touches(shop)) for shop in shops)
    assert one.customers.to_pylist() == two.customers.to_pylist()
    assert one.products.to_pylist() == two.products.to_pylist()
    assert one.histories.products.tolist() == two.histories.products.tolist()
    assert one.bought.tolist() == two.bought.tolist() and one.bought.any()
    assert one.counts.key.tolist() == two.counts.key.tolist() and len(one.counts.key) > 500
    assert one.counts.pairs.tolist() == two.counts.pairs.tolist()
