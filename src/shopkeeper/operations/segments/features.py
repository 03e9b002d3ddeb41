"""Features of customers: what each of them bought, when, and for how much.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from shopkeeper.data import facts
from shopkeeper.data.engines import held_table

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop


def currencies(shop: Shop) -> ir.Table:
    """Return the number of paid orders with a customer by currency, and their first and last day."""
    order = _paid(shop)
    return order.group_by("currency").aggregate(
        orders=order.count(), first=order.on.min(), last=order.on.max()
    )


def purchase_days(
    shop: Shop,
    currency: str,
    opted_out: frozenset[str] = frozenset(),
    between: tuple[date, date] = (date.min, date.max),
) -> ir.Table:
    """Return one row a customer and day with a paid order in a currency: `spent`, net of refunds.

    Orders of one day are one purchase. A refund that is a document of its own lessens the latest
    purchase up to its day; where there is none it is left out. Who opted out is not in it, nor is any day outside of `between`.
    """
    day = traded_days(shop).filter(ibis._.currency == currency)
    if opted_out:
        out = pa.table({"customer_id": pa.array(sorted(opted_out), pa.string())})
        day = day.anti_join(held_table(shop.connection, out), "customer_id")
    first, last = (ibis.date(one.isoformat()) for one in between)
    day = day.filter(day.on.between(first, last))
    so_far = ibis.cumulative_window(group_by="customer_id", order_by="on")
    day = day.mutate(latest=day.on.max(where=day.orders > 0).over(so_far))
    day = day.filter(day.latest.notnull()).select("customer_id", "spent", on="latest")
    return day.group_by("customer_id", "on").aggregate(spent=day.spent.sum().cast("decimal(38, 4)"))


def traded_days(shop: Shop) -> ir.Table:
    """Return one row a currency, customer and day with a paid order or a refund of its own.

    Columns: `currency`, `customer_id`, `on`, `orders` (paid ones), `spent` (net of refunds).
    """
    order = facts.orders(shop)
    order = order.filter(order.customer_id.notnull() & order.on.notnull())
    order = order.filter(order.paid | ~order.sale)
    value = ibis.ifelse(order.paid, ibis.coalesce(order.value, 0), 0)
    order = order.mutate(net=(value - order.refund).cast("decimal(38, 4)"))
    return order.group_by("currency", "customer_id", "on").aggregate(
        spent=order.net.sum(), orders=order.paid.cast("int64").sum()
    )


def histories(days: ir.Table, start: date, end: date) -> ir.Table:
    """Return one row a customer who bought by `end`, from the days up to then.

    Columns: `repeats` (days of purchase after the first), `recency` and `age` (days from the first
    to the last purchase, and to `end`), `spent`, `spent_again` (all but the first day), and `again`
    (days of purchase later than `start`).
    """
    known = days.filter(days.on <= end)
    first = known.group_by("customer_id").aggregate(first=known.on.min(), final=known.on.max())
    joined = known.inner_join(first, "customer_id")
    later = joined.on > joined["first"]
    grouped = joined.group_by("customer_id", "first", "final").aggregate(
        repeats=joined.count() - 1,
        spent=joined.spent.sum(),
        spent_again=joined.spent.sum(where=later),
        again=joined.count(where=joined.on > start),
    )
    return grouped.select(
        "customer_id",
        "repeats",
        "again",
        recency=grouped.final.delta(grouped["first"], unit="day"),
        age=ibis.date(end.isoformat()).delta(grouped["first"], unit="day"),
        spent=ibis.coalesce(grouped.spent, 0).cast("float64"),
        spent_again=ibis.coalesce(grouped.spent_again, 0).cast("float64"),
    )


def bought_between(days: ir.Table, start: date, end: date) -> ir.Table:
    """Return what each customer bought after `start`, up to and with `end`: `bought` days, `paid`."""
    later = days.filter((days.on > start) & (days.on <= end))
    return later.group_by("customer_id").aggregate(
        bought=later.count(), paid=later.spent.sum().cast("float64")
    )


def _paid(shop: Shop) -> ir.Table:
    order = facts.orders(shop)
    return order.filter(order.paid & order.customer_id.notnull() & order.on.notnull())
