"""Frozen settings of one shop, from `shop.toml` and the environment.

The environment wins over the file, the file over the defaults. This module reads settings; it does
not look at data.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import available_timezones

from shopkeeper.errors import SettingsError
from shopkeeper.words import Words

PrivacyChoice = Literal["hash", "drop"]
TextChoice = Literal["mask", "drop"]


@dataclass(frozen=True, slots=True)
class Privacy:
    """What happens to personal fields at the door.

    Parameters
    ----------
    name, email, phone, address, ip
        `hash` with the shop's own salt (equal values stay equal) or `drop`.
    text
        `mask` e-mails, phone numbers and IP addresses inside free text, or `drop` the text.
    """

    name: PrivacyChoice = "drop"
    email: PrivacyChoice = "hash"
    phone: PrivacyChoice = "hash"
    address: PrivacyChoice = "drop"
    ip: PrivacyChoice = "hash"
    text: TextChoice = "mask"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one shop.

    Parameters
    ----------
    name
        The shop's name, as reports print it.
    currency
        ISO 4217 currency for files that name none; empty to take the platform's own.
    time_zone
        IANA zone for files that name none; empty to take the platform's own.
    language
        `en` or `zh`: the language of reports and messages when `--lang` is not given.
    seed
        Seed of everything random.
    memory_limit
        Memory that the engine may use before it spills to disk, as DuckDB writes it (`2GB`).
    max_fit_rows
        Rows that a model is fitted on at most; the rate of sampling is told in the answer.
    minimum_count
        Below this count no percentage is shown.
    privacy
        What happens to personal fields.
    """

    name: str = "shop"
    currency: str = ""
    time_zone: str = ""
    language: Literal["en", "zh"] = "en"
    seed: int = 0
    memory_limit: str = "2GB"
    max_fit_rows: int = 200_000
    minimum_count: int = 30
    privacy: Privacy = field(default_factory=Privacy)


def load_settings(path: Path) -> Settings:
    """Read `shop.toml`; the defaults where there is no file.

    Raises
    ------
    SettingsError
        A key is unknown, or a value cannot be used.
    """
    given: dict[str, Any] = {}
    if path.is_file():
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _bad(path, str(error), str(error)) from error
    spoken = os.environ.get("SHOPKEEPER_LANG") or "en"
    if spoken not in ("en", "zh"):
        raise _bad(
            Path("SHOPKEEPER_LANG"),
            f"the variable is {spoken!r}, not en or zh",
            f"该环境变量为 {spoken!r}，只能是 en 或 zh",
        )
    given |= {name: os.environ[key] for name, key in _ENVIRONMENT.items() if os.environ.get(key)}
    privacy = given.pop("privacy", {})
    _known(path, given, Settings)
    _known(path, privacy, Privacy)
    for name, value in given.items():
        _check_type(path, name, value, getattr(Settings(), name))
    settings = Settings(**given, privacy=Privacy(**privacy))
    _check(path, settings)
    return settings


_ENVIRONMENT = {"language": "SHOPKEEPER_LANG", "memory_limit": "SHOPKEEPER_MEMORY"}


def settings_text(settings: Settings) -> str:
    """Return `shop.toml` for these settings, with every key and its meaning.

    Examples
    --------
    >>> print(settings_text(Settings(name="Tea")).splitlines()[1])
    name = "Tea"
    """
    quoted = settings.name.replace("\\", "\\\\").replace('"', '\\"')
    privacy = "\n".join(
        f'{item.name} = "{getattr(settings.privacy, item.name)}"' for item in fields(Privacy)
    )
    return f"""\
# Settings of this shop. 本店设置。
name = "{quoted}"
currency = "{settings.currency}"  # for files that name none, e.g. "CNY" 文件未写币种时使用
time_zone = "{settings.time_zone}"  # for files that name none, e.g. "Asia/Shanghai" 文件未写时区时使用
language = "{settings.language}"  # "en" or "zh"
seed = {settings.seed}
memory_limit = "{settings.memory_limit}"
max_fit_rows = {settings.max_fit_rows}
minimum_count = {settings.minimum_count}  # no percentage below this count 低于此数不显示百分比

[privacy]  # "hash" (salted) or "drop"; text: "mask" or "drop" 个人信息：加盐哈希或丢弃；文本：打码或丢弃
{privacy}
"""


def _known(path: Path, given: dict[str, Any], of: type) -> None:
    names = {item.name for item in fields(of)}
    for key in given:
        if key not in names:
            listed = ", ".join(sorted(names))
            raise _bad(
                path,
                f"{key!r} is no setting; there are {listed}",
                f"没有 {key!r} 这一项；可用：{listed}",
            )


def _check_type(path: Path, name: str, value: Any, default: Any) -> None:
    if type(value) is not type(default):
        raise _bad(
            path,
            f"{name} = {value!r} should be of type {type(default).__name__}",
            f"{name} = {value!r} 的类型应为 {type(default).__name__}",
        )


def _check(path: Path, settings: Settings) -> None:
    for item in fields(Privacy):
        value, allowed = getattr(settings.privacy, item.name), ("hash", "drop")
        if item.name == "text":
            allowed = get_args(TextChoice)
        if value not in allowed:
            listed = ", ".join(allowed)
            raise _bad(
                path,
                f"privacy.{item.name} is {value!r}, not one of {listed}",
                f"privacy.{item.name} 为 {value!r}，只能是 {listed}",
            )
    if settings.language not in ("en", "zh"):
        raise _bad(
            path,
            f"language is {settings.language!r}, not en or zh",
            f"language 为 {settings.language!r}，只能是 en 或 zh",
        )
    if settings.time_zone and settings.time_zone not in available_timezones():
        raise _bad(
            path,
            f"time_zone {settings.time_zone!r} is no IANA zone",
            f"time_zone {settings.time_zone!r} 不是 IANA 时区",
        )


def _bad(path: Path, en: str, zh: str) -> SettingsError:
    return SettingsError(
        Words(f"Asked to read the settings in {path.name}.", f"要读取 {path.name} 里的设置。"),
        Words(f"Found: {en}.", f"发现：{zh}。"),
        Words("Correct that line and run the command again.", "请改正这一行，然后重新运行命令。"),
    )
