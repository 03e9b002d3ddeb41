"""The loop that fine-tunes the upper layers of a body with a softmax on top.

Passes over batches of about equal length, early stopping on the macro-F1 of watched rows, a checkpoint
after each pass. Every pass draws from a seed of its own, so that a training taken up again after a kill
ends with the same weights as one that was never stopped.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from shopkeeper.errors import TrainingError
from shopkeeper.language.body import Body
from shopkeeper.language.buckets import shuffled
from shopkeeper.language.checkpoints import (
    forget_checkpoint,
    read_checkpoint,
    write_checkpoint,
)
from shopkeeper.language.metrics import macro_f1
from shopkeeper.words import Words

Weights = dict[str, Tensor]
_WARM = 0.1
_STEPS = 130


@dataclass(frozen=True)
class Tuning:
    """How far a fine-tuning goes.

    Parameters
    ----------
    rows
        Texts learned from at most; of more, a sample with the classes' own shares.
    tokens
        Tokens read of each text.
    layers
        Upper layers that are trained; everything below stays as it came.
    epochs
        Passes at most; without a number see `passes`. Of 1,000 texts or more a tenth is watched, and the
        pass with the best macro-F1 on it is kept; of fewer the last pass, for what a handful of texts
        says of a pass is chance.
    patience
        Passes without a better macro-F1 after which it stops, where texts are watched.
    batch
        Texts a step.
    dropout
        Share of what each block of the trained layers puts out that is left out while they learn.
    rate
        Highest learning rate of the encoder; the softmax has ten times as much.
    """

    rows: int = 5_000
    tokens: int = 96
    layers: int = 3
    epochs: int | None = None
    patience: int = 2
    batch: int = 8
    dropout: float = 0.1
    rate: float = 2e-4

    def passes(self, count: int) -> int:
        """Return the passes over `count` texts: two, or up to five where those are under 130 steps.

        Examples
        --------
        >>> [Tuning().passes(count) for count in (100, 300, 600, 5_000)]
        [5, 4, 2, 2]
        """
        if self.epochs is not None:
            return self.epochs
        return min(5, max(2, math.ceil(_STEPS / math.ceil(count / self.batch))))


@dataclass(frozen=True)
class Rows:
    """What a training learns from: states, class codes, and which rows teach and which are watched."""

    states: list[Tensor]
    codes: NDArray[np.intp]
    learned: NDArray[np.intp]
    watched: NDArray[np.intp]


def scores(body: Body, head: nn.Linear, states: list[Tensor]) -> NDArray[np.float32]:
    """Return the softmax's scores of each state."""
    with torch.no_grad():
        made = head(torch.from_numpy(body.vectors(states)).to(body.device))
    found: NDArray[np.float32] = made.float().cpu().numpy()
    return found


def tune(
    body: Body,
    head: nn.Linear,
    rows: Rows,
    *,
    tuning: Tuning,
    seed: int,
    checkpoint: Path | None = None,
    work: str = "",
) -> list[float]:
    """Train the upper layers and the softmax; return the watched macro-F1 before and after each pass.

    Where nothing is watched it is NaN, and the last pass is kept.

    Parameters
    ----------
    body, head
        Changed in place, and left as they were in the best pass.
    rows
        What is learned from.
    tuning, seed
        How far to go, and the seed of the order of texts.
    checkpoint
        Folder to keep a checkpoint in; none is kept without one.
    work
        What this training is; a checkpoint of another work is not taken up.

    Raises
    ------
    TrainingError
        The loss is no longer a number.
    StorageError
        The disk refused a checkpoint.
    """
    state = _State(body, head, rows, tuning)
    if checkpoint:
        state.take_up(read_checkpoint(checkpoint, work))
    for epoch in range(state.done, state.passes):
        if state.since_best >= tuning.patience:
            break
        _one_pass(state, np.random.default_rng([seed, epoch]))
        state.watch()
        if checkpoint and epoch + 1 < state.passes:
            write_checkpoint(checkpoint, work, state.arrays(), state.plain())
    state.keep_best()
    if checkpoint:
        forget_checkpoint(checkpoint)
    return [one[0] for one in state.seen]


class _State:
    """Everything that a checkpoint keeps."""

    def __init__(self, body: Body, head: nn.Linear, rows: Rows, tuning: Tuning) -> None:
        self.body, self.head, self.rows, self.tuning = body, head, rows, tuning
        self.passes = tuning.passes(len(rows.learned))
        self.steps = self.passes * math.ceil(len(rows.learned) / tuning.batch)
        groups = [
            {"params": list(body.upper.parameters())},
            {"params": list(head.parameters())},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        self.stepped = 0
        self.seen = [self._look()]
        self.best = self._weights()

    @property
    def done(self) -> int:
        """Passes that are finished."""
        return len(self.seen) - 1

    @property
    def since_best(self) -> int:
        """Passes since the best one; none where nothing tells which that is."""
        if not len(self.rows.watched):
            return 0
        return self.done - max(range(len(self.seen)), key=lambda at: self.seen[at])

    def step(self, loss: Tensor) -> None:
        """Take one step; the softmax learns ten times as fast as the encoder."""
        rate = self.tuning.rate
        descend(self.optimizer, loss, (rate, 10 * rate), warmed(self.stepped, self.steps))
        self.stepped += 1

    def watch(self) -> None:
        """Look at the watched rows after a pass, and remember the weights where they are the best."""
        before = max(self.seen)
        self.seen.append(self._look())
        if not len(self.rows.watched) or self.seen[-1] > before:
            self.best = self._weights()

    def keep_best(self) -> None:
        """Set the weights of the best pass."""
        self._set(self.best)

    def arrays(self) -> dict[str, Tensor]:
        """Return what a checkpoint keeps as arrays."""
        kept = {f"now.{name}": value.cpu() for name, value in self._weights().items()}
        kept |= {f"best.{name}": value.cpu() for name, value in self.best.items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            kept |= {f"moment.{number}.{name}": value.cpu() for name, value in moments.items()}
        return {name: value.contiguous().clone() for name, value in kept.items()}

    def plain(self) -> dict[str, Any]:
        """Return what a checkpoint keeps as JSON."""
        return {"seen": self.seen, "stepped": self.stepped}

    def take_up(self, kept: tuple[dict[str, Tensor], dict[str, Any]] | None) -> None:
        """Go on from a checkpoint."""
        if kept is None:
            return
        arrays, plain = kept
        self._set(_under(arrays, "now."))
        self.best = _under(arrays, "best.")
        self.seen = [(float(f1), float(calm)) for f1, calm in plain["seen"]]
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in _under(arrays, "moment.").items():
            number, _, part = name.partition(".")
            moments.setdefault(int(number), {})[part] = value
        whole = self.optimizer.state_dict()
        self.optimizer.load_state_dict({**whole, "state": moments})
        self.stepped = int(plain["stepped"])

    def _look(self) -> tuple[float, float]:
        index = self.rows.watched
        if not len(index):
            return math.nan, math.nan
        said = scores(self.body, self.head, [self.rows.states[at] for at in index])
        truth = self.rows.codes[index]
        log = torch.log_softmax(torch.from_numpy(said).double(), dim=1).numpy()
        return macro_f1(truth, said.argmax(axis=1)), float(log[np.arange(len(truth)), truth].mean())

    def _weights(self) -> Weights:
        parts = {"upper.": self.body.upper, "head.": self.head}
        return {
            prefix + name: copy.deepcopy(value)
            for prefix, part in parts.items()
            for name, value in part.state_dict().items()
        }

    def _set(self, weights: Weights) -> None:
        self.body.upper.load_state_dict(_under(weights, "upper."))
        self.head.load_state_dict(_under(weights, "head."))


def _one_pass(state: _State, generator: np.random.Generator) -> None:
    rows, body = state.rows, state.body
    lengths = [len(rows.states[index]) for index in rows.learned]
    torch.manual_seed(int(generator.integers(2**31)))
    with body.dropping(state.tuning.dropout):
        for batch in shuffled(lengths, state.tuning.batch, generator):
            index = rows.learned[batch]
            said = state.head(body.pooled([rows.states[at] for at in index]))
            truth = torch.from_numpy(rows.codes[index]).to(body.device)
            state.step(nn.functional.cross_entropy(said, truth))


def warmed(step: int, steps: int) -> float:
    """Return the share of the highest rate: it rises over a tenth of the steps, then falls to nothing.

    Examples
    --------
    >>> [round(warmed(step, 20), 2) for step in (0, 1, 2, 10, 19)]
    [0.33, 0.67, 0.9, 0.52, 0.1]
    """
    return min((step + 1) / (_WARM * steps + 1), 1 - step / (steps + 1))


def descend(
    optimizer: torch.optim.Optimizer, loss: Tensor, rates: Sequence[float], share: float
) -> None:
    """Take one step down a loss, each group of parameters at `share` of its highest rate.

    Raises
    ------
    TrainingError
        The loss is no number.
    """
    if not math.isfinite(float(loss.detach())):
        raise _diverged(rates[0])
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate * share
    optimizer.step()


def _diverged(rate: float) -> TrainingError:
    return TrainingError(
        Words("Asked to fine-tune a model.", "要微调模型。"),
        Words(
            f"The loss is no longer a number, at a learning rate of {rate:g}.",
            f"损失已不是数值（学习率为 {rate:g}）。",
        ),
        Words(
            "Lower the learning rate, for example to a tenth; if that does not help, the model's "
            "weights are damaged: copy them again.",
            "请降低学习率，例如降到十分之一；若仍无效，说明模型权重已损坏，请重新复制。",
        ),
    )


def _under(arrays: Weights, prefix: str) -> Weights:
    return {
        name.removeprefix(prefix): value
        for name, value in arrays.items()
        if name.startswith(prefix)
    }
