"""Speed and truth of customer value: a million customers drawn from the published parameters.

Run `python benchmarks/segments.py`, or with `--customers 100000`. One thread; timed from the table of
histories to what is expected of every customer, Gamma-Gamma included.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pyarrow as pa
from machine import keep

from shopkeeper.operations.segments.lifetime.learning import fit

# Fader, Hardie & Lee (2005), table 2, in weeks.
R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426
ROUNDS = 3


def histories(customers: int, seed: int = 0) -> pa.Table:
    """Draw customers as BG/NBD says; days are whole, as a shop's are."""
    draw = np.random.default_rng(seed)
    age = draw.integers(189, 274, customers) / 7
    rate, leaves = draw.gamma(R, 1 / ALPHA, customers), draw.beta(A, B, customers)
    repeats, recency, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    here = np.arange(customers)
    while len(here):
        now[here] += draw.exponential(1 / np.maximum(rate[here], 1e-12))
        here = here[now[here] <= age[here]]
        repeats[here] += 1
        recency[here] = now[here]
        here = here[draw.random(len(here)) >= leaves[here]]
    mean = draw.gamma(
        6 * np.maximum(repeats, 1),
        15 / draw.gamma(4, 1 / 6, customers) / (6 * np.maximum(repeats, 1)),
    )
    return pa.table({
        "repeats": repeats.astype(np.int64), "recency": np.round(recency * 7).astype(np.int64),
        "age": np.round(age * 7).astype(np.int64), "spent_again": np.where(repeats > 0, mean * repeats, 0.0),
    })  # fmt: skip


def main() -> None:
    """Draw, fit, foretell and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    customers = parser.parse_args().customers
    table, seconds = histories(customers), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        models = fit(table, 90)
        seconds.append(time.perf_counter() - start)
    own = models.purchases
    keep("segments", [{
        "figure": "lifetime value", "customers": customers, "seconds": round(min(seconds), 2),
        "r": round(own.r, 4), "alpha": round(own.alpha, 3), "a": round(own.a, 3), "b": round(own.b, 3),
        "errors": [round(error, 4) for error in own.errors],
    }])  # fmt: skip


if __name__ == "__main__":
    main()
