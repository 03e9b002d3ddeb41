"""One small shop with rows in every canonical table, and what an answer says without its clock."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.words import Words

ORDERS, CUSTOMERS, PRODUCTS, BESIDE, SELLERS = 360, 90, 12, 3, 4
START = datetime(2025, 1, 1, 9)
CLOCKED = {"training_seconds", "rows_per_second", "money_per_1000_rows"}
SAID = {
    "negative": ["the zipper broke after {} uses", "delivery took {} weeks", "质量太差，用了{}天就坏"],
    "neutral": ["average, {} of ten", "it is okay, worn {} times", "一般般，用了{}次"],
    "positive": ["lovely colour, {} friends asked", "great quality, {} bought", "质量很好，买了{}件"],
}  # fmt: skip
STARS = {"negative": (1.0, 2.0), "neutral": (3.0, 3.0), "positive": (4.0, 5.0)}

Tables = dict[str, pa.Table]
Told = Callable[..., str]


@pytest.fixture(scope="session")
def told() -> Told:
    """Everything that an answer says, as text; what a clock measured is left out."""

    def tell(answer: Answer, names: Mapping[str, str] | None = None) -> str:
        tables = {"table": answer.table, **answer.evidence}
        tables.pop("speed", None)
        document = {
            name: table.drop_columns(sorted(CLOCKED & set(table.column_names))).to_pylist()
            for name, table in tables.items()
        }
        words: dict[str, Any] = {"limits": answer.limits, "definitions": answer.definitions}
        # Which of two equal methods is advised, and with what rate, is the clock's word.
        if not CLOCKED & set(answer.table.column_names):
            words["summary"] = answer.summary
        head = [answer.verb, answer.method, answer.as_of, answer.chart]
        return json.dumps(
            _renamed([head, words, document], names or {}),
            default=lambda value: value.to_dict() if isinstance(value, Words) else str(value),
            ensure_ascii=False,
            indent=1,
        )

    return tell


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case str():
            return re.sub("[0-9a-z]+-号", lambda found: names.get(found[0], found[0]), value)
        case dict():
            return {key: _renamed(one, names) for key, one in value.items()}
        case list() | tuple():
            return [_renamed(one, names) for one in value]
    return value


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The tables of a shop in which late orders are reviewed worse."""
    draw = np.random.default_rng(8)
    number = np.arange(ORDERS)
    who, what = draw.integers(0, CUSTOMERS, ORDERS), draw.integers(0, PRODUCTS, ORDERS)
    late = draw.random(ORDERS) < 0.3
    bad = draw.random(ORDERS) < np.where(late, 0.6, 0.15)
    ordered = [START + timedelta(days=int(n) // 2, hours=int(n) % 11) for n in number]
    orders = [f"o{n:04d}" for n in number]
    customers, products = [f"c{n:03d}" for n in who], [f"p{n:02d}" for n in what]
    return {
        **_places_and_people(),
        "orders": _orders(orders, customers, ordered),
        "order_items": _lines(orders, what, ordered, bad),
        "payments": pa.table({
            "order_id": orders, "line": [1] * ORDERS, "amount": [12.0 + float(n) for n in what],
            "method": ["card"] * ORDERS, "paid_at": ordered}),
        "shipments": pa.table({
            "order_id": orders, "line": [1] * ORDERS,
            "promised_at": [at + timedelta(days=7) for at in ordered],
            "shipped_at": [at + timedelta(days=1) for at in ordered],
            "delivered_at": [ordered[n] + timedelta(days=12 if late[n] else 4) for n in number]}),
        "reviews": _reviews(orders, customers, products, ordered, bad, draw),
        "events": _events(products, customers, draw),
        **_words_of_customers(products, customers, ordered),
        **_untold(),
    }  # fmt: skip


def _places_and_people() -> Tables:
    return {
        "products": pa.table({
            "product_id": [f"p{n:02d}" for n in range(PRODUCTS + BESIDE)],
            "title": [f"Thing 物件 {n}" for n in range(PRODUCTS + BESIDE)],
            "category": [f"k{n % 2}" for n in range(PRODUCTS + BESIDE)],
            "seller_id": [f"s{n % SELLERS}" for n in range(PRODUCTS + BESIDE)],
            "price": [10.0 + n for n in range(PRODUCTS + BESIDE)]}),
        "sellers": pa.table({"seller_id": [f"s{n}" for n in range(SELLERS)], "city": ["杭州"] * SELLERS}),
        "categories": pa.table({
            "category": [f"k{n}" for n in range(3)], "language": ["en"] * 3, "name": ["A", "B", "C"]}),
        "places": pa.table({
            "postal_prefix": ["310"], "latitude": [30.2], "longitude": [120.1], "city": ["杭州"]}),
        "customers": pa.table({
            "customer_id": [f"c{n:03d}" for n in range(CUSTOMERS)], "city": ["杭州", "上海"] * (CUSTOMERS // 2)}),
    }  # fmt: skip


def _lines(
    orders: list[str], what: np.ndarray, ordered: list[datetime], bad: np.ndarray
) -> pa.Table:
    """One line an order, and in every third one a thing that goes with it and is bought no other way."""
    number = [*range(ORDERS), *range(0, ORDERS, 3)]
    line = [1 if at < ORDERS else 2 for at in range(len(number))]
    product = [
        int(what[n]) if row == 1 else PRODUCTS + int(what[n]) % BESIDE
        for n, row in zip(number, line, strict=True)
    ]
    return pa.table({
        "order_id": [orders[n] for n in number], "line": line,
        "product_id": [f"p{n:02d}" for n in product], "seller_id": [f"s{n % SELLERS}" for n in product],
        "quantity": [1] * len(number), "price": [10.0 + float(n) for n in product],
        "freight": [2.0 + float(n % 3) for n in number],
        "returned_at": [ordered[n] + timedelta(days=20) if row == 1 and bad[n] and n % 3 == 0 else None
                        for n, row in zip(number, line, strict=True)]})  # fmt: skip


def _orders(orders: list[str], customers: list[str], ordered: list[datetime]) -> pa.Table:
    return pa.table({
        "order_id": orders, "customer_id": customers, "ordered_at": ordered,
        "ordered_on": [at.date() for at in ordered], "status": ["delivered"] * len(orders),
        "paid_at": ordered, "total": [12.0 + n % PRODUCTS for n in range(len(orders))],
        "currency": ["CNY"] * len(orders)})  # fmt: skip


def _reviews(
    orders: list[str],
    customers: list[str],
    products: list[str],
    ordered: list[datetime],
    bad: np.ndarray,
    draw: np.random.Generator,
) -> pa.Table:
    kinds = ["negative" if worse else ("positive", "positive", "neutral")[n % 3]
             for n, worse in enumerate(bad)]  # fmt: skip
    at = [one + timedelta(days=14, minutes=n) for n, one in enumerate(ordered)]
    return pa.table({
        "review_id": [f"r{(n * 37) % ORDERS:04d}" for n in range(ORDERS)],
        "order_id": orders, "customer_id": customers, "product_id": products,
        "rating": [float(draw.choice(STARS[kind])) for kind in kinds],
        "text": [str(draw.choice(SAID[kind])).format(n % 97) for n, kind in enumerate(kinds)],
        "reviewed_at": at, "reviewed_on": [one.date() for one in at]})  # fmt: skip


def _events(products: list[str], customers: list[str], draw: np.random.Generator) -> pa.Table:
    count = 2_400
    of = draw.integers(0, ORDERS, count // 3)
    steps = ("Product Viewed", "Product Added", "Order Completed")
    rows = [
        {
            "event_id": f"e{visit:04d}{step}",
            "name": steps[step],
            "happened_at": START + timedelta(hours=int(visit) * 5, minutes=step),
            "happened_on": (START + timedelta(hours=int(visit) * 5)).date(),
            "session_id": f"v{visit:04d}",
            "customer_id": customers[order],
            "visitor_id": f"w{customers[order]}",
            "product_id": products[order],
        }
        for visit, order in enumerate(of.tolist())
        for step in range(1 + int(draw.integers(0, 3)))
    ]
    return pa.Table.from_pylist(rows)


def _words_of_customers(
    products: list[str], customers: list[str], ordered: list[datetime]
) -> Tables:
    asked = [f"red {('shoe', 'scarf', 'lamp')[n % 3]} size {n % 41}" for n in range(240)]
    return {
        "searches": pa.table({
            "search_id": [f"q{n:03d}" for n in range(240)], "query": asked,
            "searched_at": ordered[:240], "clicked_product_id": products[:240],
            "visitor_id": [f"w{one}" for one in customers[:240]], "results": [n % 5 for n in range(240)]}),
        "messages": pa.table({
            "message_id": [f"m{n:03d}" for n in range(120)], "conversation_id": ["k"] * 120,
            "sender": ["customer"] * 120, "text": [f"where is parcel {n}" for n in range(120)],
            "sent_at": ordered[:120], "customer_id": customers[:120]}),
    }  # fmt: skip


def _untold() -> Tables:
    return {
        "identities": pa.table({"alias": ["x"], "customer_id": ["c001"]}),
        "articles": pa.table({"article_id": ["a"], "text": ["Returns within 30 days. 三十天内可退。"]}),
        "campaigns": pa.table({"campaign_id": ["g"], "started_at": [START]}),
        "contacts": pa.table({
            "campaign_id": ["g"] * 3, "customer_id": ["c001", "c002", "c003"],
            "arm": ["treatment", "control", "treatment"], "assigned_at": [START] * 3}),
    }  # fmt: skip
