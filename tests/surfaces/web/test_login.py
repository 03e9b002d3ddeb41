"""Who is let in, who is kept out, and what a login is worth to a thief."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.errors import ShopkeeperError, UnreadableFileError, UsageError
from shopkeeper.surfaces.rest.server import serve
from shopkeeper.surfaces.rest.tokens import Caller, Tokens, make_token
from shopkeeper.surfaces.rest.users import FILE, Users, make_user, remove_user
from shopkeeper.surfaces.web.frame import local
from shopkeeper.surfaces.web.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from tests.surfaces.conftest import Command
from tests.surfaces.rest.conftest import Server
from tests.surfaces.web.conftest import PASSWORD, Visitor


def test_a_stranger_is_led_to_the_login_and_back(visitor: Visitor) -> None:
    reply = visitor.get("/reviews?stars=1")
    assert (reply.status, reply.headers["location"]) == (303, "/login?next=%2Freviews%3Fstars%3D1")
    assert visitor.enter(next="/reviews?stars=1").headers["location"] == "/reviews?stars=1"
    assert visitor.get("/reviews?stars=1").status == 200


@pytest.mark.parametrize(
    "path", ["/verbs/funnel", "/today.csv", "/jobs/x", "/data/tables.csv", "/v1/overview"]
)
def test_nothing_of_the_shop_is_shown_to_a_stranger(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status in (303, 401)


def test_a_login_opens_the_pages_and_not_the_api(known: Visitor) -> None:
    assert known.get("/").status == 200
    assert known.get("/v1/overview").status == 401


def test_a_visit_that_somebody_prepared_is_worth_nothing(guarded: Server) -> None:
    victim, name = Visitor(guarded), cookie_of(guarded)
    victim.cookies[name] = "fixed-by-somebody-else"
    assert victim.enter().status == 303
    assert victim.cookies[name] != "fixed-by-somebody-else"
    thief = Visitor(guarded, {name: "fixed-by-somebody-else"})
    assert thief.get("/").status == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    plain = visitor.get("/login").headers["set-cookie"].lower()
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "secure" not in plain
    proxied = Visitor(visitor.server).get("/login", X_Forwarded_Proto="https")
    assert "secure" in proxied.headers["set-cookie"].lower()


def test_logging_out_ends_the_visit(guarded: Server) -> None:
    somebody = Visitor(guarded)
    somebody.enter()
    before = dict(somebody.cookies)
    reply = somebody.post("/logout", {"seal": somebody.seal("/")})
    assert reply.headers["clear-site-data"] == '"cache"'
    assert Visitor(guarded, before).get("/").status == 303


def test_passwords_are_not_guessed(guarded: Server) -> None:
    guesser = Visitor(guarded)
    seal = guesser.seal()

    def guess(at: int) -> int:
        form = {"seal": seal, "name": "nobody", "password": f"a wrong password {at}"}
        return guesser.post("/login", form).status

    # All at once: none may pass before the others are counted, but for the two that are looked at together.
    began = time.monotonic()
    with ThreadPoolExecutor(30) as crowd:
        statuses = list(crowd.map(guess, range(30)))
    regained = 1 + (time.monotonic() - began) / 6
    assert 10 <= statuses.count(401) <= 11 + regained
    assert set(statuses) == {401, 429}
    held = guesser.enter("nobody", PASSWORD)
    assert held.status == 429
    assert 1 <= int(held.headers["retry-after"]) <= 6
    # Nobody else is locked out by it.
    assert Visitor(guarded).enter().status == 303


def test_a_wrong_name_is_told_like_a_wrong_password(guarded: Server) -> None:
    told = [
        Visitor(guarded)
        .enter(name, "another password")
        .body.decode()
        .split("<main")[1]
        .split("<form")[0]
        for name in ("li", "someone")
    ]
    assert told[0] == told[1]
    assert "do not fit" in told[0]


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ],
)
def test_a_login_leads_nowhere_else(guarded: Server, address: str) -> None:
    assert local(address) == "/"
    assert Visitor(guarded).enter(next=address).headers["location"] == "/"
    assert (
        Visitor(guarded)
        .get(f"/theme?to=dark&back={address}".replace("\t", "%09"))
        .headers["location"]
        == "/"
    )


def test_a_session_ends_when_it_is_old_idle_or_its_user_has_changed() -> None:
    now, shop = [0.0], shop_from_tables({})
    make_user(shop.path, "li", PASSWORD, "act")
    secret = make_token(shop.path, "till", "read")
    users, tokens = Users(shop.path), Tokens(shop.path)
    sessions = Sessions(users, tokens, clock=lambda: now[0])
    user, token = users.user("li", PASSWORD), tokens.token(secret)
    assert user
    assert token
    visit = sessions.begin("user", "li", user.digest)
    other = sessions.begin("token", "till", token.digest)
    assert sessions.caller(visit) == Caller("@li", "act")
    assert sessions.caller(other) == Caller("till", "read")
    now[0] = IDLE_SECONDS - 1
    assert sessions.caller(visit)
    now[0] = 2 * IDLE_SECONDS
    assert sessions.caller(other) is None
    visit = sessions.begin("user", "li", user.digest)
    for hour in range(0, LONGEST_SECONDS + 1, IDLE_SECONDS - 1):
        now[0] = 2 * IDLE_SECONDS + hour
        assert sessions.caller(visit)
    now[0] += IDLE_SECONDS - 1
    assert sessions.caller(visit) is None
    visit = sessions.begin("user", "li", user.digest)
    make_user(shop.path, "li", "another password", "act")
    assert sessions.caller(visit) is None


def test_users_are_made_listed_and_removed(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = shop_from_tables({})
    shop = opened.path
    monkeypatch.setattr("sys.stdin", _Typed(PASSWORD))
    made = command("user", shop, "--name", "li", "--scope", "act", "--json").document
    assert [(user["name"], user["scope"]) for user in made["users"]] == [("li", "act")]
    assert PASSWORD not in (shop / FILE).read_text()
    assert (shop / FILE).stat().st_mode & 0o077 == 0
    assert command("user", shop, "--remove", "li", "--json").document == {"users": []}


@pytest.mark.parametrize(
    ("name", "password", "found"),
    [
        ("Li!", PASSWORD, "no name for a user"),
        ("li", "short", "has 5 characters"),
        ("li", "x" * 201, "has 201 characters"),
    ],
)
def test_a_user_that_cannot_be_is_refused(name: str, password: str, found: str) -> None:
    opened = shop_from_tables({})
    shop = opened.path
    with pytest.raises(UsageError, match=found):
        make_user(shop, name, password, "read")
    with pytest.raises(UsageError, match="There is none of that name; there are: none"):
        remove_user(shop, name)


def test_a_damaged_file_of_users_lets_nobody_in() -> None:
    opened = shop_from_tables({})
    shop = opened.path
    for text in ("{", '[{"name": "li", "scope": "king", "digest": "a$b$c$d$e$f", "made_on": ""}]'):
        (shop / FILE).write_text(text)
        with pytest.raises(UnreadableFileError, match=r"users\.json is damaged"):
            Users(shop).all()


def test_another_address_needs_a_user_or_a_token(tmp_path: Path) -> None:
    shop = shop_from_tables({})
    with pytest.raises(ShopkeeperError, match="no token and no user has been made"):
        serve(shop.path, host="0.0.0.0", port=0, rate=None, jobs=1, ready=print)


def cookie_of(server: Server) -> str:
    """The name of the visit's cookie."""
    somebody = Visitor(server)
    somebody.get("/login")
    return next(name for name in somebody.cookies if not name.endswith(("_lang", "_theme")))


class _Typed:
    """What is typed when nobody can be asked."""

    def __init__(self, line: str) -> None:
        self._line = line

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return f"{self._line}\n"
