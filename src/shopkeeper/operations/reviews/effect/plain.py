"""The plain table: each number by the sentiment of the reviews, nothing held equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.intervals import proportion
from shopkeeper.operations.reviews.effect.draws import spread
from shopkeeper.operations.reviews.effect.matching import Flags, Floats, Ints
from shopkeeper.operations.reviews.effect.rows import Written, named, numbers


@dataclass(frozen=True, slots=True)
class Plain:
    """One number of one sentiment.

    Parameters
    ----------
    part
        writers, products or visitors.
    sentiment
        Of the reviews.
    metric, unit
        Its name, and share, days, units or a currency.
    value, low, high
        The number and its 95 % interval; None below the minimum count.
    count
        Reviews, products, order lines or views behind it.
    """

    part: str
    sentiment: str
    metric: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    count: int


def of_writers(
    reviews: Written, currency: str, known: set[str], *, least: int, seed: int
) -> Iterator[Plain]:
    """Return numbers of the people who wrote reviews, and of the orders that they reviewed.

    Parameters
    ----------
    reviews
        Reviews of orders.
    currency
        The currency in which money is compared; reviews of other orders are left out there.
    known
        What the shop records: `returned`, `delivery`.
    least, seed
        Smallest count shown, and the seed of the draws.
    """
    word = np.array(reviews.table["sentiment"].to_pylist())
    money = np.array(reviews.table["currency"].to_pylist()) == currency
    everyone = np.ones(len(word), bool)
    again = (reviews.column("again") > 0).astype(float)
    shares: list[tuple[str, Floats, Flags]] = [("repeat_90d", again, reviews.followed)]
    if "returned" in known:
        shares.append(("returned", reviews.column("returned"), everyone))
    if "delivery" in known:
        late = (reviews.delivery > 0).astype(float)
        shares.append(("late_or_undelivered", late, reviews.delivery >= 0))
    means = [
        ("spend_90d", currency, reviews.column("spend"), reviews.followed & money),
        ("order_value", currency, reviews.column("value"), money),
        ("delivery_days", "days", reviews.column("days"), everyone),
    ]
    for sentiment in SENTIMENTS:
        mine = word == sentiment
        for metric, values, keep in shares:
            kept = values[mine & keep]
            yield _share("writers", sentiment, metric, float(kept.sum()), len(kept), least)
        for metric, unit, values, keep in means:
            kept = values[mine & keep & ~np.isnan(values)]
            ones = np.ones(len(kept))
            yield _ratio(
                ("writers", sentiment, metric, unit), kept, ones, np.arange(len(kept)), least, seed
            )


def of_products(
    table: pa.Table, currency: str, known: set[str], *, least: int, seed: int
) -> Iterator[Plain]:
    """Return numbers of the products that carry reviews, each product weighted by its reviews.

    Parameters
    ----------
    table
        The rows of `features.carriers`.
    currency
        The currency of its `goods`.
    known
        What the shop records: `returned`, `delivery`.
    least, seed
        Smallest count shown, and the seed of the draws.
    """
    table = table.sort_by(
        [(name, "ascending") for name in (*SENTIMENTS, "units", "lines", "views", "buys")]
    )
    ratios: list[tuple[str, str, str, str | None]] = [
        ("units_sold", "units", "units", None),
        ("sales", currency, "goods", None),
        ("repeat_share", "share", "again_lines", "followed_lines"),
    ]
    if "returned" in known:
        ratios.append(("return_share", "share", "returned_lines", "lines"))
    if "delivery" in known:
        ratios.append(("late_share", "share", "late_lines", "delivered_lines"))
    if numbers(table, "views").any():
        ratios.append(("carts_per_view", "share", "carts", "views"))
        ratios.append(("buys_per_cart", "share", "buys", "carts"))
        ratios.append(("buys_per_view", "share", "buys", "views"))
    for sentiment in SENTIMENTS:
        weight = numbers(table, sentiment)
        for metric, unit, top, base in ratios:
            above = numbers(table, top)
            below = numbers(table, base) if base else np.ones(len(above))
            kept = (weight > 0) & ~np.isnan(above) & (below > 0)
            yield _ratio(
                ("products", sentiment, metric, unit), (weight * above)[kept],
                (weight * below)[kept], np.arange(int(kept.sum())), least, seed,
                int(below[kept].sum()),
            )  # fmt: skip


def of_visitors(table: pa.Table, *, least: int, seed: int) -> Iterator[Plain]:
    """Return what product views led to, by the latest review that could be seen.

    Parameters
    ----------
    table
        The rows of `features.exposures`, by content.
    least, seed
        Smallest count shown, and the seed of the draws.
    """
    if not table.num_rows:
        return
    product, latest = named(table["product_id"]), numbers(table, "latest")
    views = numbers(table, "views")
    for code, sentiment in enumerate(SENTIMENTS, 1):
        mine = latest == code
        for metric, column in (("view_to_cart", "carts"), ("view_to_buy", "buys")):
            yield _ratio(
                ("visitors", sentiment, metric, "share"), numbers(table, column)[mine],
                views[mine], product[mine], least, seed, int(views[mine].sum()),
            )  # fmt: skip


def _share(part: str, sentiment: str, metric: str, top: float, count: int, least: int) -> Plain:
    if count < least:
        return Plain(part, sentiment, metric, "share", None, None, None, count)
    found = proportion(top, count)
    return Plain(part, sentiment, metric, "share", found.value, found.low, found.high, count)


def _ratio(
    head: tuple[str, str, str, str], top: Floats, base: Floats, cluster: Ints, least: int, seed: int,
    count: int | None = None,
) -> Plain:  # fmt: skip
    count = len(top) if count is None else count
    total = float(base.sum())
    if count < least or total == 0:
        return Plain(*head, None, None, None, count)
    value = float(top.sum()) / total
    sums = np.bincount(cluster, (top - value * base) / total).astype(np.float64)
    low, high = spread(sums, seed=seed)
    return Plain(*head, value, value + low, value + high, count)
