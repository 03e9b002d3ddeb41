"""Number the lines of an order that several files bring, where no file gives a line a number.

Such lines are numbered by their place in the file. A later file that brings an order again brings it
whole, or brings lines that an earlier file did not have; only the lines themselves can tell. It is taken
to be whole where it has at least as many lines as the shop and at least half of the shop's are among
them: then a line of the same product takes that line's number, and the others replace what is gone.
Otherwise a line that is equal to one of the shop's is that line, and the others follow the last one.

Limits: a line that is equal to one of the shop's is never a second such line, when the two come from two
files; and a continuation that happens to repeat half of the products is taken for the whole.
"""

from __future__ import annotations

import duckdb

from shopkeeper.data.door.staged import quoted
from shopkeeper.data.tables import Table

# What a line is of, and what else makes two lines equal. The lines of other tables go by their place.
_KNOWN_BY = {
    "order_items": ("coalesce(product_id, title)", ("quantity", "price")),
    "payments": ("method", ("amount",)),
}


def renumbered(
    connection: duckdb.DuckDBPyConnection, table: Table, before: str, relation: str
) -> str:
    """Return a relation: the rows of `relation`, with lines that are written over no other line.

    Parameters
    ----------
    connection
        Holds the relations.
    table
        `order_items` or `payments`; any other table's relation is returned as it is.
    before
        SELECT of what is known so far.
    relation
        Name of the relation with the new rows, numbered by their place.
    """
    if table.name not in _KNOWN_BY or not _shares_orders(connection, before, relation):
        return relation
    of, also = _KNOWN_BY[table.name]
    equal = ", ".join(("_of", *also))
    names = ", ".join(quoted(name) for name in table.names if name != "line")
    connection.execute(f"""CREATE TEMP TABLE {relation}_lines AS
        WITH stored AS ({_numbered(f"({before})", of, equal)} SEMI JOIN {relation} USING (order_id)),
        told AS ({_numbered(relation, of, equal)} SEMI JOIN ({before}) USING (order_id)),
        held AS (SELECT order_id, count(*) AS many, max(line) AS last FROM stored GROUP BY order_id),
        paired AS (SELECT told.*, alike.line AS like_line, same.line AS same_line
            FROM told LEFT JOIN stored alike ON {_pairs("alike", ("_of", "_nth"))}
            LEFT JOIN stored same ON {_pairs("same", ("_of", *also, "_equal_nth"))}),
        judged AS (SELECT order_id, count(*) >= any_value(many) AND 2 * count(like_line) >= any_value(many) AS whole
            FROM paired JOIN held USING (order_id) GROUP BY order_id),
        known AS (SELECT *, CASE WHEN whole THEN like_line ELSE same_line END AS known
            FROM paired JOIN judged USING (order_id) JOIN held USING (order_id)),
        free AS (SELECT order_id, stored.line AS free_line,
                row_number() OVER (PARTITION BY order_id ORDER BY stored.line) AS place
            FROM stored ANTI JOIN known ON stored.order_id = known.order_id AND stored.line = known.known),
        placed AS (SELECT *, count(known) OVER (PARTITION BY order_id) AS matched,
            row_number() OVER (PARTITION BY order_id, known IS NULL ORDER BY line) AS place FROM known)
        SELECT {names}, coalesce(known, CASE WHEN whole THEN free_line END,
            last + place - CASE WHEN whole THEN many - matched ELSE 0 END) AS line
        FROM placed LEFT JOIN free USING (order_id, place)
        UNION ALL SELECT {names}, line FROM {relation} ANTI JOIN stored USING (order_id)""")
    return f"{relation}_lines"


def _shares_orders(connection: duckdb.DuckDBPyConnection, before: str, relation: str) -> bool:
    query = f"SELECT 1 FROM {relation} SEMI JOIN ({before}) USING (order_id) LIMIT 1"
    return bool(connection.execute(query).fetchall())


def _numbered(rows: str, of: str, equal: str) -> str:
    """Return a SELECT without its end: rows with their place among those alike and those equal."""
    return f"""SELECT *, row_number() OVER (PARTITION BY order_id, _of ORDER BY line) AS _nth,
        row_number() OVER (PARTITION BY order_id, {equal} ORDER BY line) AS _equal_nth
        FROM (SELECT *, {of} AS _of FROM {rows})"""


def _pairs(other: str, names: tuple[str, ...]) -> str:
    equal = [f"told.{name} IS NOT DISTINCT FROM {other}.{name}" for name in names]
    return " AND ".join((f"told.order_id = {other}.order_id", *equal))
