"""Showings: a log of what was shown by chance, read from a file, and what each method would have earned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import Interval
from shopkeeper.proof.off_policy import Logged, effective_size, estimated, weights
from shopkeeper.proof.recommending import Held, Judged, Numbers, numbers_in, ten_of
from shopkeeper.words import Words

COLUMNS = ("customer_id", "product_id", "propensity", "reward")
OFF_POLICY = pa.schema(
    [
        ("method", pa.string()),
        ("estimate", pa.string()),
        ("earned", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("effective", pa.float64()),
        ("showings", pa.int64()),
    ]
)
_PRIOR = 10.0
"""Showings that the mean of all rewards counts for in the mean of one product's."""


@dataclass(frozen=True, slots=True)
class Showings:
    """What was shown to customers who were known, in numbers.

    Parameters
    ----------
    customers, products
        Number of each; −1 for a product that was not known.
    logged
        Reward and propensity of each showing.
    left_out
        Showings to customers who were not known.
    """

    customers: Numbers
    products: Numbers
    logged: Logged
    left_out: int


def read_showings(path: Path, held: Held) -> Showings:
    """Read a log.

    Parameters
    ----------
    path
        A CSV or Parquet file.
    held
        What was known before.

    Raises
    ------
    UsageError
        It cannot be read, lacks a column, or a propensity is none.
    """
    rows = _table(path)
    who = numbers_in(rows["customer_id"], held.touched.customers)
    known = who >= 0
    what = numbers_in(rows["product_id"], held.touched.products)
    reward, propensity = (
        rows[name].to_numpy().astype(np.float64) for name in ("reward", "propensity")
    )
    whole = Logged(reward, propensity)
    logged = Logged(whole.rewards[known], whole.propensities[known])
    return Showings(who[known], what[known], logged, int((~known).sum()))


def _table(path: Path) -> pa.Table:
    import pyarrow.parquet as pq
    from pyarrow import csv

    asked = Words(f"Asked to read the log {path.name}.", f"要读取展示记录 {path.name}。")
    need = Words(
        f"Give a CSV or Parquet file with the columns {', '.join(COLUMNS)}.",
        f"请给出含 {'、'.join(COLUMNS)} 各列的 CSV 或 Parquet 文件。",
    )
    try:
        rows = pq.read_table(path) if path.suffix == ".parquet" else csv.read_csv(path)
    # What Arrow says of files that it cannot read are kinds of OSError and ValueError.
    except (OSError, ValueError) as error:
        raise UsageError(asked, Words("It cannot be read.", "无法读取。"), need) from error
    missing = [name for name in COLUMNS if name not in rows.column_names]
    if missing:
        raise UsageError(
            asked, Words(f"It has no column {missing[0]}.", f"缺少列 {missing[0]}。"), need
        )
    rows = rows.select(COLUMNS)
    try:
        rows = rows.cast(pa.schema(zip(COLUMNS, (pa.string(), pa.string(), pa.float64(), pa.float64()), strict=True)))  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(
            asked,
            Words("A propensity or a reward is no number.", "有展示概率或收益不是数。"),
            need,
        ) from error
    for name in COLUMNS:
        if rows[name].null_count:
            place = int(pc.index(pc.is_null(rows[name]), True).as_py())
            raise UsageError(
                asked,
                Words(f"Row {place + 1} has no {name}.", f"第 {place + 1} 行缺少 {name}。"),
                need,
            )
    return rows


def earned(
    held: Held, done: Judged, shown: Showings, *, seed: int
) -> Iterator[tuple[dict[str, Any], Words | None]]:
    """Yield what each method would have earned a showing, or why that cannot be said.

    Each method is taken for the policy that shows one of its ten products by chance. The model of the doubly robust
    estimate is each product's mean reward, drawn towards the mean of all, of the half of the log that the row
    is not in.

    Parameters
    ----------
    held, done
        What was known, and the fitted methods.
    shown
        The log.
    seed
        Seed of the halves and of the intervals.
    """
    people, place = np.unique(shown.customers, return_inverse=True)
    histories = held.touched.histories.take(people)
    rewards = shown.logged.rewards
    model = _means(shown, len(held.touched.products), seed)
    for method, fitted in done.methods.items():
        lists = ten_of(fitted, histories, done.popularity)[place]
        there = (lists >= 0).sum(axis=1)
        chosen = (lists == shown.products[:, None]) & (lists >= 0)
        target = chosen.any(axis=1) / np.maximum(there, 1)
        own = model[np.arange(len(place)), np.maximum(shown.products, 0)]
        own = np.where(shown.products >= 0, own, rewards.mean() if len(rewards) else 0.0)
        ten = np.take_along_axis(model, np.maximum(lists, 0), axis=1) * (lists >= 0)
        expected = ten.sum(axis=1) / np.maximum(there, 1)
        row = {"method": method, "showings": len(place)}
        try:
            found = estimated(shown.logged, target, shown=own, expected=expected, seed=seed)
        except MissingDataError as error:
            effective = effective_size(weights(shown.logged, target))
            yield row | {"estimate": "none", "effective": effective}, error.found
            continue
        values: dict[str, Interval | None] = {
            "logged": found.logged, "ips": found.ips, "snips": found.snips, "doubly_robust": found.doubly_robust
        }  # fmt: skip
        for estimate, value in values.items():
            if value is not None:
                own_row = {"estimate": estimate, "earned": value.value, "low": value.low, "high": value.high}  # fmt: skip
                yield row | own_row | {"effective": found.effective}, None


def _means(shown: Showings, products: int, seed: int) -> NDArray[np.float64]:
    """Return rows × products: the mean reward of each product in the other half of the log."""
    half = np.random.default_rng(seed).integers(0, 2, len(shown.products))
    known = shown.products >= 0
    by_half = []
    for own in (0, 1):
        other = known & (half != own)
        rewards = shown.logged.rewards[other]
        mean = float(rewards.mean()) if len(rewards) else 0.0
        count = np.bincount(shown.products[other], minlength=products)
        whole = np.bincount(shown.products[other], weights=rewards, minlength=products)
        by_half.append((whole + _PRIOR * mean) / (count + _PRIOR))
    return np.stack(by_half)[half]
