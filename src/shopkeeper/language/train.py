"""Fine-tune the upper layers of a BERT encoder with a softmax on top, on a CPU, in minutes.

The lower layers stay as they are, so what they make of each text is computed once and kept. The
softmax is first fitted on the encoder as it came, then trained on with the upper layers. No dropout:
the same seed gives the same weights.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from shopkeeper.artifacts import load_artifact, save_artifact
from shopkeeper.errors import ArtifactError
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.splits import held_out_by_group, text_groups
from shopkeeper.language.text import normalise
from shopkeeper.words import Words

Floats = NDArray[np.float64]
KIND = "encoder-softmax"


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
        Upper layers that are trained.
    epochs
        Passes at most; the pass with the best macro-F1 on the watched tenth of the texts is kept.
    batch
        Texts a step.
    rate
        Highest learning rate of the encoder; the softmax has ten times as much.
    """

    rows: int = 5_000
    tokens: int = 96
    layers: int = 2
    epochs: int = 3
    batch: int = 32
    rate: float = 1e-4


class EncoderClassifier:
    """A softmax on the mean of an encoder's token vectors, fine-tuned.

    Parameters
    ----------
    encoder
        Folder or hub id of an encoder with `embeddings` and `encoder.layer` (BERT, RoBERTa, XLM-R);
        empty for MiniLM.
    seed
        Seed of the sample and of the order of texts.
    tuning
        How far to go.

    Limits
    ------
    MiniLM knows English; other languages need another encoder. Only the first tokens of a long text
    are read. While it learns it keeps about 60 kB a text in memory.
    """

    def __init__(self, *, encoder: str = "", seed: int = 0, tuning: Tuning | None = None) -> None:
        self.encoder, self.seed, self.tuning = encoder, seed, tuning or Tuning()

    def fit(self, texts: Sequence[str], classes: Sequence[str]) -> EncoderClassifier:
        """Learn from texts and the class of each."""
        names, codes = np.unique(np.asarray(classes, dtype=np.str_), return_inverse=True)
        self.classes_ = tuple(names.tolist())
        self._load(encoder_source(self.encoder))
        kept = _sample(codes, self.tuning.rows, self.seed)
        texts, codes = [texts[index] for index in kept], codes[kept]
        groups = text_groups(texts)
        watched = held_out_by_group(groups, share=0.1, seed=self.seed)
        if not watched.any():
            watched = np.ones(len(texts), bool)
        lower = [state for _, state in self._lower(texts)]
        learned = np.flatnonzero(~watched) if not watched.all() else np.arange(len(texts))
        self._probe(lower, learned, codes)
        self._tune(lower, learned, np.flatnonzero(watched), codes)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`, rows summing to one."""
        said = np.zeros((len(texts), len(self.classes_)))
        for start in range(0, len(texts), 512):
            chunk = list(texts[start : start + 512])
            states = [state for _, state in self._lower(chunk)]
            said[start : start + len(chunk)] = self._read(states, np.arange(len(chunk)))
        return said

    def save(self, folder: Path) -> None:
        """Write the trained layers and the softmax; the encoder itself is named, not copied."""
        trained = {f"upper.{k}": v.numpy() for k, v in self._upper.state_dict().items()}
        head = {f"head.{k}": v.numpy() for k, v in self._head.state_dict().items()}
        meta = {
            "classes": self.classes_,
            "encoder": self.encoder,
            "tokens": self.tuning.tokens,
            "layers": self.tuning.layers,
        }
        save_artifact(folder, kind=KIND, arrays={**trained, **head}, meta=meta)

    @classmethod
    def load(cls, folder: Path) -> EncoderClassifier:
        """Read what `save` wrote, on top of the same encoder."""
        arrays, meta = load_artifact(folder, kind=KIND)
        tuning = Tuning(tokens=meta["tokens"], layers=meta["layers"])
        made = cls(encoder=meta["encoder"], tuning=tuning)
        made.classes_ = tuple(meta["classes"])
        made._load(encoder_source(made.encoder))
        for part, name in ((made._upper, "upper."), (made._head, "head.")):
            state = {k.removeprefix(name): v for k, v in arrays.items() if k.startswith(name)}
            part.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()})
        return made

    def _load(self, source: str) -> None:
        self._tokenizer: Any = AutoTokenizer.from_pretrained(source)
        model: Any = AutoModel.from_pretrained(source, attn_implementation="sdpa").eval()
        if not hasattr(model, "embeddings") or not hasattr(model, "encoder"):
            raise ArtifactError(
                Words(f"Asked to fine-tune {self.encoder}.", f"要微调 {self.encoder}。"),
                Words(
                    f"It is a {type(model).__name__}, not a BERT encoder.",
                    f"它是 {type(model).__name__}，不是 BERT 类编码器。",
                ),
                Words(
                    "Name a BERT, RoBERTa or XLM-R encoder.",
                    "请指定 BERT、RoBERTa 或 XLM-R 编码器。",
                ),
            )
        layers = list(model.encoder.layer)
        cut = max(0, len(layers) - self.tuning.layers)
        self._model, self._below = model, layers[:cut]
        self._upper = nn.ModuleList(layers[cut:]).requires_grad_(True)
        torch.manual_seed(self.seed)
        self._head = nn.Linear(model.config.hidden_size, len(self.classes_))

    def _lower(self, texts: Sequence[str]) -> Iterator[tuple[int, Tensor]]:
        """Yield each text's state after the frozen layers, in the order of the texts."""
        limit = self.tuning.tokens
        plain = [normalise(text) for text in texts]
        ids = self._tokenizer(plain, truncation=True, max_length=limit)["input_ids"]
        states: dict[int, Tensor] = {}
        for batch in _by_length([len(one) for one in ids], 64):
            width = max(len(ids[index]) for index in batch)
            padding = self._tokenizer.pad_token_id
            rows = [ids[index] + [padding] * (width - len(ids[index])) for index in batch]
            mask = _mask([len(ids[index]) for index in batch], width)
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                state = _through(self._below, self._model.embeddings(torch.tensor(rows)), mask)
            for place, index in enumerate(batch):
                states[index] = state[place, : len(ids[index])].to(torch.bfloat16).clone()
        yield from sorted(states.items(), key=lambda pair: pair[0])

    def _pool(self, states: Sequence[Tensor]) -> Tensor:
        lengths = [len(state) for state in states]
        padded = nn.utils.rnn.pad_sequence(list(states), batch_first=True)
        mask = _mask(lengths, padded.shape[1])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            top = _through(self._upper, padded, mask).float()
        weights = mask[:, 0, 0, :, None].float()
        return nn.functional.normalize((top * weights).sum(1) / weights.sum(1), dim=1)

    def _vectors(self, states: Sequence[Tensor], index: NDArray[np.intp]) -> NDArray[np.float32]:
        vectors = np.zeros((len(index), self._head.in_features), np.float32)
        with torch.no_grad():
            for batch in _by_length([len(states[place]) for place in index], 64):
                vectors[batch] = self._pool([states[index[place]] for place in batch]).numpy()
        return vectors

    def _read(self, states: Sequence[Tensor], index: NDArray[np.intp]) -> Floats:
        with torch.no_grad():
            scores = self._head(torch.from_numpy(self._vectors(states, index)))
            said: Floats = torch.softmax(scores.double(), dim=1).numpy()
        return said

    def _probe(self, states: list[Tensor], index: NDArray[np.intp], codes: NDArray[Any]) -> None:
        if len(np.unique(codes[index])) < len(self.classes_) or len(self.classes_) < 2:
            return
        probe = LogisticRegression(C=10.0, max_iter=300)
        probe.fit(self._vectors(states, index), codes[index])
        weights, bias = probe.coef_, probe.intercept_
        if len(self.classes_) == 2:
            weights, bias = np.vstack([-weights, weights]) / 2, np.append(-bias, bias) / 2
        with torch.no_grad():
            self._head.weight.copy_(torch.from_numpy(weights))
            self._head.bias.copy_(torch.from_numpy(bias))

    def _tune(
        self,
        states: list[Tensor],
        learned: NDArray[np.intp],
        watched: NDArray[np.intp],
        codes: NDArray[Any],
    ) -> None:
        tuning, generator = self.tuning, np.random.default_rng(self.seed)
        steps = tuning.epochs * math.ceil(len(learned) / tuning.batch)
        groups = [
            {"params": self._upper.parameters(), "lr": tuning.rate},
            {"params": self._head.parameters(), "lr": tuning.rate * 10},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / (0.1 * steps + 1), 1 - step / (steps + 1))
        )
        best, kept = self._watched(states, watched, codes), self._weights()
        for _ in range(tuning.epochs):
            lengths = [len(states[index]) for index in learned]
            for batch in _by_length(lengths, tuning.batch, generator):
                index = learned[batch]
                scores = self._head(self._pool([states[place] for place in index]))
                loss = nn.functional.cross_entropy(scores, torch.from_numpy(codes[index]))
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                schedule.step()
            now = self._watched(states, watched, codes)
            if now > best:
                best, kept = now, self._weights()
        self._upper.load_state_dict(kept[0])
        self._head.load_state_dict(kept[1])

    def _watched(
        self, states: list[Tensor], index: NDArray[np.intp], codes: NDArray[Any]
    ) -> tuple[float, float]:
        said, truth = self._read(states, index), codes[index]
        surprise = -np.log(np.maximum(said[np.arange(len(index)), truth], 1e-12)).mean()
        return _macro_f1(truth, said.argmax(axis=1)), -float(surprise)

    def _weights(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        return copy.deepcopy((self._upper.state_dict(), self._head.state_dict()))


def _macro_f1(truth: NDArray[Any], said: NDArray[Any]) -> float:
    hits = [2 * ((truth == c) & (said == c)).sum() for c in np.unique(truth)]
    sizes = [(truth == c).sum() + (said == c).sum() for c in np.unique(truth)]
    return float(np.mean(np.array(hits) / np.array(sizes)))


def _sample(codes: NDArray[Any], rows: int, seed: int) -> NDArray[np.intp]:
    if len(codes) <= rows:
        return np.arange(len(codes))
    # Ordered by class, then at random, every k-th row keeps the classes' own shares.
    mixed = np.random.default_rng(seed).permutation(len(codes))
    order = mixed[np.argsort(codes[mixed], kind="stable")]
    return np.sort(order[np.linspace(0, len(order) - 1, rows).astype(np.intp)])


def _by_length(
    lengths: Sequence[int], size: int, generator: np.random.Generator | None = None
) -> Iterator[NDArray[np.intp]]:
    """Yield batches of texts of about equal length; in random order where a generator is given."""
    noise = generator.uniform(0, 8, len(lengths)) if generator else np.zeros(len(lengths))
    order = np.argsort(np.asarray(lengths) + noise, kind="stable")
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    yield from (batches[at] for at in generator.permutation(len(batches))) if generator else batches


def _mask(lengths: Sequence[int], width: int) -> Tensor:
    return (torch.arange(width)[None] < torch.tensor(lengths)[:, None])[:, None, None, :]


def _through(layers: Any, state: Tensor, mask: Tensor) -> Tensor:
    for layer in layers:
        made = layer(state, mask)
        # Transformers before 5 returns a tuple.
        state = made[0] if isinstance(made, tuple) else made
    return state
