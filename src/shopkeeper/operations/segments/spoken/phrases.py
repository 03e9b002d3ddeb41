"""What can be said of customers: each phrase in English and Chinese, and the condition that it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from shopkeeper.operations.segments.rules import Condition
from shopkeeper.operations.segments.spoken.amounts import (
    EN_AFTER,
    EN_COMPARED,
    EN_NUMBER,
    EN_SPAN,
    ZH_AFTER,
    ZH_COMPARED,
    ZH_NUMBER,
    ZH_SPAN,
    compared,
    days,
    number,
)

Made = Callable[[re.Match[str]], list[Condition] | None]
NEW_DAYS = 30
"""Days since the first purchase of who is called new."""
_BUY = r"(?:购买|下单|消费|复购|回购|成交|光顾|买)"
_MONEY = r"(?:元|块钱?|人民币|rmb|cny|¥)"
_COUPON = r"(?:优惠券|优惠码|优惠|折扣券|折扣|打折)"
_EN_BUY = r"(?:bought|purchased|ordered|shopped|buy|purchase|order|shop)"
_EN_CURRENCY = r"(?:[$€£¥]|usd|eur|gbp|cny|rmb|dollars?|euros?|pounds?|yuan)"
_EN_SPEND = r"(?:(?:who )?(?:have |has )?(?:spent|spending|spend)|(?:with )?(?:a )?(?:total|lifetime) (?:spend|value)(?: of)?)"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern and the conditions that it stands for."""

    pattern: re.Pattern[str]
    made: Made


def _p(pattern: str, made: Made) -> Phrase:
    return Phrase(re.compile(pattern, re.I), made)


def _silent(match: re.Match[str]) -> list[Condition] | None:
    span = days(match["t"])
    return None if span is None else [Condition("days_since", "ge", span)]


def _lately(match: re.Match[str]) -> list[Condition] | None:
    span = days(match["t"])
    return None if span is None else [Condition("days_since", "le", span)]


def _measured(trait: str, *, whole: bool = False) -> Made:
    def made(match: re.Match[str]) -> list[Condition] | None:
        parts = match.groupdict()
        value = number(parts["n"])
        if value is None:
            return None
        sign, edge = compared(
            " ".join(filter(None, (parts.get("b"), parts.get("c")))),
            parts.get("a"),
            value,
            whole=whole,
        )
        return [Condition(trait, sign, edge)]

    return made


def _between(trait: str) -> Made:
    def made(match: re.Match[str]) -> list[Condition] | None:
        low, high = number(match["m"]), number(match["n"])
        if low is None or high is None or low > high:
            return None
        return [Condition(trait, "ge", low), Condition(trait, "le", high)]

    return made


def _often(match: re.Match[str]) -> list[Condition] | None:
    times = {"once": 1, "twice": 2, "thrice": 3}[match["w"].lower()]
    sign, edge = compared(match["c"] or match["b"], match["a"], times, whole=True)
    return [Condition("purchases", sign, edge)]


def always(*conditions: Condition) -> Made:
    """Return what makes the same conditions of every match."""
    return lambda _match: list(conditions)


def _top(match: re.Match[str]) -> list[Condition] | None:
    share = number(match["n"])
    return (
        None
        if share is None or not 0 < share <= 100
        else [Condition("value_top", "le", share / 100)]
    )


def _reduced(match: re.Match[str]) -> list[Condition] | None:
    if match["half"]:
        return [Condition("share_reduced", "above", 0.5)]
    share = number(match["n"])
    return None if share is None or share > 100 else [Condition("share_reduced", "ge", share / 100)]


def _first(match: re.Match[str]) -> list[Condition] | None:
    span = days(match["t"])
    if span is None:
        return None
    ago = match["ago"] in ("前", "以前", "之前", "ago")
    return [Condition("age_days", "ge" if ago else "le", span)]


_NO_COUNT = rf"(?!\s*(?:过|了)?\s*{ZH_COMPARED}?\s*{ZH_NUMBER}\s?(?:次|单|笔|元|块))"
_ZH_TO = rf"(?P<m>{ZH_NUMBER})\s?{_MONEY}?\s?(?:到|至|~|～|—|–|-)\s?(?P<n>{ZH_NUMBER})"
_EN_TO = (
    rf"(?:(?P<w>between )|from )?(?:{_EN_CURRENCY} ?)?(?P<m>{EN_NUMBER})(?: ?{_EN_CURRENCY})?(?(w) and |(?: to | ?[-–—~] ?))"
    rf"(?:{_EN_CURRENCY} ?)?(?P<n>{EN_NUMBER})"
)
PHRASES: tuple[Phrase, ...] = (
    # Chinese
    _p(rf"(?:已经|已|超过|至少|最近|近|过去|有|连续)*(?P<t>{ZH_SPAN})(?:以上|多)?(?:内|里|以来)?(?:都|就)?"
       rf"(?:没有|没|未)(?:再|有|来|过)*{_BUY}(?:过|了|东西)*{_NO_COUNT}", _silent),
    _p(rf"(?:最近|近|过去)(?P<t>{ZH_SPAN})(?:之内|以内|内|里)?(?:有|曾|还)?{_BUY}(?:过|了|东西)*{_NO_COUNT}", _lately),
    _p(rf"(?P<t>{ZH_SPAN})(?:之内|以内|内|里)(?:有|曾|还)?{_BUY}(?:过|了|东西)*{_NO_COUNT}", _lately),
    _p(rf"(?:以前|曾经|曾|之前|至今|一共|总共|累计|共)?{_BUY}(?:过|了)?{_ZH_TO}\s?(?:次|单|笔)(?:之间)?", _between("purchases")),
    _p(rf"(?:以前|曾经|曾|之前|至今|一共|总共|累计|共)?(?P<b>{ZH_COMPARED})?{_BUY}(?:过|了)?(?P<c>{ZH_COMPARED})?"
       rf"(?P<n>{ZH_NUMBER})\s?(?:次|单|笔)(?P<a>{ZH_AFTER})?", _measured("purchases", whole=True)),
    _p(rf"(?:以前|曾经|曾|之前)?下过(?P<b>{ZH_COMPARED})?(?P<n>{ZH_NUMBER})\s?(?:次单|单)(?P<a>{ZH_AFTER})?",
       _measured("purchases", whole=True)),
    _p(rf"(?:购买|下单|消费|订单)(?:次数|数)(?:在|为)?(?P<b>{ZH_COMPARED})?(?P<n>{ZH_NUMBER})\s?(?:次|单|笔)?(?P<a>{ZH_AFTER})?",
       _measured("purchases", whole=True)),
    _p(rf"(?:累计|总共|一共|总|至今)?(?:消费|花费|花|支付|成交)(?:总额|金额|额)?(?:了|过|在|为)?{_ZH_TO}\s?{_MONEY}(?:之间)?", _between("value_so_far")),
    _p(rf"(?:平均)?客单价(?:在|为)?{_ZH_TO}\s?{_MONEY}?(?:之间)?", _between("value_of_one")),
    _p(r"老客户?|老顾客|老用户|回头客|熟客|复购(?:顾客|客户|用户)", always(Condition("purchases", "ge", 2))),
    _p(r"新客户?|新顾客|新用户", always(Condition("age_days", "le", NEW_DAYS))),
    _p(rf"(?:消费|花费|花钱|花得|花的钱|净额|金额|价值|贡献)(?:额|金额)?(?:最高|最多|最大|排名?|居|在)?(?:的)?(?:前|最高的?)\s?(?P<n>{ZH_NUMBER})\s?[%％]", _top),
    _p(rf"(?:累计|总共|一共|总|至今)?(?:消费|花费|花|支付|成交)(?:总额|金额|额)?(?:了|过|在|为)?(?P<b>{ZH_COMPARED})?(?P<n>{ZH_NUMBER})\s?"
       rf"{_MONEY}(?P<a>{ZH_AFTER})?", _measured("value_so_far")),
    _p(rf"(?:累计|总)?(?:消费|支付|成交)(?:总额|金额|额)(?:在|为)?(?P<b>{ZH_COMPARED})(?P<n>{ZH_NUMBER})", _measured("value_so_far")),
    _p(rf"(?:平均)?客单价(?:在|为)?(?P<b>{ZH_COMPARED})?(?P<n>{ZH_NUMBER})\s?{_MONEY}?(?P<a>{ZH_AFTER})?", _measured("value_of_one")),
    _p(rf"(?:(?P<half>(?:超过)?一半(?:以上)?)|(?P<n>{ZH_NUMBER})\s?[%％](?:以上)?)的?订单(?:都)?(?:用|使用)(?:了|过)?{_COUPON}", _reduced),
    _p(rf"(?:从来没有?|从没有?|从未|没有?|未)(?:使用|用|领)(?:过)?{_COUPON}", always(Condition("reduced_orders", "le", 0))),
    _p(rf"(?:使用|用|领)过{_COUPON}", always(Condition("reduced_orders", "ge", 1))),
    _p(r"(?:从来没有?|从没有?|从未|没有?|未)(?:退过货|退过款|退货|退款)", always(Condition("returned_orders", "le", 0))),
    _p(r"(?:有过?|曾)?(?:退过货|退过款)|有过?(?:退货|退款)", always(Condition("returned_orders", "ge", 1))),
    _p(r"(?:从来没有?|从没有?|从未|没有?|未)(?:给|写|打|留)过?差评", always(Condition("bad_reviews", "le", 0))),
    _p(r"(?:给|写|打|留)(?:过|了)差评", always(Condition("bad_reviews", "ge", 1))),
    _p(r"(?:给|写|打|留)(?:过|了)好评", always(Condition("good_reviews", "ge", 1))),
    _p(r"(?:同意|愿意|允许)(?:接收|收到|接受)?(?:营销|推广|促销)(?:信息|短信|邮件|消息)?", always(Condition("accepts_marketing", "is", "yes"))),
    _p(rf"首(?:次购买|次下单|单)(?:在|距今)?(?P<t>{ZH_SPAN})(?P<ago>之前|以前|前|之内|以内|内)", _first),
    # English
    _p(rf"(?:(?:have|has|did|had|do|does)(?:n['’]t| not)|not|never|without|no|nothing)(?: (?:a|any))?(?: (?:{_EN_BUY}|purchases?|orders?|been back|come back))?"
       rf"(?: (?:anything|again|since))*(?: (?:in|for|within|during))(?: (?:the|at least|over|more than))*(?: (?:last|past))?(?: (?:at least|over|more than))?"
       rf" (?P<t>{EN_SPAN})", _silent),
    _p(rf"(?:inactive|silent|quiet|lapsed|dormant|gone)(?: (?:for|since))?(?: (?:the|at least|over|more than))*(?: (?:last|past))? (?P<t>{EN_SPAN})", _silent),
    _p(rf"(?:whose )?last (?:{_EN_BUY}|purchase|order)(?: (?:was|is))? (?:at least|over|more than) (?P<t>{EN_SPAN}) ago", _silent),
    _p(rf"(?:have |has )?(?:{_EN_BUY}|been active|active)(?: (?:something|anything|again))? (?:in|within|during)(?: the)?(?: (?:last|past))? (?P<t>{EN_SPAN})", _lately),
    _p(rf"(?:whose )?first (?:{_EN_BUY}|purchase|order)(?: (?:was|is))?(?: (?:within|in|at least|over|more than))?(?: the)?(?: (?:last|past))? (?P<t>{EN_SPAN})(?: (?P<ago>ago))?", _first),
    _p(rf"(?:(?:have|has|had) )?(?P<c>{EN_COMPARED} )?{_EN_BUY}(?: (?P<b>{EN_COMPARED}))? (?P<w>once|twice|thrice)(?P<a>{EN_AFTER})?", _often),
    _p(rf"(?:(?:have|has|had) )?{_EN_BUY} {_EN_TO} times", _between("purchases")),
    _p(rf"(?:(?:have|has|had) )?{_EN_BUY} (?P<n>{EN_NUMBER})(?P<a>{EN_AFTER}) times", _measured("purchases", whole=True)),
    _p(rf"(?:(?:have|has|had|with|having|made|placed) )*{_EN_TO} (?:orders|purchases)", _between("purchases")),
    _p(rf"(?:(?:have|has|had) )?(?P<c>{EN_COMPARED} )?{_EN_BUY}(?: (?P<b>{EN_COMPARED}))? (?P<n>{EN_NUMBER}) times?(?P<a>{EN_AFTER})?", _measured("purchases", whole=True)),
    _p(rf"(?:(?:have|has|had|with|having|made|placed) )*(?P<b>{EN_COMPARED} )?(?P<n>{EN_NUMBER})(?P<a>{EN_AFTER})? (?:orders?|purchases?)", _measured("purchases", whole=True)),
    _p(r"\bregulars?\b(?: (?:customers?|buyers?))?|(?:returning|repeat|loyal) (?:customers?|buyers?|shoppers?)", always(Condition("purchases", "ge", 2))),
    _p(r"\bnew (?:customers?|buyers?|shoppers?)", always(Condition("age_days", "le", NEW_DAYS))),
    _p(rf"(?:the )?top (?P<n>{EN_NUMBER}) ?(?:%|percent|per cent)(?: of)?(?: (?:spenders|customers|buyers))?(?: by (?:spend|spending|value))?", _top),
    _p(rf"{_EN_SPEND} {_EN_TO}(?: ?{_EN_CURRENCY}(?![a-z]))?(?: in total)?", _between("value_so_far")),
    _p(rf"(?:(?:with|whose) )?(?:an? )?average order(?: value)?(?: (?:is|of))? {_EN_TO}(?: ?{_EN_CURRENCY}(?![a-z]))?", _between("value_of_one")),
    _p(rf"{_EN_SPEND}(?: (?P<b>{EN_COMPARED}))? (?:{_EN_CURRENCY} ?)?(?P<n>{EN_NUMBER})(?: ?{_EN_CURRENCY}(?![a-z]))?(?P<a>{EN_AFTER})?(?: in total)?", _measured("value_so_far")),
    _p(rf"(?:(?:with|whose) )?(?:an? )?average order(?: value)?(?: (?:is|of))?(?: (?P<b>{EN_COMPARED}))? (?:{_EN_CURRENCY} ?)?(?P<n>{EN_NUMBER})(?: ?{_EN_CURRENCY})?(?P<a>{EN_AFTER})?", _measured("value_of_one")),
    _p(r"(?:(?P<half>(?:over |more than )?half)|(?P<n>\d+) ?%(?: or more)?) of (?:their |the )?orders (?:used |with |had )(?:an? )?(?:discounts?|coupons?)", _reduced),
    _p(r"(?:have |has )?never used (?:an? |any )?(?:discounts?|coupons?)", always(Condition("reduced_orders", "le", 0))),
    _p(r"(?:have |has )?used (?:an? |any )?(?:discounts?|coupons?)", always(Condition("reduced_orders", "ge", 1))),
    _p(r"(?:have |has )?never returned(?: (?:anything|something|an order))?", always(Condition("returned_orders", "le", 0))),
    _p(r"(?:have |has )?returned (?:anything|something|an order)", always(Condition("returned_orders", "ge", 1))),
    _p(r"(?:have |has )?never (?:wrote|written|left|gave|given) (?:a |any )?(?:bad|negative) reviews?", always(Condition("bad_reviews", "le", 0))),
    _p(r"(?:have |has )?(?:wrote|written|left|gave|given) (?:a |any )?(?:bad|negative) reviews?", always(Condition("bad_reviews", "ge", 1))),
    _p(r"(?:have |has )?(?:wrote|written|left|gave|given) (?:a |any )?(?:good|positive) reviews?", always(Condition("good_reviews", "ge", 1))),
    _p(r"(?:have |has )?(?:agreed? to|accept(?:s|ed)?|consent(?:s|ed)? to|opted in to) (?:marketing|messages|marketing messages)", always(Condition("accepts_marketing", "is", "yes"))),
)  # fmt: skip
FILLERS = re.compile(
    r"(?:的话|的|了|且|并且|并|而且|但是|但|又|也|和|还|都|同时|顾客|客户|用户|买家|人群|人|那些|所有|全部|请|找出|列出|帮我|给我|以前|曾经|之前|我们|本店|店里)"
    r"|\b(?:customers?|buyers?|shoppers?|people|those|everyone|everybody|all|the|who|whose|that|which|have|has|and|but|also|with|of|are|a|an|me|show|find|list|give"
    r"|please|ever|before|previously|already|our)\b|[\s,.;:!?、，。；：！？（）()“”\"']+",
    re.I,
)  # fmt: skip
