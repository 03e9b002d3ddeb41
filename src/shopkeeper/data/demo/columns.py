"""Numbers become canonical Arrow columns, without a Python object per row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shopkeeper.data.demo.plan import EPOCH_DAY, NEVER, UTC_SHIFT, Flags, Ints
from shopkeeper.data.schema import ARROW
from shopkeeper.data.tables import BY_NAME

Spelling = tuple[str, int]
"""Prefix and number of digits of an identifier."""
ROW_GROUP = 250_000
_EPOCH = EPOCH_DAY * 86_400 - UTC_SHIFT
_SCALE = 100
"""From cents to the four decimals of money."""


def ids(spelling: Spelling, numbers: Ints) -> pa.Array:
    """Return identifiers such as C0000042; null where the number is negative."""
    prefix, digits = spelling
    texts = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    named = pc.binary_join_element_wise(prefix, texts, "")
    return named if numbers.min(initial=0) >= 0 else pc.if_else(pa.array(numbers >= 0), named, None)


def at(seconds: Ints, known: Flags | None = None) -> pa.Array:
    """Return UTC instants; null after the year and where not `known`."""
    known = seconds < NEVER if known is None else known & (seconds < NEVER)
    micros = (seconds.astype(np.int64) + _EPOCH) * 1_000_000
    return pa.array(micros, mask=None if known.all() else ~known).cast(pa.timestamp("us"))


def on(seconds: Ints) -> pa.Array:
    """Return local days."""
    return pa.array((seconds // 86_400 + EPOCH_DAY).astype(np.int32)).cast(pa.date32())


def money(cents: Ints, known: Flags | None = None) -> pa.Array:
    """Return exact decimals from whole cents; null where not `known`."""
    pairs = np.empty((len(cents), 2), np.int64)
    pairs[:, 0] = cents * _SCALE
    pairs[:, 1] = pairs[:, 0] >> 63
    valid = None
    if known is not None and not known.all():
        valid = pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    return pa.Array.from_buffers(ARROW["money"], len(cents), [valid, pa.py_buffer(pairs)])


def named(codes: Ints, names: Sequence[str] | pa.Array) -> pa.DictionaryArray:
    """Return one of a few texts per row; null where the code is negative."""
    mask = codes < 0
    indices = pa.array(codes.astype(np.int32), mask=mask if mask.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))


def coded_ids(spelling: Spelling, numbers: Ints, index: Ints | None = None) -> pa.DictionaryArray:
    """Return the identifier of `numbers` or `numbers[index]`, each spelled once; null where negative."""
    distinct, inverse = np.unique(numbers, return_inverse=True)
    codes, spelled = inverse, ids(spelling, distinct)
    if len(distinct) and distinct[0] < 0:
        codes, spelled = inverse - 1, spelled[1:]
    return named(codes if index is None else codes[index], spelled)


def constant(text: str, count: int) -> pa.DictionaryArray:
    """Return the same text in every row."""
    return named(np.zeros(count, np.int64), [text])


class Export:
    """One canonical table, written to Parquet batch by batch.

    Every column but `source` is written, in the order of the canonical table; row groups hold at
    most `ROW_GROUP` rows, so that memory does not grow with the table.

    Parameters
    ----------
    folder
        Where `<table>.parquet` is written.
    table
        Name of the canonical table.
    plain
        String columns with a different text in almost every row.
    """

    def __init__(self, folder: Path, table: str, *, plain: Sequence[str] = ()) -> None:
        self._columns = [item for item in BY_NAME[table].columns if item.name != "source"]
        schema = pa.schema([(item.name, ARROW[item.type]) for item in self._columns])
        dictionary = [
            item.name for item in self._columns if item.type == "string" and item.name not in plain
        ]
        self._schema = pa.schema(
            [(name, _coded(schema.field(name).type, name in dictionary)) for name in schema.names]
        )
        # Without the Arrow schema a column reads back as plain strings, however it was handed over.
        self._writer = pq.ParquetWriter(
            folder / f"{table}.parquet",
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=dictionary,
            store_schema=False,
            write_statistics=True,
        )
        self.rows = 0

    def write(self, columns: dict[str, Any]) -> None:
        """Append a batch; columns that are left out are null."""
        count = len(next(iter(columns.values())))
        if not count:
            return
        arrays = [_fitted(columns.get(field.name), field.type, count) for field in self._schema]
        unknown = columns.keys() - set(self._schema.names)
        assert not unknown, f"the canonical table has no column {unknown}"
        self._writer.write_table(pa.table(arrays, schema=self._schema), row_group_size=ROW_GROUP)
        self.rows += count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()


def _coded(type: pa.DataType, coded: bool) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if coded else type


def _fitted(values: Any, type: pa.DataType, count: int) -> pa.Array:
    if values is None:
        if pa.types.is_dictionary(type):
            return named(np.full(count, -1), [""])
        return pa.nulls(count, type)
    array = values if isinstance(values, pa.Array) else pa.array(values)
    if array.type == type:
        return array
    if pa.types.is_dictionary(type):
        return array.cast(pa.string()).dictionary_encode()
    if pa.types.is_null(array.type):
        return pa.nulls(count, type)
    return array.cast(type)
