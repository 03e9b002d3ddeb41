"""One shop whose strangers attack, one guarded server of it, one browser, for all tests of the pages."""

import csv
import http.client
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shopkeeper.data.importing import import_files
from shopkeeper.data.store import create_shop
from shopkeeper.surfaces.rest.users import make_user
from shopkeeper.surfaces.running import run
from tests.surfaces.conftest import event_rows, order_rows, review_rows
from tests.surfaces.rest.conftest import Reply, Server, made_shop, served, server  # noqa: F401

PASSWORD = "a horse that is correct"
SCRIPT = "<script>alert('xss')</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
FORMULA = "=cmd|' /C calc'!A0"
HOSTILE = (
    SCRIPT,
    IMAGE,
    FORMULA,
    "</script><svg/onload=alert(2)>",
    "javascript:alert(3)",
    "{{7*7}}",
)


def hostile_rows() -> dict[str, list[dict[str, Any]]]:
    """Rows of a small shop; every text that a stranger can write is written by an attacker."""
    reviews, orders, events = review_rows(240), order_rows(240), event_rows(900)
    for number, row in enumerate(reviews[:60]):
        row["text"] = f"{HOSTILE[number % len(HOSTILE)]} broke after a day {number}"
        row["title"] = HOSTILE[(number + 1) % len(HOSTILE)]
    products = [
        {
            "product_id": f"p{number}",
            "title": f"{HOSTILE[number % len(HOSTILE)]} {number}",
            "category": HOSTILE[number % 3],
            "price": 12,
            "currency": "CNY",
            "stock": 1,
        }
        for number in range(30)
    ]
    lines = [
        {"order_id": row["order_id"], "line": 1, "product_id": f"p{at % 30}", "quantity": 1 + at % 3,
         "price": 12, "currency": "CNY"}
        for at, row in enumerate(orders)
    ]  # fmt: skip
    searches = [
        {
            "search_id": f"s{at}",
            "query": HOSTILE[at % len(HOSTILE)],
            "searched_at": "2025-06-01 10:00:00",
        }
        for at in range(20)
    ]
    return {
        "reviews": reviews, "orders": orders, IMAGE.replace("/", ""): events, "products": products,
        "order_items": lines, "searches": searches,
    }  # fmt: skip


@pytest.fixture(scope="session")
def hostile_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That shop, its questions answered, with a user who may act and one who may read."""
    exports = tmp_path_factory.mktemp("hostile-exports")
    for name, rows in hostile_rows().items():
        with (exports / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    shop = create_shop(tmp_path_factory.mktemp("hostile") / "shop")
    import_files([exports], shop)
    run(shop)
    make_user(shop, "li", PASSWORD, "act")
    make_user(shop, "reader", PASSWORD, "read")
    return shop


@pytest.fixture(scope="session")
def guarded(hostile_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of it on which readers log in."""
    log = tmp_path_factory.mktemp("guarded-log") / "log"
    with served(hostile_shop, log, "--rate", "0") as running:
        yield running


@dataclass
class Visitor:
    """Somebody with a browser's cookies and no script."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        """Open a page."""
        return self._sent(path, "GET", None, headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> Reply:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._sent(path, "POST", urlencode(form).encode(), kind | headers)

    def seal(self, path: str = "/login") -> str:
        """The seal of the forms of a page."""
        found = re.search(r'name="seal" value="([^"]+)"', self.get(path).body.decode())
        assert found, path
        return found[1]

    def enter(self, name: str = "li", password: str = PASSWORD, **more: str) -> Reply:
        """Log in."""
        form = {"seal": self.seal(), "name": name, "password": password, **more}
        return self.post("/login", form)

    def worked_out(self, verb: str, **given: str) -> None:
        """Have a verb worked out, and wait for it."""
        form = {"seal": self.seal(f"/verbs/{verb}"), **given}
        there = self.post(f"/verbs/{verb}", form).headers["location"]
        end = time.monotonic() + 60
        while there.startswith("/jobs/"):
            assert time.monotonic() < end, there
            time.sleep(0.2)
            there = self.get(there).headers.get("location", there)

    def _sent(self, path: str, method: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            headers = {}
            for name, value in reply.getheaders():
                headers[name.lower()] = value
                if name.lower() == "set-cookie":
                    for key, morsel in SimpleCookie(value).items():
                        self.cookies[key] = morsel.value
            return Reply(reply.status, headers, reply.read())
        finally:
            connection.close()


@pytest.fixture
def visitor(guarded: Server) -> Visitor:
    """Somebody who has not logged in."""
    return Visitor(guarded)


@pytest.fixture(scope="session")
def known(guarded: Server) -> Visitor:
    """Somebody who has logged in and may act."""
    somebody = Visitor(guarded)
    assert somebody.enter().status == 303
    return somebody
