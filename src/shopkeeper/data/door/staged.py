"""A file as a DuckDB relation, and how names, texts and batches get into one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from shopkeeper.data.door.text import Broken
from shopkeeper.data.sources.kinds import Header

# Left alone, DuckDB takes buffers of 16 such lines, and one core reads a small file alone.
LONGEST_LINE = 1 << 24


@dataclass(slots=True)
class Staged:
    """A file in the relation `file`.

    Parameters
    ----------
    header
        Columns of the file and their types.
    broken
        Records that are no rows.
    lines
        SQL for the relation (`_row`, `_line`): the line in the file on which a row begins; the row's
        own number where a format has no lines, and where this is empty.
    lazy
        `file` is a view over the file itself and is cheap to read again (Parquet).
    typed
        Some columns of a text file were read as values, for every cell of theirs could be.
    delimited
        The file is delimited text.
    pointers
        JSON: column → where it stands in an object. Empty in other formats.
    """

    header: Header
    broken: list[Broken] = field(default_factory=list)
    lines: str = ""
    lazy: bool = False
    typed: bool = False
    delimited: bool = False
    pointers: dict[str, str] = field(default_factory=dict)


def fill(
    connection: duckdb.DuckDBPyConnection, table: str, batches: Iterator[pa.RecordBatch]
) -> None:
    """Make a table of Arrow batches, of which there is one at least."""
    first = next(batches)
    reader = pa.RecordBatchReader.from_batches(first.schema, _chained(first, batches))
    connection.register("incoming", reader)
    connection.execute(f"CREATE TEMP TABLE {table} AS FROM incoming")
    connection.unregister("incoming")


def _chained(first: pa.RecordBatch, others: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from others


def quoted(name: str) -> str:
    """Return a column name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
