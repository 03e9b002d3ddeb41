"""Hashes of files, taken in a thread of their own while the engine prepares and reads."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from shopkeeper.data.door.files import opened, unreadable

_CHUNK = 1 << 20


class Digests:
    """SHA-256 of each file's bytes, unpacked; at most one file ahead of the one that is asked for.

    Parameters
    ----------
    files
        In the order in which they will be asked for.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = iter(files)
        self._stopped = Event()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="digest")
        self._ahead = self._next()

    def take(self) -> str:
        """Return the next file's hash.

        Raises
        ------
        UnreadableFileError
            The file cannot be opened, or is a damaged gzip file.
        """
        now, self._ahead = self._ahead, self._next()
        if now is None:
            raise LookupError("there are no more files")
        return now.result()

    def close(self) -> None:
        """Stop hashing at once."""
        self._stopped.set()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _next(self) -> Future[str] | None:
        path = next(self._files, None)
        return None if path is None else self._worker.submit(self._digest, path)

    def _digest(self, path: Path) -> str:
        found = hashlib.sha256()
        try:
            with opened(path) as file:
                while (chunk := file.read(_CHUNK)) and not self._stopped.is_set():
                    found.update(chunk)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise unreadable(
                path, "Its bytes are a damaged or incomplete gzip file.", "gzip 文件已损坏或不完整。",
                "Export it again.", "请重新导出。",
            ) from error  # fmt: skip
        return found.hexdigest()
