"""The sentences of a card: each states the statistic beside it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopkeeper.operations.behaviour.small_cells import is_small
from shopkeeper.operations.segments.cards.figures import Figure
from shopkeeper.words import Words, counted

Row = dict[str, Any]
TITLE = Words("One card a segment", "分群名片")
DEFINITIONS = {
    "statistic": Words("Which statistic the sentence states.", "这句话所说的统计量。"),
    "value": Words("The number; a share stands as a fraction.", "数值；占比为小数。"),
    "n": Words("Out of how many, or of how many; empty where it would tell of a few others.",
               "基数；据此可推算出少数其他顾客时留空。"),
    "low": Words("Lower end of the 95 % interval, where it is a share (Wilson).",
                 "占比的 95% 区间下限（威尔逊区间）。"),
    "next": Words("What to do next: a rule of thumb by the segment or the rhythm, not a tested effect.",
                  "按分群或购买节奏的经验建议，效果未经检验。"),
    "persona": Words("The card told as a person, from the sentences alone; by a language model where one is"
                     " set and all that it says is in them, else from a template.",
                     "仅根据这些句子写成的人物描述；设置了语言模型且内容全部有据时由模型写，否则用模板。"),
}  # fmt: skip
LIMITS = (
    Words(
        "What rests on too few customers is left out, and so is a share where those of whom it does not hold are too few.",
        "依据的顾客太少的统计不写入；某项占比中不符合的顾客太少时，该占比也不写入。",
    ),
    Words(
        "A card says what most of them do, and single customers differ. Health, religion, pregnancy, ethnicity"
        " and orientation are never inferred; names of things that speak of them are left out.",
        "名片说的是多数人的情况，个人会有不同。从不推断健康状况、宗教信仰、怀孕、种族民族和性取向；涉及这些的商品或类目名称不写入。",
    ),
    Words(
        "What to do next is a rule of thumb, not a tested effect. Only customers who agreed count as reachable.",
        "下一步只是经验建议，效果未经检验；只有同意接收营销信息的顾客才算可触达。",
    ),
)

SILENT = Words(
    "The language model that is set gave no answer, so personas are from the template.",
    "已设置的语言模型没有给出回答，因此人物描述用的是模板。",
)


def sentence(one: Figure, mark: str) -> Words:
    """Return the sentence that states a figure.

    Examples
    --------
    >>> sentence(Figure("who", "purchases", 2.5, 40), "CNY ").en
    'They bought 2.5 times on average.'
    """
    value, share, label = one.value, f"{one.value:.1%}", one.label
    count = round(value) if one.statistic == "customers" else 0
    of_all = (
        Words(f"{counted(count, 'customer')}.", f"共 {count:,} 位顾客。")
        if one.n is None
        else Words(f"{counted(count, 'customer')} of {one.n:,}.", f"共 {one.n:,} 位顾客中的 {count:,} 位。")
    )  # fmt: skip
    made = {
        "customers": lambda: of_all,
        "share": lambda: Words(f"They are {share} of all who bought.", f"占全部已购顾客的 {share}。"),
        "purchases": lambda: Words(f"They bought {value:,.1f} times on average.", f"平均买过 {value:,.1f} 次。"),
        "days_since": lambda: Words(f"For half of them no more than {value:,.0f} days have passed since the last purchase.", f"有一半顾客距上次购买不超过 {value:,.0f} 天。"),
        "value_so_far": lambda: Words(f"They have brought {mark}{value:,.2f} each.", f"人均已带来 {mark}{value:,.2f}。"),
        "category": lambda: Words(f"{share} of what they buy is of the category {label.en}.", f"所购商品中 {share} 属于类目“{label.zh}”。"),
        "product": lambda: Words(f"Most often they buy {label.en} ({share}).", f"最常买的是“{label.zh}”（{share}）。"),
        "weekday": lambda: Words(f"{share} of their orders fall on {label.en}, the most of all days.", f"{share} 的订单在{label.zh}，为一周最多。"),
        "part_of_day": lambda: Words(f"{share} of their orders come {label.en}, more than at any other part of the day.", f"{share} 的订单在{label.zh}下，为一天中最多的时段。"),
        "days_between": lambda: Words(f"Half of those who came back let {value:,.0f} days or less pass between purchases.", f"复购者中有一半的购买间隔不超过 {value:,.0f} 天。"),
        "median_price": lambda: Words(f"Half of the things that they buy cost {mark}{value:,.2f} or less.", f"所购商品有一半单价不超过 {mark}{value:,.2f}。"),
        "reduced": lambda: Words(f"{share} of their orders had a discount.", f"{share} 的订单用了优惠。"),
        "returned": lambda: Words(f"Something was returned or refunded of {share} of their orders.", f"{share} 的订单有退货或退款。"),
        "negative": lambda: Words(f"{share} of their reviews are negative.", f"所写评价有 {share} 是差评。"),
        "praised": lambda: Words(f"They praise {label.en} most: {share} of what they praise.", f"最常称赞{label.zh}：占所称赞的 {share}。"),
        "complained": lambda: Words(f"They complain of {label.en} most: {share} of what they complain of.", f"最常抱怨{label.zh}：占所抱怨的 {share}。"),
    }  # fmt: skip
    return made[one.statistic]()


_RFM = {
    "champions": Words("show them what is new first", "新品优先给他们看"),
    "loyal": Words("ask them for reviews and offer what goes with their purchases", "请他们写评价，并推荐搭配商品"),
    "cannot_lose": Words("call or write to them personally before anything else", "优先逐一联系，亲自挽回"),
    "at_risk": Words("remind them of what they bought", "用他们买过的商品提醒他们"),
    "new": Words("welcome them and show what others bought next", "欢迎他们，并推荐别人接着买的商品"),
    "promising": Words("bring them to a next purchase within their usual time", "在通常的购买间隔内促成下一次购买"),
    "attention": Words("ask what they lack before they go", "趁还没流失，先问清需要什么"),
    "asleep": Words("write once, and spend little on them", "只联系一次，少花预算"),
}  # fmt: skip
_SOON = Words(
    "remind them when their usual time between purchases is over", "在平时的购买间隔将满时提醒他们"
)


def next_action(segment: str, reachable: int | None, customers: int, few: int) -> Words:
    """Return what to do next with a segment, and how many of its customers may be written to."""
    what = _RFM.get(segment, _SOON)
    if reachable is None:
        return Words(
            f"Next: {what.en}. Who agreed to messages is not known.",
            f"下一步：{what.zh}。不知道谁同意接收营销信息。",
        )
    if reachable < few:
        return Words(
            f"Next: {what.en}. Fewer than {few} of them agreed to messages, so not by messages.",
            f"下一步：{what.zh}。同意接收营销信息的不足 {few} 位，因此不要群发。",
        )
    if is_small(customers - reachable, few):
        return Words(
            f"Next: {what.en}. All of them but fewer than {few} agreed to messages.",
            f"下一步：{what.zh}。除不足 {few} 位外，都同意接收营销信息。",
        )
    return Words(
        f"Next: {what.en}. {reachable:,} of them agreed to messages.",
        f"下一步：{what.zh}。其中 {reachable:,} 位同意接收营销信息。",
    )


def next_for_customer(days_since: float, between: float | None, *, agreed: bool | None) -> Words:
    """Return what to do next with one customer."""
    if agreed is False:
        return Words(
            "Next: no message; this customer has not agreed to any.",
            "下一步：不要发送营销信息；该顾客没有同意接收。",
        )
    if between is None:
        return Words(
            f"Next: show what goes with the first purchase; {days_since:,.0f} days have passed since.",
            f"下一步：推荐与首次购买相配的商品；已过去 {days_since:,.0f} 天。",
        )
    if days_since > between:
        late = days_since - between
        return Words(
            f"Next: remind this customer, who is {late:,.0f} days past the usual {between:,.0f}.",
            f"下一步：提醒该顾客，已比通常的 {between:,.0f} 天晚了 {late:,.0f} 天。",
        )
    left = between - days_since
    return Words(
        f"Next: wait {left:,.0f} days; the usual {between:,.0f} have not passed.",
        f"下一步：再等 {left:,.0f} 天；还没到通常的 {between:,.0f} 天。",
    )


_ONE = {
    "purchases": Words("This customer bought {n:,} times.", "该顾客买过 {n:,} 次。"),
    "days_since": Words("{n:,} days have passed since the last purchase.", "距上次购买 {n:,} 天。"),
}


_TIMES = {1: "once", 2: "twice"}


def sentence_of_one(one: Figure, mark: str) -> Words | None:
    """Return the sentence of a figure of one customer; None where it only makes sense of many."""
    if one.statistic in ("customers", "share"):
        return None
    if one.statistic == "purchases" and round(one.value) in _TIMES:
        count = round(one.value)
        return Words(f"This customer bought {_TIMES[count]}.", f"该顾客买过 {count} 次。")
    if one.statistic in _ONE:
        said = _ONE[one.statistic]
        return Words(said.en.format(n=round(one.value)), said.zh.format(n=round(one.value)))
    if one.statistic == "value_so_far":
        return Words(f"So far {mark}{one.value:,.2f}.", f"至今净额 {mark}{one.value:,.2f}。")
    if one.statistic == "days_between":
        return Words(
            f"Between purchases {one.value:,.0f} days pass on average.",
            f"两次购买平均相隔 {one.value:,.0f} 天。",
        )
    said = sentence(one, mark)
    swaps: Mapping[str, str] = {
        "They praise": "This customer praises", "They complain": "This customer complains",
        "they praise": "the customer praises", "they complain": "the customer complains",
        "they buy": "the customer buys", "their orders": "the orders", "their reviews": "the reviews",
    }  # fmt: skip
    text = said.en
    for old, new in swaps.items():
        text = text.replace(old, new)
    return Words(text, said.zh)
