"""Which address shows which page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from shopkeeper.surfaces.asking.desk import View
from shopkeeper.surfaces.rest.problems import Refused, nothing_there
from shopkeeper.surfaces.web import files
from shopkeeper.surfaces.web.frame import THEMES, Reader, local, query_string
from shopkeeper.surfaces.web.page_routes import page_routes
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.surfaces.web.reviews import page as reviews
from shopkeeper.surfaces.web.reviews.queries import NAMES
from shopkeeper.surfaces.web.today import page as today
from shopkeeper.surfaces.web.today.chart import course_chart
from shopkeeper.surfaces.web.verb_routes import verb_routes
from shopkeeper.words import Words

Handler = Callable[..., Coroutine[Any, Any, Response]]
_A_YEAR = "public, max-age=31536000, immutable"


def web_routes(pages: Pages) -> APIRouter:
    """Return the routes of the pages.

    Parameters
    ----------
    pages
        What their handlers need.
    """
    router = APIRouter(include_in_schema=False)
    _frame_routes(router, pages)
    _today_routes(router, pages)
    _live_routes(router, pages)
    _review_routes(router, pages)
    router.include_router(verb_routes(pages))
    router.include_router(page_routes(pages))
    return router


def _frame_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in pages.frame.static:
            raise nothing_there(
                Words("Asked for a file.", "请求了一个文件。"),
                Words("Open a page of the menu.", "请从菜单打开页面。"),
            )
        body, kind = pages.frame.static[name]
        return Response(body, 200, {"Cache-Control": _A_YEAR}, kind)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        return RedirectResponse("/static/icon.svg", 307)

    @router.get("/theme")
    async def theme(request: Request, to: str = "auto", back: str = "/") -> Response:
        response = RedirectResponse(local(back), 303)
        if to in THEMES:
            pages.frame.set_choice(response, "theme", to)
        return response


def _today_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/")
    async def show(request: Request) -> Response:
        def context(view: View, reader: Reader) -> dict[str, Any]:
            material = today.material(pages.kitchen, view, reader.asked.get("day", ""))
            return today.context(material, reader, pages.pictures)

        return await pages.page(request, "today", context, names=("day",))

    @router.get("/today.{ending}")
    async def download(request: Request, ending: str) -> Response:
        material, lang = await _today(pages, request), pages.reader(request).lang
        if ending in ("csv", "xlsx"):
            table = today.course_table(material, lang)
            return await run_in_threadpool(files.table_response, table, "today", ending, lang)
        if ending in ("svg", "png") and material.figures:
            chart, title = course_chart(material.figures[0]), material.figures[0].title.get(lang)
            return await run_in_threadpool(
                files.chart_response, chart, title, "today", ending, lang
            )
        raise _no_file()


async def _today(pages: Pages, request: Request) -> today.Material:
    view, asked = pages.desk.view(), request.query_params.get("day", "")
    return await pages.kitchen.work(lambda: today.material(pages.kitchen, view, asked))


def _live_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/today/live")
    async def live(request: Request) -> Response:
        material, reader = await _today(pages, request), pages.reader(request)
        if not material.figures:
            raise _no_file()
        frame = query_string("/today/frame", {**reader.asked, "lang": reader.lang})
        return await pages.fresh(
            request, "live", active="/", title=material.figures[0].title.get(reader.lang),
            back=query_string("/", reader.asked), frame=frame,
        )  # fmt: skip

    @router.get("/today/frame")
    async def frame(request: Request) -> Response:
        material, lang = await _today(pages, request), pages.reader(request).lang
        if not material.figures:
            raise _no_file()
        chart = course_chart(material.figures[0])
        return await run_in_threadpool(files.live_document, chart, lang)


def _no_file() -> Refused:
    return nothing_there(
        Words("Asked for a file of Today.", "要下载今日页面的文件。"),
        Words("Use the links of the page.", "请使用页面上的链接。"),
    )


def _review_routes(router: APIRouter, pages: Pages) -> None:
    @router.get("/reviews")
    async def show(request: Request) -> Response:
        def context(view: View, reader: Reader) -> dict[str, Any]:
            return reviews.context(pages.desk, view, reader, pages.pictures)

        return await pages.page(request, "reviews", context, names=NAMES)

    @router.get("/reviews.{ending}")
    async def download(request: Request, ending: str) -> Response:
        reader, view = pages.reader(request, NAMES), pages.desk.view()
        if ending not in ("csv", "xlsx") or not view.shop.has("reviews"):
            raise nothing_there(
                Words("Asked for a file of reviews.", "要下载评价文件。"),
                Words("Use the links of the page.", "请使用页面上的链接。"),
            )
        table = await pages.kitchen.work(lambda: reviews.download(pages.desk, view, reader))
        return await run_in_threadpool(files.table_response, table, "reviews", ending, reader.lang)

    @router.get("/reviews/{number:path}")
    async def one(request: Request, number: str) -> Response:
        reader, view = pages.reader(request), pages.desk.view()
        found = await pages.kitchen.work(
            lambda: reviews.review_context(pages.desk, view, reader, number)
        )
        if found is None:
            raise nothing_there(
                Words("Asked for a review.", "要查看一条评价。"),
                Words("Find it in the list of reviews.", "请在评价列表里查找。"),
            )
        return await pages.fresh(request, "review", **found)
