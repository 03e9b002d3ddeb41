"""What is answered before the framework: kept for as long as the shop is the same, and never past its rules."""

import asyncio
import io
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.answer import plain_rows, spoken
from shopkeeper.data.shop import open_shop
from shopkeeper.operations.recommend import recommend
from shopkeeper.surfaces.rest.application import make_app
from shopkeeper.surfaces.rest.door import Door, Rules, _pieces
from shopkeeper.surfaces.rest.quick import Quick
from shopkeeper.surfaces.rest.records import Records
from shopkeeper.surfaces.rest.tokens import make_token

PATH = "/v1/recommend"
Ask = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]
Told = tuple[int, dict[str, str], bytes]


def asked(shop: Path, talk: Callable[[Ask, Quick], Awaitable[None]], **rules: Any) -> str:
    """Let a test ask the application of a shop, without a network; return what was recorded."""
    written = io.StringIO()
    door: Door = make_app(shop, rules=Rules(free=True, **rules), records=Records(written))
    assert isinstance(door.app, Quick)

    async def ask(query: str, path: str = PATH, **headers: str) -> Told:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        given = {"host": "127.0.0.1"} | {
            name.lower().replace("_", "-"): said for name, said in headers.items()
        }
        scope = {
            "type": "http", "method": given.pop("method", "GET"), "path": path, "query_string": query.encode(),
            "headers": [(name.encode(), said.encode()) for name, said in given.items()],
            "client": ("127.0.0.1", 9), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": "",
        }  # fmt: skip
        await door(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], told, b"".join(part.get("body", b"") for part in sent[1:])

    asyncio.run(talk(ask, door.app))  # type: ignore[arg-type]
    return written.getvalue()


def settle(shop: Path) -> None:
    """Make the shop's files look as if nobody had touched them for a while."""
    for file in shop.iterdir():
        if file.is_file():
            past = time.time() - 100
            os.utime(file, (past, past))


def with_rules(shop: Path, text: str) -> None:
    (shop / "recommend.toml").write_text(text, encoding="utf-8")
    settle(shop)


def test_an_answer_is_given_again_without_asking_the_verb(
    own_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(own_shop)
    rows = recommend(open_shop(own_shop), customers="c7", k=4).table

    async def talk(ask: Ask, quick: Quick) -> None:
        first = await ask("customers=c7&k=4", Accept_Language="zh")
        other = await ask("customers=c7&k=4", Accept_Language="en")
        assert (first[0], other[0]) == (200, 200)
        assert json.loads(first[2])["rows"] == plain_rows(spoken(rows, "zh"), 100)
        assert json.loads(other[2])["rows"] == plain_rows(spoken(rows, "en"), 100)

        def nothing(*given: object) -> None:
            raise AssertionError("the verb was asked again")

        monkeypatch.setattr(quick._desk, "at_once", nothing)
        again = await ask("customers=c7&k=4", Accept_Language="zh")
        assert (again[0], again[2]) == (200, first[2])
        ids = {name: value for name, value in again[1].items() if name != "x-request-id"}
        assert ids == {name: value for name, value in first[1].items() if name != "x-request-id"}
        assert again[1]["x-request-id"] != first[1]["x-request-id"]

    log = asked(own_shop, talk)
    routes = [json.loads(line)["route"] for line in log.splitlines()]
    assert routes == [PATH] * 3


def test_a_change_of_the_rules_holds_at_the_next_request(own_shop: Path) -> None:
    settle(own_shop)

    async def talk(ask: Ask, quick: Quick) -> None:
        first = [row["product_id"] for row in json.loads((await ask("customers=c7"))[2])["rows"]]
        await ask("customers=c7")
        with_rules(own_shop, f'exclude = {{products = ["{first[0]}"]}}')
        assert first[0] not in (await ask("customers=c7"))[2].decode().split('"rows"')[1]
        with_rules(own_shop, f'exclude = {{products = ["{first[1]}"]}}')
        there = [row["product_id"] for row in json.loads((await ask("customers=c7"))[2])["rows"]]
        assert first[0] in there
        assert first[1] not in there

    asked(own_shop, talk)


def test_a_rule_that_was_written_just_now_is_read_again_each_time(own_shop: Path) -> None:
    async def talk(ask: Ask, quick: Quick) -> None:
        (own_shop / "recommend.toml").write_text("price = {max = 99}")
        assert (await ask("customers=c7"))[0] == 200
        assert not quick._kept

    asked(own_shop, talk)


def test_each_list_without_personalisation_is_logged(own_shop: Path) -> None:
    with_rules(own_shop, 'personalisation.opted_out = ["c8"]')

    async def talk(ask: Ask, quick: Quick) -> None:
        for query in ("customers=c7&opted_out=c7", "customers=c8", "customers=c9"):
            bodies = {(await ask(query))[2] for _ in range(3)}
            assert len(bodies) == 1
        assert len(quick._kept) == 1

    asked(own_shop, talk)
    lines = (own_shop / "opt_outs.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines]
    assert [(line["lists"], line["by_request"], line["by_rules"]) for line in said] == [
        *[(1, 1, 0)] * 3, *[(1, 0, 1)] * 3,
    ]  # fmt: skip


def test_what_is_kept_has_a_size(own_shop: Path) -> None:
    settle(own_shop)

    async def talk(ask: Ask, quick: Quick) -> None:
        quick._most = 60_000
        for number in range(30):
            assert (await ask(f"customers=c{number}&k=5"))[0] == 200
        assert 2 < len(quick._kept) < 30
        assert sum(len(kept.body) for kept in quick._kept.values()) < quick._size <= quick._most
        newest = next(reversed(quick._kept))
        assert b"customers=c29&k=5" in newest

    asked(own_shop, talk)


def test_what_is_kept_is_behind_the_door(own_shop: Path) -> None:
    settle(own_shop)
    secret = make_token(own_shop, "till", "read")

    async def talk(ask: Ask, quick: Quick) -> None:
        bearer = f"Bearer {secret}"
        assert (await ask("customers=c7", Authorization=bearer))[0] == 200
        assert quick._kept
        assert (await ask("customers=c7"))[0] == 401
        assert (await ask("customers=c7", Authorization="Bearer shopkeeper_x"))[0] == 401
        statuses = [(await ask("customers=c7", Authorization=bearer))[0] for _ in range(9)]
        assert statuses == [200] * 4 + [429] * 5

    asked(own_shop, talk, rate=0.01, burst=5)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("customers=c7&k=x", "k: it should be a whole number"),
        ("customers=c7&colour=red", "colour: there is no such parameter"),
        ("customers=c7%00", "customers: it holds signs that cannot be used"),
        ("customers=" + "c" * 8001, "customers: it is longer than 8000 characters"),
        ("customers=c7&given=p1", "Both customers and the products of a visit are given."),
        ("given=%27%3B+DROP+TABLE+orders%3B+--", "no such"),
    ],
)
def test_what_cannot_be_asked_is_told_as_everywhere(
    made_shop: Path, query: str, found: str
) -> None:
    async def talk(ask: Ask, quick: Quick) -> None:
        status, headers, body = await ask(query)
        assert status == 422
        assert headers["content-type"] == "application/problem+json"
        if found != "no such":
            assert found in json.loads(body)["found"]
        assert (await ask("customers=c7", Accept="image/png"))[0] == 406

    asked(made_shop, talk)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/overview", "/reviews", "/health", PATH])
def test_head_says_what_get_would_without_its_body(made_shop: Path, path: str) -> None:
    query = "customers=c7" if path == PATH else ""

    async def talk(ask: Ask, quick: Quick) -> None:
        got = await ask(query, path)
        head = await ask(query, path, method="HEAD")
        assert (head[0], head[2]) == (200, b"")
        assert head[1]["content-type"] == got[1]["content-type"]
        assert int(head[1]["content-length"]) == len(got[2])
        posted = await ask("", "/logout", method="HEAD")
        assert (posted[0], posted[2]) == (405, b"")

    log = asked(made_shop, talk)
    assert [json.loads(line)["method"] for line in log.splitlines()] == ["GET", "HEAD", "HEAD"]


def test_a_large_reply_is_handed_over_in_pieces() -> None:
    whole = bytes(range(256)) * 4096
    for size in (0, 1, 2**18, 2**18 + 1, 2**19, len(whole)):
        message = {"type": "http.response.body", "body": whole[:size], "more_body": False}
        pieces = list(_pieces(message))
        assert b"".join(piece["body"] for piece in pieces) == whole[:size]
        assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]
        assert all(len(piece["body"]) <= 2**18 for piece in pieces)
