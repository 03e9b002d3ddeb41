"""What holds for every source: its header is known, nothing is lost, twice is once, later wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopkeeper.data.sources import KINDS, recognise
from shopkeeper.data.sources.kinds import Header
from shopkeeper.data.store import read_shop

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


@pytest.mark.parametrize("name", ["olist_orders.csv", "taobao_orders.csv", "shopify_orders.csv"])
def test_one_changed_copy_of_a_file_updates_its_rows_and_adds_none(load, name):
    rows = load(name).rows("orders")
    written = (FILES / name).read_text(encoding="utf-8")
    changed = (
        written.replace("shipped", "delivered")
        .replace("2024-", "2023-")
        .replace("2018-0", "2017-0")
    )
    assert changed != written
    later = load(copy_csv=changed)
    assert later.file.outcome == "imported"
    updated = later.rows("orders")
    assert [row["order_id"] for row in updated] == [row["order_id"] for row in rows]
    assert all(
        new["ordered_at"].year < old["ordered_at"].year or new == old
        for new, old in zip(updated, rows, strict=True)
    )
    assert updated != rows
