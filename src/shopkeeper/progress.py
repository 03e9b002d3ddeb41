"""Progress of long work, told to whoever asked for it; the work knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Callable

from shopkeeper.words import Words

Progress = Callable[[Words, float | None], None]
"""Called with what is being done and the share of it that is done (0 to 1), None when unknown."""


def silent(what: Words, share: float | None = None) -> None:
    """Tell nobody."""
