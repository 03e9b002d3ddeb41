"""What the engine counts for `sentiment_effect`, on rows made by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.reviews.effect import features
from shopkeeper.words import Words

DAY = timedelta(days=1)
START = datetime(2024, 3, 4, 12)


def rows(*items: dict[str, Any]) -> pa.Table:
    names = sorted({name for item in items for name in item})
    return pa.table({name: [item.get(name) for item in items] for name in names})


def listed(expression: Any, *keys: str) -> dict[Any, dict[str, Any]]:
    found = expression.to_pyarrow().to_pylist()
    return {tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: row
            for row in found}  # fmt: skip


def events(*items: tuple[str, str, timedelta, str]) -> pa.Table:
    return rows(*(
        {"event_id": str(index), "name": name, "product_id": product, "session_id": session,
         "happened_at": START + after, "happened_on": (START + after).date()}
        for index, (name, product, after, session) in enumerate(items)
    ))  # fmt: skip


def reviews(*items: tuple[float, timedelta]) -> pa.Table:
    return rows(*({"review_id": str(index), "product_id": "杯", "rating": stars,
                   "reviewed_at": START + after, "reviewed_on": (START + after).date()}
                  for index, (stars, after) in enumerate(items)))  # fmt: skip


@pytest.fixture(scope="module")
def wrote() -> Shop:
    """One customer with four orders, reviews of two of them, and what came before and after."""

    def order(name: str, after: int, total: int, **more: Any) -> dict[str, Any]:
        at = START + after * DAY
        return {"order_id": name, "customer_id": "甲", "ordered_at": at, "ordered_on": at.date(),
                "status": "delivered", "total": total, "currency": "CNY", **more}  # fmt: skip

    return shop_from_tables({
        "orders": rows(
            order("first", 0, 10), order("second", 20, 30), order("third", 60, 50),
            order("ninety", 100, 70), order("late", 101, 90),
            order("dollars", 61, 7, currency="USD"), order("unpaid", 62, 999, status="cancelled"),
            {**order("other", 5, 5), "customer_id": None}),
        "order_items": rows(
            {"order_id": "first", "line": 1, "product_id": "盘", "quantity": 2, "price": 3,
             "freight": Decimal("1"), "seller_id": "s"},
            {"order_id": "first", "line": 2, "product_id": "杯", "quantity": 1, "price": 4,
             "seller_id": "t", "returned_at": START + 12 * DAY},
            {"order_id": "second", "line": 1, "product_id": "杯", "quantity": 1, "price": 8,
             "seller_id": "t", "returned_at": START + 29 * DAY}),
        "shipments": rows(
            {"order_id": "first", "line": 1, "promised_at": START + 3 * DAY,
             "delivered_at": START + 4 * DAY},
            {"order_id": "second", "line": 1, "promised_at": START + 30 * DAY,
             "delivered_at": START + 21 * DAY},
            {"order_id": "second", "line": 2, "promised_at": START + 30 * DAY}),
        "products": rows({"product_id": "杯", "category": "厨房", "price": 99}),
        "reviews": rows(
            {"review_id": "a", "order_id": "first", "rating": 1, "reviewed_at": START + 10 * DAY},
            {"review_id": "b", "order_id": "second", "rating": 5, "customer_id": "x",
             "product_id": "杯", "reviewed_at": START + 30 * DAY},
            {"review_id": "c", "order_id": "other", "rating": 3, "reviewed_at": START + 6 * DAY},
            {"review_id": "d", "order_id": "nowhere", "rating": 1, "reviewed_at": START},
            {"review_id": "e", "order_id": "first", "reviewed_at": START}),
    })  # fmt: skip


def test_a_review_belongs_to_its_order_and_to_that_order_s_customer(wrote: Shop) -> None:
    found = listed(features.writers(wrote), "sentiment")
    assert set(found) == {"negative", "positive", "neutral"}
    assert found["positive"]["customer_id"] == "甲"
    assert [found[name]["earlier"] for name in ("negative", "positive", "neutral")] == [0, 1, 0]
    assert found["negative"]["month"] == 2024 * 12 + 2


def test_a_review_without_a_product_is_about_the_dearest_line(wrote: Shop) -> None:
    found = listed(features.writers(wrote), "sentiment")["negative"]
    assert (found["category"], found["price"], found["seller_id"]) == ("厨房", 4.0, "t")
    assert (found["units"], found["sellers"]) == (3, 2)
    assert found["freight_share"] == pytest.approx(1 / 11)


def test_what_followed_counts_paid_orders_up_to_the_ninetieth_day(wrote: Shop) -> None:
    found = listed(features.writers(wrote), "sentiment")
    negative, positive = found["negative"], found["positive"]
    assert (negative["again"], negative["spend"]) == (4, 30.0 + 50.0 + 70.0)
    assert (positive["again"], positive["spend"]) == (4, 50.0 + 70.0 + 90.0)
    assert (found["neutral"]["again"], found["neutral"]["spend"]) == (0, 0.0)


def test_a_return_counts_only_after_the_review(wrote: Shop) -> None:
    found = listed(features.writers(wrote), "sentiment")
    assert [found[name]["returned"] for name in ("negative", "positive", "neutral")] == [1, 0, 0]


def test_delivery_is_late_on_time_missing_or_unknown(wrote: Shop) -> None:
    found = listed(features.writers(wrote), "sentiment")
    assert found["negative"]["delivery"] == "late"
    assert found["positive"]["delivery"] == "undelivered"
    assert found["neutral"]["delivery"] is None
    assert found["negative"]["days"] == 4.0


def test_a_view_sees_the_latest_review_before_it() -> None:
    minute = timedelta(minutes=1)
    shop = shop_from_tables({
        "reviews": reviews((1, minute), (5, 5 * minute), (3, 9 * minute)),
        "events": events(
            ("Product Viewed", "杯", 0 * minute, "before any"),
            ("Product Viewed", "杯", 1 * minute, "same instant"),
            ("Product Viewed", "杯", 2 * minute, "bad"),
            ("Product Added", "杯", 3 * minute, "bad"),
            ("Product Viewed", "杯", 6 * minute, "good"),
            ("Product Viewed", "盘", 6 * minute, "good"),
            ("Order Completed", "盘", 7 * minute, "good"),
            ("Order Completed", "杯", 7 * minute, "elsewhere"),
            ("Product Added", "杯", 5 * minute, "good"),
            ("Product Viewed", "杯", 10 * minute, "neutral"),
            ("Order Completed", "杯", 11 * minute, "neutral")),
    })  # fmt: skip
    found = listed(features.exposures(shop), "latest")
    assert {code: (row["views"], row["carts"], row["buys"]) for code, row in found.items()} == {
        features.NEGATIVE: (1, 1, 0), features.POSITIVE: (1, 0, 0), features.NEUTRAL: (1, 0, 1)}  # fmt: skip
    assert found[features.NEGATIVE]["month"] == date(2024, 3, 1)


def test_a_review_whose_text_and_stars_disagree_exposes_nobody() -> None:
    judged = Answer(
        "review_sentiment", Words("s", "情感"),
        pa.table({"review_id": ["0"], "read": ["negative"], "abstained": [False]}), "ngrams",
    )  # fmt: skip
    tables = {
        "reviews": reviews((5, timedelta())),
        "events": events(("Product Viewed", "杯", DAY, "s")),
    }
    unclear = shop_from_tables(tables, answers={"review_sentiment": judged})
    assert set(listed(features.exposures(unclear), "latest")) == {features.UNCLEAR}
    plain = shop_from_tables(tables)
    assert set(listed(features.exposures(plain), "latest")) == {features.POSITIVE}


def test_influence_is_summed_over_the_views_of_a_block() -> None:
    shop = shop_from_tables({
        "reviews": reviews((1, timedelta())),
        "events": events(("Product Viewed", "杯", DAY, "s"), ("Order Completed", "杯", 2 * DAY, "s"),
                         ("Product Viewed", "杯", 3 * DAY, "t")),
    })  # fmt: skip
    influence = pa.table({
        "product_id": ["杯"], "month": pa.array([date(2024, 3, 1)], pa.date32()),
        "latest": [features.NEGATIVE], "cart_slope": [2.0], "cart_constant": [-1.0],
        "buy_slope": [10.0], "buy_constant": [0.5],
    })  # fmt: skip
    found = features.exposure_blocks(shop, influence).to_pyarrow().to_pylist()
    assert sum(row["view_to_cart"] for row in found) == pytest.approx(-2.0)
    assert sum(row["view_to_buy"] for row in found) == pytest.approx(11.0)


def test_weeks_begin_on_monday_of_the_local_day() -> None:
    sunday = timedelta(days=6)
    shop = shop_from_tables({
        "reviews": reviews((1, sunday), (2, sunday), (5, sunday), (1, 7 * DAY)),
        "events": events(("Product Viewed", "杯", sunday, "s"), ("Order Completed", "杯", sunday, "s"),
                         ("Product Viewed", "杯", 7 * DAY, "t")),
    })  # fmt: skip
    weeks = listed(features.product_weeks(shop), "week")
    assert (weeks[date(2024, 3, 4)]["views"], weeks[date(2024, 3, 4)]["buys"]) == (1, 1)
    assert (weeks[date(2024, 3, 11)]["views"], weeks[date(2024, 3, 11)]["buys"]) == (1, 0)
    bad = listed(features.bad_weeks(shop), "week")
    assert {week: row["negatives"] for week, row in bad.items()} == {
        date(2024, 3, 4): 2, date(2024, 3, 11): 1}  # fmt: skip


def test_products_carry_their_reviews_sales_returns_and_views(wrote: Shop) -> None:
    found = listed(features.carriers(wrote), "product_id")
    cup = found["杯"]
    assert (cup["negative"], cup["neutral"], cup["positive"]) == (1, 0, 1)
    assert (cup["units"], cup["lines"], cup["returned_lines"]) == (2, 2, 2)
    assert cup["views"] is None
    assert cup["goods"] == 12.0
    # Ninety days after the second order the shop's orders have ended.
    assert (cup["followed_lines"], cup["again_lines"]) == (1, 1)
    assert (cup["delivered_lines"], cup["late_lines"]) == (2, 1)
    dollars = listed(features.carriers(wrote, "USD"), "product_id")["杯"]
    assert dollars["goods"] is None


def test_features_leave_no_row_an_event() -> None:
    empty = shop_from_tables({})
    for expression in (features.exposures(empty), features.product_weeks(empty)):
        assert "event_id" not in expression.columns
        assert expression.to_pyarrow().num_rows == 0
