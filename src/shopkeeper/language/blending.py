"""A search over titles: keywords, letters and meaning, weighed into one expected relevance.

The weights were learned by non-negative least squares on judged pairs of a query and a title: 31,542
training rows of the Home Depot search relevance data (Kaggle, 2016), split by query. A shop's own
titles are other titles: `benchmarks/search.py` says how much the weights are worth on queries that
they have not seen, and the verb `search_products` on the clicks of the shop itself.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.encode import PACKAGES, SentenceEncoder
from shopkeeper.language.keywords import is_unspaced, search_terms
from shopkeeper.language.matching import FACTS, Floats, Matcher
from shopkeeper.language.vectors import VectorCache

How = Literal["hybrid", "keyword", "meaning"]
WITH_MEANING = {
    "keyword": 0.1, "close": 0.318, "letters": 0.07, "head": 0.043, "order": 0.05, "numbers": 0.201,
    "meaning": 0.81,
}  # fmt: skip
WITHOUT_MEANING = {
    "keyword": 0.1, "close": 0.391, "letters": 0.459, "head": 0.062, "names_it": 0.055, "order": 0.061,
    "numbers": 0.147,
}  # fmt: skip
START = {True: 1.517, False: 1.789}
"""Relevance, 1 to 3, of a title with which a query has nothing in common, with and without meaning."""

NEW_TITLES = 5_000
"""Titles that are read for their meaning at most in one call; what was read once is kept."""

_LEAST, _MEANING = 0.2, 0.5
_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Found:
    """How every title answers one query.

    Parameters
    ----------
    score
        Expected relevance, 0 to 1; for `keyword` BM25 over its largest, for `meaning` the cosine.
    found
        Which titles answer it at all.
    facts
        Titles × `FACTS`.
    meaning
        Cosine of each title; 0 where there is none.
    """

    score: NDArray[np.float64]
    found: NDArray[np.bool_]
    facts: Floats
    meaning: Floats


class Search:
    """Titles ready to be searched.

    Parameters
    ----------
    titles, bodies
        As `Matcher` takes them, the most important first: where there are many new ones only the
        first are read for their meaning.
    encoder
        Whether to read meaning where the encoder is installed.

    Limits
    ------
    The encoder knows English. What is searched in a script without spaces is matched by terms and
    letters alone, and so is the part of a title that is written in one.

    Examples
    --------
    >>> search = Search(["无线耳机 | wireless earphones", "平底锅 | frying pan"], encoder=False)
    >>> [int(search.answers(query, "hybrid").score.argmax()) for query in ("earphnes", "平底锅")]
    [0, 1]
    """

    def __init__(
        self, titles: Sequence[str], bodies: Sequence[str] | None = None, *, encoder: bool = True
    ) -> None:
        self.matcher = Matcher(titles, bodies)
        self.vectors = np.zeros((len(titles), 0), np.float32)
        self.unread = 0
        self._encoder: SentenceEncoder | None = None
        if encoder and encoder_there():
            self._encoder = SentenceEncoder(tokens=_TOKENS, cache=_kept())
            self._read(titles)

    def _read(self, titles: Sequence[str]) -> None:
        encoder = self._encoder
        assert encoder is not None
        spaced = [_spaced(title) for title in titles]
        told = np.flatnonzero([bool(text) for text in spaced])
        if not len(told):
            return
        kept = VectorCache(_kept(), encoder.space).get([spaced[at] for at in told.tolist()])
        new = [at for at in told.tolist() if spaced[at] not in kept]
        self.unread = max(len(new) - NEW_TITLES, 0)
        late = set(new[NEW_TITLES:])
        read = [at for at in told.tolist() if at not in late]
        made = encoder.vectors([spaced[at] for at in read])
        self.vectors = np.zeros((len(titles), made.shape[1] if read else 0), np.float32)
        self.vectors[read] = made

    @property
    def has_meaning(self) -> bool:
        """Whether any title was read for its meaning."""
        return self.vectors.shape[1] > 0

    def meaning(self, query: str) -> Floats:
        """Return the cosine of each title with a query; 0 where either says nothing to the encoder."""
        if not self.has_meaning or self._encoder is None or not _spaced(query):
            return np.zeros(self.matcher.count, np.float32)
        own: Floats = self.vectors @ self._encoder.vectors([_spaced(query)])[0]
        return own

    def answers(self, query: str, how: How) -> Found:
        """Return how every title answers a query."""
        facts, meaning = self.matcher.facts(query), self.meaning(query)
        keyword = facts[:, FACTS.index("keyword")].astype(np.float64)
        if how == "keyword":
            return Found(keyword, keyword > 0, facts, meaning)
        if how == "meaning":
            letters = facts[:, FACTS.index("letters")]
            close = meaning if meaning.any() else letters
            return Found(close.astype(np.float64), close > _LEAST, facts, meaning)
        found = (facts[:, FACTS.index("meant")] > 0) | (meaning > _MEANING)
        return Found(expected(facts, meaning), found, facts, meaning)


def expected(facts: Floats, meaning: Floats) -> NDArray[np.float64]:
    """Return the expected relevance, 0 to 1, of titles by their facts and their meaning.

    Parameters
    ----------
    facts
        Titles × `FACTS`.
    meaning
        Cosine of each title; 0 where it was not read.
    """
    read = meaning != 0
    column = {name: facts[:, at].astype(np.float64) for at, name in enumerate(FACTS)}
    column["meaning"] = meaning.astype(np.float64)
    with_it, without = (
        START[known] + sum(weight * column[name] for name, weight in weights.items())
        for known, weights in ((True, WITH_MEANING), (False, WITHOUT_MEANING))
    )
    made: NDArray[np.float64] = np.clip((np.where(read, with_it, without) - 1) / 2, 0, 1)
    return made


def encoder_there() -> bool:
    """Say whether the packages of the encoder are installed."""
    return all(find_spec(package) for package in PACKAGES)


def _spaced(text: str) -> str:
    """Return the part of a text that is written in a script with spaces; nothing if that is no word."""
    terms = [term for term in search_terms(text) if not is_unspaced(term)]
    if not any(term.isalpha() and len(term) > 1 for term in terms):
        return ""
    return "".join(" " if letter > "⺀" else letter for letter in text).strip()


def _kept() -> Path:
    """Return where vectors of titles are kept between calls: the user's own cache."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "shopkeeper"
