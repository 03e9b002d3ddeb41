"""Fine-tune the upper layers of an encoder with a softmax on top, on a CPU, in minutes.

The softmax is first fitted on the encoder as it came, then trained on with the upper layers. The
same seed gives the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.errors import TrainingError
from shopkeeper.language.body import Body
from shopkeeper.language.checkpoints import fingerprint
from shopkeeper.language.loop import Rows, Tuning, scores, tune
from shopkeeper.language.model_files import wrong_model
from shopkeeper.language.splits import but_lone_classes, held_out_by_group, text_groups
from shopkeeper.words import Words

__all__ = ["EncoderClassifier", "Tuning", "fitted_softmax"]

Floats = NDArray[np.float64]
KIND = "encoder-softmax"
_SCORED = 512
WATCHED_FROM = 1_000
"""Texts from which on a tenth is kept aside to tell passes apart."""
_HEAD_START = 0.3
"""A softmax that already tells the texts apart leaves the encoder nothing to learn from them."""


class EncoderClassifier:
    """A softmax on the mean of an encoder's token vectors, fine-tuned.

    Parameters
    ----------
    encoder
        Folder or hub id of an encoder (BERT, RoBERTa, XLM-R, ModernBERT, Qwen3-Embedding); empty for
        MiniLM.
    seed
        Seed of the sample and of the order of texts.
    tuning
        How far to go.

    Limits
    ------
    MiniLM knows English; other languages need another encoder. Only the first tokens of a long text
    are read. While it learns from BERT, RoBERTa or XLM-R it keeps about 60 kB a text in memory; the
    other kinds are run whole in every pass, which takes longer.
    """

    def __init__(self, *, encoder: str = "", seed: int = 0, tuning: Tuning | None = None) -> None:
        self.encoder, self.seed, self.tuning = encoder, seed, tuning or Tuning()

    def fit(
        self, texts: Sequence[str], classes: Sequence[str], *, checkpoint: Path | None = None
    ) -> EncoderClassifier:
        """Learn from texts and the class of each.

        Parameters
        ----------
        texts, classes
            What to learn from.
        checkpoint
            Folder in which the state after each pass is kept; a training that was killed goes on from
            there when it is called again with the same texts, and ends with the same weights.

        Raises
        ------
        TrainingError
            There are fewer than two classes, or the loss is no longer a number.
        ArtifactError
            The encoder cannot be used.
        StorageError
            The disk refused a checkpoint.
        """
        names, codes = learnable(texts, classes)
        self.prepare(names)
        kept = sample_rows(codes, self.tuning.rows, self.seed)
        texts, codes = [texts[index] for index in kept], codes[kept]
        learned, watched = np.arange(len(texts)), np.arange(0)
        if len(texts) >= WATCHED_FROM:
            learned, watched = _parted(texts, codes, self.seed)
        rows = Rows(self.body_.states(texts), codes, learned, watched)
        self.fit_head([rows.states[at] for at in learned], codes[learned])
        work = fingerprint(
            self.body_.revision, self.seed, asdict(self.tuning), names, list(texts), codes.tolist()
        )
        self.history_ = tune(
            self.body_, self.head_, rows, tuning=self.tuning, seed=self.seed,
            checkpoint=checkpoint, work=work,
        )  # fmt: skip
        return self

    def prepare(self, classes: tuple[str, ...]) -> None:
        """Load the encoder and put a random softmax of these classes on top of it."""
        self.classes_ = classes
        self.body_ = Body(self.encoder, layers=self.tuning.layers, tokens=self.tuning.tokens)
        torch.manual_seed(self.seed)
        self.head_ = nn.Linear(self.body_.width, len(classes)).to(self.body_.device)

    def fit_head(self, states: list[Tensor], codes: NDArray[np.intp]) -> None:
        """Fit the softmax alone, on the encoder as it is; every class occurs in `codes`."""
        weights, bias = fitted_softmax(self.body_.vectors(states), codes, strength=_HEAD_START)
        with torch.no_grad():
            self.head_.weight.copy_(torch.from_numpy(weights))
            self.head_.bias.copy_(torch.from_numpy(bias))

    def probabilities(self, texts: Sequence[str], *, exact: bool = False) -> Floats:
        """Return one row a text and one column a class of `classes_`, rows summing to one.

        Parameters
        ----------
        texts
            Texts to read.
        exact
            Whether to multiply in full precision where bfloat16 would be faster.
        """
        said = np.zeros((len(texts), len(self.classes_)))
        with self.body_.exact() if exact else nullcontext():
            for start in range(0, len(texts), _SCORED):
                chunk = self.body_.states(list(texts[start : start + _SCORED]))
                found = scores(self.body_, self.head_, chunk).astype(np.float64)
                said[start : start + len(chunk)] = softmax(found, axis=1)
        return said

    def save(self, folder: Path) -> None:
        """Write the trained layers and the softmax; the encoder itself is named, not copied."""
        trained = {f"upper.{k}": v.cpu().numpy() for k, v in self.body_.upper.state_dict().items()}
        head = {f"head.{k}": v.cpu().numpy() for k, v in self.head_.state_dict().items()}
        meta = {
            "classes": self.classes_,
            "encoder": self.encoder,
            "revision": self.body_.revision,
            "tokens": self.tuning.tokens,
            "layers": self.tuning.layers,
        }
        save_artifact(folder, kind=KIND, arrays={**trained, **head}, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> EncoderClassifier:
        """Read what `save` wrote, on top of the same encoder.

        Raises
        ------
        ArtifactError
            The folder is damaged, or the encoder is not the one that was trained on.
        """
        arrays, meta = load_artifact(folder, kind=KIND)
        tuning = Tuning(tokens=meta["tokens"], layers=meta["layers"])
        made = cls(encoder=meta["encoder"], tuning=tuning)
        made.prepare(tuple(meta["classes"]))
        if meta.get("revision", made.body_.revision) != made.body_.revision:
            raise _other_encoder(made.encoder, meta["revision"], made.body_.revision)
        for part, name in ((made.body_.upper, "upper."), (made.head_, "head.")):
            state = {k.removeprefix(name): v for k, v in arrays.items() if k.startswith(name)}
            part.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()})
        return made


def fitted_softmax(
    vectors: NDArray[np.float32], codes: NDArray[np.intp], *, strength: float = 10.0
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights (classes, width) and bias of a softmax fitted on vectors; every class occurs."""
    probe = LogisticRegression(C=strength, max_iter=300).fit(vectors, codes)
    weights, bias = probe.coef_, probe.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights, weights]) / 2, np.append(-bias, bias) / 2
    return weights.astype(np.float32), bias.astype(np.float32)


def learnable(
    texts: Sequence[str], classes: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the class names and the code of each row; refuse what nothing can be learned from."""
    names, codes = np.unique(np.asarray(classes, dtype=np.str_), return_inverse=True)
    if len(texts) != len(classes) or len(names) < 2:
        raise TrainingError(
            Words("Asked to train a classifier.", "要训练分类器。"),
            Words(
                f"There are {len(texts):,} texts and {len(classes):,} labels of "
                f"{len(names)} different classes.",
                f"共有 {len(texts):,} 条文本和 {len(classes):,} 个标签，其中不同的类别有 {len(names)} 个。",
            ),
            Words(
                "Give one label a text, of at least two different classes.",
                "请为每条文本给出一个标签，且至少有两个不同的类别。",
            ),
        )
    return tuple(names.tolist()), codes.astype(np.intp)


def sample_rows(codes: NDArray[Any], rows: int, seed: int) -> NDArray[np.intp]:
    """Return at most `rows` rows with the classes' own shares, and one of each class at least."""
    if len(codes) <= rows:
        return np.arange(len(codes))
    # Ordered by class, then at random, every k-th row keeps the classes' own shares.
    mixed = np.random.default_rng(seed).permutation(len(codes))
    order = mixed[np.argsort(codes[mixed], kind="stable")]
    kept = order[np.linspace(0, len(order) - 1, rows).astype(np.intp)]
    firsts = order[np.unique(codes[order], return_index=True)[1]]
    return np.unique(np.concatenate([kept, firsts]))


def _parted(
    texts: Sequence[str], codes: NDArray[np.intp], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that teach and those that are watched; every class teaches."""
    groups = text_groups(texts)
    watched = but_lone_classes(held_out_by_group(groups, share=0.1, seed=seed), groups, codes)
    return np.flatnonzero(~watched), np.flatnonzero(watched)


def _other_encoder(name: str, trained: str, found: str) -> Exception:
    return wrong_model(
        name,
        Words(
            f"Its weights have the hash {found[:12]}; the classifier was trained on {trained[:12]}.",
            f"其权重的校验值为 {found[:12]}，而分类器是在 {trained[:12]} 上训练的。",
        ),
        Words("Put the encoder back, or train again.", "请换回原来的编码器，或重新训练。"),
    )
