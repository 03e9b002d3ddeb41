"""Covariates of `lifetime_value`: the likelihood, what is recovered, and what is refused."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.segments.ask_ahead import lifetime_value
from shopkeeper.operations.segments.beginnings import beginnings
from shopkeeper.operations.segments.cells import Cells
from shopkeeper.operations.segments.methods.purchases import (
    PRIOR,
    Likelihood,
    Purchases,
    fit_purchases,
)
from shopkeeper.settings import Settings

BASE = (0.6, 6.0, 0.8, 2.5)
FASTER, FIRST = 3.0, date(2024, 1, 1)
"""How many times as often customers of the channel `app` buy."""

POINT = np.array([*BASE, 0.3, -0.2, 0.5, 0.1, -0.4, 0.2])


def some_cells() -> Cells:
    x, recency = np.array([0, 1, 4, 2, 0], float), np.array([0, 9, 20, 12, 0], float)
    design = np.array([[0, 0], [1, 0], [0, 1], [1, 0], [0, 1]], float)
    return Cells(
        x, recency, np.array([30, 25, 28, 40, 11], float), np.array([9, 3, 1, 2, 4], float), design
    )


def test_the_likelihood_with_covariates_is_that_of_each_group_with_its_own_parameters() -> None:
    cells = some_cells()
    assert cells.design is not None
    value, _ = Likelihood(cells)(POINT)
    effects = POINT[4:].reshape(3, 2)
    whole = 0.0
    for row in range(5):
        by = np.exp(effects @ cells.design[row])
        own = np.array(BASE) * np.array([1, *by])
        one = np.zeros(5, bool)
        one[row] = True
        whole += Likelihood(replace(cells.those(one), design=None))(own)[0]
    assert value == pytest.approx(whole)


def test_the_gradient_with_covariates_is_the_slope_of_the_likelihood() -> None:
    cells = some_cells()
    _, gradient = Likelihood(cells)(POINT)
    for place in range(len(POINT)):
        step = np.zeros(len(POINT))
        step[place] = 1e-5
        above, below = (Likelihood(cells)(POINT + sign * step)[0] for sign in (1, -1))
        assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-5)


def test_expectations_with_covariates_are_those_of_each_group_alone() -> None:
    cells = some_cells()
    assert cells.design is not None
    effects = tuple(map(tuple, POINT[4:].reshape(3, 2).tolist()))
    model = Purchases(*BASE, 0.0, (), (), effects)
    for row in range(5):
        by = np.exp(np.array(effects) @ cells.design[row])
        own = Purchases(BASE[0], *(np.array(BASE[1:]) * by).tolist(), 0.0, ())
        one = np.zeros(5, bool)
        one[row] = True
        mine = replace(cells.those(one), design=None)
        assert model.alive(cells)[row] == pytest.approx(own.alive(mine)[0])
        assert model.expected(cells, 20.0)[row] == pytest.approx(own.expected(mine, 20.0)[0])
        assert model.wait(cells, 0.5)[row] == pytest.approx(own.wait(mine, 0.5)[0])
        tails = zip(model.at_least(cells, 20.0), own.at_least(mine, 20.0), strict=True)
        assert all(
            both[0][row] == pytest.approx(both[1][0])
            for both, _ in zip(tails, range(9), strict=False)
        )


def drawn(customers: int, seed: int) -> list[tuple[str, int, str, str]]:
    """Draw customers as the model says: name, day, channel and country; those of the app buy oftener."""
    draw, rows = np.random.default_rng(seed), []
    r, alpha, a, b = BASE
    for number in range(customers):
        app = number % 3 == 0
        rate = draw.gamma(r, 1 / alpha) / 7 * (FASTER if app else 1.0)
        leaves, at, begun = draw.beta(a, b), 0.0, int(draw.integers(0, 120))
        channel, country = ("app", "web")[not app], ("CN", "BR")[int(draw.random() < 0.4)]
        while begun + at <= 364:
            rows.append((f"顾客{number}", begun + int(at), channel, country))
            if at and draw.random() < leaves:
                break
            at += max(1.0, float(draw.exponential(1 / max(rate, 1e-9))))
    return rows


@pytest.fixture(scope="module")
def shop() -> Shop:
    rows = drawn(2_400, seed=8)
    orders = pa.table({
        "order_id": [f"{n:05d}" for n in range(len(rows))], "customer_id": [row[0] for row in rows],
        "ordered_at": [f"{FIRST + timedelta(days=row[1])} 12:00:00" for row in rows],
        "channel": [row[2] for row in rows], "total": [20 + n % 7 for n in range(len(rows))],
        "discount": [3 if row[2] == "web" and n % 2 else 0 for n, row in enumerate(rows)],
        "status": ["paid"] * len(rows)})  # fmt: skip
    country = {row[0]: row[3] for row in rows}
    customers = pa.table({"customer_id": list(country), "country": list(country.values())})
    return shop_from_tables({"orders": orders, "customers": customers})


@pytest.fixture(scope="module")
def answer(shop: Shop) -> Answer:
    return lifetime_value(shop, covariates="channel, 国家")


def test_what_was_planted_is_recovered_and_what_was_not_is_not(answer: Answer) -> None:
    rows = {
        (row["covariate"], row["value_en"]): row
        for row in answer.evidence["covariates"].to_pylist()
    }
    app, web = rows["channel", "app"], rows["channel", "web"]
    assert (web["is_base"], web["times_base"], app["is_base"]) == (True, 1.0, False)
    assert app["times_base_low"] < FASTER < app["times_base_high"]
    assert app["times_base_low"] > 1
    yearly = 365 / 7 * BASE[0] / BASE[1]
    assert web["orders_a_year_low"] < yearly < web["orders_a_year_high"]
    assert app["leaves_low"] < BASE[2] / (BASE[2] + BASE[3]) < app["leaves_high"]
    country = rows["country", "BR"]
    assert country["times_base_low"] < 1 < country["times_base_high"]
    assert app["predicted_clv_low"] > web["predicted_clv_high"]
    assert (app["customers"], web["customers"]) == (800, 1_600)


def test_the_days_kept_aside_say_whether_covariates_help(answer: Answer, shop: Shop) -> None:
    told = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    plain = lifetime_value(shop)
    alone = {(row["method"], row["metric"]): row for row in plain.evidence["quality"].to_pylist()}
    for metric in ("purchases_rmse", "value_rmse"):
        assert told["bg_nbd_alone", metric] | {"method": "bg_nbd"} == alone["bg_nbd", metric]
        less = told["bg_nbd_minus_alone", metric]
        both = told["bg_nbd", metric]["value"] - told["bg_nbd_alone", metric]["value"]
        assert less["value"] == pytest.approx(both)
    assert told["bg_nbd_minus_alone", "purchases_rmse"]["value"] < 0
    assert told["bg_nbd", "purchases_coverage"]["value"] > 0.94
    assert "covariates" not in plain.evidence


def test_every_number_of_the_sentences_stands_in_a_table(answer: Answer) -> None:
    (said,) = (words for words in answer.summary if words.en.startswith("By channel"))
    (row,) = (one for one in answer.evidence["covariates"].to_pylist() if one["value_en"] == "app")
    cells = {f"{row[f'times_base{end}']:.2f}" for end in ("", "_low", "_high")} | {"800"}
    for text in (said.en, said.zh):
        assert set(re.findall(r"\d[\d,]*(?:\.\d+)?%?", re.sub("95 ?%", "", text))) == cells
    assert any("Without the covariates the miss is" in words.en for words in answer.summary)


def test_fitted_parameters_have_their_errors_and_little_data_moves_them_little(
    answer: Answer,
) -> None:
    rows = {row["parameter"]: row for row in answer.evidence["fitted"].to_pylist()}
    assert {"r", "alpha", "a", "b", "alpha: channel=app", "a: channel=app", "b: country=BR"} <= set(
        rows
    )
    assert rows["alpha: channel=app"]["value"] == pytest.approx(-np.log(FASTER), abs=0.25)
    # Three customers alike say nothing: the prior holds the effect to none.
    cells = some_cells()
    lonely = np.zeros((5, 1))
    lonely[3] = 1
    found = fit_purchases(
        replace(cells, customers=np.array([900, 300, 100, 1e-9, 400]), design=lonely)
    )
    assert np.abs(found.effects).max() < 0.01
    assert found.errors[-1] == pytest.approx(PRIOR, rel=0.01)


def test_beginnings_are_those_of_the_earliest_order() -> None:
    orders = pa.table({
        "order_id": ["1", "2", "3"], "customer_id": ["a", "a", "b"], "channel": ["app", "web", None],
        "ordered_at": ["2025-01-02 09:00:00", "2025-01-02 08:00:00", "2025-01-03 10:00:00"],
        "discount_code": [None, "TEN", None], "currency": ["CNY"] * 3, "status": ["paid"] * 3, "total": [9, 9, 9]})  # fmt: skip
    items = pa.table({
        "order_id": ["2", "2", "2"], "line": [1, 2, 3], "product_id": ["tea", "cup", "pot"], "quantity": [3, 1, 1],
        "price": [2, 5, 4]})  # fmt: skip
    products = pa.table(
        {"product_id": ["tea", "cup", "pot"], "category": ["tea", "china", "china"]}
    )
    customers = pa.table({"customer_id": ["b"], "city": ["杭州"]})
    shop = shop_from_tables(
        {"orders": orders, "order_items": items, "products": products, "customers": customers}
    )
    found = (
        beginnings(shop, "CNY", ("channel", "category", "discount", "city"))
        .to_pyarrow()
        .to_pylist()
    )
    assert sorted(found, key=str) == [
        {
            "customer_id": "a",
            "channel": "web",
            "category": "china",
            "discount": "yes",
            "city": None,
        },
        {"customer_id": "b", "channel": None, "category": None, "discount": "no", "city": "杭州"},
    ]


def test_what_cannot_be_asked_is_refused_in_words(shop: Shop) -> None:
    with pytest.raises(UsageError, match="'colour' is no covariate") as held:
        lifetime_value(shop, covariates="channel,colour")
    assert "首单渠道（channel）" in held.value.do.zh
    with pytest.raises(MissingDataError, match="No two values of city have 20 customers each"):
        lifetime_value(shop, covariates="city")


def test_a_covariate_that_is_new_could_not_be_judged(shop: Shop) -> None:
    orders = shop.orders.to_pyarrow()
    app = pc.greater_equal(
        orders["ordered_at"], pa.scalar(datetime(2024, 10, 20), pa.timestamp("us"))
    )
    channel = pc.if_else(app, "app", "web")
    orders = orders.set_column(orders.column_names.index("channel"), "channel", channel)
    more = pa.table({
        "order_id": [f"n{n}" for n in range(90)], "customer_id": [f"n{n % 60}" for n in range(90)],
        "ordered_at": [datetime(2024, 11, 1 + n % 28, 12) for n in range(90)], "channel": ["app"] * 90,
        "total": pa.array([Decimal(20)] * 90, orders.schema.field("total").type), "status": ["paid"] * 90})  # fmt: skip
    tables = {"orders": pa.concat_tables([orders, more], promote_options="permissive")}
    answer = lifetime_value(shop_from_tables(tables), covariates="channel")
    assert {row["method"] for row in answer.evidence["quality"].to_pylist()}.isdisjoint(
        {"bg_nbd_alone", "bg_nbd_minus_alone"}
    )
    assert any("nothing says whether it helps" in words.en for words in answer.limits)


def test_values_too_rare_to_stand_alone_are_counted_with_the_first_and_told(shop: Shop) -> None:
    orders = shop.orders.to_pyarrow()
    number = [int(name[2:]) for name in orders["customer_id"].to_pylist()]
    channel = pa.array(["fair" if n < 9 else ("web", "app")[n % 2] for n in number])
    orders = orders.set_column(orders.column_names.index("channel"), "channel", channel)
    rows = lifetime_value(shop_from_tables({"orders": orders}), covariates="channel").evidence[
        "covariates"
    ]
    told = {row["value_en"]: row["customers"] for row in rows.to_pylist()}
    assert sum(told.values()) == 2_400 and len(told) == 2
    assert sum("and rare ones" in name for name in told) == 1


def test_rare_values_are_one_and_unknown_ones_are_named(shop: Shop) -> None:
    orders = shop.orders.to_pyarrow()
    number = [int(name[2:]) for name in orders["customer_id"].to_pylist()]
    channel = pa.array(
        [None if n % 3 == 0 else "web" if n % 3 == 1 else f"rare {n % 300}" for n in number]
    )
    orders = orders.set_column(orders.column_names.index("channel"), "channel", channel)
    other = shop_from_tables({"orders": orders}, settings=Settings(seed=1))
    rows = lifetime_value(other, covariates="channel").evidence["covariates"].to_pylist()
    assert {row["value_en"] for row in rows} == {"web", "not known", "all others"}
    assert {row["value_zh"] for row in rows} == {"web", "未知", "其余"}
    assert sum(row["customers"] for row in rows) == 2_400
