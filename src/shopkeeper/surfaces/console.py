"""Answers, imports, runs and errors on a terminal or in a log.

Every cell was written by a stranger: control characters and characters that reverse the reading
direction are shown as codes, so that no cell can move the cursor, recolour the screen or disguise
itself. Off a terminal there is no colour, no wrapping and no animation.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from shopkeeper.answer import Answer, spoken
from shopkeeper.progress import Progress
from shopkeeper.surfaces import chinese
from shopkeeper.words import Words, counted

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_CELL = 160
_UNWRAPPED = 10_000
_LEAST_WIDTH = 14
_DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_VISIBLE = {code: f"\\u{code:04x}" for code in (*_CONTROL, *_DIRECTION)} | {
    ord("\n"): " ",
    ord("\r"): " ",
    ord("\t"): " ",
}
_IN_JSON = {code: text for code, text in _VISIBLE.items() if code >= 0x7F}


def visible(text: str) -> str:
    r"""Return one line of text in which no character acts on the terminal.

    Examples
    --------
    >>> visible("red \x1b[31m and \u202e reversed\nnext line")
    'red \\u001b[31m and \\u202e reversed next line'
    """
    return text.translate(_VISIBLE)


def json_text(document: Any) -> str:
    r"""Return JSON in which no character acts on the terminal that shows it.

    Examples
    --------
    >>> print(json_text({"城市": "\u202e\x9b31m"}))
    {
      "城市": "\u202e\u009b31m"
    }
    """
    return json.dumps(document, ensure_ascii=False, indent=2).translate(_IN_JSON)


def cell_text(value: Any) -> str:
    """Return a cell as a person reads it: numbers grouped, small ones with four digits.

    Examples
    --------
    >>> [cell_text(value) for value in (1234567, 1234567.8, 0.97312, 12.5, None, True)]
    ['1,234,567', '1,234,568', '0.9731', '12.50', '–', '✓']
    """
    if value is None or value != value:  # noqa: PLR0124 - true of NaN alone
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        value = ", ".join(map(str, value)) or "–"
    text = visible(str(value))
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _number(value: float) -> str:
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 1 or size == 0:
        return f"{value:,.2f}"
    if size >= 0.0005:
        return f"{value:.4f}"
    return f"{value:.{2 - math.floor(math.log10(size))}f}" if size >= 1e-6 else f"{value:.2e}"


class _Lines(Console):
    """A console that leaves to the command what a reader who has gone means; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError that is being handled."""
        raise  # noqa: PLE0704


def console_for(stream: TextIO) -> Console:
    """Return a console that writes to `stream`, plain and unwrapped unless it is a terminal."""
    terminal = stream.isatty()
    return _Lines(
        file=stream,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else _UNWRAPPED,
        markup=False,
        emoji=False,
        highlight=False,
    )


class Screen:
    """Where results are shown: one stream, one language.

    Parameters
    ----------
    stream
        Where to write.
    lang
        `en` or `zh`.
    """

    def __init__(self, stream: TextIO, lang: str) -> None:
        self.lang = lang
        self.console = console_for(stream)

    def line(self, words: Words | str, *, style: str = "") -> None:
        """Write one line."""
        text = words.get(self.lang) if isinstance(words, Words) else words
        # Chinese has no spaces to wrap at; a terminal breaks it where the line ends.
        whole = self.lang == "zh" or not self.console.is_terminal
        self.console.print(Text(visible(text), style=style), soft_wrap=whole)

    def grid(self, columns: Sequence[tuple[str, bool]], rows: Iterable[Sequence[Any]]) -> None:
        """Write a table.

        Parameters
        ----------
        columns
            Heading, and whether the column holds numbers and is aligned to the right.
        rows
            The cells.
        """
        cells = [[cell_text(value) for value in row] for row in rows]
        if self.console.is_terminal and _is_cramped(columns, cells, self.console.width):
            self._stacked([heading for heading, _ in columns], cells)
            return
        headed = any(heading for heading, _ in columns)
        table = Table(
            box=box.SIMPLE_HEAD if headed else None,
            show_edge=False, pad_edge=False, show_header=headed, header_style="bold",
        )  # fmt: skip
        for heading, number in columns:
            table.add_column(
                Text(visible(heading)),
                justify="right" if number else "left",
                no_wrap=number,
                overflow="fold",
            )
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(table)

    def _stacked(self, headings: list[str], rows: list[list[str]]) -> None:
        """Write each row as its first cell and, below it, the others by name."""
        for first, *others in rows:
            self.line(first, style="bold")
            named = zip(headings[1:], others, strict=True)
            self.line("  " + " · ".join(f"{heading} {cell}" for heading, cell in named))

    def answer(self, answer: Answer, *, rows: int) -> None:
        """Write an answer: title, sentences, tables, limits and definitions.

        Parameters
        ----------
        answer
            The answer.
        rows
            Rows of each table at the most.
        """
        self.line(answer.title, style="bold")
        for sentence in answer.summary:
            self.line(sentence)
        self._arrow(answer, "", rows)
        for name, table in answer.evidence.items():
            self.console.print()
            none = Words("", "") if table.num_rows else Words(": none", "：无")
            called = chinese.evidence_name(name) if self.lang == "zh" else name
            self.line(f"{called}{none.get(self.lang)}", style="bold")
            self._arrow(answer, name, rows)
        self._listed(Words("Limits", "局限"), [item.get(self.lang) for item in answer.limits])
        titles = chinese.aspects(answer)
        meanings = [
            chinese.definition(answer, name, words.zh, titles)
            if self.lang == "zh"
            else f"{name}: {words.en}"
            for name, words in answer.definitions.items()
        ]
        self._listed(Words("Definitions", "口径"), meanings)

    def _listed(self, heading: Words, lines: list[str]) -> None:
        if lines:
            self.console.print()
            self.line(heading, style="bold")
        for text in lines:
            self.line(f"- {text}", style="dim")

    def _heading(self, column: str, table: str = "") -> str:
        return chinese.heading(column, table) if self.lang == "zh" else column

    def _arrow(self, answer: Answer, name: str, rows: int) -> None:
        table = spoken(answer.evidence[name] if name else answer.table, self.lang)
        if table.num_rows == 0:
            return
        if self.lang == "zh":
            table = table.select(chinese.columns(name, table.column_names))
        across = self.console.is_terminal and {"period", "metric", "value"} <= {*table.column_names}
        shown = _readable(table if across else table.slice(0, rows))
        if self.lang == "zh":
            titles = chinese.aspects(answer)
            shown = [
                {key: chinese.cell(key, value, name, titles) for key, value in row.items()}
                for row in shown
            ]
        if across:
            self._by_period(shown)
            return
        numeric = [_is_number(field.type) for field in table.schema]
        place = f"{answer.verb}.{name}" if name else answer.verb
        headings = [self._heading(column, place) for column in table.column_names]
        if len(shown) == 1 and len(numeric) > 6:
            listed = zip(headings, shown[0].values(), strict=True)
            self.grid([("", False), ("", True)], list(listed))
        else:
            columns = list(zip(headings, numeric, strict=True))
            self.grid(columns, [list(row.values()) for row in shown])
        left = table.num_rows - len(shown)
        if left > 0:
            self.line(
                Words(
                    f"… {counted(left, 'more row')} (--rows, --json)",
                    f"… 另有 {left:,} 行（--rows、--json）",
                ),
                style="dim",
            )

    def _by_period(self, rows: list[dict[str, Any]]) -> None:
        """Write metrics down and periods across: the latest ones that there is room for."""
        values: dict[str, dict[str, str]] = {}
        for row in rows:
            name = " ".join(str(row[key]) for key in ("metric", "currency") if row.get(key))
            values.setdefault(name, {})[str(row["period"])] = cell_text(_whole(row["value"]))
        periods = sorted({str(row["period"]) for row in rows})
        wide = 2 + max(len(cell) for line in values.values() for cell in (*line, *line.values()))
        room = self.console.width - max(map(cell_len, values))
        latest = periods[-max(1, room // wide) :]
        columns = [(Words("metric", "指标").get(self.lang), False), *((at, True) for at in latest)]
        self.grid(columns, [[name, *map(line.get, latest)] for name, line in values.items()])
        left = len(periods) - len(latest)
        if left > 0:
            said = Words(
                f"… {counted(left, 'earlier period')} (--json)", f"… 更早的 {left:,} 期（--json）"
            )
            self.line(said, style="dim")


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_cramped(
    columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], width: int
) -> bool:
    """Say whether the columns of text get less than a word's width beside the numbers."""
    widest = [
        max([cell_len(heading), *(cell_len(row[at]) for row in rows)])
        for at, (heading, _) in enumerate(columns)
    ]
    texts = [size for size, (_, is_number) in zip(widest, columns, strict=True) if not is_number]
    left = width - 2 * len(columns) - (sum(widest) - sum(texts))
    return bool(texts) and sum(texts) > 1.5 * left and left < _LEAST_WIDTH * len(texts)


def _readable(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows, with whole numbers in columns that hold nothing but whole numbers."""
    columns = {}
    for name in table.column_names:
        cells = table[name].to_pylist()
        numbers = [cell for cell in cells if cell is not None]
        if all(isinstance(cell, (float, Decimal)) and cell % 1 == 0 for cell in numbers):
            cells = [None if cell is None else int(cell) for cell in cells]
        columns[name] = cells
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _is_number(kind: Any) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind))


@contextmanager
def told(lang: str, *, stream: TextIO | None = None) -> Iterator[Progress]:
    """Show progress on the error stream: a bar on a terminal, lines in a log.

    Parameters
    ----------
    lang
        Language of the words.
    stream
        Where to show it; standard error when not given.
    """
    stream = stream or sys.stderr
    if not stream.isatty():
        yield _lines(lang, stream)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console_for(stream), transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(what: Words, share: float | None = None) -> None:
            bars.update(
                task,
                description=visible(what.get(lang)).replace("[", "\\["),
                total=None if share is None else 1.0,
                completed=share or 0.0,
            )

        yield show


def _lines(lang: str, stream: TextIO) -> Callable[[Words, float | None], None]:
    last: tuple[str, int] = ("", -1)

    def show(what: Words, share: float | None = None) -> None:
        nonlocal last
        text, tenth = visible(what.get(lang)), int((share or 0.0) * 10)
        if (text, tenth) == last:
            return
        last = (text, tenth)
        part = "" if share is None else f" {share:.0%}"
        stream.write(f"{time.strftime('%H:%M:%S')} {text}{part}\n")
        stream.flush()

    return show
