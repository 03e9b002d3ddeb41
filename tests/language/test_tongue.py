"""The language of short texts: precision and recall on labelled cases, and what no string may do."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.tongue import UNKNOWN, languages, tongue

Cases = list[tuple[str, str]]


def read(name: str) -> Cases:
    """Return the cases of one part as (language, text)."""
    whole = tomllib.loads(Path(__file__).with_name("tongue_cases.toml").read_text(encoding="utf-8"))
    return [
        (language, text)
        for language, block in whole[name].items()
        for text in block.strip().splitlines()
    ]


LABELLED, MIXED, UNSEEN = [*read("cases"), *read("mixed")], read("mixed"), read("unseen")
ANY = st.text(st.characters(exclude_categories=[]), max_size=200)


def scores(cases: Cases) -> dict[str, tuple[float, float, int]]:
    """Return precision, recall and cases of each language, and print them."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for language, text in cases:
        found = tongue(text).language
        said[found] += 1
        true[language] += 1
        right[language] += found == language
    made = {
        name: (right[name] / max(1, said[name]), right[name] / count, count)
        for name, count in true.items()
    }
    for name, (precision, recall, count) in made.items():
        print(f"{name}: precision {precision:.3f}, recall {recall:.3f}, cases {count}")
    return made


def test_there_are_more_than_200_different_labelled_cases() -> None:
    texts = [text for _, text in LABELLED]
    assert len(texts) == len(set(texts)) > 200
    assert not set(texts) & {text for _, text in UNSEEN}


def test_short_texts_are_read_in_their_language() -> None:
    made = scores(LABELLED)
    assert sum(recall * count for _, recall, count in made.values()) >= 0.95 * len(LABELLED)
    for name in ("zh", "en", "pt"):
        precision, recall, _ = made[name]
        assert precision >= 0.97
        assert recall >= 0.9
    assert made["zh"][1] == 1


def test_cases_that_no_choice_was_made_on_are_read_as_well() -> None:
    made = scores(UNSEEN)
    cases = sum(count for _, _, count in made.values())
    assert sum(recall * count for _, recall, count in made.values()) >= 0.85 * cases


@pytest.mark.parametrize(("language", "text"), MIXED)
def test_a_mixed_text_is_in_the_language_of_most_of_its_words(language: str, text: str) -> None:
    found = tongue(text)
    assert found.language in (language, UNKNOWN)
    assert sum(found.shares.values()) == pytest.approx(1, abs=0.03)


def test_a_text_half_in_each_script_says_so() -> None:
    assert tongue("very good quality 质量很好啊").mixed
    assert not tongue("质量很好啊，下次再来买").mixed
    assert not tongue("とても良い品です").mixed


def test_what_is_common_in_the_shop_decides_what_alone_is_undecided() -> None:
    alone = ["excelente", "ótimo produto", "não gostei", "chegou rápido"]
    assert languages(alone)[0] == UNKNOWN
    assert languages(alone, settle=True)[0] == "pt"
    spanish = ["excelente", "muy buen producto", "no me gustó", "llegó rápido"]
    assert languages(spanish, settle=True)[0] == "es"


def test_settling_takes_no_text_out_of_its_script() -> None:
    mixed = ["good cable", "works well", "好", "👍", "12"]
    assert languages(mixed, settle=True) == ["en", "en", "zh", UNKNOWN, UNKNOWN]


@given(ANY)
def test_no_string_breaks_the_detection(text: str) -> None:
    found = tongue(text)
    assert (found.certainty == 0) == (found.language == UNKNOWN)
    assert 0 <= found.certainty <= 1


@given(st.lists(ANY, max_size=5))
def test_every_text_of_a_list_has_one_language(texts: list[str]) -> None:
    assert languages(texts) == [tongue(text).language for text in texts]
    assert len(languages(texts, settle=True)) == len(texts)


def test_a_text_of_100_000_characters_is_read_by_its_beginning() -> None:
    assert tongue("很好" * 50_000).language == "zh"
    assert tongue("a" * 100_000).language == UNKNOWN


def test_full_width_and_loud_letters_read_as_plain_ones() -> None:
    assert tongue("ＶＥＲＹ ＧＯＯＤ!!!").language == tongue("very good").language == "en"


def test_addresses_mentions_and_codes_say_nothing() -> None:
    assert (
        tongue("https://example.com/the/best/of a1b2 @someone me@example.com").language == UNKNOWN
    )


@pytest.mark.slow
def test_real_short_texts_are_read_in_their_language(real_data: Path) -> None:
    import csv

    csv.field_size_limit(10**9)
    columns = {
        "pt": ("olist/olist_order_reviews_dataset.csv", "review_comment_message"),
        "zh": ("zh_reviews/online_shopping_10_cats.csv", "review"),
        "en": ("amazon_musical_instruments/Musical_instruments_reviews.csv", "reviewText"),
    }
    for name, (path, column) in columns.items():
        with (real_data / path).open(encoding="utf-8", newline="") as file:
            texts = [row[column] for row in csv.DictReader(file) if row[column].strip()]
        texts = texts[:: max(1, len(texts) // 1_000)]
        share = languages(texts, settle=True).count(name) / len(texts)
        print(f"{name}: {share:.4f} of {len(texts)}")
        assert share >= 0.98
