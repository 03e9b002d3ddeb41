"""How customers decide: which things stand for one another, from the nearest to the farthest.

Two things that the same customers buy, but in different orders, stand for each other. The tree joins
what is nearest by 1 − Yule's Q of customers (Ward's method, as the customer decision hierarchy of
openretailscience), the most bought things only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from scipy.cluster.hierarchy import linkage

from shopkeeper.operations.behaviour.together.measures import yules_q

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST = 40
"""Things in the tree at most, the most bought ones."""


def decision_rows(lines: ir.Table, titles: Mapping[str, str], least: int) -> list[dict[str, Any]]:
    """Return the joins of the tree in their order: two things, how many are joined, how far apart.

    Parameters
    ----------
    lines
        basket, customer, item.
    titles
        What things are called; an id decides only between things of one name.
    least
        Customers of a thing at least.
    """
    known = lines.filter(lines.customer.notnull())
    items = known.group_by("item").aggregate(n=known.customer.nunique())
    items = items.filter(items.n >= least).order_by([ibis.desc("n"), "item"]).limit(MOST)
    sizes = {row["item"]: row["n"] for row in items.to_pyarrow().to_pylist()}
    if len(sizes) < 3:
        return []
    customers = known.aggregate(n=known.customer.nunique()).to_pyarrow()["n"][0].as_py()
    kept = known.filter(known.item.isin(list(sizes)))
    pairs = _exchanged(kept).to_pyarrow().to_pylist()
    names = sorted(sizes, key=lambda name: (titles.get(name) or "", name))
    place = {name: n for n, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), np.int64)
    for row in pairs:
        one, other = place[row["item"]], place[row["other"]]
        table[one, other] = table[other, one] = row["both"]
    size = np.array([sizes[name] for name in names])
    rows, columns = np.triu_indices(len(names), 1)
    distance = 1 - yules_q(table[rows, columns], size[rows], size[columns], customers)
    return _joins(linkage(distance, "ward"), names)


def _exchanged(lines: ir.Table) -> ir.Table:
    """Return how many customers bought both of two things, and never in one order."""
    held = lines.select("customer", "item").distinct()
    too = held.select(who="customer", other="item")
    pair = held.inner_join(too, (held.customer == too.who) & (held.item < too.other)).drop("who")
    basket = lines.select("basket", "customer", "item")
    same = basket.select(basket_too="basket", other="item")
    once = basket.inner_join(
        same, (basket.basket == same.basket_too) & (basket.item < same.other)
    ).select("customer", "item", "other")
    apart = pair.anti_join(once.distinct(), ["customer", "item", "other"])
    return apart.group_by("item", "other").aggregate(both=apart.count())


def _joins(tree: np.ndarray, names: list[str]) -> list[dict[str, Any]]:
    """Name a branch by the first thing in it, so that a join reads as one of two things."""
    first = list(names)
    found = []
    for step, (left, right, distance, items) in enumerate(tree.tolist(), 1):
        one, other = sorted((first[int(left)], first[int(right)]), key=names.index)
        first.append(one)
        found.append(
            {"step": step, "item": one, "other": other, "items": int(items), "distance": distance}
        )
    return found
