"""review_sentiment on small shops: its columns, its honesty, and what it does with bad input."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.reviews import learning, sentiment
from shopkeeper.operations.reviews.ask import review_sentiment
from shopkeeper.operations.reviews.features import SENTIMENT_COLUMNS
from shopkeeper.progress import heard_by
from shopkeeper.settings import Settings

GOOD = ["muito bom", "adorei", "recomendo", "很喜欢", "质量好", "物流快", "love it", "works great"]
BAD = ["péssimo", "não gostei", "quebrado", "质量差", "退货", "太慢了", "broken", "waste of money"]
MIXED = ["mais ou menos", "razoável", "一般般", "还行吧", "it is okay", "average"]
THINGS = [
    "o relógio",
    "a capa",
    "这件衣服",
    "这个杯子",
    "the cable",
    "o produto 😀",
    "<b>a mesa</b>",
]


def _rows(count: int, seed: int = 0) -> dict[str, list[Any]]:
    generator = np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {
        name: [] for name in ("review_id", "rating", "title", "text", "reviewed_at", "reviewed_on")
    }
    for number in range(count):
        stars = int(generator.choice([1, 2, 3, 4, 5], p=[0.2, 0.1, 0.15, 0.2, 0.35]))
        words = BAD if stars <= 2 else GOOD if stars >= 4 else MIXED
        said = " ".join(generator.choice(words, 2))
        moment = datetime(2024, 1, 1) + timedelta(hours=7 * number)
        rows["review_id"].append(f"r{(number * 37) % count:05d}")
        rows["rating"].append(float(stars))
        rows["title"].append(str(generator.choice(THINGS)) if number % 3 else None)
        rows["text"].append(f"{said} {number % 11}")
        rows["reviewed_at"].append(moment)
        rows["reviewed_on"].append(moment.date())
    return rows


def _shop(rows: dict[str, Sequence[Any]], **settings: Any) -> Shop:
    return shop_from_tables({"reviews": pa.table(rows)}, settings=Settings(**settings))


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Any]]:
    made = _rows(600)
    for number in range(0, 600, 10):
        made["title"][number] = made["text"][number] = None
    return made


@pytest.fixture(scope="module")
def answer(rows: dict[str, list[Any]]) -> Answer:
    return review_sentiment(_shop(rows))


def _texts(answer: Answer, lang: str) -> str:
    return " ".join(words.get(lang) for words in (*answer.summary, *answer.limits))


def test_every_review_has_one_row_with_the_declared_columns(
    answer: Answer, rows: dict[str, list[Any]]
) -> None:
    assert answer.table.schema == SENTIMENT_COLUMNS
    assert answer.table["review_id"].to_pylist() == sorted(rows["review_id"])


def test_probabilities_sum_to_one_where_a_text_was_read_and_are_null_elsewhere(
    answer: Answer,
) -> None:
    for row in answer.table.to_pylist():
        said = [row[name] for name in ("p_negative", "p_neutral", "p_positive")]
        if row["read"] is not None:
            assert sum(said) == pytest.approx(1)
            names = ["negative", "neutral", "positive"]
            assert row["read"] == names[int(np.argmax(said))]
            assert row["abstained"] in (True, False)
        else:
            assert said == [None] * 3
            assert row["abstained"] is None
    assert sum(row["read"] is None for row in answer.table.to_pylist()) == 60


def test_the_stars_decide_what_a_review_feels_whatever_its_text_is_read_as(answer: Answer) -> None:
    rows = answer.table.to_pylist()
    for row in rows:
        stars = row["rating"]
        expected = "negative" if stars <= 2 else "positive" if stars >= 4 else "neutral"
        assert (row["sentiment"], row["origin"]) == (expected, "stars")


def test_a_text_that_says_the_opposite_keeps_the_sentiment_of_its_stars(
    rows: dict[str, list[Any]],
) -> None:
    turned = [5.0 if number == 1 else stars for number, stars in enumerate(rows["rating"])]
    texts = [
        "péssimo, quebrado" if number == 1 else text for number, text in enumerate(rows["text"])
    ]
    answer = review_sentiment(_shop({**rows, "rating": turned, "text": texts}))
    row = next(r for r in answer.table.to_pylist() if r["review_id"] == rows["review_id"][1])
    assert (row["sentiment"], row["origin"], row["read"]) == ("positive", "stars", "negative")


def test_texts_without_stars_are_what_they_are_read_as_unless_the_model_abstains(
    rows: dict[str, list[Any]],
) -> None:
    hidden = [None if number % 3 == 0 else stars for number, stars in enumerate(rows["rating"])]
    answer = review_sentiment(_shop({**rows, "rating": hidden}), accuracy=0.97)
    bare = [row for row in answer.table.to_pylist() if row["rating"] is None]
    assert {row["origin"] for row in bare} == {"text", None}
    for row in bare:
        sure = row["abstained"] is False
        assert row["origin"] == ("text" if sure else None)
        assert row["sentiment"] == (row["read"] if sure else None)


def test_it_beats_the_baseline_and_shows_both_with_intervals(answer: Answer) -> None:
    quality = {(r["method"], r["metric"]): r for r in answer.evidence["quality"].to_pylist()}
    ours, simple = quality["ngrams", "accuracy"], quality["majority", "accuracy"]
    assert ours["low"] > simple["high"]
    assert ours["low"] <= ours["value"] <= ours["high"]
    for metric in ("macro_f1", "ece", "polarity_auc", "answered", "accuracy_answered"):
        assert ("ngrams", metric) in quality
        assert ("majority", metric) in quality
    assert quality["majority", "polarity_auc"]["value"] == 0.5
    assert set(answer.evidence["classes"]["sentiment"].to_pylist()) == {
        "negative", "neutral", "positive"}  # fmt: skip


def test_the_reliability_bins_give_the_calibration_error(answer: Answer) -> None:
    bins = answer.evidence["calibration"].to_pylist()
    total = sum(row["rows"] for row in bins)
    error = sum(row["rows"] * abs(row["accuracy"] - row["confidence"]) for row in bins) / total
    quality = {(r["method"], r["metric"]): r for r in answer.evidence["quality"].to_pylist()}
    assert quality["ngrams", "ece"]["value"] == pytest.approx(error)
    assert quality["ngrams", "ece"]["rows"] == total


def test_the_same_seed_gives_the_same_answer_but_for_its_speed(
    answer: Answer, rows: dict[str, list[Any]]
) -> None:
    again = review_sentiment(_shop(rows))
    assert again.table.equals(answer.table)
    for name, table in answer.evidence.items():
        if name != "speed":
            assert again.evidence[name].equals(table), name
    assert again.summary == answer.summary


def test_the_order_of_the_rows_does_not_matter(answer: Answer, rows: dict[str, list[Any]]) -> None:
    mixed = np.random.default_rng(5).permutation(600)
    shuffled = {name: [column[i] for i in mixed] for name, column in rows.items()}
    assert review_sentiment(_shop(shuffled)).table.equals(answer.table)


def test_no_review_is_read_by_a_model_that_learned_from_its_text(
    rows: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopkeeper.operations.reviews.methods.ngrams import Ngrams

    leaks: list[str] = []

    class Watched(Ngrams):
        def fit(self, table: pa.Table) -> "Watched":
            self.seen = set(table["text"].to_pylist())
            super().fit(table)
            return self

        def predict(self, table: pa.Table) -> pa.Table:
            leaks.extend(text for text in table["text"].to_pylist() if text in self.seen)
            return super().predict(table)

    reviews = sentiment.read_reviews(_shop(rows))
    read = reviews.filter(pa.compute.is_valid(reviews["text"]))
    split = learning.split_rows(read, seed=0, max_rows=10_000, minimum=30)
    learning.learn(read, split, Watched, seed=0, accuracy=0.9, minimum=30)
    assert split.by == "time"
    assert leaks == []


def test_learning_tells_each_fit_to_whoever_listens(rows: dict[str, list[Any]]) -> None:
    heard: list[tuple[str, float | None]] = []
    with heard_by(lambda what, share: heard.append((what.en, share))):
        review_sentiment(_shop(rows))
    fits = learning.FOLDS + 1
    # The baseline learns as well, in no time.
    assert heard == 2 * [(f"Learning, fit {n + 1} of {fits}", n / fits) for n in range(fits)]


def test_later_rows_examine_and_no_group_straddles(rows: dict[str, list[Any]]) -> None:
    from shopkeeper.operations.reviews.learning import split_rows

    reviews = sentiment.read_reviews(_shop(rows))
    read = reviews.filter(pa.compute.is_valid(reviews["text"]))
    split = split_rows(read, seed=0, max_rows=10_000, minimum=30)
    assert not set(split.groups[split.teaches]) & set(split.groups[split.examines])
    times = read["reviewed_at"].to_numpy()
    assert times[split.examines].min() >= np.quantile(times.astype("int64"), 0.79).astype(
        times.dtype
    )


def test_without_times_rows_are_split_by_text(rows: dict[str, list[Any]]) -> None:
    bare = {name: rows[name] for name in ("review_id", "rating", "text")}
    answer = review_sentiment(_shop(bare))
    assert "by groups of equal text" in _texts(answer, "en")
    assert "按相同文本分组" in _texts(answer, "zh")


def test_disagreements_are_opposites_and_the_most_confident_come_first(
    rows: dict[str, list[Any]],
) -> None:
    turned = {name: list(column) for name, column in rows.items()}
    turned["rating"][5] = 1.0
    turned["title"][5], turned["text"][5] = "adorei", "recomendo muito bom " + "很喜欢" * 200
    answer = review_sentiment(_shop(turned))
    found = answer.evidence["disagreements"].to_pylist()
    assert turned["review_id"][5] in [row["review_id"] for row in found]
    assert all((row["rating"] <= 2) == (row["sentiment"] == "positive") for row in found)
    assert [row["p"] for row in found] == sorted((row["p"] for row in found), reverse=True)
    assert all(len(row["text"]) <= 300 for row in found)


def test_the_words_that_decided_stand_in_the_review(answer: Answer) -> None:
    words = answer.evidence["words"].to_pylist()
    assert {row["sentiment"] for row in words} == {"negative", "neutral", "positive"}
    assert all(row["words"] in row["text"] and row["contribution"] > 0 for row in words)


def test_summaries_speak_both_languages_and_the_chart_holds_its_data(answer: Answer) -> None:
    assert "600 reviews" in _texts(answer, "en")
    assert "共 600 条评价" in _texts(answer, "zh")
    assert answer.chart is not None
    assert json.loads(json.dumps(answer.chart))["data"]["values"]


def test_months_of_few_reviews_show_counts_but_no_share(answer: Answer) -> None:
    for row in answer.evidence["shares"].to_pylist():
        months = [r for r in answer.evidence["shares"].to_pylist() if r["month"] == row["month"]]
        assert (row["share"] is None) == (sum(r["reviews"] for r in months) < 30)


def test_labels_of_the_shop_come_before_its_stars(rows: dict[str, list[Any]]) -> None:
    labels: list[str | None] = [None] * 600
    labels[0] = "negative"
    labels[1] = "bogus"
    answer = review_sentiment(_shop({**rows, "label": labels}))
    first = rows["review_id"][0]
    row = next(row for row in answer.table.to_pylist() if row["review_id"] == first)
    assert (row["sentiment"], row["origin"]) == ("negative", "label")


def test_two_classes_leave_the_third_at_zero(rows: dict[str, list[Any]]) -> None:
    labels = ["positive" if stars > 3 else "negative" for stars in rows["rating"]]
    bare = {"review_id": rows["review_id"], "text": rows["text"], "label": labels}
    answer = review_sentiment(_shop(bare))
    assert set(answer.table["p_neutral"].to_pylist()) == {0.0, None}
    assert {row["origin"] for row in answer.table.to_pylist()} == {"label"}


def test_a_cap_on_rows_samples_and_says_so(rows: dict[str, list[Any]]) -> None:
    answer = review_sentiment(_shop(rows, max_fit_rows=300))
    assert "of the labelled reviews (`max_fit_rows`)" in _texts(answer, "en")
    assert answer.table.num_rows == 600


def test_no_reviews_is_told() -> None:
    shop = shop_from_tables({"sellers": pa.table({"seller_id": ["s1"]})})
    with pytest.raises(MissingDataError, match="has no reviews") as caught:
        review_sentiment(shop)
    assert "请导入含评价的导出文件" in caught.value.text("zh")


def test_reviews_without_stars_and_labels_are_told() -> None:
    with pytest.raises(MissingDataError, match="None of 2 reviews has stars or a label"):
        review_sentiment(_shop({"review_id": ["a", "b"], "text": ["好", "bad"]}))


@pytest.mark.parametrize("accuracy", [-0.1, 1.5])
def test_an_accuracy_outside_its_range_is_told(accuracy: float) -> None:
    shop = _shop({"review_id": ["a"], "rating": [1.0]})
    with pytest.raises(UsageError, match="Give a number from 0 to 1"):
        review_sentiment(shop, accuracy=accuracy)


def test_texts_that_are_all_null_leave_the_stars() -> None:
    answer = review_sentiment(_shop({"review_id": list("abc"), "rating": [1.0, 3.5, 5.0]}))
    assert answer.method == "stars"
    assert answer.table["sentiment"].to_pylist() == ["negative", "neutral", "positive"]
    assert answer.evidence["quality"].num_rows == 0
    assert "50 are needed" in _texts(answer, "en")
    assert "至少需要 50 条" in _texts(answer, "zh")


def test_ten_reviews_take_their_stars_and_say_how_many_are_needed() -> None:
    answer = review_sentiment(_shop({k: v[:10] for k, v in _rows(600).items()}))
    assert answer.method == "stars"
    assert set(answer.table["origin"].to_pylist()) == {"stars"}
    assert "No text was read: 10 different texts" in _texts(answer, "en")


def test_a_thousand_copies_of_one_text_are_one_text() -> None:
    copies = {"review_id": [str(n) for n in range(1000)], "rating": [5.0] * 500 + [1.0] * 500}
    answer = review_sentiment(_shop({**copies, "text": ["此用户没有填写评价"] * 1000}))
    assert answer.method == "stars"
    assert "1 different text has" in _texts(answer, "en")


def test_one_class_only_falls_back_to_the_majority_and_says_so(
    rows: dict[str, list[Any]],
) -> None:
    answer = review_sentiment(_shop({**rows, "rating": [5.0] * 600}))
    assert answer.method == "majority"
    assert "of one class" in _texts(answer, "en")
    assert "同一类" in _texts(answer, "zh")
    assert set(answer.table["sentiment"].to_pylist()) == {"positive"}


def test_hostile_reviews_are_read_like_any_other(rows: dict[str, list[Any]]) -> None:
    odd = {name: list(column) for name, column in rows.items()}
    hostile = [
        "x" * 100_000,
        "😡" * 300,
        "<img src=x onerror=alert(1)>",
        "=cmd|' /C calc'!A0",
        "\u200b",
    ]
    for number, text in enumerate(hostile, start=1):
        odd["text"][number] = text
    answer = review_sentiment(_shop(odd))
    assert answer.table.num_rows == 600
    assert answer.table["sentiment"].null_count == 0


def test_reviews_without_anything_have_no_sentiment(rows: dict[str, list[Any]]) -> None:
    odd = {name: list(column) for name, column in rows.items()}
    odd["rating"][0] = None
    answer = review_sentiment(_shop(odd))
    row = next(r for r in answer.table.to_pylist() if r["review_id"] == odd["review_id"][0])
    assert (row["sentiment"], row["origin"]) == (None, None)


def test_an_accuracy_that_nothing_reaches_abstains_from_nothing_and_says_so() -> None:
    made = _rows(400)
    generator = np.random.default_rng(0)
    made["rating"] = generator.choice([1.0, 3.0, 5.0], 400).tolist()
    answer = review_sentiment(_shop(made), accuracy=1.0)
    assert "No threshold reaches an accuracy of 100%" in _texts(answer, "en")
    assert not any(answer.table["abstained"].to_pylist())


def test_asking_for_more_accuracy_abstains_from_more(rows: dict[str, list[Any]]) -> None:
    noisy = {name: list(column) for name, column in rows.items()}
    for number in range(0, 600, 4):
        noisy["title"][number], noisy["text"][number] = None, f"hm {number}"
        noisy["rating"][number] = (1.0, 3.0, 5.0)[number // 4 % 3]
    silent = []
    for accuracy in (0.0, 0.9):
        answer = review_sentiment(_shop(noisy), accuracy=accuracy)
        silent.append(sum(bool(one) for one in answer.table["abstained"].to_pylist()))
    assert silent[0] == 0
    assert silent[1] > 0
