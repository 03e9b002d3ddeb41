"""How well places in texts are found: precision and recall over labelled texts.

A labelled text marks its places as `[[kind|the characters]]`. A place counts as found when a found
place of the same kind covers it wholly (`covering`) or touches it (`touching`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopkeeper.language.spans import Span

_MARK = re.compile(r"\[\[(\w+)\|(.+?)\]\](?!\])")


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled text.

    Parameters
    ----------
    text
        The text without its marks.
    spans
        What it holds.
    lang
        `en` or `zh`.
    source
        The text that it must follow from, where that is the question.
    """

    text: str
    spans: tuple[Span, ...]
    lang: str = "en"
    source: str = ""


@dataclass(slots=True)
class Score:
    """Counts of one kind, and what they make.

    Parameters
    ----------
    found, right
        Places found, and those of them that are right.
    held, met
        Places that the texts hold, and those of them that were found.
    wrong
        Texts with a place missed or found in error.
    """

    found: int = 0
    right: int = 0
    held: int = 0
    met: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right places among those found; 1 when none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Found places among those held; 1 when none is held."""
        return self.met / self.held if self.held else 1.0


def marked(text: str) -> tuple[str, tuple[Span, ...]]:
    """Return a labelled text without its marks, and its places.

    Examples
    --------
    >>> marked("Call [[phone|555]] now")
    ('Call 555 now', (Span(start=5, end=8, kind='phone', text='555'),))
    """
    plain, spans, done = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[done : match.start()]
        spans.append(Span(len(plain), len(plain) + len(match[2]), match[1], match[2]))
        plain, done = plain + match[2], match.end()
    return plain + text[done:], tuple(spans)


def read_cases(path: Path) -> list[Case]:
    """Read labelled texts, one JSON object a line with `text`, `lang` and, if any, `source`."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, spans = marked(row["text"])
        cases.append(Case(text, spans, row["lang"], row.get("source", "")))
    return cases


def read_labels(path: Path) -> list[Case]:
    """Read texts labelled as a whole: `[[case]]` tables of TOML with `text`, `lang` and `attack`."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    return [
        Case(
            row["text"],
            (Span(0, len(row["text"]), "attack", row["text"]),) * row["attack"],
            row["lang"],
        )
        for row in rows
    ]


def span_scores(
    cases: Sequence[Case], find: Callable[[Case], Sequence[Span]], *, covering: bool
) -> dict[str, Score]:
    """Return one score a kind, one for each language, and `all`.

    Parameters
    ----------
    cases
        Labelled texts.
    find
        Finds the places of one.
    covering
        Whether a place must be covered wholly to count as found; else any shared character does.

    Examples
    --------
    >>> case = Case("Call 555", (Span(5, 8, "phone", "555"),))
    >>> span_scores([case], lambda _: [Span(5, 7, "phone", "55")], covering=True)["all"].recall
    0.0
    """
    scores: dict[str, Score] = {"all": Score()}
    for case in cases:
        found = find(case)
        for span in found:
            right = any(_touch(span, held) for held in case.spans)
            for name in ("all", case.lang, span.kind):
                score = scores.setdefault(name, Score())
                score.found, score.right = score.found + 1, score.right + right
                score.wrong += [] if right else [f"+ {span.kind} {span.text!r} in {case.text!r}"]
        for held in case.spans:
            meets = _cover if covering else _touch
            met = any(meets(span, held) for span in found)
            for name in ("all", case.lang, held.kind):
                score = scores.setdefault(name, Score())
                score.held, score.met = score.held + 1, score.met + met
                score.wrong += [] if met else [f"- {held.kind} {held.text!r} in {case.text!r}"]
    return scores


def _touch(span: Span, held: Span) -> bool:
    return span.kind == held.kind and span.start < held.end and span.end > held.start


def _cover(span: Span, held: Span) -> bool:
    return span.kind == held.kind and span.start <= held.start and span.end >= held.end
