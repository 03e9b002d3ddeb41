"""What the capability reads of a shop: who touched which product when, and what came after what.

Expressions only: nothing here runs a model, and all of it runs on every engine. One question is asked at
once: whether the shop names customers at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import ibis
import ibis.expr.types as ir

from shopkeeper.data.facts import orders
from shopkeeper.data.shop import Shop

_INTEREST = ("Product Viewed", "Product Clicked", "Product Added", "Product Added to Wishlist")
_INTO_CART, _OUT_OF_CART = ("Product Added", "Wishlist Product Added to Cart"), (
    "Product Removed", "Order Completed",
)  # fmt: skip
GAPS = 12
"""The furthest apart that two products of a customer are counted as one after the other."""
PRODUCTS, FURTHEST, NEWEST = 2**28, 2**4, 2**2
"""Room in a key: for a product, for a gap, and for how many products are newer than the target."""


def touches(shop: Shop) -> ir.Table:
    """Return one row each time that a known customer bought, viewed or put aside a product.

    Columns: customer_id, product_id, happened_at, `bought`, and `place`, which orders what has the
    same moment. A cancelled order and a refund document are no touch. Where neither an event nor an order
    names a customer, visitors count as customers who are called `visitor …`.
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
    visitor = ibis.literal("visitor ") + event.visitor_id
    seen = event.select(
        "product_id",
        "happened_at",
        customer_id=event.customer_id if _names_customers(shop) else visitor,
        bought=ibis.literal(False),
        place=ibis.literal(0, "int64"),
    )
    rows = bought.union(seen.select(*bought.columns))
    return rows.filter(rows.customer_id.notnull(), rows.product_id.notnull())


def _names_customers(shop: Shop) -> bool:
    """Say whether any order or event names its customer."""
    return any(
        shop.has(name) and shop.table(name).customer_id.count().to_pyarrow().as_py()
        for name in ("orders", "events")
    )


def codes(touched: ir.Table, what: Literal["customer_id", "product_id"]) -> ir.Table:
    """Return every name once, with its place in the order of names as `code`, in 32 bits.

    Parameters
    ----------
    touched
        What `touches` returns.
    what
        The column of names.
    """
    names = touched.select(what).distinct()
    place = ibis.row_number().over(ibis.window(order_by=names[what]))
    return names.mutate(code=place.cast("int32"))


def coded(touched: ir.Table, customers: ir.Table, products: ir.Table) -> ir.Table:
    """Return the touches with codes for names: customer, product, happened_at, place, bought.

    Parameters
    ----------
    touched
        What `touches` returns.
    customers, products
        What `codes` returns of it.
    """
    known = touched.inner_join(customers.rename(customer="code"), "customer_id")
    known = known.inner_join(products.rename(product="code"), "product_id")
    return known.select("customer", "product", "happened_at", "place", "bought")


def sequences(touched: ir.Table) -> ir.Table:
    """Return each customer's different products in the order of their first touch.

    Parameters
    ----------
    touched
        Columns customer, product, happened_at, place, bought, as `coded` returns them.

    Returns
    -------
    Table
        customer, product, happened_at, `bought` (ever), `place` from 0 without gaps, and `back`, how
        many of the customer's products are newer.

    Notes
    -----
    A product that is touched again is no new product, so repeated and duplicated rows change
    nothing, and the next product is always one that the customer did not know before. Of one moment
    and place the earlier name is first.
    """
    first = touched.group_by("customer", "product").aggregate(
        happened_at=touched.happened_at.min(),
        place=touched.place.min(),
        bought=touched.bought.any(),
    )
    order = (first.happened_at, first.place, first["product"])
    place = ibis.row_number().over(ibis.window(group_by=first.customer, order_by=order))
    # The same order with another frame, so that an engine sorts once.
    whole = ibis.window(group_by=first.customer, order_by=order, preceding=None, following=None)
    return first.select(
        "customer",
        "product",
        "happened_at",
        "bought",
        place=place.cast("int32"),
        back=(first.count().over(whole) - 1 - place).cast("int32"),
    )


def numbered(sequence: ir.Table, what: Literal["customer", "product"]) -> ir.Table:
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
        The column, `number`, and `length`, its rows of the sequence. The two newest products of a
        customer do not count for the order, so that it says nothing of what is held out to be
        predicted; names decide last.
    """
    rows = sequence.group_by(what).aggregate(
        touches=sequence.back.count(where=sequence.back >= 2), first=sequence.happened_at.min(),
        places=sequence.place.sum(), length=sequence.count(),
    )  # fmt: skip
    order = (rows.touches.desc(), rows.first, rows.places.desc(), rows[what])
    number = ibis.row_number().over(ibis.window(order_by=order)).cast("int32")
    return rows.select(what, "length", number=number)


def steps(sequence: ir.Table, products: ir.Table) -> ir.Table:
    """Return the sequences with products by number: customer, product, place, back, bought.

    Parameters
    ----------
    sequence
        What `sequences` returns.
    products
        What `numbered` returns of its products.
    """
    numbers = products.select("product", "number")
    joined = sequence.inner_join(numbers, "product")
    return joined.select("customer", "place", "back", "bought", product=joined.number)


def transition_counts(step: ir.Table, *, gaps: int = GAPS) -> ir.Table:
    """Count how often one product came after another, by how far apart and how near the newest.

    Parameters
    ----------
    step
        Columns customer, product, place, back.
    gaps
        The furthest distance that counts.

    Returns
    -------
    Table
        `key`, which `unpacked` takes apart, and `pairs`.

    Notes
    -----
    Whole counts, so the sums are the same whatever order an engine adds them in; how much a gap
    weighs is decided later, without asking the engine again. Customers are sorted once for all gaps,
    and one number of 64 bits is counted instead of four columns.
    """
    order = ibis.window(group_by=step.customer, order_by=step.place)
    apart = step.select(
        "back",
        source=step["product"].cast("int64"),
        **{f"after_{gap}": step["product"].lead(gap).over(order) for gap in range(1, gaps + 1)},
    )
    keys = [
        ((apart.source * PRODUCTS + apart[f"after_{gap}"]) * FURTHEST + gap) * NEWEST
        + ibis.least(apart.back - gap, 2)
        for gap in range(1, gaps + 1)
    ]
    rows = apart.select(key=ibis.array(keys).unnest())
    rows = rows.filter(rows.key.notnull())
    return rows.group_by("key").aggregate(pairs=rows.count())


def catalogue(shop: Shop) -> ir.Table:
    """Return one row a product of the catalogue with what lists are made of, and what rules look at.

    Columns: product_id, title, category, brand, seller_id, currency, price, cost, `stock`, and
    `created_at`, since when it is listed.
    """
    product = shop.products
    words = ("title", "category", "brand", "seller_id", "currency")
    return product.group_by("product_id").aggregate(
        **{name: product[name].min() for name in words},
        **{name: product[name].cast("float64").max() for name in ("price", "cost")},
        stock=product.stock.max(),
        created_at=product.created_at.max(),
    )


def sold_titles(shop: Shop) -> ir.Table:
    """Return a title of each product that was ordered, for shops without a catalogue."""
    line = shop.order_items
    return line.group_by("product_id").aggregate(title=line.title.min())


def carts(shop: Shop, customers: Sequence[str] | None = None) -> ir.Table:
    """Return customer_id and product_id of what lies in the carts of some customers, or of all.

    Parameters
    ----------
    shop
        The shop.
    customers
        Whose carts; everybody's where it is None.

    Notes
    -----
    In the cart is what was added after it was last taken out or bought.
    """
    event = _of(shop.events, customers)
    event = event.filter(event.name.isin([*_INTO_CART, *_OUT_OF_CART]), event.product_id.notnull())
    moved = event.select(
        "customer_id", "product_id", "happened_at", into=event.name.isin(_INTO_CART)
    )
    order = _of(shop.orders, customers)
    line = shop.order_items.select("order_id", "product_id").filter(ibis._.product_id.notnull())
    sold = order.select("order_id", "customer_id", "ordered_at").inner_join(line, "order_id")
    sold = sold.select(
        "customer_id", "product_id", happened_at=sold.ordered_at, into=ibis.literal(False)
    )
    rows = moved.union(sold)
    latest = rows.group_by("customer_id", "product_id").aggregate(
        added=rows.happened_at.max(where=rows.into), gone=rows.happened_at.max(where=~rows.into)
    )
    there = latest.added.notnull() & (latest.gone.isnull() | (latest.added > latest.gone))
    return latest.filter(there).select("customer_id", "product_id")


def _of(table: ir.Table, customers: Sequence[str] | None) -> ir.Table:
    """Return the rows of some customers; of all who are known where it is None."""
    who = table.customer_id
    return table.filter(who.notnull() if customers is None else who.isin(list(customers)))


def listings(shop: Shop) -> ir.Table:
    """Return one row a product of the catalogue with what a search reads of it.

    Columns: product_id, title, category, brand, attributes, description, `called` (the category's
    names in every language), `touched` (customers who bought, viewed or put it aside).
    """
    product = shop.products
    words = ("title", "category", "brand", "attributes", "description")
    told = product.group_by("product_id").aggregate(**{name: product[name].min() for name in words})
    named = shop.categories
    said = named.group_by("category").aggregate(
        called=named.name.group_concat(" ", order_by=[named.language, named.name])
    )
    touched = touches(shop)
    count = touched.group_by("product_id").aggregate(touched=touched.customer_id.nunique())
    joined = told.left_join(said, "category").drop("category_right")
    joined = joined.left_join(count, "product_id").drop("product_id_right")
    return joined.mutate(touched=ibis.coalesce(joined.touched, 0))


def asked_queries(shop: Shop) -> ir.Table:
    """Return one row a different query: query, `searches`, and the first of them."""
    search = shop.searches.filter(shop.searches["query"].notnull())
    return search.group_by("query").aggregate(
        searches=search.count(), first=search.searched_at.min()
    )


def clicked(shop: Shop) -> ir.Table:
    """Return one row a search that led to a click: query, product_id, searched_at, and `bought`.

    Bought is what a completed order of the same session holds.
    """
    search = shop.searches
    search = search.filter(search["query"].notnull(), search.clicked_product_id.notnull())
    event = shop.events.filter(shop.events.name == "Order Completed")
    done = event.filter(event.session_id.notnull(), event.product_id.notnull())
    done = done.select("session_id", "product_id").distinct()
    return search.left_join(
        done,
        [search.session_id == done.session_id, search.clicked_product_id == done.product_id],
        rname="{name}_done",
    ).select(
        "query",
        "searched_at",
        product_id=ibis._.clicked_product_id,
        bought=ibis._.session_id_done.notnull(),
    )
