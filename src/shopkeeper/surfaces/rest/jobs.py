"""Jobs as documents, and the routes to follow and cancel them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from shopkeeper.surfaces.asking.jobs import Job, Jobs
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.rest.problems import document_of, refusal, status_of
from shopkeeper.surfaces.rest.schemas import JobDocument, JobList
from shopkeeper.surfaces.rest.tokens import Caller
from shopkeeper.surfaces.rest.wanted import language_of
from shopkeeper.words import Words

Number = Annotated[
    str, Path(pattern="^[A-Za-z0-9_-]{1,40}$", description="The job's id, from Location.")
]


def job_document(job: Job, lang: str) -> dict[str, Any]:
    """Return a job as JSON values.

    Parameters
    ----------
    job
        The job.
    lang
        Language of texts.
    """
    given = {
        field.name: job.arguments[field.name]
        for field in question_of(job.verb).fields
        if job.arguments[field.name] is not None
    }
    changed = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in given.items()
        if value != job.verb.defaults()[name]
    }
    address = f"/v1/{job.verb.name.replace('_', '-')}"
    return {
        "id": job.number,
        "verb": job.verb.name,
        "arguments": given,
        "state": job.state,
        "doing": job.doing.get(lang) if job.doing else None,
        "share": job.share,
        "made_at": _instant(job.made),
        "started_at": _instant(job.started),
        "ended_at": _instant(job.ended),
        "answer": (f"{address}?{urlencode(changed)}" if changed else address)
        if job.state == "done"
        else None,
        "problem": document_of(job.error, status_of(job.error), lang) if job.error else None,
    }


def job_response(request: Request, job: Job, status: int) -> Response:
    """Return the response that shows a job: 202 while it goes on, with where to follow it."""
    lang = language_of(request)
    headers = {"Cache-Control": "no-store", "Content-Language": lang}
    if status == 202:
        headers |= {"Location": f"/v1/jobs/{job.number}", "Retry-After": "1"}
    document = json.dumps(job_document(job, lang), ensure_ascii=False)
    return Response(document, status, headers, "application/json")


def job_routes(jobs: Jobs, responses: dict[int | str, dict[str, Any]]) -> APIRouter:
    """Return the routes of jobs.

    Parameters
    ----------
    jobs
        The jobs.
    responses
        What every route may answer.
    """
    router = APIRouter(prefix="/v1/jobs", tags=["jobs"], responses=responses)

    @router.get("", response_model=JobList, summary="Jobs, newest last")
    async def list_jobs(request: Request) -> Response:
        """List the caller's jobs; with the scope `admin` everybody's."""
        lang, caller = language_of(request), caller_of(request)
        seen = [job_document(job, lang) for job in jobs if _is_for(job, caller)]
        return Response(
            json.dumps({"jobs": seen}, ensure_ascii=False),
            200,
            {"Cache-Control": "no-store", "Content-Language": lang},
            "application/json",
        )

    @router.get("/{number}", response_model=JobDocument, summary="How far a job is")
    async def show_job(request: Request, number: Number) -> Response:
        """Show a job: its state, what it does, the share of it that is done, where the answer is."""
        return job_response(request, _job(request, jobs, number), 200)

    @router.post("/{number}/cancel", response_model=JobDocument, summary="Cancel a job")
    async def cancel_job(request: Request, number: Number) -> Response:
        """Stop a job at once; one that is over stays as it is. Needs the scope `act`."""
        require(request, "act")
        job = _job(request, jobs, number)
        jobs.cancel(job)
        return job_response(request, job, 200)

    return router


def caller_of(request: Request) -> Caller:
    """Return who asks, as the door found out."""
    caller: Caller = request.scope["state"]["caller"]
    return caller


def require(request: Request, scope: Any) -> Caller:
    """Return who asks.

    Raises
    ------
    Refused
        The caller's token does not allow that.
    """
    caller = caller_of(request)
    if caller.may(scope):
        return caller
    raise refusal(
        403,
        Words(f"Asked for something that needs the scope {scope}.", f"该请求需要权限 {scope}。"),
        Words(
            f"The token has the scope {caller.scope}, which reads what is stored and no more.",
            f"令牌的权限为 {caller.scope}，只能读取已保存的结果。",
        ),
        Words(
            f"Ask with a token of the scope {scope}; `shopkeeper run` stores the answers to questions"
            " with nothing chosen.",
            f"请使用权限为 {scope} 的令牌；`shopkeeper run` 会保存全部取默认参数的结果。",
        ),
    )


def _is_for(job: Job, caller: Caller) -> bool:
    return caller.may("admin") or job.asker == caller.name


def _job(request: Request, jobs: Jobs, number: str) -> Job:
    job = jobs.get(number)
    # Another's job is as little there as one that never was.
    if job is None or not _is_for(job, caller_of(request)):
        raise refusal(
            404,
            Words("Asked for a job.", "要查看一项任务。"),
            Words("There is none of that id, or it was over long ago.", "没有这个编号的任务，或早已结束。"),
            Words("Ask the question again.", "请重新提问。"),
        )  # fmt: skip
    return job


def _instant(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
