"""Due: which customers are likely to need a thing again, and when, at their own interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from shopkeeper.data.shop import Shop
from shopkeeper.operations.recommend.basket_features import bought_lines
from shopkeeper.operations.recommend.basket_reading import read_purchases
from shopkeeper.operations.recommend.rebuying import (
    Checked,
    Usual,
    checked,
    expected_next,
    usual,
)
from shopkeeper.operations.recommend.ruling import Ruling
from shopkeeper.operations.recommend.viewer import may_be_read

MOST, AHEAD_DAYS = 1_000, 14
"""Rows at most, and how far ahead of today a purchase is looked for."""

EPOCH = date(1970, 1, 1)
REFILLS = pa.schema(
    [
        ("product_id", pa.string()),
        ("title", pa.string()),
        ("buyers", pa.int64()),
        ("again", pa.int64()),
        ("share", pa.float64()),
        ("usual_days", pa.float64()),
    ]
)
DUE = pa.schema(
    [
        ("customer_id", pa.string()),
        ("product_id", pa.string()),
        ("title", pa.string()),
        ("purchases", pa.int64()),
        ("last_on", pa.date32()),
        ("usual_days", pa.float64()),
        ("due_on", pa.date32()),
        ("due_from", pa.date32()),
        ("due_until", pa.date32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Due:
    """What is bought again, by whom, and how well that was foretold.

    Parameters
    ----------
    refills
        One row a product that is surely bought again.
    rows
        One row a customer and product that is due, the nearest to its day first.
    parts
        Counts.
    checked
        How well the newest purchases were foretold; None where too few can be checked.
    today
        The day on which it is looked.
    """

    refills: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    parts: dict[str, int]
    checked: Checked | None
    today: date


def read_due(shop: Shop, names: list[str], titles: list[str], ruling: Ruling) -> Due:
    """Return who is due on the day of the newest order.

    Parameters
    ----------
    shop
        The shop.
    names, titles
        Products by number.
    ruling
        Which products may be shown, and whose own history may be used; nothing else is in the list.
    """
    bought, people = read_purchases(shop, {name: at for at, name in enumerate(names)})
    known = usual(bought, len(names))
    newest = bought_lines(shop).on.max().to_pyarrow().as_py()
    today = shop.cut.date() if shop.cut else newest or datetime.now(UTC).date()
    mine = np.flatnonzero(known.consumable[bought.product] & (bought.days > 1))
    told = expected_next(known, bought.product[mine], bought.gaps[mine], bought.logs[mine])
    last = bought.last[mine]
    now = (today - EPOCH).days
    due = (last + told.low <= now + AHEAD_DAYS) & (last + told.high >= now)
    may = np.array([may_be_read(ruling.rules, name) for name in people], bool)
    may = may[bought.customer[mine]]
    left_out, due = int((due & ~may).sum()), due & may & ruling.allowed[bought.product[mine]]
    nearest = np.abs(last + told.usual_days - now)
    order = np.lexsort((bought.customer[mine], last, bought.product[mine], nearest))
    order = order[due[order]]
    rows = [
        {
            "customer_id": people[int(bought.customer[mine[at]])],
            "product_id": names[int(bought.product[mine[at]])],
            "title": titles[int(bought.product[mine[at]])],
            "purchases": int(bought.days[mine[at]]),
            "last_on": _day(last[at]),
            "usual_days": round(float(told.usual_days[at]), 1),
            "due_on": _day(last[at] + told.usual_days[at]),
            "due_from": _day(last[at] + told.low[at]),
            "due_until": _day(last[at] + told.high[at]),
        }
        for at in order[:MOST].tolist()
    ]
    parts = {
        "refills": int(known.consumable.sum()),
        "rebuyers": len(mine),
        "due": int(due.sum()),
        "due_opted_out": left_out,
        "lapsed": int((last + told.high < now).sum()),
    }
    return Due(_refills(known, names, titles), rows, parts, checked(bought, known), today)


def _refills(known: Usual, names: list[str], titles: list[str]) -> list[dict[str, Any]]:
    some = np.flatnonzero(known.consumable)
    some = some[np.argsort(-known.again[some], kind="stable")]
    return [
        {
            "product_id": names[at],
            "title": titles[at],
            "buyers": int(known.buyers[at]),
            "again": int(known.again[at]),
            "share": float(known.again[at] / known.buyers[at]),
            "usual_days": round(float(np.exp(known.gap[at])), 1),
        }
        for at in some.tolist()
    ]


def _day(number: float) -> date:
    return EPOCH + timedelta(days=round(float(number)))
