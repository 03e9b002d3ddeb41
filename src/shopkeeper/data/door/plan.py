"""SQL for each canonical column of one kind of file."""

from __future__ import annotations

import re

import duckdb

from shopkeeper.data.door.read import literal, quoted
from shopkeeper.data.privacy import protected
from shopkeeper.data.schema import DUCKDB
from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import Column, Table
from shopkeeper.settings import Settings

_READERS = {"money": "amount", "int64": "whole", "float64": "number", "boolean": "yes", "string": "cell"}
_SLASHED = r"^\D*(\d{1,2})[/.-]\d{1,2}[/.-]\d{2,4}"


class Plan:
    """How the cells of one file are typed, protected and completed.

    Parameters
    ----------
    connection
        Holds the relation `rows` names and the door's macros.
    kind
        The kind of file.
    settings
        Zone, currency and privacy of the shop.
    rows
        Name of the relation that holds the file's prepared rows.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, kind: FileKind, settings: Settings, rows: str
    ) -> None:
        self.connection = connection
        self.kind = kind
        self.rows = rows
        self.zone = kind.zone if kind.zone_is_fixed else settings.time_zone or kind.zone
        self.currency = kind.currency or settings.currency
        self.privacy = settings.privacy
        self._types: dict[str, str] = {}
        self._day_firsts: dict[str, str] = {}

    def select(self, extract: Extract) -> str:
        """Return the SELECT of an extract: `_row` and every canonical column."""
        source = self._source(extract)
        self._learn(extract, source)
        columns = ", ".join(
            f"CAST({self._stored(extract, column)} AS {DUCKDB[column.type]}) AS {quoted(column.name)}"
            for column in extract.table.columns
        )
        return f"SELECT _row, {columns} FROM {source} WHERE {extract.where}"

    def is_text(self, raw: str) -> bool:
        """Say whether a raw expression of a learnt extract is text."""
        return self._types[raw] == "VARCHAR"

    def _stored(self, extract: Extract, column: Column) -> str:
        raw = extract.columns.get(column.name)
        if raw is None:
            return self._derived(extract, column)
        return protected(column, self._typed(column, raw), self.privacy)

    def _typed(self, column: Column, raw: str) -> str:
        if column.type == "timestamp":
            return self._instant(raw)
        if self.is_text(raw):
            return self._day(raw) if column.type == "date" else f"{_READERS[column.type]}({raw})"
        if column.type == "string":
            return f"cell(CAST({raw} AS VARCHAR))"
        return f"TRY_CAST({raw} AS {DUCKDB[column.type]})"

    def _instant(self, raw: str) -> str:
        kind = self._types[raw]
        if kind == "VARCHAR":
            return f"instant({raw}, {literal(self.zone)}, {self._day_first(raw)})"
        if kind == "TIMESTAMP WITH TIME ZONE":
            return f"({raw} AT TIME ZONE 'UTC')"
        if self.kind.platform == "canonical" and kind.startswith("TIMESTAMP"):
            return raw
        return f"((CAST({raw} AS TIMESTAMP) AT TIME ZONE {literal(self.zone)}) AT TIME ZONE 'UTC')"

    def _day(self, raw: str) -> str:
        if self.is_text(raw):
            return f"CAST(local_time({raw}, {self._day_first(raw)}) AS DATE)"
        return f"CAST(({self._instant(raw)} AT TIME ZONE 'UTC') AT TIME ZONE {literal(self.zone)} AS DATE)"

    def _derived(self, extract: Extract, column: Column) -> str:
        if column.name == "source":
            return literal(self.kind.platform)
        if column.name == "currency" and self.currency:
            return literal(self.currency)
        time = extract.columns.get(extract.table.time or "")
        if time is None:
            return "NULL"
        if column.name == "time_zone":
            zone = literal(self.zone)
            return f"zone_of({time}, {zone})" if self.is_text(time) else zone
        return self._day(time) if column.name == _day_column(extract.table) else "NULL"

    def _source(self, extract: Extract) -> str:
        if not extract.each:
            return self.rows
        listed = f"SELECT *, {extract.each} AS _items FROM {self.rows} WHERE {extract.where}"
        return (f"(SELECT * EXCLUDE (_items), unnest(_items) AS _item, "
                f"unnest(range(1, len(_items) + 1)) AS _number FROM ({listed}))")

    def _learn(self, extract: Extract, source: str) -> None:
        unknown = [raw for raw in dict.fromkeys(extract.columns.values()) if raw not in self._types]
        if unknown:
            listed = ", ".join(f"{raw} AS c{index}" for index, raw in enumerate(unknown))
            rows = self.connection.execute(f"DESCRIBE SELECT {listed} FROM {source}").fetchall()
            self._types |= {raw: row[1] for raw, row in zip(unknown, rows, strict=True)}

    def _day_first(self, raw: str) -> str:
        """Say whether 03/04/2024 is the third of April: true once any first part exceeds 12."""
        if raw not in self._day_firsts:
            self._day_firsts[raw] = "true" if self._slashed(raw) and self._exceeds(raw) else "false"
        return self._day_firsts[raw]

    def _slashed(self, raw: str) -> bool:
        row = self.connection.execute(f"SELECT {raw} FROM {self.rows} WHERE {raw} IS NOT NULL LIMIT 1").fetchone()
        return row is not None and re.match(_SLASHED, str(row[0])) is not None

    def _exceeds(self, raw: str) -> bool:
        first = f"TRY_CAST(regexp_extract({raw}, '{_SLASHED}', 1) AS INT)"
        row = self.connection.execute(f"SELECT max({first}) > 12 FROM {self.rows}").fetchone()
        return bool(row and row[0])


def _day_column(table: Table) -> str:
    """The `…_on` column that goes with the table's time, if it has one."""
    return (table.time or "").removesuffix("_at") + "_on"
