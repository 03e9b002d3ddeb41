"""RFM: how recent, how frequent, how much money, each in five scores with stated cuts.

Source: Hughes (1994), Strategic Database Marketing. The cuts are the fifths of the customers at hand;
customers with the same value have the same score, so that the fifths are not quite equal. The scores
know nothing of what was bought, and nothing of what will be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEGMENTS = (
    "champions", "loyal", "cannot_lose", "at_risk", "new", "promising", "attention", "asleep",
)  # fmt: skip
"""In the order in which a customer is asked; the first that fits is theirs."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Upper ends of the first four scores: days since the last purchase, purchases, net value."""

    recency: Floats
    frequency: Floats
    monetary: Floats

    def scores(self, days_since: Floats, purchases: Floats, spent: Floats) -> Ints:
        """Return the scores 1 to 5 of each customer, n × 3; 5 is the best of each."""
        return np.column_stack(
            [
                5 - np.searchsorted(self.recency, days_since, side="left"),
                1 + np.searchsorted(self.frequency, purchases, side="left"),
                1 + np.searchsorted(self.monetary, spent, side="left"),
            ]
        ).astype(np.int64)


def fit_cuts(days_since: Floats, purchases: Floats, spent: Floats) -> Cuts:
    """Cut each measure at the fifths of its values.

    Examples
    --------
    >>> cuts = fit_cuts(np.arange(1.0, 101.0), np.ones(100), np.arange(100.0))
    >>> cuts.scores(np.array([1.0, 100.0]), np.array([1.0, 2.0]), np.array([0.0, 99.0])).tolist()
    [[5, 1, 1], [1, 5, 5]]
    """
    fifths = [0.2, 0.4, 0.6, 0.8]
    # A cut is a value that some customer has, so that it can be stated and looked up.
    made = [
        np.quantile(values, fifths, method="inverted_cdf")
        for values in (days_since, purchases, spent)
    ]
    return Cuts(*made)


def place(scores: Ints, purchases: Floats) -> Ints:
    """Return the number of each customer's segment in `SEGMENTS`.

    Examples
    --------
    >>> SEGMENTS[place(np.array([[5, 5, 5]]), np.array([9.0]))[0]]
    'champions'
    """
    recent, frequent, valuable = scores.T
    rules = [
        (recent >= 4) & (frequent >= 4) & (valuable >= 4),
        (recent >= 3) & (frequent >= 4),
        (recent <= 2) & (frequent >= 4) & (valuable >= 4),
        (recent <= 2) & (frequent >= 3),
        (recent >= 4) & (purchases <= 1),
        recent >= 4,
        recent == 3,
    ]
    return np.asarray(np.select(rules, range(len(rules)), default=len(rules)), dtype=np.int64)
