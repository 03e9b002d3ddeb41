"""How wide expectations are: chances of purchases, waits, value, and the published CDNOW sample."""

import csv
import importlib.util
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.segments.ask_ahead import lifetime_value
from shopkeeper.operations.segments.cells import Cells
from shopkeeper.operations.segments.lifetime.ahead import (
    counts_ahead,
    days_between,
    order_value,
    value_ahead,
    value_of_one,
)
from shopkeeper.operations.segments.methods.purchases import Purchases, fit_purchases
from shopkeeper.operations.segments.methods.spend import Spend

# Fader, Hardie & Lee (2005), table 2: the CDNOW sample, in weeks.
CDNOW = (0.243, 4.414, 0.793, 2.426)


def fitted(parameters: tuple[float, ...]) -> Purchases:
    return Purchases(*parameters, 0.0, (0.0, 0.0, 0.0, 0.0))


def cells(*rows: tuple[float, float, float]) -> Cells:
    x, recency, age = np.array(rows, float).T
    return Cells(x, recency, age, np.ones(len(rows)))


@pytest.fixture(scope="module")
def answer() -> Answer:
    """Customers drawn as the model says, who pay around a mean of their own."""
    draw = np.random.default_rng(11)
    r, alpha, a, b = CDNOW
    rows = []
    for number in range(1_500):
        begun, rate = int(draw.integers(0, 92)), draw.gamma(r, 1 / alpha) / 7
        leaves, price, at = draw.beta(a, b), draw.gamma(6, 10), 0.0
        while begun + at <= 273:
            rows.append(
                (f"c{number}", begun + int(at), round(float(price * draw.gamma(9, 1 / 9)), 2))
            )
            if at and draw.random() < leaves:
                break
            at += float(draw.exponential(1 / max(rate, 1e-9)))
    orders = pa.table({
        "order_id": [str(n) for n in range(len(rows))], "customer_id": [who for who, *_ in rows],
        "ordered_at": [f"{date(2024, 1, 1) + timedelta(days=day)} 12:00:00" for _, day, _ in rows],
        "total": [money for *_, money in rows], "status": ["paid"] * len(rows)})  # fmt: skip
    return lifetime_value(shop_from_tables({"orders": orders}))


def cdnow() -> Cells:
    """Return the CDNOW sample as the package `lifetimes` (MIT) brings it, where that is installed."""
    spec = importlib.util.find_spec("lifetimes")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("lifetimes, which brings the CDNOW sample, is not installed")
    file = Path(spec.submodule_search_locations[0]) / "datasets" / "cdnow_customers_summary.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    x, recency, age = (
        np.array([float(row[name]) for row in rows]) for name in ("frequency", "recency", "T")
    )
    assert len(rows) == 2_357
    return Cells(x, recency, age, np.ones(len(rows)))


def test_the_published_parameters_of_the_cdnow_sample_are_found() -> None:
    found = fit_purchases(cdnow())
    rounded = tuple(round(one, 3) for one in (found.r, found.alpha, found.a, found.b))
    assert rounded == pytest.approx(CDNOW, abs=0.0011)
    assert round(found.log_likelihood, 1) == -9582.4


def test_the_formulas_say_what_those_of_lifetimes_say() -> None:
    sample = cdnow()
    lifetimes = pytest.importorskip("lifetimes", exc_type=ImportError)
    theirs = lifetimes.BetaGeoFitter()
    theirs.params_ = dict(zip(("r", "alpha", "a", "b"), CDNOW, strict=True))
    given = (sample.repeats, sample.recency, sample.age)
    ours = fitted(CDNOW)
    alive = theirs.conditional_probability_alive(*given)
    assert ours.alive(sample) == pytest.approx(np.asarray(alive), abs=1e-9)
    ahead = theirs.conditional_expected_number_of_purchases_up_to_time(39.0, *given)
    assert ours.expected(sample, 39.0) == pytest.approx(np.asarray(ahead), rel=1e-6)
    money = lifetimes.GammaGammaFitter()
    money.params_ = {"p": 6.0, "q": 4.0, "v": 15.0}
    counts, means = np.array([0.0, 1.0, 7.0]), np.array([0.0, 100.0, 35.0])
    assert Spend(6.0, 4.0, 15.0).expected(counts, means) == pytest.approx(
        np.asarray(money.conditional_expected_average_profit(counts, means))
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.2, 5), min_size=4, max_size=4), st.integers(0, 15), st.floats(0.01, 1),
    st.floats(2, 80), st.floats(1, 52),
)  # fmt: skip
def test_chances_of_so_many_purchases_add_up_to_the_expectation(
    point: list[float], repeats: int, part: float, age: float, horizon: float
) -> None:
    model, given_cells = fitted(tuple(point)), cells((repeats, part * age if repeats else 0.0, age))
    tails = np.array([float(one[0]) for one in model.at_least(given_cells, horizon)])
    assert (np.diff(tails) <= 1e-12).all() and 0 <= tails[-1] <= tails[0] <= 1
    # What lies beyond the last of them is not counted where purchases hardly ever end.
    if tails[-1] < 1e-9:
        expected = float(model.expected(given_cells, horizon)[0])
        assert tails.sum() == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_who_is_new_has_an_expectation_though_a_parameter_ran_to_its_bound() -> None:
    model, given_cells = fitted((0.0019, 3.2656, 1096.63, 61.75)), cells((0, 0, 0), (0, 0, 40))
    found = model.expected(given_cells, 30 / 7)
    assert np.isfinite(found).all()
    assert found[0] > found[1] > 0
    assert found == pytest.approx(sum(model.at_least(given_cells, 30 / 7)), rel=1e-6)


def test_half_of_who_is_active_has_bought_by_the_median_wait() -> None:
    model, given_cells = fitted(CDNOW), cells((3, 20, 30))
    draw = np.random.default_rng(0)
    rate = draw.gamma(model.r + 3, 1 / (model.alpha + 30), 200_000)
    waits = draw.exponential(1 / rate)
    for share in (0.025, 0.5, 0.975):
        assert model.wait(given_cells, share)[0] == pytest.approx(
            np.quantile(waits, share), rel=0.03
        )


def test_the_interval_of_value_holds_what_is_drawn() -> None:
    model, spend, given_cells = (
        fitted((0.8, 6.0, 0.5, 3.0)),
        Spend(4.0, 5.0, 60.0),
        cells((5, 28, 30)),
    )
    draw = np.random.default_rng(1)
    size, horizon = 100_000, 26.0
    mean = np.array([50.0])
    rate = draw.gamma(model.r + 5, 1 / (model.alpha + 30), size)
    leaves = draw.beta(model.a, model.b + 5, size)
    active = draw.random(size) < model.alive(given_cells)[0]
    counts, at = np.zeros(size), np.where(active, draw.exponential(1 / rate), np.inf)
    while (at <= horizon).any():
        counts += at <= horizon
        stays = (at <= horizon) & (draw.random(size) > leaves)
        at = np.where(stays, at + draw.exponential(1 / rate), np.inf)
    nu = draw.gamma(spend.q + spend.p * 5, 1 / (spend.v + 5 * mean[0]), size)
    paid = np.where(counts > 0, draw.gamma(np.maximum(spend.p * counts, 1e-9), 1 / nu), 0.0)
    found = counts_ahead(model, given_cells, horizon)
    assert found.mean[0] == pytest.approx(counts.mean(), rel=0.02)
    assert found.square[0] == pytest.approx((counts**2).mean(), rel=0.03)
    assert found.high[0] == np.quantile(counts, 0.975, method="inverted_cdf")
    low, high = value_ahead(found, spend, np.array([5.0]), mean)
    inside = ((paid >= low[0]) & (paid <= high[0])).mean()
    assert 0.93 < inside < 0.985


FIELDS = ("historic_clv", "predicted_clv", "total_clv", "historic_number_of_orders", "predicted_number_of_orders",
          "average_days_between_orders", "average_order_value", "churn_probability", "expected_date_of_next_order")  # fmt: skip


def test_each_customer_has_the_usual_fields_and_what_is_foretold_its_interval(
    answer: Answer,
) -> None:
    assert set(FIELDS) <= set(answer.table.column_names)
    for row in answer.table.slice(0, 200).to_pylist():
        for name, ends in (("predicted_clv", "clv"), ("total_clv", "total"), ("churn_probability", "churn"),
                           ("p_active", "p_active"), ("expected_date_of_next_order", "next_order")):  # fmt: skip
            low, high = row[f"{ends}_low"], row[f"{ends}_high"]
            assert low <= row[name]
            assert high is None or row[name] <= high
        assert row["total_clv"] == pytest.approx(row["historic_clv"] + row["predicted_clv"])
        assert row["orders_low"] <= row["orders_high"]
        once = row["historic_number_of_orders"] == 1
        assert (row["average_days_between_orders"] is None) == once
        assert row["one_low"] < row["value_of_one"] < row["one_high"]
        assert row["order_value_low"] < row["average_order_value"] < row["order_value_high"]
        # What is known of all draws the ends of a customer with few orders together.
        assert row["one_high"] / row["one_low"] < row["order_value_high"] / row["order_value_low"]
        if not once:
            low, high = row["days_between_low"], row["days_between_high"]
            assert low < row["average_days_between_orders"] < high


def test_intervals_of_a_mean_hold_the_truth_as_often_as_they_say() -> None:
    draw, size, times = np.random.default_rng(7), 20_000, 4.0
    gaps = draw.exponential(30.0, (size, 4)).sum(axis=1)
    low, high = days_between(np.full(size, times), gaps)
    assert 0.94 < ((low <= 30) & (high >= 30)).mean() < 0.96
    spend = Spend(3.0, 4.0, 60.0)
    nu = draw.gamma(spend.q, 1 / spend.v, size)
    paid = draw.gamma(spend.p, 1 / nu[:, None], (size, 4)).mean(axis=1)
    for ends in (order_value, value_of_one):
        low, high = ends(spend, np.full(size, times), paid)
        assert 0.94 < ((low <= spend.p / nu) & (high >= spend.p / nu)).mean() < 0.96
    nobody = value_of_one(spend, np.zeros(1), np.zeros(1))
    everybody = np.quantile(spend.p / nu, [0.025, 0.975])
    assert [float(end[0]) for end in nobody] == pytest.approx(everybody.tolist(), rel=0.05)
    assert np.isnan(order_value(spend, np.zeros(1), np.zeros(1))).all()


def test_intervals_hold_as_many_as_they_say_and_trees_stand_beside(answer: Answer) -> None:
    told = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    assert told["bg_nbd", "purchases_coverage"]["value"] > 0.94
    assert 0.9 < told["bg_nbd", "value_coverage"]["value"] <= 1
    assert {method for method, _ in told} >= {"bg_nbd", "same_again", "boosted"}
    assert (
        told["bg_nbd", "purchases_rmse"]["value"]
        < told["boosted", "purchases_rmse"]["value"] * 1.05
    )
    tenths = answer.evidence["value_calibration"].to_pylist()
    assert tenths[-1]["happened"] > tenths[0]["happened"]
