"""Personal fields are hashed, dropped or masked at the door; nothing behind it sees a raw value.

A hash is SHA-256 over the shop's own salt, the kind of field and the trimmed, lower-cased value, cut
to 16 hexadecimal digits: equal values stay equal within a shop and mean nothing in another one.
Masking replaces e-mail addresses, phone numbers and IP addresses inside free text.

Limits: a name or an address that somebody writes into free text is not recognised; drop the text
where that matters (`text = "drop"` in shop.toml).
"""

from __future__ import annotations

from shopkeeper.data.tables import Column
from shopkeeper.settings import Privacy

EMAIL = r"[A-Za-z0-9._%+-]+(?:@|%40)[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
IP = (
    r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}"
    r"|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}"  # shortened with ::
)
PHONE = (
    r"\+\d[\d\s().-]{6,16}\d"  # international
    r"|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}"  # North American
    r"|1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}"  # Chinese mobile
    r"|0\d{2,3}-\d{7,8}"  # Chinese landline
    r"|\(\d{2}\)\s?9?\d{4}-\d{4}"  # Brazilian
    r"|0\d(?:[\s.]\d{2}){4}"  # French
)
_SUSPECT = r"@|%40|\d[\d\s().:-]{5,}\d|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:"

MACROS = (
    f"""CREATE OR REPLACE TEMP MACRO masked(x) AS CASE
        WHEN x IS NULL OR NOT regexp_matches(x, '{_SUSPECT}') THEN x
        ELSE regexp_replace(regexp_replace(regexp_replace(x,
            '{EMAIL}', '[email]', 'g'), '{IP}', '[ip]', 'g'), '{PHONE}', '[phone]', 'g') END""",
    """CREATE OR REPLACE TEMP MACRO shape_of(x) AS
        regexp_replace(regexp_replace(x, '\\p{L}', 'x', 'g'), '\\p{N}', '0', 'g')""",
)


def salted_macros(salt: str) -> tuple[str, ...]:
    """Return the SQL macros that need the shop's salt.

    `hashed(kind, x)`; `pseudonym(x)`, the id of a person who is known by personal data; `person(x)`,
    an id as it is unless it reads like an e-mail address, a phone number or a name; `row_key(x)`, the id of a row.
    """
    return (
        f"""CREATE OR REPLACE TEMP MACRO hashed(kind, x) AS
            left(sha256('{salt}:' || kind || ':' || lower(trim(x))), 16)""",
        "CREATE OR REPLACE TEMP MACRO pseudonym(x) AS 'c' || hashed('customer', cell(x))",
        f"""CREATE OR REPLACE TEMP MACRO person(x) AS CASE
            WHEN regexp_matches(cell(x), '[@\\s\\p{{Han}}]') OR regexp_full_match(cell(x), '{PHONE}')
            THEN pseudonym(x)
            ELSE cell(x) END""",
        f"""CREATE OR REPLACE TEMP MACRO row_key(x) AS
            'r' || left(sha256('{salt}:row:' || x), 24)""",
    )


def protected(column: Column, typed: str, privacy: Privacy) -> str:
    """Return the SQL that may be stored for a column whose typed value is `typed`.

    Examples
    --------
    >>> from shopkeeper.data.tables import CUSTOMERS
    >>> protected(CUSTOMERS.column("email"), "x", Privacy())
    "hashed('email', x)"
    >>> protected(CUSTOMERS.column("name"), "x", Privacy(name="drop"))
    'NULL'
    """
    if column.personal is None:
        return typed
    match getattr(privacy, column.personal):
        case "hash":
            return f"hashed('{column.personal}', {typed})"
        case "mask":
            return f"masked({typed})"
        case _:
            return "NULL"
