"""What the report counts in the shop's own tables, as small Ibis queries.

A review's sentiment, a late delivery and an order's day are those of `data/facts.py`, so the report
counts nothing in a way of its own. A review speaks of the product that it names, its variants taken
together; one that names only an order speaks of every product in it, and of their sellers and
categories.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from shopkeeper.data.facts import (
    Period,
    deliveries,
    period_start,
    placed_reviews,
    promise_end,
    reviews,
    with_family,
)
from shopkeeper.intervals import Interval, proportion

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Group:
    """Counts of one category, product or seller.

    Parameters
    ----------
    key
        What the shop calls it.
    name
        Title or name, where there is one.
    category
        Category of a product.
    reviews, negative
        Reviews with a sentiment, and the negative ones among them.
    delivered, late
        Delivered shipments with a promise, and the late ones among them.
    """

    key: str
    name: str | None
    category: str | None
    reviews: int
    negative: int
    delivered: int = 0
    late: int = 0

    @property
    def share(self) -> Interval:
        """Negative share of the reviews."""
        return proportion(self.negative, self.reviews)

    @property
    def late_share(self) -> Interval:
        """Late share of the deliveries."""
        return proportion(self.late, self.delivered)


@dataclass(frozen=True, slots=True)
class Moment:
    """Reviews by sentiment in one period."""

    start: date
    negative: int
    neutral: int
    positive: int

    @property
    def reviews(self) -> int:
        """All reviews of the period that have a sentiment."""
        return self.negative + self.neutral + self.positive


def judged_reviews(shop: Shop) -> ir.Table:
    """Return the reviews that have a sentiment."""
    found = reviews(shop)
    return found.filter(found.sentiment.notnull())


def over_time(shop: Shop, period: Period) -> list[Moment]:
    """Count reviews by period and sentiment."""
    review = judged_reviews(shop)
    review = review.filter(review.on.notnull()).mutate(start=period_start(review.on, period))
    counted = review.group_by("start").aggregate(**_by_sentiment(review)).order_by("start")
    return [Moment(**row) for row in _rows(counted)]


def time_span(shop: Shop) -> tuple[date | None, date | None]:
    """Return the first and the last day on which a review was written."""
    review = judged_reviews(shop)
    row = _rows(review.aggregate(first=review.on.min(), last=review.on.max()))[0]
    return row["first"], row["last"]


def totals(shop: Shop) -> Moment:
    """Count all reviews by sentiment."""
    review = judged_reviews(shop)
    row = _rows(review.aggregate(**_by_sentiment(review)))[0]
    return Moment(date.min, **row)


def recent(shop: Shop, first: date | None, last: date | None) -> tuple[Moment, Moment] | None:
    """Count the last quarter of the time (at most 90 days), and the time of equal length before."""
    if first is None or last is None or (last - first).days < 28:
        return None
    days = min(90, (last - first).days // 4)
    starts = (last - timedelta(days=days - 1), last - timedelta(days=2 * days - 1))
    review = judged_reviews(shop)
    counted = []
    for start in starts:
        end = start + timedelta(days=days)
        within = review.filter((review.on >= ibis.literal(start)) & (review.on < ibis.literal(end)))
        counted.append(Moment(start, **_rows(within.aggregate(**_by_sentiment(within)))[0]))
    return counted[0], counted[1]


def by_category(shop: Shop, lang: str) -> list[Group]:
    """Count reviews by category, named in the reader's language where the shop has the name."""
    counted = _counted(spoken_of(shop), "category").mutate(category=ibis.null("string"))
    names = {
        (row["category"], row["language"]): row["name"]
        for row in _rows(shop.categories.select("category", "language", "name"))
    }
    groups = []
    for row in _rows(counted):
        key = row["key"]
        own = key if lang == "zh" and _CHINESE.search(key) else None
        name = names.get((key, lang)) or own or names.get((key, "en")) or key
        groups.append(Group(**row | {"name": name}))
    return groups


def by_product(shop: Shop) -> list[Group]:
    """Count reviews by product, of the products that have two negative reviews or more."""
    counted = _counted(spoken_of(shop), "product_id")
    counted = counted.filter(counted.negative >= 2)
    product = with_family(shop, shop.products)
    product = product.group_by(key=product.family).aggregate(
        title=product.title.min(), kept=product.category.min()
    )
    joined = counted.left_join(product, "key")
    named = joined.select("key", "reviews", "negative", name=joined.title, category=joined.kept)
    return [Group(**row) for row in _rows(named)]


def named_products(shop: Shop, keys: list[str]) -> dict[str, Group]:
    """Return title and category of products by what reviews call them: a variant or the whole."""
    product = with_family(shop, shop.products)
    kept = product.filter(product.product_id.isin(keys) | product.family.isin(keys))
    rows = _rows(kept.select("product_id", "family", "title", "category"))
    rows.sort(key=lambda row: (row["title"] is None, row["title"] or "", row["product_id"]))
    found: dict[str, Group] = {}
    for name in ("product_id", "family"):
        for row in rows:
            key = row[name]
            found.setdefault(key, Group(key, row["title"], row["category"], 0, 0))
    return found


def spoken_of_products(shop: Shop) -> int:
    """Return how many products have a review."""
    return int(_counted(spoken_of(shop), "product_id").count().to_pyarrow().as_py())


def by_seller(shop: Shop) -> list[Group]:
    """Count reviews and deliveries by seller."""
    counted = _counted(spoken_of(shop), "seller_id")
    parcel = deliveries(shop).inner_join(
        shop.order_items.select("order_id", "seller_id").distinct(), "order_id"
    )
    sent = parcel.group_by(sent_by=parcel.seller_id).aggregate(
        delivered=parcel.count(), late=parcel.count(where=parcel.late)
    )
    joined = counted.outer_join(sent, counted.key == sent.sent_by)
    seller = shop.sellers.select(where_id="seller_id", city="city")
    placed = joined.mutate(who=ibis.coalesce(joined.key, joined.sent_by))
    placed = placed.left_join(seller, placed.who == seller.where_id)
    named = placed.filter(placed.who.notnull()).select(
        key=placed.who,
        name=placed.city,
        category=ibis.null("string"),
        **{
            name: placed[name].fill_null(0) for name in ("reviews", "negative", "delivered", "late")
        },
    )
    return [Group(**row) for row in _rows(named)]


def punctuality(shop: Shop) -> tuple[int, int]:
    """Return how many deliveries were late, of how many with a promise."""
    parcel = deliveries(shop)
    row = _rows(parcel.aggregate(late=parcel.count(where=parcel.late), all=parcel.count()))[0]
    return row["late"], row["all"]


def lateness(shop: Shop) -> list[dict[str, Any]]:
    """Count reviews by days between promise and delivery: 0 in the last day of the promise, early below.

    A promise that names a day holds until that day ends.
    """
    review = judged_reviews(shop)
    zone = shop.orders.select("order_id", "time_zone")
    parcel = shop.shipments.filter(
        shop.shipments.promised_at.notnull() & shop.shipments.delivered_at.notnull()
    )
    last = parcel.group_by("order_id").aggregate(
        promised=parcel.promised_at.max(), delivered=parcel.delivered_at.max()
    )
    joined = review.inner_join(last, "order_id").left_join(zone, "order_id")
    due = promise_end(shop, joined.promised, joined.time_zone)
    seconds = joined.delivered.epoch_seconds() - due.epoch_seconds()
    days = (seconds / 86_400).ceil().cast("int64")
    counted = joined.mutate(days=days).group_by("days")
    return _rows(
        counted.aggregate(
            reviews=ibis._.count(), negative=ibis._.count(where=ibis._.sentiment == "negative")
        )
    )


def quotes(
    shop: Shop, judged: pa.Table | None, products: list[str], *, least: int = 12
) -> dict[str, list[dict[str, Any]]]:
    """Return the negative reviews of these products that have a text, the most certain first.

    Parameters
    ----------
    shop
        The shop.
    judged
        The table of `review_sentiment`, for its certainty; None to go by the stars.
    products
        Products.
    least
        Texts of fewer characters say too little to quote.
    """
    spoken = spoken_of(shop)
    spoken = spoken.filter(spoken.product_id.isin(products) & (spoken.sentiment == "negative"))
    written = shop.reviews.select("review_id", "title", "text")
    joined = spoken.inner_join(written, "review_id")
    joined = joined.filter(joined.text.length() >= least)
    fields = ["product_id", "review_id", "rating", "on", "text"]
    certain = _certainty(judged)
    found: dict[str, list[dict[str, Any]]] = {}
    rows = _rows(joined.select(*fields).distinct())
    rows.sort(key=lambda row: (-certain.get(row["review_id"], 0.0), row["review_id"]))
    for row in rows:
        kept = found.setdefault(row["product_id"], [])
        if all(other["text"].strip() != row["text"].strip() for other in kept):
            kept.append(row)
    return found


def unanswered(shop: Shop) -> tuple[int, int] | None:
    """Return how many negative reviews with a text have no reply, of how many; None without replies."""
    review = shop.reviews
    replied = review.replied_at.notnull() | review.reply.notnull()
    if not review.aggregate(any=replied.any()).to_pyarrow()["any"][0].as_py():
        return None
    negative = judged_reviews(shop).filter(ibis._.sentiment == "negative").select("review_id")
    kept = review.semi_join(negative, "review_id").filter(ibis._.text.notnull())
    answered = kept.replied_at.notnull() | kept.reply.notnull()
    row = _rows(kept.aggregate(open=kept.count(where=~answered), all=kept.count()))[0]
    return row["open"], row["all"]


def order_days(shop: Shop) -> tuple[date | None, date | None]:
    """Return the first and the last day of orders."""
    order = shop.orders
    on = ibis.coalesce(order.ordered_on, order.ordered_at.date())
    row = _rows(order.aggregate(first=on.min(), last=on.max()))[0]
    return row["first"], row["last"]


def event_days(shop: Shop) -> tuple[date | None, date | None]:
    """Return the first and the last day of events on the site."""
    event = shop.events
    on = ibis.coalesce(event.happened_on, event.happened_at.date())
    row = _rows(event.aggregate(first=on.min(), last=on.max()))[0]
    return row["first"], row["last"]


def spoken_of(shop: Shop) -> ir.Table:
    """Return one row a review and product that it speaks of, with its seller and category."""
    review = placed_reviews(shop).mutate(written_for=ibis._.product_id)
    line = with_family(shop, shop.order_items)
    line = line.select("order_id", bought="family", sold_by="seller_id").distinct()
    joined = review.left_join(
        line,
        [
            review.order_id == line.order_id,
            review.written_for.isnull() | (review.written_for == line.bought),
        ],
    )
    joined = joined.mutate(about=ibis.coalesce(joined.written_for, joined.bought))
    product = with_family(shop, shop.products)
    product = product.group_by(listed=product.family).aggregate(
        listed_category=product.category.min(), listed_seller=product.seller_id.min()
    )
    known = joined.left_join(product, joined.about == product.listed)
    return known.select(
        "review_id",
        "sentiment",
        "rating",
        "on",
        product_id=known.about,
        category=ibis.coalesce(known.listed_category, known.category),
        seller_id=ibis.coalesce(known.sold_by, known.listed_seller),
    ).distinct()


def _counted(spoken: ir.Table, by: str) -> ir.Table:
    kept = spoken.filter(spoken[by].notnull()).select("review_id", "sentiment", key=by).distinct()
    return kept.group_by("key").aggregate(
        reviews=kept.count(), negative=kept.count(where=kept.sentiment == "negative")
    )


def _by_sentiment(review: ir.Table) -> dict[str, ir.Scalar]:
    return {
        name: review.count(where=review.sentiment == name)
        for name in ("negative", "neutral", "positive")
    }


def _certainty(judged: pa.Table | None) -> dict[str, float]:
    if judged is None or "p_negative" not in judged.column_names:
        return {}
    pairs = zip(judged["review_id"].to_pylist(), judged["p_negative"].to_pylist(), strict=True)
    return {review: value for review, value in pairs if value is not None}


def _rows(expression: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
    return rows
