"""Combined: what came before or after the newest product, and what is like it, in one sum."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.material import Material, neighbours
from shopkeeper.operations.recommend.pairs import Kernel


class Combined:
    """Rank by the weight of transitions, and by likeness, each against the best of its product.

    Parameters
    ----------
    kernel
        How counts become weights.
    likeness
        Weight of likeness against transitions; 0 for transitions alone.
    most
        How many of the most alike products of each product are known.

    Limits
    ------
    Only the newest product of a history is read.
    """

    followed_: sparse.csr_matrix
    alike_: sparse.csr_matrix
    whole_: sparse.csr_matrix

    def __init__(self, kernel: Kernel | None = None, likeness: float = 0.3, most: int = 60) -> None:
        self.kernel, self.likeness, self.most = kernel or Kernel(), likeness, most

    def fit(self, material: Material) -> Self:
        """Learn the weights between products; of alike ones the popular count for more."""
        pairs = material.pairs
        self.followed_ = _of_the_best(pairs.matrix(pairs.strengths(self.kernel)))
        # Two, not one: what nobody has touched yet keeps a weight.
        wanted = np.log(2.0 + material.touched).astype(np.float32)
        near = neighbours(material.traits, self.most) @ sparse.diags_array(wanted)
        scaled = _of_the_best(sparse.csr_matrix(near)) * np.float32(self.likeness)
        self.alike_ = sparse.csr_matrix(scaled)
        self.whole_ = sparse.csr_matrix(self.followed_ + self.alike_)
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: transitions ÷ their best + likeness · alike ÷ the most alike."""
        return sparse.csr_matrix(histories.profile(0.0, self.whole_.shape[0]) @ self.whole_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the newest product, and the share of the score that transitions give."""
        newest = histories.products[histories.starts[1:] - 1][row]
        if not len(row):
            return newest, np.zeros(0)
        whole = np.asarray(self.whole_[newest, product], np.float64).ravel()
        followed = np.asarray(self.followed_[newest, product], np.float64).ravel()
        return newest, followed / np.where(whole > 0, whole, 1)


def _of_the_best(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the weights of each row against its largest."""
    best = weights.max(axis=1).toarray().ravel() if weights.shape[1] else np.zeros(0)
    inverse = 1 / np.where(best > 0, best, 1)
    return sparse.csr_matrix(sparse.diags_array(inverse.astype(np.float32)) @ weights)
