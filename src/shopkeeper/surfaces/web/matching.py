"""A question in Chinese or English → the verbs that answer it, by the words that they share.

There is no model here, and nothing is guessed: every verb has words, those of its name, its title, its
description, its columns, its choices, and a short list of what shopkeepers say instead. A word that few
verbs have weighs more than one that many have (inverse document frequency). What was matched is shown
beside each verb, so that whoever asks can see why. It understands no negation and no comparison.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from shopkeeper.data.metrics import METRICS
from shopkeeper.surfaces.asking.questions import question_of
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.words import Words

_LEAST, _SHOWN = 0.6, 3
_SPOKEN, _NAMED, _TOLD = 1.0, 0.8, 0.3
"""Weight of a word that shopkeepers say, of one of a name or title, and of one of a description."""
_LATIN = re.compile(r"[a-z][a-z']+")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_PERIODS = {
    "day": ("day", "days", "daily", "每天", "每日", "按天", "按日", "日报"),
    "week": ("week", "weeks", "weekly", "每周", "按周", "周报"),
    "month": ("month", "months", "monthly", "每月", "按月", "月报"),
}
_COMMON = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "and",
        "or",
        "in",
        "on",
        "at",
        "for",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "how",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "when",
        "where",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "their",
        "our",
        "my",
        "your",
        "we",
        "i",
        "you",
        "they",
        "me",
        "us",
        "with",
        "from",
        "by",
        "as",
        "not",
        "no",
        "can",
        "could",
        "should",
        "would",
        "will",
        "shall",
        "may",
        "many",
        "much",
        "more",
        "most",
        "each",
        "every",
        "one",
        "all",
        "any",
        "some",
        "than",
        "then",
        "there",
        "here",
        "about",
        "into",
        "over",
        "under",
        "show",
        "tell",
        "give",
        "list",
        "find",
        "see",
        "say",
        "says",
        "said",
        "get",
        "got",
        "has",
        "have",
        "had",
        "if",
        "shop",
        "shops",
        "store",
        "go",
        "goes",
        "make",
        "made",
        "take",
        "takes",
    ]
)
_PLAIN = frozenset(
    ["什么", "怎么", "怎样", "哪些", "哪个", "哪种", "多少", "我们", "他们", "这个", "那个", "顾客", "店铺", "一个",
     "可以", "如何", "是否", "有没", "没有", "多么"]
)  # fmt: skip
_PARTICLES = frozenset("的了在吗是么呢吧和与对把被该谁样什些")
_SAID: dict[str, str] = {
    "review_sentiment": "happy unhappy satisfied angry like dislike opinion feeling mood bad good reviews "
    "满意 不满 喜欢 讨厌 情绪 好评 差评 评价如何 口碑",
    "review_aspects": "complain complaint complaints praise quality delivery price packaging size "
    "抱怨 投诉 吐槽 称赞 质量 物流 价格 包装 尺寸 哪方面",
    "overview": "sales revenue turnover gmv orders paid refund refunds conversion aov money numbers kpi business "
    "sell sold income 销售额 营业额 收入 成交 订单 退款 转化率 客单价 业绩 指标 生意 经营 卖了多少 多少钱",
    "funnel": "drop lose lost abandon cart checkout step steps leave 流失 加购 购物车 下单 转化 漏斗 哪一步",
    "retention": "return returning come back repeat repurchase loyal cohort churn 复购 回头 留存 回来 回购 老客",
    "sessions": "visit visits session bounce traffic device channel entry browse 访问 会话 跳出 流量 渠道 设备 浏览",
    "lifetime_value": "worth value ltv clv valuable best customers spend future expect "
    "价值 值多少 最有价值 未来 贡献 大客户 花多少",
    "sentiment_effect": "effect impact hurt reason cause driver late delay seller 影响 原因 延迟 晚到 卖家 后果 为什么差评",
    "review_topics": "topic topics talk new trend this week 话题 热议 讨论 谈论 新出现 本周 趋势",
    "recommend": "recommend recommendation next show offer suggest personalise 推荐 给谁 展示什么 猜你喜欢",
    "similar_products": "similar alike together bundle beside related substitute 相似 类似 搭配 一起买 关联 替代",
    "compare_methods": "compare method methods model llm accurate cost speed 方法 比较 模型 大模型 哪种好 准确 费用",
    "segment": "segment segments group groups rfm kind types 分群 分层 人群 类型",
    "profile": "profile customer who history 画像 这位顾客 顾客档案",
    "churn": "churn leaving lose customers risk 流失风险 快流失 要走的顾客",
    "searches": "search searches query queries find nothing 搜索 搜不到 搜索词",
    "baskets": "basket baskets together bundle 购物篮 连带 一起买",
    "paths": "path paths journey way route 路径 动线",
    "explain_change": "why change changed fell rose drop explain 为什么 变化 下降 上升 原因",
}
"""What shopkeepers say instead of a verb's own words; a verb without a line here has its own words."""


@dataclass(frozen=True, slots=True)
class Match:
    """A verb that fits a question.

    Parameters
    ----------
    verb
        Its name.
    words
        The words that it shares with the question, in its order.
    score
        The sum of their weights.
    """

    verb: str
    words: tuple[str, ...]
    score: float


def matches(text: str) -> list[Match]:
    """Return the verbs that answer a question, the best first; none where none does.

    Parameters
    ----------
    text
        The question.

    Limits
    ------
    Words are compared as they are written, less an English plural's s; a question in other words finds
    nothing.

    Examples
    --------
    >>> [match.verb for match in matches("在哪一步流失？")][:1]
    ['funnel']
    >>> matches("will it rain tomorrow")
    []
    """
    asked, found = dict.fromkeys(_words(text)), []
    for verb, own in _vocabulary().items():
        shared = [word for word in asked if word in own]
        score = sum(own[word] for word in shared)
        if score >= _LEAST:
            found.append(Match(verb, tuple(_whole(shared)), score))
    found.sort(key=lambda match: (-match.score, match.verb))
    best = found[0].score if found else 0.0
    return [match for match in found if match.score >= best / 2][:_SHOWN]


def period_of(text: str) -> str:
    """Return the length of period that a question names; empty where it names none.

    Examples
    --------
    >>> period_of("sales by week"), period_of("每天的销售额"), period_of("GMV")
    ('week', 'day', '')
    """
    low = text.lower()
    latin = set(_LATIN.findall(low))
    for period, names in _PERIODS.items():
        if any(name in latin if name.isascii() else name in low for name in names):
            return period
    return ""


def metrics_of(text: str) -> list[Words]:
    """Return the titles of the metrics that a question names."""
    low = text.lower()
    titles = (one.title for one in METRICS)
    return [
        words for words in titles if words.en.lower() in low or words.zh.partition("（")[0] in text
    ]


@cache
def _vocabulary() -> dict[str, dict[str, float]]:
    """Return the words of every verb with their weights."""
    own: dict[str, dict[str, float]] = {}
    for verb in VERBS:
        question = question_of(verb)
        named = " ".join([verb.name.replace("_", " "), verb.title.en, verb.title.zh])
        own[verb.name] = {
            **dict.fromkeys(_words(f"{question.told.en} {question.told.zh}"), _TOLD),
            **dict.fromkeys(_words(named), _NAMED),
            **dict.fromkeys(_words(_SAID.get(verb.name, "")), _SPOKEN),
        }
    verbs = len(own)
    having: dict[str, int] = {}
    for words in own.values():
        for word in words:
            having[word] = having.get(word, 0) + 1
    return {
        verb: {
            word: weight * math.log(1 + verbs / having[word]) / math.log(1 + verbs)
            for word, weight in words.items()
        }
        for verb, words in own.items()
    }


def _words(text: str) -> Iterator[str]:
    """Yield English words without their plural, and Chinese pairs of characters."""
    low = text.lower()
    for word in _LATIN.findall(low):
        stem = word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word
        if word not in _COMMON and stem not in _COMMON:
            yield stem
    for run in _CHINESE.findall(low):
        pairs = (run[at : at + 2] for at in range(len(run) - 1))
        yield from (pair for pair in pairs if pair not in _PLAIN and not _PARTICLES & {*pair})


def _whole(pieces: list[str]) -> list[str]:
    """Return Chinese pairs that overlap as one word again."""
    found: list[str] = []
    for piece in pieces:
        joined = next((at for at, word in enumerate(found) if _overlap(word, piece)), None)
        if joined is None:
            found.append(piece)
        else:
            found[joined] = _overlap(found[joined], piece)
    return found


def _overlap(word: str, piece: str) -> str:
    if word.isascii() or piece.isascii():
        return ""
    if word[-1] == piece[0]:
        return word + piece[1:]
    return piece[:-1] + word if piece[-1] == word[0] else ""
