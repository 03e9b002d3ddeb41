"""Personal data: what is found, what is left alone, and that nothing breaks the search."""

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.redact import KINDS, personal_spans, redact
from shopkeeper.proof.spans import Case, read_cases, span_scores

CASES = Path(__file__).parent / "cases"
ANY = st.text(st.characters(exclude_categories=[]), max_size=200)
PIECES = st.sampled_from(
    ["我叫", "王芳", "先生", "13812345678", " ", "订单", "路", "12号", "Mr. ", "Smith",
     "a@b.co", "-", "4111117491186250", "110105198003136675", "Oak Lane", "１３８", "＠", "\n", "电话", "my name is "]
)  # fmt: skip


def find(case: Case) -> list[object]:
    return personal_spans(case.text)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("part", "precision", "recall"), [("development", 0.99, 0.99), ("held_out", 0.95, 0.92)]
)
def test_labelled_texts_are_read_as_well_as_promised(
    part: str, precision: float, recall: float
) -> None:
    score = span_scores(read_cases(CASES / f"redact_{part}.jsonl"), find, covering=True)["all"]  # type: ignore[arg-type]
    assert score.precision >= precision, score.wrong
    assert score.recall >= recall, score.wrong


def test_there_are_as_many_labelled_texts_in_either_language() -> None:
    cases = [
        c
        for part in ("development", "held_out")
        for c in read_cases(CASES / f"redact_{part}.jsonl")
    ]
    assert len(cases) >= 200
    assert sum(case.lang == "zh" for case in cases) * 2 == len(cases)
    assert len({case.text for case in cases}) == len(cases)


@given(ANY | st.lists(PIECES, max_size=12).map("".join))
def test_spans_are_in_order_apart_and_verbatim(text: str) -> None:
    end = 0
    for span in personal_spans(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        assert span.kind in KINDS
        end = span.end


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_redacted_holds_no_phone_or_card_any_more(text: str) -> None:
    assert not [span for span in personal_spans(redact(text)) if span.kind in ("phone", "email")]


def test_addresses_and_a_phone_without_a_gap_are_all_found() -> None:
    assert redact("a@b.co13812345678a@b.co") == "[email][email]"
    assert redact("a@b.co13812345678，") == "[email][phone]，"


@pytest.mark.parametrize(
    "digits", ["110105198003136674", "110105198013136675", "4111117491186251", "010.928.159-46"]
)
def test_a_number_with_a_wrong_check_digit_is_no_card(digits: str) -> None:
    assert personal_spans(f"number {digits} here") == []


def test_full_width_digits_are_digits() -> None:
    assert redact("电话１３８１２３４５６７８，谢谢") == "电话[phone]，谢谢"


@pytest.mark.parametrize(
    "text",
    ["1" * 100_000, "1 " * 50_000, "我" * 100_000, "路1号" * 30_000, "a@" * 50_000, "a%40" * 25_000, "a@b.co" * 16_000, "A" * 100_000,
     "Aa " * 33_000, "1-" * 50_000, "打" * 100_000, "Dear " * 20_000, "(at)" * 25_000, "call me " * 12_000],
    ids=range(14),
)  # fmt: skip
def test_a_hundred_thousand_characters_take_seconds_at_most(text: str) -> None:
    start = time.process_time()
    personal_spans(text)
    assert time.process_time() - start < 4


def test_the_shapes_are_those_of_the_door() -> None:
    from shopkeeper.data.privacy import EMAIL, PHONE
    from shopkeeper.language import redact as module

    assert EMAIL in module._EMAIL.pattern
    assert PHONE in module._PHONE.pattern


@pytest.mark.slow
def test_real_reviews_hold_hardly_any_personal_data(real_data: Path) -> None:
    path = real_data / "olist" / "olist_order_reviews_dataset.csv"
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["review_comment_message"] for row in csv.DictReader(file)][:8000]
    flagged = [text for text in texts if personal_spans(text)]
    assert len(flagged) <= 0.01 * len(texts)
    assert not any(re.fullmatch(r"[\w ,.!]*", text) and len(text) < 20 for text in flagged)
