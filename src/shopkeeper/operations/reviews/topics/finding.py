"""From texts to the answer of `review_topics`: one row a topic, what is new first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.intervals import proportion
from shopkeeper.language.spaces import Floats
from shopkeeper.language.tongue import languages
from shopkeeper.operations.reviews.topics import products, trend
from shopkeeper.operations.reviews.topics.grouping import Group, How, Method, group_texts
from shopkeeper.operations.reviews.topics.picture import weeks_chart
from shopkeeper.operations.reviews.topics.rows import (
    EVIDENCE,
    TOPIC_COLUMNS,
    Source,
    product_titles,
    text_rows,
)
from shopkeeper.operations.reviews.topics.sentences import DEFINITIONS, TITLES, limits, sentences

Row = dict[str, Any]
QUOTE = 300
_PLACE = ("text", "on", "sentiment", "product_id", "id")
_QUOTED = (12, 160)
_LOOKED_AT = 40
NEW_P, NEW_RATIO = 0.01, 5
"""A topic is new when chance gives so many texts in the last week less often, and its share is
so many times that of before."""

CHANGED_P = 0.05


@dataclass(frozen=True)
class Plan:
    """What was asked of the topics."""

    source: Source
    method: Method
    encoder: str
    topics: int
    least: int
    seed: int


@dataclass(frozen=True)
class Texts:
    """Texts of a shop as columns; `week` is its first day's number, −1 without a day."""

    ids: list[str]
    texts: list[str]
    languages: list[str]
    week: NDArray[np.int64]
    products: list[str | None]
    sentiments: list[str | None]
    read: int


def read_texts(shop: Shop, source: Source) -> Texts:
    """Read every text of a source that is not blank, in the order of what they say.

    Sums of vectors and which of two equal texts is read go by place; a name must not decide it.
    """
    rows = text_rows(shop, source).to_pyarrow()
    kept = rows.filter(pc.is_valid(rows["text"]))
    kept = kept.sort_by([(name, "ascending") for name in _PLACE])
    texts = kept["text"].to_pylist()
    return Texts(
        kept["id"].to_pylist(),
        texts,
        languages(texts, settle=True),
        _weeks(kept["on"].to_pylist()),
        kept["product_id"].to_pylist(),
        kept["sentiment"].to_pylist(),
        rows.num_rows,
    )


def answer(shop: Shop, texts: Texts, plan: Plan) -> Answer:
    """Return the answer."""
    last = int(texts.week.max(initial=-1))
    fresh = (texts.week == last) & (last >= 0)
    how = How(plan.method, plan.encoder, plan.topics, plan.least, shop.path / "vectors")
    groups = group_texts(texts.texts, texts.languages, fresh, how)
    codes, similarity, names = _joined(groups, len(texts.ids))
    rows = _topic_rows(texts, codes, similarity, names, plan)
    order = sorted(range(len(rows)), key=lambda n: (not rows[n]["new"], -rows[n]["texts"], n))
    place = np.append(np.argsort(order), -1).astype(np.int64)
    codes = place[codes]
    table = [rows[old] | {"topic": new + 1} for new, old in enumerate(order)]
    names = [names[old] for old in order]
    evidence = _evidence(shop, texts, codes, similarity, names, plan)
    evidence["parts"] = _part_rows(texts, codes)
    evidence["fitted"] = _fitted_rows(groups)
    for row in table:
        row["products"] = sum(found["topic"] == row["topic"] for found in evidence["products"])
    tables = {
        name: pa.Table.from_pylist(evidence[name], schema=EVIDENCE[name]) for name in EVIDENCE
    }
    tables["texts"] = tables["texts"].sort_by("id")
    made = pa.Table.from_pylist(table, schema=TOPIC_COLUMNS)
    methods = sorted({group.method for group in groups}, reverse=True)
    return Answer(
        verb="review_topics",
        title=TITLES[plan.source],
        table=made,
        method=" + ".join(methods) or plan.method,
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(made, tables, plan.source)),
        evidence=tables,
        limits=tuple(limits(made, tables, plan.least)),
        definitions=DEFINITIONS,
        chart=weeks_chart(made, tables["weeks"]),
    )


def _joined(
    groups: list[Group], count: int
) -> tuple[NDArray[np.int64], Floats, list[tuple[Group, int]]]:
    """Return topics numbered through all languages, and which of which language each is."""
    codes, similarity = np.full(count, -1, np.int64), np.zeros(count, np.float32)
    names: list[tuple[Group, int]] = []
    for group in groups:
        number = len(group.terms)
        codes[group.at] = np.where(group.codes >= 0, group.codes + len(names), -1)
        similarity[group.at] = group.similarity
        names += [(group, topic) for topic in range(number)]
    return codes, similarity, names


def _topic_rows(
    texts: Texts,
    codes: NDArray[np.int64],
    similarity: Floats,
    names: list[tuple[Group, int]],
    plan: Plan,
) -> list[Row]:
    weeks, totals = _weekly(texts, np.ones(len(codes), bool))
    counts = [_weekly(texts, codes == n)[1] for n in range(len(names))]
    changes = [trend.change_point(one, totals, seed=plan.seed) for one in counts]
    p_change = trend.holm(np.array([change.p for change in changes]))
    p_new = trend.holm(
        np.array([trend.newness(one, totals) if len(totals) > 1 else math.nan for one in counts])
    )
    rows = []
    for topic, (group, own) in enumerate(names):
        at = np.flatnonzero(codes == topic)
        row = {
            "topic": topic + 1,
            "name": topic_name(group, own),
            "language": group.language,
            "texts": len(at),
            "share": len(at) / len(codes),
            **_newest(counts[topic], totals, float(p_new[topic]), plan.least),
            **_changed(changes[topic], float(p_change[topic]), weeks, plan.least, totals),
            **_negative([texts.sentiments[n] for n in at.tolist()], plan.least),
            **_quote(texts, at, similarity, [term.term for term in group.terms[own]]),
        }
        rows.append(row)
    return rows


def topic_name(group: Group, topic: int) -> str:
    """Return the three most telling terms of a topic, in its own language."""
    gap = "、" if group.language in ("zh", "ja") else ", "
    return gap.join(term.term for term in group.terms[topic][:3]) or "…"


def _weekly(texts: Texts, mask: NDArray[np.bool_]) -> tuple[list[date], NDArray[np.int64]]:
    """Return every week from the first to the last, and the texts of each that the mask holds."""
    dated = texts.week >= 0
    if not dated.any():
        return [], np.zeros(0, np.int64)
    first, last = int(texts.week[dated].min()), int(texts.week.max())
    number = (texts.week[dated & mask] - first) // 7
    weeks = [date.fromordinal(first + 7 * n) for n in range((last - first) // 7 + 1)]
    return weeks, np.bincount(number, minlength=len(weeks)).astype(np.int64)


def _newest(counts: NDArray[np.int64], totals: NDArray[np.int64], p: float, least: int) -> Row:
    if not len(totals):
        return {"new": False}
    now, before = int(counts[-1]), int(counts[:-1].sum())
    share_now = now / totals[-1] if totals[-1] >= least else None
    share_before = before / totals[:-1].sum() if totals[:-1].sum() >= least else None
    new = share_now is not None and share_before is not None and p < NEW_P
    return {
        "texts_this_week": now,
        "share_this_week": share_now,
        "share_before": share_before,
        "p_new": None if math.isnan(p) else p,
        "new": bool(new and (share_now or 0) >= NEW_RATIO * (share_before or 0)),
    }


def _changed(
    change: trend.Change, p: float, weeks: list[date], least: int, totals: NDArray[np.int64]
) -> Row:
    if change.week < 0:
        return {}
    cut = change.week
    enough = min(totals[:cut].sum(), totals[cut:].sum()) >= least
    if p >= CHANGED_P or not enough:
        return {"p_change": p}
    shares = {"share_until": change.before, "share_since": change.after}
    return {"changed_in": weeks[cut], "p_change": p, **shares}


def _negative(sentiments: list[str | None], least: int) -> Row:
    known = [one for one in sentiments if one is not None]
    if len(known) < least:
        return {}
    share = proportion(known.count("negative"), len(known))
    return {"negative_share": share.value, "negative_low": share.low, "negative_high": share.high}


def _quote(texts: Texts, at: NDArray[np.intp], similarity: Floats, terms: list[str]) -> Row:
    """Return the text nearest to the topic's centre, verbatim; a readable one with a term first."""
    near = at[np.argsort(-similarity[at], kind="stable")][:_LOOKED_AT].tolist()
    if not near:
        return {"quote": None, "quote_id": None}

    def rank(place: int) -> tuple[bool, bool]:
        text = texts.texts[place]
        low, high = _QUOTED
        lowered = text.lower()
        return not low <= len(text) <= high, not any(term in lowered for term in terms[:3])

    best = min(near, key=rank)
    return {"quote": texts.texts[best][:QUOTE], "quote_id": texts.ids[best]}


def _evidence(
    shop: Shop,
    texts: Texts,
    codes: NDArray[np.int64],
    similarity: Floats,
    names: list[tuple[Group, int]],
    plan: Plan,
) -> dict[str, list[Row]]:
    titles = product_titles(shop).to_pyarrow()
    title_of = dict(zip(titles["product_id"].to_pylist(), titles["title"].to_pylist(), strict=True))
    found = products.affected(texts.products, codes, len(names), least=plan.least)
    return {
        "texts": [
            {"id": one, "topic": code + 1 if code >= 0 else None, "similarity": round(cosine, 4)}
            for one, code, cosine in zip(
                texts.ids, codes.tolist(), similarity.tolist(), strict=True
            )
        ],
        "weeks": list(_week_rows(texts, codes, len(names), plan.least)),
        "words": [
            {"topic": n + 1, "rank": rank, "words": term.term}
            | {"weight": term.weight, "share": term.share}
            for n, (group, own) in enumerate(names)
            for rank, term in enumerate(group.terms[own], start=1)
        ],
        "products": [row | {"title": title_of.get(row["product_id"])} for row in found],
    }


def _week_rows(texts: Texts, codes: NDArray[np.int64], topics: int, least: int) -> Iterator[Row]:
    weeks, totals = _weekly(texts, np.ones(len(codes), bool))
    for topic in range(topics):
        counts = _weekly(texts, codes == topic)[1]
        for week, count, total in zip(weeks, counts.tolist(), totals.tolist(), strict=True):
            share = count / total if total >= least else None
            yield {
                "topic": topic + 1,
                "week": week,
                "texts": count,
                "all_texts": total,
                "share": share,
            }


def _part_rows(texts: Texts, codes: NDArray[np.int64]) -> list[Row]:
    parts = {
        "rows": texts.read,
        "with_text": len(texts.ids),
        "in_a_topic": int((codes >= 0).sum()),
        "without_topic": int((codes < 0).sum()),
        "dated": int((texts.week >= 0).sum()),
        "with_product": sum(one is not None for one in texts.products),
        "with_sentiment": sum(one is not None for one in texts.sentiments),
    }
    return [{"part": name, "texts": count} for name, count in parts.items()]


def _fitted_rows(groups: list[Group]) -> list[Row]:
    return [
        {
            "language": group.language,
            "method": group.method,
            "texts": len(group.at),
            "sampled": group.sampled,
            "topics": len(group.terms),
        }
        for group in groups
    ]


def _weeks(days: list[date | None]) -> NDArray[np.int64]:
    """Return the first day of each text's week; weeks are counted back from the newest day."""
    numbers = np.array([-1 if day is None else day.toordinal() for day in days], np.int64)
    newest = numbers.max(initial=-1)
    return np.where(numbers < 0, -1, newest - (newest - numbers) // 7 * 7 - 6)
