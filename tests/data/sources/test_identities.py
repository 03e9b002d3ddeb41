"""A further id stands for a customer, unless it is a customer's own; and what it did can be undone."""

from __future__ import annotations

import json

ORDERS = "order_id,customer_id,ordered_at\no1,12,2024-05-01 10:00:00\no2,7,2024-05-01 11:00:00"


def event(number: int, **cells: str) -> str:
    made = {"event": "Product Viewed", "messageId": f"m{number}", "timestamp": f"2024-05-0{number}"}
    return json.dumps(made | cells)


def buyers(imported) -> list[str]:
    return [row["customer_id"] for row in imported.rows("orders")]


def test_a_cookie_that_looks_like_a_customer_takes_no_order_from_that_customer(load):
    seen = event(1, userId="7", anonymousId="12")
    assert buyers(load(orders_csv=ORDERS, events_jsonl=seen)) == ["12", "7"]
    assert buyers(load(more_jsonl=event(2, userId="7", anonymousId="12"))) == ["12", "7"]


def test_a_cookie_that_looks_like_a_customer_takes_no_event_from_that_customer(load):
    own = event(1, userId="12", anonymousId="cookie")
    imported = load(events_jsonl="\n".join((own, event(2, userId="7", anonymousId="12"))))
    assert [row["customer_id"] for row in imported.rows("events")] == ["12", "7"]


def test_what_a_device_did_before_its_owner_was_known_becomes_the_owners(load):
    before = event(1, distinct_id="dev-9")
    assert [row["customer_id"] for row in load(one_jsonl=before).rows("events")] == ["dev-9"]
    properties = json.dumps({"$device_id": "dev-9"})
    imported = load(two_jsonl=event(2, distinct_id="42", properties=properties))
    assert [row["customer_id"] for row in imported.rows("events")] == ["42", "42"]


def test_an_account_number_stands_for_its_customer_until_it_is_a_customers_own(load):
    imported = load(orders_csv=ORDERS, identities_csv="alias,customer_id\n12,7")
    assert buyers(imported) == ["7", "7"]
    later = load(customers_csv="customer_id,city\n12,Paris\n7,Lyon")
    assert buyers(later) == ["12", "7"]


def test_an_alias_that_is_told_later_reaches_the_orders_that_are_there(load):
    load(orders_csv=ORDERS)
    assert buyers(load(identities_csv="alias,customer_id\n12,c1")) == ["c1", "7"]
    assert buyers(load(identities_csv="alias,customer_id\n12,c2")) == ["c2", "7"]
