"""What the capability reads of a shop: who touched which product when, and what came after what.

Expressions only: nothing here runs a model, and all of it runs on every engine.
"""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir

from shopkeeper.data.facts import orders
from shopkeeper.data.shop import Shop

_INTEREST = ("Product Viewed", "Product Clicked", "Product Added", "Product Added to Wishlist")
GAPS = 12
"""The furthest apart that two products of a customer are counted as one after the other."""


def touches(shop: Shop) -> ir.Table:
    """Return one row each time that a known customer bought, viewed or put aside a product.

    Columns: customer_id, product_id, happened_at, `bought`, and `place`, which orders what has the
    same moment. A cancelled order and a refund document are no touch.
    """
    order = orders(shop).filter(ibis._.paid).select("order_id", "customer_id", "ordered_at")
    line = shop.order_items.select("order_id", "product_id", "line", "quantity")
    line = order.inner_join(line.filter(line.quantity > 0), "order_id")
    bought = line.select(
        "customer_id",
        "product_id",
        happened_at=line.ordered_at,
        bought=ibis.literal(True),
        place=line.line,
    )
    event = shop.events.filter(shop.events.name.isin(_INTEREST))
    seen = event.select(
        "customer_id",
        "product_id",
        "happened_at",
        bought=ibis.literal(False),
        place=ibis.literal(0, "int64"),
    )
    rows = bought.union(seen)
    return rows.filter(rows.customer_id.notnull(), rows.product_id.notnull())


def sequences(touched: ir.Table) -> ir.Table:
    """Return each customer's different products in the order of their first touch.

    Parameters
    ----------
    touched
        Columns customer_id, product_id, happened_at, place, bought.

    Returns
    -------
    Table
        customer_id, product_id, happened_at, `bought` (ever), `place` from 0 without gaps, and
        `back`, how many of the customer's products are newer.

    Notes
    -----
    A product that is touched again is no new product, so repeated and duplicated rows change
    nothing, and the next product is always one that the customer did not know before.
    """
    first = touched.group_by("customer_id", "product_id").aggregate(
        happened_at=touched.happened_at.min(),
        place=touched.place.min(),
        bought=touched.bought.any(),
    )
    order = (first.happened_at, first.place, first.product_id)
    by_customer = ibis.window(group_by=first.customer_id, order_by=order)
    rows = first.mutate(place=ibis.row_number().over(by_customer))
    whole = ibis.window(group_by=rows.customer_id)
    return rows.mutate(back=rows.count().over(whole) - 1 - rows.place)


def numbered(sequence: ir.Table, what: Literal["customer_id", "product_id"]) -> ir.Table:
    """Return what there is, with a number from 0 for each: the most touched first.

    Parameters
    ----------
    sequence
        What `sequences` returns.
    what
        The column that is numbered.

    Returns
    -------
    Table
        The column and `number`. The two newest products of a customer do not count for the order,
        so that it says nothing of what is held out to be predicted; names decide last.
    """
    rows = sequence.group_by(what).aggregate(
        touches=sequence.back.count(where=sequence.back >= 2), first=sequence.happened_at.min(),
        places=sequence.place.sum(),
    )  # fmt: skip
    order = (rows.touches.desc(), rows.first, rows.places.desc(), rows[what])
    return rows.select(what, number=ibis.row_number().over(ibis.window(order_by=order)))


def steps(sequence: ir.Table, customers: ir.Table, products: ir.Table) -> ir.Table:
    """Return the sequences as numbers: customer, product, place, back; and `bought`.

    Parameters
    ----------
    sequence
        What `sequences` returns.
    customers, products
        What `numbered` returns of it.
    """
    joined = sequence.inner_join(customers.rename(customer="number"), "customer_id")
    joined = joined.inner_join(products.rename(product="number"), "product_id")
    return joined.select("customer", "product", "place", "back", "bought")


def transition_counts(step: ir.Table, *, held_out: int = 0, gaps: int = GAPS) -> ir.Table:
    """Count how often one product came after another, by how far apart.

    Parameters
    ----------
    step
        Columns customer, product, place, back.
    held_out
        How many of the newest products of each customer are left out.
    gaps
        The furthest distance that counts.

    Returns
    -------
    Table
        source, target, gap (1 for the next product), pairs.

    Notes
    -----
    Whole counts, so the sums are the same whatever order an engine adds them in; how much a gap
    weighs is decided later, without asking the engine again.
    """
    kept = step.filter(step.back >= held_out) if held_out else step
    order = ibis.window(group_by=kept.customer, order_by=kept.place)
    apart = [
        kept.select(
            source=kept["product"],
            target=kept["product"].lead(gap).over(order),
            gap=ibis.literal(gap, "int64"),
        )
        for gap in range(1, gaps + 1)
    ]
    rows = ibis.union(*apart) if len(apart) > 1 else apart[0]
    rows = rows.filter(rows.target.notnull())
    return rows.group_by("source", "target", "gap").aggregate(pairs=rows.count())


def catalogue(shop: Shop) -> ir.Table:
    """Return one row a product of the catalogue: title, category, brand, and `stock`."""
    product = shop.products
    return product.group_by("product_id").aggregate(
        title=product.title.min(),
        category=product.category.min(),
        brand=product.brand.min(),
        stock=product.stock.max(),
    )


def sold_titles(shop: Shop) -> ir.Table:
    """Return a title of each product that was ordered, for shops without a catalogue."""
    line = shop.order_items
    return line.group_by("product_id").aggregate(title=line.title.min())
