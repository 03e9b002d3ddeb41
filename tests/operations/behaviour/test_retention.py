"""The answer of `retention`, held against counting by hand."""

import re
import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.measure import measure
from shopkeeper.data.metrics import BY_NAME
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.ask import retention
from shopkeeper.operations.behaviour.recorded import Recorded
from shopkeeper.operations.behaviour.returning.periods import begun, over, period_day, period_of
from shopkeeper.settings import Settings

pytestmark = pytest.mark.usefixtures("no_least_cell")

START = date(2024, 11, 20)
Order = tuple[str, int, int, str, str, int]


def shop_of(orders: list[Order], least: int = 1, **more: pa.Table) -> Shop:
    """Make a shop of orders: customer, day, money, currency, status, refund."""
    days = [START + timedelta(days=row[1]) for row in orders]
    table = pa.table({
        "order_id": [f"o{n:03d}" for n in range(len(orders))],
        "customer_id": pa.array([row[0] for row in orders], pa.string()),
        "ordered_at": [datetime(day.year, day.month, day.day, 23, 30) for day in days], "ordered_on": days,
        "total": [Decimal(row[2]) for row in orders], "currency": [row[3] for row in orders],
        "status": [row[4] for row in orders], "refunded": [Decimal(row[5]) for row in orders],
    })  # fmt: skip
    return shop_from_tables({"orders": table, **more}, settings=Settings(minimum_count=least))


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["甲", "b", "c", "d"]),
        st.integers(0, 150),
        st.integers(1, 90),
        st.sampled_from(["CNY", "USD"]),
        st.sampled_from(["paid", "paid", "delivered", "cancelled", "created"]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
)


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


def week(day: date) -> int:
    return (day - date(1900, 1, 1)).days // 7


def by_hand(
    orders: list[Order], number: Callable[[date], int]
) -> tuple[dict[str, set[int]], dict[tuple[str, str, int], int]]:
    """Return the periods with a paid order of each customer, and money by customer, currency, period."""
    active, money = defaultdict(set), defaultdict(int)
    for who, day, total, currency, status, refund in orders:
        if status in ("paid", "delivered"):
            period = number(START + timedelta(days=day))
            active[who].add(period)
            money[who, currency, period] += total - refund
    return active, money


@settings(max_examples=30, deadline=None)
@given(ORDERS, st.sampled_from(["month", "week"]))
def test_retention_equals_counting_by_hand(orders: list[Order], period: Any) -> None:
    orders = [("甲", 0, 5, "CNY", "paid", 0), *orders]
    number = month if period == "month" else week
    active, money = by_hand(orders, number)
    found = retention(shop_of(orders), period=period)
    last = START + timedelta(days=max(row[1] for row in orders))
    for row in found.table.to_pylist():
        start = number(row["since"])
        begun = {who for who, periods in active.items() if min(periods) == start}
        came = sum(start + row["age"] in active[who] for who in begun)
        assert (row["customers"], row["returned"]) == (len(begun), came)
        following = row["since"]
        while number(following) <= start + row["age"]:
            following += timedelta(days=1)
        assert row["complete"] == (following - timedelta(days=1) <= last)
        expected = proportion(came, len(begun)).value if row["complete"] else None
        assert row["share"] == expected
    for row in found.evidence["revenue"].to_pylist():
        start = number(row["since"])
        begun = {who for who, periods in active.items() if min(periods) == start}
        brought = [
            sum(money[who, row["currency"], at] for at in range(start, start + row["age"] + 1))
            for who in sorted(begun)
        ]
        assert row["cumulative"] == sum(brought)
        if row["complete"]:
            assert row["per_customer"] == pytest.approx(statistics.fmean(brought))
            if len(brought) > 1:
                half = 1.959964 * statistics.stdev(brought) / len(brought) ** 0.5
                assert row["high"] - row["per_customer"] == pytest.approx(half, rel=1e-5, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(ORDERS)
def test_every_cell_of_money_adds_up_to_the_metric_net(orders: list[Order]) -> None:
    orders = [(who, 0, 5, "CNY", "paid", 0) for who in ("甲", "b", "c", "d")] + orders
    shop = shop_of(orders)
    summed: dict[str, Decimal] = defaultdict(Decimal)
    for row in retention(shop).evidence["revenue"].to_pylist():
        summed[row["currency"]] += row["net"]
    net = measure(shop, [BY_NAME["net"]]).to_pylist()
    assert dict(summed) == {row["currency"]: row["top"] for row in net if row["currency"] in summed}


def grown(least: int = 10) -> Shop:
    """Sixty customers in January, half of whom order in February; four in March; data to 20 April."""
    first = (date(2025, 1, 5) - START).days
    orders: list[Order] = [(f"c{n}", first, 100 + n, "CNY", "paid", 0) for n in range(60)]
    orders += [(f"c{n}", first + 30, 50, "CNY", "paid", 0) for n in range(30)]
    orders += [(f"d{n}", first + 60, 50, "USD", "paid", 0) for n in range(4)]
    return shop_of([*orders, ("c0", (date(2025, 4, 20) - START).days, 7, "CNY", "paid", 7)], least)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return retention(grown())


def test_incomplete_periods_are_marked_and_have_no_share(answer: Answer) -> None:
    rows = {(row["since"], row["age"]): row for row in answer.table.to_pylist()}
    now = rows[date(2025, 1, 1), 3]
    assert (now["returned"], now["share"], now["complete"]) == (1, None, False)
    assert rows[date(2025, 1, 1), 1]["share"] == 0.5
    assert rows[date(2025, 1, 1), 2]["share"] == 0.0
    assert max(row["age"] for row in answer.evidence["by_age"].to_pylist()) == 2
    money = [row for row in answer.evidence["revenue"].to_pylist() if not row["complete"]]
    assert money and all(row["per_customer"] is None for row in money)


def test_no_cell_of_a_few_customers_is_shown(answer: Answer) -> None:
    few = [row for row in answer.table.to_pylist() if row["since"] == date(2025, 3, 1)]
    assert [row["customers"] for row in few] == [None, None]
    assert all(row["returned"] is None and row["share"] is None for row in few)
    money = [r for r in answer.evidence["revenue"].to_pylist() if r["since"] == date(2025, 3, 1)]
    assert money and all(row["cumulative"] is None and row["net"] is None for row in money)
    shown = [row for row in retention(grown(4)).table.to_pylist() if row["since"].month == 3]
    assert shown[0]["share"] == 1.0


def test_currencies_stand_apart(answer: Answer) -> None:
    by_age = answer.evidence["revenue_by_age"].to_pylist()
    first = {row["currency"]: row["cumulative"] for row in by_age if row["age"] == 0}
    assert first == {"CNY": sum(range(100, 160)), "USD": 200}
    assert sum("net" in words.en for words in answer.summary) == 2


def test_every_number_in_a_sentence_stands_in_a_table(answer: Answer) -> None:
    cells = {"95", "1", "10"}
    tables = (answer.table, *answer.evidence.values())
    for value in (value for table in tables for row in table.to_pylist() for value in row.values()):
        match value:
            case float():
                cells |= {f"{value:.1%}", f"{value:,.2f}"}
            case date():
                cells |= set(value.isoformat().split("-"))
            case int():
                cells.add(f"{value:,}")
    assert len(answer.summary) >= 3
    for words in answer.summary:
        for text in (words.en, words.zh):
            assert set(re.findall(r"\d[\d,]*(?:\.\d+)?%?", text.replace("95%", ""))) <= cells, text


def test_visits_count_for_customers_and_for_visitors_without_a_name() -> None:
    at = [datetime(2025, 1, 31, 23, 59), datetime(2025, 2, 1), datetime(2025, 1, 2), datetime(2025, 3, 31),
          datetime(2025, 2, 2)]  # fmt: skip
    events = pa.table({
        "event_id": list("12345"), "name": ["Page Viewed"] * 5, "happened_at": at,
        "happened_on": [at[0].date() + timedelta(days=1), *(moment.date() for moment in at[1:])],
        "customer_id": ["c", "c", None, None, None], "visitor_id": ["x", "y", "v", "v", None],
    })  # fmt: skip
    shop = shop_from_tables({"events": events}, settings=Settings(minimum_count=1))
    found = retention(shop, since="visit", returning="visit")
    told = {(row["since"].month, row["age"]): row["returned"] for row in found.table.to_pylist()}
    assert told == {(1, 0): 1, (1, 1): 0, (1, 2): 1, (2, 0): 1, (2, 1): 0}
    assert "revenue" not in found.evidence
    orders: list[Order] = [("c", (date(2025, 3, 31) - START).days, 9, "CNY", "paid", 0)]
    mixed = retention(shop_of(orders, events=events), since="visit")
    told = {(row["since"].month, row["age"]): row["returned"] for row in mixed.table.to_pylist()}
    assert told[2, 1] == 1 and sum(told.values()) == 1


def test_periods_before_a_return_could_be_recorded_have_no_share() -> None:
    """Everybody visits each month from April on; that nobody visited before is not known."""
    begun = (date(2025, 1, 5) - START).days
    orders: list[Order] = [(f"c{n}", begun, 9, "CNY", "paid", 0) for n in range(20)]
    at = [datetime(2025, month, 28) for month in (4, 5, 6) for _ in range(20)]
    at.append(datetime(2025, 6, 30))
    events = pa.table({
        "event_id": [f"e{n:02d}" for n in range(61)], "name": ["Page Viewed"] * 61, "happened_at": at,
        "customer_id": [f"c{n % 20}" for n in range(61)],
    })  # fmt: skip
    shop = shop_of(orders, events=events)
    found = retention(shop, returning="visit")
    told = [(row["share"], row["complete"]) for row in found.table.to_pylist()]
    assert told == [(None, False)] * 3 + [(1.0, True)] * 3
    assert [row["age"] for row in found.evidence["by_age"].to_pylist()] == [3, 4, 5]
    assert not any("not over" in words.en or " 0.0%" in words.en for words in found.summary)
    assert any("before that was recorded" in words.en for words in found.limits)
    # Nor is it known what visitors brought before orders were recorded.
    late: list[Order] = [("c1", (date(2025, 6, 2) - START).days, 9, "CNY", "paid", 0),
                         ("x", (date(2025, 6, 30) - START).days, 9, "CNY", "paid", 0)]  # fmt: skip
    brought = retention(shop_of(late, events=events), since="visit").evidence["revenue"]
    assert {row["per_customer"] for row in brought.to_pylist()} == {None}


def test_what_was_bought_before_the_first_visit_is_not_brought_since() -> None:
    orders: list[Order] = [
        ("c", 5, 900, "CNY", "paid", 0),
        ("c", (date(2025, 5, 9) - START).days, 7, "CNY", "paid", 0),
    ]
    events = pa.table({"event_id": ["1"], "name": ["Page Viewed"], "happened_at": [datetime(2025, 4, 3)],
                       "customer_id": ["c"]})  # fmt: skip
    found = retention(shop_of(orders, events=events), since="visit").evidence["revenue"]
    assert found["cumulative"].to_pylist() == [0, 7]


def test_visits_of_nobody_known_are_not_held_against_orders() -> None:
    events = pa.table({"event_id": ["1"], "name": ["Page Viewed"], "happened_at": [datetime(2025, 4, 3)],
                       "visitor_id": ["v"]})  # fmt: skip
    shop = shop_of([("c", 5, 9, "CNY", "paid", 0)], events=events)
    for asked in ({"returning": "visit"}, {"since": "visit"}):
        with pytest.raises(MissingDataError, match="No event names its customer") as held:
            retention(shop, **asked)  # type: ignore[arg-type]
        assert "对应到同一位顾客" in held.value.found.zh
    assert retention(shop, since="visit", returning="visit").table.num_rows == 1


def test_a_date_that_only_a_wrong_clock_can_have_is_refused_wherever_it_stands() -> None:
    orders: list[Order] = [
        ("甲", 3, 9, "CNY", "paid", 0),
        ("b", 2_000_000, 9, "CNY", "cancelled", 0),
    ]
    with pytest.raises(MissingDataError, match="too many periods"):
        retention(shop_of(orders))


def test_one_wrong_date_makes_no_empty_month_complete() -> None:
    good: list[Order] = [(f"c{n:02d}", n, 9, "CNY", "paid", 0) for n in range(60)]
    plain, wrong = (
        retention(shop_of(good)),
        retention(shop_of([*good, ("z", 9_000, 9, "CNY", "paid", 0)])),
    )
    whole = {row["age"]: row for row in plain.evidence["by_age"].to_pylist()}
    assert {row["age"]: row for row in wrong.evidence["by_age"].to_pylist()} == whole
    latest = max(row["since"] for row in wrong.table.to_pylist() if row["complete"])
    assert latest < START + timedelta(days=60)
    assert any("taken for wrong: 1;" in words.en for words in wrong.limits)
    assert not any("taken for wrong" in words.en for words in plain.limits)


def test_one_order_is_answered_and_only_cancelled_ones_are_refused() -> None:
    one = retention(shop_of([("甲", 3, 9, "CNY", "paid", 0)]))
    assert [row["customers"] for row in one.table.to_pylist()] == [1]
    assert one.chart is None
    assert "No period after the first" in one.summary[0].en
    everybody = retention(shop_of([("甲", n, 1, "CNY", "paid", 0) for n in range(90)]))
    assert everybody.table["customers"].to_pylist() == [1] * 4
    with pytest.raises(MissingDataError, match="No paid order"):
        retention(shop_of([("甲", 3, 9, "CNY", "cancelled", 0)]))


def test_refund_documents_lessen_what_was_brought() -> None:
    orders = pa.table({
        "order_id": ["1", "2", "3"], "customer_id": ["a", "a", "z"], "kind": ["sale", "refund", "refund"],
        "ordered_at": [datetime(2025, 1, 5), datetime(2025, 2, 5), datetime(2025, 2, 6)],
        "total": [100, -30, -9], "currency": ["CNY"] * 3, "status": ["paid", None, None],
    })  # fmt: skip
    shop = shop_from_tables({"orders": orders}, settings=Settings(minimum_count=1))
    rows = retention(shop).evidence["revenue"].to_pylist()
    assert [row["cumulative"] for row in rows] == [100, 70]
    assert retention(shop).table["returned"].to_pylist() == [1, 0]


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 150))
def test_orders_after_a_moment_never_change_the_answer_as_of_it(cut: int) -> None:
    orders: list[Order] = [(f"c{n % 5}", n * 7 % 160, 10, "CNY", "paid", 0) for n in range(40)]
    moment = datetime.combine(START + timedelta(days=cut), datetime.max.time())
    known = [row for row in orders if row[1] <= cut]
    one, other = (retention(shop_of(rows).as_of(moment)) for rows in (orders, known))
    assert one.table.equals(other.table)
    assert one.summary == other.summary


def test_the_chart_is_a_heat_map_with_grey_for_what_is_not_over(answer: Answer) -> None:
    assert answer.chart is not None
    values = answer.chart["data"]["values"]
    assert {value["since"] for value in values} == {"2025-01"}
    assert [value["share"] for value in values] == [0.5, 0.0, None]
    assert values[-1]["told"] == "…"


def test_periods_by_number_are_calendar_months_and_weeks_from_monday() -> None:
    for day in (date(1999, 12, 31), date(2024, 2, 29), date(2025, 1, 1), date(2026, 12, 28)):
        for span in ("month", "week"):
            first = period_day(period_of(day, span), span)
            assert first <= day < period_day(period_of(day, span) + 1, span)
            assert first.day == 1 if span == "month" else first.weekday() == 0
            assert not over(Recorded(first, first), period_of(day, span), span)
            assert begun(Recorded(day, day), period_of(first, span), span)
            assert not begun(Recorded(day, day), period_of(first, span) - 1, span)


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="No paid order names its customer"):
        retention(shop_from_tables({}))
    with pytest.raises(MissingDataError, match="No event names"):
        retention(shop_of([("甲", 3, 9, "CNY", "paid", 0)]), since="visit")
    with pytest.raises(UsageError, match="1 or more"):
        retention(shop_of([("甲", 3, 9, "CNY", "paid", 0)]), minimum_count=0)
    wrong: list[Order] = [("甲", -700_000, 1, "CNY", "paid", 0), ("b", 3, 1, "CNY", "paid", 0)]
    with pytest.raises(MissingDataError, match="too many periods") as held:
        retention(shop_of(wrong))
    assert "周期太多" in held.value.text("zh")


@pytest.mark.parametrize("period", ["month", "week"])
def test_orders_on_the_last_day_that_there_is_are_no_defect(period: Any) -> None:
    last = (date.max - START).days
    (row,) = retention(shop_of([("a", last, 5, "CNY", "paid", 0)]), period=period).table.to_pylist()
    # 31 December 9999 is a Friday.
    assert (row["returned"], row["complete"]) == (1, period == "month")
