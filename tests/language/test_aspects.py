"""Aspects: one list for all languages, found where they are named, each with a quote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.aspects import AspectFinder
from shopkeeper.language.lexicon.aspects_en import ASPECTS_EN
from shopkeeper.language.lexicon.aspects_pt import ASPECTS_PT
from shopkeeper.language.lexicon.aspects_zh import ASPECTS_ZH
from shopkeeper.language.taxonomy import ASPECTS, with_own
from tests.language.labelled_aspects import CHINESE, ENGLISH

FINDER = AspectFinder()
HAN = re.compile("[\u4e00-\u9fff]")


def names(text: str) -> list[str]:
    return [mention.aspect for mention in FINDER.mentions(text)]


def test_every_language_speaks_of_every_aspect() -> None:
    assert ASPECTS_EN.keys() - {""} == ASPECTS.keys()
    assert ASPECTS_ZH.keys() == ASPECTS_EN.keys()
    assert ASPECTS_PT.keys() == ASPECTS_EN.keys()
    for aspect in ASPECTS.values():
        assert HAN.search(aspect.title.zh) and HAN.search(aspect.meaning.zh)
        assert not HAN.search(aspect.title.en + aspect.meaning.en)


@pytest.mark.parametrize("table", [ASPECTS_EN, ASPECTS_ZH, ASPECTS_PT])
def test_terms_are_small_letters_and_end_at_most_with_one_star(
    table: dict[str, tuple[str, ...]],
) -> None:
    for terms in table.values():
        for term in terms:
            assert term == term.lower().strip()
            assert re.fullmatch(r"[^*]+\*?", term)
            assert len(term.removesuffix("*")) > 1 or HAN.search(term)


@given(st.text(st.characters(), max_size=200))
def test_whatever_the_text_a_mention_quotes_it(text: str) -> None:
    for mention in FINDER.mentions(text):
        clause, term = mention.clause, mention.term
        assert text[clause.start : clause.end] == clause.quote
        assert text[term.start : term.end] == term.quote
        assert clause.start <= term.start < term.end <= clause.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("质量很好，but the delivery was slow", ["quality", "delivery"]),
        ("ＱＵＡＬＩＴＹ is great", ["quality"]),
        ("質量很差", ["quality"]),
        ("The colour or the color", ["colour"]),
        ("Chegou antes do prazo, mas a embalagem veio rasgada", ["delivery", "packaging", "quality"]),
        ("it works and it works", ["function", "function"]),
        ("in no time", []),
        ("工作服", []),
        ("有问必答", ["service"]),
        ("大小姐", []),
    ],
)  # fmt: skip
def test_what_a_text_speaks_of(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("labelled", "precision", "recall"), [(CHINESE, 0.85, 0.65), (ENGLISH, 0.78, 0.56)]
)
def test_clauses_labelled_by_hand(
    labelled: list[tuple[str, frozenset[str], str]], precision: float, recall: float
) -> None:
    found = [set(names(clause)) for clause, _, _ in labelled]
    true = [labels for _, labels, _ in labelled]
    hits = sum(len(f & t) for f, t in zip(found, true, strict=True))
    assert hits / sum(map(len, found)) >= precision
    assert hits / sum(map(len, true)) >= recall


def test_the_set_labelled_by_hand_is_large_enough_and_names_known_aspects() -> None:
    assert len(CHINESE) + len(ENGLISH) >= 200
    assert {name for _, labels, _ in CHINESE + ENGLISH for name in labels} == ASPECTS.keys()


def test_a_shop_adds_an_aspect_and_terms_to_a_known_one() -> None:
    own = {"pets": {"en": ("Pet", "cat*"), "zh": ("宠物", "猫")}, "quality": {"zh": ("掉链子",)}}
    finder = AspectFinder(with_own(own))
    assert finder.aspects["pets"].title.to_dict() == {"en": "Pet", "zh": "宠物"}
    assert [m.aspect for m in finder.mentions("Cats love it，掉链子，质量")] == [
        "pets",
        "quality",
        "quality",
    ]
    assert "pets" not in AspectFinder().aspects
