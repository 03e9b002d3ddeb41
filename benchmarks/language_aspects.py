"""What reviews speak of and what they think of it, beside simpler ways, on the same rows.

Run `python benchmarks/language_aspects.py`, or with the names of some of: detection polarity hand
targeted_en targeted_zh speed.

Detection and polarity are measured on a demo shop whose true aspects are planted (seed 0). Its
reviews are made of the same phrases for every seed, and the terms were revised once after a look at
what was missed on seed 5, so these figures are not those of an unseen shop. Detection is measured
also on clauses labelled by hand; targeted polarity on Laptop14 and two Chinese sets. Plain n-grams
were run on their test files at the start, to know the floor; every choice was made on the training
files.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from machine import data_folder, keep

from shopkeeper.data.demo import build_demo
from shopkeeper.intervals import bootstrap
from shopkeeper.language.aspects import AspectFinder
from shopkeeper.language.metrics import accuracy, macro_f1
from shopkeeper.language.polarity import POLARITIES, polarity
from shopkeeper.language.quotes import Quote
from shopkeeper.language.targeted import TargetedEncoder, TargetedNgrams
from shopkeeper.language.taxonomy import ASPECTS, Aspect
from shopkeeper.operations.reviews.aspects.reading import Reading, read
from shopkeeper.operations.reviews.choice import method_named
from shopkeeper.operations.reviews.learning import learn, split_rows

REPEATS = 500
FINER: Mapping[str, tuple[str, ...]] = {
    "ease": ("function",),
    "battery": ("function",),
    "sound": ("function",),
    "display": ("function",),
    "appearance": ("quality", "colour"),
    "smell": ("material", "taste", "quality"),
    "description": ("quality",),
    "quantity": ("taste", "quality"),
    "safety": ("material", "taste"),
}
"""Aspects that the demo shop does not tell apart, and where it puts what they speak of."""
Row = dict[str, Any]
csv.field_size_limit(10**9)


@cache
def demo(seed: int = 0) -> tuple[pa.Table, list[dict[str, str]]]:
    """Return the reviews of a demo shop and the true aspects of each, without spam and fakes."""
    with tempfile.TemporaryDirectory() as folder:
        build_demo(Path(folder), seed=seed)
        reviews = pq.read_table(Path(folder) / "exports" / "reviews.parquet")
        truth = pq.read_table(Path(folder) / "truth" / "review_truth.parquet").to_pylist()
    true = {row["review_id"]: row for row in truth}
    kept = [
        row
        for row in reviews.select(["review_id", "rating", "text"]).to_pylist()
        if row["text"] and not true[row["review_id"]]["spam"] and not true[row["review_id"]]["fake"]
    ]
    stars = [POLARITIES[0 if r["rating"] <= 2 else 2 if r["rating"] >= 4 else 1] for r in kept]
    table = pa.table(
        {
            "review_id": [row["review_id"] for row in kept],
            "title": pa.nulls(len(kept), pa.string()),
            "text": [row["text"] for row in kept],
            "target": stars,
            "reviewed_at": pa.nulls(len(kept), pa.timestamp("us")),
        }
    )
    return table, [json.loads(true[row["review_id"]]["aspects"]) for row in kept]


def counted(
    texts: Sequence[str], truth: Sequence[Mapping[str, str]], finder: AspectFinder
) -> Counter[tuple[str, str]]:
    """Count hits, misses and false finds of each aspect of the truth."""
    made: Counter[tuple[str, str]] = Counter()
    for text, true in zip(texts, truth, strict=True):
        hit = set()
        for name in {mention.aspect for mention in finder.mentions(text)}:
            fits = [one for one in (name, *FINER.get(name, ())) if one in true]
            if fits:
                hit.add(fits[0])
            else:
                made[FINER.get(name, (name,))[0], "false"] += 1
        for name in true:
            made[name, "hit" if name in hit else "missed"] += 1
    return made


def scores(method: str, name: str, hit: int, missed: int, false: int) -> Row:
    """Return precision, recall and F1."""
    return {
        "method": method, "aspect": name, "true": hit + missed,
        "precision": round(hit / max(1, hit + false), 3),
        "recall": round(hit / max(1, hit + missed), 3),
        "f1": round(2 * hit / max(1, 2 * hit + missed + false), 3),
    }  # fmt: skip


def plain_finder() -> AspectFinder:
    """Return the baseline: each aspect by the words of its own title."""
    return AspectFinder(
        {
            name: Aspect(
                name,
                one.title,
                one.meaning,
                tuple(
                    word
                    for title in (one.title.en.lower().split(" and "), one.title.zh.split("与"))
                    for word in title
                    if word
                ),
            )
            for name, one in ASPECTS.items()
        }
    )


def detection() -> list[Row]:
    """Find the planted aspects, by the lexicon and by the titles of the aspects alone."""
    table, truth = demo()
    rows = []
    for method, finder in (("lexicon", AspectFinder()), ("titles only", plain_finder())):
        found = counted(table["text"].to_pylist(), truth, finder)
        kinds = ("hit", "missed", "false")
        total = [sum(n for (_, kind), n in found.items() if kind == one) for one in kinds]
        rows.append(scores(method, "all", *total))
        if method == "lexicon":
            names = sorted({name for name, _ in found})
            rows += [scores(method, n, *(found[n, kind] for kind in kinds)) for n in names]
    return rows


def sentiments(table: pa.Table) -> np.ndarray:
    """Return each review's polarity by the n-grams of `review_sentiment`, not learned from it."""
    split = split_rows(table, seed=0, max_rows=10**6, minimum=10**6)
    learned = learn(table, split, partial(method_named, "ngrams"), seed=0, accuracy=0.9, minimum=30)
    return learned.probabilities


def polarities() -> list[Row]:
    """Judge the planted aspects that were found, beside the review's own polarity for all of them."""
    table, truth = demo()
    reading = read(table, AspectFinder(), learns=True, seed=0, max_rows=10**6)
    review = sentiments(table)
    words = polarity([clause.quote for clause in reading.clauses.quotes])
    at, row, code, mixed = matched(reading, truth)
    said = {
        "majority": np.full(len(code), np.bincount(code).argmax()),
        "review's polarity": sides(review[row]),
        "opinion words": sides(words[at]),
        "learned and words": sides(reading.probabilities[at]),
    }
    made = []
    for part, mask in (("all", np.ones(len(code), bool)), ("mixed reviews", mixed)):
        for method, one in said.items():
            made += judged({"part": part, "method": method}, code[mask], one[mask])
    three = reading.probabilities[at].argmax(axis=1)
    made += judged({"part": "all", "method": "learned and words, neutral wrong"}, code, three)
    return made


def matched(
    reading: Reading, truth: Sequence[Mapping[str, str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return clause, review and true polarity of each mention of a planted aspect, and whether mixed."""
    made = []
    for number, mention in reading.mentions:
        row = int(reading.clauses.row[number])
        fits = [n for n in (mention.aspect, *FINER.get(mention.aspect, ())) if n in truth[row]]
        if fits:
            code = POLARITIES.index(truth[row][fits[0]])
            made.append((number, row, code, len(set(truth[row].values())) > 1))
    at, row, code, mixed = (np.array(column) for column in zip(*made, strict=True))
    return at, row, code, mixed


def sides(shares: np.ndarray) -> np.ndarray:
    """Return the likelier of negative and positive, the commoner positive where they are even."""
    return np.where(shares[:, 0] > shares[:, 2], 0, 2)


def judged(head: Row, truth: np.ndarray, said: np.ndarray) -> list[Row]:
    """Return accuracy and macro-F1 with their intervals."""
    metrics = {"accuracy": accuracy, "macro_f1": macro_f1}
    rows = []
    for name, metric in metrics.items():
        interval = bootstrap(metric, truth, said, repeats=REPEATS)
        numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
        rows.append(
            head
            | {"metric": name, "rows": len(truth)}
            | {k: round(v, 4) for k, v in numbers.items()}
        )
    return rows


def hand() -> list[Row]:
    """Find and judge what was labelled by hand."""
    place = Path(__file__).parent.parent / "tests" / "language" / "labelled_aspects.py"
    spec = importlib.util.spec_from_file_location("labelled_aspects", place)
    labelled = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(labelled)
    finder, rows = AspectFinder(), []
    for language, clauses in (("zh", labelled.CHINESE), ("en", labelled.ENGLISH)):
        found = [{m.aspect for m in finder.mentions(clause)} for clause, _, _ in clauses]
        hit = sum(len(f & true) for f, (_, true, _) in zip(found, clauses, strict=True))
        said = sum(map(len, found))
        true = sum(len(names) for _, names, _ in clauses)
        rows.append(scores(f"lexicon, {language}", "all", hit, true - hit, said - hit))
        codes = np.array([POLARITIES.index(kind) for _, _, kind in clauses])
        said = {
            "majority": np.full(len(codes), np.bincount(codes).argmax()),
            "opinion words": polarity([clause for clause, _, _ in clauses]).argmax(axis=1),
            "learned and words": after_learning(language, [clause for clause, _, _ in clauses]),
        }
        for method, one in said.items():
            rows += judged({"part": f"hand, {language}", "method": method}, codes, one)
    return rows


def after_learning(language: str, clauses: Sequence[str]) -> np.ndarray:
    """Judge clauses that no shop has, with what real reviews of the language teach."""
    if language == "zh":
        rows = real("zh_reviews/online_shopping_10_cats.csv")
        pairs = [(row["review"], 2 * int(row["label"])) for row in rows]
    else:
        rows = real("amazon_musical_instruments/Musical_instruments_reviews.csv")
        stars = [float(row["overall"]) for row in rows]
        pairs = [
            (row["reviewText"], 0 if star <= 2 else 2 if star >= 4 else 1)
            for row, star in zip(rows, stars, strict=True)
        ]
    some = np.random.default_rng(0).permutation(len(pairs))[:6_000].tolist()
    texts = [pairs[at][0] for at in some] + list(clauses)
    target = [POLARITIES[pairs[at][1]] for at in some] + [None] * len(clauses)
    table = pa.table({"title": pa.nulls(len(texts), pa.string()), "text": texts, "target": target})
    reading = read(table, AspectFinder({}), learns=True, seed=0, max_rows=10**6)
    row = reading.clauses.row - len(some)
    own = row >= 0
    shares = np.zeros((len(clauses), len(POLARITIES)))
    np.add.at(shares, row[own], reading.probabilities[own])
    return shares.argmax(axis=1)


def real(path: str) -> list[dict[str, str]]:
    """Read one CSV of the public data sets."""
    with (data_folder() / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def triples(path: str, *, spaced: bool = False) -> tuple[list[Quote], list[str]]:
    """Read a file of three lines a row: text with `$T$`, term, class."""
    lines = (data_folder() / path).read_text(encoding="utf-8-sig").split("\n")
    targets, classes = [], []
    for at in range(0, len(lines) - 2, 3):
        before, behind = lines[at].split("$T$", 1)
        parts = [before, lines[at + 1].strip(), behind]
        if spaced:
            parts = [part.replace(" ", "") for part in parts]
        start = len(parts[0])
        targets.append(Quote("".join(parts), start, start + len(parts[1])))
        classes.append(lines[at + 2].strip())
    return targets, classes


def targeted(name: str, train: str, test: str, *, spaced: bool, encoder: bool) -> list[Row]:
    """Learn targeted polarity on one file, judge it on the other, beside the baselines."""
    targets, classes = triples(train, spaced=spaced)
    asked, true = triples(test, spaced=spaced)
    methods: dict[str, Any] = {
        "n-grams of the text": TargetedNgrams(views=("text",)),
        "n-grams of the clause": TargetedNgrams(views=("clause",)),
        "n-grams of five views": TargetedNgrams(),
    }
    if encoder:
        methods["MiniLM around the term"] = TargetedEncoder()
    names = sorted(set(classes))
    codes = np.array([names.index(one) for one in true])
    most = Counter(classes).most_common(1)[0][0]
    said = {"majority": np.full(len(true), names.index(most))}
    rows = judged({"data": name, "method": "majority"}, codes, said["majority"])
    for method, model in methods.items():
        clock = time.perf_counter()
        model.fit(targets, classes)
        middle = time.perf_counter()
        said[method] = model.probabilities(asked).argmax(axis=1)
        speed = {
            "fit_seconds": round(middle - clock, 1),
            "terms_per_second": round(len(asked) / (time.perf_counter() - middle)),
        }
        head = {"data": name, "method": method}
        rows += [row | speed for row in judged(head, codes, said[method])]
    return rows + gained(name, codes, said)


def gained(name: str, truth: np.ndarray, said: Mapping[str, np.ndarray]) -> list[Row]:
    """Return the macro-F1 of the last method less that of each kind of n-grams."""
    last = list(said)[-1]

    def gap(t: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> float:
        return macro_f1(t, ours) - macro_f1(t, theirs)

    rows = []
    for other in (method for method in said if method.startswith("n-grams") and method != last):
        interval = bootstrap(gap, truth, said[last], said[other], repeats=REPEATS)
        numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
        head = {"data": name, "method": f"{last} minus {other}", "metric": "macro_f1"}
        rows.append(head | {"rows": len(truth)} | {k: round(v, 4) for k, v in numbers.items()})
    return rows


def chinese() -> list[Row]:
    """Judge terms in Chinese reviews of shampoo and of notebooks."""
    return [
        *targeted(
            "hair", "zh_absa/hair.train.txt", "zh_absa/hair.test.txt", spaced=False, encoder=False
        ),
        *targeted(
            "notebook",
            "zh_absa/notebook.train.txt",
            "zh_absa/notebook.test.txt",
            spaced=True,
            encoder=False,
        ),
    ]


def speed() -> list[Row]:
    """Time the finding of aspects on real reviews, on one core."""
    files = {
        "chinese": ("zh_reviews/online_shopping_10_cats.csv", "review"),
        "english": ("amazon_musical_instruments/Musical_instruments_reviews.csv", "reviewText"),
    }
    rows = []
    for name, (path, column) in files.items():
        texts = [row[column] for row in real(path)[:20_000]]
        finder = AspectFinder()
        clock = time.perf_counter()
        mentions = sum(len(finder.mentions(text)) for text in texts)
        seconds = time.perf_counter() - clock
        rows.append(
            {
                "data": name,
                "reviews": len(texts),
                "characters_a_review": round(sum(map(len, texts)) / len(texts)),
                "mentions": mentions,
                "reviews_per_second": round(len(texts) / seconds),
                "characters_per_second": round(sum(map(len, texts)) / seconds),
            }
        )
    return rows


PARTS: dict[str, Callable[[], list[Row]]] = {
    "detection": detection,
    "polarity": polarities,
    "hand": hand,
    "targeted_en": partial(
        targeted,
        "laptop14",
        "en_absa/Laptops_Train.xml.seg",
        "en_absa/Laptops_Test_Gold.xml.seg",
        spaced=False,
        encoder=True,
    ),
    "targeted_zh": chinese,
    "speed": speed,
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        keep("language_aspects", PARTS[part]())
