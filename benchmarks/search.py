"""Search: how well scores of query–title pairs agree with people's judgements, in one run.

Run `python benchmarks/search.py`; it needs the set `home_depot` (query, title, relevance 1 to 3). Pairs
are split by query, six tenths to learn, two to choose, two to report. The weights that the project
ships were learned on the same six tenths; "learned here" is what gradient-boosted trees make of the same
facts there. Intervals are bootstrap over queries. The last lines time one search over all titles.
"""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Callable

import numpy as np
from machine import data_folder, keep
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from shopkeeper.language.blending import Search, expected
from shopkeeper.language.encode import SentenceEncoder
from shopkeeper.language.keywords import search_terms
from shopkeeper.language.matching import FACTS

TENTHS = {"train": range(6), "choose": range(6, 8), "test": range(8, 10)}
DRAWS = 200


def read() -> tuple[list[str], list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Return queries, titles, and for each judged pair its query, its title and its relevance."""
    path = data_folder() / "home_depot" / "relevance_70.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["search_term"], row["product_title"], float(row["relevance"]))
            for row in csv.DictReader(file)
        ]
    queries, titles = (sorted({row[at] for row in rows}) for at in (0, 1))
    of_query, of_title = ({text: at for at, text in enumerate(some)} for some in (queries, titles))
    pairs = np.array([(of_query[row[0]], of_title[row[1]]) for row in rows])
    return queries, titles, pairs[:, 0], pairs[:, 1], np.array([row[2] for row in rows])


def part_of(queries: list[str]) -> np.ndarray:
    """Return in which tenth each query falls."""
    return np.array([int(hashlib.sha256(one.encode()).hexdigest(), 16) % 10 for one in queries])


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])


def interval(score: np.ndarray, truth: np.ndarray, query: np.ndarray) -> tuple[float, float]:
    """Return the 95 % bootstrap interval over queries."""
    rng, order = np.random.default_rng(0), np.argsort(query, kind="stable")
    _, starts = np.unique(query[order], return_index=True)
    groups = np.split(order, starts[1:])
    made = []
    for _ in range(DRAWS):
        rows = np.concatenate([groups[at] for at in rng.integers(0, len(groups), len(groups))])
        made.append(spearman(score[rows], truth[rows]))
    low, high = np.quantile(made, [0.025, 0.975])
    return float(low), float(high)


def cosine(
    vectorizer: object, queries: list[str], titles: list[str], query: np.ndarray, title: np.ndarray
) -> np.ndarray:
    known = vectorizer.fit(titles)  # type: ignore[attr-defined]
    one, other = known.transform(queries), known.transform(titles)
    lengths = [np.sqrt(np.asarray(some.multiply(some).sum(1)).ravel()) for some in (one, other)]
    dot = np.asarray(one[query].multiply(other[title]).sum(1)).ravel()
    return dot / np.maximum(lengths[0][query] * lengths[1][title], 1e-12)


def main() -> None:
    queries, titles, query, title, truth = read()
    part = part_of(queries)[query]
    rows = {name: np.isin(part, list(tenths)) for name, tenths in TENTHS.items()}
    print(
        {name: int(some.sum()) for name, some in rows.items()},
        len(queries),
        "queries",
        len(titles),
        "titles",
    )
    start = time.perf_counter()
    search = Search(titles, encoder=False)
    indexed = time.perf_counter() - start
    facts = np.zeros((len(truth), len(FACTS)), np.float32)
    order = np.argsort(query, kind="stable")
    starts = np.searchsorted(query[order], np.arange(len(queries) + 1))
    start = time.perf_counter()
    for at, text in enumerate(queries):
        some = order[starts[at] : starts[at + 1]]
        facts[some] = search.matcher.facts(text)[title[some]]
    each = (time.perf_counter() - start) / len(queries)
    encoder = SentenceEncoder(tokens=64)
    start = time.perf_counter()
    meaning = (encoder.vectors(queries)[query] * encoder.vectors(titles)[title]).sum(1)
    print(f"index {indexed:.1f} s, a search over {len(titles):,} titles {1000 * each:.1f} ms, vectors "
          f"{time.perf_counter() - start:.0f} s")  # fmt: skip
    lengths = np.array([[len(search_terms(text))] for text in queries])[query], np.array(
        [[len(search_terms(text))] for text in titles])[title]  # fmt: skip
    known = np.hstack([facts, meaning[:, None], *lengths])
    trees = HistGradientBoostingRegressor(
        max_iter=300, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=50, random_state=0
    ).fit(known[rows["train"]], truth[rows["train"]])
    words = TfidfVectorizer(ngram_range=(1, 2))
    letters = make_union(words, TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)))
    scores: dict[str, Callable[[], np.ndarray]] = {
        "TF-IDF cosine, words": lambda: cosine(words, queries, titles, query, title),
        "TF-IDF cosine, words and letters": lambda: cosine(letters, queries, titles, query, title),
        "BM25": lambda: facts[:, FACTS.index("keyword")],
        "embedding cosine": lambda: meaning,
        "ours without the encoder": lambda: expected(facts, np.zeros_like(meaning)),
        "ours": lambda: expected(facts, meaning),
        "ours, trees learned here": lambda: trees.predict(known),
    }
    figures = []
    print(f"{'Spearman':34s} choose    test   95 %")
    for name, make in scores.items():
        score = make()
        chosen, test = (spearman(score[rows[of]], truth[rows[of]]) for of in ("choose", "test"))
        low, high = interval(score[rows["test"]], truth[rows["test"]], query[rows["test"]])
        print(f"{name:34s} {chosen:.4f}  {test:.4f}  {low:.4f} to {high:.4f}", flush=True)
        figures.append({"score": name, "choose": chosen, "test": test, "low": low, "high": high})
    keep("search", figures)


if __name__ == "__main__":
    main()
