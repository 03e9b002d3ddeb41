"""What the capability reads of baskets: what was bought in one order, seen in one visit, bought again.

Expressions only: nothing here runs a model, and all of it runs on every engine.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from shopkeeper.data.facts import orders
from shopkeeper.data.shop import Shop

LARGEST_BASKET = 60
"""Products of a basket or a visit above which its pairs are not counted: wholesale, or a robot."""


def bought_lines(shop: Shop) -> ir.Table:
    """Return one row an order and product: order_id, product_id, customer_id, ordered_at, on."""
    order = orders(shop).filter(ibis._.paid)
    order = order.select("order_id", "customer_id", "ordered_at", "on")
    line = shop.order_items.filter(ibis._.quantity > 0, ibis._.product_id.notnull())
    return order.inner_join(line.select("order_id", "product_id").distinct(), "order_id")


def several(lines: ir.Table) -> ir.Table:
    """Return the lines of orders of two products or more, not too many: order_id, product_id, ordered_at.

    Parameters
    ----------
    lines
        What `bought_lines` returns.
    """
    size = lines.group_by("order_id").aggregate(size=lines.count())
    size = size.filter((size.size >= 2) & (size.size <= LARGEST_BASKET))
    return lines.semi_join(size, "order_id").select("order_id", "product_id", "ordered_at")


def visits(shop: Shop) -> ir.Table:
    """Return which different products were looked at in one session of two to sixty: visit, product_id."""
    event = shop.events.filter(shop.events.name.isin(["Product Viewed", "Product Clicked"]))
    event = event.filter(event.product_id.notnull(), event.session_id.notnull())
    seen = event.select("product_id", visit=event.session_id).distinct()
    size = seen.group_by("visit").aggregate(size=seen.count())
    size = size.filter((size.size >= 2) & (size.size <= LARGEST_BASKET))
    return seen.semi_join(size, "visit")


def pair_counts(rows: ir.Table, within: str) -> ir.Table:
    """Return how often two products stand in the same basket or visit: one, other, `count`; one < other.

    Parameters
    ----------
    rows
        One row a product of a basket or visit.
    within
        The column that says which basket or visit.
    """
    left = rows.select(within, one=rows.product_id)
    right = rows.select(within, other=rows.product_id)
    both = left.inner_join(right, within)
    both = both.filter(both.one < both.other)
    return both.group_by("one", "other").aggregate(count=both.count())


def product_counts(rows: ir.Table) -> ir.Table:
    """Return in how many baskets or visits each product stands: product_id, `count`."""
    return rows.group_by("product_id").aggregate(count=rows.count())


def purchases(lines: ir.Table) -> ir.Table:
    """Return one row a customer and product: on how many days it was bought, and how far apart.

    Columns: customer_id, product_id, `days`, `last` (days since 1970), and of the days between two
    purchases `gaps` (how many), `logs` (sum of their logarithms), `squares` (of the squared ones) and
    `newest` (the logarithm of the last of them).

    Parameters
    ----------
    lines
        What `bought_lines` returns.
    """
    known = lines.filter(lines.customer_id.notnull(), lines.on.notnull())
    day = known.select("customer_id", "product_id", "on").distinct()
    window = ibis.window(group_by=[day.customer_id, day.product_id], order_by=day.on)
    gap = (day.on.epoch_days() - day.on.lag(1).over(window).epoch_days()).cast("float64")
    rows = day.mutate(log=gap.ln())
    return rows.group_by("customer_id", "product_id").aggregate(
        days=rows.count(),
        last=rows.on.max().epoch_days(),
        gaps=rows.log.count(),
        logs=ibis.coalesce(rows.log.sum(), 0.0),
        squares=ibis.coalesce((rows.log * rows.log).sum(), 0.0),
        newest=rows.log.argmax(rows.on),
    )
