"""Clauses that say of a source's clause the opposite: the same words with a "not" more or less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_CLAUSE = re.compile(
    r"[^.!?;,。！？；，\n]+(?:\.(?=\d)[^.!?;,。！？；，\n]+|,(?=\d{3})[^.!?;,。！？；，\n]+)*"
)
_NOT = re.compile(
    r"\b(?:not(?! only)|no(?! (?:problem|doubt|matter|wonder))|never|cannot|without|neither|nor|none)\b|n['’]t\b"
    "|不(?!错|仅|但|只|锈|同|少|断|愧|管|论|过|一样|得不)|没(?!错)有?|无(?!线|论|理由|疑|比|限|数|人机)|非(?!常)|未(?!来|必)|勿|别(?!人|的|墅|致|名)"
)
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "you",
        "your",
        "we",
        "our",
        "they",
        "their",
        "he",
        "she",
        "i",
        "my",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "by",
        "with",
        "and",
        "or",
        "but",
        "so",
        "as",
    ]
)
_SHARED = 0.8
"""Share of a clause's words that a clause of a source must have to speak of the same thing."""


def flipped_clauses(plain: str, facts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of clauses that a source denies, or that deny what a source says.

    Examples
    --------
    >>> text = "It is waterproof. 新疆包邮"
    >>> [text[start:end] for start, end in flipped_clauses(text, ["Not waterproof.", "新疆不包邮"])]
    ['It is waterproof', '新疆包邮']
    """
    known = [_read(match[0]) for fact in facts for match in _CLAUSE.finditer(fact)]
    for match in _CLAUSE.finditer(plain):
        words, denied = _read(match[0])
        if not words:
            continue
        near = [(_shared(words, other), no) for other, no in known if _shared(words, other)]
        best = max((share for share, _ in near), default=0.0)
        if best and all(no != denied for share, no in near if share == best):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            yield start, match.end()


def _read(clause: str) -> tuple[frozenset[str], bool]:
    """Return the words of a clause that carry its meaning, and whether it denies."""
    lowered = clause.lower()
    bare = _NOT.sub(" ", lowered)
    words = {word.rstrip("s") for word in re.findall(r"[a-z0-9][a-z0-9.%]*", bare)} - _STOP
    for run in re.findall("[\u4e00-\u9fff]+", bare.replace(" ", "")):
        words |= {run[place : place + 2] for place in range(max(1, len(run) - 1))}
    return frozenset(words), len(_NOT.findall(lowered)) % 2 == 1


def _shared(words: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two clauses share, 0 when they speak of different things."""
    both = len(words & other)
    if both < _SHARED * len(words) or both < 0.5 * len(other):
        return 0.0
    return 2 * both / (len(words) + len(other))
