"""What a request wants: which language, which format, which coding; read from its headers.

Preferences are those of RFC 9110: the highest quality wins, and what the server names first where two
are equal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.requests import Request

from shopkeeper.words import Language

_LONGEST = 1000
_QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")


def qualities(header: str) -> dict[str, float]:
    """Return the quality of each thing that a header names.

    Examples
    --------
    >>> qualities("zh-CN, en;q=0.8, *;q=0")
    {'zh-cn': 1.0, 'en': 0.8, '*': 0.0}
    """
    found = {}
    for item in header[:_LONGEST].lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        given = [part[2:] for part in parameters if part.startswith("q=")]
        quality = float(given[0]) if given and _QUALITY.fullmatch(given[0]) else 1.0
        if name:
            found[name] = quality
    return found


def language_of(request: Request) -> Language:
    """Return the language to answer in: `lang`, else Accept-Language, else the shop's own."""
    given = request.query_params.get("lang")
    if given in ("en", "zh"):
        return "zh" if given == "zh" else "en"
    wanted = qualities(request.headers.get("accept-language", ""))
    spoken = {"en": 0.0, "zh": 0.0}
    for name, quality in wanted.items():
        stem = name.partition("-")[0]
        if stem in spoken:
            spoken[stem] = max(spoken[stem], quality)
    if spoken["en"] == spoken["zh"]:
        return "zh" if getattr(request.app.state, "language", "en") == "zh" else "en"
    return "zh" if spoken["zh"] > spoken["en"] else "en"


def media_type(accept: str, offered: Sequence[str]) -> str | None:
    """Return the offered media type that is wanted most; None when none is.

    Parameters
    ----------
    accept
        The header Accept; empty when there is none.
    offered
        Media types in the order of the server's preference.

    Examples
    --------
    >>> media_type("text/csv, */*;q=0.1", ["application/json", "text/csv"])
    'text/csv'
    >>> media_type("image/png", ["application/json"])
    """
    wanted = qualities(accept) or {"*/*": 1.0}

    def quality(name: str) -> float:
        ranges = (name, f"{name.partition('/')[0]}/*", "*/*")
        return next((wanted[item] for item in ranges if item in wanted), 0.0)

    best = max(offered, key=quality)
    return best if quality(best) > 0 else None


def takes_gzip(request: Request) -> bool:
    """Say whether the response may be compressed."""
    wanted = qualities(request.headers.get("accept-encoding", ""))
    return wanted.get("gzip", wanted.get("*", 0.0)) > 0
