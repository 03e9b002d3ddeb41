"""Finding: sums of searches become the answer of `searches`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.engines import held_table
from shopkeeper.intervals import proportion
from shopkeeper.language.tongue import UNKNOWN, languages
from shopkeeper.operations.behaviour.seeking.catalogue import held, suggestions
from shopkeeper.operations.behaviour.seeking.intents import Method, group_queries
from shopkeeper.operations.behaviour.seeking.picture import outcomes
from shopkeeper.operations.behaviour.seeking.rows import (
    LINKS,
    OUTCOMES,
    VIEWS,
    Link,
    Source,
    Table,
    clicked_products,
    followed,
    query_sums,
    rewordings,
    search_rows,
    searchers_by,
)
from shopkeeper.operations.behaviour.seeking.sentences import (
    DEFINITIONS,
    TITLE,
    limits,
    sentences,
)
from shopkeeper.operations.behaviour.small_cells import is_small

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
READ, LISTED, SEARCHERS = 20_000, 1_000, 2
"""Queries that are grouped and listed at most; a query of fewer searchers is not written out."""

_FEW_WORDS = 4
RATES = ("zero", "clicked", "reformulated", "bought")
_RATE = [(f"{rate}_{end}", pa.float64()) for rate in RATES for end in ("share", "low", "high")]
_COUNTS = [("searches", pa.int64()), ("searchers", pa.int64())]
TABLE = pa.schema(
    [("query", pa.string()), ("language", pa.string()), ("intent", pa.int64()), *_COUNTS, *_RATE,
     ("suggestion", pa.string())]
)  # fmt: skip
EVIDENCE = {
    "whole": pa.schema([("language", pa.string()), ("queries", pa.int64()), ("searches", pa.int64()), *_RATE]),
    "intents": pa.schema(
        [("intent", pa.int64()), ("name", pa.string()), ("queries", pa.int64()), ("searches", pa.int64()),
         ("share", pa.float64()), ("chinese", pa.float64()), *_RATE,
         *((f"o_{name}", pa.int64()) for name in OUTCOMES), ("examples", pa.string())]
    ),
    "not_sold": pa.schema(
        [("query", pa.string()), *_COUNTS, ("zero_share", pa.float64()), ("in_catalogue", pa.float64()),
         ("why", pa.string())]
    ),
    "misspelt": pa.schema([("query", pa.string()), ("suggestion", pa.string()), *_COUNTS]),
    "rewordings": pa.schema([("query", pa.string()), ("next_query", pa.string()), *_COUNTS]),
    "parts": pa.schema([("part", pa.string()), ("searches", pa.int64())]),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked of the searches."""

    intents: int
    method: Method
    least: int


def find_source(shop: Shop) -> Source | None:
    """Return where the shop's searches are, and what tells what followed; None without any."""
    event, search = shop.events, shop.searches
    table: Table = "searches" if shop.has("searches") else "events"
    asked = search if table == "searches" else event.filter(event.name == "Products Searched")
    told = _one(asked.aggregate(words=asked["query"].count(), **_counts(asked)))
    if not told["words"]:
        return None
    orders = event.filter(event.name == "Order Completed")
    buys = _one(orders.aggregate(**_counts(orders)))
    sales = _one(shop.orders.aggregate(named=shop.orders.customer_id.count()))["named"]
    clicks = search.aggregate(named=search.clicked_product_id.count())
    named = table == "searches" and _one(clicks)["named"] > 0
    views = event.filter(event.name.isin(VIEWS) & event.product_id.notnull())
    seen = _one(views.aggregate(**_counts(views)))
    for link in LINKS:
        if told[link] and buys[link]:
            return Source(table, link, "events", named, seen[link] > 0)
    if told["customer_id"] and sales:
        return Source(table, "customer_id", "orders", named, seen["customer_id"] > 0)
    known: list[Link] = [link for link in LINKS if told[link]]
    link = known[0] if known else ""
    return Source(table, link, "", named, bool(link) and seen[link] > 0)


def _counts(table: ir.Table) -> dict[str, ir.Scalar]:
    return {link: table[link].count() for link in LINKS}


def _one(aggregate: ir.Table) -> Row:
    (row,) = aggregate.to_pyarrow().to_pylist()
    found: Row = row
    return found


def answer(shop: Shop, source: Source, plan: Plan) -> Answer | None:
    """Count, group and return the answer; None where no search is a person's."""
    with followed(shop, source).cache() as kept:
        sums = query_sums(kept).order_by([ibis.desc("searches"), "query"])
        queries: list[Row] = sums.to_pyarrow().to_pylist()
        clicks = clicked_products(kept).to_pyarrow().to_pylist()
        reworded = rewordings(kept)
        reworded = reworded.filter(reworded.searchers >= SEARCHERS)
        reworded = reworded.order_by([ibis.desc("searches"), "query", "next_query"])
        again = reworded.limit(LISTED).to_pyarrow().to_pylist()
        if not queries:
            return None
        products = product_texts(shop)
        _grouped(queries, clicks, products, plan)
        people = {name: _people(shop, kept, queries, name) for name in ("language", "intent")}
    parts = _parts(shop, source, queries)
    shown = [row for row in queries if row["searchers"] >= SEARCHERS][:LISTED]
    _compared(shown, queries, products)
    table = [_without_few(row | _rates(row, plan.least)) for row in shown]
    intents = [
        _without_few(row | {"searchers": people["intent"][row["intent"]]})
        for row in _intent_rows(queries, plan)
    ]
    evidence = {
        "whole": [
            _without_few(row | {"searchers": people["language"][row["language"]]})
            for row in _whole(queries, plan)
        ],
        "intents": intents,
        "not_sold": [row for row in table if row["why"]],
        "misspelt": [row for row in table if row["suggestion"]],
        "rewordings": [
            row | ({"searches": None, "searchers": None} if is_small(row["searchers"]) else {})
            for row in again
        ],
        "parts": [{"part": name, "searches": count} for name, count in parts.items()],
    }
    tables = {
        name: pa.Table.from_pylist(evidence[name], schema=schema)
        for name, schema in EVIDENCE.items()
    }
    return Answer(
        verb="searches",
        title=TITLE,
        table=pa.Table.from_pylist(table, schema=TABLE),
        method=plan.method,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(evidence)),
        evidence=tables,
        limits=limits(plan.least, source, parts, SEARCHERS),
        definitions=DEFINITIONS,
        chart=outcomes(intents, plan.least),
    )


def product_texts(shop: Shop) -> dict[str, str]:
    """Return by product what it can be found by: title, category in every language, and brand."""
    product, category = shop.products, shop.categories
    names: dict[str, str] = {}
    for row in category.order_by("category", "language").to_pyarrow().to_pylist():
        names[row["category"]] = f"{names.get(row['category'], '')} {row['name'] or ''}"
    rows = product.select("product_id", "title", "category", "brand").order_by("product_id")
    return {
        row["product_id"]: " ".join(
            text
            for text in (row["title"], row["category"], names.get(row["category"]), row["brand"])
            if text
        )
        for row in rows.to_pyarrow().to_pylist()
    }


def _grouped(queries: list[Row], clicks: list[Row], products: dict[str, str], plan: Plan) -> None:
    """Give each query its language and its intent."""
    read = queries[:READ]
    for row, language in zip(
        read, languages([row["query"] for row in read], settle=True), strict=True
    ):
        row["language"] = language
    place = {row["query"]: n for n, row in enumerate(read)}
    clicked: Counter[tuple[int, str]] = Counter()
    for row in clicks:
        if row["query"] in place and row["clicked"] in products:
            clicked[place[row["query"]], products[row["clicked"]]] += row["clicks"]
    found = group_queries(
        [row["query"] for row in read],
        [row["language"] for row in read],
        dict(sorted(clicked.items())),
        intents=plan.intents,
        method=plan.method,
    )
    for row, code in zip(read, found.codes.tolist(), strict=True):
        row["intent"], row["name"] = (code, found.names[code]) if code >= 0 else (None, None)
    sizes: Counter[int] = Counter()
    for row in read:
        if row["intent"] is not None:
            sizes[row["intent"]] += row["searches"]
    order = sorted(sizes, key=lambda code: (-sizes[code], code))
    for row in read:
        row["intent"] = None if row["intent"] is None else order.index(row["intent"]) + 1


def _languages(read: list[Row]) -> list[str]:
    """Return the language of each query; a few words in Latin letters are of the commonest one."""
    found = languages([row["query"] for row in read], settle=True)
    sizes: Counter[str] = Counter()
    for row, language in zip(read, found, strict=True):
        if row["query"].isascii() and language != UNKNOWN:
            sizes[language] += row["searches"]
    if not sizes:
        return found
    commonest = min(sizes, key=lambda name: (-sizes[name], name))
    return [
        commonest if _is_short(row["query"]) else language
        for row, language in zip(read, found, strict=True)
    ]


def _is_short(query: str) -> bool:
    return query.isascii() and any(map(str.isalpha, query)) and len(query.split()) <= _FEW_WORDS


def _compared(shown: list[Row], queries: list[Row], products: dict[str, str]) -> None:
    """Compare each query with the words of the catalogue: whether it is sold, and misspelt."""
    texts = sorted(set(products.values()))
    wanted = [row["query"] for row in shown]
    counts = {row["query"]: row["searches"] for row in queries[:READ]}
    found = zip(shown, held(wanted, texts), suggestions(counts, texts, wanted), strict=True)
    for row, share, suggestion in found:
        row["in_catalogue"] = share if texts else None
        row["suggestion"] = suggestion
        row["why"] = None if suggestion else _why(row)


def _why(row: Row) -> str | None:
    if row["zero_base"]:
        return "no_results" if 2 * row["zero"] >= row["zero_base"] else None
    unfound = row["in_catalogue"] == 0 and row["clicked"] == 0
    return "no_words" if unfound else None


def _people(shop: Shop, kept: ir.Table, queries: list[Row], name: str) -> dict[Any, int]:
    """Return how many searched, by language (and in all of them) or by intent."""
    labels = [row.get(name) for row in queries]
    if name == "language":
        labels = [one or "und" for one in labels]
    known = pa.table({"query": [row["query"] for row in queries], name: labels})
    found = searchers_by(kept, held_table(shop.connection, known), name)
    people = {row[name]: row["searchers"] for row in found.to_pyarrow().to_pylist()}
    return people | ({"all": sum(people.values())} if name == "language" else {})


def _without_few(row: Row) -> Row:
    """Return a row; who searched and what they did is left out where they are a few."""
    if not is_small(row["searchers"]):
        return row
    # Whether there was a result is said of the shop, not of who searched.
    rates = {f"{rate}_{end}": None for rate in RATES[1:] for end in ("share", "low", "high")}
    return row | rates | {"searchers": None} | {f"o_{name}": None for name in OUTCOMES}


def _rates(row: Row, least: int) -> Row:
    rates: Row = {}
    for rate in RATES:
        base = row[f"{rate}_base"]
        if base >= least:
            one = proportion(row[rate] or 0, base)
            rates |= {
                f"{rate}_share": one.value, f"{rate}_low": one.low, f"{rate}_high": one.high
            }  # fmt: skip
    return rates


def _added(rows: list[Row]) -> Row:
    names = [f"{rate}{end}" for rate in RATES for end in ("", "_base")]
    names += ["searches", *(f"o_{name}" for name in OUTCOMES)]
    return {name: sum(row[name] or 0 for row in rows) for name in names}


def _whole(queries: list[Row], plan: Plan) -> list[Row]:
    groups: dict[str, list[Row]] = {"": queries}
    for row in queries:
        groups.setdefault(row.get("language") or "und", []).append(row)
    added = {name: _added(rows) for name, rows in groups.items()}
    order = sorted(added, key=lambda name: (name != "", -added[name]["searches"], name))
    return [
        {"language": name or "all", "queries": len(groups[name]), **added[name],
         **_rates(added[name], plan.least)}
        for name in order
    ]  # fmt: skip


def _intent_rows(queries: list[Row], plan: Plan) -> list[Row]:
    groups: dict[int, list[Row]] = {}
    for row in queries:
        if row.get("intent") is not None:
            groups.setdefault(row["intent"], []).append(row)
    total = sum(row["searches"] for row in queries)
    made = []
    for intent, rows in sorted(groups.items()):
        added = _added(rows)
        chinese = sum(row["searches"] for row in rows if row["language"] == "zh")
        open_ones = [row["query"] for row in rows if row["searchers"] >= SEARCHERS]
        made.append(
            {"intent": intent, "name": rows[0]["name"], "queries": len(rows), **added,
             "share": added["searches"] / total, "chinese": chinese / added["searches"],
             **_rates(added, plan.least), "examples": " | ".join(open_ones[:4])}
        )  # fmt: skip
    return made


def _parts(shop: Shop, source: Source, queries: list[Row]) -> dict[str, int]:
    row = search_rows(shop, source)
    machine = row.aggregate(n=row.count(where=row.machine), all=row.count())
    found = _one(machine)
    rare = [row for row in queries if row["searchers"] < SEARCHERS]
    return {
        "with_text": found["all"],
        "by_machines": found["n"] or 0,
        "people": sum(row["searches"] for row in queries),
        "queries": len(queries),
        "rare": sum(row["searches"] for row in rare),
        "not_read": sum(row["searches"] for row in queries[READ:]),
        "linked": sum(row["reformulated_base"] for row in queries),
        "with_results": sum(row["zero_base"] for row in queries),
    }
