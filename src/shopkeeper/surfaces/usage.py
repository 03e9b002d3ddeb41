"""What click says of a command that cannot be understood, told in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from shopkeeper.errors import UsageError
from shopkeeper.surfaces import wording
from shopkeeper.surfaces.commands import NO_TEXT, Unusable, is_text
from shopkeeper.words import Words

# Click tells these apart by its words alone.
_SAID = (
    (re.compile(r"No such command '?([^']*)'?\."), "命令无法识别：没有名为 {} 的命令。"),
    (re.compile(r"unexpected extra arguments? \((.*)\)"), "多出了参数：{}。"),
    (re.compile(r"Option '?([^']*)'? does not take a value"), "选项 {} 后面不带值。"),
    (re.compile(r"Option '?([^']*)'? requires"), "选项 {} 后面缺少值。"),
)


def command_in(given: list[str], commands: Iterable[str]) -> str:
    """Return the command that was typed, whatever options stand before it; "" without one."""
    return next((word for word in given if word in commands), "")


def usage_error(
    error: click.ClickException, given: list[str], commands: Iterable[str]
) -> UsageError:
    """Return the error to tell.

    Parameters
    ----------
    error
        What click raised.
    given
        The arguments as they were typed.
    commands
        Names of all commands.
    """
    command = command_in(given, commands)
    typed = " ".join(["shopkeeper", *given])
    help_line = " ".join(["shopkeeper", *([command] if command else []), "--help"])
    found = error.format_message()
    return UsageError(
        Words(f"Asked: {typed}", f"输入的命令：{typed}。"),
        Words(found, _found_zh(error, found)),
        Words(f"Run `{help_line}` to see how it is used.", f"运行 `{help_line}` 查看用法。"),
    )


def require_file(path: Path) -> None:
    """Refuse a mapping that is not there or is no file.

    Raises
    ------
    UsageError
        It cannot be read as a file.
    """
    if path.is_file():
        return
    found = Words("There is no such file.", "没有这个文件。")
    if path.is_dir():
        found = Words("That is a folder.", "那是一个文件夹。")
    elif path.exists():
        found = Words("That is no regular file.", "那不是普通文件。")
    raise UsageError(
        Words(f"Asked to import with the mapping {path}.", f"要按列映射 {path} 导入。"),
        found,
        Words(
            "Name a TOML file with the column mapping; without --mapping one is suggested.",
            "请给出列映射的 TOML 文件；不带 --mapping 导入时，会建议一份。",
        ),
    )


def require_names(exports: Iterable[Path]) -> None:
    """Refuse folders in which a file has a name that no engine can be told.

    Raises
    ------
    UsageError
        The bytes of a name are not UTF-8.
    """
    for folder in exports:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not is_text(file.name):
                raise UsageError(
                    Words(f"Asked to import {file}.", f"要导入 {file}。"),
                    NO_TEXT,
                    Words(
                        "Rename that file or take it away, then run again.",
                        "请给该文件改名或将其移走，然后重新运行。",
                    ),
                )


def _found_zh(error: click.ClickException, found: str) -> str:
    """Return click's message in Chinese; the names and values in it stay as they were typed."""
    match error:
        case click.MissingParameter(param=click.Parameter() as parameter):
            return f"缺少参数 {_named_zh(parameter)}。"
        case click.NoSuchOption():
            near = f"是否想用 {'、'.join(error.possibilities)}？" if error.possibilities else ""
            return f"没有选项 {error.option_name}。{near}"
        case click.BadParameter(param=click.Parameter() as parameter):
            return f"{parameter.opts[-1]} {_wanted_zh(error, parameter.type)}"
    for pattern, chinese in _SAID:
        if said := pattern.search(found):
            return chinese.format(said[1])
    return "命令无法识别。"


def _named_zh(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    name = parameter.human_readable_name
    return f"{name}（{wording.PLACES[name]}）" if name in wording.PLACES else name


def _wanted_zh(error: click.BadParameter, kind: click.ParamType[Any]) -> str:
    """Return in Chinese what a value should have been."""
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))} 之一。"
    wanted = {click.INT: "应为整数。", click.FLOAT: "应为数字。"}.get(kind, "类型不对。")
    if isinstance(error, Unusable):
        wanted = error.words.zh
    if isinstance(kind, click.IntRange):
        low = "" if kind.min is None else f"，最小 {kind.min:,}"
        high = "" if kind.max is None else f"，最大 {kind.max:,}"
        wanted = f"应为整数{low}{high}。"
    return f"的值不可用：{wanted}"
