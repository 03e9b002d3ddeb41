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
import pyarrow.compute as pc
import pyarrow.parquet as pq
from machine import data_folder, keep

from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop, open_shop, shop_from_tables
from shopkeeper.operations.segments.base import read_base
from shopkeeper.operations.segments.grouping.ways import by_rfm
from shopkeeper.operations.segments.lifetime.learning import counted_cells, fit
from shopkeeper.operations.segments.methods.purchases import fit_purchases
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
    table, alone, seconds = histories(customers), [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        own = fit_purchases(counted_cells(table)[0])
        middle = time.perf_counter()
        fit(table, 90)
        alone.append(middle - start)
        seconds.append(time.perf_counter() - middle)
    ours = {"r": own.r, "alpha": own.alpha, "a": own.a, "b": own.b}
    keep("segments", [{
        "figure": "lifetime value", "customers": customers, "seconds_fit": round(min(alone), 3),
        "seconds": round(min(seconds), 3),
        **{name: round(one, 4) for name, one in ours.items()},
        "errors": [round(error, 4) for error in own.errors],
    }])  # fmt: skip
    if folder is None:
        return
    with TemporaryDirectory() as place:
        # What PyTensor compiled before is not taken: the first process is that of a new machine.
        os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={place}"
        file = Path(place) / "histories.parquet"
        pq.write_table(table, file)
        for process in ("first", "second"):
            theirs = peer("pymc", folder, file)
            keep("segments", [{
                "figure": f"lifetime value, PyMC-Marketing MAP, {process} process", "customers": customers,
                **{name: round(theirs[name], 4) for name in ours},
                **{name: round(one, 2) for name, one in theirs.items() if name.startswith("seconds")},
                "times our fit": round(theirs["seconds_fit"] / min(alone), 1),
                "times ours": round(theirs["seconds"] / min(seconds), 1),
                "largest relative difference": max(
                    abs(theirs[name] / one - 1) for name, one in ours.items()
                ),
            }])  # fmt: skip


def scores(folder: Path | None, copies: int) -> None:
    """Score RFM and count by segment on copies of Online Retail, and have openretailscience do the same."""
    with TemporaryDirectory() as place:
        shop = _copied(Path(place), copies)
        line = bought_lines(shop, "GBP").select(
            customer_id="customer_id", transaction_date="on", transaction_id="order_id",
            unit_quantity="quantity", unit_spend=ibis._.quantity.cast("float64") * ibis._.price.cast("float64"),
        )  # fmt: skip
        shop.connection.raw_sql("SET threads = 1")
        joining, seconds = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            lines = line.to_pyarrow()
            joining.append(time.perf_counter() - start)
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
            "figure": "RFM of online_retail", "copies": copies, "customers": base.customers, "lines": len(lines),
            "seconds_rfm": round(min(one for one, _ in seconds), 3),
            "seconds": round(min(both for _, both in seconds), 3), "net": round(float(now.spent.sum()), 2),
        }  # fmt: skip
        keep("segments", [found])
        if folder is not None:
            file = Path(place) / "lines.parquet"
            pq.write_table(lines, file)
            theirs = peer("retail", folder, file)
            joined = min(joining)
            keep("segments", [{
                "figure": "RFM of online_retail, openretailscience", "copies": copies,
                "seconds_to_join_its_lines": round(joined, 3),
                **{name: round(one, 3) for name, one in theirs.items()},
                "times our scores": round(theirs["seconds_rfm"] / found["seconds_rfm"], 2),
                "times our scores, from the shop's tables": round((theirs["seconds_rfm"] + joined) / found["seconds_rfm"], 2),
                "times ours": round(theirs["seconds"] / found["seconds"], 2)}])  # fmt: skip


def _copied(place: Path, copies: int) -> Shop:
    """Return a shop of so many copies of Online Retail, each with customers and orders of its own."""
    import_files([data_folder() / "online_retail"], place / "shop")
    once = open_shop(place / "shop")
    tables = {}
    for name in ("orders", "order_items", "customers"):
        table = once.table(name).to_pyarrow()
        tables[name] = pa.concat_tables([_numbered(table, n) for n in range(copies)])
    tables["products"] = once.products.to_pyarrow()
    return shop_from_tables(tables, settings=once.settings)


def _numbered(table: pa.Table, number: int) -> pa.Table:
    for key in ("order_id", "customer_id"):
        if key in table.column_names:
            own = pc.binary_join_element_wise(table[key], f"-{number}", "")
            table = table.set_column(table.column_names.index(key), key, own)
    return table


def main() -> None:
    """Draw, fit, foretell, score and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pymc", type=Path)
    parser.add_argument("--retail", type=Path)
    given = parser.parse_args()
    value(given.customers, given.pymc)
    for copies in (1, 10):
        scores(given.retail, copies)


if __name__ == "__main__":
    main()
