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
TERMS |= {
    "funnel:count": Words("Reached a step", "到达某一步"),
    "funnel:lost": Words("Lost before a step", "在某一步之前流失"),
    "funnel:share": Words("Share of the first step", "占第一步的比例"),
    "funnel:share_of_previous": Words("Share of the step before", "占上一步的比例"),
    "sessions:sessions": Words("Sessions", "会话数"),
    "sessions:purchase_rate": Words("Sessions that end in an order", "有下单的会话占比"),
    "sessions:bounce_rate": Words("Sessions left after one event", "只有一个事件的会话占比"),
    "sessions:events_per_session": Words("Events of a session", "每次会话的事件数"),
    "sessions:minutes_per_session": Words("Minutes of a session", "每次会话的分钟数"),
    "retention:since": Words("First periods", "首个周期"),
    "retention:age": Words("Periods since the first", "距首个周期的期数"),
    "retention:customers": Words("Customers of a first period", "某期的新顾客数"),
    "retention:share": Words("Share who come back", "回来的占比"),
    "retention:complete": Words("Periods that are not over", "尚未结束的一期"),
    "retention:per_customer": Words("Net of a customer so far", "每位顾客的累计净额"),
    "lifetime_value:expected_value": Words("Expected value", "预期净额"),
    "lifetime_value:tenth": Words("Tenths of customers", "按预期分的十组"),
    "lifetime_value:happened": Words("Purchases in the days kept aside", "留出期内的购买次数"),
    "lifetime_value:purchases_ratio": Words("Purchases expected ÷ happened", "预期购买次数 ÷ 实际"),
    "lifetime_value:purchases_rmse": Words("Error of purchases", "购买次数的误差"),
    "lifetime_value:value_ratio": Words("Net value expected ÷ happened", "预期净额 ÷ 实际"),
    "lifetime_value:value_rmse": Words("Error of net value", "净额的误差"),
    "recommend:reason": Words("Reason of a recommendation", "推荐理由"),
    "recommend:ndcg": Words("NDCG of the first ten", "前十名 NDCG"),
    "recommend:recall": Words("Found among ten", "排进前十的占比"),
    "recommend:ahead": Words("Ahead of the popular products", "领先热门商品"),
    "complements:reason": Words("Reason of a complement", "搭配理由"),
    "complements:baskets": Words("Baskets that hold all", "同单数"),
    "complements:lift": Words("Surely bought together", "确实同单购买"),
    "complements:low": Words("Times chance, with its interval", "为偶然的倍数及区间"),
    "complements:price": Words("Price of a bundle", "组合标价合计"),
    "complements:due_on": Words("Due to buy again", "应补货日"),
    "search_products:found": Words("What a search finds", "搜索结果"),
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
