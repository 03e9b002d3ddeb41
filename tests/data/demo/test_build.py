"""The whole demo shop: what is written, that it is the same again, and what is refused."""

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from shopkeeper.data.demo import build_demo
from shopkeeper.data.demo.columns import ROW_GROUP
from shopkeeper.data.schema import ARROW
from shopkeeper.data.tables import BY_NAME
from shopkeeper.errors import UsageError


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(demo, tmp_path):
    build_demo(tmp_path / "again", customers=2_000, seed=7)
    build_demo(tmp_path / "other", customers=2_000, seed=8)
    again, other = digests(tmp_path / "again"), digests(tmp_path / "other")
    assert again == digests(demo.summary.folder)
    assert again.keys() == other.keys()
    for table in ("customers", "orders", "reviews", "events", "messages"):
        assert again[f"exports/{table}.parquet"] != other[f"exports/{table}.parquet"]


def test_every_export_has_the_canonical_columns_and_types_but_the_source(demo):
    files = sorted(demo.exports.glob("*.parquet"))
    assert {path.stem for path in files} == {
        "articles", "campaigns", "categories", "contacts", "customers", "events", "messages",
        "order_items", "orders", "payments", "products", "reviews", "searches", "sellers", "shipments",
    }  # fmt: skip
    for path in files:
        schema = pq.read_schema(path)
        table = BY_NAME[path.stem]
        assert schema.names == [name for name in table.names if name != "source"], path.stem
        for field in schema:
            assert field.type == ARROW[table.column(field.name).type], (path.stem, field.name)


def test_required_columns_are_never_null_and_keys_are_unique(demo):
    for path in sorted(demo.exports.glob("*.parquet")):
        table = BY_NAME[path.stem]
        data = pq.read_table(path)
        for column in table.columns:
            if column.required:
                assert data[column.name].null_count == 0, (path.stem, column.name)
        assert data.group_by(list(table.key)).aggregate([]).num_rows == data.num_rows, path.stem


def test_events_are_written_in_bounded_row_groups_and_in_about_the_number_asked_for(tmp_path):
    summary = build_demo(tmp_path, customers=2_000, events=300_000, seed=3)
    metadata = pq.read_metadata(tmp_path / "exports" / "events.parquet")
    assert metadata.num_row_groups > 1
    groups = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    assert max(groups) <= ROW_GROUP
    assert summary.rows["events.parquet"] == pytest.approx(300_000, rel=0.02)


def test_the_site_and_the_orders_tell_the_same_story(demo):
    connection = duckdb.connect()
    for table in ("events", "orders", "order_items"):
        connection.sql(f"create view {table} as from '{demo.exports}/{table}.parquet'")
    strange = connection.sql("""
        from events e left join orders o using (order_id)
        where e.name = 'Order Completed' and (o.order_id is null or o.ordered_at <> e.happened_at
              or o.customer_id <> e.customer_id)""")
    assert strange.aggregate("count(*)").fetchall() == [(0,)]
    unknown = connection.sql("""
        from events e anti join order_items i using (order_id, product_id)
        where e.name = 'Order Completed'""")
    assert unknown.aggregate("count(*)").fetchall() == [(0,)]
    untold = connection.sql("""
        select distinct ordered_on from orders anti join
          (select distinct order_id from events where order_id is not null) using (order_id)""")
    week = json.loads((demo.truth / "truth.json").read_text())["incidents"]["broken_week"]
    days = {str(day) for (day,) in untold.fetchall()}
    assert days
    assert all(week["from"] <= day <= week["to"] for day in days)


def test_money_adds_up(demo):
    wrong = duckdb.sql(f"""
        with lines as (select order_id, sum(quantity * price - discount) as goods
                       from '{demo.exports}/order_items.parquet' group by 1)
        select count(*) from '{demo.exports}/orders.parquet' join lines using (order_id)
        where subtotal <> goods or total <> subtotal + shipping + tax or refunded > total""")
    assert wrong.fetchall() == [(0,)]


def test_the_dirt_is_in_the_files_as_often_as_the_truth_says(demo):
    truth = json.loads((demo.truth / "truth.json").read_text())["dirty_rows"]
    assert {path.name for path in demo.exports.glob("*.csv")} == truth.keys()
    for name, kinds in truth.items():
        with (demo.exports / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        table = BY_NAME[name.split("-", maxsplit=1)[0]]
        assert set(rows[0]) <= set(table.names)
        assert len(rows) == kinds["rows"] == sum(kinds.values()) - kinds["rows"]
        keys = [tuple(row[column] for column in table.key) for row in rows]
        assert sum("" in key for key in keys) == kinds.get("missing_key", 0)
        repeated = Counter(key for key in keys if "" not in key)
        assert sum(count - 1 for count in repeated.values()) == kinds.get("duplicate_key", 0)


def test_the_dirt_is_what_it_is_called(demo):
    truth = json.loads((demo.truth / "truth.json").read_text())["dirty_rows"]

    def rows(name: str) -> list[dict[str, str]]:
        with (demo.exports / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    titles = [row["title"] for row in rows("products-2.csv")]
    assert sum(title[0] in "=+-@" for title in titles) == truth["products-2.csv"]["formula"]
    assert sum("<" in title for title in titles) == truth["products-2.csv"]["script"]
    items = rows("order_items-2.csv")
    known = {row["order_id"] for row in rows("orders-2.csv")} | {""}
    orphans = sum(row["order_id"] not in known for row in items)
    assert orphans == truth["order_items-2.csv"]["orphan"]
    negative = sum(row["price"].startswith("-") for row in items)
    assert negative == truth["order_items-2.csv"]["negative_price"]
    digits = sum(row["quantity"].isdigit() for row in items)
    assert len(items) - digits == truth["order_items-2.csv"]["not_a_number"]
    ordered = {row["order_id"]: row["ordered_at"] for row in rows("orders-2.csv")}
    early = [
        row for row in rows("shipments-2.csv") if row["delivered_at"] < ordered[row["order_id"]]
    ]
    assert len(early) == truth["shipments-2.csv"]["delivered_before_ordered"]
    texts = [row["text"] for row in rows("reviews-2.csv")]
    assert any("previous instructions" in text for text in texts)
    assert any("忽略之前的所有指令" in text for text in texts)


def test_personal_fields_are_openly_invented(demo):
    customers = pq.read_table(demo.exports / "customers.parquet").to_pylist()
    assert all(row["email"].endswith("@example.com") for row in customers)
    assert all(row["phone"].startswith("+86 100 0") or row["phone"].startswith("+86 100 9")
               for row in customers)  # fmt: skip
    assert {row["name"][:2] for row in customers} == {"顾客", "Cu"}
    assert len({row["email"] for row in customers}) == len(customers)


def test_the_truth_is_complete(demo):
    truth = json.loads((demo.truth / "truth.json").read_text())
    assert set(truth["effects"]) == {"writers", "visitors", "panel", "campaign"}
    for part, names in {
        "writers": ("repeat_90d", "returned", "spend_90d"),
        "visitors": ("view_to_cart", "view_to_buy"),
        "panel": ("conversion",),
        "campaign": ("uplift_14d",),
    }.items():
        for name in names:
            assert isinstance(truth["effects"][part][name], float)
            assert f"{part}.{name}" in truth["definitions"]
    assert truth["effects"] == demo.summary.effects
    rows = demo.summary.rows
    for table, column, of in (
        ("review_truth", "review_id", "reviews"),
        ("customer_truth", "customer_id", "customers"),
        ("product_truth", "product_id", "products"),
    ):
        told = pq.read_table(demo.truth / f"{table}.parquet")[column].to_pylist()
        there = pq.read_table(demo.exports / f"{of}.parquet")[column].to_pylist()
        assert told == there
        assert len(told) == rows[f"{of}.parquet"]


def test_no_export_tells_the_truth(demo):
    for path in demo.exports.glob("*.parquet"):
        names = set(pq.read_schema(path).names)
        assert not names & {"sentiment", "aspects", "fake", "segment", "fraud_ring"}
    labels = pq.read_table(demo.exports / "reviews.parquet")["label"]
    assert labels.null_count == len(labels)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"customers": 1_999}, "It can have 2000 to 1000000"),
        ({"customers": 1_000_001}, "It can have 2000 to 1000000"),
        ({"customers": 2_000, "events": 49_999}, "It can have 50000 to 800000"),
        ({"customers": 2_000, "events": 800_001}, "events for 2000 customers"),
        ({"seed": -1}, "A seed is 0 or more"),
    ],
)
def test_sizes_out_of_range_are_refused_before_anything_is_written(tmp_path, asked, found):
    with pytest.raises(UsageError, match=found) as caught:
        build_demo(tmp_path / "shop", **asked)
    assert "演示店铺" in caught.value.text("zh")
    assert not (tmp_path / "shop").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    place = tmp_path / "taken"
    place.write_text("mine")
    with pytest.raises(UsageError, match="That is a file"):
        build_demo(place)
    assert place.read_text() == "mine"
