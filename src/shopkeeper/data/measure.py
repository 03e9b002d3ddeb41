"""Measure: compute metrics over facts, one query a grain, as one long table.

It knows how a metric is counted, not what any of them means.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from shopkeeper.data.facts import Period, deliveries, orders, period_start, reviews, visits
from shopkeeper.data.metrics import METRICS, Grain, Metric
from shopkeeper.data.tables import BY_NAME as TABLES
from shopkeeper.errors import UsageError
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

MEASURED = pa.schema(
    [
        ("metric", pa.string()),
        ("period", pa.date32()),
        ("part", pa.string()),
        ("currency", pa.string()),
        ("top", pa.decimal128(38, 4)),
        ("base", pa.int64()),
        ("value", pa.float64()),
    ]
)


_NAMING = ("events.session_id", "events.visitor_id", "events.customer_id")
_NO_EVENTS = Words("no events", "没有行为事件")
_NOBODY = Words(
    "no events that name their session, visitor or customer",
    "没有写明会话、访客或顾客的行为事件",
)
_NO_VIEWS = Words(
    "no events that view a product (Product Viewed)", "没有浏览商品（Product Viewed）的行为事件"
)


def measure(
    shop: Shop,
    metrics: Sequence[Metric] = METRICS,
    *,
    period: Period | None = None,
    by: str | None = None,
) -> pa.Table:
    """Return metrics, overall or by period, as one row a metric, period, part and currency.

    Parameters
    ----------
    shop
        The shop.
    metrics
        The metrics; those whose data the shop lacks are left out (`missing` names them).
    period
        `month`, `week` or `day`; None for all of the data at once.
    by
        A further column of the facts to group by, such as `region` or `channel`; `part` holds it.

    Returns
    -------
    pa.Table
        metric, period (its first day), part, currency (of money), top, base, value. `top` is
        exact; `value` is top ÷ base, or top where the metric is not divided, null where base is 0.

    Raises
    ------
    UsageError
        A metric's facts have no column `by`.

    Examples
    --------
    >>> from shopkeeper.data.metrics import BY_NAME
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> shop = shop_from_tables(
    ...     {
    ...         "orders": pa.table(
    ...             {"order_id": ["a", "b"], "total": [10, 20], "currency": ["CNY", "CNY"]}
    ...         )
    ...     }
    ... )
    >>> measure(shop, [BY_NAME["gmv"]]).select(["metric", "currency", "value"]).to_pylist()
    [{'metric': 'gmv', 'currency': 'CNY', 'value': 30.0}]
    """
    lacking = missing(shop, metrics)
    chosen = [metric for metric in metrics if metric.name not in lacking]
    rows: list[dict[str, Any]] = []
    for grain, money in sorted({(metric.grain, metric.unit == "money") for metric in chosen}):
        group = [m for m in chosen if m.grain == grain and (m.unit == "money") == money]
        rows += _long(_aggregate(shop, grain, group, period, by, money=money), group)
    rank = {metric.name: index for index, metric in enumerate(metrics)}
    rows.sort(
        key=lambda row: (
            rank[row["metric"]],
            str(row["period"] or ""),
            row["part"] or "",
            row["currency"] or "",
        )
    )
    return pa.Table.from_pylist(rows, schema=MEASURED)


def missing(shop: Shop, metrics: Sequence[Metric] = METRICS) -> dict[str, tuple[str, ...]]:
    """Return what each metric that cannot be computed lacks: its unmet needs, by its name."""
    wanted = sorted(
        {option for metric in metrics for need in metric.needs for option in need.split("|")}
    )
    there = _there(shop, wanted)
    unmet = {
        metric.name: tuple(
            need for need in metric.needs if not any(there[option] for option in need.split("|"))
        )
        for metric in metrics
    }
    return {name: needs for name, needs in unmet.items() if needs}


def nothing_measured(shop: Shop) -> Words:
    """Return why no metric at all can be computed, in one sentence on what the tables hold.

    Examples
    --------
    >>> from datetime import datetime
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> seen = {
    ...     "event_id": ["1"],
    ...     "name": ["Product Viewed"],
    ...     "happened_at": [datetime(2026, 5, 1)],
    ... }
    >>> nothing_measured(shop_from_tables({"events": pa.table(seen)})).en
    'It has no orders, no events that name their session, visitor or customer, and no reviews with stars.'
    """
    events = _NO_EVENTS
    if shop.has("events"):
        events = _NO_VIEWS if any(_there(shop, _NAMING).values()) else _NOBODY
    return Words(
        f"It has no orders, {events.en}, and no reviews with stars.",
        f"店里没有订单，{events.zh}，也没有带星级的评价。",
    )


def _there(shop: Shop, wanted: Sequence[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for name in sorted({option.split(".")[0] for option in wanted}):
        options = [option for option in wanted if option.split(".")[0] == name]
        if name not in TABLES:
            found |= dict.fromkeys(options, shop.cut is None and name in shop.manifest.answers)
        elif not shop.has(name):
            found |= dict.fromkeys(options, False)
        else:
            table = shop.table(name)
            counts = (
                table.aggregate(
                    **{f"c{index}": _holds(table, option) for index, option in enumerate(options)}
                )
                .to_pyarrow()
                .to_pylist()[0]
            )
            found |= {option: bool(counts[f"c{index}"]) for index, option in enumerate(options)}
    return found


def _holds(table: ir.Table, option: str) -> ir.Scalar:
    column, _, value = option.split(".", 1)[1].partition("=")
    kept = table[column] == value if value else table[column].notnull()
    return table.count(where=kept)


def _aggregate(
    shop: Shop,
    grain: Grain,
    metrics: Sequence[Metric],
    period: Period | None,
    by: str | None,
    *,
    money: bool,
) -> pa.Table:
    facts = _facts(shop, grain)
    if by is not None and by not in facts.columns:
        raise _no_column(grain, by, facts.columns)
    start = period_start(facts.on, period) if period else ibis.null("date")
    facts = facts.mutate(period=start, part=facts[by] if by else ibis.null("string"))
    if period:
        facts = facts.filter(facts.period.notnull())
    keys = ["period", "part"] + (["currency"] if money else [])
    if grain == "buyers":
        facts = facts.group_by([*keys, "customer_id"]).aggregate(days=facts.on.nunique())
    sums: dict[str, ir.Scalar] = {}
    for metric in metrics:
        sums[f"top_{metric.name}"] = metric.top(facts)
        if metric.base:
            sums[f"base_{metric.name}"] = metric.base(facts)
    return facts.group_by(keys).aggregate(**sums).to_pyarrow()


def _facts(shop: Shop, grain: Grain) -> ir.Table:
    match grain:
        case "orders":
            return orders(shop)
        case "buyers":
            order = orders(shop)
            return order.filter(order.paid & order.customer_id.notnull())
        case "visits":
            return visits(shop)
        case "deliveries":
            return deliveries(shop)
        case "reviews":
            return reviews(shop)


def _long(wide: pa.Table, metrics: Sequence[Metric]) -> list[dict[str, Any]]:
    rows = []
    for row in wide.to_pylist():
        for metric in metrics:
            top = Decimal(row[f"top_{metric.name}"] or 0)
            base = row[f"base_{metric.name}"] if metric.base else None
            if not metric.base:
                value: float | None = float(top)
            else:
                value = float(top) / base if base else None
            rows.append(
                {
                    "metric": metric.name,
                    "period": row["period"],
                    "part": row["part"],
                    "currency": row.get("currency"),
                    "top": top,
                    "base": base,
                    "value": value,
                }
            )
    return rows


def _no_column(grain: str, by: str, columns: Sequence[str]) -> UsageError:
    listed = ", ".join(columns)
    return UsageError(
        Words(f"Asked for metrics of {grain} by {by}.", f"要按 {by} 计算 {grain} 的指标。"),
        Words(f"They have no such column; there are {listed}.", f"没有这一列；可用：{listed}。"),
        Words("Choose one of these.", "请选择其中一列。"),
    )
