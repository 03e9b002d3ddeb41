"""From orders and visits to the answer of `complements`: what goes with what, and who is due again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.basket_reading import (
    Baskets,
    Products,
    read_baskets,
    read_products,
    read_seen,
)
from shopkeeper.operations.recommend.bundles import Bundle, pairs_of, triples_of
from shopkeeper.operations.recommend.complement_words import (
    DEFINITIONS,
    TITLE,
    Reason,
    limits,
    reason_words,
    sentences,
)
from shopkeeper.operations.recommend.due import DUE, REFILLS, read_due
from shopkeeper.operations.recommend.histories import Histories, Numbers, ranks
from shopkeeper.operations.recommend.judging import RANKING_QUALITY, quality
from shopkeeper.operations.recommend.material import popularity_of
from shopkeeper.operations.recommend.reading import counted, numbers_of
from shopkeeper.operations.recommend.rule_words import DEFINITIONS as RULE_DEFINITIONS
from shopkeeper.operations.recommend.rule_words import removed_sentence
from shopkeeper.operations.recommend.serving_rules import Served, Viewer, serve
from shopkeeper.operations.recommend.shelf import Shelf, read_shelf
from shopkeeper.operations.recommend.together import Together
from shopkeeper.words import Words

How = Literal["together", "popular"]
MOST, JUDGED, LEAST_SUPPORT = 1_000, 5_000, 5
"""Products that are listed when none is named, baskets that are judged on at most, and baskets that a
bundle needs."""

_HELD_OUT, _SUBSTITUTES = 0.2, 200
_ASKED = Words("Asked what goes with products.", "要查搭配商品。")
COLUMNS = pa.schema(
    [
        ("product_id", pa.string()),
        ("rank", pa.int64()),
        ("complement_id", pa.string()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("reason_en", pa.string()),
        ("reason_zh", pa.string()),
        ("baskets", pa.int64()),
        ("lift", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)
BUNDLES = pa.schema(
    [
        ("product_ids", pa.string()),
        ("titles", pa.string()),
        ("size", pa.int64()),
        ("baskets", pa.int64()),
        ("share", pa.float64()),
        ("lift", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("price", pa.float64()),
        ("currency", pa.string()),
    ]
)
SUBSTITUTES = pa.schema(
    [
        ("product_id", pa.string()),
        ("other_id", pa.string()),
        ("title", pa.string()),
        ("visits", pa.int64()),
        ("lift", pa.float64()),
        ("baskets", pa.int64()),
    ]
)
QUALITY = RANKING_QUALITY.remove(RANKING_QUALITY.get_field_index("history"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked of the complements; the cart is None where none was given."""

    products: tuple[str, ...]
    cart: tuple[str, ...] | None
    k: int
    how: How
    exclude: tuple[str, ...]
    viewer: Viewer
    seed: int


def answer(shop: Shop, wanted: Wanted) -> Answer | None:
    """Return the answer; None where no order holds two products."""
    known = read_products(shop)
    number = known.number()
    baskets = read_baskets(shop, number)
    if not baskets.count:
        return None
    unknown = Words(
        "No such product is listed, and none was sold.", "商品表与订单里都没有这件商品。"
    )
    asked, cart, exclude = (
        numbers_of(some or (), number, unknown)
        for some in (wanted.products, wanted.cart, wanted.exclude)
    )
    together = baskets.together(known.category)
    shelf = read_shelf(shop, pa.array(known.names))
    served = serve(shop, "complements", wanted.viewer, shelf, asked_for=exclude, asked=_ASKED)
    lists = _lists(wanted, asked, cart, known)
    rows = [row for sources in lists for row in _rows(sources, together, known, served, wanted)]
    due = read_due(shop, known.names, known.titles, served.ruling)
    judged = pa.Table.from_pylist(
        list(_quality(shop, baskets, known.category, wanted)), schema=QUALITY
    )
    bundles, tried = _bundles(together, baskets, served)
    seen = read_seen(shop, number, known.category)
    removed = served.table()
    parts = {
        "several": baskets.count,
        "pairs_tested": together.tested,
        "pairs_sure": int(together.sure.sum()),
        "triples_tried": tried,
        "lists": len(lists),
        "short": sum(len(_of(rows, sources, known)) < wanted.k for sources in lists),
        "empty_cart": int(wanted.cart is not None and not len(cart)),
    }
    return Answer(
        verb="complements",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=COLUMNS),
        method=wanted.how,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=(*sentences(judged, parts, due, bundles, wanted.how), *removed_sentence(removed)),
        evidence={
            "ranking_quality": judged,
            "bundles": pa.Table.from_pylist(
                [_bundle(one, known, shelf, baskets) for one in bundles], schema=BUNDLES
            ),
            "substitutes": pa.Table.from_pylist(
                list(_substitutes(seen, together, known)), schema=SUBSTITUTES
            ),
            "refills": pa.Table.from_pylist(due.refills, schema=REFILLS),
            "due": pa.Table.from_pylist(due.rows, schema=DUE),
            "ruled_out": removed,
            "parts": counted(parts | due.parts),
        },
        limits=(
            *limits(
                judged, parts, due, shop.settings.minimum_count, has_visits=bool(seen.beside.any())
            ),
            *served.limits(shop, lists=len(lists)),
        ),
        logged=served.logged(lists=len(lists)),
        definitions=DEFINITIONS | RULE_DEFINITIONS,
    )


def _lists(wanted: Wanted, asked: Numbers, cart: Numbers, known: Products) -> list[Numbers]:
    """Return the products that each list goes with: one, or all of a cart."""
    if wanted.cart is not None:
        return [cart]
    some = asked if len(asked) else np.arange(min(MOST, int((known.orders > 0).sum())))
    return [np.array([one], np.int64) for one in some.tolist()]


def _of(rows: list[dict[str, Any]], sources: Numbers, known: Products) -> list[dict[str, Any]]:
    name = known.names[int(sources[0])] if len(sources) == 1 else None
    return [row for row in rows if row["product_id"] == name]


def _rows(
    sources: Numbers, together: Together, known: Products, served: Served, wanted: Wanted
) -> Iterator[dict[str, Any]]:
    score = _scores(sources, together, known, wanted.how)
    found = np.flatnonzero(score > 0)
    popularity = np.arange(len(known.names))
    placed = served.choose(found, score[found], wanted.k, popularity=popularity, given=sources)
    one_product = len(sources) == 1
    for rank, one in enumerate(placed, start=1):
        source = _strongest(sources, one.product, together)
        row = (
            int(together.find(np.array([source]), np.array([one.product]))[0])
            if source >= 0
            else -1
        )
        sure = row >= 0 and bool(together.sure[row]) and wanted.how == "together"
        low, high = together.interval(np.array([row])) if sure else (None, None)
        kind: Reason = (
            "pinned" if one.pinned
            else "popular" if source < 0 or wanted.how == "popular"
            else "together" if sure
            else "category" if together.by_category(source, one.product) else "counted"
        )  # fmt: skip
        both = int(together.count[row]) if row >= 0 else 0
        words = reason_words(
            kind, int(known.orders[one.product]) if kind == "popular" else both,
            float(together.lift[row]) if sure else 0.0,
            known.titles[source] if source >= 0 and not one_product else "",
            _category(known, source), _category(known, one.product),
        )  # fmt: skip
        yield {
            "product_id": known.names[int(sources[0])] if one_product else None,
            "rank": rank,
            "complement_id": known.names[one.product],
            "title": known.titles[one.product],
            "score": round(one.score if one.score is not None else float(score[one.product]), 6),
            "reason_en": words.en,
            "reason_zh": words.zh,
            "baskets": both,
            "lift": float(together.lift[row]) if row >= 0 else None,
            "low": float(low[0]) if low is not None else None,
            "high": float(high[0]) if high is not None else None,
        }


def _category(known: Products, product: int) -> str:
    at = int(known.category[product]) if product >= 0 else -1
    return known.categories[at] if at >= 0 else ""


def _scores(sources: Numbers, together: Together, known: Products, how: How) -> NDArray[np.float64]:
    if how == "popular" or not len(sources):
        made = known.orders.astype(np.float64)
        made[sources] = 0
        return made
    made = np.asarray(together.scores(sources).sum(axis=0)).ravel().astype(np.float64)
    made[sources] = 0
    return made


def _strongest(sources: Numbers, product: int, together: Together) -> int:
    """Return the product of the cart that gives most of the score; −1 where there is none."""
    if not len(sources):
        return -1
    parts = together.scores(sources)[:, [product]].toarray().ravel() if len(sources) > 1 else [1.0]
    return int(sources[int(np.argmax(parts))])


def _quality(
    shop: Shop, baskets: Baskets, category: Numbers, wanted: Wanted
) -> Iterator[dict[str, Any]]:
    """Yield how high a product of the latest baskets stands, told by another one, by earlier baskets."""
    early, source, target = held_out(baskets, wanted.seed)
    learned = early.together(category)
    popularity = popularity_of(learned.having)
    alone = Histories(np.arange(len(source) + 1), source)
    different, which = np.unique(source, return_inverse=True)
    scored = sparse.csr_matrix(learned.scores(different)[which])
    nothing = sparse.csr_matrix(scored * 0)
    # A score of nothing is none, or what has it would not be ranked by popularity.
    nothing.eliminate_zeros()
    by = {"popular": nothing, "together": scored}
    places = {name: ranks(score, alone, target, popularity) for name, score in by.items()}
    whole = {"all": np.ones(len(source), bool)}
    for row in quality(places, whole, shop.settings.minimum_count, wanted.seed):
        yield {name: value for name, value in row.items() if name != "history"}


def held_out(baskets: Baskets, seed: int) -> tuple[Baskets, Numbers, Numbers]:
    """Return the earlier baskets, and two products of each of some later ones: what is known, what is sought.

    Parameters
    ----------
    baskets
        All baskets, the earliest first; the last fifth is held out.
    seed
        Seed of which of the later baskets, at most 5,000, and of which two of their products.
    """
    early = int(baskets.count * (1 - _HELD_OUT))
    rng = np.random.default_rng(seed)
    some = np.sort(early + rng.permutation(baskets.count - early)[:JUDGED])
    starts, sizes = baskets.starts[some], np.diff(baskets.starts)[some]
    first = (rng.random(len(some)) * sizes).astype(np.int64)
    other = (first + 1 + (rng.random(len(some)) * (sizes - 1)).astype(np.int64)) % sizes
    return baskets.first(early), baskets.product[starts + first], baskets.product[starts + other]


def _bundles(together: Together, baskets: Baskets, served: Served) -> tuple[list[Bundle], int]:
    """Return sets of two and three of products that may be shown, and how many of three were tried.

    First stands what is in most baskets beyond those that chance explains at the lower end of its lift.
    """
    triples, tried = triples_of(together, baskets.basket, baskets.product, LEAST_SUPPORT)
    allowed = served.ruling.allowed
    made = [
        one
        for one in [*triples, *pairs_of(together, LEAST_SUPPORT)]
        if allowed[list(one.products)].all()
    ]
    return sorted(made, key=lambda one: (-one.support * (1 - 1 / one.low), one.products)), tried


def _bundle(one: Bundle, known: Products, shelf: Shelf, baskets: Baskets) -> dict[str, Any]:
    some = list(one.products)
    price = float(shelf.price[some].sum())
    return {
        "product_ids": ", ".join(known.names[at] for at in some),
        "titles": " + ".join(known.titles[at] for at in some),
        "size": len(some),
        "baskets": one.support,
        "share": one.support / baskets.count,
        "lift": one.lift,
        "low": one.low,
        "high": one.high,
        "price": price if np.isfinite(price) and len(shelf.currencies) <= 1 else None,
        "currency": shelf.currencies[0] if len(shelf.currencies) == 1 else None,
    }


def _substitutes(seen: Together, together: Together, known: Products) -> Iterator[dict[str, Any]]:
    """Yield products of one category that are looked at together and not bought together."""
    rows = np.flatnonzero(seen.sure & (known.category[seen.one] == known.category[seen.other])
                          & (known.category[seen.one] >= 0))  # fmt: skip
    pair = together.find(seen.one[rows], seen.other[rows])
    bought = np.append(together.sure, False)[pair]
    rows, pair = rows[~bought], pair[~bought]
    low, _ = seen.interval(rows)
    for at in np.argsort(-low, kind="stable")[:_SUBSTITUTES].tolist():
        row = int(rows[at])
        yield {
            "product_id": known.names[int(seen.one[row])],
            "other_id": known.names[int(seen.other[row])],
            "title": known.titles[int(seen.other[row])],
            "visits": int(seen.count[row]),
            "lift": float(seen.lift[row]),
            "baskets": int(together.count[pair[at]]) if pair[at] >= 0 else 0,
        }
