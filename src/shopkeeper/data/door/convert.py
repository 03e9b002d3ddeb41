"""Apply what a source declares: one row a key, duplicates counted, the rest rejected with a reason.

A rejected row fills no table, not even the others that its file feeds. Its cells are kept without
personal data: only columns that carry none are copied, with e-mails, phones and IPs masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import duckdb

from shopkeeper.data.door.plan import Plan
from shopkeeper.data.door.read import Staged, literal, quoted
from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import Column, Table
from shopkeeper.settings import Settings

_AS = {
    "timestamp": ("a time", "时间"), "date": ("a day", "日期"), "money": ("an amount", "金额"),
    "int64": ("a whole number", "整数"), "float64": ("a number", "数字"),
    "boolean": ("yes or no", "是或否"), "string": ("text", "文本"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one file said for one table: a DuckDB relation with its new rows, one a key."""

    table: str
    relation: str
    weak: bool = False


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
        Column of the grain → cells that could not be read and were left empty.
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
) -> Converted:
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
    """
    _prepare(connection, staged, kind, prefix)
    plan = Plan(connection, kind, settings, f"{prefix}_rows")
    door = _Door(connection, staged, kind, plan, prefix)
    door.type_cells()
    rejected = door.reject()
    kept, duplicates = door.keep_last(kind.grain.table)
    said = [Said(kind.grain.table.name, f"{prefix}_grain")]
    for position, extract in enumerate(kind.others, start=1):
        said.append(Said(extract.table.name, door.merge_rows(extract, position), extract.weak))
    read = _count(connection, f"{prefix}_rows") + len(staged.broken)
    return Converted(
        tuple(said), f"{prefix}_rejected", read, kept, duplicates, rejected, door.repaired()
    )


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


@dataclass(frozen=True, slots=True)
class _Door:
    connection: duckdb.DuckDBPyConnection
    staged: Staged
    kind: FileKind
    plan: Plan
    prefix: str

    def type_cells(self) -> None:
        """Define `<prefix>_0`, `<prefix>_1` …: the typed rows of the grain and of the others."""
        what = "VIEW" if self.staged.lazy else "TABLE"
        self._define(what, 0, self.plan.select(self.kind.grain))
        clean = not self._refuses() and not self._lacks_required(0, self.kind.grain.table)
        for position, extract in enumerate(self.kind.others, start=1):
            self.plan.learn(extract)
            if clean:
                relation, compact = self._compact(extract)
                self._define("TABLE", position, self.plan.select(compact, relation))
            if not clean or self._lacks_required(position, extract.table):
                # Some row will be rejected: only the rows one by one can tell which.
                keyed = replace(extract, where=f"{extract.where} AND {_present(extract)}")
                self._define("TABLE", position, self.plan.select(keyed))

    def _refuses(self) -> bool:
        reasons = " OR ".join(f"coalesce({item.when}, false)" for item in self.kind.refusals)
        return bool(reasons) and _count(self.connection, f"{self.prefix}_rows WHERE {reasons}") > 0

    def _define(self, what: str, position: int, select: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP {what} {self.prefix}_{position} AS {select}")

    def _compact(self, extract: Extract) -> tuple[str, Extract]:
        """One row for each key and time as they are written, so that few cells need be typed."""
        table, columns = extract.table, extract.columns
        exact = {name for name in columns if name in table.key or table.column(name).type == "timestamp"}
        aliases = {name: f"_c{index}" for index, name in enumerate(columns)}
        for name, raw in columns.items():
            self.plan.adopt(raw, aliases[name])
        grouped = ", ".join(f"{columns[name]} AS {aliases[name]}" for name in columns if name in exact)
        last = ", ".join(
            f"arg_max({self._blank_free(raw)}, _row) AS {aliases[name]}"
            for name, raw in columns.items()
            if name not in exact
        )
        chosen = ", ".join(part for part in ("max(_row) AS _row", grouped, last) if part)
        relation = (
            f"(SELECT {chosen} FROM {self.plan.source(extract)} WHERE {extract.where} AND {_present(extract)} "
            f"GROUP BY {', '.join(aliases[name] for name in exact)})"
        )
        return relation, Extract(table, aliases)

    def _blank_free(self, raw: str) -> str:
        return self.plan.text(raw) if self.plan.is_text(raw) else raw

    def _lacks_required(self, position: int, table: Table) -> bool:
        missing = " OR ".join(f"{quoted(column.name)} IS NULL" for column in _required(table))
        return _count(self.connection, f"{self.prefix}_{position} WHERE {missing}") > 0

    def reject(self) -> int:
        """Define `<prefix>_rejected`, with the broken records in it, and return its count."""
        self.connection.execute(
            f"CREATE TEMP TABLE {self.prefix}_bad AS SELECT _row, min(reason) AS reason FROM ("
            + " UNION ALL ".join(f"SELECT _row, {number} AS reason FROM ({rows})" for number, rows in enumerate(self._bad_rows()))
            + ") GROUP BY _row"
        )
        self.connection.execute(
            f"CREATE TEMP TABLE {self.prefix}_rejected (line BIGINT, why_en VARCHAR, why_zh VARCHAR, cells VARCHAR)"
        )
        if _count(self.connection, f"{self.prefix}_bad"):
            self._explain()
        hide = "shape_of" if self._personal() else "masked"
        if self.staged.broken:
            self.connection.executemany(
                f"INSERT INTO {self.prefix}_rejected VALUES (?, ?, ?, to_json({hide}(left(?, 4000)))::VARCHAR)",
                [[item.line, item.why.en, item.why.zh, item.text] for item in self.staged.broken],
            )
        return _count(self.connection, f"{self.prefix}_rejected")

    def _explain(self) -> None:
        bad = _count(self.connection, f"{self.prefix}_bad")
        cells = self._cells()
        reasons_en, reasons_zh = self._reasons()
        lines = self.staged.lines or f"SELECT _row, _row AS _line FROM {self.prefix}_file"
        if not bad:
            lines = "SELECT 0 AS _row, 0 AS _line WHERE false"
        # Each cell is cleaned under a name of its own: macros repeat their argument many times over.
        written = "".join(
            f", cell(({extract.columns.get(column.name, 'NULL')})::VARCHAR) AS _required_{number}"
            for number, (_, extract, column) in enumerate(self._required_cells())
        )
        self.connection.execute(
            f"""INSERT INTO {self.prefix}_rejected
            SELECT _line AS line, CASE reason {reasons_en} END AS why_en,
                CASE reason {reasons_zh} END AS why_zh, cells
            FROM (SELECT _line, reason, {cells}::VARCHAR AS cells{written}
                FROM {self.prefix}_bad JOIN {self.prefix}_rows USING (_row) JOIN ({lines}) USING (_row))
            ORDER BY line"""
        )

    def keep_last(self, table: Table) -> tuple[int, int]:
        """Define `<prefix>_grain` with the last good row of each key; count kept and duplicates."""
        keys, names = _listed(table.key), _listed(table.names)
        good = f"SELECT * FROM {self.prefix}_0 {self._good()}"
        total, distinct = self._pair(f"SELECT count(*), count(DISTINCT hash({keys})) FROM ({good})")
        last = ""
        if total != distinct:
            last = f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _row DESC) = 1"
        self.connection.execute(f"CREATE TEMP VIEW {self.prefix}_grain AS SELECT {names} FROM ({good}) {last}")
        kept = _count(self.connection, f"{self.prefix}_grain") if last else total
        return kept, total - kept

    def merge_rows(self, extract: Extract, position: int) -> str:
        """Define one row a key: the last value that is there; an entity is known from its first mention."""
        table, name = extract.table, f"{self.prefix}_{position}_merged"
        keys = _listed(table.key)
        merged = ", ".join(
            f"{self._last(extract, column)} AS {quoted(column)}"
            for column in table.names
            if column not in table.key
        )
        present = " AND ".join(f"{quoted(column.name)} IS NOT NULL" for column in _required(table))
        self.connection.execute(
            f"""CREATE TEMP TABLE {name} AS SELECT {_listed(table.names)} FROM (SELECT {keys}, {merged}
            FROM {self.prefix}_{position} {self._good()} AND {present} GROUP BY {keys})"""
        )
        return name

    def _last(self, extract: Extract, column: str) -> str:
        if extract.table.undated and column == extract.table.time:
            return f"min({quoted(column)})"
        if column in extract.columns or column in ("time_zone", extract.table.day):
            return f"arg_max({quoted(column)}, _row)"
        return f"any_value({quoted(column)})"

    def repaired(self) -> dict[str, int]:
        """Count the cells of good rows that held something and could not be read."""
        typed = {
            column.name: self.kind.grain.columns[column.name]
            for column in self.kind.grain.table.columns
            if column.type != "string"
            and not column.personal
            and column.name in self.kind.grain.columns
            and self.plan.may_fail(column, self.kind.grain.columns[column.name])
        }
        if not typed:
            return {}
        written = ", ".join(f"count(cell({raw}))" for raw in typed.values())
        understood = ", ".join(f"count({quoted(name)})" for name in typed)
        before = self.connection.execute(f"SELECT {written} FROM {self.prefix}_rows {self._good()}").fetchone() or ()
        after = self.connection.execute(f"SELECT {understood} FROM {self.prefix}_0 {self._good()}").fetchone() or ()
        lost = {name: b - a for name, b, a in zip(typed, before, after, strict=True)}
        return {name: count for name, count in lost.items() if count > 0}

    def _good(self) -> str:
        if _count(self.connection, f"{self.prefix}_bad"):
            return f"WHERE _row NOT IN (SELECT _row FROM {self.prefix}_bad)"
        return "WHERE true"

    def _required_cells(self) -> list[tuple[int, Extract, Column]]:
        extracts = enumerate((self.kind.grain, *self.kind.others))
        return [
            (position, extract, column)
            for position, extract in extracts
            for column in _required(extract.table)
            # Other tables simply have nothing to say where their key, or an item of a list, is empty.
            if position == 0 or (column.name not in extract.table.key and not extract.each)
        ]

    def _bad_rows(self) -> list[str]:
        empty = [
            f"SELECT _row FROM {self.prefix}_{position} WHERE {quoted(column.name)} IS NULL"
            for position, _, column in self._required_cells()
        ]
        return empty + [f"SELECT _row FROM {self.prefix}_rows WHERE {item.when}" for item in self.kind.refusals]

    def _reasons(self) -> tuple[str, str]:
        hidden = self._personal()
        en, zh = [], []
        for number, (_, extract, column) in enumerate(self._required_cells()):
            secret = _columns_in(extract.columns.get(column.name, "")) & hidden
            shown = "'…'" if secret else f"masked(left(_required_{number}, 60))"
            missing, (as_en, as_zh) = f"_required_{number} IS NULL", _AS[column.type]
            en.append(f"WHEN {number} THEN CASE WHEN {missing} THEN '{column.name} is empty' ELSE "
                      f"'{column.name}: cannot read “' || {shown} || '” as {as_en}' END")
            zh.append(f"WHEN {number} THEN CASE WHEN {missing} THEN '{column.name} 为空' ELSE "
                      f"'{column.name}：“' || {shown} || '”不是可读的{as_zh}' END")
        for number, item in enumerate(self.kind.refusals, start=len(en)):
            en.append(f"WHEN {number} THEN {literal(item.why.en)}")
            zh.append(f"WHEN {number} THEN {literal(item.why.zh)}")
        return " ".join(en), " ".join(zh)

    def _cells(self) -> str:
        used = set().union(*(_columns_in(raw) for _, raw in self._mapped()))
        open_columns = [name for name in self.staged.header.columns if name in used - self._personal()]
        listed = ", ".join(f"{literal(name)}, masked({quoted(name)}::VARCHAR)" for name in open_columns)
        return f"json_object({listed})"

    def _personal(self) -> set[str]:
        """Columns of the file that hold personal data, or that an id is made of."""
        hidden: set[str] = set()
        for column, raw in self._mapped():
            if (column.personal and column.personal != "text") or re.search(r"\b(pseudonym|hashed)\(", raw):
                hidden |= _columns_in(raw)
        return hidden

    def _mapped(self) -> list[tuple[Column, str]]:
        return [
            (extract.table.column(name), raw)
            for extract in (self.kind.grain, *self.kind.others)
            for name, raw in extract.columns.items()
        ]

    def _pair(self, query: str) -> tuple[int, int]:
        first, second = self.connection.execute(query).fetchall()[0]
        return first, second


def _present(extract: Extract) -> str:
    """Return SQL: the row names the key of that table at all."""
    return " AND ".join(f"({extract.columns[name]}) IS NOT NULL" for name in extract.table.key)


def _required(table: Table) -> tuple[Column, ...]:
    return tuple(column for column in table.columns if column.required)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def _columns_in(raw: str) -> set[str]:
    """Return the quoted column names in an SQL expression."""
    return {name.replace('""', '"') for name in re.findall(r'"((?:[^"]|"")+)"', raw)}


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])
