"""The pen: writes numbers, dates and other people's texts in one language.

Every number that it writes is a link to its definition, and it remembers which definitions it needs.
Every text that a stranger wrote is escaped, isolated from the direction of the text around it, and
shows control characters instead of obeying them.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup, escape

from shopkeeper.intervals import Interval
from shopkeeper.surfaces.report import phrases
from shopkeeper.words import Words

_SYMBOLS = {"CNY": "¥", "USD": "$", "BRL": "R$", "EUR": "€", "GBP": "£", "JPY": "JP¥"}
_PER_CENT = re.compile(r"(?<=\d) %")
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.#])[-−+±]?(?:R\$|JP¥|CN¥|[$€£¥])?\d[\d,]*(?:\.\d+)?(?:\s?[%万亿])?(?![A-Za-z0-9_])"
)
# Characters that reorder or hide the text around them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_JOINER = "\u200d"
_SHORT_ID, _WHOLE_ID = 8, 16


class Pen:
    """Writes in one language.

    Parameters
    ----------
    lang
        `en` or `zh`.
    minimum_count
        Below this count no percentage is written.
    """

    def __init__(self, lang: str, minimum_count: int) -> None:
        self.lang = "zh" if lang == "zh" else "en"
        self.minimum_count = minimum_count
        self.used: list[str] = []

    def say(self, words: Words, **values: str | Markup) -> Markup:
        """Return a phrase with its gaps filled; plain strings are escaped."""
        return Markup(words.get(self.lang)).format(**values)  # noqa: S704

    def joined(self, *sentences: Markup) -> Markup:
        """Return sentences in a row, with a gap between them where the language has one."""
        gap = Markup() if self.lang == "zh" else Markup(" ")
        return gap.join(sentences)

    def link(self, text: str | Markup, definition: str) -> Markup:
        """Return a number as a link to its definition."""
        if definition not in self.used:
            self.used.append(definition)
        return Markup('<a class="n" href="#{}">{}</a>').format(anchor(definition), text)

    def count(self, value: float, definition: str) -> Markup:
        """Write a count with thousands."""
        return self.link(self._count(value), definition)

    def money(self, value: float | Decimal, currency: str | None, definition: str) -> Markup:
        """Write an amount in its currency."""
        return self.link(self.amount(float(value), currency or ""), definition)

    def amount(self, value: float, currency: str) -> str:
        """Return an amount of money as plain text."""
        symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
        if currency == "CNY" and self.lang == "en":
            symbol = "CN¥"
        sign, value = ("−" if value < 0 else ""), abs(value)
        if self.lang == "zh" and value >= 10_000:
            return f"{sign}{symbol}{_wan(value)}"
        return f"{sign}{symbol}{value:,.0f}" if value >= 1000 else f"{sign}{symbol}{value:,.2f}"

    def days(self, value: float) -> str:
        """Return a number of days as plain text."""
        return phrases.DAYS.get(self.lang).format(days=_wide_minus(f"{value:.1f}"))

    def share(self, interval: Interval, total: float, definition: str) -> Markup:
        """Write a share with its interval in a sentence, or that there are too few."""
        if total < self.minimum_count or math.isnan(interval.value):
            return self.link(phrases.TOO_FEW.get(self.lang), "minimum_count")
        words = phrases.SHARE_WITH_INTERVAL.get(self.lang)
        text = words.format(
            value=percent(interval.value), low=percent(interval.low), high=percent(interval.high)
        )
        return self.link(text, definition)

    def share_cell(self, interval: Interval, total: float, definition: str) -> Markup:
        """Write a share with its interval beneath, for a table."""
        if total < self.minimum_count or math.isnan(interval.value):
            few = phrases.TOO_FEW.get(self.lang)
            return self.link(Markup('<span class="few">{}</span>').format(few), "minimum_count")
        text = Markup("{} <small>{}–{}</small>").format(
            percent(interval.value), percent(interval.low), percent(interval.high)
        )
        return self.link(text, definition)

    def cell(self, text: str, low: str, high: str, definition: str) -> Markup:
        """Write any number with its interval beneath, for a table."""
        inner = Markup("{} <small>{}</small>").format(text, _between(low, high, self.lang))
        return self.link(inner, definition)

    def sentence(self, words: Words, definition: str) -> Markup:
        """Return a sentence of an answer with every number in it linked."""
        text, parts, last = _PER_CENT.sub("%", words.get(self.lang)), [], 0
        for match in _NUMBER.finditer(text):
            parts += [escape(visible(text[last : match.start()]))]
            level = match.group().replace(" ", "") == "95%" and "interval" in words.en
            parts += [self.link(match.group(), "interval" if level else definition)]
            last = match.end()
        return Markup("").join([*parts, escape(visible(text[last:]))])

    def day(self, value: date | datetime) -> Markup:
        """Write a calendar day."""
        if self.lang == "zh":
            text = f"{value.year}年{value.month}月{value.day}日"
        else:
            text = f"{value.day} {value:%b %Y}"
        return Markup('<time datetime="{}">{}</time>').format(f"{value:%Y-%m-%d}", text)

    def name(self, text: str | None, *, most: int = 60) -> Markup:
        """Write a name that a stranger chose, in one line."""
        return isolated(excerpt(" ".join((text or "").split()), most=most))

    def identifier(self, key: str) -> Markup:
        """Write an id so that it can be read; a long one shows in full where a pointer rests on it."""
        return Markup('<span title="{}">{}</span>').format(visible(key), isolated(short_id(key)))

    def quote(self, text: str, *, most: int = 200) -> Markup:
        """Write what a customer wrote, cut between two characters where it is longer than `most`."""
        return isolated(excerpt(" ".join(html.unescape(text).split()), most=most))

    def _count(self, value: float) -> str:
        if self.lang == "zh" and abs(value) >= 100_000:
            return _wan(value)
        return f"{value:,.0f}"


def anchor(definition: str) -> str:
    """Return the anchor of a definition.

    Examples
    --------
    >>> anchor("negative_review_share")
    'def-negative-review-share'
    """
    return "def-" + re.sub(r"[^a-z0-9]+", "-", definition.lower()).strip("-")


def percent(value: float) -> str:
    """Return a share as a percentage with one decimal.

    Examples
    --------
    >>> percent(0.1234)
    '12.3%'
    """
    return _wide_minus(f"{100 * value:.1f}") + "%"


def points(value: float) -> str:
    """Return a difference of shares in percentage points with its sign.

    Examples
    --------
    >>> points(0.0312), points(-0.0004)
    ('+3.1', '0.0')
    """
    return signed(f"{100 * value:.1f}")


def signed(text: str) -> str:
    """Return a number's text with its sign, the minus as wide as the plus.

    Examples
    --------
    >>> signed("3.1"), signed("-3.1"), signed("0.0")
    ('+3.1', '−3.1', '0.0')
    """
    size = text.lstrip("-")
    if not float(size):
        return size
    return ("−" if text.startswith("-") else "+") + size


def isolated(text: str) -> Markup:
    """Return a stranger's text, escaped and kept from turning the text around it."""
    return Markup("<bdi>{}</bdi>").format(visible(text))


def visible(text: str) -> str:
    r"""Return the text with its control characters written out.

    Examples
    --------
    >>> visible("gpj\u202eexe")
    'gpj⟨U+202E⟩exe'
    """
    return _CONTROLS.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def short_id(key: str) -> str:
    """Return an id that can be read: whole up to 16 characters, else its head.

    Examples
    --------
    >>> short_id("B0002E1G5C"), short_id("06a2c3af7b3aee5d69171b0e14f0ee87")
    ('B0002E1G5C', '06a2c3af…')
    """
    return key if len(key) <= _WHOLE_ID else f"{key[:_SHORT_ID]}…"


def excerpt(text: str, *, most: int) -> str:
    """Return at most `most` characters of the text, never half of what a reader sees as one.

    Examples
    --------
    >>> excerpt("非常失望", most=3)
    '非常失…'
    >>> excerpt("ok 👍🏽", most=4)
    'ok…'
    """
    if len(text) <= most:
        return text
    end = most
    while end > 0 and _joined(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    regional = "\U0001f1e6" <= after <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff"
    modifier = "\U0001f3fb" <= after <= "\U0001f3ff"
    combining = unicodedata.category(after) in ("Mn", "Me", "Mc")
    return combining or modifier or regional or _JOINER in (before, after)


def _between(low: str, high: str, lang: str) -> str:
    return phrases.BETWEEN.get(lang).format(low=low, high=high)


def _wide_minus(text: str) -> str:
    return text.replace("-", "−")


def _wan(value: float) -> str:
    for size, unit in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size * 0.99995:
            return f"{value / size:,.1f}{unit}"
    return f"{value:,.0f}"
