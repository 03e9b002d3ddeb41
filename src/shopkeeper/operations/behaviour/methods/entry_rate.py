"""The rate of those that began alike: the baseline of every other way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class EntryRate:
    """The share of sessions with the same entry that bought.

    Parameters
    ----------
    column
        The column of the entry.
    weight
        Sessions of the overall rate that each entry is drawn towards it by.

    Examples
    --------
    >>> rows = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> EntryRate(weight=0).fit(rows, np.array([True, False, True, True])).predict(rows).tolist()
    [0.5, 0.5, 1.0, 1.0]
    """

    def __init__(self, *, column: int = 0, weight: float = 20.0) -> None:
        self.column, self.weight = column, weight
        self.overall_ = 0.0
        self.rates_: dict[float, float] = {}

    def fit(self, rows: Floats, bought: NDArray[np.bool_]) -> EntryRate:
        """Learn the rates; shape (sessions, columns) and (sessions,)."""
        self.overall_ = float(bought.mean())
        entry = rows[:, self.column]
        for value in np.unique(entry).tolist():
            mine = bought[entry == value]
            top = mine.sum() + self.weight * self.overall_
            self.rates_[value] = float(top / (len(mine) + self.weight))
        return self

    def predict(self, rows: Floats) -> Floats:
        """Return a probability a session; that of all for an entry that was never seen."""
        entries = rows[:, self.column].tolist()
        return np.array([self.rates_.get(value, self.overall_) for value in entries])
