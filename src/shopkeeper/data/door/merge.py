"""Join what the files said with what the shop has, and write the next version of each table."""

from __future__ import annotations

from pathlib import Path

import duckdb

from shopkeeper.data.door.staged import literal, quoted
from shopkeeper.data.privacy import is_dropped
from shopkeeper.data.schema import DUCKDB
from shopkeeper.data.tables import Table
from shopkeeper.settings import Privacy


def merged(table: Table, relations: list[str]) -> str:
    """Return the SELECT that joins relations of a table, oldest first, one row a key.

    A later row overrides an earlier one of the same key. Where the table is not append-only, a cell
    that the later row leaves empty keeps its earlier value, and an entity is known from its first
    mention.
    """
    names = ", ".join(quoted(name) for name in table.names)
    query = f"SELECT {names} FROM {relations[0]}"
    for relation in relations[1:]:
        query = (
            _append(table, query, relation) if table.append_only else _fill(table, query, relation)
        )
    return query


def current(table: Table, folder: Path, privacy: Privacy) -> str:
    """Return a relation over the Parquet files of a table, without what is to be dropped."""
    dropped = [
        f"NULL::{DUCKDB[column.type]} AS {quoted(column.name)}"
        for column in table.columns
        if is_dropped(column, privacy)
    ]
    if not dropped:
        return parquet(folder)
    return f"(SELECT * REPLACE ({', '.join(dropped)}) FROM {parquet(folder)})"


def parquet(folder: Path) -> str:
    """Return a relation over the Parquet files of a folder."""
    return f"read_parquet({literal(str(folder / '*.parquet'))})"


def stands_for(table: Table) -> str:
    """Return SQL: the customer of row `t` is the alias `i`.

    The id of a visitor is an alias only where a row knows its customer by nothing else.
    """
    alone = "t.visitor_id = i.alias" if "visitor_id" in table.names else "false"
    return f"(t.customer_id = i.alias AND (NOT i.visitor OR {alone}))"


def identified(table: Table, query: str, aliases: str) -> str:
    """Return `query` with every alias in `customer_id` replaced by the customer it stands for."""
    names = ", ".join(
        "coalesce(i.customer_id, t.customer_id) AS customer_id"
        if name == "customer_id"
        else f"t.{quoted(name)}"
        for name in table.names
    )
    return f"SELECT {names} FROM ({query}) t LEFT JOIN {aliases} i ON {stands_for(table)}"


def write(connection: duckdb.DuckDBPyConnection, query: str, folder: Path) -> int:
    """Write a query as Parquet into `folder` and return its number of rows."""
    file = literal(str(folder / "part-0.parquet"))
    rows = connection.execute(
        f"COPY ({query}) TO {file} (FORMAT parquet, ROW_GROUP_SIZE 61440)"
    ).fetchall()
    return int(rows[0][0])


def _append(table: Table, query: str, relation: str) -> str:
    keys = ", ".join(quoted(name) for name in table.key)
    names = ", ".join(quoted(name) for name in table.names)
    return f"SELECT {names} FROM ({query}) ANTI JOIN {relation} USING ({keys}) UNION ALL SELECT {names} FROM {relation}"


def _fill(table: Table, query: str, relation: str) -> str:
    keys = ", ".join(quoted(name) for name in table.key)
    cells = ", ".join(
        quoted(name) if name in table.key else f"{_kept(table, name)} AS {quoted(name)}"
        for name in table.names
    )
    return f"SELECT {cells} FROM ({query}) old FULL JOIN {relation} new USING ({keys})"


def _kept(table: Table, name: str) -> str:
    if table.undated and name == table.time:
        return f"least(new.{quoted(name)}, old.{quoted(name)})"
    return f"coalesce(new.{quoted(name)}, old.{quoted(name)})"
