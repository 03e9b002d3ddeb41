"""Reading: the engine adds up, and what it added up becomes arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.data.shop import Shop
from shopkeeper.language.text import normalise
from shopkeeper.operations.recommend.choice import Past
from shopkeeper.operations.recommend.features import (
    catalogue,
    numbered,
    sequences,
    sold_titles,
    steps,
    transition_counts,
)
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.material import Material, weighted_traits
from shopkeeper.operations.recommend.pairs import pairs_from_counts

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WORD = re.compile(r"[a-zà-ÿ0-9]{2,}")
_SIGNS = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Touched:
    """Every customer's products by number, and what each number stands for.

    Parameters
    ----------
    step
        Customer, product, place and back as an expression that the engine keeps.
    histories
        One row a customer number.
    bought
        Whether each product of the histories was bought, not only looked at.
    customers, products
        Names by number.
    """

    step: ir.Table
    histories: Histories
    bought: NDArray[np.bool_]
    customers: pa.Array
    products: pa.Array

    def material(self, traits: sparse.csr_matrix, *, held_out: int = 0) -> Material:
        """Return what is known of the products without the newest of each customer.

        Parameters
        ----------
        traits
            Products × traits.
        held_out
            How many of the newest products of each customer are left out.
        """
        counts = transition_counts(self.step, held_out=held_out).to_pyarrow()
        source, target, gap, pairs = (
            counts[name].to_numpy().astype(np.int64)
            for name in ("source", "target", "gap", "pairs")
        )
        width = len(self.products)
        kept = self.histories.products[self.histories.back >= held_out]
        return Material(
            pairs_from_counts(source, target, gap, pairs, width),
            np.bincount(kept, minlength=width),
            traits,
        )

    def past(self, held_out: int) -> tuple[Past, Numbers]:
        """Return what customers knew before one of their newest products, that product, and who.

        Parameters
        ----------
        held_out
            1 for the newest product, 2 for the one before it. Customers with nothing before it are
            left out.
        """
        who = np.flatnonzero(self.histories.lengths > held_out)
        whole = self.histories.take(who)
        targets = whole.products[whole.starts[1:] - held_out]
        return Past(whole.without_newest(held_out), targets), who


def read_touched(touched: ir.Table) -> Touched:
    """Read every history, customers and products as numbers.

    Parameters
    ----------
    touched
        Columns customer_id, product_id, happened_at, place, bought.
    """
    sequence = sequences(touched).cache()
    customers = numbered(sequence, "customer_id").cache()
    products = numbered(sequence, "product_id").cache()
    step = steps(sequence, customers, products).cache()
    rows = step.order_by("customer", "place").select("customer", "product", "bought").to_pyarrow()
    customer = rows["customer"].to_numpy().astype(np.int64)
    names = (
        table.order_by("number").to_pyarrow()[name].combine_chunks()
        for table, name in ((customers, "customer_id"), (products, "product_id"))
    )
    who, what = names
    starts = np.searchsorted(customer, np.arange(len(who) + 1))
    histories = Histories(starts, rows["product"].to_numpy().astype(np.int64))
    return Touched(step, histories, rows["bought"].to_numpy(), who, what)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of the products, by number.

    Parameters
    ----------
    titles
        Title of each product; its name where it has none.
    traits
        Products × traits: category, brand, words of the title.
    buyable
        Whether each product can be bought: listed, where the shop lists any, and not out of stock.
    listed
        Whether each product is in the catalogue; all are where there is none.
    """

    titles: list[str]
    traits: sparse.csr_matrix
    buyable: NDArray[np.bool_]
    listed: NDArray[np.bool_]


def read_catalogue(shop: Shop, names: pa.Array) -> Catalogue:
    """Read what is known of products.

    Parameters
    ----------
    shop
        The shop.
    names
        Products by number.
    """
    rows = {row["product_id"]: row for row in catalogue(shop).to_pyarrow().to_pylist()}
    sold = sold_titles(shop).to_pyarrow().to_pydict()
    sold_as = dict(zip(sold["product_id"], sold["title"], strict=True))
    known = [rows.get(name, {}) for name in names.to_pylist()]
    listed = np.array([bool(row) for row in known], bool) | (not rows)
    stocked = np.array([row.get("stock") is None or row["stock"] > 0 for row in known], bool)
    titles = [
        (row.get("title") or sold_as.get(name) or name).strip() or name
        for row, name in zip(known, names.to_pylist(), strict=True)
    ]
    told = [
        [f"{what} {row[what]}" for what in ("category", "brand") if row.get(what)]
        + (_words(title) if title != name else [])
        for row, title, name in zip(known, titles, names.to_pylist(), strict=True)
    ]
    product = np.repeat(np.arange(len(told)), [len(one) for one in told])
    every = [trait for one in told for trait in one]
    _, trait = np.unique(np.array(every, dtype=str), return_inverse=True)
    return Catalogue(titles, weighted_traits(product, trait, len(told)), listed & stocked, listed)


def _words(title: str) -> list[str]:
    """Return the words of a title, and its pairs of signs where it is written without spaces."""
    words = _WORD.findall(normalise(title).lower())
    signs = [run[at : at + 2] for run in _SIGNS.findall(title) for at in range(len(run) - 1)]
    return words + signs
