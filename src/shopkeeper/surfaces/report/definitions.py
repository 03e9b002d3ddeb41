"""What every number of the report counts (口径).

Business numbers are defined in `data/metrics.py` and columns of answers by the answers themselves;
here stand the numbers that only the report shows, and the way from a name to its definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopkeeper.answer import Answer
from shopkeeper.data.metrics import BY_NAME as METRICS
from shopkeeper.surfaces.report import terms
from shopkeeper.words import Words


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what it counts."""

    term: Words
    text: Words


_ATTRIBUTED = Words(
    "A review speaks of the product that it names; one that names only an order speaks of every "
    "product in that order.",
    "评价归到它写明的商品；只写明订单的评价，归到该订单里的每一件商品。",
)


def _own(term_en: str, term_zh: str, en: str, zh: str) -> Definition:
    return Definition(Words(term_en, term_zh), Words(en, zh))


OWN: dict[str, Definition] = {
    "minimum_count": _own(
        "Too few", "样本太少",
        "Fewer than the shop's minimum_count (shop.toml) were counted, so no percentage is shown.",
        "计数低于店铺设置的 minimum_count（shop.toml），因此不显示百分比。"),
    "interval": _own(
        "95% interval", "95% 区间",
        "The range in which the number would lie in about 95 of 100 repetitions if chance alone were at "
        "work: Wilson's for shares, the bootstrap for the rest.",
        "若只有偶然因素，重复 100 次约有 95 次落在这个范围内：占比用 Wilson 区间，其余用自助法。"),
    "reviews": _own(
        "Reviews", "评价数",
        "Reviews that have a sentiment: the shop's own label, else the stars, else what was read in the text.",
        "有情感的评价数：先看店铺自己的标注，没有则看星级，再没有则从正文判读。"),
    "negative_reviews": _own(
        "Negative reviews", "差评数",
        "Reviews whose sentiment is negative; see the share of negative reviews for where it comes from.",
        "情感为差评的评价数；情感的来源见「差评占比」。"),
    "attributed_reviews": _own(
        "Reviews of a category, product or seller", "类目、商品、卖家的评价数",
        f"{_ATTRIBUTED.en} It counts once for each category and each seller, however many of their "
        "products it speaks of.",
        f"{_ATTRIBUTED.zh}对同一类目或同一卖家，一条评价只计一次。"),
    "attributed_share": _own(
        "Negative share of a category, product or seller", "类目、商品、卖家的差评占比",
        "Negative reviews ÷ reviews of that category, product or seller, with its 95% Wilson interval. "
        "Lists are ordered by the lower end of the interval.",
        "该类目、商品或卖家的差评数 ÷ 评价数，附 95% Wilson 区间。榜单按区间下限排序。"),
    "recent_share": _own(
        "Recent negative share", "近期差评占比",
        "Negative reviews ÷ reviews of the last quarter of the time that the reviews span (at most 90 days), "
        "beside the time of equal length before. It is told only where the two 95% Wilson intervals do not meet.",
        "评价时间跨度最后四分之一（最多 90 天）内的差评数 ÷ 评价数，与此前同样长的一段比较；"
        "两个 95% Wilson 区间不重叠时才列出。"),
    "seller_late_share": _own(
        "Late share of a seller", "卖家的延迟送达占比",
        "As the late-delivery rate, over the orders that hold something of the seller's; 95% Wilson interval. "
        "A late order with two sellers counts for both.",
        "口径同延迟送达率，限于含该卖家商品的订单；95% Wilson 区间。一笔订单有两位卖家时各计一次。"),
    "deliveries": _own(
        "Deliveries", "送达数",
        "Delivered shipments of paid orders that had a promised time.",
        "有承诺时间且已送达的包裹数，仅支付订单。"),
    "lateness": _own(
        "Early and late", "早到与晚到",
        "Whole days from the promise to the last delivery of the order, rounded down: a promise of a day "
        "counts from its start, so 0 is the promised day itself. Orders without promise or delivery are left out.",
        "从承诺时间到订单最后一次送达的整天数，向下取整：承诺到某天的从当天零点起算，0 即承诺当天。"
        "没有承诺时间或尚未送达的订单不计。"),
    "disagreements": _own(
        "Text and stars disagree", "文字与星级不一致",
        "Reviews whose text reads negative with 4 or 5 stars, or positive with 1 or 2; where the model "
        "abstains they do not count.",
        "文字读出为差评而给 4–5 星，或读出为好评而给 1–2 星的评价；模型弃权的不计。"),
    "texts": _own(
        "Reviews with a text", "有正文的评价",
        "Reviews whose title or text is not blank, with or without stars.",
        "标题或正文不为空的评价，不论有没有星级。"),
    "aspect_reviews": _own(
        "Reviews that speak of an aspect", "谈到某方面的评价数",
        "Reviews with a clause that holds a word of the aspect, each counted once however often it does.",
        "至少有一个分句含该方面词语的评价，一条只计一次。"),
    "aspect_of_all": _own(
        "Share of an aspect", "某方面的占比",
        "Reviews that speak of the aspect ÷ reviews with a text; 95% Wilson interval. A review may speak of several.",
        "谈到该方面的评价数 ÷ 有正文的评价数，附 95% Wilson 区间。一条评价可以谈到几个方面。"),
    "aspect_share": _own(
        "Complaints and praise of an aspect", "某方面的抱怨与称赞",
        "Reviews that complain of (praise) the aspect ÷ reviews that speak of it; 95% Wilson interval. What a clause thinks "
        "is read from its opinion words and from what the shop's rated reviews teach. A review that does both "
        "complains. A product is named where its complaints are too many for chance among all products and aspects "
        "(hypergeometric tail, Benjamini–Hochberg at 5 %).",
        "抱怨（称赞）该方面的评价数 ÷ 谈到它的评价数，附 95% Wilson 区间。分句的态度由观点词与本店带星级的评价共同判读；"
        "又夸又怨的算抱怨。商品的抱怨多到在全部商品与方面中都难用偶然解释时才点名（超几何分布，Benjamini–Hochberg，5%）。"),
    "aspect_agreement": _own(
        "Agreement with the stars", "与星级一致的比例",
        "Of reviews with stars that are a single clause, the share whose clause is read as what the stars say; no "
        "clause is read by a model that has learned from it.",
        "带星级且只有一个分句的评价中，分句判读与星级一致的比例；判读某条时所用的模型没有学过它。"),
    "topic_count": _own(
        "Topics", "话题数",
        "Groups of reviews of one language whose texts are near to each other, each with the least number of reviews or "
        "more. How many there are is a choice: `shopkeeper review-topics --topics` sets it.",
        "同一语言、正文相近的评价归成的组，每组都达到最少评价数。分成多少组是一种选择，可用 "
        "`shopkeeper review-topics --topics` 设定。"),
    "topic_reviews": _own(
        "Reviews of a topic", "话题的评价数",
        "Reviews whose text is nearest to the middle of the topic; each text is in one topic at most, and topics hold "
        "one language each.",
        "正文离该话题中心最近的评价数；每条最多归入一个话题，每个话题只含一种语言。"),
    "topic_share": _own(
        "Share of a topic", "话题占比",
        "Reviews of the topic ÷ reviews with a text.", "该话题的评价数 ÷ 有正文的评价数。"),
    "topic_week": _own(
        "Newest seven days", "最近七天",
        "Counted back from the newest review. A topic is new where its share of that week is at least five times that "
        "of before and chance gives so many less than once in a hundred such reports (hypergeometric, Holm).",
        "从最新一条评价往前数七天。话题当周占比至少为此前的五倍，且偶然出现这么多的机会不到百分之一时"
        "（超几何分布，Holm 校正），才算新话题。"),
    "topic_change": _own(
        "Change of a topic", "话题的变化",
        "The week that splits the topic's share of the reviews most clearly into a before and a since, told only where "
        "chance gives so large a change in any week less than once in twenty (1,999 random deals, Holm).",
        "把话题占比最清楚地分成前后两段的那一周；只有在任意一周偶然出现这么大变化的机会不到二十分之一时才列出"
        "（1,999 次随机重排，Holm 校正）。"),
    "topic_negative": _own(
        "Negative share of a topic", "话题的差评占比",
        "Negative reviews ÷ reviews of the topic that have a sentiment; 95% Wilson interval.",
        "该话题的差评数 ÷ 有情感的评价数，附 95% Wilson 区间。"),
    "topic_products": _own(
        "Products of a topic", "话题集中的商品",
        "Reviews of the topic that speak of the product; told where they are more than chance gives in proportion to "
        "the product's reviews (hypergeometric, times the pairs looked at).",
        "该话题中谈到该商品的评价数；只列出按商品评价数的比例难用偶然解释的（超几何分布，乘以比较的对数）。"),
    "not_answered": _own(
        "Question without an answer", "没有回答的问题",
        "What the shop's data held when `shopkeeper run` asked, and the least that the question needs.",
        "执行 `shopkeeper run` 时店铺数据的情况，以及回答该问题至少需要的数据。"),
    "funnel_way": _own(
        "The way to an order", "转化漏斗",
        "Sessions (or customers, where asked so) with the first event, and those of them whose later events come in "
        "time, none earlier than the step before it. What was not recorded looks like a loss.",
        "有第一步事件的会话（或按要求以顾客计），以及其中在时间窗内依次做到后面各步的；没有记录到的会被算作流失。"),
    "came_back": _own(
        "Came back, all first periods together", "各期合计的回来占比",
        "Customers who were active in the period so many periods after their first ÷ all whose period of that age is over; "
        "95% Wilson interval. Further activity within the first period is no return.",
        "首个周期之后第若干期有活动的顾客数 ÷ 该期已结束的全部顾客数，附 95% Wilson 区间。首个周期内的再次活动不算回来。"),
    "worth_ahead": _own(
        "What is expected of customers", "对顾客的预期",
        "Expected purchases in the days ahead (BG/NBD) × net value of one (Gamma-Gamma), "
        "from when and for how much each customer bought. Single customers scatter widely around it.",
        "未来天数内的预期购买次数（BG/NBD）× 单次购买净额（Gamma-Gamma），只依据各顾客的购买时间与金额。"
        "单个顾客的实际会有很大出入。"),
    "worth_part": _own(
        "Part of the highest tenth", "最高十分之一的占比",
        "Expected value of the tenth of customers with the highest ÷ expected value of all.",
        "预期净额最高的十分之一顾客合计 ÷ 全部顾客合计。"),
    "touched": _own(
        "Customers and products learned from", "学习所用的顾客与商品",
        "Customers who bought or viewed a product, and the different products that they came upon.",
        "买过或看过商品的顾客数，以及他们接触过的不同商品数。"),
    "recommend_lists": _own(
        "Customers with a list", "有推荐的顾客",
        "Those who have touched the most products, 1,000 at most; the first of them are shown.",
        "接触商品最多的顾客，至多 1,000 位；此处列出其中最靠前的几位。"),
    "ruled_out": _own(
        "Products that are not shown", "不展示的商品",
        "Products that customers have touched and that are missing in the catalogue, or have no stock left.",
        "顾客接触过、但已不在商品目录里的商品，以及没有库存的商品。"),
    "unanswered": _own(
        "Negative reviews without a reply", "未回复的差评",
        "Negative reviews with a text and with neither reply nor time of reply.",
        "有正文、既无回复内容也无回复时间的差评。"),
    "rows": _own(
        "Rows", "行数",
        "Rows of the table after the import: without duplicates and without rejected rows.",
        "导入后表里的行数，不含重复行与未导入行。"),
}  # fmt: skip


def definition(name: str, answers: Mapping[str, Answer]) -> Definition:
    """Return the definition of a number by its name.

    Parameters
    ----------
    name
        A name of this module, a metric, or `verb:column` for a column of a stored answer.
    answers
        The stored answers by verb.

    Raises
    ------
    KeyError
        There is no such definition.
    """
    if name in OWN:
        return OWN[name]
    if name in METRICS:
        return Definition(METRICS[name].title, METRICS[name].definition)
    verb, _, column = name.partition(":")
    answer = answers[verb]
    return Definition(_term(answer, column), answer.definitions.get(column) or _whole(answer))


def _term(answer: Answer, column: str) -> Words:
    return terms.TERMS.get(f"{answer.verb}:{column}", answer.title)


def _whole(answer: Answer) -> Words:
    limits = answer.limits or (Words("", ""),)
    return Words(
        " ".join([f"{answer.title.en}, by the method {answer.method}.", *(w.en for w in limits)]),
        "".join([f"{answer.title.zh}，方法：{answer.method}。", *(w.zh for w in limits)]),
    )
