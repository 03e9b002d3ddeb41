"""What customers do, as counts: one row a customer, day, kind of trait and label.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from shopkeeper.data import facts
from shopkeeper.operations.segments.clock import half_hour

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

BLOCKS = (
    "category", "price", "discount", "returned", "sentiment", "visit", "hour", "sold", "payment",
    "device", "source", "depth", "looked",
)  # fmt: skip
DEEPEST = 4


def traits(shop: Shop, currency: str) -> ir.Table:
    """Return how often each customer did what: `customer_id`, `on`, `block`, `label`, `n`.

    Blocks: `category` and `price` (a line's unit price, in the lowest, middle or highest third of
    the lines of its category) by line of a paid order; `discount` and `returned` (yes or no), `sold`
    (the channel) and `payment` by paid order; `sentiment` by review of the customer's own; `visit` (what
    it led to at the most), `device` and `source` (its channel) by visit; `depth` (products viewed, the
    most are one label) and `looked` (categories viewed) by visit without an order; `hour` by order and by
    visit without one, a half hour as `clock.half_hour` writes it.
    """
    parts = [*_of_lines(shop, currency), _of_orders(shop, currency)]
    parts += [_of_reviews(shop), *_of_visits(shop)]
    columns = ("customer_id", "on", "block", "label")
    whole = ibis.union(*(part.select(*columns) for part in parts), distinct=False)
    whole = whole.filter(whole.customer_id.notnull() & whole.on.notnull() & whole.label.notnull())
    return whole.group_by(*columns).aggregate(n=whole.count())


def bought_lines(shop: Shop, currency: str) -> ir.Table:
    """Return the lines of paid orders in a currency: customer, day, time, product, category, price."""
    order = paid_orders(shop, currency).select("order_id", "customer_id", "on", "ordered_at")
    line = shop.order_items.select("order_id", "product_id", "title", "quantity", "price")
    line = line.filter(line.quantity > 0).inner_join(order, "order_id")
    product = shop.products
    product = product.group_by("product_id").aggregate(
        category=product.category.min(), listed=product.title.min()
    )
    joined = line.left_join(product, "product_id")
    return joined.select(
        "order_id", "customer_id", "on", "ordered_at", "product_id", "category", "quantity", "price",
        title=ibis.coalesce(joined.listed, joined.title),
    )  # fmt: skip


def paid_orders(shop: Shop, currency: str) -> ir.Table:
    """Return the paid orders in a currency that name their customer; `reduced` with any discount."""
    order = facts.orders(shop)
    order = order.filter(order.paid & order.customer_id.notnull() & order.on.notnull())
    order = order.filter(order.currency.identical_to(currency))
    line = shop.order_items
    less = line.group_by("order_id").aggregate(less=ibis.coalesce(line.discount, 0).sum())
    raw = shop.orders.select("order_id", "discount", "discount_code")
    joined = order.left_join(raw, "order_id").drop("order_id_right").left_join(less, "order_id")
    reduced = (
        (ibis.coalesce(joined.discount, 0) > 0)
        | (ibis.coalesce(joined.discount_code, "") != "")
        | (ibis.coalesce(joined.less, 0) > 0)
    )
    return joined.mutate(reduced=reduced).drop(
        "order_id_right", "discount", "discount_code", "less"
    )


def people(shop: Shop) -> ir.Table:
    """Return one row a customer: `region`, `city`, `country` and whether they agreed to messages.

    A customer with several rows agreed only where no row says otherwise.
    """
    who = shop.customers
    return who.group_by("customer_id").aggregate(
        region=who.region.min(),
        city=who.city.min(),
        country=who.country.min(),
        accepts_marketing=who.accepts_marketing.cast("int64").min().cast("boolean"),
    )


def own_reviews(shop: Shop) -> ir.Table:
    """Return the reviews with a sentiment and the customer who wrote them, or whose order it was."""
    review = facts.reviews(shop)
    order = shop.orders.filter(shop.orders.order_id.notnull()).select(
        ordered="order_id", buyer="customer_id"
    )
    joined = review.left_join(order, review.order_id == order.ordered)
    return joined.filter(joined.sentiment.notnull()).select(
        "review_id", "product_id", "on", "sentiment",
        customer_id=ibis.coalesce(joined.customer_id, joined.buyer),
    )  # fmt: skip


def _of_lines(shop: Shop, currency: str) -> list[ir.Table]:
    line = bought_lines(shop, currency).mutate(kind=ibis._.category.fill_null(""))
    cuts = line.group_by("kind").aggregate(
        lower=line.price.cast("float64").quantile(1 / 3),
        upper=line.price.cast("float64").quantile(2 / 3),
    )
    priced = line.inner_join(cuts, "kind")
    price = priced.price.cast("float64")
    third = ibis.cases(
        (price <= priced.lower, "low"), (price <= priced.upper, "middle"), else_="high"
    )
    return [
        line.mutate(block=ibis.literal("category"), label=line.category),
        priced.mutate(block=ibis.literal("price"), label=third),
    ]


def _of_orders(shop: Shop, currency: str) -> ir.Table:
    order = paid_orders(shop, currency)
    paid = shop.payments.group_by(paid_id="order_id").aggregate(payment=ibis._.method.min())
    joined = order.left_join(paid, order.order_id == paid.paid_id)
    zone = ibis.coalesce(joined.time_zone, ibis.literal(shop.settings.time_zone or "UTC"))
    # A source that knows the day of an order alone says nothing of the time of day.
    day_alone = facts.at_midnight(shop, joined.ordered_at, zone)
    return _by_block(
        joined.select(
            "customer_id", "on", "payment", discount=ibis.ifelse(joined.reduced, "yes", "no"),
            returned=ibis.ifelse(joined.returned, "yes", "no"), sold=joined.channel,
            hour=ibis.ifelse(day_alone, ibis.null("string"), half_hour(joined.ordered_at, zone)),
        )
    )  # fmt: skip


def _by_block(wide: ir.Table) -> ir.Table:
    """Return one row for each column but customer and day, named by its block."""
    columns = [name for name in wide.columns if name not in ("customer_id", "on")]
    return wide.pivot_longer(columns, names_to="block", values_to="label")


def _of_reviews(shop: Shop) -> ir.Table:
    return own_reviews(shop).mutate(block=ibis.literal("sentiment"), label=ibis._.sentiment)


def _of_visits(shop: Shop) -> list[ir.Table]:
    event = facts.visit_events(shop)
    viewed = event.name == "Product Viewed"
    visit = event.group_by("visit").aggregate(
        customer_id=event.customer_id.max(),
        on=event.on.min(),
        began=event.happened_at.min(),
        zone=event.time_zone.min(),
        device=event.device.min(),
        source=event.channel.min(),
        products=event.product_id.nunique(where=viewed),
        added=(event.name == "Product Added").any(),
        bought=(event.name == "Order Completed").any(),
    )
    visit = visit.filter(visit.customer_id.notnull())
    led = ibis.cases((visit.bought, "bought"), (visit.added, "added"), else_="viewed")
    # What an order says is not counted a second time by the visit that it came from.
    depth = ibis.least(visit.products, DEEPEST).cast("string")
    wide = visit.select(
        "customer_id", "on", "device", "source", visit=led,
        depth=ibis.ifelse(visit.bought, ibis.null("string"), depth),
        hour=ibis.ifelse(visit.bought, ibis.null("string"), half_hour(visit.began, visit.zone)),
    )  # fmt: skip
    return [_by_block(wide), _looked_at(shop, event.filter(viewed), visit.filter(~visit.bought))]


def _looked_at(shop: Shop, view: ir.Table, visit: ir.Table) -> ir.Table:
    product = shop.products
    product = product.group_by("product_id").aggregate(label=product.category.min())
    seen = view.select("visit", "product_id").inner_join(product, "product_id")
    seen = seen.select("visit", "label").distinct()
    joined = seen.inner_join(visit.select("visit", "customer_id", "on"), "visit")
    return joined.mutate(block=ibis.literal("looked"))
