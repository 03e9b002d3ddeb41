"""Delimited text, read with care: every record is staged or kept as broken, with its line number.

DuckDB reads a clean UTF-8 file much faster; this reader is for the others: other encodings,
records with too many or too few cells, stray quotes, truncation. It knows nothing of platforms.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from shopkeeper.data.door.files import TextLayout, opened
from shopkeeper.words import Words

BATCH_ROWS = 20_000
_CELL_LIMIT = 1 << 28


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that is no row: its line number in the file, why, and its text."""

    line: int
    why: Words
    text: str


class TextReader:
    """Reads one delimited file record by record.

    Parameters
    ----------
    path
        The file.
    layout
        Its encoding, delimiter and header.

    Attributes
    ----------
    broken
        Records that are no rows; filled while `batches` runs.
    """

    def __init__(self, path: Path, layout: TextLayout) -> None:
        self.path = path
        self.layout = layout
        self.broken: list[Broken] = []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows as batches with `_row` and `_line` (both from 1) and one text column a cell."""
        csv.field_size_limit(_CELL_LIMIT)
        rows: list[tuple[int, list[str]]] = []
        done = 0
        for row in self._rows():
            rows.append(row)
            if len(rows) == BATCH_ROWS:
                yield self._batch(rows, done)
                done, rows = done + len(rows), []
        yield self._batch(rows, done)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with opened(self.path) as raw:
            text = io.TextIOWrapper(
                raw, encoding=self.layout.encoding, errors="surrogateescape", newline=""
            )
            lines = _Lines(text)
            for _ in range(self.layout.before):
                next(lines, None)
            next(csv.reader(lines, delimiter=self.layout.delimiter), None)
            for record, first, taken in self._records(lines):
                yield from self._judged(record, first, taken)

    def _records(self, lines: _Lines) -> Iterator[tuple[list[str], int, list[str]]]:
        reader = csv.reader(lines, delimiter=self.layout.delimiter)
        while True:
            first = lines.number + 1
            lines.taken.clear()
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.broken.append(
                    Broken(
                        first, _why(str(error), str(error)), self._readable("".join(lines.taken))
                    )
                )
                continue
            if record:
                yield record, first, list(lines.taken)

    def _judged(
        self, record: list[str], first: int, taken: list[str]
    ) -> Iterator[tuple[int, list[str]]]:
        text = "".join(taken)
        unclosed = text.count('"') % 2 == 1 and not text.endswith(("\n", "\r"))
        fits = len(record) == len(self.layout.columns)
        if fits and not unclosed and not is_undecodable(text):
            yield first, record
        elif len(taken) > 1 and not fits:
            # A stray quote swallows the lines that follow it; each is given its own chance.
            for offset, line in enumerate(taken):
                single = next(csv.reader([line], delimiter=self.layout.delimiter), [])
                if single:
                    yield from self._judged(single, first + offset, [line])
        else:
            self.broken.append(
                Broken(first, self._reason(record, text, unclosed), self._readable(text))
            )

    def _readable(self, text: str) -> str:
        return escaped(text, self.layout.encoding)

    def _reason(self, record: list[str], text: str, unclosed: bool) -> Words:
        if is_undecodable(text):
            encoding = self.layout.encoding
            return _why(f"bytes that are not {encoding}", f"含有不是 {encoding} 编码的字节")
        if unclosed:
            return _why(
                "a quoted cell is not closed; the file may be cut off", "引号未闭合，文件可能不完整"
            )
        cells, expected = len(record), len(self.layout.columns)
        return _why(
            f"{cells} cells where the header has {expected}",
            f"有 {cells} 个单元格，表头有 {expected} 个",
        )

    def _batch(self, rows: list[tuple[int, list[str]]], done: int) -> pa.RecordBatch:
        width = len(self.layout.columns)
        cells = [pa.array([row[index] for _, row in rows], pa.string()) for index in range(width)]
        numbers = pa.array(range(done + 1, done + len(rows) + 1), pa.int64())
        lines = pa.array([line for line, _ in rows], pa.int64())
        names = ["_row", "_line", *self.layout.columns]
        return pa.RecordBatch.from_arrays([numbers, lines, *cells], names=names)


class _Lines:
    """Physical lines with their numbers, remembering those that the current record took."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.number += 1
        self.taken.append(line)
        return line.replace("\x00", "")


def escaped(text: str, encoding: str) -> str:
    """Return the text with the bytes that could not be decoded written out, as `\\xff`."""
    return text.encode(encoding, "surrogateescape").decode(encoding, "backslashreplace")


def is_undecodable(text: str) -> bool:
    """Say whether a text holds bytes that its encoding has no letter for."""
    return any("\ud800" <= letter <= "\udfff" for letter in text) if not text.isascii() else False


def _why(en: str, zh: str) -> Words:
    return Words(en, zh)
