"""DuckDB and Spark give the same sequences, the same counts of what came after what, and the same baskets."""

from collections.abc import Callable
from datetime import datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.recommend.basket_features import (
    bought_lines,
    pair_counts,
    product_counts,
    purchases,
    several,
    visits,
)
from shopkeeper.operations.recommend.basket_reading import (
    read_baskets,
    read_products,
    read_purchases,
    read_seen,
)
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


SOLD = 200
BASKETS = {
    "orders": pa.table({
        "order_id": [f"o{n}" for n in range(SOLD)],
        "customer_id": [None if n % 19 == 0 else f"客{n % 7}" for n in range(SOLD)],
        # Two orders of one day, and two of one moment.
        "ordered_at": [datetime(2025, 1, 1) + timedelta(hours=9 * int(n // 2)) for n in range(SOLD)],
        "status": ["cancelled" if n % 23 == 0 else "delivered" for n in range(SOLD)],
    }),
    "order_items": pa.table({
        "order_id": [f"o{n // 3}" for n in range(3 * SOLD)],
        "line": [n % 3 for n in range(3 * SOLD)],
        "product_id": [None if n == 5 else f"p{n}" for n in DRAW.integers(0, 9, 3 * SOLD)],
        "quantity": [-1 if n % 37 == 0 else 1 for n in range(3 * SOLD)],
        "price": [1.0] * (3 * SOLD),
    }),
    "events": EVENTS.append_column("session_id", pa.array([None if n % 13 == 0 else f"v{n % 40}" for n in range(ROWS)])),
}  # fmt: skip


@pytest.fixture(scope="module")
def both(spark: object) -> list[Shop]:
    return [shop_from_tables(BASKETS, engine=engine) for engine in ("duckdb", "spark")]


@pytest.mark.parametrize(
    "made",
    [
        lambda shop: pair_counts(several(bought_lines(shop)), "order_id"),
        lambda shop: product_counts(bought_lines(shop)),
        lambda shop: pair_counts(visits(shop), "visit"),
        lambda shop: purchases(bought_lines(shop)),
    ],
    ids=["pairs", "products", "seen", "purchases"],
)
def test_both_engines_count_the_same_in_baskets(
    both: list[Shop], made: Callable[[Shop], ibis.Table]
) -> None:
    told = []
    for shop in both:
        rows = made(shop).to_pyarrow().to_pylist()
        names = [name for name in rows[0] if isinstance(rows[0][name], str)]
        told.append(sorted(rows, key=lambda row: [row[name] for name in names]))
    assert len(told[0]) == len(told[1]) > 7
    for one, two in zip(*told, strict=True):
        assert one == pytest.approx(two, nan_ok=True), (one, two)


def test_both_engines_are_read_as_the_same_baskets(both: list[Shop]) -> None:
    told = []
    for shop in both:
        products = read_products(shop)
        number = products.number()
        baskets, (bought, people) = read_baskets(shop, number), read_purchases(shop, number)
        seen = read_seen(shop, number, products.category)
        told.append(
            (products.names, products.orders.tolist(), baskets.basket.tolist(), baskets.product.tolist(),
             seen.one.tolist(), seen.other.tolist(), seen.count.tolist(), bought.days.tolist(),
             [people[n] for n in bought.customer], bought.logs.round(9).tolist())
        )  # fmt: skip
    assert told[0] == told[1]
    assert max(told[0][7]) > 5
