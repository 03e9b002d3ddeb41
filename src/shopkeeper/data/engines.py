"""The engines that answer: DuckDB in this process, or Spark; both through Ibis.

Expressions above this file do not know which engine runs them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import ibis
import pyarrow as pa

from shopkeeper.data.schema import arrow_schema
from shopkeeper.data.tables import BY_NAME, Table
from shopkeeper.errors import MissingExtraError
from shopkeeper.settings import Settings
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop


def connect(engine: Literal["duckdb", "spark"], settings: Settings) -> Any:
    """Return an Ibis backend.

    Raises
    ------
    MissingExtraError
        Spark is asked for and not installed.
    """
    if engine == "duckdb":
        connection = ibis.duckdb.connect()
        connection.raw_sql(f"SET memory_limit = '{settings.memory_limit}'")
        # Left alone it would write into the folder in which the command is run.
        spill = _spill_folder(os.getpid()).replace("'", "''")
        connection.raw_sql(f"SET temp_directory = '{spill}'")
        connection.raw_sql("SET TimeZone = 'UTC'")
        connection.raw_sql("SET autoinstall_known_extensions = false")
        # Ibis 12 writes what is asked of each element of a list with the older arrow.
        connection.raw_sql("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
        return connection
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            Words("Asked to answer with Spark.", "要用 Spark 计算。"),
            Words("pyspark is not installed.", "没有安装 pyspark。"),
            Words(
                'Run `pip install "shopkeeper[spark]"`.',
                '请运行 `pip install "shopkeeper[spark]"`。',
            ),
        ) from error
    session = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    return ibis.pyspark.connect(session)


@lru_cache(maxsize=4)
def _spill_folder(process: int) -> str:
    """Return where a process writes what does not fit into memory, which only its user may enter."""
    folder = tempfile.mkdtemp(prefix=f"shopkeeper-spill-{process}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def give_back_memory(connection: Any, settings: Settings) -> None:
    """Have DuckDB, and Arrow, give back the memory that they keep for their next question.

    After a large aggregate that is gigabytes; what is computed from it needs them.
    """
    if connection.name == "duckdb":
        # It gives back what it does not use whenever a limit is set, the same one too.
        connection.raw_sql(f"SET memory_limit = '{settings.memory_limit}'")
    pa.default_memory_pool().release_unused()


def held_table(connection: Any, values: pa.Table) -> ir.Table:
    """Return values of this process as an expression that any question of the engine may hold."""
    table = ibis.memtable(values, schema=ibis.Schema.from_pyarrow(values.schema))
    if connection.name != "duckdb":
        # Ibis tells Spark of such a table when a question is asked, and not when an answer is kept.
        connection.to_pyarrow(table.limit(0))
    return table


def read_table(connection: Any, table: Table, folder: Path | None) -> ir.Table:
    """Return the Parquet files of one version as an expression; an empty table without a folder."""
    if folder is None:
        return held_table(connection, arrow_schema(table).empty_table())
    if connection.name == "duckdb":
        files = sorted(str(file) for file in folder.glob("*.parquet"))
        return connection.read_parquet(files)
    return connection.read_parquet(str(folder))


def cut_table(whole: ir.Table, table: Table, shop: Shop) -> ir.Table:
    """Return the rows and values of `whole` that were known at `shop.cut`."""
    moment = ibis.literal(shop.cut, type="timestamp")
    known = whole
    if table.time:
        time = known[table.time]
        keep = time <= moment
        known = known.filter(keep | time.isnull() if table.undated else keep)
    if table.within:
        parent = BY_NAME[table.within]
        known = known.semi_join(shop.table(parent.name), list(parent.key))
    hidden = {
        column.name: ibis.ifelse(known[column.known_at] <= moment, known[column.name], None)
        for column in table.columns
        if column.known_at
    } | {
        column.name: ibis.null(known[column.name].type())
        for column in table.columns
        if column.latest
    }
    return known.mutate(**hidden) if hidden else known
