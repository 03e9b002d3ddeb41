"""The shop as it is now, and the answers that are already there.

A desk reads and never writes: it looks at the manifest before each question, so that a new version of
the shop is seen as soon as it is committed, and it takes no lock, so that no `run` waits for it or
fails because of it. Answers that were worked out for somebody are kept beside it, in a folder of its
own that only this user can read and that goes when the desk is closed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shopkeeper.answer import Answer, load_answer
from shopkeeper.data.damage import damage_told
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.errors import ArtifactError, ShopNotFoundError
from shopkeeper.surfaces.running import Step, fingerprint, step_known
from shopkeeper.surfaces.verbs import Verb
from shopkeeper.words import Words

_FILES = ("manifest.json", "shop.toml", "recommend.toml")
_PREFIX = "shopkeeper-desk-"
_YOUNG = 2 * 10**9
_KEPT_ANSWERS, _KEPT_BYTES = 200, 4 * 2**30
_IN_MEMORY, _MEMORY_BYTES = 16, 2**28
Marked = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class View:
    """The shop as it was when a question came.

    Parameters
    ----------
    shop
        The shop.
    marks
        Fingerprints by verb and arguments; filled as they are asked for.
    changed
        When the last of its files was changed, in nanoseconds since 1970.
    """

    shop: Shop
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    changed: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether a further change of its files would be seen: two within the grain of the clock look alike."""
        return time.time_ns() - self.changed > _YOUNG

    def mark(self, verb: Verb, arguments: Mapping[str, Any]) -> str:
        """Return the fingerprint of a question."""
        key = (verb.name, repr(sorted(arguments.items())))
        if key not in self.marks:
            if len(self.marks) > 10 * _KEPT_ANSWERS:
                self.marks.clear()
            self.marks[key] = fingerprint(
                verb, self.shop.manifest, self.shop.settings, arguments, self.shop.path
            )
        return self.marks[key]


class Desk:
    """Where a surface finds the shop and its answers.

    Parameters
    ----------
    path
        The shop's folder.

    Raises
    ------
    ShopNotFoundError
        There is no shop at that path.

    Examples
    --------
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> from shopkeeper.surfaces.verbs import BY_NAME
    >>> shop = shop_from_tables({})
    >>> with Desk(shop.path) as desk:
    ...     print(desk.known(BY_NAME["overview"], {"period": "month"}).outcome)
    skipped
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files = [str(path / name) for name in _FILES]
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self._lock = threading.Lock()
        self._seen: tuple[Marked, View] | None = None
        self._opened: View | None = None
        self._kept: OrderedDict[str, Path] = OrderedDict()
        self._bytes: dict[Path, int] = {}
        self._new: set[str] = set()
        self._memory: OrderedDict[str, Answer] = OrderedDict()
        self.view()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def view(self) -> View:
        """Return the shop as it is now.

        Raises
        ------
        ShopNotFoundError
            It has gone.
        UnreadableFileError, SettingsError
            Its manifest or settings cannot be used.
        """
        marked = self._marked()
        seen = self._seen
        if seen is None or seen[0] != marked:
            changed = max(stamp for _, stamp, _ in marked)
            seen = self._seen = (marked, View(open_shop(self.path), changed=changed))
        return seen[1]

    def known(self, verb: Verb, arguments: Mapping[str, Any]) -> Step | None:
        """Return what is known of a question: that it cannot be asked, or that its answer is stored."""
        view = self.view()
        return step_known(verb, view.shop, view.mark(verb, arguments))

    def mark(self, verb: Verb, arguments: Mapping[str, Any]) -> str:
        """Return the fingerprint of a question asked of the shop as it is now."""
        return self.view().mark(verb, arguments)

    def has(self, verb: Verb, arguments: Mapping[str, Any]) -> bool:
        """Say whether the answer is there."""
        view = self.view()
        mark = view.mark(verb, arguments)
        stored = view.shop.manifest.answers.get(verb.name)
        return mark in self._kept or (stored is not None and stored.fingerprint == mark)

    def find(self, verb: Verb, arguments: Mapping[str, Any]) -> Answer | None:
        """Return the answer to a question if it is stored in the shop or was worked out before.

        Parameters
        ----------
        verb
            The verb.
        arguments
            All its arguments.

        Raises
        ------
        ArtifactError
            The stored answer is damaged.
        """
        while True:
            view = self.view()
            mark = view.mark(verb, arguments)
            try:
                return self._remembered(mark) or self._read(view, verb, mark)
            except ArtifactError:
                # The version that was looked at may have been removed by now; it is not damaged then.
                if self.view() is view:
                    raise

    def give(self, verb: Verb, arguments: Mapping[str, Any]) -> tuple[Answer, bool] | None:
        """Return what `find` returns, once its verb has logged that it is given again.

        Parameters
        ----------
        verb, arguments
            As of `find`.

        Returns
        -------
        tuple or None
            The answer, and whether what its verb logs is logged; the verb itself logs the first time.
        """
        answer = self.find(verb, arguments)
        if answer is None:
            return None
        view = self.view()
        mark = view.mark(verb, arguments)
        with self._lock:
            first = mark in self._new
            self._new.discard(mark)
        return (answer, True) if first else verb.again(view.shop, answer)

    def at_once(self, verb: Verb, arguments: Mapping[str, Any], view: View) -> Answer | None:
        """Return the answer to a question that takes milliseconds; None where it takes longer.

        Parameters
        ----------
        verb
            The verb.
        arguments
            All its arguments.
        view
            The shop as it is now.

        Notes
        -----
        The first time after a change of the shop what the verb reads is opened, which takes up to seconds:
        `is_open` says whether that is done.
        """
        with damage_told(self.path):
            answer = verb.at_once(view.shop, arguments)
        self._opened = view
        return answer

    def is_open(self, view: View) -> bool:
        """Say whether what is answered at once is open for the shop as it is now."""
        return self._opened is view

    def keep(self, mark: str, folder: Path) -> None:
        """Keep an answer that was saved in `folder`, in place of those that were asked least lately."""
        with self._lock:
            if mark in self._kept:
                # Two askers asked the same; whoever reads the first one is not disturbed.
                shutil.rmtree(folder, ignore_errors=True)
                return
            self._kept[mark] = folder
            self._new.add(mark)
            self._bytes[folder] = sum(file.stat().st_size for file in folder.iterdir())
            while len(self._kept) > 1 and (
                len(self._kept) > _KEPT_ANSWERS or sum(self._bytes.values()) > _KEPT_BYTES
            ):
                gone, oldest = self._kept.popitem(last=False)
                self._new.discard(gone)
                del self._bytes[oldest]
                shutil.rmtree(oldest, ignore_errors=True)

    def _marked(self) -> Marked:
        """Return what changes when the manifest or the settings do."""
        states = []
        for name in self._files:
            try:
                state = os.stat(name)  # noqa: PTH116 — every request comes here
            except FileNotFoundError:
                states.append((0, 0, 0))
            except OSError as error:
                raise _gone(self.path) from error
            else:
                states.append((state.st_ino, state.st_mtime_ns, state.st_size))
        return tuple(states)

    def _remembered(self, mark: str) -> Answer | None:
        with self._lock:
            if mark in self._memory:
                self._memory.move_to_end(mark)
            return self._memory.get(mark)

    def _read(self, view: View, verb: Verb, mark: str) -> Answer | None:
        stored = view.shop.manifest.answers.get(verb.name)
        folder = self._kept.get(mark)
        if stored is not None and stored.fingerprint == mark:
            folder = view.shop.path / stored.folder
        if folder is None:
            return None
        answer = load_answer(folder)
        with self._lock:
            if mark in self._kept:
                self._kept.move_to_end(mark)
            self._memory[mark] = answer
            while len(self._memory) > 1 and (
                len(self._memory) > _IN_MEMORY
                or sum(map(_size, self._memory.values())) > _MEMORY_BYTES
            ):
                self._memory.popitem(last=False)
        return answer


def _size(answer: Answer) -> int:
    return sum(int(table.nbytes) for table in (answer.table, *answer.evidence.values()))


def _sweep() -> None:
    """Remove what desks of processes that were killed have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).partition("-")[0]
        own = folder.stat().st_uid == os.getuid() if folder.exists() else False
        if own and process.isdigit() and not _is_alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _gone(path: Path) -> ShopNotFoundError:
    return ShopNotFoundError(
        Words(f"Asked to open the shop {path}.", f"要打开店铺 {path}。"),
        Words("Its folder cannot be read.", "店铺文件夹无法读取。"),
        Words("Put the folder back or let this user read it.", "请恢复该文件夹或开放读取权限。"),
    )
