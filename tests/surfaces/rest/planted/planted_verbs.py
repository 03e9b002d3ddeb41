"""Verbs that only the tests have: one that takes long, one whose cells attack, one that fails."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.errors import UsageError
from shopkeeper.progress import tell
from shopkeeper.surfaces import verbs
from shopkeeper.words import Words

REVIEWS = verbs.Need(("reviews",), Words("Import reviews.", "请导入评价。"))
GAMES = verbs.Need(("articles",), Words("Import articles.", "请导入文章。"))
CELLS = ["=cmd|' /C calc'!A0", "@SUM(1)", "<script>alert(1)</script>", "a,b\n\"c\"", "＝1+1", "-2 stars", "好"]  # fmt: skip


def slow_answer(shop: Shop, *, seconds: int = 60) -> Answer:
    """Take its time without ever letting go of the processor.

    Parameters
    ----------
    shop
        The shop.
    seconds
        How long.
    """
    tell(Words("Counting slowly", "慢慢数数"), 0.25)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return Answer("slow_answer", Words("Slow", "慢"), pa.table({"n": [os.getpid()]}), "none")


def hostile_answer(
    shop: Shop,
    *,
    said: str = "",
    choice: Literal["a", "b"] | None = None,
    folder: str = "",
    export: Path | None = None,
) -> Answer:
    """Give cells that a spreadsheet or a page could take for something else.

    Parameters
    ----------
    shop
        The shop.
    said
        Any text.
    choice
        One of two.
    folder
        Folder to read.
    export
        Where to write.
    """
    table = pa.table({"cell": CELLS, "n": [-1.5, None, 2.0, 3.0, 4.0, 5.0, float("nan")],
                      "what_en": ["late"] * 7, "what_zh": ["延迟"] * 7, "said": [said] * 7})  # fmt: skip
    more = {"many": pa.table({"n": list(range(12_345))}), "none": pa.table({"n": pa.array([], pa.int64())})}  # fmt: skip
    chart = {"mark": "bar", "title": {"en": "Bars", "zh": "柱"}}
    return Answer("hostile_answer", Words("Hostile", "敌意"), table, "none", evidence=more, chart=chart)  # fmt: skip


def failing_answer(shop: Shop, *, how: Literal["refuses", "breaks", "dies"] = "refuses") -> Answer:
    """Fail.

    Parameters
    ----------
    shop
        The shop.
    how
        In which way.
    """
    if how == "dies":
        os._exit(9)
    if how == "breaks":
        raise ZeroDivisionError("secret cell 13800138000")
    raise UsageError(Words("Asked.", "要求。"), Words("Found.", "发现。"), Words("Do.", "处理。"))


def wanting_answer(shop: Shop) -> Answer:
    """Need what is not there.

    Parameters
    ----------
    shop
        The shop.
    """
    raise AssertionError


def plant() -> None:
    """Add the verbs."""
    added = tuple(
        verbs.Verb(function.__name__, __name__, Words(f"Test: {function.__name__}", f"测试：{function.__name__}"),
                   (need,), need.tables, by_hand=True)
        for function, need in ((slow_answer, REVIEWS), (hostile_answer, REVIEWS), (failing_answer, REVIEWS), (wanting_answer, GAMES))
    )  # fmt: skip
    verbs.VERBS += added
    verbs.BY_NAME.update({verb.name: verb for verb in added})
