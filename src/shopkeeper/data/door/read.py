"""Stage one file in DuckDB as a relation: its own columns and `_row`, as it was written.

Text and JSON lines become text columns, so that nothing is lost to an early guess of a type.
Parquet keeps its types. What is no row (a broken line) is kept aside with its line number.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import python_calamine

from shopkeeper.data.door.files import (
    TextLayout,
    checked_format,
    text_layout,
    unique_names,
    unreadable,
)
from shopkeeper.data.door.json_lines import stage_json
from shopkeeper.data.door.staged import LONGEST_LINE, Staged, fill, literal, quoted
from shopkeeper.data.door.text import TextReader
from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.tables import Type

_BATCH = 20_000
_READ_AS: dict[Type, str] = {
    "string": "VARCHAR", "int64": "DOUBLE", "float64": "DOUBLE", "money": "DECIMAL(18,4)",
    "timestamp": "TIMESTAMP",
}  # fmt: skip
_AS_WRITTEN: dict[Type, str] = {
    # 2.5 pieces is not 2 pieces, and a number beyond this has lost digits.
    "int64": "bool_and({x} = trunc({x}) AND abs({x}) < 9e15)",
    "float64": "bool_and(isfinite({x}))",
    # DuckDB reads words such as infinity as a time of 1900 or 1970.
    "timestamp": "min({x}) > TIMESTAMP '1970-01-02'",
}


def nothing_typed(_: Header) -> dict[str, Type]:
    """Ask for text in every column of a text file."""
    return {}


def stage(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    prefix: str,
    typed: Callable[[Header], dict[str, Type]] = nothing_typed,
) -> Staged:
    """Stage `path` as the relation `<prefix>_file`.

    Parameters
    ----------
    connection
        A DuckDB connection.
    path
        The file.
    prefix
        Prefix of the relations, unique in this import.
    typed
        Given the header of a text file, the columns that are worth an attempt to read as values, and
        their types.

    Raises
    ------
    UnreadableFileError
        The file is empty, binary, damaged or not what its name says.
    """
    match checked_format(path):
        case "csv":
            return _stage_text(connection, path, prefix, typed)
        case "json":
            return stage_json(connection, path, prefix=prefix)
        case "parquet":
            return _stage_parquet(connection, path, prefix)
        case "xlsx":
            return _stage_sheet(connection, path, prefix)


def _stage_text(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    prefix: str,
    typed: Callable[[Header], dict[str, Type]],
) -> Staged:
    layout = text_layout(path)
    header = Header(dict.fromkeys(layout.columns, "VARCHAR"))
    # DuckDB finds no rows behind skipped lines that end otherwise than the rest.
    fast = layout.encoding in ("utf-8", "utf-8-sig") and not layout.before
    types = typed(header) if fast else {}
    if (
        types
        and _fast(connection, path, layout, prefix, types)
        and _as_written(connection, prefix, types)
    ):
        return Staged(header, typed=True, delimited=True)
    if fast and _fast(connection, path, layout, prefix, {}):
        return Staged(header, lines=_counted_lines(layout.columns, prefix), delimited=True)
    reader = TextReader(path, layout)
    fill(connection, f"{prefix}_staged", reader.batches())
    connection.execute(
        f"CREATE TEMP VIEW {prefix}_file AS SELECT * EXCLUDE (_line) FROM {prefix}_staged"
    )
    lines = f"SELECT _row, _line FROM {prefix}_staged"
    return Staged(header, reader.broken, lines=lines, delimited=True)


def _fast(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    layout: TextLayout,
    prefix: str,
    types: dict[str, Type],
) -> bool:
    """Let DuckDB read the file; False where it finds anything that is not in order."""
    columns = ", ".join(
        f"{literal(name)}: '{_READ_AS[types.get(name, 'string')]}'" for name in layout.columns
    )
    # A table keeps the order of the file, and its own numbers let both cores read.
    own = all(name.lower() != "rowid" for name in layout.columns)
    counted, viewed = ("", "rowid + 1 AS _row, ") if own else ("row_number() OVER () AS _row, ", "")
    try:
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {prefix}_staged AS SELECT {counted}* FROM read_csv(
            {literal(str(path))}, auto_detect = false, header = true, skip = 0, columns = {{{columns}}},
            delim = {literal(layout.delimiter)}, quote = '"', escape = '"', strict_mode = true,
            null_padding = false, timestampformat = '%Y-%m-%d %H:%M:%S', max_line_size = {LONGEST_LINE}, buffer_size = {LONGEST_LINE})"""
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        connection.execute(f"DROP TABLE IF EXISTS {prefix}_staged")
        return False
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {prefix}_file AS SELECT {viewed}* FROM {prefix}_staged"
    )
    return True


def _as_written(connection: duckdb.DuckDBPyConnection, prefix: str, types: dict[str, Type]) -> bool:
    """Say whether no value may differ from what the readers of text make of its cell."""
    asked = [
        _AS_WRITTEN[kind].format(x=quoted(name))
        for name, kind in types.items()
        if kind in _AS_WRITTEN
    ]
    query = f"SELECT {' AND '.join(f'coalesce({test}, true)' for test in (*asked, 'true'))} FROM {prefix}_staged"
    return bool(connection.execute(query).fetchall()[0][0])


def _counted_lines(columns: tuple[str, ...], prefix: str) -> str:
    breaks = " + ".join(
        f"coalesce(length({quoted(name)}) - length(replace({quoted(name)}, chr(10), '')), 0)"
        for name in columns
    )
    before = "ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"SELECT _row, 1 + _row + coalesce(sum({breaks}) OVER ({before}), 0) AS _line FROM {prefix}_file"


def _stage_parquet(connection: duckdb.DuckDBPyConnection, path: Path, prefix: str) -> Staged:
    try:
        connection.execute(
            f"""CREATE TEMP VIEW {prefix}_file AS SELECT file_row_number + 1 AS _row, * EXCLUDE (file_row_number)
            FROM read_parquet({literal(str(path))}, file_row_number = true)"""
        )
        rows = connection.execute(f"DESCRIBE {prefix}_file").fetchall()
    except duckdb.Error as error:
        raise _damaged(path, "Parquet") from error
    return Staged(Header({row[0]: row[1] for row in rows if row[0] != "_row"}), lazy=True)


def _stage_sheet(connection: duckdb.DuckDBPyConnection, path: Path, prefix: str) -> Staged:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        tables = [sheet.iter_rows() for sheet in sheets]
    except (python_calamine.CalamineError, OSError) as error:
        raise _damaged(path, "xlsx") from error
    headers = [next(rows, []) for rows in tables]
    first = next((head for head in headers if any(str(cell).strip() for cell in head)), None)
    if first is None:
        raise unreadable(path, "It is empty.", "文件是空的。", "Export it again.", "请重新导出。")
    names = unique_names([_sheet_cell(cell) or "" for cell in first])
    chosen = [rows for rows, head in zip(tables, headers, strict=True) if head == first]
    fill(connection, f"{prefix}_staged", _sheet_batches(names, chosen))
    connection.execute(f"CREATE TEMP VIEW {prefix}_file AS FROM {prefix}_staged")
    return Staged(
        Header(dict.fromkeys(names, "VARCHAR")),
        lines=f"SELECT _row, _row + 1 AS _line FROM {prefix}_staged",
    )


def _sheet_batches(
    names: tuple[str, ...], sheets: list[Iterator[list[Any]]]
) -> Iterator[pa.RecordBatch]:
    done = 0
    filled = (row for rows in sheets for row in rows if any(cell != "" for cell in row))
    while True:
        rows = list(islice(filled, _BATCH))
        numbers = pa.array(range(done + 1, done + len(rows) + 1), pa.int64())
        cells = [
            pa.array(
                [_sheet_cell(row[index]) if index < len(row) else None for row in rows], pa.string()
            )
            for index in range(len(names))
        ]
        yield pa.RecordBatch.from_arrays([numbers, *cells], names=["_row", *names])
        done += len(rows)
        if len(rows) < _BATCH:
            return


def _sheet_cell(value: object) -> str | None:
    if value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value)


def _damaged(path: Path, kind: str) -> Exception:
    return unreadable(
        path, f"Its bytes are a damaged or incomplete {kind} file.", f"{kind} 文件已损坏或不完整。",
        "Export it again.", "请重新导出。",
    )  # fmt: skip
