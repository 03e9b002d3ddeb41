"""A file that already is a canonical table: its columns are columns of `data/tables.py`.

Times are UTC instants, as in the tables, unless a cell names its own offset; the local day and the
zone are taken from the file where it has them. Personal columns are hashed, dropped or masked like
those of any platform.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind, Header
from shopkeeper.data.tables import TABLES, Table
from shopkeeper.words import Words


def kind(header: Header) -> FileKind | None:
    """Return the canonical kind of a file with this header, or None.

    Parameters
    ----------
    header
        The file's columns: only columns of one table, among them its key and required columns.

    Examples
    --------
    >>> kind(Header({"product_id": "VARCHAR", "title": "VARCHAR"})).grain.table.name
    'products'
    >>> kind(Header({"product_id": "VARCHAR", "colour": "VARCHAR"})) is None
    True
    """
    fitting = [table for table in TABLES if _fits(table, header)]
    table = max(fitting, key=lambda item: len(_needed(item)), default=None)
    return None if table is None else _kind(table, header)


def _needed(table: Table) -> set[str]:
    return {column.name for column in table.columns if column.required} | set(table.key)


def _fits(table: Table, header: Header) -> bool:
    return _needed(table) <= header.columns.keys() <= set(table.names)


def _kind(table: Table, header: Header) -> FileKind:
    return FileKind(
        name=f"canonical_{table.name}",
        platform="canonical",
        title=Words(f"Canonical table {table.name}", f"标准表 {table.name}"),
        required=tuple(header.columns),
        grain=Extract(table, {
            name: f'"{name}"' for name in header.columns
        }),
        zone="UTC",
        zone_is_fixed=True,
    )
