"""Popular in category: what most customers touched of the newest product's category."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.material import Material

MOST = 500
"""Products of a category that are given a score."""


class PopularInCategory:
    """Recommend what most customers touched of one category; what a likeness has to beat.

    Parameters
    ----------
    category
        Number of each product's category; −1 where it has none, and then nothing is recommended.
    """

    of_: sparse.csr_matrix
    touched_: sparse.csr_matrix

    def __init__(self, category: Numbers) -> None:
        self.category = category

    def fit(self, material: Material) -> Self:
        """Learn how many customers touched each product; the first of each category are kept."""
        order = np.lexsort((-material.touched, self.category))
        order = order[self.category[order] >= 0]
        own = self.category[order]
        place = np.arange(len(own)) - np.searchsorted(own, own)
        kept = order[(place < MOST) & (material.touched[order] > 0)]
        shape = (int(self.category.max(initial=-1)) + 1, material.width)
        data = material.touched[kept].astype(np.float32)
        self.touched_ = sparse.csr_matrix((data, (self.category[kept], kept)), shape=shape)
        ones = np.ones(len(order), np.float32)
        self.of_ = sparse.csr_matrix((ones, (order, own)), shape=shape[::-1])
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: customers who touched the product, of the same category."""
        newest = histories.profile(0.0, self.of_.shape[0])
        return sparse.csr_matrix(newest @ self.of_ @ self.touched_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the newest product and 1: its category is the whole reason."""
        return histories.products[histories.starts[1:] - 1][row], np.ones(len(row))
