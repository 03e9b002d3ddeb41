"""What the values of options are called in Chinese: in every form, and in help from the same table."""

import re

import pytest

from shopkeeper.surfaces.asking.questions import Question, question_of
from shopkeeper.surfaces.choices import CHOICES, chinese_choices
from shopkeeper.surfaces.cli import program
from shopkeeper.surfaces.commands import Option
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.surfaces.web.verb_pages import _field

CHOSEN = [
    (question_of(verb), field)
    for verb in VERBS
    for field in question_of(verb).fields
    if field.choices
]


@pytest.mark.parametrize(
    ("question", "field"), CHOSEN, ids=[f"{asked.path} {field.name}" for asked, field in CHOSEN]
)
def test_a_chinese_form_shows_no_english_value(question: Question, field) -> None:
    view = _field(question.path, field, {}, "zh")
    assert tuple(value for value, _ in view.choices) == field.choices
    names = [name for _, name in view.choices]
    assert len(set(names)) == len(names)
    assert all(re.search("[\u4e00-\u9fff]", name) for name in names)
    # What is to be installed keeps its name.
    hint = view.hint.replace("安装 encoder", "")
    assert not [value for value in field.choices if re.search(rf"\b{value}\b", hint, re.ASCII)]
    english = _field(question.path, field, {}, "en")
    assert english.choices == tuple((value, value) for value in field.choices)


def test_help_explains_each_value_from_the_same_table() -> None:
    options = {item.name: item for item in program.makers["retention"]().params}
    period, since = options["period"], options["since"]
    assert isinstance(period, Option)
    assert isinstance(since, Option)
    assert period.words.zh.endswith("：month 按月，week 按周。")
    assert since.words.zh == "从什么算起：order 首笔支付订单，visit 首次来访。"


def test_every_name_belongs_to_an_option_that_is_there() -> None:
    used = {
        key
        for asked, field in CHOSEN
        for key in (f"{asked.path} {field.name}", field.name)
        if key in CHOICES
    }
    assert used == CHOICES.keys()
    assert chinese_choices("no", "such", ["value"]) == {"value": "value"}
