"""Sentences become unit vectors without a model: hashed n-grams, projected. Any language.

Two ways to project. A random one needs no corpus: every n-gram bucket has its own signs, so a text
has the same vector in every process. A fitted one (truncated SVD of the weighted counts, latent
semantic analysis) brings together n-grams that occur in the same texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.language.ngrams import BUCKETS, count_ngrams

KIND = "hashed-vectors"
_BLOCK = 4_000
_SPARE, _ROUNDS = 16, 5
_ONE, _TWO = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


class HashedEncoder:
    """Counts of n-grams, weighted by rarity and projected to unit vectors.

    Parameters
    ----------
    width
        Numbers in a vector.
    characters, signs, words
        Lengths of n-grams, as `count_ngrams` takes them.
    minimum_texts
        Texts of the corpus that an n-gram must occur in; fewer are dropped when fitted.
    most
        Share of the texts above which an n-gram is too common to tell anything.
    features
        N-grams that the axes are fitted on at most, the commonest of those that are left.

    Limits
    ------
    Two texts without an n-gram in common are unlike, however close in meaning; what `fit` brings
    together is what the corpus puts in the same texts.

    Examples
    --------
    >>> vectors = HashedEncoder().vectors(["质量不错", "质量很不错", "shipping"])
    >>> float(vectors[0] @ vectors[1]) > 0.3 > abs(float(vectors[0] @ vectors[2]))
    True
    """

    def __init__(
        self,
        *,
        width: int = 256,
        characters: tuple[int, ...] = (),
        signs: tuple[int, ...] = (1, 2, 3),
        words: tuple[int, ...] = (1, 2),
        minimum_texts: int = 3,
        most: float = 0.5,
        features: int = 40_000,
    ) -> None:
        self.width, self.minimum_texts, self.most = width, minimum_texts, most
        self.features = features
        self.characters, self.signs, self.words = characters, signs, words
        self.buckets_: NDArray[np.int32] | None = None

    @property
    def space(self) -> str:
        """The name of the space that the vectors lie in; equal only where they can be compared."""
        lengths = f"{self.width} {self.characters} {self.signs} {self.words}"
        digest = hashlib.sha256(lengths.encode())
        if self.buckets_ is not None:
            for array in (self.buckets_, self.scale_, self.axes_):
                digest.update(np.ascontiguousarray(array).tobytes())
        return f"ngrams:{digest.hexdigest()[:16]}"

    def fit(self, texts: Sequence[str]) -> HashedEncoder:
        """Learn rarity and the axes from texts; with too few, vectors stay randomly projected."""
        counts = self._count(texts)
        held = np.bincount(counts.indices, minlength=BUCKETS)
        kept = (held >= self.minimum_texts) & (held <= max(1.0, self.most * len(texts)))
        common = np.flatnonzero(kept)
        common = common[np.argsort(-held[common], kind="stable")][: self.features]
        buckets = np.sort(common).astype(np.int32)
        axes = min(self.width, len(buckets) - 1, len(texts) - 1)
        if axes < 2:
            return self
        rarity = 1 + np.log((1 + len(texts)) / (1 + held[buckets]))
        self.buckets_, self.scale_ = buckets, rarity.astype(np.float32)
        design = self._design(counts)
        self.axes_ = main_axes(design, _signs(buckets, axes + _SPARE))[:, :axes]
        return self

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row a text; zeros where the text holds nothing that is known."""
        width = self.width if self.buckets_ is None else self.axes_.shape[1]
        made = np.zeros((len(texts), width), np.float32)
        for start in range(0, len(texts), _BLOCK):
            counts = self._count(texts[start : start + _BLOCK])
            made[start : start + _BLOCK] = self._project(counts)
        return made

    def save(self, folder: Path) -> None:
        """Write the fitted encoder into `folder`."""
        fitted = self.buckets_ is not None
        arrays = (
            {"buckets": self.buckets_, "scale": self.scale_, "axes": self.axes_} if fitted else {}
        )
        names = ("width", "characters", "signs", "words", "minimum_texts", "most", "features")
        meta = {name: getattr(self, name) for name in names}
        save_artifact(folder, kind=KIND, arrays=arrays, meta=meta)  # type: ignore[arg-type]

    @classmethod
    def load(cls, folder: Path) -> HashedEncoder:
        """Read an encoder that `save` wrote."""
        arrays, meta = load_artifact(folder, kind=KIND)
        lengths = {name: tuple(meta.pop(name)) for name in ("characters", "signs", "words")}
        made = cls(**(meta | lengths))
        if arrays:
            made.buckets_, made.scale_ = arrays["buckets"], arrays["scale"]
            made.axes_ = arrays["axes"]
        return made

    def _count(self, texts: Sequence[str]) -> sp.csr_matrix:
        return count_ngrams(texts, characters=self.characters, signs=self.signs, words=self.words)

    def _project(self, counts: sp.csr_matrix) -> NDArray[np.float32]:
        if self.buckets_ is not None:
            return _unit(self._design(counts) @ self.axes_)
        counts = counts.copy()
        counts.data = 1 + np.log(counts.data)
        buckets, column = np.unique(counts.indices, return_inverse=True)
        narrow = sp.csr_matrix(
            (counts.data, column, counts.indptr), (counts.shape[0], len(buckets))
        )
        return _unit(narrow @ _signs(buckets, self.width))

    def _design(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        assert self.buckets_ is not None
        design = sp.csr_matrix(counts[:, self.buckets_], dtype=np.float32)
        design.data = (1 + np.log(design.data)) * self.scale_[design.indices]
        length = np.sqrt(np.asarray(design.multiply(design).sum(axis=1)).ravel())
        design.data /= np.repeat(np.maximum(length, 1e-12), np.diff(design.indptr))
        return design


def main_axes(design: sp.csr_matrix, start: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the axes along which the rows spread most, the longest first (subspace iteration).

    Parameters
    ----------
    design
        One row a text.
    start
        One column an axis to begin with; nothing is drawn, so the same rows give the same axes.

    Examples
    --------
    >>> rows = sp.csr_matrix(np.diag([3.0, 2.0, 1.0]).astype(np.float32))
    >>> start = np.array([[1, 1], [1, -1], [1, 1]], np.float32)
    >>> np.abs(main_axes(rows, start)).round(2).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    flipped = design.T.tocsr()
    axes = _orthonormal(start)
    for _ in range(_ROUNDS):
        axes = _orthonormal(np.asarray(flipped @ (design @ axes)))
    made = np.asarray(design @ axes, np.float64)
    values, turn = np.linalg.eigh(made.T @ made)
    long = values > 1e-9 * max(values[-1], 1e-12)
    return np.ascontiguousarray((axes @ turn[:, long][:, ::-1]).astype(np.float32))


def _orthonormal(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    wide = columns.astype(np.float64)
    values, turn = np.linalg.eigh(wide.T @ wide)
    held = values > 1e-10 * values[-1]
    return np.asarray(wide @ (turn[:, held] / np.sqrt(values[held])), np.float32)


def _signs(buckets: NDArray[np.int32], width: int) -> NDArray[np.float32]:
    """Return a row of +1 and −1 a bucket, the same in every process."""
    column = np.arange(width, dtype=np.uint64)
    mixed = (buckets.astype(np.uint64)[:, None] * np.uint64(width) + column + np.uint64(1)) * _ONE
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _TWO
    return np.where(mixed >> np.uint64(63), np.float32(1), np.float32(-1))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.asarray(rows, np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(length > 1e-9, rows / np.maximum(length, 1e-9), 0).astype(np.float32)
