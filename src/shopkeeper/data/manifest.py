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
_VERSION = {"folder": str, "rows": int, "fingerprint": str}
_WORDS = {"en": str, "zh": str}
_REFUSAL = {"fingerprint": str, "reason": dict, "enable": dict}
_IMPORT = {
    **dict.fromkeys(("file", "digest", "kind", "quarantine"), str),
    **dict.fromkeys(("rows_read", "kept", "duplicates", "rejected"), int),
    **dict.fromkeys(("title", "repaired", "tables"), dict),
}
_WHOLE = {
    "version": int,
    "imports": list,
    **dict.fromkeys(("tables", "answers", "models", "refusals", "retired"), dict),
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
    if not _holds(raw, _WHOLE):
        return False
    versions = [one for kind in ("tables", "answers", "models") for one in raw[kind].values()]
    return (
        all(_holds(one, _VERSION) and one.keys() == _VERSION.keys() for one in versions)
        and all(_holds(one, _IMPORT) and _holds(one["title"], _WORDS) for one in raw["imports"])
        and all(_is_refusal(one) for one in raw["refusals"].values())
        and all(isinstance(number, int) for number in raw["retired"].values())
    )


def _is_refusal(given: Any) -> bool:
    return _holds(given, _REFUSAL) and all(
        _holds(given[part], _WORDS) and given[part].keys() == _WORDS.keys()
        for part in ("reason", "enable")
    )


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
