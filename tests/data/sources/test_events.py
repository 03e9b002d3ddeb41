"""Event streams: one vocabulary under several spellings, several products in one order, RetailRocket."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal


def test_names_products_and_pages_are_read_from_nested_lines(load):
    imported = load("events.jsonl")
    rows = {row["event_id"]: row for row in imported.rows("events")}
    ip = rows["m1"].pop("ip")
    assert len(ip) == 16
    assert rows["m1"] == {
        "event_id": "m1",
        "name": "Product Viewed",
        "happened_at": datetime(2024, 5, 1, 16, 30),
        "happened_on": date(2024, 5, 1),
        "time_zone": "UTC",
        "visitor_id": "anon-1",
        "product_id": "LS-BL-M",
        "price": Decimal(25),
        "currency": "USD",
    }
    assert (rows["m2"]["name"], rows["m2"]["customer_id"], rows["m2"]["quantity"]) == (
        "Product Added",
        "7001",
        2,
    )
    assert (rows["m5"]["name"], rows["m5"]["page"]) == ("Page Viewed", "/u/[email]")
    assert (rows["m6"]["name"], rows["m6"]["happened_at"]) == (
        "Loyalty Card Scanned",
        datetime(2024, 5, 1, 17),
    )
    made = next(row for key, row in rows.items() if key.startswith("r"))
    assert (made["name"], made["product_id"], made["quantity"]) == ("Cart Viewed", "TEA-1", 3)


def test_an_order_of_several_products_is_one_event_a_product(load):
    rows = load("events.jsonl").rows(
        "events", "event_id", "order_id", "product_id", "quantity", "price"
    )
    assert [row for row in rows if row.get("order_id")] == [
        {
            "event_id": "m4",
            "order_id": "#1001",
            "product_id": "LS-BL-M",
            "quantity": 2,
            "price": Decimal(25),
        },
        {
            "event_id": "m4#2",
            "order_id": "#1001",
            "product_id": "TEA-1",
            "quantity": 1,
            "price": Decimal(10),
        },
    ]


def test_a_search_is_kept_as_a_search_too(load):
    assert load("events.jsonl").rows("searches") == [
        {
            "search_id": "m3",
            "query": "青瓷 茶杯 my mail [email]",
            "searched_at": datetime(2024, 5, 1, 16, 32),
            "searched_on": date(2024, 5, 1),
            "time_zone": "UTC",
            "visitor_id": "anon-2",
            "results": 12,
        }
    ]


def test_a_customer_known_by_an_e_mail_is_the_customer_of_the_order_export(load):
    imported = load("events.jsonl", "shopify_orders.csv")
    order = next(row for row in imported.rows("orders") if row["order_id"] == "#1001")
    event = next(row for row in imported.rows("events") if row["event_id"] == "m4")
    assert event["customer_id"] == order["customer_id"]


def test_the_local_day_of_a_utc_event_is_the_shops_own(load):
    imported = load("events.jsonl")
    toml = imported.path / "shop.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('time_zone = ""', 'time_zone = "Asia/Shanghai"'),
        encoding="utf-8",
    )
    line = {
        "event": "Product Viewed",
        "messageId": "late",
        "anonymousId": "a",
        "timestamp": "2024-05-01T16:30:00Z",
    }
    later = load(more_jsonl=json.dumps(line))
    row = next(row for row in later.rows("events") if row["event_id"] == "late")
    assert (row["happened_at"], row["happened_on"], row["time_zone"]) == (
        datetime(2024, 5, 1, 16, 30),
        date(2024, 5, 2),
        "Asia/Shanghai",
    )


def test_posthog_and_warehouse_files_are_read_too(load):
    posthog = {
        "uuid": "u1",
        "event": "$pageview",
        "distinct_id": "dev-9",
        "timestamp": "2024-05-02T08:00:00Z",
        "properties": {
            "$device_id": "dev-9",
            "$session_id": "s1",
            "$device_type": "Mobile",
            "$ip": "203.0.113.9",
            "$current_url": "https://shop.example.com/tea?u=1",
        },
    }
    known = posthog | {"uuid": "u2", "distinct_id": "42"}
    imported = load(
        posthog_jsonl=json.dumps(posthog) + "\n" + json.dumps(known),
        warehouse_csv="id,event,event_text,user_id,anonymous_id,timestamp,product_id,context_ip,context_page_path\n"
        "w1,product_viewed,Product Viewed,7,anon-8,2024-05-02 09:00:00,p1,203.0.113.10,/p/1?x=2\n",
        cell_csv="event,timestamp,distinct_id,properties\n"
        'Product Added,2024-05-02T10:00:00Z,5,"{""product_id"": ""p2"", ""quantity"": 3}"\n',
    )
    assert [file.kind for file in imported.summary.files] == ["events"] * 3
    rows = {
        row["event_id"]: row
        for row in imported.rows(
            "events",
            "event_id",
            "name",
            "customer_id",
            "visitor_id",
            "session_id",
            "page",
            "device",
            "product_id",
            "quantity",
        )
    }
    page = {
        "name": "Page Viewed",
        "visitor_id": "dev-9",
        "session_id": "s1",
        "page": "https://shop.example.com/tea",
        "device": "Mobile",
    }
    assert rows.pop("u1") == {"event_id": "u1", **page}
    assert rows.pop("u2") == {"event_id": "u2", "customer_id": "42", **page}
    assert rows.pop("w1") == {
        "event_id": "w1",
        "name": "Product Viewed",
        "customer_id": "7",
        "visitor_id": "anon-8",
        "page": "/p/1",
        "product_id": "p1",
    }
    (added,) = rows.values()
    assert (added["name"], added["customer_id"], added["product_id"], added["quantity"]) == (
        "Product Added",
        "5",
        "p2",
        3,
    )


def test_retailrocket_counts_milliseconds_or_seconds(load):
    imported = load("retailrocket_events.csv", "retailrocket_renumbered.csv")
    assert imported.rows(
        "events", "name", "happened_at", "visitor_id", "product_id", "order_id"
    ) == [
        {
            "name": "Product Viewed",
            "happened_at": datetime(2015, 5, 3, 3, 25, 10),
            "visitor_id": "1176",
            "product_id": "6768",
        },
        {
            "name": "Product Added",
            "happened_at": datetime(2015, 5, 3, 3, 25, 35),
            "visitor_id": "1176",
            "product_id": "6768",
        },
        {
            "name": "Order Completed",
            "happened_at": datetime(2015, 5, 3, 3, 27, 24),
            "visitor_id": "1176",
            "product_id": "6768",
        },
        {
            "name": "like",
            "happened_at": datetime(2015, 5, 3, 3, 27, 30),
            "visitor_id": "1176",
            "product_id": "6768",
        },
        {
            "name": "Product Viewed",
            "happened_at": datetime(2015, 6, 2, 5, 2, 12, 117000),
            "visitor_id": "257597",
            "product_id": "355908",
        },
        {
            "name": "Product Added",
            "happened_at": datetime(2015, 6, 2, 5, 50, 14, 164000),
            "visitor_id": "257597",
            "product_id": "355908",
        },
        {
            "name": "Order Completed",
            "happened_at": datetime(2015, 6, 2, 5, 50, 29, 496000),
            "visitor_id": "257597",
            "product_id": "355908",
            "order_id": "4000",
        },
    ]


def test_the_real_retailrocket_events_arrive_whole(load, real_data):
    imported = load(str(real_data / "retailrocket" / "events_train.csv"))
    file = imported.file
    assert (file.kind, file.rows_read, file.rejected) == ("retailrocket_renumbered", 97_381, 0)
    assert file.kept + file.duplicates == 97_381
    names = imported.shop.events.name.value_counts().to_pyarrow().to_pylist()
    assert {row["name"] for row in names} == {"Product Viewed", "Product Added", "Order Completed"}
