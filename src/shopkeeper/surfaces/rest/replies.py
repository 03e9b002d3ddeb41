"""From an answer to a response: which format, which page, whether the asker has it already."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from shopkeeper.answer import Answer
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.rest import formats
from shopkeeper.surfaces.rest.formats import ARROW, CSV, JSON, Page
from shopkeeper.surfaces.rest.problems import refusal
from shopkeeper.surfaces.rest.wanted import media_type, takes_gzip
from shopkeeper.surfaces.verbs import Verb
from shopkeeper.words import Words

_ROWS = 100
_VARY = "Accept, Accept-Language, Accept-Encoding, Authorization"
Made = tuple[bytes, bytes | None, int]
"""A page as JSON, the same in gzip, and how many rows its table has in all."""


class Replies:
    """Makes responses, and keeps the pages that it has made.

    Parameters
    ----------
    desk
        Where answers are found.
    most_bytes
        Size of all kept pages at the most.
    """

    def __init__(self, desk: Desk, *, most_bytes: int = 64 * 2**20) -> None:
        self.desk, self._most = desk, most_bytes
        self._pages: OrderedDict[str, Made] = OrderedDict()
        self._size = 0
        self._making: dict[str, asyncio.Task[Made]] = {}

    async def answer(
        self, request: Request, verb: Verb, arguments: Mapping[str, Any], page: Page
    ) -> Response | None:
        """Return the response to a question whose answer is there; None when it is gone.

        Parameters
        ----------
        request
            The request.
        verb, arguments
            The question.
        page
            What part of the answer is wanted.

        Raises
        ------
        Refused
            There is no such format or table.
        """
        media = wanted_format(request)
        mark = self.desk.mark(verb, arguments)
        if media == JSON and page.limit is None:
            page = replace(page, limit=_ROWS)
        key = hashlib.sha256(repr((mark, media, page)).encode()).hexdigest()[:32]
        headers = {
            "ETag": f'W/"{key}"',
            "Vary": _VARY,
            "Cache-Control": "private, no-cache",
            "Content-Language": page.lang,
        }
        if verb.files and (unlogged := await self._unlogged(verb, arguments)) is not None:
            return reply(request, unlogged, page)
        if _has_it(request, key) and await self._is_there((verb, arguments, page), key):
            return Response(None, 304, headers)
        if media == JSON:
            return await self._page(request, (verb, arguments, page), key, headers)
        answer = await run_in_threadpool(self.desk.find, verb, arguments)
        return None if answer is None else _streamed(request, answer, page, media, headers)

    async def _unlogged(self, verb: Verb, arguments: Mapping[str, Any]) -> Answer | None:
        """Have logged what is to be logged each time; return the answer that says so where it cannot be."""
        given = await run_in_threadpool(self.desk.give, verb, arguments)
        return None if given is None or given[1] else given[0]

    async def _is_there(self, wanted: tuple[Verb, Mapping[str, Any], Page], key: str) -> bool:
        """Say whether there is such a page: whoever sends `*` may name a table that never was."""
        if key in self._pages:
            return True
        verb, arguments, page = wanted
        answer = await run_in_threadpool(self.desk.find, verb, arguments)
        return answer is not None and _table(answer, page) is not None

    async def _page(
        self,
        request: Request,
        wanted: tuple[Verb, Mapping[str, Any], Page],
        key: str,
        headers: dict[str, str],
    ) -> Response | None:
        made = self._pages.get(key)
        if made is None:
            made = await self._made(wanted, key)
        else:
            self._pages.move_to_end(key)
        if made is None:
            return None
        plain, packed, total = made
        headers |= _links(request, wanted[2], total)
        if packed is not None and takes_gzip(request):
            return Response(packed, 200, headers | {"Content-Encoding": "gzip"}, JSON)
        return Response(plain, 200, headers, JSON)

    async def _made(self, wanted: tuple[Verb, Mapping[str, Any], Page], key: str) -> Made | None:
        """Make a page once, however many ask for it at the same time."""
        verb, arguments, page = wanted
        if key not in self._making:
            answer = await run_in_threadpool(self.desk.find, verb, arguments)
            if answer is None:
                return None
            table = _table(answer, page)

            async def make() -> Made:
                document = await run_in_threadpool(formats.page_document, answer, table, page)
                plain, packed = await run_in_threadpool(formats.json_bytes, document)
                return plain, packed, table.num_rows

            if key not in self._making:
                self._making[key] = asyncio.create_task(make())
        try:
            made = await asyncio.shield(self._making[key])
        finally:
            self._making.pop(key, None)
        self._keep(key, made)
        return made

    def _keep(self, key: str, made: Made) -> None:
        size = _size(made)
        if key in self._pages or size > self._most // 8:
            return
        self._pages[key] = made
        self._size += size
        while self._size > self._most:
            _, oldest = self._pages.popitem(last=False)
            self._size -= _size(oldest)


def reply(request: Request, answer: Answer, page: Page) -> Response:
    """Return the response to a question that was answered just now, which readers keep no copy of.

    Parameters
    ----------
    request
        The request.
    answer
        The answer.
    page
        What part of it is wanted.

    Raises
    ------
    Refused
        There is no such format or table.
    """
    media = wanted_format(request)
    headers = {"Vary": _VARY, "Cache-Control": "no-store", "Content-Language": page.lang}
    if media != JSON:
        return _streamed(request, answer, page, media, headers)
    page = page if page.limit is not None else replace(page, limit=_ROWS)
    table = _table(answer, page)
    document = formats.page_document(answer, table, page)
    headers |= _links(request, page, table.num_rows)
    return Response(formats.plain_json(document), 200, headers, JSON)


def wanted_format(request: Request) -> str:
    """Return the media type that is wanted.

    Raises
    ------
    Refused
        None of those that there are is accepted.
    """
    media = media_type(request.headers.get("accept", ""), formats.OFFERED)
    if media is None:
        listed = ", ".join(formats.OFFERED)
        raise refusal(
            406,
            Words("Asked for an answer.", "要查看一项结果。"),
            Words("The header Accept names no format that there is.", "Accept 请求头里没有可用的格式。"),
            Words(f"Accept one of: {listed}.", f"可用的格式：{listed}。"),
        )  # fmt: skip
    return media


def _size(made: Made) -> int:
    return len(made[0]) + len(made[1] or b"")


def _has_it(request: Request, key: str) -> bool:
    given = request.headers.get("if-none-match", "")
    named = {item.strip().removeprefix("W/").strip('"') for item in given[:2000].split(",")}
    return key in named or "*" in named


def _table(answer: Answer, page: Page) -> Any:
    table = formats.table_of(answer, page)
    if table is None:
        listed = ", ".join(answer.evidence)
        raise refusal(
            404,
            Words(f"Asked for the table {page.table}.", f"要查看表 {page.table}。"),
            Words("The answer has no table of that name.", "结果里没有这张表。"),
            Words(f"Name one of: {formats.ITSELF}, {listed}.", f"可用：{formats.ITSELF}、{listed}。"),
        )  # fmt: skip
    return table


def _links(request: Request, page: Page, total: int) -> dict[str, str]:
    """Return the header that leads to the pages before and after (RFC 8288)."""
    limit = page.limit or _ROWS
    places = {"next": page.offset + limit, "prev": max(0, page.offset - limit)}
    there = {
        name: offset
        for name, offset in places.items()
        if (name == "next" and offset < total) or (name == "prev" and page.offset > 0)
    }
    if not there:
        return {}
    path = request.url.path
    listed = ", ".join(
        f'<{path}?{request.url.include_query_params(offset=offset).query}>; rel="{name}"'
        for name, offset in there.items()
    )
    return {"Link": listed}


def _streamed(
    request: Request, answer: Answer, page: Page, media: str, headers: dict[str, str]
) -> Response:
    table = formats.cut(_table(answer, page), page)
    parts = formats.csv_stream(table) if media == CSV else formats.arrow_stream(table)
    assert media in (CSV, ARROW)
    if takes_gzip(request):
        parts, headers = formats.zip_stream(parts), headers | {"Content-Encoding": "gzip"}
    name = f"{answer.verb.replace('_', '-')}-{page.table}.{formats.EXTENSIONS[media]}"
    headers |= {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, 200, headers, media)
