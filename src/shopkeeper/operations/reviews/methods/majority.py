"""The simplest honest answer: every review is what most reviews are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.operations.reviews.features import probability_columns

KIND = "sentiment-majority"


class Majority:
    """Answers with the classes' shares among the reviews learned from, whatever a text says.

    Examples
    --------
    >>> fitted = Majority().fit(pa.table({"text": ["a", "b"], "sentiment": ["positive"] * 2}))
    >>> fitted.predict(pa.table({"text": ["c"]})).to_pylist()
    [{'p_negative': 0.0, 'p_neutral': 0.0, 'p_positive': 1.0}]
    """

    def fit(self, table: pa.Table) -> Majority:
        """Learn from the column `sentiment`."""
        names, counts = np.unique(table["sentiment"].to_numpy().astype(np.str_), return_counts=True)
        self.classes_ = tuple(names.tolist())
        self.shares_ = counts / counts.sum()
        return self

    def predict(self, table: pa.Table) -> pa.Table:
        """Return one row of probabilities for each row of `table`."""
        return probability_columns(np.tile(self.shares_, (table.num_rows, 1)), self.classes_)

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""
        meta = {"classes": self.classes_}
        save_artifact(folder, kind=KIND, arrays={"shares": self.shares_}, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> Majority:
        """Read what `save` wrote."""
        arrays, meta = load_artifact(folder, kind=KIND)
        made = cls()
        made.classes_, made.shares_ = tuple(meta["classes"]), arrays["shares"]
        return made
