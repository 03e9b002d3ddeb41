"""The customers and products of the demo shop, as numbers; their words come later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopkeeper.data.demo.plan import (
    BANDS,
    CATEGORIES,
    DAY,
    DAYS,
    END,
    Flags,
    Floats,
    Ints,
    Plan,
    time_of_day,
)

SEGMENT_SHARE = np.array([0.15, 0.25, 0.15, 0.25, 0.20])
GAP_DAYS = np.array([32.0, 60.0, 80.0, 48.0, 150.0])
CONTINUES = np.array([0.95, 0.85, 0.80, 0.92, 0.55])
REVIEWS = np.array([0.50, 0.52, 0.46, 0.48, 0.44])
DISCOUNTED = np.array([0.15, 0.75, 0.05, 0.30, 0.35])
CATEGORY_TASTE = np.array(
    [
        [1.2, 1.0, 1.0, 1.2, 1.0, 1.2, 0.6, 1.0],
        [2.2, 1.4, 0.5, 1.0, 1.6, 1.0, 0.5, 0.6],
        [0.8, 1.0, 2.4, 2.0, 0.8, 0.4, 0.3, 1.0],
        [0.7, 0.5, 0.4, 0.5, 1.6, 2.2, 2.6, 0.5],
        [1.2, 1.0, 1.2, 0.9, 1.0, 0.9, 0.6, 1.2],
    ]
)
BAND_TASTE = np.array(
    [
        [1.0, 1.3, 0.9],
        [2.4, 1.0, 0.2],
        [0.2, 0.9, 2.2],
        [1.1, 1.5, 0.6],
        [1.3, 1.2, 0.6],
    ]
)
BAND_PRICES = ((19, 55), (79, 199), (299, 999))
BURST_SHARE = 5
"""One product in so many meets a wave of bad reviews."""
RING_SIZE = 8


@dataclass(frozen=True, slots=True)
class World:
    """Customers and products, one array entry each."""

    segment: Ints
    chinese: Flags
    created: Ints
    ring: Ints
    place: Ints
    accepts: Flags
    category: Ints
    band: Ints
    price: Ints
    popularity: Floats
    burst_week: Ints
    boosted: Ints
    seller: Ints
    listed: Ints

    @property
    def customers(self) -> int:
        """Number of customers."""
        return len(self.segment)

    @property
    def products(self) -> int:
        """Number of products."""
        return len(self.category)


def make_world(plan: Plan) -> World:
    """Draw the customers and the products."""
    rng = plan.generator("world")
    count, per_cell = plan.customers, plan.products_per_cell
    cells = np.repeat(np.arange(len(CATEGORIES) * len(BANDS)), per_cell)
    category, band = cells // len(BANDS), cells % len(BANDS)
    popularity = np.exp(rng.normal(0, 0.45, plan.products))
    burst_week, boosted = _incidents(rng, plan)
    return World(
        segment=rng.choice(len(SEGMENT_SHARE), size=count, p=SEGMENT_SHARE),
        chinese=rng.random(count) < 0.6,
        created=_created(rng, count),
        ring=_rings(rng, count),
        place=rng.integers(0, 10_000, count),
        accepts=rng.random(count) < 0.7,
        category=category,
        band=band,
        price=_prices(rng, band),
        popularity=popularity,
        burst_week=burst_week,
        boosted=boosted,
        seller=rng.integers(0, max(5, plan.products // 12), plan.products),
        listed=-rng.integers(30, 700, plan.products) * DAY,
    )


def _created(rng: np.random.Generator, count: int) -> Ints:
    """Seven in ten knew the shop before the year began."""
    before = rng.random(count) < 0.7
    day = np.where(before, -rng.integers(1, 720, count), rng.integers(0, DAYS - 5, count))
    return np.minimum(day * DAY + time_of_day(rng, count), END - DAY)


def _prices(rng: np.random.Generator, band: Ints) -> Ints:
    """Prices in cents that end in .90, as shops write them."""
    low, high = np.array(BAND_PRICES)[band].T
    return np.asarray(rng.integers(low, high + 1) * 100 - 10)


def _rings(rng: np.random.Generator, count: int) -> Ints:
    """Ring number of each customer, 0 for the honest."""
    rings = max(1, count // 2000)
    ring = np.zeros(count, np.int64)
    members = rng.choice(count, size=rings * RING_SIZE, replace=False)
    ring[members] = np.repeat(np.arange(1, rings + 1), RING_SIZE)
    return ring


def _incidents(rng: np.random.Generator, plan: Plan) -> tuple[Ints, Ints]:
    """Week of each product's wave of bad reviews, and the ring that boosts it; -1 and 0 for none."""
    order = rng.permutation(plan.products)
    waves = plan.products // BURST_SHARE
    burst_week = np.full(plan.products, -1)
    burst_week[order[:waves]] = rng.integers(8, 42, waves)
    boosted = np.zeros(plan.products, np.int64)
    rings = min(max(1, plan.customers // 2000), (plan.products - waves) // 2)
    boosted[order[waves : waves + 2 * rings]] = np.tile(np.arange(1, rings + 1), 2)
    return burst_week, boosted
