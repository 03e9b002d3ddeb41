"""What a page gives as a file: tables as CSV and Excel, charts as SVG and PNG, and a chart come alive.

No cell of a table is ever a formula: CSV cells that a spreadsheet would run get an apostrophe, and a
workbook is written with every text as text.
"""

from __future__ import annotations

import html
import io
import json
import math
import re
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
from starlette.responses import Response, StreamingResponse

from shopkeeper.answer import spoken
from shopkeeper.errors import UsageError
from shopkeeper.surfaces.charts import THEME, png
from shopkeeper.surfaces.drawings import drawing
from shopkeeper.surfaces.rest.formats import CSV, csv_stream
from shopkeeper.surfaces.web.cells import heading
from shopkeeper.surfaces.web.pictures import WIDE
from shopkeeper.words import Words, localised

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 500_000
_BATCH, _LONGEST_CELL = 4096, 32_767
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def table_response(table: pa.Table, name: str, ending: str, lang: str) -> Response:
    """Return a table as a file.

    Parameters
    ----------
    table
        The table.
    name
        The file's name, of letters, digits and `-`.
    ending
        `csv` or `xlsx`.
    lang
        Language of headings and texts.

    Raises
    ------
    UsageError
        The table has more rows than a workbook is written with.
    """
    shown = spoken(table, lang)
    if ending == "xlsx":
        return Response(workbook(shown, lang), 200, _attached(name, ending), XLSX)
    return StreamingResponse(csv_stream(shown), 200, _attached(name, ending), CSV)


def chart_response(
    chart: dict[str, Any], title: str, name: str, ending: str, lang: str
) -> Response:
    """Return a chart as a file.

    Parameters
    ----------
    chart
        A Vega-Lite specification with its data inside.
    title
        What it shows.
    name, ending, lang
        As for a table; `svg` or `png`.
    """
    whole = _sized(chart)
    if ending == "png":
        return Response(png(whole, lang=lang), 200, _attached(name, ending), "image/png")
    drawn = drawing(whole, title=title, lang=lang)
    return Response(str(drawn), 200, _attached(name, ending), "image/svg+xml")


def live_document(chart: dict[str, Any], lang: str) -> Response:
    """Return a document in which a chart is alive: to be shown in a sandboxed frame, and nowhere else.

    Vega evaluates expressions. So the document is of no origin (`sandbox`): it sees no cookie and no
    other page, and can reach nothing, whatever an expression does.

    Parameters
    ----------
    chart
        A Vega-Lite specification with its data inside.
    lang
        Language of its texts.
    """
    mark = secrets.token_urlsafe(16)
    whole = json.dumps(localised(_sized(chart), lang), ensure_ascii=False, default=str)
    # JSON inside a script element: no sign of it may end the element.
    safe = whole.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    look = {**THEME, "mark": {**THEME["mark"], "tooltip": True}}
    policy = (
        f"sandbox allow-scripts; default-src 'none'; script-src 'nonce-{mark}' 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    )
    body = (
        f'<!doctype html><html lang="{html.escape(lang)}"><head><meta charset="utf-8">'
        "<title>Vega</title><style>body{margin:16px;font-family:sans-serif;background:#fffefb}"
        "#chart{width:100%}</style></head><body>"
        f'<div id="chart"></div><script type="application/json" id="given">{safe}</script>'
        f'<script type="application/json" id="theme">{json.dumps(look)}</script>'
        f'<script nonce="{mark}">{_bundle()}</script>'
        f'<script nonce="{mark}">vegaEmbed("#chart",'
        'JSON.parse(document.getElementById("given").textContent),'
        '{actions:false,renderer:"svg",config:JSON.parse(document.getElementById("theme").textContent)});'
        "</script></body></html>"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Response(body, 200, headers, "text/html; charset=utf-8")


def _sized(chart: dict[str, Any]) -> dict[str, Any]:
    """Return a chart with a width, where it is of one view and has none."""
    several = any(way in chart for way in ("vconcat", "hconcat", "concat", "repeat", "facet"))
    return chart if several else {"width": WIDE - 160, **chart}


@cache
def _bundle() -> str:
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")


def workbook(table: pa.Table, lang: str) -> bytes:
    """Return a table as an Excel workbook of one sheet, every text in it as text.

    Raises
    ------
    UsageError
        It has more than 500,000 rows.
    """
    import xlsxwriter

    if table.num_rows > MOST_ROWS:
        raise UsageError(
            Words("Asked for an Excel workbook.", "要下载 Excel 文件。"),
            Words(f"The table has {table.num_rows:,} rows.", f"这张表有 {table.num_rows:,} 行。"),
            Words(
                f"Download it as CSV, or narrow it to {MOST_ROWS:,} rows.",
                f"请改下载 CSV，或把它筛到 {MOST_ROWS:,} 行以内。",
            ),
        )
    held = io.BytesIO()
    settings = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(held, settings) as book:
        sheet = book.add_worksheet("shopkeeper")
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(table.column_names):
            sheet.write_string(0, place, _text(heading(name, "", lang)), bold)
            sheet.set_column(place, place, 18)
        for row, cells in enumerate(_rows(table), 1):
            for place, cell in enumerate(cells):
                _write(sheet, (row, place), cell, {date: day, datetime: instant})
    return held.getvalue()


def _write(sheet: Any, at: tuple[int, int], cell: Any, forms: dict[type, Any]) -> None:
    """Write one cell by its own type, so that no text is taken for anything else."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        # Excel has no such number, and would be given a formula for it.
        return
    match cell:
        case datetime():
            sheet.write_datetime(*at, cell.replace(tzinfo=None), forms[datetime])
        case date():
            sheet.write_datetime(*at, cell, forms[date])
        case bool():
            sheet.write_boolean(*at, cell)
        case int() | float() | Decimal():
            sheet.write_number(*at, cell)
        case _:
            sheet.write_string(*at, _text(cell))


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _text(cell: Any) -> str:
    whole = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False, default=str)
    return _CONTROL.sub("", whole)[:_LONGEST_CELL]


def _attached(name: str, ending: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "same-origin",
    }
