"""Moves of a few customers between segments are not told, nor can they be worked out from the others."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.segments.ask import segment
from shopkeeper.settings import Settings


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Customers who order every third to twentieth day for half a year."""
    rows = [
        (f"c{who:03d}", date(2025, 1, 1) + timedelta(days=day))
        for who in range(260)
        for day in range(who % 29, 181, 3 + who % 18)
        if who % 4 or day < 120
    ]
    orders = pa.table({
        "order_id": [f"o{n}" for n in range(len(rows))], "customer_id": [row[0] for row in rows],
        "ordered_at": [row[1] for row in rows], "total": [10 + n % 7 for n in range(len(rows))],
        "status": ["paid"] * len(rows),
    })  # fmt: skip
    return shop_from_tables({"orders": orders}, settings=Settings(minimum_count=20))


def test_no_hidden_cell_stands_alone_in_its_row(shop: Shop) -> None:
    rows = segment(shop).evidence["migration"].to_pylist()
    assert rows
    by_row: dict[tuple[date, str], list[int | None]] = {}
    for row in rows:
        assert row["customers"] is None or row["customers"] >= 20
        assert (row["customers"] is None) == (row["share"] is None)
        by_row.setdefault((row["month"], row["from"]), []).append(row["customers"])
    hidden = [[cell is None for cell in cells].count(True) for cells in by_row.values()]
    assert sum(hidden) > 0
    assert all(
        count != 1 or len(cells) == 1 for count, cells in zip(hidden, by_row.values(), strict=True)
    )
