"""What is known to have happened in two periods: campaigns, prices, what stopped selling, broken weeks.

Nothing here is called a cause; it is what the shop's own tables say of the same days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import ibis

from shopkeeper.data import facts
from shopkeeper.operations.behaviour.accounting.rows import paid_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
Span = tuple[date, date]

PRICE_MOVED, LISTED = 0.05, 20
"""Least share by which a price has changed; lines of one kind at most."""

BROKEN = 0.5
"""A week is broken where less than so much of the usual share of orders has its event."""

_USUAL_WEEKS, _QUIET = 4, 3


def known_events(shop: Shop, currency: str, before: Span, after: Span, least: int) -> list[Row]:
    """Return the known events of both periods: kind, name, from, to, and a number before and after."""
    rows = list(_campaigns(shop, before, after))
    rows += _products(shop, currency, before, after, least)
    rows += _broken_weeks(shop, currency, before, after)
    rows += _silent_days(shop, currency, before, after)
    return rows


def _row(kind: str, name: str, start: date | None, end: date | None, **numbers: float) -> Row:
    return {"kind": kind, "name": name, "from": start, "to": end, **numbers}


def _campaigns(shop: Shop, before: Span, after: Span) -> Iterator[Row]:
    row = shop.campaigns
    row = row.select("campaign_id", "name", start=row.started_at.date(), end=row.ended_at.date())
    for one in row.order_by("start", "campaign_id").to_pyarrow().to_pylist():
        end = one["end"] or one["start"]
        if any(one["start"] <= span[1] and end >= span[0] for span in (before, after)):
            yield _row("campaign", one["name"] or one["campaign_id"], one["start"], one["end"])


def _products(shop: Shop, currency: str, before: Span, after: Span, least: int) -> list[Row]:
    """Return products whose mean price moved, and those that sold well and stopped."""
    order = paid_orders(shop, currency).select("order_id", "on")
    line = shop.order_items.inner_join(order, "order_id")
    line = line.filter((line.quantity > 0) & line.product_id.notnull())
    sides = {}
    for name, (start, end) in (("before", before), ("after", after)):
        inside = line.on.between(ibis.date(start.isoformat()), ibis.date(end.isoformat()))
        units = line.quantity.sum(where=inside)
        sides[f"units_{name}"] = ibis.coalesce(units, 0)
        worth = (line.quantity * line.price).sum(where=inside)
        sides[f"price_{name}"] = worth.cast("float64") / units.nullif(0)
    sums = line.group_by("product_id").aggregate(**sides, last=line.on.max())
    product = shop.products.select("title", "stock", known="product_id")
    joined = sums.left_join(product, sums.product_id == product.known)
    found = joined.filter((joined.units_before >= least) | (joined.units_after >= least))
    found = found.order_by([ibis.desc("units_before"), "title", "product_id"])
    prices, gone = [], []
    for row in found.to_pyarrow().to_pylist():
        name = row["title"] or row["product_id"]
        if row["units_before"] >= least and not row["units_after"]:
            kind = "sold_out" if row["stock"] == 0 else "stopped_selling"
            gone.append(_row(kind, name, row["last"], None, before=row["units_before"], after=0))
        elif min(row["units_before"], row["units_after"]) >= least and row["price_before"]:
            one, two = row["price_before"], row["price_after"]
            if abs(two / one - 1) >= PRICE_MOVED:
                prices.append(_row("price", name, after[0], None, before=one, after=two))
    prices.sort(key=lambda row: -abs(row["after"] / row["before"] - 1))
    return [*prices[:LISTED], *gone[:LISTED]]


def _broken_weeks(shop: Shop, currency: str, before: Span, after: Span) -> list[Row]:
    """Return weeks in which far fewer orders than usual have their event: the tracking was broken."""
    event = shop.events.filter((ibis._.name == "Order Completed") & ibis._.order_id.notnull())
    tracked = event.select("order_id").distinct().mutate(tracked=ibis.literal(1, "int64"))
    order = paid_orders(shop, currency).select("order_id", "on")
    joined = order.left_join(tracked, "order_id")
    joined = joined.filter(joined.on.notnull()).mutate(week=facts.period_start(joined.on, "week"))
    week = joined.group_by("week").aggregate(
        orders=joined.count(), tracked=ibis.coalesce(joined.tracked.sum(), 0)
    )
    rows = _plain(week.order_by("week"))
    shares = [row["tracked"] / row["orders"] for row in rows]
    if len(rows) < _USUAL_WEEKS or not (usual := median(shares)):
        return []
    return [
        _row(
            "broken_week",
            "",
            row["week"],
            row["week"] + timedelta(days=6),
            before=usual,
            after=share,
        )
        for row, share in zip(rows, shares, strict=True)
        if share < BROKEN * usual and _touches(row["week"], 6, before, after)
    ]


def _silent_days(shop: Shop, currency: str, before: Span, after: Span) -> list[Row]:
    """Return days without any order where there usually are several."""
    order = paid_orders(shop, currency)
    order = order.filter(order.on.notnull())
    sums = order.group_by("on").aggregate(orders=order.count())
    counts = {row["on"]: row["orders"] for row in _plain(sums)}
    if not counts:
        return []
    days = [
        span[0] + timedelta(days=n)
        for span in (before, after)
        for n in range((span[1] - span[0]).days + 1)
    ]
    inside = [day for day in days if min(counts) <= day <= max(counts)]
    usual = median([counts.get(day, 0) for day in inside]) if inside else 0
    if usual < _QUIET:
        return []
    silent = [day for day in dict.fromkeys(inside) if day not in counts]
    return [_row("no_orders", "", day, day, before=usual, after=0) for day in silent[:LISTED]]


def _touches(start: date, days: int, *spans: Span) -> bool:
    return any(start <= span[1] and start + timedelta(days=days) >= span[0] for span in spans)


def _plain(table: ir.Table) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows
