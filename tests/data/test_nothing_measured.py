"""What is said of a shop of which no number can be told: what its tables hold, and nothing that is false."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.data.measure import missing, nothing_measured
from shopkeeper.data.metrics import METRICS
from shopkeeper.data.shop import shop_from_tables

DAY = datetime(2026, 5, 1)


def events(name: str, **more: Any) -> dict[str, Any]:
    return {"event_id": ["1", "2"], "name": [name] * 2, "happened_at": [DAY] * 2, **more}


@pytest.mark.parametrize(
    ("tables", "en", "zh"),
    [
        ({}, "no orders, no events, and no reviews with stars", "没有订单，没有行为事件，也没有带星级的评价"),
        ({"events": events("Product Viewed")}, "no events that name their session, visitor or customer,",
         "没有写明会话、访客或顾客的行为事件"),
        ({"events": events("view", session_id=["s", "s"])}, "no events that view a product (Product Viewed),",
         "没有浏览商品（Product Viewed）的行为事件"),
    ],
)  # fmt: skip
def test_what_is_there_is_not_denied(tables: dict[str, dict[str, Any]], en: str, zh: str) -> None:
    shop = shop_from_tables({name: pa.table(columns) for name, columns in tables.items()})
    assert len(missing(shop)) == len(METRICS)
    said = nothing_measured(shop)
    assert en in said.en
    assert zh in said.zh
