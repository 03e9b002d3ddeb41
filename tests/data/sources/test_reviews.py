"""Reviews of Amazon, Yelp and Judge.me."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

FILES = Path(__file__).parent / "files"


def test_amazon_reviews_of_2014_and_2018_are_one_reviewers_of_one_item_at_one_time(load):
    imported = load("amazon_reviews.jsonl")
    assert imported.rows("reviews") == [
        {
            "review_id": "A2IBPI20UZIR0U-1384719342-1393545600",
            "product_id": "1384719342",
            "customer_id": "A2IBPI20UZIR0U",
            "rating": 5.0,
            "title": "good",
            "text": "Not much to write about, but it does what it should.",
            "helpful_votes": 8,
            "reviewed_at": datetime(2014, 2, 28),
            "reviewed_on": date(2014, 2, 28),
            "time_zone": "UTC",
        },
        {
            "review_id": "A3F1K8Q2ZX-B0001-1472688000",
            "product_id": "B0001",
            "customer_id": "A3F1K8Q2ZX",
            "rating": 2.0,
            "title": "klein",
            "text": "Zu klein. Wirklich.",
            "reviewed_at": datetime(2016, 9, 1),
            "reviewed_on": date(2016, 9, 1),
            "time_zone": "UTC",
        },
        {
            "review_id": "A3F1K8Q2ZX-B0001-1500000000",
            "product_id": "B0001",
            "customer_id": "A3F1K8Q2ZX",
            "rating": 4.0,
            "reviewed_at": datetime(2017, 7, 14, 2, 40),
            "reviewed_on": date(2017, 7, 14),
            "time_zone": "UTC",
        },
    ]
    assert imported.rows("customers", "customer_id", "created_at")[1] == {
        "customer_id": "A3F1K8Q2ZX",
        "created_at": datetime(2016, 9, 1),
    }
    assert imported.rejected()[1] == (6, "the line is no JSON object; the file may be cut off")


def test_votes_with_thousands_and_verified_buyers_are_read(load):
    second = json.loads(
        (FILES / "amazon_reviews.jsonl").read_text(encoding="utf-8").splitlines()[1]
    )
    imported = load(one_jsonl=json.dumps(second))
    assert imported.rows("reviews", "helpful_votes", "verified") == [
        {"helpful_votes": 1204, "verified": True}
    ]


def test_amazon_reviews_of_2023_name_the_variant_and_its_product(load):
    imported = load("amazon_reviews_2023.jsonl")
    first = imported.rows("reviews")[0]
    assert first["text"] == "It leaks.<br />Write to me: [email]"
    assert (first["reviewed_at"], first["verified"], first["helpful_votes"]) == (
        datetime(2023, 3, 4, 14, 15, 45, 945000),
        True,
        3,
    )
    assert imported.rows("products", "product_id", "parent_id") == [
        {"product_id": "B07ABC", "parent_id": "B07PAR"},
        {"product_id": "B07XYZ", "parent_id": "B07XYZ"},
    ]


def test_the_real_amazon_file_arrives_whole(load, real_data):
    imported = load(
        str(real_data / "amazon_musical_instruments" / "Musical_instruments_reviews.csv")
    )
    file = imported.file
    assert (file.kind, file.rows_read, file.kept, file.duplicates, file.rejected) == (
        "amazon_reviews",
        10_261,
        10_261,
        0,
        0,
    )
    reviews = imported.shop.reviews
    assert (imported.shop.rows("customers"), imported.shop.rows("products")) == (1_429, 900)
    assert reviews.rating.sum().execute() == 46_059.0
    assert reviews.reviewed_on.max().execute().date() == date(2014, 7, 22)


def test_yelp_reviews_and_tips_are_reviews_and_a_business_is_a_product(load):
    imported = load(
        "yelp_reviews.jsonl", "yelp_tips.jsonl", "yelp_business.jsonl", "yelp_users.jsonl"
    )
    assert imported.rows("reviews", "review_id", "rating", "text", "product_id", "customer_id")[
        :2
    ] == [
        {
            "review_id": "r1",
            "rating": 5.0,
            "text": "Lovely oolong.",
            "product_id": "b1",
            "customer_id": "u1",
        },
        {
            "review_id": "r2",
            "rating": 2.0,
            "text": "Cold tea, warm staff.",
            "product_id": "b1",
            "customer_id": "u2",
        },
    ]
    tips = [row for row in imported.rows("reviews") if row["review_id"].startswith("tip-")]
    assert sorted((tip["text"], "rating" in tip) for tip in tips) == [
        ("Ask for the oolong", False),
        ("Closes early", False),
    ]
    assert imported.rows("products") == [
        {
            "product_id": "b1",
            "title": "Tea & Co",
            "category": "Tea, Cafes",
            "attributes": '{"WiFi":"u\'free\'"}',
        }
    ]
    assert imported.rows("customers", "customer_id", "created_at", "name") == [
        {"customer_id": "u1", "created_at": datetime(2007, 1, 25, 16, 47, 26)},
        {"customer_id": "u2"},
    ]


def test_a_line_of_check_ins_is_as_many_events(load):
    imported = load("yelp_checkins.jsonl")
    assert imported.rows("events", "name", "product_id", "happened_at") == [
        {
            "name": "Checked In",
            "product_id": "b1",
            "happened_at": datetime(2020, 3, 13, 21, 10, 56),
        },
        {"name": "Checked In", "product_id": "b1", "happened_at": datetime(2020, 6, 2, 22, 18, 6)},
        {"name": "Checked In", "product_id": "b2", "happened_at": datetime(2011, 5, 18, 2, 17, 21)},
    ]


def test_judgeme_reviews_take_the_handle_and_a_pseudonym(load):
    imported = load("judgeme_reviews.csv")
    by_title = {row["title"] + row.get("text", ""): row for row in imported.rows("reviews")}
    lovely = by_title["LovelySo soft, love it"]
    assert lovely["reply"] == "Thank you! Write to [email]"
    assert (
        lovely["product_id"],
        lovely["rating"],
        lovely["reviewed_at"],
        lovely["replied_at"],
    ) == ("linen-shirt", 5.0, datetime(2024, 4, 1, 10, 20, 30), datetime(2024, 4, 2, 8))
    assert by_title["BrokenHandle broke, now fixed"]["rating"] == 3.0
    assert "rating" not in by_title["杯子很薄，声音清脆"]
    assert imported.file.repaired == {"rating": 1}
    assert imported.rejected() == [(6, "neither stars nor text")]
    assert {row["customer_id"] for row in imported.rows("reviews")} == {
        row["customer_id"] for row in imported.rows("customers")
    }


def test_the_import_template_of_judgeme_has_fewer_columns_and_product_numbers(load):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "title",
            "body",
            "rating",
            "review_date",
            "reviewer_name",
            "reviewer_email",
            "product_id",
            "picture_urls",
        ]
    )
    writer.writerow(["Good", "Fits", "4", "13/02/2024", "Bo", "bo@example.com", "8001", ""])
    imported = load(template_csv=out.getvalue())
    assert imported.file.kind == "judgeme_reviews"
    assert imported.rows("reviews", "product_id", "rating", "reviewed_on") == [
        {"product_id": "8001", "rating": 4.0, "reviewed_on": date(2024, 2, 13)}
    ]
