"""Facts: the rows that business numbers are counted on, as Ibis expressions.

One function a grain: an order with its value, a visit, a delivery, a review with its sentiment. Each
returns a local day `on` and says in its docstring what counts. Nothing is executed here except the
list of the shop's time zones, which is a handful of words, and, under `as_of`, whether any payment
is dated.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, available_timezones

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Period = Literal["month", "week", "day"]

_PAID = ("paid", "shipped", "delivered", "refunded")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_TRUNCATE = {"month": "M", "week": "W", "day": "D"}


def trimmed(text: ir.StringValue) -> ir.StringValue:
    """Return a text without spaces at its ends, the Chinese one among them.

    Not by `strip`, which on Spark takes the letters of its escapes (f, n, r, t, v) off the ends too.
    """
    return text.re_replace("^[\\s\u3000]+|[\\s\u3000]+$", "")


def period_start(on: ir.DateValue, period: Period) -> ir.DateValue:
    """Return the first day of the month, ISO week or day that `on` lies in."""
    return on.truncate(_TRUNCATE[period])


def order_lines(shop: Shop) -> ir.Table:
    """Return one row an order: units and value of its lines, and what was returned or refunded of them.

    Value of a line: quantity × price − discount + freight.
    """
    lines = shop.order_items
    value = (
        lines.quantity.cast("decimal(18, 0)") * lines.price
        - ibis.coalesce(lines.discount, 0)
        + ibis.coalesce(lines.freight, 0)
    )
    back = (
        (ibis.coalesce(lines.returned_quantity, 0) > 0)
        | lines.returned_at.notnull()
        | (ibis.coalesce(lines.refunded, 0) > 0)
    )
    return lines.group_by("order_id").aggregate(
        units=lines.quantity.sum(),
        lines_value=value.sum(),
        lines_refunded=lines.refunded.sum(),
        lines_back=back.cast("int64").sum(),
        lines_currency=lines.currency.min(),
    )


def orders(shop: Shop) -> ir.Table:
    """Return one row an order or refund document; adjustments, which sell nothing, are left out.

    Columns: order_id, customer_id, on, ordered_at, currency, channel, region, country; `sale` (not
    a refund document), `paid` (a sale that was paid and not cancelled), `units`, `value`, `refund`,
    `returned` (something of a paid order came back or was refunded). Under `as_of` the status is
    hidden, so an order is paid once its payment is dated; in a shop that dates no payment every sale
    counts that was not cancelled.
    """
    order = shop.orders.filter(ibis.coalesce(ibis._.kind, "sale") != "adjustment")
    joined = order.left_join(order_lines(shop), "order_id")
    sale = ibis.coalesce(joined.kind, "sale") != "refund"
    status = ibis.coalesce(joined.status, "")
    cancelled = (status == "cancelled") | joined.cancelled_at.notnull()
    unknown = (
        joined.status.isnull() & joined.paid_at.isnull() & ~ibis.literal(_dates_payments(shop))
    )
    paid = sale & ~cancelled & (joined.paid_at.notnull() | status.isin(_PAID) | unknown)
    value = ibis.coalesce(joined.total.cast("decimal(38, 4)"), joined.lines_value)
    stated = ibis.greatest(
        ibis.coalesce(joined.refunded.cast("decimal(38, 4)"), 0),
        ibis.coalesce(joined.lines_refunded, 0),
    )
    unstated = joined.refunded.isnull() & joined.lines_refunded.isnull()
    given_back = (status == "refunded") | joined.refunded_at.notnull()
    whole = unstated & given_back
    refund = ibis.cases((~sale, value.abs()), (whole, value), else_=stated)
    back = (stated > 0) | (ibis.coalesce(joined.lines_back, 0) > 0) | given_back
    fallback = ibis.literal(shop.settings.currency)
    return joined.select(
        "order_id",
        "customer_id",
        "ordered_at",
        "channel",
        "region",
        "country",
        "time_zone",
        on=ibis.coalesce(joined.ordered_on, joined.ordered_at.date()),
        currency=ibis.coalesce(joined.currency, joined.lines_currency, fallback),
        sale=sale,
        paid=paid,
        units=joined.units,
        value=value,
        refund=ibis.coalesce(refund, 0),
        returned=paid & back,
    )


def visit_events(shop: Shop) -> ir.Table:
    """Return the product views, additions to the cart and completed orders, each with its `visit`.

    A visit is a session; where the source has none, one visitor's (else customer's) local day.
    """
    event = shop.events
    event = event.filter(event.name.isin(("Product Viewed", "Product Added", "Order Completed")))
    on = ibis.coalesce(event.happened_on, event.happened_at.date())
    who = ibis.coalesce(event.visitor_id, event.customer_id)
    event = event.mutate(
        on=on,
        visit=ibis.coalesce(
            ibis.literal("session ") + event.session_id, who + " " + on.cast("string")
        ),
    )
    return event.filter(event.visit.notnull())


def visits(shop: Shop) -> ir.Table:
    """Return one row a visit: `viewed` a product, `added` one, `bought`.

    A visit belongs to the day on which it began.
    """
    event = visit_events(shop)
    return event.group_by("visit").aggregate(
        on=event.on.min(),
        channel=event.channel.min(),
        device=event.device.min(),
        viewed=(event.name == "Product Viewed").any(),
        added=(event.name == "Product Added").any(),
        bought=(event.name == "Order Completed").any(),
    )


def deliveries(shop: Shop) -> ir.Table:
    """Return one row a delivered shipment with a promise: `late` or not, `days` it took.

    Shipments of cancelled orders do not count. A promise at local midnight names a day, and the
    whole of that day is in time.
    """
    parcel = shop.shipments
    order = orders(shop).filter(ibis._.paid)
    joined = parcel.inner_join(order, "order_id")
    joined = joined.filter(joined.promised_at.notnull() & joined.delivered_at.notnull())
    due = promise_end(shop, joined.promised_at, joined.time_zone)
    return joined.select(
        "order_id",
        "line",
        "on",
        "channel",
        "region",
        "country",
        late=joined.delivered_at > due,
        days=(
            joined.delivered_at.epoch_seconds().cast("float64")
            - joined.ordered_at.epoch_seconds().cast("float64")
        )
        / 86_400,
    )


def sentiment_of_stars(rating: ir.NumericValue) -> ir.StringValue:
    """Return the class of a star rating: 1–2 negative, 4–5 positive, between them neutral.

    A rating outside 1 to 5 has none.
    """
    classes: ir.StringValue = ibis.cases(
        (~rating.between(1, 5), None),
        (rating <= 2, "negative"),
        (rating >= 4, "positive"),
        (rating.notnull(), "neutral"),
    )
    return classes


def reviews(shop: Shop) -> ir.Table:
    """Return one row a review: its sentiment and where the sentiment comes from.

    The shop's own label decides, else the stars (1–2 negative, 4–5 positive, between them neutral),
    else what `review_sentiment` read in the text. `origin` is `label`, `stars`, `text`, or null where
    there is no sentiment. `clear` is false where the text is surely read as something else.
    """
    review = shop.reviews
    judged = _judged(shop)
    if judged is not None:
        review = review.left_join(judged, review.review_id == judged.judged_id).drop("judged_id")
    else:
        review = review.mutate(read=ibis.null("string"))
    stars = sentiment_of_stars(review.rating)
    origin = ibis.cases(
        (review.label.notnull(), "label"),
        (stars.notnull(), "stars"),
        (review["read"].notnull(), "text"),
    )
    sentiment = ibis.coalesce(review.label, stars, review["read"])
    return review.select(
        "review_id",
        "product_id",
        "order_id",
        "customer_id",
        "category",
        "rating",
        "reviewed_at",
        on=ibis.coalesce(review.reviewed_on, review.reviewed_at.date()),
        sentiment=sentiment,
        origin=origin,
        clear=sentiment == ibis.coalesce(review["read"], sentiment),
    )


def with_family(shop: Shop, table: ir.Table) -> ir.Table:
    """Return the table with `family`: the product that its `product_id` is a variant of, or itself.

    Reviews name a product where orders name the variant that was bought; the two meet in `family`.
    """
    product = shop.products
    parent = product.filter(product.parent_id.notnull())
    parent = parent.select(variant="product_id", parent="parent_id")
    joined = table.left_join(parent, table.product_id == parent.variant)
    family = ibis.coalesce(joined.parent, joined.product_id)
    return joined.mutate(family=family).drop("variant", "parent")


def placed_reviews(shop: Shop) -> ir.Table:
    """Return the reviews that have a sentiment, each with its product and its order.

    `product_id` is the product whose variants are sold (`with_family`). `order_id` is the order that
    the review names; where it names none, the latest paid order of the same customer that holds the
    product and is older than the review.
    """
    review = with_family(shop, reviews(shop))
    review = review.filter(review.sentiment.notnull())
    linked = _linked_orders(shop, review).rename(linked_review="review_id")
    review = review.left_join(linked, review.review_id == linked.linked_review)
    return review.mutate(
        product_id=review.family, order_id=ibis.coalesce(review.order_id, review.linked_order)
    ).drop("family", "linked_order", "linked_review")


def promise_end(
    shop: Shop, promised_at: ir.TimestampValue, time_zone: ir.StringValue
) -> ir.TimestampValue:
    """Return the instant until which a delivery is in time.

    Platforms that promise a day write its local midnight; such a promise ends a day later.
    """
    whole_day = at_midnight(shop, promised_at, time_zone)
    return ibis.ifelse(whole_day, promised_at + ibis.interval(days=1), promised_at)


def at_midnight(shop: Shop, at: ir.TimestampValue, time_zone: ir.StringValue) -> ir.BooleanValue:
    """Return whether an instant is local midnight, which is where a source writes a day without a time."""
    clock = at.hour() * 3600 + at.minute() * 60 + at.second()
    midnight: ir.BooleanValue = ibis.literal(False)
    for zone in _zones(shop):
        midnight = midnight | ((time_zone == zone) & clock.isin(_midnights(zone)))
    return midnight


def _judged(shop: Shop) -> ir.Table | None:
    version = shop.manifest.answers.get("review_sentiment")
    if version is None or shop.cut is not None:
        return None
    table = shop.connection.read_parquet(str(shop.path / version.folder / "table.parquet"))
    sure = table.filter(~ibis.coalesce(table.abstained, False) & table.review_id.notnull())
    return sure.group_by(judged_id=sure.review_id).aggregate(read=sure["read"].min())


def _linked_orders(shop: Shop, review: ir.Table) -> ir.Table:
    order = orders(shop)
    order = order.filter(order.paid & order.customer_id.notnull())
    line = with_family(shop, shop.order_items.select("order_id", "product_id"))
    bought = line.inner_join(order, "order_id").select(
        "ordered_at", buyer="customer_id", bought="family", linked_order="order_id"
    )
    without = review.filter(review.order_id.isnull())
    without = without.select("review_id", "customer_id", "reviewed_at", "family")
    pairs = without.inner_join(
        bought,
        [
            without.customer_id == bought.buyer,
            without.family == bought.bought,
            without.reviewed_at >= bought.ordered_at,
        ],
    )
    place = ibis.row_number().over(
        group_by=pairs.review_id, order_by=[pairs.ordered_at.desc(), pairs.linked_order]
    )
    pairs = pairs.mutate(place=place)
    return pairs.filter(pairs.place == 0).select("review_id", "linked_order")


def _dates_payments(shop: Shop) -> bool:
    if shop.cut is None:
        return False
    return bool(shop.orders.paid_at.count().to_pyarrow().as_py())


def _zones(shop: Shop) -> list[str]:
    found = shop.orders.select("time_zone").distinct().to_pyarrow()["time_zone"].to_pylist()
    known = available_timezones()
    return sorted(
        zone
        for zone in {*found, shop.settings.time_zone or "UTC"}
        if zone in known or (zone and _OFFSET.fullmatch(zone))
    )


def _midnights(zone: str) -> list[int]:
    """Return the UTC clock times, in seconds, that local midnight has had in a zone since 2000.

    A source that writes its times with an offset has that offset for a zone.
    """
    if written := _OFFSET.fullmatch(zone):
        seconds = 3600 * int(written[2]) + 60 * int(written[3])
        return [(seconds if written[1] == "-" else -seconds) % 86_400]
    first = datetime(2000, 1, 1, tzinfo=ZoneInfo(zone))
    days = (first + timedelta(days=30 * step) for step in range(13 * 30))
    offsets = {day.utcoffset() or timedelta() for day in days}
    return sorted({int(-offset.total_seconds()) % 86_400 for offset in offsets})
