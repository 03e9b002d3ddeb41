"""Polarity: opinion words, what turns them, and what the shop's reviews add."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.polarity import POLARITIES, opinion, polarity


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("质量很好", "positive"),
        ("质量不好", "negative"),
        ("没有异味", "positive"),
        ("一点都不贵", "positive"),
        ("没有卡顿", "positive"),
        ("客服态度差", "negative"),
        ("不仅好看", "positive"),
        ("快递员来了", "neutral"),
        ("给妈妈买的", "neutral"),
        ("the screen is great", "positive"),
        ("not a great screen", "negative"),
        ("no problems at all", "positive"),
        ("I don't like the colour", "negative"),
        ("not bad", "positive"),
        ("it never broke", "positive"),
        ("bought for my mother", "neutral"),
        ("não gostei", "negative"),
        ("chegou antes do prazo", "positive"),
    ],
)
def test_words_and_what_turns_them(clause: str, said: str) -> None:
    assert POLARITIES[polarity([clause])[0].argmax()] == said


def test_a_negation_does_not_reach_far() -> None:
    assert opinion("not what the seller of the other shop said but good")[0] > 0
    assert opinion("没想到这个牌子的东西质量好")[0] > 0


@given(st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=5))
def test_probabilities_are_probabilities_whatever_the_clause(clauses: list[str]) -> None:
    made = polarity(clauses, np.zeros(len(clauses)))
    assert made.shape == (len(clauses), 3)
    assert np.allclose(made.sum(axis=1), 1)
    assert (made > 0).all()


def test_what_was_learned_moves_the_polarity_its_own_way() -> None:
    clause = ["它到了"] * 3
    made = polarity(clause, np.array([-2.0, 0.0, 2.0]))
    assert made.argmax(axis=1).tolist() == [0, 1, 2]
