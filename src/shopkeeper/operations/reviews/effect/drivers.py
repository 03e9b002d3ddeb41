"""What goes with bad reviews: delivery, freight, basket, price, category and seller.

Each reason is compared with its opposite among orders that are otherwise alike, and ranked by the
share of all bad reviews that it amounts to. Many are looked at, so a reason is named only where it
stands among all of them (`intervals.discoveries`). This module knows arrays only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from shopkeeper.intervals import Interval, discoveries, interval_p_value
from shopkeeper.operations.reviews.effect.matching import (
    Comparison,
    Flags,
    Floats,
    Ints,
    Matched,
    match,
)
from shopkeeper.operations.reviews.effect.rows import (
    DELIVERIES,
    PRICE_BANDS,
    Written,
    bands,
    clusters,
    crossed,
    named,
)

MOST_NAMES = 50
"""Categories and sellers compared at the most, those with most reviews."""
_FEWEST_SELLERS = 30
_ON_TIME, _LATE, _UNDELIVERED = range(len(DELIVERIES))


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason and what it is compared with.

    Parameters
    ----------
    kind
        delivery, speed, freight, basket, price, category or seller.
    level, against
        The two sides, in the words of the data.
    exposed, control
        The reviews of each side.
    """

    kind: str
    level: str
    against: str
    exposed: Flags
    control: Flags


@dataclass(frozen=True, slots=True)
class Driver:
    """How much more often reviews are bad on one side of a reason, all else equal.

    Parameters
    ----------
    reason
        The reason.
    found
        The matched difference in the share of negative reviews.
    share
        Share of all negative reviews that the difference amounts to.
    sure
        The difference stands although many reasons were looked at.
    """

    reason: Reason
    found: Matched
    share: float
    sure: bool = False


def find_drivers(reviews: Written, *, least: int, seed: int) -> list[Driver]:
    """Return every reason with enough reviews on both sides and an interval, the largest share first.

    Parameters
    ----------
    reviews
        Reviews of orders.
    least
        Reviews that each side must have, and that must be matched.
    seed
        Seed of the draws.
    """
    bad = np.array([word == "negative" for word in reviews.table["sentiment"].to_pylist()], float)
    cells = _cells(reviews)
    seller, customer = clusters(reviews.table["seller_id"]), reviews.customer
    many = len(np.unique(seller)) >= _FEWEST_SELLERS
    found = []
    for reason in _reasons(reviews, least):
        if min(reason.exposed.sum(), reason.control.sum()) < least:
            continue
        cluster = seller if many and reason.kind != "seller" else customer
        comparison = Comparison(
            reason.exposed, reason.control, np.ones(len(bad)), cells[reason.kind], cluster
        )
        matched = match(comparison, {"negative": bad}, seed=seed)["negative"]
        if matched.matched_n >= least and not np.isnan(matched.low):
            share = matched.difference * matched.matched_n / max(bad.sum(), 1)
            found.append(Driver(reason, matched, float(share)))
    stands = discoveries([
        interval_p_value(Interval(one.found.difference, one.found.low, one.found.high))
        for one in found
    ])  # fmt: skip
    found = [replace(one, sure=sure) for one, sure in zip(found, stands, strict=True)]
    return sorted(
        found, key=lambda driver: (-driver.share, driver.reason.kind, driver.reason.level)
    )


def _cells(reviews: Written) -> dict[str, list[Ints]]:
    """Return what is held equal for each kind of reason, from fine to coarse."""
    category, band, month = reviews.category, reviews.band, reviews.month
    delivery, quarter = reviews.delivery, reviews.month // 3
    size = _seller_size(reviews)
    basket = np.minimum(np.nan_to_num(reviews.column("units"), nan=1), 2).astype(np.int64)
    held: dict[str, list[tuple[Ints, ...]]] = {
        "delivery": [(category, band, month, size), (category, band, quarter), (band, quarter)],
        "basket": [(category, band, delivery, month), (band, delivery, quarter)],
        "price": [(category, delivery, month), (category, delivery, quarter)],
        "category": [(band, delivery, month, basket), (band, delivery, quarter)],
        "seller": [(category, band, delivery, quarter), (band, delivery, quarter)],
    }
    cells = {kind: [crossed(*codes) for codes in levels] for kind, levels in held.items()}
    return cells | {"speed": cells["delivery"], "freight": cells["basket"]}


def _seller_size(reviews: Written) -> Ints:
    seller = named(reviews.table["seller_id"])
    reviewed = np.bincount(seller[seller >= 0], minlength=int(seller.max(initial=0)) + 1)
    return bands(np.where(seller >= 0, reviewed[seller], np.nan).astype(np.float64), 3)


def _reasons(reviews: Written, least: int) -> Iterator[Reason]:
    on_time = reviews.delivery == _ON_TIME
    for state in (_LATE, _UNDELIVERED):
        yield Reason(
            "delivery", DELIVERIES[state], DELIVERIES[_ON_TIME], reviews.delivery == state, on_time
        )
    days = np.where(on_time, reviews.column("days"), np.nan)
    yield from _top_quarter("speed", "slowest quarter on time", "faster and on time", days)
    freight = reviews.column("freight_share")
    yield from _top_quarter("freight", "highest quarter", "lower", freight)
    units, sellers = reviews.column("units"), reviews.column("sellers")
    yield Reason("basket", "several items", "one item", units > 1, units <= 1)
    yield Reason("basket", "several sellers", "one seller", sellers > 1, sellers <= 1)
    known = reviews.band < PRICE_BANDS
    dearest = int(reviews.band[known].max(initial=0))
    for level, band in (("lowest fifth", 0), ("highest fifth", dearest)):
        side = known & (reviews.band == band)
        yield Reason("price", level, "other prices", side, known & ~side)
    for kind, column in (("category", "category"), ("seller", "seller_id")):
        yield from _names(reviews, kind, column, least)


def _top_quarter(kind: str, level: str, against: str, values: Floats) -> Iterator[Reason]:
    known = ~np.isnan(values)
    if known.any():
        edge = np.quantile(values[known], 0.75)
        yield Reason(kind, level, against, known & (values > edge), known & (values <= edge))


def _names(reviews: Written, kind: str, column: str, least: int) -> Iterator[Reason]:
    names = reviews.table[column].to_pylist()
    known = np.array([name is not None for name in names], bool)
    codes = np.where(known, crossed(named(reviews.table[column]), known.astype(np.int64)), -1)
    counts = np.bincount(codes[known], minlength=1)
    first = np.unique(codes[known], return_index=True)[1]
    for code in np.argsort(-counts, kind="stable")[:MOST_NAMES]:
        if counts[code] >= least:
            side = codes == code
            name = names[np.flatnonzero(known)[first[code]]]
            yield Reason(kind, name, f"other {kind}", side, known & ~side)
