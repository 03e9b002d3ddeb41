"""Vectors of texts in several languages: each text in the space of whoever knows its language.

Vectors of different spaces cannot be compared, so nothing here gives them out together: a space is
named to get its vectors, and a similarity across spaces is NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.tongue import languages

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into unit rows, and says in which space they lie."""

    @property
    def space(self) -> str:
        """Name of the space; equal only where vectors can be compared."""

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return one unit row a text."""


@dataclass(frozen=True)
class Encoded:
    """Texts as vectors, each in one space.

    Parameters
    ----------
    spaces
        The space of each text; empty where the text has none.
    languages
        The language of each text.
    """

    spaces: tuple[str, ...]
    languages: tuple[str, ...]
    _rows: dict[str, NDArray[np.intp]] = field(default_factory=dict, repr=False)
    _vectors: dict[str, Floats] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.spaces)

    def within(self) -> Iterator[tuple[str, NDArray[np.intp], Floats]]:
        """Yield each space, the numbers of its texts, and their vectors."""
        for space, rows in self._rows.items():
            yield space, rows, self._vectors[space]


def encode_by_language(
    texts: Sequence[str],
    *,
    model: Encoder | None,
    other: Encoder,
    knows: frozenset[str] | None = frozenset({"en"}),
    settle: bool = False,
) -> Encoded:
    """Encode each text with the model where it knows the language, else without it.

    Parameters
    ----------
    texts
        Texts.
    model
        An encoder of some languages; None to use none.
    other
        An encoder of any language (`HashedEncoder`).
    knows
        Languages that the model knows; None where it knows all.
    settle
        Take what is common among the texts for the likelier language, as `languages` does.

    Examples
    --------
    >>> from shopkeeper.language.hashed import HashedEncoder
    >>> narrow, wide = HashedEncoder(width=32), HashedEncoder(width=64)
    >>> encoded = encode_by_language(["good phone", "质量很好"], model=narrow, other=wide)
    >>> encoded.languages, similarities(encoded, encoded).round(3).tolist()
    (('en', 'zh'), [[1.0, nan], [nan, 1.0]])
    """
    named = languages(texts, settle=settle)
    by_model = np.array([knows is None or name in knows for name in named], bool)
    if model is None:
        by_model[:] = False
    spaces = np.full(len(texts), "", dtype=object)
    rows: dict[str, NDArray[np.intp]] = {}
    vectors: dict[str, Floats] = {}
    for encoder, mask in ((model, by_model), (other, ~by_model)):
        at = np.flatnonzero(mask)
        if encoder is not None and len(at):
            made = encoder.vectors([texts[index] for index in at.tolist()])
            told = made.any(axis=1)
            at, made, space = at[told], made[told], encoder.space
            if space in rows:
                at, made = np.append(rows[space], at), np.concatenate([vectors[space], made])
            rows[space], vectors[space] = at, made
            spaces[at] = space
    return Encoded(tuple(spaces), tuple(named), rows, vectors)


def similarities(one: Encoded, other: Encoded) -> Floats:
    """Return the cosine of every pair, shape (one, other); NaN across spaces and without a space."""
    made = np.full((len(one), len(other)), np.nan, np.float32)
    theirs = {space: (rows, vectors) for space, rows, vectors in other.within()}
    for space, rows, vectors in one.within():
        if space in theirs:
            columns, against = theirs[space]
            made[np.ix_(rows, columns)] = vectors @ against.T
    return made


def nearest(one: Encoded, other: Encoded) -> NDArray[np.intp]:
    """Return the number of the most similar text of `other` for each of `one`; −1 where none is.

    Examples
    --------
    >>> from shopkeeper.language.hashed import HashedEncoder
    >>> def encoded(texts):
    ...     return encode_by_language(texts, model=None, other=HashedEncoder())
    >>> nearest(encoded(["质量很好", ""]), encoded(["快递慢", "质量好"])).tolist()
    [1, -1]
    """
    found = np.full(len(one), -1, np.intp)
    theirs = {space: (rows, vectors) for space, rows, vectors in other.within()}
    for space, rows, vectors in one.within():
        if space in theirs and len(theirs[space][0]):
            columns, against = theirs[space]
            for start in range(0, len(rows), 1_000):
                part = vectors[start : start + 1_000] @ against.T
                found[rows[start : start + 1_000]] = columns[part.argmax(axis=1)]
    return found
