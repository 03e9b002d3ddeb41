"""Ways of grouping customers: each says who is where now, who was where before, and why so many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.operations.behaviour.small_cells import withheld
from shopkeeper.operations.segments.base import Base, Floats, Ints
from shopkeeper.operations.segments.counts import Habits
from shopkeeper.operations.segments.grouping.naming import named_classes
from shopkeeper.operations.segments.grouping.sentences import RFM_NAMES
from shopkeeper.operations.segments.methods import rfm
from shopkeeper.operations.segments.methods.classes import Classes, fit_classes
from shopkeeper.operations.segments.vocabulary import Categories
from shopkeeper.words import Words

Row = dict[str, Any]
LOOKED_AT, FITTED, REDRAWN = 5_000, 20_000, 3_000
"""Customers that the number of classes is chosen on, that the classes are fitted on, and that a
bootstrap draws, at most."""
FEWEST, MOST = 2, 8
NOT_YET = -1
TRAIT_OF = {"recency": "days_since", "frequency": "purchases", "monetary": "value_so_far"}
"""What each score of RFM is a score of."""


@dataclass(frozen=True, slots=True)
class Way:
    """Customers in groups.

    Parameters
    ----------
    ids, names
        Of each group.
    codes
        Group of each customer now.
    at
        Groups at the end of a day, by the same cuts or classes; −1 for who had not bought yet.
    again
        Groups of some customers when everything is learned anew from them: rows and seed.
    sure
        Probability of the group; None where a rule decides.
    scores
        Scores of RFM, customers × 3; None elsewhere.
    evidence
        Further rows by table.
    """

    ids: tuple[str, ...]
    names: tuple[Words, ...]
    codes: Ints
    at: Callable[[int], Ints]
    again: Callable[[NDArray[np.intp], int], Ints]
    sure: Floats | None = None
    scores: Ints | None = None
    evidence: Mapping[str, list[Row]] = field(default_factory=dict)


def by_rfm(base: Base) -> Way:
    """Group by recency, frequency and money."""
    now = base.state(base.end)
    cuts = rfm.fit_cuts(now.days_since, now.purchases, now.spent)
    scores = cuts.scores(now.days_since, now.purchases, now.spent)

    def at(end: int) -> Ints:
        then = base.state(end)
        placed = rfm.place(cuts.scores(then.days_since, then.purchases, then.spent), then.purchases)
        return np.where(then.purchases > 0, placed, NOT_YET)

    def again(rows: NDArray[np.intp], seed: int) -> Ints:
        drawn = (now.days_since[rows], now.purchases[rows], now.spent[rows])
        return rfm.place(rfm.fit_cuts(*drawn).scores(*drawn), drawn[1])

    return Way(
        rfm.SEGMENTS, tuple(RFM_NAMES[name] for name in rfm.SEGMENTS),
        rfm.place(scores, now.purchases), at, again, scores=scores,
        evidence={"cuts": _cut_rows(cuts, scores)},
    )  # fmt: skip


def _cut_rows(cuts: rfm.Cuts, scores: Ints) -> list[Row]:
    """Return between which cuts the values of each score lie.

    The outer ends are open: the lowest and the highest value are those of one customer.
    """
    rows = []
    for place, name in enumerate(TRAIT_OF):
        between = getattr(cuts, name).tolist()
        # The best score has the fewest days, the most purchases and the most money.
        ends = list(zip([None, *between], [*between, None], strict=True))
        counts = np.bincount(scores[:, place], minlength=6)
        there = [score for score in range(5, 0, -1) if counts[score]]
        for score in there:
            low, high = ends[5 - score] if place == 0 else ends[score - 1]
            last = score == (there[-1] if place == 0 else there[0])
            rows.append(
                {"measure": TRAIT_OF[name], "score": score, "customers": int(counts[score]),
                 "from": low, "to": None if last else high}
            )  # fmt: skip
    return rows


def hidden_scores(scores: Ints, least: int) -> list[set[int]]:
    """Return for each measure the scores that too few customers have, or that would tell of these."""
    return [
        withheld(dict(enumerate(np.bincount(column).tolist())), least=least) for column in scores.T
    ]


def told_cuts(way: Way, least: int) -> list[Row]:
    """Return the cuts of the scores that may be told; none where there are no scores."""
    if way.scores is None:
        return []
    hidden = dict(zip(TRAIT_OF.values(), hidden_scores(way.scores, least), strict=True))
    return [row for row in way.evidence["cuts"] if row["score"] not in hidden[row["measure"]]]


def by_behaviour(
    base: Base, habits: Habits, categories: Categories, *, wanted: int, seed: int
) -> Way:
    """Group by what customers do; the number of classes by ICL where none is wanted."""
    counts = habits.matrix(base, base.end)
    # Who is alike in everything comes together, so that no name decides who is drawn.
    order = np.lexsort(counts.T)
    draw = np.random.default_rng(seed)
    fitted = counts[_some(order, FITTED, draw)]
    few = counts[_some(order, LOOKED_AT, draw)]
    choices, k = _chosen_classes(few, habits.blocks, wanted, seed)
    classes = _by_share(fit_classes(fitted, habits.blocks, k, seed=seed))
    surely = classes.probabilities(counts)
    ids, names, told = named_classes(classes, habits, counts, categories)

    def at(end: int) -> Ints:
        then = base.state(end).purchases > 0
        placed = classes.probabilities(habits.matrix(base, end)).argmax(axis=1)
        return np.where(then, placed, NOT_YET)

    def again(rows: NDArray[np.intp], seed: int) -> Ints:
        drawn = counts[rows]
        return np.asarray(
            fit_classes(drawn, habits.blocks, k, seed=seed, starts=4)
            .probabilities(drawn).argmax(axis=1), dtype=np.int64,
        )  # fmt: skip

    return Way(
        ids, names, np.asarray(surely.argmax(axis=1), dtype=np.int64), at, again,
        sure=surely.max(axis=1), evidence={"choices": choices, "habits": told},
    )  # fmt: skip


def _some(order: NDArray[np.intp], most: int, draw: np.random.Generator) -> NDArray[np.intp]:
    if len(order) <= most:
        return order
    return order[np.sort(draw.choice(len(order), most, replace=False))]


def _chosen_classes(
    counts: Floats, blocks: tuple[slice, ...], wanted: int, seed: int
) -> tuple[list[Row], int]:
    tried = [wanted] if wanted else range(FEWEST, MOST + 1)
    found = {k: fit_classes(counts, blocks, k, seed=seed, starts=6).icl(counts) for k in tried}
    best = min(found, key=lambda k: (found[k], k))
    rows = [
        {"segments": k, "criterion": "icl", "value": value, "chosen": k == best}
        for k, value in found.items()
    ]
    return rows, best


def _by_share(classes: Classes) -> Classes:
    """Return the same classes with the largest first, so that their numbers mean something."""
    order = np.argsort(-classes.share, kind="stable")
    return Classes(
        classes.share[order], classes.logs[order], classes.log_likelihood, classes.parameters
    )
