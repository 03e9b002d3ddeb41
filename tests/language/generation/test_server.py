"""Servers on loopback: a real one (`transformers serve`), and one that can be told to fail."""

import json
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from shopkeeper.errors import ProviderError
from shopkeeper.language.generate import Generator, Patience, generator_from_environment
from shopkeeper.language.prompts import Prompt
from shopkeeper.language.providers.connection import connection
from shopkeeper.language.providers.server import Server
from shopkeeper.language.replies import KeptReplies

SAYS = '{"label": "positive"}'
KEY = "sk-9f8e7d6c5b4a"
LABEL = {"type": "object", "properties": {"label": {"enum": ["positive"]}}, "required": ["label"]}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def real(tiny_chat: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The URL of `transformers serve` with a tiny model made on the spot, and the model's name."""
    for package in ("fastapi", "uvicorn", "openai", "accelerate"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    port, log = free_port(), tmp_path_factory.mktemp("serve") / "log"
    command = [Path(sys.executable).with_name("transformers"), "serve", str(tiny_chat)]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with log.open("wb") as file:
        server = subprocess.Popen([*command, *options], stdout=file, stderr=file, env=offline)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}/v1", str(tiny_chat)
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def at(url: str, model: str = "m", **patience: Any) -> Generator:
    given = {"seconds": 30.0, "attempts": 1, "sleep": lambda _: None} | patience
    return Generator(Server(connection(url, KEY, model)), patience=Patience(**given))


@pytest.mark.slow
def test_a_real_server_answers_and_tells_its_tokens(real: tuple[str, str]) -> None:
    generator = at(*real)
    assert generator.text(Prompt("How is it? 怎么样？", system="Be brief.")) == SAYS
    assert generator.meter.spent.reply_tokens == 5
    assert generator.meter.spent.prompt_tokens > 5


@pytest.mark.slow
def test_a_real_server_streams_piece_by_piece(real: tuple[str, str]) -> None:
    generator = at(*real)
    pieces = list(generator.stream(Prompt("How is it?")))
    assert len(pieces) > 1
    assert "".join(pieces) == SAYS
    assert generator.meter.spent.reply_tokens == 5


@pytest.mark.slow
def test_a_real_server_gives_json_that_satisfies_a_schema(real: tuple[str, str]) -> None:
    assert at(*real).json(Prompt("How is it?"), LABEL) == {"label": "positive"}


@pytest.mark.slow
def test_a_real_server_answers_several_at_once_and_is_asked_once(
    real: tuple[str, str], tmp_path: Path
) -> None:
    generator = at(*real)
    generator.kept = KeptReplies(tmp_path / "replies.sqlite")
    prompts = [Prompt(f"review {n}") for n in range(6)]
    assert generator.texts(prompts) == generator.texts(prompts) == [SAYS] * 6
    assert generator.meter.spent.requests == 6


@pytest.mark.slow
def test_a_real_server_cuts_a_reply_at_the_limit(real: tuple[str, str]) -> None:
    assert at(*real).text(Prompt("How is it?"), tokens=2) == '{"label": "posi'


@pytest.mark.slow
def test_a_real_server_refuses_a_model_that_it_does_not_have(real: tuple[str, str]) -> None:
    with pytest.raises(ProviderError, match="the server answered 400: Server is pinned"):
        at(real[0], "another").text(Prompt("?"))


Act = Callable[[BaseHTTPRequestHandler], None]


class Scripted:
    """A server that does what it is told, one act a request, and remembers the requests."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                scripted.bodies.append(json.loads(self.rfile.read(length)))
                scripted.keys.append(self.headers["Authorization"])
                scripted.acts.pop(0)(self)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    yield made
    made.server.shutdown()
    made.server.server_close()


def says(status: int, body: object, **headers: str) -> Act:
    def act(handler: BaseHTTPRequestHandler) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return act


def fine(text: str = "fine") -> Act:
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    return says(200, {"choices": [{"message": {"content": text}}], "usage": usage})


def streams(*lines: str) -> Act:
    return says(200, "\n".join(lines).encode(), Content_Type="text/event-stream; charset=utf-8")


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no single read is ever late."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.05)
    except OSError:
        return


def hangs(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(5)
    handler.rfile.read(1)
    handler.close_connection = True


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')


def test_an_error_500_is_tried_again(scripted: Scripted) -> None:
    scripted.acts = [says(500, {"error": {"message": "boom"}}), fine()]
    generator = at(scripted.url, attempts=2)
    assert generator.text(Prompt("?")) == "fine"
    assert generator.meter.spent.reply_tokens == 2, "an error costs nothing"


def test_an_error_500_that_stays_is_told_in_the_servers_words(scripted: Scripted) -> None:
    scripted.acts = [says(500, {"error": {"message": "out of\nmemory" + "!" * 900}})] * 3
    with pytest.raises(ProviderError, match=r"After 3 tries: .* 500: out of memory!") as caught:
        at(scripted.url, attempts=3).text(Prompt("?"))
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("3", 3, 3), ("DATE", 15, 31), ("soon", 0, 1), ("-5", 0, 1), ("nan", 0, 1)],
)
def test_a_429_waits_as_long_as_it_is_asked_to(
    scripted: Scripted, header: str, low: float, high: float
) -> None:
    header = header.replace("DATE", formatdate(time.time() + 30, usegmt=True))
    waits: list[float] = []
    scripted.acts = [says(429, {}, Retry_After=header), fine()]
    assert at(scripted.url, attempts=2, sleep=waits.append).text(Prompt("?")) == "fine"
    assert len(waits) == 1
    assert low <= waits[0] <= high


@pytest.mark.parametrize("act", [hangs, drips], ids=["silent", "dripping"])
def test_a_slow_server_is_given_up_in_time(scripted: Scripted, act: Act) -> None:
    scripted.acts = [act]
    start = time.monotonic()
    generator = at(scripted.url, seconds=0.4)
    with pytest.raises(ProviderError, match=r"no answer within 0\.4 s") as caught:
        generator.text(Prompt("?"), tokens=10)
    assert time.monotonic() - start < 4
    assert "0.4 秒内没有答复" in caught.value.text("zh")
    assert generator.meter.spent.reply_tokens == 10, "it may have been paid for"


def test_a_dead_server_is_told_from_a_slow_one() -> None:
    generator = at(f"http://127.0.0.1:{free_port()}/v1")
    with pytest.raises(ProviderError, match="no server answers at that address"):
        generator.text(Prompt("?"))
    assert generator.meter.spent.reply_tokens == 0


def test_a_connection_that_breaks_off_is_tried_again(scripted: Scripted) -> None:
    scripted.acts = [breaks_off, fine()]
    assert at(scripted.url, attempts=2).text(Prompt("?")) == "fine"


def test_a_redirect_is_not_followed(scripted: Scripted) -> None:
    scripted.acts = [says(302, {}, Location=f"{scripted.url}/elsewhere")]
    with pytest.raises(ProviderError, match="302: redirects are not followed"):
        at(scripted.url, attempts=3).text(Prompt("?"))
    assert len(scripted.bodies) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [5]}', b"[" * 100_000,
     b'{"choices": [{"message": {"content": null}}]}', b'{"choices": [{"message": "x"}]}'],
    ids=range(9),
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_an_error_and_no_crash(
    scripted: Scripted, body: bytes
) -> None:
    scripted.acts = [says(200, body)]
    with pytest.raises(ProviderError, match="makes no sense"):
        at(scripted.url).text(Prompt("?"))


def test_usage_that_makes_no_sense_counts_as_untold(scripted: Scripted) -> None:
    body = {"choices": [{"message": {"content": "x"}}], "usage": {"completion_tokens": -5}}
    scripted.acts = [says(200, body)]
    generator = at(scripted.url)
    generator.text(Prompt("?"), tokens=7)
    assert generator.meter.spent.reply_tokens == 7


def test_a_stream_is_read_whatever_its_layout(scripted: Scripted) -> None:
    def piece(content: str) -> str:
        return json.dumps({"choices": [{"delta": {"content": content}}]})

    end = json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    usage = json.dumps({"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}})
    scripted.acts = [
        streams(": hello\r", "event: x", f"data:{piece('好')}\r", "\r", "",
                f"data: {piece('的')}", "", f"data: {end}", "", f"data: {usage}", "",
                "data: [DONE]", "", "data: never read", ""),
    ]  # fmt: skip
    generator = at(scripted.url)
    assert list(generator.stream(Prompt("?"))) == ["好", "的"]
    assert generator.meter.spent.prompt_tokens == 4


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (('data: {"choices": [{"delta": {"content": "half"}}]}', ""), "ended before the reply did"),
        (('data: {"error": {"message": "x"}}', ""), "broke off with an error"),
        (("data: {", ""), "no JSON"),
        (("",), "ended before the reply did"),
    ],
)
def test_a_stream_that_breaks_off_is_no_reply(
    scripted: Scripted, lines: tuple[str, ...], found: str
) -> None:
    scripted.acts = [streams(*lines)]
    with pytest.raises(ProviderError, match=found):
        list(at(scripted.url).stream(Prompt("?")))


def test_a_server_that_does_not_stream_gives_the_whole_at_once(scripted: Scripted) -> None:
    scripted.acts = [fine("whole")]
    assert list(at(scripted.url).stream(Prompt("?"))) == ["whole"]


def test_the_key_is_sent_and_shown_nowhere(
    scripted: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.acts = [
        says(401, {"error": {"message": f"Incorrect API key provided: {KEY[:6]}***"}}),
        says(400, {"error": {"message": f"{KEY} may not use this model, nor sk-other1234"}}),
        fine(),
    ]
    generator = at(scripted.url)
    generator.kept = KeptReplies(tmp_path / "replies.sqlite")
    seen = [repr(generator.provider), repr(vars(generator.provider)), generator.provider.identity]
    for _ in range(2):
        with pytest.raises(ProviderError) as caught:
            generator.text(Prompt("?"))
        seen += [
            str(caught.value),
            repr(caught.value.__cause__),
            json.dumps(caught.value.to_dict()),
        ]
    generator.text(Prompt("?"))
    generator.kept.close()
    seen += [caplog.text, (tmp_path / "replies.sqlite").read_bytes().decode("latin-1")]
    assert scripted.keys == [f"Bearer {KEY}"] * 3
    assert not any(KEY[:6] in text or "sk-other" in text for text in seen)
    with pytest.raises(TypeError, match="a key is not copied"):
        pickle.dumps(generator.provider)


def test_the_environment_names_the_server(scripted: Scripted) -> None:
    scripted.acts = [fine()]
    generator = generator_from_environment(
        environment={"SHOPKEEPER_LLM_URL": f"{scripted.url}/", "SHOPKEEPER_LLM_MODEL": "small"}
    )
    assert generator is not None
    assert generator.text(Prompt("好？", system="s"), tokens=9) == "fine"
    assert scripted.keys == [None]
    assert scripted.bodies[0] == {
        "model": "small", "max_tokens": 9, "temperature": 0.0, "seed": 0, "stream": False,
        "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "好？"}],
    }  # fmt: skip
