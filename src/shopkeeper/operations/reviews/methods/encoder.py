"""A fine-tuned BERT encoder: MiniLM for English, any other by its folder or hub id."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from shopkeeper.language.encode import encoder_source
from shopkeeper.operations.reviews.features import probability_columns


class Encoder:
    """Reads words in their context, which n-grams cannot.

    Parameters
    ----------
    encoder
        Folder or hub id; empty for MiniLM, which is installed with the extra `encoder`.
    seed
        Seed of the fine-tuning.

    Limits: it learns from 5,000 reviews at most and reads tens of reviews a second on a CPU.
    """

    def __init__(self, *, encoder: str = "", seed: int = 0) -> None:
        self.encoder, self.seed = encoder, seed

    def fit(self, table: pa.Table) -> Encoder:
        """Learn from the columns `text` and `sentiment`."""
        encoder_source(self.encoder)
        from shopkeeper.language.train import EncoderClassifier

        texts, classes = table["text"].to_pylist(), table["sentiment"].to_pylist()
        fresh = EncoderClassifier(encoder=self.encoder, seed=self.seed)
        self.classifier_ = fresh.fit(texts, classes)
        return self

    def predict(self, table: pa.Table) -> pa.Table:
        """Return one row of probabilities for each `text`."""
        probabilities = self.classifier_.probabilities(table["text"].to_pylist())
        return probability_columns(probabilities, self.classifier_.classes_)

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""
        self.classifier_.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        """Read what `save` wrote."""
        from shopkeeper.language.train import EncoderClassifier

        made = cls()
        made.classifier_ = EncoderClassifier.load(folder)
        return made
