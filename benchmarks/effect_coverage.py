"""Do the 95 % intervals of `sentiment_effect` contain the effects that were planted?

Builds seeded demo shops, asks each the verb, and compares its intervals with the truth of that shop:

    python benchmarks/effect_coverage.py --shops 50

By default the sentiment of a review is read by `review_sentiment` first, as in a run; `--sentiment
stars` takes the stars alone, `--sentiment truth` the planted sentiment.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from machine import keep

from shopkeeper.answer import Answer
from shopkeeper.data.demo import build_demo
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.intervals import Interval
from shopkeeper.operations.reviews.ask import review_sentiment, sentiment_effect
from shopkeeper.proof.coverage import Trial, coverage
from shopkeeper.words import Words

TABLES = ("products", "orders", "order_items", "shipments", "events", "reviews")
FLOOR = 0.9
ENDS = ("difference", "low", "high")
PLANTED = {
    "writers": ("repeat_90d", "returned", "spend_90d"),
    "visitors": ("view_to_cart", "view_to_buy"),
    "panel": ("conversion",),
}


def demo_shop(folder: Path, sentiment: str) -> Shop:
    tables = {name: pq.read_table(folder / "exports" / f"{name}.parquet") for name in TABLES}
    if sentiment == "stars":
        return shop_from_tables(tables)
    if sentiment == "read":
        answer = review_sentiment(shop_from_tables({"reviews": tables["reviews"]}))
    else:
        answer = planted(folder)
        # Without stars nothing can disagree with the planted sentiment.
        index = tables["reviews"].column_names.index("rating")
        nothing = pa.nulls(tables["reviews"].num_rows, pa.float64())
        tables["reviews"] = tables["reviews"].set_column(index, "rating", nothing)
    return shop_from_tables(tables, answers={"review_sentiment": answer})


def planted(folder: Path) -> Answer:
    truth = pq.read_table(folder / "truth" / "review_truth.parquet")
    table = pa.table(
        {
            "review_id": truth["review_id"],
            "sentiment": truth["sentiment"],
            "read": truth["sentiment"],
            "abstained": pa.array([False] * truth.num_rows),
            "origin": pa.array(["label"] * truth.num_rows),
        }
    )
    return Answer("review_sentiment", Words("Planted", "预设"), table, "truth")


def trials(seed: int, customers: int, sentiment: str) -> list[Trial]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        build_demo(folder, customers=customers, seed=seed)
        truth = json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))["effects"]
        answer = sentiment_effect(demo_shop(folder, sentiment))
    told = {(row["part"], row["outcome"]): row for row in answer.table.to_pylist()}
    # What was planted and is not told is a miss.
    return [
        Trial(
            f"{part}.{outcome}",
            Interval(*(nan(told.get((part, outcome), {}).get(name)) for name in ENDS)),
            truth[part][outcome],
        )
        for part, outcomes in PLANTED.items()
        for outcome in outcomes
    ]


def nan(value: float | None) -> float:
    return float("nan") if value is None else value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shops", type=int, default=50)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--sentiment", choices=("read", "stars", "truth"), default="read")
    chosen = parser.parse_args()
    start = time.perf_counter()
    made: list[Trial] = []
    for seed in range(chosen.first_seed, chosen.first_seed + chosen.shops):
        made += trials(seed, chosen.customers, chosen.sentiment)
        print(f"\r{seed - chosen.first_seed + 1} shops", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found = coverage(made)
    print("| effect | planted | bias | error | width | covered | 95 % interval |")
    print("|---|---|---|---|---|---|---|")
    for row in found:
        low, high = row.covered.low, row.covered.high
        print(
            f"| {row.name} | {row.truth:.4g} | {row.bias:+.3g} | {row.error:.3g} | {row.width:.3g} "
            f"| {row.covered.value:.0%} of {row.trials} | {low:.0%} to {high:.0%} |"
        )
    seconds = round(time.perf_counter() - start)
    print(f"\n{seconds} s, sentiment: {chosen.sentiment}")
    keep("effect_coverage", [
        {"effect": row.name, "sentiment": chosen.sentiment, "shops": row.trials,
         "customers": chosen.customers, "covered": row.covered.value, "planted": round(row.truth, 4),
         "bias": round(row.bias, 4), "width": round(row.width, 4)} for row in found
    ])  # fmt: skip
    return 0 if all(row.covered.value >= FLOOR for row in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
