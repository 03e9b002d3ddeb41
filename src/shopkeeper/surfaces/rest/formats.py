"""An answer as JSON pages, CSV or Arrow.

JSON and its gzip are made once and kept; tables in CSV and Arrow are written batch by batch, so that a
table of a million rows is never in memory as text. A cell that a spreadsheet would take for a formula
gets an apostrophe before it, which is how a spreadsheet is told that text is text.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from shopkeeper.answer import Answer, plain_rows, spoken
from shopkeeper.words import localised

JSON = "application/json"
CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
OFFERED = (JSON, CSV, ARROW)
EXTENSIONS = {CSV: "csv", ARROW: "arrows"}
ITSELF = "table"
_BATCH = 4096
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WORTH_ZIPPING = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Page:
    """What part of an answer is wanted.

    Parameters
    ----------
    lang
        Language of its texts.
    table
        Name of a table of evidence; `table` for the answer itself.
    offset, limit
        Rows left out at the beginning, and rows at the most; None for all that follow.
    chart
        Whether the Vega-Lite specification is wanted too.
    """

    lang: str
    table: str = ITSELF
    offset: int = 0
    limit: int | None = None
    chart: bool = False


def table_of(answer: Answer, page: Page) -> pa.Table | None:
    """Return the table that is wanted, in its language; None where the answer has none of that name."""
    table = answer.table if page.table == ITSELF else answer.evidence.get(page.table)
    return None if table is None else spoken(table, page.lang)


def page_document(answer: Answer, table: pa.Table, page: Page) -> dict[str, Any]:
    """Return an answer as JSON values: what it says, and one page of one of its tables.

    Parameters
    ----------
    answer
        The answer.
    table
        The table, as `table_of` returned it.
    page
        The page; its limit is a number.
    """
    assert page.limit is not None
    lang = page.lang
    document = {
        "verb": answer.verb,
        "title": answer.title.get(lang),
        "method": answer.method,
        "as_of": answer.as_of,
        "summary": [words.get(lang) for words in answer.summary],
        "limits": [words.get(lang) for words in answer.limits],
        "definitions": {name: words.get(lang) for name, words in answer.definitions.items()},
        "evidence": {name: other.num_rows for name, other in answer.evidence.items()},
        "table": page.table,
        "columns": [{"name": field.name, "type": str(field.type)} for field in table.schema],
        "rows": plain_rows(table, page.limit, offset=page.offset),
        "total": table.num_rows,
        "offset": page.offset,
        "limit": page.limit,
    }
    return document | ({"chart": localised(answer.chart, lang)} if page.chart else {})


def json_bytes(document: dict[str, Any]) -> tuple[bytes, bytes | None]:
    """Return a document as JSON, and the same compressed where that is worth it."""
    plain = plain_json(document)
    return plain, zipped(plain) if len(plain) > _WORTH_ZIPPING else None


def plain_json(document: dict[str, Any]) -> bytes:
    """Return a document as JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def zipped(data: bytes) -> bytes:
    """Return data in gzip."""
    return b"".join(zip_stream(iter([data])))


def zip_stream(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Return a stream in gzip."""
    # Sixteen more than the largest window means gzip's header and not zlib's.
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()


def cut(table: pa.Table, page: Page) -> pa.Table:
    """Return the rows of a page."""
    return table.slice(page.offset, page.limit)


def csv_stream(table: pa.Table) -> Iterator[bytes]:
    """Write a table as CSV (RFC 4180), a batch at a time.

    UTF-8 with a byte-order mark: without one Excel takes Chinese for the signs of another code page.

    Examples
    --------
    >>> table = pa.table({"n": [-1, 2], "said": ["=cmd()", "质量好"]})
    >>> print(b"".join(csv_stream(table)).decode("utf-8-sig").replace("\\r", ""))
    n,said
    -1,'=cmd()
    2,质量好
    <BLANKLINE>
    """
    yield _BYTE_ORDER_MARK + _lines([[safe_cell(name) for name in table.column_names]])
    for batch in table.to_batches(max_chunksize=_BATCH):
        columns = [[safe_cell(cell) for cell in column.to_pylist()] for column in batch.columns]
        yield _lines(zip(*columns, strict=True))


def arrow_stream(table: pa.Table) -> Iterator[bytes]:
    """Write a table as an Arrow IPC stream, a batch at a time."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.to_batches(max_chunksize=_BATCH):
            writer.write_batch(batch)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; lists and structures become JSON.

    Examples
    --------
    >>> [safe_cell(value) for value in ("=1+1", "＝A1", "a=b", -3, None, ["x"])]
    ["'=1+1", "'＝A1", 'a=b', -3, None, '["x"]']
    """
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _lines(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
