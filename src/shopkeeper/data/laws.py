"""Data laws: what must hold between the tables of a shop, and which numbers suffer where it does not.

Each law is an Ibis expression for the rows that break it, so that it runs where the data lies. A
broken law is a finding, never a crash: the rows stay, and the check says what they would corrupt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ibis

from shopkeeper.data.law import Law
from shopkeeper.data.oddities import ODDITIES
from shopkeeper.data.shop import Shop
from shopkeeper.data.tables import BY_NAME
from shopkeeper.words import Words

if TYPE_CHECKING:
    import ibis.expr.types as ir


def _orphans(
    child: str, parent: str, column: str, en: str, zh: str, corrupts: tuple[str, ...]
) -> Law:
    key = BY_NAME[parent].key[0]

    def broken(shop: Shop) -> ir.Table:
        rows = shop.table(child).filter(lambda t: t[column].notnull())
        known = shop.table(parent).select(known_key=key)
        rows = rows.anti_join(known, rows[column] == known.known_key)
        if parent != "products":
            return rows
        # A review may name the product whose variants are sold.
        family = shop.products.select(known_parent="parent_id")
        return rows.anti_join(family, rows[column] == family.known_parent)

    return Law(f"{child}.unknown_{parent}", Words(en, zh), (child, parent), broken, corrupts)


def _clock(
    table: str, later: str, earlier: str, en: str, zh: str, corrupts: tuple[str, ...]
) -> Law:
    def broken(shop: Shop) -> ir.Table:
        rows = _with_order_time(shop, table) if earlier == "ordered_at" else shop.table(table)
        return rows.filter(lambda t: t[later] < t[earlier])

    needs = (table, "orders") if earlier == "ordered_at" else (table,)
    return Law(f"{table}.{later}_before_{earlier}", Words(en, zh), needs, broken, corrupts)


def _with_order_time(shop: Shop, table: str) -> ir.Table:
    rows = shop.table(table)
    if "ordered_at" in rows.columns:
        return rows
    orders = shop.table("orders").select("order_id", "ordered_at")
    return rows.inner_join(orders, "order_id")


def _where(
    name: str,
    condition: Callable[[ir.Table], ir.BooleanValue],
    en: str,
    zh: str,
    corrupts: tuple[str, ...],
) -> Law:
    table = name.partition(".")[0]
    return Law(
        name, Words(en, zh), (table,), lambda shop: shop.table(table).filter(condition), corrupts
    )


def _repeated_lines(shop: Shop) -> ir.Table:
    # Olist writes a line for every unit, so equal lines are its way to write a quantity.
    items = shop.table("order_items").filter(lambda t: t.source.fill_null("") != "olist")
    same = ("order_id", "product_id", "title", "quantity", "price")
    earlier = ibis.window(group_by=same, order_by="line")
    numbered = items.mutate(copy=ibis.row_number().over(earlier))
    return numbered.filter(numbered.copy > 0)


def _total_disagrees(shop: Shop) -> ir.Table:
    orders = shop.table("orders").filter(lambda t: t.total.notnull() & t.subtotal.notnull())
    zero = ibis.literal(0).cast("decimal(18, 4)")
    parts = orders.subtotal + orders.shipping.fill_null(zero) + orders.tax.fill_null(zero)
    # Taxes may be inside the subtotal, so both sums are right.
    apart = (orders.total - parts).abs() > 0.05
    inside = (orders.total - (parts - orders.tax.fill_null(zero))).abs() > 0.05
    return orders.filter(apart & inside)


_MONEY = ("gmv", "paid", "net", "aov")

LAWS: tuple[Law, ...] = (
    _orphans(
        "order_items",
        "orders",
        "order_id",
        "order lines of an unknown order",
        "订单行找不到所属订单",
        _MONEY,
    ),
    _orphans(
        "payments",
        "orders",
        "order_id",
        "payments of an unknown order",
        "付款找不到所属订单",
        ("paid",),
    ),
    _orphans(
        "shipments",
        "orders",
        "order_id",
        "shipments of an unknown order",
        "发货找不到所属订单",
        ("late_delivery_rate",),
    ),
    _orphans(
        "order_items",
        "products",
        "product_id",
        "order lines of an unknown product",
        "订单行的商品不在商品表里",
        (),
    ),
    _orphans(
        "orders",
        "customers",
        "customer_id",
        "orders of an unknown customer",
        "订单的顾客不在顾客表里",
        (),
    ),
    _orphans(
        "reviews",
        "products",
        "product_id",
        "reviews of an unknown product",
        "评价的商品不在商品表里",
        (),
    ),
    _orphans(
        "reviews", "orders", "order_id", "reviews of an unknown order", "评价找不到所属订单", ()
    ),
    _orphans(
        "contacts",
        "campaigns",
        "campaign_id",
        "contacts of an unknown campaign",
        "触达记录找不到所属活动",
        (),
    ),
    _clock(
        "shipments",
        "delivered_at",
        "ordered_at",
        "delivered before ordered",
        "送达早于下单",
        ("late_delivery_rate",),
    ),
    _clock(
        "shipments",
        "delivered_at",
        "shipped_at",
        "delivered before shipped",
        "送达早于发货",
        ("late_delivery_rate",),
    ),
    _clock(
        "shipments",
        "promised_at",
        "ordered_at",
        "promised for a time before the order",
        "承诺送达早于下单",
        ("late_delivery_rate",),
    ),
    _clock("orders", "paid_at", "ordered_at", "paid before ordered", "付款早于下单", ()),
    _clock("reviews", "replied_at", "reviewed_at", "answered before written", "回复早于评价", ()),
    _where(
        "order_items.negative_price", lambda t: t.price < 0, "negative prices", "单价为负", _MONEY
    ),
    _where(
        "products.negative_price", lambda t: t.price < 0, "negative list prices", "标价为负", ()
    ),
    _where(
        "order_items.free",
        lambda t: t.price == 0,
        "lines at price 0 (gifts, tests, damage)",
        "单价为 0 的订单行（赠品、测试、损耗）",
        ("aov",),
    ),
    Law(
        "order_items.repeated",
        Words(
            "order lines that repeat another line of the same order in every cell",
            "与同一订单另一行完全相同的订单行",
        ),
        ("order_items",),
        _repeated_lines,
        _MONEY,
    ),
    Law(
        "orders.total_disagrees",
        Words("totals that are not goods + shipping + tax", "总额不等于商品 + 运费 + 税"),
        ("orders",),
        _total_disagrees,
        ("gmv", "paid", "net", "aov"),
    ),
    _where(
        "orders.refund_exceeds_total",
        lambda t: t.refunded > t.total,
        "refunds above the order's total",
        "退款超过订单总额",
        ("net",),
    ),
    _where(
        "orders.no_customer",
        lambda t: t.customer_id.isnull(),
        "orders without a customer",
        "没有顾客的订单",
        ("buyers", "repeat_rate"),
    ),
    _where(
        "reviews.rating_out_of_range",
        lambda t: (t.rating < 1) | (t.rating > 5),
        "ratings outside 1 to 5",
        "星级不在 1 到 5 之间",
        ("negative_review_share", "neutral_review_share", "positive_review_share"),
    ),
    _where(
        "reviews.no_text",
        lambda t: t.text.isnull() & t.title.isnull(),
        "reviews without text (their stars still count)",
        "没有文字的评价（星级仍计入）",
        (),
    ),
    *ODDITIES,
)
