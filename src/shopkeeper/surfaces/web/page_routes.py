"""Which addresses show the pages that collect answers, the data itself, the box, and the login."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from shopkeeper.surfaces.asking.desk import View
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.surfaces.rest.problems import nothing_there, too_long
from shopkeeper.surfaces.verbs import BY_NAME, VERBS, Verb
from shopkeeper.surfaces.web import data, files, phrases, questions, recommending, verb_pages
from shopkeeper.surfaces.web.answers import section
from shopkeeper.surfaces.web.frame import Reader
from shopkeeper.surfaces.web.login import Login
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.words import Words

_OPERATIONS = "shopkeeper.operations."
_TITLES = {
    "/behaviour": phrases.BEHAVIOUR,
    "/customers": phrases.CUSTOMERS,
    "/proof": phrases.PROOF,
}

_FIRST = ("segment", "profile", "churn", "lifetime_value")
"""Who the customers are comes before what each may do; verbs that are not named keep their order."""


def page_routes(pages: Pages) -> APIRouter:
    """Return the routes of these pages.

    Parameters
    ----------
    pages
        What their handlers need.
    """
    router = APIRouter(include_in_schema=False)
    for path in _TITLES:
        _collect(router, pages, path)
    _recommend_routes(router, pages)
    _data_routes(router, pages)
    _login_routes(router, pages)

    @router.get("/ask")
    async def ask(request: Request) -> Response:
        if len(request.query_params.get("q", "").strip()) > questions.LONGEST:
            raise too_long("q", questions.LONGEST)

        def context(view: View, reader: Reader) -> dict[str, Any]:
            return questions.context(pages.desk, reader, pages.pictures)

        return await pages.page(request, "ask", context, names=("q",), key=kept(pages))

    return router


def kept(pages: Pages) -> int:
    """Return what changes when an answer is worked out that pages in short may show."""
    return sum(pages.desk.has(verb, verb.defaults()) for verb in VERBS)


def shown_at(path: str) -> list[Verb]:
    """Return the verbs that a page collects; a new verb appears on the page of its package."""
    if path == "/proof":
        return list(VERBS)
    package = {"/behaviour": "behaviour", "/customers": "segments"}[path]
    found = [verb for verb in VERBS if verb.module.startswith(f"{_OPERATIONS}{package}.")]
    return sorted(found, key=lambda verb: _FIRST.index(verb.name) if verb.name in _FIRST else 99)


def _collect(router: APIRouter, pages: Pages, path: str) -> None:
    template = "proof" if path == "/proof" else "sections"

    @router.get(path)
    async def show(request: Request) -> Response:
        def context(view: View, reader: Reader) -> dict[str, Any]:
            listed = path == "/customers"
            sections = [
                section(pages.desk, verb, reader.lang, pages.pictures, listed=listed)
                for verb in shown_at(path)
            ]
            return {
                "active": path,
                "title": _TITLES[path].get(reader.lang),
                "lead": phrases.LEADS[path].get(reader.lang),
                "sections": sections,
                "waiting": any(one.view is None and not one.missing for one in sections),
            }

        return await pages.page(request, template, context, key=kept(pages))


def _recommend_routes(router: APIRouter, pages: Pages) -> None:
    question = verb_pages.QUESTIONS["recommend"]
    verb = BY_NAME["recommend"]

    @router.get("/recommend")
    async def show(request: Request) -> Response:
        reader = pages.reader(request, recommending.NAMES)
        arguments = verb_pages.arguments_of(question, reader.asked)

        def context(view: View, reader: Reader) -> dict[str, Any]:
            return recommending.context(pages.desk, view, reader, arguments)

        key = (pages.desk.has(verb, arguments), kept(pages))
        return await pages.page(request, "recommend", context, names=recommending.NAMES, key=key)

    @router.post("/recommend")
    async def ask(request: Request) -> Response:
        form = await verb_pages.sealed_form(pages, request)
        # A visit has no history; a customer who is named as well would get a list of their own.
        wanted = "given" if form.get("given", "").strip() else "customers"
        arguments = verb_pages.arguments_of(question, {wanted: form.get(wanted, "").strip()})
        return await verb_pages.led(pages, request, question, arguments, "/recommend")


def _data_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/data")
    async def show(request: Request) -> Response:
        def context(view: View, reader: Reader) -> dict[str, Any]:
            return data.context(pages.cellar, view, reader)

        return await pages.page(request, "data", context, kitchen=pages.cellar)

    @router.get("/data/{name}.{ending}")
    async def download(request: Request, name: str, ending: str) -> Response:
        view, lang = pages.desk.view(), pages.reader(request).lang
        answer = await pages.cellar.work(lambda: data.checked(pages.cellar, view))
        table = answer.table if name == ITSELF else answer.evidence.get(name)
        if table is None or ending not in ("csv", "xlsx"):
            raise nothing_there(
                Words("Asked for a table of the data's check.", "要下载数据检查的表格。"),
                Words("Use the links of the page.", "请使用页面上的链接。"),
            )
        return await run_in_threadpool(files.table_response, table, f"data-{name}", ending, lang)


def _login_routes(router: APIRouter, pages: Pages) -> None:
    login = Login(pages)

    @router.get("/login")
    async def show(request: Request) -> Response:
        return await login.show(request)

    @router.post("/login")
    async def enter(request: Request) -> Response:
        return await login.enter(request)

    @router.post("/logout")
    async def leave(request: Request) -> Response:
        return await login.leave(request)
