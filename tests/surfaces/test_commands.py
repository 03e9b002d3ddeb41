"""Commands made from functions."""

from pathlib import Path
from typing import Literal

import click
import pytest

from shopkeeper.surfaces import wording
from shopkeeper.surfaces.cli import program
from shopkeeper.surfaces.commands import (
    Asked,
    Command,
    Option,
    described,
    make_command,
    read_asked,
)
from shopkeeper.surfaces.verbs import VERBS


def verb(
    shop: Path,
    *,
    method: Literal["popular", "ngrams"] | None = "popular",
    share: float = 0.5,
    with_spam: bool = False,
    seed: int | None = None,
) -> None:
    """Do something useful
    over two lines.

    Parameters
    ----------
    shop
        The shop.
    method, share
        How it is
        done.
    with_spam
        Keep spam.

    Limits
    ------
    seed
        This line is no parameter.
    """


def made() -> Command:
    return make_command("verb", verb, callback=lambda **given: given)


def parsed(*arguments: str) -> dict[str, object]:
    return made().main(list(arguments), "verb", standalone_mode=False)


def test_options_come_from_the_signature_with_their_types_and_defaults() -> None:
    assert parsed() == {"method": "popular", "share": 0.5, "with_spam": False, "seed": None}
    given = parsed("--method", "ngrams", "--share", ".25", "--with-spam", "--seed", "7", "--json")
    assert given == {"method": "ngrams", "share": 0.25, "with_spam": True, "seed": 7}


def test_a_literal_allows_its_words_and_no_others() -> None:
    with pytest.raises(click.BadParameter, match=r"'magic' is not one of 'popular', 'ngrams'"):
        parsed("--method", "magic")


def test_descriptions_come_from_the_docstring_and_only_from_its_parameters() -> None:
    found = described(verb.__doc__ and "\n".join(line[4:] for line in verb.__doc__.splitlines()))
    assert found["method"] == found["share"] == "How it is done."
    assert found["with_spam"] == "Keep spam."
    assert "seed" not in found


def test_the_first_paragraph_is_the_help() -> None:
    assert made().help == "Do something useful over two lines."


@pytest.mark.parametrize(
    ("arguments", "lang", "json"),
    [
        ([], "", False),
        (["run", "s", "--lang", "zh"], "zh", False),
        (["--lang=en", "run", "s", "--json"], "en", True),
        (["run", "--lang", "fr"], "", False),
        (["run", "--lang"], "", False),
    ],
)
def test_language_and_format_are_read_wherever_they_stand(
    arguments: list[str], lang: str, json: bool
) -> None:
    assert read_asked(arguments) == Asked(lang, json)


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "SHOPKEEPER_LANG": "zh"}, "zh"),
    ],
)
def test_without_a_shop_the_environment_decides_the_language(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SHOPKEEPER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Asked().language == language
    assert Asked("en").language == "en"


@pytest.mark.parametrize("name", list(program.makers))
def test_every_command_and_option_is_described_in_both_languages(name: str) -> None:
    made = program.makers[name]()
    assert made.help
    assert any("\u4e00" <= letter <= "\u9fff" for letter in wording.CHINESE[name])
    for item in made.params:
        if isinstance(item, Option):
            assert item.words.en.strip(), item.name
            assert any("\u4e00" <= letter <= "\u9fff" for letter in item.words.zh), item.name


@pytest.mark.parametrize("name", list(program.makers))
def test_no_option_hides_one_that_every_command_has(name: str) -> None:
    names = [flag for item in program.makers[name]().params for flag in item.opts]
    assert len(names) == len(set(names))
    assert {"--lang", "--json"} <= set(names)


def test_there_is_a_command_for_every_verb() -> None:
    assert {verb.name.replace("_", "-") for verb in VERBS} <= program.makers.keys()


def test_a_report_shows_nothing_that_was_made_before_somebody_opted_out(
    command, exported, orders, tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    assert command("import", exported("orders.csv", orders(60)), "--shop", shop).code == 0
    assert command("run", shop).code == 0
    assert command("report", shop).code == 0
    file = shop / "shop.toml"
    file.write_text(file.read_text("utf-8").replace("opted_out = []", 'opted_out = ["5"]'), "utf-8")
    held = command("report", shop)
    assert held.code == 2
    assert "Run `shopkeeper run` first." in held.err
    assert "早于 shop.toml" in command("report", shop, "--lang", "zh").err
    assert command("run", shop).code == 0
    assert command("report", shop).code == 0
