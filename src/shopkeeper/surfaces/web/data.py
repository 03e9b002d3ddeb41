"""The page of the data itself: where it comes from, how fresh it is, what was refused, what numbers mean."""

from __future__ import annotations

from typing import Any

from shopkeeper.answer import Answer
from shopkeeper.data.checks import check
from shopkeeper.data.metrics import EVERYWHERE, METRICS
from shopkeeper.data.shop import open_shop
from shopkeeper.surfaces.asking.desk import View
from shopkeeper.surfaces.rest.formats import ITSELF
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.cells import table_view, told
from shopkeeper.surfaces.web.frame import Reader
from shopkeeper.surfaces.web.kitchen import Kitchen

_SHOWN: tuple[tuple[str, Any], ...] = (
    ("tables", phrases.FRESHNESS),
    ("imports", phrases.SOURCES),
    ("reasons", phrases.REJECTED),
    (ITSELF, phrases.LAWS),
)
_ROWS = 30


def checked(kitchen: Kitchen, view: View) -> Answer:
    """Return what the check of the data says, made once for each version; called in the cellar's thread.

    It looks at every row, which takes long in a large shop; so it has a connection of its own, and no
    other page waits for it.
    """
    return kitchen.material(view, "check", lambda: check(open_shop(view.shop.path)))


def context(kitchen: Kitchen, view: View, reader: Reader) -> dict[str, Any]:
    """Return what the template of the page shows; called in the cellar's thread."""
    answer, lang = checked(kitchen, view), reader.lang
    return {
        "active": "/data",
        "lead": phrases.DATA_LEAD.get(lang).format(version=view.shop.manifest.version),
        "sentences": [told(words, lang) for words in answer.summary],
        "tables": [
            table_view(answer, name, lang, most=_ROWS, title=words.get(lang))
            for name, words in _SHOWN
        ],
        "more": [
            table_view(answer, name, lang, most=_ROWS)
            for name in answer.evidence
            if name not in dict(_SHOWN)
        ],
        "limits": [words.get(lang) for words in answer.limits],
        "everywhere": EVERYWHERE.get(lang),
        "metrics": [
            (
                one.title.get(lang),
                one.definition.get(lang).removesuffix(EVERYWHERE.get(lang)).strip(),
            )
            for one in METRICS
        ],
    }
