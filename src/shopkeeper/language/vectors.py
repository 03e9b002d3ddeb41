"""Vectors kept on disk, by what the text says and which encoder read it.

One SQLite file, so that several processes may use it and a killed one leaves it whole. It is a
cache: a file that cannot be read or written costs time, never an answer. Texts are not kept, only
their hashes.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "vectors.sqlite"
_ASKED = 500
_WAIT_SECONDS = 2.0
_ERRORS = (sqlite3.Error, OSError)


class VectorCache:
    """Vectors of one encoder, as 16-bit numbers under a hash of the text.

    Parameters
    ----------
    folder
        Where the file is; made when it is not there.
    revision
        What made the vectors: another revision finds none of them.
    most_bytes
        Size of the file above which nothing more is kept.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = VectorCache(Path(folder), "r1")
    ...     cache.put(["good"], np.array([[0.6, 0.8]], np.float32))
    ...     found = cache.get(["good", "bad"])
    >>> list(found), found["good"].round(1).tolist()
    (['good'], [0.6, 0.8])
    """

    def __init__(self, folder: Path, revision: str, *, most_bytes: int = 2 << 30) -> None:
        self.folder, self.revision, self.most_bytes = folder, revision, most_bytes

    def get(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those texts that have one."""
        found: dict[str, NDArray[np.float32]] = {}
        text_of = {self._key(text): text for text in texts}
        keys = list(text_of)
        try:
            with closing(self._open()) as file:
                for start in range(0, len(keys), _ASKED):
                    some = keys[start : start + _ASKED]
                    marks = ",".join("?" * len(some))
                    rows = file.execute(
                        f"SELECT key, half FROM vectors WHERE key IN ({marks})", some
                    )
                    for key, half in rows:
                        found[text_of[key]] = np.frombuffer(half, np.float16).astype(np.float32)
        except _ERRORS:
            return {}
        return found

    def put(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep the vectors of texts; quietly not, where the disk does not let it."""
        halves = vectors.astype(np.float16)
        rows = [(self._key(text), half.tobytes()) for text, half in zip(texts, halves, strict=True)]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as file, file:
                pages = self.most_bytes // 4096
                file.execute(f"PRAGMA max_page_count = {int(pages)}")
                file.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, half BLOB) "
                    "WITHOUT ROWID"
                )
                file.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        except sqlite3.DatabaseError as error:
            if "not a database" in str(error) or "malformed" in str(error):
                (self.folder / FILE).unlink(missing_ok=True)
        except OSError:
            return

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / FILE, timeout=_WAIT_SECONDS)

    def _key(self, text: str) -> bytes:
        whole = f"{self.revision}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(whole).digest()[:16]
