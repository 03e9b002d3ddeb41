"""The simulated year: outcomes happen as often as planted, and windows do not disturb each other."""

import numpy as np
import pytest

from shopkeeper.data.demo import effects
from shopkeeper.data.demo.campaign import QUIET_DAYS, START_DAY, WINDOW_DAYS
from shopkeeper.data.demo.history import simulate
from shopkeeper.data.demo.plan import (
    BANDS,
    CATEGORIES,
    DAY,
    END,
    FOLLOW_UP_DAYS,
    NEGATIVE,
    NEVER,
    POSITIVE,
    SEGMENTS,
    Plan,
)
from shopkeeper.data.demo.rows import FAKE, REVIEW, TIED, WAVE, Latest
from shopkeeper.data.demo.truth import spend_after, treated_weeks
from shopkeeper.data.demo.world import make_world


@pytest.fixture(scope="module")
def year():
    plan = Plan(12_000, 480_000, 11)
    world = make_world(plan)
    return world, simulate(plan, world)


def followed(history):
    reviews = history.reviews
    return reviews[(reviews["kind"] == TIED) & (reviews["time"] + FOLLOW_UP_DAYS * DAY <= END)]


def test_every_planted_probability_is_a_probability():
    grid = np.stack(
        np.meshgrid(
            np.arange(len(CATEGORIES)),
            np.arange(len(BANDS)),
            np.arange(12),
            np.arange(5),
            np.arange(2),
            np.arange(len(SEGMENTS)),
        ),
        -1,
    ).reshape(-1, 6)
    reasons = effects.Reasons(*grid.T)
    for sentiment in (NEGATIVE, 1, POSITIVE):
        for chance in (reasons.repeat(sentiment), reasons.returned(sentiment)):
            assert chance.min() > 0.01
            assert chance.max() < 0.95
    assert 0 < reasons.negative().min() < reasons.negative().max() < 0.85


@pytest.mark.parametrize("sentiment", [NEGATIVE, POSITIVE])
def test_repeat_orders_and_returns_happen_as_often_as_planted(year, sentiment):
    world, history = year
    reviews = followed(history)
    reviews = reviews[reviews["sentiment"] == sentiment]
    name = "negative" if sentiment == NEGATIVE else "positive"
    number, _ = spend_after(world, history, reviews)
    returned = history.orders["returned"][reviews["order"]]
    assert ((returned == NEVER) | (returned > reviews["time"])).all()
    for happened, chance in (
        (number > 0, reviews[f"p_repeat_{name}"].astype(float)),
        (returned < END, reviews[f"p_return_{name}"].astype(float)),
    ):
        error = np.sqrt((chance * (1 - chance)).sum())
        assert abs(happened.sum() - chance.sum()) < 4 * error


def test_sentiment_is_drawn_as_planted(year):
    _, history = year
    tied = history.reviews[history.reviews["kind"] == TIED]
    chance = tied["p_negative"].astype(float)
    error = np.sqrt((chance * (1 - chance)).sum())
    assert abs((tied["sentiment"] == NEGATIVE).sum() - chance.sum()) < 4 * error


def test_the_plain_comparison_is_confounded(demo):
    import json

    truth = json.loads((demo.truth / "truth.json").read_text())
    # The bad reviews come from orders that would have been repeated less anyway.
    assert truth["confounded"]["repeat_90d"] < truth["effects"]["writers"]["repeat_90d"]


def test_no_order_falls_between_an_order_and_its_review(year):
    _, history = year
    tied = history.reviews[history.reviews["kind"] == TIED]
    key = np.sort((history.orders["customer"].astype(np.int64) << 26) + history.orders["time"])
    base = tied["customer"].astype(np.int64) << 26
    ordered = history.orders["time"][tied["order"]]
    first = np.searchsorted(key, base + ordered, side="right")
    last = np.searchsorted(key, base + tied["time"], side="right")
    assert (first == last).all()
    assert (history.orders["delivered"][tied["order"]] < tied["time"]).all()


def test_the_campaign_meets_nobody_whose_review_is_still_followed(year):
    _, history = year
    start = START_DAY * DAY
    tied = history.reviews[history.reviews["kind"] == TIED]
    open_windows = tied[(tied["time"] > start - FOLLOW_UP_DAYS * DAY) & (tied["time"] < start)]
    waiting = tied[(tied["time"] >= start) & (history.orders["time"][tied["order"]] < start)]
    assert not np.isin(history.campaign.customer, open_windows["customer"]).any()
    assert not np.isin(history.campaign.customer, waiting["customer"]).any()
    recent = history.orders[(history.orders["time"] < start)
                            & (history.orders["time"] >= start - QUIET_DAYS * DAY)]  # fmt: skip
    assert not np.isin(history.campaign.customer, recent["customer"]).any()


def test_the_campaign_wins_back_as_many_as_planted(year):
    _, history = year
    campaign, orders = history.campaign, history.orders
    start = START_DAY * DAY
    within = (orders["time"] >= start) & (orders["time"] < start + WINDOW_DAYS * DAY)
    bought = np.isin(campaign.customer, orders["customer"][within])
    assert (bought[~campaign.treated] == campaign.would_buy[~campaign.treated]).all()
    chance = np.where(campaign.would_buy, 1, campaign.uplift)[campaign.treated]
    error = np.sqrt((chance * (1 - chance)).sum())
    assert abs(bought[campaign.treated].sum() - chance.sum()) < 4 * error


def test_late_parcels_are_those_after_the_promise(year):
    _, history = year
    orders = history.orders
    assert ((orders["delivered"] > orders["promised"]) == (orders["late"] == 1)).all()
    assert 0.05 < (orders["late"] == 1).mean() < 0.12


def test_waves_are_found_by_the_rule_of_the_panel(year):
    world, history = year
    treated = treated_weeks(world, history.reviews)
    waves = np.flatnonzero(world.burst_week >= 0)
    usual = [w for w in waves if treated[w, world.burst_week[w]]]
    assert len(usual) > 0.8 * len(waves)
    assert set(np.unique(treated.sum(axis=1))) <= set(range(7))


def test_ring_members_only_order_together_and_write_the_fakes(year):
    world, history = year
    ring = world.ring[history.orders["customer"]] > 0
    assert (ring == (history.orders["ring"] > 0)).all()
    fakes = history.reviews[history.reviews["kind"] == FAKE]
    assert (world.ring[fakes["customer"]] == world.boosted[fakes["product"]]).all()
    others = history.reviews[history.reviews["kind"] != FAKE]
    known = others["customer"][others["customer"] >= 0]
    assert (world.ring[known] == 0).all()


def test_only_reviews_by_customers_who_ordered_count_as_tied(year):
    _, history = year
    reviews = history.reviews
    assert ((reviews["order"] >= 0) == (reviews["kind"] == TIED)).all()
    tied = reviews[reviews["kind"] == TIED]
    assert (history.orders["customer"][tied["order"]] == tied["customer"]).all()
    assert (history.orders["bought"][tied["order"]] == tied["product"]).all()
    assert (reviews["customer"][reviews["kind"] == WAVE] == -1).all()


def test_the_latest_review_is_the_last_one_written_before():
    reviews = np.zeros(4, REVIEW)
    reviews["product"] = [2, 0, 2, 2]
    reviews["time"] = [50, 10, 10, 30]
    reviews["sentiment"] = [POSITIVE, NEGATIVE, NEGATIVE, POSITIVE]
    latest = Latest(reviews, np.array([0, 1, 1]))
    product = np.array([0, 0, 1, 2, 2, 2, 2, 2])
    time = np.array([10, 11, 99, 5, 10, 11, 31, 99])
    assert latest.negative(product, time).tolist() == [0, 1, 1, 1, 1, 1, 0, 0]
    state = np.array([0, 1, 1])
    latest.settle(state)
    assert state.tolist() == [1, 1, 0]
