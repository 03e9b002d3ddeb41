"""The material of a report: stored answers and counts, gathered once before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from shopkeeper.answer import Answer
from shopkeeper.data.checks import check
from shopkeeper.data.facts import Period
from shopkeeper.data.shop import Shop
from shopkeeper.surfaces.report import queries
from shopkeeper.surfaces.report.nearest import nearest
from shopkeeper.surfaces.report.queries import Group, Moment
from shopkeeper.surfaces.running import fingerprint
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.words import Words

WORST = 6
_LONG, _SHORT = 150, 21


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the sections read.

    Parameters
    ----------
    shop
        The shop.
    lang
        Language of the report.
    answers
        Stored answers by verb, and the data check under `check`; what is missing is not there.
    stale
        Titles of the verbs whose stored answers are older than the data.
    period
        Length of the periods in which reviews are counted.
    total
        All reviews by sentiment.
    moments, recent
        Reviews by period; and of the last part of their time beside the part before, where there is
        enough time.
    categories, products, sellers
        Counts, the worst first; of products those that have two negative reviews or more.
    compared
        Products that have a review.
    punctuality
        Late deliveries, and all that had a promise.
    lateness
        Reviews by days between promise and delivery.
    named
        Titles and categories of the products that aspects and topics name.
    quoted, complaints
        Stars and day of the reviews that the topics quote, by id; the nearest negative review by topic.
    quotes
        Negative reviews with a text, by product, of the worst products.
    unanswered
        Negative reviews without a reply, and all that have a text; None where replies are not known.
    ordered, visited, reviewed
        First and last day.
    """

    shop: Shop
    lang: str
    answers: dict[str, Answer]
    stale: tuple[Words, ...]
    period: Period
    total: Moment
    moments: list[Moment]
    recent: tuple[Moment, Moment] | None
    categories: list[Group]
    products: list[Group]
    compared: int
    sellers: list[Group]
    punctuality: tuple[int, int]
    lateness: list[dict[str, Any]]
    named: dict[str, Group]
    quoted: dict[str, dict[str, Any]]
    complaints: dict[int, dict[str, Any]]
    quotes: dict[str, list[dict[str, Any]]]
    unanswered: tuple[int, int] | None
    ordered: tuple[date | None, date | None]
    visited: tuple[date | None, date | None]
    reviewed: tuple[date | None, date | None]

    @property
    def least(self) -> int:
        """The count below which no percentage is shown."""
        return self.shop.settings.minimum_count


def gather(shop: Shop, lang: str) -> Material:
    """Read the stored answers and count what the sections show."""
    stored = {verb.name: shop.answer(verb.name) for verb in VERBS}
    answers = {name: answer for name, answer in stored.items() if answer is not None}
    answers["check"] = check(shop)
    reviewed = queries.time_span(shop)
    period = _period(*reviewed)
    products = _worst_first(queries.by_product(shop))
    judged = answers.get("review_sentiment")
    quoted, complaints = nearest(shop, answers.get("review_topics"))
    return Material(
        shop=shop,
        lang=lang,
        answers=answers,
        stale=tuple(_stale(shop)),
        period=period,
        total=queries.totals(shop),
        moments=queries.over_time(shop, period),
        recent=queries.recent(shop, *reviewed),
        categories=_worst_first(queries.by_category(shop, lang)),
        products=products,
        compared=queries.spoken_of_products(shop),
        sellers=_worst_first(queries.by_seller(shop)),
        punctuality=queries.punctuality(shop),
        lateness=queries.lateness(shop),
        quoted=quoted,
        complaints=complaints,
        named=queries.named_products(shop, sorted(_named(answers))),
        quotes=queries.quotes(
            shop, judged.table if judged else None, [group.key for group in worst(products)]
        ),
        unanswered=queries.unanswered(shop),
        ordered=queries.order_days(shop),
        visited=queries.event_days(shop),
        reviewed=reviewed,
    )


def worst(products: list[Group]) -> list[Group]:
    """Return the products at the head of the list that have at least two negative reviews."""
    return [group for group in products if group.negative >= 2][:WORST]


def _named(answers: dict[str, Answer]) -> set[str]:
    """Return the products that the answers about texts name."""
    stored = [answers[verb] for verb in ("review_aspects", "review_topics") if verb in answers]
    return {key for one in stored for key in one.evidence["products"]["product_id"].to_pylist()}


def _stale(shop: Shop) -> Iterator[Words]:
    for verb in VERBS:
        stored = shop.manifest.answers.get(verb.name)
        # An answer without a fingerprint was put there by hand, and nobody can say how old it is.
        if stored is None or not stored.fingerprint or shop.cut is not None:
            continue
        if stored.fingerprint != fingerprint(
            verb, shop.manifest, shop.settings, verb.defaults(), shop.path
        ):
            yield verb.title


def _worst_first(groups: list[Group]) -> list[Group]:
    ranked = [(group.share.low if group.reviews else -1.0, group) for group in groups]
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].reviews, pair[1].key))
    return [group for _, group in ranked]


def _period(first: date | None, last: date | None) -> Period:
    span = (last - first).days if first and last else 0
    if span >= _LONG:
        return "month"
    return "week" if span >= _SHORT else "day"
