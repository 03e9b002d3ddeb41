"""Questions as shopkeepers put them: answered, asked back, or refused; never answered with something else."""

from collections import Counter
from pathlib import Path

import pytest

from shopkeeper.surfaces.verbs import BY_NAME
from shopkeeper.surfaces.web.matching import matches, metrics_of, outside, sentence_of
from shopkeeper.surfaces.web.said import CUES, SAID

_LINES = (Path(__file__).parent / "questions.tsv").read_text(encoding="utf-8").splitlines()
QUESTIONS = {line.split("\t")[0]: set(line.split("\t")[1].split()) for line in _LINES}


def what_becomes(question: str, wanted: set[str]) -> str:
    """Say what the page makes of a question."""
    found = matches(question)
    if not found:
        return "refused" if not wanted else "lost"
    if found[0].is_sure:
        return "right" if found[0].verb in wanted else "wrong"
    return "asked back" if any(match.verb in wanted for match in found) else "misled"


@pytest.mark.parametrize("is_chinese", [False, True])
def test_no_question_is_answered_with_something_else(is_chinese: bool) -> None:
    mine = {one: want for one, want in QUESTIONS.items() if (not one.isascii()) == is_chinese}
    assert len(mine) > 100
    said = {one: what_becomes(one, want) for one, want in mine.items()}
    assert [one for one, became in said.items() if became == "wrong"] == []
    counts = Counter(said.values())
    assert counts["right"] >= 0.7 * sum(bool(want) for want in mine.values()), counts
    assert counts["lost"] + counts["misled"] <= 0.08 * len(mine), counts


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("三个月没买的老客有多少", "三个月没买的老客"),
        ("新客和老客哪个花得多", ""),
        ("How many customers have not bought for three months?",
         "customers have not bought for three months"),
    ],
)  # fmt: skip
def test_regulars_are_no_sign_of_retention_where_they_are_told_apart(
    question: str, sentence: str
) -> None:
    assert matches(question)[0].verb == "segment"
    assert matches(question)[0].is_sure
    assert sentence_of(question) == sentence


def test_what_shopkeepers_say_belongs_to_verbs_that_exist() -> None:
    assert {*SAID, *CUES} <= {*BY_NAME}


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("How much profit is left?", "costs and profit"),
        ("同行卖多少钱", "competitors and the market"),
    ],
)
def test_what_no_shop_holds_is_named(question: str, subject: str) -> None:
    found = outside(question)
    assert found
    assert found.en == subject
    assert matches(question) == []


def test_a_word_inside_another_is_no_subject_of_its_own() -> None:
    # "vat" stands in "private", "rain" in "drain".
    assert outside("private brains drain") is None


def test_the_number_that_is_named_is_found_under_what_shopkeepers_call_it() -> None:
    assert [one.name for one in metrics_of("What is our average order value?")] == ["aov"]
    assert [one.name for one in metrics_of("营业额多少")] == ["paid"]
