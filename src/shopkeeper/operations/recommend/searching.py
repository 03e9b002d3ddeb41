"""From the catalogue and a query to the answer of `search_products`, by the rules of the shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.intervals import bootstrap
from shopkeeper.language.blending import Found, How, Search
from shopkeeper.language.keywords import search_terms, sure
from shopkeeper.language.matching import FACTS
from shopkeeper.operations.recommend.features import asked_queries, clicked, listings
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.metrics import gains, hits
from shopkeeper.operations.recommend.reading import counted, numbers_of
from shopkeeper.operations.recommend.rule_words import DEFINITIONS as RULE_DEFINITIONS
from shopkeeper.operations.recommend.rule_words import removed_sentence
from shopkeeper.operations.recommend.search_words import (
    DEFINITIONS,
    TITLE,
    limits,
    reason_words,
    sentences,
)
from shopkeeper.operations.recommend.serving_rules import Served, Viewer, serve
from shopkeeper.operations.recommend.shelf import Shelf, read_shelf
from shopkeeper.words import Words

QUERIES, JUDGED = 50, 2_000
"""Queries that are answered where none is given, and clicks on which the search is judged, at most."""

_LONGEST_BODY = 600
_ASKED = Words("Asked to search for products.", "要搜索商品。")

COLUMNS = pa.schema(
    [
        ("query", pa.string()),
        ("rank", pa.int64()),
        ("product_id", pa.string()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("reason_en", pa.string()),
        ("reason_zh", pa.string()),
        ("price", pa.float64()),
        ("in_stock", pa.bool_()),
    ]
)
SEARCH_QUALITY = pa.schema(
    [
        ("target", pa.string()),
        ("method", pa.string()),
        ("searches", pa.int64()),
        *[(name, pa.float64()) for name in ("ndcg", "low", "high", "recall")],
        *[(name, pa.float64()) for name in ("ahead", "ahead_low", "ahead_high")],
    ]
)
CORRECTIONS = pa.schema([("query", pa.string()), ("term", pa.string()), ("meant", pa.string())])
ASKED_FOR = pa.schema([("query", pa.string()), ("searches", pa.int64()), ("found", pa.int64())])


@dataclass(frozen=True, slots=True)
class Filters:
    """What the products found must be."""

    category: str = ""
    brand: str = ""
    price_min: float | None = None
    price_max: float | None = None
    in_stock: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked of the search."""

    query: str
    k: int
    how: How
    filters: Filters
    exclude: tuple[str, ...]
    viewer: Viewer
    seed: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """The catalogue, the most touched first."""

    names: list[str]
    titles: list[str]
    bodies: list[str]
    touched: Numbers

    @property
    def popularity(self) -> Numbers:
        return np.arange(len(self.names))


def answer(shop: Shop, wanted: Wanted) -> Answer | None:
    """Return the answer; None where nothing is listed, or nothing is searched for."""
    listed, asked = _listed(shop), _queries(shop, wanted.query)
    if not listed.names or not asked:
        return None
    shelf = read_shelf(shop, pa.array(listed.names))
    number = shelf.number
    unknown = Words("No such product is listed.", "商品表中没有这件商品。")
    exclude = numbers_of(wanted.exclude, number, unknown)
    served = serve(
        shop, "search_products", wanted.viewer, shelf, asked_for=exclude, asked=_ASKED,
        filtered=~_passes(shelf, wanted.filters),
    )  # fmt: skip
    search = Search(listed.titles, listed.bodies, encoder=wanted.how != "keyword")
    rows, found = [], []
    for query in asked:
        own = search.answers(query, wanted.how)
        some = list(_rows(query, own, served, listed, wanted.k))
        rows += some
        found.append(int((own.found & served.ruling.allowed).sum()))
    # Whoever searches waits; how good the search is does not change with what is searched for.
    judged = [] if wanted.query else list(_quality(shop, search, number, wanted))
    quality = pa.Table.from_pylist(judged, schema=SEARCH_QUALITY)
    removed = served.table()
    parts = {
        "listed": len(listed.names),
        "with_meaning": int(search.vectors.any(axis=1).sum()) if search.has_meaning else 0,
        "unread": search.unread,
        "queries": len(asked),
        "nothing_found": sum(not count for count in found),
    }
    counts = asked.values()
    return Answer(
        verb="search_products",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=COLUMNS),
        method=wanted.how,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=(*sentences(quality, parts, wanted.query, wanted.how), *removed_sentence(removed)),
        evidence={
            "queries": pa.table(
                {"query": list(asked), "searches": list(counts), "found": found}, schema=ASKED_FOR
            ),
            "corrections": pa.Table.from_pylist(
                list(_corrections(search, asked)), schema=CORRECTIONS
            ),
            "search_quality": quality,
            "ruled_out": removed,
            "parts": counted(parts),
        },
        limits=(
            *limits(quality, parts, wanted.query, shop.settings.minimum_count),
            *served.limits(shop, lists=len(asked)),
        ),
        logged=served.logged(lists=len(asked)),
        definitions=DEFINITIONS | RULE_DEFINITIONS,
    )


def _listed(shop: Shop) -> _Listed:
    rows = listings(shop).to_pyarrow().to_pylist()
    # What is told of a product comes before its name, so that no name decides between two.
    rows.sort(
        key=lambda row: (-row["touched"], *(row[name] or "" for name in _TOLD), row["product_id"])
    )
    return _Listed(
        [row["product_id"] for row in rows],
        [(row["title"] or "").strip() for row in rows],
        [" ".join(str(row[name] or "")[:_LONGEST_BODY] for name in _TOLD[1:]) for row in rows],
        np.array([row["touched"] for row in rows], np.int64),
    )


_TOLD = ("title", "category", "called", "brand", "attributes", "description")


def _passes(shelf: Shelf, filters: Filters) -> NDArray[np.bool_]:
    """Return which products the filters let through; what has no price is in no band."""
    made = np.ones(len(shelf.names), bool)
    if filters.category:
        made &= shelf.of("category", (filters.category,))
    if filters.brand:
        made &= shelf.of("brand", (filters.brand,))
    if filters.price_min is not None:
        made &= shelf.price >= filters.price_min
    if filters.price_max is not None:
        made &= shelf.price <= filters.price_max
    return made & (shelf.stock > 0) if filters.in_stock else made


def _queries(shop: Shop, query: str) -> dict[str, int]:
    """Return the query that is given, else the commonest of the shop, each with how often it was asked."""
    if query:
        return {query: 0}
    rows = asked_queries(shop).to_pyarrow().to_pylist()
    rows.sort(key=lambda row: (-row["searches"], row["first"], row["query"]))
    return {row["query"]: row["searches"] for row in rows[:QUERIES]}


def _rows(
    query: str, own: Found, served: Served, listed: _Listed, k: int
) -> Iterator[dict[str, Any]]:
    found = np.flatnonzero(own.found)
    placed = served.choose(found, own.score[found], k, popularity=listed.popularity)
    fact = {name: own.facts[:, at] for at, name in enumerate(FACTS)}
    shelf = served.ruling.shelf
    for rank, one in enumerate(placed, start=1):
        at = one.product
        words = reason_words(
            float(fact["covered"][at]), float(fact["meant"][at]), pinned=one.pinned
        )
        price, stock = float(shelf.price[at]), float(shelf.stock[at])
        yield {
            "query": query,
            "rank": rank,
            "product_id": listed.names[at],
            "title": listed.titles[at] or listed.names[at],
            "score": round(float(own.score[at]) if one.score is None else one.score, 3),
            "reason_en": words.en,
            "reason_zh": words.zh,
            "price": price if np.isfinite(price) else None,
            "in_stock": stock > 0 if np.isfinite(stock) else None,
        }


def _corrections(search: Search, asked: dict[str, int]) -> Iterator[dict[str, str]]:
    """Yield which terms of the queries no product has, with the closest that one has."""
    vocabulary = search.matcher.vocabulary
    for query in asked:
        for term in vocabulary.mended(search_terms(query)):
            close = vocabulary.close(term) if term not in vocabulary.number else []
            best = max(close, key=lambda pair: (pair[1], -pair[0]), default=None)
            if best and best[1] >= sure(term):
                yield {"query": query, "term": term, "meant": vocabulary.terms[best[0]]}


def _quality(
    shop: Shop, search: Search, number: Mapping[str, int], wanted: Wanted
) -> Iterator[dict[str, Any]]:
    """Yield how high what was clicked, and what was then bought, stands among everything listed."""
    rows = clicked(shop).to_pyarrow().to_pylist()
    rows = [row for row in rows if row["product_id"] in number]
    rows.sort(key=lambda row: (row["searched_at"], row["query"], number[row["product_id"]]))
    if len(rows) > JUDGED:
        some = np.random.default_rng(wanted.seed).permutation(len(rows))[:JUDGED]
        rows = [rows[at] for at in np.sort(some).tolist()]
    target = np.array([number[row["product_id"]] for row in rows], np.int64)
    bought = np.array([row["bought"] for row in rows], bool)
    names: list[How] = ["keyword"] if wanted.how == "keyword" else ["keyword", wanted.how]
    places = {"popular": target} | {
        name: _places(search, [row["query"] for row in rows], target, name) for name in names
    }
    for told, chosen in (("clicked", np.ones(len(rows), bool)), ("bought", bought)):
        if chosen.sum() >= max(shop.settings.minimum_count, 1):
            yield from _judged(
                told, {name: one[chosen] for name, one in places.items()}, wanted.seed
            )


def _places(search: Search, queries: list[str], target: Numbers, how: How) -> Numbers:
    """Return the place of each target by the search, what is not found after it by popularity."""
    place = np.zeros(len(queries), np.int64)
    by: dict[str, list[int]] = {}
    for at, query in enumerate(queries):
        by.setdefault(query, []).append(at)
    for query, some in by.items():
        own = search.answers(query, how)
        score = np.where(own.found, own.score, -1.0)
        order = np.lexsort((np.arange(len(score)), -score))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        place[some] = rank[target[some]]
    return place


def _judged(target: str, places: dict[str, Numbers], seed: int) -> Iterator[dict[str, Any]]:
    first = gains(places["popular"])
    for name, place in places.items():
        own = gains(place)
        value = bootstrap(np.mean, own, seed=seed)
        told = {
            "target": target, "method": name, "searches": len(place), "ndcg": value.value,
            "low": value.low, "high": value.high, "recall": float(hits(place).mean()),
        }  # fmt: skip
        if name != "popular":
            ahead = bootstrap(lambda a, b: float((a - b).mean()), own, first, seed=seed)
            told |= {"ahead": ahead.value, "ahead_low": ahead.low, "ahead_high": ahead.high}
        yield told
