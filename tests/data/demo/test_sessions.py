"""What visitors do: a bad latest review costs sales as planted, bots and the broken week are there."""

import json

import duckdb
import numpy as np
import pytest

from shopkeeper.data.demo import bots
from shopkeeper.data.demo.events import Exposure
from shopkeeper.data.demo.plan import Plan
from shopkeeper.data.demo.sessions import SLOTS, VIEWS, batches


@pytest.fixture(scope="module")
def seen(demo):
    return list(batches(demo.plan, demo.world, demo.history.orders, demo.history.reviews))


def test_no_session_views_a_product_twice(seen):
    batch = seen[0]
    views = np.isin(batch.slot, VIEWS)
    pairs = batch.session[views] * 1_000 + batch.product[views]
    assert batch.product.max() < 1_000
    assert len(np.unique(pairs)) == len(pairs)


def test_views_are_bought_as_often_as_planted(seen):
    bought = chance = variance = 0.0
    exposed_bought = exposed_chance = 0.0
    for batch in seen:
        done = {
            (session, product)
            for session, product, slot in zip(
                batch.session.tolist(), batch.product.tolist(), batch.slot.tolist(), strict=True
            )
            if SLOTS[slot] == "Order Completed"
        }
        views = np.isin(batch.slot, VIEWS)
        pairs = zip(batch.session[views].tolist(), batch.product[views].tolist(), strict=True)
        happened = np.array([pair in done for pair in pairs])
        planted = np.where(batch.views.negative, batch.views.buy[1], batch.views.buy[0])
        assert (batch.views.product == batch.product[views]).all()
        bought += happened.sum()
        chance += planted.sum()
        variance += (planted * (1 - planted)).sum()
        bad = batch.views.negative == 1
        exposed_bought += happened[bad].sum()
        exposed_chance += planted[bad].sum()
    assert abs(bought - chance) < 4 * np.sqrt(variance)
    assert abs(exposed_bought - exposed_chance) < 4 * np.sqrt(variance)


def test_the_effect_of_a_bad_latest_review_shows_in_the_events(demo):
    truth = json.loads((demo.truth / "truth.json").read_text())["effects"]["visitors"]
    events, reviews = demo.exports / "events.parquet", demo.exports / "reviews.parquet"
    rows = duckdb.sql(f"""
        with reviews as (select product_id, reviewed_at, sentiment from '{reviews}'
                         join '{demo.truth}/review_truth.parquet' using (review_id)),
        views as (from '{events}' where name = 'Product Viewed'),
        latest as (select views.*, sentiment from views asof join reviews
                   on views.product_id = reviews.product_id and happened_at > reviewed_at),
        sales as (select distinct session_id, product_id from '{events}' where name = 'Order Completed')
        select sentiment = 'negative' as bad, avg((s.session_id is not null)::int) as rate
        from latest left join sales s using (session_id, product_id)
        where sentiment <> 'neutral' group by all""").fetchall()
    rate = dict(rows)
    assert rate[True] < rate[False]
    assert rate[True] - rate[False] == pytest.approx(truth["view_to_buy"], abs=0.03)


def test_exposure_sums_views_by_product_and_week(seen, demo):
    shape = (demo.world.products, 53)
    exposure = Exposure(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    for batch in seen:
        exposure.add(batch.views)
    truth = json.loads((demo.truth / "truth.json").read_text())["effects"]["visitors"]
    assert exposure.views.sum() == truth["views"]
    assert exposure.exposed.sum() == truth["exposed_views"]
    assert exposure.change.sum() == pytest.approx(exposure.buy)
    assert exposure.buy / exposure.exposed.sum() == pytest.approx(truth["view_to_buy"])
    assert (exposure.exposed <= exposure.views).all()


def test_the_app_sends_no_sales_in_the_broken_week(demo):
    week = json.loads((demo.truth / "truth.json").read_text())["incidents"]["broken_week"]
    counts = duckdb.sql(f"""
        select device, count(*) filter (name = 'Order Completed') as sold,
               count(*) filter (name = 'Checkout Started') as started
        from '{demo.exports}/events.parquet'
        where happened_on between '{week["from"]}' and '{week["to"]}' group by 1""").fetchall()
    by_device = {device: (sold, started) for device, sold, started in counts}
    assert by_device["app"][0] == 0
    assert by_device["app"][1] > 0
    assert by_device["desktop"][0] > 0


def test_bots_search_evenly_and_view_nothing(demo):
    rows = duckdb.sql(f"""
        select visitor_id, count(*), count(distinct name), max(happened_at) - min(happened_at)
        from '{demo.exports}/events.parquet' where visitor_id like 'B%' group by 1""").fetchall()
    assert len(rows) >= 3
    assert all(count >= 120 and names == 1 for _, count, names, _ in rows)
    truth = json.loads((demo.truth / "truth.json").read_text())
    assert sum(count for _, count, _, _ in rows) == truth["sizes"]["bot_searches"]
    robots = bots.sessions(np.random.default_rng(5), Plan(2_000, 80_000, 5))
    for bot in range(robots.count):
        gaps = np.diff(robots.time[robots.bot == bot])
        assert len(np.unique(gaps)) == 1
