"""Search words: how a query and a title become terms, and which term was meant by a slip of the pen.

Words of scripts with spaces lose their plural; runs of a script without spaces become pairs of signs.
This module knows no product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.language.text import UNSPACED, normalise

_SIGNS = "".join(f"{chr(low)}-{chr(high)}" for low, high in UNSPACED)
_PIECE = re.compile(rf"[{_SIGNS}]+|\d+(?:[./]\d+)?|(?:(?![{_SIGNS}])[^\W\d_])+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?:s\b)?")
_UNITS = {
    "inch": "in", "inche": "in", "foot": "ft", "feet": "ft", "pound": "lb", "ounce": "oz", "gallon": "gal",
    "sq": "square", "volt": "v", "watt": "w", "amp": "a", "yard": "yd", "millimeter": "mm", "millimetre": "mm",
    "centimeter": "cm", "centimetre": "cm", "litre": "l", "liter": "l", "millilitre": "ml", "milliliter": "ml",
    "gram": "g", "kilogram": "kg",
}  # fmt: skip
EMPTY = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "x"]
)
HEAD_ENDS = frozenset(["for", "with", "w", "in", "of", "on", "without", "to", "by"])
"""Words before which the head of an English noun phrase stands."""

_CLOSE, _NEAREST, _SHORTEST = 0.45, 24, 4
_PREFIX = 0.9


def search_terms(text: str) -> list[str]:
    """Return the terms of a query or a title, in their order.

    Examples
    --------
    >>> search_terms("Men's T-shirts, 6ft x 3/4 in.")
    ['men', 't', 'shirt', '6', 'ft', 'x', '3/4', 'in']
    >>> search_terms("小白鞋 ABC手机壳")
    ['小白', '白鞋', 'abc', '手机', '机壳']
    """
    return list(_terms(_APOSTROPHE.sub("", normalise(text))))


def _terms(plain: str) -> Iterator[str]:
    for piece in _PIECE.findall(plain):
        if is_unspaced(piece):
            yield from [piece[at : at + 2] for at in range(len(piece) - 1)] or [piece]
        else:
            yield stem(piece)


def is_unspaced(term: str) -> bool:
    """Say whether a term is of a script that puts no spaces between words."""
    return any(low <= ord(term[0]) <= high for low, high in UNSPACED)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return an English word without its plural (Harman 1991), a unit by its short name.

    Examples
    --------
    >>> [stem(word) for word in ("boxes", "batteries", "shelves", "glass", "inches", "lights")]
    ['box', 'battery', 'shelf', 'glass', 'in', 'light']
    """
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies"):
            word = f"{word[:-3]}y"
        elif word.endswith("ves"):
            word = f"{word[:-3]}f"
        elif word.endswith(("ches", "shes", "xes", "sses", "zes")):
            word = word[:-2]
        else:
            word = word[:-1]
    return _UNITS.get(word, word)


def head_of(terms: Sequence[str]) -> str:
    """Return the term that says what the thing is: the last one before a preposition, numbers aside.

    Examples
    --------
    >>> (
    ...     head_of(["black", "cable", "for", "lamp"]),
    ...     head_of(["lamp", "60", "w"]),
    ...     head_of(["手机", "机壳"]),
    ... )
    ('cable', 'lamp', '机壳')
    """
    end = next((at for at, term in enumerate(terms) if at and term in HEAD_ENDS), len(terms))
    words = [one for one in terms[:end] if not one[0].isdigit() and one not in _UNIT_NAMES | EMPTY]
    return words[-1] if words else ""


_UNIT_NAMES = frozenset(_UNITS.values())


class Vocabulary:
    """The terms of a catalogue, and which of them are close to a term that may be misspelt.

    Parameters
    ----------
    terms
        Different terms.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = list(terms)
        self.number = {term: at for at, term in enumerate(self.terms)}
        pairs: dict[str, int] = {}
        rows, columns = [], []
        for at, term in enumerate(self.terms):
            for gram in _grams(term):
                rows.append(at)
                columns.append(pairs.setdefault(gram, len(pairs)))
        self._grams = pairs
        self._matrix = sparse.csc_matrix(
            (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(terms), len(pairs))
        )
        self._sizes = np.asarray(self._matrix.sum(axis=1)).ravel()
        self._known: dict[str, list[tuple[int, float]]] = {}

    def close(self, term: str) -> list[tuple[int, float]]:
        """Return the numbers of terms close to a term, each with how close, 0 to 1; itself first.

        How close is 1 less the share of letters that differ (optimal string alignment); a term that
        begins with the other one is at least 0.9 of the shared share close.
        """
        if term not in self._known:
            self._known[term] = list(self._near(term))
        return self._known[term]

    def _near(self, term: str) -> Iterator[tuple[int, float]]:
        own = self.number.get(term, -1)
        if own >= 0:
            yield own, 1.0
        if len(term) < _SHORTEST or is_unspaced(term) or term[0].isdigit():
            return
        for at in self._candidates(term):
            if at == own or len(self.terms[at]) < _SHORTEST - 1:
                continue
            close = _closeness(term, self.terms[at])
            if close > _CLOSE:
                yield at, close

    def _candidates(self, term: str) -> list[int]:
        grams = _grams(term)
        shared = np.zeros(len(self.terms), np.float32)
        for gram in grams & self._grams.keys():
            column = self._grams[gram]
            start, end = self._matrix.indptr[column : column + 2]
            shared[self._matrix.indices[start:end]] += 1
        dice = 2 * shared / (self._sizes + len(grams))
        near = np.flatnonzero(dice > 0.3)
        best: list[int] = near[np.argsort(-dice[near], kind="stable")][:_NEAREST].tolist()
        return best

    def mended(self, terms: Sequence[str]) -> list[str]:
        """Return a query's terms with words split or joined where only that makes them known.

        Examples
        --------
        >>> Vocabulary(["deck", "over", "sandpaper"]).mended(["deckover", "sand", "paper"])
        ['deck', 'over', 'sandpaper']
        """
        made: list[str] = []
        for term in terms:
            joined = made[-1] + term if made else ""
            if joined in self.number and (made[-1] not in self.number or term not in self.number):
                made[-1] = joined
            elif term in self.number or is_unspaced(term):
                made.append(term)
            else:
                made += self._split(term)
        return made

    def _split(self, term: str) -> list[str]:
        for at in range(3, len(term) - 2):
            if term[:at] in self.number and term[at:] in self.number:
                return [term[:at], term[at:]]
        return [term]


def sure(term: str) -> float:
    """Return how close a term must be to be taken for the one that was meant.

    One slip in a term of up to seven letters, two in a longer one.

    Examples
    --------
    >>> round(sure("jaket"), 2), round(sure("earphnes"), 2)
    (0.8, 0.75)
    """
    return 1 - (1 if len(term) < _LONG else 2) / len(term) - 1e-9


_LONG = 8


def _grams(term: str) -> set[str]:
    wide = f"^{term}$"
    return {wide[at : at + 2] for at in range(len(wide) - 1)}


def _closeness(one: str, other: str) -> float:
    longer = max(len(one), len(other))
    close = 1 - edits(one, other) / longer
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        close = max(close, _PREFIX * shared / longer)
    return close


def edits(one: str, other: str) -> int:
    """Return how many letters to insert, drop, change or swap make one word the other.

    Optimal string alignment: the distance of Damerau and Levenshtein in which no part is edited twice.

    Examples
    --------
    >>> edits("earphnes", "earphones"), edits("jaket", "jacket"), edits("slipers", "silpers")
    (1, 1, 1)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, sign in enumerate(other, start=1):
            cost = min(line[-1] + 1, last[column] + 1, last[column - 1] + (letter != sign))
            swapped = (
                row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == sign
            )
            line.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, last = last, line
    return last[-1]


def rarity(having: NDArray[np.integer], count: int) -> NDArray[np.float32]:
    """Return log(1 + (N − n + ½) ÷ (n + ½)) of terms that n of N texts have, always above 0."""
    made: NDArray[np.float32] = np.log1p((count - having + 0.5) / (having + 0.5)).astype(np.float32)
    return made
