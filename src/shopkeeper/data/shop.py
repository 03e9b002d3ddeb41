"""Shop: one Ibis connection, tables by attribute, `as_of(t)`, answers.

`as_of` is the only way to look at the past: every table that it yields is cut at that instant, so no
caller compares dates for the sake of honesty. Opening a shop loads no engine; the first table does.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shopkeeper.answer import Answer, load_answer
from shopkeeper.data.damage import require_files
from shopkeeper.data.store import Manifest, Version, create_shop, read_salt, read_shop, writing
from shopkeeper.data.tables import BY_NAME, Table
from shopkeeper.errors import UsageError
from shopkeeper.settings import Settings
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

Engine = Literal["duckdb", "spark"]


@dataclass(frozen=True)
class Shop:
    """A shop as it was when it was opened.

    Parameters
    ----------
    path
        The shop's folder.
    settings
        Its settings.
    manifest
        The versions that this shop reads.
    engine
        The engine that answers: `duckdb` in this process, or `spark`.
    cut
        The instant (UTC, without zone) after which nothing is seen; None to see everything.

    Limits
    ------
    A shop does not notice later imports; open it again to see them. Under `as_of`, rows of undated
    tables (sellers, categories, places) and of entities without a date are kept as they are; what
    is known only as it is now (an order's status, stock, votes) is hidden.

    Examples
    --------
    >>> import pyarrow as pa
    >>> shop = shop_from_tables({"sellers": pa.table({"seller_id": ["s1"], "city": ["杭州"]})})
    >>> shop.has("sellers"), shop.has("orders")
    (True, False)
    >>> shop.sellers.city.execute().tolist()
    ['杭州']
    """

    path: Path
    settings: Settings
    manifest: Manifest
    engine: Engine = "duckdb"
    cut: datetime | None = None
    _loaded: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _keeps: Any = field(default=None, repr=False, compare=False)

    @property
    def connection(self) -> Any:
        """The Ibis backend, opened once."""
        if "connection" not in self._loaded:
            from shopkeeper.data.engines import connect

            self._loaded["connection"] = connect(self.engine, self.settings)
        return self._loaded["connection"]

    @property
    def opted_out(self) -> tuple[str, ...]:
        """Customers who must not be profiled, as the settings name them and as the door would call them."""
        if "opted_out" not in self._loaded:
            self._loaded["opted_out"] = self.spelt(self.settings.opted_out)
        names: tuple[str, ...] = self._loaded["opted_out"]
        return names

    def spelt(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return names of customers as they are and as the door would call them, two for each."""
        from shopkeeper.data.privacy import pseudonym

        kept = sorted(set(names))
        if not kept:
            return ()
        salt = read_salt(self.path)
        return (*kept, *(pseudonym(salt, name) for name in kept))

    def has(self, name: str) -> bool:
        """Say whether the table is there and has rows (in the whole shop, whatever the cut)."""
        return self.rows(name) > 0

    def rows(self, name: str) -> int:
        """Return the number of rows of a table in the whole shop."""
        version = self.manifest.tables.get(_known(name).name)
        return version.rows if version else 0

    def table(self, name: str) -> ir.Table:
        """Return a canonical table as an Ibis expression, cut at `as_of`.

        Raises
        ------
        UsageError
            There is no canonical table of that name.
        UnreadableFileError
            Its files are gone or damaged.
        """
        _known(name)
        if name not in self._loaded:
            from shopkeeper.data.engines import cut_table, read_table

            version = self.manifest.tables.get(name)
            folder = self.path / version.folder if version else None
            if folder:
                require_files(folder)
            whole = read_table(self.connection, BY_NAME[name], folder)
            self._loaded[name] = cut_table(whole, BY_NAME[name], self) if self.cut else whole
        expression: ir.Table = self._loaded[name]
        return expression

    def __getattr__(self, name: str) -> ir.Table:
        if name in BY_NAME:
            return self.table(name)
        raise AttributeError(f"a shop has no table {name!r}; there are {', '.join(BY_NAME)}")

    def as_of(self, moment: datetime | str) -> Shop:
        """Return the shop as it was known at an instant.

        Parameters
        ----------
        moment
            A datetime or ISO 8601 text; UTC where it names no zone.
        """
        instant = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        if instant.tzinfo is not None:
            instant = instant.astimezone(UTC).replace(tzinfo=None)
        return replace(self, cut=instant, _loaded={"connection": self.connection})

    def answer(self, verb: str) -> Answer | None:
        """Return the stored answer of a verb; None when it has none, and under `as_of`."""
        version = self.manifest.answers.get(verb)
        if version is None or self.cut is not None:
            return None
        return load_answer(self.path / version.folder)


def open_shop(path: Path | str, *, engine: Engine = "duckdb") -> Shop:
    """Open the shop at `path`.

    Parameters
    ----------
    path
        The shop's folder.
    engine
        `duckdb` in this process, or `spark` for the active Spark session.

    Raises
    ------
    ShopNotFoundError
        There is no shop at that path.
    """
    manifest, settings = read_shop(Path(path))
    return Shop(Path(path), settings, manifest, engine)


def shop_from_tables(
    tables: Mapping[str, pa.Table],
    *,
    settings: Settings | None = None,
    engine: Engine = "duckdb",
    answers: Mapping[str, Answer] | None = None,
) -> Shop:
    """Make a temporary shop from Arrow tables; it lasts as long as the returned object.

    Parameters
    ----------
    tables
        Arrow tables by canonical name; columns that are missing are null.
    settings
        Settings of the shop.
    engine
        The engine that answers.
    answers
        Stored answers by verb.
    """
    keeps = _Folder()
    path = create_shop(keeps.path, settings=settings)
    with writing(path) as writer:
        made = {}
        for name, data in tables.items():
            folder = writer.folder("tables", name)
            _write(data, BY_NAME[name], folder / "part-0.parquet")
            made[name] = Version(writer.relative(folder), data.num_rows)
        stored = {}
        for verb, answer in (answers or {}).items():
            folder = writer.folder("answers", verb)
            answer.save(folder)
            stored[verb] = Version(writer.relative(folder), answer.table.num_rows)
        writer.commit(writer.manifest.replaced(tables=made, answers=stored))
    manifest, read = read_shop(path)
    return Shop(path, settings or read, manifest, engine, _keeps=keeps)


def _known(name: str) -> Table:
    if name not in BY_NAME:
        (near, *_) = *get_close_matches(name, BY_NAME, 1), next(iter(BY_NAME))
        raise UsageError(
            Words(f"Asked for the table {name!r} of a shop.", f"要读取店铺的表 {name!r}。"),
            Words(
                f"There is no such table; there are {', '.join(BY_NAME)}.",
                f"没有这张表；可用：{'、'.join(BY_NAME)}。",
            ),
            Words(f"Name one of them, such as {near}.", f"请使用其中之一，例如 {near}。"),
        )
    return BY_NAME[name]


class _Folder:
    """A temporary folder that goes quietly with the last shop that reads it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="shopkeeper-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _write(data: pa.Table, table: Table, path: Path) -> None:
    import pyarrow.parquet as pq

    from shopkeeper.data.schema import conformed

    pq.write_table(conformed(data, table), path)
