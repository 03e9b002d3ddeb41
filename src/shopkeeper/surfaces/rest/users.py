"""Who may open the pages: names with a password, of which only a slow hash with a salt is kept.

The hash is scrypt (RFC 7914) with N = 2¹⁵, r = 8, p = 1: 32 MiB and about a tenth of a second for each
guess. Its settings stand beside each hash, so that they can be raised later.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shopkeeper.errors import UsageError
from shopkeeper.surfaces.rest.kept import Kept
from shopkeeper.surfaces.rest.tokens import NAME, SCOPES, Caller, Scope
from shopkeeper.words import Words

FILE = "users.json"
SHORTEST, LONGEST = 10, 200
_N, _R, _P = 2**15, 8, 1
_MEMORY = 2**26


@dataclass(frozen=True, slots=True)
class User:
    """What is kept of a user.

    Parameters
    ----------
    name
        The name.
    scope
        What the user may do, as of a token.
    digest
        `scrypt$N$r$p$salt$hash`, the last two in base64.
    made_on
        A date in UTC, ISO 8601.
    """

    name: str
    scope: Scope
    digest: str
    made_on: str


class Users:
    """The users of a shop, read again whenever their file changes.

    Parameters
    ----------
    shop
        The shop's folder.

    Examples
    --------
    >>> from shopkeeper.data.shop import shop_from_tables
    >>> shop = shop_from_tables({})
    >>> users = Users(shop.path)
    >>> make_user(shop.path, "li", "correct horse", "act")
    >>> users.user("li", "correct horse").scope, users.user("li", "wrong horse")
    ('act', None)
    """

    def __init__(self, shop: Path) -> None:
        self._kept = _kept(shop)
        self._nobody = _digest(secrets.token_hex())

    def all(self) -> tuple[User, ...]:
        """Return every user.

        Raises
        ------
        UnreadableFileError
            Their file is damaged.
        """
        return self._kept.all()

    def user(self, name: str, password: str) -> User | None:
        """Return the user of that name if the password is theirs; as slow where there is none."""
        found = next((user for user in self.all() if user.name == name), None)
        fits = _fits(password[:LONGEST], found.digest if found else self._nobody)
        return found if fits else None

    def caller(self, name: str, digest: str) -> Caller | None:
        """Return the user who is still there with the same password."""
        for user in self.all():
            if user.name == name and hmac.compare_digest(user.digest, digest):
                # No token's name has this sign, so that neither sees the other's jobs.
                return Caller(f"@{user.name}", user.scope)
        return None


def make_user(shop: Path, name: str, password: str, scope: Scope) -> None:
    """Make a user, or give one that is there a new password and scope.

    Parameters
    ----------
    shop
        The shop's folder.
    name
        Small letters, digits, `-` and `_`.
    password
        10 to 200 characters.
    scope
        What the user may do.

    Raises
    ------
    UsageError
        The name or the password cannot be used.
    ShopNotFoundError
        There is no shop at that path.
    """
    asked = Words(f"Asked to make the user {name[:40]!r}.", f"要创建用户 {name[:40]!r}。")
    if not NAME.fullmatch(name):
        raise UsageError(
            asked,
            Words("That is no name for a user.", "这个用户名不可用。"),
            Words(
                "Use up to 40 small letters, digits, - and _.",
                "请用不超过 40 个的小写字母、数字、- 和 _。",
            ),
        )
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            asked,
            Words(
                f"The password has {len(password)} characters.", f"密码有 {len(password)} 个字符。"
            ),
            Words(
                f"Give one of {SHORTEST} to {LONGEST} characters; a sentence is easy to keep in mind.",
                f"密码请用 {SHORTEST} 到 {LONGEST} 个字符；用一句话更容易记住。",
            ),
        )
    today = datetime.now(UTC).date().isoformat()
    with _kept(shop).changing() as users:
        users[:] = [user for user in users if user.name != name]
        users.append(User(name, scope, _digest(password), today))


def remove_user(shop: Path, name: str) -> None:
    """Take a user away; whoever is logged in under that name is out at once.

    Raises
    ------
    UsageError
        There is no such user.
    """
    _kept(shop).remove(name)


def _kept(shop: Path) -> Kept[User]:
    return Kept(shop, FILE, Words("users", "用户"), _parsed)


def _parsed(item: dict[str, Any]) -> User:
    user = User(**item)
    if user.scope not in SCOPES or user.digest.count("$") != 5:
        raise ValueError("that is no user")
    return user


def _digest(password: str) -> str:
    salt = secrets.token_bytes(16)
    hashed = _hashed(password, salt, (_N, _R, _P))
    parts = (base64.b64encode(part).decode() for part in (salt, hashed))
    return "$".join(("scrypt", str(_N), str(_R), str(_P), *parts))


def _fits(password: str, digest: str) -> bool:
    _, n, r, p, salt, hashed = digest.split("$")
    cost = (int(n), int(r), int(p))
    found = _hashed(password, base64.b64decode(salt), cost)
    return hmac.compare_digest(found, base64.b64decode(hashed))


def _hashed(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    # The same letters may be typed as different code points (NIST SP 800-63B, 5.1.1.2).
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    n, r, p = cost
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)
