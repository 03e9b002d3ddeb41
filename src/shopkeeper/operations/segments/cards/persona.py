"""A persona: the sentences of a card told as a person, and never more than they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopkeeper.language.ground import ungrounded
from shopkeeper.language.prompts import FENCE_RULE, Prompt, fenced
from shopkeeper.operations.segments.guards import refused
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.language.generate import Generator

TOKENS, LONGEST = 220, 900
_SYSTEM = (
    "You describe a group of customers of an online shop as one typical person, in at most four sentences."
    " Use only the facts given. Keep every number exactly as it stands. Give no name, age, sex, health,"
    " religion, pregnancy, ethnicity or orientation. " + FENCE_RULE
)
_ASKED = {
    "en": "Write the persona in English. Facts:\n",
    "zh": "请用中文写这段人物描述。事实：\n",
}


def persona(
    name: Words, sentences: Sequence[Words], generator: Generator | None
) -> tuple[Words, str]:
    """Return a persona and who wrote it: `model`, or `template` where none is set or it said too much.

    Parameters
    ----------
    name
        What the segment is called.
    sentences
        All that may be said.
    generator
        The language model; None for the template.
    """
    plain = Words(
        " ".join([f"{name.en}:", *(one.en for one in sentences)]),
        "".join([f"{name.zh}：", *(one.zh for one in sentences)]),
    )
    if generator is None:
        return plain, "template"
    written = {lang: _written(generator, sentences, lang) for lang in _ASKED}
    english, chinese = written["en"], written["zh"]
    if english is None or chinese is None:
        return plain, "template"
    return Words(english, chinese), "model"


def _written(generator: Generator, sentences: Sequence[Words], lang: str) -> str | None:
    """Return what the model wrote; None where it is empty, too long or says what no sentence says."""
    facts = [one.get(lang) for one in sentences]
    prompt = Prompt(_ASKED[lang] + fenced("\n".join(facts), name="facts"), system=_SYSTEM)
    text = " ".join(generator.text(prompt, tokens=TOKENS).split())
    if not text or len(text) > LONGEST or refused(text) or ungrounded(text, facts):
        return None
    return text
