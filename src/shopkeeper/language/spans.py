"""Places in a text: where something starts and ends, what it is, and the characters themselves.

Offsets count characters of the text as it was given. This module knows no kind by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Full-width forms and their plain ones, one character for one, so that no offset moves.
_NARROW = {0xFF01 + step: 0x21 + step for step in range(94)} | {0x3000: 0x20, 0x2019: 0x27}


@dataclass(frozen=True, slots=True)
class Span:
    """One place in a text.

    Parameters
    ----------
    start, end
        Offsets; the end is not included.
    kind
        What it is.
    text
        `text[start:end]` of the text that was read.
    """

    start: int
    end: int
    kind: str
    text: str


def narrow(text: str) -> str:
    """Return the text with plain digits, letters and signs for full-width ones, offsets unmoved.

    Examples
    --------
    >>> narrow("ＡＢ－１２　ｋｇ")
    'AB-12 kg'
    """
    return text.translate(_NARROW)


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """Return spans without those that overlap an earlier one of the argument, in order of place.

    Examples
    --------
    >>> first, second = Span(0, 4, "a", "long"), Span(2, 3, "b", "n")
    >>> disjoint([first, second]) == disjoint([first])
    True
    """
    kept: list[Span] = []
    taken = bytearray()
    for span in spans:
        taken.extend(bytes(max(0, span.end - len(taken))))
        if not any(taken[span.start : span.end]):
            kept.append(span)
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
    return sorted(kept, key=lambda span: span.start)
