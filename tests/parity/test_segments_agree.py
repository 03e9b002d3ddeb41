"""DuckDB and Spark see the same customers do the same things, and group them alike."""

from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.segments.ask import churn, segment
from shopkeeper.operations.segments.traits import traits

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def shops(demo_tables: dict[str, pa.Table], spark: object) -> list[Shop]:
    names = ("orders", "order_items", "products", "reviews")
    tables = {name: demo_tables[name] for name in names}
    # Visits that ordered, and visits that did not.
    parts = [demo_tables["events"].slice(first, 10_000) for first in (0, 50_000)]
    tables["events"] = pa.concat_tables(parts)
    return [shop_from_tables(tables), shop_from_tables(tables, engine="spark")]


def test_both_engines_count_the_same_traits(shops: list[Shop]) -> None:
    here, there = (sorted(traits(shop, "CNY").to_pyarrow().to_pylist(), key=str) for shop in shops)
    assert {row["block"] for row in here} == {
        "category",
        "price",
        "discount",
        "returned",
        "sentiment",
        "visit",
        "hour",
        "sold",
        "device",
        "source",
        "depth",
        "looked",
    }
    assert here == there


@pytest.mark.parametrize("verb", [segment, churn])
def test_both_engines_answer_the_same(shops: list[Shop], verb: Any) -> None:
    here, there = (verb(shop) for shop in shops)
    assert here.summary == there.summary
    for name in ("table", *here.evidence):
        one, other = (
            answer.table if name == "table" else answer.evidence[name] for answer in (here, there)
        )
        assert len(one) == len(other) > 0
        for row, same in zip(one.to_pylist(), other.to_pylist(), strict=True):
            assert row == pytest.approx(same)
