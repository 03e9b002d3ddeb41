"""Train an encoder so that texts of one class lie together, a proxy vector for each class.

P(class | text) = softmax(s · cos(text, proxy)) with every s alike, so that a class with five texts is
as near as one with fifty (after Movshovitz-Attias et al. 2017 and Zhai & Wu 2019). Texts are short:
every layer may be trained, and a text is misspelt anew in each pass, so that few texts say more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from shopkeeper.errors import ArtifactError
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.misspell import misspelt
from shopkeeper.language.text import normalise
from shopkeeper.words import Words

Codes = NDArray[np.intp]
Vectors = NDArray[np.float32]
SCALE = 20.0
"""s: cosines between −1 and 1 become scores that can be sure."""
_SCORED = 64
_PROXY_RATE = 10


@dataclass(frozen=True)
class Course:
    """How far an encoder is trained.

    Parameters
    ----------
    layers
        Upper layers that are trained.
    epochs
        Passes over the texts.
    rate
        Highest learning rate of the layers; the proxies have ten times as much.
    batch
        Texts a step.
    tokens
        Tokens read of each text.
    misspell
        Whether texts are misspelt anew in each pass but the first.
    """

    layers: int = 6
    epochs: int = 10
    rate: float = 5e-5
    batch: int = 32
    tokens: int = 64
    misspell: bool = True


class ProxyEncoder:
    """An encoder whose upper layers have learned to part classes.

    Parameters
    ----------
    encoder
        Folder or hub id of an encoder with `embeddings` and `encoder.layer` (BERT, RoBERTa, XLM-R);
        empty for MiniLM.
    seed
        Seed of the order of texts and of the misspelling.
    course
        How far to go.
    """

    def __init__(self, *, encoder: str = "", seed: int = 0, course: Course | None = None) -> None:
        self.encoder, self.seed, self.course = encoder, seed, course or Course()

    def fit(self, texts: Sequence[str], codes: Codes) -> ProxyEncoder:
        """Learn from texts and the number of each one's class, every number from 0 on."""
        self._load()
        plain = [normalise(text) for text in texts]
        vectors = self.vectors(texts)
        means = np.stack([vectors[codes == code].mean(axis=0) for code in range(codes.max() + 1)])
        proxies = nn.Parameter(nn.functional.normalize(torch.from_numpy(means), dim=1))
        self._train(plain, torch.from_numpy(codes.astype(np.int64)), proxies)
        self._proxies = nn.functional.normalize(proxies.detach(), dim=1)
        return self

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text."""
        ids = self._ids([normalise(text) for text in texts])
        made = np.zeros((len(ids), self._model.config.hidden_size), np.float32)
        with torch.no_grad():
            for batch in _batches([len(one) for one in ids], _SCORED):
                made[batch] = self._pool([ids[place] for place in batch]).numpy()
        return made

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return s · cos(text, proxy), one row a text and one column a class."""
        cosines = self.vectors(texts) @ self._proxies.numpy().T
        scores: NDArray[np.float64] = SCALE * cosines.astype(np.float64)
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what was learned; the encoder itself is named, not copied."""
        learned = {
            f"layer.{name}": value.numpy() for name, value in self._upper.state_dict().items()
        }
        return {**learned, "proxies": self._proxies.numpy()}

    def take(self, arrays: dict[str, NDArray[Any]]) -> ProxyEncoder:
        """Take over what `arrays` gave, on top of the same encoder."""
        self._load()
        state = {
            name.removeprefix("layer."): torch.from_numpy(value)
            for name, value in arrays.items()
            if name.startswith("layer.")
        }
        self._upper.load_state_dict(state)
        self._proxies = torch.from_numpy(arrays["proxies"])
        return self

    def _load(self) -> None:
        source = encoder_source(self.encoder)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(source)
        model: Any = AutoModel.from_pretrained(source, attn_implementation="sdpa").eval()
        if not hasattr(model, "embeddings") or not hasattr(model, "encoder"):
            raise ArtifactError(
                Words(f"Asked to train {self.encoder}.", f"要训练 {self.encoder}。"),
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
        cut = max(0, len(layers) - self.course.layers)
        self._model, self._below = model.requires_grad_(False), layers[:cut]
        self._upper = nn.ModuleList(layers[cut:]).requires_grad_(True)

    def _ids(self, plain: Sequence[str]) -> list[list[int]]:
        if not plain:
            return []
        read = self._tokenizer(list(plain), truncation=True, max_length=self.course.tokens)
        ids: list[list[int]] = read["input_ids"]
        return ids

    def _pool(self, rows: Sequence[list[int]]) -> Tensor:
        ids, held = _padded(rows, self._tokenizer.pad_token_id or 0)
        mask = held[:, None, None, :]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                state = _through(self._below, self._model.embeddings(ids), mask)
            top = _through(self._upper, state, mask).float()
        weights = held[..., None].float()
        return nn.functional.normalize((top * weights).sum(1) / weights.sum(1), dim=1)

    def _train(self, plain: list[str], codes: Tensor, proxies: nn.Parameter) -> None:
        course, generator = self.course, np.random.default_rng(self.seed)
        torch.manual_seed(self.seed)
        steps = course.epochs * math.ceil(len(plain) / course.batch)
        groups = [
            {"params": self._upper.parameters(), "lr": course.rate},
            {"params": [proxies], "lr": course.rate * _PROXY_RATE},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / (0.1 * steps + 1), 1 - step / (steps + 1))
        )
        for epoch in range(course.epochs):
            altered = course.misspell and epoch > 0
            ids = self._ids([misspelt(text, generator) for text in plain] if altered else plain)
            for batch in _batches([len(one) for one in ids], course.batch, generator):
                vectors = self._pool([ids[place] for place in batch])
                scores = SCALE * vectors @ nn.functional.normalize(proxies, dim=1).T
                loss = nn.functional.cross_entropy(scores, codes[batch])
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                schedule.step()


def _through(layers: Any, state: Tensor, mask: Tensor) -> Tensor:
    for layer in layers:
        made = layer(state, mask)
        # Transformers before 5 returns a tuple.
        state = made[0] if isinstance(made, tuple) else made
    return state


def _padded(ids: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(one) for one in ids])
    width = int(lengths.max())
    rows = torch.tensor([[*one, *[padding] * (width - len(one))] for one in ids])
    return rows, torch.arange(width)[None] < lengths[:, None]


def _batches(
    lengths: Sequence[int], size: int, generator: np.random.Generator | None = None
) -> Iterator[Codes]:
    """Yield batches of texts of about equal length; in random order where a generator is given."""
    noise = generator.uniform(0, 6, len(lengths)) if generator else np.zeros(len(lengths))
    order = np.argsort(np.asarray(lengths) + noise, kind="stable")
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    yield from (batches[at] for at in generator.permutation(len(batches))) if generator else batches
