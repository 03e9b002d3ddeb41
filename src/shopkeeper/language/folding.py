"""A text as a reader sees it, with the way back to every character that was written.

Compatibility forms become plain ones, case goes, invisible characters go, look-alike Cyrillic and
Greek letters become Latin ones. This module knows nothing of what the text is about.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ALIKE = str.maketrans("аеорсухіјѕԁһӏԛԝօαορνιτυκАВЕКМНОРСТХ", "aeopcyxijsdhlqwoaopvitukabekmhopctx")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile(r"\s\s|[^\S ]")
_SPACED = re.compile(r"(?<![^\W_])(?:[A-Za-z][ .·_-]{1,3}){5,200}[A-Za-z](?![^\W_])")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text.

    Parameters
    ----------
    text
        What a reader sees.
    origin
        For each of its characters the offset of the one that was written, and the length at the end.
    """

    text: str
    origin: tuple[int, ...] | range

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets, in the text that was written, of a place in the folded one."""
        return self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[end]


def folded(text: str) -> Folded:
    """Fold a text.

    Examples
    --------
    >>> seen = folded("ＩＧ\\u200bNORE")
    >>> seen.text, seen.place(0, 6)
    ('ignore', (0, 7))
    """
    if text.isascii():
        return Folded(text.lower(), range(len(text) + 1))
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        if INVISIBLE.match(letter):
            continue
        seen = letter if "\u4e00" <= letter <= "\u9fff" else unicodedata.normalize("NFKC", letter)
        for one in seen.lower().translate(_ALIKE):
            letters.append(one)
            origin.append(place)
    return Folded("".join(letters), (*origin, len(text)))


def on_one_line(seen: Folded) -> Folded | None:
    """Return the text with one space for every run of blanks and line ends, or None as it is so.

    Examples
    --------
    >>> on_one_line(folded("on\\n  one line")).text
    'on one line'
    """
    if not _BLANKS.search(seen.text):
        return None
    kept = [place for place, letter in enumerate(seen.text) if not letter.isspace()
            or not seen.text[place - 1 : place].isspace()]  # fmt: skip
    letters = "".join(" " if seen.text[place].isspace() else seen.text[place] for place in kept)
    return Folded(letters, (*(seen.origin[place] for place in kept), seen.origin[-1]))


def closed_up(seen: Folded) -> Folded | None:
    """Return the text with letters that stand apart closed up, or None where there are none.

    Wider gaps count as the gaps between words.

    Examples
    --------
    >>> closed_up(folded("s p a c e d   o u t")).text
    'spaced out'
    """
    if not _SPACED.search(seen.text):
        return None
    letters: list[str] = []
    origin: list[int] = []
    done = 0
    for match in _SPACED.finditer(seen.text):
        letters += seen.text[done : match.start()]
        origin += seen.origin[done : match.start()]
        for place in range(match.start(), match.end()):
            letter = seen.text[place]
            gap = not letter.isalpha()
            if gap and (place + 1 >= match.end() or seen.text[place - 1].isalpha()):
                # The first sign of a gap decides: two in a row part words, one parts letters.
                letter = " " if not seen.text[place + 1].isalpha() else ""
            elif gap:
                letter = ""
            if letter:
                letters.append(letter)
                origin.append(seen.origin[place])
        done = match.end()
    letters += seen.text[done:]
    origin += seen.origin[done:]
    return Folded("".join(letters), tuple(origin))
