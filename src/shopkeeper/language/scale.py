"""The same call scores a column of texts on DuckDB or Spark, batch by batch.

A scorer travels to wherever the rows are as a Python function over Arrow arrays (`ibis.udf`); its
model is loaded there, once in a process. What is held in memory is one batch and the model. This
module knows columns of text; it knows no shop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


class Scorer(Protocol):
    """What turns texts into one Arrow value each; it holds names of models, never the models."""

    @property
    def type(self) -> dt.DataType:
        """The Ibis type of a value."""

    def score(self, texts: Sequence[str]) -> pa.Array:
        """Return one value a text."""


@dataclass(frozen=True)
class LanguageScorer:
    """The language of a text (`tongue`)."""

    type: dt.DataType = dt.string

    def score(self, texts: Sequence[str]) -> pa.Array:
        """Return ISO 639-1 codes."""
        from shopkeeper.language.tongue import languages

        return pa.array(languages(texts), pa.string())


@dataclass(frozen=True)
class ClassScorer:
    """The likeliest class of a saved `NgramClassifier`, or another of its probabilities.

    Parameters
    ----------
    folder
        Where the classifier is; a path that every worker sees.
    of
        Class whose probability is wanted; empty for the likeliest class itself.
    """

    folder: str
    of: str = ""

    @property
    def type(self) -> dt.DataType:
        """A string, or a probability."""
        return dt.float64 if self.of else dt.string

    def score(self, texts: Sequence[str]) -> pa.Array:
        """Return classes or probabilities."""
        model = _classifier(self.folder)
        said = model.probabilities(texts)
        if self.of:
            return pa.array(said[:, model.classes_.index(self.of)])
        return pa.array(np.array(model.classes_)[said.argmax(axis=1)])


@dataclass(frozen=True)
class VectorScorer:
    """The vector of a text: a saved `HashedEncoder`, or an encoder by folder or hub id.

    Parameters
    ----------
    folder
        Where a hashed encoder was saved; empty to use `encoder`.
    encoder
        Folder or hub id of an encoder; empty for MiniLM.
    """

    folder: str = ""
    encoder: str = ""

    @property
    def type(self) -> dt.DataType:
        """An array of numbers."""
        return dt.Array(dt.float32)

    def score(self, texts: Sequence[str]) -> pa.Array:
        """Return unit rows."""
        if self.folder:
            rows = _hashed(self.folder).vectors(texts)
        else:
            from shopkeeper.language.encode import SentenceEncoder

            rows = SentenceEncoder(encoder=self.encoder).vectors(texts)
        ends = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
        return pa.ListArray.from_arrays(pa.array(ends), pa.array(rows.ravel()))


def scored(table: ir.Table, scorer: Scorer, *, text: str = "text", name: str = "score") -> ir.Table:
    """Return the table with one more column: the score of each text, null where the text is.

    Parameters
    ----------
    table
        A table of DuckDB or Spark.
    scorer
        What to say of a text.
    text
        Column of the texts.
    name
        Name of the new column.

    Limits
    ------
    The expression is lazy: nothing is scored before it is executed, and each execution scores anew;
    write the result to keep it. Equal texts are scored once within a batch, not between batches.
    Spark's workers need this package (PYSPARK_PYTHON) and see the folders that the scorer names.

    Examples
    --------
    >>> connection = ibis.duckdb.connect()
    >>> texts = pa.table({"text": ["很好", "muito bom", None]})
    >>> table = connection.create_table("texts", texts)
    >>> scored(table, LanguageScorer(), name="language").to_pyarrow()["language"].to_pylist()
    ['zh', 'pt', None]
    >>> connection.disconnect()
    """
    signature = ((dt.string,), scorer.type)
    # Ibis 12 hands a pyarrow function of Spark one cell at a time; a pandas function gets a batch.
    if table.get_backend().name == "pyspark":
        made = ibis.udf.scalar.pandas(
            _of_series(scorer), name=f"shopkeeper_{name}", signature=signature
        )
    else:
        made = ibis.udf.scalar.pyarrow(
            _of_array(scorer), name=f"shopkeeper_{name}", signature=signature
        )
    return table.mutate(made(table[text]).name(name))


def _of_array(scorer: Scorer) -> Callable[..., Any]:
    def score_column(texts: Any) -> Any:
        return score_array(scorer, texts)

    return score_column


def _of_series(scorer: Scorer) -> Callable[..., Any]:
    def score_column(texts: Any) -> Any:
        return score_array(scorer, pa.array(texts, pa.string(), from_pandas=True)).to_pandas()

    return score_column


def score_array(scorer: Scorer, texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the score of each text of an Arrow array; equal texts scored once, null for null.

    Examples
    --------
    >>> score_array(LanguageScorer(), pa.array(["bom", None, "bom"])).to_pylist()
    ['pt', None, 'pt']
    """
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    coded = whole.cast(pa.string()).dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    distinct = coded.dictionary.to_pylist()
    if not distinct:
        return pa.nulls(len(whole), scorer.type.to_pyarrow())
    made: pa.Array = scorer.score(distinct).cast(scorer.type.to_pyarrow()).take(coded.indices)
    return made


def write_scored(
    table: ir.Table,
    scorer: Scorer,
    path: Path,
    *,
    text: str = "text",
    name: str = "score",
    batch: int = 20_000,
) -> int:
    """Score a table into Parquet in memory that does not grow with it; return the rows.

    Parameters
    ----------
    table
        A table of DuckDB (not of memory), whose batches are fetched one after another, or of Spark, whose workers
        score and write.
    scorer
        What to say of a text.
    path
        What to write: on DuckDB a file, which appears whole or not at all; on Spark a folder.
    text, name
        Column of the texts, and of the scores.
    batch
        Rows held at a time on DuckDB.
    """
    if table.get_backend().name == "pyspark":
        scored(table, scorer, text=text, name=name).to_parquet(path)
        return int(table.get_backend().read_parquet(str(path)).count().execute())
    rows, beside = 0, path.with_name(f".{path.name}.part")
    schema = table.schema().to_pyarrow().append(pa.field(name, scorer.type.to_pyarrow()))
    try:
        with pq.ParquetWriter(beside, schema) as writer:
            for one in _batches(table, batch):
                made = pa.table(one.columns, names=one.schema.names)
                made = made.append_column(name, score_array(scorer, made[text]))
                writer.write_table(made.cast(schema))
                rows += made.num_rows
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return rows


def _batches(table: ir.Table, size: int) -> Iterator[pa.RecordBatch]:
    """Yield a table of DuckDB batch by batch; Ibis 12 asks DuckDB 2 for a method that is gone."""
    backend = table.get_backend()
    result = backend.con.sql(backend.compile(table))
    fetch = getattr(result, "to_arrow_reader", None) or result.fetch_record_batch
    yield from fetch(size)


@lru_cache(maxsize=4)
def _classifier(folder: str) -> Any:
    from shopkeeper.language.classify import NgramClassifier

    return NgramClassifier.load(Path(folder))


@lru_cache(maxsize=4)
def _hashed(folder: str) -> Any:
    from shopkeeper.language.hashed import HashedEncoder

    return HashedEncoder.load(Path(folder))
