"""A sentence becomes conditions, each beside the words that it was read in; the rest is unread."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopkeeper.language.folding import folded
from shopkeeper.operations.segments.rules import Condition
from shopkeeper.operations.segments.spoken.phrases import FILLERS, PHRASES, named

LONGEST = 400
_TAKEN = "\x00"


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in a sentence.

    Parameters
    ----------
    conditions
        Conditions in the order of the sentence, each with the words that say it.
    unread
        Parts that could not be read.
    """

    conditions: tuple[tuple[Condition, str], ...]
    unread: tuple[str, ...]


def read(sentence: str, labels: Mapping[str, Sequence[str]]) -> Read:
    """Read a sentence.

    Parameters
    ----------
    sentence
        In English or Chinese.
    labels
        The shop's own categories and places, by trait.

    Examples
    --------
    >>> made = read("三个月没买、以前买过两次以上的老客", {})
    >>> [one.text().en for one, _ in made.conditions], made.unread
    (['days since the last purchase ≥ 90', 'purchases ≥ 2'], ())
    >>> read("customers who bought twice and love cats", {}).unread
    ('love cats',)
    """
    seen = folded(sentence[:LONGEST]).text
    plain = re.sub(r"\s+", " ", seen)
    found: list[tuple[int, Condition, str]] = []
    # Only what the sentence holds is made into a pattern; a shop may have thousands of names.
    labels = {
        trait: [name for name in names if folded(name).text in plain]
        for trait, names in labels.items()
    }
    for phrase in (*named(labels), *PHRASES):
        for match in phrase.pattern.finditer(plain):
            conditions = phrase.made(match)
            if not conditions or _TAKEN in match[0]:
                continue
            said = match[0].strip(" ,，、")
            found += [(match.start(), one, said) for one in conditions]
            taken = _TAKEN * len(match[0])
            plain = plain[: match.start()] + taken + plain[match.end() :]
    found.sort(key=lambda one: one[0])
    told: dict[Condition, str] = {}
    for _, condition, said in found:
        told[condition] = f"{told[condition]}; {said}" if condition in told else said
    left = FILLERS.sub(lambda match: " " * len(match[0]), plain)
    parts = [part for part in left.split(_TAKEN) if part.strip()]
    if len(sentence) > LONGEST:
        parts.append("…")
    return Read(tuple(told.items()), tuple(" ".join(part.split()) for part in parts))
