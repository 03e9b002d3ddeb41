"""Shops that something is wrong with: every verb of behaviour and of customers answers, or says what to do."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import ShopkeeperError
from shopkeeper.operations.behaviour.ask import funnel, retention, sessions
from shopkeeper.operations.behaviour.ask_further import baskets, explain_change, paths, searches
from shopkeeper.operations.segments.ask import profile, segment
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
from shopkeeper.settings import Settings

START, DAYS, CUSTOMERS = datetime(2025, 1, 1, 9), 240, 90
STEPS = ("Product Viewed", "Product Added", "Order Completed")
Tables = dict[str, pa.Table]


VERBS: dict[str, Callable[..., Answer]] = {
    "funnel": funnel, "retention": retention, "visits": lambda shop: retention(shop, since="visit", returning="visit"),
    "sessions": sessions, "paths": paths, "searches": searches, "baskets": baskets,
    "explain_change": explain_change, "segment": segment, "profile": profile, "churn": churn,
    "lifetime_value": lifetime_value,
}  # fmt: skip


def sound() -> Tables:
    """A shop that nothing is wrong with: customers who come back at their own rhythm, and look before."""
    orders = [
        (n, day) for n in range(CUSTOMERS) for day in range(n % 40, DAYS - n, 15 + n % 60)
    ]  # fmt: skip
    size = len(orders)
    at = [START + timedelta(days=day, minutes=n) for n, day in orders]
    names = [f"c{n:02d}" for n, _ in orders]
    lines = [(order, item) for order in range(size) for item in {order % 7, order % 3}]
    events = [(order, step) for order in range(size) for step in range(3 if order % 3 else 1)]
    return {
        "orders": pa.table({
            "order_id": [f"o{n}" for n in range(size)], "customer_id": names, "ordered_at": at,
            "total": [20 + n % 9 for n in range(size)], "currency": ["CNY"] * size, "status": ["paid"] * size}),
        "order_items": pa.table({
            "order_id": [f"o{order}" for order, _ in lines], "line": list(range(len(lines))),
            "product_id": [f"p{item}" for _, item in lines], "quantity": [1] * len(lines), "price": [10] * len(lines)}),
        "products": pa.table({"product_id": [f"p{n}" for n in range(7)], "category": ["tea", "cup"] * 3 + ["tea"]}),
        "events": pa.table({
            "event_id": [f"e{n}" for n in range(len(events))], "session_id": [f"s{order}" for order, _ in events],
            "customer_id": [names[order] for order, _ in events], "name": [STEPS[step] for _, step in events],
            "happened_at": [at[order] + timedelta(minutes=step) for order, step in events]}),
        "searches": pa.table({
            "search_id": [f"q{n}" for n in range(size)], "query": ["tea", "red cup"] * (size // 2) + ["tea"] * (size % 2),
            "searched_at": at, "session_id": [f"s{n}" for n in range(size)]}),
    }  # fmt: skip


def changed(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.array(values))
    return table


def without(*names: str) -> Tables:
    return {name: table for name, table in sound().items() if name not in names}


def nameless() -> Tables:
    """Events and searches that say nothing of whose they are."""
    tables = sound()
    nobody = [None] * tables["events"].num_rows
    unknown = pa.array([None] * tables["searches"].num_rows, pa.string())
    tables["events"] = changed(tables["events"], session_id=pa.array(nobody, pa.string()),
                               customer_id=pa.array(nobody, pa.string()))  # fmt: skip
    tables["searches"] = changed(tables["searches"], session_id=unknown)
    return tables


def backwards() -> Tables:
    """A clock that went back for a while: one event and order in 150 is dated 1970."""
    tables = sound()
    for name, at in (("events", "happened_at"), ("orders", "ordered_at")):
        told = tables[name][at].to_pylist()
        wrong = [datetime(1970, 1, 1) if n % 150 == 149 else one for n, one in enumerate(told)]
        tables[name] = changed(tables[name], **{at: wrong})
    return tables


def one_order() -> Tables:
    return {name: table.slice(0, 1) for name, table in sound().items() if name != "products"}


def one_customer() -> Tables:
    tables = sound()
    for name in ("orders", "events"):
        tables[name] = changed(tables[name], customer_id=["me"] * tables[name].num_rows)
    return tables


def negative() -> Tables:
    tables = sound()
    total = [
        -one if n % 4 == 0 else one for n, one in enumerate(tables["orders"]["total"].to_pylist())
    ]
    tables["orders"] = changed(tables["orders"], total=total)
    return tables


def mixed() -> Tables:
    """Two currencies, the dearer of them of every third order."""
    tables = sound()
    size = tables["orders"].num_rows
    tables["orders"] = changed(
        tables["orders"], currency=["USD" if n % 3 == 0 else "CNY" for n in range(size)],
        total=[1_000_000 if n % 3 == 0 else 20 for n in range(size)],
    )  # fmt: skip
    return tables


def huge() -> Tables:
    """One order that holds a million products."""
    tables, size = sound(), 1_000_000
    own = {"order_id": ["huge"], "customer_id": ["c00"], "ordered_at": [START], "total": [size],
           "currency": ["CNY"], "status": ["paid"]}  # fmt: skip
    items = pa.table({
        "order_id": ["huge"] * size, "line": np.arange(size), "product_id": [f"h{n}" for n in range(size)],
        "quantity": np.ones(size, np.int64), "price": np.ones(size, np.int64)})  # fmt: skip
    for name, more in (("orders", pa.table(own)), ("order_items", items)):
        tables[name] = pa.concat_tables([tables[name], more], promote_options="permissive")
    return tables


SHOPS: dict[str, Callable[[], Tables]] = {
    "empty": dict, "no events": lambda: without("events", "searches"), "nameless": nameless, "backwards": backwards,
    "one order": one_order, "one customer": one_customer, "negative": negative, "mixed": mixed, "huge": huge,
}  # fmt: skip


REFUSED = {
    "empty": {
        "funnel": "has no events", "retention": "No paid order names", "visits": "No event names", "sessions": "No event names",
        "paths": "No event names", "searches": "No search of a person", "baskets": "No paid order holds two",
        "explain_change": "Nothing of the metric", "segment": "No customer has a paid order",
        "profile": "No customer has a paid order", "churn": "No customer has a paid order",
        "lifetime_value": "paid orders: 0",
    },
    "no events": {
        "funnel": "has no events", "visits": "No event names", "sessions": "No event names", "paths": "No event names",
        "searches": "No search of a person",
    },
    "nameless": {
        "funnel": "No event names its session, visitor or customer", "visits": "No event names its customer or visitor",
        "sessions": "No event names its session, visitor or customer",
        "paths": "No event names its session, visitor or customer",
    },
    "one order": {
        "funnel": "the shop has Product Viewed", "baskets": "No paid order holds two",
        "explain_change": "Nothing is recorded in 2024-11", "profile": "No segment has 20", "segment": "No segment has 20", "churn": "covers 1 day",
        "lifetime_value": "paid orders: fewer than 20, of whom 0",
    },
    "one customer": {
        "profile": "No segment has 20 customers", "segment": "No segment has 20 customers", "churn": "fewer than 20 customers had bought", "lifetime_value": "paid orders: fewer than 20, of whom fewer than 20",
    },
}  # fmt: skip
"""What each verb says it lacks; where nothing stands, it answers."""


@pytest.fixture(scope="module", params=SHOPS)
def named(request: pytest.FixtureRequest) -> tuple[str, Shop]:
    shop = shop_from_tables(SHOPS[request.param](), settings=Settings(minimum_count=20))
    return request.param, shop


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_answers_or_says_what_was_asked_found_and_is_to_do(
    named: tuple[str, Shop], verb: str
) -> None:
    name, shop = named
    lacking = REFUSED.get(name, {}).get(verb)
    if lacking is None:
        answer = VERBS[verb](shop)
        assert answer.summary and answer.limits
        return
    with pytest.raises(ShopkeeperError, match=lacking) as held:
        VERBS[verb](shop)
    for words in (held.value.asked, held.value.found, held.value.do):
        assert words.en and re.search("[\u4e00-\u9fff]", words.zh)


def test_currencies_are_never_summed() -> None:
    """A customer has spent some 20 yuan a time, and millions of dollars."""
    shop = shop_from_tables(mixed(), settings=Settings(minimum_count=20))
    for verb, name in (
        (segment, "value_so_far"),
        (churn, "value_so_far"),
        (lifetime_value, "historic_clv"),
    ):
        answer = verb(shop)
        assert max(value or 0 for value in answer.table[name].to_pylist()) < 1_000
        assert any("180 orders in other currencies (USD)" in words.en for words in answer.limits)
        dollars = verb(shop, currency="USD")
        assert max(value or 0 for value in dollars.table[name].to_pylist()) >= 1_000_000
        assert any("币种（CNY）" in words.zh for words in dollars.limits)
    assert any("180 orders in other currencies (USD)" in words.en for words in profile(shop).limits)
    moved = explain_change(shop, metric="paid")
    assert moved.table.to_pylist()[-1]["after"] < 10_000
    assert any("left out: USD" in words.en for words in moved.limits)
    money = retention(shop).evidence["revenue_by_age"].to_pylist()
    assert {row["currency"] for row in money} == {"CNY", "USD"}
    assert max(row["cumulative"] for row in money if row["currency"] == "CNY") < 20_000


def test_a_clock_that_went_back_changes_no_other_figure_and_is_told() -> None:
    shop = shop_from_tables(backwards(), settings=Settings(minimum_count=20))
    answer = sessions(shop)
    assert any("Longer than a day by their times" in words.en for words in answer.limits)
    assert any("看似超过一天" in words.zh for words in answer.limits)
    whole = {row["metric"]: row for row in answer.table.to_pylist() if row["by"] == "all"}
    right = shop_from_tables(sound(), settings=Settings(minimum_count=20))
    same = {row["metric"]: row for row in sessions(right).table.to_pylist() if row["by"] == "all"}
    for metric in ("purchase_rate", "bounce_rate", "events_per_session"):
        assert whole[metric] == same[metric]
    assert not any("Longer than a day" in words.en for words in sessions(right).limits)
    for verb in (retention, segment, profile, churn, lifetime_value):
        assert any("taken for wrong" in words.en for words in verb(shop).limits), verb
    for verb in (churn, lifetime_value):
        assert max(verb(shop).table["days_since"].to_pylist()) < 2 * DAYS


def test_a_basket_of_a_million_products_changes_no_other_pair() -> None:
    shop = shop_from_tables(huge(), settings=Settings(minimum_count=20))
    answer = baskets(shop)
    parts = {row["part"]: row["baskets"] for row in answer.evidence["parts"].to_pylist()}
    assert parts["too_large"] == 1
    right = baskets(shop_from_tables(sound(), settings=Settings(minimum_count=20)))
    assert answer.table.equals(right.table)


@pytest.mark.parametrize(
    ("verb", "asked", "said"),
    [
        (funnel, {"cohort": "device=phone"}, "Nobody who began is in it"),
        (funnel, {"steps": "view,Gift Wrapped"}, "no event 'Gift Wrapped'"),
        (retention, {"segment": "rfm:nobody"}, "No stored answer has it"),
        (explain_change, {"currency": "JPY"}, "JPY"),
        (explain_change, {"before": "2019-01", "after": "2019-02"}, "Nothing is recorded in 2019-01"),
        (segment, {"currency": "JPY"}, "No customer has a paid order in JPY"),
        (segment, {"sentence": "bought at least 9,000 times"}, "meet"),
        (profile, {"customer": "nobody"}, "no paid order"),
        (churn, {"currency": "JPY"}, "No customer has a paid order in JPY"),
        (lifetime_value, {"currency": "JPY"}, "paid orders in JPY: 0"),
        (baskets, {"by": "brand"}, "told apart by brand"),
    ],
)  # fmt: skip
def test_a_filter_that_matches_nothing_says_so(verb: Any, asked: dict[str, str], said: str) -> None:
    shop = shop_from_tables(sound(), settings=Settings(minimum_count=20))
    with pytest.raises(ShopkeeperError, match=said) as held:
        verb(shop, **asked)
    assert re.search("[\u4e00-\u9fff]", held.value.do.zh)
