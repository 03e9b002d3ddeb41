"""The ways of telling classes of texts apart that are compared, the simplest first.

Each learns from texts with a class each and answers with probabilities. This module knows texts and
class names; it does not know where they come from, nor how well anything did.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, Self, get_args

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.encode import SentenceEncoder, encoder_source
from shopkeeper.language.prompts import FENCE_RULE, fenced
from shopkeeper.language.splits import but_lone_classes, held_out_by_group, text_groups
from shopkeeper.language.text import normalise, text_key

if TYPE_CHECKING:
    from shopkeeper.language.cascade import Point

Floats = NDArray[np.float64]
Answering = Callable[[Sequence[str]], Sequence[str]]
"""From prompts to a language model's replies, in their order."""
ContenderName = Literal[
    "majority", "ngrams", "embeddings", "few_shot", "fine_tuned", "cascade", "llm"
]
NAMES: tuple[ContenderName, ...] = get_args(ContenderName)
TRADITIONAL = ("majority", "ngrams")
"""Methods without a language model; the others have one."""
LABELS: dict[str, tuple[int, int | None]] = {
    "few_shot": (0, 64), "fine_tuned": (64, None), "cascade": (256, None),
}  # fmt: skip
"""Labels per class from which, and up to which, a method is worth its time; None for no end."""
MOST: dict[str, int] = {"embeddings": 5_000, "fine_tuned": 5_000, "cascade": 5_000}
"""Rows that a slow method learns from at most; of more, a sample."""
LLM_ROWS = 200
"""Held-out rows that a prompted model is asked about at most, since each costs money."""

_SHOWN = 8
_LONGEST = 600
_SURE = 0.9
_STRENGTH = 10.0
_HELD = 0.2


class Contender(Protocol):
    """What every method does here."""

    classes_: tuple[str, ...]

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> Self:
        """Learn from texts and the class of each; return the method itself."""

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text, one column a class of `classes_`, rows summing to one."""


def contender(
    name: ContenderName,
    *,
    encoder: str = "",
    seed: int = 0,
    answering: Answering | None = None,
    remembered: Remembered | None = None,
    unlabelled: Sequence[str] = (),
) -> Contender:
    """Return a method that has learned nothing yet.

    Parameters
    ----------
    name
        Its name.
    encoder
        Folder or hub id of another encoder; empty for MiniLM.
    seed
        Seed of whatever it draws.
    answering
        From prompts to what a language model replies, for `llm`.
    remembered
        Vectors that several fits share, for `embeddings`.
    unlabelled
        Texts like those that will be read, of which no class is known, for `cascade`.

    Raises
    ------
    MissingExtraError
        It needs the extra `encoder`, which is not installed.
    """
    match name:
        case "majority":
            return Commonest()
        case "ngrams":
            return NgramClassifier()
        case "llm":
            assert answering is not None
            return Prompted(answering)
        case _:
            encoder_source(encoder)
            return _with_encoder(name, encoder, seed, remembered, unlabelled)


def _with_encoder(
    name: ContenderName,
    encoder: str,
    seed: int,
    remembered: Remembered | None,
    unlabelled: Sequence[str],
) -> Contender:
    match name:
        case "embeddings":
            return FrozenLinear(remembered or Remembered(encoder))
        case "few_shot":
            from shopkeeper.language.intents import IntentClassifier

            return IntentClassifier(encoder=encoder, seed=seed, rehearsals=0)
        case "cascade":
            return Distilled(unlabelled, encoder=encoder, seed=seed)
        case _:
            from shopkeeper.language.train import EncoderClassifier

            return EncoderClassifier(encoder=encoder, seed=seed)


class Commonest:
    """Answers with the classes' shares, whatever a text says.

    Examples
    --------
    >>> Commonest().fit(["a", "b", "c"], ["x", "x", "y"]).probabilities(["d"]).round(2).tolist()
    [[0.67, 0.33]]
    """

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> Commonest:
        """Learn how often each class occurs."""
        names, counts = np.unique(np.asarray(classes, dtype=np.str_), return_counts=True)
        self.classes_: tuple[str, ...] = tuple(names.tolist())
        self.shares_ = counts / len(texts)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the shares for each text."""
        return np.tile(self.shares_, (len(texts), 1))


class Remembered:
    """Sentence vectors that are computed once and whose price is told every time.

    Parameters
    ----------
    encoder
        Folder or hub id; empty for MiniLM.
    """

    def __init__(self, encoder: str = "") -> None:
        self._encoder = SentenceEncoder(encoder=encoder)
        self._known: dict[str, tuple[NDArray[np.float32], float]] = {}

    def vectors(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], float]:
        """Return a unit row a text, and the seconds that those which were known had taken."""
        saved = sum(self._known[text][1] for text in texts if text in self._known)
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            clock = time.perf_counter()
            made = self._encoder.vectors(new)
            each = (time.perf_counter() - clock) / len(new)
            self._known |= {text: (row, each) for text, row in zip(new, made, strict=True)}
        return np.stack([self._known[text][0] for text in texts]), saved


class FrozenLinear:
    """A linear softmax on the sentence vectors of an encoder that is left as it is.

    `saved_seconds` is the time that vectors would have taken which another fit had made before.

    Parameters
    ----------
    remembered
        Where the vectors come from.
    """

    def __init__(self, remembered: Remembered) -> None:
        self._remembered, self.saved_seconds = remembered, 0.0

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> FrozenLinear:
        """Learn from texts and the class of each."""
        from sklearn.linear_model import LogisticRegression

        probe = LogisticRegression(C=_STRENGTH, max_iter=300)
        probe.fit(self._vectors(texts), np.asarray(classes, dtype=np.str_))
        self.classes_: tuple[str, ...] = tuple(probe.classes_.tolist())
        self._probe = probe
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`."""
        if not texts:
            return np.zeros((0, len(self.classes_)))
        said: Floats = self._probe.predict_proba(self._vectors(texts)).astype(np.float64)
        return said

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        made, saved = self._remembered.vectors(texts)
        self.saved_seconds += saved
        return made


class Distilled:
    """A fine-tuned encoder behind a student that learned from it and answers where it is sure.

    A fifth of the labelled texts teaches neither: on it the confidence is chosen from which on the
    student answers. `curve_` shows what other confidences would do.

    Parameters
    ----------
    unlabelled
        Texts of which no class is known; the encoder reads `MOST` of them to the student at most.
    encoder, seed
        As of `EncoderClassifier`.
    """

    def __init__(self, unlabelled: Sequence[str], *, encoder: str = "", seed: int = 0) -> None:
        self._unlabelled, self._encoder, self._seed = unlabelled, encoder, seed

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> Distilled:
        """Learn from texts and the class of each."""
        from shopkeeper.language.cascade import Cascade
        from shopkeeper.language.train import EncoderClassifier

        groups = text_groups(texts)
        codes = np.unique(np.asarray(classes, dtype=np.str_), return_inverse=True)[1]
        held = held_out_by_group(groups, share=_HELD, seed=self._seed)
        held = but_lone_classes(held, groups, codes)
        taught, watched = (
            [(text, name) for text, name, is_held in zip(texts, classes, held, strict=True) if is_held == part]
            for part in (False, True)
        )  # fmt: skip
        teacher = EncoderClassifier(encoder=self._encoder, seed=self._seed)
        teacher.fit(*map(list, zip(*taught, strict=True)))
        seen = {text_key(text) for text, _ in watched}
        free = [text for text in self._unlabelled if text_key(text) not in seen]
        mixed = np.random.default_rng(self._seed).permutation(len(free))[: MOST["cascade"]]
        cascade = Cascade(teacher)
        cascade.fit(
            [free[i] for i in mixed] or [text for text, _ in taught],
            [text for text, _ in watched], [name for _, name in watched],
            body=teacher.body_, seed=self._seed,
        )  # fmt: skip
        self.classes_: tuple[str, ...] = cascade.classes_
        self.curve_: list[Point] = cascade.curve_
        self._cascade = cascade
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`."""
        return self._cascade.probabilities(texts)


class Prompted:
    """A language model that is shown a few labelled texts and asked for the class of another.

    Parameters
    ----------
    answering
        From prompts to the model's replies.

    Limits
    ------
    The reply is only ever matched with the names of the classes; a reply that names none counts as
    the classes' shares. It gives no probability of its own: the class that it names has 0.9.
    `tokens` counts about what was sent and received: a sign of Chinese, or four other characters.

    Examples
    --------
    >>> fitted = Prompted(lambda asked: ["Class: good."] * len(asked)).fit(
    ...     ["fine", "bad"], ["good", "poor"]
    ... )
    >>> fitted.probabilities(["lovely"]).round(2).tolist()
    [[0.9, 0.1]]
    """

    def __init__(self, answering: Answering) -> None:
        self._answering, self.tokens = answering, 0.0

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> Prompted:
        """Keep up to eight texts a class to show."""
        self._shares = Commonest().fit(texts, classes)
        self.classes_: tuple[str, ...] = self._shares.classes_
        of_class: dict[str, list[str]] = {name: [] for name in self.classes_}
        for text, name in zip(texts, classes, strict=True):
            if len(of_class[name]) < _SHOWN:
                of_class[name].append(text)
        shown = [f"{_quoted(text)}\n{name}" for name, kept in of_class.items() for text in kept]
        self._head = (
            f"Sort the last text into exactly one of these classes: {', '.join(self.classes_)}. "
            f"{FENCE_RULE} Answer with the name of the class and nothing else.\n\n"
            + "\n\n".join(shown)
        )
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text; each text is one prompt."""
        said = self._shares.probabilities(texts)
        questions = [self.prompt_of(text) for text in texts]
        replies = self._answering(questions)
        for row, question, reply in zip(said, questions, replies, strict=True):
            self.tokens += _tokens(question) + _tokens(reply)
            found = _named(reply, self.classes_)
            if found is not None and len(row) > 1:
                row[:] = (1 - _SURE) / (len(row) - 1)
                row[found] = _SURE
        return said

    def prompt_of(self, text: str) -> str:
        """Return the prompt for one text."""
        return f"{self._head}\n\n{_quoted(text)}\n"


def _quoted(text: str) -> str:
    return fenced(normalise(text)[:_LONGEST])


def _named(reply: str, classes: Sequence[str]) -> int | None:
    said = f" {normalise(reply)} "
    found = [
        number
        for number, name in enumerate(classes)
        if re.search(rf"(?<!\w){re.escape(normalise(name))}(?!\w)", said)
        or text_key(name) == text_key(reply)
    ]
    return found[0] if len(found) == 1 else None


def _tokens(text: str) -> float:
    signs = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]", text))
    return signs + (len(text) - signs) / 4
