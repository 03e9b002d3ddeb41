"""Sessions become the tables `events` and `searches`; their sums go into the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from shopkeeper.data.demo import bots
from shopkeeper.data.demo.columns import Export, at, coded_ids, constant, ids, money, named, on
from shopkeeper.data.demo.plan import CURRENCY, ZONE, Floats, Ints, Plan, Rows
from shopkeeper.data.demo.queries import QUERIES, draw_queries
from shopkeeper.data.demo.sessions import (
    CHANNELS,
    DEVICES,
    ORDERED,
    SEARCH,
    SLOT_NAMES,
    SLOTS,
    VIEWS,
    Batch,
    Views,
    batches,
)
from shopkeeper.data.demo.spelling import (
    CUSTOMER,
    EVENT,
    ORDER,
    PRODUCT,
    SEARCH_ID,
    SESSION,
    VISITOR,
    addresses,
)
from shopkeeper.data.demo.world import World

_WEEKS = 53
_NAME_OF_SLOT = np.array([SLOT_NAMES.index(name) for name in SLOTS])
_WITH_PRICE = np.array(
    [name in ("Product Viewed", "Product Added", "Order Completed") for name in SLOTS]
)


@dataclass(slots=True)
class Exposure:
    """Sums over product views, each a matrix of product by week, and the effects on the exposed."""

    views: Floats
    exposed: Floats
    change: Floats
    cart: float = 0.0
    buy: float = 0.0

    def add(self, views: Views) -> None:
        """Count a batch of views."""
        cell = views.product * _WEEKS + views.week
        buy = (views.buy[1] - views.buy[0]) * views.negative
        self.views += self._sums(cell, None)
        self.exposed += self._sums(cell, views.negative)
        self.change += self._sums(cell, buy)
        self.cart += float(((views.cart[1] - views.cart[0]) * views.negative).sum())
        self.buy += float(buy.sum())

    def _sums(self, cell: Ints, weights: Floats | Ints | None) -> Floats:
        shape = self.views.shape
        sums = np.bincount(cell, weights, shape[0] * shape[1])
        return sums.astype(float).reshape(shape)


def write_events(
    folder: Path, plan: Plan, world: World, orders: Rows, reviews: Rows
) -> tuple[Exposure, dict[str, int]]:
    """Stream the sessions of the year and the bots; return what the truth needs."""
    shape = (world.products, _WEEKS)
    exposure = Exposure(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    rng = plan.generator("bots")
    with (
        Export(folder, "events", plain=("event_id",)) as events,
        Export(folder, "searches", plain=("search_id",)) as searches,
    ):
        for batch in batches(plan, world, orders, reviews):
            exposure.add(batch.views)
            _write(events, searches, world, orders, batch, _queries(rng, world, batch))
        robots = bots.sessions(rng, plan)
        _write_bots(events, searches, robots)
        counts = {
            "events": events.rows,
            "searches": searches.rows,
            "bot_searches": len(robots.time),
        }
    return exposure, counts


def _write(
    events: Export, searches: Export, world: World, orders: Rows, batch: Batch, query: Ints
) -> None:
    count = len(batch.slot)
    first = int(batch.session.min())
    starts = np.flatnonzero(np.diff(batch.session, prepend=first - 1))
    index = np.cumsum(np.diff(batch.session, prepend=first - 1) != 0) - 1
    sold = batch.slot >= ORDERED[0]
    priced = _WITH_PRICE[batch.slot] & (batch.product >= 0)
    quantity = np.ones(count, np.int64)
    main = np.flatnonzero(batch.slot == ORDERED[0])
    quantity[main] = orders["quantity"][batch.order[main]]
    who = {
        "customer_id": coded_ids(CUSTOMER, batch.customer[starts], index),
        "visitor_id": coded_ids(VISITOR, batch.visitor[starts], index),
        "session_id": coded_ids(SESSION, batch.session[starts], index),
    }
    when = {"at": at(batch.time), "on": on(batch.time), "time_zone": constant(ZONE, count)}
    events.write(
        {
            "event_id": ids(EVENT, events.rows + np.arange(count)),
            "name": named(_NAME_OF_SLOT[batch.slot], SLOT_NAMES),
            "happened_at": when["at"],
            "happened_on": when["on"],
            "time_zone": when["time_zone"],
            **who,
            "product_id": coded_ids(PRODUCT, batch.product),
            "order_id": coded_ids(ORDER, np.where(sold, batch.order, -1)),
            "query": named(query, QUERIES),
            "channel": named(batch.channel, CHANNELS),
            "device": named(batch.device, DEVICES),
            "quantity": pa.array(quantity, mask=~(priced & (batch.slot > VIEWS[0]))),
            "price": money(world.price[batch.product], priced),
            "currency": constant(CURRENCY, count),
            "ip": addresses(_address_numbers(world, batch, starts), index),
        }
    )
    _write_searches(searches, batch, query, who, when)


def _queries(rng: np.random.Generator, world: World, batch: Batch) -> Ints:
    """Give each search a query about what is viewed next; -1 for other events."""
    rows = np.flatnonzero(batch.slot == SEARCH)
    customer = batch.customer[rows]
    stranger = rng.random(len(rows)) < 0.6
    chinese = np.where(customer >= 0, world.chinese[customer], stranger)
    query = np.full(len(batch.slot), -1)
    query[rows] = draw_queries(
        rng, world.category[batch.product[_first_view(batch, rows)]], chinese
    )
    return query


def _address_numbers(world: World, batch: Batch, starts: Ints) -> Ints:
    ring = np.where(batch.customer[starts] >= 0, world.ring[batch.customer[starts]], 0)
    return np.where(ring > 0, -ring, batch.visitor[starts])


def _first_view(batch: Batch, rows: Ints) -> Ints:
    """Row of the first product view after each search, with or without a list in between."""
    last = len(batch.slot) - 1
    following = np.minimum(rows + 1, last)
    return np.minimum(np.where(batch.slot[following] < VIEWS[0], following + 1, following), last)


def _write_searches(
    searches: Export, batch: Batch, query: Ints, who: dict[str, pa.Array], when: dict[str, pa.Array]
) -> None:
    rows = np.flatnonzero(batch.slot == SEARCH)
    clicked = batch.product[_first_view(batch, rows)]
    searches.write(
        {
            "search_id": ids(SEARCH_ID, searches.rows + np.arange(len(rows))),
            "query": named(query[rows], QUERIES),
            "searched_at": when["at"].take(rows),
            "searched_on": when["on"].take(rows),
            "time_zone": constant(ZONE, len(rows)),
            **{name: column.take(pa.array(rows)) for name, column in who.items()},
            "results": 4 + (query[rows] * 7919 + batch.session[rows]) % 57,
            "clicked_product_id": coded_ids(PRODUCT, clicked),
        }
    )


def _write_bots(events: Export, searches: Export, robots: bots.Robots) -> None:
    count = len(robots.time)
    rows = np.arange(count)
    same = {
        "query": robots.query,
        "time_zone": constant(ZONE, count),
        "visitor_id": named(robots.bot, [f"B{bot:08d}" for bot in range(robots.count)]),
        "session_id": named(robots.bot, [f"SB{bot:08d}" for bot in range(robots.count)]),
    }
    events.write(
        {
            "event_id": ids(EVENT, events.rows + rows),
            "name": constant("Products Searched", count),
            "happened_at": at(robots.time),
            "happened_on": on(robots.time),
            **same,
            "channel": constant("direct", count),
            "device": constant("desktop", count),
            "ip": named(
                robots.bot, [f"203.0.113.{100 + bot % 100}" for bot in range(robots.count)]
            ),
        }
    )
    searches.write(
        {
            "search_id": ids(SEARCH_ID, searches.rows + rows),
            "searched_at": at(robots.time),
            "searched_on": on(robots.time),
            **same,
            "results": np.zeros(count, np.int64),
        }
    )
