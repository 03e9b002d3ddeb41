"""Who is logged in, and the seals that show that a form came from a page of this server.

A visit is a random value in a cookie. A login begins a new visit (so that a value that somebody else put
there is worth nothing) and remembers only its hash. All of it is in memory: a restart logs everybody out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from shopkeeper.surfaces.rest.tokens import Caller, Tokens
from shopkeeper.surfaces.rest.users import Users

IDLE_SECONDS, LONGEST_SECONDS = 12 * 3600, 7 * 86_400
_MOST = 10_000


@dataclass(slots=True)
class _Session:
    kind: str
    name: str
    digest: str
    began: float
    seen: float


class Sessions:
    """The logins of a server.

    Parameters
    ----------
    users, tokens
        Who may log in; whoever is taken away there is logged out.
    clock
        Seconds, from any beginning.
    """

    def __init__(
        self, users: Users, tokens: Tokens, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._users, self._tokens, self._clock = users, tokens, clock
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def begin(self, kind: str, name: str, digest: str) -> str:
        """Log somebody in and return the value of the new visit.

        Parameters
        ----------
        kind
            `user` or `token`.
        name
            Whose login it is.
        digest
            What is kept of the password or token; when that changes the login ends.
        """
        visit, now = new_visit(), self._clock()
        self._sessions[_key(visit)] = _Session(kind, name, digest, now, now)
        while len(self._sessions) > _MOST:
            self._sessions.popitem(last=False)
        return visit

    def caller(self, visit: str) -> Caller | None:
        """Return who is logged in with a visit."""
        key, now = _key(visit), self._clock()
        session = self._sessions.get(key)
        if session is None:
            return None
        old = now - session.began > LONGEST_SECONDS or now - session.seen > IDLE_SECONDS
        caller = None if old else self._still(session)
        if caller is None:
            del self._sessions[key]
            return None
        session.seen = now
        self._sessions.move_to_end(key)
        return caller

    def end(self, visit: str) -> None:
        """Log a visit out."""
        self._sessions.pop(_key(visit), None)

    def _still(self, session: _Session) -> Caller | None:
        if session.kind == "user":
            return self._users.caller(session.name, session.digest)
        for token in self._tokens.all():
            if (token.name, token.digest) == (session.name, session.digest) and token.holds:
                return Caller(token.name, token.scope)
        return None


class Seals:
    """Marks forms with a value that another site's page cannot know.

    A seal is a random salt and the HMAC of salt and visit, so it differs on every page and tells
    nothing about the visit.

    Examples
    --------
    >>> seals = Seals()
    >>> seal = seals.seal("a visit")
    >>> seals.fits(seal, "a visit"), seals.fits(seal, "another")
    (True, False)
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def seal(self, visit: str) -> str:
        """Return a seal for the forms of a visit."""
        salt = secrets.token_urlsafe(9)
        return f"{salt}.{self._made(salt, visit)}"

    def fits(self, seal: str, visit: str) -> bool:
        """Say whether a seal was made for a visit."""
        salt, _, made = seal.partition(".")
        return bool(visit) and hmac.compare_digest(made.encode(), self._made(salt, visit).encode())

    def _made(self, salt: str, visit: str) -> str:
        text = f"{salt}.{visit}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def new_visit() -> str:
    """Return the value of a new visit."""
    return secrets.token_urlsafe(32)


def _key(visit: str) -> str:
    return hashlib.sha256(visit.encode("utf-8", "surrogatepass")).hexdigest()
