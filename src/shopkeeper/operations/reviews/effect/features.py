"""From a shop to what `sentiment_effect` compares: reviews, product views, product weeks.

Ibis expressions only: the engine joins and counts, and what leaves it is one row a review or one row
a product and month or week, never one row an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from shopkeeper.data.facts import (
    deliveries,
    orders,
    period_start,
    placed_reviews,
    promise_end,
    visit_events,
    with_family,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from shopkeeper.data.shop import Shop

FOLLOW_UP_DAYS = 90
BLOCKS = 512
UNCLEAR, NEGATIVE, NEUTRAL, POSITIVE = range(4)


def reviewed(shop: Shop) -> ir.Table:
    """Return every review that has a sentiment and a time, with the product that it is about.

    The product is the review's own, variants taken together; where it names none, the dearest line of
    its order. `code` is
    the sentiment as a number, UNCLEAR where text and stars disagree.
    """
    review = placed_reviews(shop)
    review = review.filter(review.reviewed_at.notnull())
    main = _main_lines(shop).select("order_id", main_product="product_id")
    review = review.left_join(main, "order_id").drop("order_id_right")
    word = review.sentiment
    code = ibis.cases(
        (~review.clear, UNCLEAR),
        (word == "negative", NEGATIVE),
        (word == "neutral", NEUTRAL),
        (word == "positive", POSITIVE),
    )
    return review.mutate(
        product_id=ibis.coalesce(review.product_id, review.main_product), code=code
    ).drop("main_product")


def writers(shop: Shop) -> ir.Table:
    """Return one row a review of an order: what was known when it was written, and what followed.

    Columns: customer_id, seller_id, sentiment, code, reviewed (seconds), category, price, month (of
    the order, counted from year 0), earlier (orders of the customer before this one), delivery
    (`on time`, `late`, `undelivered`, null where unknown), days, value, currency, units, sellers,
    freight_share, and what followed: returned (a line came back after the review), again and spend
    (orders and their value, in the same currency, within 90 days after it).
    """
    review = reviewed(shop)
    order = _sales(shop)
    joined = review.inner_join(order.rename(buyer="customer_id"), "order_id")
    joined = joined.mutate(customer_id=ibis.coalesce(joined.buyer, joined.customer_id)).drop(
        "buyer"
    )
    joined = _beside(joined, _delivered(shop), "order_id")
    joined = _beside(joined, _baskets(shop), "order_id")
    joined = _beside(joined, _followed(shop, joined), "review_id")
    joined = _beside(joined, _product_lines(shop), "order_id", "product_id")
    product = with_family(shop, shop.products)
    product = product.group_by(product_id=product.family).aggregate(
        shelf=product.category.min(), listed=product.price.min()
    )
    joined = _beside(joined, product, "product_id")
    due = promise_end(shop, joined.promised_at, joined.time_zone)
    delivery = ibis.cases(
        (joined.parcels.isnull(), ibis.null("string")),
        (joined.parcels > joined.arrived, "undelivered"),
        (due.isnull(), ibis.null("string")),
        (joined.delivered_at > due, "late"),
        else_="on time",
    )
    seconds = joined.ordered_at.epoch_seconds().cast("int64")
    arrival = joined.delivered_at.epoch_seconds().cast("int64")
    whole = joined.goods + joined.freight
    return joined.select(
        "customer_id",
        "sentiment",
        "code",
        "units",
        "sellers",
        "currency",
        seller_id=ibis.coalesce(joined.seller_id, joined.first_seller),
        reviewed=joined.reviewed_at.epoch_seconds().cast("int64"),
        category=ibis.coalesce(joined.category, joined.shelf),
        price=ibis.coalesce(joined.paid_price, joined.main_price, joined.listed).cast("float64"),
        month=(joined.ordered_on.year() * 12 + joined.ordered_on.month() - 1).cast("int64"),
        earlier=joined.earlier,
        delivery=delivery,
        days=(arrival - seconds).cast("float64") / 86_400,
        value=joined.value.cast("float64"),
        freight_share=ibis.ifelse(whole > 0, joined.freight / whole, None).cast("float64"),
        returned=ibis.coalesce(joined.back_at > joined.reviewed_at, False).cast("int64"),
        again=ibis.coalesce(joined.again, 0),
        spend=ibis.coalesce(joined.spend, 0).cast("float64"),
    )


def seen_views(shop: Shop) -> ir.Table:
    """Return one row a product view after a review of the product.

    Columns: product_id, month, latest (code of the latest review before the view), cart and buy (1
    when the same visit adds or buys the same product later), block (visits spread over 512 blocks
    by the second in which they began). Of reviews written in the same second the highest code
    counts as the latest.
    """
    event = _product_events(shop)
    later = event.group_by("visit", "product_id").aggregate(
        carted_at=event.happened_at.max(where=event.name == "Product Added"),
        bought_at=event.happened_at.max(where=event.name == "Order Completed"),
    )
    began = event.group_by("visit").aggregate(began_at=event.happened_at.min())
    view = event.filter(event.name == "Product Viewed")
    view = _beside(_beside(view, later, "visit", "product_id"), began, "visit")
    view = view.select(
        "product_id",
        at=view.happened_at,
        is_review=ibis.literal(0),
        known=ibis.null("int64"),
        month=period_start(view.on, "month"),
        cart=ibis.coalesce(view.carted_at >= view.happened_at, False).cast("int64"),
        buy=ibis.coalesce(view.bought_at >= view.happened_at, False).cast("int64"),
        block=view.began_at.epoch_seconds().cast("int64") % BLOCKS,
    )
    review = reviewed(shop)
    review = review.filter(review.product_id.notnull())
    review = review.select(
        "product_id",
        at=review.reviewed_at,
        is_review=ibis.literal(1),
        known=review.reviewed_at.epoch_seconds().cast("int64") * 4 + review.code,
        month=ibis.null("date"),
        cart=ibis.null("int64"),
        buy=ibis.null("int64"),
        block=ibis.null("int64"),
    )
    both = view.union(review.select(*view.columns))
    # A running maximum of "second, sentiment" is the latest sentiment, without a join on ranges.
    before = ibis.cumulative_window(group_by=both.product_id, order_by=[both["at"], both.is_review])
    both = both.mutate(known=both.known.max().over(before))
    both = both.filter((both.is_review == 0) & both.known.notnull())
    return both.mutate(latest=both.known % 4).drop("known", "is_review", "at")


def exposures(shop: Shop) -> ir.Table:
    """Count product views by product, month and the product's latest review before the view."""
    seen = seen_views(shop)
    return seen.group_by("product_id", "month", "latest").aggregate(
        views=seen.count(), carts=seen.cart.sum(), buys=seen.buy.sum()
    )


def exposure_blocks(shop: Shop, influence: pa.Table) -> ir.Table:
    """Sum what each view does to a difference, by block of visits.

    Parameters
    ----------
    shop
        The shop.
    influence
        product_id, month, latest, and for each outcome its slope and constant: the view's influence
        is slope × outcome + constant.
    """
    known = ibis.memtable(influence)
    seen = _beside(seen_views(shop), known, "product_id", "month", "latest")
    return seen.group_by("block").aggregate(
        view_to_cart=(seen.cart * seen.cart_slope + seen.cart_constant).sum(),
        view_to_buy=(seen.buy * seen.buy_slope + seen.buy_constant).sum(),
    )


def product_weeks(shop: Shop) -> ir.Table:
    """Count views, additions to the cart and buys by product and week (its Monday)."""
    event = _product_events(shop)
    return event.group_by("product_id", week=period_start(event.on, "week")).aggregate(
        views=event.count(where=event.name == "Product Viewed"),
        carts=event.count(where=event.name == "Product Added"),
        buys=event.count(where=event.name == "Order Completed"),
    )


def bad_weeks(shop: Shop) -> ir.Table:
    """Count negative reviews by product and week (its Monday)."""
    review = reviewed(shop)
    review = review.filter(review.product_id.notnull() & (review.sentiment == "negative"))
    return review.group_by("product_id", week=period_start(review.on, "week")).aggregate(
        negatives=review.count()
    )


def carriers(shop: Shop, currency: str = "") -> ir.Table:
    """Return one row a reviewed product: its reviews by sentiment, and how it sells.

    Columns: product_id, negative, neutral, positive; of lines of paid orders: units, goods (price × units,
    in `currency` only where one is given), lines, returned_lines, delivered_lines and late_lines (of
    deliveries with a promise), followed_lines (of customers who can be followed for 90 days) and again_lines
    (another paid order within those); of events: views, carts and buys.
    """
    review = reviewed(shop)
    review = review.filter(review.product_id.notnull())
    counted = review.group_by("product_id").aggregate(
        **{
            word: review.count(where=review.sentiment == word)
            for word in ("negative", "neutral", "positive")
        }
    )
    line = _beside(_lines(shop).inner_join(_later(shop), "order_id"), _late(shop), "order_id")
    back = line.returned_at.notnull() | (ibis.coalesce(line.returned_quantity, 0) > 0)
    worth = (line.price * line.quantity.cast("decimal(18, 0)")).cast("float64")
    sold = line.group_by("product_id").aggregate(
        units=line.quantity.sum(),
        goods=worth.sum(where=line.paid_in == currency) if currency else worth.sum(),
        lines=line.count(),
        returned_lines=line.count(where=back),
        delivered_lines=line.late.count(),
        late_lines=line.count(where=line.late),
        followed_lines=line.count(where=line.again.notnull()),
        again_lines=line.count(where=line.again),
    )
    week = product_weeks(shop)
    seen = week.group_by("product_id").aggregate(
        views=week.views.sum(), carts=week.carts.sum(), buys=week.buys.sum()
    )
    return _beside(_beside(counted, sold, "product_id"), seen, "product_id")


def _later(shop: Shop) -> ir.Table:
    """Return each paid order with its currency and whether another followed within 90 days.

    `again` is null where the customer is unknown or the shop's orders end within those 90 days.
    """
    order = orders(shop)
    order = order.filter(order.paid)
    until = order.ordered_at + ibis.interval(days=FOLLOW_UP_DAYS)
    next_at = order.ordered_at.lead().over(group_by=order.customer_id, order_by=order.ordered_at)
    ended = order.ordered_at.max().over(ibis.window())
    again = ibis.coalesce(next_at <= until, False)
    can_tell = order.customer_id.notnull() & (until <= ended)
    return order.select(
        "order_id", paid_in=order.currency, again=ibis.ifelse(can_tell, again, ibis.null("boolean"))
    )


def _late(shop: Shop) -> ir.Table:
    parcel = deliveries(shop)
    return parcel.group_by("order_id").aggregate(late=parcel.late.any())


def _beside(left: ir.Table, right: ir.Table, *keys: str) -> ir.Table:
    joined = left.left_join(right, list(keys))
    return joined.drop(*(f"{key}_right" for key in keys))


def _lines(shop: Shop) -> ir.Table:
    """Return the order lines with their product in place of the variant that was bought."""
    line = with_family(shop, shop.order_items)
    return line.mutate(product_id=line.family).drop("family")


def _product_events(shop: Shop) -> ir.Table:
    """Return the events of visits that name a product, in place of its variant."""
    event = with_family(shop, visit_events(shop))
    return event.filter(event.family.notnull()).mutate(product_id=event.family).drop("family")


def _sales(shop: Shop) -> ir.Table:
    order = orders(shop)
    order = order.filter(order.sale)
    rank = ibis.rank().over(group_by=order.customer_id, order_by=order.ordered_at)
    return order.select(
        "order_id", "customer_id", "ordered_at", "time_zone", "currency", "value",
        ordered_on=order.on,
        earlier=ibis.ifelse(order.customer_id.isnull(), 0, rank.cast("int64")),
    )  # fmt: skip


def _main_lines(shop: Shop) -> ir.Table:
    """Return the dearest line of each order, the first of equals."""
    line = _lines(shop)
    place = ibis.row_number().over(
        group_by=line.order_id, order_by=[ibis.coalesce(line.price, 0).desc(), line.line]
    )
    line = line.mutate(place=place)
    return line.filter(line.place == 0).select("order_id", "product_id", "seller_id", "price")


def _baskets(shop: Shop) -> ir.Table:
    line = shop.order_items
    basket = line.group_by("order_id").aggregate(
        units=line.quantity.sum(),
        sellers=line.seller_id.nunique(),
        goods=(line.quantity.cast("decimal(18, 0)") * line.price).sum().cast("float64"),
        freight=line.freight.sum().cast("float64"),
        back_at=line.returned_at.max(),
    )
    main = _main_lines(shop).select("order_id", first_seller="seller_id", main_price="price")
    return _beside(basket, main, "order_id")


def _product_lines(shop: Shop) -> ir.Table:
    line = _lines(shop)
    return line.group_by("order_id", "product_id").aggregate(
        seller_id=line.seller_id.min(), paid_price=line.price.max()
    )


def _delivered(shop: Shop) -> ir.Table:
    parcel = shop.shipments
    return parcel.group_by("order_id").aggregate(
        parcels=parcel.count(),
        arrived=parcel.delivered_at.count(),
        delivered_at=parcel.delivered_at.max(),
        promised_at=parcel.promised_at.max(),
    )


def _followed(shop: Shop, review: ir.Table) -> ir.Table:
    """Count the paid orders of the same customer within 90 days after each review."""
    order = orders(shop)
    order = order.filter(order.paid).select(
        buyer="customer_id", next_at="ordered_at", next_value="value", next_currency="currency"
    )
    written = review.select("review_id", "customer_id", "reviewed_at", "currency")
    last = written.reviewed_at + ibis.interval(days=FOLLOW_UP_DAYS)
    written = written.mutate(last=last)
    pairs = written.inner_join(
        order,
        [
            written.customer_id == order.buyer,
            order.next_at > written.reviewed_at,
            order.next_at <= written.last,
        ],
    )
    return pairs.group_by("review_id").aggregate(
        again=pairs.count(),
        spend=pairs.next_value.sum(where=pairs.next_currency == pairs.currency),
    )
