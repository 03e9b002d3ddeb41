"""Shelf: what rules look at of every product, by number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.features import catalogue
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.names import Index, Texts

NAMED = {"brand": "brand", "category": "category", "seller": "seller_id"}
"""What a product has one of → the column that says which."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of the products, by number.

    Parameters
    ----------
    number
        The number of each product.
    listed
        Whether each is in the catalogue; all are where there is none.
    stock, price, cost
        As the catalogue gives them; NaN where it does not.
    groups
        Number of each product's brand, category and seller; −1 where it has none.
    said
        The names behind those numbers, in their order.
    currencies
        Currencies of the prices.
    """

    number: Index
    listed: NDArray[np.bool_]
    stock: NDArray[np.float64]
    price: NDArray[np.float64]
    cost: NDArray[np.float64]
    groups: dict[str, Numbers]
    said: dict[str, Sequence[str]]
    currencies: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.listed)

    @property
    def names(self) -> Sequence[str]:
        """Products by number."""
        return Texts(self.number.names)

    @property
    def buyable(self) -> NDArray[np.bool_]:
        """Whether each is in the catalogue and not known to be out of stock."""
        there: NDArray[np.bool_] = self.listed & ~(self.stock <= 0)
        return there

    def of(self, group: str, names: Sequence[str] | frozenset[str]) -> NDArray[np.bool_]:
        """Return which products belong to one of the named brands, categories or sellers."""
        wanted = np.array([name in names for name in self.said[group]] + [False], bool)
        found: NDArray[np.bool_] = wanted[self.groups[group]]
        return found

    def sold_by(self, name: str) -> Numbers:
        """Return the products that this seller sells."""
        said = self.said["seller"]
        at = bisect_left(said, name)
        if at == len(said) or said[at] != name:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.groups["seller"] == at)


def listed_rows(shop: Shop) -> pa.Table:
    """Return what the catalogue says, one row a product that has a name."""
    rows = catalogue(shop).to_pyarrow()
    return rows.filter(pc.is_valid(rows["product_id"]))


def placed(rows: pa.Table, names: pa.Array) -> pa.Table:
    """Return one row a name, in their order; nothing but nulls for a name that the rows do not have.

    Parameters
    ----------
    rows
        One row a product, with its name as product_id.
    names
        Products by number.

    Examples
    --------
    >>> rows = pa.table({"product_id": ["mug", "pan"], "stock": [3, 5]})
    >>> placed(rows, pa.array(["pan", "kettle"]))["stock"].to_pylist()
    [5, None]
    """
    known = rows["product_id"].combine_chunks()
    return rows.take(pc.index_in(pc.cast(names, known.type), value_set=known))


def shelf_of(rows: pa.Table, names: pa.Array) -> Shelf:
    """Return the shelf of what the catalogue says.

    Parameters
    ----------
    rows
        What the catalogue says, one row a product.
    names
        Products by number.
    """
    known = placed(rows, names)
    groups: dict[str, Numbers] = {}
    said: dict[str, Sequence[str]] = {}
    for group, column in NAMED.items():
        values = told(known[column])
        there = _sorted(values)
        at = pc.fill_null(pc.index_in(values, value_set=there), -1)
        groups[group], said[group] = at.to_numpy().astype(np.int64), there.to_pylist()
    there = pc.is_valid(known["product_id"]).to_numpy()
    stock, price, cost = (_numbers(known[name]) for name in ("stock", "price", "cost"))
    return Shelf(
        Index(names),
        there if rows.num_rows else np.ones(len(names), bool),
        stock,
        price,
        cost,
        groups,
        said,
        tuple(_sorted(told(known["currency"])).to_pylist()),
    )


def read_shelf(shop: Shop, names: pa.Array) -> Shelf:
    """Read what rules look at.

    Parameters
    ----------
    shop
        The shop.
    names
        Products by number.
    """
    return shelf_of(listed_rows(shop), names)


def told(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the texts, with nothing where they are empty."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)


def titles_of(listed: pa.ChunkedArray, sold: pa.ChunkedArray, names: pa.Array) -> pa.Array:
    """Return a title for each product: of the catalogue, else of an order, else its name.

    Examples
    --------
    >>> said = [pa.chunked_array([one]) for one in ([" mug ", None, ""], [None, "Pan", None])]
    >>> titles_of(*said, pa.array(["a", "b", "c"])).to_pylist()
    ['mug', 'Pan', 'c']
    """
    called = pc.cast(names, pa.large_string())
    some = [told(pc.cast(texts, pa.large_string())).combine_chunks() for texts in (listed, sold)]
    trimmed = pc.utf8_trim_whitespace(pc.coalesce(*some, called))
    return pc.if_else(pc.equal(trimmed, ""), called, trimmed)


def _sorted(values: pa.ChunkedArray) -> pa.Array:
    there = pc.unique(values).drop_null()
    return there.take(pc.array_sort_indices(there))


def _numbers(values: pa.ChunkedArray) -> NDArray[np.float64]:
    made: NDArray[np.float64] = pc.fill_null(pc.cast(values, pa.float64()), np.nan).to_numpy()
    return made
