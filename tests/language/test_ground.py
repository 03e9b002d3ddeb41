"""Grounding: what is looked up, what counts as found, and that nothing breaks it."""

import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.ground import KINDS, ungrounded
from shopkeeper.language.numerals import from_chinese, from_english
from shopkeeper.proof.spans import read_cases, span_scores

CASES = Path(__file__).parent / "cases"
ANY = st.text(st.characters(exclude_categories=[]), max_size=150)
PIECES = st.sampled_from(
    ["3", "百", "三", "点", "分之", "%", " kg", "公斤", "5月", "1日", "2024", "-", "/", "half ", "“", "”",
     '"', "not ", "不", "X5 ", "Sony ", "折", "成", "two ", "hundred ", "¥", "$", "~", "today ", ".", "，", "k", "w"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "precision", "recall"), [("development", 0.97, 0.97), ("held_out", 0.93, 0.95)]
)
def test_labelled_texts_are_checked_as_well_as_promised(
    part: str, precision: float, recall: float
) -> None:
    cases = read_cases(CASES / f"ground_{part}.jsonl")
    found = span_scores(cases, lambda c: ungrounded(c.text, [c.source]), covering=False)["all"]
    assert found.precision >= precision, found.wrong
    assert found.recall >= recall, found.wrong


def test_there_are_enough_labelled_texts_in_either_language() -> None:
    parts = ("development", "held_out")
    cases = [case for part in parts for case in read_cases(CASES / f"ground_{part}.jsonl")]
    assert len(cases) >= 200
    assert 0.4 < sum(case.lang == "zh" for case in cases) / len(cases) < 0.6
    assert len({(case.source, case.text) for case in cases}) == len(cases)


@given(ANY | st.lists(PIECES, max_size=10).map("".join), ANY)
def test_spans_are_in_order_apart_and_verbatim(text: str, source: str) -> None:
    end = 0
    for span in ungrounded(text, [source]):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        assert span.kind in KINDS
        end = span.end


@given(st.lists(PIECES, max_size=10).map("".join))
def test_a_text_follows_from_itself_but_for_what_depends_on_the_day(text: str) -> None:
    assert {span.kind for span in ungrounded(text, [text])} <= {"date"}


@given(st.integers(2, 99_999))
def test_a_number_that_no_source_holds_is_always_reported(number: int) -> None:
    assert [span.kind for span in ungrounded(f"销量 {number} 件", ["销量 1 件"])] == ["number"]


@given(
    st.integers(1, 9_999), st.sampled_from([("kg", "g", 1000), ("公斤", "斤", 2), ("m", "cm", 100)])
)
def test_units_convert_both_ways(amount: int, units: tuple[str, str, int]) -> None:
    large, small, times = units
    assert ungrounded(f"重 {amount * times} {small}。", [f"重 {amount} {large}。"]) == []
    assert ungrounded(f"重 {amount} {large}。", [f"重 {amount * times} {small}。"]) == []
    assert ungrounded(f"重 {amount + 1} {large}。", [f"重 {amount * times} {small}。"]) != []


CHINESE = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """Write a whole number below a hundred million in Chinese, by the rules of school."""
    if number >= 10_000:
        rest = number % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return spelled(number // 10_000) + "万" + (gap + spelled(rest) if rest else "")
    text, zero = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if zero and text else "") + CHINESE[digit] + name
            zero = False
        else:
            zero = True
    return text


@given(st.integers(1, 99_999_999))
def test_chinese_numerals_are_read_as_they_are_written(number: int) -> None:
    assert from_chinese(spelled(number)) == number


@pytest.mark.parametrize(
    ("written", "value"),
    [("forty-two", 42), ("three hundred and five", 305), ("two million", 2_000_000), ("dozen", 12)],
)
def test_english_number_words_are_read(written: str, value: int) -> None:
    assert from_english(written) == Fraction(value)


@pytest.mark.parametrize(
    "day", ["明天", "昨天", "上周", "今年", "tomorrow", "last week", "two days ago"]
)
def test_a_day_that_depends_on_the_reader_is_refused_even_when_a_source_says_it(day: str) -> None:
    assert [span.kind for span in ungrounded(f"to {day} on", [f"to {day} on"])] == ["date"]


def test_a_known_name_is_looked_up_wherever_it_stands() -> None:
    names = ("云雾山", "Sony")
    found = ungrounded("云雾山绿茶很香。Sony wins.", ["绿茶很香"], names=names)
    assert [span.text for span in found if span.kind == "name"] == ["云雾山", "Sony"]
    assert ungrounded("云雾山绿茶", ["产自云雾山"], names=names) == []


def test_without_sources_nothing_that_can_be_looked_up_is_found() -> None:
    assert [span.kind for span in ungrounded("It weighs 3 kg.", [])] == ["number"]
    assert ungrounded("", []) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["1" * 100_000, "1 " * 50_000, "三" * 100_000, "一百" * 50_000, "1/2" * 33_000, "“" * 100_000,
     '"' * 100_000, "Aa " * 33_000, "not " * 25_000, "不" * 100_000, "1-" * 50_000, "two " * 25_000,
     "5月" * 50_000, "May " * 25_000, "A-1" * 33_000, "品牌" * 50_000],
    ids=range(16),
)  # fmt: skip
def test_a_hundred_thousand_characters_take_seconds_at_most(text: str) -> None:
    start = time.process_time()
    ungrounded(text, ["It weighs 3 kg. 三百克。"])
    assert time.process_time() - start < 10
