"""An encoder cut in two: lower layers that stay as they are, upper layers that learn.

What the lower layers make of a text never changes, so it is computed once and kept. Of encoders whose
layers cannot be called one by one (ModernBERT, Qwen3) the tokens are kept and the whole is run.
Attention has no dropout. On a processor it is two products and a softmax: the fused kernel's gradient
takes half a training step there. Matrices are multiplied in bfloat16 where the processor or the GPU
has it. This module knows texts and vectors; it knows no class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoModel

from shopkeeper.language.buckets import by_budget, width_of
from shopkeeper.language.encode import encoder_source
from shopkeeper.language.model_files import (
    checked_folder,
    fast_tokenizer,
    loading,
    revision_of,
    wrong_model,
)
from shopkeeper.language.text import normalise
from shopkeeper.words import Words

_LAYERS = ("encoder.layer", "layers", "transformer.layer", "h", "block")
_TOKENS_TOGETHER = 4_096
_MASKED = -1e4


class Body:
    """An encoder whose `layers` upper layers can learn.

    Parameters
    ----------
    name
        Folder or hub id; empty for MiniLM.
    layers
        Upper layers that learn.
    tokens
        Tokens read of each text.

    Raises
    ------
    ArtifactError
        A file is missing, the hub cannot be reached, the tokenizer is another model's, or the model is
        no encoder.
    """

    def __init__(self, name: str, *, layers: int, tokens: int) -> None:
        source = checked_folder(encoder_source(name), name)
        self.name, self.tokens = name, tokens
        self.revision = revision_of(source)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        with loading(name):
            model, told = AutoModel.from_pretrained(
                source, attn_implementation=_attention(self.device), output_loading_info=True,
                dtype=torch.float32,
            )  # fmt: skip
        self.model: Any = model.eval().requires_grad_(False)
        stack = _layers(self.model)
        if stack is None:
            raise _no_encoder(name, self.model)
        _refuse_unlike(name, told, self.model)
        self.tokenizer = fast_tokenizer(source, name, words=_words(self.model))
        self.tokenizer.enable_truncation(max_length=tokens)
        self.tokenizer.no_padding()
        cut = max(0, len(stack) - layers)
        self.upper = nn.ModuleList(stack[cut:]).requires_grad_(True)
        self.below = list(stack[:cut]) if _is_bert(self.model) else None
        self.last = _reads_last(source, self.model)
        self.half = has_bfloat16(self.device)
        self.model.to(self.device)

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return int(self.model.config.hidden_size)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token numbers of each text, at least one each."""
        coded = self.tokenizer.encode_batch_fast([normalise(text) for text in texts])
        return [one.ids or [self._padding()] for one in coded]

    def states(self, texts: Sequence[str]) -> list[Tensor]:
        """Return what the frozen part makes of each text: rows of a state, or token numbers."""
        ids = self.ids(texts)
        if self.below is None:
            return [torch.tensor(one) for one in ids]
        made: list[Tensor] = [torch.empty(0)] * len(ids)
        for batch in by_budget([len(one) for one in ids], tokens=_TOKENS_TOGETHER):
            rows, mask = self._padded([torch.tensor(ids[index]) for index in batch])
            with torch.no_grad(), self._fast():
                state = _through(self.below, self.model.embeddings(rows), self._spread(mask))
            kept = state.to(torch.bfloat16 if self.half else torch.float32).cpu()
            for place, index in enumerate(batch):
                made[index] = kept[place, : len(ids[index])].clone()
        return made

    def pooled(self, states: Sequence[Tensor]) -> Tensor:
        """Return one unit row a text: the mean of the token vectors, or the last of them."""
        rows, mask = self._padded(states)
        with self._fast():
            if self.below is None:
                top = self.model(input_ids=rows, attention_mask=mask.long()).last_hidden_state
            else:
                top = _through(self.upper, rows, self._spread(mask))
        top = top.float()
        if self.last:
            ends = mask.sum(1) - 1
            return nn.functional.normalize(top[torch.arange(len(ends)), ends], dim=1)
        weights = mask[..., None].float()
        return nn.functional.normalize((top * weights).sum(1) / weights.sum(1), dim=1)

    def vectors(self, states: Sequence[Tensor]) -> NDArray[np.float32]:
        """Return `pooled` of many texts, without a gradient."""
        made = np.zeros((len(states), self.width), np.float32)
        with torch.no_grad():
            for batch in by_budget([len(state) for state in states], tokens=_TOKENS_TOGETHER):
                made[batch] = self.pooled([states[index] for index in batch]).cpu().numpy()
        return made

    @contextmanager
    def exact(self) -> Iterator[None]:
        """Multiply in full precision while this is open."""
        half, self.half = self.half, False
        try:
            yield
        finally:
            self.half = half

    @contextmanager
    def dropping(self, share: float) -> Iterator[None]:
        """Leave out a share of what the blocks of the upper layers put out while this is open.

        What attention looks at is never left out, nor anything of an encoder that is run whole.
        """
        blocks = [] if self.below is None else [
            part for name, part in self.upper.named_modules()
            if isinstance(part, nn.Dropout) and not name.endswith("self.dropout")
        ]  # fmt: skip
        for part in blocks:
            part.p = share
            part.train()
        try:
            yield
        finally:
            for part in blocks:
                part.eval()

    def _padded(self, states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        lengths = torch.tensor([len(state) for state in states])
        width = width_of(lengths.tolist(), most=self.tokens)
        filler = self._padding() if states[0].dim() == 1 else 0
        rows = torch.full((len(states), width, *states[0].shape[1:]), filler, dtype=states[0].dtype)
        for row, state in zip(rows, states, strict=True):
            row[: len(state)] = state
        mask = torch.arange(width)[None] < lengths[:, None]
        return rows.to(self.device), mask.to(self.device)

    def _spread(self, mask: Tensor) -> Tensor:
        """Return a mask of tokens as what is added to the scores of attention."""
        kind = torch.bfloat16 if self.half else torch.float32
        zero = torch.zeros(mask.shape, dtype=kind, device=mask.device)
        return zero.masked_fill(~mask, _MASKED)[:, None, None, :]

    def _padding(self) -> int:
        return int(getattr(self.model.config, "pad_token_id", None) or 0)

    def _fast(self) -> torch.autocast:
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.half)


def _layers(model: Any) -> Any:
    for path in _LAYERS:
        found = model
        for part in path.split("."):
            found = getattr(found, part, None)
        if isinstance(found, nn.ModuleList):
            return found
    return None


def _is_bert(model: Any) -> bool:
    known = ("bert", "roberta", "xlm-roberta", "camembert")
    return getattr(model.config, "model_type", "") in known and not model.config.is_decoder


def _attention(device: torch.device) -> str:
    return "eager" if device.type == "cpu" else "sdpa"


def _words(model: Any) -> int:
    return int(model.get_input_embeddings().num_embeddings)


def _reads_last(source: str, model: Any) -> bool:
    pooling = Path(source) / "1_Pooling" / "config.json"
    if pooling.is_file():
        return '"pooling_mode_lasttoken": true' in pooling.read_text(encoding="utf-8")
    return bool(getattr(model.config, "model_type", "").startswith(("qwen", "llama", "mistral")))


def has_bfloat16(device: torch.device) -> bool:
    """Return whether a device multiplies matrices of bfloat16 itself."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    has = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(has.get("avx512_bf16") or has.get("amx_bf16"))


def _through(layers: Any, state: Tensor, mask: Tensor) -> Tensor:
    for layer in layers:
        made = layer(state, mask)
        # Transformers before 5 returns a tuple.
        state = made[0] if isinstance(made, tuple) else made
    return state


def _no_encoder(name: str, model: Any) -> Exception:
    kind = type(model).__name__
    return wrong_model(
        name,
        Words(f"It is a {kind}, not an encoder with layers.", f"它是 {kind}，不是分层的编码器。"),
        Words(
            "Name a BERT, RoBERTa, XLM-R, ModernBERT or Qwen3-Embedding encoder.",
            "请指定 BERT、RoBERTa、XLM-R、ModernBERT 或 Qwen3-Embedding 编码器。",
        ),
    )


def _refuse_unlike(name: str, told: dict[str, Any], model: Any) -> None:
    # A head on top may be absent; of what computes the vectors nothing may be.
    absent = [key for key in told["missing_keys"] if not key.startswith("pooler.")]
    if absent or told.get("mismatched_keys"):
        listed = len(absent) + len(told.get("mismatched_keys") or ())
        kind = type(model).__name__
        raise wrong_model(
            name,
            Words(
                f"Its weights lack {listed} of the arrays that a {kind} is made of.",
                f"其权重缺少 {kind} 所需的 {listed} 个数组。",
            ),
            Words(
                "Copy the weights and config.json of the same model into the folder again.",
                "请把同一模型的权重与 config.json 重新复制到该文件夹。",
            ),
        )
