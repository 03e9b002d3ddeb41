"""Fitted things on disk: arrays and a manifest with hashes; never pickle.

A folder holds `artifact.json` and either `arrays.npz`, which is read whole, or a file for each array,
which is looked at where it lies on the disk, so that gigabytes are open at once and shared by all
processes. Loading refuses a folder whose hash does not agree or whose kind is another. This module
does not know what the arrays mean.
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
_HEAD = 2**16


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


def save_mapped(folder: Path, *, kind: str, arrays: Arrays, meta: dict[str, Any]) -> None:
    """Write each array into a file of its own in `folder`, for `load_mapped`.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    kind
        What it is; `load_mapped` refuses another kind.
    arrays
        Numeric arrays by a name that is part of the file's name.
    meta
        JSON values.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)
    files = {name: _seen(folder / f"{name}.npy") for name in arrays}
    head = {"kind": kind, "files": files, "meta": meta}
    (folder / "artifact.json").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")


def load_mapped(folder: Path, *, kind: str) -> tuple[Arrays, dict[str, Any]]:
    """Open what `save_mapped` wrote; the arrays cannot be written to and stay on the disk.

    Raises
    ------
    ArtifactError
        There is no artifact, it is of another kind, or a file is shorter, longer or begins in
        another way than it was written.

    Limits
    ------
    Only sizes and the first 64 KiB of each file are compared: to read everything would take as long as
    copying it. A byte that a disk has changed further on is not noticed.
    """
    try:
        head = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))
        if head.get("kind") != kind:
            found = head.get("kind")
            raise _refused(
                folder, kind, f"an artifact of kind {found!r}", f"类型为 {found!r} 的模型"
            )
        arrays: Arrays = {}
        for name, seen in head["files"].items():
            path = folder / f"{name}.npy"
            if _seen(path) != seen:
                raise _refused(folder, kind, f"another {name} than was written",
                               f"{name} 与写入时不一致")  # fmt: skip
            # The plain view of it: NumPy's own class for such arrays makes every slice slow.
            arrays[name] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise _refused(folder, kind, "nothing readable", "没有可读的内容") from error
    return arrays, head["meta"]


def _seen(path: Path) -> dict[str, Any]:
    """Return the size of a file and the hash of its beginning."""
    with path.open("rb") as file:
        return {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(file.read(_HEAD)).hexdigest(),
        }


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
        Words(
            "Fit it again with `shopkeeper run SHOP --again`.",
            "请用 `shopkeeper run 店铺 --again` 重新训练。",
        ),
    )
