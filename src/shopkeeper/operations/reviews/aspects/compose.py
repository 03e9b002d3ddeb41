"""From reviews to the answer of `review_aspects`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.language.aspects import AspectFinder
from shopkeeper.language.taxonomy import with_own
from shopkeeper.operations.reviews.aspects import evidence
from shopkeeper.operations.reviews.aspects.picture import aspects_chart
from shopkeeper.operations.reviews.aspects.reading import Reading, read
from shopkeeper.operations.reviews.aspects.rows import FIELDS, read_rows
from shopkeeper.operations.reviews.aspects.sentences import TITLE, limits, meanings, sentences


@dataclass(frozen=True)
class Plan:
    """What was asked."""

    method: Literal["words", "learned"]
    least: int
    seed: int


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Return the answer; None when no review has a text."""
    reviews = read_rows(shop)
    with_text = _with_text(reviews)
    if not with_text:
        return None
    finder = AspectFinder(with_own(shop.settings.aspects))
    reading = read(
        reviews,
        finder,
        learns=plan.method == "learned",
        seed=plan.seed,
        max_rows=shop.settings.max_fit_rows,
    )
    table = evidence.mention_table(reviews, reading)
    found = _evidence(reviews, table, reading, finder, plan, with_text)
    return Answer(
        verb="review_aspects",
        title=TITLE,
        table=table.sort_by("review_id"),
        method="learned" if reading.learned else "words",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(found, least=plan.least)),
        evidence={
            name: pa.Table.from_pylist(list(found[name]), schema=schema)
            for name, schema in evidence.SCHEMAS.items()
        },
        limits=tuple(limits(reading, asked=plan.method)),
        definitions=meanings(finder.aspects),
        chart=aspects_chart(found["aspects"], least=plan.least),
    )


def _with_text(reviews: pa.Table) -> int:
    columns = (reviews[name].to_pylist() for name in FIELDS)
    texts = zip(*columns, strict=True)
    return sum(any(text and text.strip() for text in both) for both in texts)


def _evidence(
    reviews: pa.Table,
    table: pa.Table,
    reading: Reading,
    finder: AspectFinder,
    plan: Plan,
    with_text: int,
) -> dict[str, Sequence[evidence.Row]]:
    said = evidence.gather(reviews, table)
    mentions = Counter(table["aspect"].to_pylist())
    parts = {
        "reviews": reviews.num_rows,
        "with_text": with_text,
        "with_aspect": len(set(table["review_id"].to_pylist())),
        "clauses": len(reading.clauses.quotes),
        "mentions": table.num_rows,
        "single_clause": len(reading.single),
    }
    return {
        "aspects": evidence.aspect_table(
            said, mentions, finder.aspects, with_text=with_text, least=plan.least
        ),
        "products": evidence.product_rows(said, least=plan.least),
        "months": evidence.month_rows(said, least=plan.least),
        "stars": evidence.star_rows(said, least=plan.least),
        "together": evidence.together_rows(said, least=plan.least),
        "quotes": evidence.quote_rows(table, said),
        "quality": evidence.quality_rows(reviews, reading, seed=plan.seed),
        "parts": [{"part": part, "count": count} for part, count in parts.items()],
    }
