"""How well and how fast reviews are read, beside plain scikit-learn on the same rows.

Run `python benchmarks/sentiment.py`, or with the names of some of: olist chinese amazon speed encoder.

The rows that examine were drawn once, by groups of equal text, and no choice was made on them:
every length, weight and rate was chosen on the rows that teach. The peer is TF-IDF of words (1–2)
and characters (2–5; Chinese: characters 1–3) with logistic regression, its strength chosen among
1, 4 and 16 on a fifth of the rows that teach.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from machine import data_folder, keep
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.intervals import bootstrap
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.splits import text_groups
from shopkeeper.language.text import text_key
from shopkeeper.operations.reviews.choice import method_named
from shopkeeper.operations.reviews.evidence import STATISTICS, class_rows, quality_rows
from shopkeeper.operations.reviews.learning import Learned, Split, class_codes, learn

REPEATS = 500
csv.field_size_limit(10**9)


def drawn(texts: list[str], share: float) -> np.ndarray:
    """Hold out a share of the groups of equal text, in the order of their keys."""
    _, group = np.unique([text_key(text) for text in texts], return_inverse=True)
    place = np.empty(group.max() + 1)
    place[np.random.default_rng(0).permutation(len(place))] = np.arange(len(place)) / len(place)
    return place[group] < share


def read(path: str) -> list[dict[str, str]]:
    """Read one CSV of the public data sets."""
    with (data_folder() / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stars(value: str) -> str:
    """Return the class of a star rating."""
    return SENTIMENTS[0 if float(value) <= 2 else 2 if float(value) >= 4 else 1]


def olist() -> tuple[list[str], list[str], np.ndarray]:
    """Title and message of Olist's reviews; no order has reviews on both sides."""
    rows = read("olist/olist_order_reviews_dataset.csv")
    parts = [
        (row["review_comment_title"].strip(), row["review_comment_message"].strip()) for row in rows
    ]
    kept = [
        (row, "\n".join(filter(None, part)))
        for row, part in zip(rows, parts, strict=True)
        if any(part)
    ]
    texts = [text for _, text in kept]
    late = drawn(texts, 0.3)
    orders = {row["order_id"] for (row, _), examines in zip(kept, late, strict=True) if examines}
    shared = np.array([row["order_id"] in orders for row, _ in kept]) & ~late
    print(f"olist: {shared.sum()} reviews left out of the rows that teach, of orders that examine")
    at = np.flatnonzero(~shared)
    return [texts[i] for i in at], [stars(kept[i][0]["review_score"]) for i in at], late[at]


def chinese() -> tuple[list[str], list[str], np.ndarray]:
    """Ten categories of Chinese shopping reviews, positive and negative."""
    rows = read("zh_reviews/online_shopping_10_cats.csv")
    texts = [row["review"] for row in rows]
    return texts, [SENTIMENTS[2 * int(row["label"])] for row in rows], drawn(texts, 0.2)


def amazon() -> tuple[list[str], list[str], np.ndarray]:
    """Summary and text of Amazon's reviews of musical instruments."""
    rows = read("amazon_musical_instruments/Musical_instruments_reviews.csv")
    texts = [f"{row['summary']}. {row['reviewText']}" for row in rows]
    return texts, [stars(row["overall"]) for row in rows], drawn(texts, 0.2)


def as_split(texts: list[str], classes: list[str], late: np.ndarray) -> tuple[pa.Table, Split]:
    """Return rows and split as the verb makes them."""
    rows = pa.table({"text": texts, "target": classes})
    return rows, Split(class_codes(rows["target"]), text_groups(texts), ~late, late, "text", 1.0)


def peer(texts: list[str], classes: list[str], late: np.ndarray, characters: bool) -> np.ndarray:
    """Return scikit-learn's probabilities of the rows that examine, one column a sentiment."""
    both = np.array(texts, object), np.array(classes)
    taught = np.flatnonzero(~late)
    watched = drawn([texts[i] for i in taught], 0.2)
    teach, watch = taught[~watched], taught[watched]
    scored = {}
    for strength in (1, 4, 16):
        model = plain(strength, characters).fit(both[0][teach], both[1][teach])
        scored[strength] = model.score(both[0][watch], both[1][watch])
    model = plain(max(scored, key=scored.get), characters).fit(both[0][taught], both[1][taught])
    said = np.zeros((int(late.sum()), len(SENTIMENTS)))
    said[:, [SENTIMENTS.index(name) for name in model.classes_]] = model.predict_proba(
        both[0][late]
    )
    return said


def plain(strength: float, characters: bool) -> Any:
    """Return the peer."""
    by_character = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 3) if characters else (2, 5), min_df=2, sublinear_tf=True
    )
    by_word = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    features = by_character if characters else make_union(by_word, by_character)
    return make_pipeline(features, LogisticRegression(C=strength, max_iter=300))


def figures(
    name: str, data: Callable[[], Any], method: Any, beside: str = ""
) -> list[dict[str, Any]]:
    """Measure one method on one set of reviews, beside the peer where one is named."""
    texts, classes, late = data()
    rows, split = as_split(texts, classes, late)
    start = time.perf_counter()
    learned = learn(rows, split, partial(method_named, method), seed=0, accuracy=0.9, minimum=30)
    head = {"data": name, "method": method}
    made = [head | rounded(row) for row in quality_rows(method, learned, split, seed=0)]
    made += [
        head | {"metric": f"f1 {row['sentiment']}"} | rounded({"value": row.pop("f1"), **row})
        for row in class_rows(method, learned, split, seed=0)
        if row["rows"]
    ]
    made.append(head | {"metric": "seconds", "value": round(time.perf_counter() - start, 1)})
    if beside:
        said = peer(texts, classes, late, beside == "characters")
        made += compared(name, split, learned, said)
    return made


def compared(name: str, split: Split, learned: Learned, said: np.ndarray) -> list[dict[str, Any]]:
    """Return the peer's metrics and ours minus the peer's, on the same resampled rows."""
    truth, ours = split.codes[split.examines], learned.probabilities[split.examines]
    spoken = np.zeros(len(truth), bool)
    made = []
    for metric in ("accuracy", "macro_f1", "polarity_auc", "ece"):
        one = STATISTICS[metric]
        theirs = bootstrap(lambda t, s, q, f=one: f(t, s, q), truth, said, spoken, repeats=REPEATS)
        gap = bootstrap(
            lambda t, o, s, q, f=one: f(t, o, q) - f(t, s, q), truth, ours, said, spoken,
            repeats=REPEATS,
        )  # fmt: skip
        for method, interval in (("scikit-learn", theirs), ("ngrams minus scikit-learn", gap)):
            numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
            head = {"data": name, "method": method, "metric": metric, "rows": len(truth)}
            made.append(head | rounded(numbers))
    return made


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Return what is printed of a row, to four places."""
    kept = {key: row[key] for key in ("metric", "value", "low", "high", "rows") if key in row}
    return {key: round(v, 4) if isinstance(v, float) else v for key, v in kept.items()}


def speed() -> list[dict[str, Any]]:
    """Time the training on 60,000 reviews and the scoring of as many, and the peer on the same."""
    made = []
    for name, data, characters in (("chinese", chinese, True), ("english, long", mixed, False)):
        texts, classes = (column[:60_000] for column in data()[:2])
        start = time.perf_counter()
        model = NgramClassifier().fit(texts, classes)
        middle = time.perf_counter()
        model.probabilities(texts)
        ours = (middle - start, len(texts) / (time.perf_counter() - middle))
        made.append(timed(name, "ngrams", len(texts), *ours))
        if characters:
            start = time.perf_counter()
            other = plain(4, characters).fit(texts, classes)
            middle = time.perf_counter()
            other.predict_proba(texts)
            theirs = (middle - start, len(texts) / (time.perf_counter() - middle))
            made.append(timed(name, "scikit-learn", len(texts), *theirs))
    return made


def mixed() -> tuple[list[str], list[str]]:
    """60,000 reviews of the length of Amazon's, each two halves of reviews of one class."""
    texts, classes, _ = amazon()
    generator = np.random.default_rng(0)
    by_class = {
        name: [t for t, c in zip(texts, classes, strict=True) if c == name] for name in SENTIMENTS
    }
    drawn_classes = generator.choice(classes, 60_000).tolist()
    made = []
    for name in drawn_classes:
        one, other = (by_class[name][i] for i in generator.integers(0, len(by_class[name]), 2))
        made.append(one[: len(one) // 2] + other[len(other) // 2 :])
    return made, drawn_classes


def timed(name: str, method: str, rows: int, fit: float, rate: float) -> dict[str, Any]:
    """Return one line of speed."""
    return {
        "data": name,
        "method": method,
        "rows": rows,
        "fit_seconds": round(fit, 1),
        "scored_per_second": round(rate),
    }


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "olist": partial(figures, "olist", olist, "ngrams", "words"),
    "chinese": partial(figures, "chinese", chinese, "ngrams", "characters"),
    "amazon": lambda: [
        *figures("amazon", amazon, "majority"),
        *figures("amazon", amazon, "ngrams", "words"),
    ],
    "speed": speed,
    "encoder": partial(figures, "amazon", amazon, "encoder"),
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        keep("sentiment", PARTS[part]())
