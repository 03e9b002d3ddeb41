"""What a customer wants, told from a few examples of each intent, or "none of these".

Three readers are averaged: an encoder trained to part the intents, a linear softmax on the same
encoder as it came, and n-grams. How sure they may be is rehearsed: models that have seen neither
some of the examples nor some of the intents read them, and from that is learned how often the
chosen intent is right when a query may also be about something else. This module knows texts and
names of intents, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, softmax

from shopkeeper.artifacts import Arrays, load_artifact, save_artifact
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.language.calibrate import fit_temperature
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.encode import SentenceEncoder
from shopkeeper.language.proxies import SCALE, Course, ProxyEncoder, Vectors
from shopkeeper.language.splits import folds, text_groups
from shopkeeper.language.train import fitted_softmax
from shopkeeper.words import Words

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
KIND = "intents"
OUTSIDE = 0.3
"""Share of queries about none of the intents that is reckoned with when no other is given."""
RISK = 0.5
"""Below this chance of being wrong an intent is chosen; at a half, right is likelier than wrong."""

_FEW = 2_000
_REHEARSED = 3_000
_STRENGTH = 30.0
_STRENGTH_NGRAMS = 16.0
_FLOOR = 1e-9
_ASKED = Words("Asked to learn intents from examples.", "要从例句学习意图。")
FEW, MANY = Course(epochs=5, rate=1e-4), Course(layers=4, epochs=6, rate=1e-4, misspell=False)


@dataclass(frozen=True)
class Rehearsal:
    """What models said of texts that they had not learned from.

    Parameters
    ----------
    scores
        Averaged log-probabilities, one column an intent; −∞ for an intent that was left out.
    closeness
        Cosine with the closest class of the trained encoder.
    codes
        Intent of each text; −1 where it was among those left out.
    """

    scores: Floats
    closeness: Floats
    codes: Codes


class IntentClassifier:
    """Tells intents apart from a few examples of each, and says when it is none of them.

    Parameters
    ----------
    encoder
        Folder or hub id of a BERT encoder; empty for MiniLM.
    seed
        Seed of everything random.
    course
        How far the encoder is trained. When not given, by the number of examples: `FEW` up to
        2,000, `MANY` above.
    outside
        Share of the queries to come that are about none of the intents, 0 to below 1.
    rehearsals
        Times that a part of the examples and intents is left out to learn how sure to be; 0 to
        leave probabilities as they come, and then nothing can be turned away.

    Limits
    ------
    A stated risk holds for queries like the examples: customers who write otherwise are misread more
    often. Of two intents none can be left out, so that "none of these" is then judged only by how
    far a query is from the examples. MiniLM knows English.
    """

    def __init__(
        self,
        *,
        encoder: str = "",
        seed: int = 0,
        course: Course | None = None,
        outside: float = OUTSIDE,
        rehearsals: int = 5,
    ) -> None:
        if not 0 <= outside < 1:
            raise UsageError(
                _ASKED,
                Words(f"The share outside is {outside}.", f"意图之外的占比为 {outside}。"),
                Words("Give a number from 0 to below 1.", "请给出 0 到 1（不含）之间的数。"),
            )
        self.encoder, self.seed, self.course = encoder, seed, course
        self.outside, self.rehearsals = outside, rehearsals

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> IntentClassifier:
        """Learn from example texts and the intent of each.

        Raises
        ------
        UsageError
            There are not as many intents as texts.
        MissingDataError
            There are fewer than two different intents.
        """
        texts = list(texts)
        _learnable(texts, intents)
        names, codes = np.unique(np.asarray(intents, dtype=np.str_), return_inverse=True)
        self.classes_: tuple[str, ...] = tuple(names.tolist())
        self.course_ = self.course or (FEW if len(texts) <= _FEW else MANY)
        self.temperature_ = 1.0
        self.weights_: Floats | None = None
        vectors = SentenceEncoder(encoder=self.encoder, tokens=self.course_.tokens).vectors(texts)
        if self.rehearsals:
            self._calibrate(self._rehearse(texts, codes, vectors))
        self._readers = Readers(self.encoder, self.seed, self.course_).fit(texts, codes, vectors)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return P(intent | text is about one of them), one column an intent of `classes_`."""
        said: Floats = softmax(self._readers.read(list(texts))[0] / self.temperature_, axis=1)
        return said

    def confidence(self, texts: Sequence[str]) -> Floats:
        """Return the chance that the likeliest intent is right, though a text may be about none.

        Raises
        ------
        UsageError
            It was fitted without rehearsals.
        """
        return self._sure(*self._readers.read(list(texts)))

    def choose(self, texts: Sequence[str], *, risk: float = RISK) -> list[str | None]:
        """Return the intent of each text, None where being wrong is likelier than `risk`.

        Parameters
        ----------
        texts
            Any texts.
        risk
            Highest chance of being wrong at which an intent is still chosen. 1 always chooses.

        Raises
        ------
        UsageError
            `risk` is not between 0 and 1, or it was fitted without rehearsals.
        """
        if not 0 <= risk <= 1:
            raise UsageError(
                Words("Asked for intents at a stated risk.", "要按指定的风险选择意图。"),
                Words(f"The risk is {risk}.", f"风险为 {risk}。"),
                Words("Give a number from 0 to 1.", "请给出 0 到 1 之间的数。"),
            )
        scores, closeness = self._readers.read(list(texts))
        sure = self._sure(scores, closeness) >= 1 - risk
        likeliest = scores.argmax(axis=1)
        return [
            self.classes_[code] if keep else None
            for code, keep in zip(likeliest.tolist(), sure.tolist(), strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write what was learned; the encoder itself is named, not copied."""
        arrays = self._readers.save(folder / "ngrams")
        if self.weights_ is not None:
            arrays["confidence"] = self.weights_
        meta = {
            "classes": self.classes_,
            "encoder": self.encoder,
            "course": asdict(self.course_),
            "temperature": self.temperature_,
            "outside": self.outside,
        }
        save_artifact(folder, kind=KIND, arrays=arrays, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> IntentClassifier:
        """Read what `save` wrote, on top of the same encoder.

        Raises
        ------
        ArtifactError
            There is no such artifact, or its bytes have changed.
        """
        arrays, meta = load_artifact(folder, kind=KIND)
        course = Course(**meta["course"])
        made = cls(encoder=meta["encoder"], course=course, outside=meta["outside"])
        made.course_ = course
        made.classes_, made.temperature_ = tuple(meta["classes"]), meta["temperature"]
        made.weights_ = arrays.pop("confidence", None)
        made._readers = Readers(made.encoder, 0, course).take(arrays, folder / "ngrams")
        return made

    def _rehearse(self, texts: list[str], codes: Codes, vectors: Vectors) -> Rehearsal:
        """Return what models said of examples and intents that were kept from them."""
        at = _sampled(codes, _REHEARSED, self.seed)
        count = self.rehearsals if len(at) <= _FEW else 1
        groups = text_groups([texts[i] for i in at])
        parts = folds(groups, count=max(count, 5), seed=self.seed)
        apart = _dealt(len(self.classes_), max(count, 5), self.seed)
        made = []
        for number in range(count):
            unknown = np.isin(codes[at], apart[number])
            teaches = (parts != number) & ~unknown
            taught = at[teaches]
            known = np.unique(codes[taught])
            # A text that stands under two intents must not examine what it taught.
            asked = at[~np.isin(groups, groups[teaches]) & (unknown | np.isin(codes[at], known))]
            if len(known) < 2 or not len(asked):
                continue
            reader = Readers(self.encoder, self.seed, self.course_)
            own = np.searchsorted(known, codes[taught])
            reader.fit([texts[i] for i in taught], own, vectors[taught])
            some, closeness = reader.read([texts[i] for i in asked])
            scores = np.full((len(asked), len(self.classes_)), -np.inf)
            scores[:, known] = some
            made.append(
                (scores, closeness, np.where(np.isin(codes[asked], known), codes[asked], -1))
            )
        if not made:
            return Rehearsal(np.zeros((0, len(self.classes_))), np.zeros(0), np.zeros(0, np.intp))
        scores, closeness, truth = (np.concatenate(column) for column in zip(*made, strict=True))
        return Rehearsal(scores, closeness, truth)

    def _calibrate(self, rehearsal: Rehearsal) -> None:
        from sklearn.linear_model import LogisticRegression

        inside = rehearsal.codes >= 0
        own = softmax(rehearsal.scores[inside], axis=1)
        self.temperature_ = fit_temperature(own, rehearsal.codes[inside])
        right = rehearsal.scores.argmax(axis=1) == rehearsal.codes
        if len(np.unique(right)) < 2:
            # Nothing was misread, or everything: the share of it is all that is known, plus one each.
            share = (right.sum() + 1) / (len(right) + 2)
            self.weights_ = np.array([np.log(share / (1 - share)), 0.0, 0.0])
            return
        weights = np.where(inside, (1 - self.outside) / inside.sum(), 0.0)
        if not inside.all():
            weights[~inside] = self.outside / (~inside).sum()
        sureness = LogisticRegression(C=10.0, max_iter=500)
        sureness.fit(
            self._signs(rehearsal.scores, rehearsal.closeness),
            right,
            sample_weight=weights * len(weights),
        )
        self.weights_ = np.concatenate([sureness.intercept_, sureness.coef_[0]])

    def _signs(self, scores: Floats, closeness: Floats) -> Floats:
        said = softmax(scores / self.temperature_, axis=1).max(axis=1)
        said = np.clip(said, 1e-4, 1 - 1e-4)
        return np.column_stack([np.log(said / (1 - said)), closeness])

    def _sure(self, scores: Floats, closeness: Floats) -> Floats:
        if self.weights_ is None:
            raise UsageError(
                Words("Asked how sure a choice of intent is.", "要查询意图选择的把握。"),
                Words("It was fitted without rehearsals.", "训练时没有做演练。"),
                Words(
                    "Fit it again with rehearsals of 1 or more.",
                    "请以不小于 1 的演练次数重新训练。",
                ),
            )
        signs = self._signs(scores, closeness)
        sure: Floats = expit(self.weights_[0] + signs @ self.weights_[1:])
        return sure


class Readers:
    """The three readers, whose log-probabilities are averaged.

    Parameters
    ----------
    encoder
        Folder or hub id; empty for MiniLM.
    seed
        Seed of the training.
    course
        How far the encoder is trained.
    """

    def __init__(self, encoder: str, seed: int, course: Course) -> None:
        self._trained = ProxyEncoder(encoder=encoder, seed=seed, course=course)
        self._plain = SentenceEncoder(encoder=encoder, tokens=course.tokens)
        self._ngrams = NgramClassifier(minimum_texts=1, strength=_STRENGTH_NGRAMS)

    def fit(self, texts: list[str], codes: Codes, vectors: Vectors) -> Readers:
        """Learn from texts, the number of each one's intent, and its vector before training."""
        self._weights, self._bias = fitted_softmax(vectors, codes, strength=_STRENGTH)
        self._trained.fit(texts, codes)
        self._ngrams.fit(texts, [f"{code:06d}" for code in codes])
        return self

    def read(self, texts: list[str]) -> tuple[Floats, Floats]:
        """Return the averaged log-probabilities, and the cosine with the closest class."""
        if not texts:
            return np.zeros((0, len(self._bias))), np.zeros(0)
        trained = self._trained.scores(texts)
        plain = self._plain.vectors(texts) @ self._weights.T + self._bias
        parts = (
            log_softmax(trained, axis=1),
            log_softmax(plain.astype(np.float64), axis=1),
            np.log(np.maximum(self._ngrams.probabilities(texts), _FLOOR)),
        )
        scores: Floats = np.mean(parts, axis=0)
        return scores, trained.max(axis=1) / SCALE

    def save(self, folder: Path) -> Arrays:
        """Write the n-grams into `folder` and return the arrays of the other two."""
        self._ngrams.save(folder)
        return {**self._trained.arrays(), "weights": self._weights, "bias": self._bias}

    def take(self, arrays: Arrays, folder: Path) -> Readers:
        """Take over what `save` returned and wrote."""
        self._weights, self._bias = arrays.pop("weights"), arrays.pop("bias")
        self._trained.take(arrays)
        self._ngrams = NgramClassifier.load(folder)
        return self


def _learnable(texts: Sequence[str], intents: Sequence[str]) -> None:
    if len(texts) != len(intents):
        raise UsageError(
            _ASKED,
            Words(
                f"There are {len(texts)} texts and {len(intents)} intents.",
                f"有 {len(texts)} 条文本、{len(intents)} 个意图。",
            ),
            Words("Give one intent for each text.", "请为每条文本给出一个意图。"),
        )
    different = len(set(intents))
    if different < 2:
        raise MissingDataError(
            _ASKED,
            Words(
                f"The examples have {different} different intents.",
                f"例句只有 {different} 种意图。",
            ),
            Words("Give examples of two intents or more.", "请给出至少两种意图的例句。"),
        )


def _sampled(codes: Codes, rows: int, seed: int) -> Codes:
    """Return places of at most about `rows` texts, the same number of each intent where it has them."""
    mixed = np.random.default_rng(seed).permutation(len(codes))
    each = max(1, rows // (int(codes.max()) + 1))
    kept = [mixed[codes[mixed] == code][:each] for code in range(int(codes.max()) + 1)]
    return np.sort(np.concatenate(kept)) if len(codes) > rows else np.arange(len(codes))


def _dealt(intents: int, parts: int, seed: int) -> list[Codes]:
    """Deal the intents into parts to be left out, so that two at least are always left in."""
    mixed = np.random.default_rng(seed).permutation(intents)
    return [mixed[part::parts][: max(0, intents - 2)] for part in range(parts)]
