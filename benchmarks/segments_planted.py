"""How far the planted segments of the demo shop are told apart, and how far they can be.

`python benchmarks/segments_planted.py`, or with `--customers 20000 --seeds 4 5`. Adjusted Rand of each method
against the truth, beside that of chance and of a reader who was told the truth of one half of the customers
and reads the same features of the other half (the ceiling of any classes on these features). Choices were
made on the seeds 1 to 3.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from machine import keep

from shopkeeper.data.demo import build_demo
from shopkeeper.data.demo.plan import SEGMENTS
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.language.topics import adjusted_rand
from shopkeeper.operations.segments.ask import segment
from shopkeeper.operations.segments.base import read_base
from shopkeeper.operations.segments.counts import read_habits

Row = dict[str, Any]
LEAST_ORDERS = (1, 2, 5)
ASKED: dict[str, dict[str, Any]] = {
    "behaviour": {},
    "behaviour of five": {"segments": 5},
    "rfm": {},
    "embedding": {},
}


def taught(counts: Any, blocks: Sequence[slice], right: Any) -> Any:
    """Return the likeliest segment of each customer by how the segments of the other half behave."""
    found = np.zeros(len(right), int)
    half = np.random.default_rng(0).permutation(len(right)) % 2
    for side in (0, 1):
        logs = np.empty((len(SEGMENTS), counts.shape[1]))
        for code in range(len(SEGMENTS)):
            sums = counts[(half != side) & (right == code)].sum(axis=0) + 0.5
            for block in blocks:
                logs[code, block] = np.log(sums[block] / sums[block].sum())
        share = np.bincount(right[half != side], minlength=len(SEGMENTS)) + 0.5
        mine = half == side
        found[mine] = (counts[mine] @ logs.T + np.log(share)).argmax(axis=1)
    return found


def codes_of(shop: Shop, names: list[str], right: Any) -> tuple[dict[str, Any], Any]:
    """Return the groups of the customers by method, and how often each bought."""
    base = read_base(shop, "")
    assert base is not None, "a demo shop has orders"
    habits = read_habits(shop, base, None)
    place = {name: at for at, name in enumerate(base.ids.to_pylist())}
    rows = np.array([place[name] for name in names])
    codes = {
        "ceiling": taught(habits.matrix(base, base.end)[rows], habits.blocks, right),
        "chance": np.random.default_rng(0).integers(0, len(SEGMENTS), len(names)),
    }
    for method, asked in ASKED.items():
        members = segment(shop, method=method.split()[0], minimum_count=20, **asked)
        of = {row["customer_id"]: row["segment"] for row in members.evidence["members"].to_pylist()}
        kinds = sorted(set(of.values()))
        codes[method] = np.array([kinds.index(of[n]) if n in of else len(kinds) for n in names])
    return codes, base.state(base.end).purchases[rows]


def judged(customers: int, seed: int) -> list[Row]:
    """Build one shop, group it and return the agreement with the truth."""
    with TemporaryDirectory() as folder:
        build_demo(Path(folder) / "demo", customers=customers, seed=seed)
        import_files([Path(folder) / "demo" / "exports"], Path(folder) / "shop")
        shop = open_shop(Path(folder) / "shop")
        table = pq.read_table(
            Path(folder) / "demo" / "truth" / "customer_truth.parquet"
        ).to_pylist()
        real = {row["customer_id"]: SEGMENTS.index(row["segment"]) for row in table}
        base = read_base(shop, "")
        assert base is not None, "a demo shop has orders"
        names = [name for name in base.ids.to_pylist() if name in real]
        right = np.array([real[name] for name in names])
        codes, orders = codes_of(shop, names, right)
    return [
        {
            "figure": f"planted segments, adjusted Rand, {least} orders or more", "seed": seed,
            "customers": int((orders >= least).sum()),
            **{name: round(adjusted_rand(code[orders >= least], right[orders >= least]), 3)
               for name, code in codes.items()},
        }
        for least in LEAST_ORDERS
    ]  # fmt: skip


def main() -> None:
    """Build, group, compare and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[4, 5, 6, 7, 8])
    asked = parser.parse_args()
    for seed in asked.seeds:
        keep("segments", judged(asked.customers, seed))


if __name__ == "__main__":
    main()
