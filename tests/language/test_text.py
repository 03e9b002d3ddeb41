"""Texts as models see them: nothing breaks them, and what is equal is told as equal."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.text import CHARACTERS, normalise, text_key

ANY = st.text(st.characters(exclude_categories=[]), max_size=200)


@given(ANY)
def test_any_string_has_a_normal_form_without_control_characters(text: str) -> None:
    normal = normalise(text)
    assert not any(c < " " or "\ud800" <= c <= "\udfff" or c == "\u200b" for c in normal)
    normal.encode("utf-8")


@given(ANY)
def test_a_text_and_its_loud_and_spaced_copy_have_one_key(text: str) -> None:
    assert text_key(f"  {text}  ") == text_key(text)


def test_markup_goes_and_negation_punctuation_and_emoji_stay() -> None:
    assert normalise("<b>Not</b> good… 😡&amp;😡") == "not good... 😡&😡"
    assert normalise("一般般，不推荐！！！！！") == "一般般,不推荐!!!"


def test_a_review_of_100_000_characters_is_read_by_both_ends() -> None:
    text = "begin " + "很好" * 50_000 + " end"
    normal = normalise(text)
    assert len(normal) <= CHARACTERS + 1
    assert normal.startswith("begin")
    assert normal.endswith("end")


def test_full_width_letters_equal_plain_ones() -> None:
    assert text_key("ＧＯＯＤ！") == text_key("good")
