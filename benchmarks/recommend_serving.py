"""Serving recommendations at a million products and a million customers that are made up.

    python benchmarks/recommend_serving.py                       a million of both
    python benchmarks/recommend_serving.py --products 100000     a smaller one

The model is made, not learned: thirty million weights, sources and targets drawn so that few products are
in most pairs, and customers with twenty products or so. It is stored as `run` stores one, then
opened in a process of its own. Cold means that the disk's pages were given up before. One request is one customer's ten
products with their reasons, as an Answer, as the verb makes it from the stored model; processor time tells what it
costs where other work runs beside it. The batch is twenty products for everyone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from machine import keep
from scipy import sparse

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.recommend.answering import Plan, answer_of
from shopkeeper.operations.recommend.counting import Counts
from shopkeeper.operations.recommend.everyone import Wish, written
from shopkeeper.operations.recommend.histories import Histories
from shopkeeper.operations.recommend.judging import FITTED, RANKING_QUALITY, Fitted
from shopkeeper.operations.recommend.methods.transitions import MOST, Transitions
from shopkeeper.operations.recommend.model import Model, model_of
from shopkeeper.operations.recommend.names import Index
from shopkeeper.operations.recommend.pairs import Kernel, strongest
from shopkeeper.operations.recommend.reading import Catalogue, Touched
from shopkeeper.operations.recommend.rulebook import FILE, load_rules
from shopkeeper.operations.recommend.shelf import Shelf
from shopkeeper.operations.recommend.stored import load, save

GROUPS = {"brand": 5_000, "category": 500, "seller": 20_000}
RULES = {
    "defaults": "",
    "filtered": "price = {min = 5, max = 400}\nmargin.min = 0.1\nboost.brands = {brand00003 = 2}",
    "walked": "most = {brand = 2, category = 2, seller = 1}\ndiversity.weight = 0.3",
}
"""Rules under which one customer is asked for; the first request with rules works out what they say of every product."""

PAIRS, LENGTH, SKEW = 30_000_000, 20, 2.5
SEED = 0


def made(products: int, customers: int) -> Model:
    """Make a model up."""
    draw = np.random.default_rng(SEED)
    pairs = min(PAIRS, products * 30)

    def drawn(count: int) -> np.ndarray:
        return (products * draw.random(count) ** SKEW).astype(np.int64)

    key = np.unique(drawn(pairs) * products + drawn(pairs))
    source, target = np.divmod(key, products)
    weights = draw.gamma(0.5, size=len(key)).astype(np.float32) + np.float32(1e-3)
    starts = np.searchsorted(source, np.arange(products + 1)).astype(np.int32)
    shape = (products, products)
    method = Transitions(Kernel())
    whole = sparse.csr_matrix((weights, target.astype(np.int32), starts), shape=shape)
    method.weights_ = strongest(whole, MOST)
    lengths = draw.geometric(1 / LENGTH, customers)
    owner = np.repeat(np.arange(customers), lengths)
    held = np.unique(owner * products + drawn(len(owner)))
    owner, product = np.divmod(held, products)
    order = np.lexsort((draw.random(len(owner)), owner))
    histories = Histories(np.searchsorted(owner, np.arange(customers + 1)), product[order])
    touched = Touched(
        Counts(np.zeros(0, np.int64), np.zeros(0, np.int32)), 1, histories,
        draw.random(len(held)) < 0.3, names("C", customers), names("P", products),
    )  # fmt: skip
    price = draw.gamma(2.0, 30.0, products)
    shelf = Shelf(
        Index(touched.products), np.ones(products, bool), np.where(draw.random(products) < 0.9, 5.0, 0.0),
        price, 0.6 * price, {group: draw.integers(0, count, products) for group, count in GROUPS.items()},
        {group: [f"{group}{n:05d}" for n in range(count)] for group, count in GROUPS.items()}, ("CNY",),
    )  # fmt: skip
    known = Catalogue(
        names("Product ", products).to_pylist(), one_each(shelf.groups["brand"], GROUPS["brand"]),
        np.full(GROUPS["brand"], "brand"), shelf, Index(pa.array([], pa.large_string())),
    )  # fmt: skip
    wanted = np.bincount(histories.products, minlength=products)
    places = np.empty(products, np.int64)
    places[np.argsort(-wanted, kind="stable")] = np.arange(products)
    nothing = (
        pa.Table.from_pylist([], schema=RANKING_QUALITY),
        pa.Table.from_pylist([], schema=FITTED),
    )
    return model_of(touched, known, Fitted(method, places, *nothing), "transitions")


def one_each(trait: np.ndarray, count: int) -> sparse.csr_matrix:
    """Give each product one trait."""
    starts, ones = np.arange(len(trait) + 1), np.ones(len(trait), np.float32)
    return sparse.csr_matrix((ones, trait, starts), shape=(len(trait), count))


def names(stem: str, count: int) -> pa.Array:
    return pa.array([f"{stem}{n:08d}" for n in np.random.default_rng(1).permutation(count)])


def forgotten(folder: Path) -> None:
    """Let the system give up the pages of these files."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def percentiles(took: list[float]) -> dict[str, float]:
    return {
        f"p{p}_ms": round(1000 * float(np.percentile(took, p)), 2) for p in (50, 99, 99.9)
    }  # fmt: skip


def single(folder: Path, requests: int) -> dict[str, Any]:
    """Open the model and ask for one customer after another."""
    start = time.perf_counter()
    model = load(folder)
    loaded = time.perf_counter() - start
    draw = np.random.default_rng(SEED)
    numbers = draw.integers(0, len(model.customers), requests)
    customers = [model.customers.names[int(n)].as_py() for n in numbers]
    shop = shop_from_tables({})
    took = {}
    for name, text in RULES.items():
        (shop.path / FILE).write_text(text, encoding="utf-8")
        (first, _), *others = (asked_for(shop, model, customer) for customer in customers)
        wall, processor = (percentiles(list(some)) for some in zip(*others, strict=True))
        took[name] = {"wall": wall, "processor": processor, "first_ms": round(1000 * first, 1)}
    return {
        "load_s": round(loaded, 3),
        **took,
        "requests": requests,
        "memory_gb": highest(),
    }


def highest() -> float:
    """Return the highest resident memory of this process, mapped files included."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1e6, 2)


def asked_for(shop: Shop, model: Model, customer: str) -> tuple[float, float]:
    """Return how long the answer for one customer takes, by the clock and of the processor."""
    start, used = time.perf_counter(), time.thread_time()
    plan = Plan((customer,), (), 10, "transitions", frozenset(), (), SEED)
    answer_of(shop, model, plan, load_rules(shop.path, "recommend"))
    return time.perf_counter() - start, time.thread_time() - used


def batch(folder: Path, processes: int) -> dict[str, Any]:
    """Write the lists of everybody."""
    # Processor time tells what the batch costs where other work runs beside it.
    output = folder.parent / "everyone.parquet"
    rules, nobody = load_rules(folder, "recommend"), np.zeros(0, np.int64)
    wish = Wish(folder, 20, rules, "", nobody, nobody)
    start = time.perf_counter()
    rows = written(wish, output, processes=processes)
    took = time.perf_counter() - start
    assert pq.read_metadata(output).num_rows == rows
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = time.process_time() + workers.ru_utime + workers.ru_stime
    return {
        "batch_s": round(took, 1), "processes": processes, "rows": rows, "file_mb": round(output.stat().st_size / 1e6),
        "memory_gb": highest(), "memory_of_largest_worker_gb": round(workers.ru_maxrss / 1e6, 2),
        "processor_s": round(used, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--part", choices=["single", "batch"])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.part == "single":
        print(json.dumps(single(asked.folder, asked.requests)))
        return
    if asked.part == "batch":
        print(json.dumps(batch(asked.folder, asked.processes)))
        return
    size = {"products": asked.products, "customers": asked.customers}
    with tempfile.TemporaryDirectory(dir=asked.folder) as temporary:
        folder = Path(temporary) / "model"
        save(made(**size), folder)
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) // 10**6
        for name in ("cold", "warm", "batch"):
            if name == "cold":
                forgotten(folder)
            part = "batch" if name == "batch" else "single"
            command = [sys.executable, __file__, "--part", part, "--folder", str(folder),
                       "--requests", str(asked.requests), "--processes", str(asked.processes)]  # fmt: skip
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            keep(
                "recommend_serving",
                [{"figure": name, **size, "model_mb": megabytes} | json.loads(done.stdout)],
            )


if __name__ == "__main__":
    main()
