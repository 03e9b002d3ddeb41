"""What the first reader would wait for is made when the server starts: figures, lists, drawings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shopkeeper.errors import ShopkeeperError
from shopkeeper.surfaces.asking.desk import View
from shopkeeper.surfaces.rest.tokens import Caller
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.surfaces.web.answers import section
from shopkeeper.surfaces.web.frame import Reader
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.surfaces.web.reviews import page as reviews
from shopkeeper.surfaces.web.today import page as today
from shopkeeper.words import Language


async def warm(pages: Pages) -> None:
    """Make them one after the other, so that a reader who comes meanwhile waits for one at the most."""
    try:
        view = pages.desk.view()
    except ShopkeeperError:
        # Whoever opens a page is told why.
        pages.is_warm = True
        return
    lang: Language = "zh" if view.shop.settings.language == "zh" else "en"
    for make in _makers(pages, view, lang):
        try:
            await pages.kitchen.work(make)
        except ShopkeeperError:
            continue
    pages.is_warm = True


def _makers(pages: Pages, view: View, lang: Language) -> list[Callable[[], Any]]:
    reader = Reader(lang, "auto", "/", (), Caller("", "read"), False, "", False, False)

    def first() -> Any:
        found = today.material(pages.kitchen, view, "")
        return today.context(found, reader, pages.pictures)

    return [
        first,
        lambda: reviews.context(pages.desk, view, reader, pages.pictures),
        *(lambda verb=verb: section(pages.desk, verb, lang, pages.pictures) for verb in VERBS),
    ]
