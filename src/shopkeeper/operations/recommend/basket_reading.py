"""Reading baskets: what the engine adds up of orders and visits becomes arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.basket_features import (
    bought_lines,
    pair_counts,
    product_counts,
    purchases,
    several,
    visits,
)
from shopkeeper.operations.recommend.features import sold_titles
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.rebuying import Purchases
from shopkeeper.operations.recommend.shelf import listed_rows, placed, titles_of
from shopkeeper.operations.recommend.together import Together


@dataclass(frozen=True, slots=True)
class Products:
    """The products that are listed or were bought, those in most orders first.

    Parameters
    ----------
    names, titles
        Product and title; the name where it has none.
    orders
        Orders that hold each.
    category
        Number of each product's category; −1 where it has none.
    categories
        The names behind those numbers.
    """

    names: list[str]
    titles: list[str]
    orders: Numbers
    category: Numbers
    categories: list[str]

    def number(self) -> dict[str, int]:
        """Return the number of each product by name."""
        return {name: at for at, name in enumerate(self.names)}


@dataclass(frozen=True)
class Baskets:
    """Baskets of two products or more, the earliest first.

    Parameters
    ----------
    basket, product
        Which basket holds which product, one row each, by basket.
    count
        How many baskets there are.
    """

    basket: Numbers
    product: Numbers
    count: int

    def first(self, count: int) -> Baskets:
        """Return the earliest baskets."""
        rows = self.basket < count
        return Baskets(self.basket[rows], self.product[rows], count)

    def together(self, category: Numbers) -> Together:
        """Return how often products are in the same basket."""
        shape = (self.count, len(category))
        holds = sparse.csr_matrix(
            (np.ones(len(self.basket), np.int64), (self.basket, self.product)), shape=shape
        )
        both = sparse.coo_matrix(sparse.triu(sparse.csr_matrix(holds.T @ holds), k=1))
        order = np.lexsort((both.col, both.row))
        having = np.bincount(self.product, minlength=len(category))
        one, other = both.row[order].astype(np.int64), both.col[order].astype(np.int64)
        return Together(self.count, having, one, other, both.data[order], category)

    @cached_property
    def starts(self) -> Numbers:
        """Row at which each basket begins; one more than there are baskets."""
        return np.searchsorted(self.basket, np.arange(self.count + 1))


def read_products(shop: Shop) -> Products:
    """Read the products, in an order that no name decides where anything else does."""
    listed, counts = listed_rows(shop), product_counts(bought_lines(shop)).to_pyarrow()
    own = (pc.cast(rows["product_id"], pa.large_string()) for rows in (listed, counts))
    names = pc.unique(
        pa.chunked_array([part for column in own for part in column.chunks], pa.large_string())
    )
    known, sold = placed(listed, names), placed(sold_titles(shop).to_pyarrow(), names)
    title = titles_of(known["title"], sold["title"], names)
    rows = pa.table({
        "orders": pc.fill_null(placed(counts, names)["count"], 0), "title": title, "name": names,
        "said": pc.if_else(pc.equal(title, names), "", title),
        "category": _said(known["category"]), "brand": _said(known["brand"]),
    })  # fmt: skip
    order = [(name, "ascending") for name in ("said", "category", "brand", "name")]
    rows = rows.sort_by([("orders", "descending"), *order])
    said = sorted(set(rows["category"].to_pylist()) - {""})
    category = pc.fill_null(pc.index_in(rows["category"], pa.array(said, pa.large_string())), -1)
    return Products(
        rows["name"].to_pylist(),
        rows["title"].to_pylist(),
        rows["orders"].to_numpy().astype(np.int64),
        category.to_numpy().astype(np.int64),
        said,
    )


def _said(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.cast(values, pa.large_string()), "")


def read_baskets(shop: Shop, number: dict[str, int]) -> Baskets:
    """Read the baskets of two products or more.

    Parameters
    ----------
    shop
        The shop.
    number
        Number of each product by name.
    """
    rows = several(bought_lines(shop)).to_pyarrow()
    if not rows.num_rows:
        return Baskets(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)
    order = rows["order_id"].combine_chunks().dictionary_encode()
    code = order.indices.to_numpy().astype(np.int64)
    product = _numbered(rows["product_id"], number)
    when = rows["ordered_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    count = len(order.dictionary)
    time = np.zeros(count, np.int64)
    time[code] = when
    # Of one moment the baskets stand by what they hold, so that no order's name decides.
    held = np.lexsort((product, code))
    starts = np.searchsorted(code[held], np.arange(count)).tolist()
    holds = product[held].tolist()
    key = [
        tuple(holds[start:end])
        for start, end in zip(starts, [*starts[1:], len(holds)], strict=True)
    ]
    place = np.empty(count, np.int64)
    place[sorted(range(count), key=lambda at: (time[at], key[at]))] = np.arange(count)
    by = np.lexsort((product, place[code]))
    return Baskets(place[code][by], product[by], count)


def read_seen(shop: Shop, number: dict[str, int], category: Numbers) -> Together:
    """Read which products are looked at in the same visit."""
    rows = visits(shop)
    pairs, alone = pair_counts(rows, "visit").to_pyarrow(), product_counts(rows).to_pyarrow()
    having = np.zeros(len(category), np.int64)
    known = np.array([name in number for name in alone["product_id"].to_pylist()], bool)
    having[_numbered(alone["product_id"].filter(pa.array(known)), number)] = alone[
        "count"
    ].to_numpy()[known]
    kept = np.array([one in number and other in number for one, other in zip(
        pairs["one"].to_pylist(), pairs["other"].to_pylist(), strict=True)], bool)  # fmt: skip
    one, other = (
        _numbered(pairs[name].filter(pa.array(kept)), number) for name in ("one", "other")
    )
    count = pairs["count"].to_numpy()[kept].astype(np.int64)
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other)))
    least, most = np.minimum(one, other)[order], np.maximum(one, other)[order]
    return Together(0, having, least, most, count[order], category)


def read_purchases(shop: Shop, number: dict[str, int]) -> tuple[Purchases, list[str]]:
    """Read who bought what on how many days, and the names of the customers."""
    rows = purchases(bought_lines(shop)).to_pyarrow()
    people = rows["customer_id"].combine_chunks().dictionary_encode()
    product = _numbered(rows["product_id"], number)
    columns = {name: rows[name].to_numpy() for name in ("days", "last", "gaps")}
    floats = {
        name: rows[name].cast(pa.float64()).to_numpy() for name in ("logs", "squares", "newest")
    }
    # By facts before names, so that sums are added in an order that no name decides.
    order = np.lexsort((people.indices.to_numpy(), floats["logs"], columns["last"], product))
    return Purchases(
        people.indices.to_numpy().astype(np.int64)[order],
        product[order],
        *(some.astype(np.int64)[order] for some in columns.values()),
        *(some.astype(np.float64)[order] for some in floats.values()),
    ), people.dictionary.to_pylist()


def _numbered(names: pa.ChunkedArray, number: dict[str, int]) -> Numbers:
    coded = names.combine_chunks().dictionary_encode()
    said: Sequence[str] = coded.dictionary.to_pylist()
    made: Numbers = np.array([number[name] for name in said], np.int64)[coded.indices.to_numpy()]
    return made
