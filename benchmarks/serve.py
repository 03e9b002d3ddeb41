"""The server under load, from a second process on loopback: requests a second, 99th percentile, memory.

    python benchmarks/serve.py demo/shop                      every figure
    python benchmarks/serve.py demo/shop --seconds 120        the long one as the floor asks it
    python benchmarks/serve.py demo/shop --only recommending  some of them

Every figure is of a server on a shop whose questions `run` has answered; one of them is of the time when its
first pages are being made. Each client sends its next request when it has the whole response to the last one.
Processor time of the server's process stands beside the clock, for other work may run on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from loading import loaded, request_to
from machine import keep

from shopkeeper.data.shop import open_shop
from shopkeeper.operations.recommend.stored import current
from shopkeeper.surfaces.rest.tokens import make_token
from shopkeeper.surfaces.verbs import BY_NAME

PAGE, RECOMMEND = "/v1/overview", "/v1/recommend"
TODAY, READING = "/", "/reviews"
LONG = "/v1/compare-methods"
assert BY_NAME["overview"]
assert BY_NAME["compare_methods"].by_hand
SEED, REGULARS = 0, 200


@contextmanager
def server(shop: Path, *options: str) -> Iterator[tuple[int, psutil.Process]]:
    """Run `shopkeeper serve` and give its port and process."""
    command = [
        sys.executable, "-m", "shopkeeper", "serve", str(shop), "--port", "0", "--json", *options
    ]  # fmt: skip
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


def pages(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure a page of an answer, compressed, and one that the asker has already."""
    with server(shop) as (port, process):
        _, body = asked(port, PAGE)
        tag = urllib.request.urlopen(f"http://127.0.0.1:{port}{PAGE}").headers["ETag"]
        settled(port)
        for name, headers in (
            (f"page of {len(body)} bytes", {}),
            ("page in gzip", {"Accept_Encoding": "gzip"}),
            ("page that the asker has", {"If_None_Match": tag}),
        ):
            load = loaded(port, [request_to(PAGE, **headers)], 8, seconds, process)
            yield load.figure(name, clients=8)


def dashboard(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure pages of the dashboard: while the server makes its first ones, and then under load."""
    with server(shop) as (port, process):
        began = time.perf_counter()
        asked(port, TODAY)
        first = time.perf_counter() - began
        yield loaded(port, [request_to(TODAY)], 8, seconds, process).figure(
            f"{TODAY} from the start on", clients=8, first_seconds=round(first, 2)
        )
        settled(port)
        for path in (TODAY, READING):
            _, body = asked(port, path)
            for name, headers in (("", {}), (" in gzip", {"Accept_Encoding": "gzip"})):
                load = loaded(port, [request_to(path, **headers)], 8, seconds, process)
                yield load.figure(f"{path} of {len(body)} bytes{name}", clients=8)


def recommending(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure lists: none asked for twice, any customer of the shop, then a few who come again."""
    model = current(open_shop(shop))
    assert model is not None
    names, draw = model.customers.names.to_pylist(), random.Random(SEED)
    new = [f"{RECOMMEND}?customers={name}&k={k}" for name in names for k in range(8, 24)]
    draw.shuffle(new)
    anybody = [f"{RECOMMEND}?customers={draw.choice(names)}" for _ in range(50_000)]
    again = [f"{RECOMMEND}?customers={draw.choice(names[:REGULARS])}" for _ in range(50_000)]
    with tempfile.TemporaryDirectory() as temporary:
        own = Path(shutil.copytree(shop, Path(temporary) / "shop"))
        token = make_token(own, "load", "read")
        bearer = {"Authorization": f"Bearer {token}"}
        with server(own, "--rate", "100000") as (port, process):
            settled(port, **bearer)
            for name, paths in (
                ("none asked before", new),
                ("any customer, nothing kept at first", anybody),
                (f"{REGULARS} customers who come again", again),
            ):
                requests = [request_to(path, **bearer) for path in paths]
                load = loaded(port, requests, 8, seconds, process)
                different = len(set(paths[: len(load.took)]))
                yield load.figure(f"{RECOMMEND}, {name}", clients=8, different=different)


def beside_work(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure the same page while a question that takes minutes is worked on."""
    with server(shop) as (port, process):
        settled(port)
        status, body = asked(port, LONG, Prefer="wait=0")
        job = json.loads(body)
        time.sleep(3)
        load = loaded(port, [request_to(PAGE)], 8, seconds, process)
        asked(port, TODAY)
        today = loaded(port, [request_to(TODAY)], 8, seconds, process)
        _, after = asked(port, f"/v1/jobs/{job['id']}")
        state = json.loads(after)["state"]
        asked(port, f"/v1/jobs/{job['id']}/cancel", "POST")
        yield load.figure(f"page beside a long question ({status}, then {state})", clients=8)
        yield today.figure(f"Today beside a long question ({status}, then {state})", clients=8)


def crowd(shop: Path, seconds: float) -> Iterator[dict[str, object]]:
    """Measure 500 clients at once, and the server's memory before and after."""
    with server(shop) as (port, process):
        settled(port)
        requests = [request_to(PAGE)]
        loaded(port, requests, 500, 5)
        before = process.memory_info().rss
        load = loaded(port, requests, 500, seconds, process)
        after = process.memory_info().rss
        yield load.figure(
            f"500 clients for {seconds:.0f} s",
            clients=500,
            memory_before_mb=round(before / 2**20, 1),
            memory_after_mb=round(after / 2**20, 1),
        )


def settled(port: int, **headers: str) -> None:
    """Wait until the server has made what it makes when it starts, and the lists are open."""
    while json.loads(asked(port, "/ready")[1])["pages"] != "made":
        time.sleep(0.2)
    asked(port, TODAY, **headers)
    asked(port, f"{RECOMMEND}?customers=nobody", **headers)


FIGURES = {
    "pages": pages,
    "dashboard": dashboard,
    "recommending": recommending,
    "beside_work": beside_work,
    "crowd": crowd,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shop", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", choices=FIGURES, action="append")
    given = parser.parse_args()
    longest = {"crowd": given.seconds, "beside_work": min(20, given.seconds)}
    for name in given.only or FIGURES:
        load = os.getloadavg()[0]
        measured = FIGURES[name](given.shop, longest.get(name, min(10, given.seconds)))
        keep("serve", [figure | {"load_before": round(load, 1)} for figure in measured])


if __name__ == "__main__":
    main()
