"""Every metric against a plain loop in Python over hand-made and random orders."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.measure import measure, missing
from shopkeeper.data.metrics import BY_NAME, METRICS
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.data.tables import BY_NAME as TABLES
from shopkeeper.errors import UsageError
from shopkeeper.settings import Settings
from shopkeeper.words import Words


def rows(items: Iterable[dict[str, Any]]) -> pa.Table:
    listed = list(items)
    names = sorted({name for item in listed for name in item})
    return pa.table({name: [item.get(name) for item in listed] for name in names})


def value_of(shop: Shop, name: str, **where: Any) -> dict[str, Any]:
    found = [
        row
        for row in measure(shop, [BY_NAME[name]]).to_pylist()
        if all(row[key] == item for key, item in where.items())
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module")
def edges() -> Shop:
    """Orders that each break one rule of one definition."""
    day = datetime(2024, 2, 29, 15, 30)
    money = Decimal("19.9900")
    return shop_from_tables({
        "orders": rows([
            {"order_id": "unpaid", "customer_id": "甲", "status": "created", "total": Decimal(7),
             "currency": "CNY", "ordered_at": day, "ordered_on": date(2024, 2, 29)},
            {"order_id": "cancelled", "customer_id": "甲", "status": "cancelled",
             "paid_at": day, "total": Decimal(11), "currency": "CNY", "ordered_at": day},
            {"order_id": "refunded whole", "customer_id": "乙", "status": "refunded",
             "total": Decimal(13), "currency": "CNY", "ordered_at": day},
            {"order_id": "refunded part", "customer_id": "乙", "status": "delivered",
             "total": Decimal(100), "refunded": Decimal("2.5"), "currency": "CNY",
             "ordered_at": day + timedelta(days=40)},
            {"order_id": "by lines", "customer_id": "c", "status": "shipped", "currency": "CNY",
             "ordered_at": day},
            {"order_id": "dollars", "customer_id": None, "status": None, "total": money,
             "currency": "USD", "ordered_at": day},
            {"order_id": "document", "customer_id": "c", "kind": "refund", "status": "refunded",
             "currency": "USD", "ordered_at": day},
        ]),
        "order_items": rows([
            {"order_id": "by lines", "line": 1, "quantity": 3, "price": Decimal("1.3333"),
             "discount": Decimal("0.5"), "freight": Decimal("4")},
            {"order_id": "by lines", "line": 2, "quantity": 1, "price": Decimal("0.0001"),
             "returned_at": day},
            {"order_id": "refunded part", "line": 1, "quantity": 1, "price": Decimal(100),
             "refunded": Decimal(3)},
            {"order_id": "document", "line": 1, "quantity": -2, "price": Decimal("1.25")},
        ]),
    })  # fmt: skip


BY_LINES = 3 * Decimal("1.3333") - Decimal("0.5") + 4 + Decimal("0.0001")


@pytest.mark.parametrize(
    ("name", "currency", "top"),
    [
        ("gmv", "CNY", 7 + 11 + 13 + 100 + BY_LINES),
        ("gmv", "USD", Decimal("19.99")),
        ("paid", "CNY", 13 + 100 + BY_LINES),
        ("paid", "USD", Decimal("19.99")),
        ("refunds", "CNY", Decimal(13 + 3)),
        ("refunds", "USD", Decimal("2.5")),
        ("net", "CNY", 100 + BY_LINES - 3),
        ("net", "USD", Decimal("17.49")),
        ("orders", None, Decimal(4)),
        ("buyers", None, Decimal(2)),
    ],
)
def test_amounts_count_what_their_definition_says(
    edges: Shop, name: str, currency: str | None, top: Decimal
) -> None:
    assert value_of(edges, name, currency=currency)["top"] == top


def test_average_order_value_divides_within_one_currency(edges: Shop) -> None:
    row = value_of(edges, "aov", currency="CNY")
    assert row["base"] == 3
    assert row["value"] == pytest.approx(float((113 + BY_LINES) / 3))


def test_an_order_returns_once_however_many_of_its_lines_come_back(edges: Shop) -> None:
    row = value_of(edges, "return_rate")
    # refunded whole, refunded part, by lines, and the document; of four paid orders.
    assert (row["top"], row["base"]) == (Decimal(4), 4)


def test_repeat_needs_two_different_days(edges: Shop) -> None:
    row = value_of(edges, "repeat_rate")
    assert (row["top"], row["base"]) == (Decimal(1), 2)


def test_the_month_is_the_local_one_not_that_of_utc() -> None:
    shop = shop_from_tables({"orders": rows([
        {"order_id": "a", "total": 5, "ordered_at": datetime(2024, 2, 29, 17),
         "ordered_on": date(2024, 3, 1)}])})  # fmt: skip
    (row,) = measure(shop, [BY_NAME["gmv"]], period="month").to_pylist()
    assert row["period"] == date(2024, 3, 1)


def test_a_promise_of_a_day_lasts_until_that_day_ends() -> None:
    promised = datetime(2018, 7, 17, 3)  # midnight in São Paulo
    delivered = {
        "same evening": datetime(2018, 7, 18, 1),
        "next day": datetime(2018, 7, 18, 4),
        "by the clock": datetime(2018, 7, 17, 15),
    }
    shop = shop_from_tables({
        "orders": rows({"order_id": name, "time_zone": "America/Sao_Paulo",
                        "ordered_at": datetime(2018, 7, 1), "ordered_on": date(2018, 7, 1),
                        "total": 1} for name in delivered),
        "shipments": rows({"order_id": name, "line": 1, "delivered_at": when,
                           "promised_at": promised if name != "by the clock"
                           else datetime(2018, 7, 17, 14, 59)}
                          for name, when in delivered.items()),
    })  # fmt: skip
    row = value_of(shop, "late_delivery_rate")
    assert (row["top"], row["base"]) == (Decimal(2), 3)


def test_a_visit_over_midnight_is_one_visit_on_its_first_day() -> None:
    at = datetime(2024, 2, 29, 23, 59)
    shop = shop_from_tables({"events": rows([
        {"event_id": "1", "name": "Product Viewed", "happened_at": at, "session_id": "s"},
        {"event_id": "2", "name": "Product Added", "happened_at": at + timedelta(minutes=2),
         "session_id": "s"},
        {"event_id": "3", "name": "Product Viewed", "happened_at": at, "visitor_id": "s"},
        {"event_id": "4", "name": "Order Completed", "happened_at": at + timedelta(minutes=2),
         "visitor_id": "s"},
        {"event_id": "5", "name": "Product Viewed", "happened_at": at}])})  # fmt: skip
    found = {(row["metric"], row["period"]): (row["top"], row["base"]) for row in
             measure(shop, period="day").to_pylist()}  # fmt: skip
    leap = date(2024, 2, 29)
    assert found["view_to_cart", leap] == (1, 2)
    assert found["conversion", leap] == (0, 2)
    assert found["cart_to_buy", leap] == (0, 1)
    assert found["conversion", date(2024, 3, 1)] == (0, 0)


def test_what_was_read_from_the_text_decides_where_nothing_was_said() -> None:
    judged = Answer(
        "review_sentiment", Words("s", "情感"),
        pa.table({"review_id": ["a", "b", "e", "f"], "read": ["negative"] * 4,
                  "abstained": [False, True, False, True]}), "ngrams",
    )  # fmt: skip
    tables = {"reviews": pa.table({"review_id": ["a", "b", "c", "d", "e", "f"],
                                   "rating": [5, 5, None, 3.5, None, None],
                                   "label": [None, None, "positive", None, None, None]})}  # fmt: skip
    read = shop_from_tables(tables, answers={"review_sentiment": judged})
    unread = shop_from_tables(tables)
    shares = [f"{name}_review_share" for name in ("negative", "neutral", "positive")]
    assert [value_of(read, name)["top"] for name in shares] == [1, 1, 3]
    assert [value_of(unread, name)["top"] for name in shares] == [0, 1, 3]


def test_a_metric_without_its_data_is_named_with_what_it_lacks() -> None:
    shop = shop_from_tables({"orders": rows([{"order_id": "a", "total": 5, "status": "paid"}])})
    lacking = missing(shop)
    assert lacking["buyers"] == ("orders.customer_id",)
    assert "gmv" not in lacking
    assert all("orders.kind=refund" in need for need in lacking["net"])


def test_metrics_can_be_grouped_by_a_column_of_their_facts() -> None:
    shop = shop_from_tables({"orders": rows([
        {"order_id": "a", "total": 5, "region": "浙江"}, {"order_id": "b", "total": 8}])})  # fmt: skip
    found = {row["part"]: row["value"] for row in
             measure(shop, [BY_NAME["gmv"]], by="region").to_pylist()}  # fmt: skip
    assert found == {"浙江": 5.0, None: 8.0}


def test_an_unknown_column_is_refused_with_the_list_of_columns() -> None:
    shop = shop_from_tables({"orders": rows([{"order_id": "a", "total": 5}])})
    with pytest.raises(UsageError, match=r"no such column; there are .*region.*Choose one") as held:
        measure(shop, [BY_NAME["gmv"]], by="colour")
    assert "要按 colour 计算" in held.value.text("zh")


def test_every_need_names_a_column_that_exists() -> None:
    for metric in METRICS:
        for need in metric.needs:
            for option in need.split("|"):
                table, column = option.partition("=")[0].split(".")
                assert table == "review_sentiment" or TABLES[table].column(column)


def test_every_metric_is_defined_in_both_languages() -> None:
    assert len(BY_NAME) == len(METRICS)
    for metric in METRICS:
        assert metric.definition.en != metric.definition.zh
        assert any("\u4e00" <= letter <= "\u9fff" for letter in metric.definition.zh)


ORDER = st.fixed_dictionaries({
    "customer_id": st.sampled_from(["甲", "b", "c", None]),
    "kind": st.sampled_from(["sale", "sale", "refund", None]),
    "status": st.sampled_from(
        ["created", "paid", "shipped", "delivered", "cancelled", "refunded", None]),
    "day": st.integers(0, 40),
    "paid": st.booleans(),
    "total": st.none() | st.decimals(0, 999, places=4),
    "refunded": st.none() | st.decimals(0, 99, places=4),
    "currency": st.sampled_from(["CNY", "USD", None]),
    "lines": st.lists(st.fixed_dictionaries({
        "quantity": st.integers(-5, 9),
        "price": st.decimals(0, 99, places=4),
        "discount": st.none() | st.decimals(0, 5, places=4),
        "freight": st.none() | st.decimals(0, 5, places=4),
        "refunded": st.none() | st.decimals(0, 5, places=4),
        "returned_quantity": st.none() | st.integers(0, 2),
    }), max_size=3),
})  # fmt: skip


def made(orders: list[dict[str, Any]]) -> Shop:
    start = datetime(2024, 2, 10, 9)
    heads, lines = [], []
    for index, order in enumerate(orders):
        at = start + timedelta(days=order["day"])
        heads.append({"order_id": f"o{index}", "ordered_at": at, "ordered_on": at.date(),
                      "paid_at": at if order["paid"] else None,
                      **{name: order[name] for name in ("customer_id", "kind", "status", "total",
                                                        "refunded", "currency")}})  # fmt: skip
        lines += [{"order_id": f"o{index}", "line": n, **line}
                  for n, line in enumerate(order["lines"], 1)]  # fmt: skip
    tables = {"orders": rows(heads)}
    if lines:
        tables["order_items"] = rows(lines)
    return shop_from_tables(tables, settings=Settings(currency="EUR"))


def loop(orders: list[dict[str, Any]]) -> dict[tuple[Any, ...], tuple[Decimal, int | None]]:
    """Count the definitions again, one order at a time."""
    out: dict[tuple[Any, ...], list[Any]] = {}
    customers: dict[tuple[Any, ...], dict[str, set[int]]] = {}

    def add(name: str, month: date, currency: str | None, top: Any, base: int | None) -> None:
        held = out.setdefault((name, month, currency), [Decimal(0), base and 0])
        held[0] += top
        held[1] = None if base is None else held[1] + base if held[1] is not None else base

    for order in orders:
        at = datetime(2024, 2, 10) + timedelta(days=order["day"])
        month = date(at.year, at.month, 1)
        money = order["currency"] or "EUR"
        sums = [line["quantity"] * line["price"] - (line["discount"] or 0) + (line["freight"] or 0)
                for line in order["lines"]]  # fmt: skip
        value = order["total"] if order["total"] is not None else sum(sums) if sums else None
        back = [line["refunded"] for line in order["lines"] if line["refunded"] is not None]
        sale = order["kind"] != "refund"
        unknown = order["status"] is None and not order["paid"]
        good = order["paid"] or unknown or order["status"] in (
            "paid", "shipped", "delivered", "refunded")  # fmt: skip
        paid = sale and order["status"] != "cancelled" and good
        refund = max(order["refunded"] or 0, sum(back))
        if order["refunded"] is None and not back and order["status"] == "refunded":
            refund = value or 0
        returned = (
            max(order["refunded"] or 0, sum(back)) > 0
            or order["status"] == "refunded"
            or any((line["returned_quantity"] or 0) > 0 for line in order["lines"])
        )
        add("gmv", month, money, (value or 0) if sale else 0, None)
        add("paid", month, money, (value or 0) if paid else 0, None)
        gone = abs(value or 0) if not sale else refund if paid else 0
        add("refunds", month, money, gone, None)
        add("net", month, money, ((value or 0) if paid else 0) - gone, None)
        add("aov", month, money, (value or 0) if paid else 0, int(paid and value is not None))
        add("orders", month, None, int(paid), None)
        add("return_rate", month, None, int((paid and returned) or not sale), int(paid))
        seen = customers.setdefault(("all", month), {})
        if paid and order["customer_id"]:
            seen.setdefault(order["customer_id"], set()).add(order["day"])
    for (_, month), seen in customers.items():
        add("buyers", month, None, len(seen), None)
        if seen:
            twice = sum(len(days) > 1 for days in seen.values())
            add("repeat_rate", month, None, twice, len(seen))
    return {key: (held[0], held[1]) for key, held in out.items()}


@settings(max_examples=20)
@given(st.lists(ORDER, min_size=1, max_size=8))
def test_every_order_metric_equals_a_plain_loop(orders: list[dict[str, Any]]) -> None:
    shop = made(orders)
    expected = loop(orders)
    found = measure(shop, period="month").to_pylist()
    assert "orders" in {row["metric"] for row in found}
    for row in found:
        key = row["metric"], row["period"], row["currency"]
        assert (row["top"], row["base"]) == expected[key], key


@settings(max_examples=20)
@given(st.lists(ORDER, min_size=1, max_size=8), st.randoms())
def test_the_order_of_rows_and_the_names_of_things_do_not_matter(
    orders: list[dict[str, Any]], random: Any
) -> None:
    shuffled = list(orders)
    random.shuffle(shuffled)
    renamed = [{**order, "customer_id": order["customer_id"] and order["customer_id"] + "号"}
               for order in shuffled]  # fmt: skip
    assert measure(made(orders)).equals(measure(made(renamed)))
