"""Tokens: made once, kept as a hash, held to their scope, taken back."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.errors import UnreadableFileError, UsageError
from shopkeeper.surfaces.rest import tokens as module
from shopkeeper.surfaces.rest.tokens import Tokens, make_token, revoke_token
from tests.surfaces.rest.conftest import served

Command = Callable[..., Any]


def test_only_a_hash_is_kept_and_only_the_owner_can_read_it(own_shop: Path) -> None:
    secret = make_token(own_shop, "till", "act")
    kept = own_shop / "tokens.json"
    assert len(secret) > 40
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    everything = b"".join(file.read_bytes() for file in own_shop.rglob("*") if file.is_file())
    assert secret.encode() not in everything
    assert secret.removeprefix("shopkeeper_").encode() not in everything
    assert Tokens(own_shop).caller(secret) == module.Caller("till", "act")


def test_every_token_is_compared_in_constant_time(
    own_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = [make_token(own_shop, f"t{number}", "read") for number in range(3)]
    compared = []
    original = module.hmac.compare_digest

    def watched(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return original(one, other)

    monkeypatch.setattr(module.hmac, "compare_digest", watched)
    tokens = Tokens(own_shop)
    assert tokens.caller(secrets[0]) is not None
    assert tokens.caller("nonsense") is None
    assert compared == [(64, 64)] * 6


def test_a_token_ends_when_it_was_said_to(own_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = make_token(own_shop, "brief", "read", days=2)
    tokens = Tokens(own_shop)
    until = tokens.all()[0].until
    monkeypatch.setattr(module, "_today", lambda: until)
    assert tokens.caller(secret) is not None
    monkeypatch.setattr(module, "_today", lambda: f"{until}x")
    assert tokens.caller(secret) is None


def test_names_are_held_to_a_form_and_never_taken_twice(own_shop: Path) -> None:
    make_token(own_shop, "till", "read")
    with pytest.raises(UsageError, match="There is a token of that name"):
        make_token(own_shop, "till", "admin")
    with pytest.raises(UsageError, match="no name for a token"):
        make_token(own_shop, "../x", "read")
    for days in (0, -3, 10**9):
        with pytest.raises(UsageError, match="from 1 to 36,500"):
            make_token(own_shop, "brief", "read", days=days)
    with pytest.raises(UsageError, match="none of that name; there are: till"):
        revoke_token(own_shop, "other")
    (own_shop / "tokens.json").write_text('[{"name": 1}]')
    with pytest.raises(UnreadableFileError, match=r"tokens\.json is damaged"):
        Tokens(own_shop).all()


def test_the_command_shows_a_token_once(command: Command, own_shop: Path) -> None:
    made = command("token", own_shop, "--name", "till", "--scope", "act", "--days", "30")
    secret = next(line for line in made.out.splitlines() if line.startswith("shopkeeper_"))
    assert "shown once" in made.out
    assert Tokens(own_shop).caller(secret) is not None
    listed = command("token", own_shop, "--lang", "zh")
    assert "till" in listed.out
    assert "权限" in listed.out
    assert secret not in listed.out
    document = command("token", own_shop, "--json").document
    assert [(token["name"], token["scope"]) for token in document["tokens"]] == [("till", "act")]
    assert command("token", own_shop, "--revoke", "till", "--json").document["tokens"] == []
    assert command("token", own_shop / "nowhere", "--name", "a").code == 2


def test_another_address_is_refused_without_a_token(command: Command, own_shop: Path) -> None:
    for host in ("0.0.0.0", "192.168.7.7", "example.org", "::"):
        refused = command("serve", own_shop, "--host", host, "--port", "0", "--json")
        assert refused.code == 2
        assert "no token and no user has been made" in refused.document["found"]
    assert "尚未创建令牌" in command("serve", own_shop, "--host", "0.0.0.0", "--lang", "zh").err


def test_values_that_cannot_be_served_with_are_refused(command: Command, own_shop: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = command("serve", own_shop, "--port", port, "--json")
    assert (refused.code, "Another program" in refused.document["found"]) == (2, True)
    assert command("serve", own_shop, "--port", "99999999").code == 2
    assert command("serve", own_shop, "--jobs", "0").code == 2
    assert command("serve", own_shop, "--rate", "-1").code == 2
    assert command("serve", own_shop / "nowhere").code == 2


def test_scopes_on_a_running_server(own_shop: Path, tmp_path: Path) -> None:
    secrets = {name: make_token(own_shop, name, name) for name in ("read", "act", "admin")}
    other = make_token(own_shop, "other", "act")
    with served(own_shop, tmp_path / "log", "--host", "0.0.0.0") as server:
        for path in ("/v1", "/v1/overview", "/v1/jobs", "/metrics", "/openapi.json"):
            none = server.ask(path)
            assert (none.status, none.headers["www-authenticate"][:6]) == (401, "Bearer")
            wrong = server.ask(path, token="")
            assert wrong.status == 401
        # A page sends a reader to the login, whether there is such a page or not.
        for path in ("/", "/reviews", "/nowhere"):
            sent = server.ask(path)
            assert (sent.status, sent.headers["location"][:6]) == (303, "/login")
        assert server.ask("/health").status == server.ask("/ready").status == 200
        for secret in secrets.values():
            assert server.ask("/v1/overview", token=secret).status == 200
        # Only what is there may be read.
        slow = "/v1/slow-answer?seconds=600"
        refused = server.ask(slow, token=secrets["read"], Prefer="wait=0")
        assert (refused.status, "scope read" in refused.document["found"]) == (403, True)
        assert server.post("/v1/slow-answer", token=secrets["read"]).status == 403
        job = server.ask(slow, token=secrets["act"], Prefer="wait=0")
        assert job.status == 202
        path = job.headers["location"]
        assert server.ask(path, token=other).status == 404
        assert server.cancel(path, token=other).status == 404
        assert server.cancel(path, token=secrets["read"]).status == 403
        assert server.ask("/v1/jobs", token=other).document["jobs"] == []
        assert server.cancel(path, token=secrets["admin"]).document["state"] == "cancelled"
        # A token that is taken back is refused at once, and no token at all opens nothing.
        revoke_token(own_shop, "read")
        assert server.ask("/v1/overview", token=secrets["read"]).status == 401
        (own_shop / "tokens.json").unlink()
        assert server.ask("/v1/overview", token=secrets["admin"]).status == 401
        assert server.ask("/v1/overview").status == 401
    log = (tmp_path / "log").read_text()
    assert not [name for name, secret in secrets.items() if secret in log]
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["caller"] for line in lines if line["event"] == "request"} >= {"read", "admin"}


def test_a_token_made_while_the_server_runs_closes_it(own_shop: Path, tmp_path: Path) -> None:
    with served(own_shop, tmp_path / "log") as server:
        assert server.ask("/v1/overview").status == 200
        secret = make_token(own_shop, "till", "read")
        assert server.ask("/v1/overview").status == 401
        assert server.ask("/v1/overview", token=secret).status == 200
        (own_shop / "tokens.json").unlink()
        assert server.ask("/v1/overview").status == 401
