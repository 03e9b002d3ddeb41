"""Blocks: what a section of the report can hold. They know nothing of shops or of HTML pages.

Every text here is `Markup`: it was written by the pen, which escapes what strangers wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from markupsafe import Markup

NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `quiet` for remarks."""

    kind: ClassVar = "paragraph"
    text: Markup
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """One line that says what is not there and what would enable it."""

    kind: ClassVar = "missing"
    text: Markup


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the shop at a glance."""

    label: Markup
    value: Markup
    note: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class Facts:
    """Numbers side by side."""

    kind: ClassVar = "facts"
    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `range` (a drawing), `date`, `aside` and `words` (a text) are left out on a phone."""

    title: Markup
    kind: Literal["text", "number", "range", "date", "aside", "words"] = "number"


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: its caption, columns, rows, and a remark beneath."""

    kind: ClassVar = "grid"
    caption: Markup
    columns: tuple[Column, ...]
    rows: tuple[tuple[Markup, ...], ...]
    note: Markup = NOTHING


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture, drawn for a wide and for a narrow page, and how to read it."""

    kind: ClassVar = "figure"
    title: Markup
    wide: Markup
    narrow: Markup
    reading: Markup


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer wrote, word for word."""

    text: Markup
    source: Markup


@dataclass(frozen=True, slots=True)
class Case:
    """One product or topic with what customers wrote about it."""

    title: Markup
    detail: Markup
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """Several cases, in order."""

    kind: ClassVar = "cases"
    items: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, the numbers that say why, and which things it concerns."""

    what: Markup
    why: Markup
    items: tuple[Markup, ...] = ()


@dataclass(frozen=True, slots=True)
class Tasks:
    """Things to do, the most pressing first."""

    kind: ClassVar = "tasks"
    items: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A plain list."""

    kind: ClassVar = "points"
    items: tuple[Markup, ...]


Block = Paragraph | Missing | Facts | Grid | Figure | Cases | Tasks | Points


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its anchor, its heading, one leading sentence, its blocks."""

    name: str
    title: Markup
    lead: Markup = NOTHING
    blocks: tuple[Block, ...] = ()
