"""Teach a model that writes (T5, GPT) to answer prompts as given examples do.

Of a small model every weight learns; of a large one two thin matrices beside each of its own (LoRA, Hu
et al. 2021), so that what is learned fits beside the model that it belongs to. Models come by folder or
hub id; there is no default.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.pytorch_utils import Conv1D

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.errors import TrainingError
from shopkeeper.language.buckets import shuffled
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.loop import descend
from shopkeeper.language.model_files import checked_folder, fast_tokenizer, loading, revision_of
from shopkeeper.language.text import bounded
from shopkeeper.words import Words

KIND = "tuned-writer"
LARGE = 150_000_000
"""Weights from which on LoRA is used where no rank is given."""
_IGNORED = -100


@dataclass(frozen=True)
class Writing:
    """How far the tuning of a writer goes.

    Parameters
    ----------
    rows
        Examples learned from at most.
    tokens
        Tokens of a prompt and of an answer at most, each.
    epochs
        Passes.
    batch
        Examples a step.
    rate
        Highest learning rate.
    rank
        Width of the thin matrices; 0 lets every weight learn; None chooses 8 for a model of 150 million
        weights or more, else 0.
    """

    rows: int = 5_000
    tokens: int = 128
    epochs: int = 3
    batch: int = 8
    rate: float = 3e-4
    rank: int | None = None


class Thin(nn.Module):
    """A matrix that stays, and two thin ones beside it that learn: Wx + B(Ax) · 2."""

    def __init__(self, kept: nn.Module, entering: int, leaving: int, rank: int) -> None:
        super().__init__()
        self.kept = kept.requires_grad_(False)
        self.down = nn.Linear(entering, rank, bias=False)
        self.up = nn.Linear(rank, leaving, bias=False)
        nn.init.zeros_(self.up.weight)

    @property
    def weight(self) -> Any:
        """The matrix that stays, whose kind of number T5 asks for."""
        return self.kept.weight

    def forward(self, state: Tensor) -> Tensor:
        """Return what the matrix makes of the state, changed by what was learned."""
        made: Tensor = self.kept(state) + 2.0 * self.up(self.down(state))
        return made


class Writer:
    """A causal or seq2seq model that learned from prompts and answers.

    Parameters
    ----------
    model
        Folder or hub id of a model of the T5 or GPT kind.
    seed
        Seed of the order and of the thin matrices.
    tuning
        How far to go.

    Limits
    ------
    What it writes is not checked against anything; see `ground` for that.
    """

    def __init__(self, model: str, *, seed: int = 0, tuning: Writing | None = None) -> None:
        self.model, self.seed, self.tuning = model, seed, tuning or Writing()

    def fit(self, prompts: Sequence[str], answers: Sequence[str]) -> Writer:
        """Learn to answer each prompt with its answer.

        Raises
        ------
        TrainingError
            There are no examples, or the loss is no longer a number.
        ArtifactError
            The model cannot be used.
        """
        if not prompts or len(prompts) != len(answers):
            raise _no_examples(len(prompts), len(answers))
        self._load()
        how, count = self.tuning, min(len(prompts), self.tuning.rows)
        kept = np.random.default_rng(self.seed).permutation(len(prompts))[:count].tolist()
        asked = self._ids([prompts[at] for at in kept])
        told = [one + self._end() for one in self._ids([answers[at] for at in kept])]
        learning = [one for one in self.net_.parameters() if one.requires_grad]
        optimizer = torch.optim.AdamW(learning, lr=how.rate, weight_decay=0.0)
        steps, at = how.epochs * math.ceil(count / how.batch), 0
        self.history_: list[float] = []
        for epoch in range(how.epochs):
            losses = []
            for batch in self._batches(asked, told, epoch):
                loss = self.net_(**self._given(batch, asked, told)).loss
                losses.append(float(loss.detach()))
                descend(optimizer, loss, (how.rate,), 1 - at / (steps + 1))
                at += 1
            self.history_.append(float(np.mean(losses)))
        return self

    def write(self, prompts: Sequence[str], *, tokens: int = 64) -> list[str]:
        """Return the likeliest answer to each prompt, of at most `tokens` tokens."""
        made = []
        for ids in self._ids(prompts):
            rows = torch.tensor([ids], device=self.device_)
            with torch.no_grad():
                said = self.net_.generate(
                    input_ids=rows, attention_mask=torch.ones_like(rows), max_new_tokens=tokens,
                    do_sample=False, pad_token_id=self._padding(), eos_token_id=self._end()[0],
                )[0].tolist()  # fmt: skip
            new = said if self.both_ else said[len(ids) :]
            made.append(self.tokenizer_.decode(new, skip_special_tokens=True).strip())
        return made

    def save(self, folder: Path) -> None:
        """Write what was learned; the model itself is named, not copied."""
        state = self.net_.state_dict(keep_vars=True)
        arrays = {k: v.detach().cpu().numpy() for k, v in state.items() if v.requires_grad}
        meta = {
            "model": self.model,
            "revision": self.revision_,
            "tokens": self.tuning.tokens,
            "rank": self.rank_,
        }
        save_artifact(folder, kind=KIND, arrays=arrays, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> Writer:
        """Read what `save` wrote, on top of the same model."""
        arrays, meta = load_artifact(folder, kind=KIND)
        made = cls(meta["model"], tuning=Writing(tokens=meta["tokens"], rank=meta["rank"]))
        made._load()
        state = {name: torch.from_numpy(value) for name, value in arrays.items()}
        made.net_.load_state_dict(state, strict=False)
        return made

    def _load(self) -> None:
        source = checked_folder(encoder_source(self.model), self.model)
        self.revision_ = revision_of(source)
        with loading(self.model):
            self.both_ = bool(AutoConfig.from_pretrained(source).is_encoder_decoder)
            kind = AutoModelForSeq2SeqLM if self.both_ else AutoModelForCausalLM
            net: Any = kind.from_pretrained(source, dtype=torch.float32)
        # Without dropout the same seed gives the same weights, and the fast attention is used.
        self.net_: Any = net.eval()
        words = int(net.get_input_embeddings().num_embeddings)
        self.tokenizer_ = fast_tokenizer(source, self.model, words=words)
        self.tokenizer_.enable_truncation(max_length=self.tuning.tokens)
        self.tokenizer_.no_padding()
        size = sum(one.numel() for one in net.parameters())
        given = self.tuning.rank
        self.rank_ = (8 if size >= LARGE else 0) if given is None else given
        torch.manual_seed(self.seed)
        if self.rank_:
            thin(net, self.rank_)
        self.device_ = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        net.to(self.device_)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        plain = [bounded(text).encode("utf-8", "replace").decode() for text in texts]
        return [one.ids or [self._padding()] for one in self.tokenizer_.encode_batch_fast(plain)]

    def _padding(self) -> int:
        return int(getattr(self.net_.config, "pad_token_id", None) or 0)

    def _end(self) -> list[int]:
        found = getattr(self.net_.config, "eos_token_id", None)
        return [self._padding() if found is None else int(found)]

    def _batches(
        self, asked: list[list[int]], told: list[list[int]], epoch: int
    ) -> Iterator[NDArray[np.intp]]:
        lengths = [len(one) + len(two) for one, two in zip(asked, told, strict=True)]
        yield from shuffled(lengths, self.tuning.batch, np.random.default_rng([self.seed, epoch]))

    def _given(
        self, batch: NDArray[np.intp], asked: list[list[int]], told: list[list[int]]
    ) -> dict[str, Tensor]:
        """Return a padded batch; the loss is that of the answers alone."""
        fill = self._padding()
        if self.both_:
            rows, labels = [asked[at] for at in batch], [told[at] for at in batch]
        else:
            rows = [asked[at] + told[at] for at in batch]
            labels = [[_IGNORED] * len(asked[at]) + told[at] for at in batch]
        return {
            "input_ids": _padded(rows, fill).to(self.device_),
            "attention_mask": _padded([[1] * len(row) for row in rows], 0).to(self.device_),
            "labels": _padded(labels, _IGNORED).to(self.device_),
        }


def thin(net: Any, rank: int) -> int:
    """Put thin matrices beside every matrix of the layers; return how many there are.

    The tables of words and the last matrix, which may be the same, stay as they are.
    """
    net.requires_grad_(False)
    output = net.get_output_embeddings() if hasattr(net, "get_output_embeddings") else None
    places = [
        (parent, name, child)
        for parent in net.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear | Conv1D) and child is not output
    ]
    for parent, name, child in places:
        leaving, entering = child.weight.shape
        if isinstance(child, Conv1D):
            entering, leaving = leaving, entering
        setattr(parent, name, Thin(child, entering, leaving, rank))
    return len(places)


def _padded(rows: list[list[int]], fill: int) -> Tensor:
    width = max(len(row) for row in rows)
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows])


def _no_examples(prompts: int, answers: int) -> TrainingError:
    return TrainingError(
        Words("Asked to teach a model to write.", "要训练模型写作。"),
        Words(
            f"There are {prompts} prompts and {answers} answers.",
            f"共有 {prompts} 条提示和 {answers} 条回答。",
        ),
        Words(
            "Give one answer for each prompt, one of each at least.",
            "请为每条提示给出一条回答，至少各一条。",
        ),
    )
