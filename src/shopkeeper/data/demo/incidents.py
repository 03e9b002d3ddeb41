"""What goes wrong in the demo shop besides late parcels: waves of bad reviews, fake ones, a ring."""

from __future__ import annotations

import numpy as np

from shopkeeper.data.demo.plan import (
    BANDS,
    CATEGORIES,
    DAY,
    FIRST_DAY,
    NEGATIVE,
    NEVER,
    POSITIVE,
    Ints,
    Rows,
    time_of_day,
)
from shopkeeper.data.demo.rows import FAKE, ORDER, REVIEW, WAVE
from shopkeeper.data.demo.world import World

WAVE_WEEKS = 6
RING_ORDERS = 7
_FAKES_PER_PRODUCT = 14


def wave_reviews(rng: np.random.Generator, world: World) -> Rows:
    """Six weeks of bad reviews for each product that meets a wave, without order or customer."""
    products = np.flatnonzero(world.burst_week >= 0)
    counts = np.hstack(
        [
            rng.integers(4, 7, (len(products), 1)),
            rng.integers(2, 5, (len(products), WAVE_WEEKS - 1)),
        ]
    )
    product = np.repeat(np.repeat(products, WAVE_WEEKS), counts.ravel())
    week = np.repeat(np.tile(np.arange(WAVE_WEEKS), len(products)), counts.ravel())
    span = np.where(week == 0, 4, 7)
    day = (world.burst_week[product] + week) * 7 - FIRST_DAY.weekday()
    day += (rng.random(len(product)) * span).astype(np.int64)
    return _loose(product, day * DAY + time_of_day(rng, len(product)), NEGATIVE, WAVE)


def fake_reviews(rng: np.random.Generator, world: World) -> Rows:
    """Five stars for the products that a ring boosts, all within a few hours, by ring accounts."""
    products = np.flatnonzero(world.boosted)
    product = np.repeat(products, _FAKES_PER_PRODUCT)
    start = np.repeat(rng.integers(30, 330, len(products)) * DAY + 9 * 3600, _FAKES_PER_PRODUCT)
    reviews = _loose(product, start + rng.integers(0, 5 * 3600, len(product)), POSITIVE, FAKE)
    reviews["customer"] = _members(rng, world, world.boosted[product])
    return reviews


def ring_orders(rng: np.random.Generator, world: World) -> Rows:
    """Dear electronics ordered again and again to one address, without looking at them first."""
    members = np.flatnonzero(world.ring)
    customer = np.repeat(members, RING_ORDERS)
    count = len(customer)
    start = rng.integers(40, 300, world.ring.max() + 1)[world.ring[customer]]
    orders = np.zeros(count, ORDER)
    orders["customer"], orders["ring"] = customer, world.ring[customer]
    orders["time"] = (start + rng.integers(0, 25, count)) * DAY + rng.integers(900, 5 * 3600, count)
    dear = np.flatnonzero(
        (world.category == CATEGORIES.index("electronics")) & (world.band == len(BANDS) - 1)
    )
    orders["bought"] = rng.choice(dear, count)
    orders["focal"] = orders["other"] = orders["extra1"] = orders["extra2"] = -1
    orders["quantity"] = rng.integers(1, 4, count)
    orders["earlier"] = np.tile(np.arange(RING_ORDERS), len(members))
    orders["cancelled"] = rng.random(count) < 0.35
    orders["promised"] = (orders["time"] // DAY + 5) * DAY - 1
    orders["shipped"] = orders["time"] + DAY // 2
    orders["delivered"] = orders["time"] + 3 * DAY
    orders["returned"] = NEVER
    return orders


def _loose(product: Ints, time: Ints, sentiment: int, kind: int) -> Rows:
    reviews = np.zeros(len(product), REVIEW)
    reviews["order"] = reviews["customer"] = -1
    reviews["product"], reviews["time"] = product, time
    reviews["sentiment"], reviews["kind"] = sentiment, kind
    return reviews


def _members(rng: np.random.Generator, world: World, ring: Ints) -> Ints:
    by_ring = np.argsort(np.where(world.ring > 0, world.ring, NEVER), kind="stable")
    size = int((world.ring == 1).sum())
    return np.asarray(by_ring[(ring - 1) * size + rng.integers(0, size, len(ring))])
