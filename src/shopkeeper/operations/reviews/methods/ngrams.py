"""Word and character n-grams with a linear softmax: any language, seconds, no download."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from shopkeeper.language.classify import NgramClassifier
from shopkeeper.operations.reviews.features import probability_columns


class Ngrams:
    """Learns which words and pieces of words go with which class.

    Limits: irony, and a mixed review's balance, are beyond it.

    Examples
    --------
    >>> taught = pa.table(
    ...     {
    ...         "text": ["muito bom", "ruim", "bom", "muito ruim"] * 5,
    ...         "sentiment": ["positive", "negative"] * 10,
    ...     }
    ... )
    >>> said = Ngrams().fit(taught).predict(pa.table({"text": ["bom"]}))
    >>> said["p_positive"][0].as_py() > 0.5
    True
    """

    def fit(self, table: pa.Table) -> Ngrams:
        """Learn from the columns `text` and `sentiment`."""
        texts, classes = table["text"].to_pylist(), table["sentiment"].to_pylist()
        self.classifier_ = NgramClassifier().fit(texts, classes)
        return self

    def predict(self, table: pa.Table) -> pa.Table:
        """Return one row of probabilities for each `text`."""
        probabilities = self.classifier_.probabilities(table["text"].to_pylist())
        return probability_columns(probabilities, self.classifier_.classes_)

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""
        self.classifier_.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Ngrams:
        """Read what `save` wrote."""
        made = cls()
        made.classifier_ = NgramClassifier.load(folder)
        return made
