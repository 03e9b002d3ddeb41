"""The words that decided stand in the text, letter by letter."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.explain import deciding_words

TEXTS = ["muito bom", "péssimo, não gostei", "很喜欢", "质量差 退货", "adorei 😍", "lixo 😡"] * 6
FITTED = NgramClassifier().fit(TEXTS, ["positive", "negative"] * 18)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([*"不好很差喜欢", " bom", " NÃO", " péssimo", "😡", "<b>", "\n"])))
def test_deciding_words_are_verbatim_apart_and_speak_for_the_class(parts: list[str]) -> None:
    text = "".join(parts)
    found = deciding_words(text, FITTED.probabilities, 0)
    assert all(one.words in text and one.contribution > 0 for one in found)
    assert sum(len(one.words) for one in found) <= len(text)


def test_the_word_that_makes_the_difference_comes_first() -> None:
    text = "O vendedor é bom mas o produto é LIXO"
    assert "LIXO" in deciding_words(text, FITTED.probabilities, 0)[0].words


def test_chinese_is_cut_by_characters_without_a_tokenizer() -> None:
    found = deciding_words("今天收到了，质量差，我要退货", FITTED.probabilities, 0)
    assert any(one.words in "质量差退货" for one in found)


def test_a_text_without_words_has_none() -> None:
    assert deciding_words(" \n ", FITTED.probabilities, 0) == []
    flat = deciding_words("a b c", lambda texts: np.full((len(texts), 2), 0.5), 0)
    assert flat == []
