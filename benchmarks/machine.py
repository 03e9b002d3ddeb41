"""What every benchmark prints and keeps: the machine, the versions and one line a figure."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def data_folder() -> Path:
    """Return the folder of public data sets."""
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return Path(os.environ.get("SHOPKEEPER_DATA", default))


def described() -> dict[str, Any]:
    """Return the machine and the versions that matter."""
    packages = ("duckdb", "ibis-framework", "numpy", "pyarrow", "scikit-learn", "scipy")
    return {
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        **{name: version(name) for name in packages},
    }


def keep(benchmark: str, figures: list[dict[str, Any]]) -> None:
    """Print figures and append them to `results/<benchmark>.jsonl`."""
    machine = described()
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{benchmark}.jsonl").open("a", encoding="utf-8") as file:
        for figure in figures:
            print("  ".join(f"{name}: {value}" for name, value in figure.items()))
            file.write(json.dumps(figure | machine, ensure_ascii=False) + "\n")
