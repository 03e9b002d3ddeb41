"""Speed of behaviour on events that DuckDB makes, beside hand-written DuckDB queries and pandas.

Run `python benchmarks/behaviour.py`, or with the names of some of: funnel customers any retention. With
`openretailscience` its product association, revenue tree and gain and loss are held against ours; with
`intention` purchases are foretold on Online Shoppers Intention. With
`--events 100000000` there are more events; pandas is then left out.

Everything runs in a process of its own on `--threads` threads (two; pandas has one however many there
are), and is timed from the files on disk to the counts; each contender's answer is held against ours. A ratio is
ours ÷ DuckDB's, or pandas' ÷ ours.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from behaviour_peers import figures, intention
from machine import keep

STEPS = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")
WINDOW_HOURS, DAYS = 168, 365
ROUNDS, MOST_SORTED = 3, 20_000_000
THREADS = os.environ.get("SHOPKEEPER_BENCHMARK_THREADS", "2")
_MAKE = """
COPY (
  WITH session AS (
    SELECT range AS s, hash(range) AS h,
      TIMESTAMP '2025-01-01' + to_seconds(CAST(hash(range * 7 + 1) % ({days} * 86400) AS BIGINT)) AS t
    FROM range({events} // 7)
  ), event AS (
    SELECT s, h, k, hash(s * 31 + k * 17 + 5) AS g, t FROM session, range(1 + CAST(h % 13 AS BIGINT)) AS r(k)
  )
  SELECT s * 16 + k AS event_id,
    CASE WHEN g % 100 < 62 THEN 'Product Viewed' WHEN g % 100 < 76 THEN 'Product List Viewed'
      WHEN g % 100 < 86 THEN 'Product Added' WHEN g % 100 < 91 THEN 'Products Searched'
      WHEN g % 100 < 96 THEN 'Checkout Started' ELSE 'Order Completed' END AS name,
    t + to_seconds(CAST(k * 60 + (g // 100) % 60 AS BIGINT)) AS happened_at,
    CAST(t + to_seconds(CAST(k * 60 + (g // 100) % 60 AS BIGINT)) AS DATE) AS happened_on,
    'C' || lpad(CAST((h // 13) % ({events} // 40) AS VARCHAR), 8, '0') AS customer_id,
    'V' || lpad(CAST((h // 13) % ({events} // 40) AS VARCHAR), 8, '0') AS visitor_id,
    'S' || lpad(CAST(s AS VARCHAR), 9, '0') AS session_id
  FROM event {order}
) TO '{file}' (FORMAT parquet)
"""


def make(file: Path, events: int) -> None:
    """Write the events in the order of time, as a log has them; very many, session by session."""
    connection = _connection()
    order = "ORDER BY happened_at" if events <= MOST_SORTED else ""
    connection.execute(_MAKE.format(days=DAYS, events=events, file=file, order=order))


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}; SET memory_limit = '4GB'")
    connection.execute(f"SET temp_directory = '{tempfile.gettempdir()}/shopkeeper-benchmark'")
    return connection


def _names() -> str:
    return ", ".join(f"'{name}'" for name in STEPS)


def _shop(file: Path) -> Any:
    """Return the events as the expressions find them in a shop."""
    from types import SimpleNamespace

    import ibis

    connection = ibis.duckdb.connect()
    connection.raw_sql(f"SET threads = {THREADS}; SET memory_limit = '4GB'")
    connection.raw_sql(f"SET temp_directory = '{tempfile.gettempdir()}/shopkeeper-benchmark'")
    connection.raw_sql("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    return SimpleNamespace(events=connection.read_parquet(file))


def ours(file: Path, per: str, order: str) -> list[int]:
    """Count with the verb's own expressions."""
    from shopkeeper.operations.behaviour.features import Path as Way
    from shopkeeper.operations.behaviour.stepping.plan import Plan
    from shopkeeper.operations.behaviour.stepping.reaching import grouped_units

    way = Way(STEPS, order == "ordered", WINDOW_HOURS * 3600, per)  # type: ignore[arg-type]
    with grouped_units(_shop(file), Plan(way, True, None, (), 1, 0, 0)) as kept:
        (row,) = kept.to_pyarrow().to_pylist()
    return [row[f"n{step}"] for step in range(1, 5)]


def by_lists(file: Path, unit: str) -> list[int]:
    """Count as one would by hand where no session is longer than the window: the first time of each."""
    lists = ", ".join(
        f"list(happened_at) FILTER (name = '{name}') AS l{number}"
        for number, name in enumerate(STEPS, 1)
        if number > 1
    )
    query = f"""SELECT min(happened_at) FILTER (name = '{STEPS[0]}') AS t1, {lists}
        FROM '{file}' WHERE name IN ({_names()}) GROUP BY {unit}"""
    for number in range(2, len(STEPS) + 1):
        earlier = f"lambda x: x >= t{number - 1}"
        query = f"SELECT *, list_min(list_filter(l{number}, {earlier})) AS t{number} FROM ({query})"
    return _one(f"SELECT count(t1), count(t2), count(t3), count(t4) FROM ({query})")


def by_windows(file: Path, unit: str) -> list[int]:
    """Count as one would by hand where the window matters: by step, the latest start so far."""
    query = f"""SELECT {unit} AS u, happened_at AS t, name,
        CASE WHEN name = '{STEPS[0]}' THEN happened_at END AS s1
        FROM '{file}' WHERE name IN ({_names()})"""
    frame = "PARTITION BY u ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    for number, name in enumerate(STEPS[1:], 2):
        query = f"SELECT *, max(s{number - 1}) OVER ({frame}) AS m FROM ({query})"
        query = f"""SELECT * EXCLUDE (m), CASE WHEN name = '{name}'
            AND m >= t - INTERVAL {WINDOW_HOURS} HOUR THEN m END AS s{number} FROM ({query})"""
    counted = ", ".join(f"count(DISTINCT u) FILTER (s{n} IS NOT NULL)" for n in range(1, 5))
    return _one(f"SELECT {counted} FROM ({query})")


def by_spans(file: Path, unit: str, *, within: bool = True) -> list[int]:
    """Count steps in any order by what each session has, of those that are no longer than the window.

    Without `within` no window is asked for, so it answers less.
    """
    has = ", ".join(f"bool_or(name = '{name}') AS h{n}" for n, name in enumerate(STEPS, 1))
    if within:
        span = f"max(happened_at) - min(happened_at) <= INTERVAL {WINDOW_HOURS} HOUR"
        has = f"{has}, {span} AS short"
    every = ", ".join(
        f"count(*) FILTER ({' AND '.join(f'h{n}' for n in range(1, upto + 1))}{' AND short' * (within and upto > 1)})"
        for upto in range(1, 5)
    )
    inner = f"SELECT {has} FROM '{file}' WHERE name IN ({_names()}) GROUP BY {unit}"
    return _one(f"SELECT {every} FROM ({inner})")


def in_pandas(file: Path, unit: str) -> list[int]:
    """Count in pandas as `by_lists` does: merge the time of each step into the next."""
    import pandas as pd

    event = pd.read_parquet(file, columns=[unit, "name", "happened_at"])
    event = event[event["name"].isin(STEPS)]
    before = event[event["name"] == STEPS[0]].groupby(unit)["happened_at"].min()
    counts = [len(before)]
    for name in STEPS[1:]:
        step = event[event["name"] == name].merge(
            before.rename("before"), left_on=unit, right_index=True
        )
        step = step[step["happened_at"] >= step["before"]]
        before = step.groupby(unit)["happened_at"].min()
        counts.append(len(before))
    return counts


def our_retention(file: Path) -> list[int]:
    """Count who visits again, by month, with the verb's own expressions."""
    from shopkeeper.operations.behaviour.features import active_periods, beginnings, returns

    active = active_periods(_shop(file), "visit", "month", complete=True, dated=True)
    rows = returns(beginnings(active), active).order_by("start", "age").to_pyarrow()
    return list(rows["returned"].to_pylist())


def retention_by_hand(file: Path) -> list[int]:
    """Count who visits again, by month, as one would by hand."""
    months = "year(happened_on) * 12 + month(happened_on)"
    query = f"""WITH active AS (SELECT DISTINCT customer_id AS who, {months} AS m FROM '{file}'),
        begun AS (SELECT who, min(m) AS start FROM active GROUP BY who)
        SELECT list(n ORDER BY start, age) FROM (
          SELECT start, m - start AS age, count(*) AS n
          FROM active JOIN begun USING (who) GROUP BY ALL)"""
    (counts,) = _one(query)
    return list(counts)  # type: ignore[call-overload]


def retention_in_pandas(file: Path) -> list[int]:
    """Count who visits again, by month, in pandas."""
    import pandas as pd

    event = pd.read_parquet(file, columns=["customer_id", "happened_on"])
    on = pd.to_datetime(event["happened_on"])
    event["month"] = on.dt.year * 12 + on.dt.month
    active = event[["customer_id", "month"]].drop_duplicates()
    start = active.groupby("customer_id")["month"].transform("min")
    counted = active.groupby([start, active["month"] - start]).size()
    return [int(number) for number in counted.sort_index()]


def _one(query: str) -> list[int]:
    row = _connection().execute(query).fetchone()
    assert row is not None
    return list(row)


QUESTIONS: dict[str, dict[str, tuple[Callable[..., list[int]], tuple[str, ...]]]] = {
    "funnel": {
        "ours": (ours, ("session", "ordered")),
        "duckdb": (by_lists, ("session_id",)),
        "pandas": (in_pandas, ("session_id",)),
    },
    "customers": {
        "ours": (ours, ("customer", "ordered")),
        "duckdb": (by_windows, ("customer_id",)),
    },
    "any": {
        "ours": (ours, ("session", "any")),
        "duckdb": (by_spans, ("session_id",)),
        "duckdb_without_window": (partial(by_spans, within=False), ("session_id",)),
    },
    "retention": {
        "ours": (our_retention, ()),
        "duckdb": (retention_by_hand, ()),
        "pandas": (retention_in_pandas, ()),
    },
}


BESIDES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "openretailscience": figures,
    "intention": lambda: [intention()],
}
"""What needs no events: asked by name."""


def measured(question: str, contender: str, file: Path) -> dict[str, Any]:
    """Ask in a process of its own; return the best seconds, the peak memory and the answer."""
    command = [sys.executable, __file__, "--ask", question, contender, str(file)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def ask(question: str, contender: str, file: Path) -> None:
    """Answer one question and print how long it took."""
    function, given = QUESTIONS[question][contender]
    many = os.environ.get("SHOPKEEPER_BENCHMARK_ROUNDS", str(ROUNDS))
    seconds, rounds = [], 1 if contender == "pandas" else int(many)
    for _ in range(rounds):
        start = time.perf_counter()
        answer = function(file, *given)
        seconds.append(time.perf_counter() - start)
    # The highest resident set since this program began; getrusage would count its parent's too.
    (line,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    memory = int(line) * 1024 / 1e9
    print(json.dumps({"seconds": min(seconds), "gigabytes": memory, "answer": answer}))


def main() -> None:
    """Make the events, ask all contenders and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("questions", nargs="*", choices=[*QUESTIONS, *BESIDES, []])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--threads", default="2")
    asked = parser.parse_args()
    wanted = asked.questions or list(QUESTIONS)
    os.environ["SHOPKEEPER_BENCHMARK_THREADS"] = asked.threads
    os.environ["SHOPKEEPER_BENCHMARK_ROUNDS"] = str(ROUNDS if asked.events <= MOST_SORTED else 1)
    for name in [name for name in wanted if name in BESIDES]:
        wanted.remove(name)
        keep("behaviour", BESIDES[name]())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.parquet"
        if wanted:
            make(file, asked.events)
        for question in wanted:
            found = {
                name: measured(question, name, file)
                for name in QUESTIONS[question]
                if name != "pandas" or asked.events <= MOST_SORTED
            }
            assert all(one["answer"] == found["ours"]["answer"] for one in found.values()), found
            own = found["ours"]["seconds"]
            figure = {"figure": question, "events": asked.events, "threads": int(asked.threads)}
            for name, one in found.items():
                figure[f"{name}_seconds"] = round(one["seconds"], 2)
                figure[f"{name}_gigabytes"] = round(one["gigabytes"], 2)
            figure["ratio_to_duckdb"] = round(own / found["duckdb"]["seconds"], 2)
            if "pandas" in found:
                figure["times_pandas"] = round(found["pandas"]["seconds"] / own, 1)
            keep("behaviour", [figure])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        ask(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main()
