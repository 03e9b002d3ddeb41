"""The answer of `churn`: rhythms, probabilities that hold, and what is refused."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy import integrate
from scipy.stats import gamma

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.segments.ask_ahead import churn
from shopkeeper.operations.segments.methods.logistic import fit_logistic
from shopkeeper.operations.segments.methods.rhythm import Rhythm
from shopkeeper.operations.segments.overdue.finding import _parts, _tenths, auc

FIRST = date(2025, 1, 1)


def shop_of(rows: list[tuple[str, int]], currency: str = "CNY") -> Shop:
    return shop_from_tables({
        "orders": pa.table({
            "order_id": [str(n) for n in range(len(rows))],
            "customer_id": [who for who, _ in rows],
            "ordered_at": [f"{FIRST + timedelta(days=int(day))} 10:00:00" for _, day in rows],
            "total": [20.0] * len(rows), "currency": [currency] * len(rows)})})  # fmt: skip


@pytest.fixture(scope="module")
def answer() -> Answer:
    draw = np.random.default_rng(4)
    rows: list[tuple[str, int]] = []
    for number in range(2_400):
        own, day = float(draw.choice([7, 25, 80])), float(draw.integers(0, 60))
        stays = draw.exponential(400)
        while day < min(400, stays + 30):
            rows.append((f"c{number * 31 % 10_000:04d}", int(day)))
            day += max(1.0, draw.gamma(6, own / 6))
    return churn(shop_of(rows), horizon_days=60)


def test_own_rhythm_tells_more_than_recency_where_customers_have_one(answer: Answer) -> None:
    told = {(row["method"], row["metric"]): row for row in answer.evidence["quality"].to_pylist()}
    assert told["own_minus_recency", "auc"]["low"] > 0
    assert told["own_minus_recency", "log_loss"]["high"] < 0
    assert told["own_rhythm", "auc"]["value"] > 0.8
    for metric in ("auc", "brier", "log_loss"):
        apart = told["own_rhythm", metric]["value"] - told["recency", metric]["value"]
        assert told["own_minus_recency", metric]["value"] == pytest.approx(apart)


def test_the_probability_is_calibrated_on_the_days_kept_aside(answer: Answer) -> None:
    rows = answer.evidence["calibration"].to_pylist()
    assert len(rows) > 3
    whole = sum(row["customers"] for row in rows)
    missed = sum(row["customers"] * abs(row["expected"] - row["happened"]) for row in rows) / whole
    assert missed < 0.1


def test_silence_is_odd_by_the_own_rhythm_alone(answer: Answer) -> None:
    rows = answer.table.to_pylist()
    often = [row for row in rows if row["days_between"] < 10 and 30 < row["days_since"] < 60]
    seldom = [row for row in rows if row["days_between"] > 60 and 30 < row["days_since"] < 60]
    assert often and all(row["overdue"] for row in often)
    assert seldom and not any(row["overdue"] for row in seldom)
    assert not any(row["overdue"] for row in rows if row["purchases"] == 1)
    for row in rows:
        assert row["churn_low"] <= row["churn_probability"] <= row["churn_high"]
        assert row["times_own"] == pytest.approx(row["days_since"] / row["days_between"])
    late = [row["overdue"] for row in rows]
    assert late == sorted(late, reverse=True)


@pytest.mark.parametrize(
    ("gaps", "mean", "silence"), [(0.0, 0.0, 20.0), (3.0, 15.0, 40.0), (9.0, 60.0, 5.0)]
)
def test_a_gap_lasts_as_the_integral_over_rates_says(
    gaps: float, mean: float, silence: float
) -> None:
    p, q, v = 2.5, 3.0, 60.0
    rate = gamma(q + p * gaps, scale=1 / (v + gaps * mean))
    whole, _ = integrate.quad(
        lambda nu: gamma.sf(silence, p, scale=1 / nu) * rate.pdf(nu), 0, 5, limit=200
    )
    one = (np.array([value]) for value in (gaps, mean, silence))
    assert Rhythm(p, q, v).lasts(*one)[0] == pytest.approx(whole, abs=1e-6)


def test_the_logistic_regression_has_no_slope_left_at_its_end() -> None:
    draw = np.random.default_rng(0)
    columns = draw.normal(size=(500, 2))
    happened = (draw.random(500) < 1 / (1 + np.exp(-(0.5 + columns[:, 0])))).astype(float)
    fitted = fit_logistic(columns, happened)
    said, low, high = fitted.predict(columns)
    assert said.mean() == pytest.approx(happened.mean(), abs=1e-6)
    assert ((low < said) & (said < high)).all()


def test_ranking_at_random_is_a_half() -> None:
    assert auc(np.ones(10), np.array([1.0, 0.0] * 5)) == 0.5
    assert np.isnan(auc(np.ones(3), np.ones(3)))


def test_too_little_is_said_with_what_there_is() -> None:
    with pytest.raises(MissingDataError) as caught:
        churn(shop_of([("a", 0)]))
    assert "The data covers 1 day." in caught.value.found.en
    with pytest.raises(MissingDataError, match="50 and 10 are needed"):
        churn(shop_of([("a", day) for day in range(300)]))
    with pytest.raises(MissingDataError, match="No customer has a paid order"):
        churn(shop_from_tables({}))
    with pytest.raises(UsageError, match="horizon_days is 3"):
        churn(shop_of([("a", 0)]), horizon_days=3)


def test_nobody_leaving_is_no_error() -> None:
    rows = [(f"c{n}", day) for n in range(60) for day in range(n % 5, 200, 5)]
    found = churn(shop_of(rows), horizon_days=30)
    assert found.evidence["quality"].num_rows == 0
    assert any("nothing says how right" in one.en for one in found.limits)
    assert not any(row["overdue"] for row in found.table.to_pylist())


@pytest.mark.parametrize("seed", range(4))
def test_no_tenth_tells_of_few_who_left_or_of_few_who_stayed(seed: int) -> None:
    draw = np.random.default_rng(seed)
    said = np.sort(draw.random(400))
    gone = (draw.random(400) < said**2).astype(float)
    rows = _tenths(said, gone, 20)
    assert sum(row["customers"] for row in rows) == 400
    assert len(rows) > 2 and rows[-1]["tenth"] == 10
    for row in rows:
        left = round(row["happened"] * row["customers"])
        for count in (left, row["customers"] - left):
            assert count == 0 or count >= 20
    assert rows[0]["happened"] < rows[-1]["happened"]


def test_where_few_left_at_all_no_tenth_is_told() -> None:
    gone = np.zeros(400)
    gone[-9:] = 1
    assert _tenths(np.linspace(0, 1, 400), gone, 20) == []
    assert [row["tenth"] for row in _tenths(np.linspace(0, 1, 400), np.ones(400), 20)] == [*range(1, 11)]  # fmt: skip


@pytest.mark.parametrize(
    ("once", "in_time", "late", "told"),
    [
        (40, 30, 25, [95, 55, 25]),
        (7, 30, 50, [87, None, 50]),
        (40, 7, 25, [72, 32, None]),
        (40, 30, 7, [77, 37, None]),
        (5, 6, 40, [51, None, None]),
    ],
)
def test_no_part_tells_of_few_by_the_part_around_it(
    once: int, in_time: int, late: int, told: list[int | None]
) -> None:
    table = pa.table({
        "value_so_far": [1.0] * (once + in_time + late),
        "purchases": [1] * once + [3] * (in_time + late),
        "overdue": [False] * (once + in_time) + [True] * late})  # fmt: skip
    rows = _parts(table, 20)
    assert [row["customers"] for row in rows] == told
    assert [row["value_so_far"] is None for row in rows] == [count is None for count in told]
