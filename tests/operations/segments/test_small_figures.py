"""No figure of a card, and no message, rests on a few customers or tells how many they are."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
from shopkeeper.operations.segments.base import read_base
from shopkeeper.operations.segments.cards.figures import Figure, figures, read_material
from shopkeeper.operations.segments.cards.sentences import next_action, sentence
from shopkeeper.operations.segments.lifetime.judging import _tenths
from shopkeeper.operations.segments.refusals import few_bought, how_many
from shopkeeper.words import Words

FEWEST, CUSTOMERS = 20, 100
ASKED = Words("Asked.", "提问。")


def shop_of(*, few: int, hours: tuple[int, ...] = (7, 8)) -> Shop:
    """Make a shop of a hundred customers, `few` of whom have a price, a discount and a return."""
    numbers = range(CUSTOMERS)
    orders = [
        {"order_id": f"o{n}", "customer_id": f"c{n:03d}", "status": "paid", "total": 20.0,
         "time_zone": "UTC",
         "ordered_at": datetime(2025, 1, 6 + n % 7, hours[n % len(hours)]),
         "discount": 3 if n < few else 0, "refunded": 20.0 if n < few else 0}
        for n in numbers
    ]  # fmt: skip
    lines = [
        {"order_id": f"o{n}", "line": 1, "product_id": "p", "quantity": 1, "price": 20.0 if n < few else None}
        for n in numbers
    ]  # fmt: skip
    return shop_from_tables(
        {"orders": pa.Table.from_pylist(orders), "order_items": pa.Table.from_pylist(lines)}
    )


def figures_of(shop: Shop, some: int = CUSTOMERS) -> dict[str, Figure]:
    base = read_base(shop, "")
    assert base is not None
    names = {f"c{number:03d}" for number in range(some)}
    mine = np.array([name in names for name in base.ids.to_pylist()])
    return {one.statistic: one for one in figures(read_material(shop, base), mine, FEWEST)}


def test_a_figure_rests_on_twenty_customers() -> None:
    untold, told = figures_of(shop_of(few=7)), figures_of(shop_of(few=40))
    assert {"median_price", "reduced", "returned"} & untold.keys() == set()
    assert {"median_price", "reduced", "returned", "part_of_day"} <= told.keys()
    assert told["reduced"].value == pytest.approx(0.4)
    assert "weekday" not in told, "fifteen customers ordered on the commonest day"
    spread = figures_of(shop_of(few=0, hours=(2, 8, 12, 16, 20, 23)))
    assert "part_of_day" not in spread, "seventeen ordered at the commonest part of the day"


def test_a_share_is_not_told_where_those_without_are_few() -> None:
    assert {"reduced", "returned"} & figures_of(shop_of(few=95)).keys() == set()
    everyone = figures_of(shop_of(few=CUSTOMERS))
    assert everyone["reduced"].value == 1.0
    assert figures_of(shop_of(few=0))["returned"].value == 0.0


def test_a_card_of_nearly_all_does_not_count_the_others() -> None:
    told, untold = figures_of(shop_of(few=0), 80), figures_of(shop_of(few=0), 90)
    assert told["customers"].n == CUSTOMERS and "share" in told
    assert untold["customers"].n is None and "share" not in untold
    said = sentence(untold["customers"], "")
    assert (said.en, said.zh) == ("90 customers.", "共 90 位顾客。")


def test_who_came_back_is_not_counted_where_few_did_not() -> None:
    days = [(n, day) for n in range(CUSTOMERS) for day in ((0, 30) if n < 90 else (0,))]
    orders = pa.table({
        "order_id": [str(n) for n in range(len(days))], "customer_id": [f"c{n:03d}" for n, _ in days],
        "ordered_at": [f"{date(2025, 1, 1) + timedelta(days=day)} 10:00:00" for _, day in days],
        "total": [5.0] * len(days)})  # fmt: skip
    shop = shop_from_tables({"orders": orders})
    told, untold = figures_of(shop, 90), figures_of(shop)
    assert (told["days_between"].n, untold["days_between"].n) == (90, None)


def test_the_next_step_counts_neither_few_who_agreed_nor_few_who_did_not() -> None:
    assert "80 of them agreed" in next_action("loyal", 80, 100, FEWEST).en
    for agreed, en, zh in ((7, "Fewer than 20", "不足 20 位"), (93, "but fewer than 20", "除不足 20 位外")):  # fmt: skip
        said = next_action("loyal", agreed, 100, FEWEST)
        assert en in said.en and zh in said.zh
        assert str(agreed) not in said.en + said.zh


def orders_of(rows: list[tuple[str, int]]) -> Shop:
    return shop_from_tables({
        "orders": pa.table({
            "order_id": [str(n) for n in range(len(rows))], "customer_id": [who for who, _ in rows],
            "ordered_at": [f"{date(2025, 1, 1) + timedelta(days=day)} 10:00:00" for _, day in rows],
            "total": [20.0] * len(rows)})})  # fmt: skip


@pytest.mark.parametrize("verb", [churn, lifetime_value])
def test_a_refusal_tells_no_small_number(verb: Any) -> None:
    few = [(f"c{n}", day) for n in range(40) for day in range(0, 100 if n < 7 else 10, 10)]
    with pytest.raises(MissingDataError) as caught:
        verb(orders_of(few), horizon_days=30)
    said = caught.value.found
    assert "40" in said.en and "fewer than 20" in said.en
    assert "40 位" in said.zh and "其中不足 20 位" in said.zh
    assert " 7 " not in said.en + said.zh


def test_numbers_of_customers_in_messages() -> None:
    assert [how_many(count).en for count in (0, 1, 19, 20)] == ["0"] + ["fewer than 20"] * 2 + ["20"]  # fmt: skip
    found = few_bought(ASKED, 30, 7, 20).found
    assert found.en == "Of 30 customers in the segment fewer than 20 have a paid order; 20 are needed."  # fmt: skip
    assert found.zh == "该分群的 30 位顾客中，不足 20 位有支付订单；至少需要 20 位。"
    nearly = few_bought(ASKED, 50, 45, 60).found
    assert nearly.zh == "该分群的 50 位顾客中，除不足 20 位外都有支付订单；至少需要 60 位。"


def test_what_is_expected_is_told_of_twenty_customers_at_least() -> None:
    rows = [(f"c{n:03d}", day) for n in range(90) for day in range(n % 20, 200, 9 + n)]
    # Five of them buy daily in the end, which nothing foretold.
    rows += [(f"c{n:03d}", day) for n in range(60, 65) for day in range(171, 200)]
    made = lifetime_value(orders_of(rows), horizon_days=30)
    said = made.summary[0]
    mean = np.mean(made.table["predicted_clv"].to_pylist()[:20])
    assert said.en == f"Of 90 customers the 20 most valuable are expected to bring {mean:,.2f} each within 30 days."  # fmt: skip
    assert said.zh == f"共 90 位顾客；其中最有价值的 20 位预计在 30 天内人均带来 {mean:,.2f}。"
    quality = made.evidence["quality"].to_pylist()
    held = [row for row in quality if row["metric"].endswith("_coverage")]
    assert len(held) == 2
    for row in held:
        for share in (row["value"], None if row["value"] is None else 1 - row["value"]):
            assert share is None or round(share * row["n"]) not in range(1, 20)
    assert [row["value"] for row in held if row["metric"] == "purchases_coverage"] == [None]


def test_a_small_tenth_does_not_follow_from_the_number_of_all() -> None:
    # Equal ones stay together: tenths of 7, 43, 30 and 120.
    expected = np.repeat([0.0, 1.0, 2.0, 3.0], [7, 43, 30, 120])
    rows = _tenths(expected, expected, FEWEST)
    assert sum(row["customers"] for row in rows) <= 200 - FEWEST
    assert min(row["customers"] for row in rows) > 7
