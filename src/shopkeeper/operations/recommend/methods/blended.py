"""Blended: the candidates of transitions and of likeness, ranked by trees that weigh all evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier

from shopkeeper.operations.recommend.histories import (
    Floats,
    Histories,
    Numbers,
    crossed,
    leading,
    unseen,
)
from shopkeeper.operations.recommend.material import Material, neighbours
from shopkeeper.operations.recommend.pairs import Kernel

CANDIDATES, ALIKE, RECENT = 100, 40, 10
"""Candidates by transitions and by likeness, and the newest products of a history that are read."""

FACTS = 17
"""Columns of what is known of a candidate."""

_BATCH = 2_000
_NEGATIVES = 25
_TREES = {
    "max_iter": 70, "learning_rate": 0.15, "max_leaf_nodes": 31, "min_samples_leaf": 120,
    "l2_regularization": 15.0, "early_stopping": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lesson:
    """Candidates, one row each: what is known of them, whether they were next, and whose they were."""

    evidence: Floats
    right: NDArray[np.bool_]
    row: Numbers

    def of(self, wanted: NDArray[np.bool_]) -> Lesson:
        """Return the candidates of the histories that are wanted."""
        kept = wanted[self.row]
        return Lesson(self.evidence[kept], self.right[kept], self.row[kept])


class Blended:
    """Rank candidates by gradient-boosted trees over what each simpler method says of them.

    Parameters
    ----------
    kernel
        How counts become weights; also decides most of the candidates.
    seed
        Seed of the candidates that trees learn from.

    Limits
    ------
    `learn` has to be told what came next before `score` can rank; the trees then hold
    for any material of the same shop.
    """

    trees_: HistGradientBoostingClassifier | None

    def __init__(self, kernel: Kernel | None = None, seed: int = 0) -> None:
        self.kernel, self.seed = kernel or Kernel(), seed

    def fit(self, material: Material) -> Self:
        """Learn the weights between products; the trees stay as they are."""
        pairs, kernel = material.pairs, self.kernel
        powers = (kernel.source_power, kernel.target_power)
        column = 2
        both = pairs.forward[3] + pairs.backward(3)
        strengths = pairs.strengths(kernel)
        self.columns_ = np.stack(
            [
                strengths,
                pairs.normalised(pairs.forward[0], *powers),
                pairs.normalised(pairs.forward[column], *powers),
                pairs.normalised(pairs.backward(column), *powers),
                pairs.normalised(both, 0.5, 0.5),
            ],
            axis=1,
        )
        self.material_, self.weights_ = material, pairs.matrix(strengths)
        self.alike_ = neighbours(material.traits, ALIKE)
        wanted = np.log1p(material.touched).astype(np.float32)
        self.wanted_ = wanted
        self.near_ = sparse.csr_matrix(self.alike_ @ sparse.diags_array(wanted))
        return self

    def lesson(self, histories: Histories, targets: Numbers) -> Lesson:
        """Return what the candidates of histories looked like, and which was next.

        Every candidate that was next is kept, and about as many others of its row as are enough.
        """
        draw = np.random.default_rng(self.seed)
        evidence, truth, of = [np.zeros((0, FACTS), np.float32)], [], []
        for first in range(0, len(histories), _BATCH):
            rows = np.arange(first, min(first + _BATCH, len(histories)))
            part = histories.take(rows)
            row, product = self.candidates(part)
            right = product == targets[rows][row]
            found = np.bincount(row, weights=right, minlength=len(rows)) > 0
            share = _NEGATIVES / (CANDIDATES + ALIKE)
            kept = found[row] & (right | (draw.random(len(row)) < share))
            if kept.any():
                evidence.append(self.evidence(part, row[kept], product[kept]))
            truth.append(right[kept])
            of.append(row[kept] + first)
        none = [np.zeros(0, np.int64)]
        right = np.concatenate(none + truth).astype(bool)
        return Lesson(np.concatenate(evidence), right, np.concatenate(none + of))

    def learn(self, lesson: Lesson) -> Self:
        """Learn how candidates are ranked; with nothing to learn from, all are alike."""
        self.trees_ = None
        if 0 < lesson.right.sum() < len(lesson.right):
            self.trees_ = HistGradientBoostingClassifier(**_TREES, random_state=self.seed)
            self.trees_.fit(lesson.evidence, lesson.right)
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: chance that a candidate is next, as the trees see it."""
        nobody = np.zeros((0, self.material_.width), np.float32)
        parts = [sparse.csr_matrix(nobody)]
        for first in range(0, len(histories), _BATCH):
            part = histories.take(np.arange(first, min(first + _BATCH, len(histories))))
            row, product = self.candidates(part)
            scores = np.ones(len(row), np.float32)
            if self.trees_ is not None and len(row):
                chance = self.trees_.predict_proba(self.evidence(part, row, product))[:, 1]
                scores = chance.astype(np.float32)
            shape = (len(part), self.material_.width)
            parts.append(sparse.csr_matrix((scores, (row, product)), shape=shape))
        return sparse.csr_matrix(sparse.vstack(parts))

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the product of the history without which the score falls most, and by what share.

        −1 where the score falls without none of them.
        """
        best, share = np.full(len(row), -1, np.int64), np.zeros(len(row))
        if self.trees_ is None or not len(row):
            return best, share
        whole = self.trees_.predict_proba(self.evidence(histories, row, product))[:, 1]
        entry, source, back = crossed(histories, row, RECENT)
        without = histories.take(row[entry])
        gone = np.arange(len(without.products)) != np.repeat(without.starts[1:] - 1 - back,
                                                             without.lengths)  # fmt: skip
        starts = without.starts - np.arange(len(without.starts))
        left = Histories(starts, without.products[gone])
        some = np.flatnonzero(left.lengths > 0)
        chance = np.zeros(len(entry))
        facts = self.evidence(left.take(some), np.arange(len(some)), product[entry[some]])
        chance[some] = self.trees_.predict_proba(facts)[:, 1]
        lost = 1 - chance / np.maximum(whole[entry], 1e-12)
        for at in np.lexsort((-source, lost)).tolist():
            if lost[at] > 0:
                best[entry[at]], share[entry[at]] = source[at], lost[at]
        return best, share

    def candidates(self, histories: Histories) -> tuple[Numbers, Numbers]:
        """Return rows and products that may come next, by row, then product."""
        width = self.material_.width
        profile = histories.profile(self.kernel.profile, width)
        followed = unseen(sparse.csr_matrix(profile @ self.weights_), histories)
        alike = unseen(sparse.csr_matrix(profile @ self.near_), histories)
        keys = [
            row * width + product
            for row, product, _ in (leading(followed, CANDIDATES), leading(alike, ALIKE))
        ]
        both = np.sort(np.concatenate(keys))
        unique = both[np.append(True, both[1:] != both[:-1])] if len(both) else both
        return unique // width, unique % width

    def evidence(self, histories: Histories, row: Numbers, product: Numbers) -> Floats:
        """Return what is known of each candidate: one row a candidate, one column a fact.

        No fact of a candidate depends on which others are asked of with it.
        """
        linked = self._linked(histories, row, product)
        traits = self._traits(histories, row, product)
        newest = histories.products[histories.starts[1:] - 1][row]
        return np.column_stack(
            [
                linked,
                traits,
                self.wanted_[product],
                self.wanted_[newest],
                np.log1p(histories.lengths[row]).astype(np.float32),
            ]
        )

    def _linked(self, histories: Histories, row: Numbers, product: Numbers) -> Floats:
        """Return, for each candidate, the weights that lead to it from the history.

        Columns: each kind of weight added up over the profile, then from the newest product alone;
        the largest single weight; how many products of the history lead to it.
        """
        candidate, source, back = crossed(histories, row, RECENT)
        at = self.material_.pairs.find(source, product[candidate])
        hit = at >= 0
        candidate, back, values = candidate[hit], back[hit], self.columns_[at[hit]]
        weight = np.power(np.float32(self.kernel.profile), back)
        count = len(row)

        def added(data: NDArray[np.floating]) -> Floats:
            return np.bincount(candidate, weights=data, minlength=count).astype(np.float32)

        kinds = range(values.shape[1])
        columns = [added(values[:, kind] * weight) for kind in kinds]
        columns += [added(values[:, kind] * (back == 0)) for kind in kinds]
        largest = np.zeros(count, np.float32)
        np.maximum.at(largest, candidate, values[:, 0])
        columns += [largest, added(np.ones(len(candidate)))]
        return np.stack(columns, axis=1)

    def _traits(self, histories: Histories, row: Numbers, product: Numbers) -> Floats:
        """Return the cosine of each candidate with the history, weighed by profile, and the newest."""
        traits = self.material_.traits
        own = traits[product]
        of_entry = np.repeat(np.arange(len(product)), np.diff(own.indptr))
        columns = []
        for decay in (self.kernel.profile, 0.0):
            wanted = (histories.profile(decay, len(self.wanted_)) @ traits).toarray()
            values = own.data * wanted[row[of_entry], own.indices]
            columns.append(np.bincount(of_entry, weights=values, minlength=len(product)))
        return np.stack(columns, axis=1).astype(np.float32)
