"""Numbers, spans of time and comparisons in a sentence about customers, in English and Chinese."""

from __future__ import annotations

import math
import re

from shopkeeper.language.numerals import CHINESE, ENGLISH, from_chinese, from_digits, from_english

DIGITS = r"\d[\d,]*(?:\.\d+)?"
ZH_NUMBER = rf"(?:{DIGITS}(?:\s?(?:万|千|w|k))?|{CHINESE})"
EN_WORD = ENGLISH.replace(r"\b", "")
EN_NUMBER = rf"(?:{DIGITS}(?:\s?k\b)?|{EN_WORD}|an?)"
_ZH_UNIT = r"(?:天|日|周|个?星期|个?礼拜|个?季度|个?月|年)"
ZH_SPAN = rf"(?:半年|{ZH_NUMBER}\s?(?:个半月|年半|{_ZH_UNIT}))"
EN_SPAN = rf"(?:half a year|(?:{EN_NUMBER}[ -]?)?(?:days?|weeks?|months?|quarters?|years?)(?: and a half)?)"
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_ZH_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "季度": 90, "月": 30, "年": 365}
_TIMES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}

ZH_OVER = r"(?:至少|不少于|不低于|不小于|大于等于|达到|满)"
ZH_ABOVE = r"(?:超过|多于|大于|高于|不止)"
ZH_BELOW = r"(?:不到|少于|小于|低于|不足|未满)"
ZH_UNDER = r"(?:不超过|至多|最多|不多于|不高于|小于等于)"
ZH_ONLY = r"(?:只|仅|刚好|正好|恰好|等于)"
ZH_COMPARED = rf"(?:{ZH_OVER}|{ZH_UNDER}|{ZH_ABOVE}|{ZH_BELOW}|{ZH_ONLY})"
ZH_AFTER = r"(?:或|及|或者)?(?:以上|更多|以下|以内|更少)"
EN_OVER = r"(?:at least|no fewer than|no less than|not less than|a minimum of|minimum)"
EN_ABOVE = r"(?:more than|over|above|greater than|exceeding)"
EN_BELOW = r"(?:fewer than|less than|under|below)"
EN_UNDER = r"(?:at most|no more than|not more than|up to|a maximum of|maximum)"
EN_ONLY = r"(?:only|exactly|just)"
EN_COMPARED = rf"(?:{EN_OVER}|{EN_UNDER}|{EN_ABOVE}|{EN_BELOW}|{EN_ONLY})"
EN_AFTER = (
    r"(?:\+| ?(?:or more|or over|or above|or higher|and more|or fewer|or less|or below|or under))"
)


def number(said: str) -> float | None:
    """Return the value of a number as it was said; None where it is none.

    Examples
    --------
    >>> number("1,200"), number("两千"), number("three"), number("2万"), number("半")
    (1200.0, 2000.0, 3.0, 20000.0, 0.5)
    """
    plain = said.strip().lower()
    if plain in ("a", "an", "once"):
        return 1.0
    if plain == "半":
        return 0.5
    scale = _TIMES.get(plain[-1:], 1) if re.fullmatch(rf"{DIGITS}\s?[万千wk]", plain) else 1
    if scale > 1:
        plain = plain[:-1].strip()
    if re.fullmatch(DIGITS, plain):
        return float(from_digits(plain)[0]) * scale
    found = from_chinese(plain) if not plain.isascii() else from_english(plain)
    return None if found is None else float(found)


def days(said: str) -> float | None:
    """Return how many days a span of time is; a month counts as 30 and a year as 365.

    Examples
    --------
    >>> (
    ...     days("三个月"),
    ...     days("半年"),
    ...     days("一个半月"),
    ...     days("three months"),
    ...     days("2 weeks"),
    ...     days("month"),
    ... )
    (90.0, 182.0, 45.0, 90.0, 14.0, 30.0)
    """
    plain = said.strip().lower()
    if plain in ("半年", "half a year"):
        return 182.0
    if plain.endswith("个半月"):
        whole = number(plain.removesuffix("个半月"))
        return None if whole is None else (whole + 0.5) * 30
    if plain.endswith("年半"):
        whole = number(plain.removesuffix("年半"))
        return None if whole is None else round((whole + 0.5) * 365)
    for unit, length in _ZH_DAYS.items():
        if plain.endswith(unit):
            whole = number(re.sub(rf"个?{unit}$", "", plain))
            return None if whole is None else whole * length
    match = re.fullmatch(r"(.*?)[ -]?(day|week|month|quarter|year)s?( and a half)?", plain)
    if not match:
        return None
    whole = number(match[1]) if match[1] else 1.0
    return None if whole is None else (whole + (0.5 if match[3] else 0)) * _DAYS[match[2]]


def compared(
    before: str | None, after: str | None, value: float, *, whole: bool
) -> tuple[str, float]:
    """Return the sign and the value of a comparison; `whole` where only whole numbers are counted.

    Without a word of comparison it is that number and no other.

    Examples
    --------
    >>> compared("more than", None, 2, whole=True), compared(None, "以上", 2, whole=True)
    (('ge', 3), ('ge', 2))
    >>> compared("only", None, 1, whole=True)
    ('is', 1)
    """
    said = f"{before or ''} {after or ''}".strip().lower()
    for pattern, sign, step in (
        (rf"{ZH_UNDER}|以下|以内|更少|{EN_UNDER}|or (?:fewer|less|below|under)", "le", 0),
        (rf"{ZH_OVER}|以上|更多|{EN_OVER}|or (?:more|over|above|higher)|and more|\+", "ge", 0),
        (rf"{ZH_ABOVE}|{EN_ABOVE}", "ge", 1),
        (rf"{ZH_BELOW}|{EN_BELOW}", "le", -1),
    ):
        if re.search(pattern, said):
            if step and whole:
                edge = math.floor(value) + 1 if step > 0 else math.ceil(value) - 1
                return sign, edge
            if step:
                return ("above", value) if step > 0 else ("below", value)
            return sign, value
    return "is", value
