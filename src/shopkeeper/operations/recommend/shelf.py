"""Shelf: what rules look at of every product, by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.features import shelf
from shopkeeper.operations.recommend.histories import Numbers

NAMED = {"brand": "brand", "category": "category", "seller": "seller_id"}
"""What a product has one of → the column that says which."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of the products, by number.

    Parameters
    ----------
    names
        Products by number.
    listed
        Whether each is in the catalogue; all are where there is none.
    stock, price, cost
        As the catalogue gives them; NaN where it does not.
    groups
        Number of each product's brand, category and seller; −1 where it has none.
    said
        The names behind those numbers.
    currencies
        Currencies of the prices.
    """

    names: list[str]
    listed: NDArray[np.bool_]
    stock: NDArray[np.float64]
    price: NDArray[np.float64]
    cost: NDArray[np.float64]
    groups: dict[str, Numbers]
    said: dict[str, list[str]]
    currencies: tuple[str, ...]

    def of(self, group: str, names: Sequence[str] | frozenset[str]) -> NDArray[np.bool_]:
        """Return which products belong to one of the named brands, categories or sellers."""
        wanted = np.array([name in names for name in self.said[group]] + [False], bool)
        found: NDArray[np.bool_] = wanted[self.groups[group]]
        return found

    def number(self) -> dict[str, int]:
        """Return the number of each product by name."""
        return {name: at for at, name in enumerate(self.names)}


def read_shelf(shop: Shop, names: pa.Array) -> Shelf:
    """Read what rules look at.

    Parameters
    ----------
    shop
        The shop.
    names
        Products by number.
    """
    rows = {row["product_id"]: row for row in shelf(shop).to_pyarrow().to_pylist()}
    said = names.to_pylist()
    known = [rows.get(name, {}) for name in said]
    groups, called = {}, {}
    for group, column in NAMED.items():
        there = sorted({row[column] for row in known if row.get(column)})
        number = {name: at for at, name in enumerate(there)}
        groups[group] = np.array([number.get(row.get(column) or "", -1) for row in known], np.int64)
        called[group] = there
    return Shelf(
        said,
        np.array([bool(row) for row in known], bool) | (not rows),
        _numbers([row.get("stock") for row in known]),
        _numbers([row.get("price") for row in known]),
        _numbers([row.get("cost") for row in known]),
        groups,
        called,
        tuple(sorted({row["currency"] for row in known if row.get("currency")})),
    )


def _numbers(values: list[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], np.float64)
