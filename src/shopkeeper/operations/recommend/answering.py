"""From a model and the rules of the shop to the answer of `recommend`: who is shown what, and why."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.choice import BATCH, Routed
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.judging import How, fit
from shopkeeper.operations.recommend.listing import Lists, Whom, known_customers, lists
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import bucket_of
from shopkeeper.operations.recommend.model import (
    Model,
    learned_from,
    model_of,
    unpersonal,
    with_new,
)
from shopkeeper.operations.recommend.names import Texts
from shopkeeper.operations.recommend.reading import counted, read_catalogue, touched_numbers
from shopkeeper.operations.recommend.rule_words import DEFINITIONS as RULE_DEFINITIONS
from shopkeeper.operations.recommend.rule_words import (
    check_channel,
    not_logged,
    pinned_but_out,
    removed_sentence,
)
from shopkeeper.operations.recommend.rulebook import Rules, load_rules
from shopkeeper.operations.recommend.ruling import Ruling
from shopkeeper.operations.recommend.serving_rules import held
from shopkeeper.operations.recommend.stored import current, touched_of
from shopkeeper.operations.recommend.viewer import logged, may_be_read
from shopkeeper.operations.recommend.wording import (
    DEFINITIONS,
    PINNED,
    TITLE,
    Reason,
    limits,
    reason_words,
)
from shopkeeper.words import Words

Row = tuple[Any, ...]
"""The cells of one row of the table, in the order of `COLUMNS`."""

_ASKED = Words("Asked for recommendations.", "要推荐商品。")
_MEANINGS = DEFINITIONS | RULE_DEFINITIONS
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
_KINDS = COLUMNS.types


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
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to recommend to: names, None for a visit, and what of each may be looked at."""

    names: tuple[str | None, ...]
    whom: Whom

    @property
    def unknown(self) -> int:
        """How many of those who are named nobody knows."""
        numbers = self.whom.numbers.tolist()
        return sum(n < 0 and name is not None for n, name in zip(numbers, self.names, strict=True))


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Return the answer; None where nobody has touched any product."""
    # A slip in the rules is told before anything is read.
    rules = load_rules(shop.path, "recommend", shop.opted_out)
    check_channel(rules, plan.channel, _ASKED)
    how, settings = _method(rules, plan), shop.settings
    model = _stored(shop, plan, how)
    if model is None:
        touched = touched_of(shop)
        if not len(touched.products):
            return None
        known = read_catalogue(shop, touched.products)
        fitted = fit(touched, known.traits, how, least=settings.minimum_count, seed=plan.seed)
        model = with_new(model_of(touched, known, fitted, how), shop, known)
    return answer_of(shop, model, plan, rules)


def answer_at_once(shop: Shop, plan: Plan) -> Answer | None:
    """Return the answer where the stored model gives it in milliseconds; else None."""
    few = 0 < len(plan.customers) + len(plan.given) <= FEW and plan.k <= SHORT
    if not few or len(plan.exclude) > FEW:
        return None
    rules = load_rules(shop.path, "recommend", shop.opted_out)
    model = _stored(shop, plan, _method(rules, plan))
    return None if model is None else answer_of(shop, model, plan, rules)


def answer_of(shop: Shop, model: Model, plan: Plan, rules: Rules) -> Answer:
    """Return the answer that a model gives, and log what of it was made without personalisation.

    Parameters
    ----------
    shop
        The shop.
    model
        What was read and learned; with the method that the rules let the plan have.
    plan
        What was asked.
    rules
        The rules of the shop.

    Raises
    ------
    UsageError
        A product or the channel is unknown.
    """
    check_channel(rules, plan.channel, _ASKED)
    known, fitted = model.known, model.fitted
    given, exclude = (
        touched_numbers(names, model.products, known.others) for names in (plan.given, plan.exclude)
    )
    asked = _asked(model, plan, rules.without(plan.opted_out), given)
    standing = held(shop, model, rules, plan.channel)
    ruling = Ruling(standing.standing, asked_for=exclude, traits=known.traits)
    rows = [
        row
        for first in range(0, len(asked.names), BATCH)
        for row in _rows(model, asked, first, lists(model, asked.whom.part(first, first + BATCH), ruling, plan.k))
    ]  # fmt: skip
    parts = _parts(model, asked, rows, plan, personalised=_personalised(rules, plan))
    parts["given_unknown"] = len(set(plan.given)) - _telling(model, given)
    removed = ruling.table(_in_force(rules, asked))
    counts = {"lists": parts["not_personalised"], "by_request": _by_request(asked, plan)}
    done = logged(shop, "recommend", **counts)
    least, every = shop.settings.minimum_count, model.touched.every
    return Answer(
        verb="recommend",
        title=TITLE,
        table=_table(rows),
        method=_method(rules, plan),
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=(*model.summary, *removed_sentence(removed)),
        evidence={
            "ranking_quality": fitted.quality,
            "ruled_out": removed,
            "parts": counted(parts),
            "fitted": fitted.fitted,
        },
        limits=(
            *limits(fitted.quality, parts, least, every, rules.exclude),
            *standing.limits,
            *pinned_but_out(ruling),
            *not_logged(done),
        ),
        definitions=_MEANINGS,
        logged=counts if counts["lists"] else {},
    )


def _table(rows: list[Row]) -> pa.Table:
    """Return the rows as a table, column by column, which for ten rows takes a tenth of the time."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in _KINDS)
    return pa.Table.from_arrays(
        [pa.array(column, kind) for column, kind in zip(columns, _KINDS, strict=True)],
        schema=COLUMNS,
    )


def _personalised(rules: Rules, plan: Plan) -> bool:
    """Say whether anybody's history may be used."""
    return rules.everyone and "*" not in plan.opted_out


def _method(rules: Rules, plan: Plan) -> How:
    # Where nobody's history is used the popular answer, and only they are judged.
    return plan.how if _personalised(rules, plan) else "popular"


def _stored(shop: Shop, plan: Plan, how: How) -> Model | None:
    """Return the stored model where it is the one that the plan asks for."""
    if plan.seed != shop.settings.seed or how not in ("transitions", "popular"):
        return None
    stored = current(shop)
    if stored is None or not len(stored.products):
        return None
    return stored if how == "transitions" else unpersonal(stored)


def _asked(model: Model, plan: Plan, rules: Rules, given: Numbers) -> Asked:
    nobody = np.array([-1])
    if not rules.everyone and not plan.customers:
        nothing = Histories(np.zeros(2, np.int64), np.zeros(0, np.int64))
        return Asked((None,), Whom(nobody, nothing, np.array([False]), nothing.products))
    if plan.given:
        said = given[given < _width(model)]
        session = Histories(np.array([0, len(said)]), said)
        return Asked((None,), Whom(nobody, session, np.array([True]), given))
    customers = model.touched.customers
    if plan.customers:
        names: tuple[str, ...] = tuple(dict.fromkeys(plan.customers))
        numbers = np.array([model.customers.get(name, -1) for name in names], np.int64)
    else:
        numbers = np.arange(min(MOST, len(customers)))
        names = tuple(customers.slice(0, MOST).to_pylist())
    free = np.array([may_be_read(rules, name) for name in names], bool)
    whom = known_customers(model, numbers, free & (numbers >= 0))
    told = tuple(name if may else "" for name, may in zip(names, free.tolist(), strict=True))
    return Asked(names, replace(whom, names=told))


def _width(model: Model) -> int:
    """Return of how many products the method can tell what they lead to."""
    transitions = isinstance(model.fitted.method, Transitions)
    return len(model.products) if transitions else model.learned


def _telling(model: Model, given: Numbers) -> int:
    """Return how many of the given products say anything: new ones do by what they are like alone."""
    method, new = model.fitted.method, given[given >= model.learned]
    if not isinstance(method, Transitions):
        return len(given) - len(new)
    begins = method.weights_.indptr
    return len(given) - int((begins[new + 1] == begins[new]).sum())


def _in_force(rules: Rules, asked: Asked) -> tuple[str, ...]:
    kept = rules.exclude & {"own", "in_cart", "bought", "viewed"}
    return tuple(kept | ({"given"} if None in asked.names else set()))


def _by_request(asked: Asked, plan: Plan) -> int:
    """Return for how many lists the request itself asked that no history be used."""
    if "*" in plan.opted_out:
        return len(asked.names)
    known = zip(asked.names, asked.whom.numbers.tolist(), strict=True)
    return sum(name in plan.opted_out and number >= 0 for name, number in known)


def _rows(model: Model, asked: Asked, first: int, made: Lists) -> Iterator[Row]:
    titles, names = model.known.titles, Texts(model.touched.products)
    columns = (made.row, made.rank, made.product, made.score, made.source, made.share, made.pinned)
    for row, rank, product, score, source, share, pinned in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        at, scored = first + row, not math.isnan(score)
        if pinned:
            words = PINNED
        else:
            kind = _kind(model, asked.whom, at, product, source, scored=scored)
            title = titles[source] if source >= 0 else ""
            words = reason_words(kind, title, int(model.wanted[product]))
        yield (
            asked.names[at],
            rank,
            names[product],
            titles[product],
            round(score, 6) if scored else None,
            words.en,
            words.zh,
            names[source] if source >= 0 else None,
            share if source >= 0 else None,
            bool(asked.whom.personal[at]),
        )


def _kind(model: Model, whom: Whom, at: int, product: int, source: int, *, scored: bool) -> Reason:
    """Return what a recommendation rests on."""
    method, touched = model.fitted.method, model.touched
    if product >= model.learned:
        return "new"
    if isinstance(method, Routed):
        bucket = bucket_of(whom.histories.lengths[at : at + 1])[0]
        method = method.methods[method.chosen[bucket]]
    if not scored or isinstance(method, Popular):
        return "popular"
    if source < 0:
        return "together"
    if isinstance(method, Similar):
        return "alike"
    customer = int(whom.numbers[at])
    if customer < 0:
        return "given"
    start = int(touched.histories.starts[customer])
    place = start + int(np.flatnonzero(touched.histories.row(customer) == source)[0])
    return "bought" if touched.bought[place] else "viewed"


def _parts(
    model: Model, asked: Asked, rows: list[Row], plan: Plan, *, personalised: bool
) -> dict[str, int]:
    listed = Counter(row[0] for row in rows)
    named, unknown = len(asked.names), asked.unknown
    everyone = not (plan.customers or plan.given) and personalised
    without = int((~asked.whom.personal).sum()) - unknown if personalised else named
    return {
        **learned_from(model.touched, model.learned),
        "new": len(model.products) - model.learned,
        "lists": named,
        "unknown": unknown,
        "not_personalised": without,
        "not_shown": len(model.touched.customers) - named if everyone else 0,
        "short": sum(listed[name] < plan.k for name in asked.names),
    }
