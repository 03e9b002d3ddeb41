"""What the answer of `churn` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shopkeeper.words import Words, counted

Row = dict[str, Any]
ODD = 0.10
"""A silence is odd for a customer when a gap of theirs lasts so long less often than this."""

TITLE = Words("Who is overdue, and who is leaving", "谁该来没来、谁可能流失")
DEFINITIONS = {
    "purchases": Words("Days with a paid order so far.", "至今有支付订单的天数。"),
    "days_since": Words("Days since the last purchase.", "距上次购买的天数。"),
    "days_between": Words(
        "Days that this customer is expected to let pass between purchases: their own mean, drawn to"
        " that of all the more the fewer gaps they have (Gamma-Gamma).",
        "预计该顾客两次购买相隔的天数：自身均值，间隔越少越向全体均值靠拢（Gamma-Gamma）。",
    ),
    "times_own": Words("Days since ÷ days between.", "距上次购买天数 ÷ 预计间隔天数。"),
    "p_lasts": Words(
        "Probability that a gap of this customer lasts longer than the silence so far.",
        "该顾客的一次间隔比目前的沉默更长的概率。",
    ),
    "overdue": Words(
        f"Bought twice or more, and p_lasts is below {ODD:.0%}.",
        f"买过两次及以上，且上述概率低于 {ODD:.0%}。",
    ),
    "due_on": Words("Last purchase + days between.", "上次购买日 + 预计间隔天数。"),
    "churn_probability": Words(
        "Probability of no purchase within the days ahead, learned from the days before and calibrated on"
        " them; with its 95 % interval.",
        "未来天数内不再购买的概率，由过去一段时间学得并校准；附 95% 区间。",
    ),
    "auc": Words(
        "Probability that who did not buy again has the higher churn probability; 0.5 is chance.",
        "没有再买的顾客其流失概率更高的可能性；0.5 等于瞎猜。",
    ),
    "brier": Words("Mean squared error of the probability; lower is better.", "概率的均方误差，越低越好。"),
    "log_loss": Words("Mean −ln of the probability of what happened; lower is better.",
                      "实际结果所得概率的平均负对数，越低越好。"),
    "tenth": Words("Tenth of the customers by churn probability, the lowest first; tenths of which too few left, or too"
                   " few stayed, are told together under the number of the last.",
                   "按流失概率从低到高分成的十组；流失或留下的人太少的组与相邻的组合并，以其中最后一组的序号列出。"),
    "happened": Words("Share who did not buy in the days kept aside, with its Wilson interval.",
                      "留出期内没有购买的比例，附威尔逊区间。"),
}  # fmt: skip


def sentences(
    horizon: int, parts: Sequence[Row], quality: Sequence[Row], currency: str
) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    count = {row["part"]: row["customers"] for row in parts}
    worth = {row["part"]: row["value_so_far"] for row in parts}["overdue"]
    mark = f"{currency} " if currency else ""
    if count["overdue"] is not None and count["again"] is not None:
        yield Words(
            f"{counted(count['overdue'], 'customer')} of {count['again']:,} who bought again are overdue by their own"
            f" rhythm; they have brought {mark}{worth:,.2f} so far.",
            f"复购过的 {count['again']:,} 位顾客里，有 {count['overdue']:,} 位按自己的节奏已逾期未买；他们至今带来 {mark}{worth:,.2f}。",
        )
    told = {(row["method"], row["metric"]): row for row in quality}
    own, recency = told.get(("own_rhythm", "auc")), told.get(("recency", "auc"))
    apart = told.get(("own_minus_recency", "auc"))
    if own and recency and apart:
        yield Words(
            f"On the {horizon} days kept aside, who would not buy again was told apart with AUC {own['value']:.3f},"
            f" by recency alone with {recency['value']:.3f} (difference {apart['value']:+.3f}, 95 % interval"
            f" {apart['low']:+.3f} to {apart['high']:+.3f}).",
            f"在留出的 {horizon} 天里，判断谁不会再买的 AUC 为 {own['value']:.3f}，只看最近购买时为 {recency['value']:.3f}"
            f"（差 {apart['value']:+.3f}，95% 区间 {apart['low']:+.3f} 至 {apart['high']:+.3f}）。",
        )


def limits(horizon: int, *, chosen: bool, held_out: bool) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            f"Churn is no purchase within {horizon:,} days; who comes later counts as gone.",
            f"这里的流失指 {horizon:,} 天内没有购买；之后才回来的也算流失。",
        ),
        Words(
            "It knows when customers bought, and nothing of seasons, prices, stock or service. Who has bought once has"
            " no rhythm of their own and is never called overdue.",
            "只依据购买时间，不了解季节、价格、库存和服务；只买过一次的顾客没有自己的节奏，不会被判为逾期。",
        ),
        Words(
            "It says who, not what would bring them back.", "只说明是谁，不说明怎样能让他们回来。"
        ),
    ]
    if chosen:
        said.append(
            Words(
                f"The days ahead were set to {horizon:,}, a quarter of the days that the data covers and 90 at the most.",
                f"预测天数取 {horizon:,}：数据天数的四分之一，最多 90。",
            )
        )
    if not held_out:
        said.append(
            Words(
                "Among those kept aside all or none bought again, so nothing says how right it is.",
                "留出期内的顾客全部再买或全部未买，因此无从得知准确程度。",
            )
        )
    return tuple(said)
