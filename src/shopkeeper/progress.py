"""Progress of long work, told to whoever asked for it; the work knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from shopkeeper.words import Words

Progress = Callable[[Words, float | None], None]
"""Called with what is being done and the share of it that is done (0 to 1), None when unknown."""


def silent(what: Words, share: float | None = None) -> None:
    """Tell nobody."""


_listener: ContextVar[Progress] = ContextVar("listener", default=silent)


@contextmanager
def heard_by(progress: Progress) -> Iterator[None]:
    """Let `progress` hear what `tell` says inside; a verb's answer does not depend on who listens.

    Examples
    --------
    >>> with heard_by(lambda what, share: print(what.en, share)):
    ...     tell(Words("Learning", "学习"), 0.5)
    Learning 0.5
    """
    token = _listener.set(progress)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(what: Words, share: float | None = None) -> None:
    """Tell whoever listens what is being done and the share of it that is done."""
    _listener.get()(what, share)
