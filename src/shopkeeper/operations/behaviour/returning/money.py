"""What customers brought, by first period and age; what would tell of a few customers is left out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
from scipy.special import ndtri

from shopkeeper.data import facts
from shopkeeper.operations.behaviour.features import Activity, Span, period_number
from shopkeeper.operations.behaviour.recorded import Recorded
from shopkeeper.operations.behaviour.returning.periods import begun, over, period_day
from shopkeeper.operations.behaviour.returning.shares import Blocks, ages
from shopkeeper.operations.behaviour.small_cells import is_small, withheld

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop
    from shopkeeper.operations.behaviour.returning.finding import Plan

Row = dict[str, Any]
Cell = tuple[int, int]
"""A first period, and an age."""
_NEVER = -1


def revenue(shop: Shop, begun: ir.Table, span: Span, *, since: Activity) -> ir.Table:
    """Return by first period, age and currency what customers brought, net of refunds.

    `net` is the metric of that name. `squares` is by how much the sum over customers of the squared
    net so far grows in the period, so that its spread is known without a row for everybody and age.
    `customers` have an amount in it, and had their last one at the age `before`, −1 where none: so it
    is known how many had one in any stretch of ages. A refund that is dated before the period of a
    customer's first order counts in that period; what was bought or given back before the period of
    the first visit does not count.
    """
    order = facts.orders(shop)
    order = order.filter(order.customer_id.notnull() & order.on.notnull())
    paid = ibis.ifelse(order.paid, ibis.coalesce(order.value, 0), 0)
    back = ibis.ifelse(order.paid | ~order.sale, order.refund, 0)
    order = order.select(
        "currency", who="customer_id", number=period_number(order.on, span), amount=paid - back
    )
    joined = order.inner_join(begun, "who")
    if since == "visit":
        joined = joined.filter(joined.number >= joined.start)
    joined = joined.mutate(age=ibis.greatest(joined.number - joined.start, 0))
    each = joined.group_by("who", "currency", "start", "age").aggregate(
        amount=joined.amount.sum().cast("decimal(38, 4)")
    )
    each = each.filter(each.amount != 0)
    own = ibis.window(group_by=["who", "currency"], order_by="age")
    so_far = ibis.cumulative_window(group_by=["who", "currency"], order_by="age")
    value = each.amount.cast("float64")
    each = each.mutate(value=value, before=ibis.coalesce(each.age.lag().over(own), _NEVER))
    each = each.mutate(total=each.value.sum().over(so_far))
    grown = 2 * (each.total - each.value) * each.value + each.value * each.value
    each = each.mutate(grown=grown)
    return each.group_by("start", "age", "currency", "before").aggregate(
        customers=each.count(),
        net=each.amount.sum().cast("decimal(38, 4)"),
        squares=each.grown.sum(),
    )


@dataclass(slots=True)
class Brought:
    """What customers brought in one currency, by first period and age.

    Parameters
    ----------
    net, squares
        Money of the period, and growth of the sum of squares.
    customers
        The age of the amount before it, and how many customers that is.
    """

    net: dict[Cell, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    squares: dict[Cell, float] = field(default_factory=lambda: defaultdict(float))
    customers: dict[Cell, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def joining(self, cell: Cell, after: int) -> int:
        """Return how many customers had an amount in a cell, and none since the period after an age."""
        return sum(many for before, many in self.customers.get(cell, ()) if before <= after)


def by_currency(rows: Iterable[Row]) -> dict[str, Brought]:
    """Return what was brought in each currency."""
    found: dict[str, Brought] = defaultdict(Brought)
    order = ("start", "age", "before")
    for row in sorted(rows, key=lambda row: tuple(row[name] for name in order)):
        one, cell = found[row["currency"] or ""], (row["start"], row["age"])
        one.net[cell] += row["net"] or Decimal(0)
        one.squares[cell] += row["squares"] or 0.0
        one.customers[cell].append((row["before"], row["customers"]))
    return dict(sorted(found.items()))


def triangle(
    plan: Plan, size: Mapping[int, int], money: Mapping[str, Brought], sold: Recorded
) -> list[Row]:
    """Return what customers brought by first period and age, in each currency."""
    rows = []
    for currency, brought in money.items():
        told = _told(plan, size, brought, sold)
        for start in sorted(size):
            total, squares, last = Decimal(0), 0.0, _NEVER
            for age in ages(start, plan, sold):
                net = brought.net.get((start, age), Decimal(0))
                total, squares = total + net, squares + brought.squares.get((start, age), 0.0)
                shown = (start, age) in told
                complete = paid_for(start, age, plan, sold)
                rows.append(
                    {
                        "since": period_day(start, plan.span),
                        "age": age,
                        "currency": currency,
                        "customers": size[start] if size[start] >= plan.least else None,
                        "net": net if shown and last == age - 1 else None,
                        "cumulative": total if shown else None,
                        **mean(total, squares, size[start], shown=shown and complete),
                        "complete": complete,
                    }
                )
                last = age if shown else last
    return rows


def _told(plan: Plan, size: Mapping[int, int], brought: Brought, sold: Recorded) -> set[Cell]:
    """Return the cells whose money so far is told.

    It is not where fewer than 20 customers had an amount since the last age of which it is told: the
    difference would be theirs.
    """
    last, lately = dict.fromkeys(sorted(size), _NEVER), dict.fromkeys(size, 0)
    told: set[Cell] = set()
    blocks = Blocks.of(size)
    for age in ages(min(size), plan, sold):
        there = [start for start in last if age in ages(start, plan, sold)]
        for start in there:
            lately[start] += brought.joining((start, age), last[start])
        hidden = {start for start in there if size[start] < plan.least or is_small(lately[start])}
        summed = blocks.within(start for start in there if paid_for(start, age, plan, sold))
        hidden |= withheld({start: lately[start] for start in summed}, hidden=hidden)
        for start in set(there) - hidden:
            last[start], lately[start] = age, 0
            told.add((start, age))
    return told


def by_age(
    plan: Plan, size: Mapping[int, int], money: Mapping[str, Brought], sold: Recorded
) -> list[Row]:
    """Return the net so far of a customer by age, over all first periods that are that old."""
    rows, blocks = [], Blocks.of(size)
    for currency, brought in money.items():
        last, lately = _NEVER, dict.fromkeys(size, 0)
        net, squares = dict.fromkeys(size, Decimal(0)), dict.fromkeys(size, 0.0)
        for age in ages(min(size), plan, sold):
            for start in size:
                net[start] += brought.net.get((start, age), Decimal(0))
                squares[start] += brought.squares.get((start, age), 0.0)
                lately[start] += brought.joining((start, age), last)
            starts = blocks.within(one for one in size if paid_for(one, age, plan, sold))
            customers = sum(size[start] for start in starts)
            if customers < max(plan.least, 1):
                continue
            total = sum((net[start] for start in starts), Decimal(0))
            spread = math.fsum(squares[start] for start in starts)
            shown = not is_small(sum(lately[start] for start in starts))
            if shown:
                last, lately = age, dict.fromkeys(size, 0)
            rows.append(
                {
                    "age": age,
                    "currency": currency,
                    "customers": customers,
                    "cumulative": total if shown else None,
                    **mean(total, spread, customers, shown=shown),
                }
            )
    return rows


def paid_for(start: int, age: int, plan: Plan, sold: Recorded) -> bool:
    """Say whether all that was brought since a first period, up to an age, is recorded."""
    return begun(sold, start, plan.span) and over(sold, start + age, plan.span)


def mean(total: Decimal, squares: float, customers: int, *, shown: bool) -> Row:
    """Return the mean with its normal 95 % interval: m ± z √(s² / n)."""
    if not shown:
        return {"per_customer": None, "low": None, "high": None}
    middle = float(total) / customers
    low = high = None
    if customers > 1:
        variance = max(squares - customers * middle * middle, 0.0) / (customers - 1)
        half = float(ndtri(0.975)) * math.sqrt(variance / customers)
        # Sums of floats differ in their last digits with the order of the rows.
        low, high = (float(f"{end:.10g}") for end in (middle - half, middle + half))
    return {"per_customer": middle, "low": low, "high": high}
