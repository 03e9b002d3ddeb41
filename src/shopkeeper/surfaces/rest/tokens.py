"""Who may ask: tokens with a scope, of which only a hash is kept.

A token is 32 random bytes, so that a plain SHA-256 of it cannot be turned back and needs no salt. It is
shown once, when it is made. The file lies in the shop's folder, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from shopkeeper.errors import UsageError
from shopkeeper.surfaces.rest.kept import Kept
from shopkeeper.words import Words

Scope = Literal["read", "act", "admin"]
SCOPES = {"read": 0, "act": 1, "admin": 2}
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREFIX = "shopkeeper_"
LONGEST_DAYS = 36_500
FILE = "tokens.json"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Parameters
    ----------
    name
        The token's name; empty where none is needed.
    scope
        What the caller may do: `read` what is there, `act` as well, or `admin` everything.
    """

    name: str
    scope: Scope

    def may(self, scope: Scope) -> bool:
        """Say whether the caller's scope holds another.

        Examples
        --------
        >>> Caller("till", "act").may("read"), Caller("till", "act").may("admin")
        (True, False)
        """
        return SCOPES[self.scope] >= SCOPES[scope]


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token.

    Parameters
    ----------
    name
        Its name.
    scope
        What it allows.
    digest
        SHA-256 of the token, in hexadecimal digits.
    made_on, until
        Dates in UTC, ISO 8601; `until` is empty where the token does not end.
    """

    name: str
    scope: Scope
    digest: str
    made_on: str
    until: str = ""

    @property
    def holds(self) -> bool:
        """Whether its time has not run out."""
        return not self.until or _today() <= self.until


class Tokens:
    """The tokens of a shop, read again whenever their file changes.

    Parameters
    ----------
    shop
        The shop's folder.

    Examples
    --------
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> shop = shop_from_tables({})
    >>> tokens = Tokens(shop.path)
    >>> secret = make_token(shop.path, "till", "read")
    >>> tokens.caller(secret), tokens.caller(secret + "x")
    (Caller(name='till', scope='read'), None)
    """

    def __init__(self, shop: Path) -> None:
        self._kept = _kept(shop)

    def all(self) -> tuple[Token, ...]:
        """Return every token.

        Raises
        ------
        UnreadableFileError
            Their file is damaged.
        """
        return self._kept.all()

    def caller(self, given: str) -> Caller | None:
        """Return whose token it is."""
        token = self.token(given)
        return Caller(token.name, token.scope) if token else None

    def token(self, given: str) -> Token | None:
        """Return the token; every one is compared, each in constant time."""
        digest = _digest(given)
        found = None
        for token in self.all():
            if hmac.compare_digest(digest, token.digest) and token.holds:
                found = token
        return found


def make_token(shop: Path, name: str, scope: Scope, *, days: int | None = None) -> str:
    """Make a token and return it; it cannot be had again.

    Parameters
    ----------
    shop
        The shop's folder.
    name
        Small letters, digits, `-` and `_`; a name that is taken cannot be taken again.
    scope
        What it allows.
    days
        Days until it ends, 1 to 36,500; it does not end when not given.

    Raises
    ------
    UsageError
        The name is taken or cannot be used, or `days` is out of range.
    ShopNotFoundError
        There is no shop at that path.
    """
    asked = Words(f"Asked to make the token {name[:40]!r}.", f"要创建令牌 {name[:40]!r}。")
    if not NAME.fullmatch(name):
        raise UsageError(
            asked,
            Words("That is no name for a token.", "这个名称不可用。"),
            Words(
                "Use up to 40 small letters, digits, - and _.",
                "请用不超过 40 个的小写字母、数字、- 和 _。",
            ),
        )
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise UsageError(
            asked,
            Words(f"It should end after {days} days.", f"有效天数为 {days}。"),
            Words(
                f"Give a number of days from 1 to {LONGEST_DAYS:,}, or none.",
                f"天数请给 1 到 {LONGEST_DAYS:,}，或不给。",
            ),
        )
    secret = _PREFIX + secrets.token_urlsafe(32)
    until = "" if days is None else (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    with _kept(shop).changing() as tokens:
        if any(token.name == name for token in tokens):
            raise UsageError(
                asked,
                Words("There is a token of that name.", "已有同名令牌。"),
                Words("Choose another name, or revoke it first.", "请换一个名称，或先撤销它。"),
            )
        tokens.append(Token(name, scope, _digest(secret), _today(), until))
    return secret


def revoke_token(shop: Path, name: str) -> None:
    """Take a token back; a running server refuses it from then on.

    Raises
    ------
    UsageError
        There is no such token.
    """
    _kept(shop).remove(name)


def _kept(shop: Path) -> Kept[Token]:
    return Kept(shop, FILE, Words("tokens", "令牌"), _parsed)


def _parsed(item: dict[str, Any]) -> Token:
    token = Token(**item)
    if token.scope not in SCOPES or len(token.digest) != 64:
        raise ValueError("that is no token")
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
