"""Shelf: what rules look at of every product, by number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.features import catalogue
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.names import Index, Texts

NAMED = {"brand": "brand", "category": "category", "seller": "seller_id"}
"""What a product has one of → the column that says which."""

Rows = Mapping[str, Mapping[str, Any]]


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


def listed_rows(shop: Shop) -> dict[str, dict[str, Any]]:
    """Return what the catalogue says of each product, by name."""
    rows = catalogue(shop).to_pyarrow().to_pylist()
    return {row["product_id"]: row for row in rows if row["product_id"] is not None}


def shelf_of(rows: Rows, names: pa.Array) -> Shelf:
    """Return the shelf of what the catalogue says.

    Parameters
    ----------
    rows
        What the catalogue says of each product, by name.
    names
        Products by number.
    """
    known = [rows.get(name, {}) for name in names.to_pylist()]
    groups: dict[str, Numbers] = {}
    said: dict[str, Sequence[str]] = {}
    for group, column in NAMED.items():
        there = sorted({row[column] for row in known if row.get(column)})
        number = {name: at for at, name in enumerate(there)}
        groups[group] = np.array([number.get(row.get(column) or "", -1) for row in known], np.int64)
        said[group] = there
    return Shelf(
        Index(names),
        np.array([bool(row) for row in known], bool) | (not rows),
        _numbers([row.get("stock") for row in known]),
        _numbers([row.get("price") for row in known]),
        _numbers([row.get("cost") for row in known]),
        groups,
        said,
        tuple(sorted({row["currency"] for row in known if row.get("currency")})),
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


def _numbers(values: list[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], np.float64)
