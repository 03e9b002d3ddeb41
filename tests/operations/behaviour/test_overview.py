"""The answer of `overview`."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.metrics import METRICS
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError
from shopkeeper.operations.behaviour.ask import overview
from shopkeeper.settings import Settings

START = datetime(2024, 1, 30, 9)


def orders(count: int, **more: Any) -> pa.Table:
    at = [START + timedelta(days=index) for index in range(count)]
    columns = {
        "order_id": [f"o{index}" for index in range(count)],
        "customer_id": [f"顾客{index % 7}" for index in range(count)],
        "ordered_at": at,
        "ordered_on": [moment.date() for moment in at],
        "status": ["delivered"] * count,
        "total": [10 + index for index in range(count)],
        "currency": ["CNY" if index % 5 else "USD" for index in range(count)],
    }
    return pa.table(columns | more)


@pytest.fixture(scope="module")
def answer(demo_tables: dict[str, pa.Table]) -> Answer:
    return overview(shop_from_tables(demo_tables))


def test_every_metric_is_shown_with_its_definition(answer: Answer) -> None:
    shown = answer.table["metric"].to_pylist()
    assert shown == [metric.name for metric in METRICS]
    assert all(name in answer.definitions for name in shown)
    assert answer.evidence["left_out"].num_rows == 0


def test_shares_have_an_interval_around_them_and_amounts_have_none(answer: Answer) -> None:
    for row in answer.table.to_pylist():
        if row["unit"] == "share":
            assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
        else:
            assert row["low"] is None


def test_sums_by_period_add_up_to_the_whole(answer: Answer) -> None:
    parts = answer.evidence["by_period"].to_pylist()
    for row in answer.table.to_pylist():
        if row["metric"] in ("gmv", "paid", "refunds", "net", "orders"):
            mine = [part["top"] for part in parts if part["metric"] == row["metric"]]
            assert sum(mine) == row["top"]
    assert {part["period"].day for part in parts} == {1}


def test_every_number_in_a_sentence_stands_in_the_table(answer: Answer) -> None:
    cells = set()
    for row in answer.table.to_pylist():
        for value in (row["value"], row["low"], row["high"], row["base"], row["top"]):
            if value is not None:
                cells |= {f"{float(value):,.2f}", f"{float(value):,.0f}", f"{float(value):.1%}"}
    said = [words for words in answer.summary if not words.en.startswith("The periods run")]
    assert len(said) == len(answer.summary) - 1
    for words in said:
        numbers = re.findall(r"\d[\d,]*(?:\.\d+)?%?", words.en.replace("95 % interval", ""))
        assert set(numbers) <= cells, words.en


def test_weeks_start_on_monday_and_days_leave_out_the_repeat_rate() -> None:
    shop = shop_from_tables({"orders": orders(40)})
    weeks = overview(shop, period="week").evidence["by_period"]["period"].to_pylist()
    assert {day.weekday() for day in weeks} == {0}
    days = overview(shop, period="day").evidence["by_period"].to_pylist()
    assert "repeat_rate" not in {row["metric"] for row in days}
    assert min(row["period"] for row in days) == date(2024, 1, 30)


def test_currencies_are_never_added() -> None:
    found = overview(shop_from_tables({"orders": orders(40)}))
    gmv = [row for row in found.table.to_pylist() if row["metric"] == "gmv"]
    assert [row["currency"] for row in gmv] == ["CNY", "USD"]
    assert sum(row["value"] for row in gmv) == sum(10 + index for index in range(40))
    assert "CNY 960.00; USD 220.00" in " ".join(words.en for words in found.summary)


def test_below_the_minimum_count_no_percentage_is_shown() -> None:
    tables = {"orders": orders(29, refunded=[1] * 29)}
    few = overview(shop_from_tables(tables, settings=Settings(minimum_count=30)))
    row = next(row for row in few.table.to_pylist() if row["metric"] == "return_rate")
    assert (row["value"], row["low"], row["base"]) == (None, None, 29)
    assert "Return rate" not in " ".join(words.en for words in few.summary)
    enough = overview(shop_from_tables(tables, settings=Settings(minimum_count=29)))
    row = next(row for row in enough.table.to_pylist() if row["metric"] == "return_rate")
    assert row["value"] == 1.0


def test_more_refund_documents_than_orders_give_a_rate_without_an_interval() -> None:
    kinds = ["refund" if index % 4 else "sale" for index in range(40)]
    shop = shop_from_tables({"orders": orders(40, kind=kinds)}, settings=Settings(minimum_count=5))
    row = next(row for row in overview(shop).table.to_pylist() if row["metric"] == "return_rate")
    assert row["value"] == 3.0
    assert row["low"] is None


def test_what_has_no_data_is_left_out_and_said() -> None:
    found = overview(shop_from_tables({"orders": orders(40)}))
    left_out = found.evidence["left_out"].to_pylist()
    assert {"conversion", "late_delivery_rate", "net"} <= {row["metric"] for row in left_out}
    assert not set(found.table["metric"].to_pylist()) & {row["metric"] for row in left_out}
    assert "浏览支付转化率" in found.summary[-1].zh


def test_the_chart_shows_orders_and_their_value_by_period(answer: Answer) -> None:
    assert answer.chart is not None
    values = answer.chart["data"]["values"]
    parts = answer.evidence["by_period"].to_pylist()
    assert len(values) == sum(part["metric"] in ("gmv", "orders") for part in parts)
    assert [panel["encoding"]["y"]["title"]["zh"] for panel in answer.chart["vconcat"]] == [
        "成交总额（GMV），CNY", "支付订单数"]  # fmt: skip


def test_an_empty_shop_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match=r"no orders.*Import an export") as held:
        overview(shop_from_tables({}))
    assert "店里没有订单" in held.value.text("zh")


@settings(max_examples=8)
@given(st.integers(0, 39), st.integers(1, 30))
def test_rows_after_a_moment_never_change_the_answer_as_of_it(cut: int, added: int) -> None:
    whole = orders(40 + added)
    moment = START + timedelta(days=cut)
    answers = [overview(shop_of(table).as_of(moment)) for table in (whole, whole.slice(0, cut + 1))]
    assert answers[0].table.equals(answers[1].table)
    assert answers[0].evidence["by_period"].equals(answers[1].evidence["by_period"])
    assert answers[0].summary == answers[1].summary


def shop_of(table: pa.Table) -> Shop:
    return shop_from_tables({"orders": table})
