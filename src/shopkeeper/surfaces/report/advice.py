"""The first page: what is wrong, in two sentences, and what to do next, each line with its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from scipy.stats import binom

from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.intervals import Interval, discoveries, interval_p_value, proportion
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.aspects import blamed
from shopkeeper.surfaces.report.blocks import Block, Missing, Paragraph, Section, Task, Tasks
from shopkeeper.surfaces.report.effect import VERB, leading, reason, sentences, without_effect
from shopkeeper.surfaces.report.groups import enough
from shopkeeper.surfaces.report.material import Material, worst
from shopkeeper.surfaces.report.names import category_name, product_name, seller_name
from shopkeeper.surfaces.report.opinions import disagreeing
from shopkeeper.surfaces.report.pen import Pen, percent, points
from shopkeeper.surfaces.report.queries import Group
from shopkeeper.surfaces.report.topics import newly_bad
from shopkeeper.words import Words

NAMED = 3
WORTH = 0.01
"""A reason that amounts to a smaller share of the bad reviews is no advice, however sure it is."""

_LATE = ("delivery", "late")


def first(material: Material, pen: Pen) -> Section:
    """Write what is wrong."""
    said = sentences(material, pen)
    blocks: list[Block] = [Paragraph(text) for text in said]
    if not said and not material.shop.has("reviews"):
        blocks.append(Missing(pen.say(phrases.FIRST_NO_REVIEWS)))
    elif not said and (material.total.negative or not material.total.reviews):
        blocks.append(Missing(without_effect(material, pen, phrases.FIRST_NO_EFFECT)))
    if material.stale:
        titles = phrases.LIST.get(pen.lang).join(words.get(pen.lang) for words in material.stale)
        blocks.insert(0, Missing(pen.say(phrases.FIRST_STALE, verbs=titles)))
    lead = Markup()
    if 0 < material.total.reviews < material.least:
        lead = pen.say(
            phrases.FIRST_FEW,
            negative=pen.count(material.total.negative, "negative_reviews"),
            total=pen.count(material.total.reviews, "reviews"),
        )
    elif material.total.reviews and not material.total.negative:
        lead = pen.say(phrases.FIRST_NONE, total=pen.count(material.total.reviews, "reviews"))
    elif material.total.reviews:
        share = proportion(material.total.negative, material.total.reviews)
        lead = pen.say(
            phrases.FIRST_SHARE,
            share=pen.share(share, material.total.reviews, "negative_review_share"),
            total=pen.count(material.total.reviews, "reviews"),
        )
    return Section("first", pen.say(phrases.FIRST), lead, tuple(blocks))


def following(material: Material, pen: Pen) -> Section:
    """Write what to do next."""
    found = (
        *_rise(material, pen),
        *newly_bad(material, pen),
        *_reasons(material, pen),
        *_late_sellers(material, pen),
        *_products(material, pen),
        *blamed(material, pen),
        *_category(material, pen),
        *_replies(material, pen),
        *_disagreements(material, pen),
    )
    tasks = (*found, *_imports(material, pen))
    head = pen.say(phrases.NEXT)
    if not tasks:
        return Section("next", head, blocks=(Missing(pen.say(phrases.NEXT_NOTHING)),))
    lead = phrases.NEXT_LEAD if found else phrases.NEXT_LEAD_IMPORTS
    return Section("next", head, pen.say(lead), (Tasks(tasks),))


def _rise(material: Material, pen: Pen) -> Iterator[Task]:
    if material.recent is None:
        return
    now, before = material.recent
    if min(now.reviews, before.reviews) < material.least:
        return
    current = proportion(now.negative, now.reviews)
    earlier = proportion(before.negative, before.reviews)
    if current.low > earlier.high:
        why = pen.say(
            phrases.DO_RISE_WHY,
            start=pen.day(now.start),
            now=pen.share(current, now.reviews, "recent_share"),
            before=pen.share(earlier, before.reviews, "recent_share"),
        )
        yield Task(pen.say(phrases.DO_RISE), why)


def _reasons(material: Material, pen: Pen) -> Iterator[Task]:
    for row in leading(material)[:NAMED]:
        what = phrases.DO_REASONS.get((row["kind"], row["level"]))
        if what is None or row["attributable_share"] < WORTH:
            continue
        low, value, high = (points(row[key]) for key in ("low", "difference", "high"))
        # "More" and a plus sign would say it twice.
        difference = phrases.POINTS.get(pen.lang).format(value=value.lstrip("+"))
        between = phrases.BETWEEN.get(pen.lang).format(low=low, high=high)
        why = pen.say(
            phrases.DO_REASON_WHY,
            reason=reason(row, material, pen.lang),
            difference=pen.link(difference, f"{VERB}:drivers"),
            between=pen.link(between, f"{VERB}:drivers"),
            share=pen.link(percent(row["attributable_share"]), f"{VERB}:attributable_share"),
        )
        overall, listed = (
            _sellers(material, pen) if (row["kind"], row["level"]) == _LATE else ("", ())
        )
        if listed:
            these = pen.say(phrases.DO_SELLERS_THESE, overall=overall)
            why = pen.joined(why, these)
        yield Task(pen.say(what), why, listed)


def _late_sellers(material: Material, pen: Pen) -> Iterator[Task]:
    """Write of late sellers on their own where lateness is no reason already told."""
    told = any((row["kind"], row["level"]) == _LATE for row in leading(material)[:NAMED])
    overall, listed = _sellers(material, pen)
    if listed and not told:
        yield Task(
            pen.say(phrases.DO_SELLERS), pen.say(phrases.DO_SELLERS_THESE, overall=overall), listed
        )


def _sellers(material: Material, pen: Pen) -> tuple[Markup, tuple[Markup, ...]]:
    """Return the late share of all sellers, and those above it of whom it stands among all."""
    late, delivered = material.punctuality
    overall = proportion(late, delivered)
    judged = [group for group in material.sellers if group.delivered >= material.least]
    found = _above(judged, [group.late_share for group in judged], overall.value)
    found.sort(key=lambda group: (-group.late_share.low, group.key))
    listed = tuple(
        pen.say(
            phrases.DO_SELLER,
            seller=seller_name(group, pen),
            share=pen.share(group.late_share, group.delivered, "seller_late_share"),
            total=pen.count(group.delivered, "deliveries"),
        )
        for group in found[:NAMED]
    )
    share = pen.share(overall, delivered, "seller_late_share") if found else Markup()
    return share, listed


def _above(groups: list[Group], shares: list[Interval], whole: float) -> list[Group]:
    """Return the groups whose share is above the whole, of those of which it stands among all."""
    stands = discoveries([interval_p_value(share, against=whole) for share in shares])
    return [
        group
        for group, share, stood in zip(groups, shares, stands, strict=True)
        if stood and share.low > whole
    ]


def _products(material: Material, pen: Pen) -> Iterator[Task]:
    listed = tuple(
        pen.say(
            phrases.DO_PRODUCT,
            product=product_name(group, material, pen),
            part=pen.count(group.negative, "attributed_reviews"),
            whole=pen.count(group.reviews, "attributed_reviews"),
        )
        for group in _surely_bad(material)[:NAMED]
    )
    if listed:
        yield Task(pen.say(phrases.DO_PRODUCTS), pen.say(phrases.DO_PRODUCTS_WHY), listed)


def _surely_bad(material: Material) -> list[Group]:
    """Return the worst products whose bad reviews are more than chance finds among so many products."""
    overall = material.total.negative / max(material.total.reviews, 1)
    chances = [
        float(binom.sf(group.negative - 1, group.reviews, overall)) for group in material.products
    ]
    # Those that are not listed were compared too.
    others = [1.0] * (material.compared - len(chances))
    stands = discoveries([*chances, *others])[: len(chances)]
    sure = {group.key for group, stood in zip(material.products, stands, strict=True) if stood}
    return [group for group in worst(material.products) if group.key in sure]


def _category(material: Material, pen: Pen) -> Iterator[Task]:
    overall = proportion(material.total.negative, material.total.reviews)
    judged = enough(material.categories, material.least)
    for group in _above(judged, [one.share for one in judged], overall.value)[:1]:
        why = pen.say(
            phrases.DO_CATEGORY_WHY,
            share=pen.share(group.share, group.reviews, "attributed_share"),
            total=pen.count(group.reviews, "attributed_reviews"),
            overall=pen.share(overall, material.total.reviews, "negative_review_share"),
        )
        what = pen.say(phrases.DO_CATEGORY, category=pen.name(category_name(group)))
        yield Task(what, why)


def _replies(material: Material, pen: Pen) -> Iterator[Task]:
    if material.unanswered is not None and material.unanswered[0]:
        unanswered, written = material.unanswered
        why = pen.say(
            phrases.DO_REPLY_WHY,
            open=pen.count(unanswered, "unanswered"),
            all=pen.count(written, "unanswered"),
        )
        yield Task(pen.say(phrases.DO_REPLY), why)


def _disagreements(material: Material, pen: Pen) -> Iterator[Task]:
    count = disagreeing(material)
    if count:
        why = pen.say(phrases.DO_READ_WHY, count=pen.count(count, "disagreements"))
        yield Task(pen.say(phrases.DO_READ), why)


def _imports(material: Material, pen: Pen) -> Iterator[Task]:
    answer = material.answers.get("overview")
    if answer is None:
        return
    wanted: dict[Words, list[str]] = {}
    for row in answer.evidence["left_out"].to_pylist():
        if "refund" in row["needs"]:
            source = phrases.REFUNDS
        else:
            source = phrases.SOURCES[row["needs"].split(".")[0].split("|")[0]]
        wanted.setdefault(source, []).append(METRICS[row["metric"]].title.get(pen.lang))
    # Without reviews nothing here can say what is wrong, so they come first.
    ranked = sorted(wanted.items(), key=lambda item: item[0] is not phrases.SOURCES["reviews"])
    for source, metrics in ranked:
        why = pen.say(phrases.DO_IMPORT_WHY, metrics=phrases.LIST.get(pen.lang).join(metrics))
        yield Task(pen.say(phrases.DO_IMPORT, what=source.get(pen.lang)), why)
