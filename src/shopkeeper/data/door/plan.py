"""SQL for each canonical column of one kind of file."""

from __future__ import annotations

import re

import duckdb

from shopkeeper.data.door.staged import literal, quoted
from shopkeeper.data.privacy import guard_of, protected
from shopkeeper.data.schema import DUCKDB
from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import Column
from shopkeeper.settings import Settings

_READERS = {"money": "amount", "int64": "whole", "float64": "number", "boolean": "yes"}
_NUMBERS = ("money", "int64", "float64")
_BLANKS = r"""'', '-', '--', 'NULL', 'null', 'nan', 'NaN', 'None', 'N/A', '\N', '""'"""
_SPACED = "({x} BETWEEN ' ' AND '!' OR ends_with({x}, ' '))"
_WRAPPED = "regexp_matches(trim({x}), '^[''=\\t\\r\\n\ufeff]|[\\t\\r\\n]$')"
# How clean a text column is, found in one pass: the general readers cost ten times a plain cast, and
# comparisons cost least.
_TESTS = {
    "string": "CASE WHEN bool_or({x} < ' ' AND {x} <> '' OR {x} BETWEEN '''' AND '(' OR {x} BETWEEN '=' AND '>'"
    " OR {x} > chr(65278) OR ends_with({x}, chr(13)) OR ends_with({x}, chr(9))"
    f" OR CASE WHEN {_SPACED} THEN {_WRAPPED} END) THEN NULL"
    f" WHEN bool_or(CASE WHEN strlen({{x}}) < 5 OR {_SPACED} THEN trim({{x}}) IN ({_BLANKS}) END) THEN 'blanks'"
    f" WHEN bool_or({_SPACED}) THEN 'spaced' ELSE 'plain' END",
    "timestamp": "CASE WHEN count({x}) = count(TRY_CAST({x} AS TIMESTAMP)) AND max(length({x})) <= 19"
    " THEN 'TIMESTAMP' END",
    "money": "CASE WHEN count({x}) = count(TRY_CAST({x} AS DECIMAL(18,4))) THEN 'DECIMAL(18,4)' END",
    "float64": "CASE WHEN count({x}) = count(CASE WHEN isfinite(TRY_CAST({x} AS DOUBLE)) THEN 1 END) THEN 'DOUBLE' END",
    "int64": "CASE WHEN count({x}) = count(CASE WHEN abs(TRY_CAST({x} AS DOUBLE)) < 9e15"
    " AND TRY_CAST({x} AS DOUBLE) = trunc(TRY_CAST({x} AS DOUBLE)) THEN 1 END) THEN 'BIGINT' END",
}
# One word or another of the source's own.
_OWN_WORDS = re.compile(r"CASE WHEN (?:(?!THEN|ELSE).)+ THEN '[a-z_]+' ELSE '[a-z_]+' END")
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
        Name of the relation that holds the file's prepared rows; `<rows>_numbered` holds `_position`
        as well, where the kind asks for it.
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
        self._clean: dict[str, str] = {}
        self._day_firsts: dict[str, str] = {}
        self._commas: set[str] = set()
        self._unchanged: set[tuple[str, str]] = set()

    def select(self, extract: Extract, relation: str = "", *, varying: bool = False) -> str:
        """Return the SELECT of an extract: `_row` and the canonical columns.

        Parameters
        ----------
        extract
            What the rows say for one table.
        relation
            Where to select from, when it is not the file's own rows.
        varying
            Leave out the columns that say the same in every row, and may.
        """
        source = relation or self.source(extract)
        self.learn(extract, source)
        columns = ", ".join(
            f"CAST({self._stored(extract, column)} AS {DUCKDB[column.type]}) AS {quoted(column.name)}"
            for column in extract.table.columns
            if not varying or column.required or not self.is_constant(extract, column)
        )
        return f"SELECT _row, {columns} FROM ({self._cells(extract, source)})"

    def unreadable(self, extract: Extract, columns: list[Column], good: str) -> str:
        """Return the SELECT of how many cells of each column held something and cannot be read.

        Rows of one key that repeat a cell count once.

        Parameters
        ----------
        extract
            A learnt extract.
        columns
            Some of its columns.
        good
            SQL condition on `_row`: the row is kept.
        """
        keys = ", ".join(self._bound(extract.columns[name]) for name in extract.table.key)
        counts = ", ".join(
            f"count(DISTINCT CASE WHEN {self._bound(raw)} IS NOT NULL AND ({self._typed(column, raw)}) IS NULL"
            f" THEN hash({keys}, {self._bound(raw)}) END)"
            for column in columns
            for raw in [extract.columns[column.name]]
        )
        return f"SELECT {counts} FROM ({self._cells(extract, self.source(extract))}) WHERE {good}"

    def _cells(self, extract: Extract, source: str) -> str:
        """Return the SELECT that cleans each cell under a name of its own.

        Macros repeat their argument many times over.
        """
        cells = "".join(
            f", {self.text(raw) if self.is_text(raw) else raw} AS {self._bound(raw)}"
            for raw in dict.fromkeys(extract.columns.values())
        )
        return f"SELECT _row{cells} FROM {source} WHERE {extract.where}"

    def is_text(self, raw: str) -> bool:
        """Say whether a raw expression of a learnt extract is text."""
        return self._types[raw] == "VARCHAR"

    def may_fail(self, column: Column, raw: str) -> bool:
        """Say whether some cell of a learnt text column may be unreadable as the column's type."""
        if self.written(raw) != raw:
            return True
        return self.is_text(raw) and self._clean.get(raw) != DUCKDB[column.type]

    def written(self, raw: str) -> str:
        """Return the text cell that a raw expression reads a time from, or the expression itself."""
        found = re.fullmatch(r"epoch_(?:milli)?seconds\((.+)\)", raw)
        return found[1] if found else raw

    def _bound(self, raw: str) -> str:
        return f"_cell_{list(self._types).index(raw)}"

    def _stored(self, extract: Extract, column: Column) -> str:
        raw = extract.columns.get(column.name)
        if raw is None:
            return self.derived(extract, column)
        is_clean = (raw, guard_of(column)) in self._unchanged
        return protected(column, self._typed(column, raw), self.privacy, is_clean=is_clean)

    def text(self, raw: str) -> str:
        """Return the SQL that trims a text cell, as little as its column needs."""
        spaced = _SPACED.format(x=f"({raw})")
        match self._clean.get(raw, ""):
            case "":
                return f"cell({raw})"
            case "spaced":
                return f"CASE WHEN {spaced} THEN trim({raw}) ELSE {raw} END"
            case "blanks":
                short = f"strlen({raw}) < 5 OR {spaced}"
                blank = f"trim({raw}) IN ({_BLANKS})"
                return f"CASE WHEN {short} THEN CASE WHEN NOT {blank} THEN trim({raw}) END ELSE {raw} END"
            case _:
                return raw

    def _typed(self, column: Column, raw: str) -> str:
        value, target = self._bound(raw), DUCKDB[column.type]
        if column.type == "timestamp":
            return self._instant(raw)
        if column.type == "date":
            return self._day(raw)
        if column.type == "string":
            return self._words(column, value if self.is_text(raw) else f"cell({value}::VARCHAR)")
        if not self.is_text(raw):
            return f"TRY_CAST({value} AS {target})"
        if self._clean.get(raw) == target:
            return f"TRY_CAST({value} AS {target})"
        reader = "stars" if column.name == "rating" else _READERS[column.type]
        return f"{reader}({value}, comma := true)" if raw in self._commas else f"{reader}({value})"

    def _words(self, column: Column, text: str) -> str:
        if column.name != "currency":
            return text
        return f"currency_code({text}, {literal(self.currency)})"

    def _instant(self, raw: str) -> str:
        kind, value = self._types[raw], self._bound(raw)
        if kind == "VARCHAR" and self._clean.get(raw) != "TIMESTAMP":
            return f"instant({value}, {literal(self.zone)}, {self._day_first(raw)})"
        if kind == "TIMESTAMP WITH TIME ZONE":
            return f"({value} AT TIME ZONE 'UTC')"
        if self.kind.platform == "canonical" and kind.startswith("TIMESTAMP"):
            return value
        return (
            f"((CAST({value} AS TIMESTAMP) AT TIME ZONE {literal(self.zone)}) AT TIME ZONE 'UTC')"
        )

    def _day(self, raw: str) -> str:
        if self._clean.get(raw) == "TIMESTAMP" or (
            self._types[raw] == "TIMESTAMP" and self.kind.platform != "canonical"
        ):
            return f"CAST(CAST({self._bound(raw)} AS TIMESTAMP) AS DATE)"
        if self.is_text(raw):
            return f"local_day({self._bound(raw)}, {literal(self.zone)}, {self._day_first(raw)})"
        if self._types[raw] == "DATE":
            return self._bound(raw)
        return f"CAST(({self._instant(raw)} AT TIME ZONE 'UTC') AT TIME ZONE {literal(self.zone)} AS DATE)"

    def derived(self, extract: Extract, column: Column) -> str:
        """Return the SQL of a column that the mapping leaves out."""
        if column.name == "source":
            return literal(self.kind.platform)
        if column.name == "currency" and self.currency:
            return literal(self.currency)
        time = extract.columns.get(extract.table.time or "")
        if time is None:
            return "NULL"
        if column.name == "time_zone":
            zone = literal(self.zone)
            offsets = self.is_text(time) and self._clean.get(time) != "TIMESTAMP"
            return f"zone_of({self._bound(time)}, {zone})" if offsets else zone
        return self._day(time) if column.name == extract.table.day else "NULL"

    def is_constant(self, extract: Extract, column: Column) -> bool:
        """Say whether a column of a learnt extract says the same in every row."""
        return column.name not in extract.columns and "_cell_" not in self.derived(extract, column)

    def source(self, extract: Extract) -> str:
        """Return the relation whose rows speak for an extract."""
        asked = any("_position" in raw for raw in extract.columns.values())
        rows = f"{self.rows}_numbered" if asked and self.kind.numbered_within else self.rows
        if not extract.each:
            return rows
        listed = f"SELECT *, {extract.each} AS _items FROM {rows}"
        return (
            f"(SELECT * EXCLUDE (_items), unnest(_items) AS _item, "
            f"unnest(range(1, len(_items) + 1)) AS _number FROM ({listed}))"
        )

    def learn(self, extract: Extract, source: str) -> None:
        """Look at the raw cells of an extract once, so that clean columns are read the fast way."""
        kinds = {raw: extract.table.column(name) for name, raw in extract.columns.items()}
        unknown = [raw for raw in kinds if raw not in self._types]
        # A row without items speaks for other extracts by the same cells.
        listed = [raw for raw in unknown if not extract.each or re.search("_(item|number)", raw)]
        self._look(kinds, listed, source)
        self._look(kinds, [raw for raw in unknown if raw not in listed], self.rows)

    def _look(self, kinds: dict[str, Column], unknown: list[str], source: str) -> None:
        if not unknown:
            return
        listed = ", ".join(f"{raw} AS c{index}" for index, raw in enumerate(unknown))
        rows = self.connection.execute(f"DESCRIBE SELECT {listed} FROM {source}").fetchall()
        self._types |= {raw: row[1] for raw, row in zip(unknown, rows, strict=True)}
        texts = [raw for raw in unknown if self.is_text(raw) and kinds[raw].type in _TESTS]
        own = {raw for raw in texts if _OWN_WORDS.fullmatch(raw)}
        self._clean |= dict.fromkeys(own, "plain")
        self._unchanged |= {(raw, guard_of(kinds[raw])) for raw in own}
        texts = [raw for raw in texts if raw not in own]
        if texts:
            # Each cell is computed once, however often the tests speak of it.
            cells = ", ".join(f"{raw} AS c{index}" for index, raw in enumerate(texts))
            tests = ", ".join(
                _TESTS[kinds[raw].type].format(x=f"c{index}") for index, raw in enumerate(texts)
            )
            guards = [guard_of(kinds[raw]) for raw in texts]
            changed = ", ".join(
                f"bool_or({guard}(c{index}) <> c{index})" if guard else "NULL"
                for index, guard in enumerate(guards)
            )
            query = f"SELECT {tests}, {changed} FROM (SELECT {cells} FROM {source})"
            found = self.connection.execute(query).fetchall()[0]
            clean = dict(zip(texts, found[: len(texts)], strict=True))
            self._clean |= {raw: answer for raw, answer in clean.items() if answer}
            pairs = zip(texts, guards, found[len(texts) :], strict=True)
            self._unchanged |= {(raw, guard) for raw, guard, is_changed in pairs if not is_changed}

    def settle_marks(self, extracts: tuple[Extract, ...], *, whole_file: bool) -> bool:
        """Find the learnt number columns in which `1,234` is less than two, so a comma is decimal.

        A column is read as its own cells prove; where they prove nothing, as those of the file do.

        Parameters
        ----------
        extracts
            Every extract of the file.
        whole_file
            The file is one text, written in one way; the cells of a sheet are not.

        Returns
        -------
        bool
            The whole file is written with decimal commas.
        """
        raws = {
            raw: extract.table.column(name).type
            for extract in extracts
            if not extract.each
            for name, raw in extract.columns.items()
            if extract.table.column(name).type in _NUMBERS and self.is_text(raw)
        }
        odd = [raw for raw, kind in raws.items() if self._clean.get(raw) != DUCKDB[kind]]
        if not odd:
            return False
        proofs = self._proofs(odd)
        self._commas = {raw for raw, proof in proofs.items() if proof > 0}
        if not whole_file or sum(proofs.values()) <= 0:
            return False
        even = self._proofs([raw for raw in raws if raw not in odd])
        for raw in (raw for raw, proof in (proofs | even).items() if proof == 0):
            self._commas.add(raw)
            self._clean.pop(raw, None)
        return True

    def _proofs(self, raws: list[str]) -> dict[str, int]:
        """Return for each raw cell how many more cells prove a decimal comma than a decimal point."""
        if not raws:
            return {}
        sums = ", ".join(f"coalesce(sum(proven_mark({raw})), 0)" for raw in raws)
        found = self.connection.execute(f"SELECT {sums} FROM {self.rows}").fetchall()[0]
        return {raw: int(proof) for raw, proof in zip(raws, found, strict=True)}

    def is_plain(self, raw: str) -> bool:
        """Say whether every cell of a learnt text column is stored as it is written."""
        return self._clean.get(raw) == "plain"

    def _day_first(self, raw: str) -> str:
        """Say whether 03/04/2024 is the third of April: true once any first part exceeds 12."""
        if raw not in self._day_firsts:
            self._day_firsts[raw] = "true" if self._slashed(raw) and self._exceeds(raw) else "false"
        return self._day_firsts[raw]

    def _slashed(self, raw: str) -> bool:
        row = self.connection.execute(
            f"SELECT {raw} FROM {self.rows} WHERE {raw} IS NOT NULL LIMIT 1"
        ).fetchone()
        return row is not None and re.match(_SLASHED, str(row[0])) is not None

    def _exceeds(self, raw: str) -> bool:
        first = f"TRY_CAST(regexp_extract({raw}, '{_SLASHED}', 1) AS INT)"
        row = self.connection.execute(f"SELECT max({first}) > 12 FROM {self.rows}").fetchone()
        return bool(row and row[0])
