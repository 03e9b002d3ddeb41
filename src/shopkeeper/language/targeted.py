"""What a text thinks of one term in it: "the battery is great, the screen is not" says two things.

`TargetedNgrams` reads any language: a model each of the text, of the clause around the term, of what
stands before and behind it, and of the term itself, weighed against each other. `TargetedEncoder` reads
English: an encoder's token vectors, averaged over the term, around it and over the text, and a linear softmax on them. The encoder itself is not changed, so that learning takes as long
as reading once. This module knows quotes and class names; it does not know what they are used for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.errors import MissingDataError
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.quotes import Quote, clauses
from shopkeeper.language.splits import folds, text_groups
from shopkeeper.words import Words

Floats = NDArray[np.float64]
FOLDS = 3
VIEWS = ("text", "clause", "before", "behind", "term")
KIND = "targeted-encoder"
_AROUND, _TERM = 250, 60
"""Characters read on each side of a term, and of the term itself."""
_NEAR, _FAR = 3, 10
"""Tokens that count in full around a term, and those over which the weight falls to zero."""
_SIDE = 40
"""Characters of the views before and behind a term."""
_POOLS, _BATCH = 3, 32
_FLOOR = 1e-9


class TargetedNgrams:
    """N-grams of several views of a term, weighed by what they said of rows not learned from.

    Parameters
    ----------
    views
        Some of `text`, `clause`, `before`, `behind`, `term`; `text` alone is the plain n-gram
        baseline, which does not know the term.
    seed
        Seed of the folds.

    Limits
    ------
    It counts words and knows no grammar: in "the screen, unlike the battery, is great" it does not
    know which is great.

    Examples
    --------
    >>> from shopkeeper.language.quotes import find_quote
    >>> rows = [("屏幕好，电池差", "屏幕"), ("屏幕好，电池差", "电池"), ("电池好", "电池")] * 10
    >>> fitted = TargetedNgrams().fit(
    ...     [find_quote(*row) for row in rows], ["good", "bad", "good"] * 10
    ... )
    >>> fitted.classes_[
    ...     int(fitted.probabilities([find_quote("屏幕好，电池差", "电池")])[0].argmax())
    ... ]
    'bad'
    """

    def __init__(self, *, views: tuple[str, ...] = VIEWS, seed: int = 0) -> None:
        self.views, self.seed = views, seed

    def fit(self, targets: Sequence[Quote], classes: Sequence[str]) -> TargetedNgrams:
        """Learn from terms in their texts and the class of each."""
        names, codes = _classes(classes)
        self.classes_ = names
        seen = [_views(target) for target in targets]
        fold = folds(text_groups([target.text for target in targets]), count=FOLDS, seed=self.seed)
        said = np.full((len(self.views), len(targets), len(names)), 1 / len(names))
        self.models_ = []
        for number, view in enumerate(self.views):
            texts = [one[view] for one in seen]
            for part in range(FOLDS):
                inside = np.flatnonzero(fold == part)
                outside = np.flatnonzero(fold != part)
                if len(inside) and len(np.unique(codes[outside])) == len(names):
                    model = _ngrams(texts, classes, outside)
                    said[number, inside] = model.probabilities([texts[at] for at in inside])
            self.models_.append(_ngrams(texts, classes, np.arange(len(texts))))
        self.weights_, self.intercept_ = _softmax_regression(_stacked(said), codes, strength=1.0)
        return self

    def probabilities(self, targets: Sequence[Quote]) -> Floats:
        """Return one row a term and one column a class of `classes_`, rows summing to one."""
        seen = [_views(target) for target in targets]
        said = np.stack(
            [
                model.probabilities([one[view] for one in seen])
                for view, model in zip(self.views, self.models_, strict=True)
            ]
        )
        scores: Floats = softmax(_stacked(said) @ self.weights_ + self.intercept_, axis=1)
        return scores


def _views(target: Quote) -> dict[str, str]:
    text, start, end = target.text, target.start, target.end
    around = [one for one in clauses(text) if one.start < end and one.end > start]
    low = min([start, *(one.start for one in around)])
    high = max([end, *(one.end for one in around)])
    low, high = max(low, start - _AROUND), min(high, end + _AROUND)
    return {
        "text": text,
        "clause": text[low:high],
        "before": text[max(0, start - _SIDE) : start],
        "behind": text[end : end + _SIDE],
        "term": target.quote,
    }


class TargetedEncoder:
    """An encoder's token vectors around a term, and a linear softmax on them.

    For each of some layers: the mean over the term, the mean of the words near it (weights fall to
    zero thirteen tokens away), and the mean of the text. The term is given a second time behind the
    text, as the encoder's second sentence, so that the text is read with the term in mind.

    Parameters
    ----------
    encoder
        Folder or hub id of an encoder; empty for MiniLM.
    layers
        Layers whose vectors are read, from 1. The middle of a sentence encoder says more of a term
        than its top, which was trained to say what the whole sentence is about.
    strength
        Inverse weight of the penalty on the softmax's weights (scikit-learn's C), of standardised
        vectors.
    tokens
        Tokens read at most; of a longer text the part around the term.

    Limits
    ------
    MiniLM knows English; other languages need another encoder. Of an encoder whose last layer is
    followed by a norm, the last layer is read after it.
    """

    def __init__(
        self,
        *,
        encoder: str = "",
        layers: tuple[int, ...] = (3, 4),
        strength: float = 0.0007,
        tokens: int = 128,
    ) -> None:
        self.encoder, self.layers = encoder, layers
        self.strength, self.tokens = strength, tokens
        self._loaded: tuple[Any, Any] | None = None

    def fit(self, targets: Sequence[Quote], classes: Sequence[str]) -> TargetedEncoder:
        """Learn from terms in their texts and the class of each."""
        self.classes_, codes = _classes(classes)
        vectors = self.vectors(targets)
        self.mean_, self.spread_ = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        design = (vectors - self.mean_) / self.spread_
        self.weights_, self.intercept_ = _softmax_regression(design, codes, strength=self.strength)
        return self

    def probabilities(self, targets: Sequence[Quote]) -> Floats:
        """Return one row a term and one column a class of `classes_`, rows summing to one."""
        design = (self.vectors(targets) - self.mean_) / self.spread_
        shares: Floats = softmax(design @ self.weights_ + self.intercept_, axis=1)
        return shares

    def vectors(self, targets: Sequence[Quote]) -> NDArray[np.float32]:
        """Return one row a term: what the encoder makes of it and of what is around it."""
        import torch

        tokenizer, model = self._read_encoder()
        width = model.config.hidden_size * len(self.layers) * _POOLS
        made = np.zeros((len(targets), width), np.float32)
        order = np.argsort([len(target.text) for target in targets], kind="stable")
        for start in range(0, len(order), _BATCH):
            index = order[start : start + _BATCH]
            rows, weights = self._tokens(tokenizer, [targets[at] for at in index])
            with torch.inference_mode():
                states = model(**rows, output_hidden_states=True).hidden_states
            pooled = [np.matmul(weights, states[layer].float().numpy()) for layer in self.layers]
            made[index] = np.concatenate(pooled, axis=1).reshape(len(index), width)
        return made

    def _read_encoder(self) -> tuple[Any, Any]:
        if self._loaded is None:
            from transformers import AutoModel, AutoTokenizer

            source = encoder_source(self.encoder)
            model: Any = AutoModel.from_pretrained(source).eval()
            if hasattr(model, "encoder") and hasattr(model.encoder, "layer"):
                # The layers above the highest that is read would only cost time.
                model.encoder.layer = model.encoder.layer[: max(self.layers)]
            self._loaded = AutoTokenizer.from_pretrained(source), model
        return self._loaded

    def save(self, folder: Path) -> None:
        """Write what was learned; the encoder itself is named, not copied."""
        arrays = {
            "mean": self.mean_, "spread": self.spread_,
            "weights": self.weights_, "intercept": self.intercept_,
        }  # fmt: skip
        meta = {
            "classes": self.classes_, "encoder": self.encoder, "layers": self.layers,
            "strength": self.strength, "tokens": self.tokens,
        }  # fmt: skip
        save_artifact(folder, kind=KIND, arrays=arrays, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> TargetedEncoder:
        """Read what `save` wrote."""
        arrays, meta = load_artifact(folder, kind=KIND)
        made = cls(
            encoder=meta["encoder"],
            layers=tuple(meta["layers"]),
            strength=meta["strength"],
            tokens=meta["tokens"],
        )
        made.classes_ = tuple(meta["classes"])
        made.mean_, made.spread_ = arrays["mean"], arrays["spread"]
        made.weights_, made.intercept_ = arrays["weights"], arrays["intercept"]
        return made

    def _tokens(self, tokenizer: Any, targets: Sequence[Quote]) -> tuple[Any, NDArray[np.float32]]:
        """Return the tokens of a batch, and for each row the weights of its three means."""
        parts = [_around(target) for target in targets]
        rows = tokenizer(
            [part.text for part in parts], [part.quote[:_TERM] for part in parts],
            padding=True, truncation="only_first", max_length=self.tokens + _TERM,
            return_offsets_mapping=True, return_tensors="pt",
        )  # fmt: skip
        offsets = rows.pop("offset_mapping").numpy()
        weights = np.zeros((len(parts), _POOLS, offsets.shape[1]), np.float32)
        for number, part in enumerate(parts):
            own = np.array([sentence == 0 for sentence in rows.sequence_ids(number)])
            weights[number] = _weights(offsets[number], own, part)
        return rows, weights


def _around(target: Quote) -> Quote:
    """Return the term in the part of its text that is read."""
    low = max(0, target.start - _AROUND)
    end = min(target.end, target.start + _AROUND)
    return Quote(target.text[low : end + _AROUND], target.start - low, end - low)


def _weights(
    offsets: NDArray[np.int64], own: NDArray[np.bool_], target: Quote
) -> NDArray[np.float32]:
    inside = own & (offsets[:, 0] < target.end) & (offsets[:, 1] > target.start)
    places = np.flatnonzero(inside if inside.any() else own)
    if not len(places):
        return np.zeros((_POOLS, len(own)), np.float32)
    at = np.arange(len(own))
    distance = np.maximum(np.maximum(places[0] - at, at - places[-1]), 0)
    near = np.clip(1 - np.maximum(distance - _NEAR, 0) / _FAR, 0, 1) * own
    pools = np.stack([inside if inside.any() else own, near, own]).astype(np.float32)
    pools /= np.maximum(pools.sum(axis=1, keepdims=True), 1e-6)
    return pools


def _classes(classes: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    names, codes = np.unique(np.asarray(classes, dtype=np.str_), return_inverse=True)
    if len(names) < 2:
        raise MissingDataError(
            Words("Asked to learn what texts think of terms.", "要学习文本对词语的看法。"),
            Words(
                f"The {len(classes)} examples have {len(names)} class(es).",
                f"{len(classes)} 条样本只有 {len(names)} 个类别。",
            ),
            Words("Give examples of at least two classes.", "请给出至少两个类别的样本。"),
        )
    return tuple(names.tolist()), codes


def _ngrams(
    texts: Sequence[str], classes: Sequence[str], index: NDArray[np.intp]
) -> NgramClassifier:
    return NgramClassifier().fit([texts[at] for at in index], [classes[at] for at in index])


def _stacked(said: Floats) -> Floats:
    """Return the log-probabilities of all views side by side, one row a term."""
    logs: Floats = np.log(np.maximum(said, _FLOOR))
    return np.concatenate(list(logs), axis=1)


def _softmax_regression(
    design: Floats | NDArray[np.float32], codes: NDArray[np.intp], *, strength: float
) -> tuple[Floats, Floats]:
    fitted = LogisticRegression(C=strength, max_iter=500).fit(design, codes)
    weights, intercept = fitted.coef_.T, fitted.intercept_
    if weights.shape[1] == 1:
        weights = np.hstack([-weights, weights]) / 2
        intercept = np.concatenate([-intercept, intercept]) / 2
    return weights, intercept
