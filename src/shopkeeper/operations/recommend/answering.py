"""From what customers touched to the answer of `recommend`: who is shown what, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.choice import BATCH, Method, Routed
from shopkeeper.operations.recommend.features import touches
from shopkeeper.operations.recommend.histories import Histories, Numbers, leading, unseen
from shopkeeper.operations.recommend.judging import Fitted, How, fit
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.metrics import bucket_of
from shopkeeper.operations.recommend.reading import (
    Catalogue,
    Touched,
    counted,
    numbers_of,
    read_catalogue,
    read_touched,
    ruled_out,
)
from shopkeeper.operations.recommend.wording import (
    DEFINITIONS,
    TITLE,
    Reason,
    limits,
    reason_words,
    sentences,
)
from shopkeeper.words import Words

Row = dict[str, Any]
MOST = 1_000
"""Customers who are listed when none is named: those with the most products."""

COLUMNS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("rank", pa.int64()),
        ("product_id", pa.string()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("reason_en", pa.string()),
        ("reason_zh", pa.string()),
        ("because", pa.string()),
        ("part", pa.float64()),
        ("personalised", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked of the recommendations."""

    customers: tuple[str, ...]
    given: tuple[str, ...]
    k: int
    how: How
    opted_out: frozenset[str]
    exclude: tuple[str, ...]
    seed: int

    @property
    def personalised(self) -> bool:
        """Whether anybody's history may be used."""
        return "*" not in self.opted_out


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to recommend to: names, numbers (−1 where unknown), and what each has touched."""

    names: tuple[str | None, ...]
    numbers: Numbers
    histories: Histories
    personal: NDArray[np.bool_]


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Return the answer; None where nobody has touched any product."""
    touched = read_touched(touches(shop))
    if not len(touched.products):
        return None
    number = {name: at for at, name in enumerate(touched.products.to_pylist())}
    unknown = Words("No customer has touched such a product.", "没有顾客接触过这件商品。")
    given, exclude = (numbers_of(names, number, unknown) for names in (plan.given, plan.exclude))
    known = read_catalogue(shop, touched.products)
    allowed = known.buyable & ~np.isin(np.arange(len(number)), exclude)
    asked = _asked(touched, plan, given)
    least = shop.settings.minimum_count
    # Where nobody's history is used the popular answer, and only they are judged.
    how: How = plan.how if plan.personalised else "popular"
    fitted = fit(touched, known.traits, how, least=least, seed=plan.seed)
    rows = list(_rows(touched, known, asked, fitted, allowed, plan))
    parts = _parts(touched, asked, rows, plan)
    return Answer(
        verb="recommend",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=COLUMNS),
        method=how,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(fitted.quality, parts, how)),
        evidence={
            "ranking_quality": fitted.quality,
            "ruled_out": ruled_out(known, len(exclude)),
            "parts": counted(parts),
            "fitted": fitted.fitted,
        },
        limits=tuple(limits(fitted.quality, parts, least, touched.every)),
        definitions=DEFINITIONS,
    )


def _asked(touched: Touched, plan: Plan, given: Numbers) -> Asked:
    if not plan.personalised and not plan.customers:
        nobody = Histories(np.zeros(2, np.int64), np.zeros(0, np.int64))
        return Asked((None,), np.array([-1]), nobody, np.array([False]))
    if len(given):
        session = Histories(np.array([0, len(given)]), given)
        return Asked((None,), np.array([-1]), session, np.array([True]))
    if plan.customers:
        number = {name: at for at, name in enumerate(touched.customers.to_pylist())}
        names: tuple[str, ...] = tuple(dict.fromkeys(plan.customers))
        numbers = np.array([number.get(name, -1) for name in names], np.int64)
    else:
        numbers = np.arange(min(MOST, len(touched.customers)))
        names = tuple(touched.customers.slice(0, MOST).to_pylist())
    out = np.array([name in plan.opted_out for name in names], bool)
    personal = (numbers >= 0) & ~out & plan.personalised
    # Whose history may not be used has none, for ranking and for what is left out alike.
    lengths = np.where(personal, touched.histories.lengths[numbers], 0)
    own = touched.histories.take(numbers[personal])
    return Asked(
        names, numbers, Histories(np.append(0, np.cumsum(lengths)), own.products), personal
    )


def _rows(
    touched: Touched,
    known: Catalogue,
    asked: Asked,
    fitted: Fitted,
    allowed: NDArray[np.bool_],
    plan: Plan,
) -> Iterator[Row]:
    customers = np.bincount(touched.histories.products, minlength=len(allowed)).tolist()
    names = touched.products.to_pylist()
    for first in range(0, len(asked.names), BATCH):
        rows = np.arange(first, min(first + BATCH, len(asked.names)))
        for best in _lists(fitted, asked.histories.take(rows), allowed, plan.k):
            at = first + best.row
            kind = _kind(touched, asked, at, best, fitted.method)
            source = best.source if best.score is not None else -1
            words = reason_words(
                kind, known.titles[source] if source >= 0 else "", customers[best.product]
            )
            yield {
                "customer_id": asked.names[at],
                "rank": best.rank,
                "product_id": names[best.product],
                "title": known.titles[best.product],
                "score": best.score,
                "reason_en": words.en,
                "reason_zh": words.zh,
                "because": names[source] if source >= 0 else None,
                "part": best.share if source >= 0 else None,
                "personalised": bool(asked.personal[at]),
            }


@dataclass(frozen=True, slots=True)
class Shown:
    """One product of one list; without a score where a popular product fills it."""

    row: int
    rank: int
    product: int
    score: float | None
    source: int
    share: float


def _lists(
    fitted: Fitted, histories: Histories, allowed: NDArray[np.bool_], k: int
) -> Iterator[Shown]:
    """Yield the list of each row, best first, filled with popular products up to `k`."""
    scores = unseen(fitted.method.score(histories), histories)
    scores.data[~allowed[scores.indices]] = 0
    scores.eliminate_zeros()
    row, product, score = leading(scores, k, fitted.popularity)
    source, share = fitted.method.explain(histories, row, product)
    popular = np.argsort(fitted.popularity)
    popular = popular[allowed[popular]]
    for one in range(len(histories)):
        at = np.flatnonzero(row == one)
        for rank, n in enumerate(at.tolist(), start=1):
            told = (round(float(score[n]), 6), int(source[n]), float(share[n]))
            yield Shown(one, rank, int(product[n]), *told)
        taken = np.concatenate([product[at], histories.row(one)])
        near = popular[: k + len(taken)]
        filling = near[~np.isin(near, taken)][: k - len(at)]
        for rank, n in enumerate(filling.tolist(), start=len(at) + 1):
            yield Shown(one, rank, n, None, -1, 0.0)


def _kind(touched: Touched, asked: Asked, at: int, shown: Shown, method: Method) -> Reason:
    """Return what a recommendation rests on."""
    if isinstance(method, Routed):
        bucket = bucket_of(asked.histories.lengths[at : at + 1])[0]
        method = method.methods[method.chosen[bucket]]
    if shown.score is None or isinstance(method, Popular):
        return "popular"
    if shown.source < 0:
        return "together"
    if isinstance(method, Similar):
        return "alike"
    customer = int(asked.numbers[at])
    if customer < 0:
        return "given"
    start = int(touched.histories.starts[customer])
    place = start + int(np.flatnonzero(touched.histories.row(customer) == shown.source)[0])
    return "bought" if touched.bought[place] else "viewed"


def _parts(touched: Touched, asked: Asked, rows: list[Row], plan: Plan) -> dict[str, int]:
    listed = Counter(row["customer_id"] for row in rows)
    named = len(asked.names)
    unknown = sum(number < 0 and name is not None
                  for number, name in zip(asked.numbers.tolist(), asked.names, strict=True))  # fmt: skip
    everyone = not (plan.customers or plan.given) and plan.personalised
    return {
        "customers": len(touched.customers),
        "products_touched": len(touched.products),
        "touches": len(touched.histories.products),
        "lists": named,
        "unknown": unknown,
        "not_personalised": int((~asked.personal).sum()) - unknown if plan.personalised else named,
        "not_shown": len(touched.customers) - named if everyone else 0,
        "short": sum(listed[name] < plan.k for name in asked.names),
    }
