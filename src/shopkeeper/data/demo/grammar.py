"""Sentences out of phrases: one review at a time, from its true sentiment.

A positive review may concede something and a negative one may praise something; a neutral one
weighs both, or is lukewarm. Typos, emoji, contact details and spam are strewn over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from shopkeeper.data.demo.dice import Dice
from shopkeeper.data.demo.phrases import Phrases
from shopkeeper.data.demo.plan import NEUTRAL


@dataclass(frozen=True, slots=True)
class Written:
    """A text, the aspects that it speaks of with their polarity, and whether it is spam."""

    text: str
    aspects: dict[str, str]
    spam: bool


def compose(
    dice: Dice,
    phrases: Phrases,
    *,
    sentiment: int,
    aspects: tuple[str, ...],
    thing: str,
    late: bool,
) -> Written:
    """Write one review.

    Parameters
    ----------
    dice
        Source of randomness.
    phrases
        The language.
    sentiment
        0 negative, 1 neutral, 2 positive.
    aspects
        What a review of this category may speak of; repeated ones are likelier.
    thing
        The product in that language.
    late
        The parcel came late, which the review then often mentions.
    """
    if dice.random() < 0.012:
        return Written(_filled(dice, phrases, dice.pick(phrases.spam), thing), {}, True)
    if dice.random() < 0.06:
        return Written(dice.pick(phrases.shorts[sentiment]), {}, False)
    said: dict[str, str] = {}
    draft = _Draft(dice, phrases, aspects, said, late)
    match sentiment:
        case 0:
            body = draft.negative()
        case 1:
            body = draft.neutral()
        case _:
            body = draft.positive()
    if dice.random() < 0.42:
        openers = phrases.openers[sentiment] if dice.random() < 0.75 else phrases.fillers
        body = dice.pick(openers) + dice.pick(phrases.joiners[:3]) + body
    if dice.random() < (0.5 if sentiment == NEUTRAL else 0.3):
        body += dice.pick(phrases.joiners[:4]) + dice.pick(phrases.closers[sentiment])
    text = _filled(dice, phrases, body, thing)
    return Written(_roughened(dice, phrases, text, sentiment), said, False)


@dataclass(frozen=True, slots=True)
class _Draft:
    """The clauses of one review; every clause notes what it says in `said`."""

    dice: Dice
    phrases: Phrases
    aspects: tuple[str, ...]
    said: dict[str, str]
    late: bool

    def negative(self) -> str:
        text = self._clauses(self.phrases.bad, self._count())
        if self.dice.random() < 0.2:
            good = self._clauses(self.phrases.good, 1)
            return good + self.dice.pick(self.phrases.but) + text
        return text

    def positive(self) -> str:
        text = self._clauses(self.phrases.good, self._count())
        if self.dice.random() < (0.45 if self.late else 0.16):
            mild = self._clauses(self.phrases.mild, 1)
            if self.dice.random() < 0.5:
                return text + self.dice.pick(self.phrases.but) + mild
            return mild + self.dice.pick(self.phrases.though) + text
        return text

    def neutral(self) -> str:
        form = self.dice.random()
        if form < 0.40:
            return self.dice.pick(self.phrases.lukewarm)
        if form < 0.65:
            first = self.dice.pick(self.phrases.lukewarm)
            source = self.phrases.mild if self.dice.random() < 0.6 else self.phrases.good
            return first + self.dice.pick(self.phrases.joiners[:4]) + self._clauses(source, 1)
        if form < 0.8:
            return self._clauses(self.phrases.mild, 2)
        good = self._clauses(self.phrases.good, 1)
        source = self.phrases.mild if self.dice.random() < 0.5 else self.phrases.bad
        return good + self.dice.pick(self.phrases.but) + self._clauses(source, 1)

    def _count(self) -> int:
        return (
            1
            + (self.dice.random() < 0.55)
            + (self.dice.random() < 0.25)
            + (self.dice.random() < 0.08)
        )

    def _clauses(self, source: dict[str, tuple[str, ...]], count: int) -> str:
        clauses = [clause for _ in range(count) for clause in self._clause(source)]
        if not clauses:
            free = (name for name in self.aspects if name not in self.said and name != "delivery")
            clauses.append(self._say(source, next(free)))
        text = clauses[0]
        for clause in clauses[1:]:
            text += self.dice.pick(self.phrases.joiners) + clause
        return text

    def _clause(self, source: dict[str, tuple[str, ...]]) -> list[str]:
        """Say something of an aspect that was not spoken of yet; nobody praises a late delivery."""
        aspect = self.dice.pick(self.aspects)
        praise = source is self.phrases.good
        if not praise and self.late and self.dice.random() < 0.7:
            aspect = "delivery"
        if aspect in self.said or (praise and self.late and aspect == "delivery"):
            return []
        return [self._say(source, aspect)]

    def _say(self, source: dict[str, tuple[str, ...]], aspect: str) -> str:
        self.said[aspect] = "positive" if source is self.phrases.good else "negative"
        return self.dice.pick(source[aspect])


def _filled(dice: Dice, phrases: Phrases, text: str, thing: str) -> str:
    if "{" not in text:
        return text
    text = text.replace("{thing}", thing)
    for slot, options in (
        ("{very}", phrases.very),
        ("{bit}", phrases.bit),
        ("{days}", phrases.days),
        ("{while}", phrases.spans),
    ):
        while slot in text:
            text = text.replace(slot, dice.pick(options), 1)
    return text


def _roughened(dice: Dice, phrases: Phrases, text: str, sentiment: int) -> str:
    """Do to a text what hurried thumbs do."""
    if dice.random() < 0.10:
        old, new = dice.pick(phrases.swaps)
        text = text.replace(old, new, 1)
    if dice.random() < 0.07 and len(text) > 6:
        place = 1 + int(dice.random() * (len(text) - 3))
        kept = text[place + 1] if dice.random() < 0.5 else text[place + 1] + text[place]
        text = text[:place] + kept + text[place + 2 :]
    if phrases.spaced and dice.random() < 0.75:
        text = _sentences(text)
    text += dice.pick(phrases.endings)
    if dice.random() < 0.18:
        text += dice.pick(phrases.emoji[sentiment]) * (1 + (dice.random() < 0.3))
    if dice.random() < 0.006:
        text += " " + _filled(dice, phrases, dice.pick(phrases.contacts), "")
    return text.upper() if phrases.spaced and dice.random() < 0.015 else text


def _sentences(text: str) -> str:
    """Capitalise the beginning of each sentence and the word I."""
    parts = text.replace(" i ", " I ").split(". ")
    parts = [part[:1].upper() + part[1:] for part in parts]
    return ". ".join(parts)
