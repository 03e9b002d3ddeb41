"""Engine results become arrays in an order that neither ids nor the order of rows can change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.operations.reviews.effect.features import FOLLOW_UP_DAYS, NEGATIVE, POSITIVE
from shopkeeper.operations.reviews.effect.matching import Comparison

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRICE_BANDS = 5
MOST_QUIET = 5000
DELIVERIES = ("on time", "late", "undelivered")
_DAY = 86_400
_CONTENT = (
    "reviewed", "code", "price", "value", "month", "earlier", "delivery", "days", "category",
    "units", "spend",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """Reviews of orders as arrays of equal length.

    `table` keeps the columns as they came, in the same order; `band`, `category`, `delivery` and
    `customer` number what it names, `delivery` being −1 where unknown.
    """

    table: pa.Table
    code: Ints
    band: Ints
    category: Ints
    delivery: Ints
    month: Ints
    earlier: Ints
    customer: Ints
    followed: Flags

    def column(self, name: str) -> Floats:
        """Return a numeric column; NaN where it is null."""
        return numbers(self.table, name)


def written(table: pa.Table, end: int) -> Written:
    """Return the rows of `features.writers` as arrays.

    Parameters
    ----------
    table
        The rows.
    end
        The last second of the data; a review is followed when its 90 days end by then.
    """
    table = table.sort_by([(name, "ascending") for name in _CONTENT])
    delivery = table["delivery"].to_pylist()
    reviewed = whole(table, "reviewed")
    return Written(
        table=table,
        code=whole(table, "code"),
        band=bands(numbers(table, "price")),
        category=named(table["category"]),
        delivery=np.array([DELIVERIES.index(d) if d else -1 for d in delivery], np.int64),
        month=whole(table, "month"),
        earlier=np.minimum(whole(table, "earlier"), 3),
        customer=clusters(table["customer_id"]),
        followed=reviewed + FOLLOW_UP_DAYS * _DAY <= end,
    )


def writer_comparison(reviews: Written, keep: Flags) -> Comparison:
    """Return negatives and positives among the kept reviews, with their cells.

    Finest: same category, price band, month of the order, number of earlier orders (0, 1, 2, 3 and
    more) and delivery. Then the quarter instead of the month; then any month and only whether there
    was an earlier order; then the delivery and the price band alone.
    """
    quarter = reviews.month // 3
    before = (reviews.earlier > 0).astype(np.int64)
    fixed = (reviews.category, reviews.band, reviews.delivery)
    levels = (
        (*fixed, reviews.earlier, reviews.month),
        (*fixed, reviews.earlier, quarter),
        (*fixed, before),
        (reviews.delivery, reviews.band),
    )
    return Comparison(
        exposed=keep & (reviews.code == NEGATIVE),
        control=keep & (reviews.code == POSITIVE),
        count=np.ones(len(reviews.code)),
        cells=[crossed(*level) for level in levels],
        cluster=reviews.customer,
    )


def by_content(table: pa.Table) -> pa.Table:
    """Return the rows of `features.exposures`, products in an order that their names do not set."""
    return _by_product(table, ("month", "latest", "views", "carts", "buys"))


def view_comparison(table: pa.Table) -> tuple[Comparison, dict[str, Floats]]:
    """Return product views after a negative and after a positive review, and what they led to.

    Finest: same product and month; then the same product. Whole products are drawn.
    """
    product = named(table["product_id"])
    latest = numbers(table, "latest")
    month = np.array([_month(day) for day in table["month"].to_pylist()], np.int64)
    comparison = Comparison(
        exposed=latest == NEGATIVE,
        control=latest == POSITIVE,
        count=numbers(table, "views"),
        cells=[crossed(product, month), product],
        cluster=product,
    )
    return comparison, {
        "view_to_cart": numbers(table, "carts"),
        "view_to_buy": numbers(table, "buys"),
    }


def panel_arrays(weeks: pa.Table, bad: pa.Table) -> tuple[Floats, Floats, Floats]:
    """Return views, buys and negative reviews by product and week, from the first week of either.

    Products without a negative review only tell what a usual week is: the 5,000 with most views of
    them are enough.
    """
    weeks = _by_product(weeks, ("week", "views", "buys"))
    names = weeks["product_id"].unique()
    bad = bad.filter(pc.is_in(bad["product_id"], names))
    days = [
        np.asarray(table["week"].cast(pa.int32()).to_numpy(), np.int64) for table in (weeks, bad)
    ]
    first = min(int(part.min()) for part in days if len(part))
    last = max(int(part.max()) for part in days if len(part))
    shape = (len(names), (last - first) // 7 + 1)
    views, buys, negatives = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    place = named(weeks["product_id"]), (days[0] - first) // 7
    views[place], buys[place] = numbers(weeks, "views"), numbers(weeks, "buys")
    product = np.asarray(pc.index_in(bad["product_id"], names).to_numpy(), np.int64)
    negatives[product, (days[1] - first) // 7] = numbers(bad, "negatives")
    quiet = np.flatnonzero(negatives.sum(axis=1) == 0)
    spare = quiet[np.argsort(-views[quiet].sum(axis=1), kind="stable")[MOST_QUIET:]]
    kept = np.setdiff1d(np.arange(len(names)), spare)
    return views[kept], buys[kept], negatives[kept]


def numbers(table: pa.Table, name: str) -> Floats:
    """Return a column as floats; NaN where it is null."""
    values = table[name].cast(pa.float64()).to_numpy()
    return np.asarray(values, np.float64)


def whole(table: pa.Table, name: str) -> Ints:
    """Return a column as whole numbers; −1 where it is null."""
    return np.nan_to_num(numbers(table, name), nan=-1).astype(np.int64)


def named(values: pa.ChunkedArray) -> Ints:
    """Return values numbered by first appearance; nulls share one number."""
    coded = values.combine_chunks().dictionary_encode("encode")
    return np.asarray(coded.indices.to_numpy(zero_copy_only=False), np.int64)


def clusters(values: pa.ChunkedArray) -> Ints:
    """Return values numbered by first appearance; each null is a cluster of its own."""
    codes = named(values)
    null = np.asarray(values.combine_chunks().is_null().to_numpy(zero_copy_only=False))
    codes[null] = codes.max(initial=0) + 1 + np.arange(int(null.sum()))
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def crossed(*codes: Ints) -> Ints:
    """Return the combinations of several codes that occur, numbered."""
    out = np.zeros(len(codes[0]), np.int64)
    for code in codes:
        _, dense = np.unique(code, return_inverse=True)
        out = np.unique(out * (int(dense.max(initial=0)) + 1) + dense, return_inverse=True)[1]
    return out.astype(np.int64)


def bands(price: Floats, count: int = PRICE_BANDS) -> Ints:
    """Return price bands of about equal size, from 0; `count` where the price is unknown."""
    known = ~np.isnan(price)
    out = np.full(len(price), count)
    if known.any():
        edges = np.unique(np.quantile(price[known], np.arange(1, count) / count))
        out[known] = np.searchsorted(edges, price[known], side="left")
    return out


def _by_product(table: pa.Table, content: tuple[str, ...]) -> pa.Table:
    """Order rows by product, products by their content, so that their names do not matter."""
    table = table.sort_by([(name, "ascending") for name in content])
    first: dict[str | None, list[tuple[str, ...]]] = {}
    for row in table.to_pylist():
        first.setdefault(row["product_id"], []).append(tuple(str(row[name]) for name in content))
    ranked = sorted(first, key=lambda name: first[name])
    place = {name: index for index, name in enumerate(ranked)}
    number = pa.array([place[name] for name in table["product_id"].to_pylist()])
    ordered = table.append_column("_place", number).sort_by(
        [("_place", "ascending"), *((name, "ascending") for name in content)]
    )
    return ordered.drop_columns(["_place"])


def _month(day: date | None) -> int:
    return day.year * 12 + day.month - 1 if day else -1
