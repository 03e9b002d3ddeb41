"""Some rows of a file that no platform writes, what they can be read as, and the cells of columns that have few."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from shopkeeper.data.door.staged import quoted
from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.tables import Type

ROWS, FEW = 200, 30
_MOST, _LONGEST = 0.5, 64
_TIME = "coalesce(local_time(x, false), local_time(x, true))"
_READ: dict[Type, str] = {
    "int64": "whole(x)",
    "float64": "stars(x)",
    "money": "amount(x)",
    "boolean": "yes(x)",
    "timestamp": _TIME,
    "date": _TIME,
}
"""How a cell is read as each type, as `Plan` does."""


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


def readable_types(
    connection: duckdb.DuckDBPyConnection, sample: pa.Table
) -> dict[str, frozenset[Type]]:
    """Return column → the types as which most of its cells are read; every type where it has no cells.

    Parameters
    ----------
    connection
        Holds the door's macros, which read these cells as an import would.
    sample
        Some rows of the file.
    """
    names: list[str] = []
    cells: list[str] = []
    for name in sample.column_names:
        # No number and no time is longer, and a cell may be a whole text.
        written = [str(value)[:_LONGEST] for value in sample[name].to_pylist() if value is not None]
        names += [name] * len(written)
        cells += written
    table = pa.table({"name": names, "cell": pa.array(cells, pa.string())})
    connection.register("_sampled", table)
    counts = ", ".join(f"count({_READ[kind]}) / count(x) > {_MOST}" for kind in _READ)
    rows = connection.execute(
        f"SELECT name, {counts} FROM (SELECT name, cell(cell) AS x FROM _sampled) GROUP BY name HAVING count(x) > 0"
    ).fetchall()
    connection.unregister("_sampled")
    found = {
        name: frozenset(kind for kind, reads in zip(_READ, told, strict=True) if reads)
        for name, *told in rows
    }
    return dict.fromkeys(sample.column_names, frozenset(_READ)) | found


def _different(connection: duckdb.DuckDBPyConnection, name: str, prefix: str) -> list[str]:
    query = f"""SELECT DISTINCT trim(left(CAST({quoted(name)} AS VARCHAR), 200)) AS cell
        FROM {prefix}_file WHERE {quoted(name)} IS NOT NULL LIMIT {FEW + 1}"""
    return sorted(row[0] for row in connection.execute(query).fetchall() if row[0])
