"""Matching: how well each of many titles answers a query, as a few numbers that a blend can weigh.

Every number lies between 0 and 1 and is 1 for a perfect match, so that weights can be read. This
module knows terms and vectors; it knows no product and no shop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shopkeeper.language.keywords import Vocabulary, head_of, rarity, search_terms
from shopkeeper.language.ngrams import BUCKETS, count_ngrams

Floats = NDArray[np.float32]
FACTS = ("keyword", "covered", "close", "letters", "head", "names_it", "order", "numbers", "spoken_of", "other")
"""What is known of how a title answers a query, but for the meaning."""

K1, B = 1.2, 0.75
"""Saturation and length normalisation of BM25 (Robertson and Zaragoza 2009)."""

_IN_BODY = 0.5


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
        other
            Share of the query's terms that the shop has at all; the same for every title.
        """
        terms = self.vocabulary.mended(search_terms(query))
        made = np.zeros((self.count, len(FACTS)), np.float32)
        if not terms or not self.count:
            return made
        weight = np.array([self._weight(term) for term in terms], np.float32)
        share = weight / weight.sum()
        head, before = head_of(terms), None
        digits = [term for term in terms if term[0].isdigit()]
        mean = max(float(self.lengths.mean()), 1.0)
        length = K1 * (1 - B + B * self.lengths / mean)
        for term, part in zip(terms, share.tolist(), strict=True):
            count, place = self._exact(term)
            made[:, 0] += part * count / (count + length)
            has = count > 0
            made[:, 1] += part * has
            near = self._close(term)
            made[:, 2] += part * near
            if term == head:
                made[:, 4] = np.maximum(made[:, 4], near)
            if before is not None:
                made[:, 6] += (place == before + 1) & (place > 0) & (before >= 0)
            made[:, 7] += has / len(digits) if term in digits else 0
            made[:, 8] += has
            before = np.where(has, place, -2)
        made[:, 6] /= max(len(terms) - 1, 1)
        made[:, 7] = 1.0 if not digits else made[:, 7]
        made[:, 8] /= np.maximum(self.lengths, 1)
        made[:, 3] = self._spelled(query)
        asked = np.array([self.vocabulary.number[t] for t in terms if t in self.vocabulary.number])
        made[:, 5] = np.isin(self.heads, asked) & (self.heads >= 0)
        made[:, 9] = sum(p for t, p in zip(terms, share.tolist(), strict=True) if t in self.vocabulary.number)
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

    def _close(self, term: str) -> Floats:
        near = np.zeros(self.count, np.float32)
        for column, close in self.vocabulary.close(term):
            for matrix, worth in ((self.titles, close), (self.bodies, _IN_BODY * close)):
                rows = matrix.indices[matrix.indptr[column] : matrix.indptr[column + 1]]
                near[rows] = np.maximum(near[rows], worth)
        return near

    def _spelled(self, query: str) -> Floats:
        counts = count_ngrams([query], characters=(3, 4), signs=(1, 2), words=(), threads=1)
        data = (1 + np.log(counts.data)) * self.letter_rarity[counts.indices]
        made = np.zeros(self.count, np.float32)
        for column, weight in zip(counts.indices.tolist(), data.tolist(), strict=True):
            start, end = self.letters.indptr[column : column + 2]
            made[self.letters.indices[start:end]] += weight * self.letters.data[start:end]
        return made / np.float32(max(float(np.sqrt((data**2).sum())), 1e-9))


def _first_places(
    row: NDArray[np.int64], column: NDArray[np.int64], place: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csc_matrix:
    """Return texts × terms: 1 + the place at which the term first stands."""
    order = np.lexsort((place, row, column))
    key = column[order] * shape[0] + row[order]
    first = np.append(True, key[1:] != key[:-1])[: len(key)]
    kept = order[first]
    made = sparse.csc_matrix(((place[kept] + 1).astype(np.float32), (row[kept], column[kept])), shape=shape)
    made.sort_indices()
    return made


def _presence(
    texts: Sequence[Sequence[str]], number: dict[str, int], shape: tuple[int, int]
) -> sparse.csc_matrix:
    row = np.repeat(np.arange(shape[0]), [len(set(some)) for some in texts])
    column = np.array([number[term] for some in texts for term in sorted(set(some))], np.int64)
    return sparse.csc_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
