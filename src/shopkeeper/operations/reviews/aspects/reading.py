"""Read every review for its aspects, and judge each clause without having learned from its review.

The reviews with a label or stars are dealt into folds by groups of equal text. What a clause of one
fold praises or complains of is learned from the clauses of the other folds, each taken to say what
its review says: praise where the review is positive, complaint elsewhere. Reviews of one clause, of
which the stars are the truth, set the temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.language.aspects import AspectFinder, Mention
from shopkeeper.language.calibrate import fit_temperature, soften
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.polarity import polarity
from shopkeeper.language.quotes import Quote, clauses
from shopkeeper.language.splits import folds, held_out_by_group, text_groups
from shopkeeper.operations.reviews.aspects.rows import FIELDS
from shopkeeper.operations.reviews.learning import class_codes

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
FOLDS = 3
NEEDED = 50
"""Different rated texts from which on the shop's own reviews teach; and rows for a temperature."""


@dataclass(frozen=True)
class Clauses:
    """The clauses of all reviews.

    Parameters
    ----------
    quotes
        The clauses.
    row, field
        Row of each clause's review, and the number of its field in `FIELDS`.
    """

    quotes: list[Quote]
    row: Codes
    field: Codes


@dataclass(frozen=True)
class Reading:
    """What was read.

    Parameters
    ----------
    clauses
        The clauses of all reviews.
    mentions
        Aspects found, each with the number of its clause.
    probabilities
        Of each clause: negative, neutral, positive.
    temperature
        By which the scores were divided.
    single
        Clauses that are all that a rated review says.
    learned
        Whether the shop's own reviews have taught.
    """

    clauses: Clauses
    mentions: list[tuple[int, Mention]]
    probabilities: Floats
    temperature: float
    single: Codes
    learned: bool


def read(
    reviews: pa.Table, finder: AspectFinder, *, learns: bool, seed: int, max_rows: int
) -> Reading:
    """Return the aspects and the polarity of every clause.

    Parameters
    ----------
    reviews
        Rows of `read_rows`.
    finder
        Finds the aspects.
    learns
        Whether the shop's own reviews teach, where they are enough.
    seed
        Seed of the folds.
    max_rows
        Reviews that teach at most.
    """
    found = _clauses(reviews)
    mentions = [
        (number, mention)
        for number, clause in enumerate(found.quotes)
        for mention in finder.of_clause(clause)
    ]
    target = class_codes(reviews["target"])
    words = [clause.quote for clause in found.quotes]
    taught = _learned(reviews, found, words, target, seed, max_rows) if learns else None
    raw = polarity(words, taught)
    single = _single(found, target)
    known = target[found.row[single]]
    temperature = fit_temperature(raw[single], known) if len(single) >= NEEDED else 1.0
    return Reading(
        found, mentions, soften(raw, temperature), temperature, single, taught is not None
    )


def _clauses(reviews: pa.Table) -> Clauses:
    quotes: list[Quote] = []
    row: list[int] = []
    field: list[int] = []
    columns = [reviews[name].to_pylist() for name in FIELDS]
    for number, texts in enumerate(zip(*columns, strict=True)):
        for kind, text in enumerate(texts):
            made = clauses(text) if text else []
            quotes += made
            row += [number] * len(made)
            field += [kind] * len(made)
    return Clauses(quotes, np.array(row, np.intp), np.array(field, np.intp))


def _learned(
    reviews: pa.Table,
    found: Clauses,
    words: Sequence[str],
    target: Codes,
    seed: int,
    max_rows: int,
) -> Floats | None:
    """Return the log-odds of praise of each clause; None where too little can be learned from."""
    whole = zip(*(reviews[name].to_pylist() for name in FIELDS), strict=True)
    groups = text_groups(["\n".join(text or "" for text in texts) for texts in whole])
    spoken = np.zeros(len(target), bool)
    spoken[found.row] = True
    usable = spoken & (target >= 0)
    if len(np.unique(groups[usable])) < NEEDED:
        return None
    if usable.sum() > max_rows:
        kept = held_out_by_group(groups[usable], share=max_rows / usable.sum(), seed=seed)
        usable[usable] = kept
    fold = folds(groups, count=FOLDS, seed=seed)
    praises = target == SENTIMENTS.index("positive")
    odds = np.zeros(len(words))
    for number in range(FOLDS):
        teaches = np.flatnonzero((usable & (fold != number))[found.row])
        asked = np.flatnonzero(fold[found.row] == number)
        said = praises[found.row[teaches]]
        if said.all() or not said.any():
            return None
        odds[asked] = _odds(words, teaches, asked, said)
    return odds


def _odds(words: Sequence[str], teaches: Codes, asked: Codes, praises: NDArray[np.bool_]) -> Floats:
    """Return the log-odds of praise of the clauses asked for, less half of what is usual."""
    classes = np.where(praises, "praise", "other")
    model = NgramClassifier(iterations=30).fit(
        [words[index] for index in teaches], classes.tolist()
    )
    distinct = dict.fromkeys(words[index] for index in asked)
    shares = model.probabilities(list(distinct))
    place = dict(zip(distinct, range(len(distinct)), strict=True))
    own = shares[[place[words[index]] for index in asked]]
    column = model.classes_.index("praise")
    usual = np.log(praises.mean() / (1 - praises.mean()))
    floor = np.finfo(float).tiny
    odds: Floats = np.log(own[:, column] + floor) - np.log(own[:, 1 - column] + floor)
    odds -= usual / 2
    return odds


def _single(found: Clauses, target: Codes) -> Codes:
    count = np.bincount(found.row, minlength=len(target))
    return np.flatnonzero((count[found.row] == 1) & (target[found.row] >= 0))
