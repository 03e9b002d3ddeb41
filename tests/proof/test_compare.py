"""Every method on the same rows, and its difference to the simplest with an interval."""

import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.proof.compare import compare_sentiment

WORDS = {1.0: ["péssimo", "差"], 3.0: ["razoável", "一般"], 5.0: ["ótimo", "很好"]}


@pytest.fixture(scope="module")
def shop() -> Shop:
    rows = [
        (f"{stars}-{n}", stars, f"{WORDS[stars][n % 2]} produto {n}")
        for stars, count in ((1.0, 60), (3.0, 30), (5.0, 120))
        for n in range(count)
    ]
    names = ("review_id", "rating", "text")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return shop_from_tables({"reviews": pa.table(columns)})


def test_a_method_that_reads_is_better_than_one_that_does_not(shop: Shop) -> None:
    answer = compare_sentiment(shop)
    rows = {row["metric"]: row for row in answer.table.to_pylist()}
    assert all(row["better"] and row["low"] > 0 for row in rows.values())
    quality = {(r["method"], r["metric"]): r for r in answer.evidence["quality"].to_pylist()}
    gap = quality["ngrams", "accuracy"]["value"] - quality["majority", "accuracy"]["value"]
    assert rows["accuracy"]["value"] == pytest.approx(gap)
    assert quality["ngrams", "accuracy"]["rows"] == quality["majority", "accuracy"]["rows"]
    assert "准确率" in answer.summary[0].zh


def test_the_same_seed_gives_the_same_comparison(shop: Shop) -> None:
    assert compare_sentiment(shop, seed=3).table.equals(compare_sentiment(shop, seed=3).table)


def test_a_comparison_with_nothing_is_told(shop: Shop) -> None:
    with pytest.raises(UsageError, match="No method but the baseline was named"):
        compare_sentiment(shop, methods=("majority",))


def test_too_few_texts_to_compare_are_told() -> None:
    few = shop_from_tables(
        {"reviews": pa.table({"review_id": ["a"], "text": ["好"], "rating": [5.0]})}
    )
    with pytest.raises(MissingDataError, match="1 different texts have stars or a label"):
        compare_sentiment(few)
