"""A file that no platform writes: a mapping is suggested for it, and the error says where it lies."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path
from shlex import quote

import duckdb

from shopkeeper.data.door.sample import readable_types, sample_of
from shopkeeper.data.privacy import mask
from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.sources.suggestion import is_a_form, shown_columns, suggested_mapping
from shopkeeper.errors import UnrecognisedFileError
from shopkeeper.words import Words

_NO_HEADER = Words(
    "Make the column names its first line, deleting any lines above them (in a workbook, the first line of its "
    "first sheet), and import again.",
    "请把列名放在首行并删去其上各行（Excel 文件请放在第一个工作表的首行），然后重新导入。",
)


def unrecognised(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    header: Header,
    mappings: Path,
    *,
    prefix: str,
) -> UnrecognisedFileError:
    """Write a suggested mapping for `path` and return the error that names it.

    Parameters
    ----------
    connection
        Holds the relation `<prefix>_file`.
    path
        The file.
    header
        Its columns.
    mappings
        The shop's folder of mappings; suggestions lie in `suggested` inside.
    prefix
        Prefix of the relations.
    """
    sample, few = sample_of(connection, header, prefix=prefix)
    readable = readable_types(connection, sample)
    suggested = suggested_mapping(mask(path.name), header, sample, few, readable)
    target = _kept_beside(mappings / "suggested", mask(path.stem), suggested)
    names = shown_columns(header, sample)
    error = UnrecognisedFileError(
        Words(f"Asked to import {path.name}.", f"要导入 {path.name}。"),
        _unknown(header, names),
        _NO_HEADER
        if not names
        else _unadvised(target)
        if is_a_form(suggested)
        else _advised(target),
    )
    error.mapping = target
    return error


def _kept_beside(folder: Path, stem: str, text: str) -> Path:
    """Write a suggestion under a name that no other has: its owner may have corrected that one."""
    folder.mkdir(parents=True, exist_ok=True)
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    for target in (folder / f"{name}.toml" for name in names):
        if not target.exists():
            target.write_text(text, encoding="utf-8")
            return target
        if target.read_text(encoding="utf-8", errors="replace") == text:
            return target
    raise AssertionError("there is always a next number")


def _unknown(header: Header, names: list[str]) -> Words:
    if not names:
        columns = len(header.columns)
        return Words(
            f"Its first line holds no column name that is known here ({columns} columns); is it a header?",
            f"首行没有这里认识的列名（共 {columns} 列）；它是表头吗？",
        )
    shown = ", ".join(names[:8])
    return Words(
        f"No platform known here writes this header: {shown}.",
        f"没有已知平台使用这样的表头：{shown}。",
    )


def _advised(target: Path) -> Words:
    option = f"`--mapping {quote(str(target))}`"
    return Words(
        f"Check the suggested mapping {target} and run again with {option}.",
        f"请检查建议的列映射 {target}，然后加上 {option} 重新运行。",
    )


def _unadvised(target: Path) -> Words:
    return Words(
        f"Nothing in it is known here: export single orders, reviews or events, or fill in {target}.",
        f"里面没有能认出的列：请导出订单、评价或行为的明细（而非汇总报表），或填写 {target}。",
    )
