"""Which way of reading reviews is worth it, and with how many labels, on three real shops' reviews.

Run `python benchmarks/language_compare.py`, or with some of: zh_reviews olist amazon. The same trials
as `compare_methods`, on the rows that benchmarks/sentiment.py holds out, 1,000 at most. MiniLM knows
English: on Chinese and Portuguese it is shown for what it is there. Name another encoder with
`SHOPKEEPER_ENCODER` (a folder or a hub id).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from machine import keep
from sentiment import amazon, chinese, olist

from shopkeeper.data.tables import SENTIMENTS
from shopkeeper.proof.comparison import Plan, Task, composed, run_trials
from shopkeeper.proof.contenders import ContenderName

HELD_OUT = 1_000
METHODS: tuple[ContenderName, ...] = (
    "majority", "ngrams", "embeddings", "few_shot", "fine_tuned", "cascade",
)  # fmt: skip


def figures(name: str, data: Callable[[], Any]) -> list[dict[str, Any]]:
    """Compare the methods on one set of reviews and print the advice."""
    texts, classes, late = data()
    taught = np.flatnonzero(~late)
    asked = np.random.default_rng(0).permutation(np.flatnonzero(late))[:HELD_OUT]
    task = Task(
        ([texts[i] for i in taught], [classes[i] for i in taught]),
        [texts[i] for i in asked],
        np.array([SENTIMENTS.index(classes[i]) for i in asked]),
        SENTIMENTS,
    )
    plan = Plan(METHODS, os.environ.get("SHOPKEEPER_ENCODER", ""), HELD_OUT, 0.1, 0.0, 0)
    results, skipped = run_trials(task, plan)
    answer = composed(results, skipped, task, plan)
    for words in answer.summary:
        print(f"{name}: {words.en}\n{name}：{words.zh}")
    tables = (answer.table, answer.evidence["gaps"], answer.evidence["skipped"])
    return [
        {"data": name} | {key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()}
        for table in tables
        for row in table.to_pylist()
    ]


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "zh_reviews": partial(figures, "zh_reviews", chinese),
    "olist": partial(figures, "olist", olist),
    "amazon": partial(figures, "amazon_musical_instruments", amazon),
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        keep("language_compare", PARTS[part]())
