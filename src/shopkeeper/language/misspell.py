"""Texts as hurried customers type them: letters doubled, dropped, swapped, struck beside the key.

A model that has seen a few texts learns from them that spelling is not meaning.
"""

from __future__ import annotations

import numpy as np

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, key in enumerate(row)
}


def misspelt(
    text: str,
    generator: np.random.Generator,
    *,
    texts: float = 0.7,
    characters: float = 0.04,
    words: float = 0.1,
) -> str:
    """Return the text with slips of the keyboard and words left out, or as it is.

    Parameters
    ----------
    text
        Any text.
    generator
        Source of chance.
    texts
        Chance that the text is altered at all.
    characters
        Chance of a slip at each character.
    words
        Chance that a word is left out, where there are more than two.

    Examples
    --------
    >>> misspelt("where is my order", np.random.default_rng(4), texts=1, characters=0.2)
    'whwre is ordet'
    >>> misspelt("where is my order", np.random.default_rng(1), texts=0)
    'where is my order'
    """
    if generator.random() >= texts:
        return text
    parts = text.split()
    if len(parts) > 2:
        kept = generator.random(len(parts)) >= words
        parts = [part for part, keep in zip(parts, kept, strict=True) if keep] or parts
    made: list[str] = []
    plain = " ".join(parts)
    for character, chance in zip(plain, generator.random(len(plain)).tolist(), strict=True):
        made.append(character)
        if chance < characters:
            _slip(made, int(4 * chance / characters), generator)
    return "".join(made)


def beside(letter: str) -> str:
    """Return the keys beside a letter in its row of the keyboard.

    Examples
    --------
    >>> beside("a"), beside("s"), beside("é")
    ('s', 'ad', '')
    """
    return _BESIDE.get(letter, "")


def _slip(made: list[str], kind: int, generator: np.random.Generator) -> None:
    match kind:
        case 0:
            made.pop()
        case 1:
            made.append(made[-1])
        case 2:
            made[-2:] = made[:-3:-1]
        case _:
            beside = _BESIDE.get(made[-1], made[-1])
            made[-1] = beside[int(generator.integers(len(beside)))]
