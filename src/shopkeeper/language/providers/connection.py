"""Where a language model's server is and the key to it; both come from the environment.

The key is held in an object that shows itself to nobody: not in a repr, a log, an error, a copy
or a pickle.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from shopkeeper.errors import SettingsError
from shopkeeper.words import Words


class Key:
    """A secret that only `reveal` tells.

    Examples
    --------
    >>> key = Key("sk-123")
    >>> key, str(key), f"{key}"
    (Key(hidden), 'Key(hidden)', 'Key(hidden)')
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "Key(hidden)"

    def __bool__(self) -> bool:
        return bool(self._secret)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied")

    def reveal(self) -> str:
        """Return the secret."""
        return self._secret

    def hidden_in(self, text: str) -> str:
        """Return a text without the secret."""
        return text.replace(self._secret, "[key]") if self._secret else text


@dataclass(frozen=True, slots=True)
class Connection:
    """A server that speaks the protocol of OpenAI's chat completions.

    Parameters
    ----------
    url
        Its base URL, up to and including `/v1` where it has that.
    key
        The key to it.
    model
        The model's name there.
    """

    url: str
    key: Key
    model: str


def connection(url: str, key: str, model: str) -> Connection:
    """Return a connection after a look at its parts.

    Raises
    ------
    SettingsError
        The URL is not http or https, holds a password, a query or a fragment, or is plain http to
        a host that is not near; the key cannot stand in a header; the model is not named.

    Examples
    --------
    >>> connection("http://127.0.0.1:8000/v1/", "", "tiny").url
    'http://127.0.0.1:8000/v1'
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _bad("SHOPKEEPER_LLM_URL is no URL", "SHOPKEEPER_LLM_URL 不是网址") from None
    if (
        parts.scheme not in ("http", "https")
        or not host
        or not url.isascii()
        or not url.isprintable()
    ):
        raise _bad(
            "SHOPKEEPER_LLM_URL is no http or https URL",
            "SHOPKEEPER_LLM_URL 不是 http 或 https 网址",
        )
    if parts.username or parts.password or parts.query or parts.fragment or " " in url:
        raise _bad(
            "SHOPKEEPER_LLM_URL holds more than host, port and path",
            "SHOPKEEPER_LLM_URL 只能包含主机、端口和路径",
        )
    if parts.scheme == "http" and not _near(host):
        raise _bad(
            f"{host} is not near, and http would send customers' texts and the key readable to all",
            f"{host} 不在本机或内网，用 http 会明文传输顾客文本和密钥",
        )
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise _bad("SHOPKEEPER_LLM_KEY cannot be a key", "SHOPKEEPER_LLM_KEY 不是有效的密钥")
    if not model.strip():
        raise _bad("SHOPKEEPER_LLM_MODEL is not set", "未设置 SHOPKEEPER_LLM_MODEL")
    return Connection(url.rstrip("/"), Key(key), model.strip())


def _near(host: str) -> bool:
    """Tell whether a host is this machine, a private address or a name without a dot."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return address.is_private or address.is_loopback


def _bad(en: str, zh: str) -> SettingsError:
    return SettingsError(
        Words("Asked to use a language model.", "要使用语言模型。"),
        Words(f"Found: {en}.", f"发现：{zh}。"),
        Words(
            "Set SHOPKEEPER_LLM_URL (such as https://host/v1), SHOPKEEPER_LLM_MODEL and, if the"
            " server wants one, SHOPKEEPER_LLM_KEY.",
            "请设置 SHOPKEEPER_LLM_URL（例如 https://host/v1）、SHOPKEEPER_LLM_MODEL，"
            "服务器需要时再设置 SHOPKEEPER_LLM_KEY。",
        ),
    )
