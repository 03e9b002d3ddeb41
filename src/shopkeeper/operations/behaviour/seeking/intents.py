"""Queries become intents: those that mean the same, by what they say and by what is clicked after.

A query is read as its own words and as the titles of the products that people click after it, so
that two languages meet where they lead to the same products. This module knows no table of a shop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shopkeeper.language.hashed import HashedEncoder
from shopkeeper.language.terms import telling_terms
from shopkeeper.language.text import text_key
from shopkeeper.language.topics import find_topics

Method = Literal["ngrams", "encoder"]
LEAST_QUERIES = 3
"""Queries of an intent at least."""

CLICKED = 3.0
"""Weight of what is clicked beside what is typed: with less, each language has intents of its own."""

_WIDTH = 64


@dataclass(frozen=True, slots=True)
class Intents:
    """The intent of each query, −1 for none, and what each intent is called."""

    codes: NDArray[np.intp]
    names: list[str]


def group_queries(
    queries: Sequence[str],
    languages: Sequence[str],
    clicks: Mapping[tuple[int, str], int],
    *,
    intents: int,
    method: Method = "ngrams",
    cache: Path | None = None,
) -> Intents:
    """Group queries by meaning.

    Parameters
    ----------
    queries
        Different queries, the most frequent first.
    languages
        The language of each.
    clicks
        How often each product's title was clicked after the query of each number.
    intents
        Intents at most.
    method
        `ngrams` reads words and signs; `encoder` reads English with a BERT encoder besides.
    cache
        Folder in which the encoder's vectors are kept.

    Examples
    --------
    >>> asked = ["tea", "green tea", "tea pot", "绿茶", "shoe", "red shoe", "shoes men", "跑鞋"]
    >>> clicks = {(n, "绿茶 green tea" if n < 4 else "跑鞋 running shoe"): 1 for n in range(8)}
    >>> languages = ["zh" if n in (3, 7) else "en" for n in range(8)]
    >>> group_queries(asked, languages, clicks, intents=2).codes.tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]
    """
    titles = sorted({title for _, title in clicks})
    words = HashedEncoder(width=_WIDTH).fit([*queries, *titles])
    parts = [words.vectors(queries)]
    if method == "encoder":
        parts[0] = _read_english(queries, languages, parts[0], cache)
    if titles:
        parts.append(CLICKED * _clicked(len(queries), titles, clicks, words))
    vectors = _unit(np.hstack(parts))
    found = find_topics(
        vectors, [text_key(query) for query in queries], topics=intents, minimum=LEAST_QUERIES
    )
    return Intents(found.codes, _names(queries, languages, found.codes))


def _read_english(
    queries: Sequence[str],
    languages: Sequence[str],
    words: NDArray[np.float32],
    cache: Path | None,
) -> NDArray[np.float32]:
    """Put the vectors of an encoder in the place of the words of English queries."""
    from shopkeeper.language.encode import SentenceEncoder

    english = [n for n, language in enumerate(languages) if language == "en"]
    if not english:
        return words
    read = SentenceEncoder(cache=cache).vectors([queries[n] for n in english])
    wide = np.zeros((len(queries), words.shape[1] + read.shape[1]), np.float32)
    wide[:, : words.shape[1]] = words
    wide[english, : words.shape[1]] = 0
    wide[english, words.shape[1] :] = read
    return wide


def _clicked(
    count: int, titles: list[str], clicks: Mapping[tuple[int, str], int], words: HashedEncoder
) -> NDArray[np.float32]:
    """Return the middle of the titles that were clicked after each query."""
    place = {title: n for n, title in enumerate(titles)}
    rows = np.array([query for query, _ in clicks])
    columns = np.array([place[title] for _, title in clicks])
    weights = np.log1p(np.array(list(clicks.values()), np.float32))
    member = sp.csr_matrix((weights, (rows, columns)), (count, len(titles)))
    return _unit(np.asarray(member @ words.vectors(titles)))


def _names(queries: Sequence[str], languages: Sequence[str], codes: NDArray[np.intp]) -> list[str]:
    """Return the telling terms of each intent, those of its commoner language first."""
    names = []
    chinese = np.array([language in ("zh", "ja") for language in languages])
    found = {
        zh: telling_terms(
            queries, np.where(chinese == zh, codes, -1), language="zh" if zh else "en", count=2
        )
        for zh in (True, False)
    }
    for intent in range(int(codes.max(initial=-1)) + 1):
        mine = codes == intent
        order = (True, False) if 2 * chinese[mine].sum() >= mine.sum() else (False, True)
        terms = [term.term for zh in order if intent < len(found[zh]) for term in found[zh][intent]]
        names.append(" · ".join(terms) or queries[int(np.flatnonzero(mine)[0])])
    return names


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    made: NDArray[np.float32] = rows / np.maximum(
        np.linalg.norm(rows, axis=1, keepdims=True), 1e-12
    )
    return made
