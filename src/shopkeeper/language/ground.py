"""Does a text follow from its sources? Every number, date, name and quote in it is looked up.

What is looked up is what can be wrong without looking wrong: a number in any script or unit, a
date, the name of a product or a brand, words between quotation marks, and a "not" that was lost or
added. What is not found is returned with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from shopkeeper.language.dates import MONTHS, WEEKDAYS, dates, follows
from shopkeeper.language.negation import flipped_clauses
from shopkeeper.language.quantities import Quantity, agrees, quantities
from shopkeeper.language.spans import Span, disjoint, narrow

KINDS = ("quote", "date", "number", "name", "negation")

_QUOTE = re.compile(
    r"“(?P<a>[^“”\n]{2,400})”|「(?P<b>[^「」\n]{2,400})」|『(?P<c>[^『』\n]{2,400})』"
    r"|(?<![\w\"])\"(?P<d>[^\"\n]{2,400})\"|《(?P<e>[^《》\n]{1,80})》|(?<!\w)‘(?P<f>[^‘’\n]{2,400})’(?!\w)"
)
_MODEL = re.compile(
    r"(?<![A-Za-z0-9-])[A-Z][A-Za-z]{0,7}-?\d{1,6}[A-Za-z]{0,3}(?:-[A-Za-z0-9]{1,6})?(?![A-Za-z0-9])"
)
_CAPITAL = r"[A-Z][A-Za-zÀ-ÿ0-9]*(?:['’-][A-Za-zÀ-ÿ0-9]+)*"
_NAME = re.compile(rf"(?<![A-Za-zÀ-ÿ0-9_'’-]){_CAPITAL}(?: (?:(?:of|de|and|&) )?{_CAPITAL})*")
_BRAND_ZH = re.compile("[\u4e00-\u9fff]{2,4}牌(?![子匾照坊])")
_NO_BRAND = re.compile("[品大名招金银老吊车门标铭王正杂副底摊路广]牌$")
_START = re.compile(r"(?:^|[.!?:;\n。！？：；“”\"「(（•*-])\s*$")
_SIGNS = re.compile(r"[\W_]+")
# Capitalised, and the name of nothing in particular.
_COMMON = frozenset(
    (
        *MONTHS,
        *(name[:3] for name in MONTHS),
        *WEEKDAYS,
        "i",
        "i'm",
        "i've",
        "i'd",
        "i'll",
        "ok",
        "faq",
        "diy",
        "vip",
        "tv",
        "am",
        "pm",
        "led",
        "usb",
        "ce",
        "pc",
        "pcs",
        "xs",
        "s",
        "m",
        "l",
        "xl",
        "xxl",
        "xxxl",
        "mr",
        "mrs",
        "ms",
        "dr",
        "q1",
        "q2",
        "q3",
        "q4",
        "sept",
        "kg",
        "g",
        "mg",
        "cm",
        "mm",
        "km",
        "ml",
        "w",
        "kw",
        "v",
        "mah",
        "gb",
        "tb",
        "mb",
        "hz",
        "usd",
        "eur",
        "gbp",
        "cny",
        "rmb",
        "po",
    )
)


def ungrounded(text: str, sources: Sequence[str], *, names: Iterable[str] = ()) -> list[Span]:
    """Return what a text says that none of its sources says, place by place.

    Parameters
    ----------
    text
        The text to check.
    sources
        What it may draw on.
    names
        Names of products and brands that count as claims wherever they stand in the text.

    Returns
    -------
    list of Span
        Of the kinds `number`, `date`, `name`, `quote`, `negation`, in order, none overlapping.

    Limits
    ------
    It compares what can be looked up and infers nothing: a sum, a difference or a share that the
    sources do not state is reported, and so is every date that depends on the day of reading
    (tomorrow, 上周). A false claim without number, date, name or quote passes, unless it is a
    sentence of a source with a "not" more or less. A brand that starts an English sentence, or is
    written in Chinese characters without 牌 or quotes, is only known from `names`.

    Examples
    --------
    >>> source = "净重500克，2024年4月5日采摘，售价128元。"
    >>> ungrounded("一斤装，4月5日采摘。", [source])
    []
    >>> [(span.kind, span.text) for span in ungrounded("250克装，明天发货。", [source])]
    [('number', '250克'), ('date', '明天')]
    """
    plain = narrow(text)
    facts = [narrow(source) for source in sources]
    found = [*_quotes(plain, facts), *_dates_and_numbers(plain, facts)]
    found += _names(plain, facts, names)
    clauses = [
        Span(start, end, "negation", plain[start:end])
        for start, end in flipped_clauses(plain, facts)
    ]
    return [
        Span(span.start, span.end, span.kind, text[span.start : span.end])
        for span in disjoint([*found, *clauses])
    ]


def _quotes(plain: str, facts: Sequence[str]) -> Iterator[Span]:
    known = [_words(fact) for fact in facts]
    for match in _QUOTE.finditer(plain):
        said = next(part for part in match.groups() if part is not None)
        parts = [_words(part).strip() for part in re.split(r"…+|\.{3,}", said)]
        parts = [part for part in parts if part]
        if not any(_in_order(parts, fact) for fact in known):
            yield Span(match.start(), match.end(), "quote", match[0])


def _words(text: str) -> str:
    """Return a text as words between single spaces, so that punctuation and case do not count."""
    return " " + _SIGNS.sub(" ", text.lower()).strip() + " "


def _in_order(parts: Sequence[str], fact: str) -> bool:
    place = 0
    for part in parts:
        # Chinese has no spaces between words; a Latin word must be whole.
        sought = part if not part.isascii() else f" {part} "
        place = fact.find(sought, place)
        if place < 0:
            return False
        place += len(sought) - 1
    return True


def _dates_and_numbers(plain: str, facts: Sequence[str]) -> Iterator[Span]:
    known_days = [day for fact in facts for day in dates(fact)]
    known: list[Quantity] = []
    for fact in facts:
        # A source may mean its dates as numbers too.
        known += [*quantities(_bare(fact)), *quantities(_without_dates(fact))]
    years = {year for day in known_days for year, _, _ in day.readings}
    for day in dates(plain):
        if not follows(day, known_days):
            yield Span(day.start, day.end, "date", plain[day.start : day.end])
    for number in quantities(_without_dates(plain)):
        if number.vague or (number.plain in years and 1900 <= number.plain < 2100):
            continue
        if not any(agrees(number, fact) for fact in known):
            yield Span(number.start, number.end, "number", plain[number.start : number.end])


def _without_dates(plain: str) -> str:
    letters = list(_bare(plain))
    for day in dates(plain):
        letters[day.start : day.end] = " " * (day.end - day.start)
    return "".join(letters)


def _bare(plain: str) -> str:
    """Blank out model numbers: they are names."""
    return _MODEL.sub(lambda match: "_" * len(match[0]), plain)


def _names(plain: str, facts: Sequence[str], names: Iterable[str]) -> Iterator[Span]:
    known = "".join(_words(fact) for fact in facts)
    for name in names:
        sought = _words(narrow(name)).strip()
        if sought and not _mentions(known, sought):
            for match in re.finditer(re.escape(narrow(name)), plain, re.I):
                yield Span(match.start(), match.end(), "name", match[0])
    for match in _BRAND_ZH.finditer(plain):
        if not _NO_BRAND.search(match[0]) and match[0][:-1] not in known:
            yield Span(match.start(), match.end(), "name", match[0])
    for match in _NAME.finditer(plain):
        yield from _unknown(match, plain, known)


def _unknown(match: re.Match[str], plain: str, known: str) -> Iterator[Span]:
    start = match.start()
    words = list(re.finditer(r"[^ ]+", match[0]))
    first = _START.search(plain, max(0, start - 3), start) or start == 0
    chinese = "\u4e00" <= plain[match.end() : match.end() + 1] <= "\u9fff"
    if first and not chinese and not _MODEL.fullmatch(words[0][0]):
        words = words[1:]
    for word in words:
        bare = re.sub(r"['’]s$", "", word[0])
        told = bare.lower() in _COMMON or bare in ("and", "of", "de", "&")
        if not told and len(bare) > 1 and not _mentions(known, _words(bare).strip()):
            yield Span(start + words[0].start(), match.end(), "name", plain[start : match.end()])
            return


def _mentions(known: str, sought: str) -> bool:
    if not sought.isascii():
        return sought in known
    # In Chinese text a Latin name touches its neighbours without a space.
    return re.search(rf"(?<![a-z0-9]){re.escape(sought)}(?:s|es)?(?![a-z0-9])", known) is not None
