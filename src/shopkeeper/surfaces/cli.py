"""The command line: files in, answers and a report out.

Whatever goes wrong, the user reads what was asked, what was found and what to do, never a traceback;
the exit code says of which kind it was (see `shopkeeper.errors`). `--help` loads nothing heavy.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from shopkeeper.answer import Answer
from shopkeeper.data.damage import damage_told
from shopkeeper.data.shop import open_shop
from shopkeeper.data.store import storage_errors
from shopkeeper.errors import DataError, ShopkeeperError, StoppedError
from shopkeeper.progress import heard_by
from shopkeeper.settings import Settings
from shopkeeper.surfaces import stopping, wording
from shopkeeper.surfaces.commands import (
    Asked,
    Command,
    Group,
    Option,
    Place,
    make_command,
    read_asked,
    rows_option,
)
from shopkeeper.surfaces.usage import command_in, require_file, require_names, usage_error
from shopkeeper.surfaces.verbs import VERBS, Verb
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.importing import ImportSummary
    from shopkeeper.surfaces.console import Screen
    from shopkeeper.surfaces.running import Step

_SHOWN_ROWS, _JSON_ROWS, _MOST_ROWS = 20, 1000, 10**9


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    stopping.listen()
    asked = read_asked(given)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _guarded(given, asked)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone, as `| head` does; what remains to be flushed has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def _guarded(given: list[str], asked: Asked) -> int:
    """Run and turn everything that can go wrong into a message and an exit code."""
    try:
        stopping.listen(raises=True)
        return int(program.main(given, "shopkeeper", standalone_mode=False, obj=asked) or 0)
    except BrokenPipeError:
        raise
    except SystemExit as error:
        # Click's own end for a reader who has gone, which it calls a failure.
        raise BrokenPipeError from error
    except (Exception, KeyboardInterrupt) as error:
        told = _told(error, given)
        stopping.forget()
        if told is None:
            raise
        return _refuse(told, asked)


def _told(error: BaseException, given: list[str]) -> ShopkeeperError | None:
    """Return what to tell of it; None for a defect that is to be seen as it is."""
    command = command_in(given, program.makers)
    # Click takes the end of a file for the end of a conversation.
    if isinstance(error, click.Abort) and isinstance(error.__cause__, EOFError):
        return wording.unforeseen(error.__cause__, command)
    if stopping.asked() or isinstance(error, (click.Abort, KeyboardInterrupt)):
        return wording.stopped(command)
    if isinstance(error, click.ClickException):
        return usage_error(error, given, program.makers)
    if isinstance(error, ShopkeeperError):
        return error
    # The last place where a defect can be told kindly.
    if os.environ.get("SHOPKEEPER_DEBUG") or not isinstance(error, Exception):
        return None
    return wording.unforeseen(error, command)


def _refuse(error: ShopkeeperError, asked: Asked) -> int:
    from shopkeeper.surfaces.console import Screen, json_text

    if asked.json:
        print(json_text(error.to_dict(asked.language)))
    else:
        screen = Screen(sys.stderr, asked.language)
        parts = (error.asked, error.found, error.do)
        for part in (error.found,) if isinstance(error, StoppedError) else parts:
            screen.line(part)
    return error.exit_code


# Commands: the keyword-only parameters of each function are its options -----------------------------


def import_exports(
    asked: Asked, exports: tuple[Path, ...], shop: Path, *, mapping: Path | None = None
) -> int:
    """Import files that a platform exported; each file's platform is recognised from its header.

    Parameters
    ----------
    mapping
        Column mapping (TOML) for files that are not recognised.
    """
    from shopkeeper.data.importing import import_files
    from shopkeeper.surfaces.console import told

    asked.speak_for(shop)
    require_names(exports)
    if mapping is not None:
        require_file(mapping)
    new = Settings(name=shop.resolve().name, language=asked.language)
    with told(asked.language) as progress, damage_told(shop):
        summary = import_files(exports, shop, mapping=mapping, settings=new, progress=progress)
    _show(asked, summary.to_dict(asked.language), lambda screen: _imported(screen, summary))
    return 0 if summary.is_whole else DataError.exit_code


def check_shop(asked: Asked, shop: Path, *, rows: int | None = None) -> int:
    """Tell what is there, what was repaired, rejected and why, and which numbers that corrupts."""
    from shopkeeper.data.checks import check

    asked.speak_for(shop)
    with damage_told(shop):
        answer = check(open_shop(shop))
    return _show_answer(asked, answer, rows)


def run_verbs(asked: Asked, shop: Path, *, again: bool = False) -> int:
    """Answer everything that the data allows; what has not changed is not done again.

    Parameters
    ----------
    again
        Answer anew even where nothing has changed.
    """
    from shopkeeper.surfaces.console import told
    from shopkeeper.surfaces.running import run

    asked.speak_for(shop)
    with told(asked.language) as progress:
        steps = run(shop, again=again, progress=progress)
    outcomes = {step.outcome for step in steps}
    document = {
        "changed": "answered" in outcomes,
        "steps": [step.to_dict(asked.language) for step in steps],
    }
    _show(asked, document, lambda screen: _ran(screen, steps))
    if outcomes == {"skipped"}:
        return DataError.exit_code
    return max(step.exit_code for step in steps)


def report_shop(asked: Asked, shop: Path, *, output: Path | None = None) -> int:
    """Write one HTML report that needs no network.

    Parameters
    ----------
    output
        The report's file; report.html in the shop's folder when not given.
    """
    from shopkeeper.surfaces.console import told
    from shopkeeper.surfaces.report import write_report
    from shopkeeper.surfaces.running import require_answers, require_consent

    asked.speak_for(shop)
    opened, target = open_shop(shop), output or shop / "report.html"
    require_answers(opened, opened.manifest.answers)
    require_consent(opened)
    with told(asked.language) as progress, damage_told(shop):
        progress(Words("Writing the report", "写报告"), None)
        written = write_report(opened, target, lang=asked.language)
    line = Words(f"The report is at {written}", f"报告在 {written}")
    _show(asked, {"report": str(written)}, lambda screen: screen.line(line))
    return 0


def demo_shop(asked: Asked, folder: Path, **sizes: Any) -> int:
    """Build a demo shop of the sizes that `build_demo` takes."""
    from shopkeeper.data.demo import build_demo
    from shopkeeper.surfaces.console import told

    with told(asked.language) as progress, storage_errors(folder):
        progress(Words(f"Building a demo shop in {folder}", f"在 {folder} 生成演示店铺"), None)
        built = build_demo(folder, **sizes)
    exports = folder / "exports"
    following = f"shopkeeper import {quote(str(exports))} --shop {quote(str(folder / 'shop'))}"
    line = Words(f"Next: {following}", f"下一步：{following}")
    document = {"exports": str(exports), "rows": built.rows, "effects": built.effects}
    _show(asked, document, lambda screen: screen.line(line))
    return 0


def ask_verb(verb: Verb, asked: Asked, shop: Path, *, rows: int | None = None, **given: Any) -> int:
    """Ask one verb; a stored answer to the same question is shown at once."""
    from shopkeeper.surfaces.console import told
    from shopkeeper.surfaces.running import ask, current_answer

    asked.speak_for(shop)
    opened = open_shop(shop)
    answer = current_answer(verb, opened, given)
    if answer is None:
        with told(asked.language) as progress, heard_by(progress):
            progress(verb.title, None)
            answer = ask(verb, opened, given)
    return _show_answer(asked, answer, rows)


def _show(asked: Asked, document: Any, show: Callable[[Screen], None]) -> None:
    from shopkeeper.surfaces.console import Screen, json_text

    if asked.json:
        print(json_text(document))
    else:
        show(Screen(sys.stdout, asked.language))


def _show_answer(asked: Asked, answer: Answer, rows: int | None) -> int:
    most = min(rows, _MOST_ROWS) if rows else None
    document = answer.to_dict(asked.language, max_rows=most or _JSON_ROWS)
    _show(asked, document, lambda screen: screen.answer(answer, rows=most or _SHOWN_ROWS))
    return 0


def _imported(screen: Screen, summary: ImportSummary) -> None:
    titles = wording.IMPORT_COLUMNS
    rows = [
        (
            item.file,
            item.title.get(screen.lang),
            item.rows_read,
            item.kept,
            item.duplicates,
            item.rejected,
            wording.OUTCOMES[item.outcome].get(screen.lang),
        )
        for item in summary.files
    ]
    kinds = (False, False, True, True, True, True, False)
    columns = [(words.get(screen.lang), kind) for words, kind in zip(titles, kinds, strict=True)]
    screen.grid(columns, rows)
    for item in summary.files:
        if item.error:
            said = Words(f": {item.error.text('en')}", f"：{item.error.text('zh')}")
            screen.line(f"{item.file}{said.get(screen.lang)}")
    if summary.skipped:
        screen.line(wording.skipped(summary.skipped))
    if not summary.changed:
        screen.line(wording.NOTHING_NEW)


def _ran(screen: Screen, steps: tuple[Step, ...]) -> None:
    told = any(step.reason for step in steps)
    columns = [(words.get(screen.lang), False) for words in wording.RUN_COLUMNS]
    rows = [
        (
            wording.verb_name(step.verb).get(screen.lang),
            wording.OUTCOMES[step.outcome].get(screen.lang),
            step.reason.get(screen.lang) if step.reason else "",
            step.enable.get(screen.lang) if step.enable else "",
        )
        for step in steps
    ]
    shown = 4 if told else 2
    screen.grid(columns[:shown], [row[:shown] for row in rows])
    outcomes = {step.outcome for step in steps}
    if outcomes == {"skipped"}:
        screen.line(wording.NOTHING_POSSIBLE)
    elif not outcomes & {"answered", "failed"}:
        screen.line(wording.NOTHING_CHANGED)


# The program --------------------------------------------------------------------------------------


def _shop_argument() -> click.Argument:
    return click.Argument(["shop"], type=Place(), metavar="SHOP")


def _made(
    name: str, function: Callable[..., int], *parameters: click.Parameter
) -> Callable[[], Command]:
    """Return a maker of the command; the first parameter of `function` is how it was asked."""
    return lambda: make_command(
        name, function, callback=_with_asked(function), parameters=parameters
    )


def _made_from(verb: Verb) -> Callable[[], Command]:
    return lambda: make_command(
        verb.name.replace("_", "-"),
        verb.load(),
        callback=_with_asked(functools.partial(ask_verb, verb)),
        parameters=[_shop_argument(), rows_option()],
    )


def _demo() -> Command:
    from shopkeeper.data.demo import build_demo

    return make_command("demo", build_demo, callback=_with_asked(demo_shop), parameters=[_FOLDER])


def _everyone() -> Command:
    from shopkeeper.surfaces.everyone import recommend_to_everyone

    return _made("recommend-everyone", recommend_to_everyone, _shop_argument())()


def _serve() -> Command:
    from shopkeeper.surfaces.rest.commands import serve_shop

    return _made("serve", serve_shop, _shop_argument())()


def _mcp() -> Command:
    from shopkeeper.surfaces.rest.commands import talk_mcp

    return _made("mcp", talk_mcp, _shop_argument())()


def _token() -> Command:
    from shopkeeper.surfaces.rest.commands import change_tokens

    return _made("token", change_tokens, _shop_argument())()


def _user() -> Command:
    from shopkeeper.surfaces.rest.commands import change_users

    return _made("user", change_users, _shop_argument())()


def _with_asked(function: Callable[..., int]) -> Callable[..., int]:
    def call(**given: Any) -> int:
        return function(click.get_current_context().find_object(Asked), **given)

    return call


_EXPORTS = click.Argument(["exports"], nargs=-1, required=True, type=Place(), metavar="EXPORTS...")
_FOLDER = click.Argument(["folder"], type=Place(), metavar="FOLDER")
_INTO = Option("--shop", wording.INTO, required=True, type=Place())

program = Group(
    "shopkeeper",
    makers={
        "import": _made("import", import_exports, _EXPORTS, _INTO),
        "check": _made("check", check_shop, _shop_argument(), rows_option()),
        "run": _made("run", run_verbs, _shop_argument()),
        "report": _made("report", report_shop, _shop_argument()),
        "demo": _demo,
        "recommend-everyone": _everyone,
        "serve": _serve,
        "mcp": _mcp,
        "token": _token,
        "user": _user,
        **{verb.name.replace("_", "-"): _made_from(verb) for verb in VERBS},
    },
)
