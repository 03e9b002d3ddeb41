"""Every canonical table of a shop: columns, types, keys, meaning. The one place a column is spelled.

A source writes these tables, everything else reads them. Times (`…_at`) are UTC instants without a
zone marker; the zone in which the source wrote them is kept in `time_zone`. Days (`…_on`) are the
local calendar day in that zone, so that days and weeks need no zone arithmetic later. Money is an
exact decimal with its ISO 4217 currency in `currency` beside it. This module knows no engine, no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["string", "int64", "float64", "money", "boolean", "timestamp", "date"]
Personal = Literal["name", "email", "phone", "address", "ip", "text", "person", "role"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type and meaning.

    Parameters
    ----------
    name
        The column's name, as every table and answer spells it.
    type
        `money` is decimal(18, 4); `timestamp` is UTC; `date` is a local day.
    en, zh
        The meaning, in English and in Chinese.
    required
        A row without it is rejected at the door.
    personal
        The kind of personal data that the column holds, if any. `text` is free text in which
        e-mails, phones and IP addresses are masked; `person` is an id, hashed unless it can be nothing
        but an id; `role` is who speaks; the others are hashed or dropped. Every other string is guarded too.
    known_at
        The time column of the same table that says when the value became known; `as_of` hides the
        value before that time.
    latest
        Only the latest value is known, not since when; `as_of` hides it altogether.
    """

    name: str
    type: Type
    en: str
    zh: str
    required: bool = False
    personal: Personal | None = None
    known_at: str | None = None
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name
        The table's name.
    en, zh
        What one row is, in English and in Chinese.
    key
        The columns that identify a row; a later row with the same key updates the earlier one.
    time
        The column that says when a row became known; `as_of` cuts there. None for tables
        that are not dated (or dated through `within`).
    within
        The table whose rows these belong to, joined by its key; `as_of` keeps a row when its parent
        is kept.
    undated
        Rows may lack `time`; `as_of` keeps those, for they say nothing of when.
    append_only
        Rows are facts that are never revised, so an update replaces whole rows.
    columns
        The columns, in order.
    """

    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    time: str | None = None
    within: str | None = None
    undated: bool = False
    append_only: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def day(self) -> str:
        """The `…_on` column that goes with `time`; empty where there is none."""
        day = (self.time or "").removesuffix("_at") + "_on"
        return day if day in self.names else ""

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


def _c(
    name: str,
    type: Type,
    en: str,
    zh: str,
    *,
    required: bool = False,
    personal: Personal | None = None,
    known_at: str | None = None,
    latest: bool = False,
) -> Column:
    return Column(name, type, en, zh, required, personal, known_at, latest)


_SOURCE = _c("source", "string", "Platform that the row came from", "来源平台")
_ZONE = _c("time_zone", "string", "Zone in which the source wrote its times", "来源记录时间所用的时区")
_CURRENCY = _c("currency", "string", "ISO 4217 currency of the money columns", "金额列的币种（ISO 4217）")


CUSTOMERS = Table(
    "customers", "one customer", "一位顾客", ("customer_id",), time="created_at", undated=True, columns=(
        _c("customer_id", "string", "Customer; a salted hash where the platform has only personal data",
           "顾客编号；平台只有个人信息时为加盐哈希", required=True, personal="person"),
        _c("name", "string", "Name", "姓名", personal="name"),
        _c("email", "string", "E-mail", "邮箱", personal="email"),
        _c("phone", "string", "Phone", "电话", personal="phone"),
        _c("address", "string", "Street address", "街道地址", personal="address"),
        _c("city", "string", "City", "城市"),
        _c("region", "string", "State or province", "省/州"),
        _c("country", "string", "Country", "国家"),
        _c("postal_prefix", "string", "Leading part of the postal code", "邮编前几位"),
        _c("accepts_marketing", "boolean", "Agreed to marketing messages", "是否同意接收营销信息"),
        _c("tags", "string", "Tags, comma separated", "标签，逗号分隔"),
        _c("created_at", "timestamp", "When the customer became known", "顾客首次出现的时间"),
        _ZONE, _SOURCE))

IDENTITIES = Table(
    "identities", "one further id of a customer: a per-order id, an account number, a cookie",
    "顾客的另一个编号：每单一号、账号或 Cookie", ("alias",), columns=(
        _c("alias", "string", "The other id", "另一个编号", required=True, personal="person"),
        _c("customer_id", "string", "Customer whom it stands for, in every table", "它在所有表里代表的顾客", required=True,
           personal="person"), _SOURCE))

PRODUCTS = Table(
    "products", "one sellable product (a variant where the platform has variants)",
    "一件可售商品（有规格的平台为一个规格）", ("product_id",), time="created_at", undated=True, columns=(
        _c("product_id", "string", "Product (SKU where the platform joins on it)", "商品编号（平台以 SKU 关联时为 SKU）",
           required=True),
        _c("parent_id", "string", "Product that the variant belongs to", "所属主商品"),
        _c("title", "string", "Title", "标题"),
        _c("description", "string", "Description as plain text", "描述（纯文本）"),
        _c("category", "string", "Category, as the platform names it", "类目（平台原名）"),
        _c("brand", "string", "Brand or vendor", "品牌或供应商"),
        _c("seller_id", "string", "Seller", "卖家"),
        _c("attributes", "string", "Attributes as a JSON object", "属性（JSON 对象）"),
        _c("price", "money", "List price of one unit", "单件标价"),
        _c("cost", "money", "Cost of one unit", "单件成本"),
        _CURRENCY,
        _c("stock", "int64", "Units in stock", "库存件数", latest=True),
        _c("weight_grams", "float64", "Weight in grams", "重量（克）"),
        _c("photos", "int64", "Number of photos", "图片数"),
        _c("created_at", "timestamp", "When the product was listed", "上架时间"),
        _ZONE, _SOURCE))

SELLERS = Table(
    "sellers", "one seller of a marketplace", "一位平台卖家", ("seller_id",), columns=(
        _c("seller_id", "string", "Seller", "卖家", required=True),
        _c("city", "string", "City", "城市"),
        _c("region", "string", "State or province", "省/州"),
        _c("postal_prefix", "string", "Leading part of the postal code", "邮编前几位"),
        _SOURCE))

CATEGORIES = Table(
    "categories", "the name of one category in one language", "一个类目在一种语言里的名称",
    ("category", "language"), columns=(
        _c("category", "string", "Category, as the platform names it", "类目（平台原名）", required=True),
        _c("language", "string", "Language of the name (ISO 639-1)", "名称的语言（ISO 639-1）", required=True),
        _c("name", "string", "Name", "名称"),
        _SOURCE))

PLACES = Table(
    "places", "one point of one postal area", "一个邮区里的一个位置点",
    ("postal_prefix", "latitude", "longitude", "city"), columns=(
        _c("postal_prefix", "string", "Leading part of the postal code", "邮编前几位", required=True),
        _c("latitude", "float64", "Latitude in degrees", "纬度（度）", required=True),
        _c("longitude", "float64", "Longitude in degrees", "经度（度）", required=True),
        _c("city", "string", "City", "城市", required=True),
        _c("region", "string", "State or province", "省/州"),
        _SOURCE))

ORDERS = Table(
    "orders", "one order, or one refund document", "一笔订单，或一张退款单", ("order_id",),
    time="ordered_at", columns=(
        _c("order_id", "string", "Order", "订单号", required=True),
        _c("customer_id", "string", "Customer who ordered", "下单顾客", personal="person"),
        _c("kind", "string", "sale; refund where the platform books refunds as documents of their own; adjustment for a "
           "document that sells nothing (write-off, bad debt), which no number counts",
           "sale 为销售单；平台把退款另立单据时为 refund；adjustment 为不含销售的调整单（报损、坏账），任何指标都不计"),
        _c("ordered_at", "timestamp", "When it was placed", "下单时间", required=True),
        _c("ordered_on", "date", "Local day on which it was placed", "下单当地日期"),
        _ZONE,
        _c("status", "string", "created, paid, shipped, delivered, cancelled or refunded",
           "created 已下单、paid 已付款、shipped 已发货、delivered 已签收、cancelled 已取消、refunded 已退款", latest=True),
        _c("source_status", "string", "Status as the platform writes it", "平台原始状态", latest=True),
        _c("paid_at", "timestamp", "When it was paid", "付款时间", known_at="paid_at"),
        _c("cancelled_at", "timestamp", "When it was cancelled", "取消时间", known_at="cancelled_at"),
        _c("subtotal", "money", "Goods before shipping and tax, after discount", "商品金额（折后，不含运费与税）"),
        _c("discount", "money", "Discount", "优惠金额"),
        _c("shipping", "money", "Shipping paid by the customer", "顾客付的运费"),
        _c("tax", "money", "Tax", "税额"),
        _c("total", "money", "Amount to pay", "应付总额"),
        _c("refunded", "money", "Amount refunded so far", "已退款金额", known_at="refunded_at"),
        _c("refunded_at", "timestamp", "When the refund was made", "退款时间", known_at="refunded_at"),
        _CURRENCY,
        _c("channel", "string", "Sales channel", "销售渠道"),
        _c("discount_code", "string", "Discount code", "优惠码"),
        _c("region", "string", "State or province of delivery", "收货省/州"),
        _c("country", "string", "Country of delivery", "收货国家"),
        _c("ip", "string", "IP address of the buyer", "买家 IP", personal="ip"),
        _c("note", "string", "Note of the buyer", "买家留言", personal="text"),
        _SOURCE))

ORDER_ITEMS = Table(
    "order_items", "one line of an order", "订单里的一行商品", ("order_id", "line"),
    within="orders", columns=(
        _c("order_id", "string", "Order", "订单号", required=True),
        _c("line", "int64", "Line of the order: its number as the platform gives it, else its place from 1",
           "订单行号：平台自己的编号，没有时为从 1 开始的次序", required=True),
        _c("product_id", "string", "Product", "商品编号"),
        _c("seller_id", "string", "Seller", "卖家"),
        _c("title", "string", "Title at the time of the order", "下单时的商品标题"),
        _c("quantity", "int64", "Units; negative on a refund document", "件数；退款单为负", required=True),
        _c("price", "money", "Price of one unit", "单价", required=True),
        _c("discount", "money", "Discount on the line", "该行优惠"),
        _c("freight", "money", "Freight of the line", "该行运费"),
        _CURRENCY,
        _c("returned_quantity", "int64", "Units returned", "退货件数", known_at="returned_at"),
        _c("refunded", "money", "Amount refunded for the line", "该行退款金额", known_at="returned_at"),
        _c("returned_at", "timestamp", "When it was returned", "退货时间", known_at="returned_at"),
        _SOURCE))

PAYMENTS = Table(
    "payments", "one payment of an order", "订单的一次付款", ("order_id", "line"),
    within="orders", columns=(
        _c("order_id", "string", "Order", "订单号", required=True),
        _c("line", "int64", "Number of the payment within the order, from 1", "订单内付款序号，从 1 开始", required=True),
        _c("method", "string", "Method, as the platform names it", "支付方式（平台原名）"),
        _c("installments", "int64", "Number of installments", "分期数"),
        _c("amount", "money", "Amount", "金额", required=True),
        _CURRENCY,
        _c("paid_at", "timestamp", "When it was paid", "付款时间", known_at="paid_at"),
        _SOURCE))

SHIPMENTS = Table(
    "shipments", "one shipment of an order", "订单的一次发货", ("order_id", "line"),
    within="orders", columns=(
        _c("order_id", "string", "Order", "订单号", required=True),
        _c("line", "int64", "Number of the shipment within the order, from 1", "订单内发货序号，从 1 开始", required=True),
        _c("carrier", "string", "Carrier", "物流公司"),
        _c("promised_at", "timestamp", "Delivery promised for", "承诺送达时间"),
        _c("shipped_at", "timestamp", "Handed to the carrier", "交给物流的时间", known_at="shipped_at"),
        _c("delivered_at", "timestamp", "Delivered", "实际送达时间", known_at="delivered_at"),
        _SOURCE))

EVENTS = Table(
    "events", "one event on the site or in the app, named in the shared e-commerce vocabulary",
    "站内或 App 内的一次行为，名称用通用电商事件词表", ("event_id",),
    time="happened_at", append_only=True, columns=(
        _c("event_id", "string", "Event", "事件编号", required=True),
        _c("name", "string", "Name, e.g. Product Viewed, Product Added, Order Completed",
           "名称，如 Product Viewed、Product Added、Order Completed", required=True),
        _c("happened_at", "timestamp", "When it happened", "发生时间", required=True),
        _c("happened_on", "date", "Local day on which it happened", "发生当地日期"),
        _ZONE,
        _c("customer_id", "string", "Customer, where known", "顾客（已知时）", personal="person"),
        _c("visitor_id", "string", "Visitor (cookie or device)", "访客（Cookie 或设备）", personal="person"),
        _c("session_id", "string", "Session, where the source has one", "会话（来源有时）", personal="person"),
        _c("product_id", "string", "Product", "商品编号"),
        _c("order_id", "string", "Order", "订单号"),
        _c("query", "string", "Search words", "搜索词", personal="text"),
        _c("page", "string", "Page address without its query string", "页面地址（不含参数）", personal="text"),
        _c("channel", "string", "Traffic channel", "流量渠道"),
        _c("device", "string", "Device type", "设备类型"),
        _c("quantity", "int64", "Units", "件数"),
        _c("price", "money", "Price of one unit", "单价"),
        _CURRENCY,
        _c("ip", "string", "IP address", "IP 地址", personal="ip"),
        _SOURCE))

REVIEWS = Table(
    "reviews", "one review", "一条评价", ("review_id",), time="reviewed_at", columns=(
        _c("review_id", "string", "Review", "评价编号", required=True),
        _c("product_id", "string", "Product", "商品编号"),
        _c("order_id", "string", "Order", "订单号"),
        _c("customer_id", "string", "Customer who wrote it", "评价的顾客", personal="person"),
        _c("category", "string", "Category, where the source gives it without a product", "类目（来源未给商品时）"),
        _c("rating", "float64", "Stars, 1 to 5", "星级，1 到 5"),
        _c("label", "string", "The shop's own label: negative, neutral or positive",
           "店铺自己的标注：negative、neutral、positive", latest=True),
        _c("title", "string", "Title", "标题", personal="text"),
        _c("text", "string", "Text", "正文", personal="text"),
        _c("reviewed_at", "timestamp", "When it was written", "评价时间"),
        _c("reviewed_on", "date", "Local day on which it was written", "评价当地日期"),
        _ZONE,
        _c("verified", "boolean", "By a verified buyer", "是否为已购买顾客"),
        _c("helpful_votes", "int64", "Votes that found it helpful", "认为有用的票数", latest=True),
        _c("reply", "string", "The shop's reply", "店铺回复", personal="text", known_at="replied_at"),
        _c("replied_at", "timestamp", "When the shop replied", "回复时间", known_at="replied_at"),
        _SOURCE))

SEARCHES = Table(
    "searches", "one search on the site", "一次站内搜索", ("search_id",),
    time="searched_at", append_only=True, columns=(
        _c("search_id", "string", "Search", "搜索编号", required=True),
        _c("query", "string", "Words searched for", "搜索词", required=True, personal="text"),
        _c("searched_at", "timestamp", "When", "搜索时间", required=True),
        _c("searched_on", "date", "Local day", "搜索当地日期"),
        _ZONE,
        _c("customer_id", "string", "Customer, where known", "顾客（已知时）", personal="person"),
        _c("visitor_id", "string", "Visitor (cookie or device)", "访客（Cookie 或设备）", personal="person"),
        _c("session_id", "string", "Session", "会话", personal="person"),
        _c("results", "int64", "Number of results shown", "结果数"),
        _c("clicked_product_id", "string", "Product clicked", "点击的商品"),
        _SOURCE))

MESSAGES = Table(
    "messages", "one message of a service conversation", "客服会话里的一条消息", ("message_id",),
    time="sent_at", append_only=True, columns=(
        _c("message_id", "string", "Message", "消息编号", required=True),
        _c("conversation_id", "string", "Conversation", "会话编号", required=True, personal="person"),
        _c("sender", "string", "customer, agent or bot", "customer 顾客、agent 客服、bot 机器人", required=True, personal="role"),
        _c("text", "string", "Text", "正文", personal="text"),
        _c("sent_at", "timestamp", "When it was sent", "发送时间", required=True),
        _c("sent_on", "date", "Local day on which it was sent", "发送当地日期"),
        _ZONE,
        _c("customer_id", "string", "Customer", "顾客", personal="person"),
        _c("order_id", "string", "Order that it is about", "相关订单"),
        _c("product_id", "string", "Product that it is about", "相关商品"),
        _c("channel", "string", "Channel", "渠道"),
        _SOURCE))

ARTICLES = Table(
    "articles", "one article of the help centre: a question or a policy", "帮助中心的一篇文章：常见问题或政策",
    ("article_id",), time="updated_at", undated=True, columns=(
        _c("article_id", "string", "Article", "文章编号", required=True),
        _c("kind", "string", "faq or policy", "faq 常见问题、policy 政策"),
        _c("title", "string", "Title or question", "标题或问题"),
        _c("text", "string", "Text or answer", "正文或答案", required=True),
        _c("language", "string", "Language (ISO 639-1)", "语言（ISO 639-1）"),
        _c("updated_at", "timestamp", "Last change", "最近更新时间"),
        _SOURCE))

CAMPAIGNS = Table(
    "campaigns", "one marketing campaign", "一次营销活动", ("campaign_id",),
    time="started_at", columns=(
        _c("campaign_id", "string", "Campaign", "活动编号", required=True),
        _c("name", "string", "Name", "名称"),
        _c("channel", "string", "Channel", "渠道"),
        _c("offer", "string", "Offer", "优惠内容"),
        _c("cost", "money", "Cost of the campaign", "活动费用"),
        _CURRENCY,
        _c("started_at", "timestamp", "Start", "开始时间", required=True),
        _c("ended_at", "timestamp", "End", "结束时间"),
        _ZONE, _SOURCE))

CONTACTS = Table(
    "contacts", "one customer in one campaign, contacted or held out", "一位顾客在一次活动中：触达或留作对照",
    ("campaign_id", "customer_id"), time="assigned_at", columns=(
        _c("campaign_id", "string", "Campaign", "活动编号", required=True),
        _c("customer_id", "string", "Customer", "顾客编号", required=True, personal="person"),
        _c("arm", "string", "treatment or control", "treatment 触达组、control 对照组", required=True),
        _c("assigned_at", "timestamp", "When the arm was drawn", "分组时间", required=True),
        _ZONE,
        _c("contacted_at", "timestamp", "When the message was sent", "触达时间", known_at="contacted_at"),
        _c("opened_at", "timestamp", "When it was opened", "打开时间", known_at="opened_at"),
        _c("clicked_at", "timestamp", "When it was clicked", "点击时间", known_at="clicked_at"),
        _SOURCE))

TABLES: tuple[Table, ...] = (
    CUSTOMERS, IDENTITIES, PRODUCTS, SELLERS, CATEGORIES, PLACES, ORDERS, ORDER_ITEMS, PAYMENTS, SHIPMENTS,
    EVENTS, REVIEWS, SEARCHES, MESSAGES, ARTICLES, CAMPAIGNS, CONTACTS)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}

EVENT_NAMES = (
    "Products Searched", "Product List Viewed", "Product List Filtered", "Promotion Viewed",
    "Promotion Clicked", "Product Clicked", "Product Viewed", "Product Added", "Product Removed",
    "Cart Viewed", "Checkout Started", "Checkout Step Viewed", "Checkout Step Completed",
    "Payment Info Entered", "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled",
    "Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed",
    "Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart",
    "Product Shared", "Cart Shared", "Product Reviewed", "Page Viewed")
SENTIMENTS = ("negative", "neutral", "positive")
