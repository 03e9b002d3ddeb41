"""Features of behaviour: sessions, the steps that are reached, and who comes back when.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import ibis

from shopkeeper.data import facts

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

SESSION_MINUTES = 30
"""Pause after which the next event begins another session, where the source names none."""

FIRST_MONDAY = date(1900, 1, 1)
"""Weeks are numbered from here."""

OF_EVENT = ("channel", "device", "product_id")
OF_PRODUCT = ("category", "brand")
OF_CUSTOMER = ("city", "region", "country")
PROPERTIES = (*OF_EVENT, *OF_PRODUCT, *OF_CUSTOMER)
"""What a funnel can be split by: of the first step's event, its product or its customer."""
CUSTOMER = "customer_id"
"""Carried too where a segment is a cohort."""


@dataclass(frozen=True, slots=True)
class Path:
    """What counts as reaching a step.

    Parameters
    ----------
    steps
        Event names, two or more, all different.
    ordered
        Whether each step must come no earlier than the one before it.
    window_seconds
        Most seconds between the first and the last of the events that count together.
    per
        Whose events belong together.
    properties
        Names out of `PROPERTIES`, and `CUSTOMER`, that each unit shall carry.
    """

    steps: tuple[str, ...]
    ordered: bool = True
    window_seconds: int = 7 * 86_400
    per: Literal["session", "customer"] = "session"
    properties: tuple[str, ...] = ()


def made_sessions(shop: Shop) -> ir.Table:
    """Return the events that name no session, each with the `unit` that it is put into.

    A visitor's (else customer's) events belong together until `SESSION_MINUTES` pass without any.
    The clock is the instant, so a session may go on past midnight, in any zone. Events of nobody
    are left out.
    """
    event = shop.events.filter(ibis._.session_id.isnull())
    event = event.mutate(who=ibis.coalesce(event.visitor_id, event.customer_id))
    event = event.filter(event.who.notnull())
    line = ibis.window(group_by="who", order_by=["happened_at", "event_id"])
    before = event.happened_at.lag().over(line)
    pause = event.happened_at > before + ibis.interval(minutes=SESSION_MINUTES)
    event = event.mutate(begins=ibis.ifelse(pause, 1, 0))
    so_far = ibis.cumulative_window(group_by="who", order_by=["happened_at", "event_id"])
    number = event.begins.sum().over(so_far)
    unit = ibis.literal("made ") + event.who + " " + number.cast("string")
    return event.mutate(unit=unit).drop("who", "begins")


def step_events(shop: Shop, path: Path, *, complete: bool) -> ir.Table:
    """Return the events of the steps: `unit`, `at`, `name` and what the properties need.

    Parameters
    ----------
    shop
        The shop.
    path
        The steps.
    complete
        Whether every event names a session (or, per customer, a customer); nothing is made then.
    """
    event = shop.events
    if path.per == "customer":
        visitor = ibis.literal("visitor ") + event.visitor_id
        unit = event.customer_id if complete else ibis.coalesce(event.customer_id, visitor)
        event = event.mutate(unit=unit)
    else:
        named = event.mutate(unit=event.session_id)
        event = named if complete else named.filter(named.unit.notnull()).union(made_sessions(shop))
    event = event.filter(event.name.isin(path.steps) & event.unit.notnull())
    return event.select("unit", "name", *_carried(path.properties), at="happened_at")


def surely_reached(shop: Shop, path: Path, *, complete: bool) -> ir.Table:
    """Return what `reached` does, from one look at the events, and which units are `open`.

    An open unit may have got further than its level says; where none is open, the levels are those of
    `reached`.
    """
    unit = _bounds(shop, path, complete=complete)
    return unit.select(
        "unit", *_carried(path.properties), level=unit.sure, open=unit.sure < unit.possible
    )


def _bounds(shop: Shop, path: Path, *, complete: bool) -> ir.Table:
    events = step_events(shop, path, complete=complete)
    return _ordered_bounds(events, path) if path.ordered else _loose_bounds(events, path)


def reached(shop: Shop, path: Path, *, complete: bool) -> ir.Table:
    """Return one row a unit: `level`, the number of steps that it reached, and its properties.

    A unit reaches step k when it has events of the first k steps that lie within the window and,
    where `ordered`, each no earlier than the one before. One aggregate decides nearly every unit;
    only the events of the others are looked at one by one.
    """
    unit = _bounds(shop, path, complete=complete)
    open_units = unit.filter(unit.sure < unit.possible).select("unit")
    # Read anew: kept for a second use, all of the events would be written out in memory first.
    again = replace(path, steps=path.steps[::-1], properties=()) if complete else path
    open_events = step_events(shop, again, complete=complete).semi_join(open_units, "unit")
    exact = _ordered_exact(open_events, path) if path.ordered else _loose_exact(open_events, path)
    exact = exact.select(decided="unit", exact="level")
    joined = unit.left_join(exact, unit.unit == exact.decided)
    level = ibis.coalesce(joined.exact, joined.sure)
    closed = ibis.literal(False)
    return joined.select("unit", *_carried(path.properties), level=level, open=closed)


def with_properties(shop: Shop, units: ir.Table, path: Path) -> ir.Table:
    """Return the units with every property as text; those of products and customers are looked up."""
    if wanted := [name for name in path.properties if name in OF_PRODUCT]:
        product = shop.products.select(*wanted, product="product_id")
        units = units.left_join(product, units.product_id == product["product"]).drop("product")
    if wanted := [name for name in path.properties if name in OF_CUSTOMER]:
        customer = shop.customers.select(*wanted, customer="customer_id")
        units = units.left_join(customer, units.customer_id == customer.customer).drop("customer")
    known = {name: ibis.coalesce(units[name], "") for name in path.properties}
    return units.select("unit", "level", "open", **known)


def _carried(properties: Sequence[str]) -> list[str]:
    """Return the columns of an event that the properties are read from."""
    needed = {name for name in properties if name in OF_EVENT}
    needed |= {"product_id"} if set(properties) & set(OF_PRODUCT) else set()
    needed |= {CUSTOMER} if set(properties) & {*OF_CUSTOMER, CUSTOMER} else set()
    return sorted(needed)


def _properties(events: ir.Table, path: Path) -> dict[str, ir.Scalar]:
    """Return the earliest known value of each property among the events of the first step."""
    found = {}
    for column in _carried(path.properties):
        known = (events.name == path.steps[0]) & events[column].notnull()
        # The smaller of two values at the same instant, so that the order of rows decides nothing.
        dated = ibis.struct({"at": events["at"], "value": events[column]})
        found[column] = dated.min(where=known)
    return found


def _valued(unit: ir.Table, path: Path) -> dict[str, ir.Value]:
    return {column: unit[column]["value"] for column in _carried(path.properties)}


def _ordered_bounds(events: ir.Table, path: Path) -> ir.Table:
    """Return by unit the steps that it surely reached, and those that it possibly reached.

    From the first event of the first step go to the first event of the next one that is no earlier,
    and so on. Steps on that way within the window are sure; no step that it misses can be reached.
    """
    sums = {"first": events["at"].min(where=events.name == path.steps[0])}
    for number, name in enumerate(path.steps[1:], 1):
        sums[f"times_{number}"] = events["at"].collect(where=events.name == name)
    unit = events.group_by("unit").aggregate(**sums, **_properties(events, path))
    unit = unit.mutate(
        end=unit["first"] + ibis.interval(seconds=path.window_seconds), here_0="first"
    )
    possible = unit["first"].notnull().cast("int64")
    sure = possible
    for number in range(1, len(path.steps)):
        unit = _next_step(unit, number)
        here = unit[f"here_{number}"]
        possible = possible + here.notnull().cast("int64")
        sure = sure + ibis.coalesce(here <= unit.end, False).cast("int64")
    return unit.select("unit", sure=sure, possible=possible, **_valued(unit, path))


def _next_step(unit: ir.Table, number: int) -> ir.Table:
    before = unit[f"here_{number - 1}"]
    later = unit[f"times_{number}"].filter(lambda time: time >= before)
    return unit.mutate(**{f"here_{number}": later.mins()})


def _loose_bounds(events: ir.Table, path: Path) -> ir.Table:
    """Return the same for steps in any order: all are sure where all lies within one window."""
    sums = {
        f"there_{number}": (events.name == name).any() for number, name in enumerate(path.steps)
    }
    span = {"first": events["at"].min(), "last": events["at"].max()}
    unit = events.group_by("unit").aggregate(**sums, **span, **_properties(events, path))
    short = unit["last"] <= unit["first"] + ibis.interval(seconds=path.window_seconds)
    there, possible = ibis.literal(True), ibis.literal(0)
    for number in range(len(path.steps)):
        there = there & unit[f"there_{number}"]
        possible = possible + there.cast("int64")
    sure = ibis.ifelse(short, possible, unit.there_0.cast("int64"))
    return unit.select("unit", sure=sure, possible=possible, **_valued(unit, path))


def _numbered(events: ir.Table, path: Path) -> ir.Table:
    step = ibis.cases(*((events.name == name, n) for n, name in enumerate(path.steps)))
    return events.select("unit", "at", step=step.cast("int64"))


def _so_far() -> object:
    # At one instant an earlier step stands first, so that ties count as in order.
    return ibis.cumulative_window(group_by="unit", order_by=["at", "step"])


def _ordered_exact(events: ir.Table, path: Path) -> ir.Table:
    """Return the level of each unit: by step, the latest start of a chain that gets so far."""
    window = ibis.interval(seconds=path.window_seconds)
    event = _numbered(events, path)
    event = event.mutate(start=ibis.ifelse(event.step == 0, event["at"], None))
    for number in range(1, len(path.steps)):
        before = event.start.max(where=event.step == number - 1).over(_so_far())
        event = event.mutate(before=before)
        kept = (event.step == number) & (event.before + window >= event["at"])
        event = event.mutate(start=ibis.ifelse(kept, event.before, event.start)).drop("before")
    level = event.step.max(where=event.start.notnull()) + 1
    return event.group_by("unit").aggregate(level=ibis.coalesce(level, 0))


def _loose_exact(events: ir.Table, path: Path) -> ir.Table:
    """Return the level of each unit: the steps whose latest events so far lie within the window."""
    window = ibis.interval(seconds=path.window_seconds)
    event = _numbered(events, path)
    count = len(path.steps)
    latest = {
        f"latest_{n}": event["at"].max(where=event.step == n).over(_so_far()) for n in range(count)
    }
    event = event.mutate(**latest)
    level: ir.IntegerValue = ibis.ifelse(event.latest_0.notnull(), 1, 0)
    for upto in range(2, count + 1):
        times = [event[f"latest_{n}"] for n in range(upto)]
        there = times[0].notnull()
        for one in times[1:]:
            there = there & one.notnull()
        within = there & (ibis.least(*times) + window >= event["at"])
        level = ibis.ifelse(within, upto, level)
    return event.mutate(level=level).group_by("unit").aggregate(level=ibis._.level.max())


Activity = Literal["order", "visit"]
Span = Literal["month", "week"]


def active_periods(
    shop: Shop, activity: Activity, span: Span, *, complete: bool = False, dated: bool = False
) -> ir.Table:
    """Return one row for each customer and each period, by its number, in which there was activity.

    An order counts when it was paid and not cancelled; any event counts as a visit, of its visitor
    where it names no customer; `complete` says that every event names one, `dated` that every event has
    its local day: what need not be looked for is not read.
    """
    if activity == "order":
        order = facts.orders(shop)
        row = order.filter(order.paid).select(who="customer_id", on="on")
        complete = dated = False
    else:
        event = shop.events
        visitor = ibis.literal("visitor ") + event.visitor_id
        who = event.customer_id if complete else ibis.coalesce(event.customer_id, visitor)
        day = event.happened_on
        on = day if dated else ibis.coalesce(day, event.happened_at.date())
        row = event.select(who=who, on=on)
    if not (complete and dated):
        row = row.filter(row.who.notnull() & row.on.notnull())
    return row.select("who", number=period_number(row.on, span)).distinct()


def period_number(on: ir.DateValue, span: Span) -> ir.IntegerValue:
    """Return the number of the calendar month since the year 0, or of the week since 1900."""
    if span == "month":
        return (on.year().cast("int64") * 12 + on.month() - 1).cast("int64")
    days = on.delta(ibis.date(FIRST_MONDAY.isoformat()), unit="day")
    return (days // 7).cast("int64")


OF_BEGINNING: dict[Activity, tuple[str, ...]] = {
    "order": ("channel", *OF_CUSTOMER),
    "visit": ("channel", "device", *OF_CUSTOMER),
}
"""What customers can be told apart by from their first order or visit on."""


def began_with(shop: Shop, activity: Activity, name: str) -> ir.Table:
    """Return by customer or visitor, `who`, the `group`: a property out of `OF_BEGINNING`, or "".

    A channel or device is that of the earliest order (or event), "" where that one has none: one that a later
    order named would tell those who came back from those who did not.
    """
    if name in OF_CUSTOMER:
        customer = shop.customers
        known = customer.filter(customer.customer_id.notnull())
        return known.group_by(who="customer_id").aggregate(
            group=ibis.coalesce(known[name].min(), "")
        )
    if activity == "order":
        order = facts.orders(shop)
        row = order.filter(order.paid).select(name, who="customer_id", at="ordered_at")
    else:
        event = shop.events
        visitor = ibis.literal("visitor ") + event.visitor_id
        row = event.select(name, who=ibis.coalesce(event.customer_id, visitor), at="happened_at")
    row = row.filter(row.who.notnull() & row["at"].notnull())
    # At one instant a known value stands before an unknown one, the smaller of two before the larger.
    unknown = row[name].isnull().cast("int64")
    value = ibis.coalesce(row[name], "")
    dated = ibis.struct({"at": row["at"], "unknown": unknown, "value": value}).min()
    first = row.group_by("who").aggregate(first=dated)
    return first.select("who", group=first["first"]["value"])


def beginnings(active: ir.Table) -> ir.Table:
    """Return the first period of each customer."""
    return active.group_by("who").aggregate(start=active.number.min())


def returns(begun: ir.Table, active: ir.Table) -> ir.Table:
    """Return how many of those who began in a period were active so many periods later, by any `group`."""
    joined = active.inner_join(begun, "who")
    joined = joined.filter(joined.number >= joined.start)
    joined = joined.mutate(age=joined.number - joined.start)
    keys = [name for name in ("group", "start") if name in begun.columns]
    return joined.group_by(*keys, "age").aggregate(returned=joined.count())


def recorded_days(shop: Shop, activity: Activity) -> ir.Table:
    """Return how many orders (or events) are recorded on each local day."""
    if activity == "order":
        order = facts.orders(shop)
        day = order.select(on=order.on)
    else:
        event = shop.events
        day = event.select(on=ibis.coalesce(event.happened_on, event.happened_at.date()))
    day = day.filter(day.on.notnull())
    return day.group_by("on").aggregate(rows=day.count()).order_by("on")
