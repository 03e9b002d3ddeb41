"""Text as a model sees it: one normal form, one key of equality, one bound on length.

Every text is written by a stranger. Nothing here fails on any string, and nothing takes more time
than the bound allows. This module knows no model and no table.
"""

from __future__ import annotations

import html
import re
import unicodedata

CHARACTERS = 5_000
"""A longer text is read by its first and last halves of this many characters."""

# Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)

_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_REPEAT = re.compile(r"(.)\1{3,}")


class _Kept(dict[int, int | None]):
    """Which characters `str.translate` keeps: all but control, format and lone surrogate ones."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        drop = unicodedata.category(character) in ("Cc", "Cf", "Cs") and not character.isspace()
        self[code] = None if drop else code
        return self[code]


_KEPT = _Kept()


def bounded(text: str) -> str:
    """Return the text, or the first and the last 2,500 characters of a longer one."""
    half = CHARACTERS // 2
    return text if len(text) <= CHARACTERS else f"{text[:half]} {text[-half:]}"


def normalise(text: str) -> str:
    """Return the form in which models read a text.

    Compatibility forms become one (NFKC), case and markup go, control and zero-width characters go,
    a character repeated more than three times is written three times, spaces are single. Words of
    negation, punctuation and emoji stay.

    Parameters
    ----------
    text
        Any text; of one longer than 5,000 characters the first and last 2,500 are read.

    Examples
    --------
    >>> normalise("ＮＯＴ good!!!!!!<br/>&amp;  \\u200bslow 😡")
    'not good!!! & slow 😡'
    """
    return squeezed(unmarked(text))


def unmarked(text: str) -> str:
    """Return the first half of `normalise`: compatibility forms, case, markup and control characters."""
    text = bounded(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    return unicodedata.normalize("NFKC", text).lower().translate(_KEPT)


def squeezed(text: str, *, has_runs: bool = True) -> str:
    """Return the second half of `normalise`: no character more than three times, single spaces.

    A caller who knows that no character stands four times in a row saves most of the time.
    """
    return " ".join((_REPEAT.sub(r"\1\1\1", text) if has_runs else text).split())


def text_key(text: str) -> str:
    """Return the key under which texts count as equal: the normal form without punctuation.

    Texts that hold nothing but punctuation keep it. Of a very long text the whole is compared only
    within the bound of `normalise`.

    Examples
    --------
    >>> text_key("Muito bom!") == text_key("muito  BOM")
    True
    >>> text_key("?!"), text_key("!!")
    ('?!', '!!')
    """
    normal = normalise(text)
    return (
        "".join(c for c in normal if not unicodedata.category(c).startswith(("P", "Z"))) or normal
    )
