"""Where a fine-tuning stands, on disk: whole or not at all, and only for the same work.

One safetensors file holds the arrays and, in its header, plain JSON. This module does not know what
the arrays mean.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from shopkeeper.errors import StorageError
from shopkeeper.language.model_files import replace_whole
from shopkeeper.words import Words

_FILE = "checkpoint.safetensors"
Arrays = dict[str, Tensor]


def fingerprint(*parts: object) -> str:
    """Return a hash of whatever decides how a training goes."""
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()


def write_checkpoint(folder: Path, work: str, arrays: Arrays, plain: dict[str, Any]) -> None:
    """Keep where the work stands, in place of what was kept before.

    Raises
    ------
    StorageError
        The disk refused; what was kept before is still there.
    """
    head = {"work": work, "plain": json.dumps(plain)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_whole(folder / _FILE, save(arrays, metadata=head))
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise StorageError(
            Words("Asked to keep a checkpoint of the training.", "要保存训练的检查点。"),
            Words(
                f"The disk refused: {found}. The checkpoint before it is as it was.",
                f"磁盘拒绝写入：{found}。之前的检查点保持原样。",
            ),
            Words(
                "Free some space and run again; the training goes on from there.",
                "请腾出空间后重新运行，训练会从那里继续。",
            ),
        ) from error


def read_checkpoint(folder: Path, work: str) -> tuple[Arrays, dict[str, Any]] | None:
    """Return what was kept of the same work; None where there is nothing that can be used."""
    try:
        with safe_open(folder / _FILE, framework="pt") as stored:
            head = stored.metadata() or {}
            if head.get("work") != work:
                return None
            plain = json.loads(head["plain"])
            return {name: stored.get_tensor(name) for name in stored.keys()}, plain  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def forget_checkpoint(folder: Path) -> None:
    """Remove what was kept, once the work is done."""
    (folder / _FILE).unlink(missing_ok=True)
