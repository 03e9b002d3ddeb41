"""Canonical types in the words of Arrow and of the engines."""

from __future__ import annotations

import pyarrow as pa

from shopkeeper.data.tables import Table, Type

ARROW: dict[Type, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "money": pa.decimal128(18, 4),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
}
DUCKDB: dict[Type, str] = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "money": "DECIMAL(18,4)",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a canonical table.

    Examples
    --------
    >>> from shopkeeper.data.tables import CATEGORIES
    >>> arrow_schema(CATEGORIES).names
    ['category', 'language', 'name', 'source']
    """
    return pa.schema([(column.name, ARROW[column.type]) for column in table.columns])


def conformed(data: pa.Table, table: Table) -> pa.Table:
    """Return `data` with exactly the columns and types of `table`; missing columns are null.

    Raises
    ------
    ValueError
        `data` has a column that the table does not declare.
    """
    unknown = set(data.column_names) - set(table.names)
    if unknown:
        raise ValueError(f"{table.name} declares no column {', '.join(sorted(unknown))}")
    schema = arrow_schema(table)
    columns = [
        _cast(data[item.name], item.type)
        if item.name in data.column_names
        else pa.nulls(data.num_rows, item.type)
        for item in schema
    ]
    return pa.table(columns, schema=schema)


def _cast(values: pa.ChunkedArray, target: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_decimal(target):
        # Arrow refuses int64 to decimal(18, 4) outright, even where every value fits.
        values = values.cast(pa.decimal128(38, target.scale))
    return values.cast(target)
