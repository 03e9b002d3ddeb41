"""What each number of `sentiment_effect` means, and what it cannot say."""

from __future__ import annotations

from shopkeeper.operations.reviews.effect.results import Findings
from shopkeeper.words import Words

DEFINITIONS: dict[str, Words] = {
    "difference": Words(
        "Negative minus positive, or one side of a reason minus the other, among what is otherwise "
        "alike; a share is a difference of shares (0.1 is 10 percentage points). It is associated "
        "with the review, not caused by it.",
        "差评减好评，或某一因素的一侧减另一侧，只比较其他方面相同者；占比之差 0.1 即 10 个百分点。"
        "这是关联，不是因果。",
    ),
    "low": Words(
        "Lower end of the 95 % interval: whole customers, sellers, products or visits are drawn anew.",
        "95% 区间下限：按顾客、卖家、商品或访问整体重抽样。",
    ),
    "high": Words("Upper end of the same interval.", "同一区间的上限。"),
    "n_negative": Words(
        "Negative reviews, views after a negative review, products with a burst, or reviews on the "
        "named side of a reason.",
        "差评数、最近一条为差评时的浏览数、出现差评集中的商品数，或该因素一侧的评价数。",
    ),
    "n_matched": Words(
        "Those of them that found something alike to be compared with (product weeks in the panel).",
        "其中能找到可比对象的数量（面板中为商品周数）。",
    ),
    "overlap": Words(
        "Share of n_negative that found at least three alike in everything; the rest was compared in "
        "coarser groups.",
        "参与比较的数量中，能找到至少三个各方面都相同者的占比；其余在更粗的分组里比较。",
    ),
    "writers": Words(
        "Reviews of orders with 90 days of data after the review. Alike: category, price fifth, "
        "month of the order, earlier orders (0, 1, 2, 3 and more) and delivery (on time, late, not "
        "delivered); where that finds none, the quarter instead of the month, and so on.",
        "评价后有 90 天数据的订单评价。相同项：类目、价格五分位、下单月份、此前订单数（0、1、2、3 及以上）"
        "与配送（准时、延迟、未送达）；找不到时以季度代替月份，依此放宽。",
    ),
    "visitors": Words(
        "Product views after at least one review. Compared: views of the same product in the same "
        "month whose latest review was negative, and positive.",
        "已有评价之后的商品浏览。比较同一商品、同一月份内，最近一条评价为差评与好评时的浏览。",
    ),
    "panel": Words(
        "Completed orders per view, by product and week. A burst is a product's first week with at "
        "least 3 negative reviews while the mean of its earlier weeks is below 1; it lasts 6 weeks. "
        "Expected is what the product's other weeks and the other products' same week lead to.",
        "按商品与周统计的每次浏览完成下单数。差评集中：某商品首次一周内至少 3 条差评，且此前每周均值低于 1；"
        "持续 6 周。预期值由该商品其他周与其他商品同一周推出。",
    ),
    "drivers": Words(
        "Share of negative reviews on one side of a reason and among orders that are otherwise "
        "alike: category, price fifth, month, seller size, and for all but delivery itself also the "
        "delivery.",
        "某一因素一侧的差评率，与其他方面相同的订单相比：类目、价格五分位、月份、卖家规模；除配送本身外还包括配送情况。",
    ),
    "sure": Words(
        "The difference stands among all reasons that were looked at (Benjamini–Hochberg, 5 %).",
        "在全部比较过的因素中仍然成立（错误发现率 5%，Benjamini–Hochberg 法）。",
    ),
    "attributable_share": Words(
        "difference × n_matched ÷ all negative reviews of orders. Shares of different reasons overlap "
        "and do not add up.",
        "差异 × 匹配数 ÷ 订单的全部差评数。不同因素的占比会重叠，不能相加。",
    ),
    "repeat_90d": Words(
        "Another paid order of the customer after the review and within 90 days.",
        "评价后 90 天内该顾客又有支付订单。",
    ),
    "returned": Words(
        "A line of the reviewed order was returned after the review.", "评价后该订单有商品退货。"
    ),
    "spend_90d": Words(
        "Value of the customer's paid orders after the review and within 90 days, in one currency.",
        "评价后 90 天内该顾客支付订单的金额（同一币种）。",
    ),
    "late_or_undelivered": Words(
        "The reviewed order came after the promised time, or not at all.",
        "被评价的订单晚于承诺时间送达，或未送达。",
    ),
    "delivery_days": Words("Days from the order to its delivery.", "从下单到送达的天数。"),
    "order_value": Words("Value of the reviewed order.", "被评价订单的金额。"),
    "units_sold": Words("Units sold of the product.", "该商品售出件数。"),
    "sales": Words(
        "Price × units sold of the product, in one currency.",
        "该商品的单价 × 售出件数（同一币种）。",
    ),
    "repeat_share": Words(
        "Lines of the product in paid orders after which the customer paid for another order within 90 days ÷ "
        "lines of customers who can be followed that long.",
        "含该商品、且顾客 90 天内再次支付订单的行数 ÷ 可跟踪满 90 天的行数。",
    ),
    "late_share": Words(
        "Lines of the product in orders that came after the promised time ÷ its delivered lines with a promise.",
        "含该商品、且晚于承诺时间送达的行数 ÷ 有承诺且已送达的行数。",
    ),
    "carts_per_view": Words(
        "Additions to the cart ÷ views of the product.", "该商品加购次数 ÷ 浏览数。"
    ),
    "buys_per_cart": Words(
        "Completed orders ÷ additions to the cart of the product.", "该商品完成下单数 ÷ 加购次数。"
    ),
    "return_share": Words(
        "Lines returned ÷ lines sold of the product.", "该商品退货行数 ÷ 售出行数。"
    ),
    "buys_per_view": Words(
        "Completed orders ÷ views of the product.", "该商品完成下单数 ÷ 浏览数。"
    ),
    "view_to_cart": Words(
        "The same visit puts the viewed product into the cart later.",
        "同一次访问中，其后把所浏览商品加入购物车。",
    ),
    "view_to_buy": Words(
        "The same visit buys the viewed product later.", "同一次访问中，其后购买所浏览商品。"
    ),
    "conversion": Words("Completed orders ÷ views, in the panel.", "面板中的完成下单数 ÷ 浏览数。"),
    "before": Words(
        "Standardised difference of negatives and positives before matching.",
        "匹配前差评与好评的标准化差异。",
    ),
    "after": Words(
        "The same after matching; below 0.1 is alike.", "匹配后的同一差异；低于 0.1 视为相近。"
    ),
}


def limits(findings: Findings) -> tuple[Words, ...]:
    """Return what the answer cannot say, given what was found."""
    out = [
        Words(
            "Associated, not caused: what the shop does not record may differ too.",
            "只是关联，不是因果：店铺没有记录的方面也可能不同。",
        ),
        Words(
            "A misread review makes differences look smaller. Reviews whose text and stars disagree "
            "are left out of the comparisons of negative with positive reviews.",
            "情感读错会使差异显得更小；正文与星级不一致的评价不参与差评与好评的比较。",
        ),
        Words(
            f"Below {findings.least} matched no percentage is shown. Of categories and sellers the 50 with "
            "most reviews are compared. Of so many reasons some differ by chance: a sentence names "
            "only those that stand among all that were looked at (false discovery rate 5 %).",
            f"匹配数少于 {findings.least} 时不显示百分比。类目与卖家只比较评价最多的 50 个。比较的因素多了，"
            "总有一些会因偶然而显出差异：只有在全部因素中仍然成立的才会点名（错误发现率 5%）。",
        ),
    ]
    if not findings.visitors:
        out.append(
            Words(
                "There are no product views after reviews, so nothing is said about visitors.",
                "没有评价之后的商品浏览记录，因此无法说明访客的情况。",
            )
        )
    if findings.panel is None or not findings.panel.products:
        out.append(
            Words(
                "No product with views had a burst of bad reviews, so there is no weekly panel.",
                "有浏览数据的商品都没有出现过差评集中的情况，因此没有周面板结果。",
            )
        )
    return tuple(out)
