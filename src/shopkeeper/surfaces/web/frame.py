"""What every page has: its reader, its frame, its headers.

Pages are kept as they were made for everybody; what is one reader's own (the seal of forms, the name, the
theme) stands in them as a mark and is filled in when they are sent.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import __version__
from shopkeeper.surfaces.charts import FONTS, NIGHT, PAPER
from shopkeeper.surfaces.rest.tokens import Caller
from shopkeeper.surfaces.rest.wanted import language_of, takes_gzip
from shopkeeper.surfaces.web import phrases
from shopkeeper.words import Language, Words

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
THEMES = ("auto", "light", "dark")
HTML = "text/html; charset=utf-8"
_A_YEAR = 365 * 86_400
_STATIC = {"style.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8",
           "icon.svg": "image/svg+xml"}  # fmt: skip
_OWN = {
    name: f"%%{name}{secrets.token_hex(8)}%%" for name in ("seal", "who", "theme", "next_theme")
}
"""What is one reader's own → the mark that stands for it in a page that is kept."""


@dataclass(frozen=True)
class Reader:
    """Who reads a page, and how.

    Parameters
    ----------
    lang, theme
        Language, and `auto`, `light` or `dark`.
    path, query
        What is asked for.
    caller
        Who asks, as the door found out.
    guarded
        Whether only those who are known are let in.
    visit
        The value of the visit's cookie; new where there was none.
    is_new
        Whether the cookie has to be set.
    is_secure
        Whether the reader came over HTTPS.
    """

    lang: Language
    theme: str
    path: str
    query: tuple[tuple[str, str], ...]
    caller: Caller
    guarded: bool
    visit: str
    is_new: bool
    is_secure: bool

    @cached_property
    def asked(self) -> dict[str, str]:
        """What the query asks, without the language; of a name that comes twice the last."""
        return {name: value for name, value in self.query if name != "lang" and value}

    @property
    def may_act(self) -> bool:
        """Whether the reader may have something worked out."""
        return self.caller.may("act")

    def address(self, **changed: str | int | None) -> str:
        """Return the address of the same page with a part of its query changed; None leaves it out."""
        kept = {**self.asked, **changed}
        return query_string(self.path, kept)


class Frame:
    """Writes pages from templates.

    Parameters
    ----------
    cookie
        Name of the visit's cookie.
    """

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie
        self._environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(_template),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.static = {name: (_static(name), kind) for name, kind in _STATIC.items()}
        self._marks = {
            name: hashlib.sha256(body).hexdigest()[:12] for name, (body, _) in self.static.items()
        }

    def page(self, template: str, reader: Reader, *, shop: str, **context: Any) -> str:
        """Write a page.

        Parameters
        ----------
        template
            Name of the template, without `.html`.
        reader
            Who reads it.
        shop
            The shop's name.
        context
            What the template shows.
        """
        other: Language = "en" if reader.lang == "zh" else "zh"

        def say(name: str, **values: Any) -> Markup:
            words: Words = getattr(phrases, name)
            return Markup(words.get(reader.lang)).format(**values)  # noqa: S704

        return self._environment.get_template(template).render(
            reader=reader,
            lang=reader.lang,
            tongue="zh-CN" if reader.lang == "zh" else "en",
            shop=shop,
            say=say,
            navigation=phrases.NAVIGATION,
            static=lambda name: f"/static/{name}?{self._marks[name]}",
            other_language=reader.address(lang=other),
            other_tongue="zh-CN" if other == "zh" else "en",
            here=quote(reader.address(), safe=""),
            own=_OWN,
            version=__version__,
            **context,
        )

    def response(
        self,
        request: Request,
        reader: Reader,
        page: bytes,
        *,
        seal: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Return a page as a response, with what is the reader's own filled in."""
        own = {
            "seal": seal,
            "who": reader.caller.name,
            "theme": reader.theme,
            "next_theme": "light" if reader.theme == "dark" else "dark",
        }
        for name, value in own.items():
            page = page.replace(_OWN[name].encode(), str(escape(value)).encode())
        sent = {
            "Content-Security-Policy": POLICY,
            "Content-Language": reader.lang,
            # `no-referrer` would make browsers send the origin `null` with forms.
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store" if reader.guarded else "private, no-cache",
            "Vary": "Accept-Language, Accept-Encoding, Cookie",
            **(headers or {}),
        }
        if takes_gzip(request):
            page = gzip.compress(page, 1)
            sent["Content-Encoding"] = "gzip"
        response = Response(page, status, sent, HTML)
        self.remember(request, response, reader)
        return response

    def remember(self, request: Request, response: Response, reader: Reader) -> None:
        """Set the cookies that a response needs: the visit, and a language that was chosen."""
        if reader.is_new:
            self.set_visit(response, reader.visit, secure=reader.is_secure)
        if request.query_params.get("lang") in ("en", "zh"):
            self.set_choice(response, "lang", reader.lang)

    def set_visit(self, response: Response, visit: str, *, secure: bool) -> None:
        """Set the visit's cookie: no script reads it, no other site's form sends it."""
        response.set_cookie(
            self.cookie, visit, path="/", httponly=True, samesite="lax", secure=secure
        )

    def set_choice(self, response: Response, name: str, value: str) -> None:
        """Remember a choice for a year."""
        response.set_cookie(
            f"{self.cookie}_{name}", value, max_age=_A_YEAR, path="/", httponly=True, samesite="lax"
        )

    def choice(self, request: Request, name: str, among: Sequence[str]) -> str:
        """Return what was chosen; empty when nothing was."""
        chosen = request.cookies.get(f"{self.cookie}_{name}", "")
        return chosen if chosen in among else ""

    def language(self, request: Request) -> Language:
        """Return the language to write in: the address, else the switch, else Accept-Language."""
        chosen = self.choice(request, "lang", ("en", "zh"))
        if request.query_params.get("lang") not in ("en", "zh") and chosen:
            return "zh" if chosen == "zh" else "en"
        return language_of(request)


def query_string(path: str, values: dict[str, Any]) -> str:
    """Return an address with a query; what is None or empty is left out.

    Examples
    --------
    >>> query_string("/reviews", {"q": "质量", "page": None})
    '/reviews?q=%E8%B4%A8%E9%87%8F'
    """
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def local(address: str) -> str:
    """Return an address of this server; the first page where it is none.

    Examples
    --------
    >>> (
    ...     local("/reviews?q=a"),
    ...     local("//evil.example"),
    ...     local("/\\\\evil.example"),
    ...     local("https://x"),
    ... )
    ('/reviews?q=a', '/', '/', '/')
    """
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and address[1:2] != "/" else "/"


def _template(name: str) -> str:
    folder = files("shopkeeper.surfaces.web") / "templates"
    return (folder / f"{name}.html").read_text(encoding="utf-8")


def _static(name: str) -> bytes:
    text = (files("shopkeeper.surfaces.web") / "static" / name).read_text(encoding="utf-8")
    return (_colours() + text if name == "style.css" else text).encode()


def _colours() -> str:
    """Return the colours of both themes, and the rules that carry them into the charts."""
    paper = ";".join(f"--{name}:{colour}" for name, colour in PAPER.items())
    night = ";".join(f"--{name}:{colour}" for name, colour in NIGHT.items())
    drawn = "".join(
        f'.chart [fill="{colour}"]{{fill:var(--{name})}}'
        f'.chart [stroke="{colour}"]{{stroke:var(--{name})}}'
        for name, colour in PAPER.items()
    )
    return (
        f":root{{color-scheme:light;{paper};--fonts:{FONTS}}}"
        f"@media(prefers-color-scheme:dark){{:root[data-theme=auto]{{color-scheme:dark;{night}}}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{night}}}{drawn}\n"
    )
