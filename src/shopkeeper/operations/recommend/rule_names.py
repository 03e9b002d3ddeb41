"""What the rules for lists are called."""

from __future__ import annotations

from shopkeeper.words import Words

RULES = {
    "not_listed": Words("not in the catalogue", "不在商品表中"),
    "out_of_stock": Words("out of stock", "无库存"),
    "asked_for": Words("left out as asked", "按要求排除"),
    "product": Words("product never shown", "指定不展示的商品"),
    "brand": Words("brand never shown", "指定不展示的品牌"),
    "seller": Words("seller never shown", "指定不展示的卖家"),
    "category": Words("category never shown", "指定不展示的类目"),
    "channel": Words("category not allowed in the channel", "渠道不允许的类目"),
    "price": Words("outside the price band", "不在价格区间内"),
    "margin": Words("below the margin floor", "低于最低毛利率"),
    "given": Words("in the request itself", "请求中已有"),
    "own": Words("sold by the customer", "顾客自己出售"),
    "in_cart": Words("in the cart", "已在购物车"),
    "bought": Words("already bought", "已购买"),
    "viewed": Words("already looked at", "已浏览"),
    "brand_most": Words("enough of the brand", "同品牌已达上限"),
    "category_most": Words("enough of the category", "同类目已达上限"),
    "seller_most": Words("enough of the seller", "同卖家已达上限"),
    "filter": Words("outside the filters of the search", "不符合搜索条件"),
}
"""Rule → what it says."""
