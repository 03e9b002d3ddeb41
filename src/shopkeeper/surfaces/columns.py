"""Lists of help in two columns, in which a Chinese character takes two places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import click

# A mark that closes never begins a line.
_PIECES = re.compile(r"(?:[\x21-\x7e]+|.)[，。、；：！？）］」]*", re.S)
_GAP = 2


def write_list(formatter: click.HelpFormatter, records: Sequence[tuple[str, str]]) -> None:
    """Write terms and, beside them, what they mean.

    Parameters
    ----------
    formatter
        What writes the help.
    records
        Term and meaning.
    """
    left = max(places(term) for term, _ in records) + _GAP
    room = max(20, formatter.width - formatter.current_indent - left)
    indent = " " * formatter.current_indent
    for term, meaning in records:
        first, *others = folded(meaning, room)
        formatter.write(f"{indent}{term}{' ' * (left - places(term))}{first}\n")
        for line in others:
            formatter.write(f"{indent}{' ' * left}{line}\n")


def places(text: str) -> int:
    """Return how many places a text takes on a terminal.

    Examples
    --------
    >>> places("--rows 整数")
    11
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def folded(text: str, room: int) -> list[str]:
    """Return a text in lines of at most `room` places; no word in Latin letters is torn.

    Examples
    --------
    >>> folded("方法名：ngrams、llm", 14)
    ['方法名：', 'ngrams、llm']
    """
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and places(lines[-1] + piece) > room:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines
