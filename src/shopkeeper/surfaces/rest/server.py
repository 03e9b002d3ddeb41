"""The process that listens: its address, its connections, its end."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shopkeeper.errors import UsageError
from shopkeeper.surfaces.rest.application import make_app
from shopkeeper.surfaces.rest.door import Door, Rules
from shopkeeper.surfaces.rest.records import Records, Through
from shopkeeper.surfaces.rest.tokens import Tokens
from shopkeeper.surfaces.rest.users import Users
from shopkeeper.words import Words

_HEAD_SECONDS = 10
_READ_SECONDS, _SLOWEST_READER = 60.0, 16_384
"""A reader has so many seconds to spare, and besides one for so many bytes that wait; then it is let go."""

_LARGEST_HEAD = 32_768
_CONNECTIONS = 2000
_RATE = 50


class Patient(HttpToolsProtocol):
    """A connection whose request has to come within a time and a size, and whose reply has to be read.

    Uvicorn bounds neither the time nor, with httptools, the size of a request's line and headers:
    a few thousand connections that send a byte a minute would keep everybody else out.
    """

    _head: asyncio.TimerHandle | None = None
    _written: asyncio.TimerHandle | None = None
    _spare = _since = 0.0
    _bytes = 0
    _reading = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._spare = _READ_SECONDS
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        self._taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the end of the headers."""
        if self._reading:
            self._bytes += len(data)
            self._wait()
        super().data_received(data)
        if self._reading and self._bytes > _LARGEST_HEAD:
            self._close(b"431 Request Header Fields Too Large")

    def pause_writing(self) -> None:
        """Begin to wait for a reader who does not take what was asked for."""
        super().pause_writing()
        self._taken()
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        self._spare += self.transport.get_write_buffer_size() / _SLOWEST_READER
        self._written = loop.call_later(self._spare, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing, with what the reader has left of its time."""
        self._taken()
        waited = asyncio.get_running_loop().time() - self._since
        self._spare = min(_READ_SECONDS, self._spare - waited)
        super().resume_writing()

    def _taken(self) -> None:
        if self._written is not None:
            self._written.cancel()
            self._written = None

    def on_headers_complete(self) -> None:
        """Hand the request on."""
        self._reading = False
        self._stop()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Begin to count the next request."""
        self._reading, self._bytes = True, 0
        super().on_message_complete()

    def _wait(self) -> None:
        if self._head is None:
            loop = asyncio.get_running_loop()
            self._head = loop.call_later(_HEAD_SECONDS, self._close, b"408 Request Timeout")

    def _stop(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _close(self, status: bytes) -> None:
        if not self.transport.is_closing():
            end = b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.transport.write(b"HTTP/1.1 " + status + end)
            self.transport.close()


def serve(
    shop: Path,
    *,
    host: str,
    port: int,
    rate: float | None,
    jobs: int,
    ready: Callable[[str], None],
) -> None:
    """Serve a shop until a signal ends it.

    Parameters
    ----------
    shop
        The shop's folder.
    host, port, rate, ready
        As for `listen`.
    jobs
        Jobs that are worked on at the same time.

    Raises
    ------
    UsageError
        The address cannot be used, or is not of this machine and there is neither token nor user.
    ShopNotFoundError
        There is no shop at that path.
    """
    _check(port, jobs, rate)

    def make(rules: Rules, records: Records) -> Door:
        return make_app(shop, rules=rules, records=records, jobs_at_once=jobs)

    listen(shop, make, host=host, port=port, rate=rate, ready=ready)


def listen(
    shop: Path,
    make: Callable[[Rules, Records], Door],
    *,
    host: str,
    port: int,
    rate: float | None,
    ready: Callable[[str], None],
) -> None:
    """Listen until a signal comes, and let an application answer.

    Parameters
    ----------
    shop
        The shop's folder.
    make
        Makes the application from the rules that it holds requests to.
    host, port
        Where to listen; port 0 takes a free one.
    rate
        Requests a second of one token or address; 0 for no limit, None for 50 where tokens are
        needed and else no limit.
    ready
        Told the address once requests are taken.

    Raises
    ------
    UsageError
        The address cannot be used, or is not of this machine and there is neither token nor user.
    """
    _check(port, 1, rate)
    local, known = _is_local(host), bool(Tokens(shop).all() or Users(shop).all())
    if not local and not known:
        raise UsageError(
            Words(f"Asked to serve at {host}.", f"要在 {host} 上提供服务。"),
            Words(
                "Others could reach it there, and no token and no user has been made.",
                "其他人可以访问该地址，而尚未创建令牌或用户。",
            ),
            Words(
                "Make one with `shopkeeper token SHOP --name NAME` or `shopkeeper user SHOP --name NAME`, "
                "or serve at 127.0.0.1.",
                "请先用 `shopkeeper token 店铺 --name 名称` 创建令牌，或用 `shopkeeper user 店铺 --name 名称` "
                "创建用户，或改用 127.0.0.1。",
            ),
        )
    records, held_to = Records(), _RATE if rate is None else rate
    rules = Rules(guarded=not local, rate=held_to, burst=max(1, 2 * held_to), free=rate is None)
    with _listening(host, port) as listening:
        app = make(rules, records)
        logging.getLogger().addHandler(Through(records))
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{listening.getsockname()[1]}"
        _Server(_configuration(app), lambda: ready(address)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that tells when it takes requests."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._ready()


def _configuration(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Patient,
        # uvloop takes one new connection a round: where many are busy the newest wait for seconds.
        loop="asyncio",
        ws="none",
        log_config=None,
        access_log=False,
        # Who asks is whom the connection comes from, whatever a header says.
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
    )


def _check(port: int, jobs: int, rate: float | None) -> None:
    usable = 0 <= port < 2**16 and 1 <= jobs <= 64 and (rate is None or 0 <= rate <= 1e6)
    if not usable:
        raise UsageError(
            Words("Asked to serve the shop.", "要提供店铺服务。"),
            Words(
                f"port is {port}, jobs {jobs}, rate {rate}.",
                f"port 为 {port}，jobs 为 {jobs}，rate 为 {rate}。",
            ),
            Words(
                "Give a port from 0 to 65535, 1 to 64 jobs and a rate from 0 to a million.",
                "port 请给 0 到 65535，jobs 请给 1 到 64，rate 请给 0 到一百万。",
            ),
        )


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    asked = Words(f"Asked to serve at {host}:{port}.", f"要在 {host}:{port} 上提供服务。")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        found = Words("That cannot be listened on.", "无法监听该地址。")
        raise UsageError(
            asked,
            Words("Another program listens there.", "该端口已被其他程序占用。") if taken else found,
            Words("Name another with --port or --host.", "请用 --port 或 --host 另选一个。"),
        ) from error
    # Connections inherit it; else the body of a response waits 40 ms for the receipt of its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
