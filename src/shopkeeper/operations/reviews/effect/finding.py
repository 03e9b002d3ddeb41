"""Compare, part by part, and make the answer of `sentiment_effect`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from shopkeeper.answer import Answer
from shopkeeper.data.measure import missing
from shopkeeper.data.metrics import BY_NAME
from shopkeeper.data.shop import Shop
from shopkeeper.operations.reviews.effect import features
from shopkeeper.operations.reviews.effect.definitions import DEFINITIONS, limits
from shopkeeper.operations.reviews.effect.drivers import find_drivers
from shopkeeper.operations.reviews.effect.matching import (
    Comparison,
    Flags,
    Floats,
    Matched,
    match,
    weights,
    widened,
)
from shopkeeper.operations.reviews.effect.panel import (
    BURST_WEEKS,
    WEEKS_AFTER,
    WEEKS_BEFORE,
    PanelDifference,
    burst_start,
    panel_difference,
    weeks_since,
)
from shopkeeper.operations.reviews.effect.picture import forest
from shopkeeper.operations.reviews.effect.plain import of_products, of_visitors, of_writers
from shopkeeper.operations.reviews.effect.results import Findings, evidence, main_table
from shopkeeper.operations.reviews.effect.rows import (
    Written,
    by_content,
    numbers,
    panel_arrays,
    view_comparison,
    writer_comparison,
    written,
)
from shopkeeper.operations.reviews.effect.sentences import sentences
from shopkeeper.words import Words

_SHORT = {"view_to_cart": "cart", "view_to_buy": "buy"}


def effect(shop: Shop, *, least: int, seed: int) -> Answer | None:
    """Return the answer of `sentiment_effect`; None where no review joins an order or a view.

    Parameters
    ----------
    shop
        The shop.
    least
        Smallest count for which a percentage is shown.
    seed
        Seed of the draws.
    """
    reviews = written(features.writers(shop).to_pyarrow(), _end(shop))
    seen = by_content(features.exposures(shop).to_pyarrow())
    if not len(reviews.code) and not seen.num_rows:
        return None
    currency = _main_currency(reviews)
    known = _known(shop)
    carriers = features.carriers(shop, currency).to_pyarrow()
    comparison = writer_comparison(reviews, reviews.followed)
    panel, weeks = _panel(shop, seed)
    findings = Findings(
        plain=[
            *of_writers(reviews, currency, known, least=least, seed=seed),
            *of_products(carriers, currency, known, least=least, seed=seed),
            *of_visitors(seen, least=least, seed=seed),
        ],
        writers=_writers(reviews, comparison, currency, known, seed),
        visitors=_visitors(shop, seen, seed),
        panel=panel,
        weeks=weeks,
        drivers=find_drivers(reviews, least=least, seed=seed),
        balance=balance(reviews, comparison),
        origins=_origins(shop),
        currency=currency,
        least=least,
    )
    return _answer(shop, findings)


def balance(reviews: Written, comparison: Comparison) -> list[tuple[str, float, float]]:
    """Return the standardised difference of negatives and positives, before and after matching.

    (mean of negatives − mean of positives) ÷ standard deviation of all that are compared; below
    0.1 either way is commonly taken as alike.

    Parameters
    ----------
    reviews
        Reviews of orders.
    comparison
        Which of them are compared.
    """
    if not (comparison.exposed.any() and comparison.control.any()):
        return []
    late = np.where(reviews.delivery >= 0, reviews.delivery > 0, np.nan).astype(np.float64)
    price = reviews.column("price")
    covariates = {
        "late_or_undelivered": late,
        "earlier_orders": reviews.earlier.astype(np.float64),
        "log_price": np.log(np.where(price > 0, price, np.nan)),
        "month": reviews.month.astype(np.float64),
    }
    raw = (comparison.exposed | comparison.control).astype(np.float64)
    matched = weights(comparison)
    out = []
    for name, values in covariates.items():
        usable = ~np.isnan(values) & (raw > 0)
        scale = float(values[usable].std()) if usable.any() else 0.0
        if scale > 0:
            gaps = [_gap(values, weight, comparison, usable) / scale for weight in (raw, matched)]
            out.append((name, gaps[0], gaps[1]))
    return out


def _gap(values: Floats, weight: Floats, comparison: Comparison, usable: Flags) -> float:
    means = []
    for side in (comparison.exposed, comparison.control):
        held = np.where(side & usable, weight, 0.0)
        total = held.sum()
        means.append(float((np.nan_to_num(values) * held).sum() / total) if total else float("nan"))
    return means[0] - means[1]


def _end(shop: Shop) -> int:
    last = shop.orders.ordered_at.max().epoch_seconds().to_pyarrow().as_py()
    return int(last) if last is not None else 0


def _known(shop: Shop) -> set[str]:
    lacking = missing(shop, (BY_NAME["return_rate"], BY_NAME["late_delivery_rate"]))
    items = shop.order_items
    known = set() if "late_delivery_rate" in lacking else {"delivery"}
    if items.returned_at.count().to_pyarrow().as_py():
        known.add("returned")
    return known


def _main_currency(reviews: Written) -> str:
    counts = Counter(reviews.table["currency"].to_pylist())
    return min(counts, key=lambda name: (-counts[name], name or ""), default="") or ""


def _writers(
    reviews: Written, comparison: Comparison, currency: str, known: set[str], seed: int
) -> dict[str, Matched]:
    if not comparison.exposed.any():
        return {}
    outcomes = {"repeat_90d": (reviews.column("again") > 0).astype(np.float64)}
    if "returned" in known:
        outcomes["returned"] = reviews.column("returned")
    money = np.array([(name or "") == currency for name in reviews.table["currency"].to_pylist()])
    spent = writer_comparison(reviews, reviews.followed & money)
    spend = {"spend_90d": reviews.column("spend")}
    return match(comparison, outcomes, seed=seed) | match(spent, spend, seed=seed)


def _visitors(shop: Shop, seen: pa.Table, seed: int) -> dict[str, Matched]:
    if not seen.num_rows:
        return {}
    comparison, outcomes = view_comparison(seen)
    if not comparison.exposed.any():
        return {}
    outcomes = {name: values for name, values in outcomes.items() if values.any()}
    found = match(comparison, outcomes, seed=seed)
    columns = {name: seen[name] for name in ("product_id", "month", "latest")}
    for name, short in _SHORT.items():
        nothing = np.zeros(seen.num_rows)
        columns[f"{short}_slope"] = pa.array(found[name].slope if name in found else nothing)
        columns[f"{short}_constant"] = pa.array(found[name].constant if name in found else nothing)
    blocks = features.exposure_blocks(shop, pa.table(columns)).order_by("block").to_pyarrow()
    return {
        name: widened(one, numbers(blocks, name), seed=seed) if one.matched_n else one
        for name, one in found.items()
    }


def _panel(shop: Shop, seed: int) -> tuple[PanelDifference | None, Mapping[int, PanelDifference]]:
    weeks = features.product_weeks(shop).to_pyarrow()
    if not weeks.num_rows or not numbers(weeks, "buys").any():
        return None, {}
    views, buys, negatives = panel_arrays(weeks, features.bad_weeks(shop).to_pyarrow())
    since = weeks_since(burst_start(negatives), views.shape[1])
    burst = (since >= 0) & (since < BURST_WEEKS)
    around = (since >= -WEEKS_BEFORE) & (since <= WEEKS_AFTER)
    whole = panel_difference(buys, views, burst, fitted=~burst, seed=seed)
    single = {
        week: panel_difference(buys, views, since == week, fitted=~around, seed=seed, repeats=200)
        for week in range(-WEEKS_BEFORE, WEEKS_AFTER + 1)
    }
    return whole, {week: found for week, found in single.items() if found.products > 1}


def _origins(shop: Shop) -> dict[str, int]:
    review = features.reviewed(shop)
    counted = review.group_by("origin").aggregate(number=review.count()).to_pyarrow().to_pylist()
    return {row["origin"]: row["number"] for row in sorted(counted, key=lambda row: row["origin"])}


def _answer(shop: Shop, findings: Findings) -> Answer:
    return Answer(
        verb="sentiment_effect",
        title=Words("What goes with the sentiment of reviews", "评价情感与顾客行为的关联"),
        table=main_table(findings),
        method="matched",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(findings)),
        evidence=evidence(findings),
        limits=limits(findings),
        definitions=DEFINITIONS,
        chart=forest(findings),
    )
