"""Personal fields are hashed, dropped or masked at the door; nothing behind it sees a raw value.

A hash is SHA-256 over the shop's own salt, the kind of field and the trimmed, lower-cased value, cut
to 16 hexadecimal digits: equal values stay equal within a shop and mean nothing in another one.
Every text column is guarded, whatever a source calls it: e-mail addresses, phone numbers, identity
cards and IP addresses are masked in words, and an id that holds one is hashed. The id of a person
stays only where it can be nothing but an id: digits, or a token that no name looks like.

Limits: a name or an address that somebody writes into free text is not recognised; drop the text
where that matters (`text = "drop"` in shop.toml). Ten to fifteen digits that nothing separates are a
phone number as the id of a person and a plain number elsewhere, unless they are a Chinese mobile
number or a word such as "phone" or 电话 stands before them. A person whose id is a phone number of
eight or nine digits keeps it, and so does an order that is numbered by a phone number alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Literal

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType
from duckdb.sqltypes import VARCHAR

from shopkeeper.data.tables import Column
from shopkeeper.settings import Privacy

# Digits are written in full width too. Every repetition is bounded: texts are written by strangers.
_D = "[0-9０-９]"
_LATIN = "A-Za-zÀ-ɏЀ-ӿＡ-Ｚａ-ｚ"
EMAIL = rf"[{_LATIN}0-9０-９._%+．-]{{1,64}}(?:@|＠|%40)[{_LATIN}0-9０-９.．-]{{1,190}}[.．][{_LATIN}]{{2,24}}"
_DOMAIN = rf"[{_LATIN}0-9０-９.．-]{{1,190}}[.．][{_LATIN}]{{2,24}}"
_SPOKEN = rf"[{_LATIN}0-9._%+-]{{1,64}} ?[(\[（] ?(?i:at) ?[)\]）] ?{_DOMAIN}"
# What stands before the sign in another script, up to the sentence's own signs.
_HAN_DOMAIN = (
    r"[^\s@＠,，。;；:：、]{1,40}[.．](?:中国|中國|公司|网络|網絡|中文网|在线|商城|网址|集团)"
)
_OTHER_EMAIL = rf"[^\s@＠,，。;；:：、(（<《]{{1,20}}[@＠](?:{_DOMAIN}|{_HAN_DOMAIN})"
IP = (
    rf"{_D}{{1,3}}(?:[.．]{_D}{{1,3}}){{3}}|(?:[0-9A-Fa-f]{{1,4}}:){{4,7}}[0-9A-Fa-f]{{1,4}}"
    r"|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}"  # shortened with ::
    r"|::[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6}"
)
_INTERNATIONAL = rf"[+＋]{_D}[0-9０-９\s().（）-]{{6,16}}{_D}"
PHONE = (
    rf"{_INTERNATIONAL}"
    rf"|[(（]?{_D}{{3}}[)）]?[\s.-]{_D}{{3}}[\s.-]{_D}{{4}}|[(（]{_D}{{3}}[)）]{_D}{{3}}-?{_D}{{4}}"  # North American
    rf"|(?:(?:[0０]{{2}})?[8８][6６][\s-]?)?[1１][3-9３-９]{_D}[\s.-]?{_D}{{4}}[\s.-]?{_D}{{4}}"  # Chinese mobile
    rf"|[0０]{_D}{{2,3}}[-－—]{_D}{{7,8}}|[(（][0０]{_D}{{2,3}}[)）]\s?{_D}{{7,8}}"  # Chinese landline
    rf"|[(（]{_D}{{2}}[)）]\s?9?{_D}{{4}}[\s-]?{_D}{{4}}|{_D}{{2}}\s9{_D}{{4}}-?{_D}{{4}}"  # Brazilian
    rf"|0[1-9](?:\s{_D}{{2}}){{4}}|0[1-9](?:\.{_D}{{2}}){{4}}|0[1-9](?:-{_D}{{2}}){{4}}"  # French
    rf"|0[1-9]{_D}{{1,3}}\s{_D}{{3,4}}\s?{_D}{{3,4}}"  # British, German
    rf"|0[1-9]{_D}{{0,3}}-{_D}{{3,4}}-{_D}{{4}}|[6-9]{_D}{{4}}[\s-]{_D}{{5}}"  # Japanese, Indian
)
_CARD = (
    r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"  # Chinese
    r"|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"  # Brazilian
    r"|[0-9]{3}-[0-9]{2}-[0-9]{4}"  # American
    r"|[3-6][0-9]{3}(?:[ -][0-9]{4}){3}|[A-Z]{2}[0-9]{2}(?: [0-9A-Z]{4}){3,7}(?: [0-9A-Z]{1,3})?"  # of banks
)
_CALL = r"(?i:tel|telephone|phone|mobile|cell|whatsapp|fax|call|sms|fone|celular|telefone)|电话|手机|座机|致电|拨打|打给"
ACCOUNT = (
    r"(?i:(?:微信号?|wechat(?: id)?|vx|weixin)[^A-Za-z0-9\n]{0,4}(?P<it>[A-Za-z][A-Za-z0-9_-]{5,19})"
    r"|(?<![A-Za-z])qq号?[^A-Za-z0-9\n]{0,3}(?P<qq>\d{5,11})(?!\d))"
)
_EDGES = r"(?<![0-9０-９A-Za-z])(?:{})(?![0-9０-９A-Za-z])"
# In this order: an address may hold what looks like a number.
_MASKS = (
    (re.compile(f"{EMAIL}|{_SPOKEN}"), "[email]"),
    (re.compile(_OTHER_EMAIL), "[email]"),
    (re.compile(_EDGES.format(IP)), "[ip]"),
    (re.compile(_EDGES.format(_CARD)), "[id]"),
    (re.compile(_EDGES.format(PHONE)), "[phone]"),
    (
        re.compile(rf"((?:{_CALL})[^0-9０-９\n]{{0,12}}){_D}(?:[\s().（）-]{{0,2}}{_D}){{6,14}}"),
        r"\1[phone]",
    ),
)
_ACCOUNT = re.compile(ACCOUNT)
_HELD = re.compile(f"{EMAIL}|{_SPOKEN}|{_OTHER_EMAIL}|{_EDGES.format(f'{IP}|{_INTERNATIONAL}')}")
# Whatever is masked or held has one of these; engines look for them at the speed of the scan.
_HINT = (
    r"[@＠]|%40|[(\[（] ?[Aa][Tt] ?[)\]）]|[+＋][0-9０-９]|:[0-9A-Fa-f]*:"
    r"|[0-9０-９][.．][0-9０-９]+[.．][0-9０-９]+[.．]"
)
_SUSPECT = _HINT + r"|微信|[Qq]{2}|[Ww]e[Cc]hat|[Vv][Xx]|[Ww]ei[Xx]in|(?:[0-9０-９][^\n]*){7}"

_PREFIX = (
    "(?:(?:[Uu]ser|[Cc]ust|[Cc]ustomer|[Cc]lient|[Mm]ember|[Bb]uyer|[Vv]isitor|[Gg]uest|[Dd]evice|[Dd]ev"
    "|[Ss]ession|[Aa]non|[Aa]ccount|[Cc]ookie|[ucv]?id|UID)[-_:#]?)?"
)
_OPAQUE = (
    rf"{_PREFIX}[0-9]{{1,20}}|[A-Za-z][-_]?[0-9]{{0,20}}(?:[-_][0-9]{{1,20}}){{0,3}}|[A-Z]{{2}}[-_]?[0-9]{{3,20}}"
    r"|(?:GA[0-9]\.[0-9]\.)?[0-9]{5,12}\.[0-9]{5,12}"
    r"|c?[0-9a-f]{16,64}|[0-9A-F]{16,64}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
_CALLABLE = rf"{_PREFIX}(?:[0-9]{{10,15}}|{_CARD})"
# A digit, letters, a digit: Amazon's and Yelp's tokens have that, a name with a year does not.
_LONG_ID = "[A-Z0-9]{10,40}|[A-Za-z0-9_-]{20,64}"
_MIXED = "[0-9][A-Za-z]+[0-9]"
_ROLES = {
    "customer": "customer user buyer client visitor guest consumer 顾客 客户 买家 用户 访客 会员",
    "agent": "agent staff seller merchant support operator admin human 客服 商家 卖家 人工 店铺 店家",
    "bot": "bot robot system assistant auto ai 机器人 系统 自动回复 智能客服",
}
# A number or a time, with the words that belong to one.
_PLAIN = (
    r"(?:[0-9０-９\s.,:/+%()$€£¥年月日时分秒元-]|(?<![A-Za-z])(?i:"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|mon|tue|wed|thu|fri|sat|sun|am|pm|utc|gmt|[tz]|st|nd|rd|th|of"
    r"|cny|rmb|usd|eur|gbp|brl|jpy|hkd|twd)(?![A-Za-z]))*"
)
_KNOWN = re.compile(f"{_OPAQUE}|[A-Z]{{1,4}}(?:[-_#][0-9]{{1,20}}){{1,4}}")
_PLAIN_CELL, _CALLABLE_CELL = re.compile(_PLAIN), re.compile(_CALLABLE)


def mask(text: str) -> str:
    """Return a text with what says who or where somebody is replaced by its kind.

    Examples
    --------
    >>> mask("write to jane@example.org or 电话１３８１２３４９８７６, from ::1")
    'write to [email] or 电话[phone], from [ip]'
    """
    for pattern, shown in _MASKS:
        text = pattern.sub(shown, text)
    return _ACCOUNT.sub(_without_account, text)


def _without_account(found: re.Match[str]) -> str:
    return found[0].removesuffix(found["it"] or found["qq"]) + "[account]"


def shape(text: str) -> str:
    """Return a text with a sign for each letter and 0 for each digit.

    Examples
    --------
    >>> shape("Li 李, 42")
    'xx □, 00'
    """
    return "".join(map(_form, text))


def _form(sign: str) -> str:
    if sign.isnumeric() and not sign.isalpha():
        return "0"
    if not sign.isalpha():
        return sign
    # Where words are not written with letters, an x would look like one.
    return "x" if ord(sign) < 0x2E80 else "□"


def sketch(text: str) -> str:
    """Return a cell as it may be shown when it stands where it should not.

    Examples
    --------
    >>> [sketch(cell) for cell in ("2024-13-45", "ORD-2024-7", "Jane Doe", "13812345678")]
    ['2024-13-45', 'ORD-2024-7', 'xxxx xxx', '00000000000']
    """
    if _CALLABLE_CELL.fullmatch(text.strip()):
        return shape(text)
    if _PLAIN_CELL.fullmatch(text):
        return mask(text)
    return text if _KNOWN.fullmatch(text) else shape(text)


def register(connection: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Give a connection the door's functions and macros for personal data.

    `mask_words`, `shape_of` and `sketched` are `mask`, `shape` and `sketch`; `masked(x)` asks
    `mask_words` where something may be found; `hashed(kind, x)`; `pseudonym(x)`, the id of a person who
    is known by personal data; `person(x)`, an id of a person as it is where it can be nothing else;
    `role(x)`, customer, agent or bot, and a pseudonym for anything else; `thing(x)`, an id of anything else as it is unless it holds an e-mail address, a phone number with
    its country or an IP address; `row_key(x)`, the id of a row.

    Parameters
    ----------
    connection
        A DuckDB connection that has the macro `cell`.
    salt
        The shop's own salt.
    """
    functions: dict[str, tuple[Callable[[str], str | bool], str]] = {
        "mask_words": (mask, "VARCHAR"),
        "shape_of": (shape, "VARCHAR"),
        "sketched": (sketch, "VARCHAR"),
        "holds_a_person": (_holds, "BOOLEAN"),
    }
    for name, (function, returned) in functions.items():
        connection.create_function(
            name, _each(function), [VARCHAR], returned, type=PythonUDFType.ARROW
        )
    opaque = f"regexp_full_match(x, '{_OPAQUE}') AND NOT regexp_full_match(x, '{_CALLABLE}')"
    # Most ids are short numbers, and a cast costs a tenth of an expression.
    short = "strlen(x) < 10 AND x[1] BETWEEN '0' AND '9' AND TRY_CAST(x AS INTEGER) IS NOT NULL"
    token = f"regexp_full_match(x, '{_LONG_ID}') AND regexp_matches(x, '{_MIXED}')"
    may = "strlen(x) > 4 AND regexp_matches(x, '{}')"
    roles = " ".join(
        f"WHEN lower(x) IN ({', '.join(repr(word) for word in words.split())}) THEN '{name}'"
        for name, words in _ROLES.items()
    )
    macros = {
        "hashed(kind, x)": f"left(sha256('{salt}:' || kind || ':' || lower(trim(x))), 16)",
        "pseudonym(x)": "'c' || hashed('customer', cell(x))",
        "row_key(x)": f"'r' || left(sha256('{salt}:row:' || x), 24)",
        "masked(x)": f"CASE WHEN {may.format(_SUSPECT)} THEN mask_words(x) ELSE x END",
        "person(x)": f"CASE WHEN {short} THEN x WHEN {opaque} OR {token} THEN x ELSE 'c' || hashed('customer', x) END",
        "role(x)": f"CASE {roles} ELSE 'c' || hashed('customer', x) END",
        "thing(x)": f"CASE WHEN {may.format(_HINT)} AND holds_a_person(x) THEN 'x' || hashed('id', x) ELSE x END",
    }
    for name, body in macros.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {name} AS {body}")


def pseudonym(salt: str, name: str) -> str:
    """Return what a customer is called whose name says who they are, as the macro of that name does.

    Examples
    --------
    >>> pseudonym("00", "Li@Example.com ") == pseudonym("00", "li@example.com")
    True
    """
    return "c" + hashlib.sha256(f"{salt}:customer:{name.strip().lower()}".encode()).hexdigest()[:16]


def _holds(text: str) -> bool:
    return _HELD.search(text) is not None


def _each(function: Callable[[str], str | bool]) -> Callable[[pa.Array], pa.Array]:
    kind = pa.bool_() if function is _holds else pa.string()

    def answered(column: pa.Array) -> pa.Array:
        cells = column.to_pylist()
        return pa.array([None if cell is None else function(cell) for cell in cells], kind)

    return answered


def guard_of(column: Column) -> Literal["masked", "thing", ""]:
    """Return the macro that changes a cell of a column only where it holds personal data, if one does.

    Examples
    --------
    >>> from shopkeeper.data.tables import ORDERS
    >>> [guard_of(ORDERS.column(name)) for name in ("note", "order_id", "customer_id")]
    ['masked', 'thing', '']
    """
    if column.type != "string" or column.personal not in (None, "text"):
        return ""
    return "thing" if column.name.endswith("_id") else "masked"


def protected(column: Column, typed: str, privacy: Privacy, *, is_clean: bool = False) -> str:
    """Return the SQL that may be stored for a column whose typed value is `typed`.

    Parameters
    ----------
    column
        The canonical column.
    typed
        SQL of its value.
    privacy
        The shop's choice.
    is_clean
        The macro that `guard_of` names changes no cell of the column.

    Examples
    --------
    >>> from shopkeeper.data.tables import CUSTOMERS
    >>> protected(CUSTOMERS.column("email"), "x", Privacy())
    "hashed('email', x)"
    >>> protected(CUSTOMERS.column("name"), "x", Privacy(name="drop"))
    'NULL'
    >>> protected(CUSTOMERS.column("customer_id"), "x", Privacy())
    'person(x)'
    >>> protected(CUSTOMERS.column("tags"), "x", Privacy())
    'masked(x)'
    """
    if column.type != "string":
        return typed
    if column.personal in ("person", "role"):
        return f"{column.personal}({typed})"
    choice = getattr(privacy, column.personal) if column.personal else "mask"
    if choice == "drop":
        return "NULL"
    if choice == "hash":
        return f"hashed('{column.personal}', {typed})"
    return typed if is_clean else f"{guard_of(column)}({typed})"


def is_dropped(column: Column, privacy: Privacy) -> bool:
    """Say whether no value of a column is to be kept.

    Examples
    --------
    >>> from shopkeeper.data.tables import CUSTOMERS
    >>> is_dropped(CUSTOMERS.column("name"), Privacy(name="drop"))
    True
    """
    return (
        column.personal not in (None, "person", "role")
        and protected(column, "x", privacy) == "NULL"
    )
