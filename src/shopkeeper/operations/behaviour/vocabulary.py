"""What events and their properties are called: the names that are typed, in English and Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

COMMON_STEPS = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")
"""The way to an order, in the vocabulary that shops share."""

EVENTS: dict[str, Words] = {
    "Products Searched": Words("Products Searched", "搜索商品"),
    "Product List Viewed": Words("Product List Viewed", "浏览列表"),
    "Product List Filtered": Words("Product List Filtered", "筛选列表"),
    "Promotion Viewed": Words("Promotion Viewed", "看到推广"),
    "Promotion Clicked": Words("Promotion Clicked", "点击推广"),
    "Product Clicked": Words("Product Clicked", "点击商品"),
    "Product Viewed": Words("Product Viewed", "浏览商品"),
    "Product Added": Words("Product Added", "加购"),
    "Product Removed": Words("Product Removed", "移出购物车"),
    "Cart Viewed": Words("Cart Viewed", "查看购物车"),
    "Checkout Started": Words("Checkout Started", "开始结账"),
    "Checkout Step Viewed": Words("Checkout Step Viewed", "进入结账步骤"),
    "Checkout Step Completed": Words("Checkout Step Completed", "完成结账步骤"),
    "Payment Info Entered": Words("Payment Info Entered", "填写支付信息"),
    "Order Completed": Words("Order Completed", "下单"),
    "Order Updated": Words("Order Updated", "修改订单"),
    "Order Refunded": Words("Order Refunded", "订单退款"),
    "Order Cancelled": Words("Order Cancelled", "取消订单"),
    "Coupon Entered": Words("Coupon Entered", "输入优惠码"),
    "Coupon Applied": Words("Coupon Applied", "使用优惠码"),
    "Coupon Denied": Words("Coupon Denied", "优惠码被拒"),
    "Coupon Removed": Words("Coupon Removed", "移除优惠码"),
    "Product Added to Wishlist": Words("Product Added to Wishlist", "收藏"),
    "Product Removed from Wishlist": Words("Product Removed from Wishlist", "取消收藏"),
    "Wishlist Product Added to Cart": Words("Wishlist Product Added to Cart", "收藏转加购"),
    "Product Shared": Words("Product Shared", "分享商品"),
    "Cart Shared": Words("Cart Shared", "分享购物车"),
    "Product Reviewed": Words("Product Reviewed", "评价商品"),
    "Page Viewed": Words("Page Viewed", "浏览页面"),
}
PROPERTIES: dict[str, Words] = {
    "channel": Words("channel", "渠道"),
    "device": Words("device", "设备"),
    "product_id": Words("product", "商品"),
    "category": Words("category", "类目"),
    "brand": Words("brand", "品牌"),
    "city": Words("city", "城市"),
    "region": Words("region", "省/州"),
    "country": Words("country", "国家"),
}
_SHORT = {
    "view": "Product Viewed", "浏览": "Product Viewed", "search": "Products Searched",
    "搜索": "Products Searched", "cart": "Product Added", "加入购物车": "Product Added",
    "checkout": "Checkout Started", "结账": "Checkout Started", "order": "Order Completed",
    "purchase": "Order Completed", "购买": "Order Completed", "wishlist": "Product Added to Wishlist",
}  # fmt: skip
UNKNOWN = Words("unknown", "未知")
OTHER = Words("other", "其余")
_JOINED = f" + {OTHER.en}", f" + {OTHER.zh}"
_OURS = frozenset((UNKNOWN.en, UNKNOWN.zh, OTHER.en, OTHER.zh))


def with_others(words: Words) -> Words:
    """Return what a group is called that others joined who are too few to be told of."""
    return Words(words.en + _JOINED[0], words.zh + _JOINED[1])


def value_words(value: str) -> Words:
    """Return what the value of a property is called; one that is spelt like a word of ours is quoted.

    Examples
    --------
    >>> value_words("").en, value_words("app").en, value_words("unknown").en, value_words("其余").zh
    ('unknown', 'app', '“unknown”', '“其余”')
    """
    if not value:
        return UNKNOWN
    ours = value in _OURS or value.endswith(_JOINED)
    return Words(f"“{value}”", f"“{value}”") if ours else Words(value, value)


def category_words(shop: Shop) -> dict[str, Words]:
    """Return what categories are called where the shop names them in both languages, each by a name of its own."""
    rows = shop.categories.select("category", "language", "name").to_pyarrow().to_pylist()
    said = {(row["category"], row["language"]): row["name"] for row in rows if row["name"]}
    often = Counter((name, language) for (_, language), name in said.items())
    return {
        key: Words(said[key, "en"], said[key, "zh"])
        for key, language in said
        if language == "en"
        and all(
            often[said.get((key, one), ""), one] == 1 and said[key, one] not in _OURS
            for one in ("en", "zh")
        )
    }


def event_words(name: str) -> Words:
    """Return what an event is called; one of the shop's own goes by its own name.

    Examples
    --------
    >>> event_words("Order Completed").zh, event_words("Spun the Wheel").zh
    ('下单', 'Spun the Wheel')
    """
    return EVENTS.get(name, Words(name, name))


def event_named(typed: str, known: Iterable[str]) -> str | None:
    """Return the event that is meant by what was typed: a name, a short word or a Chinese one.

    Examples
    --------
    >>> event_named("下单", ["Order Completed"]), event_named("vew", ["Product Viewed"])
    ('Order Completed', None)
    """
    wanted = typed.strip()
    chinese = {words.zh: name for name, words in EVENTS.items()}
    meant = _SHORT.get(wanted.casefold()) or chinese.get(wanted) or wanted
    by_case = {name.casefold(): name for name in sorted(known, reverse=True)}
    return meant if meant in set(known) else by_case.get(meant.casefold())
