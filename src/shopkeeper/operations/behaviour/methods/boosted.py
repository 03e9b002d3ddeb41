"""Gradient-boosted trees over what a session has shown so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

Floats = NDArray[np.float64]

# Chosen by cross-validation on Online Shoppers Intention: shallow trees, many, each on part of the columns.
_TREES = {
    "max_iter": 200, "learning_rate": 0.04, "max_leaf_nodes": 12, "min_samples_leaf": 40,
    "l2_regularization": 1.0, "max_features": 0.4, "early_stopping": False,
}  # fmt: skip


class BoostedTrees:
    """Gradient boosting of histograms (Friedman 2001, Annals of Statistics 29).

    Parameters
    ----------
    seed
        Seed of the columns that each tree looks at.

    Limits
    ------
    It needs a few hundred sessions of either outcome; with fewer, the rate by entry tells as much.

    Examples
    --------
    >>> rows = np.repeat([[0.0], [1.0]], 200, axis=0)
    >>> chance = BoostedTrees(seed=0).fit(rows, rows[:, 0] > 0).predict(rows)
    >>> bool(chance[0] < 0.05 < 0.95 < chance[-1])
    True
    """

    def __init__(self, *, seed: int) -> None:
        self.seed = seed
        self.trees_: HistGradientBoostingClassifier | None = None

    def fit(self, rows: Floats, bought: NDArray[np.bool_]) -> BoostedTrees:
        """Learn; shape (sessions, columns) and (sessions,). NaN is a value that is not known."""
        self.trees_ = HistGradientBoostingClassifier(**_TREES, random_state=self.seed)
        self.trees_.fit(rows, bought)
        return self

    def predict(self, rows: Floats) -> Floats:
        """Return a probability a session."""
        assert self.trees_ is not None
        made: Floats = self.trees_.predict_proba(rows)[:, 1]
        return made
