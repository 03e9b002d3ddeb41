"""Why a row is rejected, in words, and which of its cells may be kept beside the reason.

A cell is kept only where its column is read, holds no personal data and is no person's id. Where its
column holds words they are masked; elsewhere a cell that is neither a number, a time nor an id is shown as
its shape, for a cell that is out of its place may be anything.
"""

from __future__ import annotations

import re

from shopkeeper.data.door.staged import literal, quoted
from shopkeeper.data.sources.kinds import Extract, FileKind, Header
from shopkeeper.data.tables import Column, Table

_AS = {
    "timestamp": ("a time", "时间"), "date": ("a day", "日期"), "money": ("an amount", "金额"),
    "int64": ("a whole number", "整数"), "float64": ("a number", "数字"),
    "boolean": ("yes or no", "是或否"), "string": ("text", "文本"),
}  # fmt: skip


def required_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns without which a row of a table is rejected."""
    return tuple(column for column in table.columns if column.required)


def required_cells(kind: FileKind) -> list[tuple[int, Extract, Column]]:
    """Return the cells without which a row of the file is rejected: position, extract, column."""
    return [
        (position, extract, column)
        for position, extract in enumerate((kind.grain, *kind.others))
        for column in required_columns(extract.table)
        # Other tables simply have nothing to say where their key, or an item of a list, is empty.
        if position == 0 or (column.name not in extract.table.key and not extract.each)
    ]


def reasons(kind: FileKind) -> tuple[str, str]:
    """Return the arms of SQL CASEs over a reason's number: the reason in English and in Chinese.

    Required cells are numbered first and stand, cleaned, in `_required_<number>`; the refusals of
    the source follow.
    """
    hidden = _personal_columns(kind)
    en, zh = [], []
    for number, (_, extract, column) in enumerate(required_cells(kind)):
        secret = _columns_in(extract.columns.get(column.name, "")) & hidden
        shown = "'…'" if secret else f"sketched(left(_required_{number}, 60))"
        missing, (as_en, as_zh) = f"_required_{number} IS NULL", _AS[column.type]
        en.append(
            f"WHEN {number} THEN CASE WHEN {missing} THEN '{column.name} is empty' ELSE "
            f"'{column.name}: cannot read “' || {shown} || '” as {as_en}' END"
        )
        zh.append(
            f"WHEN {number} THEN CASE WHEN {missing} THEN '{column.name} 为空' ELSE "
            f"'{column.name}：“' || {shown} || '”不是可读的{as_zh}' END"
        )
    for number, item in enumerate(kind.refusals, start=len(en)):
        en.append(f"WHEN {number} THEN {literal(item.why.en)}")
        zh.append(f"WHEN {number} THEN {literal(item.why.zh)}")
    return " ".join(en), " ".join(zh)


def shown_cells(kind: FileKind, header: Header) -> str:
    """Return the SQL for the cells that are kept of a rejected row, as one JSON object."""
    shown, words = open_columns(kind), _columns_of_words(kind)
    listed = ", ".join(
        f"{literal(name)}, {'masked' if name in words else 'sketched'}({quoted(name)}::VARCHAR)"
        for name in header.columns
        if name in shown
    )
    return f"json_object({listed})"


def open_columns(kind: FileKind) -> set[str]:
    """Return the columns of the file that are read, hold no personal data and make no id."""
    used: set[str] = set().union(*(_columns_in(raw) for _, raw in _mapped(kind)))
    return used - _personal_columns(kind)


def _personal_columns(kind: FileKind) -> set[str]:
    hidden: set[str] = set()
    for column, raw in _mapped(kind):
        personal = column.personal is not None and column.personal != "text"
        if personal or re.search(r"\b(pseudonym|hashed)\(", raw):
            hidden |= _columns_in(raw)
    return hidden


def _columns_of_words(kind: FileKind) -> set[str]:
    """Return the columns of the file that fill nothing but words, which are not known by their shape."""
    words: set[str] = set()
    others: set[str] = set()
    for column, raw in _mapped(kind):
        is_words = column.type == "string" and not column.name.endswith("_id")
        (words if is_words else others).update(_columns_in(raw))
    return words - others


def _mapped(kind: FileKind) -> list[tuple[Column, str]]:
    return [
        (extract.table.column(name), raw)
        for extract in (kind.grain, *kind.others)
        for name, raw in extract.columns.items()
    ]


def _columns_in(raw: str) -> set[str]:
    """Return the quoted column names in an SQL expression."""
    return {name.replace('""', '"') for name in re.findall(r'"((?:[^"]|"")+)"', raw)}
