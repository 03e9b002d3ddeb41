"""Files of settings: what they hold, and what is said of one that cannot be used."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shopkeeper.errors import SettingsError
from shopkeeper.words import Words


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file of settings holds.

    Raises
    ------
    SettingsError
        It is no TOML in UTF-8, or cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise unusable(
            path,
            "it is not written in UTF-8",
            "文件不是 UTF-8 编码",
            do=Words("Save it as UTF-8 and run again.", "请另存为 UTF-8，然后重新运行。"),
        ) from error
    except OSError as error:
        raise unusable(
            path,
            f"it cannot be read as a file ({error.strerror})",
            "无法作为文件读取",
            do=Words(
                "Put the file back from a backup, or take it away to use the defaults.",
                "请从备份恢复该文件，或将其移走以使用默认设置。",
            ),
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise unusable(path, f"it is no TOML ({error})", f"不是有效的 TOML（{error}）") from error


def toml_string(text: str) -> str:
    """Return a text as a string of TOML that is read back as it was, on one line.

    JSON's escapes are TOML's too; the one character that JSON lets stand and TOML does not is the
    delete character.

    Examples
    --------
    >>> print(toml_string('a "b"'))
    "a \\"b\\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_strings(texts: Iterable[str]) -> str:
    """Return texts as one array of TOML, on one line.

    Examples
    --------
    >>> print(toml_strings(["a", "b"]))
    ["a", "b"]
    """
    return f"[{', '.join(toml_string(text) for text in texts)}]"


def unusable(path: Path, en: str, zh: str, *, do: Words | None = None) -> SettingsError:
    """Return the error that says what of a file of settings cannot be used.

    Parameters
    ----------
    path
        The file.
    en, zh
        What was found, without a full stop.
    do
        What to do; to correct that line where it is not given.
    """
    return SettingsError(
        Words(f"Asked to read the settings in {path.name}.", f"要读取 {path.name} 里的设置。"),
        Words(f"Found: {en}.", f"发现：{zh}。"),
        do
        or Words(
            "Correct that line and run the command again.", "请改正这一行，然后重新运行命令。"
        ),
    )
