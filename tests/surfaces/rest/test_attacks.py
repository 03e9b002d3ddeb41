"""What an attacker sends to a running server, and what it must not do."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.rest.tokens import make_token
from shopkeeper.surfaces.verbs import VERBS
from tests.surfaces.rest.conftest import Server, served

PATHS = [
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "....//....//etc/passwd",
    "..\\..\\windows\\win.ini", "ftp://localhost/etc/passwd", "%00", "overview%00.csv", "overview/../jobs",
    "//evil.example/x", "~root",
]  # fmt: skip
SQL = [
    "'; DROP TABLE orders; --", "1 OR 1=1", "x' UNION SELECT * FROM read_csv('/etc/passwd') --",
    "table\" ; COPY (SELECT 1) TO '/tmp/stolen' --", "${jndi:ldap://evil}", "{{7*7}}", "%s%n",
]  # fmt: skip


@pytest.fixture(scope="module")
def guarded(made_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that needs a token, with a low limit of requests."""
    import shutil

    folder = tmp_path_factory.mktemp("guarded")
    shop = Path(shutil.copytree(made_shop, folder / "shop"))
    secret = make_token(shop, "till", "act")
    with served(shop, folder / "log", "--rate", "5") as running:
        running.token = secret
        yield running


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_the_routes(server: Server, path: str) -> None:
    quoted = quote(path, safe="%/\\:~")
    for address in (f"/v1/{quoted}", f"/v1/jobs/{quoted}", f"/{quoted}", f"/v1/overview/{quoted}"):
        reply = server.ask(address)
        assert reply.status in (404, 422), address
        assert b"root:" not in reply.body
    assert server.ask(f"/v1/overview?table={quote(path)}").status in (404, 422)


@pytest.mark.parametrize("text", [*SQL, *PATHS])
@pytest.mark.parametrize("name", ["period", "table", "limit", "offset", "lang"])
def test_no_parameter_reaches_sql_or_a_file(server: Server, name: str, text: str) -> None:
    reply = server.ask(f"/v1/overview?{name}={quote(text)}")
    assert reply.status in (404, 422)
    assert b"root:" not in reply.body
    assert server.ask("/v1/overview").status == 200


@pytest.mark.parametrize("text", SQL)
def test_free_text_comes_back_as_it_was_sent(server: Server, text: str) -> None:
    reply = server.ask(f"/v1/hostile-answer?limit=1&said={quote(text)}", Prefer="wait=30")
    assert reply.document["rows"][0]["said"] == text


def test_nothing_on_the_machine_can_be_named_from_afar(server: Server) -> None:
    offered = {field.name for verb in VERBS for field in question_of(verb).fields}
    assert {"encoder", "folder", "export"} & offered == set()
    for path in (
        "/v1/review-topics?encoder=/etc", "/v1/review-sentiment?encoder=evil/model",
        "/v1/compare-methods?encoder=x", "/v1/hostile-answer?folder=/etc", "/v1/hostile-answer?export=/tmp/x",
    ):  # fmt: skip
        reply = server.ask(path)
        assert (reply.status, "there is no such parameter" in reply.document["found"]) == (
            422,
            True,
        )
    planted = {"slow_answer", "hostile_answer", "failing_answer", "wanting_answer"}
    assert not planted & {verb.name for verb in VERBS}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.7:8321", ""])
def test_a_name_that_resolves_here_is_not_answered_to(server: Server, host: str) -> None:
    assert server.ask("/v1/overview", Host=host).status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_page_of_another_site_can_start_nothing(server: Server, headers: dict[str, str]) -> None:
    before = len(server.ask("/v1/jobs").document["jobs"])
    assert server.ask("/v1/slow-answer?seconds=77", **headers).status == 403
    assert server.post("/v1/slow-answer", {"seconds": 77}, **headers).status == 403
    assert len(server.ask("/v1/jobs").document["jobs"]) == before
    own = f"http://127.0.0.1:{server.port}"
    assert server.ask("/v1/overview", Origin=own, Sec_Fetch_Site="same-origin").status == 200


def test_a_body_that_is_too_large_is_not_read(server: Server) -> None:
    body = b'{"period": "' + b"x" * 70_000 + b'"}'
    reply = server.ask("/v1/overview", "POST", body, Content_Type="application/json")
    assert reply.status == 413
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(
            b"POST /v1/overview HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        answer = sent_until_refused(raw, b"2000\r\n" + b"x" * 8192 + b"\r\n", 2000)
        assert b" 413 " in answer
    packed = server.ask("/v1/overview", "POST", b"x" * 100, Content_Encoding="gzip")
    assert packed.status == 415


def sent_until_refused(raw: socket.socket, part: bytes, most: int) -> bytes:
    """Send a part over and over until the server answers or hangs up."""
    raw.settimeout(0.01)
    for _ in range(most):
        try:
            raw.sendall(part)
            if answer := raw.recv(65_536):
                return answer
            break
        except TimeoutError:
            continue
        except OSError:
            break
    raw.settimeout(5)
    return raw.recv(65_536)


def test_headers_that_do_not_end_are_cut_off(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"GET /v1/overview HTTP/1.1\r\nHost: localhost\r\n")
        answer = sent_until_refused(raw, b"X-Filler: " + b"a" * 4000 + b"\r\n", 2000)
    assert answer.startswith(b"HTTP/1.1 431 ")
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        answer = sent_until_refused(raw, b"GET /" + b"a" * 4000, 2000)
    assert answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
    assert server.ask("/v1/overview").status == 200


@pytest.mark.slow
def test_slow_heads_and_bodies_are_hung_up_on_and_delay_nobody(server: Server) -> None:
    heads = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    body = socket.create_connection(("127.0.0.1", server.port))
    began = time.monotonic()
    body.sendall(
        b"POST /v1/overview HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{"
    )
    for raw in heads:
        raw.sendall(b"GET /v1")
    for _ in range(4):
        time.sleep(1)
        body.sendall(b" ")
        for raw in heads:
            raw.sendall(b"/")
    assert server.ask("/v1/overview").status == 200
    answers = []
    for raw in (body, *heads):
        raw.settimeout(15)
        answers.append(raw.recv(4096))
        raw.close()
    assert time.monotonic() - began < 20
    assert b" 408 " in answers[0]
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers[1:])


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1\r\nHost: x HTTP/1.1\r\n\r\n",
        b"POST /v1/overview HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1 HTTP/1.1\r\n\r\n",
        b"POST /v1/overview HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as raw:
        raw.sendall(sent)
        answer = raw.recv(4096)
    assert answer == b"" or answer.split(b" ")[1][:1] == b"4"
    assert server.ask("/v1/overview").status == 200


def test_a_token_is_held_to_its_rate(guarded: Server) -> None:
    time.sleep(2.5)
    replies = [guarded.ask("/v1/overview") for _ in range(30)]
    statuses = [reply.status for reply in replies]
    assert statuses[:10] == [200] * 10
    refused = [reply for reply in replies if reply.status == 429]
    assert len(refused) > 5
    assert refused[0].headers["retry-after"] == "1"
    assert refused[0].document["found"] == "Too many requests came at once."
    assert guarded.ask("/health").status == 200
    time.sleep(1.5)
    assert guarded.ask("/v1/overview").status == 200


def test_guessing_tokens_is_stopped_and_locks_out_nobody_else(guarded: Server) -> None:
    statuses = [guarded.ask("/v1", token=f"shopkeeper_{number}").status for number in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    reply = guarded.ask("/v1", token="shopkeeper_x")
    assert int(reply.headers["retry-after"]) > 1


def test_many_connections_at_once_are_all_answered(server: Server) -> None:
    statuses: list[int] = []

    def ask() -> None:
        statuses.extend(server.ask("/v1/overview").status for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 200


def test_the_log_is_json_and_holds_nothing_of_a_request(own_shop: Path, tmp_path: Path) -> None:
    secret = make_token(own_shop, "till", "act")
    person = "13800138000 anna.mueller@example.org"
    with served(own_shop, tmp_path / "log") as server:
        server.token = secret
        server.ask(f"/v1/hostile-answer?said={quote(person)}", Prefer="wait=30", User_Agent=person)
        server.ask(f"/v1/{quote(person)}", Referer=person, Cookie=person)
        server.post("/v1/hostile-answer", {"said": person, "nothing": person})
        server.ask("/v1", token=person)
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(person.encode() + b"\r\n\r\n")
            raw.recv(100)
    log = (tmp_path / "log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 4
    keys = {"time", "event", "route", "method", "status", "milliseconds", "request_id", "caller"}
    assert all(set(line) == keys for line in requests)
    assert [line["route"] for line in requests][:2] == ["/v1/hostile-answer", "(none)"]
    for told in (secret, "13800138000", "anna", "127.0.0.1"):
        assert told not in log
