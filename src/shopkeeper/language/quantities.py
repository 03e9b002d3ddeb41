"""Numbers in a text with what they measure: digits, words, percentages, fractions, units, clocks.

Every number carries all its readings, for 20w is watts or 200,000 and 九折 is 90 % or 10 % off. Two
numbers agree when they share a reading. Values are exact fractions; units convert exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from shopkeeper.language.numerals import (
    CHINESE,
    ENGLISH,
    MULTIPLIERS,
    from_chinese,
    from_digits,
    from_english,
)
from shopkeeper.language.units import AFTER, BEFORE, UNITS

_DIGITS = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"
_NUMBER = re.compile(
    rf"(?P<fraction>(?<![\d.,/])\d{{1,2}}/\d{{1,2}}(?![\d/.,]))"
    rf"|(?P<clock>(?<![\d.])(?:[01]?\d|2[0-4]):[0-5]\d(?:\s?[ap]\.?m\b\.?)?|(?<![\d.])(?:1[0-2]|[1-9])\s?[ap]\.?m\b\.?"
    rf"|(?:早上|上午|中午|下午|晚上|凌晨)?(?:\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})点(?:整|半|\d{{1,2}}分)?(?![零〇一二三四五六七八九多]))"
    rf"|(?P<share>百分之(?:{CHINESE}|{_DIGITS}))|(?P<parts>{CHINESE}分之{CHINESE})"
    rf"|(?P<tenths>(?:[一二两三四五六七八九]|(?<![\d.])\d)成(?![年人为分立功交色本就长熟员品果绩]))"
    rf"|(?P<off>(?:[一二三四五六七八九]{{1,2}}|(?<![\d.])\d(?:\.\d)?)折)"
    rf"|(?P<digits>(?<![\w.])-?(?:{_DIGITS})|(?<![A-Za-z0-9_.-])(?:{_DIGITS}))"
    rf"(?:\s?(?P<many>百万|千万|[万亿]|[千百](?!克|米|瓦)|thousand\b|million\b|billion\b|hundred\b|dozen\b|bn\b|mn\b|(?:[kw]|(?-i:M))(?![A-Za-z])))?"
    rf"(?:\s?(?P<percent>%|percent\b|per cent\b|pct\b))?"
    rf"|(?P<half>半(?=个?(?:小时|月|年|天|斤|公斤|米|升))|\bhalf(?: an?)?\b|一半|\ban? (?:quarter|third|fifth|tenth)\b"
    rf"|\b(?:one|two|three|four)[- ](?:half|thirds?|quarters?|fifths?|tenths?)\b|[½¼¾⅓⅔])"
    rf"|(?P<words>{ENGLISH})(?:\s?(?P<wordpercent>percent\b|per cent\b))?"
    rf"|(?P<chinese>(?<!第){CHINESE})",
    re.I,
)
_JOINED = re.compile(
    r"\s?(?:-|~|–|—|to|and|or|by|x|×|\*|到|至|和|或|/)\s?(?:[¥€£$]\s?)?(?=[\d一二两三四五六七八九十]|one|two|three|four|five|six|seven|eight|nine|ten)",
    re.I,
)
_IDIOM = re.compile(
    "一(?:些|样|起|直|定|般|点|下|边|旦|切|流|向|律|致|味|口|时|共|并|面|如|再|会|半天|成不变|路|等|级|家人|身|眼|心)"
    "|万[一能]|千万别|十[分足]|百[搭货分]|三心二意|四[季周]|五[官星](?!期)|七夕|双十|九牛|两(?:者|全|用)|十全"
)
_PIECES = {"half": (1, 2), "third": (1, 3), "quarter": (1, 4), "fifth": (1, 5), "tenth": (1, 10)}
_SIGNS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_WORDED = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a number: what it measures, how much in base units, worth of its last place."""

    dimension: str
    value: Fraction
    step: Fraction


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Parameters
    ----------
    start, end
        Its place, the unit included.
    readings
        What it may mean; the dimension is empty where no unit is named.
    plain
        The number as written, its unit left aside.
    alone
        Whether no word follows that could be a unit.
    vague
        Whether it may be a figure of speech (一个, one) and no statement.
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    plain: Fraction
    alone: bool
    vague: bool = False


def quantities(plain: str) -> list[Quantity]:
    """Return the numbers of a text in order.

    Parameters
    ----------
    plain
        A text whose full-width forms are already plain.

    Examples
    --------
    >>> one, two = quantities("1.5 kg or 三斤")
    >>> (one.readings[0].value, two.readings[0].value)
    (Fraction(1500, 1), Fraction(1500, 1))
    """
    made: list[Quantity] = []
    joined: list[int] = []
    for match in _NUMBER.finditer(plain):
        quantity = _quantity(match, plain)
        if quantity is None:
            continue
        made.append(quantity)
        bare = all(reading.dimension == "" for reading in quantity.readings)
        if bare and _JOINED.match(plain, quantity.end):
            joined.append(len(made) - 1)
    for place in reversed(joined):
        if place + 1 < len(made):
            made[place] = _like(made[place], made[place + 1])
    return made


def agrees(claim: Quantity, fact: Quantity) -> bool:
    """Return whether a number follows from another one.

    Equal values of one measure agree. A claim may round where it says so: by decimals, by a word
    like 万 or k, or because it is given in another unit, and then with two digits at least.

    Examples
    --------
    >>> [agrees(*quantities(pair)) for pair in ("4.6 4.57", "5 4.57", "340 g, 12 oz", "2 kg, 2 lb")]
    [True, False, True, False]
    """
    named = any(reading.dimension for reading in claim.readings)
    if not named:
        return _close(claim, claim.plain, fact.plain, claim.readings) or any(
            _close(claim, said.value, read.value, (said,))
            for said in claim.readings
            for read in fact.readings
        )
    if fact.alone and all(not reading.dimension for reading in fact.readings):
        return _close(claim, claim.plain, fact.plain, claim.readings)
    for said in claim.readings:
        for read in fact.readings:
            known = read.dimension or "count"
            if (said.dimension or "count") == known and _same(claim, said, fact, read):
                return True
    return False


def _same(claim: Quantity, said: Reading, fact: Quantity, read: Reading) -> bool:
    if said.value == read.value:
        return True
    converted = said.value * fact.plain != read.value * claim.plain
    return (converted or _rounds(claim, said)) and _within(said, read.value)


def _close(claim: Quantity, said: Fraction, read: Fraction, readings: tuple[Reading, ...]) -> bool:
    if said == read:
        return True
    return any(
        _rounds(claim, one) and abs(said - read) <= one.step / 2 for one in readings if one.step
    )


def _rounds(claim: Quantity, said: Reading) -> bool:
    scale = said.value / claim.plain if claim.plain else Fraction(1)
    return said.step != scale and abs(said.value) >= 10 * said.step


def _within(said: Reading, value: Fraction) -> bool:
    return abs(said.value) >= 10 * said.step and abs(said.value - value) <= said.step / 2


def _like(number: Quantity, unit_of: Quantity) -> Quantity:
    """Give the first number of a range the unit of the second."""
    readings = tuple(
        Reading(one.dimension, number.plain * one.value / unit_of.plain, one.step)
        for one in unit_of.readings
        if unit_of.plain and one.dimension
    )
    kept = readings or number.readings
    return Quantity(number.start, number.end, kept, number.plain, number.alone, number.vague)


def _quantity(match: re.Match[str], plain: str) -> Quantity | None:
    kind = next(name for name in _READERS if match[name] is not None)
    read = _READERS[kind](match)
    if read is None:
        return None
    vague = kind in ("chinese", "words") and _figure(match[0], plain, match.start())
    value, step, dimension = read
    if dimension:
        off = (Reading("ratio", 1 - value, step),) if kind == "off" else ()
        first = Reading(dimension, value, step)
        return Quantity(match.start(), match.end(), (first, *off), value, False, vague)
    return _measured(match, plain, value, step, vague)


def _measured(
    match: re.Match[str], plain: str, value: Fraction, step: Fraction, vague: bool
) -> Quantity:
    start, end = match.start(), match.end()
    gap = 1 if plain[end : end + 1] in (" ", "-") else 0
    unit = AFTER.match(plain, end + gap)
    money = BEFORE.search(plain, max(0, start - 4), start)
    readings: list[Reading] = []
    alone = not plain[end + gap : end + gap + 1].isalpha()
    if money and money.end() == start:
        start, name = money.start(), money[0].strip().lower()
        readings += [Reading(of, value * factor, step * factor) for of, factor in UNITS[name]]
    elif unit:
        word = re.sub("^(?:business |working |工作|個|个(?=.))", "", unit[0].lower()) or unit[0]
        measures = UNITS.get(unit[0].lower()) or UNITS.get(word, ())
        end, extra = unit.end(), Fraction(0)
        if plain[end : end + 1] == "半" and measures and measures[0][0] == "time":
            end, extra = end + 1, Fraction(1, 2)
        value += extra
        readings += [Reading(of, value * factor, step * factor) for of, factor in measures]
        vague = vague and all(of == "count" for of, _ in measures)
    if match["many"] and match["many"].lower() in ("w", "m", "k") and not readings:
        readings += _unmultiplied(match)
    return Quantity(start, end, tuple(readings) or (Reading("", value, step),), value, alone, vague)


def _unmultiplied(match: re.Match[str]) -> list[Reading]:
    """Return the readings of a letter that is a multiplier or a unit."""
    value, step = from_digits(match["digits"].lstrip("-"))
    letter = match["many"].lower()
    times = MULTIPLIERS[letter]
    units = [Reading(of, value * by, step * by) for of, by in UNITS.get(letter, ())]
    return [Reading("", value * times, step * times), *units]


def _figure(written: str, plain: str, start: int) -> bool:
    if _IDIOM.match(plain, start) or plain[max(0, start - 1) : start] in ("第", "唯", "统", "之"):
        return True
    return written.lower() in ("一", "one", "zero") or (
        len(written) == 1 and "一" <= written <= "鿿"
    )


Read = tuple[Fraction, Fraction, str] | None


def _digits(match: re.Match[str]) -> Read:
    value, step = from_digits(match["digits"].lstrip("-"))
    if match["digits"].startswith("-") and match.start() == 0:
        value = -value
    if match["many"]:
        times = MULTIPLIERS[match["many"].lower()]
        value, step = value * times, step * times
    return (value / 100, step / 100, "ratio") if match["percent"] else (value, step, "")


def _words(match: re.Match[str]) -> Read:
    value = from_english(match["words"])
    if value is None:
        return None
    if match["wordpercent"]:
        return value / 100, Fraction(1, 100), "ratio"
    return value, Fraction(1), ""


def _chinese(match: re.Match[str]) -> Read:
    value = from_chinese(match["chinese"])
    return None if value is None else (value, Fraction(1), "")


def _share(match: re.Match[str]) -> Read:
    written = match["share"][3:]
    value = from_digits(written)[0] if written[0].isdigit() else from_chinese(written)
    return None if value is None else (value / 100, Fraction(1, 1000), "ratio")


def _parts(match: re.Match[str]) -> Read:
    below, above = (from_chinese(part) for part in match["parts"].split("分之"))
    return (above / below, Fraction(0), "ratio") if below and above is not None else None


def _fraction(match: re.Match[str]) -> Read:
    above, below = match["fraction"].split("/")
    return (Fraction(int(above), int(below)), Fraction(0), "ratio") if int(below) else None


def _tenths(match: re.Match[str]) -> Read:
    written = match["tenths"][0]
    value = Fraction(int(written)) if written.isdigit() else from_chinese(written)
    return None if value is None else (value / 10, Fraction(0), "ratio")


def _off(match: re.Match[str]) -> Read:
    written = match["off"][:-1]
    digits = written.replace(".", "") if written[0].isdigit() else str(from_chinese(written))
    return Fraction(int(digits), 10 ** len(digits)), Fraction(0), "ratio"


def _half(match: re.Match[str]) -> Read:
    written = match["half"].lower()
    if written in _SIGNS:
        return Fraction(*_SIGNS[written]), Fraction(0), "ratio"
    if "半" in written:
        return Fraction(1, 2), Fraction(0), "" if written == "半" else "ratio"
    words = re.split("[- ]", written)
    above, below = _PIECES[words[-1].rstrip("s") if words[0] in _WORDED else "half"]
    timed = AFTER.match(match.string, match.end() + 1) and words[0] == "half"
    return Fraction(above, below) * _WORDED.get(words[0], 1), Fraction(0), "" if timed else "ratio"


def _clock(match: re.Match[str]) -> Read:
    written = match["clock"].lower()
    hour, minute = _hour_minute(written)
    if hour is None:
        return None
    late = "p" in written or any(word in written for word in ("下午", "晚上"))
    hour = hour + 12 if late and hour < 12 else hour
    return Fraction(hour * 60 + minute), Fraction(0), "clock"


def _hour_minute(written: str) -> tuple[int | None, int]:
    digits = re.findall(r"\d+", written)
    if digits:
        return int(digits[0]), 30 if "半" in written else int(digits[1]) if len(digits) > 1 else 0
    found = re.search("[一二两三四五六七八九十]+", written)
    hour = from_chinese(found[0]) if found else None
    return (None if hour is None else int(hour)), 30 if "半" in written else 0


_READERS: dict[str, Callable[[re.Match[str]], Read]] = {
    "fraction": _fraction, "clock": _clock, "share": _share, "parts": _parts, "tenths": _tenths,
    "off": _off, "digits": _digits, "half": _half, "words": _words, "chinese": _chinese,
}  # fmt: skip


def values(plain: str) -> Iterator[Fraction]:
    """Yield the numbers of a text without their units."""
    yield from (quantity.plain for quantity in quantities(plain))
