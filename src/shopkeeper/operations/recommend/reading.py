"""Reading: the engine adds up, and what it added up becomes arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy import sparse

from shopkeeper.operations.recommend.choice import Past
from shopkeeper.operations.recommend.features import (
    numbered,
    sequences,
    steps,
    transition_counts,
)
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.material import Material
from shopkeeper.operations.recommend.pairs import pairs_from_counts

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Touched:
    """Every customer's products by number, and what each number stands for.

    Parameters
    ----------
    step
        Customer, product, place and back as an expression that the engine keeps.
    histories
        One row a customer number.
    customers, products
        Names by number.
    """

    step: ir.Table
    histories: Histories
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
        Columns customer_id, product_id, happened_at, place.
    """
    sequence = sequences(touched).cache()
    customers = numbered(sequence, "customer_id").cache()
    products = numbered(sequence, "product_id").cache()
    step = steps(sequence, customers, products).cache()
    rows = step.order_by("customer", "place").select("customer", "product").to_pyarrow()
    customer = rows["customer"].to_numpy().astype(np.int64)
    names = (
        table.order_by("number").to_pyarrow()[name].combine_chunks()
        for table, name in ((customers, "customer_id"), (products, "product_id"))
    )
    who, what = names
    starts = np.searchsorted(customer, np.arange(len(who) + 1))
    histories = Histories(starts, rows["product"].to_numpy().astype(np.int64))
    return Touched(step, histories, who, what)
