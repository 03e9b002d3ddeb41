"""Reasons are named only where they stand among all that were looked at."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.reviews.effect import features
from shopkeeper.operations.reviews.effect.drivers import Driver, find_drivers
from shopkeeper.operations.reviews.effect.rows import Written, written
from shopkeeper.operations.reviews.effect.sentences import leading

START = datetime(2024, 1, 1, 9)


def shop(seed: int, *, late_is_bad: float = 0.0, orders: int = 2500) -> Shop:
    """40 sellers, 15 categories, late parcels; reviews know of none of them unless told to."""
    generator = np.random.default_rng(seed)
    product = generator.integers(0, 120, orders)
    late = generator.random(orders) < 0.15
    bad = generator.random(orders) < 0.15 + late_is_bad * late
    at = [START + timedelta(hours=int(hour)) for hour in generator.integers(0, 8000, orders)]
    names = [f"o{number}" for number in range(orders)]
    promised = [moment + timedelta(days=7) for moment in at]
    delivered = [
        day + timedelta(days=3 if slow else -2) for day, slow in zip(promised, late, strict=True)
    ]
    return shop_from_tables({
        "products": pa.table({
            "product_id": [f"p{number}" for number in range(120)],
            "category": [f"c{number % 15}" for number in range(120)],
        }),
        "orders": pa.table({
            "order_id": names, "customer_id": [f"u{number}" for number in range(orders)],
            "ordered_at": at, "status": ["delivered"] * orders, "time_zone": ["UTC"] * orders,
            "currency": ["EUR"] * orders,
        }),
        "order_items": pa.table({
            "order_id": names, "line": [1] * orders, "product_id": [f"p{p}" for p in product],
            "seller_id": [f"s{p % 40}" for p in product], "quantity": [1] * orders,
            "price": pa.array(generator.integers(5, 90, orders).astype(float)).cast(pa.decimal128(18, 4)),
        }),
        "shipments": pa.table({
            "order_id": names, "line": [1] * orders, "promised_at": promised,
            "delivered_at": delivered,
        }),
        "reviews": pa.table({
            "review_id": [f"r{number}" for number in range(orders)], "order_id": names,
            "rating": np.where(bad, 1.0, 5.0), "reviewed_at": [d + timedelta(days=1) for d in delivered],
        }),
    })  # fmt: skip


def found(seed: int, late_is_bad: float = 0.0) -> list[Driver]:
    return find_drivers(_written(shop(seed, late_is_bad=late_is_bad)), least=30, seed=0)


def _written(made: Shop) -> Written:
    end = int((START + timedelta(days=400)).timestamp())
    return written(features.writers(made).to_pyarrow(), end)


@pytest.mark.slow
def test_shops_without_any_reason_rarely_name_one() -> None:
    named = [leading(found(seed)) for seed in range(12)]
    assert sum(bool(drivers) for drivers in named) <= 1


def test_a_planted_reason_is_named_and_stands() -> None:
    drivers = leading(found(0, late_is_bad=0.4))
    assert (drivers[0].reason.kind, drivers[0].reason.level) == ("delivery", "late")
    assert drivers[0].sure
    assert drivers[0].found.low < 0.4 < drivers[0].found.high
