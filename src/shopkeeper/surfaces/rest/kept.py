"""A small file of the shop's folder that its owner alone can read: who may ask.

It is read again whenever it changes, and changed as a whole, under a lock, by one rename.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from shopkeeper.data.store import read_shop, storage_errors
from shopkeeper.errors import UnreadableFileError, UsageError
from shopkeeper.words import Words


class Named(Protocol):
    """What is kept has a name."""

    @property
    def name(self) -> str:
        """The name, which no other item has."""


Item = TypeVar("Item", bound=Named)


class Kept(Generic[Item]):
    """The items of one file.

    Parameters
    ----------
    shop
        The shop's folder.
    name
        The file's name.
    what
        What the items are called.
    parse
        Makes an item of a JSON object; ValueError or TypeError where it is none.
    """

    def __init__(
        self, shop: Path, name: str, what: Words, parse: Callable[[dict[str, Any]], Item]
    ) -> None:
        self._shop, self._file, self._what, self._parse = shop, shop / name, what, parse
        self._name = str(self._file)
        self._seen: tuple[int, int] = (0, 0)
        self._items: tuple[Item, ...] = ()

    def all(self) -> tuple[Item, ...]:
        """Return every item.

        Raises
        ------
        UnreadableFileError
            The file is damaged.
        """
        try:
            state = os.stat(self._name)  # noqa: PTH116 — every request comes here
        except FileNotFoundError:
            self._seen, self._items = (0, 0), ()
            return ()
        if self._seen != (state.st_mtime_ns, state.st_ino):
            self._items = self._read()
            self._seen = (state.st_mtime_ns, state.st_ino)
        return self._items

    @contextmanager
    def changing(self) -> Iterator[list[Item]]:
        """Let the items be changed, and put the new file in place at once."""
        read_shop(self._shop)
        asked = Words(f"Asked to change the {self._what.en}.", f"要更改{self._what.zh}。")
        lock = self._shop / f".{self._file.name}.lock"
        with storage_errors(self._shop, asked), lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            items = [*self._read()] if self._file.exists() else []
            yield items
            new = self._shop / f".{self._file.name}.new"
            opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "w") as written:
                json.dump([asdict(item) for item in items], written, indent=1)  # type: ignore[call-overload]
                written.flush()
                os.fsync(written.fileno())
            new.replace(self._file)

    def remove(self, name: str) -> None:
        """Take the item of a name away.

        Raises
        ------
        UsageError
            There is none of that name.
        """
        with self.changing() as items:
            left = [item for item in items if item.name != name]
            if len(left) == len(items):
                listed = ", ".join(item.name for item in items)
                raise UsageError(
                    Words(
                        f"Asked to take {name[:40]!r} from the shop's {self._what.en}.",
                        f"要从店铺的{self._what.zh}中移除 {name[:40]!r}。",
                    ),
                    Words(
                        f"There is none of that name; there are: {listed or 'none'}.",
                        f"没有这个名称；现有：{listed or '无'}。",
                    ),
                    Words("Name one of those.", "请使用现有的名称。"),
                )
            items[:] = left

    def _read(self) -> tuple[Item, ...]:
        try:
            return tuple(map(self._parse, json.loads(self._file.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            name = self._file.name
            raise UnreadableFileError(
                Words(
                    f"Asked to read the shop's {self._what.en}.", f"要读取店铺的{self._what.zh}。"
                ),
                Words(f"{name} is damaged.", f"{name} 已损坏。"),
                Words(
                    f"Take the file away and make new {self._what.en}.",
                    f"请移走该文件，重新创建{self._what.zh}。",
                ),
            ) from error
