"""Some rows of a file that no platform writes, and every different cell of columns that have few."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from shopkeeper.data.door.staged import quoted
from shopkeeper.data.sources.kinds import Header

ROWS, FEW = 200, 30


def sample_of(
    connection: duckdb.DuckDBPyConnection, header: Header, *, prefix: str
) -> tuple[pa.Table, dict[str, list[str]]]:
    """Return the first rows of `<prefix>_file`, and column → its cells where they are few.

    A file that is sorted by its label shows one label in its first rows; the whole column shows all.
    """
    rows = connection.sql(f"SELECT * EXCLUDE (_row) FROM {prefix}_file LIMIT {ROWS}")
    sample = rows.to_arrow_table()
    few = {
        name: found
        for name in header.columns
        if len(set(sample[name].to_pylist())) <= FEW
        and len(found := _different(connection, name, prefix)) <= FEW
    }
    return sample, few


def _different(connection: duckdb.DuckDBPyConnection, name: str, prefix: str) -> list[str]:
    query = f"""SELECT DISTINCT trim(left(CAST({quoted(name)} AS VARCHAR), 200)) AS cell
        FROM {prefix}_file WHERE {quoted(name)} IS NOT NULL LIMIT {FEW + 1}"""
    return sorted(row[0] for row in connection.execute(query).fetchall() if row[0])
