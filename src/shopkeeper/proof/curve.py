"""How good each method is with how many labels: the same held-out rows for all of them.

The rows that teach with fewer labels are among those that teach with more, so that a curve shows
labels and not luck. This module knows texts, class numbers and methods; it knows no shop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shopkeeper.intervals import Interval, bootstrap
from shopkeeper.language.metrics import calibration_error, macro_f1
from shopkeeper.proof.contenders import Contender

if TYPE_CHECKING:
    from shopkeeper.language.cascade import Point

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]
BUDGETS = (8, 16, 64, 256)
"""Labels per class; after them, all that there are."""
REPEATS = 500
_BATCH = 256


@dataclass(frozen=True)
class Sample:
    """The rows that teach at one budget.

    Parameters
    ----------
    labels
        Labels per class at most; None for all.
    index
        Places of the rows.
    """

    labels: int | None
    index: Codes


@dataclass(frozen=True)
class Result:
    """What one method did at one budget.

    Parameters
    ----------
    method
        Its name.
    sample
        What taught it.
    probabilities
        What it said of the rows that examine, in their order; it may have read only the first.
    training_seconds
        Seconds of the fit.
    rows_per_second
        Rows read a second.
    tokens_per_row
        Tokens sent to a prompted model and received for a row, about.
    curve
        What a cascade does at other thresholds.
    """

    method: str
    sample: Sample
    probabilities: Floats
    training_seconds: float
    rows_per_second: float
    tokens_per_row: float = 0.0
    curve: tuple[Point, ...] = ()

    @property
    def said(self) -> Codes:
        """The likeliest class of each row that it read."""
        likeliest: Codes = self.probabilities.argmax(axis=1)
        return likeliest


def samples(codes: Codes, *, seed: int, budgets: Sequence[int] = BUDGETS) -> Iterator[Sample]:
    """Yield the rows that teach: each budget's, then all.

    A budget that no class has more labels than is left out, for it would be all.

    Parameters
    ----------
    codes
        Class of each row that may teach.
    seed
        Seed of the draw.
    budgets
        Labels per class, rising.

    Examples
    --------
    >>> drawn = samples(np.array([0, 0, 0, 1, 1, 1]), seed=0, budgets=(1, 2, 8))
    >>> [(one.labels, len(one.index)) for one in drawn]
    [(1, 2), (2, 4), (None, 6)]
    """
    mixed = np.random.default_rng(seed).permutation(len(codes))
    rank = np.empty(len(codes), np.intp)
    for code in np.unique(codes):
        own = mixed[codes[mixed] == code]
        rank[own] = np.arange(len(own))
    for labels in budgets:
        if labels <= rank.max(initial=-1):
            yield Sample(labels, np.flatnonzero(rank < labels))
    yield Sample(None, np.arange(len(codes)))


def trial(
    method: str,
    make: Callable[[], Contender],
    sample: Sample,
    *,
    taught: tuple[Sequence[str], Sequence[str]],
    examined: Sequence[str],
    classes: Sequence[str],
) -> Result:
    """Fit a method on a sample, let it read the rows that examine, and time both.

    Parameters
    ----------
    method
        Its name.
    make
        Makes the method.
    sample
        Which of the rows that may teach do.
    taught
        Their texts and the class of each.
    examined
        Texts that examine.
    classes
        Every class, in the order of the columns of the result; one that the sample lacks has
        probability zero.
    """
    texts, names = ([column[i] for i in sample.index] for column in taught)
    clock = time.perf_counter()
    fitted = make().fit(texts, names)
    saved = _saved(fitted)
    training = time.perf_counter() - clock + saved
    columns = [list(classes).index(name) for name in fitted.classes_]
    said = np.zeros((len(examined), len(classes)))
    clock = time.perf_counter()
    for start in range(0, len(examined), _BATCH):
        batch = list(examined[start : start + _BATCH])
        said[start : start + len(batch), columns] = fitted.probabilities(batch)
    seconds = max(time.perf_counter() - clock + _saved(fitted) - saved, 1e-9)
    tokens = float(getattr(fitted, "tokens", 0.0)) / max(len(examined), 1)
    points = tuple(getattr(fitted, "curve_", ()))
    return Result(method, sample, said, training, len(examined) / seconds, tokens, points)


def quality(result: Result, truth: Codes, *, seed: int) -> tuple[Interval, float]:
    """Return macro-F1 with its bootstrap interval, and the expected calibration error."""
    own = truth[: len(result.said)]
    error = calibration_error(result.probabilities.max(axis=1), result.said == own)
    return bootstrap(macro_f1, own, result.said, seed=seed, repeats=REPEATS), error


def gap(one: Result, other: Result, truth: Codes, *, seed: int) -> Interval:
    """Return macro-F1 of one minus that of another, on the same resampled rows that both read."""
    rows = min(len(one.said), len(other.said))

    def difference(t: Codes, mine: Codes, theirs: Codes) -> float:
        return macro_f1(t, mine) - macro_f1(t, theirs)

    arrays = (truth[:rows], one.said[:rows], other.said[:rows])
    return bootstrap(difference, *arrays, seed=seed, repeats=REPEATS)


def money(
    rows_per_second: float, *, hour_price: float, tokens_per_row: float, token_price: float
) -> float:
    """Return the price of reading 1,000 rows: machine hours and, of a prompted model, tokens.

    Parameters
    ----------
    rows_per_second
        Speed.
    hour_price
        Price of an hour of the machine.
    tokens_per_row
        Tokens sent and received for a row; 0 where nothing is sent.
    token_price
        Price of a million tokens.

    Examples
    --------
    >>> money(100.0, hour_price=0.36, tokens_per_row=500, token_price=2.0)
    1.001
    """
    if not math.isfinite(rows_per_second) or rows_per_second <= 0:
        return math.nan
    hours = 1_000 / rows_per_second / 3_600
    return round(hours * hour_price + 1_000 * tokens_per_row * token_price / 1e6, 9)


def _saved(fitted: Contender) -> float:
    return float(getattr(fitted, "saved_seconds", 0.0))
