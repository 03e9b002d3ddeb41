"""A small student where it is sure, a fine-tuned encoder where it is not."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.language.encode import encoder_source
from shopkeeper.language.splits import but_lone_classes, held_out_by_group, text_groups
from shopkeeper.operations.reviews.features import probability_columns

HELD_OUT = 0.15


class CascadeReader:
    """Reads most reviews with a small student, and nearly as well as the encoder.

    Parameters
    ----------
    encoder
        Folder or hub id of the encoder; empty for MiniLM.
    seed
        Seed of the fine-tuning and of the rows that set the threshold.

    Limits: the encoder learns from 85 % of the reviews, and no more than 5,000; the others choose the
    threshold. The encoder is served from ONNX in int8, or in full precision where int8 reads otherwise.
    """

    def __init__(self, *, encoder: str = "", seed: int = 0) -> None:
        self.encoder, self.seed = encoder, seed

    def fit(self, table: pa.Table) -> CascadeReader:
        """Learn from the columns `text` and `sentiment`."""
        encoder_source(self.encoder)
        from shopkeeper.language.cascade import Cascade
        from shopkeeper.language.export import export
        from shopkeeper.language.runtime import OnnxClassifier
        from shopkeeper.language.train import EncoderClassifier

        texts, classes = table["text"].to_pylist(), table["sentiment"].to_pylist()
        taught, watched = _parted(texts, classes, self.seed)
        large = EncoderClassifier(encoder=self.encoder, seed=self.seed)
        large.fit([texts[at] for at in taught], [classes[at] for at in taught])
        self.folder_ = Path(tempfile.mkdtemp(prefix="shopkeeper-"))
        # The model on disk lives as long as the method that reads with it.
        weakref.finalize(self, shutil.rmtree, self.folder_, ignore_errors=True)
        export(large, self.folder_, [texts[at] for at in watched])
        self.cascade_ = Cascade(OnnxClassifier(self.folder_)).fit(
            [texts[at] for at in taught],
            [texts[at] for at in watched],
            [classes[at] for at in watched],
            body=large.body_,
            seed=self.seed,
        )
        return self

    @property
    def curve_(self) -> list[dict[str, Any]]:
        """The cascade at many shares escalated, as rows of a table."""
        return [asdict(point) for point in self.cascade_.curve_]

    def predict(self, table: pa.Table) -> pa.Table:
        """Return one row of probabilities for each `text`."""
        probabilities = self.cascade_.probabilities(table["text"].to_pylist())
        return probability_columns(probabilities, self.cascade_.classes_)

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""
        shutil.copytree(self.folder_, folder / "teacher", dirs_exist_ok=True)
        self.cascade_.save(folder)

    @classmethod
    def load(cls, folder: Path) -> CascadeReader:
        """Read what `save` wrote."""
        from shopkeeper.language.cascade import Cascade
        from shopkeeper.language.runtime import OnnxClassifier

        made = cls()
        made.folder_ = folder / "teacher"
        made.cascade_ = Cascade.load(folder, OnnxClassifier(made.folder_))
        return made


def _parted(
    texts: list[str], classes: list[str], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that teach and those that choose the threshold; every class teaches."""
    groups, codes = text_groups(texts), np.unique(classes, return_inverse=True)[1]
    held = but_lone_classes(held_out_by_group(groups, share=HELD_OUT, seed=seed), groups, codes)
    return np.flatnonzero(~held), np.flatnonzero(held)
