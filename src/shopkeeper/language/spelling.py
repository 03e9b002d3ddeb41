"""Which words are slips of the keyboard, and what was meant: one slip away from a word that is known.

A word is looked up among words that the shop's own texts hold, so no dictionary is needed; it works
for words of letters and for Chinese, where one sign was taken for another. Words that a language
uses often are never called wrong. This module knows no search and no product.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache

from shopkeeper.language.frequent import PLAIN, SHOPPING
from shopkeeper.language.misspell import beside

LETTERS, SIGNS = 5, 3
"""Shortest word that is corrected, in letters and in Chinese signs; shorter ones lie too close."""

RARER = 10
"""How many times rarer than a word that is only typed a slip of it must be."""

_LIKELY, _UNLIKELY = 1.0, 0.1
_ENDINGS = ("s", "es", "'s", "ing", "ed", "d", "y", "er", "r", "n")


class Speller:
    """Finds the known word that was meant.

    Parameters
    ----------
    written
        Words of the shop's own texts and how often each is used, lower case; they are right.
    typed
        Words that people typed and how often; one is right only beside a rarer slip of it.

    Limits
    ------
    It finds one slip in a word: a letter dropped, doubled, added, swapped or replaced. It does not
    know which Chinese signs sound alike, and it does not look at the words beside.

    Examples
    --------
    >>> speller = Speller({"jacket": 40}, {"earphones": 50, "earphnes": 5, "连衣裙": 10})
    >>> [speller.meant(word) for word in ("jaket", "连衣群", "earphnes", "jackets")]
    ['jacket', '连衣裙', 'earphones', None]
    """

    def __init__(self, written: Mapping[str, int], typed: Mapping[str, int]) -> None:
        self.written, self.typed = written, typed
        self.right = frozenset(written) | _frequent()
        self.pairs: dict[str, float] = {}
        self.near: dict[str, list[str]] = {}
        for word in sorted({*written, *typed}):
            if not word.isascii():
                uses = math.inf if word in written else typed[word]
                for pair in _pairs(word):
                    self.pairs[pair] = max(uses, self.pairs.get(pair, 0))
            if _long_enough(word):
                for shorter in _shortened(word):
                    self.near.setdefault(shorter, []).append(word)

    def meant(self, word: str) -> str | None:
        """Return the known word that is likeliest meant; None where it is known or far from all."""
        if not _long_enough(word) or _bases(word) & self.right:
            return None
        much = RARER * max(1, self.typed.get(word, 0))
        near = {other for shorter in _shortened(word) for other in self.near.get(shorter, ())}
        known = {other for other in near if other in self.written or self.typed[other] >= much}
        scored = [
            (-likely * (self.written.get(other, 0) + self.typed.get(other, 0)), other)
            for other in known
            if (likely := self._likelihood(word, other, much))
        ]
        return min(scored)[1] if scored else None

    def _likelihood(self, word: str, other: str, much: int) -> float:
        """Return how likely a slip makes the one of the other; 0 for what is no slip."""
        if word.isascii():
            return 0.0 if _bases(word) & _bases(other) else slip(word, other)
        if len(word) != len(other) or not (likely := slip(word, other)):
            return 0.0
        # Of two or three signs one makes another word; only what is rare beside it is a slip.
        if self.typed.get(other, 0) < much:
            return 0.0
        changed = [n for n, (one, two) in enumerate(zip(word, other, strict=True)) if one != two]
        touched = {word[max(0, n) : n + 2] for place in changed for n in (place - 1, place)}
        # Where both of two words of which one differs are in use, neither is a slip of the other.
        heard = any(self.pairs.get(pair, 0) >= much for pair in touched if len(pair) == 2)
        return 0.0 if heard else likely


def slip(word: str, meant: str) -> float:
    """Return how likely one slip makes `word` of `meant`, relative to others; 0 for more than one.

    A letter dropped, doubled, swapped with the next or struck on the key beside is ten times as
    likely as any other (the slips of `language/misspell.py`).

    Examples
    --------
    >>> (
    ...     slip("jaket", "jacket"),
    ...     slip("jackwt", "jacket"),
    ...     slip("jackut", "jacket"),
    ...     slip("jckat", "jacket"),
    ... )
    (1.0, 1.0, 0.1, 0.0)
    """
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    one, other = word[start:], meant[start:]
    if len(word) + 1 == len(meant):
        return _LIKELY if other[1:] == one else 0.0
    if len(word) == len(meant) + 1:
        doubled = start > 0 and one[:1] == word[start - 1]
        return (_LIKELY if doubled else _UNLIKELY) if one[1:] == other else 0.0
    if len(word) != len(meant) or not one:
        return 0.0
    if one[1:] == other[1:]:
        return _LIKELY if one[0] in beside(other[0]) else _UNLIKELY
    swapped = len(one) > 1 and one[:2] == other[1::-1] and one[2:] == other[2:]
    return _LIKELY if swapped else 0.0


def _long_enough(word: str) -> bool:
    return len(word) >= (LETTERS if word.isascii() else SIGNS)


def _shortened(word: str) -> Iterable[str]:
    return {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}


def _pairs(word: str) -> Iterable[str]:
    return (word[n : n + 2] for n in range(len(word) - 1))


def _bases(word: str) -> set[str]:
    """Return a word with and without each ending that it may have, so that a plural is no slip."""
    return {word} | {
        word.removesuffix(ending)
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= LETTERS - 1
    }


@cache
def _frequent() -> frozenset[str]:
    return frozenset(
        word for lists in (PLAIN, SHOPPING) for words in lists.values() for word in words.split()
    )
