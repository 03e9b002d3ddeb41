"""Tables and numbers as a page shows them: headings in words, shares in per cent, money in its currency.

Cells of people stay as they wrote them; the templates escape them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from shopkeeper.answer import Answer, spoken
from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.surfaces import chinese
from shopkeeper.surfaces.console import cell_text
from shopkeeper.surfaces.report.pen import Pen, percent, visible
from shopkeeper.surfaces.report.terms import OUTCOMES
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.surfaces.web.leading import ENGLISH, is_money, is_share, leading
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
_LONGEST, _SHORT = 220, 20
"""Characters that a cell shows at the most, and places up to which it stays in one line."""

_LEAST_SHARE = 0.0005
_CENTS = re.compile(r"\b\d{1,3}(?:,\d{3})+\.\d\d\b")
_MINUS, _PER_CENT = re.compile(r"(?<![\w-])-(?=\d)"), re.compile(r"(?<=\d) %")
_WIDE_FROM = 0x2E7F


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and where it leads to."""

    text: str
    address: str = ""
    wide: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it stays in one line."""
        return places(self.text) <= _SHORT


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
    left_out
        How many columns are not shown.
    """

    name: str
    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    offset: int = 0
    most: int = 0
    left_out: int = 0

    @property
    def earlier(self) -> int:
        """How many rows come before those of the page before."""
        return max(0, self.offset - self.most)

    @property
    def end(self) -> int:
        """How many rows come before those that follow."""
        return self.offset + len(self.rows)


def table_view(
    answer: Answer,
    name: str,
    lang: str,
    *,
    most: int,
    offset: int = 0,
    title: str = "",
    whole: bool = False,
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
    whole
        Whether every column is shown, and not only those that are read first.
    """
    table = answer.table if name == ITSELF else answer.evidence[name]
    inner = "" if name == ITSELF else name
    shown = spoken(table, lang)
    if lang == "zh":
        shown = shown.select(chinese.columns(inner, shown.column_names))
    every = shown.num_columns
    if not whole:
        shown = shown.select(leading(answer.verb, inner, shown.column_names))
    currency = _one_currency(shown)
    called = title or table_title(answer, name, lang)
    part = shown.slice(offset, most)
    records, titles = part.to_pylist(), chinese.aspects(answer)
    names = [column for column in part.column_names if not (currency and column == "currency")]
    digits = {column: _digits([row[column] for row in records]) for column in names}
    rows = tuple(
        tuple(_cell(row, column, inner, titles, lang, digits[column]) for column in names)
        for row in records
    )
    place = f"{answer.verb}.{inner}" if inner else answer.verb
    columns = tuple(
        (
            _in_currency(heading(column, place, lang), column, currency, lang),
            is_number(shown.schema.field(column).type),
        )
        for column in names
    )
    return TableView(
        name, called, columns, rows, table.num_rows, offset, most, every - shown.num_columns
    )


def _one_currency(table: pa.Table) -> str:
    """Return the currency of all rows, where there is one and a column beside it holds money."""
    if "currency" not in table.column_names or not any(map(is_money, table.column_names)):
        return ""
    found = pc.unique(table["currency"]).to_pylist()
    return str(found[0]) if len(found) == 1 and found[0] else ""


def _in_currency(title: str, column: str, currency: str, lang: str) -> str:
    if not (currency and is_money(column)):
        return title
    return f"{title}（{currency}）" if lang == "zh" else f"{title}, {currency}"


def table_title(answer: Answer, name: str, lang: str) -> str:
    """Return what a table of an answer is called."""
    if name == ITSELF:
        return answer.title.get(lang)
    return chinese.evidence_name(name) if lang == "zh" else ENGLISH.get(name, plain(name))


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
    return ENGLISH.get(column, plain(column))


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


def places(text: str) -> int:
    """Return how wide a text is, a Chinese character counting twice.

    Examples
    --------
    >>> places("至今 12")
    7
    """
    return sum(2 if ord(letter) > _WIDE_FROM else 1 for letter in text)


def _cell(
    row: Mapping[str, Any],
    column: str,
    table: str,
    titles: Mapping[str, str],
    lang: str,
    digits: int | None,
) -> Cell:
    value = row[column]
    if column in _LINKED and isinstance(value, str):
        return Cell(visible(value), _LINKED[column].format(quote(value, safe="")))
    if isinstance(value, (str, list)):
        text = visible(_spoken(column, value, table, titles, lang))
        wide = places(text) > 2 * _SHORT
        return Cell(text if len(text) <= _LONGEST else text[:_LONGEST] + "…", wide=wide)
    return Cell(_plain(row, column, value, lang, digits))


def _digits(values: Sequence[Any]) -> int | None:
    """Return how many decimals all numbers of a column are shown with; None where none fits all.

    Examples
    --------
    >>> _digits([1.5, 0.27]), _digits([2886.4, 52.1]), _digits([46.3, 0.002]), _digits([1.0, 2.0])
    (2, 0, None, 0)
    """
    numbers = [float(one) for one in values if isinstance(one, (float, Decimal))]
    sizes = [abs(one) for one in numbers if math.isfinite(one)]
    large, small = max(sizes, default=0.0), min((one for one in sizes if one), default=0.0)
    if all(one % 1 == 0 for one in sizes):
        return 0
    for bound, digits in ((1000, 0), (10, 1), (1, 2)):
        if large >= bound:
            return digits if small * 10**digits >= 1 else None
    return None


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


def _plain(row: Mapping[str, Any], column: str, value: Any, lang: str, digits: int | None) -> str:
    """Return a cell that holds no text."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number(row, column, value, lang, digits)
    return cell_text(value)


def _number(row: Mapping[str, Any], column: str, value: Any, lang: str, digits: int | None) -> str:
    currency = str(row.get("currency") or "")
    unit = row.get("unit")
    if isinstance(unit, str) and column in ("value", *_OF_A_SHARE):
        return amount(float(value), unit, lang, currency)
    if isinstance(value, float) and _is_share(row, column) and abs(value) <= 1:
        return percent(value) if value == 0 or abs(value) >= _LEAST_SHARE else "<0.1%"
    if isinstance(value, (float, Decimal)) and digits is not None and math.isfinite(value):
        return f"{value:,.{digits}f}".replace("-", "−")
    if isinstance(value, (float, Decimal)) and value % 1 == 0 and abs(float(value)) < 1e15:
        return f"{int(value):,}".replace("-", "−")
    return cell_text(value).replace("-", "−", 1)


def _is_share(row: Mapping[str, Any], column: str) -> bool:
    named = row.get("metric") or row.get("outcome")
    if column in ("value", *_OF_A_SHARE) and named:
        known = METRICS.get(str(named))
        return bool(known and known.unit == "share") or str(named).endswith("_rate")
    if column in _OF_A_SHARE:
        return any(name.endswith("share") for name in row)
    return is_share(column)


def told(words: Words, lang: str) -> str:
    """Return a sentence of an answer as a page shows it: whole amounts from a thousand on, a wide minus.

    Examples
    --------
    >>> told(Words("CNY -1,234.56 (95 % interval -2 to 3).", ""), "en")
    'CNY −1,235 (95% interval −2 to 3).'
    """
    text = _CENTS.sub(lambda found: f"{Decimal(found[0].replace(',', '')):,.0f}", words.get(lang))
    return _MINUS.sub("−", _PER_CENT.sub("%", text))


def arrow_view(table: pa.Table, name: str, title: str, lang: str, *, most: int) -> TableView:
    """Return any Arrow table as a page shows it."""
    answer = Answer(verb="", title=Words(title, title), table=table, method="")
    return replace(table_view(answer, ITSELF, lang, most=most), name=name)
