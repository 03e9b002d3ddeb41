"""Choice: what the newest products of past histories teach about how to recommend.

Every number here is chosen on what customers touched next, never by hand: the kernel, and which
method answers for which length of history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers, ranks
from shopkeeper.operations.recommend.material import Material
from shopkeeper.operations.recommend.methods.blended import Blended
from shopkeeper.operations.recommend.methods.last_item import LastItem
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import BUCKETS, bucket_of, gains
from shopkeeper.operations.recommend.pairs import DECAYS, Kernel

Name = Literal["popular", "last_item", "similar", "transitions", "blended"]
TUNED_ON, LEARNED_ON, JUDGED_ON, BATCH = 3_000, 24_000, 5_000, 2_000
"""Histories that a kernel is chosen on, that trees learn from, that methods are compared on, and
that are ranked at once."""

_CELLS = 8_000_000
"""Scores that are ranked at once at most."""

TUNED_FEWEST, _READ = 1_000, 60_000
"""Where histories are long a kernel is chosen on fewer of them, for they cost more and tell more."""

_SURE = 2.0
"""Standard errors by which a method has to lead before it stands in for another."""

FEWEST = 100
"""Histories of one length, and targets among candidates, below which nothing is chosen by them."""

_STEPS: dict[str, tuple[float, ...]] = {
    "target_power": (0.0, 0.1, 0.2, 0.35, 0.5),
    "profile": (0.3, 0.45, 0.6, 0.75, 0.9),
    "backward": (0.0, 0.15, 0.3, 0.6, 1.0),
    "source_power": (0.1, 0.2, 0.35, 0.5, 0.75, 1.0),
    "decay": DECAYS[1:],
}


class Method(Protocol):
    """What every way of recommending can do."""

    def fit(self, material: Material) -> Self:
        """Learn from what is known of the products."""
        ...

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products."""
        ...

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return which product of the history is most of each score (−1 for none), and its share."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """Histories without their newest product, and that product.

    Parameters
    ----------
    histories
        What was known.
    targets
        What came next, one a history.
    """

    histories: Histories
    targets: Numbers

    def sample(self, most: int, seed: int) -> Past:
        """Return at most so many of the rows, drawn by the seed."""
        count = len(self.histories)
        if count <= most:
            return self
        rows = np.sort(np.random.default_rng(seed).permutation(count)[:most])
        return self.take(rows)

    def take(self, rows: NDArray[np.integer]) -> Past:
        """Return some of the rows."""
        return Past(self.histories.take(rows), self.targets[rows])


def ranked(method: Method, past: Past, material: Material) -> Numbers:
    """Return the place of each target among all products that its history does not hold."""
    places, popularity = [np.zeros(0, np.int64)], material.popularity
    step = max(min(BATCH, _CELLS // max(material.width, 1)), 1)
    for first in range(0, len(past.histories), step):
        part = past.take(np.arange(first, min(first + step, len(past.histories))))
        scores = method.score(part.histories)
        places.append(ranks(scores, part.histories, part.targets, popularity))
    return np.concatenate(places)


def tuned(material: Material, past: Past, *, seed: int = 0) -> Kernel:
    """Return the kernel that ranks what came next best, one part of it changed at a time.

    Parameters
    ----------
    material
        Counts without what is to be predicted.
    past
        What is to be predicted.
    seed
        Seed of the sample of histories.
    """
    longest = (
        int(_READ / max(float(past.histories.lengths.mean()), 1.0)) if len(past.targets) else 0
    )
    sample = past.sample(max(TUNED_FEWEST, min(TUNED_ON, longest)), seed)
    tried: dict[Kernel, float] = {}

    def worth(kernel: Kernel) -> float:
        if kernel not in tried:
            places = ranked(Transitions(kernel).fit(material), sample, material)
            tried[kernel] = float(gains(places).mean()) if len(places) else 0.0
        return tried[kernel]

    best = Kernel()
    for name, steps in _STEPS.items():
        best = _climbed(best, name, steps, worth)
    return best


def _climbed(best: Kernel, name: str, steps: tuple[float, ...], worth: Any) -> Kernel:
    """Go from step to step of one part for as long as it gets better, up first, then down."""
    for direction in (1, -1):
        while True:
            at = steps.index(getattr(best, name)) + direction
            if not 0 <= at < len(steps):
                break
            other = replace(best, **{name: steps[at]})
            if worth(other) <= worth(best):
                break
            best = other
    return best


class Routed:
    """Answer each history by the method that ranked best for histories of its length.

    Parameters
    ----------
    methods
        Fitted methods by name.
    chosen
        Name for each of `BUCKETS`.
    """

    def __init__(self, methods: Mapping[Name, Method], chosen: tuple[Name, ...]) -> None:
        self.methods, self.chosen = methods, chosen

    def fit(self, material: Material) -> Self:
        """Learn anew what every method in use learns from the products."""
        for name in set(self.chosen):
            self.methods[name].fit(material)
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: the scores of each row's own method."""
        if not len(histories):
            return self.methods[self.chosen[0]].score(histories)
        names = np.array(self.chosen)[bucket_of(histories.lengths)]
        parts, order = [], []
        for name in sorted(set(names.tolist())):
            rows = np.flatnonzero(names == name)
            parts.append(self.methods[name].score(histories.take(rows)))
            order.append(rows)
        return sparse.csr_matrix(sparse.vstack(parts))[np.argsort(np.concatenate(order))]

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return what the row's own method says."""
        names = np.array(self.chosen)[bucket_of(histories.lengths)][row]
        source, share = np.full(len(row), -1, np.int64), np.zeros(len(row))
        for name in set(names.tolist()):
            at = np.flatnonzero(names == name)
            source[at], share[at] = self.methods[name].explain(histories, row[at], product[at])
        return source, share


def routed(
    material: Material, past: Past, *, seed: int = 0, kernel: Kernel | None = None
) -> Routed:
    """Return the router that what came next chooses.

    Parameters
    ----------
    material
        Counts without what is to be predicted.
    past
        What is to be predicted. All methods are judged on histories that no tree has learned from.
    seed
        Seed of samples and of the halves.
    kernel
        How counts become weights; what `tuned` chooses where it is not given.
    """
    kernel = kernel or tuned(material, past, seed=seed)
    sample = past.sample(LEARNED_ON, seed)
    count = len(sample.histories)
    rows = np.random.default_rng(seed).permutation(count)
    judge = np.isin(np.arange(count), rows[: min(JUDGED_ON, count // 2)])
    methods: dict[Name, Method] = {
        "popular": Popular(),
        "last_item": LastItem(),
        "similar": Similar(kernel.profile),
        "transitions": Transitions(kernel),
    }
    for method in methods.values():
        method.fit(material)
    blended = Blended(kernel, seed).fit(material)
    lesson = blended.lesson(sample.histories, sample.targets)
    if lesson.of(~judge).right.sum() >= FEWEST:
        methods["blended"] = blended.learn(lesson.of(~judge))
    unknown = sample.take(np.flatnonzero(judge))
    judged = {name: gains(ranked(method, unknown, material)) for name, method in methods.items()}
    chosen = _choices(judged, bucket_of(unknown.histories.lengths))
    blended.learn(lesson)
    return Routed(methods, chosen)


def _choices(
    judged: Mapping[Name, NDArray[np.float64]], bucket: NDArray[np.int64]
) -> tuple[Name, ...]:
    """Return the method of each bucket: the best of all rows, or one that is surely better there."""
    if not len(bucket):
        nothing: Name = "popular"
        return (nothing,) * len(BUCKETS)
    everything = np.ones(len(bucket), bool)
    simple = (name for name in judged if name != "blended")
    held: Name = max(simple, key=lambda name: float(judged[name].mean()))
    held = _replaced(judged, held, everything)
    return tuple(
        _replaced(judged, held, rows) if rows.sum() >= FEWEST else held
        for rows in (bucket == number for number in range(len(BUCKETS)))
    )


def _replaced(
    judged: Mapping[Name, NDArray[np.float64]], held: Name, rows: NDArray[np.bool_]
) -> Name:
    """Return the best method of some rows where its lead is beyond chance; else the one that is held."""
    best = max(judged, key=lambda name: float(judged[name][rows].mean()))
    ahead = judged[best][rows] - judged[held][rows]
    return best if ahead.mean() > _SURE * ahead.std() / np.sqrt(len(ahead)) else held
