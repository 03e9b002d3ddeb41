"""Learn sentiment so that no review is judged by a model that has seen its text.

The labelled texts are parted into rows that teach and rows that examine. The rows that teach are
dealt into folds; each fold is read by a model of the other folds, and these readings set the
temperature and the threshold of abstention. The model of all teaching rows reads everything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.language.calibrate import abstain_below, fit_temperature, soften
from shopkeeper.language.splits import (
    Groups,
    Mask,
    folds,
    held_out_by_group,
    held_out_by_time,
    text_groups,
)
from shopkeeper.operations.reviews.choice import Method
from shopkeeper.operations.reviews.features import PROBABILITIES
from shopkeeper.progress import tell
from shopkeeper.words import Words

Floats = NDArray[np.float64]
HELD_OUT = 0.2
FOLDS = 3
BATCH = 2_000
BATCHES = 8


@dataclass(frozen=True)
class Split:
    """Which of the rows with text teach and which examine.

    Parameters
    ----------
    codes
        Class of each row, −1 where it has none.
    groups
        Group of each row; equal texts share one.
    teaches, examines
        Masks of rows; a row may be in neither, never in both, and nor may a group.
    by
        What parted them.
    sampled
        Share of the labelled rows that was used.
    """

    codes: NDArray[np.intp]
    groups: Groups
    teaches: Mask
    examines: Mask
    by: str
    sampled: float

    @property
    def distinct(self) -> int:
        """Different texts that have a class."""
        return len(np.unique(self.groups[self.codes >= 0]))

    @property
    def classes(self) -> int:
        """Classes that occur."""
        return len(np.unique(self.codes[self.codes >= 0]))


@dataclass(frozen=True)
class Learned:
    """What a method said of every row, and how sure it may be.

    Parameters
    ----------
    probabilities
        Temperature-scaled, by a model that has not learned from the row's text.
    temperature
        By which the scores were divided.
    threshold
        Lowest confidence accepted; None when no threshold reached the accuracy asked for.
    model
        The method, fitted on every row that teaches.
    speed
        Rows and seconds of the fit and of each scored batch.
    """

    probabilities: Floats
    temperature: float
    threshold: float | None
    model: Method
    speed: tuple[tuple[str, int, float], ...]

    @property
    def codes(self) -> NDArray[np.intp]:
        """The likeliest class of each row."""
        likeliest: NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return likeliest

    @property
    def confidence(self) -> Floats:
        """Its probability."""
        highest: Floats = self.probabilities.max(axis=1)
        return highest

    @property
    def abstained(self) -> Mask:
        """Whether the confidence is too low to answer."""
        below: Mask = self.confidence < (self.threshold or 0.0)
        return below


def split_rows(rows: pa.Table, *, seed: int, max_rows: int, minimum: int) -> Split:
    """Part the labelled rows by time where they have times, else by groups of equal texts.

    Parameters
    ----------
    rows
        `text`, `target` (class or null) and `reviewed_at`.
    seed
        Seed of the draw.
    max_rows
        Labelled rows used at most.
    minimum
        Rows that examine at least, for a split by time.
    """
    groups = text_groups(rows["text"].to_pylist())
    codes = class_codes(rows["target"])
    labelled = codes >= 0
    used = labelled
    if labelled.sum() > max_rows:
        keep = held_out_by_group(groups[labelled], share=max_rows / labelled.sum(), seed=seed)
        used = labelled.copy()
        used[labelled] = keep
    index = np.flatnonzero(used)
    times = rows["reviewed_at"].to_numpy()[index]
    examines = np.zeros(len(codes), bool)
    by = "time"
    late = _newest(times, groups[index])
    if late.sum() < minimum:
        by = "text"
        late = held_out_by_group(groups[index], share=HELD_OUT, seed=seed)
    examines[index[late]] = True
    share = float(used.sum() / labelled.sum()) if labelled.any() else 1.0
    return Split(codes, groups, used & ~examines, examines, by, share)


def learn(
    rows: pa.Table,
    split: Split,
    make: Callable[[], Method],
    *,
    seed: int,
    accuracy: float,
    minimum: int,
) -> Learned:
    """Fit a method on the rows that teach and read every row with it.

    Parameters
    ----------
    rows
        `text` and `target` of each row.
    split
        Which of them teach.
    make
        Makes a method that has learned nothing.
    seed
        Seed of the folds.
    accuracy
        Accuracy that the accepted rows shall reach.
    minimum
        Rows that a threshold must accept at least.
    """
    taught = np.flatnonzero(split.teaches)
    texts = rows.select(["text"]).append_column("sentiment", rows["target"])
    fold = folds(split.groups[taught], count=FOLDS, seed=seed)
    raw = np.zeros((rows.num_rows, len(SENTIMENTS)))
    for number in range(FOLDS):
        _tell(number)
        inside, outside = taught[fold == number], taught[fold != number]
        if len(inside) and len(outside):
            raw[inside] = _matrix(make().fit(texts.take(outside)).predict(texts.take(inside)))
    _tell(FOLDS)
    clock = time.perf_counter()
    model = make().fit(texts.take(taught))
    speed = [("fit", len(taught), time.perf_counter() - clock)]
    others = np.flatnonzero(~split.teaches)
    # The interval of the speed needs some batches, however few the reviews.
    size = min(BATCH, max(1, len(others) // BATCHES))
    for start in range(0, len(others), size):
        batch = others[start : start + size]
        clock = time.perf_counter()
        raw[batch] = _matrix(model.predict(texts.take(batch)))
        speed.append(("score", len(batch), time.perf_counter() - clock))
    temperature = fit_temperature(raw[taught], split.codes[taught])
    calm = soften(raw, temperature)
    threshold = abstain_below(
        calm[taught].max(axis=1),
        calm[taught].argmax(axis=1) == split.codes[taught],
        accuracy=accuracy,
        minimum=minimum,
    )
    return Learned(calm, temperature, threshold, model, tuple(speed))


def _tell(done: int) -> None:
    fits = FOLDS + 1
    tell(
        Words(f"Learning, fit {done + 1} of {fits}", f"学习中，第 {done + 1} 次，共 {fits} 次"),
        done / fits,
    )


def class_codes(column: pa.ChunkedArray) -> NDArray[np.intp]:
    """Return the number of each class in `SENTIMENTS`; −1 for null."""
    codes = pc.fill_null(pc.index_in(column, pa.array(SENTIMENTS)), -1)
    numbers: NDArray[np.intp] = codes.to_numpy().astype(np.intp)
    return numbers


def _matrix(table: pa.Table) -> Floats:
    return np.column_stack([table[name].to_numpy() for name in PROBABILITIES])


def _newest(times: NDArray[np.datetime64], groups: Groups) -> Mask:
    missing = np.isnat(times)
    if len(times) == 0 or missing.mean() > 0.05:
        return np.zeros(len(times), bool)
    known = np.where(missing, times[~missing].min(), times)
    return held_out_by_time(known, groups, share=HELD_OUT)
