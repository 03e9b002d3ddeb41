"""Everyone: the recommendations of all customers as one Parquet file, in memory that does not grow.

Each process opens the stored model where it lies, so that they share what of it is in memory, and takes
the next few thousand customers; their lists are written in the order of the customers' numbers.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.histories import Numbers
from shopkeeper.operations.recommend.listing import known_customers, lists
from shopkeeper.operations.recommend.model import Model, unpersonal
from shopkeeper.operations.recommend.reading import touched_numbers
from shopkeeper.operations.recommend.rule_words import check_channel, not_logged, pinned_but_out
from shopkeeper.operations.recommend.rulebook import Rules, load_rules
from shopkeeper.operations.recommend.ruling import Ruling
from shopkeeper.operations.recommend.serving_rules import held
from shopkeeper.operations.recommend.standing import standing
from shopkeeper.operations.recommend.stored import NAME, current, load, save
from shopkeeper.operations.recommend.viewer import logged
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
_ASKED = Words("Asked for recommendations.", "要推荐商品。")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the lists of everybody shall be.

    Parameters
    ----------
    folder
        The stored model.
    k
        Products of each list.
    rules
        The rules of the shop.
    channel
        Whose allowed categories hold; all where it is empty.
    excluded
        Numbers of products that the caller does not want.
    opted_out
        Numbers of customers whose own history must not be used; None for everybody's.
    """

    folder: Path
    k: int
    rules: Rules
    channel: str
    excluded: Numbers
    opted_out: Numbers | None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for everybody.

    Parameters
    ----------
    customers, rows
        How many lists there are, and products in them.
    without
        How many lists were made without personalisation.
    limits
        What they cannot say, and which rules cannot hold.
    """

    customers: int
    rows: int
    without: int
    limits: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for everybody."""

    k: int
    opted_out: frozenset[str]
    exclude: tuple[str, ...]
    channel: str = ""


def write_everyone(shop: Shop, plan: Plan, output: Path, *, processes: int = 1) -> Written | None:
    """Write the lists of all customers from the stored model; None where none is stored.

    Parameters
    ----------
    shop
        The shop.
    plan
        What was asked.
    output
        The Parquet file; it appears whole, in place of one that was there.
    processes
        How many work at once.

    Raises
    ------
    UsageError
        A product or the channel is unknown.
    """
    rules = load_rules(shop.path, "recommend", shop.opted_out)
    check_channel(rules, plan.channel, _ASKED)
    model = current(shop)
    if model is None:
        return None
    exclude = touched_numbers(plan.exclude, model.products, model.known.others)
    own = rules.without(plan.opted_out)
    out = model.customers.those(sorted(own.opted_out)) if own.everyone else None
    with _as_open(shop, model, beside=output) as folder:
        wish = Wish(folder, plan.k, rules, plan.channel, exclude, out)
        rows = written(wish, output, processes=processes)
    customers = len(model.customers)
    by_request = len(model.customers.those(plan.opted_out))
    without = customers if out is None else len(out)
    done = logged(
        shop, "recommend", lists=without,
        by_request=customers if "*" in plan.opted_out else by_request,
    )  # fmt: skip
    standing = held(shop, model, rules, plan.channel)
    ruling = Ruling(standing.standing, asked_for=exclude)
    return Written(
        customers, rows, without, (*standing.limits, *pinned_but_out(ruling), *not_logged(done))
    )


@contextmanager
def _as_open(shop: Shop, model: Model, *, beside: Path) -> Iterator[Path]:
    """Let other processes open the model as it is open here, with the catalogue as it is now."""
    folder = shop.path / shop.manifest.models[NAME].folder
    if load(folder).listed == model.listed:
        yield folder
        return
    with tempfile.TemporaryDirectory(dir=beside.parent, prefix=".recommendations-") as temporary:
        save(model, Path(temporary))
        yield Path(temporary)


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
    customers = len(load(wish.folder).customers)
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
        model, rules = load(wish.folder), wish.rules
        everybody = wish.opted_out is None
        # Where nobody's history is used the popular answer, as they do when one is asked for.
        self.model, self.k = unpersonal(model) if everybody else model, wish.k
        self.own = np.full(len(model.customers), not everybody)
        if wish.opted_out is not None:
            self.own[wish.opted_out] = False
        self.ruling = Ruling(
            standing(rules, model.known.shelf, wish.channel),
            asked_for=wish.excluded, traits=model.known.traits, counting=False,
        )  # fmt: skip

    def table(self, first: int, last: int) -> pa.Table:
        """Return the lists of the customers from `first` up to `last`."""
        parts = [
            self._lists(np.arange(at, min(at + _RANKED, last)))
            for at in range(first, last, _RANKED)
        ]
        customer, rank, product, score, source, share = (
            np.concatenate(part) for part in zip(*parts, strict=True)
        )
        names, unexplained = self.model.touched.products, source < 0
        columns = [
            self.model.touched.customers.take(pa.array(customer)),
            pa.array(rank, pa.int32()),
            names.take(pa.array(product)),
            pa.array(score.astype(np.float32), mask=np.isnan(score)),
            names.take(pa.array(np.maximum(source, 0), mask=unexplained)),
            pa.array(share.astype(np.float32), mask=unexplained),
            pa.array(self.own[customer]),
        ]
        kinds = [field.type for field in COLUMNS]
        return pa.Table.from_arrays(
            [column.cast(kind) for column, kind in zip(columns, kinds, strict=True)], schema=COLUMNS
        )

    def _lists(self, customers: Numbers) -> tuple[NDArray[Any], ...]:
        """Return customer, rank, product, score, source and share, by customer, then rank."""
        whom = known_customers(self.model, customers, self.own[customers])
        made = lists(self.model, whom, self.ruling, self.k)
        return customers[made.row], made.rank, made.product, made.score, made.source, made.share
