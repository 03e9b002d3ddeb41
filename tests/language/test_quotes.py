"""Quotes and clauses: what is quoted stands in the text, whatever the text is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.errors import UsageError
from shopkeeper.language.quotes import LONGEST, Quote, clauses, find_quote, folded
from shopkeeper.language.text import CHARACTERS

ANY = st.text(st.characters(), max_size=300)
LIKELY = st.lists(
    st.sampled_from(
        ["质量", "很好", "但是", "不过如此", "，", "。", " ", "the box", " but ", ", ", ". ", "1,000", "3.5", "\n", "😀", "\u200b", "e a ", "’"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(ANY, st.integers(-5, 310), st.integers(-5, 310))
def test_a_quote_is_in_its_text_or_cannot_be_made(text: str, start: int, end: int) -> None:
    if 0 <= start < end <= len(text):
        assert text[start:end] == Quote(text, start, end).quote != ""
    else:
        with pytest.raises(UsageError, match=r"^Asked to quote characters"):
            Quote(text, start, end)


def test_a_quote_cannot_be_changed_afterwards() -> None:
    quote = Quote("物流很快", 0, 2)
    for name in ("text", "start", "end", "quote"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(quote, name, 1)
    assert quote.quote == "物流"


@given(st.one_of(ANY, LIKELY))
def test_clauses_are_parts_of_the_text_in_order_and_lose_no_letter(text: str) -> None:
    found = clauses(text)
    end = 0
    for clause in found:
        assert clause.text is text
        assert end <= clause.start
        assert 0 < clause.end - clause.start <= LONGEST
        end = clause.end
    assert sum(map(letters, (clause.quote for clause in found))) == letters(text)


def letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


@given(st.one_of(ANY, LIKELY))
def test_folding_moves_no_character(text: str) -> None:
    assert len(folded(text)) == len(text)
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("物流很快，但是质量差", ["物流很快", "但是质量差"]),
        ("颜色好看不过尺码偏大", ["颜色好看", "不过尺码偏大"]),
        ("不过如此", ["不过如此"]),
        ("味道、包装、重量都对不上", ["味道、包装、重量都对不上"]),
        ("物流快 包装好", ["物流快", "包装好"]),
        ("Costs 1,299.50, worth it!", ["Costs 1,299.50", "worth it"]),
        ("Soft and warm but it shrank", ["Soft and warm", "but it shrank"]),
        ("easy to use and the box was nice", ["easy to use", "and the box was nice"]),
        ("Muito bom, mas chegou atrasado", ["Muito bom", "mas chegou atrasado"]),
        ("?!…，。😀", []),
        ("", []),
    ],
)
def test_where_a_clause_ends(text: str, expected: list[str]) -> None:
    assert [clause.quote for clause in clauses(text)] == expected


def test_of_a_very_long_text_both_ends_are_read_and_offsets_still_hold() -> None:
    text = "质量好，" * 25_000 + "物流慢"
    found = clauses(text)
    assert sum(clause.end - clause.start for clause in found) <= CHARACTERS
    assert found[-1].quote == "物流慢"
    assert found[-1].end == len(text)


def test_a_term_that_is_not_in_the_text_is_told() -> None:
    assert find_quote("a good battery", "battery").quote == "battery"
    for term in ("screen", ""):
        with pytest.raises(UsageError, match=r"does not occur"):
            find_quote("a good battery", term)
