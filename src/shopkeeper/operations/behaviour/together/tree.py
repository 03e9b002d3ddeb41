"""How customers decide: which things stand for one another, from the nearest to the farthest.

Two things that the same customers buy, but in different orders, stand for each other. The tree joins
what is nearest by 1 − Yule's Q of customers (Ward's method, as the customer decision hierarchy of
openretailscience), the most bought things only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage

from shopkeeper.operations.behaviour.together.measures import yules_q

if TYPE_CHECKING:
    import ibis.expr.types as ir

Floats = NDArray[np.float64]

MOST, DRAWS, ENOUGH = 40, 200, 20
"""Things in the tree at most, the most bought ones; trees that are drawn; and of them those with the same
branch that an interval needs."""


def decision_rows(
    lines: ir.Table, titles: Mapping[str, str], least: int, seed: int
) -> list[dict[str, Any]]:
    """Return the joins of the tree in their order: two things, how many are joined, how far apart.

    How surely the same things are joined is told from trees of counts that were drawn anew: of a pair
    that b customers exchanged the true count is Gamma(b + ½, 1), given b (Jeffreys' prior).

    Parameters
    ----------
    lines
        basket, customer, item.
    titles
        What things are called; an id decides only between things of one name.
    least
        Customers of a thing at least.
    seed
        Seed of the draws.
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
    both = table[rows, columns]

    def joined(counts: Floats) -> Floats:
        distance = 1 - yules_q(counts, size[rows], size[columns], customers)
        return np.asarray(linkage(distance, "ward"))

    draw = np.random.default_rng(seed)
    most = np.minimum(size[rows], size[columns])
    drawn = (joined(np.minimum(draw.gamma(both + 0.5), most)) for _ in range(DRAWS))
    return _joins(joined(both.astype(np.float64)), names, list(drawn))


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


def _joins(tree: Floats, names: list[str], drawn: list[Floats]) -> list[dict[str, Any]]:
    """Name a branch by the first thing in it, so that a join reads as one of two things."""
    first, again = list(names), defaultdict(list)
    for one in drawn:
        for members, distance in _branches(one, len(names)):
            again[members].append(distance)
    found = []
    branches = _branches(tree, len(names))
    for step, ((left, right, distance, items), (members, _)) in enumerate(
        zip(tree.tolist(), branches, strict=True), 1
    ):
        one_name, other = sorted((first[int(left)], first[int(right)]), key=names.index)
        first.append(one_name)
        seen = again[members]
        low, high = np.quantile(seen, [0.025, 0.975]) if len(seen) >= ENOUGH else (None, None)
        # A count of none is drawn above none, so trees that are drawn may all lie on one side.
        ends = (None, None) if low is None else (min(low, distance), max(high, distance))
        found.append(
            {"step": step, "item": one_name, "other": other, "items": int(items), "distance": distance,
             "distance_low": ends[0], "distance_high": ends[1], "recurs": len(seen) / len(drawn)}
        )  # fmt: skip
    return found


def _branches(tree: Floats, leaves: int) -> list[tuple[frozenset[int], float]]:
    """Return the things of each branch in the order of the joins, and how far apart they were."""
    parts = [frozenset([leaf]) for leaf in range(leaves)]
    for left, right, *_ in tree.tolist():
        parts.append(parts[int(left)] | parts[int(right)])
    return list(zip(parts[leaves:], tree[:, 2].tolist(), strict=True))
