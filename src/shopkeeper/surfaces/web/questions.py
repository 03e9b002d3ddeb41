"""The box in which anything may be asked: what the verbs answer is shown, what they do not is said."""

from __future__ import annotations

from typing import Any

from shopkeeper.surfaces.asking.desk import Desk
from shopkeeper.surfaces.verbs import BY_NAME, VERBS
from shopkeeper.surfaces.web.answers import section
from shopkeeper.surfaces.web.frame import Reader, query_string
from shopkeeper.surfaces.web.matching import matches, metrics_of, period_of
from shopkeeper.surfaces.web.pictures import Pictures

LONGEST = 300
"""Signs of a question."""


def context(desk: Desk, reader: Reader, pictures: Pictures) -> dict[str, Any]:
    """Return what the template of the page shows; called in the kitchen's thread."""
    text = reader.asked.get("q", "").strip()
    found = []
    for match in matches(text):
        one = section(desk, BY_NAME[match.verb], reader.lang, pictures)
        address = f"/verbs/{one.name}"
        if match.verb == "overview" and period_of(text):
            address = query_string(address, {"period": period_of(text)})
        found.append({"section": one, "words": match.words, "address": address})
    return {
        "active": "/ask",
        "text": text,
        "found": found,
        "metrics": [words.get(reader.lang) for words in metrics_of(text)],
        "all": [
            (f"/verbs/{verb.name.replace('_', '-')}", verb.title.get(reader.lang)) for verb in VERBS
        ],
    }
