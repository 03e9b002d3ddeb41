"""A page for every verb, derived from its signature: its form, its answer, and the work in between."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper.errors import UsageError
from shopkeeper.surfaces.asking.desk import View
from shopkeeper.surfaces.asking.jobs import Full, Job
from shopkeeper.surfaces.asking.questions import Field, Question, question_of
from shopkeeper.surfaces.choices import chinese_choices, without_values
from shopkeeper.surfaces.rest.jobs import require
from shopkeeper.surfaces.rest.problems import Refused, refusal, told_of_values
from shopkeeper.surfaces.rest.schemas import form_model
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.answers import answer_view, changed
from shopkeeper.surfaces.web.cells import heading
from shopkeeper.surfaces.web.frame import Reader, query_string
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.words import Words

QUESTIONS: dict[str, Question] = {verb.name.replace("_", "-"): question_of(verb) for verb in VERBS}
"""Name of a verb in addresses → what may be asked of it."""

_PATIENCE_SECONDS = 1.5
_MOST_FIELDS, _LONGEST_LABEL = 64, 16
_CLAUSE = re.compile("[，：；。（]")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a form."""

    name: str
    label: str
    hint: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...]


def question_at(path: str) -> Question:
    """Return the question of an address.

    Raises
    ------
    Refused
        There is none.
    """
    if path not in QUESTIONS:
        raise refusal(
            404,
            Words("Asked for a question.", "要打开一项分析。"),
            Words("There is none of that name.", "没有这项分析。"),
            Words("Choose one from the list of all questions.", "请从“全部分析”里选择。"),
        )
    return QUESTIONS[path]


def arguments_of(question: Question, asked: dict[str, str]) -> dict[str, Any]:
    """Return every argument of a verb from what a form or an address gives.

    Raises
    ------
    UsageError
        A value cannot be used.
    """
    names = {field.name for field in question.fields}
    values = {name: value for name, value in asked.items() if name in names and value != ""}
    try:
        model = form_model(question).model_validate(values)
    except ValidationError as error:
        raise UsageError(
            Words(f"Asked: {question.verb.name}.", f"要执行：{question.verb.title.zh}。"),
            told_of_values(error.errors()),
            Words("Correct that and ask again.", "请改正后重试。"),
        ) from error
    return question.arguments(model.model_dump())


async def show(pages: Pages, request: Request, path: str) -> Response:
    """Show a verb: its form, and the answer where it is there."""
    question = question_at(path)
    names = (*(field.name for field in question.fields), "table", "offset", "columns")
    reader = pages.reader(request, names)
    try:
        arguments = arguments_of(question, reader.asked)
    except UsageError as error:
        return await _form(pages, request, question, reader.asked, error=error)
    step = pages.desk.known(question.verb, arguments)
    if step and step.outcome == "skipped":
        words = [part.get(reader.lang) for part in (step.reason, step.enable) if part]
        return await _form(pages, request, question, reader.asked, missing=" ".join(words))
    if not pages.desk.has(question.verb, arguments):
        return await _form(pages, request, question, reader.asked)

    def context(view: View, reader: Reader) -> dict[str, Any]:
        return _answered(pages, question, arguments, reader)

    mark = pages.desk.mark(question.verb, arguments)
    return await pages.page(request, "verb", context, names=names, key=mark)


async def ask(pages: Pages, request: Request, path: str) -> Response:
    """Have a verb worked out, and lead to its answer or to the work."""
    question, form = question_at(path), await sealed_form(pages, request)
    arguments = arguments_of(question, form)
    return await led(pages, request, question, arguments, f"/verbs/{path}")


async def led(
    pages: Pages, request: Request, question: Question, arguments: dict[str, Any], there: str
) -> Response:
    """Ask a question and lead to the page that shows its answer, or to the work that goes on.

    Parameters
    ----------
    pages, request
        As everywhere.
    question, arguments
        What is asked.
    there
        The page that shows the answer, given the arguments that differ from the defaults.
    """
    address = query_string(there, changed(question, arguments))
    step = pages.desk.known(question.verb, arguments)
    declined = step is not None and step.outcome == "skipped"
    if declined or pages.desk.has(question.verb, arguments):
        return RedirectResponse(address, 303)
    caller = require(request, "act")
    try:
        job = pages.jobs.ask(question.verb, arguments, asker=caller.name)
    except Full as full:
        raise refusal(
            429,
            Words(f"Asked: {question.verb.name}.", f"要执行：{question.verb.title.zh}。"),
            Words("Too many jobs wait already.", "等待中的任务过多。"),
            Words("Ask again when some are over.", "请等部分任务结束后再试。"),
        ) from full
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await job.over.wait()
    except TimeoutError:
        pass
    work = query_string(f"/jobs/{job.number}", {"then": there})
    return RedirectResponse(address if job.state == "done" else work, 303)


async def sealed_form(pages: Pages, request: Request) -> dict[str, str]:
    """Return what a form of one of our pages sent.

    Raises
    ------
    Refused
        The form was not sent from a page of this server to this reader.
    """
    body = (await request.body()).decode("utf-8", "replace")
    try:
        form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        form = {}
    if not pages.seals.fits(form.pop("seal", ""), pages.reader(request).visit):
        raise refusal(
            403,
            Words("Sent a form.", "提交了一份表单。"),
            Words(
                "It does not carry the seal of a page of this server as it runs now.",
                "表单没有本服务当前运行的页面签章。",
            ),
            Words(
                "Go back, reload the page (the server may have been started anew), and send it again.",
                "请返回并刷新页面（服务可能重新启动过），然后重新提交。",
            ),
        )
    return form


async def work(pages: Pages, request: Request, number: str) -> Response:
    """Show how far a job is; lead to the answer once it is there."""
    job, reader = job_of(pages, request, number), pages.reader(request)
    question = question_of(job.verb)
    if job.state == "done":
        then = reader.asked.get("then", "")
        known = then if then in ("/recommend", f"/verbs/{question.path}") else ""
        there = known or f"/verbs/{question.path}"
        return RedirectResponse(query_string(there, changed(question, dict(job.arguments))), 303)
    again = query_string(f"/verbs/{question.path}", changed(question, dict(job.arguments)))
    return await pages.fresh(
        request,
        "work",
        active="/verbs",
        job=job,
        title=job.verb.title.get(reader.lang),
        told=progress_of(job, reader.lang),
        again=again,
        query=query_string("", reader.asked),
    )


def progress_of(job: Job, lang: str) -> dict[str, Any]:
    """Return how far a job is, as the page and its script show it."""
    state = phrases.STATES[job.state].get(lang)
    doing = job.doing.get(lang) if job.doing and job.state == "running" else state
    return {
        "over": job.state not in ("waiting", "running"),
        "state": state,
        "doing": doing,
        "share": job.share,
    }


def job_of(pages: Pages, request: Request, number: str) -> Job:
    """Return a job of the reader's.

    Raises
    ------
    Refused
        There is none of that number, or it is another's.
    """
    job, caller = pages.jobs.get(number), pages.reader(request).caller
    if job is None or not (caller.may("admin") or job.asker == caller.name):
        raise Refused(
            404,
            UsageError(
                Words("Asked how far some work is.", "要查看一项任务的进度。"),
                Words(
                    "There is none of that number: it was over long ago, or the server was started anew.",
                    "没有这个编号的任务：可能早已结束，或服务重新启动过。",
                ),
                Words("Ask the question again.", "请重新提交这项分析。"),
            ),
        )
    return job


def _answered(
    pages: Pages, question: Question, arguments: dict[str, Any], reader: Reader
) -> dict[str, Any]:
    answer = pages.desk.find(question.verb, arguments)
    if answer is None:
        return _shown(question, reader, {}, answer=None, missing="", error=None)
    table, offset = reader.asked.get("table", ""), reader.asked.get("offset", "0")
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 10 else 0
    view = answer_view(
        answer,
        question,
        arguments,
        reader.lang,
        pages.pictures,
        table=table,
        offset=start,
        whole=reader.asked.get("columns") == "all",
    )
    return _shown(question, reader, reader.asked, answer=view, missing="", error=None) | {
        "table": table
    }


async def _form(
    pages: Pages,
    request: Request,
    question: Question,
    asked: dict[str, str],
    *,
    missing: str = "",
    error: UsageError | None = None,
) -> Response:
    reader = pages.reader(request)
    shown = _shown(question, reader, asked, answer=None, missing=missing, error=error)
    return await pages.fresh(request, "verb", status=422 if error else 200, **shown, table="")


def _shown(
    question: Question,
    reader: Reader,
    asked: dict[str, str],
    *,
    answer: Any,
    missing: str,
    error: UsageError | None,
) -> dict[str, Any]:
    return {
        "active": "/verbs",
        "question": question,
        "told": question.told.get(reader.lang),
        "title": question.verb.title.get(reader.lang),
        "fields": [_field(question.path, field, asked, reader.lang) for field in question.fields],
        "answer": answer,
        "missing": missing,
        "error": error,
    }


def _field(path: str, field: Field, asked: dict[str, str], lang: str) -> FieldView:
    default = field.default
    given = asked.get(field.name)
    hint = field.words.get(lang)
    choices = tuple((value, value) for value in field.choices)
    label = label_of(field.name, hint, lang)
    if lang == "zh" and choices:
        named = chinese_choices(path, field.name, field.choices)
        choices, hint = tuple(named.items()), without_values(hint, named)
    kind = {int: "number", float: "number"}.get(field.kind, "text")
    if field.kind is bool:
        choices, default = _YES_NO[lang], str(default).lower()
    if choices:
        kind = "select"
    value = given if given is not None else "" if default is None else str(default)
    return FieldView(field.name, label, hint, kind, value, choices)


def label_of(name: str, hint: str, lang: str) -> str:
    """Return what a field is called; in Chinese the beginning of its description where it has no name.

    Examples
    --------
    >>> label_of("held_out", "At most.", "en"), label_of("seed", "随机种子；未给出时用设置。", "zh")
    ('Held out', '随机种子')
    """
    named = phrases.FIELDS.get(name, "") if lang == "zh" else ""
    named = named or heading(name, "", lang)
    if lang != "zh" or named != name:
        return named
    first = _CLAUSE.split(hint, maxsplit=1)[0]
    return first if len(first) <= _LONGEST_LABEL else name


_YES_NO = {
    "en": (("true", "yes"), ("false", "no")),
    "zh": (("true", "是"), ("false", "否")),
}
