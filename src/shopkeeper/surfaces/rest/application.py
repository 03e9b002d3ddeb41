"""The application: routes, errors, and a complete OpenAPI document."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from shopkeeper import __version__
from shopkeeper.errors import ShopkeeperError, UsageError
from shopkeeper.surfaces import wording
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.asking.jobs import Jobs
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.rest import problems
from shopkeeper.surfaces.rest.door import Door, Rules
from shopkeeper.surfaces.rest.jobs import job_routes
from shopkeeper.surfaces.rest.quick import Quick
from shopkeeper.surfaces.rest.records import Records
from shopkeeper.surfaces.rest.routes import Verbs
from shopkeeper.surfaces.rest.schemas import Health, Problem, Ready
from shopkeeper.surfaces.rest.tokens import Tokens
from shopkeeper.surfaces.rest.users import Users
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.surfaces.web.routes import web_routes
from shopkeeper.surfaces.web.warming import warm
from shopkeeper.words import Words

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_DESCRIPTION = (
    "Every question that the shop's data can answer. What is stored is answered at once; what has "
    "to be worked out becomes a job. Texts are English or Chinese: `lang` or Accept-Language. "
    "Tables are JSON pages, CSV or Arrow: Accept."
)
_TAGS = [
    {"name": "verbs", "description": "One route for every verb, derived from its signature."},
    {"name": "jobs", "description": "What is being worked out."},
    {"name": "shop", "description": "The shop and its server."},
]


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return these statuses as OpenAPI describes them, each with a problem document."""
    return {
        status: {
            "description": problems.TITLES[status].en,
            "content": {problems.MEDIA_TYPE: {"schema": _PROBLEM}},
        }
        for status in statuses
    }


def make_app(
    shop: Path, *, rules: Rules, records: Records | None = None, jobs_at_once: int = 1
) -> Door:
    """Return the application that serves a shop.

    Parameters
    ----------
    shop
        The shop's folder.
    rules
        What requests are held to.
    records
        Where requests are recorded; standard error when not given.
    jobs_at_once
        Jobs that are worked on at the same time.

    Raises
    ------
    ShopNotFoundError
        There is no shop at that path.
    """
    desk, records, tokens = Desk(shop), records or Records(), Tokens(shop)
    jobs = Jobs(desk, at_once=jobs_at_once)
    pages = Pages(desk, jobs, Users(shop), tokens)
    guarded = rules.guarded or pages.guarded()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        jobs.warm()
        warming = asyncio.create_task(warm(pages))
        yield
        warming.cancel()
        await jobs.close()
        pages.close()
        desk.close()

    app = FastAPI(
        title="shopkeeper",
        version=__version__,
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.pages = pages
    app.state.language = desk.view().shop.settings.language
    _handle_errors(app)
    verbs = Verbs([question_of(verb) for verb in VERBS], desk, jobs)
    shared = problem_responses(400, 401, 403, 404, 406, 409, 413, 415, 421, 422, 429, 500, 502, 503)
    app.include_router(verbs.routes(shared))
    app.include_router(job_routes(jobs, shared))
    _watch(app, pages, records)
    app.include_router(web_routes(pages))
    quick = Quick(app, verbs.questions, desk)
    app.openapi = lambda: _document(app, guarded=guarded)  # type: ignore[method-assign]
    door = Door(quick, tokens=tokens, records=records, rules=rules, guests=pages)
    pages.guarded = door.needs_token
    return door


def _watch(app: FastAPI, pages: Pages, records: Records) -> None:
    """Add what those who watch the server ask."""
    desk, jobs = pages.desk, pages.jobs

    @app.get("/health", response_model=Health, tags=["shop"], summary="Whether the server answers")
    async def health() -> Health:
        """Answer, whatever the state of the shop; needs no token."""
        return Health(status="ok")

    @app.get(
        "/ready",
        response_model=Ready,
        tags=["shop"],
        summary="Whether the shop can be read",
        responses=problem_responses(503),
    )
    async def ready() -> Ready:
        """Answer 200 when the shop can be read, else 503; needs no token."""
        version = desk.view().shop.manifest.version
        return Ready(
            status="ready", version=version, pages="made" if pages.is_warm else "being made"
        )

    @app.get(
        "/metrics",
        tags=["shop"],
        summary="Figures for Prometheus",
        response_class=Response,
        responses=problem_responses(401, 403, 421, 429, 503)
        | {200: {"description": "Figures.", "content": {"text/plain": {}}}},
    )
    async def metrics() -> Response:
        """Give requests by route and status, their duration, refusals, jobs, the shop's version."""
        counts = dict.fromkeys(("waiting", "running", "done", "failed", "cancelled"), 0)
        for job in jobs:
            counts[job.state] += 1
        for state, count in counts.items():
            records.jobs.labels(state).set(count)
        records.version.set(desk.view().shop.manifest.version)
        return Response(records.figures(), 200, {"Cache-Control": "no-store"}, "text/plain")


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(problems.Refused)
    async def refused(request: Request, error: problems.Refused) -> Response:
        return problems.response_of(request, error.error, error.status, headers=error.headers)

    @app.exception_handler(ShopkeeperError)
    async def failed(request: Request, error: ShopkeeperError) -> Response:
        return problems.response_of(request, error, problems.status_of(error))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return problems.response_of(request, wording.unforeseen(error, "serve"), 500)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return problems.invalid(request, error.errors())

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        asked = Words("Asked for an address of this server.", "请求了本服务的一个地址。")
        found = problems.TITLES.get(error.status_code, problems.TITLES[400])
        found = Words(f"{found.en}.", f"{found.zh}。")
        do = Words(
            "/v1 and /openapi.json say what there is.", "可用的地址见 /v1 和 /openapi.json。"
        )
        told, headers = UsageError(asked, found, do), dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_allowed(request))
        return problems.response_of(request, told, error.status_code, headers=headers)


def _allowed(request: Request) -> list[str]:
    """Return every method that the address takes; each route knows only its own."""
    routes = request.app.router.routes
    known = [
        method
        for method in ("GET", "POST", "DELETE")
        if any(
            route.matches({**request.scope, "method": method})[0] == Match.FULL for route in routes
        )
    ]
    # The door answers HEAD wherever there is GET.
    return ["GET", "HEAD", *known[1:]] if "GET" in known else known


def _without_null(parameters: list[dict[str, Any]]) -> None:
    """Take null out of what a query may hold: there it is said by leaving the parameter out."""
    for parameter in parameters:
        arms = parameter["schema"].pop("anyOf", [])
        parameter["schema"] |= next((arm for arm in arms if arm.get("type") != "null"), {})


def _document(app: FastAPI, *, guarded: bool) -> dict[str, Any]:
    """Return the OpenAPI document, made once, with the problem document and who may ask."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info=app.license_info,
    )
    components = document.setdefault("components", {})
    schema = Problem.model_json_schema()
    components.setdefault("schemas", {})["Problem"] = schema
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "Made by `shopkeeper token`; scopes: read, act, admin.",
        }
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            free = path in ("/health", "/ready")
            operation["security"] = [{"token": []}] if guarded and not free else []
            _without_null(operation.get("parameters", []))
    document["servers"] = [{"url": "/"}]
    app.openapi_schema = document
    return document
