"""A small reader answers where it is sure, a large one where it is not.

The small one learns from what the large one says of texts that need no label: it counts n-grams or, where
an encoder lends its word vectors, is a small network on them, whichever leaves less to the large one. From
which confidence on it may answer is chosen on held-out rows, so that macro-F1 falls by a stated number of
points at most. Reading needs neither torch nor Transformers.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from shopkeeper.errors import ArtifactError, TrainingError
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.metrics import macro_f1
from shopkeeper.language.runtime import MODEL, OnnxClassifier
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.language.body import Body

Floats = NDArray[np.float64]
Student = NgramClassifier | OnnxClassifier
POINTS = 0.005
"""How far macro-F1 may fall: half a point."""
_SHARES = np.round(np.concatenate([np.linspace(0, 0.4, 21), np.linspace(0.45, 1, 12)]), 2)
_HEAD, _STUDENT = "cascade.json", "student"
_KEPT_TO = 0.8
"""Part of the points that may be spent; the rest is for what is learned from the very rows that choose."""
_STRENGTH = 0.01
_LEAST = 1e-4
_NEVER = 1.01
"""Above every probability: the small reader never answers."""


class Reader(Protocol):
    """Whatever gives each text a probability for each class."""

    classes_: tuple[str, ...]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class."""


@dataclass(frozen=True)
class Point:
    """What the cascade does at one threshold, on the held-out rows.

    Parameters
    ----------
    escalated
        Share of the rows that the large reader answers.
    threshold
        Confidence of the small reader below which it does.
    macro_f1
        Of both together.
    rows_per_second
        Worked out from the rates of the two readers on these rows: 1 / (1 / small + share / large).
    chosen
        Whether this is the threshold in use.
    """

    escalated: float
    threshold: float
    macro_f1: float
    rows_per_second: float
    chosen: bool


class Cascade:
    """A student in front of any reader.

    Parameters
    ----------
    teacher
        The large reader, already trained.
    points
        How far the macro-F1 that is expected of the held-out rows may fall below the teacher's (0.005: half
        a point).

    Limits
    ------
    The threshold is chosen on the held-out rows, so on others macro-F1 may fall a little further. A
    student learns little from fewer than a thousand texts; nearly everything is then escalated.
    """

    def __init__(self, teacher: Reader, *, points: float = POINTS) -> None:
        self.teacher, self.points = teacher, points

    def fit(
        self,
        unlabelled: Sequence[str],
        held_out: Sequence[str],
        classes: Sequence[str],
        *,
        body: Body | None = None,
        seed: int = 0,
    ) -> Cascade:
        """Distil the teacher into a student and choose when the student may answer.

        Parameters
        ----------
        unlabelled
            Texts like those that will be read; the teacher says what they are.
        held_out, classes
            Texts that the teacher has not learned from, and their classes.
        body
            An encoder that lends its word vectors to a convolutional student; without one the student
            counts n-grams.
        seed
            Seed of the convolutional student.

        Raises
        ------
        TrainingError
            There is nothing to learn from, or a held-out class is none of the teacher's.
        """
        self.classes_ = self.teacher.classes_
        truth = _codes(classes, self.classes_)
        if not len(unlabelled) or not len(held_out):
            raise _nothing(len(unlabelled), len(held_out))
        said = self.teacher.probabilities(unlabelled)
        large, slower = _timed(self.teacher.probabilities, held_out)
        least = 2.0
        for student in self._students(unlabelled, said, body, seed):
            small, slow = _timed(self._reading(student), held_out)
            points = curve(truth, small, large, rates=(slow, slower), points=self.points)
            chosen = next(point for point in points if point.chosen)
            if chosen.escalated < least:
                least, self.student = chosen.escalated, student
                self.curve_, self.threshold_ = points, chosen.threshold
        return self

    def _students(
        self, texts: Sequence[str], said: Floats, body: Body | None, seed: int
    ) -> Iterator[Student]:
        names = [self.classes_[code] for code in said.argmax(axis=1)]
        # A class that the teacher sees nowhere cannot be the answer of counted n-grams.
        yield NgramClassifier().fit(texts, names)
        if body is not None:
            from shopkeeper.language.convolution import distil

            place = Path(tempfile.mkdtemp(prefix="shopkeeper-"))
            # The model on disk lives as long as the cascade that reads with it.
            weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
            yield distil(body, texts, said, self.classes_, place, seed=seed)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`, rows summing to one."""
        said = self._reading(self.student)(texts)
        unsure = np.flatnonzero(said.max(axis=1, initial=0) < self.threshold_)
        if len(unsure):
            said[unsure] = self.teacher.probabilities([texts[index] for index in unsure.tolist()])
        return said

    def save(self, folder: Path) -> None:
        """Write the student and the threshold; the teacher is kept by whoever trained it."""
        if isinstance(self.student, OnnxClassifier):
            shutil.copytree(self.student.folder, folder / _STUDENT, dirs_exist_ok=True)
        else:
            self.student.save(folder / _STUDENT)
        head = {
            "classes": self.classes_,
            "threshold": self.threshold_,
            "curve": [asdict(point) for point in self.curve_],
        }
        (folder / _HEAD).write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, teacher: Reader) -> Cascade:
        """Read what `save` wrote, in front of the same teacher.

        Raises
        ------
        ArtifactError
            The folder is damaged, or the teacher has other classes.
        """
        made = cls(teacher)
        try:
            head = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
            made.classes_ = tuple(head["classes"])
            made.threshold_ = float(head["threshold"])
            made.curve_ = [Point(**point) for point in head["curve"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unreadable(folder, "nothing readable", "没有可读的内容") from error
        if made.classes_ != teacher.classes_:
            raise _unreadable(folder, "a teacher with other classes", "教师模型的类别不同")
        place = folder / _STUDENT
        counted = not (place / MODEL).is_file()
        made.student = NgramClassifier.load(place) if counted else OnnxClassifier(place)
        return made

    def _reading(self, student: Student) -> Callable[[Sequence[str]], Floats]:
        columns = [self.classes_.index(name) for name in student.classes_]

        def read(texts: Sequence[str]) -> Floats:
            said = np.zeros((len(texts), len(self.classes_)))
            said[:, columns] = student.probabilities(texts)
            return said

        return read


def curve(
    truth: NDArray[np.intp],
    small: Floats,
    large: Floats,
    *,
    rates: tuple[float, float],
    points: float,
) -> list[Point]:
    """Return the cascade at many shares escalated, the chosen one marked.

    Macro-F1 on the rows themselves is a matter of a few rows of the rare classes. So what each row is
    gets a probability first, from both readers and what the rows are (logistic regression), and shares are
    judged by the macro-F1 expected of them: chosen is the lowest from which on every higher one is expected
    to cost four fifths of `points` at most.

    Parameters
    ----------
    truth
        Class of each row.
    small, large
        Probabilities of the two readers.
    rates
        Rows per second of the two readers.
    points
        How far macro-F1 may fall below that of the large reader alone.
    """
    confidence = small.max(axis=1)
    order = np.argsort(confidence, kind="stable")
    mixed = small.argmax(axis=1)
    best = large.argmax(axis=1)
    found: list[tuple[float, float, float]] = []
    answers = []
    for share in _SHARES:
        count = round(share * len(truth))
        # Rows of equal confidence are escalated together, as they will be when texts are read.
        threshold = float(confidence[order[count]]) if count < len(truth) else _NEVER
        unsure = confidence < threshold
        answers.append(np.where(unsure, best, mixed))
        found.append((float(unsure.mean()), threshold, macro_f1(truth, answers[-1])))
    chosen = _sufficient(_beliefs(truth, small, large), best, answers, points)
    return [
        Point(share, threshold, f1, 1 / (1 / rates[0] + share / rates[1]), at == chosen)
        for at, (share, threshold, f1) in enumerate(found)
    ]


def _sufficient(
    beliefs: Floats, best: NDArray[np.intp], answers: Sequence[NDArray[np.intp]], points: float
) -> int:
    """Return the place of the share that is chosen; see `curve`."""
    whole = _expected_f1(beliefs, best)
    at = len(answers) - 1
    while at and whole - _expected_f1(beliefs, answers[at - 1]) <= _KEPT_TO * points:
        at -= 1
    return at


def _beliefs(truth: NDArray[np.intp], small: Floats, large: Floats) -> Floats:
    """Return the probability of each class for each row, as both readers and the truth have it."""
    said = np.log(np.clip(np.hstack([large, small]), _LEAST, 1))
    made = np.zeros_like(large)
    occurring = np.unique(truth)
    if len(occurring) < 2:
        made[:, occurring] = 1
        return made
    made[:, occurring] = (
        LogisticRegression(C=_STRENGTH, max_iter=500).fit(said, truth).predict_proba(said)
    )
    return made


def _expected_f1(beliefs: Floats, said: NDArray[np.intp]) -> float:
    """Return the macro-F1 of classes that are known by probability: F1 = 2 Σ p / (said + Σ p)."""
    true = beliefs.sum(axis=0)
    right = np.bincount(said, weights=beliefs[np.arange(len(said)), said], minlength=len(true))
    count = np.bincount(said, minlength=len(true))
    occurs = true > 0
    return float((2 * right[occurs] / (count + true)[occurs]).mean())


def _timed(read: Callable[[Sequence[str]], Floats], texts: Sequence[str]) -> tuple[Floats, float]:
    start = time.perf_counter()
    said = read(texts)
    return said, len(texts) / max(time.perf_counter() - start, 1e-9)


def _codes(classes: Sequence[str], known: tuple[str, ...]) -> NDArray[np.intp]:
    strange = sorted(set(classes) - set(known))
    if strange:
        raise TrainingError(
            Words("Asked to choose when the small model may answer.", "要选定小模型何时可以作答。"),
            Words(
                f"{len(strange)} held-out labels were never seen in training, for example "
                f"{strange[0][:40]!r}.",
                f"留出样本中有 {len(strange)} 种标签在训练中从未出现，例如 {strange[0][:40]!r}。",
            ),
            Words(
                "Train with examples of every label, or leave those rows out.",
                "请让每种标签都有训练样本，或去掉这些行。",
            ),
        )
    place = {name: code for code, name in enumerate(known)}
    return np.array([place[name] for name in classes], dtype=np.intp)


def _nothing(unlabelled: int, held_out: int) -> TrainingError:
    return TrainingError(
        Words("Asked to train a small model beside a large one.", "要在大模型之外训练小模型。"),
        Words(
            f"There are {unlabelled} texts to learn from and {held_out} held out.",
            f"可学习的文本有 {unlabelled} 条，留出的有 {held_out} 条。",
        ),
        Words("Give texts for both.", "两者都请提供文本。"),
    )


def _unreadable(folder: Path, en: str, zh: str) -> ArtifactError:
    return ArtifactError(
        Words(f"Asked to load a cascade from {folder.name}.", f"要从 {folder.name} 载入级联模型。"),
        Words(f"Found {en}.", f"发现：{zh}。"),
        Words("Fit it again with `shopkeeper run`.", "请用 `shopkeeper run` 重新训练。"),
    )
