"""Rows of searches: each with what followed it, and their sums by query.

Nothing is executed here; every expression runs on DuckDB and on Spark alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import ibis

from shopkeeper.data.facts import trimmed

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

REFORMULATED_MINUTES = 30
"""Time within which another query counts as the same search put in other words."""

BOUGHT_HOURS = 24
"""Time within which an order counts as following a search."""

MACHINE = 100
"""Searches of one visitor in one local day; who makes more is taken for a machine."""

OUTCOMES = ("bought", "clicked", "zero", "reformulated", "nothing")
"""What became of a search; the first that holds counts."""

Table = Literal["searches", "events"]
Link = Literal["session_id", "visitor_id", "customer_id", ""]
LINKS: tuple[Link, ...] = ("session_id", "visitor_id", "customer_id")
VIEWS = ("Product Clicked", "Product Viewed")
_WHO = ("visitor_id", "customer_id", "session_id")


@dataclass(frozen=True, slots=True)
class Source:
    """Where searches are read from, and what tells what followed them.

    Parameters
    ----------
    table
        `searches`, or `events` where only those hold queries.
    link
        The column by which events belong to a search; empty where there is none.
    orders
        `events` or `orders`, whichever tells of purchases; empty for neither.
    clicks
        Whether the table itself names the product that was clicked.
    views
        Whether views of products can be joined to a search, which then stand for clicks.
    """

    table: Table
    link: Link
    orders: Literal["events", "orders", ""]
    clicks: bool
    views: bool = False


def search_rows(shop: Shop, source: Source) -> ir.Table:
    """Return one row a search with words in it, as it stands in its table.

    Columns: id, query (lower case, single blanks), at, who (visitor, else customer, else session),
    unit (whose events belong together), results, clicked, machine.
    """
    if source.table == "searches":
        row = shop.searches.mutate(id="search_id", at="searched_at", clicked="clicked_product_id")
        on = ibis.coalesce(row.searched_on, row.searched_at.date())
    else:
        row = shop.events.filter(ibis._.name == "Products Searched")
        row = row.mutate(
            id="event_id", at="happened_at", clicked=ibis.null("string"), results=ibis.null("int64")
        )
        on = ibis.coalesce(row.happened_on, row.happened_at.date())
    unit = row[source.link] if source.link else ibis.null("string")
    row = row.mutate(on=on, unit=unit, who=ibis.coalesce(*(row[name] for name in _WHO)))
    words = trimmed(row["query"].re_replace(r"\s+", " "))
    row = row.mutate(query=words.lower())
    row = row.filter(row["query"].notnull() & (row["query"] != ""))
    many = row.count().over(ibis.window(group_by=["who", "on"]))
    machine = row.who.notnull() & (many > MACHINE)
    return row.select("id", "query", "at", "who", "unit", "results", "clicked", machine=machine)


def followed(shop: Shop, source: Source) -> ir.Table:
    """Return the searches of people, each with what followed it.

    Further columns: `next_query`; `linked` (whether it is known what followed), `zero`, `clicked`
    (the product), `reformulated`, `bought`, each null where it cannot be known; `outcome`.
    """
    search = search_rows(shop, source)
    search = search.filter(~search.machine).drop("machine")
    own = ibis.window(group_by="unit", order_by=["at", "id"])
    search = search.mutate(
        next_query=search["query"].lead().over(own), next_at=search["at"].lead().over(own)
    )
    search = _with_later(shop, search, source)
    linked = search.unit.notnull()
    soon = search["at"] + ibis.interval(minutes=REFORMULATED_MINUTES)
    clicked = search.clicked
    if not source.clicks:
        before = search.next_at.isnull() | (search.viewed_at < search.next_at)
        clicked = ibis.ifelse(before & (search.viewed_at <= soon), search.viewed, None)
    search = search.mutate(clicked=clicked)
    other = search.next_query.notnull() & (search.next_query != search["query"])
    again = other & search.clicked.isnull() & (search.next_at <= soon)
    bought = search.order_at <= search["at"] + ibis.interval(hours=BOUGHT_HOURS)
    knows_clicks = ibis.literal(source.clicks) | (linked & ibis.literal(source.views))
    search = search.mutate(
        zero=search.results == 0,
        known_clicks=knows_clicks,
        reformulated=ibis.ifelse(linked, ibis.coalesce(again, False), None),
        bought=ibis.ifelse(
            linked & ibis.literal(bool(source.orders)), ibis.coalesce(bought, False), None
        ),
    )
    outcome = ibis.cases(
        (ibis.coalesce(search.bought, False), "bought"),
        (search.clicked.notnull(), "clicked"),
        (ibis.coalesce(search.zero, False), "zero"),
        (ibis.coalesce(search.reformulated, False), "reformulated"),
        else_="nothing",
    )
    return search.select(
        "id", "query", "at", "who", "next_query", "zero", "clicked", "known_clicks",
        "reformulated", "bought", outcome=outcome,
    )  # fmt: skip


def _with_later(shop: Shop, search: ir.Table, source: Source) -> ir.Table:
    """Add the time of the next order, and time and product of the next click, of the same unit."""
    row = search.select("id", "unit", "at", kind=ibis.literal(0), product_id=ibis.null("string"))
    later = [one for one in _later(shop, source) if one is not None]
    for one in later if source.link else []:
        row = row.union(one)
    # Of what happened at one instant, the search comes first.
    frame = ibis.window(group_by="unit", order_by=["at", "kind", "id"], preceding=0, following=None)
    clicks = ibis.struct({"at": row["at"], "product": row.product_id})
    row = row.mutate(
        order_at=row["at"].min(where=row.kind == 2).over(frame),
        click=clicks.min(where=row.kind == 1).over(frame),
    )
    row = row.filter(row.kind == 0).select(
        "order_at", found="id", viewed_at=row.click["at"], viewed=row.click["product"]
    )
    return search.left_join(row, search.id == row.found).drop("found")


def _later(shop: Shop, source: Source) -> list[ir.Table | None]:
    """Return the clicks, and the orders, that may follow a search."""
    if not source.link:
        return []
    found: list[ir.Table | None] = []
    event = shop.events
    columns = {"id": event.event_id, "unit": event[source.link], "at": event.happened_at}
    if not source.clicks:
        seen = event.name.isin(VIEWS) & event.product_id.notnull()
        click = event.select(
            **columns, kind=ibis.literal(1), product_id=event.product_id, seen=seen
        )
        found.append(click.filter(click.seen & click.unit.notnull()).drop("seen"))
    if source.orders == "events":
        order = event.filter(event.name == "Order Completed")
        order = order.select(
            id=order.event_id, unit=order[source.link], at=order.happened_at,
            kind=ibis.literal(2), product_id=ibis.null("string"),
        )  # fmt: skip
        found.append(order.filter(order.unit.notnull()))
    if source.orders == "orders":
        sale = shop.orders.filter(ibis.coalesce(ibis._.kind, "sale") == "sale")
        order = sale.select(
            id="order_id", unit="customer_id", at="ordered_at", kind=ibis.literal(2),
            product_id=ibis.null("string"),
        )  # fmt: skip
        found.append(order.filter(order.unit.notnull()))
    return found


def query_sums(search: ir.Table) -> ir.Table:
    """Return one row a query: searches, searchers, and of each rate the count and its base."""
    outcomes = {f"o_{name}": search.count(where=search.outcome == name) for name in OUTCOMES}
    return search.group_by("query").aggregate(
        searches=search.count(),
        searchers=_searchers(search),
        zero=search.zero.cast("int64").sum(),
        zero_base=search.zero.count(),
        clicked=search.count(where=search.known_clicks & search.clicked.notnull()),
        clicked_base=search.count(where=search.known_clicks),
        reformulated=search.reformulated.cast("int64").sum(),
        reformulated_base=search.reformulated.count(),
        bought=search.bought.cast("int64").sum(),
        bought_base=search.bought.count(),
        **outcomes,
    )


def _searchers(search: ir.Table) -> ir.IntegerScalar:
    # Where nobody is named, each search may be anybody's.
    return ibis.ifelse(search.who.count() > 0, search.who.nunique(), search.count())


def searchers_by(search: ir.Table, label: ir.Table, name: str) -> ir.Table:
    """Return how many searched for queries of each label: `name` and `searchers`."""
    known = search.inner_join(label, "query")
    return known.group_by(name).aggregate(searchers=_searchers(known))


def clicked_products(search: ir.Table) -> ir.Table:
    """Return how often each product was clicked after each query."""
    clicked = search.filter(search.clicked.notnull() & search.known_clicks)
    return clicked.group_by("query", "clicked").aggregate(clicks=clicked.count())


def rewordings(search: ir.Table) -> ir.Table:
    """Return how often a query was put in other words, and in which."""
    again = search.filter(ibis.coalesce(search.reformulated, False))
    return again.group_by("query", "next_query").aggregate(
        searches=again.count(), searchers=again.who.nunique()
    )
