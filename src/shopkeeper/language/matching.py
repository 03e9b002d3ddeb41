"""Matching: how well each of many titles answers a query, as a few numbers that a blend can weigh.

Every number lies between 0 and 1 and is 1 for a perfect match, so that weights can be read. This
module knows terms and vectors; it knows no product and no shop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.language.keywords import EMPTY, Vocabulary, head_of, rarity, search_terms, sure
from shopkeeper.language.ngrams import BUCKETS, count_ngrams

Floats = NDArray[np.float32]
FACTS = (
    "keyword",
    "covered",
    "close",
    "letters",
    "head",
    "names_it",
    "order",
    "numbers",
    "spoken_of",
    "meant",
)
"""What is known of how a title answers a query, but for the meaning."""

K1, B = 1.2, 0.75
"""Saturation and length normalisation of BM25 (Robertson and Zaragoza 2009)."""

_IN_BODY = 0.5
"""What a term beside the title counts."""

_LONGEST_QUERY = 40


class Matcher:
    """Titles, and what stands beside them, ready to be matched with queries.

    Parameters
    ----------
    titles
        One a text.
    bodies
        What else is said of each: category, brand, attributes, description.

    Limits
    ------
    Terms are compared as they are written; what is meant by other words is for an encoder. Misspelt
    words of under four letters, and of scripts without spaces, are matched by their parts only.
    """

    def __init__(self, titles: Sequence[str], bodies: Sequence[str] | None = None) -> None:
        self.count = len(titles)
        terms = [search_terms(title) for title in titles]
        others = [search_terms(body) for body in bodies] if bodies else [[] for _ in titles]
        known = dict.fromkeys(term for some in (*terms, *others) for term in some)
        self.vocabulary = Vocabulary(list(known))
        number, shape = self.vocabulary.number, (self.count, len(known))
        row = np.repeat(np.arange(self.count), [len(some) for some in terms])
        column = np.array([number[term] for some in terms for term in some], np.int64)
        place = np.concatenate([np.arange(len(some)) for some in terms] or [np.zeros(0, np.int64)])
        counts = sparse.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
        self.lengths = np.array([len(some) for some in terms], np.float32)
        self.titles = counts.tocsc()
        self.places = _first_places(row, column, place, shape)
        self.bodies = _presence(others, number, shape)
        having = np.diff((self.titles + self.bodies).tocsc().indptr)
        self.rarity = rarity(having, self.count)
        heads = [number.get(head_of(some), -1) for some in terms]
        self.heads = np.array(heads, np.int64)
        self._letters(titles)

    def _letters(self, titles: Sequence[str]) -> None:
        counts = count_ngrams(titles, characters=(3, 4), signs=(1, 2), words=(), threads=1)
        having = np.bincount(counts.indices, minlength=BUCKETS)
        self.letter_rarity = rarity(having, self.count)
        weighed = counts.copy()
        weighed.data = (1 + np.log(counts.data)) * self.letter_rarity[counts.indices]
        norm = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        self.letters = sparse.csc_matrix(sparse.diags_array(1 / np.maximum(norm, 1e-9)) @ weighed)

    def facts(self, query: str) -> Floats:
        """Return titles × `FACTS`: how each title answers the query.

        keyword
            BM25 over the largest that such a query can have.
        covered
            Share of the query's terms, weighed by rarity, that the title has.
        close
            The same, a term that is only close counted by how close it is, and half where it stands
            beside the title.
        letters
            Cosine of letter n-grams, weighed by rarity.
        head
            How close the title comes to the query's head noun.
        names_it
            Whether the title's own head noun is a term of the query.
        order
            Share of the query's neighbouring terms that are neighbours in the title.
        numbers
            Share of the query's numbers that the title has; 1 where it has none.
        spoken_of
            Share of the title's terms that the query has.
        meant
            Share of the query's terms, without words of no meaning, that the title or what stands beside
            it has, at most lightly misspelt.
        """
        terms = self.vocabulary.mended(search_terms(query)[:_LONGEST_QUERY])
        made = np.zeros((self.count, len(FACTS)), np.float32)
        if not terms or not self.count:
            return made
        fact = {name: made[:, at] for at, name in enumerate(FACTS)}
        weight = np.array([self._weight(term) for term in terms], np.float32)
        digits = [term for term in terms if term[0].isdigit()]
        asked = _asked(terms, weight)
        length = K1 * (1 - B + B * self.lengths / max(float(self.lengths.mean()), 1.0))
        head, before = head_of(terms), None
        for term, part in zip(terms, (weight / weight.sum()).tolist(), strict=True):
            count, place = self._exact(term)
            has, (near, meant) = count > 0, self._close(term)
            fact["keyword"] += part * count / (count + length)
            fact["covered"] += part * has
            fact["close"] += part * near
            fact["meant"] += meant * asked.get(term, 0.0)
            fact["spoken_of"] += has / np.maximum(self.lengths, 1)
            if term == head:
                np.maximum(fact["head"], near, out=fact["head"])
            if before is not None:
                follows = (before >= 0) & (place == before + 1)
                fact["order"] += follows / np.float32(len(terms) - 1)
            if term in digits:
                fact["numbers"] += has / np.float32(len(digits))
            before = np.where(has, place, -2)
        fact["numbers"][:] = fact["numbers"] if digits else 1
        fact["letters"][:] = self._spelled(query)
        known = [self.vocabulary.number[one] for one in terms if one in self.vocabulary.number]
        fact["names_it"][:] = np.isin(self.heads, known) & (self.heads >= 0)
        return made

    def _weight(self, term: str) -> float:
        """Return the rarity of a term; of an unknown one, that of the closest, or the largest."""
        close = self.vocabulary.close(term)
        if not close:
            return float(self.rarity.max(initial=1.0))
        return float(self.rarity[max(close, key=lambda pair: pair[1])[0]])

    def _exact(self, term: str) -> tuple[Floats, Floats]:
        count, place = np.zeros(self.count, np.float32), np.full(self.count, -1, np.float32)
        column = self.vocabulary.number.get(term)
        if column is not None:
            start, end = self.titles.indptr[column : column + 2]
            rows = self.titles.indices[start:end]
            count[rows] = self.titles.data[start:end]
            place[rows] = self.places.data[start:end] - 1
        return count, place

    def _close(self, term: str) -> tuple[Floats, NDArray[np.bool_]]:
        """Return how close each title comes to a term, and whether it has what was meant by it."""
        near, meant = np.zeros(self.count, np.float32), np.zeros(self.count, bool)
        for column, close in self.vocabulary.close(term):
            for matrix, worth in ((self.titles, close), (self.bodies, _IN_BODY * close)):
                rows = matrix.indices[matrix.indptr[column] : matrix.indptr[column + 1]]
                near[rows] = np.maximum(near[rows], worth)
                meant[rows] |= close >= sure(term)
        return near, meant

    def _spelled(self, query: str) -> Floats:
        counts = count_ngrams([query], characters=(3, 4), signs=(1, 2), words=(), threads=1)
        data = (1 + np.log(counts.data)) * self.letter_rarity[counts.indices]
        made = np.zeros(self.count, np.float32)
        for column, weight in zip(counts.indices.tolist(), data.tolist(), strict=True):
            start, end = self.letters.indptr[column : column + 2]
            made[self.letters.indices[start:end]] += weight * self.letters.data[start:end]
        return made / np.float32(max(float(np.sqrt((data**2).sum())), 1e-9))


def _asked(terms: Sequence[str], weight: Floats) -> dict[str, float]:
    """Return the share of each place of a term that means something, by the weight of the term."""
    told = [
        (term, by) for term, by in zip(terms, weight.tolist(), strict=True) if term not in EMPTY
    ]
    whole = sum(by for _, by in told)
    return {term: by / whole for term, by in told}


def _first_places(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    place: NDArray[np.int64],
    shape: tuple[int, int],
) -> sparse.csc_matrix:
    """Return texts × terms: 1 + the place at which the term first stands."""
    order = np.lexsort((place, row, column))
    key = column[order] * shape[0] + row[order]
    first = np.append(True, key[1:] != key[:-1])[: len(key)]
    kept = order[first]
    made = sparse.csc_matrix(
        ((place[kept] + 1).astype(np.float32), (row[kept], column[kept])), shape=shape
    )
    made.sort_indices()
    return made


def _presence(
    texts: Sequence[Sequence[str]], number: dict[str, int], shape: tuple[int, int]
) -> sparse.csc_matrix:
    row = np.repeat(np.arange(shape[0]), [len(set(some)) for some in texts])
    column = np.array([number[term] for some in texts for term in sorted(set(some))], np.int64)
    return sparse.csc_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
