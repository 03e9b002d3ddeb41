"""The process that works on one question: `python -m shopkeeper.surfaces.asking.worker`.

It is told the question by one line of JSON on standard input, tells its progress and its end by lines
of JSON on standard output, and leaves the answer in the folder that it was given. When standard input
ends, whoever asked has gone, and so does it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

from shopkeeper.data.shop import open_shop
from shopkeeper.errors import ShopkeeperError
from shopkeeper.progress import heard_by
from shopkeeper.surfaces import wording
from shopkeeper.surfaces.running import ask, fingerprint
from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.words import Words

_NICER = 10


def main() -> None:
    """Get ready, wait for the question, answer it."""
    # What a library prints is no message to whoever asked.
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Whoever reads an answer goes before whoever waits for one.
    os.nice(_NICER)
    _get_ready()
    line = sys.stdin.readline()
    if not line:
        return
    threading.Thread(target=_leave_with_the_asker, daemon=True).start()
    _tell(told, answered(json.loads(line), told))


def answered(question: dict[str, Any], told: TextIO) -> dict[str, Any]:
    """Answer a question and return what is to be told of its end.

    Parameters
    ----------
    question
        `shop`, `verb`, `arguments` and the `folder` for the answer.
    told
        Where progress is told.
    """
    verb = BY_NAME[question["verb"]]

    def hear(what: Words, share: float | None) -> None:
        _tell(told, {"doing": what.to_dict(), "share": share})

    try:
        shop = open_shop(Path(question["shop"]))
        mark = fingerprint(verb, shop.manifest, shop.settings, question["arguments"], shop.path)
        with heard_by(hear):
            answer = ask(verb, shop, question["arguments"])
        folder = Path(question["folder"])
        folder.mkdir()
        answer.save(folder)
    except ShopkeeperError as error:
        return _failed(error)
    # The last place where a defect can be told kindly.
    except Exception as error:  # noqa: BLE001
        return _failed(wording.unforeseen(error, verb.name))
    return {"end": "done", "mark": mark}


def _failed(error: ShopkeeperError) -> dict[str, Any]:
    parts = {"asked": error.asked, "found": error.found, "do": error.do}
    return {
        "end": "failed",
        "error": type(error).__name__,
        **{name: words.to_dict() for name, words in parts.items()},
    }


def _get_ready() -> None:
    """Load what every question needs while nobody waits."""
    import pyarrow.parquet  # noqa: F401

    from shopkeeper.data import engines  # noqa: F401


def _leave_with_the_asker() -> None:
    # Not `sys.stdin`, whose lock this thread would still hold when the interpreter ends.
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    os._exit(1)


def _tell(told: TextIO, message: dict[str, Any]) -> None:
    told.write(json.dumps(message, ensure_ascii=False) + "\n")
    told.flush()


if __name__ == "__main__":
    main()
