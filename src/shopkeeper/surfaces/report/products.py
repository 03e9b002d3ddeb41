"""Section by product: the worst, with what customers wrote."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.blocks import Case, Cases, Missing, Quote, Section
from shopkeeper.surfaces.report.material import Material, worst
from shopkeeper.surfaces.report.names import product_name
from shopkeeper.surfaces.report.pen import Pen
from shopkeeper.surfaces.report.queries import Group

QUOTED = 3


def products(material: Material, pen: Pen) -> Section:
    """Write the section by product."""
    head = pen.say(phrases.PRODUCT)
    listed = worst(material.products)
    if not listed:
        reason = phrases.PRODUCT_NONE if material.categories else phrases.PRODUCT_MISSING
        return Section("product", head, blocks=(Missing(pen.say(reason)),))
    cases = tuple(_case(group, material, pen) for group in listed)
    return Section("product", head, pen.say(phrases.PRODUCT_LEAD), (Cases(cases),))


def quote(row: dict[str, Any], pen: Pen) -> Quote:
    """Return a review as a quotation with its stars and its day."""
    parts = []
    if row["rating"] is not None:
        parts.append(_stars(row["rating"], pen))
    if row["on"] is not None:
        parts.append(pen.day(row["on"]))
    return Quote(pen.quote(row["text"]), Markup(" · ").join(parts))


def _case(group: Group, material: Material, pen: Pen) -> Case:
    share = Markup()
    if group.reviews >= material.least:
        written = pen.share(group.share, group.reviews, "attributed_share")
        share = pen.say(phrases.PRODUCT_SHARE, share=written)
    detail = pen.say(
        phrases.PRODUCT_COUNTS,
        negative=pen.count(group.negative, "attributed_reviews"),
        total=pen.count(group.reviews, "attributed_reviews"),
        share=share,
    )
    found = material.quotes.get(group.key, [])[:QUOTED]
    quoted = tuple(quote(row, pen) for row in found)
    if not quoted:
        stop = Markup("。") if pen.lang == "zh" else Markup(". ")
        detail = detail + stop + pen.say(phrases.PRODUCT_NO_TEXT)
    return Case(product_name(group, material, pen), detail, quoted)


def _stars(rating: float, pen: Pen) -> Markup:
    full = min(5, max(0, round(rating)))
    return Markup('<span class="stars" role="img" aria-label="{}">{}</span>').format(
        pen.say(phrases.STARS, stars=f"{rating:g}"), "★" * full + "☆" * (5 - full)
    )
