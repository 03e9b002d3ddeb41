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
        "95 % interval", "95% 区间",
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
        "Negative reviews ÷ reviews of that category, product or seller, with its 95 % Wilson interval. "
        "Lists are ordered by the lower end of the interval.",
        "该类目、商品或卖家的差评数 ÷ 评价数，附 95% Wilson 区间。榜单按区间下限排序。"),
    "recent_share": _own(
        "Recent negative share", "近期差评占比",
        "Negative reviews ÷ reviews of the last quarter of the time that the reviews span (at most 90 days), "
        "beside the time of equal length before. It is told only where the two 95 % Wilson intervals do not meet.",
        "评价时间跨度最后四分之一（最多 90 天）内的差评数 ÷ 评价数，与此前同样长的一段比较；"
        "两个 95% Wilson 区间不重叠时才列出。"),
    "seller_late_share": _own(
        "Late share of a seller", "卖家的延迟送达占比",
        "As the late-delivery rate, over the orders that hold something of the seller's; 95 % Wilson interval. "
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
