"""From a shop to the answer of `segment`: one row a segment, and who belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.operations.behaviour.vocabulary import category_words
from shopkeeper.operations.segments.base import Base, read_base
from shopkeeper.operations.segments.counts import read_habits
from shopkeeper.operations.segments.grouping.describing import (
    migration_rows,
    overlap_rows,
    segment_rows,
    stability_rows,
    told_segments,
    traits_of,
)
from shopkeeper.operations.segments.grouping.picture import chart
from shopkeeper.operations.segments.grouping.sentences import (
    DEFINITIONS,
    TITLE,
    limits,
    sentences,
)
from shopkeeper.operations.segments.grouping.taste import by_taste
from shopkeeper.operations.segments.grouping.ways import Way, by_behaviour, by_rfm, told_cuts
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.left_out import left_out

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Method = Literal["rfm", "behaviour", "embedding"]
Row = dict[str, Any]
_TEXT, _WHOLE, _REAL = pa.string(), pa.int64(), pa.float64()
SEGMENTS = pa.schema(
    [("segment", _TEXT), ("name_en", _TEXT), ("name_zh", _TEXT), ("customers", _WHOLE)]
    + [(name, _REAL) for name in ("share", "share_low", "share_high")]
    + [("reachable", _WHOLE)]
    + [
        (name, _REAL)
        for name in (
            "purchases",
            "days_since",
            "value_so_far",
            "value_so_far_low",
            "value_so_far_high",
            "value_share",
        )
    ]
    + [("currency", _TEXT), ("rule_en", _TEXT), ("rule_zh", _TEXT)]
    + [(f"{name}{end}", _REAL) for name in ("precision", "recall") for end in ("", "_low", "_high")]
    + [("stability", _REAL), ("stable", pa.bool_())]
)
MEMBERS = pa.schema(
    [("segment_set", _TEXT), ("segment", _TEXT), ("customer_id", _TEXT), ("accepts_marketing", pa.bool_())]
    + [(name, _WHOLE) for name in ("recency", "frequency", "monetary")]
    + [("p", _REAL)]
)  # fmt: skip
EVIDENCE = {
    "members": MEMBERS,
    "stability": pa.schema(
        [("segment", _TEXT), ("draws", _WHOLE), ("stability", _REAL), ("low", _REAL), ("high", _REAL)]
    ),
    "migration": pa.schema(
        [("month", pa.date32()), ("from", _TEXT), ("to", _TEXT), ("customers", _WHOLE), ("share", _REAL)]
    ),
    "cuts": pa.schema(
        [("measure", _TEXT), ("score", _WHOLE), ("customers", _WHOLE), ("from", _REAL), ("to", _REAL)]
    ),
    "choices": pa.schema(
        [("segments", _WHOLE), ("criterion", _TEXT), ("value", _REAL), ("chosen", pa.bool_())]
    ),
    "habits": pa.schema(
        [("segment", _TEXT), ("habit", _TEXT), ("label_en", _TEXT), ("label_zh", _TEXT),
         ("share", _REAL), ("usual", _REAL)]
    ),
    "overlap": pa.schema(
        [("segment", _TEXT), ("other", _TEXT), ("other_name_en", _TEXT), ("other_name_zh", _TEXT),
         ("customers", _WHOLE), ("share", _REAL), ("jaccard", _REAL)]
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked of the segments."""

    method: Method
    segments: int
    currency: str
    opted_out: frozenset[str]
    least: int
    seed: int

    @property
    def fewest(self) -> int:
        """Customers of a group at least, for anything of it to be told."""
        return max(LEAST, self.least)


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Return the answer; None where nobody has bought in the currency."""
    base = read_base(shop, plan.currency, plan.opted_out)
    return None if base is None else answer_of(shop, base, plan)


def with_kept(shop: Shop, plan: Plan, made: Answer) -> Answer:
    """Return an answer with the members of the ways that the shop keeps beside its own."""
    tables = [made.evidence["members"]]
    for kind in shop.settings.kept_segments:
        method: Method = "behaviour" if kind == "behaviour" else "embedding"
        further = answer(shop, replace(plan, method=method, segments=0))
        if method != plan.method and further is not None:
            tables.append(further.evidence["members"])
    return replace(made, evidence=made.evidence | {"members": pa.concat_tables(tables)})


def grouped(shop: Shop, base: Base, plan: Plan) -> Way:
    """Group the customers of a shop."""
    match plan.method:
        case "rfm":
            return by_rfm(base)
        case "behaviour":
            habits = read_habits(shop, base, own_topics(shop))
            return by_behaviour(
                base, habits, category_words(shop), wanted=plan.segments, seed=plan.seed
            )
        case "embedding":
            return by_taste(shop, base, wanted=plan.segments, seed=plan.seed)


def own_topics(shop: Shop) -> pa.Table | None:
    """Return the topics of customers' own reviews, where they were stored; None otherwise."""
    stored = shop.answer("review_topics")
    if stored is None or "texts" not in stored.evidence or "topic" not in stored.table.column_names:
        return None
    from shopkeeper.operations.segments.traits import own_reviews

    names = dict(
        zip(stored.table["topic"].to_pylist(), stored.table["name"].to_pylist(), strict=True)
    )
    topic = dict(
        zip(*(stored.evidence["texts"][name].to_pylist() for name in ("id", "topic")), strict=True)
    )
    rows = [
        row | {"block": "topic", "label": names.get(topic.get(row["review_id"])), "n": 1}
        for row in own_reviews(shop).to_pyarrow().to_pylist()
    ]
    return pa.Table.from_pylist(
        [row for row in rows if row["label"] and row["customer_id"] and row["on"]],
        schema=pa.schema(
            [
                ("customer_id", _TEXT),
                ("on", pa.date32()),
                ("block", _TEXT),
                ("label", _TEXT),
                ("n", _WHOLE),
            ]
        ),
    )


def answer_of(shop: Shop, base: Base, plan: Plan) -> Answer:
    """Return the answer for customers who were read already."""
    way = grouped(shop, base, plan)
    habits = None if plan.method == "rfm" else read_habits(shop, base, None)
    rows = segment_rows(base, way, traits_of(base, habits), plan.fewest, category_words(shop))
    told = told_segments(way, plan.fewest)
    stability = stability_rows(base, way, told, plan.seed)
    for row in rows:
        found = next((one for one in stability if one["segment"] == row["segment"]), None)
        row["currency"] = base.currency
        if found:
            row |= {"stability": found["stability"], "stable": found["stability"] >= 0.75}
    migration = migration_rows(base, way, told, plan.fewest)
    evidence: dict[str, list[Row]] = {
        "stability": stability,
        "migration": migration,
        **{name: _told(part, told) for name, part in way.evidence.items()},
        "cuts": told_cuts(way, plan.fewest),
        "overlap": overlap_rows(way, by_rfm(base), told, plan.fewest)
        if plan.method != "rfm"
        else [],
    }
    tables = {
        name: pa.Table.from_pylist(evidence.get(name, []), schema=schema)
        for name, schema in EVIDENCE.items()
        if name != "members" and (evidence.get(name) or name in ("stability", "migration"))
    }
    choices = evidence.get("choices", [])
    hidden = sum(
        row["customers"] is None and (way.codes == at).any() for at, row in enumerate(rows)
    )
    shown = [row for at, row in enumerate(rows) if (way.codes == at).any()]
    return Answer(
        verb="segment",
        title=TITLE,
        table=pa.Table.from_pylist(shown, schema=SEGMENTS),
        method=plan.method,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(plan.method, rows, choices, migration, base.currency)),
        evidence={**tables, "members": member_table(base, way, plan.method, told)},
        limits=(
            *limits(plan.method, plan.fewest, int(hidden)),
            *left_out(shop, plan.opted_out, base.others, base.stray),
        ),
        definitions=DEFINITIONS,
        chart=chart(way, migration, plan.fewest),
    )


def _told(rows: Sequence[Row], told: Sequence[str]) -> list[Row]:
    """Leave out what is said of segments that are not told."""
    return [row for row in rows if "segment" not in row or row["segment"] in told]


def member_table(base: Base, way: Way, name: str, told: Sequence[str]) -> pa.Table:
    """Return who belongs to which segment, by name of the customer; segments that are not told are left out."""
    kept = np.flatnonzero(np.isin(way.codes, [way.ids.index(one) for one in told]))
    names = np.array(way.ids, dtype=object)[way.codes[kept]]
    agreed = base.accepts[kept]
    scores = [None] * 3 if way.scores is None else list(way.scores[kept].T)
    columns = {
        "segment_set": pa.array([name] * len(kept), _TEXT),
        "segment": pa.array(names, _TEXT),
        "customer_id": base.ids.take(pa.array(kept)).cast(_TEXT),
        "accepts_marketing": pa.array(agreed == 1, mask=agreed < 0),
        **{
            score: pa.nulls(len(kept), _WHOLE) if values is None else pa.array(values)
            for score, values in zip(("recency", "frequency", "monetary"), scores, strict=True)
        },
        "p": pa.nulls(len(kept), _REAL) if way.sure is None else pa.array(way.sure[kept]),
    }
    return pa.table(columns, schema=MEMBERS).sort_by("customer_id")
