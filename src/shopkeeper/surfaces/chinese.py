"""Answers in Chinese on a terminal: headings, names and codes become words; cells of people stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shopkeeper.answer import Answer
from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.data.tables import BY_NAME as TABLES
from shopkeeper.surfaces.headings import CELLS, COLUMNS, EVIDENCE, LEFT_OUT, OF_TABLE, SIDES
from shopkeeper.surfaces.report import terms

_STOPS = "；，（：、"
_SPELLED = 2
"""Kinds of data up to which each is shown by the name that a mapping gives it, too."""

_SOURCES = {
    "orders.kind": "单据类型",
    "orders.status": "状态",
    "review_sentiment.sentiment": "对评价正文的判读",
}
"""Columns whose meaning begins with a list of values, and one that is no column of a table."""


def heading(column: str, table: str = "") -> str:
    """Return the Chinese name of a column, a metric or a definition; its own name where it has none.

    Parameters
    ----------
    column
        The column.
    table
        The verb of a main table; the verb, a full stop and the name of a table of evidence, or that alone.

    Examples
    --------
    >>> heading("rows"), heading("gmv"), heading("cells", "rejected")
    ('行数', '成交总额（GMV）', '原始内容')
    """
    for name in (table, table.rpartition(".")[2]):
        if (name, column) in OF_TABLE:
            return OF_TABLE[name, column]
    if column in METRICS:
        return METRICS[column].title.zh
    if column in terms.OUTCOMES:
        return terms.OUTCOMES[column].zh
    return COLUMNS.get(column, column)


def evidence_name(name: str) -> str:
    """Return the Chinese name of a table of evidence."""
    return EVIDENCE.get(name, name)


def table_name(name: str) -> str:
    """Return the Chinese name of a canonical table.

    Examples
    --------
    >>> table_name("orders")
    '订单'
    """
    return terms.TABLES[name].zh if name in terms.TABLES else name


def columns(table: str, names: list[str]) -> list[str]:
    """Return the columns of a table of evidence that are shown in Chinese."""
    return [name for name in names if (table, name) not in LEFT_OUT]


def definition(answer: Answer, name: str, text: str, titles: Mapping[str, str]) -> str:
    """Return a definition in one line; an aspect keeps the name by which shop.toml calls it."""
    if answer.verb == "sentiment_effect":
        return f"{_outcome(name)}：{text}"
    if name in titles:
        return f"{titles[name]}（{name}）：{text.removeprefix(f'{titles[name]}：')}"
    return f"{defined(answer, name)}：{text}"


def defined(answer: Answer, name: str) -> str:
    """Return what a definition is of, called as the first table of the answer that has such a column calls it."""
    tables = {answer.verb: answer.table} | {
        f"{answer.verb}.{inner}": table for inner, table in answer.evidence.items()
    }
    for place, table in tables.items():
        if name in table.column_names:
            return heading(name, place)
    named = heading(name, answer.verb)
    # A definition may be of a table of evidence, also where that is not there.
    return evidence_name(name) if named == name else named


def aspects(answer: Answer) -> dict[str, str]:
    """Return the Chinese titles of the aspects that an answer speaks of."""
    table = answer.evidence.get("aspects")
    if table is None:
        return {}
    return dict(zip(table["name"].to_pylist(), table["aspect_zh"].to_pylist(), strict=True))


def cell(column: str, value: Any, table: str, titles: Mapping[str, str]) -> Any:
    """Return what a cell says in Chinese where it is a code of this program.

    Parameters
    ----------
    column
        The column.
    value
        The cell.
    table
        The table of evidence; empty for the answer itself.
    titles
        Titles of aspects.
    """
    if isinstance(value, list) and column == "corrupts":
        return "、".join(heading(str(item)) for item in value)
    if not isinstance(value, str):
        return value
    if column in ("aspect", "name", "other") and value in titles:
        return titles[value]
    spoken = _SPOKEN.get(f"{table}.{column}") or _SPOKEN.get(column)
    return spoken(value) if spoken else CELLS.get(column, {}).get(value, value)


def _outcome(name: str) -> str:
    if name in terms.OUTCOMES:
        return terms.OUTCOMES[name].zh
    return "差评" if name == "negative_review" else heading(name)


def _side(name: str) -> str:
    return SIDES.get(name, name)


def _sides(both: str) -> str:
    return " 对 ".join(map(_side, both.split(" vs ")))


def _needs(needs: str) -> str:
    return "；".join(map(_need, needs.split("; ")))


def _need(need: str) -> str:
    kinds = need.split("|")
    if len(kinds) <= _SPELLED:
        return "或".join(f"{_source(one)}（{one}）" for one in kinds)
    return "、".join(dict.fromkeys(map(_source, kinds))) + "之一"


def _source(one: str) -> str:
    """Return a column that a metric needs, in Chinese."""
    table, _, column = one.partition("=")[0].partition(".")
    if table not in TABLES or column not in TABLES[table].names:
        return _SOURCES.get(one, one)
    meaning = _SOURCES.get(f"{table}.{column}") or _short(TABLES[table].column(column).zh)
    return f"{table_name(table)}的{meaning}"


def _column(name: str) -> str:
    meanings = [table.column(name).zh for table in TABLES.values() if name in table.names]
    return f"{_short(meanings[0])}（{name}）" if meanings else name


def _short(meaning: str) -> str:
    for stop in _STOPS:
        meaning = meaning.partition(stop)[0]
    return meaning


_SPOKEN: dict[str, Callable[[str], str]] = {
    "metric": heading,
    "by_sentiment.metric": _outcome,
    "outcome": _outcome,
    "level": _side,
    "against": _side,
    "comparison": _sides,
    "table": table_name,
    "tables.table": lambda name: f"{table_name(name)}（{name}）",
    "needs": _needs,
    "column": _column,
}
