"""What a group of texts is about, in their own words: class-based TF-IDF, any language.

In scripts with spaces a term is a word or two; in those without, two to four signs that keep
together and that stand in different surroundings, so that halves of words are not taken for words.
This module knows texts and group numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.frequent import PLAIN
from shopkeeper.language.text import UNSPACED, normalise

_TEXTS = 400
"""Texts read of a group at most, spread over it."""
_READ = 400
_CANDIDATES = 60
_LEAST = 3
_COHESION = 2.0
_NEIGHBOUR = 0.75

_SIGNS = "".join(f"{chr(low)}-{chr(high)}" for low, high in UNSPACED)
_RUN = re.compile(
    rf"[{_SIGNS}]+|(?:(?![{_SIGNS}])[^\W\d_])+(?:['’](?:(?![{_SIGNS}])[^\W\d_])+)*|[^\s]"
)
_UNSPACED = re.compile(rf"[{_SIGNS}]")
# Signs of grammar that no term begins or ends with.
_EDGES = frozenset(
    "的了是我你他她它们这那就都也还很太在和与及或但不没有无着过吗呢吧啊呀哦嗯个些么什怎为被把给让对于从到"
    "去来上下又再才只可能会要想说看做得地之其所以而且因如果最比较非常真特别挺好一二两三几每各该请请问"
    "のはがをにでともへやかなねよだですます"
)  # fmt: skip
_WHOLE = frozenset(
    [
        "不错",
        "不好",
        "好看",
        "好用",
        "好评",
        "没有",
        "一般",
        "可以",
        "喜欢",
        "非常",
        "真的",
        "就是",
        "还是",
        "但是",
        "感觉",
        "还可以",
        "还行",
    ]
)
_EMPTY = frozenset(
    [
        "非常",
        "真的",
        "就是",
        "还是",
        "但是",
        "可以",
        "没有",
        "感觉",
        "这个",
        "那个",
        "一个",
        "我们",
        "他们",
        "什么",
        "怎么",
        "已经",
        "因为",
    ]
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a group: its weight there, and the share of the group's texts that hold it."""

    term: str
    weight: float
    share: float


def telling_terms(
    texts: Sequence[str], groups: NDArray[np.intp], *, language: str = "", count: int = 8
) -> list[list[Term]]:
    """Return the terms that tell each group 0, 1, … from the others, best first.

    weight = share of the group's texts that hold the term · log(1 + A / f), f texts of all groups
    that hold it, A the mean number of texts of a group (class-based TF-IDF, Grootendorst 2022).

    Parameters
    ----------
    texts
        Texts as written; the first 400 characters of at most 400 texts a group are read.
    groups
        Group of each text; below zero for none.
    language
        ISO 639-1; its words without meaning are left out.
    count
        Terms of a group at most. None of them is part of another.

    Examples
    --------
    >>> texts = ["the zipper broke", "zipper stuck", "zipper is bad"] + ["slow delivery"] * 3
    >>> found = telling_terms(texts, np.array([0, 0, 0, 1, 1, 1]), language="en", count=1)
    >>> [terms[0].term for terms in found]
    ['zipper', 'slow delivery']
    """
    plain, held = _counted(texts, groups, language)
    total: Counter[str] = Counter()
    for counts in held:
        total.update(counts)
    mean = sum(len(some) for some in plain) / max(1, len(plain))
    return [
        _chosen(counts, total, some, mean, count) for counts, some in zip(held, plain, strict=True)
    ]


def terms_held(
    texts: Sequence[str], groups: NDArray[np.intp], *, language: str = ""
) -> tuple[Counter[str], int]:
    """Count the texts that hold each term among which `telling_terms` chooses, and the texts read.

    Parameters
    ----------
    texts, groups, language
        As of `telling_terms`.

    Examples
    --------
    >>> counts, read = terms_held(["zipper broke", "zipper stuck"], np.array([0, 1]), language="en")
    >>> counts["zipper"], counts["zipper broke"], read
    (2, 1, 2)
    """
    plain, held = _counted(texts, groups, language)
    counts = sum(held, Counter[str]())
    kept = {term: n for term, n in counts.items() if len(term) > 1 and _could_be(term)}
    return Counter(kept), sum(map(len, plain))


def _counted(
    texts: Sequence[str], groups: NDArray[np.intp], language: str
) -> tuple[list[list[str]], list[Counter[str]]]:
    """Return the texts that are read of each group, and how many of them hold each term."""
    read = [_sample(groups, group) for group in range(int(groups.max(initial=-1)) + 1)]
    plain = [[normalise(texts[at][:_READ]) for at in rows.tolist()] for rows in read]
    return plain, [_held(some, _stopped(language)) for some in plain]


def texts_with(terms: Sequence[str], texts: Sequence[str]) -> list[NDArray[np.bool_]]:
    """Say for each term which texts hold it: as signs where they are written without spaces, else as whole words.

    Parameters
    ----------
    terms
        Terms that were found in such texts.
    texts
        Texts as `normalise` leaves them.

    Examples
    --------
    >>> [
    ...     found.tolist()
    ...     for found in texts_with(["ring", "买了"], ["a ring", "a string", "ring买了"])
    ... ]
    [[True, False, True], [False, False, True]]
    """
    # Letters of other scripts part words as spaces do.
    spaced = [_UNSPACED.sub(" ", text) for text in texts]
    found = []
    for term in terms:
        if _UNSPACED.match(term):
            found.append(np.array([term in text for text in texts], np.bool_))
            continue
        word = re.compile(rf"(?<![^\W\d_]){re.escape(term)}(?![^\W\d_])")
        found.append(np.array([bool(word.search(text)) for text in spaced], np.bool_))
    return found


@cache
def _stopped(language: str) -> frozenset[str]:
    return frozenset(PLAIN.get(language, "").split()) | _EMPTY


def _sample(groups: NDArray[np.intp], group: int) -> NDArray[np.intp]:
    rows = np.flatnonzero(groups == group)
    if len(rows) <= _TEXTS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _TEXTS).astype(np.intp)]


def _held(texts: Sequence[str], stopped: frozenset[str]) -> Counter[str]:
    """Count the texts that hold each term, and each single sign."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_terms(text, stopped)))
    return counts


def _terms(text: str, stopped: frozenset[str]) -> Iterator[str]:
    before = ""
    for match in _RUN.finditer(text):
        run = match.group()
        if _UNSPACED.match(run):
            yield from (
                run[at : at + size] for size in (1, 2, 3, 4) for at in range(len(run) - size + 1)
            )
            before = ""
        elif not run[0].isalpha() or run in stopped:
            before = ""
        else:
            if len(run) > 1:
                yield run
            if before:
                yield f"{before} {run}"
            before = run


def _chosen(
    held: Counter[str], total: Counter[str], texts: list[str], mean: float, count: int
) -> list[Term]:
    size = max(1, len(texts))
    least = min(_LEAST, size)
    weighed = sorted(
        (-n / size * float(np.log1p(mean / total[term])), term, n)
        for term, n in held.items()
        if n >= least and len(term) > 1 and _could_be(term)
    )
    strict = _first(weighed, held, total, texts, mean, count, words=True)
    return strict or _first(weighed, held, total, texts, mean, count, words=False)


def _first(
    weighed: list[tuple[float, str, int]],
    held: Counter[str],
    total: Counter[str],
    texts: list[str],
    mean: float,
    count: int,
    *,
    words: bool,
) -> list[Term]:
    """Return the best terms that do not overlap; with `words`, only those that look like words."""
    size = max(1, len(texts))
    phrases = [(n, term) for term, n in held.items() if " " in term]
    found: list[Term] = []
    joined = "\n".join(texts)
    for _, term, _ in weighed[:_CANDIDATES]:
        whole = _grown(term, held[term], phrases)
        if _overlaps(whole, found) or (words and not _stands(whole, held, joined, size)):
            continue
        weight = held[whole] / size * float(np.log1p(mean / total[whole]))
        found.append(Term(whole, round(weight, 4), round(held[whole] / size, 4)))
        if len(found) == count:
            break
    return sorted(found, key=lambda one: (-one.weight, one.term))


def _could_be(term: str) -> bool:
    if not _UNSPACED.match(term):
        return True
    if term in _EMPTY:
        return False
    return term in _WHOLE or not (term[0] in _EDGES or term[-1] in _EDGES)


def _grown(term: str, texts: int, phrases: list[tuple[int, str]]) -> str:
    """Return the longer term that four fifths of the texts with this one hold, where there is one."""
    near = [(n, other) for n, other in phrases if n >= 0.8 * texts and term in other.split()]
    return min(near, key=lambda pair: (-pair[0], pair[1]), default=(0, term))[1]


def _overlaps(term: str, found: Sequence[Term]) -> bool:
    for other in found:
        if term in other.term or other.term in term:
            return True
        if set(term.split()) & set(other.term.split()):
            return True
        if _UNSPACED.match(term) and len(set(term) & set(other.term)) > 1:
            return True
    return False


def _stands(term: str, held: Counter[str], joined: str, texts: int) -> bool:
    """Whether signs without spaces are a word: they keep together, and their surroundings change."""
    if not _UNSPACED.match(term):
        return True
    for cut in range(1, len(term)):
        left, right = held[term[:cut]], held[term[cut:]]
        together = held[term] * texts >= _COHESION * left * right
        if not together and held[term] < 0.5 * min(left, right):
            return False
    for pattern in (f"(.){re.escape(term)}", f"{re.escape(term)}(.)"):
        beside = Counter(re.findall(pattern, joined))
        most = max((n for sign, n in beside.items() if _UNSPACED.match(sign)), default=0)
        if most > _NEIGHBOUR * joined.count(term):
            return False
    return True
