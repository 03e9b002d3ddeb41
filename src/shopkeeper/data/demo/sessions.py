"""What visitors do on the site, session by session, streamed.

A session has a fixed row of slots (search, list, up to four products each viewed and perhaps put
into the cart, checkout, order); each slot happens or not. A batch of sessions is a matrix, and its
events are the cells that happened. A session that orders shows the order's two products; whether it
would order is settled before, so a view's chance to end in a sale depends on the reviews alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shopkeeper.data.demo import effects, habits
from shopkeeper.data.demo.history import VIEW_BEFORE_ORDER
from shopkeeper.data.demo.plan import (
    DAY,
    Flags,
    Floats,
    Ints,
    Plan,
    Rows,
    choose,
    time_of_day_by,
    week_of,
)
from shopkeeper.data.demo.rows import Latest
from shopkeeper.data.demo.world import World

SLOTS = (
    "Products Searched",
    "Product List Viewed",
    "Product Viewed",
    "Product Added",
    "Product Viewed",
    "Product Added",
    "Product Viewed",
    "Product Added",
    "Product Viewed",
    "Product Added",
    "Product Added",
    "Product Added",
    "Cart Viewed",
    "Checkout Started",
    "Payment Info Entered",
    "Order Completed",
    "Order Completed",
    "Order Completed",
)
SLOT_NAMES = tuple(dict.fromkeys(SLOTS))
SLOT_SECONDS = 25
SEARCH, LIST, VIEWS, EXTRA_ADDS, CART, CHECKOUT, PAYMENT, ORDERED = (
    0,
    1,
    (2, 4, 6, 8),
    (10, 11),
    12,
    13,
    14,
    (15, 16, 17),
)
DEVICES = ("app", "mobile web", "desktop")
CHANNELS = ("direct", "search", "social", "email", "advertising", "referral")
EVENTS_PER_ORDER = 7.8
EVENTS_PER_VISIT = 3.31
BATCH_EVENTS = 200_000

assert tuple((ORDERED[0] - slot) * SLOT_SECONDS for slot in VIEWS[:2]) == VIEW_BEFORE_ORDER


@dataclass(frozen=True, slots=True)
class Batch:
    """Some sessions and their events.

    `views`, one entry per product view: product, week, whether its latest review was negative, and
    the probabilities that it led to a cart and to an order, had the latest review been negative and
    had it not.
    """

    session: Ints
    slot: Ints
    time: Ints
    product: Ints
    customer: Ints
    visitor: Ints
    order: Ints
    device: Ints
    channel: Ints
    views: Views


@dataclass(frozen=True, slots=True)
class Views:
    """What the truth needs to know of each product view."""

    product: Ints
    week: Ints
    negative: Ints
    cart: tuple[Floats, Floats]
    buy: tuple[Floats, Floats]


def batches(plan: Plan, world: World, orders: Rows, reviews: Rows) -> Iterator[Batch]:
    """Yield the sessions of the year, in order of time from batch to batch."""
    rng = plan.generator("sessions")
    latest = Latest(reviews, np.zeros(world.products, np.int64))
    visits = max(0.0, plan.events - EVENTS_PER_ORDER * len(orders)) / EVENTS_PER_VISIT
    per_order = visits / len(orders)
    size = max(1, int(BATCH_EVENTS / (EVENTS_PER_ORDER + per_order * EVENTS_PER_VISIT)))
    first = 0
    looking = _looking(world)
    for start in range(0, len(orders), size):
        part = orders[start : start + size]
        count = round(per_order * (start + len(part))) - round(per_order * start)
        strangers = max(1, plan.events // 12)
        yield _batch(rng, world, part, _Place(start, first, count, strangers), latest, looking)
        first += len(part) + count


@dataclass(frozen=True, slots=True)
class _Looking:
    """Who comes to look, by cumulative chance, and what each segment looks at."""

    comes: Floats
    shelf: Floats


def _looking(world: World) -> _Looking:
    comes = habits.VISITS[world.segment].cumsum()
    return _Looking(comes / comes[-1], habits.shelf_views(world))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a batch stands in the year: its first order and session, its visits without an order."""

    order: int
    session: int
    visits: int
    strangers: int


def _batch(
    rng: np.random.Generator,
    world: World,
    orders: Rows,
    place: _Place,
    latest: Latest,
    looking: _Looking,
) -> Batch:
    visits = place.visits
    sales = len(orders)
    who = np.concatenate([orders["customer"], _lookers(rng, orders, looking, visits)])
    who = who.astype(np.int64)
    segment = world.segment[who]
    day = orders["time"][rng.integers(0, sales, visits)].astype(np.int64) // DAY
    moment = day * DAY + time_of_day_by(rng, habits.HOUR, segment[sales:])
    end = np.concatenate([orders["time"], moment]).astype(np.int64)
    start = end - ORDERED[0] * SLOT_SECONDS
    product = _products(rng, orders, segment[sales:], looking)
    seen = product[:, VIEWS] >= 0
    shown = np.where(seen, product[:, VIEWS], 0)
    negative = np.stack(
        [latest.negative(shown[:, i], start + slot * SLOT_SECONDS) for i, slot in enumerate(VIEWS)],
        1,
    )
    aside = rng.random(seen.shape) < np.array(effects.ASIDE_CART)[negative]
    bought = np.zeros_like(seen)
    bought[:sales] = shown[:sales] == orders["bought"][:, None]
    carted = seen & (bought | aside)
    device = choose(rng, habits.DEVICE, segment)
    happens = _happens(rng, orders, segment, seen, carted, _untracked(device, start))
    customer, visitor = _visitors(rng, world, who, sales, start[sales:], place.strangers)
    session, slot = np.nonzero(happens)
    jitter = np.where((slot > LIST) & (slot < CART), 0, rng.integers(0, 12, len(slot)))
    time = start[session] + np.minimum(slot, ORDERED[0]) * SLOT_SECONDS
    time += np.where(slot < ORDERED[0], jitter, 0)
    ordering = (slot >= ORDERED[0]) & (session < sales)
    channel = choose(rng, habits.CHANNEL, segment)
    return Batch(
        session=place.session + session,
        slot=slot,
        time=time,
        product=product[session, slot],
        customer=customer[session],
        visitor=visitor[session],
        order=np.where(ordering, place.order + session, -1),
        device=device[session],
        channel=channel[session],
        views=_views(orders, seen, shown, negative, start, _untracked(device, start)),
    )


def _products(rng: np.random.Generator, orders: Rows, segment: Ints, looking: _Looking) -> Ints:
    """Return the product of each slot, -1 where there is none; `segment` of the visits without an order."""
    visits = len(segment)
    product = np.full((len(orders) + visits, len(SLOTS)), -1, np.int64)
    sale, visit = product[: len(orders)], product[len(orders) :]
    for slot, name in zip(VIEWS[:2], ("focal", "other"), strict=True):
        sale[:, slot] = sale[:, slot + 1] = orders[name]
    for slot, name in zip(
        (*EXTRA_ADDS, *ORDERED), ("extra1", "extra2", "bought", "extra1", "extra2"), strict=True
    ):
        sale[:, slot] = orders[name]
    views = 1 + choose(rng, habits.LOOKED_AT, segment)
    for index, slot in enumerate(VIEWS):
        found = habits.view_products(rng, looking.shelf, segment)
        again = (visit[:, VIEWS[:index]] == found[:, None]).any(axis=1)
        visit[:, slot] = visit[:, slot + 1] = np.where((index < views) & ~again, found, -1)
    return product


def _untracked(device: Ints, start: Ints) -> Flags:
    return np.asarray((device == DEVICES.index("app")) & (week_of(start) == effects.BROKEN_WEEK))


def _happens(
    rng: np.random.Generator,
    orders: Rows,
    segment: Ints,
    seen: Flags,
    carted: Flags,
    untracked: Flags,
) -> Flags:
    sales, count = len(orders), len(seen)
    happens = np.zeros((count, len(SLOTS)), bool)
    looks = seen.any(axis=1)
    happens[:, SEARCH] = looks & (rng.random(count) < habits.SEARCHES[segment])
    happens[:, LIST] = looks & (rng.random(count) < habits.LISTS[segment])
    happens[:, VIEWS] = seen
    happens[:, [slot + 1 for slot in VIEWS]] = carted
    has_cart = carted.any(axis=1)
    happens[:, CART] = has_cart & (rng.random(count) < 0.5)
    happens[:, CHECKOUT] = has_cart & (rng.random(count) < 0.25)
    happens[:sales, CHECKOUT] = True
    happens[:sales, PAYMENT] = rng.random(sales) < 0.6
    tracked = ~untracked[:sales]
    for add, done, name in zip(
        (None, *EXTRA_ADDS), ORDERED, ("bought", "extra1", "extra2"), strict=True
    ):
        there = orders[name] >= 0
        happens[:sales, done] = there & tracked
        if add is not None:
            happens[:sales, add] = there
    return happens


def _lookers(rng: np.random.Generator, orders: Rows, looking: _Looking, visits: int) -> Ints:
    """Draw who comes without ordering: half by the orders of these days, half by how they are."""
    regular = orders["customer"][rng.integers(0, len(orders), visits)]
    anyone = np.searchsorted(looking.comes, rng.random(visits))
    return np.where(rng.random(visits) < 0.5, regular, np.minimum(anyone, len(looking.comes) - 1))


def _visitors(
    rng: np.random.Generator,
    world: World,
    who: Ints,
    sales: int,
    visited: Ints,
    strangers: int,
) -> tuple[Ints, Ints]:
    """Return whom the shop sees: customers who signed in by their account, others by a device alone."""
    known = rng.random(len(visited)) < 0.5
    known &= world.created[who[sales:]] < visited
    stranger = world.customers + rng.integers(0, strangers, len(visited))
    seen = np.concatenate([np.ones(sales, bool), known])
    hidden = np.concatenate([who[:sales], stranger])
    return np.where(seen, who, -1), np.where(seen, who, hidden)


def _views(
    orders: Rows, seen: Flags, shown: Ints, negative: Ints, start: Ints, untracked: Flags
) -> Views:
    sales = len(orders)
    orders_either = np.zeros(seen.shape, bool)
    orders_either[:sales, :2] = seen[:sales, :2]
    other = np.zeros(seen.shape, np.int64)
    other[:, :2] = negative[:, 1::-1]
    buy, cart = [], []
    for state in (0, 1):
        chance = np.where(orders_either, effects.bought_focal(np.full(seen.shape, state), other), 0)
        cart.append((chance + (1 - chance) * effects.ASIDE_CART[state])[seen])
        buy.append((chance * ~untracked[:, None])[seen])
    week = np.broadcast_to(week_of(start)[:, None], seen.shape)
    return Views(shown[seen], week[seen], negative[seen], (cart[0], cart[1]), (buy[0], buy[1]))
