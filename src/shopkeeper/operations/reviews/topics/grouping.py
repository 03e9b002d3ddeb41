"""Texts fall into topics, each language apart, so that topics are never a mixture of languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.hashed import HashedEncoder
from shopkeeper.language.spaces import Encoder
from shopkeeper.language.terms import Term, telling_terms
from shopkeeper.language.text import text_key
from shopkeeper.language.tongue import UNKNOWN
from shopkeeper.language.topics import NONE, find_topics, nearest_topics, sampled_texts

Method = Literal["ngrams", "encoder"]
NEEDED = 50
"""Different texts of a language from which on it has topics."""

FITTED = 8_000
WORDS = 8
_WIDTH = 64
_BLOCK = 20_000
_MINILM = frozenset({"en"})


@dataclass(frozen=True)
class Group:
    """The topics of one language.

    Parameters
    ----------
    language
        The language.
    method
        Who made the vectors.
    at
        Numbers of its texts.
    codes, similarity
        Topic of each of them, −1 for none, and the cosine with the topic's centre.
    terms
        Terms of each topic, the most telling first.
    sampled
        Distinct texts that the topics were found on.
    """

    language: str
    method: Method
    at: NDArray[np.intp]
    codes: NDArray[np.intp]
    similarity: NDArray[np.float32]
    terms: list[list[Term]]
    sampled: int


@dataclass(frozen=True)
class How:
    """How texts are grouped: who reads them, into how many topics of at least which size."""

    method: Method
    encoder: str
    topics: int
    least: int
    cache: Path | None = None


def group_texts(
    texts: Sequence[str],
    named: Sequence[str],
    fresh: NDArray[np.bool_],
    how: How,
    *,
    salt: str = "",
) -> list[Group]:
    """Return the topics of each language that has enough different texts.

    Parameters
    ----------
    texts
        Texts as written.
    named
        The language of each.
    fresh
        Those of the newest week.
    how
        How to group them.
    salt
        Draws another sample, for measuring how much depends on it.
    """
    keys = [text_key(text) for text in texts]
    kept = _kept(keys, named)
    whole = sum(kept.values())
    groups = []
    for name, count in sorted(kept.items(), key=lambda pair: (-pair[1], pair[0])):
        at = np.array([place for place, other in enumerate(named) if other == name])
        topics = max(2, round(how.topics * count / whole))
        share = _Share(name, [texts[n] for n in at], [keys[n] for n in at], fresh[at], topics)
        groups.append(_grouped(share, at, how, salt))
    return groups


def enough(texts: Sequence[str], named: Sequence[str]) -> bool:
    """Say whether any language has enough different texts."""
    return bool(_kept([text_key(text) for text in texts], named))


def _kept(keys: Sequence[str], named: Sequence[str]) -> dict[str, int]:
    distinct = Counter(dict(zip(keys, named, strict=True)).values())
    del distinct[UNKNOWN]
    return {name: count for name, count in distinct.items() if count >= NEEDED}


@dataclass(frozen=True)
class _Share:
    language: str
    texts: list[str]
    keys: list[str]
    fresh: NDArray[np.bool_]
    topics: int


def _grouped(share: _Share, at: NDArray[np.intp], how: How, salt: str) -> Group:
    fitted = sampled_texts(share.keys, share.fresh, FITTED, salt=salt)
    read = [share.texts[n] for n in fitted]
    knows = bool(how.encoder) or share.language in _MINILM
    method: Method = "encoder" if how.method == "encoder" and knows else "ngrams"
    encoder = _encoder(method, how, read)
    found = find_topics(
        encoder.vectors(read),
        [share.keys[n] for n in fitted],
        topics=share.topics,
        minimum=max(3, round(how.least * len(fitted) / len(share.texts))),
        fresh=share.fresh[fitted],
        salt=salt,
    )
    codes = np.full(len(at), NONE)
    similarity = np.zeros(len(at), np.float32)
    if len(found.centres):
        for rows, block in _blocks(share.texts):
            codes[rows], similarity[rows] = nearest_topics(encoder.vectors(block), found.centres)
    terms = telling_terms(share.texts, codes, language=share.language, count=WORDS)
    return Group(share.language, method, at, codes, similarity, terms, found.sampled)


def _encoder(method: Method, how: How, read: Sequence[str]) -> Encoder:
    if method == "encoder":
        from shopkeeper.language.encode import SentenceEncoder

        return SentenceEncoder(encoder=how.encoder, cache=how.cache)
    return HashedEncoder(width=_WIDTH).fit(read)


def _blocks(texts: Sequence[str]) -> Iterator[tuple[slice, list[str]]]:
    for start in range(0, len(texts), _BLOCK):
        rows = slice(start, start + _BLOCK)
        yield rows, list(texts[rows])
