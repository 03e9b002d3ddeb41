"""What only a whole table can tell: dates far away, totals turned around, clocks that run backwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.data.checks import check
from shopkeeper.data.oddities import usual_days
from shopkeeper.data.shop import shop_from_tables

START = datetime(2025, 3, 1, 10)


def orders(times: list[datetime], totals: list[float] | None = None, **more: Any) -> pa.Table:
    count = len(times)
    return pa.table({
        "order_id": [f"o{n}" for n in range(count)],
        "customer_id": [f"c{n % 9}" for n in range(count)],
        "ordered_at": times,
        "total": totals or [5.0] * count,
        **more,
    })  # fmt: skip


def found(**tables: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["finding"]: row for row in check(shop_from_tables(tables)).table.to_pylist()}


def daily(count: int) -> list[datetime]:
    return [START + timedelta(days=n // 2) for n in range(count)]


def test_dates_far_from_all_others_are_named_with_what_they_make_wrong() -> None:
    strays = [datetime(1970, 1, 1), datetime(2052, 5, 1)]
    law = found(orders=orders(daily(300) + strays))["orders.stray_date"]
    assert law["rows"] == 2
    assert "which run from 2025-03-01 to 2025-07-28" in law["what_en"]
    assert "retention, churn" in law["what_en"]
    assert "（其余都在 2025-03-01 至 2025-07-28）；因此不准的有：各期指标" in law["what_zh"]
    assert law["corrupts"] == ["gmv", "paid", "net", "orders"]


def test_many_rows_at_the_beginning_of_computers_are_found_too() -> None:
    times = daily(100) + [datetime(1970, 1, 1)] * 60
    assert found(orders=orders(times))["orders.stray_date"]["rows"] == 60


@pytest.mark.parametrize(
    "days",
    [
        [(date(2024, 7, 1), 50), (date(2024, 12, 1), 50)],
        [(date(2024, 7, 1), 1), (date(2024, 12, 1), 10)],
        [(date(2024, 7, 1), 1)],
        [(date(2024, 7, 1), 1), (date(2024, 9, 1), 500)],
    ],
)
def test_a_season_or_a_slow_beginning_is_no_wrong_date(days: list[tuple[date, int]]) -> None:
    assert usual_days(days) == (days[0][0], days[-1][0])


def test_every_dated_table_is_looked_at() -> None:
    times = [*daily(99), datetime(1999, 1, 1)]
    ids = [f"{n}" for n in range(100)]
    broken = found(
        events=pa.table({"event_id": ids, "name": ["Page Viewed"] * 100, "happened_at": times}),
        reviews=pa.table({"review_id": ids, "rating": [5.0] * 100, "reviewed_at": times}),
        searches=pa.table({"search_id": ids, "query": ["tea"] * 100, "searched_at": times}),
    )
    strays = {name for name in broken if name.endswith("stray_date")}
    assert strays == {f"{name}.stray_date" for name in ("events", "reviews", "searches")}


def test_sales_with_negative_totals_are_told_from_refunds() -> None:
    kinds = ["sale", None, "refund", "adjustment"]
    some = found(orders=orders(daily(4), [-5.0, 5.0, -5.0, -5.0], kind=kinds))
    assert some["orders.negative_total"]["rows"] == 1
    assert "(1 of 2); refunds belong in documents" in some["orders.negative_total"]["what_en"]
    every = found(orders=orders(daily(4), [-5.0, -5.0, -5.0, -5.0], kind=kinds))
    assert "every one of them" in every["orders.negative_total"]["what_en"]
    assert "全部如此" in every["orders.negative_total"]["what_zh"]
    assert "net" in every["orders.negative_total"]["corrupts"]
    assert "orders.negative_total" not in found(orders=orders(daily(4)))


def events(sessions: int, backwards: int) -> pa.Table:
    """Make sessions of a view, an addition and an order, some of which run backwards."""
    names = ["Product Viewed", "Product Added", "Order Completed"]
    rows = [
        {
            "event_id": f"{n}-{at}",
            "name": name,
            "session_id": f"s{n}",
            "happened_at": START + timedelta(hours=n, minutes=(2 - at) if n < backwards else at),
        }
        for n in range(sessions)
        for at, name in enumerate(names)
    ]
    return pa.Table.from_pylist(rows)


def test_a_clock_that_runs_backwards_is_told_by_its_sessions() -> None:
    law = found(events=events(40, 30))["events.ordered_before_seen"]
    assert law["rows"] == 30
    assert "30 of 40 sessions that hold both" in law["what_en"]
    assert "funnel, paths and sessions" in law["what_en"]
    assert "40 个会话中有 30 个" in law["what_zh"]
    assert "转化漏斗" in law["what_zh"]


@pytest.mark.parametrize(("sessions", "backwards"), [(40, 4), (6, 6), (40, 0)])
def test_a_few_sessions_that_begin_with_the_order_are_no_finding(
    sessions: int, backwards: int
) -> None:
    assert "events.ordered_before_seen" not in found(events=events(sessions, backwards))
