"""Search words and matching: terms of both languages, slips of the pen, and facts that can be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.blending import Search, expected
from shopkeeper.language.keywords import Vocabulary, edits, head_of, search_terms, sure
from shopkeeper.language.matching import FACTS, Matcher

TITLES = [
    "Wireless bluetooth earphones, white | 无线蓝牙耳机 白色",
    "Wired earphones with microphone, black | 有线耳机 黑色",
    "Frying pan 28 cm, non-stick | 不粘平底锅 28厘米",
    "Glass lid for frying pan 28 cm | 平底锅玻璃盖 28厘米",
    "Cotton T-shirt, navy | 纯棉T恤 藏青",
    "",
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(
        TITLES, ["electronics", "electronics", "kitchen", "kitchen", "clothes", "gift card"]
    )


def fact(matcher: Matcher, query: str, name: str) -> np.ndarray:
    return matcher.facts(query)[:, FACTS.index(name)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Boxes & batteries", ["box", "battery"]),
        ("ＬＥＤ灯泡60W", ["led", "灯泡", "60", "w"]),
        ("锅", ["锅"]),
        ("1/2 inch", ["1/2", "in"]),
        ("<b>pan</b>!!!", ["pan"]),
        ("…!?", []),
    ],
)
def test_terms_are_told_in_both_languages(text: str, terms: list[str]) -> None:
    assert search_terms(text) == terms


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("earphnes wireles", 0),
        ("wired earphone", 1),
        ("fryingpan", 2),
        ("t shirts", 4),
        ("不粘平底锅", 2),
        ("蓝牙耳机", 0),
        ("gift card", 5),
    ],
)
def test_a_slip_of_the_pen_a_plural_and_a_joined_word_are_forgiven(query: str, best: int) -> None:
    search = Search(
        TITLES,
        ["electronics", "electronics", "kitchen", "kitchen", "clothes", "gift card"],
        encoder=False,
    )
    found = search.answers(query, "hybrid")
    assert int(found.score.argmax()) == best and found.found[best]


def test_bm25_is_as_robertson_and_zaragoza_write_it() -> None:
    matcher = Matcher(["a b b", "a", "c d e f"])
    count, length, mean = 2, 3, 8 / 3
    part = count / (count + 1.2 * (1 - 0.75 + 0.75 * length / mean))
    assert fact(matcher, "b", "keyword")[0] == pytest.approx(part, rel=1e-5)
    idf = [np.log1p((3 - n + 0.5) / (n + 0.5)) for n in (2, 1)]
    second = 1 / (1 + 1.2 * (1 - 0.75 + 0.75 * length / mean))
    both = (idf[0] * second + idf[1] * part) / sum(idf)
    assert fact(matcher, "a b", "keyword")[0] == pytest.approx(both, rel=1e-5)


def test_facts_say_what_they_are_called(matcher: Matcher) -> None:
    assert fact(matcher, "frying pan", "covered")[2:4].tolist() == [1.0, 1.0]
    assert fact(matcher, "frying pan", "order")[2:4].tolist() == [1.0, 1.0]
    assert fact(matcher, "pan frying", "order").max() == 0
    assert fact(matcher, "pan 28", "numbers")[[2, 4]].tolist() == [1.0, 0.0]
    assert fact(matcher, "gift", "meant")[5] == 1 and fact(matcher, "gift", "covered")[5] == 0
    assert fact(matcher, "lid for pan", "meant").max() == 1, (
        "a word without meaning is not asked for"
    )
    assert fact(matcher, "for with", "meant").max() == 0


def test_a_better_match_has_no_lower_expected_relevance() -> None:
    facts = np.zeros((2, len(FACTS)), np.float32)
    facts[1] = 1
    for meaning in (np.zeros(2, np.float32), np.array([0.1, 0.9], np.float32)):
        low, high = expected(facts, meaning)
        assert 0 <= low < high <= 1


def test_the_nearest_term_is_found_and_a_far_one_is_not() -> None:
    known = Vocabulary(["sweater", "sneaker", "black", "耳机"])
    best = max(known.close("sneker"), key=lambda pair: pair[1])
    assert known.terms[best[0]] == "sneaker" and best[1] >= sure("sneker")
    assert all(close < sure("snack") for _, close in known.close("snack"))
    assert known.close("耳") == [] and known.mended([]) == []


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("", "abc", 3), ("abcd", "acbd", 1), ("ab", "ab", 0), ("kitten", "sitting", 3)],
)
def test_edits_are_counted(one: str, other: str, count: int) -> None:
    assert edits(one, other) == edits(other, one) == count


def test_the_head_of_a_phrase() -> None:
    assert head_of(search_terms("lamp shade for bedroom")) == "shade"
    assert head_of(search_terms("28 cm")) == ""


READY = Search(TITLES, encoder=False)


@given(st.text(max_size=80))
def test_any_query_is_answered(query: str) -> None:
    for how in ("hybrid", "keyword", "meaning"):
        found = READY.answers(query, how)
        assert np.isfinite(found.score).all() and len(found.score) == len(TITLES)


def test_nothing_to_search_is_no_error() -> None:
    assert Search([], encoder=False).answers("pan", "hybrid").score.tolist() == []
    assert Search(["", ""], encoder=False).answers("pan", "hybrid").found.tolist() == [False, False]
