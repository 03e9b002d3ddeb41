"""The numbers of a day, the band that is expected of it, and what needs attention."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.surfaces.web.today.attention import attention
from shopkeeper.surfaces.web.today.figures import WEEKS, Band, band, days_of, figures_of

LAST = date(2026, 3, 31)


def shop_of(**tables: list[dict[str, Any]]) -> Shop:
    """A shop with these rows."""
    return shop_from_tables({name: pa.Table.from_pylist(rows) for name, rows in tables.items()})


def sold(day: date, totals: Sequence[float], **more: Any) -> list[dict[str, Any]]:
    """One paid order for each amount."""
    return [
        {"order_id": f"{day}-{at}", "customer_id": f"c{at}", "ordered_at": datetime(day.year, day.month, day.day, 9),
         "ordered_on": day, "status": "delivered", "total": total, "currency": "CNY", **more}
        for at, total in enumerate(totals)
    ]  # fmt: skip


def days_back(count: int) -> list[date]:
    """The last so many days, the oldest first."""
    return [LAST - timedelta(days=back) for back in range(count - 1, -1, -1)]


def test_a_day_is_compared_with_the_day_before_the_same_weekday_and_its_band() -> None:
    days = days_back(85)
    rows = [row for at, day in enumerate(days) for row in sold(day, [10.0 * (1 + at % 7), 5.0])]
    measured = days_of(shop_of(orders=rows))
    assert measured is not None
    # The last day may go on; the day before it is whole.
    assert measured.newest_whole == LAST - timedelta(days=1)
    paid = figures_of(measured, measured.newest_whole, fewest=30)[0]
    assert (paid.value, paid.before, paid.week_before) == (75.0, 65.0, 75.0)
    assert paid.band == Band(75.0, 75.0, WEEKS)
    assert paid.outside == 0


def test_a_day_without_orders_is_nought_and_not_missing() -> None:
    rows = [row for day in days_back(80) if day != LAST for row in sold(day, [10.0])]
    rows += sold(LAST + timedelta(days=1), [10.0])
    measured = days_of(shop_of(orders=rows))
    assert measured is not None
    paid = figures_of(measured, LAST, fewest=30)[0]
    assert paid.value == 0.0
    assert paid.outside == -1


@pytest.mark.parametrize(("silent", "has_ended"), [(29, True), (28, False)])
def test_where_orders_end_long_before_reviews_the_day_is_the_last_with_an_order(
    silent: int, has_ended: bool
) -> None:
    review = {"review_id": "r", "rating": 1, "reviewed_at": datetime(2026, 3, 31, 9)}
    last_sold = LAST - timedelta(days=silent)
    measured = days_of(shop_of(orders=sold(last_sold, [10.0]), reviews=[review]))
    assert measured is not None
    assert measured.last == LAST
    assert measured.has_ended == has_ended
    # A shop that sells nothing for a few weeks must see it.
    assert measured.newest_whole == (last_sold if has_ended else LAST - timedelta(days=1))


def test_money_in_another_currency_is_not_added() -> None:
    foreign = {**sold(LAST, [99.0])[0], "order_id": "usd", "currency": "USD"}
    rows = [*sold(LAST, [10.0, 20.0]), foreign]
    measured = days_of(shop_of(orders=rows))
    assert measured is not None
    assert measured.currency == "CNY"
    assert measured.series["paid"] == {LAST: 30.0}


def test_a_share_of_few_is_not_shown() -> None:
    events = [
        {"event_id": f"e{at}", "name": "Product Viewed", "happened_at": datetime(2026, 3, 31, 9, at % 60),
         "happened_on": LAST, "session_id": f"s{at}", "product_id": "p"}
        for at in range(29)
    ]  # fmt: skip
    events.append({**events[0], "event_id": "bought", "name": "Order Completed"})
    measured = days_of(shop_of(events=events))
    assert measured is not None
    shown = {figure.title.en: figure for figure in figures_of(measured, LAST, fewest=30)}
    assert shown["Visits"].value == 29
    conversion = next(figure for title, figure in shown.items() if title.startswith("Conversion"))
    assert (conversion.value, conversion.base) == (None, 29)


def test_the_band_holds_what_it_says_where_nothing_changes() -> None:
    """(n − 1) / (n + 1) of new days fall inside, whatever the distribution; here a lopsided one."""
    dice, inside, tries = np.random.default_rng(5), 0, 4000
    for _ in range(tries):
        drawn = dice.lognormal(size=WEEKS + 1)
        values = {LAST - timedelta(days=7 * week): float(drawn[week]) for week in range(WEEKS + 1)}
        expected = band(values, LAST)
        assert expected is not None
        inside += expected.low <= values[LAST] <= expected.high
    assert inside / tries == pytest.approx(Band(0, 1, WEEKS).chance, abs=0.02)


def test_too_few_weeks_give_no_band() -> None:
    values = {LAST - timedelta(days=7 * week): 1.0 for week in range(5)}
    assert band(values, LAST) is None


def test_a_shop_without_dates_has_no_days() -> None:
    assert days_of(shop_of(products=[{"product_id": "p"}])) is None


def findings_of(shop: Shop) -> dict[str, Any]:
    """What needs attention on the last day, by kind."""
    return {one.kind: one for one in attention(shop, [], LAST, "CNY")}


def test_orders_that_are_late_are_found_with_their_money() -> None:
    orders = sold(LAST, [10.0, 20.0, 40.0]) + sold(LAST - timedelta(days=40), [80.0])
    promised = datetime(2026, 3, 31, 12)
    shipments = [
        {"order_id": orders[0]["order_id"], "line": 1, "promised_at": promised, "delivered_at": promised},
        {"order_id": orders[1]["order_id"], "line": 1, "promised_at": promised, "delivered_at": None},
        {"order_id": orders[2]["order_id"], "line": 1, "promised_at": promised + timedelta(days=3), "delivered_at": None},
        {"order_id": orders[3]["order_id"], "line": 1, "promised_at": promised, "delivered_at": None},
    ]  # fmt: skip
    found = findings_of(shop_of(orders=orders, shipments=shipments))["overdue"]
    assert (found.numbers, found.money) == ({"orders": 1}, 20.0)
    assert found.keys == (orders[1]["order_id"],)


def lines(orders: list[dict[str, Any]], product: str, price: float) -> list[dict[str, Any]]:
    """One line of an order for each order."""
    return [
        {"order_id": row["order_id"], "line": 1, "product_id": product, "quantity": 1, "price": price, "currency": "CNY"}
        for row in orders
    ]  # fmt: skip


def test_stock_that_runs_out_is_found_with_the_sales_that_would_lack() -> None:
    orders = [row for day in days_back(28) for row in sold(day, [10.0])]
    products = [{"product_id": "p", "title": "Tea", "stock": 4}]
    found = findings_of(
        shop_of(orders=orders, order_items=lines(orders, "p", 10.0), products=products)
    )["stock"]
    # One a day: four days are left of the fourteen, and a day sells 10.
    assert found.subject.en == "Tea"
    assert found.numbers["days"] == 4
    assert found.money == pytest.approx(100.0)
    plenty = [{"product_id": "p", "title": "Tea", "stock": 14}]
    assert "stock" not in findings_of(
        shop_of(orders=orders, order_items=lines(orders, "p", 10.0), products=plenty)
    )


def test_bad_reviews_without_a_reply_and_products_that_gather_them_are_found() -> None:
    orders = [row for day in days_back(28) for row in sold(day, [10.0])]
    items = lines(orders[:14], "bad", 10.0) + lines(orders[14:], "good", 10.0)
    reviews = [
        {"review_id": f"r{at}", "order_id": row["order_id"], "product_id": "bad" if at < 14 else "good",
         "rating": 1.0 if at < 14 else 5.0, "reviewed_at": row["ordered_at"], "reviewed_on": row["ordered_on"],
         "reply": "sorry" if at == 0 else None}
        for at, row in enumerate(orders)
    ]  # fmt: skip
    products = [{"product_id": "bad", "title": "Bad"}, {"product_id": "good", "title": "Good"}]
    found = findings_of(
        shop_of(orders=orders, order_items=items, reviews=reviews, products=products)
    )
    assert (found["unanswered"].numbers, found["unanswered"].money) == ({"reviews": 13}, 130.0)
    assert (found["disliked"].product_id, found["disliked"].money) == ("bad", 140.0)


def test_where_bad_reviews_fall_by_chance_no_product_is_blamed() -> None:
    dice = np.random.default_rng(3)
    orders = [row for day in days_back(28) for row in sold(day, [10.0] * 10)]
    items = [lines([row], f"p{at % 40}", 10.0)[0] for at, row in enumerate(orders)]
    reviews = [
        {"review_id": f"r{at}", "order_id": row["order_id"], "product_id": f"p{at % 40}",
         "rating": 1.0 if dice.random() < 0.2 else 5.0, "reviewed_at": row["ordered_at"],
         "reviewed_on": row["ordered_on"]}
        for at, row in enumerate(orders)
    ]  # fmt: skip
    assert "disliked" not in findings_of(shop_of(orders=orders, order_items=items, reviews=reviews))
