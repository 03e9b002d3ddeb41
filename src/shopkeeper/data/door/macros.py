"""SQL macros that read one cell: text, yes/no, times; numbers are in `amounts`, currencies in `codes`."""

from __future__ import annotations

from shopkeeper.data.door import amounts, codes

_OFFSET = r"\d:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日", "%m %d, %Y",
    "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%a, %d %b %Y %H:%M:%S", "%Y%m%d",
)  # fmt: skip
_MONTH_FIRST = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%m/%d/%y %H:%M",
    "%m-%d-%Y",
)
_DAY_FIRST = (
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d/%m/%y %H:%M",
    "%d.%m.%Y",
    "%d-%m-%Y",
)


def _listed(formats: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{text}'" for text in formats) + "]"


MACROS = (
    # Spreadsheets protect long numbers as ="123" or '123; both are undone here.
    r"""CREATE OR REPLACE TEMP MACRO unwrapped(x) AS CASE
        WHEN x[1] IN ('=', '''', ' ', chr(9), chr(13), chr(65279)) OR x[-1] IN (' ', chr(9), chr(13))
        THEN trim(regexp_replace(regexp_replace(trim(x, E' \t\r\n\uFEFF'), '^="(.*)"$', '\1'),
            '^''(.*)$', '\1')) ELSE x END""",
    """CREATE OR REPLACE TEMP MACRO cell(x) AS CASE
        WHEN unwrapped(x) IN ('', '-', '--', 'NULL', 'null', 'nan', 'NaN', 'None', 'N/A', '\\N', '""')
        THEN NULL ELSE unwrapped(x) END""",
    *amounts.MACROS,
    *codes.MACROS,
    """CREATE OR REPLACE TEMP MACRO yes(x) AS CASE
        WHEN lower(cell(x)) IN ('yes', 'true', '1', 'y', 't', '是', '有', 'subscribed') THEN true
        WHEN lower(cell(x)) IN ('no', 'false', '0', 'n', 'f', '否', '无', 'unsubscribed') THEN false END""",
    "CREATE OR REPLACE TEMP MACRO epoch_seconds(x) AS to_timestamp(try_cast(cell(x) AS DOUBLE))",
    "CREATE OR REPLACE TEMP MACRO epoch_milliseconds(x) AS to_timestamp(try_cast(cell(x) AS DOUBLE) / 1000)",
    r"""CREATE OR REPLACE TEMP MACRO plain_text(x) AS trim(regexp_replace(replace(replace(replace(replace(
        replace(replace(regexp_replace(regexp_replace(x, '(?is)<(script|style)\b.*?</(script|style)>', ' ', 'g'),
        '<[^<>]*>', ' ', 'g'), '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''),
        '&amp;', '&'), '\s+', ' ', 'g'))""",
    f"CREATE OR REPLACE TEMP MACRO offset_of(x) AS nullif(regexp_extract(x, '{_OFFSET}', 1), '')",
    f"""CREATE OR REPLACE TEMP MACRO written_time(x, day_first) AS coalesce(
        try_cast(x AS TIMESTAMP), try_strptime(x, {_listed(_FORMATS)}),
        CASE WHEN day_first THEN try_strptime(x, {_listed(_DAY_FIRST)})
        ELSE try_strptime(x, {_listed(_MONTH_FIRST)}) END)""",
    r"""CREATE OR REPLACE TEMP MACRO without_offset(x) AS
        trim(regexp_replace(x, '\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})$', ''))""",
    # From here on the argument is a clean cell. Nineteen characters is the plain ISO form; it skips the
    # search for an offset.
    """CREATE OR REPLACE TEMP MACRO local_time(x, day_first) AS CASE
        WHEN length(x) = 19 AND try_cast(x AS TIMESTAMP) IS NOT NULL THEN try_cast(x AS TIMESTAMP)
        ELSE written_time(CASE WHEN offset_of(x) IS NULL THEN x ELSE without_offset(x) END, day_first) END""",
    """CREATE OR REPLACE TEMP MACRO offset_minutes(o) AS CASE WHEN o IN ('Z', 'UTC', 'GMT') THEN 0
        ELSE (CASE WHEN o[1] = '-' THEN -1 ELSE 1 END)
        * (60 * try_cast(o[2:3] AS INT) + try_cast(right(o, 2) AS INT)) END""",
    """CREATE OR REPLACE TEMP MACRO instant(x, zone, day_first) AS CASE
        WHEN length(x) = 19 OR offset_of(x) IS NULL
        THEN (local_time(x, day_first) AT TIME ZONE zone) AT TIME ZONE 'UTC'
        ELSE local_time(x, day_first) - to_minutes(offset_minutes(offset_of(x))) END""",
    # UTC is an instant and nobody's local zone: the shop's zone says which day that was.
    """CREATE OR REPLACE TEMP MACRO in_utc(x) AS length(x) <> 19 AND offset_of(x) IN ('Z', 'UTC', 'GMT')""",
    """CREATE OR REPLACE TEMP MACRO zone_of(x, zone) AS CASE
        WHEN length(x) = 19 OR in_utc(x) THEN zone ELSE coalesce(offset_of(x), zone) END""",
    """CREATE OR REPLACE TEMP MACRO local_day(x, zone, day_first) AS CASE WHEN in_utc(x)
        THEN CAST((instant(x, zone, day_first) AT TIME ZONE 'UTC') AT TIME ZONE zone AS DATE)
        ELSE CAST(local_time(x, day_first) AS DATE) END""",
)
