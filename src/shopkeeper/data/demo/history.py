"""The year of the demo shop: who orders what when, what arrives late, who writes what about it.

The year is simulated in steps of a few days, all customers of a step at once. A customer's next
order comes after the review of the last one, so that at most one review waits for its 90 days, and
whether there is a repeat order is one draw with a known probability. Which of two viewed products
an order takes depends on their latest reviews at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopkeeper.data.demo import effects
from shopkeeper.data.demo.baskets import COMPANION_CATEGORIES, Baskets, plant_baskets
from shopkeeper.data.demo.campaign import START_DAY, Campaign, start_campaign
from shopkeeper.data.demo.habits import HOUR
from shopkeeper.data.demo.incidents import fake_reviews, ring_orders, wave_reviews
from shopkeeper.data.demo.plan import (
    BANDS,
    CELLS,
    DAY,
    DAYS,
    END,
    FOLLOW_UP_DAYS,
    MONTH,
    NEGATIVE,
    NEVER,
    POSITIVE,
    STEP_DAYS,
    Flags,
    Ints,
    Plan,
    Rows,
    choose,
    day_of,
    seasonal,
    time_of_day,
    time_of_day_by,
)
from shopkeeper.data.demo.rows import ORDER, REVIEW, Latest
from shopkeeper.data.demo.world import (
    BAND_TASTE,
    CATEGORY_TASTE,
    CONTINUES,
    DISCOUNTED,
    GAP_DAYS,
    REVIEWS,
    World,
)

VIEW_BEFORE_ORDER = (325, 275)
"""Seconds before an order at which its two products were viewed."""


@dataclass(frozen=True, slots=True)
class History:
    """Orders and reviews, both by time, the campaign, and what goes with what."""

    orders: Rows
    reviews: Rows
    campaign: Campaign
    baskets: Baskets


@dataclass(slots=True)
class _State:
    """What the simulation remembers between two steps."""

    next_order: Ints
    last_order: Ints
    placed: Ints
    negative: Ints
    waiting: list[list[Rows]]


def simulate(plan: Plan, world: World) -> History:
    """Play the year."""
    rng = plan.generator("history")
    steps = DAYS // STEP_DAYS
    state = _State(
        next_order=_first_orders(rng, world),
        last_order=np.full(world.customers, -NEVER),
        placed=np.zeros(world.customers, np.int64),
        negative=np.zeros(world.products, np.int64),
        waiting=[[] for _ in range(steps)],
    )
    _wait(state, np.concatenate([wave_reviews(rng, world), fake_reviews(rng, world)]))
    shelves = _shelves(world)
    orders: list[Rows] = []
    reviews: list[Rows] = []
    campaign = None
    count = 0
    for step in range(steps):
        if step * STEP_DAYS == START_DAY:
            campaign = start_campaign(rng, world, state.next_order, state.last_order)
        known = np.concatenate([np.empty(0, REVIEW), *state.waiting[step]])
        latest = Latest(known, state.negative)
        placed, written = _step(rng, world, shelves, state, latest, step, count)
        latest.settle(state.negative)
        _wait(state, written)
        reviews.append(known)
        orders.append(placed)
        count += len(placed)
    assert campaign is not None, "the campaign starts on the first day of a step"
    orders.append(ring_orders(rng, world))
    placed, written = _by_time(np.concatenate(orders), np.concatenate(reviews))
    return History(placed, written, campaign, plant_baskets(plan, placed))


def _by_time(orders: Rows, reviews: Rows) -> tuple[Rows, Rows]:
    by_time = np.argsort(orders["time"], kind="stable")
    place = np.empty(len(orders), np.int64)
    place[by_time] = np.arange(len(orders))
    reviews = reviews[np.argsort(reviews["time"], kind="stable")]
    reviews["order"] = np.where(reviews["order"] >= 0, place[reviews["order"]], -1)
    return orders[by_time], reviews


def _wait(state: _State, reviews: Rows) -> None:
    """Keep reviews until the step in which they are written; those after the year are lost."""
    step = reviews["time"] // (STEP_DAYS * DAY)
    order = np.argsort(step, kind="stable")
    bounds = np.searchsorted(step[order], np.arange(len(state.waiting) + 1))
    for index in range(len(state.waiting)):
        if bounds[index] < bounds[index + 1]:
            state.waiting[index].append(reviews[order[bounds[index] : bounds[index + 1]]])


def _first_orders(rng: np.random.Generator, world: World) -> Ints:
    known = world.created < 0
    wait = rng.exponential(
        np.where(known, GAP_DAYS[world.segment] * 1.2, 9.0)[:, None], (world.customers, 3)
    )
    day = seasonal(rng, np.maximum(world.created // DAY + 1, 0)[:, None] + wait.astype(np.int64))
    orders = (rng.random(world.customers) < 0.93) & (world.ring == 0)
    return np.where(orders, day * DAY + time_of_day_by(rng, HOUR, world.segment), NEVER)


def _shelves(world: World) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cumulative popularity, one unit per category and price band."""
    shares = world.popularity.reshape(CELLS, -1)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return np.asarray((shares.cumsum(axis=1) + np.arange(CELLS)[:, None]).ravel())


def _pick(
    rng: np.random.Generator, shelves: np.ndarray[tuple[int], np.dtype[np.float64]], cell: Ints
) -> Ints:
    per_cell = len(shelves) // CELLS
    found = np.searchsorted(shelves, cell + rng.random(len(cell)), side="right")
    return np.clip(found, cell * per_cell, (cell + 1) * per_cell - 1)


def _step(
    rng: np.random.Generator,
    world: World,
    shelves: np.ndarray[tuple[int], np.dtype[np.float64]],
    state: _State,
    latest: Latest,
    step: int,
    offset: int,
) -> tuple[Rows, Rows]:
    end = (step + 1) * STEP_DAYS * DAY
    customer = np.flatnonzero(state.next_order < end)
    orders = np.zeros(len(customer), ORDER)
    orders["customer"], orders["time"] = customer, state.next_order[customer]
    orders["earlier"] = state.placed[customer]
    reasons = _shop(rng, world, shelves, latest, orders)
    _deliver(rng, orders)
    sentiment = effects.draw_sentiment(rng, reasons.negative())
    reviewed_at = _review_times(rng, orders)
    reviewed = (rng.random(len(orders)) < REVIEWS[reasons.segment]) & (reviewed_at < END)
    _cancel(rng, orders, reviewed)
    _return(rng, orders, reasons, sentiment, np.where(reviewed, reviewed_at, orders["delivered"]))
    state.placed[customer] += 1
    state.last_order[customer] = orders["time"]
    state.next_order[customer] = _next_orders(
        rng, orders, reasons, sentiment, reviewed, reviewed_at
    )
    return orders, _reviews(orders, reasons, sentiment, reviewed, reviewed_at, offset)


def _shop(
    rng: np.random.Generator,
    world: World,
    shelves: np.ndarray[tuple[int], np.dtype[np.float64]],
    latest: Latest,
    orders: Rows,
) -> effects.Reasons:
    """Choose what is bought; return what the outcomes depend on."""
    count = len(orders)
    segment = world.segment[orders["customer"]]
    category = choose(rng, CATEGORY_TASTE, segment)
    band = choose(rng, BAND_TASTE, segment)
    cell = category * len(BANDS) + band
    focal, other = _pick(rng, shelves, cell), _pick(rng, shelves, cell)
    per_cell = len(shelves) // CELLS
    neighbour = cell * per_cell + (other + 1) % per_cell
    other = np.where(other == focal, neighbour, other)
    times = [orders["time"] - before for before in VIEW_BEFORE_ORDER]
    chance = effects.bought_focal(
        latest.negative(focal, times[0]), latest.negative(other, times[1])
    )
    orders["focal"], orders["other"] = focal, other
    orders["bought"] = np.where(rng.random(count) < chance, focal, other)
    for name, column, share in (("extra1", 0, 0.30), ("extra2", 1, 0.08)):
        companion = _pick(rng, shelves, COMPANION_CATEGORIES[category, column] * len(BANDS) + band)
        orders[name] = np.where(rng.random(count) < share, companion, -1)
    orders["quantity"] = 1 + (rng.random(count) < 0.13) + (rng.random(count) < 0.04)
    orders["discount"] = np.where(
        rng.random(count) < DISCOUNTED[segment], rng.choice([5, 10, 15, 20], count), 0
    )
    month = MONTH[day_of(orders["time"])]
    orders["late"] = rng.random(count) < effects.late(month, category)
    late = orders["late"].astype(np.int64)
    return effects.Reasons(category, band, month, orders["earlier"].astype(np.int64), late, segment)


def _deliver(rng: np.random.Generator, orders: Rows) -> None:
    count = len(orders)
    orders["promised"] = (orders["time"] // DAY + 5) * DAY - 1
    orders["shipped"] = orders["time"] + rng.integers(DAY // 10, DAY + DAY // 2, count)
    travel = orders["shipped"] + rng.integers(DAY - DAY // 5, 3 * DAY - DAY // 10, count)
    on_time = np.minimum(travel, orders["promised"] - rng.integers(3600, 9 * 3600, count))
    after = orders["promised"] + rng.integers(DAY // 3, 7 * DAY, count)
    orders["delivered"] = np.where(orders["late"] == 1, after, on_time)


def _review_times(rng: np.random.Generator, orders: Rows) -> Ints:
    wait = 1 + np.minimum(rng.exponential(5.0, len(orders)), 19).astype(np.int64)
    day = np.maximum(orders["delivered"] // DAY + wait, orders["time"] // DAY + STEP_DAYS)
    return np.asarray(day * DAY + time_of_day(rng, len(orders)))


def _cancel(rng: np.random.Generator, orders: Rows, reviewed: Flags) -> None:
    """Cancel a few first orders, none that could be somebody's repeat order."""
    day = orders["time"] // DAY
    campaign = (day >= START_DAY) & (day < START_DAY + 14)
    allowed = (orders["earlier"] == 0) & ~reviewed & ~campaign
    orders["cancelled"] = allowed & (rng.random(len(orders)) < 0.08)


def _return(
    rng: np.random.Generator, orders: Rows, reasons: effects.Reasons, sentiment: Ints, after: Ints
) -> None:
    comes_back = rng.random(len(orders)) < reasons.returned(sentiment)
    at = after + rng.integers(DAY // 5, 20 * DAY, len(orders))
    observed = comes_back & (at < END) & (orders["cancelled"] == 0)
    orders["returned"] = np.where(observed, at, NEVER)


def _next_orders(
    rng: np.random.Generator,
    orders: Rows,
    reasons: effects.Reasons,
    sentiment: Ints,
    reviewed: Flags,
    reviewed_at: Ints,
) -> Ints:
    """Within 90 days of a review by one planted draw; after that, or without a review, at leisure."""
    count = len(orders)
    repeats = rng.random(count) < reasons.repeat(sentiment)
    continues = rng.random(count) < CONTINUES[reasons.segment] * np.where(reviewed, 0.75, 1.0)
    gap = rng.exponential(GAP_DAYS[reasons.segment][:, None], (count, 3)).astype(np.int64)
    soon = rng.integers(2, FOLLOW_UP_DAYS - 2, (count, 3))
    wait = np.where(
        reviewed[:, None],
        np.where(repeats[:, None], soon, FOLLOW_UP_DAYS + 2 + gap),
        STEP_DAYS + gap,
    )
    start = np.where(reviewed, reviewed_at, orders["time"]) // DAY
    at = seasonal(rng, start[:, None] + wait) * DAY
    at += time_of_day_by(rng, HOUR, reasons.segment)
    return np.where(np.where(reviewed, repeats | continues, continues), at, NEVER)


def _reviews(
    orders: Rows,
    reasons: effects.Reasons,
    sentiment: Ints,
    reviewed: Flags,
    reviewed_at: Ints,
    offset: int,
) -> Rows:
    reviews = np.zeros(len(orders), REVIEW)
    reviews["order"] = offset + np.arange(len(orders))
    reviews["product"], reviews["customer"] = orders["bought"], orders["customer"]
    reviews["time"], reviews["sentiment"] = reviewed_at, sentiment
    reviews["late"] = reasons.late
    reviews["p_negative"] = reasons.negative()
    for name, level in (("negative", NEGATIVE), ("positive", POSITIVE)):
        reviews[f"p_repeat_{name}"] = reasons.repeat(level)
        reviews[f"p_return_{name}"] = reasons.returned(level)
    return reviews[reviewed]
