"""Every error that a user can see.

::

    ShopkeeperError            what was asked, what was found, what to do; exit code 1
    ├── UsageError             the request itself cannot be carried out           exit code 2
    │   ├── ShopNotFoundError      there is no shop at that path
    │   ├── SettingsError          shop.toml has a value that cannot be used
    │   └── ArtifactError          a fitted model on disk is missing, damaged or of another kind
    ├── DataError              the files or tables cannot be used                 exit code 3
    │   ├── SourceNotFoundError    there is nothing to import at that path
    │   ├── UnreadableFileError    the bytes are not what the file's name says
    │   ├── UnrecognisedFileError  no platform writes such a header
    │   ├── MissingDataError       the verb needs a table, column or number of rows that is not there
    │   └── TrainingError          nothing can be learned from these texts and classes
    ├── MissingExtraError      an optional package is not installed               exit code 4
    ├── StorageError           the disk is full or cannot be written              exit code 5
    │   └── ShopBusyError          another process is writing to the shop
    ├── GenerationError        a language model gave no answer that can be used   exit code 6
    │   ├── ProviderError          it could not be reached, was too slow, or answered with an error
    │   ├── BudgetError            the next request could exceed the limit of the run
    │   └── ReplyError             its reply is not what was asked for, even after one repair
    └── StoppedError           the user stopped the command                       exit code 130
"""

from __future__ import annotations

from pathlib import Path

from shopkeeper.words import Words


class ShopkeeperError(Exception):
    """What was asked, what was found, and what to do next, in both languages.

    Parameters
    ----------
    asked, found, do
        One short sentence each, without personal data and without raw cells longer than a line.

    Examples
    --------
    >>> error = ShopkeeperError(
    ...     Words("Asked to read a.csv.", "要读取 a.csv。"),
    ...     Words("It is empty.", "文件是空的。"),
    ...     Words("Export it again.", "请重新导出。"),
    ... )
    >>> print(error.text("zh"))
    要读取 a.csv。文件是空的。请重新导出。
    """

    exit_code = 1

    def __init__(self, asked: Words, found: Words, do: Words) -> None:
        self.asked, self.found, self.do = asked, found, do
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """Return the whole message in `lang`."""
        gap = "" if lang == "zh" else " "
        return gap.join(part.get(lang) for part in (self.asked, self.found, self.do))

    def to_dict(self, lang: str = "en") -> dict[str, str | int]:
        """Return the parts of the message for `--json` and for problem details."""
        return {
            "error": type(self).__name__,
            "asked": self.asked.get(lang),
            "found": self.found.get(lang),
            "do": self.do.get(lang),
            "exit_code": self.exit_code,
        }


class UsageError(ShopkeeperError):
    """The request itself cannot be carried out."""

    exit_code = 2


class ShopNotFoundError(UsageError):
    """There is no shop at that path."""


class SettingsError(UsageError):
    """A value in shop.toml cannot be used."""


class ArtifactError(UsageError):
    """A fitted model on disk is missing, damaged or of another kind."""


class DataError(ShopkeeperError):
    """The files or tables cannot be used."""

    exit_code = 3


class SourceNotFoundError(DataError):
    """There is nothing to import at that path."""


class UnreadableFileError(DataError):
    """The bytes are not what the file's name says."""


class UnrecognisedFileError(DataError):
    """No platform writes such a header; `mapping` is the suggested mapping written for the file."""

    mapping: Path | None = None


class MissingDataError(DataError):
    """The verb needs a table, a column or a number of rows that the shop does not have."""


class TrainingError(DataError):
    """Nothing can be learned from these texts and classes."""


class MissingExtraError(ShopkeeperError):
    """An optional package is not installed."""

    exit_code = 4


class StorageError(ShopkeeperError):
    """The disk is full or cannot be written."""

    exit_code = 5


class ShopBusyError(StorageError):
    """Another process is writing to the shop."""


class StoppedError(ShopkeeperError):
    """The user stopped the command."""

    exit_code = 130


class GenerationError(ShopkeeperError):
    """A language model gave no answer that can be used."""

    exit_code = 6


class ProviderError(GenerationError):
    """A language model could not be reached, was too slow, or answered with an error."""


class BudgetError(GenerationError):
    """The next request could exceed what the run may spend."""


class ReplyError(GenerationError):
    """A language model's reply is not what was asked for, even after one repair."""
