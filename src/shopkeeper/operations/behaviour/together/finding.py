"""Finding: counts of baskets become the answer of `baskets`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.behaviour.together import measures
from shopkeeper.operations.behaviour.together.pairing import INTERVAL, Counts, compared, ends
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
LISTED, MOST_PAIRS = 1_000, 200_000
"""Pairs that are listed and looked at, at most."""

_SHARES = [
    (f"{name}{end}", pa.float64())
    for name in ("support", "confidence", "back", "lift", "size_lift")
    for end in INTERVAL
]
_NAMES = [(name, pa.string()) for name in ("item", "title", "other_item", "other_title")]
TABLE = pa.schema(
    [*_NAMES, ("together", pa.int64()), ("expected", pa.float64()), *_SHARES, ("q", pa.float64()),
     ("viewed_together", pa.int64()), *((f"view_lift{end}", pa.float64()) for end in INTERVAL),
     ("view_q", pa.float64()), ("relation", pa.string())]
)  # fmt: skip
EVIDENCE = {
    "cross_shop": pa.schema(
        [("group", pa.string()), ("other", pa.string()), ("customers", pa.int64()), ("both", pa.int64()),
         *((f"share{end}", pa.float64()) for end in INTERVAL),
         *((f"lift{end}", pa.float64()) for end in INTERVAL)]
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


def answer(shop: Shop, plan: Plan) -> Answer | None:
    """Count, compare and return the answer; None where no order holds two things."""
    titles = _titles(shop, plan.by)
    with bought(shop, plan.by).cache() as lines:
        orders = _counts(lines, plan.least)
        if not orders.whole["several"]:
            return None
        decisions = decision_rows(lines, titles, plan.least, shop.settings.seed)
    views = _counts(viewed(shop, plan.by), plan.least) if shop.has("events") else None
    shown, kinds = compared(orders, views, titles, plan.least, LISTED)
    groups = bought(shop, "category") if plan.by == "product" else bought(shop, plan.by)
    crossed = _crossed(shoppers(groups), plan.least)
    parts = _parts(orders, views, kinds)
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
        summary=tuple(sentences(shown, parts, plan.least)),
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


def _crossed(customers: ir.Table, least: int) -> list[Row]:
    """Return of the customers of each group how many bought of each other one too."""
    counts = _counts(customers, least)
    rows = []
    whole = counts.whole["baskets"]
    for (item, other), both in sorted(counts.pairs.items()):
        for one, two in ((item, other), (other, item)):
            base, over = counts.items[one][0], counts.items[two][0]
            if is_small(both):
                continue
            share = proportion(both, base)
            lifted = measures.lift(np.array([both]), np.array([base]), np.array([over]), whole)
            rows.append(
                {"group": one, "other": two, "customers": base, "both": both, "share": share.value,
                 "share_low": share.low, "share_high": share.high, **ends("lift", lifted, 0)}
            )  # fmt: skip
    return sorted(rows, key=lambda row: (-row["lift_low"], row["group"], row["other"]))[:LISTED]


def _titles(shop: Shop, by: By) -> dict[str, str]:
    if by != "product":
        return {}
    product = shop.products.select("product_id", "title").to_pyarrow().to_pylist()
    return {row["product_id"]: row["title"] for row in product}


def _parts(orders: Counts, views: Counts | None, kinds: dict[str, int]) -> dict[str, int]:
    return {
        "baskets": orders.whole["baskets"],
        "several": orders.whole["several"],
        "too_large": orders.whole["too_large"],
        "view_sessions": views.whole["baskets"] if views else 0,
        "views_too_large": views.whole["too_large"] if views else 0,
        "tests": orders.tests,
        **kinds,
    }
