"""What shopkeepers say when they ask: words and turns of phrase by verb, and what no shop's data can tell."""

from __future__ import annotations

from shopkeeper.words import Words

SAID: dict[str, str] = {
    "review_sentiment": "happy unhappy satisfied angry like dislike opinion feeling mood bad good reviews stars rating "
    "满意 不满 喜欢 讨厌 情绪 好评 差评 评价如何 口碑 星级 打几星",
    "review_aspects": "complain complaint complaints praise quality delivery price packaging size dislike "
    "抱怨 投诉 吐槽 称赞 质量 物流 价格 包装 尺寸 哪方面 嫌",
    "overview": "sales revenue turnover gmv orders paid refund refunds conversion convert aov money numbers kpi business "
    "sell sold income earn takings 销售额 营业额 收入 成交 订单 退款 转化率 客单价 业绩 指标 生意 经营 卖了多少 流水",
    "funnel": "drop lose lost abandon cart checkout step steps leave convert conversion payment "
    "流失 加购 购物车 下单 转化 漏斗 哪一步 结账 付款 放弃",
    "retention": "return returning come back again repeat repurchase loyal loyalty cohort once "
    "复购 回头 留存 回来 回购 老客 再来 再买",
    "sessions": "visit visits session bounce traffic device mobile desktop phone channel entry browse stay minutes "
    "访问 会话 跳出 流量 渠道 设备 浏览 停留 手机 电脑 多久",
    "lifetime_value": "worth value ltv clv valuable best customers spend future expect "
    "价值 值多少 最有价值 未来 贡献 大客户 花多少",
    "sentiment_effect": "effect impact hurt reason cause driver late delay seller "
    "影响 原因 延迟 晚到 卖家 后果 导致 晚发货",
    "review_topics": "topic topics talk talking new trend this week mention theme "
    "话题 热议 讨论 谈论 新出现 本周 趋势 聊",
    "recommend": "recommend next offer suggest personalise personalised 推荐 猜你喜欢",
    "similar_products": "similar alike beside related substitute instead alternative 相似 类似 关联 替代 差不多",
    "compare_methods": "compare method methods model llm accurate speed 比较 模型 大模型 哪种好 哪种方法",
    "segment": "segment segments group groups rfm kind kinds types 分群 分层 人群 类型 分类 几类",
    "profile": "profile who history describe persona 画像 这位顾客 顾客档案 特点",
    "churn": "churn leaving lose customers risk overdue quit 流失风险 快流失 要走的顾客 挽回 沉睡",
    "searches": "search searches searching query queries nothing 搜索 搜不到 搜索词",
    "baskets": "basket baskets together 购物篮 连带 一起买",
    "complements": "bundle bundles goes with due reorder refill again 搭配 组合 套装 补货 凑单 该再买",
    "paths": "path paths journey way route click pages 路径 动线 页面 走了",
    "explain_change": "why change changed fell fall rose drop dropped explain down "
    "变化 下降 上升 下跌 上涨 掉了 跌了 涨了",
    "judge_recommendations": "trust work good fair exposure 靠谱 准确 公平 曝光",
    "search_products": "catalogue find product lookup 商品搜索 查商品 找商品",
}
"""What shopkeepers say instead of a verb's own words; a verb without a line here has its own words."""

_WHO = "顾客|客户|客人|会员|买家|用户|客"
_NUMBER = "(\\d+|[一二两三四五六七八九十半]+)"
_SPAN = f"{_NUMBER}个?(天|周|星期|月|季度|年)(以?来|内)?都?"
_SPAN_EN = "(the last |the past |over )?(\\d+|one|two|three|six|nine|twelve|half a) (days?|weeks?|months?|years?)"
_KNOWN = "returning|repeat|regular|loyal|old"

SENTENCES: tuple[str, ...] = (
    f"{_SPAN}没有?再?(买|下单|来|消费|购物).*({_WHO})",
    f"({_WHO}).*{_SPAN}没有?再?(买|下单|来|消费|购物)",
    f"(买|下单|消费)过?{_NUMBER}[次单笔]以上.*({_WHO})",
    f"(customers|buyers|clients)\\b.*not (ordered|bought|purchased)\\b.*(for|in) {_SPAN_EN}",
)
"""Turns of phrase that draw a circle around customers, as `segment --sentence` reads them."""

CUES: dict[str, tuple[str, ...]] = {
    "overview": (
        "average order value", "how many orders", "how much (did|do|have) we (sell|sold|earn|make|take)", "best month",
        "selling (more|less)", "卖了多少", "多少笔?订单", "客单价", "生意", "退款有多少", "take in", "(compare|compared)\\b.*\\b(sales|revenue|orders|months?)", "how many (returns|refunds)", "share of orders", "进账", "退货率", "退款率", "退货有?多少", "(销售额|收入|订单).*(对比|比一比|比较)", "送晚|晚送", "how did we do", "做得(怎么样|如何|好吗)",),
    "explain_change": (
        "why (did|do|are|is|has|have)( our| the)? (sales|revenue|turnover|orders|gmv|numbers)",
        "(sales|revenue|turnover|orders|gmv)\\b.*\\b(why|drop|fall|fell|down|lower|explain)",
        "(为什么|为何|怎么|原因).*(下降|变低|变少|变差|少了|跌|掉了?|涨|变多)",
        "(下降|变低|变少|变差|少了|跌了|掉了|上涨|变多).*(为什么|为何|原因)", "(订单|收入|销售额|业绩|流水).*(比上|变了|变化)", "what changed",),
    "funnel": (
        "(which|what|at which|at what) (step|point|stage)", "give up", "do not pay", "never pay", "not check out", "哪一步",
        "哪个环节", "哪里就?不买", "放弃付款", "弃单", "没付[钱款]", "不付款", "没有?结账", "reach(es|ed)?\\b.*\\b(payment|checkout|cart)", "leak", "走到付款", "结账.*(漏|流失|少)", "付款页", "stops? (people|customers|them)", "让人不?(付款|买)", "不付款",),
    "churn": (
        "(about|going|likely) to (leave|quit)", "leave us", "stop(ped)? buying", "at risk", "win[ -]?back",
        "not (ordered|bought|been back)", "(for|in) a (long|while)", "快?[要会]流失", "快流失", "可能流失",
        "(很久|好久|多久|太久)没", "没来的顾客", "不再买", "召回", "挽回", "gone quiet", "not seen", "没动静", "流失风险", "没来买", "reminders?", "提醒", "(might|may|will) we lose", "失去谁",),
    "lifetime_value": (
        "most valuable", "best customers?", "worth to us", "(bring|spend|brings|spends)( us)?( the)? most",
        "most money", "will (customer|c)\\w* ?\\w* spend", "最有价值", "值多少钱", "大客户", "贡献最[大多]", "以后还?会?花", "花钱最多", "customer worth", "worth over", "spend the most", "花得?最多", "带来多少钱", "值多少", "predict", "预测.*(消费|花)", "未来价值",),
    "retention": (
        "come back", "came back", "bought once", "buy again", "second order", "repeat purchase", "return within",
        "没再来", "再来买", "只买过?一次", "复购", "老[客顾]", "回头客", "second time", "second purchase", "第二次", "再买一次", "stick(y|iness)", "[黏粘]性",),
    "segment": ("(kinds|groups|types) of (customers|buyers|clients)", "分成?几类", "哪几类", "哪些类型的", "split (my|our|the) customers", "分组", "怎么分",
        *SENTENCES,
        # Which group spends more.
        f"新({_WHO}).*老({_WHO}).*(花|消费|贡献|价值|值钱)", f"老({_WHO}).*新({_WHO}).*(花|消费|贡献|价值|值钱)", f"老({_WHO}).*(花|消费|贡献).*新({_WHO})", f"新老({_WHO}).*(花|消费|贡献|价值|值钱)",
        f"({_KNOWN}|new)\\b.*\\b(or|and|than|versus|vs)\\b.*\\b({_KNOWN}|new)\\b.*\\b(spend|worth)( more)?",),
    "profile": (
        "tell me about (my|our)", "who are (my|our) champions", "describe (the|my|our)", "什么样的人", "长什么样",
        "有什么特[点征]", "是什么样", "(loyal|best|new|regular) customers (like|buy|want|prefer)", "(忠实|核心|新|老)(顾客|客户|客人).*(喜欢|爱)买", "喜欢买什么", "what are .{2,20} (customers|buyers) like",),
    "sessions": (
        "how long do", "stay on", "bounce", "on (a phone|mobile)", "mobile users", "[停逛待]留?多久", "手机端", "电脑端", "跳出",
        "看一眼就", "just one page",
    ),
    "paths": (
        "before (they )?buy(ing)?", "way to an order", "(click|look at|visit) first", "走了哪些", "哪些页面", "下单前", "先[看点逛]什么",
    ),
    "review_aspects": (
        "(complain|unhappy|hate|dislike|love|like|criticise)\\w* (about|most|of|our)", "抱怨什么", "吐槽什么", "嫌什么", "不满意什么",
        "有什么意见", "最满意什么", "wrong with", "praise", "有什么(问题|毛病)", "夸(我们)?什么", "夸.*什么",
    ),
    "review_topics": (
        "new in the reviews", "talk(ing)? about", "main (themes|topics)", "新话题", "[聊讨谈]论?[些了]?什么", "主要说什么", "unusual in", "anything (new|unusual|odd)", "有没有异常", "有什么异常",
    ),
    "sentiment_effect": (
        "(cause|lead to|because of|reason for|why)\\b.*bad (reviews|ratings)", "(bad reviews|ratings|unhappy).*\\b(cost|hurt|buy less|buy again|sales)",
        "导致差评", "影响差评", "差评的原因", "为什么给?差评", "差评.*(还[买来会]|影响|复购)", "影响复购", "bad reviews?\\b.*\\b(reduce|repeat|repurchase)( purchases?)?", "差评.*(少|降|影响)", "差评.*复购",),
    "searches": (
        "search(es|ed|ing)?( terms| for)?", "find nothing", "搜什么", "搜不到", "在搜", "搜索", "想买.*没有", "找不到", "looking for\\b.*\\b(not|don't|cannot)", "在找.*没", "没卖", "输什么", "搜.{0,3}(最多|没结果)", "搜了没",),
    "baskets": ("(bought|buy|sold) together", "一起买", "同时买", "one basket", "same basket", "一个购物车", "一起放", "一块儿?[卖买]", "哪[两几]种商品", "sell together", "pairs? of products",),
    "complements": (
        "goes? with", "bundles?", "run out", "due to", "reorder", "buy with", "also buy", "搭配", "补货", "套装", "什么配",
        "还[会买]?买什么", "凑单",
    ),
    "recommend": (
        "(show|recommend|offer|suggest)\\w* .*\\b(to|for) (customer|client|c\\d)", "recommend to", "推荐什么", "推荐给", "给.*推荐",
        "适合推", "推哪些", "推什么", "would \\w*\\d+ like", "\\d+ ?会喜欢", "\\d+.*喜欢什么",
    ),
    "similar_products": (
        "similar to", "instead of", "looks? like", "replace", "alternatives? to", "相似", "类似", "代替", "替代", "换成哪", "卖完.*换", "also look at", "还看什么", "看.*还看",
    ),
    "judge_recommendations": (
        "(trust|good|accurate|fair)\\b.*\\b(recommendations?|suggestions?)", "(recommendations?|suggestions?)\\b.*\\b(any good|work|accurate)",
        "推荐效果", "推荐得?.?[准靠有]", "推荐.*(准|靠谱|有用|公平)",
    ),
}  # fmt: skip
"""Turns of phrase that name a verb surely, as regular expressions in small letters."""

CALLED: dict[str, tuple[str, ...]] = {
    "paid": (
        "revenue",
        "turnover",
        "takings",
        "sales",
        "did we sell",
        "营业额",
        "销售额",
        "收入",
        "流水",
        "卖了多少",
        "进账",
    ),
    "orders": ("how many orders", "订单数", "多少订单", "多少笔"),
    "refunds": ("refund", "退款"),
    "aov": ("客单价", "order value"),
    "repeat_rate": ("repeat", "复购率"),
    "return_rate": ("returns", "return rate", "退货率"),
    "conversion": ("conversion", "转化率"),
    "late_delivery_rate": ("late", "送晚", "延迟"),
    "negative_review_share": ("bad reviews", "差评率"),
}
"""Metric → what shopkeepers call it besides its title."""

OUTSIDE: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (
        Words("costs and profit", "成本与利润"),
        ("profit", "profits", "profitable", "margin", "margins", "利润", "毛利", "成本", "赚了多少", "盈利", "亏"),
    ),
    (
        Words("competitors and the market", "竞争对手与市场行情"),
        ("competitor", "competitors", "competition", "rival", "rivals", "竞争对手", "竞品", "同行", "行业", "别家", "对手"),
    ),
    (
        Words("spending on advertising", "广告投放费用"),
        ("ad spend", "google ads", "facebook ads", "on ads", "advertising budget", "marketing budget", "roas", "投广告",
         "广告应该", "广告费", "广告预算", "投放", "投多少", "预算", "直通车"),
    ),
    (
        Words("staff and shifts", "人员与排班"),
        ("staff", "employee", "employees", "salary", "shift", "hire", "员工", "排班", "排几个", "工资", "招人", "几个客服"),
    ),
    (Words("the weather", "天气"), ("weather", "rain", "snow", "天气", "下雨", "下雪")),
    (Words("taxes and law", "税务与法律"), ("tax", "taxes", "vat", "legal", "lawsuit", "报税", "税率", "交税", "法律", "合同")),
    (
        Words("writing texts", "撰写文案"),
        ("write me", "write a", "draft", "translate", "slogan", "文案", "写一段", "写一篇", "帮我写", "翻译"),
    ),
    (Words("suppliers and purchasing", "供应商与进货"), ("supplier", "suppliers", "供应商", "进货", "采购")),
    (Words("passwords and settings", "密码与设置"), ("password", "passwords", "密码", "装修")),
    (Words("shares and rates", "股价与汇率"), ("stock price", "share price", "exchange rate", "股价", "股票", "汇率")),
    (Words("the calendar", "日历"), ("holiday", "holidays", "假期", "节假日", "放假")),
)  # fmt: skip
"""What is often asked and stands in no table of a shop, with the words that name it."""
