"""SQL macros that read a number, written with a decimal point or a decimal comma.

A cell holds exactly one number, with a currency or a unit beside it at most; anything else is no
number. Most cells prove their decimal mark (`12,50`, `1.234,56`, `1,234.50`); one point or comma before
exactly three digits (`1,234`) proves nothing and is read as the rest of its column is (`Plan`).
"""

from __future__ import annotations

_MONEY = (
    r"[A-Z]{0,3}\p{Sc}|[A-Z]{3}|人民币|元|圆|圓|円|원|руб\.?|р\.|грн\.?|лв\.?|[Kk]r\.?|zł|Kč|Ft|[Ll]ei"
    r"|Rs\.?|Rp\.?|RM|Fr\.?"
)
_UNITS = (
    r"件|个|個|套|盒|箱|包|袋|瓶|罐|条|條|份|本|双|雙|台|支|张|張|克|g|шт\.?|[Pp]cs?\.?|[Pp]ieces?|[Uu]nits?"
    r"|[Ii]tems?|ea\.?|St(?:k|ück)\.?"
)
# What groups thousands beside the two marks: spaces, narrow ones, apostrophes.
_GAPS = r" ''’\x{a0}\x{202f}"
_WRITTEN = (
    rf"^([+−-]?)\s*(?:{_MONEY})?\s*([+−-]?)\s*([.,]?\d[\d.,{_GAPS}]*?)\s*(?:{_MONEY}|{_UNITS})?$"
)
_OUT_OF_FIVE = (
    r"(?i)\s*(?:(?:/|(?:out )?of|von|sur|de|su|из)\s*5(?:[.,]0)?)?"
    r"\s*(?:stars?|Sternen?|étoiles?|estrellas?|estrelas?|stelle|звёзд|星|分)?$"
)


def _form(mark: str, group: str) -> str:
    """Return the pattern of a number whose decimal mark is `mark` and whose thousands `group` parts."""
    return (
        rf"\d*{mark}\d+|\d+{mark}?|[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?:{mark}\d*)?"
        rf"|[1-9]\d?(?:{group}\d{{2}})+{group}\d{{3}}(?:{mark}\d*)?"
    )


_POINT, _COMMA = _form(r"\.", ","), _form(",", r"\.")

# A macro repeats its argument wherever it names it, and nested ones multiply: a lambda binds it once.
_NUMBER = f"""list_transform([regexp_extract(x, '{_WRITTEN}', ['one', 'two', 'body'])], lambda p:
    list_transform([ungrouped(p.body)], lambda b: CASE WHEN len(p.one || p.two) < 2 THEN
        CASE WHEN p.one || p.two IN ('-', '−') THEN -1 ELSE 1 END * try_cast(digits_read(b, comma) AS DECIMAL(38,10))
    END)[1])[1]"""

MACROS = (
    rf"""CREATE OR REPLACE TEMP MACRO ungrouped(b) AS CASE WHEN NOT regexp_matches(b, '[{_GAPS}]') THEN b
        WHEN regexp_full_match(b, '\d{{1,3}}(?:[{_GAPS}]\d{{3}})+(?:[.,]\d*)?')
        THEN regexp_replace(b, '[{_GAPS}]', '', 'g') END""",
    f"""CREATE OR REPLACE TEMP MACRO digits_read(b, comma) AS CASE
        WHEN comma AND regexp_full_match(b, '{_COMMA}') THEN replace(replace(b, '.', ''), ',', '.')
        WHEN regexp_full_match(b, '{_POINT}') THEN replace(b, ',', '')
        WHEN regexp_full_match(b, '{_COMMA}') THEN replace(replace(b, '.', ''), ',', '.') END""",
    # The one number in a cell; null where there is none, or more than one.
    f"CREATE OR REPLACE TEMP MACRO written_number(x, comma) AS {_NUMBER}",
    r"""CREATE OR REPLACE TEMP MACRO unsigned(x) AS CASE
        WHEN starts_with(x, '(') AND ends_with(x, ')') AND NOT regexp_matches(x, '[+−-]') THEN '-' || x[2:-2]
        ELSE x END""",
    """CREATE OR REPLACE TEMP MACRO plain_number(x, comma := false) AS list_transform([cell(x)], lambda c: CASE
        WHEN comma THEN coalesce(written_number(unsigned(c), comma), try_cast(c AS DECIMAL(38,10)))
        ELSE coalesce(try_cast(c AS DECIMAL(38,10)), written_number(unsigned(c), comma)) END)[1]""",
    """CREATE OR REPLACE TEMP MACRO amount(x, comma := false) AS coalesce(
        CASE WHEN NOT comma THEN try_cast(x AS DECIMAL(18,4)) END,
        try_cast(plain_number(x, comma := comma) AS DECIMAL(18,4)))""",
    """CREATE OR REPLACE TEMP MACRO number(x, comma := false) AS coalesce(
        CASE WHEN NOT comma AND isfinite(try_cast(x AS DOUBLE)) THEN try_cast(x AS DOUBLE) END,
        try_cast(plain_number(x, comma := comma) AS DOUBLE))""",
    # 2.5 pieces is not 2 pieces: a fraction is unreadable as a whole number.
    r"""CREATE OR REPLACE TEMP MACRO whole(x, comma := false) AS CASE
        WHEN NOT comma AND abs(try_cast(x AS DOUBLE)) < 9e15 AND try_cast(x AS DOUBLE) = trunc(try_cast(x AS DOUBLE))
        THEN CAST(try_cast(x AS DOUBLE) AS BIGINT)
        WHEN regexp_full_match(x, '-?\d{1,18}') THEN try_cast(x AS BIGINT)
        ELSE list_transform([plain_number(x, comma := comma)], lambda n:
            CASE WHEN n = trunc(n) THEN try_cast(n AS BIGINT) END)[1] END""",
    # A rating may say of how many: `4.5 out of 5 stars`, `5/5`. Of any other number it is no rating.
    f"CREATE OR REPLACE TEMP MACRO stars_text(x) AS regexp_replace(cell(x), '{_OUT_OF_FIVE}', '')",
    "CREATE OR REPLACE TEMP MACRO stars(x, comma := false) AS number(stars_text(x), comma := comma)",
    # 1 for a cell that can only be read with a decimal comma, -1 with a point, 0 for one that fits both.
    f"""CREATE OR REPLACE TEMP MACRO proven_mark(x) AS list_transform(
        [ungrouped(regexp_extract(trim(stars_text(x), '()'), '{_WRITTEN}', 3))], lambda b:
        CAST(regexp_full_match(b, '{_COMMA}') AS INT) - CAST(regexp_full_match(b, '{_POINT}') AS INT))[1]""",
)
