"""A route for every verb, and the index of them; none is written by hand."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from shopkeeper import __version__
from shopkeeper.errors import MissingDataError, ShopkeeperError
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.asking.jobs import Full, Job, Jobs
from shopkeeper.surfaces.asking.questions import Question
from shopkeeper.surfaces.rest.formats import ARROW, CSV, JSON, Page
from shopkeeper.surfaces.rest.jobs import job_response, require
from shopkeeper.surfaces.rest.problems import Refused, refusal, status_of
from shopkeeper.surfaces.rest.quick import read
from shopkeeper.surfaces.rest.replies import Replies, wanted_format
from shopkeeper.surfaces.rest.schemas import (
    AnswerPage,
    Index,
    JobDocument,
    asked_model,
    query_model,
)
from shopkeeper.surfaces.rest.wanted import language_of
from shopkeeper.surfaces.running import Step
from shopkeeper.words import Words

_WAIT, _LONGEST_WAIT = 2, 30
_WAITS = re.compile(r"\bwait=(\d{1,4})\b")
Handler = Callable[..., Awaitable[Response]]


class Verbs:
    """The routes of the verbs.

    Parameters
    ----------
    questions
        What may be asked.
    desk
        Where answers are found.
    jobs
        Who works them out.
    """

    def __init__(self, questions: Sequence[Question], desk: Desk, jobs: Jobs) -> None:
        self.questions, self.desk, self.jobs = questions, desk, jobs
        self.replies = Replies(desk)

    def routes(self, responses: dict[int | str, dict[str, Any]]) -> APIRouter:
        """Return the routes.

        Parameters
        ----------
        responses
            What every route may answer.
        """
        router = APIRouter(prefix="/v1", responses=responses)
        router.add_api_route(
            "",
            self.index,
            response_model=Index,
            tags=["shop"],
            summary="The shop, and what may be asked",
        )
        for question in self.questions:
            self._add(router, question)
        return router

    async def index(self, request: Request) -> Response:
        """Say which shop this is, and of every verb what it answers and whether it can."""
        lang, view = language_of(request), self.desk.view()
        document = {
            "shop": view.shop.settings.name,
            "version": view.shop.manifest.version,
            "package": __version__,
            "verbs": [self._state(question, lang) for question in self.questions],
        }
        return Response(
            json.dumps(document, ensure_ascii=False),
            200,
            {"Cache-Control": "no-store", "Content-Language": lang},
            JSON,
        )

    async def get(self, request: Request, question: Question, asked: Any) -> Response:
        """Answer what is there or quickly worked out; else show the job that works on it."""
        wanted_format(request)
        arguments, page = read(request, question, asked.model_dump())
        there = await self._there(request, question, arguments, page)
        if there is not None:
            return there
        job = self._ask(request, question, arguments)
        try:
            async with asyncio.timeout(_patience(request)):
                await job.over.wait()
        except TimeoutError:
            return job_response(request, job, 202)
        _require_done(job)
        there = await self.replies.answer(request, question.verb, arguments, page)
        # A new version of the shop has come meanwhile; the answer is to an earlier one.
        return there or job_response(request, self._ask(request, question, arguments), 202)

    async def post(self, request: Request, question: Question, asked: Any) -> Response:
        """Answer what is there; else start a job and show it."""
        require(request, "act")
        arguments, page = read(request, question, asked.model_dump())
        there = await self._there(request, question, arguments, page)
        return there or job_response(request, self._ask(request, question, arguments), 202)

    async def _there(
        self, request: Request, question: Question, arguments: dict[str, Any], page: Page
    ) -> Response | None:
        step = self.desk.known(question.verb, arguments)
        if step and step.outcome == "skipped":
            raise Refused(409, _declined(question, step))
        if not self.desk.has(question.verb, arguments):
            return None
        return await self.replies.answer(request, question.verb, arguments, page)

    def _ask(self, request: Request, question: Question, arguments: dict[str, Any]) -> Job:
        caller = require(request, "act")
        try:
            return self.jobs.ask(question.verb, arguments, asker=caller.name)
        except Full as full:
            raise refusal(
                429,
                _asked(question),
                Words("Too many jobs wait already.", "等待中的任务过多。"),
                Words("Ask again when some are over, or cancel one.", "请等部分任务结束后再试，或取消一项。"),
                {"Retry-After": "10"},
            ) from full  # fmt: skip

    def _state(self, question: Question, lang: str) -> dict[str, Any]:
        step = self.desk.known(question.verb, question.verb.defaults())
        declined = step if step and step.outcome == "skipped" else None
        there = self.desk.has(question.verb, question.verb.defaults())
        return {
            "verb": question.verb.name,
            "address": f"/v1/{question.path}",
            "title": question.verb.title.get(lang),
            "told": question.told.get(lang),
            "state": "missing data" if declined else "answered" if there else "not asked yet",
            "reason": declined.reason.get(lang) if declined and declined.reason else None,
            "enable": declined.enable.get(lang) if declined and declined.enable else None,
        }

    def _add(self, router: APIRouter, question: Question) -> None:
        verb = question.verb
        told = "\n\n".join(
            part
            for part in (
                question.told.en,
                f"**Answers** {question.returns.removeprefix('Answer ')}" if question.returns else "",
                f"**Limits** {question.limits}" if question.limits else "",
                "It takes minutes." if verb.by_hand else "",
                question.told.zh,
            )
            if part
        )  # fmt: skip
        common: dict[str, Any] = {"tags": ["verbs"], "description": told, "responses": _RESPONSES}
        router.add_api_route(
            f"/{question.path}",
            _taking(self.get, question, Annotated[query_model(question), Query()]),
            methods=["GET"],
            summary=verb.title.en,
            operation_id=f"get_{verb.name}",
            response_model=AnswerPage,
            **common,
        )
        router.add_api_route(
            f"/{question.path}",
            _taking(self.post, question, Annotated[asked_model(question), Body()]),
            methods=["POST"],
            summary=f"{verb.title.en}: as a job",
            operation_id=f"ask_{verb.name}",
            response_model=AnswerPage,
            **common,
        )


def _taking(handler: Handler, question: Question, asked: Any) -> Handler:
    """Return an endpoint of one verb, with the signature from which FastAPI reads its parameters."""

    async def endpoint(request: Request, asked: Any) -> Response:
        return await handler(request, question, asked)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("request", kind, annotation=Request),
        inspect.Parameter("asked", kind, annotation=asked),
    ]
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return endpoint


def _patience(request: Request) -> int:
    """Return the seconds to wait for a job: what the header Prefer says (RFC 7240), or two."""
    said = _WAITS.search(request.headers.get("prefer", ""))
    return min(int(said[1]), _LONGEST_WAIT) if said else _WAIT


def _require_done(job: Job) -> None:
    if job.error is not None:
        raise Refused(status_of(job.error), job.error)
    if job.state == "cancelled":
        raise Refused(
            409,
            ShopkeeperError(
                Words(f"Asked: {job.verb.name}.", f"要执行：{job.verb.title.zh}。"),
                Words("The job was cancelled.", "该任务已取消。"),
                Words("Ask again.", "请重新提问。"),
            ),
        )


def _asked(question: Question) -> Words:
    return Words(f"Asked: {question.verb.name}.", f"要执行：{question.verb.title.zh}。")


def _declined(question: Question, step: Step) -> MissingDataError:
    assert step.reason
    assert step.enable
    return MissingDataError(_asked(question), step.reason, step.enable)


_ETAG = {
    "ETag": {"schema": {"type": "string"}, "description": "Send it back in If-None-Match."},
    "Content-Language": {"schema": {"type": "string"}},
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer.",
        "headers": _ETAG
        | {
            "Link": {"schema": {"type": "string"}, "description": "The next and the previous page."}
        },
        "content": {
            CSV: {"schema": {"type": "string"}},
            ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    },
    202: {
        "description": "The answer is being worked out; follow the job.",
        "model": JobDocument,
        "headers": {
            "Location": {"schema": {"type": "string"}},
            "Retry-After": {"schema": {"type": "string"}},
        },
    },
    304: {"description": "The asker has it already."},
}
