"""The words of the pages themselves, in both languages; those of answers come with the answers."""

from __future__ import annotations

from shopkeeper.words import Words

NAVIGATION: tuple[tuple[str, Words], ...] = (
    ("/", Words("Today", "今日")),
    ("/reviews", Words("Reviews", "评价")),
    ("/behaviour", Words("Behaviour", "行为")),
    ("/customers", Words("Customers", "顾客")),
    ("/recommend", Words("Recommend", "推荐")),
    ("/ask", Words("Ask", "提问")),
    ("/data", Words("Data", "数据")),
    ("/proof", Words("Proof", "依据")),
)
"""Address of a page → what it is called, in the order of the menu."""

SKIP = Words("Skip to the content", "跳到正文")
MENU = Words("Pages", "页面")
LANGUAGE = Words("中文", "English")
DARK = Words("Light or dark", "明暗切换")
LOG_OUT = Words("Log out", "退出")
MADE = Words("shopkeeper {version}", "掌柜 shopkeeper {version}")
ALL_VERBS = Words("All questions", "全部分析")
HOW = Words("How this is worked out", "计算方法")
LIMITS = Words("Limits", "局限")
DEFINITIONS = Words("Definitions", "口径")
METHOD = Words("Method", "方法")
AS_OF = Words("Data up to", "数据截至")
EXPLORE = Words("Explore", "交互查看")
SEE_ALL = Words("See it whole", "查看完整结果")
ALL_COLUMNS = Words("All {count} columns", "显示全部 {count} 列")
FEW_COLUMNS = Words("Main columns only", "只看主要列")
ON_PAGE = Words("On this page", "本页内容")
SHOW_TABLE = Words("The same as a table", "以表格查看")
EVIDENCE = Words("Evidence", "依据")
NO_ROWS = Words("No rows.", "没有数据。")
ROWS = Words("{first}–{last} of {total}", "第 {first}–{last} 行，共 {total} 行")
EARLIER, LATER = Words("Previous", "上一页"), Words("Next", "下一页")
APPLY = Words("Apply", "筛选")
CLEAR = Words("Clear", "清除筛选")
ANY = Words("Any", "不限")
RUN = Words("Work it out", "开始计算")
MAY_NOT = Words(
    "Your login may read what is stored, and not have anything worked out.",
    "您的权限只能查看已保存的结果，不能提交计算。",
)
MISSING = Words("Not answered yet", "尚无结果")
NOT_THERE = Words(
    "It has not been worked out yet. Set what you need and press the button; what takes longer goes on by itself.",
    "尚未计算。选好参数后点击按钮即可；耗时较长的会在后台继续。",
)
RUN_ALL = Words(
    "Some of this has not been worked out yet. <code>shopkeeper run SHOP</code> works everything out at once; the links below do it one "
    "by one.",
    "部分结果尚未计算。运行 <code>shopkeeper run 店铺</code> 可一次全部算出，也可用下面的链接逐项计算。",
)
NOTHING_READ = Words(
    "The reviews have not been read yet: sentiment, aspects and topics appear here after <code>shopkeeper run SHOP</code>, or one by one:",
    "评价还没有判读：运行 <code>shopkeeper run 店铺</code> 后，这里会显示情感、方面与话题；也可逐项计算：",
)
NOTHING_LEARNED = Words(
    "Nothing has been recommended yet. <code>shopkeeper run SHOP</code> does it for every customer; or have it worked out here:",
    "还没有推荐结果。运行 <code>shopkeeper run 店铺</code> 会为每位顾客计算；也可在这里开始：",
)
MINUTES = Words("It takes minutes.", "需要数分钟。")

TODAY = Words("Today", "今日")
DAY_OF = Words(
    "{day}, the newest day that the data surely holds whole.", "{day}：数据里最近的一个完整日期。"
)
DAY_ENDED = Words(
    "{day}, the last day with a paid order, though other data goes on until {last}. Import newer orders to see later days.",
    "{day}：最后一个有支付订单的日期；其他数据到 {last}。要看之后的日期，请导入更新的订单。",
)
DAY_CHOSEN = Words("{day}.", "{day}。")
DAY_BEFORE, DAY_AFTER = Words("Day before", "前一天"), Words("Day after", "后一天")
FIGURES = Words("The day in numbers", "当日数字")
BEFORE = Words("day before", "较前一天")
WEEK_BEFORE = Words("a week before", "较上周同日")
EXPECTED = Words("expected", "预期")
BELOW, ABOVE = (
    Words("Below what is expected", "低于预期"),
    Words("Above what is expected", "高于预期"),
)
WITHIN = Words("As expected", "在预期内")
NO_BAND = Words("Too few weeks for a band", "周数太少，暂无预期")
TOO_FEW = Words("too few ({base})", "样本太少（{base}）")
OF_BASE = Words("of {base}", "共 {base}")
BAND_METHOD = Words(
    "The expected band runs from the smallest to the largest value of the last {weeks} same weekdays. If nothing "
    "changes from week to week, a new day falls inside with the chance {chance}. It knows no trend, season or holiday.",
    "预期区间为最近 {weeks} 个相同星期的最小值到最大值；若各周之间没有变化，新的一天落在其中的概率为 {chance}。"
    "它不考虑趋势、季节与节假日。",
)
COURSE = Words("{metric} by day, eight weeks", "{metric}：近八周每日")
COURSE_READING = Words(
    "The band is what each day was expected to be; marked days fell outside.",
    "浅色带为每天的预期区间；标出的日子超出了区间。",
)
ATTENTION = Words("What needs attention", "需要留意")
ATTENTION_LEAD = Words(
    "Most money first. The amounts overlap and are not what acting would win.",
    "按涉及金额从高到低排列；金额可能重叠，也不等于采取行动能挽回的数额。",
)
ATTENTION_NONE = Words("Nothing stands out on this day.", "这一天没有需要特别留意的事。")
MONEY_KINDS: dict[str, Words] = {
    "unusual": Words("outside its band", "超出区间的金额"),
    "overdue": Words("paid for orders not delivered", "未送达订单的金额"),
    "unanswered": Words("value of their orders", "相关订单金额"),
    "disliked": Words("sold in 28 days", "28 天销售额"),
    "stock": Words("sales that two weeks may lack", "两周内可能少卖的金额"),
}
FOUND: dict[str, tuple[Words, Words]] = {
    "below": (
        Words("{subject} fell below its band", "{subject}低于预期区间"),
        Words("{value} where at least {bound} was expected.", "实际 {value}，预期至少 {bound}。"),
    ),
    "above": (
        Words("{subject} rose above its band", "{subject}高于预期区间"),
        Words("{value} where at most {bound} was expected.", "实际 {value}，预期至多 {bound}。"),
    ),
    "overdue": (
        Words("Deliveries are past their promise", "有订单已过承诺时间仍未送达"),
        Words(
            "{orders} paid orders of the last 28 days have not arrived. The longest overdue: {keys}.",
            "最近 28 天的支付订单中，有 {orders} 笔过了承诺时间仍未送达。逾期最久的是：{keys}。",
        ),
    ),
    "unanswered": (
        Words("Bad reviews have no reply", "差评还没有回复"),
        Words("{reviews} of the last 28 days.", "最近 28 天共 {reviews} 条。"),
    ),
    "disliked": (
        Words("Bad reviews gather on {subject}", "差评集中：{subject}"),
        Words(
            "{negative} of its {reviews} reviews of the last 28 days are bad; the shop's usual share is {usual}.",
            "最近 28 天的 {reviews} 条评价中有 {negative} 条差评；全店为 {usual}。",
        ),
    ),
    "stock": (
        Words("Soon sold out: {subject}", "即将售罄：{subject}"),
        Words(
            "{stock} in stock last {days} days at the rate of the last 28, in which {units} were sold.",
            "库存 {stock} 件，按最近 28 天售出 {units} 件的速度，还能卖 {days} 天。",
        ),
    ),
}
LOOK = Words("Look", "查看")
LEADS_TO: dict[str, Words] = {
    "unanswered": Words("Read them", "去看这些差评"),
    "disliked": Words("Read them", "去看这些差评"),
    "unusual": Words("See its course", "看近八周走势"),
    "stock": Words("What is like it", "看替代商品"),
}
ABSENT: dict[str, Words] = {
    "orders": Words("orders (paid, buyers, value of an order)", "订单（支付金额、买家数、笔单价）"),
    "events": Words("visits (conversion, views to cart)", "访问行为（转化率、加购率）"),
    "reviews": Words("reviews (bad reviews, replies)", "评价（差评数、未回复差评）"),
    "shipments": Words("shipments (late deliveries)", "发货（逾期未送达）"),
}
NOT_IMPORTED = Words(
    "Not shown, because nothing of it was imported: {names}. <code>shopkeeper import FILES --shop SHOP</code> adds it.",
    "因尚未导入而没有显示：{names}。可用 <code>shopkeeper import 文件 --shop 店铺</code> 补充。",
)
NO_REVIEWS_YET = Words("The shop has no reviews yet.", "店铺还没有评价。")
NOTHING_DATED = Words(
    "The shop has no dated orders, visits or reviews. Import some: <code>shopkeeper import EXPORTS --shop SHOP</code>.",
    "店铺还没有带日期的订单、访问或评价。请先导入：<code>shopkeeper import 导出文件 --shop 店铺</code>。",
)

BACK_TO = Words("Back to Today", "回到今日")

REVIEWS = Words("Reviews", "评价")
SPOKEN_OF = Words("What they speak of", "谈到的方面")
TOPICS = Words("Topics", "话题")
KEY_NEGATIVE, KEY_NEUTRAL, KEY_POSITIVE = (
    Words("complaint", "抱怨"),
    Words("neither", "中性"),
    Words("praise", "称赞"),
)
TOPICS_KEY = Words(
    "Share of the reviews with a text, and how much of it is negative",
    "占有文字评价的比例，以及其中的差评率",
)
ASPECTS_KEY = Words("Number of reviews:", "评价数：")
TOPIC_NEGATIVE = Words("{share} negative", "差评 {share}")
THE_REVIEWS = Words("Read the reviews", "逐条阅读")
FOUND_REVIEWS = Words("{total} reviews", "共 {total} 条评价")
FOUND_SHARES = Words(
    "{negative} negative, {neutral} neutral, {positive} positive",
    "负面 {negative}、中性 {neutral}、正面 {positive}",
)
NO_REVIEWS = Words("No review fits. Clear a filter.", "没有符合条件的评价，请放宽筛选。")
NO_TEXT = Words("Stars only, no text", "只有星级，没有文字")
READ_ON = Words("Read", "查看")
SENTIMENT, STARS = Words("Sentiment", "情感"), Words("Stars", "星级")
ASPECT, TOPIC = Words("Aspect", "方面"), Words("Topic", "话题")
SAYS, PRODUCT = Words("Text holds", "文字包含"), Words("Product", "商品")
SINCE, UNTIL = Words("From", "从"), Words("To", "到")
WITHOUT_REPLY = Words("Without a reply", "没有回复")
SENTIMENTS: dict[str, Words] = {
    "negative": Words("negative", "负面"),
    "neutral": Words("neutral", "中性"),
    "positive": Words("positive", "正面"),
}
REVIEW = Words("Review {number}", "评价 {number}")
ORIGINS: dict[str, Words] = {
    "label": Words("the shop's own label", "店铺标注"),
    "stars": Words("its stars", "星级"),
    "text": Words("its text", "文字判读"),
}
ORIGIN, DATE, REPLY = (
    Words("Sentiment from", "情感来自"),
    Words("Date", "日期"),
    Words("The shop's reply", "店铺回复"),
)
ASPECTS_OF_IT = Words("What it speaks of", "谈到的方面")
BACK_TO_REVIEWS = Words("All reviews", "全部评价")
OF_STARS = Words("{stars} of 5 stars", "{stars} 星（满分 5 星）")

CHANGE = Words("Change what is asked", "调整参数")
WORKING = Words("Working", "正在计算")
STATES: dict[str, Words] = {
    "waiting": Words("Waits for its turn", "排队等候"),
    "running": Words("Being worked out", "正在计算"),
    "done": Words("Done", "已完成"),
    "failed": Words("Failed", "失败"),
    "cancelled": Words("Cancelled", "已取消"),
}
WORK_HINT = Words(
    "You can leave this page; its address leads back here, and to the answer.",
    "可以先离开；用本页的地址可以回来查看进度和结果。",
)
CANCEL, ASK_AGAIN = Words("Cancel", "取消"), Words("Ask again", "重新提交")

BEHAVIOUR, CUSTOMERS = Words("Behaviour", "行为"), Words("Customers", "顾客")
PROOF, DATA = Words("Proof", "依据"), Words("Data", "数据")
LEADS: dict[str, Words] = {
    "/behaviour": Words(
        "What visitors do, where they are lost, and whether they come back.",
        "访客做了什么、在哪里流失、是否回来。",
    ),
    "/customers": Words(
        "Who the customers are, and what they are expected to be worth.",
        "顾客是谁，未来价值多少。",
    ),
    "/proof": Words(
        "How each answer is worked out, beside what simple baseline, how sure it is, and what it cannot say.",
        "每项结果用什么方法算出、与什么简单基线相比、有多大把握，以及不能说明什么。",
    ),
    "/verbs": Words(
        "Everything that this shop's data can be asked.", "可以对这家店铺的数据提出的全部问题。"
    ),
}
HOW_GOOD = Words("How good it is", "效果检验")
NO_PROOF = Words(
    "Nothing is held out to check it; its intervals and limits say how sure it is.",
    "没有留出数据可供检验；把握有多大，看区间与局限。",
)
ANSWERED, NOT_YET, LACKS = (
    Words("answered", "已有结果"),
    Words("not worked out yet", "尚未计算"),
    Words("lacks data", "缺少数据"),
)

SOURCES, FRESHNESS = (
    Words("Sources", "数据来源"),
    Words("What is there, and how fresh", "数据量与新鲜度"),
)
REJECTED = Words("Rejected rows", "未导入的行")
LAWS = Words("Rows that break a rule", "不符合规则的行")
METRICS = Words("Definitions of the numbers", "指标口径")
DATA_LEAD = Words(
    "What came in, how fresh it is, what was refused and why, and what each number counts. Version {version}.",
    "导入了什么、有多新、哪些行未导入及原因、每个指标怎么算。数据第 {version} 版。",
)

RECOMMEND = Words("Recommend", "推荐")
RECOMMEND_LEAD = Words(
    "Try a customer, or the products of a visit, and see what would be shown and why.",
    "输入一位顾客，或一次访问里看过的商品，看看会推荐什么、为什么。",
)
CUSTOMER = Words("Customer", "顾客编号")
CART = Words(
    "Products of the visit, oldest first, with commas between",
    "本次访问的商品编号，从先到后，以逗号分隔",
)
BESIDE = Words(
    "A product, and what is like it or chosen with it", "某件商品，及与它相似或常一起选的商品"
)
SHOW = Words("Show", "查看推荐")
FOR_INSTANCE = Words("For instance, for {customer}", "例如，给 {customer} 的推荐")
FOR_CUSTOMER = Words("For {customer}", "给 {customer} 的推荐")
FOR_VISIT = Words("For this visit", "给本次访问的推荐")
BESIDE_PRODUCT = Words("Beside {product}", "与「{product}」相近或相连")
RULED_OUT = Words("What is not shown", "不展示的商品")
TRY = Words("For instance", "例如")
NOT_FOUND_THERE = Words("Nothing is stored for that.", "没有与此对应的已保存结果。")

ASK = Words("Ask", "提问")
ASK_LEAD = Words(
    "Ask in English or Chinese. The words of the question decide which answer fits, and are shown beside it.",
    "用中文或英文提问。系统按问题里的词语找到对应的分析，并标出所依据的词。",
)
ASK_EXAMPLE = Words("At which step are customers lost?", "顾客在哪一步流失？")
ASK_BECAUSE = Words("Because of the words", "依据的词语：")
ASK_NOTHING = Words(
    "None of the answers fits these words. This page only finds what the shop's data can be asked, listed below.",
    "没有与这些词语对应的分析。本页只能找到下列可以回答的问题。",
)
ASK_OUTSIDE = Words("This is about", "这个问题关于")
ASK_OUTSIDE_END = Words(
    ", of which the shop's data holds nothing. What it can be asked is listed below.",
    "，店铺数据里没有这方面的内容。可以问的见下。",
)
ASK_CLOSEST = Words("Did you mean one of these?", "您想问的是其中哪一项？")
ASK_UNSURE = Words(
    "The words do not say surely which, so that nothing is answered yet.",
    "仅凭这些词语还不能确定，因此先不作回答。",
)
ASK_OVERALL = Words("Over all the data.", "全部数据合计。")
ASK_TRY = Words("Try one of these", "可以这样问")
ASK_INSTANCES = (
    Words("Why did sales drop?", "销售额为什么下降了？"),
    Words("At which step are customers lost?", "顾客在哪一步流失？"),
    Words("What are customers complaining about?", "顾客都在抱怨什么？"),
    Words("Which customers are about to leave?", "哪些顾客快流失了？"),
    Words("What do people search for and not find?", "大家搜什么搜不到？"),
    Words("Which products are bought together?", "哪些商品经常一起买？"),
)
ASK_ALL = Words("What can be asked", "可以问这些")
LIVE_LEAD = Words("Rest on a mark to see its values.", "把鼠标停在图形上查看数值。")
BACK = Words("Back", "返回")
LOG_IN, NAME, PASSWORD = Words("Log in", "登录"), Words("Name", "用户名"), Words("Password", "密码")
TOKEN = Words("Token", "令牌")
TOKEN_HINT = Words(
    "This server has tokens and no users. Paste one, or make a user with <code>shopkeeper user</code>.",
    "本服务只设有令牌、没有用户。请粘贴令牌，或用 <code>shopkeeper user</code> 创建用户。",
)
WRONG = Words("That name and password do not fit.", "用户名或密码不正确。")
WRONG_TOKEN = Words("That token does not hold.", "令牌无效或已过期。")
WAIT = Words("Too many wrong tries. Wait {seconds} seconds.", "错误次数过多，请等待 {seconds} 秒。")

FIELDS: dict[str, str] = {
    "order": "先后次序",
    "per": "计算单位",
    "window_hours": "时间窗（小时）",
    "minimum_count": "显示百分比的最少数量",
    "since": "从何算起",
    "steps": "步骤",
    "customers": "顾客编号",
    "product": "商品编号",
    "held_out": "留出评价数",
    "token_price": "每百万词元的价格",
}
"""Parameter → its Chinese name, where neither a column of that name nor its description begins with one."""
