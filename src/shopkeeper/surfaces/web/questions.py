"""The box in which anything may be asked: what the verbs answer is shown, what they do not is said."""

from __future__ import annotations

from typing import Any

from shopkeeper.data.metrics import EVERYWHERE
from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.verbs import BY_NAME, VERBS
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.answers import section
from shopkeeper.surfaces.web.cells import amount
from shopkeeper.surfaces.web.frame import Reader, query_string
from shopkeeper.surfaces.web.matching import matches, metrics_of, outside, period_of, sentence_of
from shopkeeper.surfaces.web.pictures import Pictures

LONGEST = 300
"""Signs of a question."""


def context(desk: Desk, reader: Reader, pictures: Pictures) -> dict[str, Any]:
    """Return what the template of the page shows; called in the kitchen's thread."""
    text = reader.asked.get("q", "").strip()
    fitting, beyond = matches(text), outside(text)
    found, closest = [], []
    for match in fitting:
        address = f"/verbs/{match.verb.replace('_', '-')}"
        address = query_string(address, _chosen(match.verb, text))
        if fitting[0].is_sure:
            one = section(desk, BY_NAME[match.verb], reader.lang, pictures)
            found.append({"section": one, "words": match.words, "address": address})
        else:
            told = question_of(BY_NAME[match.verb]).told.get(reader.lang)
            closest.append((address, BY_NAME[match.verb].title.get(reader.lang), told))
    return {
        "active": "/ask",
        "text": text,
        "found": found,
        "closest": closest,
        "outside": beyond.get(reader.lang) if beyond else "",
        "instances": [words.get(reader.lang) for words in phrases.ASK_INSTANCES],
        "named": _named(desk, text, reader.lang) if found else [],
        "all": [
            (f"/verbs/{verb.name.replace('_', '-')}", verb.title.get(reader.lang)) for verb in VERBS
        ],
    }


def _chosen(verb: str, text: str) -> dict[str, str]:
    """Return what a question chooses beside the verb: a period, or a sentence that tells customers apart."""
    chosen = {"overview": ("period", period_of), "segment": ("sentence", sentence_of)}
    if verb not in chosen:
        return {}
    name, read = chosen[verb]
    return {name: read(text)} if read(text) else {}


def _named(desk: Desk, text: str, lang: str) -> list[tuple[str, str, str]]:
    """Return the numbers that a question names: title, value over all data, what it counts."""
    verb = BY_NAME["overview"]
    answer, named = desk.find(verb, verb.defaults()), metrics_of(text)
    if answer is None:
        return []
    rows = [row for row in answer.table.to_pylist() if row["value"] is not None]
    return [
        (
            metric.title.get(lang),
            amount(float(row["value"]), row["unit"], lang, row["currency"] or ""),
            metric.definition.get(lang).removesuffix(EVERYWHERE.get(lang)).strip(),
        )
        for metric in named
        for row in rows
        if row["metric"] == metric.name
    ]
