"""What is told of a few customers by the difference of two numbers that are told: nothing."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.behaviour.ask import funnel, overview, retention
from shopkeeper.operations.behaviour.ask_further import explain_change, searches
from shopkeeper.settings import Settings

Row = dict[str, Any]
START = datetime(2025, 1, 3, 12)


def shop_of(rows: list[tuple[str, datetime, int, str]]) -> Shop:
    """Make a shop of orders: customer, time, money, channel."""
    orders = pa.table({
        "order_id": [f"o{n}" for n in range(len(rows))], "customer_id": [row[0] for row in rows],
        "ordered_at": [row[1] for row in rows], "total": [row[2] for row in rows],
        "channel": [row[3] for row in rows], "status": ["paid"] * len(rows),
    })  # fmt: skip
    lines = pa.table({
        "order_id": orders["order_id"], "line": [1] * len(rows), "product_id": ["p"] * len(rows),
        "quantity": [1] * len(rows), "price": orders["total"],
    })  # fmt: skip
    tables = {"orders": orders, "order_items": lines}
    return shop_from_tables(tables, settings=Settings(minimum_count=1))


# Customers of a channel who begin in a month, and of them those who come back a month later.
COHORT = st.integers(0, 60).flatmap(lambda many: st.tuples(st.just(many), st.integers(0, many)))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(COHORT, COHORT, COHORT), min_size=2, max_size=5))
def test_neither_groups_nor_ages_tell_of_a_few_by_what_is_left(months: list[Any]) -> None:
    rows = [
        (f"{month}{channel}{number}", START + timedelta(days=31 * (month + age)), 10, channel)
        for month, cohorts in enumerate(months)
        for channel, (many, back) in zip("abc", cohorts, strict=True)
        for age, count in enumerate((many, back))
        for number in range(count)
    ]
    if not rows:
        return
    found = retention(shop_of(rows), by="channel")
    whole = {row["age"]: row for row in found.evidence["by_age"].to_pylist()}
    sizes = [row["customers"] for _, row in sorted(whole.items())]
    assert all(not 0 < abs(one - other) < 20 for one, other in pairwise(sizes))
    parted: dict[int, list[Row]] = defaultdict(list)
    for row in found.evidence["by_group"].to_pylist():
        parted[row["age"]].append(row)
    for age, groups in parted.items():
        assert not 0 < whole[age]["customers"] - sum(row["customers"] for row in groups) < 20
        told = [row["returned"] for row in groups if row["returned"] is not None]
        if whole[age]["returned"] is not None:
            assert not 0 < whole[age]["returned"] - sum(told) < 20


def came_and_went(new: int, stayed: int, lost: int) -> Answer:
    rows = [
        (f"{kind}{number}", datetime(2025, month, 1 + number % 28), 100 + month + number, "app")
        for kind, many, months in (("n", new, (4,)), ("s", stayed, (3, 4)), ("l", lost, (3,)))
        for number in range(many)
        for month in months
    ]
    return explain_change(shop_of(rows), metric="paid", after="2025-04", before="2025-03")


def test_gain_and_loss_joins_kinds_so_that_no_period_is_of_a_few() -> None:
    found = came_and_went(3, 40, 30)
    kinds = {row["kind"]: row for row in found.evidence["gain_loss"].to_pylist()}
    # New customers have no money before: with lost ones alone what these have after would be theirs.
    assert {name: row["customers"] for name, row in kinds.items()} == {"others": None, "lost": 30}
    assert kinds["others"]["before"] > 0
    tree = {row["factor"]: row for row in found.evidence["tree"].to_pylist()}
    assert {tree[name]["after"] for name in ("customers", "orders_per_customer")} == {None}
    enough = came_and_went(25, 40, 30)
    assert {row["kind"]: row["customers"] for row in enough.evidence["gain_loss"].to_pylist()} == {
        "new": 25,
        "more": 40,
        "lost": 30,
    }
    assert enough.evidence["tree"].to_pylist()[0]["after"] == 65


def test_few_who_are_the_same_are_joined_and_customers_still_told() -> None:
    rows = [
        (f"c{number}", datetime(2025, month, 2), 50 + (month == 4) * (number > 3), "app")
        for number in range(50)
        for month in (3, 4)
    ]
    found = explain_change(shop_of(rows), metric="paid", after="2025-04", before="2025-03")
    assert [(row["kind"], row["customers"]) for row in found.evidence["gain_loss"].to_pylist()] == [
        ("others", 50)
    ]
    assert found.evidence["tree"].to_pylist()[0]["before"] == 50


def test_drop_offs_are_not_listed_where_their_number_tells_a_hidden_one() -> None:
    steps = ("Product Viewed", "Product Added", "Order Completed")
    rows = [
        (f"c{number}", step, START + timedelta(minutes=place))
        for place, (step, count) in enumerate(zip(steps, (200, 150, 15), strict=True))
        for number in range(count)
    ]
    events = pa.table({
        "event_id": [f"e{n}" for n in range(len(rows))], "customer_id": [row[0] for row in rows],
        "name": [row[1] for row in rows], "happened_at": [row[2] for row in rows],
    })  # fmt: skip
    found = funnel(shop_from_tables({"events": events}), per="customer")
    assert [row["count"] for row in found.table.to_pylist()] == [200, 150, None]
    members = found.evidence["members"].to_pylist()
    assert {row["segment"] for row in members} == {"Product Viewed"}
    assert len(members) == 50


def test_intents_and_rewordings_of_a_few_tell_no_outcome() -> None:
    rows = [
        (query, f"{queries[0]}{number}", 3 * number + place)
        for many, *queries in (
            (5, "blue mug", "navy mug", "mug"),
            (40, "coat", "red coat", "rain coat"),
        )
        for place, query in enumerate(queries)
        for number in range(many)
    ]
    table = pa.table({
        "search_id": [f"q{n}" for n in range(len(rows))], "query": [row[0] for row in rows],
        "session_id": [row[1] for row in rows], "results": [1] * len(rows),
        "searched_at": [START + timedelta(minutes=row[2]) for row in rows],
    })  # fmt: skip
    events = pa.table({
        "event_id": ["e"], "name": ["Order Completed"], "session_id": ["s1"],
        "happened_at": [START + timedelta(minutes=30)],
    })  # fmt: skip
    found = searches(
        shop_from_tables({"searches": table, "events": events}), minimum_count=1, intents=2
    )
    pairs = found.evidence["rewordings"].to_pylist()
    assert [(row["query"], row["searches"], row["searchers"]) for row in pairs] == [
        ("coat", 40, 40), ("red coat", 40, 40), ("blue mug", None, None), ("navy mug", None, None)
    ]  # fmt: skip
    coats, mugs = found.evidence["intents"].to_pylist()
    assert (coats["o_reformulated"], coats["o_nothing"], coats["bought_share"]) == (80, 40, 0)
    assert mugs["searches"] == 15
    assert {mugs[one] for one in mugs if one.startswith("o_") or "bought" in one} == {None}
    assert "mug" not in str(found.chart)


def test_the_repeat_rate_of_a_few_is_not_told() -> None:
    rows = [
        (f"c{n}", START + timedelta(days=day), 10, "app")
        for n in range(100)
        for day in (0, 1)[: 1 + (n < 15)]
    ]
    found = overview(shop_of(rows))
    (rate,) = [row for row in found.table.to_pylist() if row["metric"] == "repeat_rate"]
    assert (rate["value"], rate["top"], rate["base"]) == (None, None, 100)
    assert not any("Repeat rate" in words.en for words in found.summary)
    enough = overview(
        shop_of([*rows, *((f"c{n}", datetime(2025, 1, 9), 10, "app") for n in range(50, 60))])
    )
    (rate,) = [row for row in enough.table.to_pylist() if row["metric"] == "repeat_rate"]
    assert rate["value"] == pytest.approx(0.25)
