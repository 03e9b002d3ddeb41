"""What a text speaks of, clause by clause, each with a quote that is in the text by construction.

This module knows texts and what they may speak of; it does not say what is thought of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopkeeper.language.quotes import Quote, clauses, folded
from shopkeeper.language.taxonomy import ASPECTS, SILENT, Aspect
from shopkeeper.language.vocabulary import Terms


@dataclass(frozen=True, slots=True)
class Mention:
    """One aspect in one clause.

    Parameters
    ----------
    aspect
        Name of the aspect.
    clause
        The clause, a quote of the text.
    term
        The words by which the aspect was recognised, a quote of the same text.
    """

    aspect: str
    clause: Quote
    term: Quote


class AspectFinder:
    """Finds aspects by their terms, in Chinese, English and Portuguese, and mixed.

    Parameters
    ----------
    aspects
        The aspects to look for; the taxonomy's own when not given.

    Limits
    ------
    Only what is named is found: "it would fit a doll" names the fit, "still not here after a month"
    does not name the delivery. Of a text longer than 5,000 characters the first and last 2,500 are
    read.

    Examples
    --------
    >>> finder = AspectFinder()
    >>> for found in finder.mentions("质量很好，but the delivery was slow."):
    ...     print(found.aspect, found.clause.quote, found.term.quote, sep=" | ")
    quality | 质量很好 | 质量
    delivery | but the delivery was slow | delivery
    """

    def __init__(self, aspects: Mapping[str, Aspect] | None = None) -> None:
        self.aspects = dict(ASPECTS if aspects is None else aspects)
        names: dict[str, list[str]] = {folded(term): [] for term in SILENT}
        for name, aspect in self.aspects.items():
            for term in aspect.terms:
                known = names.setdefault(folded(term), [])
                if name not in known:
                    known.append(name)
        self._terms = Terms({term: tuple(found) for term, found in names.items()})

    def mentions(self, text: str) -> list[Mention]:
        """Return what a text speaks of, in its order; an aspect once a clause."""
        return [mention for clause in clauses(text) for mention in self.of_clause(clause)]

    def of_clause(self, clause: Quote) -> list[Mention]:
        """Return what one clause speaks of."""
        found: dict[str, Mention] = {}
        for start, end, names in self._terms.found(folded(clause.quote)):
            for name in names:
                if name not in found:
                    found[name] = Mention(name, clause, clause.within(start, end))
        return list(found.values())
