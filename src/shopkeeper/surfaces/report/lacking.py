"""Why a question has no stored answer, in one line: what to import, what it found, or to run it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from shopkeeper.surfaces.report import customer_phrases as words
from shopkeeper.surfaces.report import phrases
from shopkeeper.surfaces.report.blocks import Missing
from shopkeeper.surfaces.report.material import Material
from shopkeeper.surfaces.report.pen import Pen
from shopkeeper.surfaces.verbs import BY_NAME, Verb
from shopkeeper.words import Words


def lacking(names: Sequence[str], material: Material, pen: Pen) -> list[Missing]:
    """Write one line about the verbs of these names that have no answer; none where all have."""
    reasons: dict[Markup, list[str]] = {}
    for name in names:
        if name not in material.answers:
            reasons.setdefault(_why(BY_NAME[name], material, pen), []).append(name)
    said = [
        pen.say(
            words.NOT_SHOWN,
            parts=phrases.LIST.get(pen.lang).join(
                words.PARTS[name].get(pen.lang) for name in parts
            ),
            why=why,
        )
        for why, parts in reasons.items()
    ]
    return [Missing(pen.joined(*said))] if said else []


def _why(verb: Verb, material: Material, pen: Pen) -> Markup:
    needs = verb.missing(material.shop.manifest)
    if needs:
        return pen.say(needs[0].enable)
    refused = material.shop.manifest.refusals.get(verb.name)
    if refused is None:
        return pen.say(words.RUN)
    said = (pen.sentence(Words(**refused[part]), "not_answered") for part in ("reason", "enable"))
    return pen.joined(*said)
