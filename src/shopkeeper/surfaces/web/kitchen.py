"""Pages are made once for each version of the shop, one at a time and beside the loop, and then kept.

One thread makes them, for the connection to the engine serves one at a time; whoever asks for a page that
is made already never waits for one that is being made.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from shopkeeper.surfaces.asking.desk import View

Made = TypeVar("Made")
_MOST_BYTES, _MOST_MATERIAL = 64 * 2**20, 64


class Kitchen:
    """Makes pages and keeps them, and what several of them are made from."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._view: View | None = None
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._material: OrderedDict[Hashable, tuple[View, Any]] = OrderedDict()
        self._size = 0
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}

    def close(self) -> None:
        """Make nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def kept(self, view: View, key: Hashable) -> bytes | None:
        """Return a page that is made already."""
        self._notice(view)
        found = self._pages.get(key)
        if found is not None:
            self._pages.move_to_end(key)
        return found

    async def page(self, view: View, key: Hashable, make: Callable[[], str]) -> bytes:
        """Return a page, made once however many ask for it at the same time.

        Parameters
        ----------
        view
            The shop as it is now; what was made of an earlier version is forgotten.
        key
            What decides the page beside the version.
        make
            Makes it; called in the thread.
        """
        if (found := self.kept(view, key)) is not None:
            return found
        mine = (id(view), key)
        if mine not in self._making:
            task = self._making[mine] = asyncio.create_task(self._made(view, key, make))
            task.add_done_callback(lambda _: self._making.pop(mine, None))
        return await asyncio.shield(self._making[mine])

    async def work(self, make: Callable[[], Made]) -> Made:
        """Do something in the thread that nothing is kept of."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, make)

    def material(self, view: View, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what pages are made from, gathered once for each version; called in the thread."""
        if key in self._material and self._material[key][0] is view:
            kept: Made = self._material[key][1]
            return kept
        made = make()
        self._material[key] = (view, made)
        for old in [name for name, (seen, _) in self._material.items() if seen is not view]:
            del self._material[old]
        while len(self._material) > _MOST_MATERIAL:
            self._material.popitem(last=False)
        return made

    async def _made(self, view: View, key: Hashable, make: Callable[[], str]) -> bytes:
        page = (await self.work(make)).encode("utf-8", "replace")
        if self._view is view and len(page) <= _MOST_BYTES // 8:
            self._pages[key] = page
            self._size += len(page)
            while self._size > _MOST_BYTES:
                _, oldest = self._pages.popitem(last=False)
                self._size -= len(oldest)
        return page

    def _notice(self, view: View) -> None:
        if self._view is not view:
            self._view, self._size = view, 0
            self._pages.clear()
