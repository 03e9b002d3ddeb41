"""What the answer of `segment` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.words import Words, counted

Row = dict[str, Any]
STABLE = 0.75
"""Jaccard from which on a segment counts as stable (Hennig 2007)."""

TITLE = Words("Who the customers are", "顾客分群")
RFM_NAMES = {
    "champions": Words("Champions", "核心顾客"),
    "loyal": Words("Loyal", "忠实顾客"),
    "cannot_lose": Words("Must not be lost", "重点挽回"),
    "at_risk": Words("At risk", "流失风险"),
    "new": Words("New", "新客"),
    "promising": Words("Promising", "潜力顾客"),
    "attention": Words("Need attention", "需要关注"),
    "asleep": Words("Asleep", "沉睡顾客"),
}
DEFINITIONS = {
    "segment": Words("Id of the segment, the same from month to month.", "分群编号，各月保持不变。"),
    "customers": Words(
        f"Customers of the segment; a segment of fewer than {LEAST} (or the minimum count) is named"
        " and not told, and so is the next smallest where those would follow from the number of all.",
        f"分群的顾客数；少于 {LEAST} 位（或最小计数）的分群只列名称，不给数字；若由总数可推算出它们，"
        "则次小的分群也不给。",
    ),
    "share": Words("Share of all customers who bought, with its Wilson interval; empty where it would tell of a"
                   " few others.",
                   "占全部已购顾客的比例，附威尔逊区间；据此可推算出少数其他顾客时留空。"),
    "reachable": Words("Customers of it who agreed to messages; empty where nothing is known, and where too few did"
                       " or too few did not.",
                       "其中同意接收营销信息的人数；未知时留空，同意或未同意的人太少时也留空。"),
    "purchases": Words("Mean days with a paid order.", "平均有支付订单的天数。"),
    "days_since": Words("Median days since the last purchase.", "距上次购买天数的中位数。"),
    "value_so_far": Words("Mean net value so far, in the one currency, with its 95 % interval by the standard error.",
                          "人均至今净额，同一币种，附按标准误计算的 95% 区间。"),
    "value_share": Words("Share of the net value of all customers.", "占全部顾客净额的比例。"),
    "rule": Words("At most three conditions that tell the segment from all others.",
                  "最多三个条件，用来把该分群与其他顾客分开。"),
    "precision": Words("Share of those who meet the rule that are in the segment; judged on customers"
                       f" that the rule was not made from, and empty where these are fewer than {LEAST}.",
                       f"符合规则的人里属于该分群的比例；用未参与制定规则的顾客检验，不足 {LEAST} 位时留空。"),
    "recall": Words("Share of the segment that meets the rule, judged likewise.",
                    "分群里符合规则的比例，检验方法同上。"),
    "cuts": Words("Between which values the customers of a score lie: above `from`, up to and with `to`. The outer"
                  " ends are empty, for the lowest and the highest value are those of one customer.",
                  "每个评分的取值范围：大于起点、不超过终点；最外侧的两端留空，因为最低值和最高值属于某一位顾客。"),
    "left": Words("Customers who meet the condition and all before it; empty where they, or those whom the condition"
                  " leaves out, are too few to be told.",
                  "同时符合该条件及之前各条件的顾客数；剩下的人或被该条件排除的人太少时留空。"),
    "stability": Words("Mean Jaccard of the segment with the one nearest to it when all is learned anew"
                       f" from drawn customers; {STABLE} and more counts as stable (Hennig 2007).",
                       f"对顾客重新抽样后再分群，与最接近的新分群的平均 Jaccard 相似度；{STABLE} 以上视为稳定。"),
    "migration": Words("Customers by their segment at the end of one month and of the next, by the cuts"
                       " or classes of today.",
                       "按今天的分界或类别，顾客在上月末与本月末所在的分群。"),
    "jaccard": Words("Customers in both ÷ customers in either.", "同属两者的顾客 ÷ 属于任一者的顾客。"),
}  # fmt: skip
_WHY = {
    "icl": Words("the classes describe the customers best for their number there and still tell them apart"
                 " (ICL is lowest)", "此时既能用较少的类别描述顾客，又能把顾客分清（ICL 最小）"),
    "silhouette": Words("the mean silhouette is highest there", "此时平均轮廓系数最大"),
}  # fmt: skip
_STILL = {
    "icl": Words("ICL still falls there", "而 ICL 到此仍在下降"),
    "silhouette": Words("the mean silhouette still rises there", "而平均轮廓系数到此仍在上升"),
}  # fmt: skip
_READ = {
    "rfm": Words("by recency, frequency and money, cut at the fifths of the customers",
                 "按最近购买、购买频次、消费金额的五等分"),
    "behaviour": Words("by what they do", "按行为"),
    "embedding": Words("by what the things that they bought are called", "按所购商品的名称与类目"),
    "rule": Words("by the rule that was read in the sentence", "按从句子读出的规则"),
}  # fmt: skip


def sentences(
    method: str,
    rows: Sequence[Row],
    choices: Sequence[Row],
    migration: Sequence[Row],
    currency: str,
) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    told = [row for row in rows if row["customers"] is not None]
    way = _READ[method]
    yield Words(f"{counted(len(told), 'segment')} {way.en}.", f"{way.zh}分出 {len(told)} 个分群。")
    yield from _unstable(told)
    yield from _chosen(choices)
    best = max(told, key=lambda row: row["value_share"] or 0, default=None)
    if best is not None and best["value_share"] is not None and len(told) > 1:
        mark = f"{currency} " if currency else ""
        yield Words(
            f"{best['name_en']}: {best['share']:.1%} of the customers, {best['value_share']:.1%} of the net value,"
            f" {mark}{best['value_so_far']:,.2f} a customer.",
            f"{best['name_zh']}：占顾客的 {best['share']:.1%}，占净额的 {best['value_share']:.1%}，"
            f"人均 {mark}{best['value_so_far']:,.2f}。",
        )
    yield from _slipping(rows, migration)


def _unstable(told: Sequence[Row]) -> Iterator[Words]:
    """Say so where most segments come out otherwise when all is learned anew."""
    judged = [row for row in told if row.get("stability") is not None]
    shaky = sum(row["stability"] < STABLE for row in judged)
    if 2 * shaky <= len(judged):
        return
    many = Words(f"Most of them are not stable: {shaky} of {len(judged)} come",
                 f"其中多数并不稳定：对顾客重新抽样后再分群，{len(judged)} 个里有 {shaky} 个变了样")  # fmt: skip
    if shaky == len(judged):
        many = Words("None of them is stable: all come" if shaky > 1 else "It is not stable: it comes",
                     "全部不稳定：对顾客重新抽样后再分群，结果就变了样")  # fmt: skip
    yield Words(
        f"{many.en} out otherwise when all is learned anew from drawn customers (mean Jaccard below {STABLE}),"
        f" so do not build on {'them' if len(judged) > 1 else 'it'}.",
        f"{many.zh}（平均 Jaccard 低于 {STABLE}），请勿据此行事。",
    )


def _chosen(choices: Sequence[Row]) -> Iterator[Words]:
    """Say why there are so many, or that the data did not settle it."""
    chosen = [row for row in choices if row["chosen"]]
    if len(choices) < 2 or not chosen:
        return
    k, criterion = chosen[0]["segments"], chosen[0]["criterion"]
    tried = [row["segments"] for row in choices]
    if k == max(tried):
        why = _STILL[criterion]
        yield Words(
            f"{k} is the most that were tried, from {min(tried)} on, and {why.en}: the data names no best number.",
            f"从 {min(tried)} 个试起，{k} 个是试过的最大数目，{why.zh}，因此数据并未给出最合适的数目。",
        )
        return
    why = _WHY[criterion]
    yield Words(
        f"{k} were chosen from {min(tried)} to {max(tried)} because {why.en}.",
        f"在 {min(tried)} 到 {max(tried)} 个之间选择 {k} 个，因为{why.zh}。",
    )


def _slipping(rows: Sequence[Row], migration: Sequence[Row]) -> Iterator[Words]:
    """Name the largest move of the last month between two segments."""
    names = {row["segment"]: Words(row["name_en"], row["name_zh"]) for row in rows}
    last = max((row["month"] for row in migration), default=None)
    moved = [
        row for row in migration
        if row["month"] == last and row["customers"] is not None and row["from"] != row["to"]
        and row["from"] in names
    ]  # fmt: skip
    if moved:
        top = max(moved, key=lambda row: (row["customers"], row["from"], row["to"]))
        one, other = names[top["from"]], names[top["to"]]
        yield Words(
            f"In the month to {last} the largest move was from {one.en} to {other.en}:"
            f" {counted(top['customers'], 'customer')}, {top['share']:.1%} of those who were there.",
            f"截至 {last} 的一个月里，最大的流动是从{one.zh}到{other.zh}：{top['customers']:,} 位，"
            f"占原分群的 {top['share']:.1%}。",
        )


def limits(method: str, least: int, hidden: int) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            "A segment says what customers did, not why, and not what they will do. Health, religion,"
            " pregnancy, ethnicity and orientation are never inferred.",
            "分群只说明顾客做过什么，不说明原因，也不预测将来；从不推断健康状况、宗教信仰、怀孕、种族民族和性取向。",
        ),
        Words(
            "Who never bought is in no segment. Orders of one day are one purchase.",
            "没有买过的人不在任何分群里；同一天的订单算一次购买。",
        ),
    ]
    if method != "rule":
        said.append(
            Words(
                "Earlier months are placed by the cuts or classes of today, so that a move is one of the customer."
                " Value and purchases grow with time, so customers drift upwards.",
                "过去各月按今天的分界或类别归群，因此变动都是顾客自身的变动；金额和次数随时间累积，顾客会逐渐上移。",
            )
        )
    if method == "behaviour":
        said.append(
            Words(
                "Who has bought once or twice shows little of their habits; see the probability of each customer.",
                "只买过一两次的顾客，习惯还看不清楚，请参考每位顾客的概率。",
            )
        )
    if hidden:
        said.append(
            Words(
                f"{counted(hidden, 'segment')} {'is' if hidden == 1 else 'are'} not told, and no customer of"
                f" {'it is' if hidden == 1 else 'them is'} listed: with fewer than {least} customers, or next in size"
                " to one with so few, which would follow from the rest.",
                f"有 {hidden} 个分群不给数字，也不列出其顾客：不足 {least} 位，或是紧随其后的分群（否则可由其余数字推算出前者）。",
            )
        )
    return tuple(said)
