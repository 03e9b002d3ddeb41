"""The server under load, from a second process on loopback: requests a second, 99th percentile, memory.

    python benchmarks/serve.py demo/shop                      every figure
    python benchmarks/serve.py demo/shop --seconds 120        the long one as the floor asks it

Every figure is of a server that was just started on a shop whose questions `run` has answered. Each client
sends its next request when it has the whole response to the last one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from machine import keep

from shopkeeper.surfaces.verbs import BY_NAME

PAGE = "/v1/overview"
TODAY, READING = "/", "/reviews"
LONG = "/v1/compare-methods"
assert BY_NAME["overview"]
assert BY_NAME["compare_methods"].by_hand


@dataclass
class Load:
    """What clients have seen."""

    took: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    def figure(self, name: str, **more: object) -> dict[str, object]:
        """Return the figure."""
        took = sorted(self.took)
        return {
            "figure": name,
            "requests_per_second": round(len(took) / self.seconds),
            "p50_ms": round(1000 * took[len(took) // 2], 1),
            "p99_ms": round(1000 * took[int(0.99 * len(took))], 1),
            "slowest_ms": round(1000 * took[-1], 1),
            "requests": len(took),
            "failed": self.failed,
            **more,
        }


@contextmanager
def server(shop: Path) -> Iterator[tuple[int, psutil.Process]]:
    """Run `shopkeeper serve` and give its port and process."""
    command = [sys.executable, "-m", "shopkeeper", "serve", str(shop), "--port", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        told = ""
        while not told.endswith("}\n"):
            told += process.stdout.readline()
        yield urlsplit(json.loads(told)["address"]).port or 0, psutil.Process(process.pid)
        process.send_signal(signal.SIGINT)


def asked(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """Send one request."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", method=method, headers=headers
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.status, reply.read()


async def client(port: int, request: bytes, until: float, load: Load) -> None:
    """Send a request over and over on one connection, whole response after whole response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next((line[16:] for line in lines if line.startswith("content-length: ")), "0")
        await reader.readexactly(int(length))
        load.took.append(time.perf_counter() - began)
        load.failed += not lines[0].startswith(("http/1.1 200", "http/1.1 304"))
    writer.close()


async def loaded(port: int, clients: int, seconds: float, path: str = PAGE, **headers: str) -> Load:
    """Ask for a page from so many clients at once."""
    listed = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{listed}\r\n".encode()
    load, began = Load(), time.perf_counter()
    ends = await asyncio.gather(
        *(client(port, request, began + seconds, load) for _ in range(clients)),
        return_exceptions=True,
    )
    load.failed += sum(isinstance(end, BaseException) for end in ends)
    load.seconds = time.perf_counter() - began
    return load


def pages(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure a page of an answer, compressed, and one that the asker has already."""
    with server(shop) as (port, _):
        _, body = asked(port, PAGE)
        tag = urllib.request.urlopen(f"http://127.0.0.1:{port}{PAGE}").headers["ETag"]
        for name, headers in (
            (f"page of {len(body)} bytes", {}),
            ("page in gzip", {"Accept-Encoding": "gzip"}),
            ("page that the asker has", {"If-None-Match": tag}),
        ):
            load = asyncio.run(loaded(port, 8, seconds, **headers))
            yield load.figure(name, clients=8)


def dashboard(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure pages of the dashboard: the first time that one is opened, and then under load."""
    with server(shop) as (port, _):
        for path in (TODAY, READING):
            began = time.perf_counter()
            _, body = asked(port, path)
            first = time.perf_counter() - began
            for name, headers in (("", {}), (" in gzip", {"Accept-Encoding": "gzip"})):
                load = asyncio.run(loaded(port, 8, seconds, path, **headers))
                yield load.figure(
                    f"{path} of {len(body)} bytes{name}", clients=8, first_seconds=round(first, 2)
                )


def beside_work(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure the same page while a question that takes minutes is worked on."""
    with server(shop) as (port, _):
        asked(port, PAGE)
        status, body = asked(port, LONG, Prefer="wait=0")
        job = json.loads(body)
        time.sleep(3)
        load = asyncio.run(loaded(port, 8, seconds))
        asked(port, TODAY)
        today = asyncio.run(loaded(port, 8, seconds, TODAY))
        _, after = asked(port, f"/v1/jobs/{job['id']}")
        state = json.loads(after)["state"]
        asked(port, f"/v1/jobs/{job['id']}/cancel", "POST")
        yield load.figure(f"page beside a long question ({status}, then {state})", clients=8)
        yield today.figure(f"Today beside a long question ({status}, then {state})", clients=8)


def crowd(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure 500 clients at once, and the server's memory before and after."""
    with server(shop) as (port, process):
        asyncio.run(loaded(port, 500, 5))
        before = process.memory_info().rss
        load = asyncio.run(loaded(port, 500, seconds))
        after = process.memory_info().rss
        yield load.figure(
            f"500 clients for {seconds:.0f} s",
            clients=500,
            memory_before_mb=round(before / 2**20, 1),
            memory_after_mb=round(after / 2**20, 1),
        )


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shop", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    with contextlib.suppress(AttributeError):
        print("load before:", os.getloadavg())
    figures = [
        *pages(given.shop, min(10, given.seconds)),
        *dashboard(given.shop, min(10, given.seconds)),
        *beside_work(given.shop, min(20, given.seconds)),
        *crowd(given.shop, given.seconds),
    ]
    keep("serve", figures)


if __name__ == "__main__":
    main()
