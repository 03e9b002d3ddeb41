"""Replies kept on disk under the hash of what was asked, so that no answer is paid twice.

The prompts themselves are not kept; the file is readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from pathlib import Path

from shopkeeper.errors import StorageError
from shopkeeper.language.prompts import Prompt
from shopkeeper.language.providers import Ask, Reply
from shopkeeper.words import Words


def reply_key(identity: str, prompt: Prompt, ask: Ask) -> str:
    """Return the hash of everything that decides a reply.

    Examples
    --------
    >>> one, two = (reply_key("m", Prompt(text), Ask()) for text in ("a", "b"))
    >>> one == two, len(one)
    (False, 64)
    """
    asked = [1, identity, prompt.messages(), ask.tokens, ask.temperature, ask.seed]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


class KeptReplies:
    """Replies in one SQLite file; safe among threads and processes.

    Parameters
    ----------
    path
        The file; it is made when it is not there.

    Raises
    ------
    StorageError
        The file is no such file or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._file = sqlite3.connect(path, timeout=30, check_same_thread=False)
            with self._file:
                self._file.execute("PRAGMA journal_mode=WAL")
                self._file.execute(
                    "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text TEXT NOT NULL,"
                    " prompt_tokens INT, reply_tokens INT, cut INT NOT NULL) WITHOUT ROWID"
                )
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error

    def get(self, key: str) -> Reply | None:
        """Return the reply under a key, if there is one."""
        try:
            with self._lock:
                row = self._file.execute(
                    "SELECT text, prompt_tokens, reply_tokens, cut FROM replies WHERE key = ?",
                    (key,),
                ).fetchone()
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error
        return Reply(row[0], row[1], row[2], bool(row[3])) if row else None

    def put(self, key: str, reply: Reply) -> None:
        """Keep a reply."""
        row = (key, _storable(reply.text), reply.prompt_tokens, reply.reply_tokens, reply.cut)
        self._write("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)", row)

    def forget(self, key: str) -> None:
        """Leave out a reply that turned out to be of no use."""
        self._write("DELETE FROM replies WHERE key = ?", (key,))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, statement: str, row: tuple[str | int | None, ...]) -> None:
        try:
            with self._lock, self._file:
                self._file.execute(statement, row)
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _unusable(path: Path, error: Exception) -> StorageError:
    return StorageError(
        Words(f"Asked to keep replies in {path.name}.", f"要把回复保存在 {path.name}。"),
        Words(f"Found: {error}.", f"发现：{error}。"),
        Words(
            "Free some space, or delete the file: the replies will be asked again.",
            "请腾出空间，或删除该文件：回复会重新请求。",
        ),
    )
