"""From reviews to the answer of `review_sentiment`: one row a review, and how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.operations.reviews import evidence
from shopkeeper.operations.reviews.choice import MethodName, curve_of, method_named
from shopkeeper.operations.reviews.features import (
    PROBABILITIES,
    SENTIMENT_COLUMNS,
    review_rows,
)
from shopkeeper.operations.reviews.learning import Learned, Split, learn, split_rows
from shopkeeper.operations.reviews.phrases import DEFINITIONS, TITLE, limits, sentences
from shopkeeper.operations.reviews.pictures import shares_chart

_PLACE = ("reviewed_at", "text", "rating", "label", "review_id")
NEEDED = 50
"""Different labelled texts from which on a text model is learned."""


@dataclass(frozen=True)
class Plan:
    """What was asked of the reading."""

    method: MethodName
    encoder: str
    accuracy: float
    seed: int


def read_reviews(shop: Shop) -> pa.Table:
    """Return every review as an Arrow table, with `target`: its label, else the class of its stars.

    In the order of what they say: seeds deal by place, and a review's name must not decide its place.
    """
    rows = review_rows(shop).to_pyarrow()
    rows = rows.append_column("target", pc.coalesce(rows["label"], rows["stars"]))
    return rows.sort_by([(name, "ascending") for name in _PLACE])


def answer(shop: Shop, reviews: pa.Table, plan: Plan) -> Answer:
    """Return the answer; by the stars alone where there are too few labelled texts."""
    rows = reviews.filter(pc.is_valid(reviews["text"]))
    least = shop.settings.minimum_count
    split = split_rows(rows, seed=plan.seed, max_rows=shop.settings.max_fit_rows, minimum=least)
    if split.distinct < NEEDED:
        table = _table(reviews, rows, None)
        return _compose(shop, reviews, table, {}, plan, split, "stars")
    method: MethodName = plan.method if split.classes > 1 else "majority"
    learned = _learn(rows, split, method, plan, least)
    found: dict[str, Sequence[evidence.Row]] = _evidence(rows, split, learned, method, plan, least)
    return _compose(shop, reviews, _table(reviews, rows, learned), found, plan, split, method)


def _learn(rows: pa.Table, split: Split, method: MethodName, plan: Plan, least: int) -> Learned:
    return learn(
        rows,
        split,
        lambda: method_named(method, encoder=plan.encoder, seed=plan.seed),
        seed=plan.seed,
        accuracy=plan.accuracy,
        minimum=least,
    )


def _evidence(
    rows: pa.Table, split: Split, learned: Learned, method: MethodName, plan: Plan, least: int
) -> dict[str, Sequence[evidence.Row]]:
    shown = {method: learned}
    if method != "majority":
        shown["majority"] = _learn(rows, split, "majority", plan, least)
    quality: list[evidence.Row] = []
    classes: list[evidence.Row] = []
    for name, one in shown.items():
        quality += evidence.quality_rows(name, one, split, seed=plan.seed)
        classes += evidence.class_rows(name, one, split, seed=plan.seed)
    disagreements = evidence.disagreement_rows(rows, learned) if method != "majority" else []
    return {
        "quality": quality,
        "classes": classes,
        "calibration": evidence.calibration_rows(learned, split),
        "disagreements": disagreements[: evidence.DISAGREEMENTS],
        "words": evidence.word_rows(rows, learned, split) if method != "majority" else [],
        "speed": evidence.speed_rows(method, learned, seed=plan.seed),
        "parts": _parts(split, learned, len(disagreements)),
        "fitted": _fitted(learned),
        "cascade": curve_of(learned.model),
    }


def _parts(split: Split, learned: Learned, disagreements: int) -> list[evidence.Row]:
    counts = {
        "taught": int(split.teaches.sum()),
        "held_out": int(split.examines.sum()),
        "labelled": int((split.codes >= 0).sum()),
        "distinct": split.distinct,
        "abstained": int(learned.abstained.sum()),
        "disagreeing": disagreements,
    }
    return [{"part": part, "reviews": count} for part, count in counts.items()]


def _fitted(learned: Learned) -> list[evidence.Row]:
    rows: list[evidence.Row] = [{"name": "temperature", "value": learned.temperature}]
    if learned.threshold is not None:
        rows.append({"name": "threshold", "value": learned.threshold})
    return rows


def _compose(
    shop: Shop,
    reviews: pa.Table,
    table: pa.Table,
    found: dict[str, Sequence[evidence.Row]],
    plan: Plan,
    split: Split,
    method: str,
) -> Answer:
    origins = table["origin"].to_pylist()
    counts = {
        "reviews": len(origins),
        "with_text": len(split.codes),
        **{f"by_{name}": origins.count(name) for name in ("text", "label", "stars")},
        "without_sentiment": origins.count(None),
    }
    parts = [{"part": part, "reviews": count} for part, count in counts.items()]
    parts += found.get("parts", [{"part": "distinct", "reviews": split.distinct}])
    months = reviews["month"].to_pylist()
    shares = evidence.share_rows(table, months, least=shop.settings.minimum_count)
    tables = evidence.as_tables({**found, "parts": parts, "shares": shares})
    return Answer(
        verb="review_sentiment",
        title=TITLE,
        table=table.sort_by("review_id"),
        method=method,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(tables, method, least=shop.settings.minimum_count)),
        evidence=tables,
        limits=tuple(limits(tables, split, plan.method, method, plan.accuracy, NEEDED)),
        definitions=DEFINITIONS,
        chart=shares_chart(shares),
    )


def _table(reviews: pa.Table, rows: pa.Table, learned: Learned | None) -> pa.Table:
    read = pa.nulls(reviews.num_rows, pa.string())
    columns: dict[str, Any] = {
        "review_id": reviews["review_id"],
        "rating": reviews["rating"],
        "abstained": pa.nulls(reviews.num_rows, pa.bool_()),
        **{name: pa.nulls(reviews.num_rows, pa.float64()) for name in PROBABILITIES},
    }
    if learned is not None:
        at = np.flatnonzero(pc.is_valid(reviews["text"]).to_numpy())
        place = np.full(reviews.num_rows, -1)
        place[at] = np.arange(rows.num_rows)
        index = pa.array(place, mask=place < 0)
        read = pa.array(np.array(SENTIMENTS)[learned.codes]).take(index)
        columns["abstained"] = pa.array(learned.abstained).take(index)
        for number, name in enumerate(PROBABILITIES):
            columns[name] = pa.array(learned.probabilities[:, number]).take(index)
    columns["read"] = read
    # What the shop or the customer said goes before what the text is read as; a guess says nothing.
    sure = pc.if_else(pc.fill_null(columns["abstained"], False), None, read)
    said = {"label": reviews["label"], "stars": reviews["stars"], "text": sure}
    columns["sentiment"] = pc.coalesce(*said.values())
    present = pc.make_struct(*(pc.is_valid(column) for column in said.values()))
    columns["origin"] = pc.case_when(present, *said)
    return pa.table({name: columns[name] for name in SENTIMENT_COLUMNS.names}).cast(
        SENTIMENT_COLUMNS
    )
