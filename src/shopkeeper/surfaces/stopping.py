"""Ctrl-C: the user who stops a command reads one line, whenever that is.

Engines answer the signal with errors of their own, so it is remembered that it came. While modules
are loaded it is only remembered: a module that is half loaded fails in its own words.
"""

from __future__ import annotations

import contextlib
import signal
from types import FrameType

_state = {"asked": False, "raises": False}


def listen(*, raises: bool = False) -> None:
    """Remember the signal from now on, and raise KeyboardInterrupt for it where it `raises`.

    Raises
    ------
    KeyboardInterrupt
        The signal came earlier.
    """
    # Only the main thread hears signals; elsewhere there is nothing to set up.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, _remember)
    _state["raises"] = raises
    if raises and _state["asked"]:
        raise KeyboardInterrupt


def asked() -> bool:
    """Say whether the user has asked to stop."""
    return _state["asked"]


def forget() -> None:
    """Begin anew: what was asked of an earlier command does not stop the next."""
    _state.update(asked=False, raises=False)


def finish() -> None:
    """Hear no more: everything is done and told, only the process has not ended yet."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _remember(number: int, frame: FrameType | None) -> None:
    _state["asked"] = True
    if _state["raises"]:
        raise KeyboardInterrupt
