"""What the report calls the columns and outcomes of the verbs' answers, in both languages."""

from __future__ import annotations

from shopkeeper.words import Words

# Names of columns of answers, as the definitions call them
TERMS = {
    "check:rows": Words("Rows that break a rule", "不合规的行数"),
    "check:total": Words("Rows of the table", "该表行数"),
    "check:rows_read": Words("Rows read and kept", "读取与保留的行数"),
    "check:duplicates": Words("Duplicates", "重复行数"),
    "check:rejected": Words("Rejected rows", "未导入行数"),
    "review_sentiment:accuracy": Words("Right class", "判对的比例"),
    "review_sentiment:macro_f1": Words("Macro-F1", "宏平均 F1"),
    "review_sentiment:ece": Words("Calibration error", "校准误差"),
    "review_sentiment:f1": Words("F1 of one class", "单个类别的 F1"),
    "review_sentiment:rows_per_second": Words("Reviews a second", "每秒判读评价数"),
}

OUTCOMES = {
    "repeat_90d": Words("Ordered again within 90 days", "90 天内再次下单"),
    "returned": Words("Returned something afterwards", "评价后退货"),
    "spend_90d": Words("Spent within 90 days", "90 天内消费额"),
    "late_or_undelivered": Words("Order late or not delivered", "订单延迟或未送达"),
    "order_value": Words("Value of the order", "订单金额"),
    "delivery_days": Words("Time to delivery", "送达用时"),
    "units_sold": Words("Units sold of the product", "商品售出件数"),
    "sales": Words("Sales of the product", "商品销售额"),
    "repeat_share": Words("Buyers of the product who ordered again", "商品买家 90 天内再次下单"),
    "late_share": Words("Deliveries of the product that were late", "商品晚到率"),
    "carts_per_view": Words("Added to the cart per view of the product", "商品每次浏览加购"),
    "buys_per_cart": Words("Orders per addition to the cart", "商品每次加购下单"),
    "return_share": Words("Lines returned of the product", "商品退货率"),
    "buys_per_view": Words("Orders per view of the product", "商品每次浏览下单"),
    "view_to_cart": Words("View that led to the cart", "浏览后加购"),
    "view_to_buy": Words("View that led to a purchase", "浏览后购买"),
    "conversion": Words("Orders per view", "每次浏览下单"),
}
PARTS = {
    "writers": Words("who wrote the review", "写评价的顾客"),
    "products": Words("products with such reviews", "带有该类评价的商品"),
    "visitors": Words("visitors who could see it", "能看到评价的访客"),
    "panel": Words("weeks after a burst of bad reviews", "差评集中后的几周"),
}
TERMS |= {f"sentiment_effect:{name}": words for name, words in OUTCOMES.items()}
TERMS |= {
    "sentiment_effect:writers": Words("Difference for writers", "评价者的差异"),
    "sentiment_effect:visitors": Words("Difference for visitors", "访客的差异"),
    "sentiment_effect:panel": Words("Change after a burst", "差评集中后的变化"),
    "sentiment_effect:drivers": Words("What goes with bad reviews", "与差评相关的因素"),
    "sentiment_effect:attributable_share": Words("Accounts for", "相当于全部差评的比例"),
    "sentiment_effect:n_matched": Words("Matched", "匹配数"),
    "sentiment_effect:n_negative": Words("Looked at", "参与比较的数量"),
}

TABLES = {
    "customers": Words("Customers", "顾客"),
    "identities": Words("Further ids of customers", "顾客的其他编号"),
    "products": Words("Products", "商品"),
    "sellers": Words("Sellers", "卖家"),
    "categories": Words("Names of categories", "类目名称"),
    "places": Words("Postal places", "邮区位置"),
    "orders": Words("Orders", "订单"),
    "order_items": Words("Order lines", "订单明细"),
    "payments": Words("Payments", "付款"),
    "shipments": Words("Shipments", "发货"),
    "events": Words("Events on the site", "站内行为"),
    "reviews": Words("Reviews", "评价"),
    "searches": Words("Searches", "站内搜索"),
    "messages": Words("Service messages", "客服消息"),
    "articles": Words("Help articles", "帮助文章"),
    "campaigns": Words("Campaigns", "营销活动"),
    "contacts": Words("Campaign contacts", "活动触达"),
}
