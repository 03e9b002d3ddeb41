"""How many customers each condition of a sentence leaves, where neither they nor those it drops are few."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.segments.spoken.reading import Read
from shopkeeper.operations.segments.vocabulary import Categories

Flags = NDArray[np.bool_]
Row = dict[str, Any]
RULE = pa.schema(
    [(name, pa.string()) for name in ("words", "condition_en", "condition_zh")]
    + [("customers", pa.int64()), ("left", pa.int64())]
)


def rule_table(said: Read, held: list[Flags], least: int, categories: Categories) -> pa.Table:
    """Return each condition, the words it was read in, and how many meet it and all before it."""
    left = [int(one.sum()) for one in np.logical_and.accumulate(held)]
    alone, whole = [int(flags.sum()) for flags in held], len(held[0])
    shown = _told_steps(left, whole, least)
    rows = []
    for at, (condition, words) in enumerate(said.conditions):
        text = condition.text(categories)
        # Who meets all so far, or all to the end, is among those who meet this one.
        inside = [left[later] for later in shown if later >= at]
        hidden = is_small(alone[at], least) or any(
            is_small(beside, least)
            for beside in (whole - alone[at], *(alone[at] - count for count in inside))
        )
        rows.append(
            {"words": words, "condition_en": text.en, "condition_zh": text.zh,
             "customers": None if hidden else alone[at], "left": left[at] if at in shown else None}
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=RULE)


def _told_steps(left: list[int], whole: int, least: int) -> list[int]:
    """Return the steps whose number is told: each with the last is told, and none drops a few customers.

    Examples
    --------
    >>> _told_steps([95, 60, 50, 25], 100, 20)
    [1, 3]
    """
    shown: list[int] = []
    for at, count in enumerate(left[:-1]):
        before = left[shown[-1]] if shown else whole
        if not is_small(count, least) and not is_small(before - count, least):
            shown.append(at)
    # The last is the segment itself, whose number stands in the answer: what is before it gives way.
    while shown and is_small(left[shown[-1]] - left[-1], least):
        shown.pop()
    return [*shown, len(left) - 1]
