"""Pairs: what is counted of two things beside what chance would do; rows are made of those shown only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.intervals import adjusted, proportion
from shopkeeper.operations.behaviour.together import measures

Row = dict[str, Any]
Pair = tuple[str, str]
Flags = NDArray[np.bool_]
Ends = tuple[measures.Floats, measures.Floats, measures.Floats]
SURE, TOGETHER = 0.05, 5
"""Chance below which a pair is surely more than chance, corrected; baskets that hold both, at least."""

INTERVAL = ("", "_low", "_high")
KINDS = ("complement", "substitute", "undecided")


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one kind of basket: of all, by item (baskets, what lies beside) and by pair; and the tests."""

    whole: Row
    items: dict[str, tuple[int, int]]
    pairs: dict[Pair, int]
    tests: int

    def own(self) -> float:
        """Return the squares of what lies beside each item, added up."""
        return float(sum(beside * beside for _, beside in self.items.values()))


@dataclass(frozen=True, slots=True)
class Measured:
    """What is said of pairs, the rarer of the two first, for of its baskets the larger share holds the other.

    Parameters
    ----------
    pairs, names
        Each pair in the order of the counts, and in that of rarity.
    both, one, other
        Baskets that hold both, the one and the other.
    baskets
        All baskets.
    expected, q
        Baskets that would hold both by chance, and the corrected chance of so many or so few.
    lift, size_lift
        Times chance with their intervals, plainly and by the sizes of baskets.
    """

    pairs: list[Pair]
    names: list[Pair]
    both: measures.Numbers
    one: measures.Numbers
    other: measures.Numbers
    baskets: int
    expected: measures.Floats
    q: measures.Floats
    lift: Ends
    size_lift: Ends

    @property
    def surely(self) -> Flags:
        """Which pairs surely stand together more often than by chance."""
        return np.asarray((self.q < SURE) & (self.size_lift[1] > 1), dtype=np.bool_)

    def row(self, n: int, titles: Mapping[str, str]) -> Row:
        """Return all that is said of one pair."""
        item, other = self.names[n]
        count = int(self.both[n])
        row: Row = {
            "item": item,
            "title": titles.get(item),
            "other_item": other,
            "other_title": titles.get(other),
            "together": count,
            "expected": float(self.expected[n]),
            "q": float(self.q[n]),
        }
        bases = {"support": self.baskets, "confidence": self.one[n], "back": self.other[n]}
        for name, base in bases.items():
            share = proportion(count, int(base))
            row |= {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
        return row | ends("lift", self.lift, n) | ends("size_lift", self.size_lift, n)


def ends(name: str, parts: Ends, n: int) -> Row:
    """Return the value of one pair and the ends of its interval."""
    return {f"{name}{end}": float(part[n]) for end, part in zip(INTERVAL, parts, strict=True)}


def measured(counts: Counts, pairs: list[Pair], titles: Mapping[str, str]) -> Measured:
    """Return what is said of pairs that were counted; those that were not have none in common."""
    items = counts.items
    rank = {
        item: place
        for place, item in enumerate(
            sorted(items, key=lambda one: (items[one][0], titles.get(one) or "", one))
        )
    }
    names = [pair if rank[pair[0]] <= rank[pair[1]] else (pair[1], pair[0]) for pair in pairs]
    both = np.array([counts.pairs.get(pair, 0) for pair in pairs], np.int64)
    one, other = (
        np.array([items[pair[n]] for pair in names], np.int64).reshape(-1, 2) for n in (0, 1)
    )
    baskets = counts.whole["baskets"]
    expected = measures.expected_by_size(
        one[:, 1], other[:, 1], max(counts.whole["ends"], 1), counts.own()
    )
    expected = np.maximum(expected, 1e-9)
    *size_lift, p = measures.against(both, expected)
    q = adjusted(p, max(counts.tests, len(pairs)))
    lift = measures.lift(both, one[:, 0], other[:, 0], baskets)
    return Measured(
        pairs, names, both, one[:, 0], other[:, 0], baskets, expected, q, lift,
        (size_lift[0], size_lift[1], size_lift[2]),
    )  # fmt: skip


def compared(
    orders: Counts, views: Counts | None, titles: Mapping[str, str], least: int, most: int
) -> tuple[list[Row], dict[str, int]]:
    """Return the surest pairs that are often bought, or surely viewed, together; and how many of each kind.

    Parameters
    ----------
    orders, views
        Counts of what is bought, and of what is viewed where views are known.
    titles
        Item → its title.
    least
        Orders that each of two must be in.
    most
        Pairs that are returned, at most.
    """
    wanted = {pair for pair, count in orders.pairs.items() if count >= TOGETHER}
    seen = measured(views, sorted(views.pairs), titles) if views else None
    place = {pair: n for n, pair in enumerate(seen.pairs)} if seen else {}
    if seen:
        sure = [seen.pairs[n] for n in np.flatnonzero(seen.surely).tolist()]
        often = {item for item, (count, _) in orders.items.items() if count >= least}
        wanted |= {pair for pair in sure if often.issuperset(pair)}
    found = measured(orders, sorted(wanted), titles)
    at = np.array([place.get(pair, -1) for pair in found.pairs], np.int64)
    kind = _kinds(found, seen, at)
    rows = []
    for n in _surest(found, titles, most):
        row = found.row(n, titles)
        row |= _views(seen, int(at[n]))
        rows.append(row | {"relation": KINDS[kind[n]]})
    counted = np.bincount(kind, minlength=len(KINDS)).tolist()
    return rows, {"pairs": len(found.pairs), **dict(zip(KINDS, counted, strict=True))}


def _kinds(found: Measured, seen: Measured | None, at: measures.Numbers) -> measures.Numbers:
    """Return the place in `KINDS` of each pair."""
    looked = np.zeros(len(at), np.bool_)
    if seen and len(seen.pairs):
        looked = (at >= 0) & seen.surely[at]
    instead = looked & (found.size_lift[2] < 1)
    return np.where(found.surely, 0, np.where(instead, 1, 2))


def _surest(found: Measured, titles: Mapping[str, str], most: int) -> list[int]:
    """Return the pairs that are shown, the surest first; an id decides only where titles are the same."""
    _, low, high = found.size_lift
    order = np.lexsort((high, -low))
    if len(order) > most:
        edge = order[most - 1]
        order = order[
            (low[order] > low[edge]) | ((low[order] == low[edge]) & (high[order] <= high[edge]))
        ]

    def key(n: int) -> tuple[float, float, str, str, str, str]:
        item, other = found.names[n]
        return -low[n], high[n], titles.get(item) or "", titles.get(other) or "", item, other

    return sorted(order.tolist(), key=key)[:most]


def _views(seen: Measured | None, n: int) -> Row:
    """Return what views say of a pair: nothing is known without views, and none may be in common."""
    if seen is None or n < 0:
        return {
            "viewed_together": None if seen is None else 0,
            **{f"view_lift{end}": None for end in INTERVAL},
            "view_q": None,
        }
    return {
        "viewed_together": int(seen.both[n]),
        **ends("view_lift", seen.size_lift, n),
        "view_q": float(seen.q[n]),
    }
