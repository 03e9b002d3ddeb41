"""Any server that speaks OpenAI's chat completions: hosted ones, vLLM, Ollama, llama.cpp and others.

The standard library's HTTP client is used on purpose: one POST needs no more, it follows no
redirect (so neither key nor text reaches another host), and it reads no proxy and no netrc.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import math
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from shopkeeper.language.prompts import Prompt
from shopkeeper.language.providers import Ask, Fault, Reply
from shopkeeper.language.providers.connection import Connection
from shopkeeper.words import Words

LARGEST_REPLY = 16_000_000
"""Bytes of a reply at most."""

_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504, 529))


class Server:
    """Answers prompts over HTTP.

    Parameters
    ----------
    connection
        Where the server is.

    Limits
    ------
    No proxy is used, whatever the environment says. Certificates are checked against those of the
    machine.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.identity = f"server {connection.url} {connection.model}"

    def stream(self, prompt: Prompt, ask: Ask) -> Iterator[str | Reply]:
        """Yield pieces of text as they come, or the whole at once, then the reply."""
        body = {
            "model": self.connection.model,
            "messages": prompt.messages(),
            "max_tokens": ask.tokens,
            "temperature": ask.temperature,
            "seed": ask.seed,
            "stream": ask.live,
        }
        with self._answer(json.dumps(body).encode(), ask.seconds) as answer:
            if ask.live and "event-stream" in (answer.getheader("Content-Type") or ""):
                yield from _pieces(answer)
            else:
                reply = _whole(answer)
                yield from (reply.text, reply)

    @contextmanager
    def _answer(self, body: bytes, seconds: float) -> Iterator[http.client.HTTPResponse]:
        """Send a request; whatever goes wrong until the answer is read becomes a fault."""
        parts = urlsplit(self.connection.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        link = kind(parts.hostname or "", parts.port, timeout=seconds)
        watch, sent = _Watch(seconds), False
        answer: http.client.HTTPResponse | None = None
        try:
            link.connect()
            watch.start(link.sock)
            sent = True
            link.request("POST", f"{parts.path}/chat/completions", body, self._headers())
            answer = link.getresponse()
            if answer.status != 200:
                raise self._refused(answer)
            yield answer
        except Fault as fault:
            # A socket shut by the watch ends the answer early, which then makes no sense.
            raise _late(seconds, sent) if watch.expired else fault from None
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            late = watch.expired or isinstance(error, TimeoutError)
            raise _late(seconds, sent) if late else _broken(error, sent) from None
        finally:
            watch.stop()
            if answer:
                answer.close()
            link.close()

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        key = self.connection.key
        return headers | ({"Authorization": f"Bearer {key.reveal()}"} if key else {})

    def _refused(self, answer: http.client.HTTPResponse) -> Fault:
        status = answer.status
        said = "" if status in (401, 403) else self._message(answer.read(20_000))
        if 300 <= status < 400:
            said = "redirects are not followed"
        if status in (401, 403):
            said = "it does not accept the key"
        tail = f": {said}" if said else ""
        return Fault(
            Words(f"the server answered {status}{tail}", f"服务器返回 {status}{tail}"),
            again=status in _AGAIN,
            wait_seconds=_asked_wait(answer.getheader("Retry-After")),
        )

    def _message(self, body: bytes) -> str:
        """Return the server's own words: one short line, without the key."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return ""
        inner = told.get("error", told.get("detail")) if isinstance(told, dict) else None
        text = inner.get("message") if isinstance(inner, dict) else inner
        if not isinstance(text, str):
            return ""
        line = "".join(letter if letter.isprintable() else " " for letter in text)
        line = re.sub(r"\b(?:sk|key)-[\w*.-]{4,}", "[key]", self.connection.key.hidden_in(line))
        return line[:200]


class _Watch:
    """Shuts a socket when time is up, however slowly bytes drip in."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._timer: threading.Timer | None = None
        self._seconds = seconds

    def start(self, sock: socket.socket) -> None:
        self._timer = threading.Timer(self._seconds, self._shut, (sock,))
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _shut(self, sock: socket.socket) -> None:
        self.expired = True
        try:
            # Not SSLSocket.shutdown, which would take its state away from under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return


def _whole(answer: http.client.HTTPResponse) -> Reply:
    body = answer.read(LARGEST_REPLY + 1)
    if len(body) > LARGEST_REPLY:
        raise _nonsense("it is too long", "回复过长")
    told = _object(body)
    choice = _choice(told)
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else None
    if not isinstance(text, str):
        raise _nonsense("it holds no text", "没有文本")
    return Reply(text, *_usage(told), cut=choice.get("finish_reason") == "length")


def _pieces(answer: http.client.HTTPResponse) -> Iterator[str | Reply]:
    text: list[str] = []
    usage: tuple[int | None, int | None] = (None, None)
    finish: Any = None
    for told in _events(answer):
        if "error" in told:
            raise _nonsense("the server broke off with an error", "服务器中途报错")
        usage = _usage(told) if told.get("usage") else usage
        if not told.get("choices"):
            continue
        choice = _choice(told)
        finish = choice.get("finish_reason") or finish
        delta = choice.get("delta")
        piece = delta.get("content") if isinstance(delta, dict) else None
        if isinstance(piece, str) and piece:
            text.append(piece)
            yield piece
    if finish is None:
        raise _nonsense("the stream ended before the reply did", "数据流提前中断")
    yield Reply("".join(text), *usage, cut=finish == "length")


def _events(answer: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream of server-sent events."""
    read, data = 0, []
    while line := answer.readline(1_000_000):
        read += len(line)
        if read > LARGEST_REPLY:
            raise _nonsense("it is too long", "回复过长")
        field, _, value = line.rstrip(b"\r\n").partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif not field and data:
            whole, data = b"\n".join(data), []
            if whole.strip() == b"[DONE]":
                return
            yield _object(whole)
    if data and b"".join(data).strip() != b"[DONE]":
        yield _object(b"\n".join(data))


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise _nonsense("it is no JSON", "不是 JSON") from None
    if not isinstance(told, dict):
        raise _nonsense("it is no JSON object", "不是 JSON 对象")
    return told


def _choice(told: dict[str, Any]) -> dict[str, Any]:
    choices = told.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _nonsense("it holds no choice", "没有候选回复")
    return choices[0]


def _usage(told: dict[str, Any]) -> tuple[int | None, int | None]:
    usage = told.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    read, written = (one if type(one) is int and one >= 0 else None for one in counts)
    return read, written


def _asked_wait(header: str | None) -> float:
    """Return the seconds of a Retry-After header, in either of its forms; 0 when unreadable."""
    if not header:
        return 0.0
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp() - time.time()
        except (ValueError, OverflowError):
            return 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def _late(seconds: float, sent: bool) -> Fault:
    found = Words(f"no answer within {seconds:g} s", f"{seconds:g} 秒内没有答复")
    return Fault(found, again=True, paid=sent)


def _broken(error: Exception, sent: bool) -> Fault:
    if isinstance(error, ssl.SSLCertVerificationError):
        found = Words("the server's certificate cannot be trusted", "服务器证书不可信")
    elif isinstance(error, socket.gaierror):
        found = Words("there is no host of that name", "没有这个主机名")
    elif isinstance(error, ConnectionRefusedError):
        found = Words("no server answers at that address", "该地址没有服务器应答")
    else:
        found = Words("the connection broke off", "连接中断")
    known = not isinstance(error, ssl.SSLCertVerificationError)
    return Fault(found, again=known, paid=sent)


def _nonsense(en: str, zh: str) -> Fault:
    return Fault(
        Words(f"its answer makes no sense: {en}", f"答复无法理解：{zh}"), again=True, paid=True
    )
