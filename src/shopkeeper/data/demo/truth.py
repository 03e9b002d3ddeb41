"""What is true of the demo shop, written beside its exports and never read by a verb."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shopkeeper.data.demo import effects
from shopkeeper.data.demo.baskets import write_baskets
from shopkeeper.data.demo.campaign import START_DAY, WINDOW_DAYS
from shopkeeper.data.demo.columns import ids
from shopkeeper.data.demo.definitions import DEFINITIONS
from shopkeeper.data.demo.events import Exposure
from shopkeeper.data.demo.history import History
from shopkeeper.data.demo.incidents import WAVE_WEEKS
from shopkeeper.data.demo.orders import amounts
from shopkeeper.data.demo.plan import (
    BANDS,
    CATEGORIES,
    DAY,
    END,
    FIRST_DAY,
    FOLLOW_UP_DAYS,
    NEGATIVE,
    SEGMENTS,
    Flags,
    Floats,
    Ints,
    Plan,
    Rows,
    date_of,
    week_of,
)
from shopkeeper.data.demo.rows import FAKE, TIED, WAVE
from shopkeeper.data.demo.spelling import CUSTOMER, PRODUCT
from shopkeeper.data.demo.world import World

_BITS = 26


def write_truth(
    folder: Path,
    plan: Plan,
    world: World,
    history: History,
    exposure: Exposure,
    counts: dict[str, int],
    dirt: dict[str, dict[str, int]],
) -> dict[str, Any]:
    """Write `truth.json` and the tables beside it; return what truth.json holds."""
    treated = treated_weeks(world, history.reviews)
    truth = {
        "seed": plan.seed,
        "sizes": {
            "customers": world.customers,
            "products": world.products,
            "orders": len(history.orders),
            "reviews": len(history.reviews),
            **counts,
        },
        "effects": {
            "writers": writers(world, history),
            "visitors": _visitors(exposure),
            "panel": _panel(exposure, treated),
            "campaign": _campaign(history),
        },
        "confounded": _raw(world, history),
        "incidents": _incidents(world, history),
        "dirty_rows": dirt,
        "definitions": DEFINITIONS,
    }
    text = json.dumps(truth, ensure_ascii=False, indent=2)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    _write_customers(folder, world, history)
    _write_products(folder, world)
    _write_weeks(folder, exposure, treated)
    write_baskets(folder, history.baskets)
    return truth


def _followed(history: History) -> Rows:
    reviews = history.reviews
    enough = reviews["time"] + FOLLOW_UP_DAYS * DAY <= END
    return np.asarray(reviews[(reviews["kind"] == TIED) & enough])


def spend_after(world: World, history: History, reviews: Rows) -> tuple[Ints, Floats]:
    """Count and add up (in currency units) the orders within 90 days after each review."""
    orders = history.orders[history.orders["cancelled"] == 0]
    total = amounts(world, orders).total
    key = (orders["customer"].astype(np.int64) << _BITS) + orders["time"]
    by_key = np.argsort(key)
    running = np.concatenate([[0], total[by_key].cumsum()])
    start = (reviews["customer"].astype(np.int64) << _BITS) + reviews["time"]
    first = np.searchsorted(key[by_key], start, side="right")
    last = np.searchsorted(key[by_key], start + FOLLOW_UP_DAYS * DAY, side="right")
    return last - first, (running[last] - running[first]) / 100


def writers(world: World, history: History) -> dict[str, float]:
    """Average effect on the negative: of being negative instead of positive."""
    reviews = _followed(history)
    number, spend = spend_after(world, history, reviews)
    segment = world.segment[reviews["customer"]]
    again = number > 0
    per_repeat = np.bincount(segment[again], spend[again], len(SEGMENTS)) / np.maximum(
        np.bincount(segment[again], minlength=len(SEGMENTS)), 1
    )
    bad = reviews["sentiment"] == NEGATIVE
    repeat = (reviews["p_repeat_negative"] - reviews["p_repeat_positive"]).astype(float)
    returned = (reviews["p_return_negative"] - reviews["p_return_positive"]).astype(float)
    return {
        "repeat_90d": float(repeat[bad].mean()),
        "returned": float(returned[bad].mean()),
        "spend_90d": float((repeat * per_repeat[segment])[bad].mean()),
        "negative_reviews": int(bad.sum()),
        "followed_reviews": len(reviews),
    }


def _raw(world: World, history: History) -> dict[str, float]:
    """Compare negative with positive plainly, confounding and all."""
    reviews = _followed(history)
    number, spend = spend_after(world, history, reviews)
    bad, good = reviews["sentiment"] == NEGATIVE, reviews["sentiment"] == 2
    back = history.orders["returned"][reviews["order"]] < END
    return {
        "repeat_90d": float((number > 0)[bad].mean() - (number > 0)[good].mean()),
        "returned": float(back[bad].mean() - back[good].mean()),
        "spend_90d": float(spend[bad].mean() - spend[good].mean()),
    }


def _visitors(exposure: Exposure) -> dict[str, float]:
    exposed = exposure.exposed.sum()
    return {
        "view_to_cart": exposure.cart / exposed,
        "view_to_buy": exposure.buy / exposed,
        "views": int(exposure.views.sum()),
        "exposed_views": int(exposed),
    }


def treated_weeks(world: World, reviews: Rows) -> Flags:
    """Mark the six weeks from each product's first burst of bad reviews."""
    weeks = int(week_of(np.array([END - 1]))[0]) + 1
    bad = reviews[reviews["sentiment"] == NEGATIVE]
    cell = bad["product"].astype(np.int64) * weeks + week_of(bad["time"].astype(np.int64))
    count = np.bincount(cell, minlength=world.products * weeks).reshape(-1, weeks)
    before = np.cumsum(count, axis=1) - count
    usual = before / np.maximum(np.arange(weeks), 1)
    burst = (count >= 3) & (usual < 1)
    first = np.where(burst.any(axis=1), burst.argmax(axis=1), weeks + WAVE_WEEKS)
    offset = np.arange(weeks) - first[:, None]
    return np.asarray((offset >= 0) & (offset < WAVE_WEEKS))


def _panel(exposure: Exposure, treated: Flags) -> dict[str, float]:
    """Change of buys per view in treated weeks against the product's other weeks."""
    inside, outside = exposure.views * treated, exposure.views * ~treated
    usual = (exposure.change * ~treated).sum(axis=1) / np.maximum(outside.sum(axis=1), 1)
    shift = (exposure.change * treated).sum(axis=1) - usual * inside.sum(axis=1)
    return {
        "conversion": float(shift.sum() / max(inside.sum(), 1)),
        "treated_products": int(treated.any(axis=1).sum()),
        "treated_product_weeks": int(treated.sum()),
        "treated_views": int(inside.sum()),
    }


def _campaign(history: History) -> dict[str, Any]:
    campaign = history.campaign
    effect = campaign.uplift * ~campaign.would_buy
    return {
        "uplift_14d": float(effect.mean()),
        "uplift_14d_by_segment": dict(zip(SEGMENTS, effects.UPLIFT_SEGMENT.tolist(), strict=True)),
        "contacts": len(campaign.customer),
        "treated": int(campaign.treated.sum()),
        "starts_on": date_of(START_DAY).isoformat(),
        "window_days": WINDOW_DAYS,
        "newsletter_uplift_14d": 0.0,
    }


def _incidents(world: World, history: History) -> dict[str, Any]:
    reviews, orders = history.reviews, history.orders
    broken = effects.BROKEN_WEEK * 7 - FIRST_DAY.weekday()
    return {
        "broken_week": {
            "from": date_of(broken).isoformat(),
            "to": date_of(broken + 6).isoformat(),
            "device": "app",
            "lost": "Order Completed events",
        },
        "fraud_ring": {
            "rings": int(world.ring.max()),
            "customers": int((world.ring > 0).sum()),
            "orders": int((orders["ring"] > 0).sum()),
        },
        "fake_reviews": int((reviews["kind"] == FAKE).sum()),
        "wave_reviews": int((reviews["kind"] == WAVE).sum()),
        "late_share": float((orders["late"] == 1).mean()),
        "negative_share": float((reviews["sentiment"] == NEGATIVE).mean()),
        "bot_visitor_prefix": "B",
    }


def _names(names: tuple[str, ...], codes: Ints) -> pa.Array:
    return pa.array(names).take(pa.array(codes))


def _write_customers(folder: Path, world: World, history: History) -> None:
    campaign = history.campaign
    uplift = np.full(world.customers, np.nan)
    uplift[campaign.customer] = campaign.uplift * ~campaign.would_buy
    pq.write_table(
        pa.table(
            {
                "customer_id": ids(CUSTOMER, np.arange(world.customers)),
                "segment": _names(SEGMENTS, world.segment),
                "language": _names(("en", "zh"), world.chinese.astype(np.int64)),
                "fraud_ring": pa.array(world.ring, mask=world.ring == 0),
                "p_campaign_uplift": pa.array(uplift, mask=np.isnan(uplift)),
            }
        ),
        folder / "customer_truth.parquet",
    )


def _write_products(folder: Path, world: World) -> None:
    wave = world.burst_week >= 0
    first = world.burst_week * 7 - FIRST_DAY.weekday() + (FIRST_DAY - date_of(0)).days
    pq.write_table(
        pa.table(
            {
                "product_id": ids(PRODUCT, np.arange(world.products)),
                "category": _names(CATEGORIES, world.category),
                "price_band": _names(BANDS, world.band),
                "popularity": pa.array(world.popularity),
                "wave_from": pa.array(
                    [
                        date_of(int(day)) if hit else None
                        for day, hit in zip(first, wave, strict=True)
                    ],
                    pa.date32(),
                ),
                "boosted_by_ring": pa.array(world.boosted, mask=world.boosted == 0),
            }
        ),
        folder / "product_truth.parquet",
    )


def _write_weeks(folder: Path, exposure: Exposure, treated: Flags) -> None:
    product, week = np.nonzero(exposure.views > 0)
    views = exposure.views[product, week]
    monday = [date_of(int(number) * 7 - FIRST_DAY.weekday()) for number in week]
    pq.write_table(
        pa.table(
            {
                "product_id": ids(PRODUCT, product),
                "week_on": pa.array(monday, pa.date32()),
                "views": pa.array(views.astype(np.int64)),
                "exposed_share": pa.array(exposure.exposed[product, week] / views),
                "change": pa.array(exposure.change[product, week] / views),
                "treated": pa.array(treated[product, week]),
            }
        ),
        folder / "product_week_truth.parquet",
    )
