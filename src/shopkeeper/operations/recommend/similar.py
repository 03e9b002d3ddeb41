"""From what customers touched to the answer of `similar_products`: what stands beside a product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.choice import BATCH, Method, Past, ranked, tuned
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.judging import (
    FITTED,
    JUDGED_ON,
    RANKING_QUALITY,
    Fitted,
    quality,
)
from shopkeeper.operations.recommend.material import telling
from shopkeeper.operations.recommend.methods.combined import Combined
from shopkeeper.operations.recommend.methods.popular_in_category import PopularInCategory
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import gains
from shopkeeper.operations.recommend.pairs import Kernel
from shopkeeper.operations.recommend.reading import (
    UNKNOWN,
    Catalogue,
    Touched,
    counted,
    numbers_of,
    read_catalogue,
    with_listed,
)
from shopkeeper.operations.recommend.rule_words import DEFINITIONS as RULE_DEFINITIONS
from shopkeeper.operations.recommend.rule_words import removed_sentence
from shopkeeper.operations.recommend.serving_rules import Served, Viewer, serve
from shopkeeper.operations.recommend.stored import touched_of
from shopkeeper.operations.recommend.wording import (
    PARTS_OF_LIKENESS,
    SIMILAR_DEFINITIONS,
    SIMILAR_TITLE,
    likeness_words,
    similar_limits,
    similar_sentences,
)
from shopkeeper.words import Words

How = Literal["combined", "transitions", "similar", "popular"]
_ASKED = Words("Asked for similar products.", "要查相近的商品。")
MOST = 1_000
"""Products that are listed when none is named: the most touched."""

_LIKENESS = (0.01, 0.1, 0.3, 1.0)
"""Never nothing, or a product that nobody has touched would stand beside nothing."""

_HALF = 0.5

COLUMNS = pa.schema(
    [
        ("product_id", pa.string()),
        ("rank", pa.int64()),
        ("similar_id", pa.string()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("reason_en", pa.string()),
        ("reason_zh", pa.string()),
        ("chosen_after", pa.int64()),
        ("chosen_before", pa.int64()),
    ]
)
SIMILAR_QUALITY = RANKING_QUALITY.remove(RANKING_QUALITY.get_field_index("history"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked of the similar products."""

    products: tuple[str, ...]
    k: int
    how: How
    exclude: tuple[str, ...]
    seed: int
    viewer: Viewer


def answer(shop: Shop, wanted: Wanted) -> Answer | None:
    """Return the answer; None where nobody has touched any product."""
    read = touched_of(shop)
    if not len(read.products):
        return None
    touched = with_listed(shop, read)
    names = touched.products.to_pylist()
    number = {name: at for at, name in enumerate(names)}
    asked, exclude = (
        numbers_of(some, number, UNKNOWN) for some in (wanted.products, wanted.exclude)
    )
    known = read_catalogue(shop, touched.products)
    served = serve(
        shop, "similar_products", wanted.viewer, known.shelf,
        asked_for=exclude, traits=known.traits, asked=_ASKED,
    )  # fmt: skip
    least = shop.settings.minimum_count
    fitted = _fitted(read, touched, known, wanted, least)
    own = asked if len(asked) else np.arange(min(MOST, len(read.products)))
    rows = list(_rows(touched, known, own, fitted, served, wanted))
    removed = served.table()
    parts = {
        "customers": len(touched.customers),
        "products_touched": len(read.products),
        "touches": len(touched.histories.products),
        "not_touched": len(names) - len(read.products),
        "lists": len(own),
        "not_listed": 0 if len(asked) else len(names) - len(own),
        "short": len(own) - sum(row["rank"] == wanted.k for row in rows),
    }
    return Answer(
        verb="similar_products",
        title=SIMILAR_TITLE,
        table=pa.Table.from_pylist(rows, schema=COLUMNS),
        method=wanted.how,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=(*similar_sentences(fitted.quality, parts, wanted.how), *removed_sentence(removed)),
        evidence={
            "ranking_quality": fitted.quality,
            "ruled_out": removed,
            "parts": counted(parts),
            "fitted": fitted.fitted,
        },
        limits=(
            *similar_limits(fitted.quality, parts, least, touched.every),
            *served.limits(shop, lists=len(own)),
        ),
        logged=served.logged(lists=len(own)),
        definitions=SIMILAR_DEFINITIONS | RULE_DEFINITIONS,
    )


def _alone(past: Past, seed: int) -> Past:
    """Return some customers with nothing but the newest product of their history."""
    some = past.sample(JUDGED_ON, seed)
    newest = some.histories.products[some.histories.starts[1:] - 1].astype(np.int64)
    return replace(some, histories=Histories(np.arange(len(newest) + 1), newest))


def _fitted(
    read: Touched, touched: Touched, known: Catalogue, wanted: Wanted, least: int
) -> Fitted:
    """Choose on the newest product but one, judge on the newest, then learn from everything.

    Judged among the products that were touched: the others come last by number, which would tell
    the held-out ones from those that nobody ever touched.
    """
    seed, width = wanted.seed, len(read.products)
    traits = known.traits[:width]
    kernel, likeness = _chosen(read, traits, seed)
    methods = _methods(kernel, likeness, known.shelf.groups["category"][:width])
    material = read.material(traits, held_out=1)
    past = _alone(read.past(1)[0], seed)
    places = {name: ranked(one.fit(material), past, material) for name, one in methods.items()}
    rows = list(quality(places, {"all": np.ones(len(past.targets), bool)}, least, seed))
    for row in rows:
        row.pop("history")
    told = {name: getattr(kernel, name) for name in Kernel.__slots__ if name != "profile"}
    whole = touched.material(known.traits)
    return Fitted(
        _methods(kernel, likeness, known.shelf.groups["category"])[wanted.how].fit(whole),
        whole.popularity,
        pa.Table.from_pylist(rows, schema=SIMILAR_QUALITY),
        pa.Table.from_pylist(
            [{"name": n, "value": str(v)} for n, v in (told | {"likeness": likeness}).items()],
            schema=FITTED,
        ),
    )


def _chosen(read: Touched, traits: sparse.csr_matrix, seed: int) -> tuple[Kernel, float]:
    """Return the kernel and the weight of likeness that find the newest product but one best."""
    material = read.material(traits, held_out=2)
    before = _alone(read.past(2)[0], seed)
    kernel = tuned(material, before, seed=seed)

    def worth(likeness: float) -> float:
        places = ranked(Combined(kernel, likeness).fit(material), before, material)
        return float(gains(places).mean())

    known = len(before.targets) > 0
    return kernel, max(_LIKENESS, key=worth) if known else Combined().likeness


def _methods(kernel: Kernel, likeness: float, category: Numbers) -> dict[str, Method]:
    return {
        "popular": PopularInCategory(category),
        "transitions": Transitions(kernel),
        "similar": Similar(),
        "combined": Combined(kernel, likeness),
    }


def _rows(
    touched: Touched,
    known: Catalogue,
    own: Numbers,
    fitted: Fitted,
    served: Served,
    wanted: Wanted,
) -> Iterator[dict[str, Any]]:
    names = touched.products.to_pylist()
    customers = touched.histories.customers(len(names)).tolist()
    told = _Reasons(known)
    for first in range(0, len(own), BATCH):
        part = own[first : first + BATCH]
        alone = Histories(np.arange(len(part) + 1), part)
        row, product, score = _chosen_lists(fitted, alone, served, wanted.k)
        _, share = fitted.method.explain(alone, row, product)
        source = part[row]
        after = touched.counts.customers(source, product).tolist()
        before = touched.counts.customers(product, source).tolist()
        begins = np.searchsorted(row, row).tolist()
        for at, target in enumerate(product.tolist()):
            near = wanted.how == "similar" or (wanted.how == "combined" and share[at] < _HALF)
            if wanted.how == "popular":
                words = likeness_words("popular", customers[target])
            elif near:
                words = told.alike(int(source[at]), target)
            elif after[at] >= before[at]:
                words = likeness_words("after", after[at])
            else:
                words = likeness_words("before", before[at])
            yield {
                "product_id": names[source[at]],
                "rank": at - begins[at] + 1,
                "similar_id": names[target],
                "title": known.titles[target],
                "score": round(float(score[at]), 6),
                "reason_en": words.en,
                "reason_zh": words.zh,
                "chosen_after": after[at],
                "chosen_before": before[at],
            }


def _chosen_lists(
    fitted: Fitted, alone: Histories, served: Served, k: int
) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Return row, product and score of what the rules let stand beside each product."""
    scores = fitted.method.score(alone)
    placed = []
    for row in range(len(alone)):
        part = slice(scores.indptr[row], scores.indptr[row + 1])
        there = scores.data[part] > 0
        found, worth = scores.indices[part][there].astype(np.int64), scores.data[part][there]
        beside = found != alone.products[row]
        some = served.choose(found[beside], worth[beside], k, popularity=fitted.popularity)
        by_product = dict(zip(found.tolist(), worth.tolist(), strict=True))
        placed += [
            (row, one.product, by_product[one.product] if one.score is None else one.score)
            for one in some
        ]
    table = np.array(placed, np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


class _Reasons:
    """What two products share, of what the likeness is made of."""

    def __init__(self, known: Catalogue) -> None:
        self.traits, self.kinds = known.traits, known.kinds
        self.told = telling(known.traits)

    def alike(self, one: int, other: int) -> Words:
        """Return the kinds of traits that both have."""
        own, its = (
            self.traits.indices[self.traits.indptr[row] : self.traits.indptr[row + 1]]
            for row in (one, other)
        )
        both = np.intersect1d(own, its)
        kinds = set(self.kinds[both[self.told[both]]].tolist())
        return PARTS_OF_LIKENESS[
            tuple(name for name in ("brand", "category", "title") if name in kinds)
        ]
