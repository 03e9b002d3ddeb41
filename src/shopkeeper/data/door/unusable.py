"""A file of which every row is rejected: the commonest reason, and what to do about it."""

from __future__ import annotations

from typing import Any

import duckdb

from shopkeeper.data.door.staged import literal
from shopkeeper.data.sources.mapping import can_be_made
from shopkeeper.data.tables import BY_NAME
from shopkeeper.errors import DataError
from shopkeeper.words import Words

_MAPPED = "mapping_"
_EXPORT_AGAIN = Words(
    "Export it again with these cells as the platform writes them; `shopkeeper check` lists the rows.",
    "请按平台原格式重新导出；`shopkeeper check` 会逐行列出原因。",
)


def is_unusable(record: dict[str, Any]) -> bool:
    """Say whether an import took nothing of a file that has rows.

    Examples
    --------
    >>> is_unusable({"kept": 0, "rejected": 3}), is_unusable({"kept": 0, "rejected": 0})
    (True, False)
    """
    return not record["kept"] and bool(record["rejected"])


def unusable(
    connection: duckdb.DuckDBPyConnection, file: str, record: dict[str, Any], quarantine: str
) -> DataError:
    """Return the error for a file of which nothing is usable.

    Parameters
    ----------
    connection
        Any connection.
    file
        The file's name.
    record
        What the import noted of it.
    quarantine
        The folder with its rejected rows.
    """
    rejected, table = record["rejected"], record["kind"].removeprefix(_MAPPED)
    rows, en, zh = _commonest(connection, quarantine)
    column = en.partition(":")[0].removesuffix(" is empty")
    mapped = record["kind"].startswith(_MAPPED) and column in BY_NAME[table].names
    return DataError(
        Words(f"Asked to import {file}.", f"要导入 {file}。"),
        Words(
            f"None of its {rejected:,} rows is usable; the commonest reason ({rows:,} rows): {en}.",
            f"共 {rejected:,} 行，没有可用的行；最常见的原因（{rows:,} 行）：{zh}。",
        ),
        _correct_mapping(table, column) if mapped else _EXPORT_AGAIN,
    )


def _commonest(connection: duckdb.DuckDBPyConnection, quarantine: str) -> tuple[int, str, str]:
    """Return the commonest reason with one of its cells, and how many rows it holds for."""
    files = literal(f"{quarantine}/*.parquet")
    found = connection.execute(
        f"""SELECT count(*), arg_min(why_en, line), arg_min(why_zh, line) FROM read_parquet({files})
        GROUP BY regexp_replace(why_en, '“[^”]*”', '“…”', 'g') ORDER BY 1 DESC, 2 LIMIT 1"""
    ).fetchall()
    rows, en, zh = found[0]
    return int(rows), en, zh


def _correct_mapping(table: str, column: str) -> Words:
    made = can_be_made(table, column)
    return Words(
        f"In the mapping, name another column of the file for {column}"
        f"{', or leave it out: one is then made' if made else ''}; then import again.",
        f"请在列映射里为 {column} 换一个文件里的列"
        f"{'，或删去这一项（会自动编号）' if made else ''}，然后重新导入。",
    )
