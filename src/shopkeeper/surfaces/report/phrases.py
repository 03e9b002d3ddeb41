"""Every word of the report in both languages, except definitions and the names of columns.

Those stand in `definitions.py` and `terms.py`. Gaps in braces are filled by the pen with linked numbers and escaped names; tags are meant as tags.
"""

from __future__ import annotations

from shopkeeper.words import Words

# The page
PAGE_TITLE = Words("{shop} · shop report", "{shop} · 店铺报告")
KIND = Words("Shop report", "店铺报告")
CONTENTS = Words("Contents", "目录")
LINKS = Words(
    "Every number is a link: follow it to see what it counts.", "每个数字都可点开，查看它的口径。"
)
SPAN_ORDERS = Words("Orders {first} – {last}", "订单 {first} 至 {last}")
SPAN_REVIEWS = Words("Reviews {first} – {last}", "评价 {first} 至 {last}")
SPAN_VISITS = Words("Visits {first} – {last}", "访问 {first} 至 {last}")
SPAN_AS_OF = Words("Seen as of {day}", "数据截至 {day}")
SKIP = Words("Skip to the report", "跳到正文")

# Numbers
TOO_FEW = Words("too few", "样本太少")
DAYS = Words("{days} days", "{days} 天")
POINTS = Words("{value} pp", "{value} 个百分点")
SHARE_WITH_INTERVAL = Words("{value} ({low}–{high})", "{value}（{low}–{high}）")
BETWEEN = Words("{low} to {high}", "{low} 至 {high}")
SENTIMENTS = {
    "negative": Words("Negative", "差评"),
    "neutral": Words("Neutral", "中评"),
    "positive": Words("Positive", "好评"),
}
LIST = Words(", ", "、")

# First things first
FIRST = Words("What is wrong", "问题在哪")
FIRST_NOTHING_STANDS = Words(
    "No single reason stands out: what was compared differs no more than chance explains.",
    "没有哪个因素明显突出：比较过的差异都不超出偶然。",
)
REFUSED = Words("Not compared: {found} {enable}", "没有比较：{found}{enable}")
FIRST_NO_EFFECT = Words(
    "What goes with bad reviews is not known yet: run <code>shopkeeper run</code> on a shop with orders and reviews.",
    "还不知道差评与什么有关：请对有订单和评价的店铺执行 <code>shopkeeper run</code>。",
)
FIRST_NO_REVIEWS = Words(
    "There are no reviews here, so nothing tells what is wrong. With reviews imported, this report also "
    "shows their course, the categories, products and sellers complained of, and what goes with bad reviews.",
    "店里还没有评价，看不出问题在哪。导入评价后，这份报告还会列出评价走势、被抱怨的类目、商品与卖家，"
    "以及差评与经营的关联。",
)
FIRST_SHARE = Words(
    "{share} of {total} reviews are negative.", "{total} 条评价里，差评占 {share}。"
)
FIRST_NONE = Words(
    "Nothing that reviews tell: of {total} none is negative.",
    "从评价看不出问题：{total} 条评价里没有差评。",
)
FIRST_FEW = Words(
    "Negative are {negative} of {total} reviews; too few for a percentage.",
    "{total} 条评价里有 {negative} 条差评；样本太少，不给百分比。",
)
FIRST_STALE = Words(
    "Older than the data: {verbs}. Run <code>shopkeeper run</code> and write the report again.",
    "以下结果早于当前数据：{verbs}。请执行 <code>shopkeeper run</code>，再重新生成报告。",
)

# What to do next
NEXT = Words("What to do next", "接下来做什么")
NEXT_LEAD = Words(
    "In this order; each line rests on the numbers beside it.",
    "按先后排列；每一条都有旁边的数字作依据。",
)
NEXT_LEAD_IMPORTS = Words("More data would say more.", "补充数据后，能看到更多。")
NEXT_NOTHING = Words(
    "Nothing stands out in the data that is here. Import orders, deliveries and reviews to get advice.",
    "从现有数据看不出突出的问题。导入订单、物流和评价后，这里会给出建议。",
)
DO_REASON_WHY = Words(
    "{reason}: {difference} ({between}) more negative reviews than comparable orders; that is {share} of the negative reviews of orders.",
    "{reason}：差评率比可比订单高 {difference}（{between}），高出的部分相当于有订单的差评的 {share}。",
)
DO_REASONS = {
    ("delivery", "late"): Words("Deliver when promised", "按承诺时间送达"),
    ("delivery", "undelivered"): Words("Chase the orders that do not arrive", "追踪没有送达的订单"),
    ("speed", "slowest quarter on time"): Words(
        "Speed up the slowest deliveries, even those in time", "加快最慢的配送，即使没有超时"
    ),
    ("freight", "highest quarter"): Words(
        "Lower the freight where it is a large part of the price", "降低运费占比高的订单的运费"
    ),
    ("basket", "several items"): Words(
        "Check how orders of several items are packed and sent", "检查一单多件的打包与发货"
    ),
    ("basket", "several sellers"): Words(
        "Tell buyers when an order comes in several parcels", "一单多卖家时告诉顾客会分开送达"
    ),
    ("price", "lowest fifth"): Words(
        "Check what the cheapest goods promise", "核对最便宜商品的描述与实物"
    ),
    ("price", "highest fifth"): Words(
        "Check what the dearest goods promise", "核对最贵商品的描述与实物"
    ),
}
DO_SELLERS_THESE = Words(
    "Of all deliveries {overall} are late; these sellers are clearly above that:",
    "送达订单的整体延迟率为 {overall}；以下卖家明显更高：",
)
DO_SELLERS = Words("Talk to the sellers who deliver late", "先找延迟送达的卖家谈")
DO_SELLER = Words("{seller}: {share} of {total} late", "{seller}：{total} 次送达中延迟 {share}")
DO_PRODUCTS = Words("Check these products before you sell more of them", "这些商品先检查，再继续卖")
DO_PRODUCTS_WHY = Words("Their reviews are the most surely bad:", "它们的差评最确定：")
DO_PRODUCT = Words(
    "{product}: {part} of {whole} reviews negative", "{product}：{whole} 条评价中 {part} 条差评"
)
DO_CATEGORY = Words("Look into {category}", "查一查「{category}」类目")
DO_CATEGORY_WHY = Words(
    "{share} of its {total} reviews are negative; in the whole shop it is {overall}.",
    "该类目 {total} 条评价中差评占 {share}；全店为 {overall}。",
)
DO_RISE = Words("Find out what changed lately", "弄清最近发生了什么变化")
DO_RISE_WHY = Words(
    "Since {start}, {now} of reviews are negative; in the time of equal length before, {before}.",
    "自 {start} 以来差评占 {now}；此前同样长的一段时间为 {before}。",
)
DO_REPLY = Words("Answer the bad reviews that have no reply", "回复还没有答复的差评")
DO_REPLY_WHY = Words(
    "{open} of {all} negative reviews with a text have none.",
    "有正文的差评 {all} 条，其中 {open} 条没有回复。",
)
DO_READ = Words("Read the reviews whose text and stars disagree", "读一读文字与星级不一致的评价")
DO_READ_WHY = Words(
    "{count} in all: a wrong tap on the stars, irony, or praise with a complaint inside.",
    "共 {count} 条：可能点错星级、说反话，或夸奖里夹着抱怨。",
)
DO_IMPORT = Words("Import {what}", "补充导入{what}")
DO_IMPORT_WHY = Words("It would show: {metrics}.", "补上后可以看到：{metrics}。")
SOURCES = {
    "events": Words("page views and cart events", "浏览与加购行为数据"),
    "orders": Words("orders with customer and amount", "带顾客与金额的订单"),
    "order_items": Words("order lines", "订单商品明细"),
    "shipments": Words("promised and actual delivery times", "承诺与实际送达时间"),
    "reviews": Words("reviews with text or stars", "带正文或星级的评价"),
}
REFUNDS = Words("refunds and returns", "退款与退货记录")

# The shop at a glance
GLANCE = Words("The shop at a glance", "经营概览")
GLANCE_MISSING = Words(
    "No business numbers yet: <code>shopkeeper run</code> counts them once orders, events or reviews are imported.",
    "还没有经营数字：导入订单、行为或评价后，执行 <code>shopkeeper run</code> 即可得到。",
)
GLANCE_DAYS = Words("All days of the data together: {spans}", "以下为全部数据的合计：{spans}")
GLANCE_FIGURE = Words("{metric} by {period}", "{metric}（按{period}）")
GLANCE_READING = Words(
    "The first and the last bar may be incomplete.", "第一根与最后一根柱可能不完整。"
)
GLANCE_BASE = Words("{low}–{high} of {base}", "{low}–{high}，共 {base}")
GLANCE_FEW = Words("of {base}", "共 {base}")
GLANCE_COUNTED = {
    "repeat_rate": Words("{base} buyers", "{base} 位买家"),
    "return_rate": Words("{base} orders", "{base} 笔订单"),
    "view_to_cart": Words("{base} visits", "{base} 次访问"),
    "cart_to_buy": Words("{base} visits", "{base} 次访问"),
    "conversion": Words("{base} visits", "{base} 次访问"),
    "late_delivery_rate": Words("{base} deliveries", "{base} 次送达"),
    "negative_review_share": Words("{base} reviews", "{base} 条评价"),
}
PERIODS = {"month": Words("month", "月"), "week": Words("week", "周"), "day": Words("day", "日")}
GLANCE_LACKING = Words("Not shown, for lack of data: {metrics}.", "因缺少数据未列出：{metrics}。")

# Reviews over time
TIME = Words("Reviews over time", "评价走势")
TIME_LEAD = Words(
    "Negative are {negative} of {total} reviews: {share}.",
    "{total} 条评价中有 {negative} 条差评，占 {share}。",
)
TIME_NEGATIVE = Words("Share of negative reviews by {period}", "差评占比（按{period}）")
TIME_NEGATIVE_READING = Words(
    "Line: share of the reviews of that {period}. Band: 95% interval. Gaps: fewer than {least} reviews.",
    "线：当{period}评价中的差评占比；带：95% 区间；断开处：不足 {least} 条。",
)
TIME_COUNT = Words("Reviews by {period} and sentiment", "评价数（按{period}与情感）")
TIME_COUNT_READING = Words(
    "Height: number of reviews. The first and the last bar may be incomplete.",
    "柱高为评价数。第一根与最后一根柱可能不完整。",
)
TIME_ALT = Words(
    "Share of negative reviews from {first} to {last}: lowest {low}, highest {high}.",
    "{first} 至 {last} 的差评占比：最低 {low}，最高 {high}。",
)
TIME_MISSING = Words(
    "No dated reviews with a text, a label or stars: import reviews to see how they move.",
    "没有带日期且有正文、标注或星级的评价：导入评价后可看走势。",
)
TIME_TOO_SHORT = Words(
    "The reviews lie in one {period}, so there is no course to draw.",
    "评价都在同一{period}内，画不出走势。",
)
READ_TOO_FEW = Words(
    "There are too few different texts with stars or a label to learn from, so sentiments here are labels or stars.",
    "带星级或标注的不同文字太少，无从学习，这里的情感取自标注或星级。",
)
READ_BY_STARS = Words(
    "No text has been read yet, so sentiments here are labels or stars; <code>shopkeeper run</code> reads the texts.",
    "正文尚未判读，这里的情感取自标注或星级；执行 <code>shopkeeper run</code> 会判读正文。",
)
READ_TABLE = Words("How well the texts are read", "正文判读得准不准")
READ_NOTE = Words(
    "On held-out reviews that the model has not seen. The simplest baseline always says the commonest sentiment.",
    "在模型没见过的留出评价上检验。最简单的基线一律猜最常见的情感。",
)
COLUMN_MEASURE = Words("Measure", "指标")
COLUMN_METHOD = Words("This model", "本模型")
COLUMN_BASELINE = Words("Baseline", "基线")
MEASURES = {
    "accuracy": Words("Right class", "判对的比例"),
    "macro_f1": Words("Macro-F1", "宏平均 F1"),
    "ece": Words("Calibration error (lower is better)", "校准误差（越低越好）"),
}
MEASURE_CLASS = Words("F1 of {name}", "{name}的 F1")
MEASURE_SPEED = Words("Reviews a second", "每秒判读评价数")
DISAGREE = Words("Text and stars disagree", "文字与星级不一致")
DISAGREE_DETAIL = Words(
    "So many say one thing in words and another in stars: {count}. The clearest are these.",
    "有 {count} 条评价的文字与星级说法不一，下面是最明显的几条。",
)

# By category, product, seller
CATEGORY = Words("By category", "按类目")
CATEGORY_LEAD = Words(
    "Worst first, by the lower end of the interval, so that a few angry voices do not lead the list.",
    "按区间下限从差到好排列，少数几条差评不会把类目推到最前。",
)
CATEGORY_FIGURE = Words("Share of negative reviews by category", "各类目差评占比")
SHARES_READING = Words(
    "Dot: share. Line: 95% interval. Dashed: the whole shop. The table has the numbers.",
    "点：占比；线：95% 区间；虚线：全店。数字见下表。",
)
SHARES_ALT = Words(
    "{title}: highest {first} with {share}; the whole shop {overall}.",
    "{title}：最高为{first}，{share}；全店 {overall}。",
)
CATEGORY_MISSING = Words(
    "No reviews that can be put down to a category: import products with their category.",
    "没有能归到类目的评价：导入带类目的商品后可看。",
)
PRODUCT = Words("By product", "按商品")
PRODUCT_LEAD = Words(
    "Worst first, by the lower end of the interval of the negative share, with customers' own words.",
    "按差评占比的区间下限从差到好排列，附顾客原话。",
)
PRODUCT_MISSING = Words(
    "No reviews that can be put down to a product: import reviews with a product or an order.",
    "没有能归到商品的评价：导入带商品编号或订单号的评价后可看。",
)
PRODUCT_NONE = Words(
    "No product has two negative reviews or more.", "没有哪件商品有两条或更多差评。"
)
PRODUCT_NO_TEXT = Words(
    "None of its negative reviews has a text to quote.", "它的差评都没有可引用的正文。"
)
PRODUCT_COUNTS = Words(
    "{negative} of {total} reviews negative{share}", "{total} 条评价中 {negative} 条差评{share}"
)
PRODUCT_SHARE = Words(": {share}", "，占 {share}")
PRODUCT_UNNAMED = Words("{category} ({id})", "{category}（{id}）")
PRODUCT_BARE = Words("Product {id}", "商品 {id}")
SELLER = Words("By seller", "按卖家")
SELLER_LEAD = Words(
    "Who sells what customers complain about, and who delivers late.",
    "顾客抱怨的商品是谁卖的，谁送得晚。",
)
SELLER_NAMED = Words("{id} ({city})", "{id}（{city}）")
SELLER_MISSING = Words(
    "No reviews or deliveries that can be put down to a seller: import order lines with their seller.",
    "没有能归到卖家的评价或送达记录：导入带卖家的订单明细后可看。",
)
COLUMN_CATEGORY = Words("Category", "类目")
COLUMN_SELLER = Words("Seller", "卖家")
COLUMN_REVIEWS = Words("Reviews", "评价数")
COLUMN_SHARE = Words("Negative share", "差评占比")
COLUMN_RANGE = Words("95% interval", "95% 区间")
RANGE_NOTE = Words("Dotted: the whole shop.", "虚线：全店。")
COLUMN_LATE = Words("Late share", "延迟占比")
GROUPS_TABLE = Words("Negative share by {what}, worst first", "各{what}差评占比，从差到好")
WHAT_CATEGORY = Words("category", "类目")
WHAT_SELLER = Words("seller", "卖家")
GROUPS_MORE = Words(
    "{shown} of {enough} with at least {least} reviews are shown; {few} have fewer.",
    "列出 {shown} 个，共 {enough} 个有 {least} 条以上评价；另有 {few} 个不足。",
)
GROUPS_ALL = Words(
    "{shown} of {enough} are shown; each has at least {least} reviews.",
    "列出 {shown} 个，共 {enough} 个，都有 {least} 条以上评价。",
)
GROUPS_TOO_FEW = Words(
    "None has {least} reviews, so no percentage is shown; the most reviewed are listed.",
    "都不足 {least} 条评价，因此不显示百分比；只列评价最多的。",
)
STARS = Words("{stars} of 5 stars", "{stars} 星（满分 5 星）")

# What goes with bad reviews
EFFECT = Words("What goes with bad reviews", "差评与经营的关联")
EFFECT_LEAD = Words(
    "Associated, not caused: only an experiment could say what a bad review does.",
    "只是关联，不是因果：差评本身造成多少，只有做实验才知道。",
)
EFFECT_MISSING = Words(
    "Not compared yet: <code>shopkeeper run</code> compares sentiments with orders, deliveries and page views once "
    "reviews and orders are imported.",
    "还没有比较：导入评价和订单后，执行 <code>shopkeeper run</code> 会把情感与订单、配送、浏览作比较。",
)
DRIVERS_MISSING = Words(
    "Too few reviews join an order to say what goes with the bad ones.",
    "能关联到订单的评价太少，说不出差评与什么有关。",
)
DRIVERS_ALIKE = Words(
    "The reviews of orders are all alike, so nothing can be told apart that goes with the bad ones.",
    "有订单的评价都一样，分不出差评与什么有关。",
)
DRIVERS_FIGURE = Words(
    "More negative reviews than comparable orders have, in percentage points",
    "比可比订单多出的差评率（百分点）",
)
DRIVERS_READING = Words(
    "Dot: difference. Line: 95% interval. A line that touches zero (dashed) may be chance.",
    "点：差异；线：95% 区间；碰到零（虚线）的可能只是偶然。",
)
DRIVERS_ALT = Words("{title}: {first} {value}.", "{title}：{first} {value}。")
DRIVERS_TABLE = Words(
    "What goes with bad reviews, largest share first", "与差评相关的因素，按占比从大到小"
)
COLUMN_REASON_FOR = Words("Reason", "因素")
COLUMN_MATCHED = Words("Matched", "匹配数")
COLUMN_POINTS = Words("Difference", "差异")
COLUMN_ACCOUNTS = Words("Of negative reviews", "相当于差评的")
MATCHED_TABLE = Words("After a bad review, all else equal", "差评之后（其他方面相同时）")
MATCHED_NOTE = Words(
    "Writers: beside positive reviews in the same category, price band, month and delivery where there are "
    "enough of them (exact: {exact}), else beside the next coarser group. Visitors: beside views of the same "
    "product in the same month.",
    "写评价的顾客：与同类目、同价位、同月份、同配送情况的好评相比（条件完全相同的占 {exact}），不足时放宽到"
    "更粗的分组；访客：与同一商品同一月份的浏览相比。",
)
MATCHED_OF = Words("{matched} of {total} matched", "{total} 中匹配 {matched}")
COLUMN_OUTCOME = Words("Outcome", "结果")
COLUMN_AFTER_NEGATIVE = Words("Negative", "差评")
COLUMN_AFTER_POSITIVE = Words("Positive", "好评")
COLUMN_DIFFERENCE = Words("Difference", "差异")
PANEL = Words(
    "In the six weeks after a burst of bad reviews a product has {difference} ({between}) orders per view: "
    "{products} products, {weeks} product weeks.",
    "差评集中出现后的六周，商品每次浏览的下单数变化 {difference}（{between}）：{products} 件商品，{weeks} 个商品周。",
)
PANEL_FEW = Words(
    "Too few products had a burst of bad reviews to say what follows one.",
    "出现差评集中的商品太少，说不出之后有什么变化。",
)
PLAIN_TABLE = Words("By sentiment, nothing held equal", "按情感分组，不作任何校正")
PLAIN_NOTE = Words(
    "Groups differ in more than their reviews; the comparison above holds other things equal.",
    "各组不只是评价不同；要看其他方面相同时的差异，请看上表。",
)
LATENESS_READING = Words(
    "Dot: share. Line: 95% interval. Dashed: all orders here together.",
    "点：占比；线：95% 区间；虚线：图中全部订单合计。",
)
LATENESS_FIGURE = Words(
    "Share of negative reviews by how late the order came", "差评占比（按送达早晚）"
)
LATENESS = (
    (None, -15, Words("15 or more days early", "早到 15 天以上")),
    (-14, -8, Words("8–14 days early", "早到 8–14 天")),
    (-7, -1, Words("1–7 days early", "早到 1–7 天")),
    (0, 0, Words("On the promised day", "承诺当天")),
    (1, 3, Words("1–3 days late", "晚到 1–3 天")),
    (4, 7, Words("4–7 days late", "晚到 4–7 天")),
    (8, None, Words("8 or more days late", "晚到 8 天以上")),
)
LATENESS_TABLE = Words("Negative share by delivery", "差评占比（按送达早晚）")
COLUMN_DELIVERY = Words("Delivery", "送达")

# Definitions
DEFINITIONS = Words("Definitions", "口径说明")
DEFINITIONS_LEAD = Words(
    "What each number counts, and what it cannot say.", "每个数字数的是什么，以及它说明不了什么。"
)
LIMITS = Words("What this report cannot say", "这份报告说明不了什么")
MADE = Words(
    "Made by shopkeeper {version} from the shop's own data, on the machine where it lies.",
    "由 shopkeeper {version} 用店铺自己的数据在本机生成。",
)
