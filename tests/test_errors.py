"""Errors: three sentences, two languages, one exit code of a known kind."""

import inspect

import pytest

from shopkeeper import errors
from shopkeeper.errors import ShopkeeperError, UnreadableFileError
from shopkeeper.words import Words

CLASSES = [
    item
    for item in vars(errors).values()
    if inspect.isclass(item) and issubclass(item, ShopkeeperError)
]


def made(kind: type[ShopkeeperError]) -> ShopkeeperError:
    return kind(Words("Asked.", "要求。"), Words("Found.", "发现。"), Words("Do.", "处理。"))


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_says_the_same_in_both_languages(kind: type[ShopkeeperError]) -> None:
    error = made(kind)
    assert str(error) == error.text("en") == "Asked. Found. Do."
    assert error.text("zh") == "要求。发现。处理。"
    assert error.to_dict("zh") == {
        "error": kind.__name__,
        "asked": "要求。",
        "found": "发现。",
        "do": "处理。",
        "exit_code": kind.exit_code,
    }


def test_exit_codes_are_those_of_the_tree() -> None:
    codes = {kind.__name__: kind.exit_code for kind in CLASSES}
    assert codes == {
        "ShopkeeperError": 1,
        "UsageError": 2, "ShopNotFoundError": 2, "SettingsError": 2, "ArtifactError": 2,
        "DataError": 3, "SourceNotFoundError": 3, "UnreadableFileError": 3,
        "UnrecognisedFileError": 3, "MissingDataError": 3, "TrainingError": 3,
        "MissingExtraError": 4, "StorageError": 5, "ShopBusyError": 5,
        "StoppedError": 130,
        "GenerationError": 6, "ProviderError": 6, "BudgetError": 6, "ReplyError": 6,
    }  # fmt: skip


def test_an_error_can_be_caught_by_its_kind() -> None:
    with pytest.raises(errors.DataError, match=r"^Asked\. Found\. Do\.$"):
        raise made(UnreadableFileError)
