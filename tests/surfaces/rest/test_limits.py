"""Buckets of requests: they fill up again, one each, and are not kept for everybody for ever."""

import asyncio
import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.surfaces.rest.door import Door, Rules
from shopkeeper.surfaces.rest.limits import Limit
from shopkeeper.surfaces.rest.records import Records
from shopkeeper.surfaces.rest.tokens import Tokens, make_token


@given(st.lists(st.floats(0, 2), max_size=60), st.floats(0.5, 20), st.integers(1, 10))
def test_never_more_are_let_in_than_rate_and_burst_allow(
    gaps: list[float], rate: float, burst: int
) -> None:
    now = [0.0]
    limit = Limit(rate=rate, burst=burst, clock=lambda: now[0])
    let_in = 0
    for gap in gaps:
        now[0] += gap
        wait = limit.wait("a")
        let_in += not wait
        # Whoever waits as long as told is let in.
        if wait:
            now[0] += wait + 1e-9
            assert limit.wait("a") == 0
            let_in += 1
    assert let_in <= burst + now[0] * rate + 1


def test_askers_have_their_own_and_the_oldest_is_forgotten() -> None:
    limit = Limit(rate=1, burst=1, askers=2, clock=lambda: 0.0)
    assert [limit.wait(name) for name in "aabbcc"] == [0, 1, 0, 1, 0, 1]
    # "a" was forgotten for "c", and begins anew; "c" was not.
    assert [limit.wait(name) for name in "ca"] == [1, 0]


def test_without_a_rate_nobody_waits() -> None:
    limit = Limit(rate=0, burst=1)
    assert {limit.wait("a") for _ in range(100)} == {0}


def let_in(door: Door, token: str = "") -> bool:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:8321"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/v1", "query_string": b"", "headers": headers,
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8321), "scheme": "http"}  # fmt: skip
    asyncio.run(door(scope, receive, send))
    # Behind this door there is nothing.
    return bool(sent[0]["status"] == 404)


def test_a_token_that_is_made_while_all_is_open_is_held_to_the_rate() -> None:
    shop = shop_from_tables({})
    rules = Rules(rate=0.001, burst=1, free=True)
    door = Door(Starlette(), tokens=Tokens(shop.path), records=Records(io.StringIO()), rules=rules)
    assert [let_in(door) for _ in range(3)] == [True] * 3
    secret = make_token(shop.path, "till", "read")
    assert [let_in(door, secret) for _ in range(3)] == [True, False, False]
