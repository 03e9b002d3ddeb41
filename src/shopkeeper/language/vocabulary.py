"""Find thousands of terms in a text in one pass.

Chinese terms are found anywhere, by their first two signs; others as whole words, by their first
word. So each place of a text costs one look into a table, however many terms there are. This module
knows terms and values; it does not know what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")
_SEEN = 100_000
"""Different words remembered at most; bounds the memory."""
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\u3400-\u9fff\uf900-\ufaff]+(?:['-][^\W\u3400-\u9fff\uf900-\ufaff]+)*")


class Terms(Generic[Value]):
    """A value for each term; the longest term that fits a place wins.

    Parameters
    ----------
    values
        Term, as `folded` of `quotes` writes it → value. A blank stands for any white space, `*` at
        the end for any further letters of the last word.

    Examples
    --------
    >>> Terms({"packag*": 1, "色差": 2, "not bad": 3}).found("nice packaging, not  bad，没有色差")
    [(5, 14, 1), (16, 24, 3), (27, 29, 2)]
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._signs: dict[str, list[tuple[str, Value]]] = {}
        self._words: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        self._stems: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        for term in sorted(filter(str.strip, values), key=lambda one: (-len(one), one)):
            if _HAN.search(term):
                self._signs.setdefault(term[:2], []).append((term, values[term]))
                continue
            words = tuple(term.split())
            table = self._stems if words[0].endswith("*") else self._words
            table.setdefault(words[0].removesuffix("*"), []).append((words[1:], values[term]))
        self._seen: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        self._stem_lengths = sorted({len(stem) for stem in self._stems}, reverse=True)

    def found(self, plain: str) -> list[tuple[int, int, Value]]:
        """Return start, end and value of every term in a folded text, in its order."""
        if plain.isascii():
            return list(self._found_words(plain))
        made = list(self._found_signs(plain))
        words = list(self._found_words(plain))
        return sorted([*made, *words], key=_start) if made and words else made or words

    def _found_signs(self, plain: str) -> Iterator[tuple[int, int, Value]]:
        table, at, length = self._signs, 0, len(plain)
        while at < length:
            known = table.get(plain[at : at + 2])
            for term, value in known or ():
                if plain.startswith(term, at):
                    yield at, at + len(term), value
                    at += len(term)
                    break
            else:
                # A term of one sign stands in the table under that sign alone.
                single = table.get(plain[at])
                if single is not None:
                    yield at, at + 1, single[0][1]
                at += 1

    def _found_words(self, plain: str) -> Iterator[tuple[int, int, Value]]:
        words = [(match.group(), *match.span()) for match in _WORD.finditer(plain)]
        taken = 0
        for at, (word, start, end) in enumerate(words):
            if at < taken:
                continue
            for rest, value in self._known(word):
                if not rest or _follows(rest, words, at, plain):
                    yield start, words[at + len(rest)][2] if rest else end, value
                    taken = at + 1 + len(rest)
                    break

    def _known(self, word: str) -> list[tuple[tuple[str, ...], Value]]:
        """Return what may follow a word for a term, the longest first."""
        if word not in self._seen:
            if len(self._seen) > _SEEN:
                self._seen.clear()
            known = list(self._words.get(word, ()))
            for length in self._stem_lengths:
                known += self._stems.get(word[:length], ()) if length <= len(word) else ()
            self._seen[word] = known
        return self._seen[word]


def _follows(rest: tuple[str, ...], words: list[tuple[str, int, int]], at: int, plain: str) -> bool:
    if at + len(rest) >= len(words):
        return False
    for number, wanted in enumerate(rest, start=at + 1):
        said, start, _ = words[number]
        stem = wanted.removesuffix("*")
        if not (said == stem or (stem != wanted and said.startswith(stem))):
            return False
        if not plain[words[number - 1][2] : start].isspace():
            return False
    return True


def _start(one: tuple[int, int, Value]) -> int:
    return one[0]
