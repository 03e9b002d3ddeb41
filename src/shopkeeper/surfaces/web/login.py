"""Logging in and out: by a password, or by a token where there are no users."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper.surfaces.rest.limits import Limit, whole_seconds
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.frame import local
from shopkeeper.surfaces.web.pages import Pages
from shopkeeper.surfaces.web.sessions import new_visit
from shopkeeper.surfaces.web.verb_pages import sealed_form

_FROM_ONE_ADDRESS, _FOR_ONE_NAME = 20, 10
"""Wrong tries that may come at once; after those, one more every three (address) or six seconds (name)."""


class Login:
    """Who comes in.

    Parameters
    ----------
    pages
        As everywhere.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._addresses = Limit(rate=_FROM_ONE_ADDRESS / 60, burst=_FROM_ONE_ADDRESS)
        self._names = Limit(rate=_FOR_ONE_NAME / 60, burst=_FOR_ONE_NAME)
        # Each guess takes 32 MiB; so many at once and no more.
        self._guesses = asyncio.Semaphore(2)

    async def show(
        self, request: Request, *, wrong: str = "", status: int = 200, wait: str = ""
    ) -> Response:
        """Show the form; where nobody has to log in, the first page."""
        if not self._pages.guarded():
            return RedirectResponse("/", 303)
        there = request.query_params.get("next", "/")
        headers = {"Retry-After": wait} if wait else None
        return await self._pages.fresh(
            request, "login", status=status, headers=headers, active="", wrong=wrong, next=there,
            has_users=bool(self._pages.users.all()),
        )  # fmt: skip

    async def enter(self, request: Request) -> Response:
        """Log somebody in, in a visit of its own that nobody knew before."""
        pages, form = self._pages, await sealed_form(self._pages, request)
        lang = pages.reader(request).lang
        address = request.client.host if request.client else ""
        name = form.get("name", "")[:40]
        # Looked at behind the queue: guesses sent together would all pass before one of them is counted.
        async with self._guesses:
            wait = max(self._addresses.left(address), self._names.left(name))
            visit = "" if wait else await self._visit(form, name)
            if not visit and not wait:
                self._addresses.wait(address)
                self._names.wait(name)
        if wait:
            seconds = whole_seconds(wait)
            told = phrases.WAIT.get(lang).format(seconds=seconds)
            return await self.show(request, wrong=told, status=429, wait=seconds)
        if not visit:
            reason = phrases.WRONG if pages.users.all() else phrases.WRONG_TOKEN
            return await self.show(request, wrong=reason.get(lang), status=401)
        reader = pages.reader(request)
        pages.sessions.end(reader.visit)
        response = RedirectResponse(local(form.get("next", "/")), 303)
        pages.frame.set_visit(response, visit, secure=reader.is_secure)
        return response

    async def leave(self, request: Request) -> Response:
        """Log a reader out."""
        await sealed_form(self._pages, request)
        reader = self._pages.reader(request)
        self._pages.sessions.end(reader.visit)
        response = RedirectResponse("/login", 303, {"Clear-Site-Data": '"cache"'})
        self._pages.frame.set_visit(response, new_visit(), secure=reader.is_secure)
        return response

    async def _visit(self, form: dict[str, str], name: str) -> str:
        """Return the new visit of whoever gave the right password or token; empty otherwise."""
        pages = self._pages
        if not pages.users.all():
            token = pages.tokens.token(form.get("token", "").strip())
            return pages.sessions.begin("token", token.name, token.digest) if token else ""
        user = await run_in_threadpool(pages.users.user, name, form.get("password", ""))
        return pages.sessions.begin("user", user.name, user.digest) if user else ""
