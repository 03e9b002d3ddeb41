"""Finding: counts of baskets become the answer of `baskets`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shopkeeper.answer import Answer
from shopkeeper.intervals import adjusted, proportion
from shopkeeper.operations.behaviour.belonging import SMALLEST
from shopkeeper.operations.behaviour.together import measures
from shopkeeper.operations.behaviour.together.picture import against_chance
from shopkeeper.operations.behaviour.together.rows import (
    By,
    bought,
    item_sums,
    pair_sums,
    shoppers,
    sized,
    viewed,
    whole_sums,
)
from shopkeeper.operations.behaviour.together.sentences import (
    DEFINITIONS,
    TITLE,
    limits,
    sentences,
)
from shopkeeper.operations.behaviour.together.tree import decision_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
LISTED, MOST_PAIRS, TOGETHER = 1_000, 200_000, 5
"""Pairs that are listed and looked at, at most; baskets that hold both at least."""

SURE = 0.05
_INTERVAL = ("", "_low", "_high")
_SHARES = [
    (f"{name}{end}", pa.float64())
    for name in ("support", "confidence", "back", "lift", "size_lift")
    for end in _INTERVAL
]
_NAMES = [(name, pa.string()) for name in ("item", "title", "other_item", "other_title")]
TABLE = pa.schema(
    [*_NAMES, ("together", pa.int64()), ("expected", pa.float64()), *_SHARES, ("q", pa.float64()),
     ("viewed_together", pa.int64()), *((f"view_lift{end}", pa.float64()) for end in _INTERVAL),
     ("view_q", pa.float64()), ("relation", pa.string())]
)  # fmt: skip
EVIDENCE = {
    "cross_shop": pa.schema(
        [("group", pa.string()), ("other", pa.string()), ("customers", pa.int64()), ("both", pa.int64()),
         *((f"share{end}", pa.float64()) for end in _INTERVAL),
         *((f"lift{end}", pa.float64()) for end in _INTERVAL)]
    ),
    "decisions": pa.schema(
        [("step", pa.int64()), ("item", pa.string()), ("other", pa.string()), ("items", pa.int64()),
         *((name, pa.float64()) for name in ("distance", "distance_low", "distance_high", "recurs"))]
    ),
    "parts": pa.schema([("part", pa.string()), ("baskets", pa.int64())]),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked of the baskets."""

    by: By
    least: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one kind of basket."""

    whole: Row
    items: dict[str, tuple[int, int]]
    pairs: dict[tuple[str, str], int]
    tests: int

    def own(self) -> float:
        """Return the squares of what lies beside each item, added up."""
        return float(sum(beside * beside for _, beside in self.items.values()))


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Count, compare and return the answer; None where no order holds two things."""
    titles = _titles(shop, plan.by)
    with bought(shop, plan.by).cache() as lines:
        orders = _counts(lines, plan.least)
        if not orders.whole["several"]:
            return None
        decisions = decision_rows(lines, titles, plan.least, shop.settings.seed)
    views = _counts(viewed(shop, plan.by), plan.least) if shop.has("events") else None
    rows = _pairs(orders, views, titles, plan.least)
    shown = rows[:LISTED]
    groups = bought(shop, "category") if plan.by == "product" else bought(shop, plan.by)
    crossed = _crossed(shoppers(groups), plan.least)
    parts = _parts(orders, views, rows)
    evidence: dict[str, list[Row]] = {
        "cross_shop": crossed,
        "decisions": decisions,
        "parts": [{"part": name, "baskets": count} for name, count in parts.items()],
    }
    return Answer(
        verb="baskets",
        title=TITLE,
        table=pa.Table.from_pylist(shown, schema=TABLE),
        method="pair_counts",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(shown, parts)),
        evidence={
            name: pa.Table.from_pylist(evidence[name], schema=schema)
            for name, schema in EVIDENCE.items()
        },
        limits=limits(plan.least, parts, views=views is not None),
        definitions=DEFINITIONS,
        chart=against_chance(shown),
    )


def _counts(lines: ir.Table, least: int) -> Counts:
    with sized(lines).cache() as kept:
        (whole,) = whole_sums(kept).to_pyarrow().to_pylist()
        items = item_sums(kept).to_pyarrow().to_pylist()
        pairs = pair_sums(kept, least=least, together=1)
        order = [ibis.desc("both"), "item", "other"]
        found = pairs.order_by(order).limit(MOST_PAIRS).to_pyarrow().to_pylist()
    often = sum(row["baskets"] >= least for row in items)
    return Counts(
        whole,
        {row["item"]: (row["baskets"], row["beside"]) for row in items},
        {(row["item"], row["other"]): row["both"] for row in found},
        often * (often - 1) // 2,
    )


def _pairs(orders: Counts, views: Counts | None, titles: dict[str, str], least: int) -> list[Row]:
    """Return the pairs that are often bought, or surely viewed, together; the surest first."""
    seen = _measured(views, sorted(views.pairs), titles) if views else {}
    wanted = {pair for pair, count in orders.pairs.items() if count >= TOGETHER}
    wanted |= {
        pair
        for pair, row in seen.items()
        if _surely(row["size_lift_low"], row["q"])
        and all(orders.items.get(item, (0, 0))[0] >= least for item in pair)
    }
    found = _measured(orders, sorted(wanted), titles)
    rows = []
    for pair, row in found.items():
        view = seen.get(pair)
        row |= {
            "viewed_together": view["together"] if view else (0 if views else None),
            **{f"view_lift{end}": view[f"size_lift{end}"] if view else None for end in _INTERVAL},
            "view_q": view["q"] if view else None,
        }
        row["relation"] = _relation(row)
        rows.append(row)
    # An id decides only where titles are the same.
    order = ("title", "other_title", "item", "other_item")
    return sorted(
        rows,
        key=lambda row: (
            -row["size_lift_low"],
            row["size_lift_high"],
            *(row[n] or "" for n in order),
        ),
    )


def _measured(
    counts: Counts, pairs: list[tuple[str, str]], titles: dict[str, str]
) -> dict[tuple[str, str], Row]:
    if not pairs:
        return {}
    baskets, ends = counts.whole["baskets"], counts.whole["ends"]
    # The rarer of the two first: of its baskets the larger share holds the other.
    ordered = [
        sorted(pair, key=lambda item: (counts.items[item][0], titles.get(item) or "", item))
        for pair in pairs
    ]
    both = np.array([counts.pairs.get(pair, 0) for pair in pairs], np.int64)
    one, other = (np.array([counts.items[pair[n]] for pair in ordered], np.int64) for n in (0, 1))
    lifted = measures.lift(both, one[:, 0], other[:, 0], baskets)
    expected = measures.expected_by_size(one[:, 1], other[:, 1], max(ends, 1), counts.own())
    expected = np.maximum(expected, 1e-9)
    *sizes, p = measures.against(both, expected)
    q = adjusted(p, max(counts.tests, len(pairs)))
    found = {}
    for n, pair in enumerate(pairs):
        count = int(both[n])
        row: Row = {
            "item": ordered[n][0],
            "title": titles.get(ordered[n][0]),
            "other_item": ordered[n][1],
            "other_title": titles.get(ordered[n][1]),
            "together": count,
            "expected": float(expected[n]),
            "q": float(q[n]),
        }
        for name, base in (("support", baskets), ("confidence", one[n, 0]), ("back", other[n, 0])):
            share = proportion(count, int(base))
            row |= {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
        for name, parts in (("lift", lifted), ("size_lift", tuple(sizes))):
            row |= _ends(name, parts, n)
        found[pair] = row
    return found


def _ends(name: str, parts: tuple[NDArray[np.float64], ...], n: int) -> Row:
    return {f"{name}{end}": float(part[n]) for end, part in zip(_INTERVAL, parts, strict=True)}


def _surely(low: float, q: float) -> bool:
    return q < SURE and low > 1


def _relation(row: Row) -> str:
    if _surely(row["size_lift_low"], row["q"]):
        return "complement"
    looked = row["view_q"] is not None and _surely(row["view_lift_low"], row["view_q"])
    return "substitute" if looked and row["size_lift_high"] < 1 else "undecided"


def _crossed(customers: ir.Table, least: int) -> list[Row]:
    """Return of the customers of each group how many bought of each other one too."""
    counts = _counts(customers, least)
    rows = []
    whole = counts.whole["baskets"]
    for (item, other), both in sorted(counts.pairs.items()):
        for one, two in ((item, other), (other, item)):
            base, over = counts.items[one][0], counts.items[two][0]
            if both < SMALLEST:
                continue
            share = proportion(both, base)
            lifted = measures.lift(np.array([both]), np.array([base]), np.array([over]), whole)
            rows.append(
                {"group": one, "other": two, "customers": base, "both": both, "share": share.value,
                 "share_low": share.low, "share_high": share.high, **_ends("lift", lifted, 0)}
            )  # fmt: skip
    return sorted(rows, key=lambda row: (-row["lift_low"], row["group"], row["other"]))[:LISTED]


def _titles(shop: Shop, by: By) -> dict[str, str]:
    if by != "product":
        return {}
    product = shop.products.select("product_id", "title").to_pyarrow().to_pylist()
    return {row["product_id"]: row["title"] for row in product}


def _parts(orders: Counts, views: Counts | None, rows: list[Row]) -> dict[str, int]:
    kinds = [row["relation"] for row in rows]
    return {
        "baskets": orders.whole["baskets"],
        "several": orders.whole["several"],
        "too_large": orders.whole["too_large"],
        "view_sessions": views.whole["baskets"] if views else 0,
        "views_too_large": views.whole["too_large"] if views else 0,
        "tests": orders.tests,
        "pairs": len(rows),
        **{kind: kinds.count(kind) for kind in ("complement", "substitute", "undecided")},
    }
