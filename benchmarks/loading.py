"""A client that costs little: many connections, one thread, and no more done of a response than finding its end.

Each connection sends its next request when it has the whole response to the last one. What is measured is
the server and not the client: a response costs the client a few dozen microseconds.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import psutil

_STATUS_AT, _ONCE = 9, 2**18


@dataclass
class Load:
    """What clients have seen."""

    took: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0
    server_seconds: float = 0.0

    def figure(self, name: str, **more: object) -> dict[str, object]:
        """Return the figure."""
        took = sorted(self.took)
        return {
            "figure": name,
            "requests_per_second": round(len(took) / self.seconds),
            "p50_ms": round(1000 * took[len(took) // 2], 1),
            "p99_ms": round(1000 * took[int(0.99 * len(took))], 1),
            "slowest_ms": round(1000 * took[-1], 1),
            "server_processor_ms_per_request": round(1000 * self.server_seconds / len(took), 3),
            "requests": len(took),
            "failed": self.failed,
            **more,
        }


@dataclass
class _Client:
    """One connection: what it waits for."""

    connection: socket.socket
    began: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    whole: int = 0


def request_to(path: str, **headers: str) -> bytes:
    """Return a request as it goes over the wire."""
    listed = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{listed}\r\n".encode()


def loaded(
    port: int,
    requests: Sequence[bytes],
    clients: int,
    seconds: float,
    server: psutil.Process | None = None,
) -> Load:
    """Send requests in turn over so many connections for so long.

    Parameters
    ----------
    port
        Where the server listens.
    requests
        What is sent, the next one by whichever connection is free; from the beginning after the last.
    clients
        Connections.
    seconds
        How long.
    server
        The server's process, whose processor time is measured.
    """
    load, numbers = Load(), count()
    used = _used(server)
    began = time.perf_counter()
    until = began + seconds
    with selectors.DefaultSelector() as waiting:
        for _ in range(clients):
            client = _Client(socket.create_connection(("127.0.0.1", port)))
            client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(client.connection, selectors.EVENT_READ, client)
            _send(client, requests[next(numbers) % len(requests)])
        open_ones = clients
        while open_ones:
            for key, _ in waiting.select(timeout=60) or [(None, None)]:
                if key is None:
                    load.failed += open_ones
                    open_ones = 0
                    break
                client = key.data
                if not _has_whole(client, load):
                    continue
                if client.whole >= 0 and time.perf_counter() < until:
                    _send(client, requests[next(numbers) % len(requests)])
                else:
                    waiting.unregister(client.connection)
                    client.connection.close()
                    open_ones -= 1
    load.seconds = time.perf_counter() - began
    load.server_seconds = _used(server) - used
    return load


def _send(client: _Client, request: bytes) -> None:
    client.received.clear()
    client.whole = 0
    client.began = time.perf_counter()
    client.connection.sendall(request)


def _has_whole(client: _Client, load: Load) -> bool:
    """Take what has come; say whether the connection is through with its request."""
    try:
        part = client.connection.recv(_ONCE)
    except OSError:
        part = b""
    if not part:
        load.failed += 1
        client.whole = -1
        return True
    received = client.received
    received += part
    if not client.whole:
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return False
        client.whole = end + 4 + _length(received[:end])
    if len(received) < client.whole:
        return False
    load.took.append(time.perf_counter() - client.began)
    load.failed += received[_STATUS_AT : _STATUS_AT + 3] not in (b"200", b"304")
    return True


def _length(head: bytearray) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def _used(server: psutil.Process | None) -> float:
    """Return the processor seconds of a process so far."""
    if server is None:
        return 0.0
    times = server.cpu_times()
    return times.user + times.system
