"""Commands made from functions: an option is spelled once, in a signature, and described once.

Help is written in either language. This module knows no verb by name and imports nothing heavy.
"""

from __future__ import annotations

import inspect
import os
import re
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from shopkeeper import __version__
from shopkeeper.settings import LARGEST, load_settings
from shopkeeper.surfaces import wording
from shopkeeper.surfaces.choices import chinese_choices, with_legend
from shopkeeper.surfaces.columns import write_list
from shopkeeper.words import Language, Words

LONGEST_NAME = 240
"""Bytes of one part of a path; disks take 255, and a file in the making has a longer name."""


@dataclass(slots=True)
class Asked:
    """How the user wants to be answered; read from the raw arguments, so that it holds for help.

    Parameters
    ----------
    lang
        The language asked for; empty when the shop or the system decides.
    json
        Whether one JSON document is wanted.
    """

    lang: Literal["", "en", "zh"] = ""
    json: bool = False

    @property
    def language(self) -> Language:
        """The language to speak when there is no shop to ask."""
        if self.lang:
            return self.lang
        for name in ("SHOPKEEPER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
            if os.environ.get(name):
                return "zh" if os.environ[name].lower().startswith("zh") else "en"
        return "en"

    def speak_for(self, shop: Path) -> None:
        """Speak the shop's language where the user asked for none and there is a shop."""
        if not self.lang and (shop / "manifest.json").is_file():
            self.lang = load_settings(shop / "shop.toml").language


def read_asked(arguments: Sequence[str]) -> Asked:
    """Read `--lang` and `--json` wherever they stand.

    Examples
    --------
    >>> read_asked(["run", "myshop", "--lang=zh", "--json"])
    Asked(lang='zh', json=True)
    """
    asked = Asked(json="--json" in arguments)
    for position, argument in enumerate(arguments):
        given = argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            given = arguments[position + 1]
        if argument.startswith("--lang") and given in ("en", "zh"):
            asked.lang = "zh" if given == "zh" else "en"
    return asked


def described(docstring: str) -> dict[str, str]:
    r"""Return the description of each parameter of a numpydoc docstring, on one line.

    Examples
    --------
    >>> described(
    ...     "Do.\n\nParameters\n----------\nseed\n    Seed of\n    all.\n\nReturns\n-------\n"
    ... )
    {'seed': 'Seed of all.'}
    """
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", docstring, re.M | re.S)
    if not section:
        return {}
    blocks = re.findall(r"^(\w[\w, ]*)\n((?: {4}.*\n?|\n)+)", section[1] + "\n", re.M)
    return {
        name.strip(): " ".join(text.split()) for names, text in blocks for name in names.split(",")
    }


class Option(click.Option):
    """An option described in both languages.

    Parameters
    ----------
    flag
        As it is typed, e.g. `--seed`.
    words
        What it does.
    settings
        Passed on to click.
    """

    def __init__(self, flag: str, words: Words, **settings: Any) -> None:
        self.words = words
        super().__init__([flag], help=words.en, **settings)


NO_TEXT = Words(
    "A name in its path is not written in UTF-8; rename it.",
    "路径里有名称不是 UTF-8 编码，请改名。",
)


class Place(click.Path):
    """A file or folder, by a name that a disk can hold."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Refuse a name that is empty, too long, or holds what no name can hold."""
        name = os.fspath(value)
        if not name:
            raise Unusable(Words("The name is empty.", "名称是空的。"), param)
        if (
            "\x00" in name
            or max((len(part.encode("utf-8", "replace")) for part in Path(name).parts), default=0)
            > LONGEST_NAME
        ):
            raise Unusable(
                Words("No file can have such a name.", "没有文件能用这样的名称。"), param
            )
        if not is_text(str(Path(name).absolute())):
            raise Unusable(NO_TEXT, param)
        # What is told names the folder, and `.` is no name.
        return Path(name) if Path(name).name not in ("", "..") else Path(name).resolve()


def is_text(name: str) -> bool:
    """Say whether every byte of a name is part of a character."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


class Unusable(click.BadParameter):
    """A value that cannot be used, told in both languages."""

    def __init__(self, words: Words, parameter: click.Parameter | None) -> None:
        self.words = words
        super().__init__(words.en, param=parameter)


class Command(click.Command):
    """A command whose help is written in the language asked for."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        if _lang(ctx) == "zh":
            pieces = pieces.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]", "命令 [参数]")
        formatter.write_usage(ctx.command_path, pieces, wording.USAGE.get(_lang(ctx)))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.told(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each option does."""
        records = [_record(item, ctx) for item in self.get_params(ctx)]
        with _section(formatter, wording.OPTIONS, _lang(ctx)):
            write_list(formatter, [record for record in records if record])

    def told(self, ctx: click.Context) -> str:
        """Return what the command does, in the language asked for."""
        english = self.help or ""
        return wording.CHINESE.get(self.name or "", english) if _lang(ctx) == "zh" else english


class Group(Command, click.Group):
    """The program: its commands are made when they are asked for.

    Parameters
    ----------
    name
        The program's name.
    makers
        Command name → function that makes the command.
    """

    def __init__(self, name: str, makers: dict[str, Callable[[], Command]]) -> None:
        self.makers = makers
        version = Option("--version", wording.VERSION, is_flag=True)
        click.Group.__init__(
            self,
            name,
            params=[version, *common_options()],
            help=wording.PROGRAM.en,
            callback=_version_or_help,
            invoke_without_command=True,
            subcommand_metavar="COMMAND [ARGS]...",
        )

    def told(self, ctx: click.Context) -> str:
        """Return what the program does, in the language asked for."""
        return wording.PROGRAM.get(_lang(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which a shop is set up."""
        return list(self.makers)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of that name."""
        # Answers bear the names of Python's functions.
        name = cmd_name.replace("_", "-")
        return self.makers[name]() if name in self.makers else None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and then the commands."""
        Command.format_options(self, ctx, formatter)
        with _section(formatter, wording.COMMANDS, _lang(ctx)):
            write_list(formatter, [(name, make().told(ctx)) for name, make in self.makers.items()])


def _version_or_help(*, version: bool) -> int:
    context = click.get_current_context()
    if version:
        click.echo(__version__)
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())
        return 2
    return 0


def make_command(
    name: str,
    function: Callable[..., Any],
    *,
    callback: Callable[..., Any],
    parameters: Sequence[click.Parameter] = (),
) -> Command:
    """Make a command from a function's keyword-only parameters and its docstring.

    Parameters
    ----------
    name
        The command's name.
    function
        Where signature, annotations and docstring come from.
    callback
        Called with the parsed values.
    parameters
        Arguments and options that stand before those of the signature.
    """
    docstring = inspect.getdoc(function) or ""
    told, hints = described(docstring), typing.get_type_hints(function)
    options = [
        _option(name, item, hints[item.name], told.get(item.name, ""))
        for item in inspect.signature(function).parameters.values()
        if item.kind is inspect.Parameter.KEYWORD_ONLY and item.name != "rows"
    ]
    return Command(
        name,
        params=[*parameters, *options, *common_options()],
        help=docstring.split("\n\n")[0].replace("\n", " "),
        callback=callback,
    )


def common_options() -> list[click.Option]:
    """Return the options that every command has; their values are read by `read_asked`."""
    return [
        Option("--lang", wording.LANG, type=click.Choice(["zh", "en"]), expose_value=False),
        Option("--json", wording.JSON, is_flag=True, expose_value=False),
    ]


def rows_option() -> click.Option:
    """Return the option of every command that shows tables."""
    return Option("--rows", wording.ROWS, type=click.IntRange(min=1))


def _both(command: str, name: str, english: str) -> Words:
    chinese = wording.CHINESE
    return Words(english, chinese.get(f"{command} {name}") or chinese.get(name) or english)


def _option(command: str, item: inspect.Parameter, annotation: Any, english: str) -> Option:
    flag = f"--{item.name.replace('_', '-')}"
    kind, words = _kind(annotation), _both(command, item.name, english)
    if isinstance(kind, click.Choice):
        named = chinese_choices(command, item.name, kind.choices)
        words = Words(words.en, with_legend(words.zh, named))
    if item.name == "seed":
        kind = click.IntRange(0, LARGEST)
    required = item.default is inspect.Parameter.empty
    default = None if required else item.default
    if kind is bool:
        switch = flag if default is False else f"{flag}/--no-{flag[2:]}"
        return Option(switch, words, is_flag=True, default=default)
    return Option(flag, words, type=kind, default=default, required=required)


def _kind(annotation: Any) -> Any:
    """Return the click type of an annotation: the plain arm where there are several."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        arms = [arm for arm in typing.get_args(annotation) if arm is not type(None)]
        literal = [arm for arm in arms if typing.get_origin(arm) is Literal]
        return _kind((literal or arms)[0])
    if typing.get_origin(annotation) is Literal:
        return click.Choice(list(typing.get_args(annotation)))
    return Place() if annotation is Path else annotation


def _lang(ctx: click.Context) -> str:
    asked = ctx.find_object(Asked)
    return asked.language if asked else "en"


@contextmanager
def _section(formatter: click.HelpFormatter, title: Words, lang: str) -> Iterator[None]:
    """Indent what stands under a heading, which ends in the colon of its language."""
    formatter.write_paragraph()
    formatter.write(f"{title.get(lang)}{Words(':', '：').get(lang)}\n")
    with formatter.indentation():
        yield


def _record(item: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
    record = None if isinstance(item, click.Argument) else item.get_help_record(ctx)
    if record is None:
        return None
    lang = _lang(ctx)
    if not isinstance(item, Option):
        return record[0], wording.HELP.get(lang)
    flag, _, kind = record[0].partition(" ")
    if kind in wording.KINDS:
        flag = f"{flag} {wording.KINDS[kind].get(lang)}"
        record = (flag, record[1])
    text = item.words.get(lang)
    if item.required:
        text += wording.REQUIRED.get(lang)
    elif item.default != "" and type(item.default) in (str, int, float):
        text += wording.DEFAULT.get(lang).format(item.default)
    return record[0], text
