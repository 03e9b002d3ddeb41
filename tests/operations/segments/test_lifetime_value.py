"""The answer of `lifetime_value`, and the models behind it."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from shopkeeper.answer import Answer
from shopkeeper.data.schema import conformed
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.data.tables import BY_NAME as TABLES
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.segments.ask_ahead import lifetime_value
from shopkeeper.operations.segments.cells import Cells
from shopkeeper.operations.segments.methods.purchases import (
    Likelihood,
    Purchases,
    fit_purchases,
)
from shopkeeper.operations.segments.methods.spend import Spend, fit_spend, fit_spend_by_moments
from shopkeeper.settings import Settings

# Fader, Hardie & Lee (2005), table 2: the CDNOW sample, in weeks.
CDNOW = (0.243, 4.414, 0.793, 2.426)
FIRST = date(2024, 1, 1)


def fitted(parameters: tuple[float, ...]) -> Purchases:
    return Purchases(*parameters, 0.0, (0.0, 0.0, 0.0, 0.0))


def cells(*rows: tuple[float, float, float]) -> Cells:
    x, recency, age = np.array(rows, float).T
    return Cells(x, recency, age, np.ones(len(rows)))


def simulated(customers: int, seed: int) -> tuple[list[list[float]], np.ndarray]:
    """Draw customers as the model says: weeks of their purchases after the first, and their ages."""
    draw = np.random.default_rng(seed)
    r, alpha, a, b = CDNOW
    ages = draw.integers(182, 273, customers) / 7
    made = []
    for age, rate, leaves in zip(
        ages, draw.gamma(r, 1 / alpha, customers), draw.beta(a, b, customers), strict=True
    ):
        bought: list[float] = []
        at = draw.exponential(1 / max(rate, 1e-12))
        while at <= age:
            bought.append(float(at))
            at = np.inf if draw.random() < leaves else at + draw.exponential(1 / rate)
        made.append(bought)
    return made, ages


def test_published_parameters_are_recovered_from_customers_drawn_by_them() -> None:
    bought, ages = simulated(8_000, seed=5)
    last = np.array([times[-1] if times else 0.0 for times in bought])
    counts = np.array([len(times) for times in bought], float)
    found = fit_purchases(Cells(counts, last, ages, np.ones(len(ages))))
    for value, error, true in zip(
        (found.r, found.alpha, found.a, found.b), found.errors, CDNOW, strict=True
    ):
        assert abs(value - true) < 3 * error
        assert error < 0.25 * true
    at_truth, _ = Likelihood(Cells(counts, last, ages, np.ones(len(ages))))(np.array(CDNOW))
    assert at_truth < found.log_likelihood < at_truth + 10


def test_counts_of_equal_cells_fit_as_their_customers_do() -> None:
    alone = cells(*[(0, 0, 30)] * 30, *[(2, 11, 25)] * 9, *[(5, 20, 38)] * 4)
    together = Cells(
        *(np.array(part, float) for part in ([0, 2, 5], [0, 11, 20], [30, 25, 38], [30, 9, 4]))
    )
    for point in (CDNOW, (0.6, 9.0, 0.3, 1.5)):
        one, other = (Likelihood(given)(np.array(point)) for given in (alone, together))
        assert one[0] == pytest.approx(other[0])
        assert one[1] == pytest.approx(other[1])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.1, 6), min_size=4, max_size=4),
    st.integers(0, 20),
    st.floats(0.01, 1),
    st.floats(1, 90),
)
def test_the_gradient_is_the_slope_of_the_likelihood(
    point: list[float], repeats: int, part: float, age: float
) -> None:
    given_cells = cells((repeats, part * age if repeats else 0.0, age))
    _, gradient = Likelihood(given_cells)(np.array(point))
    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-5
        above, below = (
            Likelihood(given_cells)(np.array(point) + sign * step)[0] for sign in (1, -1)
        )
        assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    ("x", "recency", "age"), [(0, 0.0, 30.0), (1, 4.0, 12.0), (3, 20.0, 38.86)]
)
def test_the_likelihood_is_the_integral_over_rates_and_leaving(
    x: int, recency: float, age: float
) -> None:
    r, alpha, a, b = CDNOW

    def one(leaves: float, rate: float) -> float:
        stayed = (1 - leaves) ** x * rate**x * np.exp(-rate * age)
        left = leaves * (1 - leaves) ** (x - 1) * rate**x * np.exp(-rate * recency) if x else 0.0
        return (stayed + left) * gamma.pdf(rate, r, scale=1 / alpha) * beta.pdf(leaves, a, b)

    whole, _ = integrate.dblquad(one, 0, 3, 0, 1, epsabs=1e-12, epsrel=1e-6)
    assert Likelihood(cells((x, recency, age)))(np.array(CDNOW))[0] == pytest.approx(
        np.log(whole), abs=2e-3
    )


def test_the_example_that_its_authors_publish_is_reproduced() -> None:
    # Fader & Hardie's worksheet: two repeats, the last in week 30.43 of 38.86; the next 39 weeks.
    one = cells((2, 30.43, 38.86))
    assert fitted(CDNOW).expected(one, 39.0)[0] == pytest.approx(1.226, abs=5e-4)
    assert fitted(CDNOW).alive(one)[0] == pytest.approx(0.7266, abs=5e-4)
    assert fitted(CDNOW).alive(cells((0, 0, 38.86)))[0] == 1.0


def test_what_is_expected_of_very_many_purchases_is_a_number() -> None:
    model, often = fitted(CDNOW), cells((1_800, 260.0, 260.0), (40, 30.0, 38.0))
    expected = model.expected(often, 260.0)
    assert np.isfinite(expected).all()
    # As many as their own rate has it, less what leaving takes.
    assert 0 < expected[0] < 260 * (CDNOW[0] + 1_800) / (CDNOW[1] + 260)
    r, alpha, a, b = CDNOW
    end = alpha + 38
    beyond = hyp2f1(r + 40, b + 40, a + b + 39, 260 / (end + 260))
    published = (a + b + 39) / (a - 1) * (1 - (end / (end + 260)) ** (r + 40) * beyond)
    assert expected[1] == pytest.approx(published * model.alive(often)[1], rel=1e-9)


def test_expectations_grow_with_time_and_shrink_with_silence() -> None:
    model = fitted(CDNOW)
    ahead = [float(model.expected(cells((4, 20, 30)), weeks)[0]) for weeks in (1, 10, 100)]
    assert 0 < ahead[0] < ahead[1] < ahead[2]
    silent = model.alive(cells((4, 30, 30), (4, 20, 30), (4, 5, 30)))
    assert 1 > silent[0] > silent[1] > silent[2] > 0
    near = fitted((0.243, 4.414, 1.0, 2.426)).expected(cells((4, 20, 30)), 10.0)
    beside = fitted((0.243, 4.414, 1.001, 2.426)).expected(cells((4, 20, 30)), 10.0)
    assert near == pytest.approx(beside, rel=1e-2)


def test_what_is_spent_at_a_time_lies_between_the_own_mean_and_that_of_all() -> None:
    draw = np.random.default_rng(2)
    own = 15.0 / draw.gamma(4.0, 1 / 6.0, 20_000)
    counts = draw.integers(1, 9, len(own)).astype(float)
    found = fit_spend(counts, draw.gamma(6 * counts, own / (6 * counts)))
    assert (found.p, found.q) == (pytest.approx(6, rel=0.15), pytest.approx(4, rel=0.15))
    model = Spend(6.0, 4.0, 15.0)
    everybody = 6.0 * 15.0 / 3.0
    assert model.expected(np.array([0.0]), np.array([0.0]))[0] == pytest.approx(everybody)
    said = model.expected(np.array([1.0, 50.0]), np.array([100.0, 100.0]))
    assert everybody < said[0] < said[1] < 100


def test_weight_of_own_payments_is_right_where_prices_come_in_bands() -> None:
    draw = np.random.default_rng(3)
    own = draw.choice([0.5, 1.0, 2.0], 30_000)
    counts = draw.integers(1, 5, len(own)).astype(float)

    def paid(times: int) -> np.ndarray:
        # Cheap or dear by chance: nothing of it is the customer's.
        return own * draw.choice([20.0, 80.0, 400.0], len(own), p=[0.5, 0.3, 0.2]) * (times > 0)

    first, ahead = paid(1), paid(1)
    later = np.stack([paid(1) for _ in range(4)])
    mean = np.where(np.arange(4)[:, None] < counts, later, 0).sum(axis=0) / counts
    known = (first + counts * mean) / (counts + 1)
    found = fit_spend_by_moments(first, counts, mean).expected(counts + 1, known)
    usual = fit_spend(counts, mean).expected(counts, mean)
    top = found >= np.quantile(found, 0.9)
    assert found[top].mean() == pytest.approx(ahead[top].mean(), rel=0.1)
    assert found.mean() == pytest.approx(ahead.mean(), rel=0.03)
    assert ((found - ahead) ** 2).mean() < ((usual - ahead) ** 2).mean()


def test_nobody_differs_where_two_payments_share_nothing() -> None:
    draw = np.random.default_rng(4)
    first, mean = draw.gamma(2, 10, 5_000), draw.gamma(2, 10, 5_000)
    found = fit_spend_by_moments(first, np.ones(5_000), mean)
    assert found.expected(np.full(5_000, 2.0), (first + mean) / 2).std() < 1


def shop_of(rows: list[tuple[str, int, float, str]], least: int = 10) -> Shop:
    """Make a shop of orders: customer, day, money, currency."""
    at = [FIRST + timedelta(days=row[1]) for row in rows]
    orders = pa.table({
        "order_id": [f"o{n:05d}" for n in range(len(rows))], "customer_id": [row[0] for row in rows],
        "ordered_at": [datetime(day.year, day.month, day.day, 12) for day in at],
        "total": [row[2] for row in rows], "currency": [row[3] for row in rows],
        "status": ["paid"] * len(rows),
    })  # fmt: skip
    return shop_from_tables({"orders": orders}, settings=Settings(minimum_count=least))


@pytest.fixture(scope="module")
def shop() -> Shop:
    bought, ages = simulated(1_500, seed=11)
    draw = np.random.default_rng(4)
    rows = []
    for number, (times, age) in enumerate(zip(bought, ages, strict=True)):
        begun = round(7 * (39 - age))
        price = float(draw.gamma(6, 10))
        rows += [
            (f"顾客{number}", begun + round(7 * at), round(price, 2), "CNY") for at in (0.0, *times)
        ]
    return shop_of([*rows, ("x", 100, 5.0, "USD")])


@pytest.fixture(scope="module")
def answer(shop: Shop) -> Answer:
    return lifetime_value(shop)


def test_every_customer_has_a_row_and_the_most_valuable_stands_first(answer: Answer) -> None:
    rows = answer.table.to_pylist()
    assert len(rows) == 1_500
    values = [row["predicted_clv"] for row in rows]
    assert values == sorted(values, reverse=True) and min(values) >= 0
    for row in rows[:50]:
        assert row["predicted_clv"] == row["predicted_number_of_orders"] * row["value_of_one"]
        assert (
            0 <= row["p_active"] <= 1
            and row["historic_number_of_orders"] >= 1
            and row["days_since"] >= 0
        )
    assert {row["currency"] for row in rows} == {"CNY"}


def test_the_days_kept_aside_are_foretold_better_than_by_the_same_again(answer: Answer) -> None:
    told = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    assert told["bg_nbd", "purchases_rmse"]["value"] < told["same_again", "purchases_rmse"]["value"]
    assert told["bg_nbd", "value_rmse"]["value"] < told["same_again", "value_rmse"]["value"]
    ratio = told["bg_nbd", "purchases_ratio"]
    assert ratio["low"] < 1 < ratio["high"]
    tenths = answer.evidence["calibration"].to_pylist()
    assert [row["expected"] for row in tenths] == sorted(row["expected"] for row in tenths)
    assert tenths[-1]["happened"] > 3 * tenths[0]["happened"]
    assert sum(row["customers"] for row in tenths) == ratio["n"]
    within = [row["low"] - 0.1 <= row["expected"] <= row["high"] + 0.1 for row in tenths]
    assert sum(within) >= 0.8 * len(within)


def test_days_kept_aside_teach_nothing(shop: Shop, answer: Answer) -> None:
    orders = shop.orders.to_pyarrow().sort_by("order_id")
    at = orders["ordered_at"].to_pylist()
    cut = max(at).date() - timedelta(days=90)
    kept = pa.array([moment.date() <= cut or moment == max(at) for moment in at])
    other = lifetime_value(
        shop_from_tables({"orders": orders.filter(kept)}, settings=shop.settings)
    )
    told, again = answer.evidence["calibration"], other.evidence["calibration"]
    for name in ("tenth", "customers", "expected"):
        assert again[name] == told[name]
    assert sum(again["happened"].to_pylist()) < sum(told["happened"].to_pylist())


def test_orders_of_one_day_are_one_purchase_and_refunds_lessen_the_value() -> None:
    rows = [(f"c{n}", day, 10.0, "CNY") for n in range(60) for day in (0, 0, 40 + n % 30)]
    found = lifetime_value(shop_of(rows), horizon_days=7)
    assert set(found.table["historic_number_of_orders"].to_pylist()) == {2}
    assert set(found.table["historic_clv"].to_pylist()) == {30.0}


def test_refunds_that_are_documents_lessen_the_purchase_before_them() -> None:
    rows = [(f"c{n}", day, 10.0, "CNY") for n in range(60) for day in (0, 40 + n % 30)]
    plain = shop_of(rows)
    orders = plain.orders.to_pyarrow()
    back = pa.table({
        "order_id": ["r0", "r1", "r2", "r3"], "customer_id": ["c0", "c1", "c2", "stranger"],
        "ordered_at": [datetime(2024, 1, 5), datetime(2024, 3, 31), datetime(2023, 12, 1), datetime(2024, 1, 5)],
        "total": [-4.0] * 4, "currency": ["CNY"] * 4, "kind": ["refund"] * 4, "status": ["refunded"] * 4,
    })  # fmt: skip
    whole = pa.concat_tables([orders, conformed(back, TABLES["orders"])])
    found = lifetime_value(
        shop_from_tables({"orders": whole}, settings=plain.settings), horizon_days=7
    )
    told = {row["customer_id"]: row for row in found.table.to_pylist()}
    assert "stranger" not in told and {
        row["historic_number_of_orders"] for row in told.values()
    } == {2}
    assert [told[f"c{n}"]["historic_clv"] for n in range(4)] == [16.0, 16.0, 20.0, 20.0]
    # A refund of the first purchase lessens what is spent at a time as one of the second does.
    assert told["c0"]["value_of_one"] == told["c1"]["value_of_one"] < told["c3"]["value_of_one"]


def test_a_currency_that_went_out_of_use_is_silent_until_the_data_ends() -> None:
    rows = [(f"c{n}", day, 10.0, "USD") for n in range(60) for day in (0, 40 + n % 20)]
    alone = lifetime_value(shop_of(rows), horizon_days=7)
    later = lifetime_value(
        shop_of([*rows, *(("new", day, 10.0, "CNY") for day in range(396, 401))]), horizon_days=7)  # fmt: skip
    assert min(alone.table["days_since"].to_pylist()) == 0
    assert min(later.table["days_since"].to_pylist()) == 400 - 59


def test_whoever_bought_once_is_said_to_count_as_active(answer: Answer) -> None:
    once = [row for row in answer.table.to_pylist() if row["historic_number_of_orders"] == 1]
    assert once and all(row["p_active"] == 1.0 for row in once)
    assert any("bought once counts as surely active" in words.en for words in answer.limits)
    twice = [(f"c{n}", day, 10.0, "CNY") for n in range(60) for day in (0, 40 + n % 30)]
    limits = lifetime_value(shop_of(twice), horizon_days=7).limits
    assert not any("bought once" in words.en for words in limits)


def test_currencies_are_never_added(shop: Shop, answer: Answer) -> None:
    assert any("1 order in other currencies (USD)" in words.en for words in answer.limits)
    with pytest.raises(MissingDataError, match="in USD: fewer than 20, of whom 0") as held:
        lifetime_value(shop, currency="USD")
    assert "CNY, USD" in held.value.do.en
    with pytest.raises(MissingDataError, match="paid orders in EUR: 0"):
        lifetime_value(shop, currency="EUR")


def test_every_number_in_a_sentence_stands_in_a_table(answer: Answer) -> None:
    cells_there = {"90", f"{answer.table.num_rows:,}"}
    most = max(20, answer.table.num_rows // 10)
    highest = answer.table["predicted_clv"].to_pylist()[:most]
    again = answer.table.filter(pc.field("historic_number_of_orders") > 1)["p_active"].to_pylist()
    cells_there |= {f"{most:,}", f"{np.mean(highest):,.2f}"}
    cells_there |= {f"{len(again):,}", f"{np.mean(again):.1%}"}
    for row in answer.evidence["quality"].to_pylist():
        cells_there |= {f"{row[name]:.{at}f}" for name in ("value", "low", "high") for at in (2, 3)}
    assert len(answer.summary) == 4
    for words in answer.summary:
        for text in (words.en, words.zh):
            said = re.findall(r"\d[\d,]*(?:\.\d+)?%?", re.sub("95 ?%", "", text))
            assert set(said) <= cells_there, text


def test_a_short_history_is_answered_without_a_calibration_and_says_so() -> None:
    rows = [(f"c{n}", day, 10.0 + n, "CNY") for n in range(60) for day in (n % 20, 30 + n % 9)]
    found = lifetime_value(shop_of(rows))
    assert found.evidence["quality"].num_rows == 0 and found.chart is None
    assert any("too short" in words.en for words in found.limits)
    assert [one.en.split()[0] for one in found.summary] == ["Of", "On"]


def test_the_chart_holds_both_what_was_expected_and_what_happened(answer: Answer) -> None:
    assert answer.chart is not None
    values = answer.chart["vconcat"][0]["data"]["values"]
    assert len(values) == answer.evidence["calibration"].num_rows > 1
    assert set(values[0]) == {"tenth", "expected", "happened", "low", "high"}


@pytest.mark.parametrize(
    ("given", "said"),
    [({"horizon_days": 6}, "from 7 to 1,825"), ({"horizon_days": 9999}, "from 7"), ({"minimum_count": 0}, "1 or more")],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(shop: Shop, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        lifetime_value(shop, **given)


def test_too_few_customers_or_returns_are_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="paid orders: 0"):
        lifetime_value(shop_from_tables({}))
    once = [(f"c{n}", n, 5.0, "CNY") for n in range(80)]
    with pytest.raises(MissingDataError, match="paid orders: 80, of whom 0") as held:
        lifetime_value(shop_of(once))
    assert "80 位顾客有支付订单" in held.value.text("zh")
    everything = [("one", n, 5.0, "CNY") for n in range(200)]
    with pytest.raises(MissingDataError, match="of whom fewer than 20"):
        lifetime_value(shop_of(everything))


def test_purchases_that_never_end_are_said_to_tell_nothing_of_leaving() -> None:
    rows = [
        (f"c{n}", 9 * step + n % 5, 10.0, "CNY") for n in range(60) for step in range(4 + n % 3)
    ]
    steady = [
        (who, day + (60 - day if day > 40 else 0), money, mark) for who, day, money, mark in rows
    ]
    limits = lifetime_value(shop_of(steady), horizon_days=7).limits
    assert any("ran to the end" in words.en for words in limits)


def test_free_orders_and_negative_totals_have_no_value_and_do_no_harm() -> None:
    rows = [(f"c{n}", day, -5.0 * (n % 2), "CNY") for n in range(60) for day in (0, 20 + n % 30)]
    found = lifetime_value(shop_of(rows), horizon_days=7)
    assert set(found.table["value_of_one"].to_pylist()) == {0.0}
    assert all(np.isfinite(found.table["predicted_number_of_orders"].to_numpy()))
