"""Personal data in free text, Chinese and English: where it is, and the text without it.

Phone numbers, id cards, e-mail addresses, bank cards, postal addresses, names and accounts of
messengers. A number that has a check digit must pass it; a name counts only where its surroundings
say that it is one. Order numbers, prices, sizes and model numbers are not personal data. The shapes
of e-mail addresses and phone numbers are those of the door (`shopkeeper.data.privacy`).
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from shopkeeper.data.privacy import ACCOUNT, EMAIL, PHONE
from shopkeeper.language.people import address_spans, name_spans
from shopkeeper.language.spans import Span, disjoint, narrow

KINDS = ("email", "id_card", "bank_card", "phone", "account", "address", "name")

# Not a piece of a longer number, of a model number or of a word.
_BEFORE, _AFTER = r"(?<![A-Za-z0-9_])(?<![A-Za-z0-9][-.])", r"(?![A-Za-z0-9_])(?!-[A-Za-z0-9])"
_LONG_NUMBER = re.compile(r"\d(?:[ ().-]{0,3}\d){4}")
_EMAIL = re.compile(EMAIL)
_AT = re.compile("@|%40")
_LOCAL = frozenset(string.ascii_letters + string.digits + "._%+-")
_EMAIL_SPOKEN = re.compile(
    r"(?<![\w.])[A-Za-z0-9._+-]{1,40} ?[(\[{] ?at ?[)\]}] ?[A-Za-z0-9-]{1,40}"
    r"(?: ?[(\[{] ?dot ?[)\]}] ?[A-Za-z]{2,20}|\.[A-Za-z]{2,20}){1,3}",
    re.I,
)
_PHONE = re.compile(rf"{_BEFORE}(?:{PHONE}){_AFTER}")
_PHONE_NAMED = re.compile(
    r"(?:\b(?:tel|telephone|phone|mobile|cell|whatsapp|fax|call|text)\b|电话|手机|座机|号码|联系方式|拨打?|打)"
    r"[^\w\n+(]{0,3}(?:(?:no|number|is|me|on|at|号码?|是|为)[^\w\n+(]{1,3}|[号码是为]{1,3}[^\w\n+(]{0,3}){0,3}"
    r"(?P<it>[+(]{0,2}\d[\d ().-]{5,18}\d)" + _AFTER,
    re.I,
)
_ID_CARD = re.compile(rf"{_BEFORE}\d{{17}}[\dXx](?![A-Za-z0-9_])")
_SSN = re.compile(rf"{_BEFORE}\d{{3}}-\d{{2}}-\d{{4}}{_AFTER}")
_CPF = re.compile(rf"{_BEFORE}\d{{3}}\.\d{{3}}\.\d{{3}}-\d{{2}}{_AFTER}")
_PASSPORT = re.compile(
    r"(?:\bpassport|护照)[^\n\d]{0,16}?(?<![A-Za-z0-9])(?P<it>[A-Za-z]{0,2}\d{7,9})(?![A-Za-z0-9])",
    re.I,
)
_CARD = re.compile(rf"{_BEFORE}\d(?:[ -]?\d){{12,18}}{_AFTER}")
# Visa, Mastercard, American Express, Discover, JCB and UnionPay.
_ISSUER = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6(?:011|4[4-9]|5)|35|62|81"
)
_ACCOUNT = re.compile(ACCOUNT)
_GOODS = re.compile(
    r"(?:订单|单号|运单|快递|编号|型号|货号|款号|条形?码|批号|批次|尾号|序列号"
    r"|\b(?:order|tracking|track|sku|upc|ean|gtin|isbn|asin|model|serial|part|ref|rma|invoice|batch"
    r"|lot|version|item|product|awb|parcel)\b)[^,，。；;\n]{0,12}$",
    re.I,
)
_BORN = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_spans(text: str) -> list[Span]:
    """Return the places of a text that hold personal data, in order, none overlapping.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    list of Span
        Of the kinds `email`, `id_card`, `bank_card`, `phone`, `account`, `address`, `name`.

    Limits
    ------
    A name that nothing announces ("ask Maria") is not found, nor an address without a street and a
    number. Phone numbers are those of China, North America, Brazil and France, those written with a
    plus, and any that a word like "phone" or 电话 announces.

    Examples
    --------
    >>> [
    ...     (span.kind, span.text)
    ...     for span in personal_spans("我叫王芳，电话13812345678，订单20240513881")
    ... ]
    [('name', '王芳'), ('phone', '13812345678')]
    """
    plain = narrow(text)
    found: list[Span] = []
    if "@" in plain or "%40" in plain or "at" in plain:
        found += [*_emails(plain), *_matches(_EMAIL_SPOKEN, plain, "email")]
    letters = list(plain)
    for span in found:
        # What touches an address is not part of it: a number after it is still a number.
        letters[span.start : span.end] = "\n" * (span.end - span.start)
    rest = "".join(letters)
    if _LONG_NUMBER.search(rest):
        found += _numbers(rest)
    found += _matches(_ACCOUNT, plain, "account")
    found += address_spans(rest)
    found += name_spans(rest)
    return [
        Span(span.start, span.end, span.kind, text[span.start : span.end])
        for span in disjoint(found)
    ]


def redact(text: str) -> str:
    """Return the text with the kind of each piece of personal data in its place.

    Examples
    --------
    >>> redact("Call (415) 555-0134 or write to jane@example.org, size 42, $19.99")
    'Call [phone] or write to [email], size 42, $19.99'
    """
    parts, done = [], 0
    for span in personal_spans(text):
        parts += [text[done : span.start], f"[{span.kind}]"]
        done = span.end
    return "".join([*parts, text[done:]])


def _emails(plain: str) -> Iterator[Span]:
    """Yield e-mail addresses, one that touches the end of another included."""
    end = 0
    for mark in _AT.finditer(plain):
        start = mark.start()
        if start < end:
            continue
        while start > max(end, mark.start() - 64) and plain[start - 1] in _LOCAL:
            start -= 1
        match = _EMAIL.match(plain[start : mark.end() + 100])
        if match:
            end = start + match.end()
            yield Span(start, end, "email", match[0])


def _numbers(plain: str) -> Iterator[Span]:
    yield from (span for span in _matches(_ID_CARD, plain, "id_card") if _is_id_card(span.text))
    yield from (span for span in _matches(_CPF, plain, "id_card") if _is_cpf(span.text))
    yield from _people_only(plain, _matches(_SSN, plain, "id_card"))
    yield from _matches(_PASSPORT, plain, "id_card")
    cards = (span for span in _matches(_CARD, plain, "bank_card") if _is_card(span.text))
    yield from _people_only(plain, cards)
    yield from _people_only(plain, _matches(_PHONE, plain, "phone"))
    yield from _people_only(plain, _matches(_PHONE_NAMED, plain, "phone"))


def _matches(pattern: re.Pattern[str], plain: str, kind: str) -> Iterator[Span]:
    for match in pattern.finditer(plain):
        group = match.lastgroup or 0
        yield Span(match.start(group), match.end(group), kind, match[group])


def _people_only(plain: str, spans: Iterator[Span]) -> Iterator[Span]:
    """Leave out the numbers that the words before them call an order, a parcel or a product."""
    for span in spans:
        if not _GOODS.search(plain, max(0, span.start - 24), span.start):
            yield span


def _is_id_card(digits: str) -> bool:
    if not _BORN.fullmatch(digits[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def _is_cpf(written: str) -> bool:
    digits = [int(letter) for letter in written if letter.isdigit()]
    for length in (9, 10):
        total = sum(digit * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != digits[length]:
            return False
    return len(set(digits)) > 1


def _is_card(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if not _ISSUER.match(digits):
        return False
    total = 0
    for place, letter in enumerate(reversed(digits)):
        doubled = int(letter) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0
