"""How likely a session buys, told after its first events: trees beside the rate by entry.

Both learn from the earlier sessions and are judged on the latest fifth, which neither has seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
from numpy.typing import NDArray

from shopkeeper.intervals import bootstrap, proportion, tenths
from shopkeeper.language.metrics import polarity_auc
from shopkeeper.operations.behaviour.features import made_sessions
from shopkeeper.operations.behaviour.methods.entry_rate import EntryRate

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
FIRST, LATEST = 3, 0.2
"""Events after which it is told; share of the sessions, the latest ones, on which it is judged."""

ENOUGH, EITHER = 500, 50
"""Sessions to learn from, and of either outcome on both sides, at least; else nothing is told."""

_REPEATS = 200
_COUNTED = (
    "Product Viewed", "Product Added", "Product Removed", "Products Searched", "Product List Viewed", "Cart Viewed",
    "Checkout Started", "Page Viewed",
)  # fmt: skip
_NAMED = ("entry", "device", "channel", "latest")
_BOUGHT = "Order Completed"


def early_rows(shop: Shop, *, complete: bool) -> ir.Table:
    """Return what the first events of each session show, and whether an order came after them.

    Sessions of fewer events, and those that ordered within them, are left out.
    """
    event = shop.events
    named = event.mutate(unit=event.session_id)
    if not complete:
        named = named.filter(named.unit.notnull()).union(made_sessions(shop))
    line = ibis.window(group_by="unit", order_by=["happened_at", "event_id"])
    named = named.mutate(place=ibis.row_number().over(line))
    early = named.place < FIRST
    counts = {
        f"n{n}": named.count(where=early & (named.name == name)) for n, name in enumerate(_COUNTED)
    }
    unit = named.group_by("unit").aggregate(
        began=named.happened_at.min(),
        seen=named.happened_at.max(where=early),
        depth=named.count(),
        entry=named.name.max(where=named.place == 0),
        latest=named.name.max(where=named.place == FIRST - 1),
        device=named.device.max(where=early),
        channel=named.channel.max(where=early),
        known=named.customer_id.count(where=early),
        products=named.product_id.nunique(where=early),
        ordered=named.count(where=early & (named.name == _BOUGHT)),
        bought=named.count(where=(named.place >= FIRST) & (named.name == _BOUGHT)) > 0,
        **counts,
    )
    unit = unit.filter((unit.depth >= FIRST) & (unit.ordered == 0))
    return unit.select(
        *_NAMED, "known", "products", *counts, "bought", "began",
        seconds=unit.seen.delta(unit.began, unit="second"), hour=unit.began.hour(),
        weekday=unit.began.day_of_week.index(),
    )  # fmt: skip


def told_chance(shop: Shop, *, complete: bool) -> tuple[list[Row], list[Row]]:
    """Return how well each way tells the latest sessions apart, and how likely tenths of them buy.

    Nothing where there are too few.
    """
    rows = early_rows(shop, complete=complete)
    # What sessions are, not what they are called, decides their order.
    order = [ibis.desc("began"), *(name for name in rows.columns if name != "began")]
    found = rows.order_by(order).limit(shop.settings.max_fit_rows).to_pyarrow()
    bought = np.array(found["bought"].to_pylist()[::-1], bool)
    cut = round(len(bought) * (1 - LATEST))
    sides = (bought[:cut], bought[cut:])
    if len(bought) < ENOUGH or any(min(one.sum(), (~one).sum()) < EITHER for one in sides):
        return [], []
    table = _matrix({name: found[name].to_pylist()[::-1] for name in found.column_names})
    return judged(table[:cut], sides[0], table[cut:], sides[1], seed=shop.settings.seed)


def judged(
    taught: NDArray[np.float64],
    outcome: NDArray[np.bool_],
    unseen: NDArray[np.float64],
    happened: NDArray[np.bool_],
    *,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Return, of each way, the area under the curve with its interval and how many it expects; and tenths.

    Tenths are those of the trees' probability, the lowest first, with the share that bought.
    """
    from shopkeeper.operations.behaviour.methods.boosted import BoostedTrees

    rows = []
    for name, way in (("entry_rate", EntryRate()), ("boosted", BoostedTrees(seed=seed))):
        chance = way.fit(taught, outcome).predict(unseen)
        area = bootstrap(polarity_auc, happened, chance, seed=seed, repeats=_REPEATS)
        rows.append(
            {"method": name, "sessions": len(happened), "auc": area.value, "low": area.low, "high": area.high,
             "expected_rate": float(chance.mean()), "happened_rate": float(happened.mean())}
        )  # fmt: skip
    return rows, _tenths(chance, happened)


def _tenths(chance: NDArray[np.float64], happened: NDArray[np.bool_]) -> list[Row]:
    place = tenths(chance)
    rows = []
    for tenth in np.unique(place).tolist():
        mine = place == tenth
        share = proportion(int(happened[mine].sum()), int(mine.sum()))
        rows.append(
            {"tenth": tenth, "sessions": int(mine.sum()), "expected": float(np.sort(chance[mine]).mean()),
             "happened": share.value, "low": share.low, "high": share.high}
        )  # fmt: skip
    return rows


def _matrix(columns: dict[str, list[Any]]) -> NDArray[np.float64]:
    """Return one row a session, the entry first; names are numbered in their order."""
    made = []
    for name, values in columns.items():
        if name in ("bought", "began"):
            continue
        if name in _NAMED:
            texts = [one or "" for one in values]
            made.append(np.unique(texts, return_inverse=True)[1].astype(np.float64))
        else:
            made.append(np.array([np.nan if one is None else one for one in values], np.float64))
    return np.stack(made, axis=1)
