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
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.judging import How, fit
from shopkeeper.operations.recommend.listing import Shown, lists
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.metrics import bucket_of
from shopkeeper.operations.recommend.model import Model, learned_from, model_of, with_new
from shopkeeper.operations.recommend.names import Texts
from shopkeeper.operations.recommend.reading import (
    UNKNOWN,
    Touched,
    counted,
    numbers_of,
    read_catalogue,
    ruled_out,
)
from shopkeeper.operations.recommend.stored import current, touched_of
from shopkeeper.operations.recommend.wording import (
    DEFINITIONS,
    TITLE,
    Reason,
    limits,
    reason_words,
)

Row = dict[str, Any]
MOST, FEW, SHORT = 1_000, 20, 100
"""Customers who are listed when none is named: those with the most products; names and products of a
list that a server answers for at once."""

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
    model = _model(shop, plan)
    if model is None:
        return None
    as_of = shop.cut.isoformat() if shop.cut else ""
    return answer_of(model, plan, least=shop.settings.minimum_count, as_of=as_of)


def answer_at_once(shop: Shop, plan: Plan) -> Answer | None:
    """Return the answer where the stored model gives it in milliseconds; else None."""
    few = 0 < len(plan.customers) + len(plan.given) <= FEW and plan.k <= SHORT
    stored = current(shop) if few and len(plan.exclude) <= FEW else None
    if stored is None or not _is_of(stored, shop, plan):
        return None
    return answer_of(stored, plan, least=shop.settings.minimum_count)


def answer_of(model: Model, plan: Plan, *, least: int, as_of: str = "") -> Answer:
    """Return the answer that a model gives.

    Parameters
    ----------
    model
        What was read and learned; with the method of the plan.
    plan
        What was asked.
    least
        Below this many customers nothing was judged.
    as_of
        The instant that the shop was looked at.
    """
    touched, fitted = model.touched, model.fitted
    how = _method(plan)
    given, exclude = (
        numbers_of(names, model.products, UNKNOWN) for names in (plan.given, plan.exclude)
    )
    allowed = model.known.buyable
    if len(exclude):
        allowed = allowed.copy()
        allowed[exclude] = False
    asked = _asked(model, plan, given)
    rows = list(_rows(model, asked, allowed, plan))
    parts = _parts(model, asked, rows, plan)
    return Answer(
        verb="recommend",
        title=TITLE,
        table=_table(rows),
        method=how,
        as_of=as_of,
        summary=model.summary,
        evidence={
            "ranking_quality": fitted.quality,
            "ruled_out": ruled_out(model.known, len(exclude)) if len(exclude) else model.ruled_out,
            "parts": counted(parts),
            "fitted": fitted.fitted,
        },
        limits=tuple(limits(fitted.quality, parts, least, touched.every)),
        definitions=DEFINITIONS,
    )


def _table(rows: list[Row]) -> pa.Table:
    """Return the rows as a table, column by column, which for ten rows takes a tenth of the time."""
    return pa.Table.from_arrays(
        [pa.array([row[field.name] for row in rows], field.type) for field in COLUMNS],
        schema=COLUMNS,
    )


def _method(plan: Plan) -> How:
    # Where nobody's history is used the popular answer, and only they are judged.
    return plan.how if plan.personalised else "popular"


def _model(shop: Shop, plan: Plan) -> Model | None:
    """Return what was read and learned: as it is stored, where what was asked allows it."""
    stored, how, settings = current(shop), _method(plan), shop.settings
    if stored is not None and _is_of(stored, shop, plan):
        return stored
    touched = touched_of(shop)
    if not len(touched.products):
        return None
    known = read_catalogue(shop, touched.products)
    fitted = fit(touched, known.traits, how, least=settings.minimum_count, seed=plan.seed)
    return with_new(model_of(touched, known, fitted, how), shop, known)


def _is_of(stored: Model, shop: Shop, plan: Plan) -> bool:
    """Say whether the stored model is the one that the plan asks for."""
    own = len(stored.products) > 0 and _method(plan) == "transitions"
    return own and plan.seed == shop.settings.seed


def _asked(model: Model, plan: Plan, given: Numbers) -> Asked:
    touched = model.touched
    if not plan.personalised and not plan.customers:
        nobody = Histories(np.zeros(2, np.int64), np.zeros(0, np.int64))
        return Asked((None,), np.array([-1]), nobody, np.array([False]))
    if len(given):
        session = Histories(np.array([0, len(given)]), given)
        return Asked((None,), np.array([-1]), session, np.array([True]))
    if plan.customers:
        names: tuple[str, ...] = tuple(dict.fromkeys(plan.customers))
        numbers = np.array([model.customers.get(name, -1) for name in names], np.int64)
    else:
        numbers = np.arange(min(MOST, len(touched.customers)))
        names = tuple(touched.customers.slice(0, MOST).to_pylist())
    out = np.array([name in plan.opted_out for name in names], bool)
    personal = (numbers >= 0) & ~out & plan.personalised
    # Whose history may not be used has none, for ranking and for what is left out alike.
    lengths = np.where(personal, touched.histories.lengths_of(numbers), 0)
    own = touched.histories.take(numbers[personal])
    return Asked(
        names, numbers, Histories(np.append(0, np.cumsum(lengths)), own.products), personal
    )


def _rows(model: Model, asked: Asked, allowed: NDArray[np.bool_], plan: Plan) -> Iterator[Row]:
    touched, known, method = model.touched, model.known, model.fitted.method
    names = Texts(touched.products)
    for first in range(0, len(asked.names), BATCH):
        rows = np.arange(first, min(first + BATCH, len(asked.names)))
        for best in lists(model, asked.histories.take(rows), allowed, plan.k):
            at = first + best.row
            kind = (
                "new" if best.product >= model.learned else _kind(touched, asked, at, best, method)
            )
            source = best.source if best.score is not None else -1
            words = reason_words(
                kind, known.titles[source] if source >= 0 else "", int(model.wanted[best.product])
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


def _parts(model: Model, asked: Asked, rows: list[Row], plan: Plan) -> dict[str, int]:
    touched = model.touched
    listed = Counter(row["customer_id"] for row in rows)
    named = len(asked.names)
    unknown = sum(number < 0 and name is not None
                  for number, name in zip(asked.numbers.tolist(), asked.names, strict=True))  # fmt: skip
    everyone = not (plan.customers or plan.given) and plan.personalised
    return {
        **learned_from(touched, model.learned),
        "new": len(model.products) - model.learned,
        "lists": named,
        "unknown": unknown,
        "not_personalised": int((~asked.personal).sum()) - unknown if plan.personalised else named,
        "not_shown": len(touched.customers) - named if everyone else 0,
        "short": sum(listed[name] < plan.k for name in asked.names),
    }
