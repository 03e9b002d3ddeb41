"""Rows of baskets: what lies in each, and how often two things lie in one.

A basket is an order, a session of views, or everything that a customer ever bought. Nothing is
executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from shopkeeper.data import facts
from shopkeeper.operations.behaviour.features import made_sessions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

By = Literal["product", "category", "brand"]

LARGEST = 200
"""Different things in a basket at most: the pairs of a larger one grow with the square, and it is a
wholesaler's, or a mistake."""


def bought(shop: Shop, by: By) -> ir.Table:
    """Return what lies in each paid order: basket, customer, item; each once."""
    order = facts.orders(shop).filter(ibis._.paid).select("order_id", "customer_id")
    line = shop.order_items
    line = line.filter((line.quantity > 0) & line.product_id.notnull())
    line = line.select("order_id", "product_id").inner_join(order, "order_id")
    line = _item(shop, line, by)
    return line.select("item", basket="order_id", customer="customer_id").distinct()


def viewed(shop: Shop, by: By) -> ir.Table:
    """Return what was viewed in each session: basket, item; each once."""
    event = shop.events
    event = event.filter(event.name.isin(("Product Viewed", "Product Clicked")))
    named = event.filter(event.session_id.notnull())
    named = named.select("product_id", basket="session_id")
    made = made_sessions(shop)
    made = made.filter(made.name.isin(("Product Viewed", "Product Clicked")))
    both = named.union(made.select("product_id", basket="unit"))
    both = both.filter(both.product_id.notnull())
    return _item(shop, both, by).select("basket", "item").distinct()


def shoppers(lines: ir.Table) -> ir.Table:
    """Return what each customer ever bought, as one basket."""
    return lines.filter(lines.customer.notnull()).select("item", basket="customer").distinct()


def _item(shop: Shop, line: ir.Table, by: By) -> ir.Table:
    if by == "product":
        return line.mutate(item="product_id")
    product = shop.products.select(item=by, known="product_id")
    line = line.inner_join(product, line.product_id == product.known)
    return line.filter(line.item.notnull())


def sized(lines: ir.Table) -> ir.Table:
    """Return the lines with the `size` of their basket: how many different things lie in it."""
    size = lines.group_by("basket").aggregate(size=lines.count())
    return lines.select("basket", "item").inner_join(size, "basket")


def whole_sums(lines: ir.Table) -> ir.Table:
    """Return over sized lines: baskets, those of several things, pairs, and what is too large."""
    basket = lines.group_by("basket").aggregate(size=lines["size"].max())
    fit = basket["size"] <= LARGEST
    pairs = basket["size"] * (basket["size"] - 1)
    return basket.aggregate(
        baskets=basket.count(where=fit),
        several=basket.count(where=fit & (basket["size"] > 1)),
        ends=ibis.coalesce(pairs.sum(where=fit), 0),
        too_large=basket.count(where=~fit),
        largest=basket["size"].max(),
    )


def item_sums(lines: ir.Table) -> ir.Table:
    """Return by item the baskets that hold it, and the things that lie beside it in them, added up."""
    fit = lines.filter(lines["size"] <= LARGEST)
    return fit.group_by("item").aggregate(baskets=fit.count(), beside=(fit["size"] - 1).sum())


def pair_sums(lines: ir.Table, *, least: int, together: int) -> ir.Table:
    """Return how many baskets hold both of two items.

    Parameters
    ----------
    lines
        Sized lines.
    least
        Baskets that hold an item at least, so that its pairs are counted.
    together
        Baskets that hold both at least.
    """
    fit = lines.filter((lines["size"] <= LARGEST) & (lines["size"] > 1)).select("basket", "item")
    often = item_sums(lines).filter(ibis._.baskets >= least).select("item")
    fit = fit.semi_join(often, "item")
    other = fit.select(basket_too="basket", other="item")
    pair = fit.inner_join(other, (fit.basket == other.basket_too) & (fit.item < other.other))
    counted = pair.group_by("item", "other").aggregate(both=pair.count())
    return counted.filter(counted.both >= together)
