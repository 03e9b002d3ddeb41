"""Before any route: who asks, how often, from where, how much; and after it: what is recorded.

An ASGI middleware. It knows no route and no verb. Everything that it refuses is a problem document.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request

from shopkeeper.errors import ShopkeeperError
from shopkeeper.surfaces import wording
from shopkeeper.surfaces.rest.limits import Limit, whole_seconds
from shopkeeper.surfaces.rest.problems import Refused, refusal, response_of, status_of
from shopkeeper.surfaces.rest.records import NO_ROUTE, Records
from shopkeeper.surfaces.rest.tokens import Caller, Tokens
from shopkeeper.words import Words

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = ("/health", "/ready")
"""Asked by what watches the server, without a token and without a limit."""

_PIECE = 2**18
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LOCAL = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.I)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_ASKED = Words("Asked this server.", "请求了本服务。")


class Head:
    """The headers of a request, the first of each name.

    Parameters
    ----------
    scope
        The request.

    Examples
    --------
    >>> head = Head({"headers": [(b"host", b"localhost"), (b"host", b"elsewhere")]})
    >>> head.get(b"host"), head.get(b"origin"), b"origin" in head
    ('localhost', '', False)
    """

    def __init__(self, scope: Scope) -> None:
        self._said = dict(reversed(scope["headers"]))

    def get(self, name: bytes, otherwise: str = "") -> str:
        """Return what a header says; its name in small letters."""
        said = self._said.get(name)
        return otherwise if said is None else said.decode("latin-1")

    def __contains__(self, name: bytes) -> bool:
        return name in self._said


@dataclass(frozen=True, slots=True)
class Rules:
    """What the door holds requests to.

    Parameters
    ----------
    guarded
        Whether a token is needed even where none has been made.
    rate, burst
        Requests a second of one token (or of one address without a token), and how many may come at
        once; a rate of 0 for no limit.
    failures
        Wrong tokens a minute from one address.
    largest_body
        Bytes.
    body_seconds
        Seconds in which a body must have come.
    free
        Whether nobody is held to the rate for as long as no token is needed.
    """

    guarded: bool = False
    rate: float = 50
    burst: float = 100
    failures: int = 10
    largest_body: int = 65_536
    body_seconds: float = 10
    free: bool = False


class Guests(Protocol):
    """Those who come by a login instead of a token: the pages."""

    def owns(self, path: str) -> bool:
        """Say whether a path is that of a page."""
        ...

    def caller(self, request: Request) -> Caller | None:
        """Return who is logged in."""
        ...

    def has_users(self) -> bool:
        """Say whether anybody has a password."""
        ...


class Door:
    """The middleware.

    Parameters
    ----------
    app
        What lies behind.
    tokens
        The tokens.
    records
        Where requests are recorded.
    rules
        What requests are held to.
    guests
        The pages; None where there are none.
    """

    def __init__(
        self,
        app: App,
        *,
        tokens: Tokens,
        records: Records,
        rules: Rules,
        guests: Guests | None = None,
    ) -> None:
        self.app, self.tokens, self.records, self.rules = app, tokens, records, rules
        self._guests = guests
        self._guarded = rules.guarded
        self._limit = Limit(rate=rules.rate, burst=rules.burst)
        self._failures = Limit(rate=rules.failures / 60, burst=rules.failures)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, seen, method = time.perf_counter(), {"status": 500}, scope["method"]
        state = scope.setdefault("state", {})
        head = Head(scope)
        given = head.get(b"x-request-id")
        state["request_id"] = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        own = (b"x-request-id", state["request_id"].encode())

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                said = message["headers"]
                there = {name for name, _ in said}
                # A response that is kept is sent again: its own headers stay as they are.
                more = (pair for pair in _HEADERS if pair[0] not in there)
                message = {**message, "headers": [*said, own, *more]}
            elif method == "HEAD":
                message = {**message, "body": b""}
            for piece in _pieces(message):
                await send(piece)

        if method == "HEAD" and self._guests is not None:
            # What GET would answer, without its body (RFC 9110, 9.3.2); no route of REST or pages has to know.
            scope = {**scope, "method": "GET"}
        try:
            await self._let_in(scope, head, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            caller = state.get("caller")
            self.records.request(
                route=route,
                method=method,
                status=seen["status"],
                seconds=time.perf_counter() - began,
                request_id=state["request_id"],
                caller=caller.name if caller else "",
            )

    async def _let_in(self, scope: Scope, head: Head, receive: Receive, send: Send) -> None:
        request, sent = Request(scope, receive), {"begun": False, "whole": False}
        scope.setdefault("app", self.app)

        async def watched(message: Message) -> None:
            sent["begun"] = True
            sent["whole"] = not message.get("more_body") and message["type"].endswith("body")
            await send(message)

        try:
            if scope["path"] not in OPEN:
                self._check(request, head)
            await self.app(scope, await self._body(head, receive), watched)
        except Refused as refused:
            self.records.refused.labels(str(refused.status)).inc()
            headers = {"Connection": "close", **refused.headers}
            response = response_of(request, refused.error, refused.status, headers=headers)
            await response(scope, receive, send)
        except ShopkeeperError as error:
            await response_of(request, error, status_of(error))(scope, receive, send)
        # The last place where a defect can be told kindly.
        except Exception as error:
            self.records.defect(error, request_id=scope["state"]["request_id"])
            # Half a response cannot be taken back; the connection is cut.
            if sent["begun"] and not sent["whole"]:
                raise
            if not sent["begun"]:
                told = wording.unforeseen(error, "serve")
                await response_of(request, told, 500)(scope, receive, send)

    def _check(self, request: Request, head: Head) -> None:
        needed = self.needs_token()
        if not needed:
            self._check_origin(request, head)
        self._admit(request, head, needed=needed)

    def _check_origin(self, request: Request, head: Head) -> None:
        """Refuse what a page of another site makes a browser send to an open server.

        Without a token whoever can reach the server may ask: then only names of this machine are
        answered to (a name that resolves to it may be another's), and no other site's page.
        """
        host, origin = head.get(b"host"), head.get(b"origin")
        if not _LOCAL.fullmatch(host):
            raise refusal(
                421,
                _ASKED,
                Words("The request is not addressed to this machine.", "请求的地址不是本机。"),
                Words("Use http://127.0.0.1 or http://localhost.", "请使用 http://127.0.0.1 或 http://localhost。"),
            )  # fmt: skip
        crossed = head.get(b"sec-fetch-site") in ("cross-site", "same-site")
        if (crossed and not self._is_followed(request, head)) or (
            origin and origin.partition("://")[2] != host
        ):
            raise refusal(
                403,
                _ASKED,
                Words("A page of another site sent the request.", "请求来自其他网站的页面。"),
                Words("Ask from a program or from this address.", "请从程序或本地址发出请求。"),
            )

    def _is_followed(self, request: Request, head: Head) -> bool:
        """Say whether somebody followed a link to a page; who set it cannot read what comes."""
        followed = head.get(b"sec-fetch-mode") == "navigate"
        shown = head.get(b"sec-fetch-dest") == "document"
        page = self._guests is not None and self._guests.owns(request.url.path)
        return page and followed and shown and request.method == "GET"

    def needs_token(self) -> bool:
        """Say whether only those who are known are let in."""
        # Once that was so it stays so: a file that is taken away opens nothing.
        users = self._guests is not None and self._guests.has_users()
        self._guarded = self._guarded or users or bool(self.tokens.all())
        return self._guarded

    def _admit(self, request: Request, head: Head, *, needed: bool) -> None:
        """Find out who asks, and whether they ask too often."""
        address = request.client.host if request.client else ""
        caller = Caller("", "admin")
        if needed:
            caller = self._guest(request) or self._known(head, f"address {address}")
        request.scope["state"]["caller"] = caller
        if self.rules.free and not self._guarded:
            return
        self._within(self._limit.wait(f"token {caller.name}" if caller.name else address))

    def _guest(self, request: Request) -> Caller | None:
        if self._guests is None or not self._guests.owns(request.url.path):
            return None
        return self._guests.caller(request)

    def _known(self, head: Head, address: str) -> Caller:
        """Return whose token it is; only wrong ones are counted, so that nobody is locked out."""
        kind, _, token = head.get(b"authorization").partition(" ")
        caller = self.tokens.caller(token.strip()) if kind.lower() == "bearer" else None
        if caller is not None:
            return caller
        if token:
            self._within(self._failures.wait(address))
        raise refusal(
            401,
            _ASKED,
            Words("There is no token, or not one that holds.", "没有令牌，或令牌无效、已过期。"),
            Words(
                "Make one with `shopkeeper token SHOP --name NAME` and send it in the header "
                "`Authorization: Bearer TOKEN`.",
                "请用 `shopkeeper token 店铺 --name 名称` 创建令牌，并放在请求头 `Authorization: Bearer 令牌` 里。",
            ),
            {"WWW-Authenticate": 'Bearer realm="shopkeeper"'},
        )

    def _within(self, wait: float) -> None:
        if wait:
            raise refusal(
                429,
                _ASKED,
                Words("Too many requests came at once.", "短时间内请求过多。"),
                Words("Wait as long as Retry-After says.", "请按 Retry-After 的秒数等待后再试。"),
                {"Retry-After": whole_seconds(wait)},
            )

    async def _body(self, head: Head, receive: Receive) -> Receive:
        """Return a `receive` that has the body already; GET and its like have none that is read."""
        declared = head.get(b"content-length", "0")
        if declared == "0" and b"transfer-encoding" not in head:
            return receive
        largest = self.rules.largest_body
        if head.get(b"content-encoding", "identity").lower() != "identity":
            raise refusal(
                415,
                _ASKED,
                Words("The body is compressed.", "请求体经过压缩。"),
                Words("Send it as it is.", "请直接发送未压缩的内容。"),
            )
        if declared.isdecimal() and int(declared) > largest:
            raise _too_large(largest)
        try:
            async with asyncio.timeout(self.rules.body_seconds):
                body = await _whole(receive, largest)
        except TimeoutError as error:
            raise refusal(
                408,
                _ASKED,
                Words("The body came too slowly.", "请求体发送太慢。"),
                Words("Send it in one go.", "请一次发完。"),
            ) from error
        return _again(body, receive)


def _pieces(message: Message) -> Iterator[Message]:
    """Yield a message in pieces where it is long, so that no more waits in memory than its reader takes."""
    body = message.get("body", b"")
    for at in range(0, len(body) - _PIECE, _PIECE):
        yield {**message, "body": body[at : at + _PIECE], "more_body": True}
    rest = (max(len(body), 1) - 1) // _PIECE * _PIECE
    yield {**message, "body": body[rest:]} if rest else message


async def _whole(receive: Receive, largest: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > largest:
            raise _too_large(largest)
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    read = False

    async def replay() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _too_large(largest: int) -> Refused:
    return refusal(
        413,
        _ASKED,
        Words(f"The body is larger than {largest:,} bytes.", f"请求体超过 {largest:,} 字节。"),
        Words("Send less.", "请减少内容。"),
    )
