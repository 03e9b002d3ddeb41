"""Speed and memory of the whole main job, beside what DuckDB alone needs.

Run `python benchmarks/door.py`, or with the names of some of: retail olist demo help.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from machine import data_folder, keep

COMMAND = str(Path(sys.executable).with_name("shopkeeper"))
ROUNDS = 9
_IMPORT = """
import json, shutil, sys, time
from pathlib import Path
import duckdb
from shopkeeper.data.importing import import_files
file, scratch, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
alone, ours = [], []
for number in range(rounds):
    start = time.perf_counter()
    duckdb.connect().execute(f"COPY (FROM read_csv('{file}')) TO '{scratch / 'alone.parquet'}'")
    alone.append(time.perf_counter() - start)
    shutil.rmtree(scratch / "shop", ignore_errors=True)
    start = time.perf_counter()
    summary = import_files([file], scratch / "shop")
    ours.append(time.perf_counter() - start)
    assert summary.files[0].kept == 541_909
print(json.dumps({"alone": min(alone), "ours": min(ours)}))
"""


def measured(command: list[str]) -> tuple[float, float, str]:
    """Run a command; return its seconds, its peak memory in GB (children included) and its output."""
    start, peak = time.perf_counter(), 0
    process = psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while process.poll() is None:
        peak = max(peak, _resident(process))
        time.sleep(0.02)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return seconds, peak / 1e9, process.stdout.read()


def _resident(process: psutil.Popen) -> int:
    try:
        return sum(item.memory_info().rss for item in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def retail(scratch: Path) -> list[dict[str, Any]]:
    """Import Online Retail beside DuckDB reading the same CSV and writing one Parquet file."""
    import json

    file = data_folder() / "online_retail" / "online_retail.csv"
    _, memory, output = measured(
        [sys.executable, "-c", _IMPORT, str(file), str(scratch), str(ROUNDS)]
    )
    times = json.loads(output)
    return [{
        "figure": "import online retail", "rows": 541_909, "seconds": round(times["ours"], 3),
        "duckdb_seconds": round(times["alone"], 3), "ratio": round(times["ours"] / times["alone"], 2),
        "gigabytes": round(memory, 2),
    }]  # fmt: skip


def olist(scratch: Path) -> list[dict[str, Any]]:
    """Import, run and report Olist, then run again on unchanged data."""
    shop, page = scratch / "olist", scratch / "olist.html"
    steps = {
        "import olist": [COMMAND, "import", str(data_folder() / "olist"), "--shop", str(shop)],
        "run olist": [COMMAND, "run", str(shop)],
        "report olist": [COMMAND, "report", str(shop), "--output", str(page)],
        "run olist again": [COMMAND, "run", str(shop)],
    }
    figures = [
        {"figure": name, "seconds": round(seconds, 2), "gigabytes": round(memory, 2)}
        for name, command in steps.items()
        for seconds, memory, _ in [measured(command)]
    ]
    whole = sum(figure["seconds"] for figure in figures[:3])
    return [*figures, {"figure": "import + run + report olist", "seconds": round(whole, 2)}]


def demo(scratch: Path) -> list[dict[str, Any]]:
    """Write and import a demo shop of 10 million events."""
    folder, shop = scratch / "demo", scratch / "demoshop"
    steps = {
        "write demo, 10 million events": [
            COMMAND, "demo", str(folder), "--customers", "250000", "--events", "10000000",
        ],
        "import demo, 10 million events": [
            COMMAND, "import", str(folder / "exports"), "--shop", str(shop),
        ],
        "check demo, 10 million events": [COMMAND, "check", str(shop)],
        "run demo, 10 million events": [COMMAND, "run", str(shop)],
    }  # fmt: skip
    return [
        {"figure": name, "seconds": round(seconds, 1), "gigabytes": round(memory, 2)}
        for name, command in steps.items()
        for seconds, memory, _ in [measured(command)]
    ]


def help(scratch: Path) -> list[dict[str, Any]]:
    """Print the help, the best of all rounds."""
    seconds = min(measured([COMMAND, "--help"])[0] for _ in range(ROUNDS))
    return [{"figure": "shopkeeper --help", "seconds": round(seconds, 3)}]


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    chosen = sys.argv[1:] or ["retail", "olist", "demo", "help"]
    for name in chosen:
        scratch = Path(tempfile.mkdtemp(prefix="shopkeeper-"))
        try:
            keep("door", globals()[name](scratch))
        finally:
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
