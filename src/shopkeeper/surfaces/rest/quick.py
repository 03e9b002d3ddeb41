"""What takes milliseconds, answered before the framework: routes, checks of parameters and jobs cost more.

It stands in front of the application and hands on whatever it does not answer: another method, a value
that cannot be used, a question that has to be worked out. So there is one place where each of these is told.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper.surfaces.asking.desk import Desk, View
from shopkeeper.surfaces.asking.questions import Question
from shopkeeper.surfaces.rest.door import App, Receive, Scope, Send
from shopkeeper.surfaces.rest.formats import JSON, Page
from shopkeeper.surfaces.rest.problems import Refused, response_of
from shopkeeper.surfaces.rest.replies import reply, wanted_format
from shopkeeper.surfaces.rest.schemas import query_model
from shopkeeper.surfaces.rest.wanted import language_of

_HEADERS = (b"accept", b"accept-language")
Key = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The address of a verb, by the name under which requests are recorded."""

    path: str


class Quick:
    """Answers at once, and keeps what it has answered for as long as the shop is the same.

    Parameters
    ----------
    app
        What lies behind.
    questions
        What may be asked.
    desk
        Where answers are found.
    most_bytes
        Size of all kept responses at the most; 0 keeps none.
    """

    def __init__(
        self,
        app: Any,
        questions: Sequence[Question],
        desk: Desk,
        *,
        most_bytes: int = 32 * 2**20,
    ) -> None:
        self.app: App = app
        self.state = app.state
        self._desk, self._most = desk, most_bytes
        self._asked = {
            f"/v1/{question.path}": (question, query_model(question), Route(f"/v1/{question.path}"))
            for question in questions
            if question.verb.quick
        }
        self._of: View | None = None
        self._kept: OrderedDict[Key, Response] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        found = self._asked.get(scope.get("path", "")) if scope.get("method") == "GET" else None
        response = await self._response(scope, *found) if found else None
        await (self.app if response is None else response)(scope, receive, send)

    async def _response(
        self, scope: Scope, question: Question, model: type[BaseModel], route: Route
    ) -> Response | None:
        view, key = self._desk.view(), _key(scope)
        kept = self._find(view, key)
        if kept is not None:
            scope["route"] = route
            return kept
        request = Request(scope)
        try:
            asked = model.model_validate(dict(_pairs(scope))).model_dump()
        except ValidationError:
            return None
        try:
            return await self._made(request, question, asked, view, key, route)
        except Refused as refused:
            return response_of(request, refused.error, refused.status, headers=refused.headers)

    async def _made(
        self,
        request: Request,
        question: Question,
        asked: dict[str, Any],
        view: View,
        key: Key,
        route: Route,
    ) -> Response | None:
        media = wanted_format(request)
        arguments, page = read(request, question, asked)
        if self._desk.is_open(view):
            # Without a thread, which would take as long.
            answer = self._desk.at_once(question.verb, arguments, view)
        else:
            answer = await run_in_threadpool(self._desk.at_once, question.verb, arguments, view)
        if answer is None:
            return None
        request.scope["route"] = route
        response = reply(request, answer, page)
        # What its verb logs each time is asked of the verb each time.
        if media == JSON and not answer.logged and view.is_settled:
            self._keep(view, key, response)
        return response

    def _find(self, view: View, key: Key) -> Response | None:
        if self._of is not view:
            return None
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def _keep(self, view: View, key: Key, response: Response) -> None:
        size = _size(key, response)
        if size > self._most // 8:
            return
        if self._of is not view:
            self._of, self._size = view, 0
            self._kept.clear()
        before = self._kept.pop(key, None)
        self._size += size - (_size(key, before) if before else 0)
        self._kept[key] = response
        while self._size > self._most:
            self._size -= _size(*self._kept.popitem(last=False))


def read(
    request: Request, question: Question, given: dict[str, Any]
) -> tuple[dict[str, Any], Page]:
    """Return the arguments of a verb, and what part of its answer is wanted."""
    page = {name: given[name] for name in ("table", "offset", "limit", "chart") if name in given}
    return question.arguments(given), Page(language_of(request), **page)


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _key(scope: Scope) -> Key:
    given = scope["headers"]
    return (
        scope["path"].encode(),
        scope["query_string"],
        *(part for pair in given if pair[0] in _HEADERS for part in pair),
    )


_OVERHEAD = 1000
"""Bytes that a response takes besides its body, about."""


def _size(key: Key, response: Response) -> int:
    return len(response.body) + sum(map(len, key)) + _OVERHEAD
