"""The words of `review_topics`: sentences, limits and definitions, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from shopkeeper.operations.reviews.topics.rows import Source
from shopkeeper.words import Words, counted

TITLES: dict[Source, Words] = {
    "reviews": Words("What reviews speak of", "评价在谈论什么"),
    "searches": Words("What is searched for", "顾客在搜索什么"),
    "messages": Words("What customers ask about", "顾客在咨询什么"),
}
SPOKEN: dict[Source, Words] = {
    "reviews": Words("reviews", "评价"),
    "searches": Words("searches", "搜索"),
    "messages": Words("messages", "消息"),
}
_TOLD = 3
DEFINITIONS = {
    "topic": Words(
        "Number of the topic: new ones first, then by texts.",
        "话题编号：新话题在前，再按文本数排序。",
    ),
    "name": Words(
        "The topic's three most telling terms: share of its texts that hold the term × "
        "log(1 + A / f), f texts of all topics that hold it, A texts of a topic on average.",
        "话题最具区分度的三个词：含该词的文本占比 × log(1 + A ÷ f)，f 为含该词的全部文本数，"
        "A 为每个话题的平均文本数。",
    ),
    "texts": Words(
        "Texts to which the middle of this topic is nearest.", "离该话题中心最近的文本数。"
    ),
    "share": Words("Share of all texts.", "占全部文本的比例。"),
    "texts_this_week": Words(
        "Texts of the newest seven days; weeks are counted back from the newest day.",
        "最近七天的文本数；各周从最新一天往前数。",
    ),
    "new": Words(
        "The share of the newest week is at least five times that of before, and chance gives so "
        "many texts in one week less than once in a hundred such answers.",
        "最近一周的占比至少为之前的五倍，且偶然出现这么多的机会不到百分之一（已按话题数校正）。",
    ),
    "p_new": Words(
        "Chance of so many texts in the newest week were the topic no newer (hypergeometric, "
        "corrected by Holm for the number of topics).",
        "若话题并非新出现，最近一周出现这么多文本的概率（超几何分布，按话题数做 Holm 校正）。",
    ),
    "changed_in": Words(
        "First day of the week since which the share is another; empty where chance explains it.",
        "占比发生变化的那一周的第一天；可由偶然解释时为空。",
    ),
    "p_change": Words(
        "Chance of so large a change in any week were there none (likelihood-ratio scan against "
        "1,999 random deals, corrected by Holm for the number of topics).",
        "若没有变化，在任意一周看到这么大变化的概率（似然比扫描，与 1,999 次随机重排比较，"
        "按话题数做 Holm 校正）。",
    ),
    "negative_share": Words(
        "Share of the topic's reviews with a sentiment that are negative; 95 % Wilson interval.",
        "该话题中有情感的评价里负面的比例；区间为 95% Wilson 区间。",
    ),
    "products": Words(
        "Products of which the topic speaks more than chance would have it (`products`, at most 5).",
        "话题明显集中的商品数（见「突出的商品」，最多 5 件）。",
    ),
    "quote": Words(
        "A text near the topic's middle, word for word, its first 300 characters.",
        "最接近话题中心的一条原文（最多前 300 字）。",
    ),
    "similarity": Words(
        "Cosine of the text with the middle of its topic.", "文本与话题中心的余弦相似度。"
    ),
    "expected": Words(
        "Texts that the product would have in the topic in proportion to all its texts.",
        "按该商品文本总数的比例，话题中应有的文本数。",
    ),
}


def sentences(topics: pa.Table, tables: dict[str, pa.Table], source: Source) -> Iterator[Words]:
    """Yield what a shopkeeper should know, every number from a table."""
    rows = topics.to_pylist()
    parts = dict(
        zip(tables["parts"]["part"].to_pylist(), tables["parts"]["texts"].to_pylist(), strict=True)
    )
    what = SPOKEN[source]
    yield Words(
        f"Of {parts['with_text']:,} {what.en} with a text, {parts['in_a_topic']:,} fall into "
        f"{counted(len(rows), 'topic')}.",
        f"{parts['with_text']:,} 条有文字的{what.zh}中，{parts['in_a_topic']:,} 条归入 {len(rows)} 个话题。",
    )
    for row in [row for row in rows if row["new"]][:_TOLD]:
        yield Words(
            f"New this week: {row['name']} ({counted(row['texts_this_week'], 'text')}).",
            f"本周新话题：{row['name']}（{row['texts_this_week']} 条）。",
        )
    largest = max(rows, key=lambda row: (row["texts"], -row["topic"]), default=None)
    if largest:
        yield Words(
            f"The largest topic is {largest['name']} ({largest['share']:.1%}).",
            f"最大的话题是{largest['name']}（{largest['share']:.1%}）。",
        )
    yield from _changes(rows)
    yield from _worst(rows)


def limits(topics: pa.Table, tables: dict[str, pa.Table], least: int) -> Iterator[Words]:
    """Yield what the answer cannot say."""
    parts = dict(
        zip(tables["parts"]["part"].to_pylist(), tables["parts"]["texts"].to_pylist(), strict=True)
    )
    yield Words(
        "Each text is in one topic, the nearest; a text that speaks of several counts once.",
        "每条文本只归入最接近的一个话题；谈到多件事的文本只计一次。",
    )
    yield Words(
        "Topics are what texts have in common, not causes; how many there are is a choice (`topics`).",
        "话题是文本的共同之处，不是原因；话题个数由参数 --topics 决定。",
    )
    if parts["without_topic"]:
        yield Words(
            f"{counted(parts['without_topic'], 'text is', 'texts are')} in no topic: too few texts in "
            "that language, or no known words.",
            f"{parts['without_topic']:,} 条文本不属于任何话题：该语言的文本太少，或没有可识别的词。",
        )
    if parts["dated"] < parts["with_text"]:
        yield Words(
            f"In no week, for want of a date: {counted(parts['with_text'] - parts['dated'], 'text')}.",
            f"{parts['with_text'] - parts['dated']:,} 条文本没有日期，不计入任何一周。",
        )
    if not any(row["share_this_week"] is not None for row in topics.to_pylist()):
        yield Words(
            f"The newest seven days have fewer than {least} texts, so nothing is said to be new.",
            f"最近七天的文本不足 {least} 条，因此不判断新话题。",
        )


def _changes(rows: list[dict[str, Any]]) -> Iterator[Words]:
    changed = [row for row in rows if row["changed_in"] is not None and not row["new"]]
    changed.sort(key=lambda row: (-row["changed_in"].toordinal(), row["topic"]))
    for row in changed[:_TOLD]:
        until, since = f"{row['share_until']:.1%}", f"{row['share_since']:.1%}"
        yield Words(
            f"Since {row['changed_in']}, {row['name']} is {since} of the texts; "
            f"until then it was {until}.",
            f"自 {row['changed_in']} 起，{row['name']}占文本的 {since}；此前为 {until}。",
        )


def _worst(rows: list[dict[str, Any]]) -> Iterator[Words]:
    known = [row for row in rows if row["negative_share"] is not None]
    if known:
        worst = max(known, key=lambda row: (row["negative_low"], -row["topic"]))
        yield Words(
            f"The most negative topic is {worst['name']}: {worst['negative_share']:.1%} of its "
            f"reviews ({worst['negative_low']:.1%} to {worst['negative_high']:.1%}).",
            f"最负面的话题是{worst['name']}：其评价的 {worst['negative_share']:.1%} 为负面"
            f"（{worst['negative_low']:.1%} 至 {worst['negative_high']:.1%}）。",
        )
