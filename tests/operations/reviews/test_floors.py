"""What review_sentiment reaches on real reviews, so that a change that costs accuracy is seen.

Olist is read with its dates, as an import gives it, and the newest fifth examines. Without dates one
draw is luck: four seeds gave calibration errors of .018 to .037 and areas of .969 to .982. Of the Chinese
reviews, which have no dates, a fifth is read, where the floor of .940 for all 62,774 is out of reach:
the bound is what this sample reaches, less twelve reviews in 2,400. It guards against getting worse;
whether the floor is met only `benchmarks/sentiment.py` says.
"""

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.reviews.ask import review_sentiment

pytestmark = pytest.mark.slow


def _quality(reviews: dict[str, list[object]]) -> dict[str, float]:
    answer = review_sentiment(shop_from_tables({"reviews": pa.table(reviews)}))
    rows = answer.evidence["quality"].to_pylist()
    return {row["metric"]: row["value"] for row in rows if row["method"] == "ngrams"}


def _read(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10**9)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_portuguese_reviews_of_olist(real_data: Path) -> None:
    rows = _read(real_data / "olist" / "olist_order_reviews_dataset.csv")
    quality = _quality(
        {
            "review_id": [str(number) for number in range(len(rows))],
            "rating": [float(row["review_score"]) for row in rows],
            "title": [row["review_comment_title"] or None for row in rows],
            "text": [row["review_comment_message"] or None for row in rows],
            "reviewed_at": [datetime.fromisoformat(row["review_creation_date"]) for row in rows],
        }
    )
    assert quality["polarity_auc"] >= 0.973
    assert quality["ece"] <= 0.03


def test_chinese_reviews_of_ten_categories(real_data: Path) -> None:
    rows = _read(real_data / "zh_reviews" / "online_shopping_10_cats.csv")
    some = np.random.default_rng(0).permutation(len(rows))[:12_000]
    quality = _quality(
        {
            "review_id": [str(number) for number in some],
            "label": [("negative", "positive")[int(rows[number]["label"])] for number in some],
            "text": [rows[number]["review"] for number in some],
        }
    )
    # .9379 here; .9350 and .9275 on two other samples.
    assert quality["accuracy"] >= 0.933
    assert quality["ece"] < 0.03
