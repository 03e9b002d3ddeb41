"""Count the cells of kept rows that held something and could not be read: they are left empty.

A cell is counted once, however many tables it fills, and once a key where rows repeat it. Cells with
personal data are never counted, for they are never read.
"""

from __future__ import annotations

import duckdb

from shopkeeper.data.door.plan import Plan
from shopkeeper.data.door.staged import quoted
from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import Column


def repaired(
    connection: duckdb.DuckDBPyConnection, kind: FileKind, plan: Plan, *, prefix: str, good: str
) -> dict[str, int]:
    """Return column → number of cells left empty, `table.column` beside the grain.

    Parameters
    ----------
    connection
        Holds the relations of the file.
    kind
        The kind of file.
    plan
        How its cells are read; it has learnt every extract.
    prefix
        Prefix of the relations.
    good
        SQL condition on `_row`: the row is kept.
    """
    columns = _doubtful(kind.grain, plan, set())
    written = {c.name: plan.written(kind.grain.columns[c.name]) for c in columns} | kind.meanings
    lost = _of_grain(connection, written, prefix=prefix, good=good)
    counted = set(kind.grain.columns.values())
    for extract in kind.others:
        columns = _doubtful(extract, plan, counted)
        counted |= set(extract.columns.values())
        if columns:
            query = plan.unreadable(extract, columns, good)
            found = connection.execute(query).fetchall()[0]
            names = [f"{extract.table.name}.{column.name}" for column in columns]
            lost |= dict(zip(names, found, strict=True))
    return {name: count for name, count in lost.items() if count > 0}


def _doubtful(extract: Extract, plan: Plan, counted: set[str]) -> list[Column]:
    """Return the columns of an extract in which a cell may be unreadable, and not counted yet."""
    return [
        column
        for column in extract.table.columns
        if column.type != "string"
        and not column.personal
        and column.name in extract.columns
        and extract.columns[column.name] not in counted
        and plan.may_fail(column, extract.columns[column.name])
    ]


def _of_grain(
    connection: duckdb.DuckDBPyConnection, written: dict[str, str], *, prefix: str, good: str
) -> dict[str, int]:
    if not written:
        return {}
    held = ", ".join(f"count(cell({raw}))" for raw in written.values())
    understood = ", ".join(f"count({quoted(name)})" for name in written)
    before, after = (
        connection.execute(f"SELECT {counts} FROM {relation} WHERE {good}").fetchall()[0]
        for counts, relation in ((held, f"{prefix}_rows"), (understood, f"{prefix}_0"))
    )
    return {name: b - a for name, b, a in zip(written, before, after, strict=True)}
