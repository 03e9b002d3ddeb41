"""Every figure of the language layer beside its peer and its floor, in one run.

Run `python benchmarks/language.py`, or with some of: train intents aspects topics generate scale
compare. Each part is a script of its own and runs in a process of its own, one after the other; what it
prints and keeps is read back. `--kept` reads the newest figures that are kept and runs nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machine import RESULTS

Row = dict[str, Any]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Figure:
    """One figure: where it stands among what a script prints.

    Parameters
    ----------
    part
        The script, without `language_`.
    name
        What it is, as it is printed.
    where
        Cells of its row; of several values in a tuple any may stand there.
    key
        Cell that holds the value.
    floor
        Least value, where one is asked for.
    peer
        Cells in which the row of its peer differs from `where`.
    """

    part: str
    name: str
    where: Row
    key: str = "value"
    floor: float | None = None
    peer: Row = field(default_factory=dict)


# Where too few of int8's labels agree it is refused, and what is served instead is in its row.
SERVED = ("onnx int8", "onnx mixed, not int8", "onnx mixed", "onnx fp32, not int8", "onnx fp32")


def _train(
    name: str, method: str | tuple[str, ...], metric: str, floor: float | None = None
) -> Figure:
    return Figure("train", name, {"method": method, "metric": metric}, floor=floor)


def _screened(part: str, key: str) -> Figure:
    data = "outside_held_out" if part == "injection" else "fresh"
    where = {"part": part, "data": data, "kind": "whole text", "lang": "all",
             "method": "shopkeeper"}  # fmt: skip
    return Figure("generate", f"{part}, texts written after the rules: {key}", where, key,
                  peer={"method": "plain patterns"})  # fmt: skip


def _topics(data: str, key: str, floor: float | None = None) -> Figure:
    where = {"part": "topics", "data": data, "method": "ours"}
    return Figure("topics", f"topics, {data}: {key}", where, key, floor,
                  {"method": "TF-IDF + KMeans"})  # fmt: skip


def _intents(name: str, data: str, metric: str, floor: float, peer: str) -> Figure:
    where = {"data": data, "method": "intents", "metric": metric}
    return Figure("intents", name, where, floor=floor, peer={"method": peer})


FIGURES = (
    _train("training, as it comes ÷ Trainer", "as it comes / Trainer", "times as fast", 6),
    _train("training, as it comes − Trainer, macro-F1", "as it comes − Trainer", "macro_f1", -0.005),
    _train("int8, or what is served where it is refused, ÷ pipeline", SERVED, "times the pipeline", 4),
    _train("int8, labels that agree on the rows that decide", "asked int8", "labels that agree", 0.995),
    _train("labels that agree as served, on the rows that examine", SERVED,
           "labels that agree, on the rows that examine", 0.995),
    _train("its share of the peak of matrix products", SERVED, "share of its peak"),
    _train("cascade ÷ pipeline", "cascade", "times the pipeline", 20),
    _train("cascade − encoder, macro-F1", "cascade − encoder", "macro_f1", -0.005),
    _train("cascade, share escalated", "cascade", "share escalated"),
    _intents("HINT3, accuracy in scope", "hint3", "accuracy in scope", 0.76, "n-grams"),
    _intents("HINT3, MCC with none", "hint3", "mcc", 0.60, "best of the paper"),
    _intents("BANKING77, accuracy", "banking77", "accuracy", 0.93, "n-grams"),
    Figure("aspects", "aspects found, demo shop: F1", {"aspect": "all", "method": "lexicon"}, "f1"),
    Figure("aspects", "terms of Laptop14, macro-F1 − n-grams",
           {"data": "laptop14", "metric": "macro_f1", "method": "MiniLM around the term minus n-grams of five views"},
           floor=0.05),
    *(_topics(data, "ari over seeds", 0.9) for data in ("olist", "zh_reviews", "amazon")),
    *(_topics(data, "npmi") for data in ("olist", "zh_reviews", "amazon")),
    *(_screened(part, key) for part in ("redact", "injection", "ground")
      for key in ("precision", "recall")),
    *(Figure("scale", f"a million texts on {engine}: {key}", {"engine": engine, "rows": 1_000_000}, key)
      for engine in ("duckdb", "spark") for key in ("rows_per_second", "mib")),
    *(Figure("compare", f"{data}, all labels, language model − traditional, macro-F1",
             {"data": data, "labels": "all", "traditional": "ngrams"})
      for data in ("zh_reviews", "olist", "amazon_musical_instruments")),
)  # fmt: skip


def measured(part: str, *, kept: bool) -> list[Row]:
    """Run a script and return the rows that it kept; or those that are kept, without running it."""
    file = RESULTS / f"language_{part}.jsonl"
    before = len(_lines(file)) if not kept else 0
    if not kept:
        done = subprocess.run([sys.executable, str(HERE / f"language_{part}.py")], check=False)
        if done.returncode:
            print(f"language_{part}.py ended with {done.returncode}; its figures are missing")
    return [json.loads(line) for line in _lines(file)[before:]]


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _found(rows: list[Row], where: Row) -> Row | None:
    """Return the newest row with these cells."""
    fits = [
        row for row in rows if all(_fits(row.get(name), value) for name, value in where.items())
    ]
    return fits[-1] if fits else None


def _fits(cell: Any, value: Any) -> bool:
    return cell in value if isinstance(value, tuple) else bool(cell == value)


def _told(figure: Figure, rows: list[Row]) -> str:
    row = _found(rows, figure.where)
    if row is None or figure.key not in row:
        return f"{figure.name}: not measured"
    value, method = row[figure.key], figure.where.get("method")
    served = f" ({row['method']})" if isinstance(method, tuple) else ""
    ends = f" ({row['low']} to {row['high']})" if figure.key == "value" and "low" in row else ""
    peer = _found(rows, figure.where | figure.peer) if figure.peer else None
    beside = f"; {figure.peer['method']} {peer[figure.key]}" if peer and figure.key in peer else ""
    if figure.floor is None:
        return f"{figure.name}: {value}{served}{ends}{beside}"
    verdict = "holds" if value >= figure.floor else "MISSED"
    return f"{figure.name}: {value}{served}{ends}{beside}; floor {figure.floor}: {verdict}"


def main(arguments: list[str]) -> None:
    """Measure the parts named, or all, then print one line a figure."""
    kept = "--kept" in arguments
    parts = [one for one in arguments if one != "--kept"]
    parts = parts or list(dict.fromkeys(figure.part for figure in FIGURES))
    rows = {part: measured(part, kept=kept) for part in parts}
    print()
    for figure in FIGURES:
        if figure.part in rows:
            print(_told(figure, rows[figure.part]))


if __name__ == "__main__":
    main(sys.argv[1:])
