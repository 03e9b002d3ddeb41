"""Any verb's answer as a page shows it: sentences, a picture, tables, what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from shopkeeper.answer import Answer, spoken
from shopkeeper.surfaces import chinese
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.asking.questions import Question, question_of
from shopkeeper.surfaces.report.pen import visible
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.surfaces.verbs import Verb
from shopkeeper.surfaces.web.cells import TableView, heading, table_title, table_view, told
from shopkeeper.surfaces.web.pictures import Picture, Pictures

PAGE_ROWS, _FEW_ROWS = 25, 10
_SENTENCES = 4
_JUDGED = ("quality", "ranking_quality", "gaps", "calibration", "balance")
"""Tables of evidence that say how good an answer is, the first of them that is there."""

_CHECKED = frozenset(["lifetime_value", "churn"])
"""Verbs whose picture shows how right they were on days kept aside, and not what they found."""


@dataclass(frozen=True, slots=True)
class Card:
    """One segment: its name, what to do next, and what else is known of it."""

    name: str
    next: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer as a page shows it.

    Parameters
    ----------
    title
        What it answers.
    sentences
        What it says.
    drawn
        Its picture; None where it has none.
    tables
        The answer itself, then its evidence.
    method, as_of
        How and up to when.
    limits
        What it cannot say.
    definitions
        Term and meaning.
    address, query
        Where it is, and its arguments behind a question mark.
    is_checked
        Whether its picture shows how right it was.
    cards
        One for each segment, in place of a table.
    """

    title: str
    sentences: tuple[str, ...]
    drawn: Picture | None
    tables: tuple[TableView, ...]
    method: str
    as_of: str
    limits: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    address: str
    query: str
    is_checked: bool = False
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One verb on a page that collects several.

    Parameters
    ----------
    name, title, told
        The verb's name in addresses, what it answers, and its description.
    view
        The answer in short; None where there is none.
    missing
        Why there is none.
    """

    name: str
    title: str
    told: str
    view: AnswerView | None
    missing: str = ""
    judged: TableView | None = None


def answer_view(
    answer: Answer,
    question: Question,
    arguments: dict[str, Any],
    lang: str,
    pictures: Pictures,
    *,
    table: str = "",
    offset: int = 0,
    whole: bool = False,
) -> AnswerView:
    """Return an answer as its own page shows it.

    Parameters
    ----------
    answer
        The answer.
    question, arguments
        What was asked.
    lang
        Language.
    pictures
        Draws.
    table, offset
        The table of which rows are left out before, and how many.
    whole
        Whether its tables show every column.
    """
    tables = tuple(
        table_view(
            answer,
            name,
            lang,
            most=PAGE_ROWS,
            offset=offset if name == table else 0,
            whole=whole,
        )
        for name in (ITSELF, *answer.evidence)
    )
    return _view(answer, question, arguments, lang, pictures, tables)


def short_view(
    answer: Answer, question: Question, lang: str, pictures: Pictures, *, listed: bool = False
) -> AnswerView:
    """Return an answer to a verb's default arguments in short, for a page of several.

    Parameters
    ----------
    answer, question, lang, pictures
        As for `answer_view`.
    listed
        Whether its first rows are shown beside a chart, too.
    """
    tables: tuple[TableView, ...] = ()
    cards = _cards(answer, lang) if listed and answer.verb == "profile" else ()
    if not cards and (answer.chart is None or listed):
        tables = (table_view(answer, ITSELF, lang, most=_FEW_ROWS),)
    return replace(_view(answer, question, {}, lang, pictures, tables), cards=cards)


def _cards(answer: Answer, lang: str) -> tuple[Card, ...]:
    """Return the cards of `profile`, each with what to do next and all that it says."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in spoken(answer.table, lang).to_pylist():
        found.setdefault(row["card"], []).append(row)
    return tuple(
        Card(
            visible(rows[0]["name"]),
            " ".join(visible(row["said"]) for row in rows if row["part"] == "next"),
            tuple(visible(row["said"]) for row in rows if row["part"] != "next"),
        )
        for rows in found.values()
    )


def section(
    desk: Desk, verb: Verb, lang: str, pictures: Pictures, *, listed: bool = False
) -> Section:
    """Return one verb in short, or why it has no answer.

    Parameters
    ----------
    desk, verb
        Where answers are found, and whose.
    lang, pictures, listed
        As for `short_view`.
    """
    question = question_of(verb)
    step = desk.known(verb, verb.defaults())
    title, about = verb.title.get(lang), question.told.get(lang)
    if step and step.outcome == "skipped":
        reasons = (step.reason, step.enable)
        why = " ".join(words.get(lang) for words in reasons if words)
        return Section(question.path, title, about, None, why)
    answer = desk.find(verb, verb.defaults())
    if answer is None:
        return Section(question.path, title, about, None)
    judged = next((name for name in _JUDGED if name in answer.evidence), None)
    quality = table_view(answer, judged, lang, most=20) if judged else None
    return Section(
        question.path,
        title,
        about,
        short_view(answer, question, lang, pictures, listed=listed),
        judged=quality,
    )


def changed(question: Question, arguments: dict[str, Any]) -> dict[str, str]:
    """Return the arguments that differ from the defaults, as an address writes them."""
    defaults = question.verb.defaults()
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in arguments.items()
        if value is not None and value != defaults[name]
    }


def _view(
    answer: Answer,
    question: Question,
    arguments: dict[str, Any],
    lang: str,
    pictures: Pictures,
    tables: tuple[TableView, ...],
) -> AnswerView:
    address = f"/verbs/{question.path}"
    query = "?" + urlencode({**changed(question, arguments), "lang": lang})
    drawn = None
    if answer.chart is not None:
        title = _chart_title(answer, lang)
        drawn = pictures.picture(
            answer.chart, title=title, lang=lang, address=f"{address}/chart", query=query
        )
    titles = chinese.aspects(answer)
    meanings = tuple(
        (titles.get(name) or _defined(answer, name, lang), words.get(lang))
        for name, words in answer.definitions.items()
    )
    return AnswerView(
        title=answer.title.get(lang),
        sentences=tuple(told(words, lang) for words in answer.summary[:_SENTENCES]),
        drawn=drawn,
        tables=tables,
        method=method_name(answer, lang),
        as_of=answer.as_of[:10],
        limits=tuple(told(words, lang) for words in answer.limits),
        definitions=meanings,
        address=address,
        query=query,
        is_checked=question.verb.name in _CHECKED,
    )


def _defined(answer: Answer, name: str, lang: str) -> str:
    return chinese.defined(answer, name) if lang == "zh" else heading(name, answer.verb, lang)


def _chart_title(answer: Answer, lang: str) -> str:
    """Return the chart's own title where it says more than the answer's."""
    title = (answer.chart or {}).get("title")
    if isinstance(title, dict) and title.keys() == {"en", "zh"}:
        return str(title["zh" if lang == "zh" else "en"])
    return table_title(answer, ITSELF, lang)


def method_name(answer: Answer, lang: str) -> str:
    """Return what a method is called."""
    if lang != "zh":
        return answer.method
    return str(chinese.cell("method", answer.method, "", {}))
