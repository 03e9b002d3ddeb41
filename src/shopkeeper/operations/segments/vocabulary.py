"""What the labels of customers' habits are called: categories, devices, channels and ways of payment."""

from __future__ import annotations

from collections.abc import Mapping

from shopkeeper.operations.behaviour.vocabulary import value_words
from shopkeeper.words import Words

Categories = Mapping[str, Words]
"""Names of categories in both languages, as `category_words` returns them."""
_LONGEST = 80
"""Letters of a label at most; strangers may have written it."""
_COMMON = {
    "app": Words("the app", "App"),
    "web": Words("the web", "网页"),
    "mobile web": Words("the mobile web", "手机网页"),
    "mini program": Words("the mini program", "小程序"),
    "desktop": Words("a desktop computer", "电脑"),
    "mobile": Words("a mobile phone", "手机"),
    "tablet": Words("a tablet", "平板"),
    "search": Words("search", "搜索"),
    "social": Words("social media", "社交媒体"),
    "email": Words("email", "邮件"),
    "advertising": Words("advertising", "广告"),
    "referral": Words("referrals", "外部链接"),
    "alipay": Words("Alipay", "支付宝"),
    "wechat_pay": Words("WeChat Pay", "微信支付"),
    "card": Words("card", "银行卡"),
    "cash_on_delivery": Words("cash on delivery", "货到付款"),
}
_OF_CATEGORIES = ("category", "looked")
_BY_MACHINE = ("device", "source", "sold", "payment")


def label_words(block: str, label: str, categories: Categories) -> Words:
    """Return what a label of a habit is called in both languages; its own code where nothing else is known.

    Examples
    --------
    >>> food = {"food": Words("Food", "食品")}
    >>> label_words("looked", "food", food).zh, label_words("sold", "web", {}).zh
    ('食品', '网页')
    >>> label_words("topic", "web", {}).zh, label_words("source", "tmall", {}).en
    ('web', 'tmall')
    """
    if block in _OF_CATEGORIES and label in categories:
        return categories[label]
    said = value_words(label)
    if block in _BY_MACHINE and said == Words(label, label) and label in _COMMON:
        return _COMMON[label]
    return Words(said.en[:_LONGEST], said.zh[:_LONGEST])


def filled(pattern: Words, said: Words) -> Words:
    """Return a pattern with a label in place of its “…”, apart from Chinese where the label is Latin.

    Examples
    --------
    >>> pattern = Words("looks at …", "常看…")
    >>> filled(pattern, Words("Food", "食品")).zh, filled(pattern, Words("tea", "tea")).zh
    ('常看食品', '常看 tea')
    >>> filled(Words("in …", "在…下单"), Words("web", "web")).zh
    '在 web 下单'
    """
    before, _, after = pattern.zh.partition("…")
    left = " " if before and said.zh[:1].isascii() and not before[-1].isascii() else ""
    right = " " if after and said.zh[-1:].isascii() and not after[0].isascii() else ""
    return Words(pattern.en.replace("…", said.en), f"{before}{left}{said.zh}{right}{after}")
