"""The process that an assistant talks to: on standard input and output, or over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
)

from shopkeeper import __version__
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.asking.jobs import Jobs
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.mcp.tools import INSTRUCTIONS, Toolbox
from shopkeeper.surfaces.rest.door import Door, Rules
from shopkeeper.surfaces.rest.records import Records
from shopkeeper.surfaces.rest.server import listen
from shopkeeper.surfaces.rest.tokens import Caller, Tokens
from shopkeeper.surfaces.verbs import VERBS

ASIDE = frozenset({"sessions", "paths"})
"""Verbs that are tools only where everything is asked for: among twenty and more an assistant chooses worse."""


def make_server(desk: Desk, jobs: Jobs, *, lang: str, work: bool, long: bool) -> Server[Any]:
    """Return the protocol's server with every verb as a tool.

    Parameters
    ----------
    desk
        Where answers are found.
    jobs
        Who works them out.
    lang
        Language of texts where a call names none.
    work
        Whether what is not stored yet may be worked out.
    long
        Whether everything is offered: what takes minutes, and what stands aside.
    """
    offered = [verb for verb in VERBS if long or not (verb.by_hand or verb.name in ASIDE)]
    questions = [question_of(verb) for verb in offered]
    tools = Toolbox(questions, desk, jobs, lang=lang)

    async def listed(
        context: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=tools.list())

    async def called(
        context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult:
        async def heard(share: float, what: str) -> None:
            await context.session.report_progress(share, 1.0, what)

        caller = _caller(context.request)
        return await tools.call(
            params.name,
            params.arguments or {},
            heard if work and caller.may("act") else None,
            asker=caller.name,
        )

    return Server(
        "shopkeeper",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def _caller(request: Any) -> Caller:
    """Return who asks; on standard input there is no request, and whoever started the process asks."""
    return Caller("", "admin") if request is None else request.scope["state"]["caller"]


def talk(shop: Path, *, lang: str, work: bool, long: bool) -> None:
    """Answer on standard input and output until the input ends.

    Raises
    ------
    ShopNotFoundError
        There is no shop at that path.
    """

    async def run() -> None:
        with Desk(shop) as desk:
            jobs = Jobs(desk)
            server = make_server(desk, jobs, lang=lang, work=work, long=long)
            try:
                async with stdio_server() as (incoming, outgoing):
                    await server.run(incoming, outgoing, server.create_initialization_options())
            finally:
                await jobs.close()

    asyncio.run(run())


def serve(
    shop: Path,
    *,
    host: str,
    port: int,
    lang: str,
    work: bool,
    long: bool,
    ready: Callable[[str], None],
) -> None:
    """Answer over streamable HTTP at `/mcp` until a signal ends it; tokens and limits as in `serve`.

    Raises
    ------
    UsageError
        The address cannot be used, or is not of this machine and there is no token.
    ShopNotFoundError
        There is no shop at that path.
    """

    def make(rules: Rules, records: Records) -> Door:
        desk = Desk(shop)
        jobs = Jobs(desk)
        server = make_server(desk, jobs, lang=lang, work=work, long=long)
        app = server.streamable_http_app(
            stateless_http=True,
            # The door has looked at Host and Origin already, or a token was needed.
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        inner = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(started: Any) -> AsyncIterator[Any]:
            async with inner(started) as state:
                yield state
                await jobs.close()
                desk.close()

        app.router.lifespan_context = lifespan
        return Door(app, tokens=Tokens(shop), records=records, rules=rules)

    listen(shop, make, host=host, port=port, rate=None, ready=lambda at: ready(f"{at}/mcp"))
