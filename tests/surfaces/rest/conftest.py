"""A server that really runs, in a process of its own, and a client that sends what it is told to."""

import gzip
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from shopkeeper.data.importing import import_files
from shopkeeper.data.store import create_shop
from shopkeeper.surfaces.running import run
from tests.surfaces.conftest import (
    event_rows,
    line_rows,
    order_rows,
    product_rows,
    review_rows,
    search_rows,
)

PLANTED = Path(__file__).parent / "planted"
# What the server's processes load, not what is tested.
collect_ignore_glob = ["planted/*"]


@dataclass(frozen=True)
class Reply:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON."""
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") else self.body
        return json.loads(body)


@dataclass
class Server:
    """A server that runs."""

    address: str
    process: subprocess.Popen[str]
    log: Path
    token: str = ""
    made: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(urlsplit(self.address).port or 0)

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        token: str | None = None,
        **headers: str,
    ) -> Reply:
        """Send one request; `Accept_Language` stands for the header Accept-Language."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = self.token if token is None else token
        if bearer:
            sent.setdefault("Authorization", f"Bearer {bearer}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            told = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, told, reply.read())
        finally:
            connection.close()

    def post(self, path: str, document: Any = None, **headers: str) -> Reply:
        """Send JSON."""
        body = json.dumps({} if document is None else document).encode()
        return self.ask(path, "POST", body, Content_Type="application/json", **headers)

    def cancel(self, path: str, **headers: str) -> Reply:
        """Cancel a job."""
        return self.ask(f"{path}/cancel", "POST", **headers)

    def job(self, path: str, *states: str, seconds: float = 60) -> Any:
        """Wait until a job is in one of these states."""
        end = time.monotonic() + seconds
        while True:
            document = self.ask(path).document
            if document["state"] in states:
                return document
            assert time.monotonic() < end, document
            time.sleep(0.1)


@contextmanager
def served(
    shop: Path,
    log: Path,
    *arguments: str,
    planted: bool = True,
    ends: int = 0,
    command: str = "serve",
) -> Iterator[Server]:
    """Run `shopkeeper serve` on a free port for as long as the test wants it."""
    places = [str(PLANTED)] if planted else []
    places += [path for path in (os.environ.get("PYTHONPATH", ""),) if path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places), "OMP_NUM_THREADS": "1"}
    started = [sys.executable, "-m", "shopkeeper", command, str(shop), "--port", "0", "--json"]
    with log.open("w") as written:
        process = subprocess.Popen(
            [*started, *arguments], stdout=subprocess.PIPE, stderr=written, text=True, env=environment
        )  # fmt: skip
        assert process.stdout
        told = ""
        while not told.endswith("}\n"):
            line = process.stdout.readline()
            assert line, log.read_text()
            told += line
        try:
            yield Server(json.loads(told)["address"], process, log)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(timeout=20) == ends
            finally:
                process.kill()
                process.stdout.close()


Serve = Callable[..., Any]


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop whose questions have been answered; not to be changed."""
    import csv

    exports = tmp_path_factory.mktemp("served-exports")
    files = {"reviews": review_rows(240), "orders": order_rows(480, customers=200), "events": event_rows(900),
             "order_items": line_rows(480), "products": product_rows(30), "searches": search_rows(60)}  # fmt: skip
    for name, rows in files.items():
        with (exports / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    shop = create_shop(tmp_path_factory.mktemp("served") / "茶 shop")
    import_files([exports], shop)
    run(shop)
    return shop


@pytest.fixture
def own_shop(made_shop: Path, tmp_path: Path) -> Path:
    """A copy of the shop that a test may change."""
    return Path(shutil.copytree(made_shop, tmp_path / "shop"))


@pytest.fixture(scope="session")
def server(made_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that tests share; they do not change its shop."""
    with served(made_shop, tmp_path_factory.mktemp("log") / "log") as running:
        yield running


def arrow(reply: Reply) -> pa.Table:
    """The body as an Arrow table."""
    return pa.ipc.open_stream(reply.body).read_all()
