"""Machines in the search log: many words, evenly spaced, at night, without ever viewing a product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopkeeper.data.demo.plan import DAY, DAYS, Ints, Plan

_WORDS = ("price", "stock", "sku", "coupon", "flash", "wholesale", "库存", "价格", "低价", "批发")


@dataclass(frozen=True, slots=True)
class Robots:
    """One entry per search of a robot; `bot` numbers the robots from 0."""

    bot: Ints
    time: Ints
    query: list[str]
    count: int


def sessions(rng: np.random.Generator, plan: Plan) -> Robots:
    """Draw the robots' bursts of searches."""
    count = max(3, plan.customers // 1000)
    lengths = rng.integers(120, 260, count)
    bot = np.repeat(np.arange(count), lengths)
    order: Ints = np.concatenate([np.arange(length) for length in lengths])
    start = rng.integers(5, DAYS - 5, count) * DAY + rng.integers(2, 5, count) * 3600
    pace = rng.integers(1, 4, count)
    word = rng.integers(0, len(_WORDS), len(bot))
    query = [f"{_WORDS[w]} {n:05d}" for w, n in zip(word.tolist(), order.tolist(), strict=True)]
    return Robots(bot, start[bot] + order * pace[bot], query, count)
