"""What a clause thinks of what it speaks of.

Two witnesses: the opinion words of the clause with what turns them, and a linear softmax over n-grams
that the shop's own rated reviews have taught. They are added as log-odds; a clause of which both say
little is neutral. This module knows clauses; it knows no aspect and no shop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from shopkeeper.language.lexicon.opinions import COMPLAINT, DECIDED, NEGATION, PRAISE
from shopkeeper.language.quotes import folded
from shopkeeper.language.vocabulary import Terms

Floats = NDArray[np.float64]
POLARITIES = ("negative", "neutral", "positive")
WORDS_WEIGHT, LEARNED_WEIGHT = 1.9, 1.0
"""Log-odds that one opinion word adds, and weight of the log-odds that the shop's reviews teach."""
NEUTRAL = 0.25
"""Half the log-odds of praise against complaint up to which a clause is neutral."""
_MOST_WORDS = 2
_NEGATES = 9
_REACH_WORDS, _REACH_SIGNS = 4, 4
_WORD = re.compile(r"\w+")
_HAN = re.compile("[\u3400-\u9fff]")

_OPINIONS = Terms[int](
    {
        **dict.fromkeys(NEGATION, _NEGATES),
        **dict.fromkeys(COMPLAINT, -1),
        **dict.fromkeys(PRAISE, 1),
        **DECIDED,
    }
)


def opinion(clause: str) -> tuple[float, int]:
    """Return the sum of the opinions of a clause, and how many it holds.

    A negation turns an opinion that follows it within four words, or four Chinese characters; a
    turned complaint counts as praise, a turned praise as a complaint. Two negations in that reach
    turn it once.

    Examples
    --------
    >>> opinion("质量不好"), opinion("没有异味"), opinion("not bad at all")
    ((-1.0, 1), (1.0, 1), (1.0, 1))
    """
    total, count, turned_until, plain = 0.0, 0, -1, folded(clause)
    for start, end, value in _OPINIONS.found(plain):
        if value == _NEGATES:
            turned_until = _reach(plain, end)
        elif value:
            total += -value if start < turned_until else value
            count += 1
            turned_until = -1
    return total, count


def _reach(clause: str, end: int) -> int:
    """Return the offset up to which a negation that ends at `end` turns opinions."""
    if end and _HAN.match(clause[end - 1]):
        return end + _REACH_SIGNS
    last = end
    for number, word in enumerate(_WORD.finditer(clause, end)):
        if number == _REACH_WORDS:
            break
        last = word.start() + 1
    return last


def polarity(clauses: Sequence[str], learned: Floats | None = None) -> Floats:
    """Return P(negative), P(neutral), P(positive) of each clause.

    The score s = 1.9 · opinion words (at most two count) + log-odds of praise that were learned;
    P ∝ (exp(−s/2), exp(0.25), exp(s/2)).

    Parameters
    ----------
    clauses
        Clauses as they were written.
    learned
        Log-odds of praise against complaint, one a clause, by a model of the shop's own reviews;
        none to go by the opinion words alone.

    Examples
    --------
    >>> polarity(["质量很好", "the box was crushed", "为了旅行"]).argmax(axis=1).tolist()
    [2, 0, 1]
    """
    said = {clause: opinion(clause)[0] for clause in set(clauses)}
    score = np.array([said[clause] for clause in clauses], np.float64)
    score = WORDS_WEIGHT * score.clip(-_MOST_WORDS, _MOST_WORDS)
    if learned is not None:
        score = score + LEARNED_WEIGHT * learned
    sides = np.column_stack([-score / 2, np.full(len(score), NEUTRAL), score / 2])
    shares: Floats = softmax(sides, axis=1)
    return shares
