"""Import files into a shop: recognised, converted, merged, and committed at once or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import duckdb

from shopkeeper.data import privacy
from shopkeeper.data.door import macros, merge
from shopkeeper.data.door.convert import Converted, Said, convert
from shopkeeper.data.door.digests import Digests
from shopkeeper.data.door.files import data_files, passed_over
from shopkeeper.data.door.json_lines import look_up
from shopkeeper.data.door.ledger import Ledger
from shopkeeper.data.door.meanings import require_meanings
from shopkeeper.data.door.read import nothing_typed, stage
from shopkeeper.data.door.staged import Staged, literal
from shopkeeper.data.door.unrecognised import unrecognised
from shopkeeper.data.door.unusable import is_unusable, unusable
from shopkeeper.data.door.values import value_columns
from shopkeeper.data.sources import recognise
from shopkeeper.data.sources.kinds import FileKind, Header
from shopkeeper.data.sources.mapping import load_mapping, misfit, read_mapping
from shopkeeper.data.store import (
    Manifest,
    Version,
    Writer,
    create_shop,
    read_salt,
    read_shop,
    storage_error,
    writing,
)
from shopkeeper.data.tables import Type
from shopkeeper.errors import DataError, ShopkeeperError, UnrecognisedFileError
from shopkeeper.progress import Progress, silent
from shopkeeper.settings import Settings
from shopkeeper.words import Words

Outcome = Literal["imported", "unchanged", "unusable", "unrecognised", "failed"]
_DISK = (
    "No space left",
    "File too large",
    "Could not write",
    "Disk quota",
    "max_temp_directory_size",
)


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What happened to one file.

    Parameters
    ----------
    file
        Its name.
    outcome
        `imported`, `unchanged` (these bytes are in the shop already, read under the same settings and
        mappings), `unusable` (every row was rejected), `unrecognised` or `failed`.
    kind, title
        What the file is.
    rows_read, kept, duplicates, rejected
        Counts of rows; `rows_read` = `kept` + `duplicates` + `rejected`.
    repaired
        Column → cells that could not be read and were left empty.
    tables
        Canonical table → rows that the file brought.
    error
        Why it was not imported, or why nothing of it is usable.
    mapping
        The suggested mapping that was written for it.
    """

    file: str
    outcome: Outcome
    kind: str = ""
    title: Words = field(default_factory=lambda: Words("", ""))
    rows_read: int = 0
    kept: int = 0
    duplicates: int = 0
    rejected: int = 0
    repaired: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    error: ShopkeeperError | None = None
    mapping: Path | None = None

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return plain JSON values."""
        names = (
            "file",
            "outcome",
            "kind",
            "rows_read",
            "kept",
            "duplicates",
            "rejected",
            "repaired",
            "tables",
        )
        return {name: getattr(self, name) for name in names} | {
            "title": self.title.get(lang),
            "error": self.error.to_dict(lang) if self.error else None,
            "mapping": str(self.mapping) if self.mapping else None,
        }


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What happened to every file; `changed` says whether the shop has a new version.

    `skipped` names what lay beside them in a folder and was not looked at.
    """

    files: tuple[FileOutcome, ...]
    changed: bool
    version: int
    skipped: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read, and something of at least one was usable."""
        outcomes = {file.outcome for file in self.files}
        return not outcomes & {"unrecognised", "failed"} and outcomes != {"unusable"}

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return plain JSON values."""
        files = [item.to_dict(lang) for item in self.files]
        head = {"changed": self.changed, "version": self.version, "skipped": list(self.skipped)}
        return {"files": files, **head}


def import_files(
    paths: Sequence[Path],
    shop: Path,
    *,
    mapping: Path | None = None,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> ImportSummary:
    """Import exported files into the shop, which is made if it is not there.

    Parameters
    ----------
    paths
        Files, or folders that hold them.
    shop
        The shop's folder.
    mapping
        A TOML column mapping for files that no platform writes.
    settings
        Settings of a shop that is made; a shop that is there keeps its own.
    progress
        Told what is being done.

    Returns
    -------
    ImportSummary
        One outcome a file. Files that are not recognised or cannot be read do not stop the others.

    Raises
    ------
    SourceNotFoundError
        There is nothing to import at a path.
    StorageError
        The disk is full or cannot be written; the shop is as it was.

    Limits
    ------
    A later file never empties a cell that an earlier one filled, except in append-only tables.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "t.csv").write_text(
    ...     "product_category_name,product_category_name_english\\nbeleza,beauty\\n"
    ... )
    >>> summary = import_files([folder / "t.csv"], folder / "shop")
    >>> summary.files[0].kind, summary.files[0].kept
    ('olist_category_names', 1)
    """
    files = data_files(list(paths))
    create_shop(shop, settings=settings)
    with writing(shop) as writer, closing(Digests(files)) as digests:
        _, its_own = read_shop(shop)
        try:
            summary = _Importer(writer, its_own, mapping, progress, digests).run(files)
        except duckdb.Error as error:
            if any(part in str(error) for part in _DISK):
                raise storage_error(shop, str(error).splitlines()[0][:120]) from error
            raise
    return replace(summary, skipped=passed_over(list(paths)))


class _Importer:
    def __init__(
        self,
        writer: Writer,
        settings: Settings,
        mapping: Path | None,
        progress: Progress,
        digests: Digests,
    ) -> None:
        self.writer = writer
        self.settings = settings
        self.mappings = [mapping] if mapping else sorted((writer.path / "mappings").glob("*.toml"))
        self.given = mapping
        self.progress = progress
        self.digests = digests
        self.connection = _connect(writer.path, settings)
        self.said: list[Said] = []
        self.records: list[dict[str, Any]] = []

    def run(self, files: list[Path]) -> ImportSummary:
        """Import every file, then commit once."""
        outcomes = []
        for position, path in enumerate(files):
            self.progress(Words(f"Reading {path.name}", f"读取 {path.name}"), position / len(files))
            try:
                outcomes.append(self._file(path, f"f{position}"))
            except DataError as error:
                outcomes.append(_failure(path, error))
        if not self.records:
            return ImportSummary(tuple(outcomes), False, self.writer.manifest.version)
        manifest = self._merged(self.writer.manifest)
        self.writer.commit(manifest)
        return ImportSummary(tuple(outcomes), True, manifest.version)

    def _file(self, path: Path, prefix: str) -> FileOutcome:
        content = self.digests.take()
        digest = self._digest_of_all(content)
        for record in (*self.writer.manifest.imports, *self.records):
            if record["digest"] == digest:
                return self._outcome(record, path.name, "unchanged")
        kind, converted = self._converted(path, prefix)
        self.said += converted.said
        record = {"digest": digest, "content": content} | self._record(path, kind, converted)
        self.records.append(record)
        return self._outcome(record, record["file"], "imported")

    def _outcome(self, record: dict[str, Any], file: str, outcome: Outcome) -> FileOutcome:
        """Return what an import took of a file; that nothing of it is usable is said each time."""
        error = None
        if is_unusable(record):
            folder = str(self.writer.path / record["quarantine"])
            outcome, error = "unusable", unusable(self.connection, file, record, folder)
        return replace(_imported(record), file=file, outcome=outcome, error=error)

    def _digest_of_all(self, content: str) -> str:
        """Hash a file's bytes with what decides how they are read: mappings and settings."""
        settings = self.settings
        chosen = (settings.privacy, settings.time_zone, settings.currency)
        digest = hashlib.sha256(f"{content} {chosen}".encode())
        for mapping in self.mappings:
            digest.update(mapping.read_bytes())
        return digest.hexdigest()

    def _converted(self, path: Path, prefix: str) -> tuple[FileKind, Converted]:
        """Read the cells of a text file as values first, and as text when a row is not in order."""
        for name, typed in ((f"{prefix}v", self._values), (prefix, nothing_typed)):
            staged = stage(self.connection, path, prefix=name, typed=typed)
            if staged.pointers and not recognise(staged.header):
                staged = look_up(self.connection, staged, self._mapped_columns(), prefix=name)
            kind = self._recognised(path, staged, name)
            staged = look_up(self.connection, staged, kind.optional, prefix=name)
            require_meanings(self.connection, path, kind, prefix=name)
            converted = convert(self.connection, staged, kind, self.settings, prefix=name)
            if converted and (staged.lazy or staged.typed):
                return kind, converted
            self.connection.execute(f"DROP TABLE {name}_staged CASCADE")
            if converted:
                return kind, converted
        raise AssertionError("a file that is read as text is always converted")

    def _mapped_columns(self) -> list[str]:
        maps = (load_mapping(mapping) for mapping in self.mappings)
        return [column for mapping in maps for column in mapping.columns.values()]

    def _values(self, header: Header) -> dict[str, Type]:
        kind = self._known(header)
        return value_columns(kind, header) if kind else {}

    def _known(self, header: Header) -> FileKind | None:
        kinds = (read_mapping(mapping, header) for mapping in self.mappings)
        return recognise(header) or next((kind for kind in kinds if kind), None)

    def _recognised(self, path: Path, staged: Staged, prefix: str) -> FileKind:
        kind = self._known(staged.header)
        if kind is None and self.given:
            raise misfit(self.given, path.name, staged.header)
        if kind is None:
            raise unrecognised(
                self.connection, path, staged.header, self.writer.path / "mappings", prefix=prefix
            )
        return kind

    def _record(self, path: Path, kind: FileKind, converted: Converted) -> dict[str, Any]:
        quarantine = ""
        if converted.rejected:
            folder = self.writer.folder("quarantine", kind.name)
            merge.write(self.connection, f"FROM {converted.rejected_relation}", folder)
            quarantine = self.writer.relative(folder)
        return {
            "file": privacy.mask(path.name),
            "kind": kind.name,
            "title": kind.title.to_dict(),
            "rows_read": converted.rows_read,
            "kept": converted.kept,
            "duplicates": converted.duplicates,
            "rejected": converted.rejected,
            "repaired": converted.repaired,
            "tables": _brought(converted),
            "quarantine": quarantine,
        }

    def _merged(self, manifest: Manifest) -> Manifest:
        tables = dict(manifest.tables)
        folders = {name: self.writer.path / version.folder for name, version in tables.items()}
        ledger = Ledger(self.connection, folders, self.said, self.settings.privacy)
        for table in ledger.touched():
            self.progress(Words(f"Writing {table.name}", f"写入 {table.name} 表"), None)
            folder = self.writer.folder("tables", table.name)
            rows = ledger.write(table, folder)
            version = f"{manifest.version + 1}"
            tables[table.name] = Version(self.writer.relative(folder), rows, version)
        # Bytes that are read anew, after a setting or a mapping has changed, are no second file.
        anew = {record["content"] for record in self.records}
        before = [record for record in manifest.imports if record.get("content") not in anew]
        return manifest.replaced(tables=tables, imports=(*before, *self.records))


def _brought(converted: Converted) -> dict[str, int]:
    rows: dict[str, int] = {}
    for said in converted.said:
        rows[said.table] = rows.get(said.table, 0) + said.rows
    return rows


def _connect(shop: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    scratch = shop / ".scratch"
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = {literal(settings.memory_limit)}")
    connection.execute(f"SET temp_directory = {literal(str(scratch))}")
    # What does not fit in memory is written there before it is masked. DuckDB writes nothing encrypted without
    # an extension that is downloaded, unless it is told that weaker random numbers are good enough.
    connection.execute("SET temp_file_encryption = true; SET force_mbedtls_unsafe = 'true'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")
    for macro in macros.MACROS:
        connection.execute(macro)
    privacy.register(connection, read_salt(shop))
    return connection


def _imported(record: dict[str, Any]) -> FileOutcome:
    names = ("file", "kind", "rows_read", "kept", "duplicates", "rejected", "repaired", "tables")
    given = {name: record[name] for name in names}
    return FileOutcome(outcome="imported", title=Words(**record["title"]), **given)


def _failure(path: Path, error: DataError) -> FileOutcome:
    if isinstance(error, UnrecognisedFileError):
        return FileOutcome(path.name, "unrecognised", error=error, mapping=error.mapping)
    return FileOutcome(path.name, "failed", error=error)
