"""Everyone: the recommendations of all customers as one Parquet file, in memory that does not grow.

Each process opens the stored model where it lies, so that they share what of it is in memory, and takes
the next few thousand customers; their lists are written in the order of the customers' numbers.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shopkeeper.operations.recommend.histories import Histories, Numbers
from shopkeeper.operations.recommend.listing import best, filled
from shopkeeper.operations.recommend.model import Model
from shopkeeper.operations.recommend.reading import UNKNOWN, numbers_of
from shopkeeper.operations.recommend.stored import load
from shopkeeper.progress import tell
from shopkeeper.words import Words

COLUMNS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("rank", pa.int32()),
        ("product_id", pa.string()),
        ("score", pa.float32()),
        ("because", pa.string()),
        ("part", pa.float32()),
        ("personalised", pa.bool_()),
    ]
)
AT_ONCE, _RANKED = 10_000, 250
"""Customers of one turn of a process, and of one product of matrices, which decides its memory."""

_WAITING = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What the lists of everybody shall be.

    Parameters
    ----------
    folder
        The stored model.
    k
        Products of each list.
    excluded
        Numbers of products that are not to be shown.
    opted_out
        Numbers of customers whose own history must not be used.
    """

    folder: Path
    k: int
    excluded: Numbers
    opted_out: Numbers


def wanted(
    model: Model, folder: Path, *, k: int, opted_out: Iterable[str], exclude: Iterable[str]
) -> Wish:
    """Return what is wanted, in numbers.

    Parameters
    ----------
    model
        The model.
    folder
        Where it is stored, with the catalogue as it is now.
    k
        Products of each list.
    opted_out
        Customers whose own history must not be used; `*` for everybody.
    exclude
        Products that are not to be shown.

    Raises
    ------
    UsageError
        A product is unknown.
    """
    names = set(opted_out)
    numbers = [model.customers[name] for name in sorted(names) if name in model.customers]
    everybody = "*" in names
    return Wish(
        folder, k, numbers_of(exclude, model.products, UNKNOWN),
        np.arange(len(model.customers)) if everybody else np.array(numbers, np.int64),
    )  # fmt: skip


def written(wish: Wish, output: Path, *, processes: int = 1, at_once: int = AT_ONCE) -> int:
    """Write the lists of all customers; return the number of rows.

    Parameters
    ----------
    wish
        What is wanted.
    output
        The Parquet file; it appears whole, in place of one that was there.
    processes
        How many work at once.
    at_once
        Customers of one turn of a process.
    """
    customers = len(load(wish.folder)[0].customers)
    turns = [(at, min(at + at_once, customers)) for at in range(0, customers, at_once)]
    rows, new = 0, output.with_name(f".{output.name}.new")
    try:
        with pq.ParquetWriter(new, COLUMNS, compression="zstd") as file:
            for done, table in enumerate(_tables(wish, turns, processes), start=1):
                file.write_table(table)
                rows += table.num_rows
                tell(Words("Listing for every customer", "为每位顾客列出推荐"), done / len(turns))
        new.replace(output)
    finally:
        new.unlink(missing_ok=True)
    return rows


def _tables(wish: Wish, turns: list[tuple[int, int]], processes: int) -> Iterator[pa.Table]:
    if processes == 1 or len(turns) < 2:
        desk = Desk(wish)
        yield from (desk.table(*turn) for turn in turns)
        return
    context = multiprocessing.get_context("spawn")
    with (
        _single_threaded(),
        ProcessPoolExecutor(
            processes, mp_context=context, initializer=_sit_down, initargs=(wish,)
        ) as pool,
    ):
        waiting: deque[Future[pa.Table]] = deque()
        for turn in turns:
            waiting.append(pool.submit(_table, *turn))
            # No more than are soon needed, so that what is done does not pile up.
            if len(waiting) > processes + _WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Let processes that are started here compute on one thread each."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


_seated: dict[str, Any] = {}


def _sit_down(wish: Wish) -> None:
    _seated["desk"] = Desk(wish)


def _table(first: int, last: int) -> pa.Table:
    table: pa.Table = _seated["desk"].table(first, last)
    return table


class Desk:
    """Where one process makes lists.

    Parameters
    ----------
    wish
        What is wanted.
    """

    def __init__(self, wish: Wish) -> None:
        self.wish, self.model = wish, load(wish.folder)[0]
        self.allowed = self.model.known.buyable.copy()
        self.allowed[wish.excluded] = False
        self.own = np.ones(len(self.model.customers), bool)
        self.own[wish.opted_out] = False

    def table(self, first: int, last: int) -> pa.Table:
        """Return the lists of the customers from `first` up to `last`."""
        parts = [
            self._lists(np.arange(at, min(at + _RANKED, last)))
            for at in range(first, last, _RANKED)
        ]
        row, rank, product, score, source, share = (
            np.concatenate(part) for part in zip(*parts, strict=True)
        )
        scored = score > 0
        names = self.model.touched.products
        columns = [
            self.model.touched.customers.take(pa.array(row)),
            pa.array(rank, pa.int32()),
            names.take(pa.array(product)),
            pa.array(score, mask=~scored),
            names.take(pa.array(np.maximum(source, 0), mask=source < 0)),
            pa.array(share.astype(np.float32), mask=source < 0),
            pa.array(self.own[row]),
        ]
        kinds = [field.type for field in COLUMNS]
        return pa.Table.from_arrays(
            [column.cast(kind) for column, kind in zip(columns, kinds, strict=True)], schema=COLUMNS
        )

    def _lists(self, customers: Numbers) -> tuple[NDArray[Any], ...]:
        """Return customer, rank, product, score, source and share, by customer, then rank."""
        model, k = self.model, self.wish.k
        histories = model.touched.histories.take(customers)
        if not self.own[customers].all():
            kept = np.repeat(self.own[customers], histories.lengths)
            lengths = np.where(self.own[customers], histories.lengths, 0)
            histories = Histories(np.append(0, np.cumsum(lengths)), histories.products[kept])
        row, product, score = best(model, histories, self.allowed, k)
        source, share = model.fitted.method.explain(histories, row, product)
        more = self._filling(histories, row, product)
        row, product = np.concatenate([row, more[0]]), np.concatenate([product, more[1]])
        nothing = np.zeros(len(more[0]), np.float32)
        order = np.argsort(row, kind="stable")
        row = row[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
        return (
            customers[row],
            rank,
            product[order],
            np.concatenate([score, nothing])[order],
            np.concatenate([source, np.full(len(nothing), -1)])[order],
            np.concatenate([share, nothing])[order],
        )

    def _filling(
        self, histories: Histories, row: Numbers, product: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return the popular products that fill the lists that are too short."""
        ends = np.searchsorted(row, np.arange(len(histories) + 1))
        rows, products = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for one in np.flatnonzero(np.diff(ends) < self.wish.k).tolist():
            own = product[ends[one] : ends[one + 1]]
            taken = np.concatenate([own, histories.row(one)])
            some = filled(self.model.popular, self.allowed, taken, self.wish.k - len(own))
            rows.append(np.full(len(some), one))
            products.append(some)
        return np.concatenate(rows), np.concatenate(products)
