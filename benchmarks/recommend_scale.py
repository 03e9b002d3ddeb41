"""Recommendation on very many events that DuckDB makes: seconds of each part, and the highest memory.

Run `python benchmarks/recommend.py scale`, with `--events 100000000` for more. One customer looks at
100,000 events; the others at 40 or so, most of them of popular products. Events are read from Parquet with
names as text; everything runs in a process of its own, whose highest resident memory is the figure, the engine's included.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from machine import keep

MUCH = 100_000
_MAKE = """
COPY (
  SELECT 'C' || lpad(CAST(CASE WHEN range < {much} THEN 0 ELSE hash(range) % ({events} // 40) END AS VARCHAR), 9, '0') AS customer_id,
    'P' || lpad(CAST(CAST(floor({products} * power((hash(range * 3 + 1) % 1000003) / 1000003.0, 2.5)) AS BIGINT) AS VARCHAR), 7, '0') AS product_id,
    TIMESTAMP '2025-01-01' + to_seconds(CAST(hash(range * 7 + 2) % (365 * 86400) AS BIGINT)) AS happened_at
  FROM range({events})
) TO '{file}' (FORMAT parquet)
"""


def make(file: Path, events: int, products: int) -> None:
    connection = duckdb.connect()
    connection.execute(
        "SET threads = 1; SET memory_limit = '2GB'; SET preserve_insertion_order = false"
    )
    connection.execute(_MAKE.format(events=events, products=products, much=MUCH, file=file))


def measured(file: Path) -> dict[str, Any]:
    """Read, count, choose, judge and fit as the verb does; nothing is listed."""
    import ibis
    import numpy as np
    from scipy import sparse

    from shopkeeper.data.engines import connect, give_back_memory
    from shopkeeper.operations.recommend.judging import fit
    from shopkeeper.operations.recommend.reading import read_touched
    from shopkeeper.settings import Settings

    threads = int(os.environ.get("OMP_NUM_THREADS", "2"))
    connection = connect("duckdb", Settings())
    connection.raw_sql(f"SET threads = {threads}; SET enable_progress_bar = false")
    event = connection.read_parquet(file)
    seen = event.mutate(bought=ibis.literal(False), place=ibis.literal(0, "int64"))
    start = time.perf_counter()
    touched = read_touched(seen)
    give_back_memory(connection, Settings())
    read = time.perf_counter()
    read_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    nothing = sparse.csr_matrix((len(touched.products), 0), dtype=np.float32)
    fitted = fit(touched, nothing, "transitions", least=30, seed=0)
    done = time.perf_counter()
    own = {
        row["method"]: row["ndcg"] for row in fitted.quality.to_pylist() if row["history"] == "all"
    }
    return {
        "customers": len(touched.customers),
        "products": len(touched.products),
        "first touches": len(touched.histories.products),
        "longest history": int(touched.histories.lengths.max()),
        "counts": len(touched.counts.key),
        "counted": f"1 customer in {touched.every}",
        "read_and_count_s": round(read - start, 1),
        "choose_judge_fit_s": round(done - read, 1),
        "memory_after_reading_gb": round(read_memory / 1e6, 2),
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "threads": threads,
        "engine_limit": Settings().memory_limit,
        "ndcg@10": {name: round(value, 4) for name, value in own.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--measure", type=Path)
    asked = parser.parse_args([name for name in sys.argv[1:] if name != "scale"])
    if asked.measure:
        print(json.dumps(measured(asked.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.parquet"
        make(file, asked.events, asked.products)
        command = [sys.executable, __file__, "--measure", str(file)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    keep("recommend_scale", [{"events": asked.events} | figures])


if __name__ == "__main__":
    main()
