"""Fitted things on disk: arrays and a manifest with hashes; never pickle.

A folder holds `arrays.npz` and `artifact.json`. Loading refuses a folder whose hash does not agree
or whose kind is another. This module does not know what the arrays mean.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.errors import ArtifactError
from shopkeeper.words import Words

Arrays = dict[str, NDArray[Any]]


def save_artifact(folder: Path, *, kind: str, arrays: Arrays, meta: dict[str, Any]) -> None:
    """Write arrays and plain JSON values into `folder`, which is made if it is not there.

    Parameters
    ----------
    folder
        Where to write.
    kind
        What it is; `load_artifact` refuses another kind.
    arrays
        Numeric or unicode arrays; object arrays are refused by NumPy.
    meta
        JSON values.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "arrays.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    head = {"kind": kind, "sha256": _sha256(folder / "arrays.npz"), "meta": meta}
    (folder / "artifact.json").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")


def load_artifact(folder: Path, *, kind: str) -> tuple[Arrays, dict[str, Any]]:
    """Read what `save_artifact` wrote.

    Raises
    ------
    ArtifactError
        There is no artifact, it is of another kind, or its bytes have changed.
    """
    try:
        head = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))
        digest = _sha256(folder / "arrays.npz")
    except (OSError, ValueError) as error:
        raise _refused(folder, kind, "nothing readable", "没有可读的内容") from error
    if head.get("kind") != kind:
        found = head.get("kind")
        raise _refused(folder, kind, f"an artifact of kind {found!r}", f"类型为 {found!r} 的模型")
    if head.get("sha256") != digest:
        raise _refused(folder, kind, "arrays whose hash does not agree", "内容与校验值不一致")
    with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
        return dict(stored), head["meta"]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(folder: Path, kind: str, en: str, zh: str) -> ArtifactError:
    return ArtifactError(
        Words(
            f"Asked to load a fitted {kind} from {folder.name}.",
            f"要从 {folder.name} 载入模型 {kind}。",
        ),
        Words(f"Found {en}.", f"发现：{zh}。"),
        Words("Fit it again with `shopkeeper run`.", "请用 `shopkeeper run` 重新训练。"),
    )
