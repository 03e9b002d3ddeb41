"""Number the rows of a group in the order of the file, as a window would, for a fifth of its price.

Exports write the rows of a group one after the other, so a row's number follows from the group's first
row. Only the rows of groups that are scattered over the file need a window.
"""

from __future__ import annotations

import duckdb

_SCATTERED = 0.1


def number_rows(connection: duckdb.DuckDBPyConnection, rows: str, within: str) -> None:
    """Define `<rows>_numbered`: the relation `rows` with `_position`, from 1 in each group.

    Parameters
    ----------
    connection
        Holds the relation.
    rows
        Its name; it has `_row`.
    within
        SQL expression whose value the rows of a group share.
    """
    window = f"row_number() OVER (PARTITION BY {within} ORDER BY _row)"
    connection.execute(
        f"""CREATE TEMP TABLE {rows}_groups AS SELECT {within} AS _group, min(_row) AS _first,
        count(*) AS _size, count({within}) = 0 OR max(_row) - min(_row) + 1 <> count(*) AS _scattered
        FROM {rows} GROUP BY ALL"""
    )
    scattered = connection.execute(
        f"SELECT coalesce(sum(_size) FILTER (_scattered), 0) > {_SCATTERED} * sum(_size) FROM {rows}_groups"
    ).fetchall()[0][0]
    if scattered:
        connection.execute(
            f"CREATE TEMP VIEW {rows}_numbered AS SELECT *, {window} AS _position FROM {rows}"
        )
        return
    connection.execute(
        f"""CREATE TEMP TABLE {rows}_placed AS SELECT _row AS _placed_row, {window} AS _place FROM {rows}
        WHERE {within} IS NULL OR {within} IN (SELECT _group FROM {rows}_groups WHERE _scattered)"""
    )
    connection.execute(
        f"""CREATE TEMP VIEW {rows}_numbered AS
        SELECT {rows}.*, coalesce(_place, _row - _first + 1) AS _position FROM {rows}
        LEFT JOIN {rows}_groups ON {within} = _group LEFT JOIN {rows}_placed ON _row = _placed_row"""
    )
