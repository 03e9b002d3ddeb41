"""A million texts scored: rows a second and memory, through the same call on DuckDB and on Spark.

Run `python benchmarks/language_scale.py`, or with the names of some of: duckdb spark.

Each number of rows runs in a process of its own; memory is the highest resident set of that process
(on Spark: of the driver and of its largest Python worker). Flat means that ten times the rows take
no more.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from machine import keep

from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.scale import ClassScorer, write_scored

SIZES = (100_000, 1_000_000)
SAID = ("质量很好，物流第{}天到", "muito bom, chegou em {} dias", "broke after {} days", "ok {}")


def write_texts(path: Path, rows: int) -> None:
    """Write different short texts in three languages."""
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, rows, 50_000):
            ids = range(start, min(rows, start + 50_000))
            texts = [SAID[n % 4].format(n) for n in ids]
            writer.write_table(pa.table({"id": list(ids), "text": texts}, schema=schema))


def score(engine: str, folder: str, rows: int, answers: Any) -> None:
    """Score the texts of a folder and put rows, seconds and the highest memory into the queue."""
    import psutil

    own, most, done = psutil.Process(), [0, 0], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            most[0] = max(most[0], own.memory_info().rss)
            for child in own.children(recursive=True):
                try:
                    if "python" in child.name():
                        most[1] = max(most[1], child.memory_info().rss)
                except psutil.Error:
                    continue

    threading.Thread(target=watch, daemon=True).start()
    if engine == "spark":
        from pyspark.sql import SparkSession

        os.environ["PYSPARK_PYTHON"] = sys.executable
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()
        )
        connection = ibis.pyspark.connect(session)
    else:
        connection = ibis.duckdb.connect()
    table = connection.read_parquet(f"{folder}/texts-{rows}.parquet")
    start = time.perf_counter()
    written = write_scored(table, ClassScorer(f"{folder}/model"), Path(folder) / f"{engine}-{rows}")
    seconds = time.perf_counter() - start
    done.set()
    answers.put((written, seconds, most))


def run(engine: str) -> list[dict[str, Any]]:
    """Score a hundred thousand and a million texts."""
    made = []
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        texts = [SAID[n % 4].format(n) for n in range(4_000)]
        classes = ["bad" if n % 4 == 2 else "good" for n in range(4_000)]
        NgramClassifier().fit(texts, classes).save(Path(folder) / "model")
        for rows in SIZES:
            write_texts(Path(folder) / f"texts-{rows}.parquet", rows)
            answers = context.Queue()
            process = context.Process(target=score, args=(engine, folder, rows, answers))
            process.start()
            written, seconds, most = answers.get()
            process.join()
            made.append(
                {"engine": engine, "rows": written, "seconds": round(seconds, 1)}
                | {"rows_per_second": round(written / seconds), "mib": most[0] >> 20}
                | {"largest_worker_mib": most[1] >> 20}
            )
    return made


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "duckdb": partial(run, "duckdb"),
    "spark": partial(run, "spark"),
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        keep("language_scale", PARTS[part]())
