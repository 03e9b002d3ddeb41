"""Olist, a Brazilian marketplace: the nine CSV files of the public data set.

A customer is `customer_unique_id`; orders name a `customer_id` that is new with every order, so the
customers file also says which is which (`identities`). `review_id` repeats across orders, so a review
is one review of one order. `review_creation_date` is when the survey was sent: the review is dated by
its answer. Processing and invoiced orders are paid, unavailable ones cancelled. Goods, not orders,
carry the prices: an order's total is the sum of its lines.
"""

from __future__ import annotations

from shopkeeper.data.sources.kinds import Extract, FileKind
from shopkeeper.data.tables import (
    CATEGORIES,
    CUSTOMERS,
    IDENTITIES,
    ORDER_ITEMS,
    ORDERS,
    PAYMENTS,
    PLACES,
    PRODUCTS,
    REVIEWS,
    SELLERS,
    SHIPMENTS,
    Table,
)
from shopkeeper.words import Words

_STATUS = """CASE lower(cell("order_status")) WHEN 'created' THEN 'created'
    WHEN 'approved' THEN 'paid' WHEN 'processing' THEN 'paid' WHEN 'invoiced' THEN 'paid'
    WHEN 'shipped' THEN 'shipped' WHEN 'delivered' THEN 'delivered'
    WHEN 'canceled' THEN 'cancelled' WHEN 'unavailable' THEN 'cancelled' END"""
# The data set misspells "length" in two of its headers; corrected copies are in the wild too.
_ATTRIBUTES = """to_json(struct_pack(
    name_length := whole(coalesce("product_name_lenght", "product_name_length")),
    description_length := whole(coalesce("product_description_lenght", "product_description_length")),
    length_cm := number("product_length_cm"), height_cm := number("product_height_cm"),
    width_cm := number("product_width_cm")))"""


def _kind(
    name: str,
    title: Words,
    required: str,
    table: Table,
    columns: dict[str, str],
    *,
    optional: str = "",
    others: tuple[Extract, ...] = (),
) -> FileKind:
    return FileKind(
        name=f"olist_{name}",
        platform="olist",
        title=title,
        required=tuple(required.split()),
        optional=tuple(optional.split()),
        grain=Extract(table, columns),
        others=others,
        zone="America/Sao_Paulo",
        currency="BRL",
    )


KINDS = (
    _kind(
        "customers", Words("Olist customers", "Olist 顾客"),
        "customer_id customer_unique_id customer_zip_code_prefix customer_city customer_state",
        IDENTITIES, {"alias": '"customer_id"', "customer_id": '"customer_unique_id"'},
        others=(Extract(CUSTOMERS, {
            "customer_id": '"customer_unique_id"',
            "city": '"customer_city"',
            "region": '"customer_state"',
            "country": "'Brazil'",
            "postal_prefix": """lpad(cell("customer_zip_code_prefix"), 5, '0')""",
        }),),
    ),
    _kind(
        "orders", Words("Olist orders", "Olist 订单"),
        "order_id customer_id order_status order_purchase_timestamp order_approved_at "
        "order_delivered_carrier_date order_delivered_customer_date order_estimated_delivery_date",
        ORDERS, {
            "order_id": '"order_id"',
            "customer_id": '"customer_id"',
            "kind": "'sale'",
            "ordered_at": '"order_purchase_timestamp"',
            "status": _STATUS,
            "source_status": '"order_status"',
            "paid_at": '"order_approved_at"',
            "country": "'Brazil'",
        },
        others=(Extract(SHIPMENTS, {
            "order_id": '"order_id"',
            "line": "1",
            "promised_at": '"order_estimated_delivery_date"',
            "shipped_at": '"order_delivered_carrier_date"',
            "delivered_at": '"order_delivered_customer_date"',
        }),),
    ),
    _kind(
        "order_items", Words("Olist order items", "Olist 订单商品"),
        "order_id order_item_id product_id seller_id shipping_limit_date price freight_value",
        ORDER_ITEMS, {
            "order_id": '"order_id"',
            "line": '"order_item_id"',
            "product_id": '"product_id"',
            "seller_id": '"seller_id"',
            "quantity": "1",
            "price": '"price"',
            "freight": '"freight_value"',
        },
    ),
    _kind(
        "payments", Words("Olist payments", "Olist 付款"),
        "order_id payment_sequential payment_type payment_installments payment_value",
        PAYMENTS, {
            "order_id": '"order_id"',
            "line": '"payment_sequential"',
            "method": '"payment_type"',
            "installments": '"payment_installments"',
            "amount": '"payment_value"',
        },
    ),
    _kind(
        "reviews", Words("Olist reviews", "Olist 评价"),
        "review_id order_id review_score review_comment_title review_comment_message "
        "review_creation_date review_answer_timestamp",
        REVIEWS, {
            "review_id": """cell("review_id") || '-' || cell("order_id")""",
            "order_id": '"order_id"',
            "rating": '"review_score"',
            "title": '"review_comment_title"',
            "text": '"review_comment_message"',
            "reviewed_at": 'coalesce(cell("review_answer_timestamp"), "review_creation_date")',
        },
    ),
    _kind(
        "products", Words("Olist products", "Olist 商品"),
        "product_id product_category_name product_photos_qty product_weight_g product_length_cm "
        "product_height_cm product_width_cm",
        PRODUCTS, {
            "product_id": '"product_id"',
            "category": '"product_category_name"',
            "attributes": _ATTRIBUTES,
            "weight_grams": '"product_weight_g"',
            "photos": '"product_photos_qty"',
        },
        optional="product_name_lenght product_description_lenght product_name_length "
        "product_description_length",
    ),
    _kind(
        "sellers", Words("Olist sellers", "Olist 卖家"),
        "seller_id seller_zip_code_prefix seller_city seller_state",
        SELLERS, {
            "seller_id": '"seller_id"',
            "city": '"seller_city"',
            "region": '"seller_state"',
            "postal_prefix": """lpad(cell("seller_zip_code_prefix"), 5, '0')""",
        },
    ),
    _kind(
        "places", Words("Olist geolocation", "Olist 地理位置"),
        "geolocation_zip_code_prefix geolocation_lat geolocation_lng geolocation_city "
        "geolocation_state",
        PLACES, {
            "postal_prefix": """lpad(cell("geolocation_zip_code_prefix"), 5, '0')""",
            "latitude": '"geolocation_lat"',
            "longitude": '"geolocation_lng"',
            "city": '"geolocation_city"',
            "region": '"geolocation_state"',
        },
    ),
    _kind(
        "category_names", Words("Olist category names", "Olist 类目译名"),
        "product_category_name product_category_name_english",
        CATEGORIES, {
            "category": '"product_category_name"',
            "language": "'en'",
            "name": '"product_category_name_english"',
        },
    ),
)  # fmt: skip
