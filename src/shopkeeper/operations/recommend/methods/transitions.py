"""Transitions: what came after each product of the history, near and recent ones weighing more."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers, largest_part
from shopkeeper.operations.recommend.material import Material
from shopkeeper.operations.recommend.pairs import Kernel


class Transitions:
    """Add up, over the history, the weights of what came after each of its products.

    Parameters
    ----------
    kernel
        How counts become weights.
    """

    weights_: sparse.csr_matrix

    def __init__(self, kernel: Kernel | None = None) -> None:
        self.kernel = kernel or Kernel()

    def fit(self, material: Material) -> Self:
        """Learn the weight from each product to each other."""
        self.weights_ = material.pairs.matrix(material.pairs.strengths(self.kernel))
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: Σ over the history of profile^(newer products) · weight."""
        profile = histories.profile(self.kernel.profile, self.weights_.shape[0])
        return sparse.csr_matrix(profile @ self.weights_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the product of the history that gives most of each score, and its share."""
        return largest_part(histories, self.kernel.profile, self.weights_, row, product)
