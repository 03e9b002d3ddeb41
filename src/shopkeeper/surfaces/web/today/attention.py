"""What needs attention, with the money that it concerns: counted in the shop's tables, most money first.

Each finding says what its money is; they overlap (a late order may have a bad review), so they are
never added up. None of them says what would be won by acting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import ibis
from scipy.stats import binom

from shopkeeper.data.facts import orders, placed_reviews, promise_end, with_family
from shopkeeper.data.shop import Shop
from shopkeeper.intervals import discoveries
from shopkeeper.surfaces.web.today.figures import Figure
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

WINDOW_DAYS = 28
_AHEAD_DAYS = 14
"""A product whose stock lasts less than this is named."""

_MOST_OF_A_KIND, _MOST_KEYS = 2, 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Parameters
    ----------
    kind
        `unusual`, `overdue`, `unanswered`, `disliked` or `stock`.
    money
        The money that it concerns, in the shop's main currency.
    subject
        What it is about: a metric's title, or a product's title; None where the kind says it all.
    product_id
        The product, where it is about one.
    numbers
        The numbers that the sentence names.
    keys
        Orders that it is about, the most pressing first; a few of them.
    """

    kind: str
    money: float
    subject: Words | None
    product_id: str
    numbers: dict[str, float]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """The shop, the last day that is looked at, and the currency of the money."""

    shop: Shop
    on: date
    currency: str

    @property
    def since(self) -> date:
        """The first day of the window."""
        return self.on - timedelta(days=WINDOW_DAYS - 1)

    def sold(self) -> ir.Table:
        """Return the paid orders of the window, in its currency."""
        order = orders(self.shop)
        kept = order.paid & (ibis.coalesce(order.currency, "") == self.currency)
        within = order.on.between(ibis.literal(self.since), ibis.literal(self.on))
        return order.filter(kept & within)


def attention(shop: Shop, figures: list[Figure], on: date, currency: str) -> list[Finding]:
    """Return what needs attention on a day, most money first.

    Parameters
    ----------
    shop
        The shop.
    figures
        The numbers of the day.
    on
        The day.
    currency
        The shop's main currency.

    Limits
    ------
    Stock, deliveries and replies are those that the shop holds now, also for an earlier day.
    """
    window = Window(shop, on, currency)
    found = [
        *_unusual(figures),
        *_overdue(window),
        *_unanswered(window),
        *_disliked(window),
        *_short_of_stock(window),
    ]
    return sorted(found, key=lambda one: (-one.money, one.kind, one.product_id))


def _unusual(figures: list[Figure]) -> Iterator[Finding]:
    """Yield the amount of money that fell outside its band, the first of them alone."""
    for figure in figures:
        if figure.unit == "money" and figure.outside and figure.value is not None and figure.band:
            bound = figure.band.low if figure.outside < 0 else figure.band.high
            numbers = {"value": figure.value, "bound": bound, "side": figure.outside}
            yield Finding("unusual", abs(figure.value - bound), figure.title, "", numbers)
            return


def _overdue(window: Window) -> Iterator[Finding]:
    """Yield the paid orders of the window whose promise has passed and that have not arrived."""
    shop = window.shop
    if not shop.has("shipments") or not shop.has("orders"):
        return
    order = window.sold()
    shipment = shop.shipments.filter(
        ibis._.promised_at.notnull() & ibis._.delivered_at.isnull()
    ).select("order_id", "promised_at")
    late = order.inner_join(shipment, "order_id")
    # The day ends at its local midnight; UTC is near enough for a promise that has passed.
    end = ibis.literal(datetime.combine(window.on + timedelta(days=1), time()))
    late = late.filter(promise_end(shop, late.promised_at, late.time_zone) < end)
    late = late.group_by("order_id").aggregate(
        value=late.value.max(), promised=late.promised_at.min()
    )
    row = _row(late.aggregate(orders=late.count(), money=late.value.sum()))
    if row["orders"]:
        longest = _rows(late.order_by("promised", "order_id").limit(_MOST_KEYS))
        keys = tuple(one["order_id"] for one in longest)
        numbers = {"orders": row["orders"]}
        yield Finding("overdue", float(row["money"] or 0), None, "", numbers, keys)


def _unanswered(window: Window) -> Iterator[Finding]:
    """Yield the bad reviews of the window without a reply, where the shop replies at all."""
    shop = window.shop
    if not shop.has("reviews") or not int(shop.reviews.reply.count().to_pyarrow().as_py()):
        return
    review = placed_reviews(shop)
    review = review.filter(
        (review.sentiment == "negative")
        & review.on.between(ibis.literal(window.since), ibis.literal(window.on))
    )
    silent = shop.reviews.filter(ibis._.reply.isnull()).select("review_id")
    review = review.semi_join(silent, "review_id").select("review_id", "order_id")
    order = orders(shop)
    order = order.filter(order.paid & (ibis.coalesce(order.currency, "") == window.currency))
    value = order.select(bought="order_id", value=order.value)
    joined = review.left_join(value, review.order_id == value.bought)
    row = _row(joined.aggregate(reviews=joined.review_id.nunique(), money=joined.value.sum()))
    if row["reviews"]:
        numbers = {"reviews": row["reviews"]}
        yield Finding("unanswered", float(row["money"] or 0), None, "", numbers)


def _disliked(window: Window) -> Iterator[Finding]:
    """Yield the products whose reviews of the window are surely worse than the shop's are."""
    shop = window.shop
    if not (shop.has("reviews") and shop.has("order_items")):
        return
    review = placed_reviews(shop)
    review = review.filter(
        review.product_id.notnull()
        & review.on.between(ibis.literal(window.since), ibis.literal(window.on))
    )
    negative = (review.sentiment == "negative").cast("int64")
    overall = _row(review.aggregate(negative=negative.sum(), reviews=review.count()))
    if not overall["reviews"]:
        return
    usual = float(overall["negative"] or 0) / overall["reviews"]
    counted = _rows(
        review.group_by("product_id").aggregate(negative=negative.sum(), reviews=review.count())
    )
    chances = [float(binom.sf(row["negative"] - 1, row["reviews"], usual)) for row in counted]
    money = {row["product_id"]: row for row in _rows(_sold_products(window))}
    found = []
    for row, stood in zip(counted, discoveries(chances), strict=True):
        sold = money.get(row["product_id"])
        if stood and sold:
            numbers = {"negative": row["negative"], "reviews": row["reviews"], "usual": usual}
            found.append(_of_product("disliked", float(sold["money"] or 0), sold, numbers))
    found.sort(key=lambda one: (-one.money, one.product_id))
    yield from found[:_MOST_OF_A_KIND]


def _short_of_stock(window: Window) -> Iterator[Finding]:
    """Yield the products whose stock ends within two weeks at the rate of the window."""
    shop = window.shop
    if not (shop.has("products") and shop.has("order_items")):
        return
    stock = shop.products.filter(ibis._.stock.notnull()).select("product_id", "stock")
    sold = _sold_products(window)
    joined = sold.inner_join(stock, "product_id")
    found = []
    for row in _rows(joined):
        a_day = float(row["units"] or 0) / WINDOW_DAYS
        if a_day <= 0:
            continue
        days_left = max(0.0, float(row["stock"])) / a_day
        missing = max(0.0, _AHEAD_DAYS - days_left) * float(row["money"] or 0) / WINDOW_DAYS
        if missing:
            numbers = {"stock": row["stock"], "units": float(row["units"]), "days": days_left}
            found.append(_of_product("stock", missing, row, numbers))
    found.sort(key=lambda one: (-one.money, one.product_id))
    yield from found[:_MOST_OF_A_KIND]


def _sold_products(window: Window) -> ir.Table:
    """Return units and money of each product in the paid orders of the window, with its title."""
    line = with_family(window.shop, window.shop.order_items)
    line = line.semi_join(window.sold(), "order_id")
    value = line.quantity.cast("decimal(18, 0)") * line.price - ibis.coalesce(line.discount, 0)
    sold = line.group_by(product_id=line.family).aggregate(
        units=line.quantity.sum(), money=value.sum()
    )
    named = window.shop.products.select(named="product_id", title="title")
    return sold.left_join(named, sold.product_id == named.named).drop("named")


def _of_product(kind: str, money: float, row: dict[str, Any], numbers: dict[str, float]) -> Finding:
    title = row["title"] or row["product_id"]
    return Finding(kind, money, Words(title, title), row["product_id"], numbers)


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows


def _row(table: ir.Table) -> dict[str, Any]:
    return _rows(table)[0]
