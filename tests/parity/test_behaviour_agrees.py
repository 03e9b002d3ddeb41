"""DuckDB and Spark count the same ways to an order, of events with and without sessions."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.behaviour.ask import funnel, retention, sessions
from shopkeeper.operations.behaviour.ask_further import baskets, explain_change, paths, searches
from shopkeeper.operations.behaviour.features import Path, made_sessions, reached
from shopkeeper.operations.segments.ask_ahead import lifetime_value
from shopkeeper.words import Words

pytestmark = [
    pytest.mark.spark,
    # Spark's own Python code warns of what pandas and Arrow are about to rename.
    pytest.mark.filterwarnings("ignore"),
]

STEPS = ("Product Viewed", "Product Added", "Order Completed")


@pytest.fixture(scope="module")
def shops(demo_tables: dict[str, pa.Table], spark: object) -> list[Shop]:
    """The same demo shop on both engines; every third event has lost its session."""
    tables = {name: demo_tables[name] for name in ("orders", "order_items", "products")}
    events = demo_tables["events"].filter(pc.field("happened_at") < datetime(2025, 12, 1))
    lost = pa.array([place % 3 == 0 for place in range(events.num_rows)])
    session = pc.if_else(lost, pa.scalar(None, pa.string()), events["session_id"])
    place = events.column_names.index("session_id")
    tables["events"] = events.set_column(place, "session_id", session)
    return [shop_from_tables(tables), shop_from_tables(tables, engine="spark")]


def told(answer: Answer) -> list[Any]:
    tables = [answer.table, *answer.evidence.values()]
    return [answer.summary, *(table.to_pylist() for table in tables)]


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("per", ["session", "customer"])
def test_both_engines_take_everybody_equally_far(
    shops: list[Shop], ordered: bool, per: Any
) -> None:
    path = Path(STEPS, ordered, 600, per)
    here, there = (
        sorted(reached(shop, path, complete=False).to_pyarrow().to_pylist(), key=str)
        for shop in shops
    )
    assert {row["level"] for row in here} >= {1, 2}
    assert here == there


def test_both_engines_make_the_same_sessions(shops: list[Shop]) -> None:
    made = [made_sessions(shop).select("event_id", "unit").to_pyarrow() for shop in shops]
    here, there = (sorted(table.to_pylist(), key=str) for table in made)
    assert len({row["unit"] for row in here}) > 100
    assert here == there


@pytest.mark.parametrize(
    "cohort", ["device=app", "segment=funnel_lost(view > order; customer):view"]
)
def test_both_engines_say_the_same_of_cohorts_and_groups(shops: list[Shop], cohort: str) -> None:
    asked: dict[str, Any] = {"cohort": cohort, "breakdown": "channel,category"}
    for one, other in zip(*(told(funnel(shop, **asked)) for shop in shops), strict=True):
        for here, there in zip(one, other, strict=True):
            assert here == there


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"period": "week", "since": "visit"},
        {"since": "visit", "returning": "visit"},
        {"by": "channel"},
        {"since": "visit", "returning": "visit", "by": "device"},
        {"segment": "funnel_lost(view > cart > order):cart"},
    ],
)
def test_both_engines_say_the_same_of_who_comes_back(
    shops: list[Shop], asked: dict[str, Any]
) -> None:
    for one, other in zip(*(told(retention(shop, **asked)) for shop in shops), strict=True):
        assert len(one) == len(other) > 0
        for here, there in zip(one, other, strict=True):
            assert here == (there if isinstance(there, Words) else pytest.approx(there))


def test_both_engines_expect_the_same_of_customers(shops: list[Shop]) -> None:
    here, there = (lifetime_value(shop).table.to_pylist() for shop in shops)
    assert len(here) == len(there) > 100
    for one, other in zip(here, there, strict=True):
        assert one == pytest.approx(other)


def test_both_engines_say_the_same_of_sessions(shops: list[Shop]) -> None:
    for one, other in zip(*(told(sessions(shop)) for shop in shops), strict=True):
        assert len(one) == len(other) > 0
        for here, there in zip(one, other, strict=True):
            assert here == there


@pytest.mark.parametrize("verb", [searches, baskets, explain_change, paths])
def test_both_engines_say_the_same_of_the_further_verbs(shops: list[Shop], verb: Any) -> None:
    for one, other in zip(*(told(verb(shop)) for shop in shops), strict=True):
        assert len(one) == len(other)
        for here, there in zip(one, other, strict=True):
            assert here == (there if isinstance(there, Words) else pytest.approx(there))
