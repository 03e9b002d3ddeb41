"""Read texts with any ONNX classifier that has a tokenizer, on a CPU.

A folder holds `model.onnx`, `tokenizer.json` and the labels: `classifier.json`, as `export` writes it,
or the `config.json` of a model that was exported elsewhere (`id2label`). Equal texts are read once, and
what was read before is looked up, so that a second run costs nothing. Neither torch nor Transformers is
needed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy.special import softmax

from shopkeeper.language.buckets import by_budget
from shopkeeper.language.cache import Cache, cache_key
from shopkeeper.language.model_files import lacks, read_tokenizer, sha256_of, wrong_model
from shopkeeper.language.text import bounded, normalise
from shopkeeper.words import Words

Floats = NDArray[np.float64]
MODEL, TOKENIZER, HEAD = "model.onnx", "tokenizer.json", "classifier.json"
_CHUNK = 4_000
_REMEMBERED = 100_000
_TOKENS_TOGETHER = 640
"""Measured: above it the numbers of a batch no longer fit into the cache of a core."""
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_KINDS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32}


@dataclass(frozen=True)
class _About:
    """What the folder says of its model."""

    labels: tuple[str, ...]
    output: str = "logits"
    tokens: int = 128
    normalised: bool = False
    together: int = 0


class OnnxClassifier:
    """An ONNX classifier in a folder.

    Parameters
    ----------
    folder
        Holds `model.onnx`, `tokenizer.json` and the labels.
    threads
        Batches read at the same time.
    cache
        Where what was read is kept; nothing is kept without one.

    Raises
    ------
    ArtifactError
        A file is missing or is not the one that was exported, the model cannot be read, or the
        tokenizer is another model's.

    Limits
    ------
    Only the first tokens of a long text are read, as many as the folder says (128 where it says
    nothing). A model without a padding mask is given texts of one length at a time.
    """

    def __init__(self, folder: Path, *, threads: int = 2, cache: Cache | None = None) -> None:
        self.folder, self.threads, self.cache = folder, threads, cache
        for file in (MODEL, TOKENIZER):
            if not (folder / file).is_file():
                raise lacks(folder.name, file)
        hashes = {file: sha256_of(folder / file) for file in (MODEL, TOKENIZER)}
        self._about = _read_about(folder, hashes)
        self.classes_ = self._about.labels
        self._tokenizer = read_tokenizer(folder / TOKENIZER, folder.name)
        self._session = _session(folder, fuse=not self._about.normalised)
        self._takes = _inputs(folder.name, self._session)
        self._width = _fixed_width(self._session)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=self._width or self._about.tokens)
        self.revision = f"{hashes[MODEL]}:{hashes[TOKENIZER]}:{self._about}"
        self._probe()

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return one row a text and one column a class of `classes_`, rows summing to one."""
        said = np.zeros((len(texts), len(self.classes_)))
        known: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(texts), _CHUNK):
            seen = [self._seen(text) for text in texts[start : start + _CHUNK]]
            keys = [cache_key(self.revision, text) for text in seen]
            new = {key: text for key, text in zip(keys, seen, strict=True) if key not in known}
            if len(known) + len(new) > _REMEMBERED:
                known = {key: known[key] for key in keys if key in known}
            known |= self._kept(new)
            for place, key in enumerate(keys):
                said[start + place] = known[key]
        whole: Floats = said / said.sum(axis=1, keepdims=True)
        return whole

    def _kept(self, new: dict[bytes, str]) -> dict[bytes, NDArray[np.float32]]:
        """Return what is known of these texts; what is not, is read and kept."""
        width = 4 * len(self.classes_)
        stored = self.cache.get(list(new)) if self.cache else {}
        found = {
            key: np.frombuffer(value, np.float32)
            for key, value in stored.items()
            if len(value) == width
        }
        missing = [key for key in new if key not in found]
        if missing:
            made = dict(zip(missing, self._read([new[key] for key in missing]), strict=True))
            if self.cache:
                self.cache.put({key: value.tobytes() for key, value in made.items()})
            found |= made
        return found

    def _seen(self, text: str) -> str:
        if self._about.normalised:
            return normalise(text)
        return bounded(text).encode("utf-8", "replace").decode()

    def _read(self, texts: list[str]) -> NDArray[np.float32]:
        # A text of which the tokenizer makes nothing still needs one token.
        ids = [one.ids or [0] for one in self._tokenizer.encode_batch_fast(texts)]
        made = np.zeros((len(ids), len(self.classes_)), np.float32)
        lengths = [len(one) for one in ids]
        if self._about.together == 1:
            batches = list(np.argsort(lengths, kind="stable")[:, None])
        else:
            exact = self._width == 0 and "attention_mask" not in self._takes
            batches = list(by_budget(lengths, tokens=_TOKENS_TOGETHER, exact=exact))

        def one(batch: NDArray[np.intp]) -> None:
            made[batch] = self._run([ids[index] for index in batch])

        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(one, batches))
        if self._about.output == "logits":
            made = softmax(made.astype(np.float64), axis=1).astype(np.float32)
        return made

    def _run(self, ids: list[list[int]]) -> NDArray[np.float32]:
        width = self._width or max(len(one) for one in ids)
        rows = np.zeros((len(ids), width), np.int64)
        mask = np.zeros((len(ids), width), np.int64)
        for place, one in enumerate(ids):
            rows[place, : len(one)] = one
            mask[place, : len(one)] = 1
        given = {"input_ids": rows, "attention_mask": mask, "token_type_ids": np.zeros_like(rows)}
        feeds = {name: given[meaning].astype(kind) for meaning, (name, kind) in self._takes.items()}
        said: NDArray[np.float32] = self._session.run(None, feeds)[0]
        return said

    def _probe(self) -> None:
        """Read the tokenizer's last word: a model that does not know it has another tokenizer."""
        last = self._tokenizer.get_vocab_size() - 1
        try:
            said = self._run([[last]])
        except Exception as error:
            raise wrong_model(
                self.folder.name,
                Words(
                    f"The tokenizer does not match: the model cannot read its word {last:,}.",
                    f"分词器与模型不匹配：模型读不了分词器的第 {last:,} 个词。",
                ),
                Words(
                    "Use the tokenizer.json that came with the model.",
                    "请使用该模型自带的 tokenizer.json。",
                ),
            ) from error
        if said.shape != (1, len(self.classes_)):
            raise wrong_model(
                self.folder.name,
                Words(
                    f"It answers with the shape {said.shape}, and there are "
                    f"{len(self.classes_)} labels.",
                    f"其输出的形状为 {said.shape}，而标签有 {len(self.classes_)} 个。",
                ),
                Words(
                    "Give one label for each number that it answers with.",
                    "请为模型输出的每个数给出一个标签。",
                ),
            )


def _read_about(folder: Path, hashes: dict[str, str]) -> _About:
    own, other = folder / HEAD, folder / "config.json"
    if not own.is_file() and not other.is_file():
        raise lacks(folder.name, HEAD)
    try:
        said = json.loads((own if own.is_file() else other).read_text(encoding="utf-8"))
        if not own.is_file():
            named = sorted(said["id2label"].items(), key=lambda pair: int(pair[0]))
            return _About(tuple(str(label) for _, label in named))
        about = _About(
            tuple(map(str, said["labels"])),
            output=str(said.get("output", "logits")),
            tokens=int(said.get("tokens", 128)),
            normalised=bool(said.get("normalised", False)),
            together=int(said.get("together", 0)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise wrong_model(
            folder.name,
            Words("Its labels cannot be read.", "读不出它的标签。"),
            Words(
                'Write classifier.json: {"labels": ["negative", "positive"], "output": "logits"}.',
                '请写出 classifier.json：{"labels": ["negative", "positive"], "output": "logits"}。',
            ),
        ) from error
    _refuse_changed(folder.name, said.get("sha256") or {}, hashes)
    return about


def _refuse_changed(name: str, expected: dict[str, str], found: dict[str, str]) -> None:
    for file, digest in found.items():
        if expected.get(file, digest) != digest:
            raise wrong_model(
                name,
                Words(
                    f"{file} has the hash {digest[:12]}, not {expected[file][:12]}.",
                    f"{file} 的校验值为 {digest[:12]}，应为 {expected[file][:12]}。",
                ),
                Words("Export the model again.", "请重新导出模型。"),
            )


def _session(folder: Path, *, fuse: bool) -> Any:
    options = onnxruntime.SessionOptions()
    # One thread a batch, batches side by side: faster on two cores than both in one batch.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Fusing layer norms would make them slower; see `graph`.
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_ALL if fuse else level.ORT_ENABLE_BASIC
    try:
        return onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise wrong_model(
            folder.name,
            Words(f"{MODEL} is no ONNX model.", f"{MODEL} 不是可用的 ONNX 模型。"),
            Words("Export the model again.", "请重新导出模型。"),
        ) from error


def _inputs(name: str, session: Any) -> dict[str, tuple[str, Any]]:
    """Return what each input means; a single input of any name takes the tokens."""
    found = session.get_inputs()
    meaning = ["input_ids"] if len(found) == 1 else [one.name for one in found]
    if not set(meaning) <= set(_INPUTS) or any(one.type not in _KINDS for one in found):
        listed = ", ".join(f"{one.name} {one.type}" for one in found)
        raise wrong_model(
            name,
            Words(f"It asks for {listed}.", f"它要求的输入为 {listed}。"),
            Words(
                "Export a model that takes input_ids, attention_mask and token_type_ids, or the "
                "tokens alone.",
                "请导出以 input_ids、attention_mask、token_type_ids 为输入，或只以词号为输入的模型。",
            ),
        )
    return {key: (one.name, _KINDS[one.type]) for key, one in zip(meaning, found, strict=True)}


def _fixed_width(session: Any) -> int:
    shape = session.get_inputs()[0].shape
    return int(shape[1]) if len(shape) == 2 and isinstance(shape[1], int) else 0
