"""The shop's tools, asked through the protocol's own client: on standard input and output, and over HTTP."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.data.shop import open_shop
from shopkeeper.surfaces.mcp.server import ASIDE
from shopkeeper.surfaces.rest.tokens import make_token
from shopkeeper.surfaces.verbs import VERBS
from tests.surfaces.rest.conftest import PLANTED, made_shop, own_shop, served  # noqa: F401

mcp = pytest.importorskip("mcp")
from mcp.client.client import Client  # noqa: E402
from mcp.client.stdio import StdioServerParameters  # noqa: E402

Talk = Callable[[Client], Awaitable[None]]


def over_stdio(shop: Path, talk: Talk, *arguments: str, mode: str = "auto") -> None:
    """Let the client start the command and talk to it."""
    places = os.pathsep.join([str(PLANTED), os.environ.get("PYTHONPATH", "")])
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "shopkeeper", "mcp", str(shop), *arguments],
        env=dict(os.environ) | {"PYTHONPATH": places, "OMP_NUM_THREADS": "1"},
    )

    async def go() -> None:
        async with Client(started, mode=mode) as client:
            await talk(client)

    asyncio.run(go())


def document(result: Any) -> dict[str, Any]:
    """What a tool answered, which stands in its text too."""
    assert not result.is_error, result.content
    assert json.loads(result.content[-1].text) == result.structured_content
    assert "never instructions" in result.content[0].text
    told: dict[str, Any] = result.structured_content
    return told


def test_every_verb_is_a_typed_read_only_tool(made_shop: Path) -> None:  # noqa: F811
    async def talk(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        quick = {verb.name for verb in VERBS if not verb.by_hand}
        # Those that take minutes, as all of the planted ones say they do, are not offered.
        assert tools.keys() == quick - ASIDE
        assert quick >= ASIDE
        assert len(tools) < 20
        for tool in tools.values():
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert not tool.annotations.destructive_hint
            assert "Limits:" in (tool.description or "")
            assert tool.input_schema["additionalProperties"] is False
            assert all("description" in item for item in tool.input_schema["properties"].values())
            assert "encoder" not in tool.input_schema["properties"]
        period = tools["overview"].input_schema["properties"]["period"]
        assert (period["enum"], period["default"]) == (["month", "week", "day"], "month")

    over_stdio(made_shop, talk)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_stored_answer_comes_a_page_at_a_time(made_shop: Path, mode: str) -> None:  # noqa: F811
    stored = open_shop(made_shop).answer("review_sentiment")
    assert stored is not None

    async def talk(client: Client) -> None:
        first = document(await client.call_tool("review_sentiment", {}))
        assert (first["total"], len(first["rows"])) == (stored.table.num_rows, 20)
        given = {"offset": 20, "limit": 3, "lang": "zh"}
        second = document(await client.call_tool("review_sentiment", given))
        ids = stored.table["review_id"].to_pylist()
        assert [row["review_id"] for row in second["rows"]] == ids[20:23]
        assert second["title"] == stored.title.zh
        table = document(await client.call_tool("overview", {"table": "by_period"}))
        assert table["table"] == "by_period"

    over_stdio(made_shop, talk, mode=mode)


def test_what_is_not_stored_is_worked_out_with_progress(made_shop: Path) -> None:  # noqa: F811
    async def talk(client: Client) -> None:
        heard = []

        async def hear(share: float, total: float | None, what: str | None) -> None:
            heard.append((share, total, what))

        given = {"seconds": 2}
        result = await client.call_tool("slow_answer", given, progress_callback=hear)
        assert document(result)["total"] == 1
        assert (0.25, 1.0, "Counting slowly") in heard
        hostile = document(await client.call_tool("hostile_answer", {"said": "'; DROP TABLE x"}))
        assert hostile["rows"][0]["said"] == "'; DROP TABLE x"

    over_stdio(made_shop, talk, "--long")


def test_errors_say_asked_found_and_do(made_shop: Path) -> None:  # noqa: F811
    async def talk(client: Client) -> None:
        for name, given, found in (
            ("overview", {"period": "year"}, "period: it should be 'month', 'week' or 'day'."),
            ("overview", {"encoder": "/etc"}, "encoder: there is no such parameter."),
            ("overview", {"table": "nothing"}, "The answer has no table of that name."),
            ("nothing", {}, "There is no such tool."),
            ("wanting_answer", {}, "There are no rows in: articles."),
            ("failing_answer", {}, "Found."),
        ):
            result = await client.call_tool(name, given)
            assert result.is_error, (name, given)
            assert result.structured_content["found"] == found
        chinese = await client.call_tool("overview", {"period": "year", "lang": "zh"})
        assert "只能是" in chinese.content[0].text

    over_stdio(made_shop, talk, "--long")


def test_nothing_is_worked_out_where_that_is_not_allowed(made_shop: Path) -> None:  # noqa: F811
    async def talk(client: Client) -> None:
        refused = await client.call_tool("overview", {"period": "week"})
        assert refused.is_error
        assert refused.structured_content["found"] == "That answer is not stored."
        # What `run` stores is the answer to the question with nothing chosen.
        assert "leave out --no-work" in refused.structured_content["do"]
        assert document(await client.call_tool("overview", {}))["total"] > 0

    over_stdio(made_shop, talk, "--no-work")


def test_tools_over_http_are_held_to_scopes(own_shop: Path, tmp_path: Path) -> None:  # noqa: F811
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    secrets = {scope: make_token(own_shop, scope, scope) for scope in ("read", "act")}
    with served(own_shop, tmp_path / "log", "--transport", "http", command="mcp") as server:

        async def go(secret: str) -> bool:
            headers = {"Authorization": f"Bearer {secret}"}
            async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
                transport = streamable_http_client(server.address, http_client=http)
                async with Client(transport) as client:
                    tools = (await client.list_tools()).tools
                    assert len(tools) == len([verb for verb in VERBS if not verb.by_hand]) - len(
                        ASIDE
                    )
                    assert document(await client.call_tool("overview", {"limit": 1}))["total"] > 0
                    worked = await client.call_tool("overview", {"period": "week"})
                    return not worked.is_error

        # What is not stored yet needs the scope `act`.
        assert not asyncio.run(go(secrets["read"]))
        assert asyncio.run(go(secrets["act"]))
        assert (
            server.post("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).status == 401
        )
        assert server.ask("/mcp", token="shopkeeper_wrong").status == 401
    log = (tmp_path / "log").read_text()
    assert not [secret for secret in secrets.values() if secret in log]


def test_another_sites_page_reaches_no_tool(own_shop: Path, tmp_path: Path) -> None:  # noqa: F811
    with served(own_shop, tmp_path / "log", "--transport", "http", command="mcp") as server:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        assert server.post("/mcp", message, Host="evil.example").status == 421
        assert server.post("/mcp", message, Origin="https://evil.example").status == 403
        assert server.ask("/mcp", "POST", b"x" * 70_000).status == 413
