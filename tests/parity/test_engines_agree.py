"""DuckDB and Spark give the same rows for every fact, metric and feature."""

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data import facts
from shopkeeper.data.measure import measure
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.behaviour.ask import overview
from shopkeeper.operations.reviews.ask import sentiment_effect
from shopkeeper.operations.reviews.aspects.rows import aspect_rows
from shopkeeper.operations.reviews.effect import features
from shopkeeper.words import Words

pytestmark = [
    pytest.mark.spark,
    # Spark's own Python code warns of what pandas and Arrow are about to rename.
    pytest.mark.filterwarnings("ignore"),
]

FACTS = (facts.order_lines, facts.orders, facts.visits, facts.visit_events, facts.deliveries,
         facts.reviews)  # fmt: skip
FEATURES = (
    aspect_rows,
    features.reviewed, features.writers, features.seen_views, features.exposures,
    features.product_weeks, features.bad_weeks, features.carriers,
)  # fmt: skip
ODD_ORDERS = pa.table({
    "order_id": ["odd 1", "odd 2", "odd 3", "odd 4"],
    "customer_id": ["C0000001", None, "C0000001", "号"],
    "kind": ["refund", None, "sale", "sale"],
    "ordered_at": [datetime(2025, 12, 31, 23, 59, 59, 999999), datetime(2026, 2, 28, 16),
                   datetime(2026, 3, 1), datetime(2026, 3, 1)],
    "ordered_on": pa.array([date(2026, 1, 1), None, date(2026, 3, 1), date(2026, 3, 1)], pa.date32()),
    "time_zone": ["Asia/Shanghai", "Nowhere/Never", None, "America/Sao_Paulo"],
    "status": ["refunded", "paid", "refunded", None],
    "total": [None, Decimal("0.0001"), Decimal("12345.6789"), Decimal("-3")],
    "currency": [None, "USD", "CNY", ""],
})  # fmt: skip
ODD_LINES = pa.table({
    "order_id": ["odd 1", "odd 1", "odd 4"], "line": [1, 2, 1], "quantity": [-3, -1, 7],
    "price": [Decimal("9999999.9999"), Decimal("0.3333"), Decimal("0.1")],
    "product_id": ["P00001", None, "P00001"],
})  # fmt: skip
ODD_REVIEWS = pa.table({
    "review_id": ["odd 1", "odd 2", "odd 3"], "order_id": ["odd 4", "odd 3", None],
    "product_id": [None, "P00001", "P00001"], "rating": [2.5, None, 1.0],
    "reviewed_at": [datetime(2026, 3, 3)] * 3, "label": [None, "positive", None],
})  # fmt: skip


def joined(whole: pa.Table, odd: pa.Table) -> pa.Table:
    return pa.concat_tables([whole, odd], promote_options="permissive")


@pytest.fixture(scope="module")
def shops(demo_tables: dict[str, pa.Table], spark: object) -> dict[str, Shop]:
    """The same shop on both engines: a part of the demo shop, odd rows, some sentiment from text."""
    tables = dict(demo_tables)
    tables["orders"] = joined(tables["orders"], ODD_ORDERS)
    tables["order_items"] = joined(tables["order_items"], ODD_LINES)
    tables["reviews"] = joined(tables["reviews"], ODD_REVIEWS)
    tables["events"] = tables["events"].filter(pc.field("happened_at") < datetime(2025, 12, 1))
    number = tables["reviews"].num_rows // 2
    judged = Answer(
        "review_sentiment", Words("s", "情感"),
        pa.table({"review_id": tables["reviews"]["review_id"].slice(0, number),
                  "read": [("negative", "neutral", "positive")[n % 3] for n in range(number)],
                  "abstained": [n % 4 == 0 for n in range(number)]}),
        "ngrams",
    )  # fmt: skip
    answers = {"review_sentiment": judged}
    return {
        "duckdb": shop_from_tables(tables, answers=answers),
        "spark": shop_from_tables(tables, answers=answers, engine="spark"),
    }


def plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return value


def sorted_rows(table: pa.Table) -> list[tuple[Any, ...]]:
    rows = [tuple(plain(value) for value in row.values()) for row in table.to_pylist()]
    return sorted(rows, key=repr)


@pytest.mark.parametrize("expression", [*FACTS, *FEATURES], ids=lambda item: item.__name__)
def test_every_fact_and_feature_is_the_same_on_both_engines(
    shops: dict[str, Shop], expression: Callable[[Shop], Any]
) -> None:
    here, there = (expression(shops[name]).to_pyarrow() for name in ("duckdb", "spark"))
    assert here.column_names == there.column_names
    assert here.num_rows > 0
    assert sorted_rows(here) == sorted_rows(there)


def test_influence_by_block_is_the_same_on_both_engines(shops: dict[str, Shop]) -> None:
    known = (
        features.exposures(shops["duckdb"]).to_pyarrow().select(["product_id", "month", "latest"])
    )
    slopes = [math.sin(index) for index in range(known.num_rows)]
    for name in ("cart_slope", "cart_constant", "buy_slope", "buy_constant"):
        known = known.append_column(name, pa.array(slopes))
    found = [
        features.exposure_blocks(shop, known).order_by("block").to_pyarrow()
        for shop in shops.values()
    ]
    for name in ("block", "view_to_cart", "view_to_buy"):
        assert found[0][name].to_pylist() == pytest.approx(found[1][name].to_pylist(), abs=1e-9)


@pytest.mark.parametrize("period", [None, "month", "week", "day"])
def test_every_metric_is_the_same_on_both_engines(shops: dict[str, Shop], period: Any) -> None:
    assert measure(shops["duckdb"], period=period).equals(measure(shops["spark"], period=period))


def test_every_metric_is_the_same_as_of_a_moment(shops: dict[str, Shop]) -> None:
    moment = datetime(2025, 11, 2, 3, 4, 5)
    here, there = (measure(shops[name].as_of(moment)) for name in ("duckdb", "spark"))
    assert here.num_rows > 0
    assert here.equals(there)


def test_both_verbs_say_the_same_on_both_engines(shops: dict[str, Shop]) -> None:
    for verb in (overview, sentiment_effect):
        here, there = (verb(shops[name]) for name in ("duckdb", "spark"))
        assert here.summary == there.summary
        assert sorted_rows(here.table) == sorted_rows(there.table)
