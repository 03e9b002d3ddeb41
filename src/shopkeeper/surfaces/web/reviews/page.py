"""The page of reviews and the page of one review, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from markupsafe import Markup, escape

from shopkeeper.answer import Answer
from shopkeeper.surfaces.asking.desk import Desk, View
from shopkeeper.surfaces.report.pen import excerpt, percent, short_id, visible
from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.cells import told
from shopkeeper.surfaces.web.frame import Reader, query_string
from shopkeeper.surfaces.web.pictures import Pictures
from shopkeeper.surfaces.web.reviews.queries import (
    PAGE_ROWS,
    SENTIMENTS,
    Read,
    Wanted,
    counted,
    fitting,
    spans,
    wanted,
)

_MOST_BARS, _LONGEST = 10, 420
_MOST_ROWS = 100_000
"""Rows of a download; a narrower filter gives the rest."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One aspect or topic: its name, where it leads, the pieces of its bar, what stands beside it."""

    name: str
    address: str
    pieces: tuple[tuple[str, float, float], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """One review as a list shows it."""

    number: str
    address: str
    title: str
    text: Markup
    sentiment: str
    said: str
    stars: str
    on: str
    product: str
    product_address: str


def read_of(desk: Desk) -> Read:
    """Return what was read of the reviews and is stored."""
    return Read(_stored(desk, "review_aspects"), _stored(desk, "review_topics"))


def context(desk: Desk, view: View, reader: Reader, pictures: Pictures) -> dict[str, Any]:
    """Return what the template of the page shows; called in the kitchen's thread."""
    shop, lang = view.shop, reader.lang
    if not shop.has("reviews"):
        need = BY_NAME["review_sentiment"].needs[0]
        return {"active": "/reviews", "missing": need.enable.get(lang)}
    want, read = wanted(reader.asked), read_of(desk)
    table = fitting(shop, want, read)
    counts = counted(table)
    pages = max(1, -(-counts["total"] // PAGE_ROWS))
    want = replace(want, page=min(want.page, pages))
    rows = table.limit(PAGE_ROWS, offset=(want.page - 1) * PAGE_ROWS).to_pyarrow().to_pylist()
    judged = _stored(desk, "review_sentiment")
    return {
        "active": "/reviews",
        "missing": "",
        "want": want,
        "is_filtered": any(reader.asked.get(name) for name in reader.asked if name != "page"),
        "sentences": [told(words, lang) for words in judged.summary[1:2]] if judged else [],
        "unread": [
            (f"/verbs/{name.replace('_', '-')}", BY_NAME[name].title.get(lang))
            for name in ("review_sentiment", "review_aspects", "review_topics")
            if _stored(desk, name) is None
        ],
        "sureness": [told(words, lang) for words in judged.summary[2:4]] if judged else [],
        "aspects": _aspect_bars(read.aspects, lang),
        "topics": _topic_bars(read.topics, lang),
        "drawn": _drawn(judged, reader, pictures),
        "choices": _choices(read, lang),
        "found": _found(counts, lang),
        "items": _items(rows, read, lang),
        "earlier": reader.address(page=want.page - 1) + "#list" if want.page > 1 else "",
        "later": reader.address(page=want.page + 1) + "#list" if want.page < pages else "",
        "shown": _shown(want, counts["total"], lang),
        "files": query_string("", {**reader.asked, "page": None, "lang": lang}),
    }


def review_context(desk: Desk, view: View, reader: Reader, number: str) -> dict[str, Any] | None:
    """Return what the template of one review shows; None where there is no such review."""
    shop, lang = view.shop, reader.lang
    if not shop.has("reviews"):
        return None
    read = read_of(desk)
    table = fitting(shop, Wanted(), read)
    rows = table.filter(table.review_id == number).limit(1).to_pyarrow().to_pylist()
    if not rows:
        return None
    row, found = rows[0], spans(read, [number]).get(number, [])
    names = _aspect_names(read.aspects, lang)
    origin = phrases.ORIGINS.get(row["origin"] or "")
    return {
        "active": "/reviews",
        "number": visible(number),
        "title": marked(row["title"], [one for one in found if one["field"] == "title"], names),
        "text": marked(row["text"], [one for one in found if one["field"] == "text"], names),
        "sentiment": row["sentiment"] or "",
        "said": _sentiment(row["sentiment"], lang),
        "origin": origin.get(lang) if origin else "",
        "stars": _stars(row["rating"], lang),
        "on": row["on"].isoformat() if row["on"] else "",
        "product": visible(row["product"] or row["product_id"] or ""),
        "product_address": _product(row["product_id"]),
        "reply": row["reply"] or "",
        "aspects": [
            (
                names.get(one["aspect"], one["aspect"]),
                one["polarity"],
                phrases.SENTIMENTS[one["polarity"]].get(lang),
                visible(one["quote"]),
                query_string("/reviews", {"aspect": one["aspect"], "said": one["polarity"]})
                + "#list",
            )
            for one in found
        ],
    }


def download(desk: Desk, view: View, reader: Reader) -> pa.Table:
    """Return the reviews that fit as a table, 100,000 at the most."""
    table = fitting(view.shop, replace(wanted(reader.asked), page=1), read_of(desk))
    rows: pa.Table = table.limit(_MOST_ROWS).to_pyarrow()
    return rows


def marked(text: str | None, found: Sequence[dict[str, Any]], names: dict[str, str]) -> Markup:
    """Return a customer's text with the places marked that speak of an aspect.

    Parameters
    ----------
    text
        What was written.
    found
        `start`, `end`, `polarity` and `aspect` of each place.
    names
        Titles of aspects.

    Examples
    --------
    >>> place = {"start": 0, "end": 3, "polarity": "negative", "aspect": "fit"}
    >>> marked("<b> is wide", [place], {"fit": "Fit"})
    Markup('<mark class="negative" title="Fit">&lt;b&gt;</mark> is wide')
    """
    pieces, last, whole = [], 0, text or ""
    for one in sorted(found, key=lambda place: (place["start"], -place["end"])):
        start, end = one["start"], one["end"]
        if start is None or end is None or start < last or end > len(whole):
            continue
        pieces.append(escape(visible(whole[last:start])))
        name = names.get(one["aspect"], one["aspect"])
        place = Markup('<mark class="{}" title="{}">{}</mark>')
        pieces.append(place.format(one["polarity"], name, visible(whole[start:end])))
        last = end
    pieces.append(escape(visible(whole[last:])))
    return Markup("").join(pieces)


def _stored(desk: Desk, verb: str) -> Answer | None:
    return desk.find(BY_NAME[verb], BY_NAME[verb].defaults())


def _drawn(judged: Answer | None, reader: Reader, pictures: Pictures) -> Any:
    if judged is None or judged.chart is None:
        return None
    return pictures.picture(
        judged.chart,
        title=judged.title.get(reader.lang),
        lang=reader.lang,
        address="/verbs/review-sentiment/chart",
        query=query_string("", {"lang": reader.lang}),
    )


def _aspect_bars(answer: Answer | None, lang: str) -> list[Bar]:
    if answer is None or not answer.evidence["aspects"].num_rows:
        return []
    rows = sorted(answer.evidence["aspects"].to_pylist(), key=lambda row: -row["reviews"])
    rows, bars = rows[:_MOST_BARS], []
    most = max(row["reviews"] for row in rows) or 1
    for row in rows:
        pieces, at = [], 0.0
        for name in SENTIMENTS:
            size = 100 * row[name] / most
            pieces.append((name, at, size))
            at += size
        address = query_string("/reviews", {"aspect": row["name"]}) + "#list"
        title = row["aspect_zh" if lang == "zh" else "aspect_en"]
        bars.append(Bar(title, address, tuple(pieces), f"{row['reviews']:,}"))
    return bars


def _topic_bars(answer: Answer | None, lang: str) -> list[Bar]:
    if answer is None or not answer.table.num_rows:
        return []
    rows = answer.table.slice(0, _MOST_BARS).to_pylist()
    most = max(row["share"] for row in rows) or 1
    bars = []
    for row in rows:
        share, negative = row["share"], row["negative_share"]
        note = percent(share)
        if negative is not None:
            bad = phrases.TOPIC_NEGATIVE.get(lang).format(share=percent(negative))
            note = f"{note} · {bad}"
        address = query_string("/reviews", {"topic": row["topic"]}) + "#list"
        bars.append(Bar(visible(row["name"]), address, (("all", 0.0, 100 * share / most),), note))
    return bars


def _choices(read: Read, lang: str) -> dict[str, list[tuple[str, str]]]:
    topics = read.topics.table.select(["topic", "name"]).to_pylist() if read.topics else []
    return {
        "sentiment": [(name, phrases.SENTIMENTS[name].get(lang)) for name in SENTIMENTS],
        "stars": [(str(stars), "★" * stars) for stars in range(5, 0, -1)],
        "aspect": list(_aspect_names(read.aspects, lang).items()),
        "topic": [(str(row["topic"]), excerpt(visible(row["name"]), most=40)) for row in topics],
    }


def _aspect_names(answer: Answer | None, lang: str) -> dict[str, str]:
    rows = answer.evidence["aspects"].to_pylist() if answer else []
    return {row["name"]: row["aspect_zh" if lang == "zh" else "aspect_en"] for row in rows}


def _items(rows: list[dict[str, Any]], read: Read, lang: str) -> list[Item]:
    found = spans(read, [row["review_id"] for row in rows])
    names = _aspect_names(read.aspects, lang)
    return [_item(row, found.get(row["review_id"], []), names, lang) for row in rows]


def _item(
    row: dict[str, Any], found: list[dict[str, Any]], names: dict[str, str], lang: str
) -> Item:
    text = row["text"] or row["title"] or ""
    field = "text" if row["text"] else "title"
    short = excerpt(text, most=_LONGEST)
    places = [one for one in found if one["field"] == field and (one["end"] or 0) < len(short)]
    return Item(
        number=short_id(visible(row["review_id"])),
        address=f"/reviews/{quote(row['review_id'], safe='')}",
        title=excerpt(visible(row["title"] or ""), most=120) if row["text"] else "",
        text=marked(short, places, names),
        sentiment=row["sentiment"] or "",
        said=_sentiment(row["sentiment"], lang),
        stars=_stars(row["rating"], lang),
        on=row["on"].isoformat() if row["on"] else "",
        product=excerpt(visible(row["product"] or row["product_id"] or ""), most=60),
        product_address=_product(row["product_id"]),
    )


def _product(key: str | None) -> str:
    return query_string("/reviews", {"product": key}) + "#list" if key else ""


def _sentiment(name: str | None, lang: str) -> str:
    return phrases.SENTIMENTS[name].get(lang) if name in SENTIMENTS else ""


def _stars(rating: float | None, lang: str) -> str:
    if rating is None:
        return ""
    return phrases.OF_STARS.get(lang).format(stars=f"{rating:g}")


def _found(counts: dict[str, int], lang: str) -> list[str]:
    found = [phrases.FOUND_REVIEWS.get(lang).format(total=f"{counts['total']:,}")]
    if counts["total"]:
        numbers = {name: f"{counts[name]:,}" for name in SENTIMENTS}
        found.append(phrases.FOUND_SHARES.get(lang).format(**numbers))
    return found


def _shown(want: Wanted, total: int, lang: str) -> str:
    first = (want.page - 1) * PAGE_ROWS + 1
    last = min(total, want.page * PAGE_ROWS)
    return phrases.ROWS.get(lang).format(first=f"{first:,}", last=f"{last:,}", total=f"{total:,}")
