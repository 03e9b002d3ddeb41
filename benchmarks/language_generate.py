"""How well personal data, prompt injection and unfounded statements are found, and how fast.

Run `python benchmarks/language_generate.py`, or with the names of some of: redact injection ground
real speed.

Rules were written and corrected on the development cases. The held-out cases come from the same
authors and were not used for a correction; the fresh cases were written after the last change of a
rule, and have since been learned from by the injection screen. The outside cases come from other
authors: the screen learned from the development part (`injection_fit.py` prints its cross-validated
figures) and was scored on the held-out part once. The peer is what a shop would write first: a short list of plain patterns.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from machine import keep
from sentiment import read

from shopkeeper.language.ground import ungrounded
from shopkeeper.language.injection import injection_spans
from shopkeeper.language.redact import personal_spans
from shopkeeper.language.spans import Span
from shopkeeper.proof.spans import Case, Score, read_cases, read_labels, span_scores

CASES = Path(__file__).resolve().parent.parent / "tests" / "language" / "cases"
DATA = ("development", "held_out", "fresh", "outside_development", "outside_held_out")
Find = Callable[[Case], Sequence[Span]]

_PLAIN = {
    "email": r"[\w.+-]+@[\w-]+\.[\w.]+",
    "phone": r"\+?\d[\d -]{8,14}\d",
    "id_card": r"\d{17}[\dXx]",
    "bank_card": r"\d{16,19}",
    "name": r"(?:Mr|Mrs|Ms|Dr)\.? [A-Z]\w+|[\u4e00-\u9fff]{1,3}(?:先生|女士)",
    "address": r"\d+ [A-Z]\w+ (?:Street|Road|Lane|Avenue)|[\u4e00-\u9fff]+路\d+号",
}
_BLUNT = r"ignore|disregard|system prompt|you are now|pretend|忽略|无视|提示词|你现在是|扮演|指令"


def plain_patterns(patterns: dict[str, str], text: str) -> list[Span]:
    """Return what plain patterns find."""
    return [
        Span(match.start(), match.end(), kind, match[0])
        for kind, pattern in patterns.items()
        for match in re.finditer(pattern, text, re.I if kind == "any" else 0)
    ]


def plain_numbers(case: Case) -> list[Span]:
    """Return the numbers in digits that the source does not hold in the same digits."""
    known = set(re.findall(r"\d[\d.,]*", case.source))
    return [
        Span(match.start(), match.end(), "number", match[0])
        for match in re.finditer(r"\d[\d.,]*", case.text)
        if match[0] not in known
    ]


def labelled(part: str, find: Find, peer: Find, covering: bool) -> list[dict[str, Any]]:
    """Return precision and recall of places, by kind and language, and of whole texts."""
    made: list[dict[str, Any]] = []
    for data in DATA:
        cases = _cases(f"{part}_{data}")
        for method, search in (("shopkeeper", find), ("plain patterns", peer)) if cases else ():
            head = {"part": part, "data": data, "cases": len(cases), "method": method}
            for lang in ("all", *sorted({case.lang for case in cases})):
                kind = {"kind": "whole text", "lang": lang}
                some = [case for case in cases if lang in ("all", case.lang)]
                made.append(head | kind | _figures(_whole_texts(some, search)))
            if method == "shopkeeper" and not data.startswith("outside"):
                scores = span_scores(cases, search, covering=covering)
                made += [head | {"kind": name} | _figures(one) for name, one in scores.items()]
    return made


def _cases(name: str) -> list[Case]:
    """Return labelled texts: with their places in JSON lines, as a whole in TOML, or none."""
    if (lines := CASES / f"{name}.jsonl").exists():
        return read_cases(lines)
    return read_labels(table) if (table := CASES / f"{name}.toml").exists() else []


def _whole_texts(cases: Sequence[Case], find: Find) -> Score:
    """Score texts: flagged or not, whatever the kind and the place."""
    score = Score()
    for case in cases:
        flagged, holds = bool(find(case)), bool(case.spans)
        score.found, score.held = score.found + flagged, score.held + holds
        score.right, score.met = score.right + (flagged and holds), score.met + (flagged and holds)
    return score


def _figures(score: Score) -> dict[str, Any]:
    return {
        "precision": round(score.precision, 3), "recall": round(score.recall, 3),
        "found": score.found, "held": score.held,
    }  # fmt: skip


def reviews() -> dict[str, list[str]]:
    """Return the texts of three public sets of reviews."""
    olist = read("olist/olist_order_reviews_dataset.csv")
    amazon = read("amazon_musical_instruments/Musical_instruments_reviews.csv")
    return {
        "zh_reviews": [row["review"] for row in read("zh_reviews/online_shopping_10_cats.csv")],
        "amazon": [f"{row['summary']}. {row['reviewText']}" for row in amazon],
        "olist": [row["review_comment_message"] for row in olist if row["review_comment_message"]],
    }


def real() -> list[dict[str, Any]]:
    """Return the share of real reviews that are flagged; hardly any of them should be."""
    made = []
    for data, texts in reviews().items():
        for part, find in (("redact", personal_spans), ("injection", injection_spans)):
            flagged = sum(bool(find(text)) for text in texts)
            made.append({"part": part, "data": data, "texts": len(texts), "flagged": flagged})
        sample = texts[:: max(1, len(texts) // 2000)]
        unfounded = [ungrounded(text, [text]) for text in sample]
        wrong = sum(any(span.kind != "date" for span in spans) for spans in unfounded)
        made.append(
            {"part": "ground in itself", "data": data, "texts": len(sample), "flagged": wrong}
        )
    return made


def speed() -> list[dict[str, Any]]:
    """Return texts a second on one core."""
    made = []
    for data, texts in reviews().items():
        sample = texts[:: max(1, len(texts) // 3000)]
        for part, do in (
            ("redact", personal_spans),
            ("injection", injection_spans),
            ("ground", lambda text: ungrounded(text, [text])),
            ("plain patterns for redact", partial(plain_patterns, _PLAIN)),
        ):
            start = time.perf_counter()
            for text in sample:
                do(text)
            seconds = time.perf_counter() - start
            length = sum(map(len, sample)) / len(sample)
            made.append(
                {"part": part, "data": data, "characters": round(length),
                 "texts_per_second": round(len(sample) / seconds)}
            )  # fmt: skip
    return made


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "redact": lambda: labelled(
        "redact", lambda case: personal_spans(case.text),
        lambda case: plain_patterns(_PLAIN, case.text), True,
    ),
    "injection": lambda: labelled(
        "injection", lambda case: injection_spans(case.text),
        lambda case: plain_patterns({"any": _BLUNT}, case.text), False,
    ),
    "ground": lambda: labelled(
        "ground", lambda case: ungrounded(case.text, [case.source]), plain_numbers, False
    ),
    "real": real,
    "speed": speed,
}  # fmt: skip


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        keep("language_generate", PARTS[part]())
