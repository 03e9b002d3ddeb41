"""What stands beside one product: similar products and complements on what was held out, beside implicit.

Run `python benchmarks/recommend_pairs.py`, or with one of: similar complements.

`similar`: RetailRocket, visitors taken for customers. The newest product of each customer is sought, told by the one before it alone, as
`similar_products` judges itself: everything chosen on the newest but one. `complements`: Online Retail. A product of
each of the latest fifth of the baskets is sought, told by another product of it, as `complements` judges itself. All
products are ranked. Peers learn from the same rows with their default settings; raw counts are what a query by hand gives.
Intervals are paired bootstrap over customers or baskets. Needs `pip install implicit` for the peers.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import data_folder, keep
from recommend import Peer, timed
from scipy import sparse

from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop, open_shop, shop_from_tables
from shopkeeper.intervals import bootstrap
from shopkeeper.operations.recommend.basket_reading import Baskets, read_baskets, read_products
from shopkeeper.operations.recommend.choice import Method
from shopkeeper.operations.recommend.complementing import held_out
from shopkeeper.operations.recommend.features import touches
from shopkeeper.operations.recommend.histories import Histories, Numbers, ranks
from shopkeeper.operations.recommend.material import popularity_of
from shopkeeper.operations.recommend.metrics import gains, hits
from shopkeeper.operations.recommend.reading import read_catalogue, read_touched
from shopkeeper.operations.recommend.similar import _alone, _chosen, _methods

SEED = 0


def _peers() -> dict[str, Callable[[], Peer]]:
    try:
        from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
    except ModuleNotFoundError:
        print("implicit is not installed: no peers")
        return {}
    return {
        "implicit cosine": lambda: Peer(CosineRecommender(num_threads=2)),
        "implicit BM25": lambda: Peer(BM25Recommender(num_threads=2)),
    }


def similar(shop: Shop) -> list[dict[str, object]]:
    """Judge every way of `similar_products` and the peers on the newest product of each customer."""
    events = shop.events.mutate(customer_id=shop.events.visitor_id).to_pyarrow()
    shop = shop_from_tables({"events": events})
    touched = read_touched(touches(shop))
    known = read_catalogue(shop, touched.products)
    start = time.perf_counter()
    kernel, likeness = _chosen(touched, known.traits, SEED)
    chosen = time.perf_counter() - start
    material, (whole, _) = touched.material(known.traits, held_out=1), touched.past(1)
    past = _alone(whole, SEED)
    own: dict[str, Method] = dict(_methods(kernel, likeness, known.shelf.groups["category"]))
    found = {
        ("popular in category" if name == "popular" else name): timed(
            lambda one=one: one.fit(material), past, material
        )
        for name, one in own.items()
    }
    found |= {
        name: timed(lambda make=make: make().fit(material, whole.histories), past, material)
        for name, make in _peers().items()
    }
    places = {name: place for name, (place, _, _) in found.items()}
    seconds = {name: fit for name, (_, fit, _) in found.items()}
    seconds["combined"] += chosen
    return _figures("similar, RetailRocket", places, seconds, "combined")


def complements(shop: Shop) -> list[dict[str, object]]:
    """Judge `complements`, raw counts and the peers on the latest baskets."""
    known = read_products(shop)
    early, source, target = held_out(read_baskets(shop, known.number()), SEED)
    alone, width = Histories(np.arange(len(source) + 1), source), len(known.names)
    start = time.perf_counter()
    learned = early.together(known.category)
    different, which = np.unique(source, return_inverse=True)
    ours = sparse.csr_matrix(learned.scores(different)[which])
    seconds = {"complements": time.perf_counter() - start}
    popularity = popularity_of(learned.having)
    start = time.perf_counter()
    counts = _counts(early, width)[source]
    seconds["counted together"] = time.perf_counter() - start
    scores = {
        "popular": sparse.csr_matrix((len(source), width), dtype=np.float32),
        "counted together": counts,
        "complements": ours,
    }
    for name, make in _peers().items():
        start = time.perf_counter()
        peer = make()
        peer.model.fit(_holds(early, width), show_progress=False)
        scores[name] = sparse.csr_matrix(peer.model.similarity[source])
        seconds[name] = time.perf_counter() - start
    places = {}
    for name, score in scores.items():
        some = sparse.csr_matrix(score, dtype=np.float32)
        some.eliminate_zeros()
        places[name] = ranks(some, alone, target, popularity)
    return _figures("complements, Online Retail", places, seconds, "complements")


def _holds(baskets: Baskets, width: int) -> sparse.csr_matrix:
    ones = np.ones(len(baskets.basket), np.float32)
    return sparse.csr_matrix((ones, (baskets.basket, baskets.product)), (baskets.count, width))


def _counts(baskets: Baskets, width: int) -> sparse.csr_matrix:
    holds = _holds(baskets, width)
    both = sparse.csr_matrix(holds.T @ holds)
    both.setdiag(0)
    both.eliminate_zeros()
    return both


def _figures(
    figure: str, places: dict[str, Numbers], seconds: dict[str, float], ours: str
) -> list[dict[str, object]]:
    best, rows = gains(places[ours]), []
    for name, place in places.items():
        ndcg = gains(place)
        ahead = bootstrap(lambda a, b: float((a - b).mean()), best, ndcg, seed=SEED)
        rows.append({
            "figure": figure, "rows": len(place), "method": name, "ndcg@10": round(float(ndcg.mean()), 4),
            "recall@10": round(float(hits(place).mean()), 4), "fit_s": round(seconds.get(name, 0.0), 2),
            "ours ahead by": f"{ahead.value:.4f} ({ahead.low:.4f} to {ahead.high:.4f})",
        })  # fmt: skip
    return rows


PARTS: dict[str, tuple[str, Callable[[Shop], list[dict[str, object]]]]] = {
    "similar": ("retailrocket", similar),
    "complements": ("online_retail", complements),
}


def main() -> None:
    """Read each shop, judge and keep the figures."""
    for part in sys.argv[1:] or list(PARTS):
        data, judge = PARTS[part]
        with tempfile.TemporaryDirectory() as folder:
            import_files([data_folder() / data], Path(folder) / "shop")
            keep("recommend_pairs", judge(open_shop(Path(folder) / "shop")))


if __name__ == "__main__":
    main()
