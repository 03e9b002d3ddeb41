"""The demo shop as plain rows, for loops to be held against."""

import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.settings import Settings

Row = dict[str, Any]
TABLES = ("products", "customers", "orders", "order_items", "events", "searches")


@pytest.fixture(scope="package")
def demo_shop(demo_folder: Path) -> Shop:
    tables = {name: pq.read_table(demo_folder / f"{name}.parquet") for name in TABLES}
    return shop_from_tables(tables, settings=Settings(minimum_count=1))


@pytest.fixture(scope="package")
def rows(demo_shop: Shop) -> dict[str, list[Row]]:
    """The rows of the shop as it keeps them, each with the local day that it belongs to."""
    found = {name: getattr(demo_shop, name).to_pyarrow().to_pylist() for name in TABLES}
    for name, on, at in (
        ("orders", "ordered_on", "ordered_at"),
        ("events", "happened_on", "happened_at"),
    ):
        for row in found[name]:
            row["on"] = row[on] or row[at].date()
    return found


@pytest.fixture(scope="package")
def visits(rows: dict[str, list[Row]]) -> list[list[Row]]:
    """The events of each session in the order of time; a pause of half an hour ends a nameless one."""
    units: dict[str, list[Row]] = defaultdict(list)
    nameless: dict[str, list[Row]] = defaultdict(list)
    for row in rows["events"]:
        if row["session_id"]:
            units[row["session_id"]].append(row)
        elif who := row["visitor_id"] or row["customer_id"]:
            nameless[who].append(row)
    made = [in_order(own) for own in units.values()]
    for own in map(in_order, nameless.values()):
        made.append([own[0]])
        for before, row in pairwise(own):
            if row["happened_at"] - before["happened_at"] > timedelta(minutes=30):
                made.append([])
            made[-1].append(row)
    assert len(made) > 5_000
    return made


def in_order(events: Iterable[Row]) -> list[Row]:
    return sorted(events, key=lambda row: (row["happened_at"], row["event_id"]))


@pytest.fixture(scope="package")
def paid(rows: dict[str, list[Row]]) -> list[Row]:
    """The paid orders, each with what was given back of it."""
    back: dict[str, Decimal] = defaultdict(Decimal)
    stated = set()
    units: dict[str, int] = defaultdict(int)
    for line in rows["order_items"]:
        units[line["order_id"]] += line["quantity"] or 0
        if line["refunded"] is not None:
            back[line["order_id"]] += line["refunded"]
            stated.add(line["order_id"])
    found = []
    for row in rows["orders"]:
        sold = (row["kind"] or "sale") == "sale" and row["status"] != "cancelled"
        if (
            not sold
            or row["cancelled_at"]
            or not (row["paid_at"] or row["status"] in ("paid", "shipped", "delivered", "refunded"))
        ):
            continue
        refund = max(row["refunded"] or Decimal(0), back[row["order_id"]])
        if (
            row["refunded"] is None
            and row["order_id"] not in stated
            and (row["status"] == "refunded" or row["refunded_at"])
        ):
            refund = row["total"]
        found.append(row | {"refund": refund, "units": units[row["order_id"]]})
    assert len(found) > 1_000
    return found


@pytest.fixture(scope="module")
def no_least_cell() -> Iterator[None]:
    """Show every cell, however few customers are in it: counting by hand needs small shops."""
    # What is first imported while it is patched would keep the patch for good.
    for module in (
        "stepping.finding",
        "returning.finding",
        "together.finding",
        "accounting.finding",
    ):
        importlib.import_module(f"shopkeeper.operations.behaviour.{module}")
    with pytest.MonkeyPatch.context() as patched:
        for module in ("small_cells", "returning.groups", "stepping.finding", "stepping.plan"):
            patched.setattr(f"shopkeeper.operations.behaviour.{module}.SMALLEST", 1)
        yield
