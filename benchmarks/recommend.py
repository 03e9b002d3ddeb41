"""Recommendation on leave-one-out sequences: ours beside implicit and the baselines, in one run.

Run `python benchmarks/recommend.py`, or with the path of another file of the same form: a line a customer,
its number and then its products, oldest first; beside it, where there is one, `…_item2attributes.json`.

`python benchmarks/recommend.py scale` measures time and memory on very many made events instead.

What came after what is counted once, while reading: the seconds of reading stand at the top, and those of
a fit do not hold it. Everything is chosen on the last product but one, then fitted again with it; the last product is ranked once,
among all products that the customer has not touched. `implicit` keeps its default settings but for a second
ALS, whose confidence is ten times theirs, and so does RecTools; its SASRec is trained for as many epochs as `--epochs` says, none
where it says nothing. Intervals are paired bootstrap over customers. Needs `pip install implicit "rectools[torch]"` for the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import recommend_scale
from machine import data_folder, keep
from scipy import sparse
from threadpoolctl import threadpool_limits

from shopkeeper.intervals import bootstrap
from shopkeeper.operations.recommend.choice import Method, Past, ranked, routed, tuned
from shopkeeper.operations.recommend.histories import Histories
from shopkeeper.operations.recommend.material import Material, weighted_traits
from shopkeeper.operations.recommend.methods.last_item import LastItem
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import (
    BUCKETS,
    DEPTH,
    bucket_name,
    bucket_of,
    gains,
    hits,
)
from shopkeeper.operations.recommend.reading import Touched, read_touched

Ranked = dict[str, tuple[np.ndarray, float, float]]
THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))


class Peer:
    """A model of implicit, scored over every product."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, material: Material, histories: Histories) -> Peer:
        self.width = material.width
        # As implicit advises: its own threads and those of the linear algebra hinder one another.
        with threadpool_limits(1, "blas"):
            self.model.fit(histories.profile(1.0, self.width), show_progress=False)
        return self

    def score(self, histories: Histories) -> sparse.csr_matrix:
        known = histories.profile(1.0, self.width)
        if not hasattr(self.model, "similarity"):
            fitted = self.model.recalculate_user(np.arange(len(histories)), known)
            scores = fitted @ self.model.item_factors.T
            # Only what is above nothing is ranked by score; factors of half the products lie below.
            return sparse.csr_matrix(scores - scores.min() + 1e-6)
        return sparse.csr_matrix(known @ self.model.similarity)


def read(path: Path) -> tuple[Touched, sparse.csr_matrix]:
    rows = [line.split() for line in path.read_text().splitlines()]
    customer = np.repeat([int(row[0]) for row in rows], [len(row) - 1 for row in rows])
    product = np.concatenate([np.array(row[1:], np.int64) for row in rows])
    place = np.concatenate([np.arange(len(row) - 1) for row in rows])
    table = pa.table({"customer_id": customer, "product_id": product, "happened_at": place, "bought": np.zeros(len(place), bool),
                      "place": np.zeros(len(place), np.int64)})  # fmt: skip
    connection = ibis.duckdb.connect(threads=THREADS)
    touched = read_touched(connection.create_table("touched", table))
    return touched, traits_of(path, touched)


def traits_of(path: Path, touched: Touched) -> sparse.csr_matrix:
    beside = path.with_name(f"{path.stem}_item2attributes.json")
    width = len(touched.products)
    if not beside.is_file():
        return sparse.csr_matrix((width, 0), dtype=np.float32)
    said = {int(name): values for name, values in json.loads(beside.read_text()).items()}
    number = {name: at for at, name in enumerate(touched.products.to_pylist())}
    known = [name for name in said if name in number]
    products = np.repeat([number[name] for name in known], [len(said[name]) for name in known])
    return weighted_traits(products, np.concatenate([said[name] for name in known]), width)


def timed(
    fit: Callable[[], Method], past: Past, material: Material
) -> tuple[np.ndarray, float, float]:
    start = time.perf_counter()
    method = fit()
    fitted = time.perf_counter()
    places = ranked(method, past, material)
    return places, fitted - start, time.perf_counter() - fitted


def ours(touched: Touched, traits: sparse.csr_matrix, past: Past) -> Ranked:
    before, _ = touched.past(2)
    known = touched.material(traits, held_out=1)

    def plain(make: Callable[[], Method]) -> Callable[[], Method]:
        return lambda: make().fit(touched.material(traits, held_out=1))

    def chosen() -> Method:
        kernel = tuned(touched.material(traits, held_out=2), before)
        print(kernel)
        return Transitions(kernel).fit(touched.material(traits, held_out=1))

    def best() -> Method:
        router = routed(touched.material(traits, held_out=2), before)
        print(dict(zip([bucket_name(n) for n in range(len(BUCKETS))], router.chosen, strict=True)))
        return router.fit(touched.material(traits, held_out=1))

    return {
        "popular": timed(plain(Popular), past, known),
        "last_item": timed(plain(LastItem), past, known),
        "similar": timed(plain(Similar), past, known),
        "transitions (default)": timed(chosen, past, known),
        "routed": timed(best, past, known),
    }


def peers(touched: Touched, traits: sparse.csr_matrix, past: Past) -> Ranked:
    try:
        from implicit.als import AlternatingLeastSquares
        from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
    except ModuleNotFoundError:
        print("implicit is not installed: no peers")
        return {}
    material = touched.material(traits, held_out=1)
    models = {
        "implicit ALS": lambda: AlternatingLeastSquares(random_state=0, num_threads=THREADS),
        "implicit ALS, 128 factors, alpha 10": lambda: AlternatingLeastSquares(
            factors=128, alpha=10, random_state=0, num_threads=THREADS
        ),
        "implicit cosine": lambda: CosineRecommender(num_threads=THREADS),
        "implicit BM25": lambda: BM25Recommender(num_threads=THREADS),
    }
    return {
        name: timed(lambda make=make: Peer(make()).fit(material, past.histories), past, material)
        for name, make in models.items()
    }


def rectools(past: Past, epochs: int) -> Ranked:
    try:
        from rectools.models import EASEModel
    except ModuleNotFoundError:
        print("rectools is not installed: no EASE and no SASRec")
        return {}
    found = {"RecTools EASE": timed_rectools(EASEModel(), past)}
    if epochs:
        from rectools.models import SASRecModel

        # Windows of 50 products as in the paper of SASRec for sparse data.
        model = SASRecModel(epochs=epochs, session_max_len=50, deterministic=True)
        found[f"RecTools SASRec, {epochs} epochs"] = timed_rectools(model, past)
    return found


def timed_rectools(model: Any, past: Past) -> tuple[np.ndarray, float, float]:
    """Return the place of each target among the first ten that RecTools lists; ten where it is not there."""
    import pandas as pd
    from rectools import Columns
    from rectools.dataset import Dataset

    histories = past.histories
    days = np.arange(len(histories.products)) - np.repeat(histories.starts[:-1], histories.lengths)
    rows = pd.DataFrame({
        Columns.User: histories.rows, Columns.Item: histories.products, Columns.Weight: 1.0,
        Columns.Datetime: pd.Timestamp("2020-01-01") + pd.to_timedelta(days, "D"),
    })  # fmt: skip
    start = time.perf_counter()
    data = Dataset.construct(rows)
    model.fit(data)
    fitted = time.perf_counter()
    told = model.recommend(np.arange(len(histories)), data, k=DEPTH, filter_viewed=True)
    user, item, rank = (
        told[name].to_numpy() for name in (Columns.User, Columns.Item, Columns.Rank)
    )
    places, right = np.full(len(histories), DEPTH), item == past.targets[user]
    places[user[right]] = rank[right] - 1
    return places, fitted - start, time.perf_counter() - fitted


def main() -> None:
    if sys.argv[1:2] == ["scale"]:
        recommend_scale.main()
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "path", type=Path, nargs="?", default=data_folder() / "recsys_beauty" / "Beauty.txt"
    )
    parser.add_argument("--epochs", type=int, default=0, help="epochs of SASRec")
    asked = parser.parse_args()
    path = asked.path
    start = time.perf_counter()
    touched, traits = read(path)
    print(f"{path.name}: {len(touched.customers):,} customers, {len(touched.products):,} products, "
          f"{len(touched.histories.products):,} touches, read in {time.perf_counter() - start:.1f} s")  # fmt: skip
    past, _ = touched.past(1)
    found = (
        ours(touched, traits, past) | peers(touched, traits, past) | rectools(past, asked.epochs)
    )
    best = gains(found["routed"][0])
    bucket = bucket_of(past.histories.lengths)
    figures = []
    for name, (places, seconds, ranking) in found.items():
        ndcg = gains(places)
        behind = bootstrap(lambda a, b: float((a - b).mean()), best, ndcg)
        figures.append({
            "data": path.stem, "method": name, "ndcg@10": round(float(ndcg.mean()), 4),
            "recall@10": round(float(hits(places).mean()), 4), "fit_s": round(seconds, 1),
            "rank_s": round(ranking, 1),
            "routed ahead by": f"{behind.value:.4f} ({behind.low:.4f} to {behind.high:.4f})",
            **{f"ndcg@10 of {bucket_name(n)}": round(float(ndcg[bucket == n].mean()), 4)
               for n in range(len(BUCKETS)) if (bucket == n).any()},
        })  # fmt: skip
    sizes = {bucket_name(n): int((bucket == n).sum()) for n in range(len(BUCKETS))}
    print(f"customers by products touched before: {sizes}")
    keep("recommend", figures)


if __name__ == "__main__":
    main()
