"""The customers of a shop as arrays: who bought on which days, for how much, and what else they do.

Customers stand in the order of what they did, never of their names, so that a sample or a random
start falls on the same ones however they are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.operations.behaviour.recorded import Recorded, covered
from shopkeeper.operations.segments.features import currencies, traded_days
from shopkeeper.operations.segments.traits import people

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """Every customer with a purchase, and the days of all purchases.

    Parameters
    ----------
    ids
        Names of the customers by number.
    who, day, net
        One entry a purchase day, by customer and day: number of the customer, ordinal of the day,
        and net value.
    end
        Ordinal of the last day of the data.
    currency
        The currency of `net`.
    others
        Orders in other currencies, by currency; they are not in it.
    accepts
        Whether each customer agreed to messages: 1 yes, 0 no, −1 not known.
    stray
        Orders dated so far from all others that their dates are taken for wrong; they are not in it.
    """

    ids: pa.Array
    who: Ints
    day: Ints
    net: Floats
    end: int
    currency: str
    others: Mapping[str, int]
    accepts: Ints
    stray: int = 0

    @property
    def customers(self) -> int:
        """Number of customers."""
        return len(self.ids)

    def state(self, end: int) -> State:
        """Return what was known of each customer at the end of a day."""
        known = self.day <= end
        who, day, net = self.who[known], self.day[known], self.net[known]
        count = np.bincount(who, minlength=self.customers)
        first, last = np.full(self.customers, end), np.full(self.customers, end)
        # Days of a customer rise, so the last one written stays.
        last[who] = day
        first[who[::-1]] = day[::-1]
        return State(
            purchases=count.astype(np.float64),
            days_since=(end - last).astype(np.float64),
            age=(end - first).astype(np.float64),
            spent=np.bincount(who, net, minlength=self.customers).astype(np.float64),
        )

    def with_order(self, order: Ints) -> Base:
        """Return the customers in another order."""
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        who = place[self.who]
        by = np.argsort(who, kind="stable")
        return Base(
            self.ids.take(pa.array(order)), who[by], self.day[by], self.net[by], self.end,
            self.currency, self.others, self.accepts[order], self.stray,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What is known of each customer on a day.

    Parameters
    ----------
    purchases
        Days with a purchase so far; 0 for who had not bought yet.
    days_since, age
        Days since the last and since the first purchase.
    spent
        Net value so far.
    """

    purchases: Floats
    days_since: Floats
    age: Floats
    spent: Floats


def known_currencies(shop: Shop) -> list[Row]:
    """Return the currencies of paid orders with a customer, the one with the most orders first."""
    known = currencies(shop).to_pyarrow().to_pylist() if shop.has("orders") else []
    return _ranked(known)


def _ranked(known: list[Row]) -> list[Row]:
    return sorted(known, key=lambda row: (-row["orders"], row["currency"] or ""))


def _currencies_of(days: pa.Table) -> list[Row]:
    """Return what `known_currencies` does, from the days that were read already."""
    paid = days.filter(pc.greater(days["orders"], 0))
    rows = paid.group_by("currency").aggregate([("orders", "sum"), ("on", "min"), ("on", "max")])
    names = {"orders_sum": "orders", "on_min": "first", "on_max": "last"}
    return _ranked(
        [{names.get(key, key): value for key, value in row.items()} for row in rows.to_pylist()]
    )


def _purchases(days: pa.Table) -> tuple[pa.Table, Floats]:
    """Return the days with a paid order, by customer and day, and the net value of each.

    A refund that is a document of its own lessens the latest purchase up to its day; where there is none
    it is left out. As `features.purchase_days` in the engine.
    """
    days = days.sort_by([("customer_id", "ascending"), ("on", "ascending")])
    bought = pc.greater(days["orders"], 0).to_numpy(zero_copy_only=False)
    who = days["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    place = np.maximum.accumulate(np.where(bought, np.arange(len(bought)), -1))
    own = (place >= 0) & (who[place] == who)
    spent = days["spent"].cast(pa.float64()).to_numpy()
    whole = np.bincount(place[own], spent[own], minlength=len(bought))
    return days.filter(pa.array(bought)), whole[bought].astype(np.float64)


def read_base(shop: Shop, currency: str, opted_out: frozenset[str] = frozenset()) -> Base | None:
    """Read the customers with a paid order; None where there is none.

    Parameters
    ----------
    shop
        The shop.
    currency
        Orders of this currency; empty for the one with the most orders.
    opted_out
        Customers who are left out altogether.
    """
    days = traded_days(shop).to_pyarrow() if shop.has("orders") else None
    known = [] if days is None else _currencies_of(days)
    chosen = next((row for row in known if not currency or row["currency"] == currency), None)
    if chosen is None or days is None:
        return None
    sound = _sound(days)
    days = days.filter(_is(days["currency"], chosen["currency"]))
    inside = pc.and_(
        pc.greater_equal(days["on"], pa.scalar(sound.first)),
        pc.less_equal(days["on"], pa.scalar(sound.last)),
    )
    days = days.filter(inside)
    days = days.filter(
        pc.invert(pc.is_in(days["customer_id"], pa.array(sorted(opted_out), pa.string())))
    )
    days, net = _purchases(days)
    if not days.num_rows:
        return None
    names = days["customer_id"].combine_chunks().dictionary_encode()
    end = min(max(row["last"] for row in known), sound.last)
    base = Base(
        ids=names.dictionary,
        who=names.indices.to_numpy().astype(np.int64),
        day=days["on"].cast(pa.int32()).to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal(),
        net=net,
        end=end.toordinal(),
        currency=chosen["currency"] or "",
        others={row["currency"] or "?": row["orders"] for row in known if row is not chosen},
        accepts=_accepts(shop, names.dictionary),
        stray=sound.stray,
    )
    state = base.state(base.end)
    keys = (base.accepts, state.spent, state.age, state.days_since, state.purchases)
    return base.with_order(np.lexsort(keys))


def _sound(days: pa.Table) -> Recorded:
    """Return the days that orders cover, and how many are dated far from them."""
    counted = days.group_by("on").aggregate([("orders", "sum")]).sort_by("on")
    return covered(
        list(zip(counted["on"].to_pylist(), counted["orders_sum"].to_pylist(), strict=True))
    )


def _is(column: pa.ChunkedArray, name: str | None) -> pa.ChunkedArray:
    return pc.is_null(column) if name is None else pc.fill_null(pc.equal(column, name), False)


def _accepts(shop: Shop, ids: pa.Array) -> Ints:
    told = people(shop).select("customer_id", "accepts_marketing").to_pyarrow()
    place = pc.index_in(ids, told["customer_id"].combine_chunks())
    found = told["accepts_marketing"].cast(pa.int64()).take(place)
    return np.asarray(found.fill_null(-1).to_numpy(), dtype=np.int64)
