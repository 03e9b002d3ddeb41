"""The words of the sections of how customers behave and of what to show them, in both languages."""

from __future__ import annotations

from shopkeeper.words import Words

# What is not there
NOT_SHOWN = Words("Not shown: {parts}. {why}", "未列出：{parts}。{why}")
RUN = Words(
    "<code>shopkeeper run</code> works it out.", "执行 <code>shopkeeper run</code> 即可得到。"
)
PARTS = {
    "funnel": Words("the way to an order", "转化漏斗"),
    "sessions": Words("what becomes of sessions", "会话概况"),
    "retention": Words("who comes back", "顾客留存"),
    "lifetime_value": Words("what customers are worth", "顾客价值"),
    "searches": Words("what people look for", "顾客搜什么"),
    "baskets": Words("what is bought together", "哪些商品常一起买"),
    "segment": Words("who the customers are", "顾客分群"),
    "churn": Words("who is overdue", "谁该来没来"),
    "profile": Words("cards of the segments", "分群名片"),
    "explain_change": Words("why the net moved", "净额为何变化"),
    "paths": Words("which ways visitors take", "访客路径"),
    "recommend": Words("what to show each customer", "给每位顾客的推荐"),
    "complements": Words("what goes together", "搭配与补货"),
    "search_products": Words("what searches find", "搜索结果"),
}

# How customers behave
BEHAVIOUR = Words("How customers behave and what they are worth", "顾客行为与价值")
BEHAVIOUR_LEAD = Words(
    "Who goes on to an order, who comes back, and what is expected of them. It shows what happened, not why.",
    "哪些人下了单，哪些人又回来，预计还会带来多少。这里只说发生了什么，不解释原因。",
)

FUNNEL_FIGURE = Words("How many go on, step by step", "各步转化")
FUNNEL_READING = Words(
    "Length: share of the first step. Line: 95% interval.", "条长为占第一步的比例；线为 95% 区间。"
)
FUNNEL_ALT = Words(
    "{title}: from {first} to {last}, {share} go on.", "{title}：从{first}走到{last}的占 {share}。"
)
FUNNEL_TABLE = Words("The way to an order", "转化漏斗")
COLUMN_STEP = Words("Step", "步骤")
COLUMN_REACHED = Words("Reached", "到达")
COLUMN_LOST = Words("Lost before it", "流失")
COLUMN_OF_FIRST = Words("Of the first step", "占第一步")
COLUMN_OF_PREVIOUS = Words("Of the step before", "占上一步")

SESSIONS = Words(
    "Of {sessions} sessions, {bought} have an order and {bounced} are left after one event; on average a "
    "session has {events} events and lasts {minutes} minutes.",
    "{sessions} 次会话中，有下单的占 {bought}，只有一个事件就离开的占 {bounced}；平均每次会话 {events} 个事件，"
    "持续 {minutes} 分钟。",
)
SESSIONS_FEW = Words(
    "There are {sessions} sessions, too few for a percentage.",
    "只有 {sessions} 次会话，样本太少，不给百分比。",
)

RETENTION_TABLES = {
    "month": Words("Who comes back, by the month of the first time", "顾客留存（按首次所在月份）"),
    "week": Words("Who comes back, by the week of the first time", "顾客留存（按首次所在周）"),
}
COLUMN_SINCE = {"month": Words("First month", "首月"), "week": Words("First week", "首周")}
COLUMN_AGES = {
    "month": Words("{age} mo. later", "{age} 个月后"),
    "week": Words("{age} wk. later", "{age} 周后"),
}
COLUMN_CUSTOMERS = Words("Customers", "顾客数")
ALL_CUSTOMERS = Words("All", "全部")
RETENTION_NOTE = Words(
    "Share of the customers of a line who are active in that one period. The darker, the more come back.",
    "各行顾客中在该期有活动的占比；颜色越深，回来的越多。",
)
RETENTION_OPEN = Words(
    "“…”: the period is not over, so there is the count so far and no share.",
    "带“…”的一期尚未结束，只列目前人数，不给占比。",
)
RETENTION_SMALL = Words(
    "“–”: too few came back to be told of, or the number would tell of so few. So of small lines high shares are"
    " seen more often than low ones: compare by “All”.",
    "“–”表示回来的顾客太少，或可据此推算出这样的人数，不予列出。因此人数少的行看得到的多是较高的占比，比较时请看“全部”。",
)
RETENTION_FEW = Words(
    "Lines of fewer than {least} customers are not listed ({few}); “All” holds them too.",
    "不足 {least} 位顾客的行不列出（{few} 行），“全部”中含这些顾客。",
)
RETENTION_SHOWN = Words("The latest {shown} lines are listed.", "只列出最近 {shown} 行。")
RETENTION_NONE = Words(
    "No first period has {least} customers, so who comes back is not told period by period.",
    "没有哪一期的新顾客达到 {least} 位，因此不分期列出留存。",
)
BROUGHT = {
    "month": Words(
        "So far a customer has brought {mean} net, {age} months after the first ({between}).",
        "首月之后 {age} 个月，平均每位顾客累计带来净额 {mean}（{between}）。",
    ),
    "week": Words(
        "So far a customer has brought {mean} net, {age} weeks after the first ({between}).",
        "首周之后 {age} 周，平均每位顾客累计带来净额 {mean}（{between}）。",
    ),
}

WORTH_TOTAL = Words(
    "All of them together are expected to bring {total} in those days; the highest tenth of them "
    "brings {part} of it.",
    "同一时期内，全部顾客合计预计带来 {total}，其中预期最高的十分之一占 {part}。",
)
WORTH_TENTH = Words(
    "In the days kept aside the highest tenth was expected to buy {expected} times each and bought "
    "{happened} times ({between}).",
    "在留出期内，预期最高的一组平均每位预计购买 {expected} 次，实际 {happened} 次（{between}）。",
)
WORTH_FIGURE = Words(
    "Expected and happened, by tenths of customers", "预期与实际：按预期分成的十组顾客"
)
WORTH_READING = Words(
    "Bars and the lines on them: what happened in the days kept aside, with the 95 % interval. Red: what had been expected.",
    "柱与竖线：留出期内的实际及其 95% 区间；红线：此前的预期。",
)
WORTH_TABLE = Words("How well it held on days kept aside", "用留出期检验")
WORTH_NOTE = Words(
    "The last days of the data were foretold from what came before. The baseline guesses that everybody "
    "does the same again.",
    "用之前的数据预测最后一段时间，再与实际相比。基线假定每位顾客和上一期一样。",
)
WORTH_NOT_NEARER = Words(
    "It is not shown to foretell purchases better than the baseline.",
    "尚不能说明它对购买次数的预测好于基线。",
)
WORTH_UNJUDGED = Words(
    "The data is too short to keep days aside, so nothing says how right this is.",
    "数据太短，无法留出一段时间检验，因此不知道准确程度。",
)
MEASURES = {
    "purchases_ratio": Words(
        "Purchases expected ÷ happened (1 is right)", "预期购买次数 ÷ 实际（1 为准确）"
    ),
    "purchases_rmse": Words(
        "Error of purchases a customer (lower is better)", "每位顾客购买次数的误差（越低越好）"
    ),
    "value_ratio": Words(
        "Net value expected ÷ happened (1 is right)", "预期净额 ÷ 实际（1 为准确）"
    ),
    "value_rmse": Words(
        "Error of net value a customer (lower is better)", "每位顾客净额的误差（越低越好）"
    ),
}
COLUMN_MEASURE = Words("Measure", "指标")
COLUMN_MODEL = Words("This model", "本模型")
COLUMN_BASELINE = Words("Baseline", "基线")

# What to show next
RECOMMEND = Words("What to show next", "给顾客推荐什么")
RECOMMEND_LEAD = Words(
    "Learned from the order in which {customers} customers came upon {products} products.",
    "学习自 {customers} 位顾客先后接触 {products} 件商品的次序。",
)
RECOMMEND_TABLE = Words("The first products for each customer", "每位顾客最先展示的商品")
RECOMMEND_EVERYONE = Words("Everyone", "所有顾客")
RECOMMEND_NOTE = Words(
    "Shown are {shown} customers of {lists} who have a list; <code>shopkeeper recommend --customers</code> "
    "gives the list of any other. A reason says which product of the customer's own gives most of the score.",
    "列出 {lists} 位有推荐的顾客中的 {shown} 位；其他顾客可用 <code>shopkeeper recommend --customers</code> 查询。"
    "理由写的是该顾客自己接触过的商品中，对得分贡献最大的一件。",
)
RECOMMEND_NOTE_ONE = Words(
    "One list for everyone, made without anybody's history.",
    "不使用任何人的历史，所有人看到同一份推荐。",
)
RECOMMEND_OUT = Words(
    "Never shown: {unlisted} products no longer in the catalogue, {sold_out} out of stock.",
    "不会展示：已下架 {unlisted} 件，缺货 {sold_out} 件。",
)
RECOMMEND_NONE = Words("There is no product left that may be shown.", "没有可以展示的商品。")
COLUMN_CUSTOMER = Words("Customer", "顾客")
COLUMN_PICKS = Words(
    "Products, and the reason as the customer would read it", "商品与理由（可直接展示给顾客）"
)
RANK_TABLE = Words("How good the ranking was on held-out products", "用留出的商品检验排序")
RANK_NOTE = Words(
    "The newest product of each of {customers} customers was hidden and then looked for among all that "
    "the customer had not touched.",
    "隐去 {customers} 位顾客各自最新的一件商品，再看它在该顾客未接触过的全部商品中排第几。",
)
RANK_UNJUDGED = Words(
    "Not judged: too few customers have touched two products.",
    "未作检验：接触过两件商品的顾客太少。",
)
COLUMN_RANKING = Words("Ranking", "排序方法")
COLUMN_NDCG = Words("NDCG of the first ten", "前十名 NDCG")
COLUMN_RECALL = Words("Found among ten", "排进前十")
COLUMN_AHEAD = Words("Ahead of popular", "领先热门商品")
RANKINGS = {
    "own": Words("This ranking", "本方法"),
    "popular": Words("Popular products", "热门商品"),
    "last_item": Words("What followed the newest product", "最新一件之后常见的商品"),
}
AHEAD = Words(
    "It is ahead of the popular products by {ahead} NDCG ({between}).",
    "它的 NDCG 比热门商品高 {ahead}（{between}）。",
)
AHEAD_NOT = Words(
    "It is not shown to do better than the popular products: the difference is {ahead} NDCG ({between}).",
    "尚不能说明它比热门商品更好：NDCG 相差 {ahead}（{between}）。",
)
AHEAD_BEHIND = Words(
    "Here the popular products do better, by the difference of {ahead} NDCG ({between}): ask with "
    "<code>--method popular</code>.",
    "在本店热门商品的效果更好，NDCG 相差 {ahead}（{between}）：建议改用 <code>--method popular</code>。",
)
LAST_BEATEN = Words(
    "Its interval lies above that of what followed the newest product.",
    "它的区间高于“最新一件之后常见的商品”。",
)
LAST_NOT = Words(
    "It is not shown to do better than what followed the newest product: the two intervals meet.",
    "尚不能说明它比“最新一件之后常见的商品”更好：两者的区间有重叠。",
)
LAST_BEHIND = Words(
    "Here what followed the newest product does better: ask with <code>--method last_item</code>.",
    "在本店，“最新一件之后常见的商品”效果更好：建议改用 <code>--method last_item</code>。",
)

# What people look for
SEARCHES = Words("What people look for", "顾客搜什么")
SEARCHES_LEAD = Words(
    "What is typed into the search box, what comes of it, and what the shop does not have.",
    "搜索框里输入了什么、结果如何、哪些是店里没有的。",
)
SEARCHES_TABLE = Words("What is searched for, by meaning", "按意图看搜索")
SEARCHES_NOTE = Words(
    "An intent holds queries that mean the same. An order that follows a search need not come from it.",
    "一个意图包含含义相近的搜索词。搜索之后下单，不等于因搜索而下单。",
)
NOT_SOLD_TABLE = Words("Looked for and not found in the shop", "有人搜而店里没有")
MISSPELT_TABLE = Words("Likely misspelt", "可能打错的搜索词")
COLUMN_INTENT = Words("Intent", "意图")
COLUMN_QUERY = Words("Query", "搜索词")
COLUMN_SUGGESTION = Words("Likely meant", "可能想搜")
COLUMN_SEARCHES = Words("Searches", "搜索次数")
COLUMN_NO_RESULT = Words("Find nothing", "无结果")
COLUMN_CLICKED = Words("Click", "有点击")
COLUMN_BOUGHT = Words("Order after", "之后下单")
COLUMN_EXAMPLES = Words("Such as", "例如")

# What is bought together
BASKETS = Words("What is bought together", "哪些商品常一起买")
BASKETS_LEAD = Words(
    "Which products go together and which stand for one another, beside what chance would do.",
    "哪些商品互补、哪些互相替代，并与偶然相比。",
)
BASKETS_TABLE = Words("The surest pairs", "最可靠的组合")
BASKETS_NOTE = Words(
    "Times chance: orders with both ÷ those that chance would give in orders of the same sizes.",
    "偶然倍数：同时含两者的订单 ÷ 订单大小不变时偶然会出现的订单数。",
)
COLUMN_FIRST = Words("Product", "商品")
COLUMN_SECOND = Words("And", "与")
COLUMN_RELATION = Words("Relation", "关系")
COLUMN_TOGETHER = Words("Orders with both", "同时含两者的订单")
COLUMN_TIMES = Words("Times chance", "偶然倍数")
RELATIONS = {
    "complement": Words("complement", "互补"),
    "substitute": Words("substitute", "替代"),
}

# Why a metric moved
CHANGE = Words("Why the numbers moved", "指标为何变化")
CHANGE_LEAD = Words(
    "The last whole month beside the one before it, accounted for to the last cent.",
    "最近一个完整月份与上一个月相比，账目精确到分。",
)
CHANGE_FIGURE = Words(
    "From the month before to the last whole month", "从上一个月到最近一个完整月份"
)
CHANGE_READING = Words(
    "Each bar begins where the one above it ended. Green adds, red takes away.",
    "每根柱从上一根结束处开始；绿色为增加，红色为减少。",
)
CHANGE_TABLE = Words("Where the change lies", "变化在哪里")
CHANGE_NOTE = Words(
    "Each line is without the lines above it; together they are the whole. It says where, not why.",
    "每一行不含上面各行，合计即为全店。只说明在哪里，不说明原因。",
)
KNOWN_TABLE = Words("Known of these days", "这段时间已知的事件")
COLUMN_PART = Words("Part of the shop", "部分")
COLUMN_BEFORE = Words("Before", "前一期")
COLUMN_AFTER = Words("After", "后一期")
COLUMN_CHANGE = Words("Change", "变化")
COLUMN_KIND = Words("What", "类型")
COLUMN_NAME = Words("Which", "名称")
COLUMN_WHEN = Words("From", "从")
KNOWN_KINDS = {
    "campaign": Words("Campaign", "营销活动"),
    "price": Words("Price changed", "价格变动"),
    "sold_out": Words("Out of stock now", "已缺货"),
    "stopped_selling": Words("Stopped selling", "停售"),
    "broken_week": Words("Orders not tracked", "下单埋点异常"),
    "no_orders": Words("No order all day", "全天没有订单"),
}

# Which ways visitors take
PATHS_FIGURE = Words("What leads to what", "路径图")
PATHS_READING = Words(
    "The thicker a line, the oftener that way is taken; “again” is how often the same step follows at once.",
    "线越粗，走的人越多；“重复”是同一步紧接着再来一次的占比。",
)
PATHS_TABLE = {
    "to_purchase": Words("The commonest ways to an order", "最常见的下单路径"),
    "to_leaving": Words("The commonest ways to leaving without one", "最常见的未下单离开路径"),
}
COLUMN_PATH = Words("Way", "路径")
COLUMN_SESSIONS = Words("Sessions", "会话数")
COLUMN_OF_SUCH = Words("Of such sessions", "占此类会话")
