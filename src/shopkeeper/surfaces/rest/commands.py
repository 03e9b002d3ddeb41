"""The commands of the server; its parts are loaded when it starts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from shopkeeper.errors import MissingExtraError, UsageError
from shopkeeper.surfaces import stopping
from shopkeeper.surfaces.commands import Asked
from shopkeeper.words import Words


def serve_shop(
    asked: Asked,
    shop: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8321,
    rate: float | None = None,
    jobs: int = 1,
) -> int:
    """Serve the pages and every question over HTTP until Ctrl-C; /openapi.json says how to ask.

    Parameters
    ----------
    host
        Address to listen at; any but this machine's own needs a token or a user.
    port
        Port to listen at; 0 takes a free one.
    rate
        Requests a second of one token, user or address at the most, 0 for no limit; when not given 50
        where one is needed, and else no limit.
    jobs
        Long questions that are worked on at the same time.
    """
    asked.speak_for(shop)
    try:
        from shopkeeper.surfaces.rest.server import serve
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error

    def ready(address: str) -> None:
        _ready(asked, address)

    try:
        serve(shop, host=host, port=port, rate=rate, jobs=jobs, ready=ready)
    except KeyboardInterrupt:
        # That is how a server is meant to end.
        stopping.forget()
    return 0


def talk_mcp(
    asked: Asked,
    shop: Path,
    *,
    transport: Literal["stdio", "http"] = "stdio",
    host: str = "127.0.0.1",
    port: int = 8322,
    work: bool = True,
    long: bool = False,
) -> int:
    """Offer every question to an assistant as a tool of the Model Context Protocol.

    Parameters
    ----------
    transport
        How the assistant talks: stdio (it starts this command itself) or http (at /mcp).
    host
        Address to listen at with http; any but this machine's own needs a token.
    port
        Port to listen at with http; 0 takes a free one.
    work
        Whether what is not stored yet is worked out.
    long
        Whether everything is offered: also what takes minutes, and sessions and paths, which are left
        out so that an assistant has fewer than twenty tools to choose from.
    """
    asked.speak_for(shop)
    try:
        from shopkeeper.surfaces.mcp.server import serve, talk
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error

    try:
        if transport == "stdio":
            talk(shop, lang=asked.language, work=work, long=long)
        else:
            serve(
                shop,
                host=host,
                port=port,
                lang=asked.language,
                work=work,
                long=long,
                ready=lambda address: _ready(asked, address),
            )
    except KeyboardInterrupt:
        # That is how a server is meant to end.
        stopping.forget()
    return 0


def change_tokens(
    asked: Asked,
    shop: Path,
    *,
    name: str = "",
    scope: Literal["read", "act", "admin"] = "read",
    days: int | None = None,
    revoke: str = "",
) -> int:
    """Make a token for `serve` and show it once, take one back, or list them.

    Parameters
    ----------
    name
        Name of the token to make; without it and without --revoke they are listed.
    scope
        What the token allows: read what is there, act (work out what is not), or admin (see and
        cancel everybody's jobs too).
    days
        Days until it ends, 1 to 36,500; it does not end when not given.
    revoke
        Name of the token to take back.
    """
    from shopkeeper.surfaces.console import Screen, json_text
    from shopkeeper.surfaces.rest.tokens import Tokens, make_token, revoke_token

    asked.speak_for(shop)
    document: dict[str, object] = {}
    if revoke:
        revoke_token(shop, revoke)
        document["revoked"] = revoke
    if name:
        document |= {
            "name": name,
            "scope": scope,
            "token": make_token(shop, name, scope, days=days),
        }
    tokens = [
        {"name": token.name, "scope": token.scope, "made_on": token.made_on, "until": token.until}
        for token in Tokens(shop).all()
    ]
    if asked.json:
        sys.stdout.write(json_text(document | {"tokens": tokens}) + "\n")
        return 0
    screen = Screen(sys.stdout, asked.language)
    if name:
        screen.line(Words("This is shown once; keep it well:", "令牌只显示这一次，请妥善保存："))
        screen.line(str(document["token"]))
    headings = (
        Words("token", "令牌"),
        Words("scope", "权限"),
        Words("made on", "创建日期"),
        Words("until", "有效期至"),
    )
    columns = [(words.get(asked.language), False) for words in headings]
    screen.grid(columns, [tuple(token.values()) for token in tokens])
    return 0  # fmt: skip


def change_users(
    asked: Asked,
    shop: Path,
    *,
    name: str = "",
    scope: Literal["read", "act", "admin"] = "read",
    remove: str = "",
) -> int:
    """Make a user for the pages of `serve`, give one a new password, remove one, or list them.

    The password is asked for; where nobody can be asked it is the first line of standard input.

    Parameters
    ----------
    name
        Name of the user to make or change; without it and without --remove they are listed.
    scope
        What the user may do: read what is there, act (work out what is not), or admin (see and
        cancel everybody's jobs too).
    remove
        Name of the user to remove.
    """
    from shopkeeper.surfaces.console import Screen, json_text
    from shopkeeper.surfaces.rest.users import Users, make_user, remove_user

    asked.speak_for(shop)
    if remove:
        remove_user(shop, remove)
    if name:
        make_user(shop, name, _password(asked, name), scope)
    users = [
        {"name": user.name, "scope": user.scope, "made_on": user.made_on}
        for user in Users(shop).all()
    ]
    if asked.json:
        sys.stdout.write(json_text({"users": users}) + "\n")
        return 0
    headings = (Words("user", "用户"), Words("scope", "权限"), Words("made on", "创建日期"))
    columns = [(words.get(asked.language), False) for words in headings]
    Screen(sys.stdout, asked.language).grid(columns, [tuple(user.values()) for user in users])
    return 0


def _password(asked: Asked, name: str) -> str:
    """Return the password that is typed, twice the same, or given on standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    lang = asked.language
    first = getpass(Words(f"Password of {name}: ", f"{name} 的密码：").get(lang))
    if getpass(Words("Once more: ", "再输入一次：").get(lang)) != first:
        raise UsageError(
            Words(f"Asked for the password of {name[:40]!r}.", f"要设置 {name[:40]!r} 的密码。"),
            Words("The two that were typed differ.", "两次输入不一致。"),
            Words("Run the command again.", "请重新运行该命令。"),
        )
    return first


def _ready(asked: Asked, address: str) -> None:
    from shopkeeper.surfaces.console import Screen, json_text

    line = Words(f"The shop is served at {address}", f"店铺服务地址：{address}")
    if asked.json:
        sys.stdout.write(json_text({"address": address}) + "\n")
    else:
        Screen(sys.stdout, asked.language).line(line)
    sys.stdout.flush()


_PACKAGES = {
    **dict.fromkeys(("fastapi", "httptools", "prometheus_client"), "serve"),
    **dict.fromkeys(("pydantic", "starlette", "uvicorn"), "serve"),
    "mcp": "mcp",
    "xlsxwriter": "serve",
}
"""Package → the extra that brings it."""


def _not_installed(error: ModuleNotFoundError) -> Exception:
    package = (error.name or "").partition(".")[0]
    if package not in _PACKAGES:
        return error
    install = f'pip install "shopkeeper[{_PACKAGES[package]}]"'
    return MissingExtraError(
        Words("Asked to serve the shop.", "要提供店铺服务。"),
        Words(f"The package {package} is not installed.", f"没有安装 {package}。"),
        Words(f"Run `{install}`.", f"请运行 `{install}`。"),
    )
