"""Olist: ids that change with every order, survey dates, misspelt headers, and the real nine files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal


def test_one_person_is_one_customer_however_many_order_ids_the_orders_name(load):
    imported = load("olist_orders.csv", "olist_customers.csv")
    assert imported.rows(
        "orders", "order_id", "customer_id", "status", "ordered_on", "paid_at"
    ) == [
        {
            "order_id": "o1",
            "customer_id": "a0a0a0a0a0a0a0a0",
            "status": "delivered",
            "ordered_on": date(2018, 6, 12),
            "paid_at": datetime(2018, 6, 13, 2, 44, 26),
        },
        {
            "order_id": "o2",
            "customer_id": "a0a0a0a0a0a0a0a0",
            "status": "cancelled",
            "ordered_on": date(2018, 1, 20),
            "paid_at": datetime(2018, 1, 20, 14, 37, 13),
        },
        {
            "order_id": "o3",
            "customer_id": "b0b0b0b0b0b0b0b0",
            "status": "paid",
            "ordered_on": date(2018, 3, 1),
            "paid_at": datetime(2018, 3, 1, 12, 0),
        },
    ]
    assert [row["customer_id"] for row in imported.rows("customers")] == [
        "a0a0a0a0a0a0a0a0",
        "b0b0b0b0b0b0b0b0",
    ]


def test_orders_that_came_first_learn_their_customers_later(load):
    assert load("olist_orders.csv").rows("orders", "customer_id")[0] == {
        "customer_id": "c0c0c0c0c0c0c0c1"
    }
    assert load("olist_customers.csv").rows("orders", "customer_id") == [
        {"customer_id": "a0a0a0a0a0a0a0a0"},
        {"customer_id": "a0a0a0a0a0a0a0a0"},
        {"customer_id": "b0b0b0b0b0b0b0b0"},
    ]


def test_a_promise_of_a_day_and_the_times_of_a_parcel_are_instants(load):
    assert load("olist_orders.csv").rows("shipments")[0] == {
        "order_id": "o1",
        "line": 1,
        "promised_at": datetime(2018, 7, 17, 3, 0),
        "shipped_at": datetime(2018, 6, 13, 16, 9),
        "delivered_at": datetime(2018, 6, 19, 15, 44, 8),
    }


def test_a_review_is_of_one_order_and_dated_by_the_answer(load):
    first, second, third = load("olist_reviews.csv").rows("reviews")
    assert first == {
        "review_id": "r1-o1",
        "order_id": "o1",
        "rating": 5.0,
        "title": "Super recomendo",
        "text": "Vendedor confiável, produto ok\ne entrega antes do prazo.",
        "reviewed_at": datetime(2018, 6, 22, 1, 15),
        "reviewed_on": date(2018, 6, 21),
        "time_zone": "America/Sao_Paulo",
    }
    assert (second["review_id"], second["text"]) == ("r1-o2", "Não chegou. Fale comigo: [email]")
    assert third["reviewed_on"] == date(2018, 3, 21)


def test_lines_products_sellers_and_places_are_typed(load):
    imported = load(
        "olist_order_items.csv",
        "olist_products.csv",
        "olist_sellers.csv",
        "olist_places.csv",
        "olist_category_names.csv",
        "olist_payments.csv",
    )
    assert imported.rows("order_items")[-1] == {
        "order_id": "o2",
        "line": 1,
        "product_id": "p2",
        "seller_id": "s2",
        "quantity": 1,
        "price": Decimal("49.9000"),
        "freight": Decimal("8.5000"),
        "currency": "BRL",
    }
    assert imported.rows("products")[0] == {
        "product_id": "p1",
        "category": "eletrodomesticos",
        "weight_grams": 400.5,
        "photos": 2,
        "currency": "BRL",
        "attributes": '{"name_length":57,"description_length":163,"length_cm":27.0,"height_cm":13.0,"width_cm":17.0}',
    }
    assert imported.rows("sellers", "seller_id", "postal_prefix")[0] == {
        "seller_id": "s1",
        "postal_prefix": "08550",
    }
    assert imported.rows("places", "postal_prefix", "city") == [
        {"postal_prefix": "01037", "city": "sao paulo"}
    ]
    assert imported.rows("categories")[0] == {
        "category": "beleza_saude",
        "language": "en",
        "name": "health_beauty",
    }
    assert imported.rows("payments", "line", "method", "amount")[1] == {
        "line": 2,
        "method": "voucher",
        "amount": Decimal("33.7400"),
    }


def test_the_corrected_spelling_of_a_product_header_is_read_too(load):
    imported = load(
        p_csv="product_id,product_category_name,product_name_length,product_description_length,"
        "product_photos_qty,product_weight_g,product_length_cm,product_height_cm,product_width_cm\n"
        "p9,arte,40,,1,100,10,10,10\n"
    )
    assert imported.rows("products")[0]["attributes"].startswith('{"name_length":40,')


def test_the_real_nine_files_arrive_whole(load, real_data):
    imported = load(*sorted(str(path) for path in (real_data / "olist").glob("*.csv")))
    counts = {
        file.kind.removeprefix("olist_"): (
            file.rows_read,
            file.kept,
            file.duplicates,
            file.rejected,
        )
        for file in imported.summary.files
    }
    assert counts == {
        "customers": (15_000, 15_000, 0, 0),
        "places": (50_000, 48_152, 1_848, 0),
        "order_items": (17_071, 17_071, 0, 0),
        "payments": (15_733, 15_733, 0, 0),
        "reviews": (14_944, 14_944, 0, 0),
        "orders": (15_000, 15_000, 0, 0),
        "products": (9_255, 9_255, 0, 0),
        "sellers": (1_904, 1_904, 0, 0),
        "category_names": (71, 71, 0, 0),
    }
    shop = imported.shop
    assert shop.rows("customers") == 14_904
    assert shop.orders.anti_join(shop.customers, "customer_id").count().execute() == 0
