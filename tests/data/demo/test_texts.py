"""The words of the demo shop: many, in both languages, and telling what they should."""

import json
from collections import Counter

import numpy as np
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.demo.dice import Dice
from shopkeeper.data.demo.grammar import compose
from shopkeeper.data.demo.phrases import ASPECTS, ASPECTS_BY_CATEGORY
from shopkeeper.data.demo.phrases_en import EN
from shopkeeper.data.demo.phrases_zh import ZH
from shopkeeper.data.demo.queries import QUERIES


@pytest.fixture(scope="module")
def reviews(demo):
    reviews = pq.read_table(demo.exports / "reviews.parquet").to_pylist()
    truth = pq.read_table(demo.truth / "review_truth.parquet").to_pylist()
    return [row | told for row, told in zip(reviews, truth, strict=True)]


def test_there_are_thousands_of_distinct_sentences(reviews):
    texts = [row["text"] for row in reviews if row["text"]]
    assert len(texts) > 2_000
    assert len(set(texts)) > 0.9 * len(texts)
    assert len({row["text"] for row in reviews if row["text"] and row["language"] == "zh"}) > 1_000
    assert len({row["text"] for row in reviews if row["text"] and row["language"] == "en"}) > 700


def test_some_reviews_have_no_text_and_their_stars_are_never_wrong(reviews):
    silent = [row for row in reviews if row["text"] is None]
    assert 0.08 < len(silent) / len(reviews) < 0.2
    stars = {"negative": (1, 2), "neutral": (3,), "positive": (4, 5)}
    assert all(row["rating"] in stars[row["sentiment"]] for row in silent)
    assert all(row["aspects"] == "{}" for row in silent)


def test_stars_mostly_agree_with_the_text_but_not_always(reviews):
    stars = {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}
    written = [row for row in reviews if row["text"]]
    agree = np.mean([stars[row["rating"]] == row["sentiment"] for row in written])
    assert 0.93 < agree < 0.985
    assert any(row["rating"] == 5 and row["sentiment"] == "negative" for row in written)


def test_late_parcels_are_spoken_of(reviews, demo):
    late = demo.history.reviews["late"] == 1
    told = [
        json.loads(row["aspects"]).get("delivery") == "negative"
        for row, is_late in zip(reviews, late.tolist(), strict=True)
        if is_late and row["text"] and row["sentiment"] == "negative"
    ]
    assert np.mean(told) > 0.6


def test_fake_reviews_repeat_each_other(reviews):
    fakes = [row for row in reviews if row["fake"]]
    assert len(fakes) >= 20
    assert all(row["rating"] == 5 and row["order_id"] is None for row in fakes)
    openings = Counter(row["text"][:8] for row in fakes)
    assert len(openings) <= len(ZH.fakes) + len(EN.fakes)


@pytest.mark.parametrize(
    ("phrases", "negations"), [(ZH, "没|不|别"), (EN, "not|no |n't|never|without|neither")]
)
def test_both_polarities_use_negation_so_that_a_word_alone_does_not_tell(phrases, negations):
    marks = negations.split("|")
    for source in (phrases.bad, phrases.good):
        clauses = [clause for options in source.values() for clause in options]
        assert sum(any(mark in clause for mark in marks) for clause in clauses) >= 12


@pytest.mark.parametrize("phrases", [ZH, EN])
def test_every_aspect_can_be_praised_blamed_and_mildly_blamed(phrases):
    for source in (phrases.bad, phrases.good, phrases.mild):
        assert set(source) == set(ASPECTS)
        assert all(options and all(option == option.strip() and option for option in options)
                   for options in source.values())  # fmt: skip
    assert {aspect for aspects in ASPECTS_BY_CATEGORY.values() for aspect in aspects} == set(
        ASPECTS
    )


@pytest.mark.parametrize(("phrases", "thing"), [(ZH, "耳机"), (EN, "earphones")])
@pytest.mark.parametrize("sentiment", [0, 1, 2])
def test_composed_texts_leave_no_slot_open_and_name_their_aspects(phrases, thing, sentiment):
    dice = Dice(np.random.default_rng(3))
    aspects = ASPECTS_BY_CATEGORY["electronics"]
    for number in range(400):
        written = compose(
            dice, phrases, sentiment=sentiment, aspects=aspects, thing=thing, late=number % 2 == 0
        )
        assert written.text
        assert "{" not in written.text
        assert set(written.aspects) <= set(aspects)
        if sentiment == 2 and written.aspects:
            assert "positive" in written.aspects.values()
        if sentiment == 0 and written.aspects:
            assert "negative" in written.aspects.values()


def test_conversations_and_articles_are_in_both_languages(demo):
    articles = pq.read_table(demo.exports / "articles.parquet").to_pylist()
    assert len(articles) >= 20
    assert Counter(row["language"] for row in articles) == {"en": 12, "zh": 12}
    messages = pq.read_table(demo.exports / "messages.parquet").to_pylist()
    assert {row["sender"] for row in messages} == {"customer", "agent", "bot"}
    assert any("快递" in row["text"] for row in messages)
    assert any("parcel" in row["text"] for row in messages)


def test_queries_are_varied_and_in_both_languages():
    assert len(QUERIES) > 500
    assert len(set(QUERIES)) == len(QUERIES)
    assert sum(query.isascii() for query in QUERIES) > 250


def test_dice_give_the_same_numbers_as_their_generator():
    dice, again = Dice(np.random.default_rng(4)), Dice(np.random.default_rng(4))
    numbers = [dice.random() for _ in range(20_000)]
    assert numbers == [again.random() for _ in range(20_000)]
    assert 0.48 < np.mean(numbers) < 0.52
    assert {dice.pick("ab") for _ in range(50)} == {"a", "b"}
