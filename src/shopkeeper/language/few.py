"""Learn a classifier from a few texts of each class: first which texts are alike, then the classes.

The upper layers learn to draw the vectors of one class together and those of different classes apart
(the idea of SetFit, Tunstall et al. 2022); a softmax is then fitted on the vectors. Where SetFit lists
pairs, here every batch is compared with itself, which gives batch² pairs for the price of one batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from shopkeeper.language.loop import Tuning, descend, warmed
from shopkeeper.language.train import EncoderClassifier, learnable, sample_rows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Few:
    """How far a contrastive training goes.

    Parameters
    ----------
    rows
        Texts learned from at most.
    tokens
        Tokens read of each text.
    layers
        Upper layers that learn.
    steps
        Batches that are compared with themselves.
    batch
        Texts a batch, of as many classes as there are.
    rate
        Highest learning rate.
    """

    rows: int = 2_000
    tokens: int = 96
    layers: int = 2
    steps: int = 60
    batch: int = 32
    rate: float = 5e-5


class FewShotClassifier:
    """A softmax on an encoder that has learned which of a few texts belong together.

    Parameters
    ----------
    encoder
        Folder or hub id; empty for MiniLM.
    seed
        Seed of the batches.
    tuning
        How far to go.

    Limits
    ------
    Made for 4 to 64 texts a class; from more, `EncoderClassifier` learns better. With one text a class
    there is nothing to draw together, and only the softmax is fitted.
    """

    def __init__(self, *, encoder: str = "", seed: int = 0, tuning: Few | None = None) -> None:
        self.encoder, self.seed, self.tuning = encoder, seed, tuning or Few()

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> FewShotClassifier:
        """Learn from texts and the class of each.

        Raises
        ------
        TrainingError
            There are fewer than two classes, or the loss is no longer a number.
        ArtifactError
            The encoder cannot be used.
        """
        names, codes = learnable(texts, classes)
        few = self.tuning
        kept = sample_rows(codes, few.rows, self.seed)
        codes = codes[kept]
        inner = Tuning(tokens=few.tokens, layers=few.layers)
        made = EncoderClassifier(encoder=self.encoder, seed=self.seed, tuning=inner)
        made.prepare(names)
        states = made.body_.states([texts[index] for index in kept.tolist()])
        self._contrast(made, states, codes)
        made.fit_head(states, codes)
        self.classifier_, self.classes_ = made, names
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`, rows summing to one."""
        return self.classifier_.probabilities(texts)

    def save(self, folder: Path) -> None:
        """Write the trained layers and the softmax; `EncoderClassifier.load` reads them too."""
        self.classifier_.save(folder)

    @classmethod
    def load(cls, folder: Path) -> FewShotClassifier:
        """Read what `save` wrote."""
        inner = EncoderClassifier.load(folder)
        made = cls(encoder=inner.encoder)
        made.classifier_, made.classes_ = inner, inner.classes_
        return made

    def _contrast(
        self, made: EncoderClassifier, states: list[Tensor], codes: NDArray[np.intp]
    ) -> None:
        few, generator = self.tuning, np.random.default_rng(self.seed)
        if np.bincount(codes).max() < 2:
            return
        body = made.body_
        optimizer = torch.optim.AdamW(body.upper.parameters(), lr=few.rate, weight_decay=0.01)
        for step in range(few.steps):
            index = _evenly(codes, few.batch, generator)
            vectors = body.pooled([states[at] for at in index])
            loss = unlike(vectors, torch.from_numpy(codes[index]).to(body.device))
            descend(optimizer, loss, (few.rate,), warmed(step, few.steps))


def unlike(vectors: Tensor, codes: Tensor) -> Tensor:
    """Return how far the cosines are from one within a class and from zero between classes.

    The mean of (1 − cosine)² over the pairs of one class, and of cosine² over those of two, each
    weighing half.
    """
    cosines = vectors @ vectors.T
    same = codes[:, None] == codes[None]
    others = ~torch.eye(len(codes), dtype=torch.bool, device=codes.device)
    together, apart = cosines[same & others], cosines[~same]
    parts = [((1 - together) ** 2).mean()] if len(together) else []
    parts += [(apart**2).mean()] if len(apart) else []
    return torch.stack(parts).mean() if parts else nn.functional.mse_loss(cosines, cosines)


def _evenly(codes: NDArray[np.intp], size: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """Draw a batch with about as many texts of each class, two at least of those that are drawn."""
    classes = generator.permutation(np.unique(codes))[: max(2, size // 2)]
    each = max(2, size // len(classes))
    drawn = []
    for code in classes:
        members = np.flatnonzero(codes == code)
        drawn.append(generator.permutation(members)[:each])
    return np.concatenate(drawn)
