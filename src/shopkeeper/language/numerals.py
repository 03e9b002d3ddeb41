"""Numbers as people write them: digits, Chinese numerals, English words.

Each function reads one number and nothing around it; what is no number reads as None.
"""

from __future__ import annotations

import re
from fractions import Fraction

_DIGITS = {letter: place for place, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ENGLISH = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_POWERS = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
CHINESE = "[零〇一二两三四五六七八九十百千万亿]{1,20}(?:点[零〇一二三四五六七八九]{1,6})?"
_WORD = "|".join((*_ENGLISH, *_POWERS))
ENGLISH = rf"\b(?:{_WORD})(?:(?:[- ]|,? and )(?:{_WORD})){{0,8}}\b"
MULTIPLIERS = {
    "万": 10_000, "w": 10_000, "千": 1000, "百": 100, "亿": 10**8, "百万": 10**6, "千万": 10**7,
    "k": 1000, "thousand": 1000, "million": 10**6, "m": 10**6, "mn": 10**6, "billion": 10**9,
    "bn": 10**9, "hundred": 100, "dozen": 12,
}  # fmt: skip


def from_digits(written: str) -> tuple[Fraction, Fraction]:
    """Return the value of digits and the worth of their last place.

    Examples
    --------
    >>> from_digits("1,284.50")
    (Fraction(2569, 2), Fraction(1, 100))
    """
    plain = written.replace(",", "")
    decimals = len(plain.partition(".")[2])
    return Fraction(plain), Fraction(1, 10**decimals)


def from_chinese(written: str) -> Fraction | None:
    """Return the value of Chinese numerals.

    Examples
    --------
    >>> [str(from_chinese(one)) for one in ("三百二十", "一万两千", "三百五", "九十七点五", "二四")]
    ['320', '12000', '350', '195/2', '24']
    """
    whole, _, decimals = written.partition("点")
    value = _chinese_whole(whole)
    if value is None:
        return None
    if decimals:
        digits = int("".join(str(_DIGITS[letter]) for letter in decimals))
        return value + Fraction(digits, 10 ** len(decimals))
    return Fraction(value)


def _chinese_whole(written: str) -> int | None:
    if written and all(letter in _DIGITS for letter in written):
        return int("".join(str(_DIGITS[letter]) for letter in written))
    total, section, digit, last = 0, 0, -1, 1
    for letter in written:
        if letter in _DIGITS:
            if digit > 0:
                return None
            digit = _DIGITS[letter]
            last = 10 if digit == 0 else last
        elif letter in _SCALES:
            section += (1 if digit < 0 else digit) * _SCALES[letter]
            digit, last = -1, _SCALES[letter]
        else:
            section += max(digit, 0)
            if section == 0 and total == 0:
                return None
            total = (total + section) * _LARGE[letter]
            section, digit, last = 0, -1, _LARGE[letter]
    # 三百五 is 350, 三百零五 is 305.
    return total + section + max(digit, 0) * (last // 10 if last >= 100 else 1)


def from_english(written: str) -> Fraction | None:
    """Return the value of English number words.

    Examples
    --------
    >>> [str(from_english(one)) for one in ("forty-two", "two thousand and six", "three hundred")]
    ['42', '2006', '300']
    """
    total, section = 0, 0
    for word in re.split(r"[-, ]+|\band\b", written.lower()):
        if word in _ENGLISH:
            section += _ENGLISH[word]
        elif word == "hundred":
            section = max(section, 1) * 100
        elif word in _POWERS:
            total, section = total + max(section, 1) * _POWERS[word], 0
    return Fraction(total + section)
