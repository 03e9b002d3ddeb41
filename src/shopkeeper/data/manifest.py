"""The bytes of manifest.json: read, and checked to be what readers rely on before they rely on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shopkeeper.errors import UnreadableFileError
from shopkeeper.words import Words

RESTORE = Words(
    "Put manifest.json back from a backup, or import into a new folder.",
    "请从备份恢复 manifest.json，或导入到新的文件夹。",
)
_MOST = 2**63
_KINDS = ("tables", "answers", "models")
_COUNTS = ("rows_read", "kept", "duplicates", "rejected")
_COUNTED = ("repaired", "tables")
_VERSION = {"folder": str, "rows": int, "fingerprint": str}
_WORDS = {"en": str, "zh": str}
_REFUSAL = {"fingerprint": str, "reason": dict, "enable": dict}
_IMPORT = {
    **dict.fromkeys(("file", "digest", "kind", "quarantine"), str),
    **dict.fromkeys(_COUNTS, int),
    **dict.fromkeys(("title", *_COUNTED), dict),
}
_WHOLE = {
    "version": int,
    "imports": list,
    **dict.fromkeys((*_KINDS, "refusals", "retired"), dict),
}


def read_json(shop: Path) -> dict[str, Any]:
    """Return the manifest of the shop in the folder `shop` as JSON values of the right types.

    Raises
    ------
    UnreadableFileError
        It is cut off, no JSON, or not what this program writes.
    """
    try:
        raw = json.loads((shop / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(shop) from error
    if not _is_sound(raw):
        raise _damaged(shop)
    manifest: dict[str, Any] = raw
    return manifest


def _is_sound(raw: Any) -> bool:
    return (
        _holds(raw, _WHOLE)
        and all(_is_version(one, kind) for kind in _KINDS for one in raw[kind].values())
        and all(map(_is_import, raw["imports"]))
        and all(map(_is_refusal, raw["refusals"].values()))
        and all(map(_is_count, raw["retired"].values()))
    )


def _is_version(given: Any, kind: str) -> bool:
    return (
        _holds(given, _VERSION)
        and given.keys() == _VERSION.keys()
        and _is_count(given["rows"])
        and _is_inside(given["folder"], kind)
    )


def _is_import(given: Any) -> bool:
    return (
        _holds(given, _IMPORT)
        and _holds(given["title"], _WORDS)
        and all(_is_count(given[name]) for name in _COUNTS)
        and all(_is_count(one) for part in _COUNTED for one in given[part].values())
        and (not given["quarantine"] or _is_inside(given["quarantine"], "quarantine"))
    )


def _is_refusal(given: Any) -> bool:
    return _holds(given, _REFUSAL) and all(
        _holds(given[part], _WORDS) and given[part].keys() == _WORDS.keys()
        for part in ("reason", "enable")
    )


def _is_count(given: Any) -> bool:
    return isinstance(given, int) and 0 <= given < _MOST


def _is_inside(folder: str, kind: str) -> bool:
    """Say whether a version lies where versions of its kind do."""
    return folder.startswith(f"{kind}/") and ".." not in folder.split("/")


def _holds(given: Any, wanted: Mapping[str, type]) -> bool:
    return isinstance(given, dict) and all(
        isinstance(given.get(name), kind) for name, kind in wanted.items()
    )


def _damaged(shop: Path) -> UnreadableFileError:
    return UnreadableFileError(
        Words(f"Asked to open the shop {shop}.", f"要打开店铺 {shop}。"),
        Words(
            "Its manifest.json, which names the tables, is damaged.",
            "其中记录各数据表的 manifest.json 已损坏。",
        ),
        RESTORE,
    )
