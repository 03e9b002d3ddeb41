"""What a model made of a text, kept on disk: bytes under the hash of the text and of the model.

A cache only saves time. Where it cannot be read or written, because the disk is full, the file is
damaged or another process holds it, everything is computed again and nothing fails. It keeps hashes,
never a text.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

MEGABYTES = 256
_ASKED = 500
_WAIT_SECONDS = 5.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS kept (place INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL,"
    " value BLOB NOT NULL)"
)


def cache_folder() -> Path:
    """Return the folder of caches: `SHOPKEEPER_CACHE`, else `shopkeeper` in the user's cache."""
    given = os.environ.get("SHOPKEEPER_CACHE", "")
    home = os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache"
    return Path(given) if given else Path(home) / "shopkeeper"


def cache_key(revision: str, text: str) -> bytes:
    """Return the key of a text under one revision of a model.

    Parameters
    ----------
    revision
        Whatever changes the outcome: hash of the weights, tokens read, version of the code.
    text
        The text as the model sees it.

    Examples
    --------
    >>> cache_key("a", "bc") == cache_key("ab", "c"), len(cache_key("a", "\\ud800"))
    (False, 16)
    """
    digest = hashlib.sha256(f"{len(revision)}:{revision}:".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()[:16]


class Cache:
    """Bytes by key in one SQLite file; of too many, the oldest go.

    Parameters
    ----------
    path
        The file; it and its folder are made when something is first put.
    megabytes
        Room at most; when it is reached, the oldest quarter is dropped.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = Cache(Path(folder) / "scores.sqlite")
    ...     cache.put({b"key": b"value"})
    ...     cache.get([b"key", b"other"])
    {b'key': b'value'}
    """

    def __init__(self, path: Path, *, megabytes: float = MEGABYTES) -> None:
        self.path, self.megabytes = path, megabytes

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return what is kept of these keys."""
        found: dict[bytes, bytes] = {}

        def look(base: sqlite3.Connection) -> None:
            for start in range(0, len(keys), _ASKED):
                asked = list(keys[start : start + _ASKED])
                marks = ",".join("?" * len(asked))
                rows = base.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", asked)
                found.update(rows.fetchall())

        if self.path.is_file():
            self._try(look)
        return found

    def put(self, rows: Mapping[bytes, bytes]) -> None:
        """Keep these rows, all of them or none."""

        def keep(base: sqlite3.Connection) -> None:
            with base:
                base.executemany(
                    "INSERT OR REPLACE INTO kept (key, value) VALUES (?, ?)", rows.items()
                )
                self._bound(base)

        if rows:
            with suppress(OSError):
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._try(keep)

    def _try(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as base:
                base.execute(_TABLE)
                work(base)
        except sqlite3.OperationalError:
            return  # full, locked or not writable
        except sqlite3.DatabaseError:
            # The file is no database, or a torn one: nothing in it is worth a failure.
            with suppress(OSError):
                self.path.unlink()

    def _bound(self, base: sqlite3.Connection) -> None:
        (pages,), (free,), (size,) = (
            base.execute(f"PRAGMA {name}").fetchone()
            for name in ("page_count", "freelist_count", "page_size")
        )
        if (pages - free) * size > self.megabytes * 1_000_000:
            (rows,) = base.execute("SELECT COUNT(*) FROM kept").fetchone()
            base.execute(
                "DELETE FROM kept WHERE place IN (SELECT place FROM kept ORDER BY place LIMIT ?)",
                (rows // 4 + 1,),
            )
