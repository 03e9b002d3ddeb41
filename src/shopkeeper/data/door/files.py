"""The first look at a file: its format, encoding, delimiter and header.

Nothing here trusts the file's name more than its bytes.
"""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

from shopkeeper.data.door.chinese import chinese_encoding
from shopkeeper.errors import SourceNotFoundError, UnreadableFileError
from shopkeeper.words import Words

Format = Literal["csv", "json", "parquet", "xlsx"]
FORMATS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "json",
    ".ndjson": "json", ".parquet": "parquet", ".xlsx": "xlsx", ".xls": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
_PACKED = (".zip", ".rar", ".7z", ".tar", ".tgz")
_DELIMITERS = (",", "\t", ";", "|")
_LOOK = 1 << 20
# Nothing but blanks, or the line by which Excel is told the delimiter.
_NO_HEADER = re.compile(r"""[\s,;|"]*|"?sep=.?"?\s*""", re.I)


@dataclass(frozen=True, slots=True)
class TextLayout:
    """How a delimited text file is written; `before` lines stand before its header."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    before: int = 0


def data_files(paths: list[Path]) -> list[Path]:
    """Return the data files among `paths`, folders opened one level, sorted by name.

    Raises
    ------
    SourceNotFoundError
        A path is not there, or there is no data file at all.
    """
    found: list[Path] = []
    for path in paths:
        if (path / "manifest.json").is_file() and (path / "shop.toml").is_file():
            raise _nothing(path, "That folder is a shop itself.", "那个文件夹本身就是店铺。")
        if path.is_dir():
            found += sorted(item for item in path.iterdir() if item.is_file() and file_format(item))
        elif path.is_file():
            found.append(path)
        else:
            raise _nothing(path, "There is no such file or folder.", "没有这个文件或文件夹。")
    if not found:
        raise _nothing(paths[0] if paths else Path(), *_instead(paths))
    return found


def passed_over(paths: list[Path]) -> tuple[str, ...]:
    """Return what lies in the folders among `paths` and is no data file: other files, and folders.

    Hidden files and the lock files of spreadsheets are nobody's.
    """
    inside = sorted(item for path in paths if path.is_dir() for item in path.iterdir())
    return tuple(
        f"{item.name}/" if item.is_dir() else item.name
        for item in inside
        if not item.name.startswith((".", "~$"))
        and not (item.is_file() and file_format(item))
        and not (item / "manifest.json").is_file()
    )


def _instead(paths: list[Path]) -> tuple[str, str]:
    """Say that there is no data file, and what there is where it may hold some."""
    inside = sorted(item for path in paths for item in path.iterdir())
    packed = ", ".join(item.name for item in inside if item.suffix.lower() in _PACKED)
    folders = ", ".join(item.name for item in inside if item.is_dir())
    en, zh = (
        "There is no CSV, JSON lines, Parquet or xlsx file there",
        "里面没有 CSV、JSON lines、Parquet 或 xlsx 文件",
    )
    if packed:
        return (
            f"{en}, but an archive to unpack first: {packed}.",
            f"{zh}，但有压缩包，请先解压：{packed}。",
        )
    if folders:
        return (
            f"{en}, but folders that may hold some: {folders}.",
            f"{zh}，但有子文件夹，数据可能在其中：{folders}。",
        )
    return f"{en}.", f"{zh}。"


def file_format(path: Path) -> Format | None:
    """Return the format that the file's name promises; None for a name that promises none."""
    if path.name.startswith((".", "~$")):
        return None
    stem = path.with_suffix("") if path.suffix == ".gz" else path
    return FORMATS.get(stem.suffix.lower())


def checked_format(path: Path) -> Format:
    """Return the format of a file, once its first bytes agree with its name.

    Raises
    ------
    UnreadableFileError
        The file is empty, or its bytes are not what its name says.
    """
    with opened(path) as file:
        start = file.read(8)
    if not start.strip():
        raise unreadable(path, "It is empty.", "文件是空的。", "Export it again.", "请重新导出。")
    _refuse_others(path, start)
    promised = file_format(path) or "csv"
    magic: Format | None = "parquet" if start[:4] == b"PAR1" else None
    if start[:4] == b"PK\x03\x04" or start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        magic = "xlsx"
    if magic:
        return magic
    if promised in ("parquet", "xlsx"):
        raise unreadable(
            path, f"Its bytes are no {_ending(path)} file.", f"内容不是 {_ending(path)} 文件。",
            "Export it again, or give it the ending that fits.", "请重新导出，或改成正确的扩展名。",
        )  # fmt: skip
    return "json" if start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[") else "csv"


def _ending(path: Path) -> str:
    return path.suffix.lstrip(".").lower()


def _refuse_others(path: Path, start: bytes) -> None:
    """Refuse what is often sent in place of a table."""
    if start.startswith(b"%PDF"):
        raise unreadable(
            path, "It is a PDF, not a table.", "这是 PDF，不是表格。",
            "Export it as CSV or xlsx.", "请导出为 CSV 或 xlsx。",
        )  # fmt: skip
    if start.startswith(b"PK\x03\x04") and _is_archive(path):
        raise unreadable(
            path, "It is a zip archive.", "这是 zip 压缩包。",
            "Unpack it and import the files in it.", "请先解压，再导入其中的文件。",
        )  # fmt: skip


def _is_archive(path: Path) -> bool:
    """Say whether a zip file is no workbook, which is a zip file too."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower() == ".zip"


def text_layout(path: Path) -> TextLayout:
    """Find the encoding, the delimiter and the header of a delimited text file.

    Raises
    ------
    UnreadableFileError
        The file is binary, has no line with more than blanks, or its encoding is in doubt.
    """
    with opened(path) as file:
        start = file.read(_LOOK)
    encoding = encoding_of(start)
    if not encoding:
        raise unreadable(
            path, "It is not clear whether its Chinese is written in GBK or in Big5.",
            "无法确定文件的中文编码是 GBK 还是 Big5。",
            "Save it as UTF-8 and import that.", "请另存为 UTF-8 再导入。",
        )  # fmt: skip
    text = start.decode(encoding, errors="replace").lstrip("\ufeff")
    if "\x00" in text:
        raise unreadable(
            path, "It is binary, not text.", "内容是二进制，不是文本。",
            "Export it as CSV, xlsx, JSON lines or Parquet.", "请导出为 CSV、xlsx、JSON lines 或 Parquet。",
        )  # fmt: skip
    shown = text.splitlines()[:40]
    before = next((at for at, line in enumerate(shown) if not _NO_HEADER.fullmatch(line)), None)
    if before is None:
        raise unreadable(
            path, "It has no header.", "没有表头。", "Export it again.", "请重新导出。"
        )
    lines = [line for line in shown[before:] if line.strip()][:20]
    delimiter = max(
        _DELIMITERS, key=lambda mark: (_agreement(lines, mark), -_DELIMITERS.index(mark))
    )
    header = next(csv.reader([lines[0]], delimiter=delimiter))
    return TextLayout(encoding, delimiter, unique_names(header), before)


def opened(path: Path) -> BufferedReader | gzip.GzipFile:
    """Open a file for reading bytes, through gzip where its name ends in .gz.

    Raises
    ------
    UnreadableFileError
        The file cannot be opened.
    """
    try:
        return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise unreadable(
            path, f"It cannot be opened: {error.strerror}.", f"无法打开：{error.strerror}。",
            "Let this user read it, then run again.", "请给当前用户读取权限，然后重新运行。",
        ) from error  # fmt: skip


def unique_names(header: list[str]) -> tuple[str, ...]:
    """Return usable column names: trimmed, unwrapped, never empty, never twice.

    Examples
    --------
    >>> unique_names([" Name ", "", "Name", '="Id"'])
    ('Name', 'column_2', 'Name_2', 'Id')
    """
    names: list[str] = []
    taken: set[str] = {"_row"}
    for position, raw in enumerate(header, start=1):
        name = (
            raw.strip().strip("\ufeff").removeprefix("=").strip('"').strip() or f"column_{position}"
        )
        candidate, repeat = name, 2
        while candidate.lower() in taken:
            candidate, repeat = f"{name}_{repeat}", repeat + 1
        taken.add(candidate.lower())
        names.append(candidate)
    return tuple(names)


def unreadable(path: Path, en: str, zh: str, do_en: str, do_zh: str) -> UnreadableFileError:
    """Return the error for a file whose bytes cannot be used."""
    return UnreadableFileError(
        Words(f"Asked to read {path.name}.", f"要读取 {path.name}。"),
        Words(en, zh),
        Words(do_en, do_zh),
    )


def encoding_of(start: bytes) -> str:
    """Return the encoding of a text from its first bytes; empty where it is in doubt."""
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    cut = start[: start.rfind(b"\n") + 1] or start
    bad = {
        encoding: cut.decode(encoding, errors="replace").count("\ufffd")
        for encoding in ("utf-8", "gb18030")
    }
    if bad["utf-8"] == 0:
        return "utf-8"
    wide = [letter for letter in cut.decode("gb18030", errors="replace") if ord(letter) > 127]
    chinese = sum(
        "\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef" for letter in wide
    )
    if bad["gb18030"] <= bad["utf-8"] / 10 and chinese >= 0.8 * len(wide):
        return chinese_encoding(cut)
    if (chinese_or_doubt := chinese_encoding(cut)) != "gb18030":
        return chinese_or_doubt
    # A few bad bytes in UTF-8 are damage; many are a Western single-byte encoding.
    good = sum(
        letter > "\x7f" and letter != "\ufffd" for letter in cut.decode("utf-8", errors="replace")
    )
    return "utf-8" if good >= bad["utf-8"] else "cp1252"


def _agreement(lines: list[str], delimiter: str) -> int:
    width = len(next(csv.reader([lines[0]], delimiter=delimiter)))
    return width if width > 1 else 0


def _nothing(path: Path, en: str, zh: str) -> SourceNotFoundError:
    return SourceNotFoundError(
        Words(f"Asked to import {path.name or path}.", f"要导入 {path.name or path}。"),
        Words(en, zh),
        Words(
            "Name the exported files, or the folder that holds them.",
            "请给出导出的文件，或它们所在的文件夹。",
        ),
    )
