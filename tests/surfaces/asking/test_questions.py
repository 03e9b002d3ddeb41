"""Verbs as questions: nothing of the machine can be named, and no name is taken twice."""

from pathlib import Path
from typing import Literal

import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.rest.schemas import PAGE, asked_model, query_model
from shopkeeper.surfaces.verbs import VERBS, Verb
from shopkeeper.words import Words


def planted(
    shop: Shop,
    *,
    method: Literal["a", "b"] | None = "a",
    share: float = 0.5,
    deep: bool = False,
    text: str = "",
    place: Path | None = None,
    encoder: str = "",
    source_url: str = "",
) -> Answer:
    """Do something
    over two lines.

    Parameters
    ----------
    shop
        The shop.
    method, share
        How.
    deep
        Whether to look deeper, into every file.
    text
        Some text.
    place
        Where it lies.
    encoder
        Hub id of another encoder.
    source_url
        Where to fetch it from: a URL.

    Returns
    -------
    Answer
        One row.

    Limits
    ------
    It guesses.
    """
    raise NotImplementedError


VERB = Verb("planted", __name__, Words("Planted", "植入"), (), ())


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Verb, "load", lambda verb: planted if verb is VERB else _load(verb))


_load = Verb.load


def test_a_question_is_read_from_signature_and_docstring() -> None:
    question = question_of(VERB)
    assert question.told.en == "Do something over two lines."
    assert (question.returns, question.limits) == ("Answer One row.", "It guesses.")
    # A switch names nothing, whatever its description says.
    assert [field.name for field in question.fields] == ["method", "share", "deep", "text"]
    method = question.fields[0]
    assert (method.kind, method.choices, method.optional) == (str, ("a", "b"), True)


def test_what_is_not_offered_keeps_its_default() -> None:
    given = question_of(VERB).arguments({"text": "x", "encoder": "evil/model", "share": 1.0})
    assert given == {"method": "a", "share": 1.0, "deep": False, "text": "x", "place": None,
                     "encoder": "", "source_url": ""}  # fmt: skip


def test_bodies_are_strict_and_queries_are_read_from_text() -> None:
    question = question_of(VERB)
    assert query_model(question).model_validate({"share": "0.25", "deep": "true"}).share == 0.25
    for wrong in ({"share": "0.25"}, {"deep": 1}, {"text": "a\x1bb"}, {"share": float("inf")}):
        with pytest.raises(ValueError, match="validation error"):
            asked_model(question).model_validate(wrong)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_leaves_the_names_of_pages_and_routes_alone(verb: Verb) -> None:
    question = question_of(verb)
    assert not {field.name for field in question.fields} & PAGE.keys()
    assert question.path not in ("jobs", "tokens", "verbs")
    assert question.told.en
    assert question.told.zh
    assert all(field.words.en and field.words.zh for field in question.fields)
