"""The tables that show how good a reading of the reviews is, and on what it rests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.intervals import Interval, bootstrap, proportion
from shopkeeper.language import metrics
from shopkeeper.language.explain import deciding_words
from shopkeeper.operations.reviews.choice import Method
from shopkeeper.operations.reviews.features import PROBABILITIES
from shopkeeper.operations.reviews.learning import Learned, Split

Row = dict[str, Any]
REPEATS = 500
QUOTE = 300
DISAGREEMENTS = 50
EXPLAINED = 2

_NUMBER = [("value", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
SCHEMAS = {
    "quality": pa.schema(
        [("method", pa.string()), ("metric", pa.string()), *_NUMBER, ("rows", pa.int64())]
    ),
    "classes": pa.schema(
        [
            ("method", pa.string()),
            ("sentiment", pa.string()),
            ("precision", pa.float64()),
            ("recall", pa.float64()),
            ("f1", pa.float64()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("rows", pa.int64()),
            ("said", pa.int64()),
        ]
    ),
    "calibration": pa.schema(
        [
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("rows", pa.int64()),
            ("confidence", pa.float64()),
            ("accuracy", pa.float64()),
        ]
    ),
    "disagreements": pa.schema(
        [
            ("review_id", pa.string()),
            ("rating", pa.float64()),
            ("sentiment", pa.string()),
            ("p", pa.float64()),
            ("text", pa.string()),
        ]
    ),
    "words": pa.schema(
        [
            ("review_id", pa.string()),
            ("sentiment", pa.string()),
            ("p", pa.float64()),
            ("rank", pa.int64()),
            ("words", pa.string()),
            ("contribution", pa.float64()),
            ("text", pa.string()),
        ]
    ),
    "speed": pa.schema(
        [
            ("method", pa.string()),
            ("stage", pa.string()),
            ("rows", pa.int64()),
            ("seconds", pa.float64()),
            ("rows_per_second", pa.float64()),
            ("low", pa.float64()),
            ("high", pa.float64()),
        ]
    ),
    "cascade": pa.schema(
        [
            ("escalated", pa.float64()),
            ("threshold", pa.float64()),
            ("macro_f1", pa.float64()),
            ("rows_per_second", pa.float64()),
            ("chosen", pa.bool_()),
        ]
    ),
    "fitted": pa.schema([("name", pa.string()), ("value", pa.float64())]),
    "parts": pa.schema([("part", pa.string()), ("reviews", pa.int64())]),
    "shares": pa.schema(
        [
            ("month", pa.string()),
            ("sentiment", pa.string()),
            ("reviews", pa.int64()),
            ("share", pa.float64()),
        ]
    ),
}


def as_tables(rows: Mapping[str, Sequence[Row]]) -> dict[str, pa.Table]:
    """Return every evidence table, empty where there are no rows for it."""
    return {
        name: pa.Table.from_pylist(list(rows.get(name, [])), schema=schema)
        for name, schema in SCHEMAS.items()
    }


Statistic = Callable[[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]], float]


def _accuracy(truth: NDArray[np.intp], said: NDArray[np.float64], _: NDArray[np.bool_]) -> float:
    return metrics.accuracy(truth, said.argmax(axis=1))


def _macro_f1(truth: NDArray[np.intp], said: NDArray[np.float64], _: NDArray[np.bool_]) -> float:
    return metrics.macro_f1(truth, said.argmax(axis=1))


def _ece(truth: NDArray[np.intp], said: NDArray[np.float64], _: NDArray[np.bool_]) -> float:
    return metrics.calibration_error(said.max(axis=1), said.argmax(axis=1) == truth)


def _auc(truth: NDArray[np.intp], said: NDArray[np.float64], _: NDArray[np.bool_]) -> float:
    polar = truth != 1
    return metrics.polarity_auc(truth[polar] == 2, said[polar, 2] - said[polar, 0])


def _answered(_: NDArray[np.intp], __: NDArray[np.float64], silent: NDArray[np.bool_]) -> float:
    return float(1 - silent.mean()) if len(silent) else math.nan


def _accepted(
    truth: NDArray[np.intp], said: NDArray[np.float64], silent: NDArray[np.bool_]
) -> float:
    return metrics.accuracy(truth[~silent], said[~silent].argmax(axis=1))


STATISTICS: dict[str, Statistic] = {
    "accuracy": _accuracy,
    "macro_f1": _macro_f1,
    "polarity_auc": _auc,
    "ece": _ece,
    "answered": _answered,
    "accuracy_answered": _accepted,
}

_PROPORTIONS = ("accuracy", "answered", "accuracy_answered")


def quality_rows(method: str, learned: Learned, split: Split, *, seed: int) -> list[Row]:
    """Return each metric on the rows that examine, with its bootstrap interval."""
    at = np.flatnonzero(split.examines)
    arrays = (split.codes[at], learned.probabilities[at], learned.abstained[at])
    return [
        {"method": method, "metric": name, "rows": len(at)}
        | _numbers(_interval(name, statistic, arrays, seed))
        for name, statistic in STATISTICS.items()
    ]


def _interval(
    name: str, statistic: Statistic, arrays: tuple[NDArray[Any], ...], seed: int
) -> Interval:
    found = bootstrap(statistic, *arrays, seed=seed, repeats=REPEATS)
    # Rows that are all right cannot be drawn otherwise; only Wilson says how few they are.
    if name in _PROPORTIONS and found.low == found.high:
        rows = int((~arrays[2]).sum()) if name == "accuracy_answered" else len(arrays[0])
        return proportion(found.value * rows, rows)
    return found


def class_rows(method: str, learned: Learned, split: Split, *, seed: int) -> list[Row]:
    """Return precision, recall and F1 of each class, F1 with its bootstrap interval."""
    at = np.flatnonzero(split.examines)
    truth, said = split.codes[at], learned.codes[at]
    scores = metrics.class_scores(truth, said, len(SENTIMENTS))
    rows = []
    for code, name in enumerate(SENTIMENTS):

        def f1(t: NDArray[np.intp], s: NDArray[np.intp], code: int = code) -> float:
            return float(metrics.class_scores(t, s, len(SENTIMENTS))[code, 2])

        interval = bootstrap(f1, truth, said, seed=seed, repeats=REPEATS)
        row = dict(zip(("precision", "recall", "f1"), map(_finite, scores[code]), strict=True))
        row |= {"low": _finite(interval.low), "high": _finite(interval.high)}
        counts = {"rows": int((truth == code).sum()), "said": int((said == code).sum())}
        rows.append({"method": method, "sentiment": name, **row, **counts})
    return rows


def calibration_rows(learned: Learned, split: Split) -> list[Row]:
    """Return the bins of the reliability plot, on the rows that examine."""
    at = np.flatnonzero(split.examines)
    right = learned.codes[at] == split.codes[at]
    return metrics.reliability(learned.confidence[at], right)


def disagreement_rows(rows: pa.Table, learned: Learned) -> list[Row]:
    """Return every review whose text says the opposite of its stars, the most confident first."""
    stars = rows["stars"].to_numpy()
    said = np.array(SENTIMENTS)[learned.codes]
    opposite = {("negative", "positive"), ("positive", "negative")}
    found = [
        index
        for index, pair in enumerate(zip(said.tolist(), stars.tolist(), strict=True))
        if pair in opposite and not learned.abstained[index]
    ]
    found.sort(key=lambda index: (-learned.confidence[index], index))
    return [
        {
            "review_id": rows["review_id"][index].as_py(),
            "rating": rows["rating"][index].as_py(),
            "sentiment": str(said[index]),
            "p": float(learned.confidence[index]),
            "text": rows["text"][index].as_py()[:QUOTE],
        }
        for index in found
    ]


def word_rows(rows: pa.Table, learned: Learned, split: Split) -> list[Row]:
    """Return the words that decided for a few reviews of each class, surest first.

    Reviews of 20 to 300 characters are taken from those that examine.
    """
    lengths = np.array([len(text) for text in rows["text"].to_pylist()])
    usable = split.examines & (lengths >= 20) & (lengths <= QUOTE)
    found: list[Row] = []
    for code, name in enumerate(SENTIMENTS):
        at = np.flatnonzero(usable & (learned.codes == code))
        for index in at[np.argsort(-learned.confidence[at], kind="stable")][:EXPLAINED]:
            text = rows["text"][int(index)].as_py()
            head = {"review_id": rows["review_id"][int(index)].as_py(), "sentiment": name}
            head |= {"p": float(learned.confidence[index]), "text": text}
            decided = deciding_words(text, _reader(learned.model), code)
            found += [
                {**head, "rank": rank, "words": one.words, "contribution": one.contribution}
                for rank, one in enumerate(decided, start=1)
            ]
    return found


def speed_rows(method: str, learned: Learned, *, seed: int) -> list[Row]:
    """Return rows per second of fit and scoring; the interval resamples the scored batches."""
    made = []
    for stage in ("fit", "score"):
        parts = [(rows, seconds) for name, rows, seconds in learned.speed if name == stage]
        if not parts:
            continue
        rows, seconds = np.array(parts).T
        interval = bootstrap(_rate, rows, seconds, seed=seed, repeats=REPEATS)
        bounds = (interval.low, interval.high) if len(parts) > 1 else (None, None)
        made.append(
            {
                "method": method,
                "stage": stage,
                "rows": int(rows.sum()),
                "seconds": float(seconds.sum()),
                "rows_per_second": interval.value,
                "low": bounds[0],
                "high": bounds[1],
            }
        )
    return made


def share_rows(table: pa.Table, months: Iterable[Any], *, least: int) -> list[Row]:
    """Return reviews and share of each class, overall (month null) and by month."""
    counts: dict[str | None, dict[str, int]] = {None: dict.fromkeys(SENTIMENTS, 0)}
    for name, month in zip(table["sentiment"].to_pylist(), months, strict=True):
        if name is None:
            continue
        counts[None][name] += 1
        if month is not None:
            key = month.strftime("%Y-%m")
            counts.setdefault(key, dict.fromkeys(SENTIMENTS, 0))[name] += 1
    rows = []
    for month in sorted(counts, key=lambda key: key or ""):
        total = sum(counts[month].values())
        for name, count in counts[month].items():
            share = count / total if total >= least else None
            rows.append({"month": month, "sentiment": name, "reviews": count, "share": share})
    return rows


def _reader(model: Method) -> Callable[[list[str]], NDArray[np.float64]]:
    def read(texts: list[str]) -> NDArray[np.float64]:
        said = model.predict(pa.table({"text": texts}))
        return np.column_stack([said[name].to_numpy() for name in PROBABILITIES])

    return read


def _rate(rows: NDArray[np.float64], seconds: NDArray[np.float64]) -> float:
    return float(rows.sum() / max(seconds.sum(), 1e-9))


def _numbers(interval: Interval) -> Row:
    return {
        "value": _finite(interval.value),
        "low": _finite(interval.low),
        "high": _finite(interval.high),
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
