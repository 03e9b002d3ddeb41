"""Learn the weights of the injection screen, and measure them by cross-validation.

Run `python benchmarks/injection_fit.py`. It writes src/shopkeeper/language/injection_weights.toml
and prints precision and recall on the development cases of other authors, each scored by weights
that were learned without it.

A text counts as an attempt by its strongest window, so the windows to learn from are chosen by the
weights and the weights learned from the windows, in turn. Evidence of an attempt may only speak for
one and what customers speak of only against: made texts hold too many accidents to leave that open.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.optimize
import scipy.sparse
from injection_texts import made
from sentiment import read

from shopkeeper.language import injection_score
from shopkeeper.language.injection import known
from shopkeeper.language.injection_score import AGAINST
from shopkeeper.language.injection_views import views
from shopkeeper.proof.spans import read_cases, read_labels

CASES = Path(__file__).resolve().parent.parent / "tests" / "language" / "cases"
WEIGHTS = Path(injection_score.__file__).with_name("injection_weights.toml")
FOLDS, ROUNDS, MADE, STRENGTH = 5, 4, 3000, 2.0
FALSE_ALARMS = 1 / 1500
Row = tuple[list[frozenset[str]], bool, str, float]


def windows_of(text: str) -> list[frozenset[str]]:
    """Return the features of every window of every view of a text."""
    return [
        w.features
        for view in views(text)
        for w in injection_score.windows(view.seen.text, disguised=view.disguised)
    ]


def rows_of(texts: list[tuple[str, bool, str]], weight: float) -> list[Row]:
    return [
        (windows_of(text) or [frozenset()], attack, lang, weight) for text, attack, lang in texts
    ]


def outside() -> list[tuple[str, bool, str]]:
    """Return the development cases that others wrote."""
    return [
        (case.text, bool(case.spans), case.lang)
        for case in read_labels(CASES / "injection_outside_development.toml")
    ]


def own() -> list[tuple[str, bool, str]]:
    """Return the cases by the author of the words."""
    cases = [
        case
        for part in ("development", "held_out", "fresh")
        for case in read_cases(CASES / f"injection_{part}.jsonl")
    ]
    cases += read_labels(Path(__file__).with_name("injection_written.toml"))
    return [(case.text, bool(case.spans), case.lang) for case in cases]


def everyday(part: int) -> list[str]:
    """Return real texts of customers: part 0 to learn from, part 1 to choose the threshold by."""
    texts = [row["review"] for row in read("zh_reviews/online_shopping_10_cats.csv")][
        part * 3 :: 14
    ]
    amazon = read("amazon_musical_instruments/Musical_instruments_reviews.csv")[part::4]
    texts += [f"{row['summary']}. {row['reviewText']}" for row in amazon]
    texts += [
        row["review_comment_message"]
        for row in read("olist/olist_order_reviews_dataset.csv")[part::60]
    ]
    texts += [
        row["instruction"] for row in read("bitext_support/bitext_4514_with_responses.csv")[part::3]
    ]
    texts += [row["text"] for row in read("banking77/train.csv")[part::7]]
    return [text for text in texts if text]


def matrix(sets: list[frozenset[str]], names: dict[str, int]) -> scipy.sparse.csr_array:
    """Return one row a window, one column a feature."""
    cells = [
        (row, names[name])
        for row, features in enumerate(sets)
        for name in features
        if name in names
    ]
    rows, columns = zip(*cells, strict=True)
    return scipy.sparse.csr_array(
        (np.ones(len(cells)), (rows, columns)), shape=(len(sets), len(names))
    )


def learned(rows: list[Row], strength: float) -> tuple[float, dict[str, float]]:
    """Return the bias and the weights that tell attempts from customers."""
    seen = Counter(name for sets, *_ in rows for name in set().union(*sets))
    names = {
        name: at
        for at, name in enumerate(sorted(name for name, count in seen.items() if count >= 3))
    }
    every = [features for sets, *_ in rows for features in sets]
    owner = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
    table = matrix(every, names)
    attack = np.array([row[1] for row in rows])
    weight = np.array([row[3] for row in rows])
    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in names] + [(None, None)]
    point = np.r_[np.where([name in AGAINST for name in names], -0.3, 0.3), -3.0]
    for _ in range(ROUNDS):
        order = np.lexsort((table @ point[:-1], owner))
        best = order[np.r_[owner[order][1:] != owner[order][:-1], True]]
        chosen, sign, count = table[best], np.where(attack, 1.0, -1.0), weight

        def loss(at: np.ndarray, chosen=chosen, sign=sign, count=count) -> tuple[float, np.ndarray]:
            margin = sign * (chosen @ at[:-1] + at[-1])
            pull = -sign * count / (1 + np.exp(np.clip(margin, -50, 50)))
            value = count @ np.logaddexp(0, -margin) + strength * at[:-1] @ at[:-1] / 2
            return value, np.r_[chosen.T @ pull + strength * at[:-1], pull.sum()]

        point = scipy.optimize.minimize(
            loss, point, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 300}
        ).x
    return float(point[-1]), {
        name: float(point[at]) for name, at in names.items() if abs(point[at]) > 0.005
    }


def score(row: Row, bias: float, weights: dict[str, float]) -> float:
    return max(bias + sum(weights.get(name, 0.0) for name in features) for features in row[0])


def crossed(rows: list[Row], always: list[Row], strength: float) -> np.ndarray:
    """Return the score of each row by weights learned without its fold."""
    fold = np.array(random.Random(7).sample([at % FOLDS for at in range(len(rows))], len(rows)))
    scores = np.zeros(len(rows))
    for number in range(FOLDS):
        fitted = learned(
            always + [row for at, row in enumerate(rows) if fold[at] != number], strength
        )
        for at in np.flatnonzero(fold == number):
            scores[at] = score(rows[at], *fitted)
    return scores


def report(rows: list[Row], scores: np.ndarray, threshold: float) -> None:
    """Print precision and recall by language."""
    for lang in ("all", *sorted({row[2] for row in rows})):
        held = [
            (row[1], value > threshold)
            for row, value in zip(rows, scores, strict=True)
            if lang in ("all", row[2])
        ]
        count = Counter(held)
        right, found = count[True, True], count[True, True] + count[False, True]
        print(
            f"{lang}: precision {right / max(found, 1):.2f}, recall {right / (right + count[True, False]):.2f}, {count}"
        )


def sweep(others: list[Row], always: list[Row]) -> None:
    """Print what each strength and threshold would give, on the cases of other authors."""
    for strength in (0.5, 1.0, 2.0, 4.0):
        scores = crossed(others, always, strength)
        for threshold in (-0.5, 0.0, 0.5, 1.0):
            caught = Counter(
                (row[1], value > threshold) for row, value in zip(others, scores, strict=True)
            )
            print(strength, threshold, "caught", caught[True, True], "false", caught[False, True])


def main() -> None:
    """Learn on everything, choose the threshold on real texts, report, write the weights."""
    others = rows_of(outside(), 3.0)
    always = rows_of(own(), 2.0) + rows_of(
        [(text, attack, "") for text, attack in made(MADE, 0)], 0.3
    )
    always += rows_of([(text, False, "") for text in everyday(0)], 0.3)
    if "sweep" in sys.argv[1:]:
        sweep(others, always)
    bias, weights = learned(others + always, STRENGTH)
    real = sorted(
        score(row, bias, weights)
        for row in rows_of([(text, False, "") for text in everyday(1)], 1.0)
    )
    threshold = round(max(0.0, real[-1 - int(len(real) * FALSE_ALARMS)]), 2)
    print(
        f"{len(real)} real texts, threshold {threshold}, {sum(one > threshold for one in real)} above it"
    )
    worded = [any(known(text)) for text, *_ in outside()]
    report(others, np.where(worded, np.inf, crossed(others, always, STRENGTH)), threshold)
    lines = [
        f'"{name}" = {weight:.2f}'
        for name, weight in sorted(weights.items(), key=lambda item: -item[1])
    ]
    head = "# Made by `python benchmarks/injection_fit.py`; a pair counts where its two concepts stand near each other.\n"
    WEIGHTS.write_text(
        f"{head}bias = {bias:.2f}\nthreshold = {threshold}\n\n[weights]\n"
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
