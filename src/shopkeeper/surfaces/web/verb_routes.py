"""Which addresses show verbs, their files, and the work on them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from shopkeeper.answer import Answer
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.surfaces.rest.jobs import require
from shopkeeper.surfaces.rest.problems import nothing_there
from shopkeeper.surfaces.web import files, phrases, verb_pages
from shopkeeper.surfaces.web.answers import changed
from shopkeeper.surfaces.web.frame import query_string
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.words import Words

_FILE = Words("Asked for a file of an answer.", "要下载一项结果的文件。")
_BY_LINK = Words("Use the links of its page.", "请使用结果页上的链接。")


def verb_routes(pages: Pages) -> APIRouter:
    """Return the routes of the verbs' pages.

    Parameters
    ----------
    pages
        What their handlers need.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/verbs")
    async def listed(request: Request) -> Response:
        reader = pages.reader(request)
        shown = [_state(pages, name, reader.lang) for name in verb_pages.QUESTIONS]
        lead = phrases.LEADS["/verbs"].get(reader.lang)
        return await pages.fresh(request, "verbs", active="/verbs", verbs=shown, lead=lead)

    @router.get("/verbs/{path}")
    async def show(request: Request, path: str) -> Response:
        return await verb_pages.show(pages, request, path)

    @router.post("/verbs/{path}")
    async def ask(request: Request, path: str) -> Response:
        return await verb_pages.ask(pages, request, path)

    _file_routes(router, pages)
    _live_routes(router, pages)
    _work_routes(router, pages)
    return router


def _file_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/verbs/{path}/table.{ending}")
    async def table(request: Request, path: str, ending: str) -> Response:
        answer, lang = await _answer(pages, request, path), pages.reader(request).lang
        name = request.query_params.get("table", ITSELF)
        chosen = _table(answer, name)
        if chosen is None or ending not in ("csv", "xlsx"):
            raise nothing_there(_FILE, _BY_LINK)
        called = path if name == ITSELF else f"{path}-{name}"
        return await run_in_threadpool(files.table_response, chosen, called, ending, lang)

    @router.get("/verbs/{path}/chart.{ending}")
    async def chart(request: Request, path: str, ending: str) -> Response:
        answer, lang = await _answer(pages, request, path), pages.reader(request).lang
        if answer.chart is None or ending not in ("svg", "png"):
            raise nothing_there(_FILE, _BY_LINK)
        title = answer.title.get(lang)
        return await run_in_threadpool(
            files.chart_response, answer.chart, title, path, ending, lang
        )


def _live_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/verbs/{path}/chart/live")
    async def live(request: Request, path: str) -> Response:
        answer, reader = await _answer(pages, request, path), pages.reader(request)
        if answer.chart is None:
            raise nothing_there(_FILE, _BY_LINK)
        title, back = answer.title.get(reader.lang), query_string(f"/verbs/{path}", reader.asked)
        frame = query_string(f"/verbs/{path}/chart/frame", {**reader.asked, "lang": reader.lang})
        return await pages.fresh(
            request, "live", active="/verbs", title=title, back=back, frame=frame
        )

    @router.get("/verbs/{path}/chart/frame")
    async def frame(request: Request, path: str) -> Response:
        answer, lang = await _answer(pages, request, path), pages.reader(request).lang
        if answer.chart is None:
            raise nothing_there(_FILE, _BY_LINK)
        return await run_in_threadpool(files.live_document, answer.chart, lang)


def _work_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/jobs/{number}")
    async def work(request: Request, number: str) -> Response:
        return await verb_pages.work(pages, request, number)

    @router.get("/jobs/{number}/state")
    async def state(request: Request, number: str) -> Response:
        job = verb_pages.job_of(pages, request, number)
        told = verb_pages.progress_of(job, pages.reader(request).lang)
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @router.post("/jobs/{number}/cancel")
    async def cancel(request: Request, number: str) -> Response:
        await verb_pages.sealed_form(pages, request)
        require(request, "act")
        pages.jobs.cancel(verb_pages.job_of(pages, request, number))
        return RedirectResponse(f"/jobs/{number}", 303)


async def _answer(pages: Pages, request: Request, path: str) -> Answer:
    """Return the answer that an address names, where it is there."""
    question = verb_pages.question_at(path)
    names = tuple(field.name for field in question.fields)
    arguments = verb_pages.arguments_of(question, pages.reader(request, names).asked)
    found = None
    if pages.desk.has(question.verb, arguments):
        found = await run_in_threadpool(pages.desk.find, question.verb, arguments)
    if found is None:
        where = query_string(f"/verbs/{path}", changed(question, arguments))
        raise nothing_there(
            _FILE,
            Words(f"Have it worked out at {where} first.", f"请先在 {where} 提交计算。"),
        )
    return found


def _table(answer: Answer, name: str) -> pa.Table | None:
    return answer.table if name == ITSELF else answer.evidence.get(name)


def _state(pages: Pages, name: str, lang: str) -> dict[str, Any]:
    question = verb_pages.QUESTIONS[name]
    verb, arguments = question.verb, question.verb.defaults()
    step = pages.desk.known(verb, arguments)
    state, kind = phrases.NOT_YET, ""
    if step and step.outcome == "skipped":
        state = phrases.LACKS
    elif pages.desk.has(verb, arguments):
        state, kind = phrases.ANSWERED, "positive"
    return {
        "path": name,
        "title": verb.title.get(lang),
        "told": question.told.get(lang),
        "state": state.get(lang),
        "kind": kind,
    }
