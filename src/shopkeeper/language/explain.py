"""The words that decided: what a class loses when they are taken out of the text.

Any model that gives probabilities can be asked; the words are cut from the text as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.language.text import UNSPACED

Predict = Callable[[list[str]], NDArray[np.float64]]

_UNITS = 150
_UNSPACED = "".join(f"{chr(low)}-{chr(high)}" for low, high in UNSPACED)
_UNIT = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+|[^\w\s]+")
_SINGLE = re.compile(rf"[{_UNSPACED}]")
_FLOOR = 1e-9


@dataclass(frozen=True, slots=True)
class Decided:
    """Words of a text and the log-odds that the class owes to them."""

    words: str
    contribution: float


def deciding_words(text: str, predict: Predict, column: int, *, count: int = 5) -> list[Decided]:
    """Return the words that speak most for a class, verbatim, strongest first.

    Parameters
    ----------
    text
        The text; its first 150 words (characters, where the script has no spaces) are tried.
    predict
        Takes texts, returns one row of probabilities a text.
    column
        Column of the class.
    count
        Words returned at most. They never overlap.

    Returns
    -------
    list of Decided
        Contribution = logit P(class | text) − logit P(class | text without the words). One or two
        words, or one to four characters, are taken out together; of overlapping ones the highest
        contribution per fourth root of length wins. Empty where nothing speaks for the class.

    Limits
    ------
    Words that only count together, further apart than that, are not found.

    Examples
    --------
    >>> def predict(texts):
    ...     return np.array([[0.9, 0.1] if "bad" in text else [0.5, 0.5] for text in texts])
    >>> [(d.words, round(d.contribution, 1)) for d in deciding_words("So BAD, bad!", predict, 0)]
    [('bad', 2.2)]
    """
    spans = _spans(text)
    if not spans:
        return []
    without = [f"{text[:start]} {text[end:]}" for start, end, _ in spans]
    odds = _logit(predict([text, *without])[:, column])
    loss = odds[0] - odds[1:]
    rank = np.argsort(-loss / np.array([size**0.25 for _, _, size in spans]), kind="stable")
    taken: list[tuple[int, int]] = []
    found: list[Decided] = []
    for place in rank.tolist():
        start, end, _ = spans[place]
        if loss[place] <= _FLOOR or len(found) == count:
            break
        if all(end <= other or start >= stop for other, stop in taken):
            taken.append((start, end))
            found.append(Decided(text[start:end], float(loss[place])))
    return sorted(found, key=lambda decided: -decided.contribution)


def _spans(text: str) -> list[tuple[int, int, int]]:
    units = [match.span() for _, match in zip(range(_UNITS), _UNIT.finditer(text), strict=False)]
    spans = []
    for first, (start, _) in enumerate(units):
        longest = 4 if _SINGLE.match(text, start) else 2
        for size, (_, end) in enumerate(units[first : first + longest], start=1):
            if "\n" not in text[start:end]:
                spans.append((start, end, size))
    return spans


def _logit(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(probability, _FLOOR, 1 - _FLOOR)
    odds: NDArray[np.float64] = np.log(bounded) - np.log1p(-bounded)
    return odds
