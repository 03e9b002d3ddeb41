"""Popular: the same for everybody, what most customers touched."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.material import Material

MOST = 500
"""Products that are given a score; whoever has touched all of them gets the rest in their order."""


class Popular:
    """Recommend what most customers touched; the baseline that a personal choice has to beat."""

    touched_: sparse.csr_matrix

    def fit(self, material: Material) -> Self:
        """Learn how many customers touched each product."""
        return self.of(material.touched)

    def of(self, touched: Numbers) -> Self:
        """Learn from how many customers touched each product."""
        first = np.sort(np.argsort(-touched, kind="stable")[:MOST])
        data = touched[first].astype(np.float32)
        shape = (1, len(touched))
        self.touched_ = sparse.csr_matrix((data, (np.zeros_like(first), first)), shape=shape)
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: customers who touched the product."""
        ones = sparse.csr_matrix(np.ones((len(histories), 1), np.float32))
        return sparse.csr_matrix(ones @ self.touched_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return −1 and 0: no product of the history is the reason."""
        return np.full(len(row), -1, np.int64), np.zeros(len(row))
