"""The tables behind `review_aspects`: shares with intervals, products, months, stars, quotes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import hypergeom

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.intervals import Interval, bootstrap, discoveries, proportion
from shopkeeper.language import metrics
from shopkeeper.language.polarity import polarity
from shopkeeper.language.taxonomy import Aspect
from shopkeeper.operations.reviews.aspects.reading import Reading
from shopkeeper.operations.reviews.aspects.rows import FIELDS, MENTION_COLUMNS
from shopkeeper.operations.reviews.learning import class_codes

Row = dict[str, Any]
REPEATS = 500
QUOTES = 3
PRODUCTS = 20

_SHARE = [("share", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
SCHEMAS = {
    "aspects": pa.schema(
        [
            ("name", pa.string()), ("aspect_en", pa.string()), ("aspect_zh", pa.string()),
            ("mentions", pa.int64()), ("reviews", pa.int64()), *_SHARE,
            ("negative", pa.int64()), ("neutral", pa.int64()), ("positive", pa.int64()),
            ("negative_share", pa.float64()), ("negative_low", pa.float64()),
            ("negative_high", pa.float64()),
        ]
    ),
    "products": pa.schema(
        [
            ("name", pa.string()), ("product_id", pa.string()), ("product", pa.string()),
            ("reviews", pa.int64()), ("negative", pa.int64()), *_SHARE, ("usual", pa.float64()),
            ("chance", pa.float64()),
        ]
    ),
    "months": pa.schema(
        [
            ("month", pa.string()), ("name", pa.string()), ("reviews", pa.int64()),
            ("negative", pa.int64()), *_SHARE,
        ]
    ),
    "stars": pa.schema(
        [
            ("name", pa.string()), ("said", pa.string()), ("reviews", pa.int64()),
            ("low_stars", pa.int64()), *_SHARE,
        ]
    ),
    "together": pa.schema(
        [("name", pa.string()), ("other", pa.string()), ("reviews", pa.int64()),
         ("expected", pa.float64())]
    ),
    "quotes": pa.schema(
        [
            ("name", pa.string()), ("polarity", pa.string()), ("review_id", pa.string()),
            ("p", pa.float64()), ("quote", pa.string()), ("field", pa.string()),
            ("start", pa.int64()), ("end", pa.int64()), ("rating", pa.float64()),
        ]
    ),
    "quality": pa.schema(
        [
            ("method", pa.string()), ("metric", pa.string()), ("value", pa.float64()),
            ("low", pa.float64()), ("high", pa.float64()), ("rows", pa.int64()),
        ]
    ),
    "parts": pa.schema([("part", pa.string()), ("count", pa.int64())]),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What each review says of each aspect: of several clauses, the complaint counts.

    Parameters
    ----------
    reviews
        The reviews, as `read_rows` gives them.
    by_aspect
        Aspect → row of a review → its polarity.
    """

    reviews: list[Row]
    by_aspect: Mapping[str, Mapping[int, str]]


def mention_table(reviews: pa.Table, reading: Reading) -> pa.Table:
    """Return one row a mention."""
    at = np.array([number for number, _ in reading.mentions], np.intp)
    row, shares = reading.clauses.row[at], reading.probabilities[at]
    quotes = [mention.clause for _, mention in reading.mentions]
    columns: dict[str, Any] = {
        "review_id": reviews["review_id"].take(pa.array(row)),
        "aspect": [mention.aspect for _, mention in reading.mentions],
        "polarity": np.array(SENTIMENTS)[shares.argmax(axis=1)] if len(at) else [],
        **{f"p_{name}": shares[:, number] for number, name in enumerate(SENTIMENTS)},
        "quote": [quote.quote for quote in quotes],
        "field": [FIELDS[kind] for kind in reading.clauses.field[at]],
        "start": [quote.start for quote in quotes],
        "end": [quote.end for quote in quotes],
        "term": [mention.term.quote for _, mention in reading.mentions],
    }
    return pa.table({name: columns[name] for name in MENTION_COLUMNS.names}).cast(MENTION_COLUMNS)


def gather(reviews: pa.Table, table: pa.Table) -> Said:
    """Return what each review says of each aspect."""
    rows = reviews.select(
        ["review_id", "rating", "product_id", "product", "target", "month"]
    ).to_pylist()
    place = {row["review_id"]: number for number, row in enumerate(rows)}
    made: dict[str, dict[int, str]] = defaultdict(dict)
    columns = (table[name].to_pylist() for name in ("review_id", "aspect", "polarity"))
    for review, aspect, said in zip(*columns, strict=True):
        known = made[aspect]
        at = place[review]
        # Of several clauses the complaint counts, else praise, else neither.
        if at not in known or said == "negative" or known[at] == "neutral":
            known[at] = said
    return Said(rows, made)


def aspect_table(
    said: Said, mentions: Mapping[str, int], aspects: Mapping[str, Aspect], *, with_text: int,
    least: int,
) -> list[Row]:  # fmt: skip
    """Return one row an aspect, the one with most complaints first."""
    rows = []
    for name, aspect in aspects.items():
        counts = Counter(said.by_aspect.get(name, {}).values())
        spoken = sum(counts.values())
        row: Row = {"name": name, "aspect_en": aspect.title.en, "aspect_zh": aspect.title.zh}
        row |= {"mentions": mentions.get(name, 0), "reviews": spoken}
        row |= _share(spoken, with_text, least)
        row |= {kind: counts[kind] for kind in SENTIMENTS}
        bad = _share(counts["negative"], spoken, least)
        row |= {"negative_share": bad["share"], "negative_low": bad["low"]}
        rows.append(row | {"negative_high": bad["high"]})
    return sorted(rows, key=lambda row: (-row["negative"], -row["reviews"], row["name"]))


def product_rows(said: Said, *, least: int) -> list[Row]:
    """Return the products of which an aspect is complained of more than in the whole shop, surest first.

    Only those of which it stands among all pairs of a product and an aspect that were compared
    (hypergeometric tail, Benjamini–Hochberg at 5 %); a share only where there are enough reviews.
    """
    rows: list[Row] = []
    chances: list[float] = []
    for name, by_review in said.by_aspect.items():
        whole, complaints = len(by_review), _complaints(by_review.values())
        by_product: dict[str, list[int]] = defaultdict(list)
        for at in by_review:
            if said.reviews[at]["product_id"] is not None:
                by_product[said.reviews[at]["product_id"]].append(at)
        for product, places in by_product.items():
            head: Row = {"name": name, "product_id": product, "reviews": len(places)}
            head["product"] = said.reviews[places[0]]["product"]
            head["negative"] = _complaints(by_review[at] for at in places)
            rows.append(head | {"usual": complaints / whole})
            # The product is a part of the whole that it is compared with.
            chance = hypergeom.sf(head["negative"] - 1, whole, complaints, len(places))
            chances.append(float(chance))
    stands = [
        row | _share(row["negative"], row["reviews"], least) | {"chance": chance}
        for row, chance, stood in zip(rows, chances, discoveries(chances), strict=True)
        if stood
    ]
    return sorted(stands, key=lambda row: (row["chance"], -row["negative"], row["name"]))[:PRODUCTS]


def month_rows(said: Said, *, least: int) -> list[Row]:
    """Return how many reviews complain of each aspect, by month."""
    rows = []
    for name, by_review in said.by_aspect.items():
        months: dict[str, list[str]] = defaultdict(list)
        for at, polarity_ in by_review.items():
            month = said.reviews[at]["month"]
            if month is not None:
                months[month.strftime("%Y-%m")].append(polarity_)
        for month, polarities in months.items():
            bad = _complaints(polarities)
            head = {"month": month, "name": name, "reviews": len(polarities), "negative": bad}
            rows.append(head | _share(bad, len(polarities), least))
    return sorted(rows, key=lambda row: (row["name"], row["month"]))


def star_rows(said: Said, *, least: int) -> list[Row]:
    """Return how often reviews that complain of, praise or leave out an aspect have 1 or 2 stars."""
    rated = {at for at, row in enumerate(said.reviews) if row["target"] is not None}
    low = {at for at in rated if said.reviews[at]["target"] == "negative"}
    rows = []
    for name, by_review in said.by_aspect.items():
        groups = {kind: {at for at in by_review if by_review[at] == kind} for kind in SENTIMENTS}
        groups["not mentioned"] = rated - by_review.keys()
        for kind, places in groups.items():
            here = places & rated
            head = {"name": name, "said": kind, "reviews": len(here), "low_stars": len(here & low)}
            rows.append(head | _share(len(here & low), len(here), least))
    return rows


def together_rows(said: Said, *, least: int) -> list[Row]:
    """Return the pairs of aspects that reviews complain of together, beside chance."""
    bad = {
        name: {at for at, kind in by_review.items() if kind == "negative"}
        for name, by_review in said.by_aspect.items()
    }
    names, total = sorted(bad), max(1, len(said.reviews))
    rows: list[Row] = [
        {
            "name": one, "other": other, "reviews": len(bad[one] & bad[other]),
            "expected": len(bad[one]) * len(bad[other]) / total,
        }
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    ]  # fmt: skip
    kept = [row for row in rows if row["reviews"] >= least]
    return sorted(kept, key=lambda row: (-row["reviews"], row["name"], row["other"]))[:PRODUCTS]


def quote_rows(table: pa.Table, said: Said) -> list[Row]:
    """Return the surest quotes of each aspect, complaints and praise, each wording once."""
    ratings = {row["review_id"]: row["rating"] for row in said.reviews}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        groups[row["aspect"], row["polarity"]].append(row)
    made: list[Row] = []
    for (name, kind), own in sorted(groups.items()):
        if kind == "neutral":
            continue
        own.sort(key=partial(_surest, kind))  # a stable sort: ties stay in the order of the table
        made += [
            {"name": name, "polarity": kind, "p": row[f"p_{kind}"]}
            | {"rating": ratings[row["review_id"]]}
            | {key: row[key] for key in ("review_id", "quote", "field", "start", "end")}
            for row in _different(own)
        ]
    return made


def _surest(kind: str, row: Row) -> float:
    return -_clear(row, kind)


def _clear(row: Row, kind: str) -> float:
    """Prefer quotes long enough to say something and short enough to be read."""
    length = len(row["quote"]) * (1 if row["quote"].isascii() else 3)
    return float(row[f"p_{kind}"]) - (0.3 if not 18 <= length <= 180 else 0.0)


def _different(rows: Sequence[Row]) -> Iterator[Row]:
    seen: set[str] = set()
    for row in rows:
        key = row["quote"].lower()
        if key not in seen:
            seen.add(key)
            yield row
        if len(seen) == QUOTES:
            return


def quality_rows(reviews: pa.Table, reading: Reading, *, seed: int) -> list[Row]:
    """Return how well the polarity agrees with the stars where a review is one clause.

    Beside it the opinion words alone, and always saying the commonest class.
    """
    single = reading.single
    if not len(single):
        return []
    truth = class_codes(reviews["target"])[reading.clauses.row[single]]
    words = polarity([reading.clauses.quotes[at].quote for at in single]).argmax(axis=1)
    shown = {"words": words, "majority": np.full(len(truth), np.bincount(truth).argmax())}
    if reading.learned:
        shown = {"learned": reading.probabilities[single].argmax(axis=1)} | shown
    statistics = {"accuracy": metrics.accuracy, "macro_f1": metrics.macro_f1}
    return [
        {"method": method, "metric": metric, "rows": len(truth)}
        | _finite(bootstrap(statistic, truth, said, seed=seed, repeats=REPEATS))
        for method, said in shown.items()
        for metric, statistic in statistics.items()
    ]


def _complaints(polarities: Iterable[str]) -> int:
    return sum(kind == "negative" for kind in polarities)


def _share(count: int, total: int, least: int) -> Row:
    if total < max(1, least):
        return {"share": None, "low": None, "high": None}
    interval = proportion(count, total)
    return {"share": interval.value, "low": interval.low, "high": interval.high}


def _finite(interval: Interval) -> Row:
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}
