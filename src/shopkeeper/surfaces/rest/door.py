"""Before any route: who asks, how often, from where, how much; and after it: what is recorded.

An ASGI middleware. It knows no route and no verb. Everything that it refuses is a problem document.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.datastructures import Headers, MutableHeaders
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

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LOCAL = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.I)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ASKED = Words("Asked this server.", "请求了本服务。")


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
        began, seen = time.perf_counter(), {"status": 500}
        state = scope.setdefault("state", {})
        given = Headers(scope=scope).get("x-request-id", "")
        state["request_id"] = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = state["request_id"]
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._let_in(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            caller = state.get("caller")
            self.records.request(
                route=route,
                method=scope["method"],
                status=seen["status"],
                seconds=time.perf_counter() - began,
                request_id=state["request_id"],
                caller=caller.name if caller else "",
            )

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, sent = Request(scope, receive), {"begun": False, "whole": False}
        scope.setdefault("app", self.app)

        async def watched(message: Message) -> None:
            sent["begun"] = True
            sent["whole"] = not message.get("more_body") and message["type"].endswith("body")
            await send(message)

        try:
            if scope["path"] not in OPEN:
                self._check_origin(request)
                self._admit(request)
            await self.app(scope, await self._body(request, receive), watched)
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

    def _check_origin(self, request: Request) -> None:
        """Refuse what a page of another site makes a browser send to an open server.

        Without a token whoever can reach the server may ask: then only names of this machine are
        answered to (a name that resolves to it may be another's), and no other site's page.
        """
        if self.needs_token():
            return
        host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
        if not _LOCAL.fullmatch(host):
            raise refusal(
                421,
                _ASKED,
                Words("The request is not addressed to this machine.", "请求的地址不是本机。"),
                Words("Use http://127.0.0.1 or http://localhost.", "请使用 http://127.0.0.1 或 http://localhost。"),
            )  # fmt: skip
        crossed = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if (crossed and not self._is_followed(request)) or (
            origin and origin.partition("://")[2] != host
        ):
            raise refusal(
                403,
                _ASKED,
                Words("A page of another site sent the request.", "请求来自其他网站的页面。"),
                Words("Ask from a program or from this address.", "请从程序或本地址发出请求。"),
            )

    def _is_followed(self, request: Request) -> bool:
        """Say whether somebody followed a link to a page; who set it cannot read what comes."""
        headers = request.headers
        followed = headers.get("sec-fetch-mode") == "navigate"
        shown = headers.get("sec-fetch-dest") == "document"
        page = self._guests is not None and self._guests.owns(request.url.path)
        return page and followed and shown and request.method == "GET"

    def needs_token(self) -> bool:
        """Say whether only those who are known are let in."""
        # Once that was so it stays so: a file that is taken away opens nothing.
        users = self._guests is not None and self._guests.has_users()
        self._guarded = self._guarded or users or bool(self.tokens.all())
        return self._guarded

    def _admit(self, request: Request) -> None:
        """Find out who asks, and whether they ask too often."""
        address = request.client.host if request.client else ""
        caller = Caller("", "admin")
        if self.needs_token():
            caller = self._guest(request) or self._known(request, f"address {address}")
        request.scope["state"]["caller"] = caller
        if self.rules.free and not self._guarded:
            return
        self._within(self._limit.wait(f"token {caller.name}" if caller.name else address))

    def _guest(self, request: Request) -> Caller | None:
        if self._guests is None or not self._guests.owns(request.url.path):
            return None
        return self._guests.caller(request)

    def _known(self, request: Request, address: str) -> Caller:
        """Return whose token it is; only wrong ones are counted, so that nobody is locked out."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
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

    async def _body(self, request: Request, receive: Receive) -> Receive:
        """Return a `receive` that has the body already; GET and its like have none that is read."""
        headers = request.headers
        declared = headers.get("content-length", "0")
        if declared == "0" and "transfer-encoding" not in headers:
            return receive
        largest = self.rules.largest_body
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise refusal(
                415,
                _ASKED,
                Words("The body is compressed.", "请求体经过压缩。"),
                Words("Send it as it is.", "请直接发送未压缩的内容。"),
            )
        if declared.isdigit() and int(declared) > largest:
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
