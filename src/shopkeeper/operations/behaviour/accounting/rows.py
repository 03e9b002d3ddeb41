"""Rows of a metric: what each order line, order or visit adds to it, and in which slice.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import ibis

from shopkeeper.data import facts

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Metric = Literal["net", "paid", "orders", "aov", "conversion"]
OF_ORDER = ("channel", "device", "region", "country")
OF_LINE = ("category", "brand", "product_id")
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "net": (*OF_ORDER, *OF_LINE),
    "paid": (*OF_ORDER, *OF_LINE),
    "orders": OF_ORDER,
    "aov": OF_ORDER,
    "conversion": ("channel", "device"),
}
"""Metric → what it can be sliced by."""


def metric_rows(shop: Shop, metric: Metric, currency: str) -> ir.Table:
    """Return the rows of a metric: on, unit, base, top, and every dimension, "" where it is not known.

    The metric is Σ top, or Σ top ÷ Σ base for `aov` and `conversion`. Of money, base is the units of a
    line; what an order holds besides its lines (shipping, tax, a difference) and what was given back
    are rows of their own without units, so that the rows add up to the orders' values to the last cent.
    Unit is the order of money, whose rows come and go together; elsewhere a row is one.

    Parameters
    ----------
    shop
        The shop.
    metric
        The metric.
    currency
        The one currency of money.
    """
    if metric == "conversion":
        visit = facts.visits(shop)
        visit = visit.filter(visit.viewed)
        rows = visit.select("on", "channel", "device", base=_one(), top=visit.bought.cast("int64"))
    elif metric in ("orders", "aov"):
        order = paid_orders(shop, currency)
        top = _one() if metric == "orders" else ibis.coalesce(order.value, 0)
        rows = order.select("on", "order_id", *OF_ORDER, base=_one(), top=top)
    else:
        rows = _money_rows(shop, currency, net=metric == "net")
    known = {name: ibis.coalesce(rows[name], "") for name in DIMENSIONS[metric]}
    unit = rows.order_id if metric in ("net", "paid") else ibis.null("string")
    rows = rows.select("on", "base", **known, unit=unit, top=rows.top.cast("decimal(38, 4)"))
    return rows.filter(rows.on.notnull())


def _one() -> ir.IntegerScalar:
    return ibis.literal(1, "int64")


def paid_orders(shop: Shop, currency: str) -> ir.Table:
    """Return the paid orders of one currency, each with the device of its event."""
    return _of_currency(shop, currency).filter(ibis._.paid)


def _of_currency(shop: Shop, currency: str) -> ir.Table:
    order = facts.orders(shop)
    order = order.filter(ibis.coalesce(order.currency, "") == currency)
    event = shop.events
    event = event.filter((event.name == "Order Completed") & event.order_id.notnull())
    device = event.group_by("order_id").aggregate(device=event.device.min())
    return order.left_join(device, "order_id").drop("order_id_right")


def _money_rows(shop: Shop, currency: str, *, net: bool) -> ir.Table:
    order = _of_currency(shop, currency)
    paid = order.filter(order.paid)
    line = shop.order_items
    value = (
        line.quantity.cast("decimal(18, 0)") * line.price
        - ibis.coalesce(line.discount, 0)
        + ibis.coalesce(line.freight, 0)
    )
    line = line.select("order_id", "product_id", "quantity", worth=value.cast("decimal(38, 4)"))
    product = shop.products.select("category", "brand", known="product_id")
    line = line.left_join(product, line.product_id == product.known).drop("known")
    whole = line.group_by("order_id").aggregate(lines=line.worth.sum())
    of_order = ("on", "order_id", *OF_ORDER)
    goods = line.inner_join(paid.select(*of_order), "order_id")
    goods = goods.select(*of_order, *OF_LINE, base=goods.quantity, top=goods.worth)
    beside = paid.left_join(whole, "order_id")
    rest = ibis.coalesce(beside.value, 0) - ibis.coalesce(beside.lines, 0)
    rows = goods.union(_without_product(beside.mutate(rest=rest), of_order, "rest"))
    if net:
        back = order.filter(order.paid | ~order.sale)
        back = back.mutate(back=-ibis.coalesce(back.refund, 0))
        rows = rows.union(_without_product(back, of_order, "back"))
    return rows


def _without_product(order: ir.Table, of_order: tuple[str, ...], amount: str) -> ir.Table:
    nothing = {name: ibis.null("string") for name in OF_LINE}
    row = order.select(
        *of_order,
        **nothing,
        base=ibis.literal(0, "int64"),
        top=order[amount].cast("decimal(38, 4)"),
    )
    return row.filter(row.top != 0)


def sided(rows: ir.Table, before: tuple[date, date], after: tuple[date, date]) -> ir.Table:
    """Return the rows of the two periods, `side` 0 before and 1 after; each with its last day."""
    start, end = (ibis.date(day.isoformat()) for day in before)
    begin, stop = (ibis.date(day.isoformat()) for day in after)
    side = ibis.cases((rows.on.between(start, end), 0), (rows.on.between(begin, stop), 1))
    rows = rows.mutate(side=side.cast("int64"))
    return rows.filter(rows.side.notnull())


def leaves(rows: ir.Table, dimensions: tuple[str, ...]) -> ir.Table:
    """Return the sums of each finest slice: rows of sided rows by side and dimensions.

    `squares` is the sum of squares of what single rows add, for the spread of the sum; `other` the
    part without units.
    """
    value = rows.top.cast("float64")
    return rows.group_by("side", *dimensions).aggregate(
        base=rows.base.sum(),
        top=rows.top.sum().cast("decimal(38, 4)"),
        other=ibis.coalesce(rows.top.sum(where=rows.base == 0), 0).cast("decimal(38, 4)"),
        squares=(value * value).sum(),
    )


def by_unit(rows: ir.Table, dimensions: tuple[str, ...]) -> ir.Table:
    """Return what each unit adds to each finest slice: unit, dimensions, `added`."""
    value = rows.top.cast("float64")
    return rows.group_by("unit", *dimensions).aggregate(added=value.sum())


def customer_sums(shop: Shop, currency: str) -> ir.Table:
    """Return what each paid order adds for the tree and for gain and loss."""
    order = facts.orders(shop)
    order = order.filter(order.paid & (ibis.coalesce(order.currency, "") == currency))
    return order.select(
        "on", "customer_id", "order_id", base=_one(), units=ibis.coalesce(order.units, 0),
        top=ibis.coalesce(order.value, 0).cast("decimal(38, 4)"),
    )  # fmt: skip
