"""What the shop sells, in words: which query finds none of them, and which misspells one.

This module knows words; it knows no events and no orders.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from shopkeeper.language.spelling import Speller

_PIECE = re.compile(r"[\u3400-\u9fff]+|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BLOCK = 256


def pieces(text: str) -> list[str]:
    """Return the words of a text, and its runs of Chinese signs, in lower case.

    Examples
    --------
    >>> pieces("Women's T-shirt 纯棉 XL")
    ["women's", 't-shirt', '纯棉', 'xl']
    """
    return _PIECE.findall(text.lower())


def told_words(text: str) -> set[str]:
    """Return what a text can be found by: words without a plural's ending, pairs of Chinese signs.

    Examples
    --------
    >>> sorted(told_words("Red shoes 跑步鞋"))
    ['red', 'shoe', '步鞋', '跑步']
    """
    found = set()
    for piece in pieces(text):
        if _HAN.match(piece):
            found |= {piece[n : n + 2] for n in range(max(1, len(piece) - 1))}
        else:
            found.add(piece.removesuffix("'s").removesuffix("s") or piece)
    return found


def held(queries: Sequence[str], products: Sequence[str]) -> list[float | None]:
    """Return, of each query's words, the largest share that any one product's text holds.

    None for a query without a word.

    Examples
    --------
    >>> held(["red shoes", "piano", "42"], ["Shoe, red", "Shoe, blue"])
    [1.0, 0.0, None]
    """
    wanted = [told_words(query) for query in queries]
    places = {word: n for n, word in enumerate(sorted(set().union(*wanted)))}
    sold = _members([told_words(text) for text in products], places)
    asked = _members(wanted, places)
    found: list[float | None] = []
    for start in range(0, len(queries), _BLOCK):
        block = asked[start : start + _BLOCK]
        most = (block @ sold.T).max(axis=1).toarray().ravel() if products else np.zeros(len(wanted))
        for words, top in zip(wanted[start : start + _BLOCK], most.tolist(), strict=False):
            found.append(top / len(words) if words else None)
    return found


def _members(texts: Sequence[set[str]], places: Mapping[str, int]) -> sp.csr_matrix:
    pairs = [(n, places[word]) for n, words in enumerate(texts) for word in words & places.keys()]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    ones = np.ones(len(pairs), np.float32)
    return sp.csr_matrix((ones, (rows, columns)), (len(texts), len(places)))


def suggestions(
    queries: Mapping[str, int], products: Sequence[str], wanted: Sequence[str]
) -> Iterator[str | None]:
    """Yield for each wanted query what was meant, where one of its words is a slip; else None.

    Parameters
    ----------
    queries
        Every query and how often it was typed.
    products
        The texts of the products.
    wanted
        The queries to correct.

    Examples
    --------
    >>> list(suggestions({"red jaket": 2}, ["Jacket, red"], ["red jaket", "red"]))
    ['red jacket', None]
    """
    written = Counter(word for text in products for word in set(pieces(text)))
    written.update(_within(products))
    typed: Counter[str] = Counter()
    for query, count in queries.items():
        typed.update(dict.fromkeys(pieces(query), count))
    speller = Speller(written, typed)
    for query in wanted:
        meant = {word: other for word in pieces(query) if (other := speller.meant(word))}
        yield _PIECE.sub(lambda found: meant.get(found[0], found[0]), query) if meant else None  # noqa: B023 — used at once


def _within(products: Sequence[str]) -> Counter[str]:
    """Count the runs of three to five Chinese signs in the products' texts: names have no blanks."""
    found: Counter[str] = Counter()
    for text in products:
        for run in pieces(text):
            if _HAN.match(run):
                found.update(
                    {run[at : at + size] for size in (3, 4, 5) for at in range(len(run) - size + 1)}
                )
    return found
