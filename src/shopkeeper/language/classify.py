"""A linear softmax over n-grams: P(y|x) = exp(s_y) / Σ_c exp(s_c), s = xW + b.

Learned from any texts with a class each, in any language, in seconds. This module knows texts and
class names; it does not know what they are used for.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import fmin_l_bfgs_b
from scipy.special import logsumexp, softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.language.ngrams import BUCKETS, count_ngrams

Floats = NDArray[np.float64]

KIND = "ngram-softmax"
_SCORED = 1_024
_THREADS = 2
_BUDGET, _PER_TEXT = 20_000_000, 600
_PASSES = 300
_CLOSE = 1e-6 / np.finfo(float).eps


class NgramClassifier:
    """Word and character n-grams weighted by rarity, and a linear softmax on them.

    An n-gram that at least `minimum_texts` texts hold weighs (1 + log count) · rarity · telling.
    Rarity is 1 + log((1 + N) / (1 + n)), n of N texts holding it. Telling is the mean of r and of
    r's average, r = max_c |log P(n-gram | c) / P(n-gram | not c)| with one added to every count
    (after Wang & Manning 2012). Each text is scaled to length one. With two classes the
    weights part them with the least squared hinge loss, Σ max(0, 1 − y s)² · `strength` + ½‖w‖² (Fan
    et al. 2008, LIBLINEAR), which errs less on the texts in between and takes a tenth of the time.
    With more they maximise the likelihood under a Gaussian prior of variance `strength` (L-BFGS):
    margins of one class against the rest say too little about how rare a class is.

    Parameters
    ----------
    characters, signs
        Lengths of character n-grams, in scripts with and without spaces.
    words
        Lengths of word n-grams.
    minimum_texts
        Texts of the training set that an n-gram must occur in.
    strength
        What the texts weigh against large weights; higher fits closer. When not given √texts / 300
        for two classes and √texts / 30 for more: the more texts, the more they are believed.
    iterations
        Steps of L-BFGS at most.

    Limits
    ------
    Of more than 600 n-grams a text on average, or 20 million in all, those that tell most are kept:
    with more, each says too little for its weight to be believed, and long texts take longer. It knows what the training texts say and nothing else: a word that none of them holds says
    nothing, and word order counts only within an n-gram.

    Examples
    --------
    >>> texts = ["很好 喜欢", "不好 退货", "非常喜欢", "要退货"] * 3
    >>> fitted = NgramClassifier().fit(texts, ["positive", "negative"] * 6)
    >>> fitted.classes_
    ('negative', 'positive')
    >>> fitted.probabilities(["退货"]).argmax(axis=1).tolist()
    [0]
    """

    def __init__(
        self,
        *,
        characters: tuple[int, ...] = (2, 3, 4, 5),
        signs: tuple[int, ...] = (1, 2, 3),
        words: tuple[int, ...] = (1, 2),
        minimum_texts: int = 2,
        strength: float | None = None,
        iterations: int = 60,
    ) -> None:
        self.characters, self.signs, self.words = characters, signs, words
        self.minimum_texts, self.strength, self.iterations = minimum_texts, strength, iterations
        self._table: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> NgramClassifier:
        """Learn from texts and the class of each."""
        names, codes = np.unique(np.asarray(classes, dtype=np.str_), return_inverse=True)
        counts = self._count(texts)
        held = np.bincount(counts.indices, minlength=BUCKETS)
        self.classes_ = tuple(names.tolist())
        self.buckets_ = np.flatnonzero(held >= self.minimum_texts).astype(np.int32)
        rarity = 1 + np.log((1 + len(texts)) / (1 + held[self.buckets_]))
        telling = _telling(counts, codes, self.buckets_)
        self.scale_ = (rarity * telling).astype(np.float32)
        kept = _within(held[self.buckets_], telling, len(texts))
        self.buckets_, self.scale_ = self.buckets_[kept], self.scale_[kept]
        design = self._design(counts)
        believed = np.sqrt(len(texts))
        if len(names) == 2:
            strength = self.strength or believed / 300
            self.weights_, self.intercept_ = _fit_margins(design, codes, strength=strength)
        else:
            strength = self.strength or believed / 30
            self.weights_, self.intercept_ = _fit_softmax(
                design, codes, len(names), strength=strength, iterations=self.iterations
            )
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`, rows summing to one."""
        chunks = [texts[start : start + _SCORED] for start in range(0, len(texts), _SCORED)]
        with ThreadPoolExecutor(_THREADS) as pool:
            parts = list(pool.map(self._scored, chunks))
        return np.concatenate([np.zeros((0, len(self.classes_))), *parts])

    def _scored(self, texts: Sequence[str]) -> Floats:
        counts = self._count(texts, threads=1, column_of=self._feature_of())
        design = self._weighted(counts.data, counts.indices, counts.indptr)
        scores = design @ self.weights_ + self.intercept_
        return np.asarray(softmax(scores.astype(np.float64), axis=1))

    def save(self, folder: Path) -> None:
        """Write the fitted classifier into `folder`."""
        arrays = {
            "buckets": self.buckets_,
            "scale": self.scale_,
            "weights": self.weights_,
            "intercept": self.intercept_,
        }
        meta = {
            "classes": self.classes_,
            "characters": self.characters,
            "signs": self.signs,
            "words": self.words,
        }
        save_artifact(folder, kind=KIND, arrays=arrays, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> NgramClassifier:
        """Read a classifier that `save` wrote."""
        arrays, meta = load_artifact(folder, kind=KIND)
        characters, signs, words = (tuple(meta[n]) for n in ("characters", "signs", "words"))
        made = cls(characters=characters, signs=signs, words=words)
        made.classes_ = tuple(meta["classes"])
        made.buckets_, made.scale_ = arrays["buckets"], arrays["scale"]
        made.weights_, made.intercept_ = arrays["weights"], arrays["intercept"]
        return made

    def _count(
        self,
        texts: Sequence[str],
        threads: int = _THREADS,
        column_of: NDArray[np.int32] | None = None,
    ) -> sp.csr_matrix:
        return count_ngrams(
            texts,
            characters=self.characters,
            signs=self.signs,
            words=self.words,
            threads=threads,
            column_of=column_of,
        )

    def _feature_of(self) -> NDArray[np.int32]:
        """Return the feature of each bucket, −1 where it is none."""
        if self._table is None or self._table[0] is not self.buckets_:
            feature_of = np.full(BUCKETS, -1, np.int32)
            feature_of[self.buckets_] = np.arange(len(self.buckets_), dtype=np.int32)
            self._table = self.buckets_, feature_of
        return self._table[1]

    def _design(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        features = self._feature_of()[counts.indices]
        known = features >= 0
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(known)])
        return self._weighted(counts.data[known], features[known], before[counts.indptr])

    def _weighted(
        self,
        counts: NDArray[np.float32],
        features: NDArray[np.int32],
        starts: NDArray[np.int32 | np.int64],
    ) -> sp.csr_matrix:
        values = (1 + np.log(counts)) * self.scale_[features]
        lengths = np.diff(starts)
        squares = np.add.reduceat(np.append(values**2, np.float32(0)), starts[:-1])
        norm = np.sqrt(np.where(lengths > 0, squares, 1)).astype(np.float32)
        values /= np.repeat(norm, lengths)
        return sp.csr_matrix((values, features, starts), shape=(len(norm), len(self.buckets_)))


def _telling(
    counts: sp.csr_matrix, codes: NDArray[np.intp], buckets: NDArray[np.int32]
) -> NDArray[np.float64]:
    text_of = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    classes = codes.max() + 1
    held = np.bincount(
        counts.indices.astype(np.int64) * classes + codes[text_of], minlength=BUCKETS * classes
    ).reshape(BUCKETS, classes)[buckets]
    texts = np.bincount(codes)
    inside = (held + 1) / (texts + 2)
    outside = (held.sum(axis=1, keepdims=True) - held + 1) / (texts.sum() - texts + 2)
    ratio = np.abs(np.log(inside / outside)).max(axis=1, initial=0)
    mean = ratio.mean() if len(ratio) else 0.0
    return (ratio + mean) / 2 if mean > 0 else np.ones(len(ratio))


def _within(held: NDArray[np.intp], telling: NDArray[np.float64], texts: int) -> NDArray[np.bool_]:
    budget = min(_BUDGET, _PER_TEXT * texts)
    if held.sum() <= budget:
        return np.ones(len(held), bool)
    # Neither the rare that tell most nor the common that tell a little; the root between was the best
    # of three on held-out rows of those that teach.
    order = np.argsort(-telling * held**0.25, kind="stable")
    kept = np.zeros(len(held), bool)
    kept[order[np.cumsum(held[order]) <= budget]] = True
    return kept


def _fit_margins(
    design: sp.csr_matrix, codes: NDArray[np.intp], *, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    machine = LinearSVC(C=strength, dual=True, max_iter=_PASSES, random_state=0)
    with warnings.catch_warnings():
        # The last steps move no probability that anybody reads.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(design, codes)
    # Margins lie around −1 and 1; twice that is about as far apart as log-odds are.
    weights, intercept = 2 * machine.coef_.T, 2 * machine.intercept_
    both = np.hstack([-weights, weights]), np.append(-intercept, intercept)
    return both[0].astype(np.float32), both[1].astype(np.float32)


def _fit_softmax(
    design: sp.csr_matrix,
    codes: NDArray[np.intp],
    classes: int,
    *,
    strength: float,
    iterations: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows, features = design.shape
    halves, flipped = _halves(design), _halves(design.T.tocsr())
    truth = np.eye(classes)[codes]

    def loss(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(features + 1, classes)
        weights = table[:-1].astype(np.float32)
        scores = product(halves, weights).astype(np.float64) + table[-1]
        spread = logsumexp(scores, axis=1)
        miss = np.exp(scores - spread[:, None]) - truth
        slope = np.empty_like(table)
        slope[:-1] = product(flipped, miss.astype(np.float32)) + weights / strength
        slope[-1] = miss.sum(axis=0)
        penalty = float((weights.astype(np.float64) ** 2).sum()) / (2 * strength)
        fit = float(spread.sum() - scores[truth.astype(bool)].sum())
        return (fit + penalty) / rows, slope.ravel() / rows

    def product(parts: list[sp.csr_matrix], dense: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate(list(pool.map(lambda part: part @ dense, parts)))

    start = np.zeros((features + 1) * classes)
    with ThreadPoolExecutor(_THREADS) as pool:
        found, _, _ = fmin_l_bfgs_b(loss, start, m=10, factr=_CLOSE, maxiter=iterations)
    table = found.reshape(features + 1, classes).astype(np.float32)
    return table[:-1], table[-1]


def _halves(matrix: sp.csr_matrix) -> list[sp.csr_matrix]:
    """Return the rows in as many parts as there are threads, about as many entries in each."""
    cuts = np.searchsorted(matrix.indptr, np.linspace(0, matrix.nnz, _THREADS + 1)[1:-1])
    edges = [0, *cuts.tolist(), matrix.shape[0]]
    return [matrix[low:high] for low, high in pairwise(edges)]
