"""What customers will buy and spend, by gradient-boosted trees on what they did before.

Source: Friedman (2001), Annals of Statistics 29; the trees of scikit-learn on histograms. It learns from
one period what followed another, and knows nothing of how purchases come about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

Floats = NDArray[np.float64]
MOST_ROWS = 100_000


class Boosted:
    """Trees for one number that is never negative.

    Parameters
    ----------
    seed
        Seed of the rows that are taken where there are many, and of the trees.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, columns: Floats, happened: Floats) -> Boosted:
        """Learn the mean of what happened.

        Examples
        --------
        >>> columns = np.arange(200.0)[:, None]
        >>> fitted = Boosted().fit(columns, (columns[:, 0] > 100).astype(float))
        >>> bool(fitted.predict(np.array([[150.0]]))[0] > 0.9)
        True
        """
        # In an order that the rows' own has no part in, for sums of floats depend on it.
        order = np.lexsort((happened, *columns.T))
        if len(order) > MOST_ROWS:
            draw = np.random.default_rng(self.seed)
            order = order[np.sort(draw.choice(len(order), MOST_ROWS, replace=False))]
        self.trees_ = HistGradientBoostingRegressor(
            max_iter=80, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=30,
            early_stopping=False, random_state=self.seed,
        ).fit(columns[order], happened[order])  # fmt: skip
        return self

    def predict(self, columns: Floats) -> Floats:
        """Return what is expected, at least nothing."""
        return np.maximum(np.asarray(self.trees_.predict(columns), dtype=np.float64), 0.0)
