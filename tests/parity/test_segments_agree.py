"""DuckDB and Spark see the same customers do the same things, and group them alike."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.segments.ask import profile, segment
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
from shopkeeper.operations.segments.traits import traits

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def shops(demo_tables: dict[str, pa.Table], demo_folder: Path, spark: object) -> list[Shop]:
    names = ("orders", "order_items", "products", "reviews")
    tables = {name: demo_tables[name] for name in names}
    tables["customers"] = pq.read_table(demo_folder / "customers.parquet")
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


@pytest.mark.parametrize(
    ("verb", "asked"),
    [
        (segment, {}),
        (segment, {"method": "behaviour", "segments": 5}),
        (segment, {"method": "embedding", "segments": 4}),
        (segment, {"sentence": "买过两次以上"}),
        (profile, {}),
        (churn, {}),
        (lifetime_value, {"covariates": "channel,category,discount,country"}),
    ],
)
def test_both_engines_answer_the_same(shops: list[Shop], verb: Any, asked: dict[str, Any]) -> None:
    here, there = (verb(shop, **asked) for shop in shops)
    assert here.summary == there.summary
    for name in ("table", *here.evidence):
        one, other = (
            answer.table if name == "table" else answer.evidence[name] for answer in (here, there)
        )
        assert len(one) == len(other) > 0
        for row, same in zip(one.to_pylist(), other.to_pylist(), strict=True):
            assert row == pytest.approx(same)
