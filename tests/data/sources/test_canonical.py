"""A file that is a canonical table already, and headers that are nobody's."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.schema import arrow_schema
from shopkeeper.data.sources import recognise
from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.tables import TABLES


def header(*names: str) -> Header:
    return Header(dict.fromkeys(names, "VARCHAR"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_recognised_by_its_own_columns_whole_or_only_the_needed(table):
    needed = dict.fromkeys(
        (*table.key, *(column.name for column in table.columns if column.required))
    )
    assert recognise(header(*table.names)).name == f"canonical_{table.name}"
    assert recognise(header(*needed)).platform == "canonical"
    assert recognise(header(*table.names, "colour")) is None


@pytest.mark.parametrize(
    "names", [("seller_city",), ("user", "item", "value"), ("cat", "label", "review")]
)
def test_a_header_of_nobody_is_not_guessed(names):
    assert recognise(header(*names)) is None


def test_text_times_are_utc_whatever_zone_the_shop_is_in(load):
    load("olist_sellers.csv")
    imported = load(
        orders_csv="order_id,ordered_at,ordered_on,time_zone,customer_id,total,currency,note\n"
        "o1,2024-01-31 20:00:00,2024-02-01,Asia/Shanghai,ann@example.com,12.50,CNY,ring 13800001111\n"
        "o2,2024-01-31T20:00:00+08:00,,,c7,1,CNY,\n"
        "o3,soon,,,c7,1,CNY,\n"
    )
    toml = imported.path / "shop.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('time_zone = ""', 'time_zone = "Asia/Tokyo"'),
        encoding="utf-8",
    )
    assert (imported.summary.files[0].kind, imported.summary.files[0].rejected) == (
        "canonical_orders",
        1,
    )
    first, second = load(
        again_csv="order_id,ordered_at,time_zone\no9,2024-01-31 20:00:00,Asia/Shanghai\n"
    ).rows("orders")[:2]
    assert first.pop("customer_id").startswith("c")
    assert first == {
        "order_id": "o1",
        "ordered_at": datetime(2024, 1, 31, 20),
        "ordered_on": date(2024, 2, 1),
        "time_zone": "Asia/Shanghai",
        "total": Decimal("12.5"),
        "currency": "CNY",
        "note": "ring [phone]",
    }
    assert (second["customer_id"], second["ordered_at"]) == ("c7", datetime(2024, 1, 31, 12))
    last = load("olist_sellers.csv").rows("orders")[-1]
    assert last["ordered_at"] == datetime(2024, 1, 31, 20)


def test_a_table_survives_the_way_out_and_in(load):
    first = load("shopify_orders.csv")
    out = {
        name: first.shop.table(name).to_pyarrow() for name in ("orders", "order_items", "payments")
    }
    written = {}
    for name, table in out.items():
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        written[f"{name}_parquet"] = buffer.getvalue()
    second = load(**written)
    assert [file.kind for file in second.summary.files] == [f"canonical_{name}" for name in out]
    for name, table in out.items():
        assert second.shop.table(name).to_pyarrow().sort_by(
            [(key, "ascending") for key in table.column_names[:2]]
        ) == (table.sort_by([(key, "ascending") for key in table.column_names[:2]]))


def test_numbers_as_ids_and_an_empty_table_are_fine(load):
    buffer = io.BytesIO()
    pq.write_table(
        pa.table({"customer_id": pa.array([7, 8], pa.int64()), "city": ["杭州", None]}), buffer
    )
    empty = io.BytesIO()
    pq.write_table(
        arrow_schema(next(table for table in TABLES if table.name == "reviews")).empty_table(),
        empty,
    )
    imported = load(people_parquet=buffer.getvalue(), none_parquet=empty.getvalue())
    assert imported.rows("customers") == [
        {"customer_id": "7", "city": "杭州"},
        {"customer_id": "8"},
    ]
    assert (imported.summary.files[1].kind, imported.summary.files[1].rows_read) == (
        "canonical_reviews",
        0,
    )


def test_a_file_that_bears_another_platforms_header_is_that_platforms(load):
    imported = load(
        taobao_orders_csv="seller_id,seller_zip_code_prefix,seller_city,seller_state\ns1,01310,são paulo,SP\n"
    )
    assert (imported.file.kind, imported.rows("sellers")[0]["city"]) == (
        "olist_sellers",
        "são paulo",
    )
