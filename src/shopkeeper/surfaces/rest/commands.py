"""The commands of the server; its parts are loaded when it starts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from shopkeeper.errors import MissingExtraError
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
    """Serve every question over HTTP until Ctrl-C; /openapi.json says how to ask.

    Parameters
    ----------
    host
        Address to listen at; any but this machine's own needs a token.
    port
        Port to listen at; 0 takes a free one.
    rate
        Requests a second of one token or address at the most, 0 for no limit; when not given 50
        where a token is needed, and else no limit.
    jobs
        Long questions that are worked on at the same time.
    """
    from shopkeeper.surfaces.console import Screen, json_text

    asked.speak_for(shop)
    try:
        from shopkeeper.surfaces.rest.server import serve
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error

    def ready(address: str) -> None:
        line = Words(f"The shop is served at {address}", f"店铺服务地址：{address}")
        if asked.json:
            sys.stdout.write(json_text({"address": address}) + "\n")
        else:
            Screen(sys.stdout, asked.language).line(line)
        sys.stdout.flush()

    try:
        serve(shop, host=host, port=port, rate=rate, jobs=jobs, ready=ready)
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
        Days until it ends; it does not end when not given.
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


def _not_installed(error: ModuleNotFoundError) -> Exception:
    if error.name not in (
        "fastapi",
        "httptools",
        "prometheus_client",
        "pydantic",
        "starlette",
        "uvicorn",
    ):
        return error
    return MissingExtraError(
        Words("Asked to serve the shop.", "要提供店铺服务。"),
        Words(f"The package {error.name} is not installed.", f"没有安装 {error.name}。"),
        Words('Run `pip install "shopkeeper[serve]"`.', '请运行 `pip install "shopkeeper[serve]"`。'),
    )  # fmt: skip
