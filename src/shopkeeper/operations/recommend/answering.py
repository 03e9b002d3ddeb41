"""From what customers touched to the answer of `recommend`: who is shown what, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.choice import BATCH, Method, Routed
from shopkeeper.operations.recommend.features import touches
from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.judging import Fitted, How, fit
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.metrics import bucket_of
from shopkeeper.operations.recommend.reading import (
    Catalogue,
    Touched,
    counted,
    read_catalogue,
    read_touched,
    touched_numbers,
)
from shopkeeper.operations.recommend.rule_words import DEFINITIONS as RULE_DEFINITIONS
from shopkeeper.operations.recommend.rule_words import (
    check_channel,
    not_logged,
    removed_sentence,
    rule_limits,
)
from shopkeeper.operations.recommend.rulebook import Rules, load_rules
from shopkeeper.operations.recommend.ruling import Ruling
from shopkeeper.operations.recommend.shelf import read_shelf
from shopkeeper.operations.recommend.viewer import in_carts, logged, may_be_read, sold_by
from shopkeeper.operations.recommend.wording import (
    DEFINITIONS,
    PINNED,
    TITLE,
    Reason,
    limits,
    reason_words,
    sentences,
)
from shopkeeper.words import Words

Row = dict[str, Any]
_ASKED = Words("Asked for recommendations.", "要推荐商品。")
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
    channel: str = ""

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
    # A slip in the rules is told before anything is read.
    rules = load_rules(shop.path, "recommend")
    check_channel(rules, plan.channel, _ASKED)
    touched = read_touched(touches(shop))
    if not len(touched.products):
        return None
    number = {name: at for at, name in enumerate(touched.products.to_pylist())}
    given, exclude = (touched_numbers(shop, names, number) for names in (plan.given, plan.exclude))
    known = read_catalogue(shop, touched.products)
    by_request, plan = plan.opted_out, replace(plan, opted_out=_opted_out(rules, plan))
    ruling = Ruling(
        rules, read_shelf(shop, touched.products),
        asked_for=exclude, channel=plan.channel, traits=known.traits,
    )  # fmt: skip
    asked = _asked(touched, plan, given)
    least = shop.settings.minimum_count
    # Where nobody's history is used the popular answer, and only they are judged.
    how: How = plan.how if plan.personalised else "popular"
    fitted = fit(touched, known.traits, how, least=least, seed=plan.seed)
    barred = _Barred(shop, touched, asked, ruling, rules.without(plan.opted_out))
    rows = list(_rows(touched, known, asked, fitted, barred, plan))
    parts = _parts(touched, asked, rows, plan)
    parts["given_unknown"] = len(set(plan.given)) - len(given)
    removed = ruling.table(barred.in_force)
    done = logged(
        shop,
        "recommend",
        lists=parts["not_personalised"],
        by_request=_by_request(asked, by_request),
    )
    return Answer(
        verb="recommend",
        title=TITLE,
        table=pa.Table.from_pylist(rows, schema=COLUMNS),
        method=how,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=(*sentences(fitted.quality, parts, how), *removed_sentence(removed)),
        evidence={
            "ranking_quality": fitted.quality,
            "ruled_out": removed,
            "parts": counted(parts),
            "fitted": fitted.fitted,
        },
        limits=(
            *limits(fitted.quality, parts, least, touched.every, rules.exclude),
            *rule_limits(shop, ruling, frozenset({"customer"})),
            *not_logged(done),
        ),
        definitions=DEFINITIONS | RULE_DEFINITIONS,
    )


def _asked(touched: Touched, plan: Plan, given: Numbers) -> Asked:
    if not plan.personalised and not plan.customers:
        nobody = Histories(np.zeros(2, np.int64), np.zeros(0, np.int64))
        return Asked((None,), np.array([-1]), nobody, np.array([False]))
    if plan.given:
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


class _Barred:
    """What each list may not show, by rule, of those whose history may be used."""

    def __init__(
        self, shop: Shop, touched: Touched, asked: Asked, ruling: Ruling, rules: Rules
    ) -> None:
        self.touched, self.asked, self.ruling, self.rules = touched, asked, ruling, rules
        kept = ruling.rules.exclude & {"own", "in_cart", "bought", "viewed"}
        visit = {"given"} if None in asked.names else set()
        self.in_force = tuple(sorted(kept | visit))
        self.carts: dict[str, Numbers] = {}
        names = [
            name for name, own in zip(asked.names, asked.personal, strict=True) if own and name
        ]
        if "in_cart" in kept and names and shop.has("events"):
            number = {name: at for at, name in enumerate(ruling.shelf.names)}
            self.carts = in_carts(shop, names, number)

    def of(self, row: int) -> dict[str, Numbers]:
        """Return what one list may not show."""
        exclude, name = self.ruling.rules.exclude, self.asked.names[row]
        own = self.asked.histories.row(row)
        sold = {"own": sold_by(self.ruling.shelf, name)} if "own" in exclude else {}
        if name is None or not may_be_read(self.rules, name):
            return {"given": own}
        if not self.asked.personal[row]:
            return sold
        made = {"in_cart": self.carts[name]} if name in self.carts else {}
        customer = int(self.asked.numbers[row])
        start, end = self.touched.histories.starts[customer : customer + 2]
        bought = self.touched.bought[start:end]
        made |= {"bought": own[bought]} if "bought" in exclude else {}
        made |= {"viewed": own[~bought]} if "viewed" in exclude else {}
        return made | sold


def _rows(
    touched: Touched,
    known: Catalogue,
    asked: Asked,
    fitted: Fitted,
    barred: _Barred,
    plan: Plan,
) -> Iterator[Row]:
    customers = np.bincount(touched.histories.products, minlength=len(known.titles)).tolist()
    names = touched.products.to_pylist()
    for first in range(0, len(asked.names), BATCH):
        rows = np.arange(first, min(first + BATCH, len(asked.names)))
        for best in _lists(fitted, asked.histories.take(rows), barred, first, plan.k):
            at = first + best.row
            kind = _kind(touched, asked, at, best, fitted.method)
            source = best.source if best.score is not None else -1
            title = known.titles[source] if source >= 0 else ""
            words = PINNED if best.pinned else reason_words(kind, title, customers[best.product])
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
    pinned: bool


def _lists(
    fitted: Fitted, histories: Histories, barred: _Barred, first: int, k: int
) -> Iterator[Shown]:
    """Yield the list of each row as the rules allow it, filled with popular products up to `k`."""
    scores = fitted.method.score(histories)
    popular = np.argsort(fitted.popularity)
    lists = []
    for row in range(len(histories)):
        part = slice(scores.indptr[row], scores.indptr[row + 1])
        found = scores.data[part] > 0
        lists.append(
            barred.ruling.choose(
                scores.indices[part][found].astype(np.int64), scores.data[part][found], k,
                barred=barred.of(first + row), popularity=fitted.popularity, fill=popular,
            )
        )  # fmt: skip
    placed = [
        (row, rank, one) for row, some in enumerate(lists) for rank, one in enumerate(some, 1)
    ]
    scored = [(row, one.product) for row, _, one in placed if one.score is not None]
    told = np.array(scored, np.int64).reshape(-1, 2)
    why = zip(*fitted.method.explain(histories, told[:, 0], told[:, 1]), strict=True)
    for row, rank, one in placed:
        if one.score is None:
            yield Shown(row, rank, one.product, None, -1, 0.0, one.pinned)
        else:
            source, share = next(why)
            score = round(one.score, 6)
            yield Shown(row, rank, one.product, score, int(source), float(share), one.pinned)


def _opted_out(rules: Rules, plan: Plan) -> frozenset[str]:
    """Return whose history may not be used, by the request or by the rules."""
    return plan.opted_out | rules.opted_out | (frozenset() if rules.everyone else {"*"})


def _by_request(asked: Asked, opted_out: frozenset[str]) -> int:
    """Return for how many lists the request itself asked that no history be used."""
    if "*" in opted_out:
        return len(asked.names)
    known = zip(asked.names, asked.numbers.tolist(), strict=True)
    return sum(name in opted_out and number >= 0 for name, number in known)


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
