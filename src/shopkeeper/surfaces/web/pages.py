"""The pages' common part: who reads, which shop, what is made already, what goes out."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper.errors import ShopkeeperError
from shopkeeper.surfaces.asking.desk import Desk, View
from shopkeeper.surfaces.asking.jobs import Jobs
from shopkeeper.surfaces.rest.problems import TITLES, too_long
from shopkeeper.surfaces.rest.schemas import LONGEST_TEXT
from shopkeeper.surfaces.rest.tokens import Caller, Tokens
from shopkeeper.surfaces.rest.users import Users
from shopkeeper.surfaces.web.frame import THEMES, Frame, Reader, query_string
from shopkeeper.surfaces.web.kitchen import Kitchen
from shopkeeper.surfaces.web.pictures import Pictures
from shopkeeper.surfaces.web.sessions import Seals, Sessions, new_visit

_NOT_OURS = ("/v1", "/metrics", "/openapi.json", "/health", "/ready", "/mcp")
_FREE = ("/login", "/static/", "/theme", "/favicon.ico")
"""What a reader sees before logging in."""

Context = Callable[[View, Reader], dict[str, Any]]
Handler = Callable[[Request], Awaitable[Response]]


class Pages:
    """What every handler of a page needs.

    Parameters
    ----------
    desk, jobs
        Where answers are found and worked out.
    users, tokens
        Who may log in.
    """

    def __init__(self, desk: Desk, jobs: Jobs, users: Users, tokens: Tokens) -> None:
        self.desk, self.jobs, self.users, self.tokens = desk, jobs, users, tokens
        self.sessions, self.seals = Sessions(users, tokens), Seals()
        self.kitchen, self.cellar, self.pictures = Kitchen(), Kitchen(), Pictures()
        self.frame = Frame(_cookie(desk.path))
        self.is_warm = False
        self.guarded: Callable[[], bool] = lambda: bool(users.all() or tokens.all())

    def close(self) -> None:
        """Make nothing more."""
        self.kitchen.close()
        self.cellar.close()

    def has_users(self) -> bool:
        """Say whether anybody has a password."""
        return bool(self.users.all())

    def owns(self, path: str) -> bool:
        """Say whether a path is that of a page (and not of the API)."""
        return not any(path == one or path.startswith(f"{one}/") for one in _NOT_OURS)

    def caller(self, request: Request) -> Caller | None:
        """Return who is logged in, or a stranger where a stranger may look; None otherwise."""
        known = self.sessions.caller(request.cookies.get(self.frame.cookie, ""))
        if known is None and request.url.path.startswith(_FREE):
            return Caller("", "read")
        return known

    def reader(self, request: Request, names: tuple[str, ...] | None = None) -> Reader:
        """Return who reads, and what is asked by parameters of these names, or of all.

        Raises
        ------
        Refused
            One of these names is longer than any question; of all of them, what is too long is left out.
        """
        given = request.query_params.items()
        query = {name: said for name, said in given if names is None or name in names}
        long = [name for name, said in query.items() if len(said) > LONGEST_TEXT]
        if long and names is not None:
            raise too_long(long[0], LONGEST_TEXT)
        query = {name: said for name, said in query.items() if name not in long}
        visit = request.cookies.get(self.frame.cookie, "")
        forwarded = request.headers.get("x-forwarded-proto", "")
        return Reader(
            lang=self.frame.language(request),
            theme=self.frame.choice(request, "theme", THEMES) or "auto",
            path=request.url.path,
            query=tuple(sorted(query.items())),
            caller=request.scope.get("state", {}).get("caller") or Caller("", "read"),
            guarded=self.guarded(),
            visit=visit[:64] or new_visit(),
            is_new=not visit,
            # Believed for nothing but making the cookie stricter.
            is_secure="https" in (request.url.scheme, forwarded),
        )

    async def page(
        self,
        request: Request,
        template: str,
        context: Context,
        *,
        names: tuple[str, ...] = (),
        key: Any = (),
        kitchen: Kitchen | None = None,
    ) -> Response:
        """Return a page, made now or kept from before.

        Parameters
        ----------
        request
            The request.
        template
            Its template.
        context
            Gathers what the template shows; called in the kitchen's thread.
        names
            The parameters that it knows; another one makes no page of its own.
        key
            What decides the page beside its address, its language and what the reader may.
        kitchen
            Where it is made, if not where most are.
        """
        reader, view = self.reader(request, names), self.desk.view()
        known = (reader.guarded, reader.caller.scope, bool(reader.caller.name))
        whole = (template, reader.path, reader.query, reader.lang, known, key)

        def make() -> str:
            shown = context(view, reader)
            return self.frame.page(template, reader, shop=view.shop.settings.name, **shown)

        made = await (kitchen or self.kitchen).page(view, whole, make)
        return self._sent(request, reader, made, 200)

    async def fresh(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """Return a page that is made for this one request."""
        reader = self.reader(request)
        shop = self._name()
        made = self.frame.page(template, reader, shop=shop, **context)
        return self._sent(request, reader, made.encode("utf-8", "replace"), status, headers)

    def error(
        self,
        request: Request,
        error: ShopkeeperError,
        status: int,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Return the page that tells an error, or the way to the login."""
        reader = self.reader(request)
        if status == 401:
            there = (
                query_string(reader.path, dict(reader.query)) if request.method == "GET" else "/"
            )
            return RedirectResponse(query_string("/login", {"next": there}), 303)
        title = TITLES.get(status, TITLES[400])
        made = self.frame.page(
            "error", reader, shop=self._name(), active="", title=title.get(reader.lang), error=error
        )
        return self._sent(request, reader, made.encode("utf-8", "replace"), status, headers)

    def _sent(
        self,
        request: Request,
        reader: Reader,
        page: bytes,
        status: int,
        headers: dict[str, str] | None = None,
    ) -> Response:
        seal = self.seals.seal(reader.visit)
        return self.frame.response(request, reader, page, seal=seal, status=status, headers=headers)

    def _name(self) -> str:
        try:
            return self.desk.view().shop.settings.name
        except ShopkeeperError:
            return "shopkeeper"


def _cookie(shop: Path) -> str:
    # Two servers of this machine share their cookies, whatever their ports.
    return "shopkeeper_" + hashlib.sha256(str(shop.absolute()).encode()).hexdigest()[:8]
