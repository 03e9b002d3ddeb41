"""Apply what a source declares: one row a key, duplicates counted, the rest rejected with a reason.

A rejected row fills no table, not even the others that its file feeds. Its cells are kept without
personal data: only columns that carry none are copied, with e-mails, phones and IPs masked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import duckdb

from shopkeeper.data.door.number import number_rows
from shopkeeper.data.door.plan import Plan
from shopkeeper.data.door.reasons import (
    reasons,
    required_cells,
    required_columns,
    shown_cells,
)
from shopkeeper.data.door.repairs import repaired
from shopkeeper.data.door.staged import Staged, quoted
from shopkeeper.data.schema import DUCKDB
from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import Column, Table
from shopkeeper.settings import Settings


@dataclass(frozen=True, slots=True)
class Said:
    """What one file said for one table: a DuckDB relation with its new rows, one a key.

    `weak` and `by_place` are those of its `Extract`.
    """

    table: str
    relation: str
    rows: int
    weak: bool = False
    by_place: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """What one file said.

    Parameters
    ----------
    said
        The relations, the grain first; a table may have several.
    rejected_relation
        Relation (line, why_en, why_zh, cells) of the rows that were not kept.
    rows_read, kept, duplicates, rejected
        Counts of the file's rows; `rows_read` = `kept` + `duplicates` + `rejected`.
    repaired
        Column of the grain, or table.column of another table → cells that could not be read and were
        left empty.
    """

    said: tuple[Said, ...]
    rejected_relation: str
    rows_read: int
    kept: int
    duplicates: int
    rejected: int
    repaired: dict[str, int] = field(default_factory=dict)


def convert(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    kind: FileKind,
    settings: Settings,
    *,
    prefix: str,
) -> Converted | None:
    """Turn the relation `<prefix>_file` into relations named `<prefix>_…`.

    Parameters
    ----------
    connection
        Holds the staged file and the door's macros.
    staged
        What `read.stage` returned.
    kind
        The kind of file that it is.
    settings
        Zone, currency and privacy of the shop.
    prefix
        Prefix of the relations, unique in this import.

    Returns
    -------
    Converted | None
        None for a file that was read as values and in which some row is not in order: only its text
        can say why.
    """
    _prepare(connection, staged, kind, prefix)
    plan = Plan(connection, kind, settings, f"{prefix}_rows")
    door = _Door(connection, staged, kind, plan, prefix)
    tidy = door.type_cells()
    if staged.typed and not tidy:
        return None
    rejected = door.reject(tidy=tidy)
    kept, duplicates = door.keep_last(kind.grain.table)
    grain = kind.grain
    said = [Said(grain.table.name, f"{prefix}_grain", kept, by_place=grain.by_place)]
    for position, extract in enumerate(kind.others, start=1):
        said.append(Said(extract.table.name, *door.merge_rows(extract, position), extract.weak))
    read = _count(connection, f"{prefix}_rows") + len(staged.broken)
    lost = repaired(connection, kind, plan, prefix=prefix, good=door.good())
    return Converted(tuple(said), f"{prefix}_rejected", read, kept, duplicates, rejected, lost)


def _prepare(
    connection: duckdb.DuckDBPyConnection, staged: Staged, kind: FileKind, prefix: str
) -> None:
    """Define `<prefix>_rows`: the prepared rows, with every column that the source may ask for."""
    missing = [name for name in kind.optional if name not in staged.header.columns]
    added = "".join(f", NULL::VARCHAR AS {quoted(name)}" for name in missing)
    prepared = kind.rows or "SELECT * FROM file"
    # What a source prepares is read many times.
    what = "TABLE" if kind.rows and not staged.lazy else "VIEW"
    connection.execute(
        f"CREATE TEMP {what} {prefix}_rows AS WITH file AS (SELECT *{added} FROM {prefix}_file) {prepared}"
    )
    if kind.numbered_within:
        number_rows(connection, f"{prefix}_rows", kind.numbered_within)


@dataclass(slots=True)
class _Door:
    connection: duckdb.DuckDBPyConnection
    staged: Staged
    kind: FileKind
    plan: Plan
    prefix: str
    bad: int = 0
    few: dict[str, set[str]] = field(default_factory=dict)

    def type_cells(self) -> bool:
        """Define `<prefix>_0`, `<prefix>_1` …: the typed rows of the grain and of the others.

        Returns whether every row is good.
        """
        # What many rows repeat is looked at once.
        few = [
            self._few(extract, position)
            for position, extract in enumerate(self.kind.others, start=1)
        ]
        for extract, relation in zip(self.kind.others, few, strict=True):
            self.plan.learn(extract, relation)
        self.plan.learn(self.kind.grain, self.plan.source(self.kind.grain))
        extracts = (self.kind.grain, *self.kind.others)
        commas = self.plan.settle_marks(extracts, whole_file=self.staged.delimited)
        if commas and self.staged.typed:
            return False
        what = "VIEW" if self.staged.lazy or self.staged.typed else "TABLE"
        self._define(what, 0, self.plan.select(self.kind.grain))
        tidy = not self._refuses() and not self._lacks_grain()
        for position, extract in enumerate(self.kind.others, start=1):
            keyed = replace(extract, where=f"({extract.where}) AND {_present(extract)}")
            if tidy:
                self._define(
                    "TABLE", position, self.plan.select(keyed, few[position - 1], varying=True)
                )
                tidy = not self._lacks_required(f"{self.prefix}_{position}", extract.table)
            if not tidy and self.staged.typed:
                return False
            if not tidy:
                # Some row will be rejected: only the rows one by one can tell which.
                self._define("TABLE", position, self.plan.select(keyed, varying=True))
        return tidy

    def _refuses(self) -> bool:
        reasons = " OR ".join(f"coalesce({item.when}, false)" for item in self.kind.refusals)
        return bool(reasons) and _count(self.connection, f"{self.prefix}_rows WHERE {reasons}") > 0

    def _define(self, what: str, position: int, select: str) -> None:
        self.connection.execute(
            f"CREATE OR REPLACE TEMP {what} {self.prefix}_{position} AS {select}"
        )

    def _few(self, extract: Extract, position: int) -> str:
        """Return a relation of the different rows that an extract sees, each with its last `_row`."""
        source = self.plan.source(extract)
        if extract.each:
            return source
        spoken = (extract.where, *extract.columns.values())
        columns = [row[0] for row in self.connection.execute(f"DESCRIBE FROM {source}").fetchall()]
        used = {name for name in columns if name != "_row" and any(name in text for text in spoken)}
        source = next((few for few, has in self.few.items() if used <= has), source)
        few = f"{self.prefix}_{position}_few"
        listed = _listed(tuple(sorted(used)))
        self.connection.execute(
            f"CREATE TEMP TABLE {few} AS SELECT max(_row) AS _row, {listed} FROM {source} GROUP BY ALL"
        )
        self.few[few] = used
        return few

    def _lacks_grain(self) -> bool:
        grain = self.kind.grain
        if not self.staged.typed:
            return self._lacks_required(f"{self.prefix}_0", grain.table)
        # A number within a group is never missing, and costs a join.
        needed = tuple(
            c for c in required_columns(grain.table) if grain.columns.get(c.name) != "_position"
        )
        columns = {c.name: grain.columns[c.name] for c in needed if c.name in grain.columns}
        table = replace(grain.table, columns=needed)
        return self._lacks_required(f"({self.plan.select(Extract(table, columns))})", table)

    def _lacks_required(self, relation: str, table: Table) -> bool:
        missing = " OR ".join(
            f"{quoted(column.name)} IS NULL" for column in required_columns(table)
        )
        return _count(self.connection, f"{relation} WHERE {missing}") > 0

    def reject(self, *, tidy: bool) -> int:
        """Define `<prefix>_rejected`, with the broken records in it, and return its count."""
        self.connection.execute(
            f"CREATE TEMP TABLE {self.prefix}_rejected (line BIGINT, why_en VARCHAR, why_zh VARCHAR, cells VARCHAR)"
        )
        if not tidy:
            self._find_bad()
        if self.bad:
            self._explain()
        if self.staged.broken:
            # Which of its cells is what, nobody knows.
            self.connection.executemany(
                f"INSERT INTO {self.prefix}_rejected VALUES (?, ?, ?, to_json(shape_of(left(?, 4000)))::VARCHAR)",
                [[item.line, item.why.en, item.why.zh, item.text] for item in self.staged.broken],
            )
        return self.bad + len(self.staged.broken)

    def _find_bad(self) -> None:
        self.bad = self.connection.execute(
            f"CREATE TEMP TABLE {self.prefix}_bad AS SELECT _row, min(reason) AS reason FROM ("
            + " UNION ALL ".join(
                f"SELECT _row, {number} AS reason FROM ({rows})"
                for number, rows in enumerate(self._bad_rows())
            )
            + ") GROUP BY _row"
        ).fetchall()[0][0]

    def _explain(self) -> None:
        cells = shown_cells(self.kind, self.staged.header)
        reasons_en, reasons_zh = reasons(self.kind)
        lines = self.staged.lines or f"SELECT _row, _row AS _line FROM {self.prefix}_file"
        rows = (
            f"{self.prefix}_rows_numbered" if self.kind.numbered_within else f"{self.prefix}_rows"
        )
        # Each cell is cleaned under a name of its own: macros repeat their argument many times over.
        written = "".join(
            f", cell(({extract.columns.get(column.name, 'NULL')})::VARCHAR) AS _required_{number}"
            for number, (_, extract, column) in enumerate(required_cells(self.kind))
        )
        self.connection.execute(
            f"""INSERT INTO {self.prefix}_rejected
            SELECT _line AS line, CASE reason {reasons_en} END AS why_en,
                CASE reason {reasons_zh} END AS why_zh, cells
            FROM (SELECT _line, reason, {cells}::VARCHAR AS cells{written}
                FROM {self.prefix}_bad JOIN {rows} USING (_row) JOIN ({lines}) USING (_row))
            ORDER BY line"""
        )

    def keep_last(self, table: Table) -> tuple[int, int]:
        """Define `<prefix>_grain` with the last good row of each key; count kept and duplicates."""
        keys, names = _listed(table.key), _listed(table.names)
        good = f"SELECT * FROM {self.prefix}_0 WHERE {self.good()}"
        last = ""
        if self._numbered_key() and not self.bad:
            total = kept = _count(self.connection, f"{self.prefix}_rows")
        else:
            total, kept = self._pair(f"SELECT count(*), count(DISTINCT hash({keys})) FROM ({good})")
        if total != kept:
            last = f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _row DESC) = 1"
        self.connection.execute(
            f"CREATE TEMP VIEW {self.prefix}_grain AS SELECT {names} FROM ({good}) {last}"
        )
        kept = _count(self.connection, f"{self.prefix}_grain") if last else total
        return kept, total - kept

    def _numbered_key(self) -> bool:
        """Say whether the grain's key is the number of a row in its group: never the same twice."""
        within, grain = self.kind.numbered_within, self.kind.grain
        raws = {grain.columns.get(name, "") for name in grain.table.key}
        return bool(within) and raws == {within, "_position"} and self.plan.is_plain(within)

    def merge_rows(self, extract: Extract, position: int) -> tuple[str, int]:
        """Define one row a key: the last value that is there; an entity is known from its first mention.

        Returns the relation and its number of rows.
        """
        table, name = extract.table, f"{self.prefix}_{position}_merged"
        keys = _listed(table.key)
        merged = ", ".join(
            f"{self._last(extract, column)} AS {quoted(column.name)}"
            for column in table.columns
            if column.name not in table.key
        )
        present = " AND ".join(
            f"{quoted(column.name)} IS NOT NULL" for column in required_columns(table)
        )
        cells = ", ".join(
            f"CAST({extract.settled.get(column.name, quoted(column.name))} AS {DUCKDB[column.type]})"
            f" AS {quoted(column.name)}"
            for column in table.columns
        )
        grain = f"WITH grain AS (SELECT * FROM {self._grain()} WHERE {self.good()})"
        rows = self.connection.execute(
            f"""CREATE TEMP TABLE {name} AS {grain if extract.settled else ""} SELECT {cells} FROM (SELECT {keys}, {merged}
            FROM {self.prefix}_{position} WHERE {self.good()} AND {present} GROUP BY {keys})"""
        ).fetchall()[0][0]
        return name, rows

    def _grain(self) -> str:
        """Return the typed rows of the grain, without numbers in a group where those cost a join."""
        if not self.staged.typed:
            return f"{self.prefix}_0"
        grain = self.kind.grain
        columns = {name: raw for name, raw in grain.columns.items() if raw != "_position"}
        return f"({self.plan.select(Extract(grain.table, columns))})"

    def _last(self, extract: Extract, column: Column) -> str:
        name = quoted(column.name)
        if self.plan.is_constant(extract, column):
            return f"CAST({self.plan.derived(extract, column)} AS {DUCKDB[column.type]})"
        if extract.table.undated and column.name == extract.table.time:
            return f"min({name})"
        return f"arg_max({name}, _row)"

    def good(self) -> str:
        """Return the SQL condition that a row is not rejected."""
        return f"_row NOT IN (SELECT _row FROM {self.prefix}_bad)" if self.bad else "true"

    def _bad_rows(self) -> list[str]:
        empty = [
            f"SELECT _row FROM {self.prefix}_{position} WHERE {quoted(column.name)} IS NULL"
            for position, _, column in required_cells(self.kind)
        ]
        return empty + [
            f"SELECT _row FROM {self.prefix}_rows WHERE {item.when}" for item in self.kind.refusals
        ]

    def _pair(self, query: str) -> tuple[int, int]:
        first, second = self.connection.execute(query).fetchall()[0]
        return first, second


def _present(extract: Extract) -> str:
    """Return SQL: the row names the key of that table at all."""
    return " AND ".join(f"({extract.columns[name]}) IS NOT NULL" for name in extract.table.key)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])
