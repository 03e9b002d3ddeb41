"""Frozen settings of one shop, from `shop.toml` and the environment.

The environment wins over the file, the file over the defaults. This module reads settings; it does
not look at data.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import available_timezones

from shopkeeper.errors import UsageError
from shopkeeper.settings_files import read_toml, toml_string, toml_strings, unusable
from shopkeeper.words import Words

PrivacyChoice = Literal["hash", "drop"]
TextChoice = Literal["mask", "drop"]
OwnAspects = Mapping[str, Mapping[str, tuple[str, ...]]]
ASPECT_LANGUAGES = ("en", "zh", "pt")
_ASPECT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_TERMS, _LONGEST_TERM = 500, 60
LARGEST = 2**32 - 1
"""The largest whole number that a setting or a seed may be; generators take no larger seed."""


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
    aspects
        The shop's own aspects of reviews, or further terms of known ones: name → `en`, `zh` or `pt`
        → terms.
    segments
        The shop's own segments: name → a sentence in English or Chinese, asked anew in every run.
    opted_out
        Customers who must not be profiled, by the names that answers call them.
    kept_segments
        Further ways to tell customers apart, `behaviour` and `embedding`, whose members `run` keeps for
        other verbs.
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
    aspects: OwnAspects = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    opted_out: tuple[str, ...] = ()
    kept_segments: tuple[str, ...] = ()

    def least_count(self, given: int | None) -> int:
        """Return the count below which no percentage is shown: the one given, else the shop's own.

        Raises
        ------
        UsageError
            It is below 1.
        """
        least = self.minimum_count if given is None else given
        if least < 1:
            raise UsageError(
                Words("Asked for a minimum count.", "设置了最小计数。"),
                Words(f"It is {least}.", f"其值为 {least}。"),
                Words("Give a number of 1 or more.", "请给出不小于 1 的数。"),
            )
        return least


def load_settings(path: Path) -> Settings:
    """Read `shop.toml`; the defaults where there is no file.

    Raises
    ------
    SettingsError
        A key is unknown, or a value cannot be used.
    """
    given: dict[str, Any] = {}
    if path.exists():
        given = read_toml(path)
    spoken = os.environ.get("SHOPKEEPER_LANG") or "en"
    if spoken not in ("en", "zh"):
        raise unusable(
            Path("SHOPKEEPER_LANG"),
            f"the variable is {spoken!r}, not en or zh",
            f"该环境变量为 {spoken!r}，只能是 en 或 zh",
        )
    given |= {name: os.environ[key] for name, key in _ENVIRONMENT.items() if os.environ.get(key)}
    privacy = given.pop("privacy", {})
    opted_out = _names(path, "opted_out", given.pop("opted_out", []))
    kept = _names(path, "kept_segments", given.pop("kept_segments", []))
    if not isinstance(privacy, dict):
        raise unusable(path, "privacy is no table", "privacy 不是一张表")
    aspects = _own_aspects(path, given.pop("aspects", {}))
    segments = _own_segments(path, given.pop("segments", {}))
    _known(path, given, Settings)
    _known(path, privacy, Privacy)
    for name, value in given.items():
        _check_type(path, name, value, getattr(Settings(), name))
    settings = Settings(
        **given, privacy=Privacy(**privacy), aspects=aspects, segments=segments, opted_out=opted_out,
        kept_segments=kept,
    )  # fmt: skip
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
    privacy = "\n".join(
        f'{item.name} = "{getattr(settings.privacy, item.name)}"' for item in fields(Privacy)
    )
    return f"""\
# Settings of this shop. 本店设置。
name = {toml_string(settings.name)}
currency = "{settings.currency}"  # for files that name none, e.g. "CNY" 文件未写币种时使用
time_zone = "{settings.time_zone}"  # for files that name none, e.g. "Asia/Shanghai" 文件未写时区时使用
language = "{settings.language}"  # "en" or "zh"
seed = {settings.seed}
memory_limit = "{settings.memory_limit}"
max_fit_rows = {settings.max_fit_rows}
minimum_count = {settings.minimum_count}  # no percentage below this count 低于此数不显示百分比
opted_out = {toml_strings(settings.opted_out)}  # customers never profiled 不作画像的顾客编号
kept_segments = {toml_strings(settings.kept_segments)}  # "behaviour", "embedding": kept by run beside rfm 除 rfm 外也保存成员的分群

[privacy]  # "hash" (salted) or "drop"; text: "mask" or "drop" 个人信息：加盐哈希或丢弃；文本：打码或丢弃
{privacy}
{_segments_text(settings.segments)}{_aspects_text(settings.aspects)}"""


def _segments_text(segments: Mapping[str, str]) -> str:
    """Return the table of the shop's own segments; sentences are written as TOML strings."""
    lines = ["\n[segments]"] if segments else []
    lines += [f"{name} = {toml_string(said)}" for name, said in segments.items()]
    return "".join(f"{line}\n" for line in lines)


def _aspects_text(aspects: OwnAspects) -> str:
    """Return the tables of the shop's own aspects; terms are written as TOML strings."""
    lines = []
    for name, by_language in aspects.items():
        lines.append(f"\n[aspects.{name}]")
        lines += [f"{lang} = {toml_strings(terms)}" for lang, terms in by_language.items()]
    return "".join(f"{line}\n" for line in lines)


def _own_aspects(path: Path, given: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    if not isinstance(given, dict):
        raise unusable(path, "aspects is no table", "aspects 不是一张表")
    made = {}
    for name, by_language in given.items():
        if not _ASPECT_NAME.fullmatch(name):
            raise unusable(
                path,
                f"the aspect {name!r} needs a name of small letters, digits and _",
                f"方面 {name!r} 的名称只能用小写字母、数字和下划线",
            )
        if not isinstance(by_language, dict) or not by_language:
            raise unusable(
                path,
                f'aspects.{name} needs terms, such as en = ["noise"]',
                f'aspects.{name} 需要列出词语，如 zh = ["噪音"]',
            )
        made[name] = {
            lang: _own_terms(path, f"aspects.{name}.{lang}", lang, terms)
            for lang, terms in by_language.items()
        }
    return made


def _names(path: Path, key: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(
        isinstance(name, str) and name.strip() for name in given
    ):
        raise unusable(
            path,
            f'{key} should be a list of names, such as ["C7"], and none of them empty',
            f'{key} 应为名称的列表，如 ["C7"]，且不含空名称',
        )
    return tuple(sorted({name.strip() for name in given}))


def _own_segments(path: Path, given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise unusable(path, "segments is no table", "segments 不是一张表")
    for name, said in given.items():
        if not _ASPECT_NAME.fullmatch(name):
            raise unusable(
                path,
                f"the segment {name!r} needs a name of small letters, digits and _",
                f"分群 {name!r} 的名称只能用小写字母、数字和下划线",
            )
        if not isinstance(said, str) or not said.strip() or not said.isprintable():
            raise unusable(
                path,
                f'segments.{name} needs a sentence, such as "bought twice"',
                f"segments.{name} 需要一句话，如“买过两次”",
            )
    return dict(given)


def _own_terms(path: Path, key: str, lang: str, terms: Any) -> tuple[str, ...]:
    if lang not in ASPECT_LANGUAGES:
        listed = ", ".join(ASPECT_LANGUAGES)
        raise unusable(path, f"{key} is none of {listed}", f"{key} 只能是 {listed} 之一")
    if not isinstance(terms, list) or not 0 < len(terms) <= _MOST_TERMS:
        raise unusable(
            path,
            f"{key} should be a list of 1 to {_MOST_TERMS} terms",
            f"{key} 应为 1 到 {_MOST_TERMS} 个词语的列表",
        )
    for term in terms:
        usable = isinstance(term, str) and len(term) <= _LONGEST_TERM and term.isprintable()
        if not usable or not any(character.isalnum() for character in term):
            raise unusable(
                path,
                f"{key} has {str(term)[:_LONGEST_TERM]!r}, which is no term of letters "
                f"of at most {_LONGEST_TERM} characters",
                f"{key} 含有 {str(term)[:_LONGEST_TERM]!r}，词语应为不超过 {_LONGEST_TERM} 字的文字",
            )
    return tuple(terms)


def _known(path: Path, given: dict[str, Any], of: type) -> None:
    names = {item.name for item in fields(of)}
    for key in given:
        if key not in names:
            listed = ", ".join(sorted(names))
            near = get_close_matches(key, sorted(names), 1)
            raise unusable(
                path,
                f"{key!r} is no setting; there are {listed}",
                f"没有 {key!r} 这一项；可用：{listed}",
                do=Words(
                    f"Did you mean {near[0]}? Correct that line and run the command again.",
                    f"是否想写 {near[0]}？请改正这一行，然后重新运行命令。",
                )
                if near
                else None,
            )


def _check_type(path: Path, name: str, value: Any, default: Any) -> None:
    if type(value) is not type(default):
        raise unusable(
            path,
            f"{name} = {value!r} should be of type {type(default).__name__}",
            f"{name} = {value!r} 应为{_TYPES_ZH[type(default)]}",
        )


_TYPES_ZH = {str: "文本", int: "整数"}


def _check(path: Path, settings: Settings) -> None:
    _check_privacy(path, settings)
    _check_values(path, settings)
    _check_kept(path, settings)


def _check_privacy(path: Path, settings: Settings) -> None:
    for item in fields(Privacy):
        value, allowed = getattr(settings.privacy, item.name), ("hash", "drop")
        if item.name == "text":
            allowed = get_args(TextChoice)
        if value not in allowed:
            listed = ", ".join(allowed)
            raise unusable(
                path,
                f"privacy.{item.name} is {value!r}, not one of {listed}",
                f"privacy.{item.name} 为 {value!r}，只能是 {listed}",
            )


def _check_kept(path: Path, settings: Settings) -> None:
    for kind in settings.kept_segments:
        if kind not in ("behaviour", "embedding"):
            raise unusable(
                path,
                f"kept_segments has {kind!r}, not behaviour or embedding",
                f"kept_segments 含有 {kind!r}，只能是 behaviour 或 embedding",
            )


def _check_values(path: Path, settings: Settings) -> None:
    if settings.language not in ("en", "zh"):
        raise unusable(
            path,
            f"language is {settings.language!r}, not en or zh",
            f"language 为 {settings.language!r}，只能是 en 或 zh",
        )
    if settings.time_zone and settings.time_zone not in available_timezones():
        raise unusable(
            path,
            f"time_zone {settings.time_zone!r} is no IANA zone",
            f"time_zone {settings.time_zone!r} 不是 IANA 时区",
        )
    if settings.currency and not re.fullmatch("[A-Z]{3}", settings.currency):
        raise unusable(
            path,
            f"currency {settings.currency!r} is no ISO 4217 code such as CNY",
            f"currency {settings.currency!r} 不是 ISO 4217 币种代码（如 CNY）",
        )
    if not re.fullmatch(r"\d+(\.\d+)?\s?[KMGT]i?B", settings.memory_limit):
        raise unusable(
            path,
            f"memory_limit {settings.memory_limit!r} is no size such as 2GB",
            f"memory_limit {settings.memory_limit!r} 不是大小（如 2GB）",
        )
    for name, least in (("seed", 0), ("minimum_count", 1), ("max_fit_rows", 1)):
        value = getattr(settings, name)
        if value < least:
            raise unusable(
                path, f"{name} = {value} is below {least}", f"{name} = {value} 小于 {least}"
            )
        if value > LARGEST:
            raise unusable(
                path, f"{name} = {value} is above {LARGEST}", f"{name} = {value} 大于 {LARGEST}"
            )
