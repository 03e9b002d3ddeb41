"""What goes with what, and who buys a thing again when it is used up; planted into finished orders.

It changes nothing but the further lines of orders, so that who orders when, what is reviewed and what
is returned stay as they were drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shopkeeper.data.demo.columns import ids
from shopkeeper.data.demo.plan import BANDS, CATEGORIES, DAY, Ints, Plan, Rows
from shopkeeper.data.demo.spelling import CUSTOMER, PRODUCT

COMPANION_CATEGORIES = np.array([[1, 7], [0, 7], [4, 7], [0, 4], [5, 3], [4, 6], [5, 4], [1, 0]])
"""The categories of the two further lines of an order, for each category of its first."""

PARTNER_SHARE = 0.5
"""Of the orders with a first further line, how many take the partner of what was bought."""

REFILLERS = 0.2
"""Share of the customers who use something up and buy it again."""

REFILLED = ("beauty", "food", "baby")
INTERVAL_DAYS = (25, 60)


@dataclass(frozen=True, slots=True)
class Baskets:
    """What was planted: the partner of each product, and who buys what again after how many days."""

    partner: Ints
    refills: list[tuple[int, int, int, int]]


def plant_baskets(plan: Plan, orders: Rows) -> Baskets:
    """Change further lines of the orders, which stand by time, and return what was planted."""
    rng = plan.generator("baskets")
    partner = _partners(plan)
    honest = (orders["ring"] == 0) & (orders["extra1"] >= 0)
    taken = honest & (rng.random(len(orders)) < PARTNER_SHARE)
    orders["extra1"] = np.where(taken, partner[orders["bought"]], orders["extra1"])
    return Baskets(partner, _refill(rng, plan, orders))


def _partners(plan: Plan) -> Ints:
    """Return the partner of each product: of its price band, in the category that goes with its own."""
    product = np.arange(plan.products)
    cell, place = product // plan.products_per_cell, product % plan.products_per_cell
    category, band = cell // len(BANDS), cell % len(BANDS)
    other = COMPANION_CATEGORIES[category, 0] * len(BANDS) + band
    turned = (plan.products_per_cell - 1 - place + category) % plan.products_per_cell
    return np.asarray(other * plan.products_per_cell + turned)


def _refill(rng: np.random.Generator, plan: Plan, orders: Rows) -> list[tuple[int, int, int, int]]:
    """Let some customers add what they use up to the first order after it is used up."""
    customers = int(orders["customer"].max()) + 1
    uses = rng.random(customers) < REFILLERS
    days = rng.integers(*INTERVAL_DAYS, plan.products)
    pace = rng.uniform(0.75, 1.3, customers)
    used_up = np.isin(
        np.arange(plan.products) // (plan.products_per_cell * len(BANDS)),
        [CATEGORIES.index(name) for name in REFILLED],
    )
    honest = np.flatnonzero(
        uses[orders["customer"]] & (orders["ring"] == 0) & (orders["cancelled"] == 0)
    )
    product, last = np.full(customers, -1), np.zeros(customers, np.int64)
    times = np.zeros(customers, np.int64)
    for row in honest.tolist():
        order = orders[row]
        who, at, bought = int(order["customer"]), int(order["time"]), int(order["bought"])
        mine = int(product[who])
        if mine < 0 and used_up[bought]:
            product[who], last[who], times[who] = bought, at, 1
        elif mine in (bought, int(order["extra1"]), int(order["extra2"])) and mine >= 0:
            last[who], times[who] = at, times[who] + 1
        elif mine >= 0 and order["extra2"] < 0 and at - last[who] >= days[mine] * pace[who] * DAY:
            orders["extra2"][row] = mine
            last[who], times[who] = at, times[who] + 1
    again = np.flatnonzero(times > 1)
    wait = np.round(days[product[again]] * pace[again]).astype(np.int64)
    return list(
        zip(
            again.tolist(),
            product[again].tolist(),
            wait.tolist(),
            times[again].tolist(),
            strict=True,
        )
    )


def write_baskets(folder: Path, baskets: Baskets) -> None:
    """Write `partner_truth` and `refill_truth`."""
    products = np.arange(len(baskets.partner))
    partners = {"product_id": ids(PRODUCT, products), "partner_id": ids(PRODUCT, baskets.partner)}
    pq.write_table(pa.table(partners), folder / "partner_truth.parquet")
    rows = np.array(baskets.refills, np.int64).reshape(-1, 4)
    refills = {
        "customer_id": ids(CUSTOMER, rows[:, 0]),
        "product_id": ids(PRODUCT, rows[:, 1]),
        "used_up_days": rows[:, 2],
        "purchases": rows[:, 3],
    }
    pq.write_table(pa.table(refills), folder / "refill_truth.parquet")
