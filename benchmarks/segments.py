"""Speed of customer value and of RFM beside peers: a million customers drawn from the published parameters.

Run `python benchmarks/segments.py`, or with `--customers 100000`. One thread; timed from the table of
histories to what is expected of every customer, Gamma-Gamma included. With `--pymc FOLDER` and `--retail FOLDER`
(folders into which `pip install --target` put `pymc-marketing` and `openretailscience`) the peers do the same
in the same run. Segments of real shops are in `segments_real.py`, planted ones in `segments_planted.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from machine import data_folder, keep

from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import open_shop
from shopkeeper.operations.segments.base import read_base
from shopkeeper.operations.segments.grouping.ways import by_rfm
from shopkeeper.operations.segments.lifetime.learning import fit
from shopkeeper.operations.segments.traits import bought_lines

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
    own = 15 / draw.gamma(4, 1 / 6, customers)
    mean = draw.gamma(6 * np.maximum(repeats, 1), own / (6 * np.maximum(repeats, 1)))
    return pa.table({
        "repeats": repeats.astype(np.int64), "recency": np.round(recency * 7).astype(np.int64),
        "age": np.round(age * 7).astype(np.int64), "spent_again": np.where(repeats > 0, mean * repeats, 0.0),
        "spent": np.where(repeats > 0, mean * repeats, 0.0) + draw.gamma(6, own / 6),
    })  # fmt: skip


def peer(part: str, folder: Path, file: Path) -> dict[str, Any]:
    """Run a peer in a process that sees its own packages first."""
    script = Path(__file__).with_name("segments_peers.py")
    done = subprocess.run(
        [sys.executable, str(script), part, str(file)], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def value(customers: int, folder: Path | None) -> None:
    """Fit and foretell, and have PyMC-Marketing do the same where it is there."""
    table, seconds = histories(customers), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        models = fit(table, 90)
        seconds.append(time.perf_counter() - start)
    own = models.purchases
    ours = {"r": own.r, "alpha": own.alpha, "a": own.a, "b": own.b}
    keep("segments", [{
        "figure": "lifetime value", "customers": customers, "seconds": round(min(seconds), 2),
        **{name: round(one, 4) for name, one in ours.items()},
        "errors": [round(error, 4) for error in own.errors],
    }])  # fmt: skip
    if folder is None:
        return
    with TemporaryDirectory() as place:
        file = Path(place) / "histories.parquet"
        pq.write_table(table, file)
        theirs = peer("pymc", folder, file)
    keep("segments", [{
        "figure": "lifetime value, PyMC-Marketing MAP", "customers": customers,
        "seconds": round(theirs["seconds"], 2), "seconds_fit": round(theirs["seconds_fit"], 2),
        **{name: round(theirs[name], 4) for name in ours},
        "times ours": round(theirs["seconds"] / min(seconds), 1),
        "largest relative difference": max(abs(theirs[name] / one - 1) for name, one in ours.items()),
    }])  # fmt: skip


def scores(folder: Path | None) -> None:
    """Score RFM and count by segment on Online Retail, and have openretailscience do the same."""
    with TemporaryDirectory() as place:
        import_files([data_folder() / "online_retail"], Path(place) / "shop")
        shop, seconds = open_shop(Path(place) / "shop"), []
        line = bought_lines(shop, "GBP").select(
            customer_id="customer_id", transaction_date="on", transaction_id="order_id",
            unit_quantity="quantity", unit_spend=ibis._.quantity.cast("float64") * ibis._.price.cast("float64"),
        )  # fmt: skip
        file = Path(place) / "lines.parquet"
        start = time.perf_counter()
        pq.write_table(line.to_pyarrow(), file)
        joined = time.perf_counter() - start
        for _ in range(ROUNDS):
            shop = open_shop(Path(place) / "shop")
            shop.connection.raw_sql("SET threads = 1")
            start = time.perf_counter()
            base = read_base(shop, "")
            way = by_rfm(base)
            scored = time.perf_counter() - start
            now = base.state(base.end)
            for code in range(len(way.ids)):
                mine = way.codes == code
                _ = (
                    mine.sum(),
                    now.spent[mine].sum(),
                    now.purchases[mine].mean(),
                    np.median(now.days_since[mine]),
                )
            seconds.append((scored, time.perf_counter() - start))
        found = {
            "figure": "RFM of online_retail", "customers": base.customers, "seconds_rfm": round(min(one for one, _ in seconds), 3),
            "seconds": round(min(both for _, both in seconds), 3), "net": round(float(now.spent.sum()), 2),
        }  # fmt: skip
        keep("segments", [found])
        if folder is not None:
            theirs = peer("retail", folder, file)
            keep("segments", [{
                "figure": "RFM of online_retail, openretailscience", "seconds_to_join_its_lines": round(joined, 3),
                **{name: round(one, 3) for name, one in theirs.items()},
                "times ours": round(theirs["seconds"] / found["seconds"], 2)}])  # fmt: skip


def main() -> None:
    """Draw, fit, foretell, score and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pymc", type=Path)
    parser.add_argument("--retail", type=Path)
    given = parser.parse_args()
    value(given.customers, given.pymc)
    scores(given.retail)


if __name__ == "__main__":
    main()
