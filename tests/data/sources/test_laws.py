"""What holds for every source: its header is known, nothing is lost, twice is once, later wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper.data.sources import KINDS, recognise
from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.store import read_shop
from shopkeeper.data.tables import BY_NAME

FILES = Path(__file__).parent / "files"

# Rows read, kept, duplicates, rejected.
COUNTS = {
    "amazon_reviews.jsonl": (6, 3, 1, 2),
    "amazon_reviews_2023.jsonl": (4, 2, 1, 1),
    "events.jsonl": (12, 7, 2, 3),
    "judgeme_reviews.csv": (5, 3, 1, 1),
    "olist_category_names.csv": (3, 2, 0, 1),
    "olist_customers.csv": (6, 3, 1, 2),
    "olist_order_items.csv": (6, 3, 1, 2),
    "olist_orders.csv": (6, 3, 1, 2),
    "olist_payments.csv": (4, 3, 0, 1),
    "olist_places.csv": (3, 1, 1, 1),
    "olist_products.csv": (3, 2, 0, 1),
    "olist_reviews.csv": (4, 3, 0, 1),
    "olist_sellers.csv": (3, 2, 1, 0),
    "online_retail.csv": (9, 6, 0, 3),
    "online_retail_2.csv": (2, 1, 0, 1),
    "retailrocket_events.csv": (6, 3, 1, 2),
    "retailrocket_renumbered.csv": (6, 4, 1, 1),
    "shopify_customers.csv": (5, 3, 1, 1),
    "shopify_orders.csv": (9, 4, 1, 4),
    "shopify_products.csv": (6, 4, 1, 1),
    "shopify_products_old.csv": (4, 2, 1, 1),
    "taobao_items.csv": (7, 3, 1, 3),
    "taobao_orders.csv": (10, 6, 1, 3),
    "yelp_business.jsonl": (2, 1, 0, 1),
    "yelp_checkins.jsonl": (3, 2, 0, 1),
    "yelp_reviews.jsonl": (4, 2, 1, 1),
    "yelp_tips.jsonl": (3, 2, 1, 0),
    "yelp_users.jsonl": (3, 2, 0, 1),
}


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_every_row_is_kept_a_duplicate_or_rejected_with_its_line_and_reason(load, name):
    first = load(name)
    outcome = first.file
    assert (outcome.outcome, outcome.kind) == ("imported", name.split(".")[0])
    assert (outcome.rows_read, outcome.kept, outcome.duplicates, outcome.rejected) == COUNTS[name]
    rejected = first.rejected()
    assert len(rejected) == outcome.rejected
    assert all(line > 0 and why for line, why in rejected)
    before = read_shop(first.path)

    again = load(name)
    assert (again.file.outcome, again.summary.changed) == ("unchanged", False)
    assert read_shop(again.path) == before


def test_every_kind_has_a_file_here_and_every_file_has_dirt_or_duplicates():
    assert {kind.name for kind in KINDS} == {name.split(".")[0] for name in COUNTS}
    assert {path.name for path in FILES.iterdir()} == set(COUNTS)
    assert all(duplicates + rejected for _, _, duplicates, rejected in COUNTS.values())


def test_no_header_is_claimed_by_two_kinds_that_require_as_much():
    for kind in KINDS:
        required = [name.split("|")[0] for name in kind.required]
        assert recognise(Header(dict.fromkeys(required, "VARCHAR"))) is kind
        assert recognise(Header(dict.fromkeys(required[1:], "VARCHAR"))) is not kind


# What is changed in a later copy of each file, and the table in which that shows.
CHANGED = {
    "amazon_reviews.jsonl": ("does what it should", "broke at once", "reviews"),
    "amazon_reviews_2023.jsonl": ("很好用，推荐。", "坏了。", "reviews"),
    "events.jsonl": ('"quantity":2', '"quantity":4', "events"),
    "judgeme_reviews.csv": ("So soft", "So rough", "reviews"),
    "olist_category_names.csv": ("health_beauty", "wellness", "categories"),
    "olist_customers.csv": ("jaragua do sul", "joinville", "customers"),
    "olist_order_items.csv": ("17.87", "18.87", "order_items"),
    "olist_orders.csv": ("2018-0", "2017-0", "orders"),
    "olist_payments.csv": ("400.00", "410.00", "payments"),
    "olist_places.csv": ("SP", "RJ", "places"),
    "olist_products.csv": ("400.5", "410.5", "products"),
    "olist_reviews.csv": ("produto ok", "produto ruim", "reviews"),
    "olist_sellers.csv": ("campinas", "santos", "sellers"),
    "online_retail.csv": ("EIRE", "France", "orders"),
    "online_retail_2.csv": ("United Kingdom", "France", "orders"),
    "shopify_customers.csv": ("San Francisco", "Oakland", "customers"),
    "shopify_orders.csv": ("2024-", "2023-", "orders"),
    "shopify_products.csv": ("25.00", "26.00", "products"),
    "shopify_products_old.csv": ("39.00", "40.00", "products"),
    "taobao_items.csv": ("青瓷茶杯", "白瓷茶杯", "order_items"),
    "taobao_orders.csv": ("2024-", "2023-", "orders"),
    "yelp_business.jsonl": ("Tea & Co", "Tea House", "products"),
    "yelp_reviews.jsonl": ("Lovely oolong", "Stale oolong", "reviews"),
    "yelp_tips.jsonl": ('"compliment_count":0', '"compliment_count":3', "reviews"),
    "yelp_users.jsonl": ("2007-01-25", "2006-01-25", "customers"),
}
# Every cell of these says which event it is, so that another cell is another event.
ALL_KEY = {"retailrocket_events.csv", "retailrocket_renumbered.csv", "yelp_checkins.jsonl"}


def test_every_kind_has_a_change_or_nothing_but_its_key():
    assert CHANGED.keys() | ALL_KEY == COUNTS.keys()
    assert not CHANGED.keys() & ALL_KEY


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_one_changed_copy_of_a_file_updates_its_rows_and_adds_none(load, name):
    old, new, table = CHANGED[name]
    first = load(name)
    tables = read_shop(first.path)[0].tables
    rows = {each: first.rows(each) for each in tables}
    written = (FILES / name).read_text(encoding="utf-8")
    assert old in written
    later = load(**{f"copy_{name.rpartition('.')[2]}": written.replace(old, new)})
    assert later.file.outcome == "imported"
    assert read_shop(later.path)[0].tables.keys() == tables.keys()
    for each in tables:
        key = BY_NAME[each].key
        before, after = (
            [[row[column] for column in key] for row in found]
            for found in (rows[each], later.rows(each))
        )
        assert after == before, each
    assert later.rows(table) != rows[table]
