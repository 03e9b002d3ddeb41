"""How far the planted segments of the demo shop can be told at all, and how far they are.

`python benchmarks/segments_planted.py --customers 20000`. Adjusted Rand of each method against the truth, beside
that of a reader who knows every planted probability (the ceiling) and of chance.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from machine import keep

from shopkeeper.data.demo import build_demo
from shopkeeper.data.demo import world as planted
from shopkeeper.data.demo.plan import BANDS, CATEGORIES, DAYS, SEGMENTS
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import Shop, open_shop
from shopkeeper.language.topics import adjusted_rand
from shopkeeper.operations.segments.ask import segment
from shopkeeper.operations.segments.traits import bought_lines, own_reviews, paid_orders

Row = dict[str, Any]
LEAST_ORDERS = (1, 3, 5, 8)


def known(shop: Shop, truth: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return customers, the likeliest segment of each by the planted probabilities, and their orders."""
    products = pq.read_table(truth / "product_truth.parquet").to_pylist()
    band = {row["product_id"]: BANDS.index(row["price_band"]) for row in products}
    kind = {row["product_id"]: CATEGORIES.index(row["category"]) for row in products}
    lines = bought_lines(shop, "CNY").to_pyarrow().sort_by("order_id").to_pylist()
    first: dict[str, str] = {}
    for row in lines:
        first.setdefault(row["order_id"], row["product_id"])
    orders = (
        paid_orders(shop, "CNY")
        .to_pyarrow()
        .sort_by([("customer_id", "ascending"), ("on", "ascending")])
        .to_pylist()
    )
    reviewed = set(own_reviews(shop).to_pyarrow()["customer_id"].to_pylist())
    names = sorted({row["customer_id"] for row in orders})
    place = {name: at for at, name in enumerate(names)}
    taste = np.log(planted.CATEGORY_TASTE / planted.CATEGORY_TASTE.sum(axis=1, keepdims=True))
    price = np.log(planted.BAND_TASTE / planted.BAND_TASTE.sum(axis=1, keepdims=True))
    said = np.tile(np.log(planted.SEGMENT_SHARE), (len(names), 1))
    count = np.zeros(len(names), int)
    last = max(row["on"] for row in orders)
    for row, after in zip(orders, [*orders[1:], None], strict=True):
        at = place[row["customer_id"]]
        count[at] += 1
        product = first.get(row["order_id"])
        if product in band:
            said[at] += taste[:, kind[product]] + price[:, band[product]]
        said[at] += np.log(np.where(row["reduced"], planted.DISCOUNTED, 1 - planted.DISCOUNTED))
        if after is not None and after["customer_id"] == row["customer_id"]:
            gap = (after["on"] - row["on"]).days
            if gap <= 95 or row["customer_id"] not in reviewed:
                said[at] += (
                    np.log(planted.CONTINUES / planted.GAP_DAYS)
                    - max(gap - 5, 0) / planted.GAP_DAYS
                )
        else:
            left = min(max((last - row["on"]).days - 5, 0), DAYS)
            said[at] += np.log(
                1 - planted.CONTINUES + planted.CONTINUES * np.exp(-left / planted.GAP_DAYS)
            )
    return names, said.argmax(axis=1), count


def main() -> None:
    """Build, group, compare and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=20_000)
    customers = parser.parse_args().customers
    with TemporaryDirectory() as folder:
        build_demo(Path(folder) / "demo", customers=customers, events=customers * 25)
        import_files([Path(folder) / "demo" / "exports"], Path(folder) / "shop")
        shop, truth = open_shop(Path(folder) / "shop"), Path(folder) / "demo" / "truth"
        table = pq.read_table(truth / "customer_truth.parquet").to_pylist()
        real = {row["customer_id"]: SEGMENTS.index(row["segment"]) for row in table}
        names, ceiling, orders = known(shop, truth)
        there = np.array([name in real for name in names])
        names = [name for name, ok in zip(names, there, strict=True) if ok]
        ceiling, orders = ceiling[there], orders[there]
        codes = {
            "ceiling": ceiling,
            "chance": np.random.default_rng(0).integers(0, len(SEGMENTS), len(names)),
        }
        for method, asked in (
            ("behaviour", {}),
            ("behaviour of five", {"segments": 5}),
            ("rfm", {}),
            ("embedding", {}),
        ):
            found = segment(shop, method=method.split()[0], minimum_count=20, **asked)
            of = {
                row["customer_id"]: row["segment"] for row in found.evidence["members"].to_pylist()
            }
            kinds = sorted(set(of.values()))
            codes[method] = np.array(
                [kinds.index(of[name]) if name in of else len(kinds) for name in names]
            )
        right = np.array([real[name] for name in names])
        rows: list[Row] = []
        for least in LEAST_ORDERS:
            mine = orders >= least
            rows.append({
                "figure": f"planted segments, adjusted Rand, {least} orders or more", "customers": int(mine.sum()),
                **{name: round(adjusted_rand(code[mine], right[mine]), 3) for name, code in codes.items()}})  # fmt: skip
        keep("segments", rows)


if __name__ == "__main__":
    main()
