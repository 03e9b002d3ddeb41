"""Tables and numbers as a page shows them: headings in words, shares in per cent, money in its currency.

Cells of people stay as they wrote them; the templates escape them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.types as kinds

from shopkeeper.answer import Answer, spoken
from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.surfaces import chinese
from shopkeeper.surfaces.console import cell_text
from shopkeeper.surfaces.report.pen import Pen, percent, visible
from shopkeeper.surfaces.report.terms import OUTCOMES
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.words import Words

_OF_A_SHARE = ("low", "high", "previous_low", "previous_high", "usual", "difference")
_LINKED = {
    "review_id": "/reviews/{}",
    "quote_id": "/reviews/{}",
    "product_id": "/reviews?product={}",
    "similar_id": "/reviews?product={}",
    "because": "/reviews?product={}",
    "customer_id": "/recommend?customers={}",
}
_LONGEST = 220


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and where it leads to."""

    text: str
    address: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as a page shows it.

    Parameters
    ----------
    name
        By which it is asked for.
    title
        What it is called.
    columns
        Heading of each column, and whether it holds numbers.
    rows
        The rows that are shown.
    total, offset, most
        Rows in all, rows left out before, and rows that are shown at the most.
    """

    name: str
    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    offset: int = 0
    most: int = 0

    @property
    def earlier(self) -> int:
        """How many rows come before those of the page before."""
        return max(0, self.offset - self.most)

    @property
    def end(self) -> int:
        """How many rows come before those that follow."""
        return self.offset + len(self.rows)


def table_view(
    answer: Answer, name: str, lang: str, *, most: int, offset: int = 0, title: str = ""
) -> TableView:
    """Return one table of an answer as a page shows it.

    Parameters
    ----------
    answer
        The answer.
    name
        `table` for the answer itself, else a name of its evidence.
    lang
        Language.
    most, offset
        Rows at the most, and rows to leave out before.
    title
        What it is called; its own name when not given.
    """
    whole = answer.table if name == ITSELF else answer.evidence[name]
    inner = "" if name == ITSELF else name
    shown = spoken(whole, lang)
    if lang == "zh":
        shown = shown.select(chinese.columns(inner, shown.column_names))
    titles = chinese.aspects(answer)
    part = shown.slice(offset, most)
    rows = tuple(
        tuple(_cell(row, column, inner, titles, lang) for column in part.column_names)
        for row in part.to_pylist()
    )
    columns = tuple(
        (heading(field.name, inner or answer.verb, lang), is_number(field.type))
        for field in shown.schema
    )
    called = title or table_title(answer, name, lang)
    return TableView(name, called, columns, rows, whole.num_rows, offset, most)


def table_title(answer: Answer, name: str, lang: str) -> str:
    """Return what a table of an answer is called."""
    if name == ITSELF:
        return answer.title.get(lang)
    return chinese.evidence_name(name) if lang == "zh" else plain(name)


def heading(column: str, table: str, lang: str) -> str:
    """Return the heading of a column.

    Examples
    --------
    >>> heading("negative_share", "", "en"), heading("gmv", "", "en"), heading("share", "", "zh")
    ('Negative share', 'GMV', '占比')
    """
    if lang == "zh":
        return chinese.heading(column, table)
    if column in METRICS:
        return METRICS[column].title.en
    if column in OUTCOMES:
        return OUTCOMES[column].en
    return plain(column)


def plain(name: str) -> str:
    """Return a name in words, with a capital.

    Examples
    --------
    >>> plain("p_negative"), plain("negative_share")
    ('P(negative)', 'Negative share')
    """
    if name.startswith("p_"):
        return f"P({name[2:].replace('_', ' ')})"
    return name.replace("_", " ").strip().capitalize()


def is_number(kind: Any) -> bool:
    """Say whether a column of an Arrow type holds numbers."""
    return bool(kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind))


def amount(value: float | None, unit: str, lang: str, currency: str = "") -> str:
    """Return a number in its unit.

    Parameters
    ----------
    value
        The number; a dash stands for none.
    unit
        `money`, `count`, `share` or another.
    lang
        Language.
    currency
        Of money.

    Examples
    --------
    >>> (
    ...     amount(1234.5, "money", "zh", "CNY"),
    ...     amount(0.312, "share", "en"),
    ...     amount(None, "count", "en"),
    ... )
    ('¥1,234', '31.2%', '–')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if unit == "money":
        return Pen(lang, 0).amount(float(value), currency)
    if unit == "share":
        return percent(float(value))
    if unit == "count":
        return f"{float(value):,.0f}".replace("-", "−")
    return cell_text(value)


def _cell(
    row: Mapping[str, Any], column: str, table: str, titles: Mapping[str, str], lang: str
) -> Cell:
    value = row[column]
    if column in _LINKED and isinstance(value, str):
        return Cell(visible(value), _LINKED[column].format(quote(value, safe="")))
    if isinstance(value, (str, list)):
        text = visible(_spoken(column, value, table, titles, lang))
        return Cell(text if len(text) <= _LONGEST else text[:_LONGEST] + "…", wide=len(text) > 24)
    return Cell(_plain(row, column, value, lang))


def _spoken(
    column: str, value: str | list[Any], table: str, titles: Mapping[str, str], lang: str
) -> str:
    """Return a text, or what a code of this program says."""
    said: Any = value
    if lang == "zh":
        said = chinese.cell(column, value, table, titles)
    elif column in ("metric", "corrupts"):
        named = value if isinstance(value, list) else [value]
        said = [heading(str(one), "", lang) for one in named]
    return ", ".join(map(str, said)) if isinstance(said, list) else str(said)


def _plain(row: Mapping[str, Any], column: str, value: Any, lang: str) -> str:
    """Return a cell that holds no text."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number(row, column, value, lang)
    return cell_text(value)


def _number(row: Mapping[str, Any], column: str, value: Any, lang: str) -> str:
    currency = str(row.get("currency") or "")
    unit = row.get("unit")
    if isinstance(unit, str) and column in ("value", *_OF_A_SHARE):
        return amount(float(value), unit, lang, currency)
    if isinstance(value, float) and _is_share(row, column) and abs(value) <= 1:
        return percent(value)
    if isinstance(value, (float, Decimal)) and value % 1 == 0 and abs(float(value)) < 1e15:
        return f"{int(value):,}".replace("-", "−")
    return cell_text(value).replace("-", "−", 1)


def _is_share(row: Mapping[str, Any], column: str) -> bool:
    if "share" in column or column.endswith("_rate"):
        return True
    named = row.get("metric") or row.get("outcome")
    if column in ("value", *_OF_A_SHARE) and named:
        known = METRICS.get(str(named))
        return bool(known and known.unit == "share") or str(named).endswith("_rate")
    return column in _OF_A_SHARE and any(name.endswith("share") for name in row)


def arrow_view(table: pa.Table, name: str, title: str, lang: str, *, most: int) -> TableView:
    """Return any Arrow table as a page shows it."""
    answer = Answer(verb="", title=Words(title, title), table=table, method="")
    return replace(table_view(answer, ITSELF, lang, most=most), name=name)
