"""Transitions: what came after each product of the history, near and recent ones weighing more."""

from __future__ import annotations

import threading
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import (
    Floats,
    Histories,
    Numbers,
    faded,
    largest_part,
    largest_part_of_one,
)
from shopkeeper.operations.recommend.material import Material
from shopkeeper.operations.recommend.pairs import Kernel, strongest

MOST = 5_000
"""Products that one product leads to at most: what the most touched one leads to decides how long the
slowest request takes."""


class Transitions:
    """Add up, over the history, the weights of what came after each of its products.

    Parameters
    ----------
    kernel
        How counts become weights.
    most
        How many of the products that each leads to are known, the weightiest.
    """

    weights_: sparse.csr_matrix

    def __init__(self, kernel: Kernel | None = None, most: int = MOST) -> None:
        self.kernel, self.most = kernel or Kernel(), most
        self._own = threading.local()

    def fit(self, material: Material) -> Self:
        """Learn the weight from each product to each other."""
        whole = material.pairs.matrix(material.pairs.strengths(self.kernel))
        self.weights_ = strongest(whole, self.most)
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: Σ over the history of profile^(newer products) · weight."""
        profile = histories.profile(self.kernel.profile, self.weights_.shape[0])
        return sparse.csr_matrix(profile @ self.weights_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the product of the history that gives most of each score, and its share."""
        if len(histories) == 1:
            return largest_part_of_one(
                histories.products, self.kernel.profile, self.weights_, product, self._sums()
            )
        return largest_part(histories, self.kernel.profile, self.weights_, row, product)

    def follow(self, history: Numbers) -> tuple[Numbers, Floats]:
        """Return what follows one history and the scores, the same as `score` for that one row.

        Parameters
        ----------
        history
            Products, oldest first.

        Notes
        -----
        The sums of `score` in the same order, so that not one bit differs, without the rows of a
        million zeros that a product of matrices makes for each question.
        """
        weights, sums = self.weights_, self._sums()
        near = faded(self.kernel.profile, len(history))
        found = [np.zeros(0, np.int32)]
        for weight, source in zip(near[::-1], history[len(history) - len(near) :], strict=True):
            own = slice(weights.indptr[source], weights.indptr[source + 1])
            targets = weights.indices[own]
            found.append(targets[sums[targets] == 0])
            sums[targets] += weight * weights.data[own]
        products = np.concatenate(found)
        scores = sums[products]
        sums[products] = 0
        return products.astype(np.int64), scores

    def _sums(self) -> Floats:
        """Return zeros for every product, the same memory again for the same thread."""
        if getattr(self._own, "fitted", None) is not self.weights_:
            self._own.fitted = self.weights_
            self._own.sums = np.zeros(self.weights_.shape[0], np.float32)
        sums: Floats = self._own.sums
        return sums
