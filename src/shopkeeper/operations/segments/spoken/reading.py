"""A sentence becomes conditions, each beside the words that it was read in; the rest is unread."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shopkeeper.language.folding import folded, on_one_line
from shopkeeper.operations.segments.rules import Condition
from shopkeeper.operations.segments.spoken.phrases import FILLERS, PHRASES, Phrase, always
from shopkeeper.operations.segments.spoken.things import Names, patterns

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
        Parts that could not be read, as they stand in the sentence.
    unclear
        Names that can mean several things of the shop, each with what it can mean.
    """

    conditions: tuple[tuple[Condition, str], ...]
    unread: tuple[str, ...]
    unclear: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read(sentence: str, labels: Mapping[str, Names]) -> Read:
    """Read a sentence.

    Parameters
    ----------
    sentence
        In English or Chinese.
    labels
        What the shop's own categories and places are called, by trait.

    Examples
    --------
    >>> made = read("三个月没买、以前买过两次以上的老客", {})
    >>> [one.text().en for one, _ in made.conditions], made.unread
    (['days since the last purchase ≥ 90', 'purchases ≥ 2'], ())
    >>> read("customers who bought twice and love cats", {}).unread
    ('love cats',)
    """
    kept = sentence[:LONGEST]
    seen = folded(kept)
    seen = on_one_line(seen) or seen
    plain = seen.text
    found: list[tuple[int, Condition, str]] = []
    unclear: dict[str, tuple[str, ...]] = {}

    def as_written(start: int, end: int) -> str:
        first, last = seen.place(start, end)
        return " ".join(kept[first:last].split())

    for phrase, name, meant in (*_named(labels, plain), *((one, "", ()) for one in PHRASES)):
        for match in phrase.pattern.finditer(plain):
            conditions = phrase.made(match)
            if not conditions or _TAKEN in match[0]:
                continue
            if len(meant) > 1:
                at = match[0].rindex(name) + match.start()
                unclear[as_written(at, at + len(name))] = meant
            said = as_written(match.start(), match.end()).strip(" ,，、")
            found += [(match.start(), one, said) for one in conditions]
            taken = _TAKEN * len(match[0])
            plain = plain[: match.start()] + taken + plain[match.end() :]
    found.sort(key=lambda one: one[0])
    told: dict[Condition, str] = {}
    for _, condition, said in found:
        told[condition] = f"{told[condition]}; {said}" if condition in told else said
    parts = [as_written(*span) for span in _unread(plain)]
    if len(sentence) > LONGEST:
        parts.append("…")
    return Read(tuple(told.items()), tuple(parts), tuple(unclear.items()))


def _named(
    labels: Mapping[str, Names], plain: str
) -> Iterator[tuple[Phrase, str, tuple[str, ...]]]:
    """Yield the phrases that name the shop's own things, the longest name first."""
    for trait, names in labels.items():
        # Only what the sentence holds is made into a pattern; a shop may have thousands of names.
        held = [name for name in names if name in plain]
        for name in sorted(held, key=lambda one: (-len(one), one)):
            for pattern, condition in patterns(trait, name, names[name][0]):
                yield Phrase(pattern, always(condition)), name, names[name]


def _unread(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where a part begins and ends of which nothing was read, without the fillers around it."""
    left = FILLERS.sub(lambda match: " " * len(match[0]), plain)
    for stretch in re.finditer(rf"[^{_TAKEN}]+", left):
        inside = stretch[0].strip()
        if inside:
            start = stretch.start() + stretch[0].index(inside)
            yield start, start + len(inside)
