"""Last item: what came directly after the newest product, counted."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers, largest_part
from shopkeeper.operations.recommend.material import Material


class LastItem:
    """Recommend what customers touched directly after the newest product of the history."""

    next_: sparse.csr_matrix

    def fit(self, material: Material) -> Self:
        """Learn how often each product came directly after each other."""
        self.next_ = material.pairs.matrix(material.pairs.forward[0])
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: how often the product came directly after the newest one."""
        return sparse.csr_matrix(histories.profile(0.0, self.next_.shape[0]) @ self.next_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the product of the history that gives most of each score, and its share."""
        return largest_part(histories, 0.0, self.next_, row, product)
