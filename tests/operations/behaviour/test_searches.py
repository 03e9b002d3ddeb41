"""The answer of `searches`, held against counting by hand."""

import re
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.ask_further import searches
from shopkeeper.settings import Settings

pytestmark = pytest.mark.usefixtures("no_least_cell")

START = datetime(2025, 5, 1, 23, 50)
RATES = ("zero", "clicked", "reformulated", "bought")
Search = tuple[str | None, str, int, int | None, bool]
Order = tuple[str, int]


def shop_of(rows: list[Search], orders: list[Order], least: int = 1, **more: pa.Table) -> Shop:
    """Make a shop of searches (session, query, minutes, results, clicked) and orders by session."""
    table = pa.table({
        "search_id": [f"q{n:04d}" for n in range(len(rows))], "query": [row[1] for row in rows],
        "searched_at": [START + timedelta(minutes=row[2]) for row in rows],
        "session_id": pa.array([row[0] for row in rows], pa.string()),
        "results": pa.array([row[3] for row in rows], pa.int64()),
        "clicked_product_id": pa.array(["p1" if row[4] else None for row in rows], pa.string()),
    })  # fmt: skip
    events = pa.table({
        "event_id": [f"e{n}" for n in range(len(orders))], "name": ["Order Completed"] * len(orders),
        "happened_at": [START + timedelta(minutes=at) for _, at in orders],
        "session_id": pa.array([who for who, _ in orders], pa.string()),
    })  # fmt: skip
    made = {"searches": table, **({"events": events} if orders else {}), **more}
    return shop_from_tables(made, settings=Settings(minimum_count=least))


def by_query(answer: Answer) -> dict[str, dict[str, Any]]:
    return {row["query"]: row for row in answer.table.to_pylist()}


def by_hand(rows: list[Search], orders: list[Order]) -> dict[str, dict[str, tuple[int, int]]]:
    """Count hits and base of each rate, query by query; clicks are named by the table or unknown."""
    names_clicks = any(row[4] for row in rows)
    linked = bool(orders)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for n, (who, query, at, results, clicked) in enumerate(rows):
        key = " ".join(query.split()).lower()
        later = sorted((row[2], m, row) for m, row in enumerate(rows) if row[0] == who is not None)
        after = [row for when, m, row in later if (when, m) > (at, n)]
        again = bool(
            after
            and not clicked
            and after[0][2] <= at + 30
            and " ".join(after[0][1].split()).lower() != key
        )
        bought = any(who == one and at <= when <= at + 1440 for one, when in orders)
        told = {
            "zero": (results == 0, results is not None),
            # Without a click in the table, a click would be a view, and the shop has none.
            "clicked": (clicked, names_clicks),
            "reformulated": (again, who is not None),
            "bought": (bought, who is not None and linked),
        }
        one = found.setdefault(key, dict.fromkeys(RATES, (0, 0)))
        for rate, (hit, base) in told.items():
            one[rate] = (one[rate][0] + (hit and base), one[rate][1] + base)
    return found


SEARCHES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "会话", None]),
        st.sampled_from(["tea", "TEA ", "red  tea", "茶"]),
        st.integers(0, 90),
        st.sampled_from([0, 3, None]),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=12, deadline=None)
@given(SEARCHES, st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 2000)), max_size=3))
def test_rates_equal_counting_by_hand(rows: list[Search], orders: list[Order]) -> None:
    rows = [*rows, ("z", "end", 0, 1, False)]
    if not any(row[0] in ("a", "b") for row in rows):
        orders = []
    answer = searches(shop_of(rows, orders))
    whole = next(row for row in answer.evidence["whole"].to_pylist() if row["language"] == "all")
    hand = by_hand(rows, orders)
    assert whole["searches"] == len(rows)
    assert whole["queries"] == len(hand)
    for rate in RATES:
        hits, base = (sum(one[rate][n] for one in hand.values()) for n in (0, 1))
        if base:
            wilson = proportion(hits, base)
            shown = tuple(whole[f"{rate}_{end}"] for end in ("share", "low", "high"))
            assert shown == (wilson.value, wilson.low, wilson.high), rate
        else:
            assert whole[f"{rate}_share"] is None, rate
    for query, row in by_query(answer).items():
        for rate in RATES:
            hits, base = hand[query][rate]
            assert row[f"{rate}_share"] == (hits / base if base else None), (query, rate)


def test_what_follows_at_the_same_instant_follows_and_what_comes_too_late_does_not() -> None:
    rows: list[Search] = [
        ("a", "tea", 0, 2, False), ("a", "pot", 0, 2, False),  # a tie, in the order of ids
        ("b", "tea", 0, 2, False), ("b", "pot", 31, 2, True),
        ("c", "tea", 0, 2, False), ("c", "tea", 5, 2, False),  # the same words are no other query
    ]  # fmt: skip
    found = by_query(searches(shop_of(rows, [("a", 0), ("b", 1440), ("c", 1446)])))
    assert found["tea"]["reformulated_share"] == 0.25
    assert found["tea"]["bought_share"] == 0.5
    assert found["pot"]["bought_share"] == 1.0


def test_a_search_in_events_is_clicked_where_a_product_is_viewed_before_the_next_search() -> None:
    names = ["Products Searched", "Product Viewed", "Products Searched", "Products Searched",
             "Product Viewed", "Order Completed"]  # fmt: skip
    events = pa.table({
        "event_id": list("abcdef"), "name": names, "visitor_id": ["v"] * 6,
        "happened_at": [START + timedelta(minutes=n) for n in (0, 1, 2, 3, 40, 41)],
        "query": ["tea", None, "pot", "cup", None, None],
        "product_id": [None, "p1", None, None, "p2", "p2"],
    })  # fmt: skip
    twice = pa.concat_tables([events, events.set_column(
        0, "event_id", pa.array(list("ghijkl"))).set_column(2, "visitor_id", pa.array(["w"] * 6))])  # fmt: skip
    shop = shop_from_tables({"events": twice}, settings=Settings(minimum_count=1))
    found = by_query(searches(shop))
    assert {query: row["clicked_share"] for query, row in found.items()} == {
        "tea": 1.0, "pot": 0.0, "cup": 0.0
    }  # fmt: skip
    assert found["cup"]["bought_share"] == 1.0
    assert found["pot"]["reformulated_share"] == 1.0


def test_machines_and_lonely_queries_are_counted_and_not_shown() -> None:
    machine: list[Search] = [("m", f"sku {n}", 0, 0, False) for n in range(101)]
    people: list[Search] = [("a", "tea", 0, 1, False), ("b", "tea", 0, 1, False),
                            ("a", "call me 555 0100", 1, 0, False)]  # fmt: skip
    answer = searches(shop_of(machine + people, []))
    assert set(by_query(answer)) == {"tea"}
    parts = {row["part"]: row["searches"] for row in answer.evidence["parts"].to_pylist()}
    assert (parts["by_machines"], parts["people"], parts["rare"]) == (101, 3, 1)
    assert "555" not in answer.to_json()
    with pytest.raises(MissingDataError, match="No search of a person"):
        searches(shop_of(machine, []))


def test_what_is_not_sold_is_told_and_a_slip_is_no_gap() -> None:
    products = pa.table({
        "product_id": ["p1", "p2"], "title": ["Black jacket 黑色夹克", "Tea pot"],
        "category": ["clothes", "kitchen"],
    })  # fmt: skip
    rows: list[Search] = []
    for session in "abc":
        rows += [(session, "piano", 0, 0, False), (session, "black jaket", 1, 0, False),
                 (session, "jackets", 2, 5, False), (session, "red jacket", 3, 0, False)]  # fmt: skip
    answer = searches(shop_of(rows, [], products=products))
    gaps = {row["query"]: row for row in answer.evidence["not_sold"].to_pylist()}
    assert set(gaps) == {"piano", "red jacket"}
    assert (gaps["piano"]["in_catalogue"], gaps["red jacket"]["in_catalogue"]) == (0.0, 0.5)
    slips = {row["query"]: row["suggestion"] for row in answer.evidence["misspelt"].to_pylist()}
    assert slips == {"black jaket": "black jacket"}
    unknown = [(one[0], one[1], one[2], None, False) for one in rows]
    silent = searches(shop_of(unknown, [], products=products))
    assert [row["query"] for row in silent.evidence["not_sold"].to_pylist()] == ["piano"]
    assert {row["why"] for row in silent.evidence["not_sold"].to_pylist()} == {"no_words"}


def test_two_languages_meet_in_an_intent_where_they_lead_to_the_same_products() -> None:
    titles = {"p1": "绿茶 green tea", "p2": "跑步鞋 running shoes", "p3": "耳机 earphones"}
    asked = {"p1": ["tea", "green tea", "绿茶", "茶 礼盒", "organic tea"],
             "p2": ["shoes", "running shoes", "跑鞋", "运动鞋", "shoe 42"],
             "p3": ["earphones", "耳机", "蓝牙 耳机", "wireless earphones", "headset"]}  # fmt: skip
    rows = [
        (key, query, who) for key, queries in asked.items() for query in queries for who in "ab"
    ]
    search = pa.table({
        "search_id": [f"q{n:03d}" for n in range(len(rows))], "query": [row[1] for row in rows],
        "searched_at": [START] * len(rows), "visitor_id": [row[2] for row in rows],
        "clicked_product_id": [row[0] for row in rows],
    })  # fmt: skip
    products = pa.table({"product_id": list(titles), "title": list(titles.values())})
    shop = shop_from_tables({"searches": search, "products": products})
    found = by_query(searches(shop, intents=3, minimum_count=1))
    groups = {frozenset(found[query]["intent"] for query in queries) for queries in asked.values()}
    assert len(groups) == 3
    assert all(len(group) == 1 and None not in group for group in groups)


def test_every_number_in_a_sentence_stands_in_a_table() -> None:
    rows: list[Search] = [
        (f"s{n}", ["tea", "red tea", "pot", "piano"][n % 4], n % 50, n % 4 and n % 7, n % 3 == 0)
        for n in range(200)
    ]
    answer = searches(shop_of(rows, [(f"s{n}", 60) for n in range(0, 200, 5)], least=10))
    cells = {f"{row['searches']:,}" for table in ("parts", "not_sold", "whole")
             for row in answer.evidence[table].to_pylist()}  # fmt: skip
    for table in (answer.evidence["whole"], answer.evidence["intents"]):
        cells |= {f"{value:.1%}" for row in table.to_pylist() for value in row.values()
                  if isinstance(value, float)}  # fmt: skip
    assert answer.chart is not None or answer.evidence["intents"].num_rows == 0
    for words in answer.summary:
        for text in (words.en, words.zh):
            said = re.findall(r"\d[\d,]*(?:\.\d+)?%?", re.sub("95 ?%", "", text))
            assert set(said) <= cells, text


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="Import searches"):
        searches(shop_from_tables({}))
    with pytest.raises(MissingDataError, match="No search of a person"):
        searches(shop_of([("a", "  ", 0, 1, False)], []))
    with pytest.raises(UsageError, match="from 2 to 200"):
        searches(shop_of([("a", "tea", 0, 1, False)], []), intents=1)
    with pytest.raises(UsageError, match="1 or more"):
        searches(shop_of([("a", "tea", 0, 1, False)], []), minimum_count=0)
    nobody = searches(shop_of([(None, "tea", 0, 0, False)] * 3, []))
    assert by_query(nobody)["tea"]["zero_share"] == 1.0
    assert by_query(nobody)["tea"]["bought_share"] is None
    assert any("not known" in words.en for words in nobody.limits)
