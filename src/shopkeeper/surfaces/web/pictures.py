"""Charts of a page: drawn once for each content, for a wide and for a narrow page."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from shopkeeper.surfaces.drawings import NARROW, drawing, untitled

WIDE = 1040
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a page shows it.

    Parameters
    ----------
    title
        What it shows.
    wide, narrow
        Drawn for a page and for a phone.
    told
        What it says, for those who cannot see it.
    address
        Where it can be had as a file: `address.svg?query`, `address.png?query`, `address/live?query`.
    query
        What comes behind the question mark; empty where nothing does.
    """

    title: str
    wide: Markup
    narrow: Markup
    told: str = ""
    address: str = ""
    query: str = ""


class Pictures:
    """Draws charts and keeps what it has drawn, by content."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Markup] = OrderedDict()

    def picture(
        self,
        chart: dict[str, Any],
        *,
        title: str,
        lang: str,
        told: str = "",
        address: str = "",
        query: str = "",
    ) -> Picture:
        """Return a chart drawn for a wide and for a narrow page.

        Parameters
        ----------
        chart
            A Vega-Lite specification with its data inside.
        title, told, address, query
            As for `Picture`.
        lang
            Language of its texts.
        """
        bare = untitled(chart, lang)
        wide, narrow = (self._drawn(bare, title, lang, width) for width in (WIDE, NARROW))
        return Picture(title, wide, narrow, told, address, query)

    def _drawn(self, chart: dict[str, Any], title: str, lang: str, width: int) -> Markup:
        text = json.dumps([chart, title, lang, width], sort_keys=True, default=str)
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self._kept:
            self._kept[key] = drawing(chart, title=title, lang=lang, width=width, prefix=key[:8])
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
