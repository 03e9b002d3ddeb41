"""Similar: what shares category, brand and words with the history, the popular first."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.operations.recommend.histories import Histories, Numbers, largest_part
from shopkeeper.operations.recommend.material import Material, neighbours


class Similar:
    """Recommend products whose traits are like those of the history; needs no customer but this one.

    Parameters
    ----------
    profile
        Weight of a product of the history against the next newer one.
    most
        How many of the most alike products of each product are known.
    """

    alike_: sparse.csr_matrix

    def __init__(self, profile: float = 0.6, most: int = 60) -> None:
        self.profile, self.most = profile, most

    def fit(self, material: Material) -> Self:
        """Learn which products are most alike; among them the popular count for more."""
        near = neighbours(material.traits, self.most)
        wanted = np.log1p(material.touched).astype(np.float32)
        self.alike_ = sparse.csr_matrix(near @ sparse.diags_array(wanted))
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        """Return rows × products: Σ of profile^(newer products) · cosine · log(1 + touched)."""
        profile = histories.profile(self.profile, self.alike_.shape[0])
        return sparse.csr_matrix(profile @ self.alike_)

    def explain(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, NDArray[np.float64]]:
        """Return the product of the history that gives most of each score, and its share."""
        return largest_part(histories, self.profile, self.alike_, row, product)
