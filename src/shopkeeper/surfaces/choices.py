"""What the values of options that are chosen from a list are called in Chinese, for forms and for help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NGRAMS, _ENCODER = "词与字的片段", "编码器（BERT）"
_GROUPS = {"rfm": "消费（RFM）", "behaviour": "行为", "embedding": "所购商品"}

CHOICES: dict[str, dict[str, str]] = {
    "period": {"month": "按月", "week": "按周", "day": "按日"},
    "order": {"ordered": "按先后次序", "any": "不限次序"},
    "per": {"session": "按会话", "customer": "按顾客（可跨会话）"},
    "since": {"order": "首笔支付订单", "visit": "首次来访"},
    "returning": {"order": "支付订单", "visit": "来访"},
    "by": {"product": "商品", "category": "类目", "brand": "品牌"},
    "metric": {
        "net": "净额",
        "paid": "支付金额",
        "orders": "支付订单数",
        "aov": "客单价",
        "conversion": "访问转化率",
    },
    "source": {"reviews": "评价", "searches": "搜索词", "messages": "顾客消息"},
    "review-sentiment method": {
        "majority": "最常见的一类",
        "ngrams": _NGRAMS,
        "encoder": _ENCODER,
        "cascade": "先片段、后编码器",
    },
    "review-aspects method": {"words": "观点词表", "learned": "词表加学习"},
    "searches method": {"ngrams": _NGRAMS, "encoder": _ENCODER},
    "review-topics method": {"ngrams": _NGRAMS, "encoder": _ENCODER},
    "segment method": _GROUPS,
    "profile method": _GROUPS,
    "recommend method": {
        "transitions": "前后衔接",
        "routed": "按历史长短",
        "similar": "相似商品",
        "last_item": "最新一件",
        "popular": "热门商品",
    },
    "similar-products method": {
        "combined": "衔接与相似",
        "transitions": "前后衔接",
        "similar": "相似商品",
        "popular": "同类热门",
    },
    "complements method": {"together": "同单购买", "popular": "热门商品"},
    "search-products method": {"hybrid": "综合", "keyword": "词语", "meaning": "含义"},
}
"""Option, or command and option → value → its Chinese name."""


def chinese_choices(command: str, option: str, values: Iterable[str]) -> dict[str, str]:
    """Return the Chinese names of the values that an option may have.

    Parameters
    ----------
    command, option
        The command, as it is typed, and the option's parameter.
    values
        Its values.

    Examples
    --------
    >>> chinese_choices("retention", "period", ["month", "week"])
    {'month': '按月', 'week': '按周'}
    """
    named = CHOICES.get(f"{command} {option}") or CHOICES.get(option) or {}
    return {value: named.get(value, value) for value in values}


def with_legend(told: str, named: Mapping[str, str]) -> str:
    """Return the Chinese help of an option with its values explained, where it names none of them.

    Examples
    --------
    >>> with_legend("一期的长度。", {"month": "按月", "week": "按周"})
    '一期的长度：month 按月，week 按周。'
    """
    if not named or any(value in told for value in named):
        return told
    legend = "，".join(f"{value} {name}" for value, name in named.items())
    return f"{told.removesuffix('。')}：{legend}。"


def without_values(told: str, named: Mapping[str, str]) -> str:
    """Return the Chinese help of an option for a form that shows names in place of values.

    Examples
    --------
    >>> without_values("次序：ordered 依次发生；any 不限。", {"ordered": "按次序", "any": "随意"})
    '次序：“按次序”依次发生；“随意”不限。'
    """
    for value, name in named.items():
        # Where something is to be installed, the same word is the name of a package.
        found = rf" ?(?<![A-Za-z_])(?<!安装 ){value}(?![A-Za-z_]) ?"
        told = re.sub(found, f"“{name}”", told)
    return told
