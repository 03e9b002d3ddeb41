"""What the answer of `sessions` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopkeeper.operations.behaviour.features import SESSION_MINUTES
from shopkeeper.words import Words, counted

Row = dict[str, Any]

TITLE = Words("What becomes of sessions", "会话概况")
DEFINITIONS = {
    "by": Words("What sessions are told apart by.", "按什么区分会话。"),
    "entry": Words("Name of the first event of the session.", "会话的第一个事件。"),
    "sessions": Words("Number of sessions.", "会话数。"),
    "purchase_rate": Words(
        "Sessions with an order completed ÷ sessions, with the 95 % Wilson interval.",
        "有下单的会话数 ÷ 会话数，附 95% Wilson 区间。",
    ),
    "bounce_rate": Words(
        "Sessions of one event ÷ sessions, with the 95 % Wilson interval.",
        "只有一个事件的会话数 ÷ 会话数，附 95% Wilson 区间。",
    ),
    "events_per_session": Words(
        "Mean number of events, with the normal 95 % interval.", "平均事件数，附正态 95% 区间。"
    ),
    "minutes_per_session": Words(
        "Mean minutes from the first event to the last, with the normal 95 % interval.",
        "从第一个事件到最后一个事件的平均分钟数，附正态 95% 区间。",
    ),
    "auc": Words(
        "Chance that of two sessions of the latest fifth, one with an order after its third event and one without, "
        "the first is given the higher probability; 95 % bootstrap interval. Both ways learn from the sessions before.",
        "在最近五分之一的会话中，任取一次第三个事件之后下单的和一次没有下单的，前者概率更高的机会；"
        "区间为 95% 自助法区间。两种方法都只从更早的会话学习。",
    ),
    "expected_rate": Words(
        "Mean of the probabilities; right where it equals what happened.",
        "概率的平均值；与实际相等则准确。",
    ),
    "happened_rate": Words("Share that did order.", "实际下单的占比。"),
    "tenth": Words(
        "A tenth of the latest fifth of the sessions, by the model's probability; 1 has the lowest.",
        "最近五分之一的会话按模型概率分成的十组之一；1 为概率最低的一组。",
    ),
    "expected": Words("Mean probability of an order in the tenth.", "该组会话下单概率的平均值。"),
    "happened": Words(
        "Share of the tenth that did order, with the 95 % Wilson interval.",
        "该组实际下单的占比，附 95% Wilson 区间。",
    ),
    "up_to_minutes": Words(
        "Longest session of the line, longer than the line before; empty for all longer ones.",
        "该行会话最长的分钟数，且长于上一行；空白为更长的全部。",
    ),
}


def sentences(rows: list[Row], chance: list[Row]) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    whole = {row["metric"]: row for row in rows if row["by"] == "all"}
    bought, bounced = whole["purchase_rate"], whole["bounce_rate"]
    if bought["value"] is None:
        yield Words(
            f"There are {counted(bought['sessions'], 'session')}, too few for a percentage.",
            f"只有 {bought['sessions']:,} 次会话，不足以给出百分比。",
        )
        return
    rate, low, high = (f"{bought[name]:.1%}" for name in ("value", "low", "high"))
    left, minutes = f"{bounced['value']:.1%}", f"{whole['minutes_per_session']['value']:.1f}"
    depth = f"{whole['events_per_session']['value']:.1f}"
    yield Words(
        f"Of {counted(bought['sessions'], 'session')} {rate} have an order (95 % interval {low} to {high});"
        f" {left} are left after one event.",
        f"{bought['sessions']:,} 次会话中，{rate} 有下单（95% 区间 {low} 至 {high}）；{left} 只有一个事件就离开。",
    )
    yield Words(
        f"A session has {depth} events and lasts {minutes} minutes on average.",
        f"平均每次会话 {depth} 个事件，持续 {minutes} 分钟。",
    )
    if chance:
        plain, trees = chance
        first, second = f"{plain['auc']:.3f}", f"{trees['auc']:.3f}"
        low, high = (f"{trees[end]:.3f}" for end in ("low", "high"))
        yield Words(
            f"After three events, trees tell the sessions that will buy from the others with an AUC of {second} "
            f"({low} to {high}); the rate by entry alone with {first}.",
            f"看过前三个事件后，树模型区分会下单与不会下单的会话，AUC 为 {second}（{low} 至 {high}）；"
            f"只按入口的下单比例为 {first}。",
        )


def limits(least: int, *, complete: bool, most: int, long: int) -> tuple[Words, ...]:
    """Return what the answer cannot say.

    Parameters
    ----------
    least
        No figure of fewer sessions is shown.
    complete
        Whether every event names its session.
    most
        Groups that are shown where there are more, else 0.
    long
        Sessions that last longer than a day.
    """
    said = [
        Words(
            "The time on the last page is not recorded, so a session of one event lasts no time at all.",
            "最后一页的停留时间没有记录，因此只有一个事件的会话时长为零。",
        ),
        Words("Bots are not removed.", "未剔除机器流量。"),
        Words(f"No figure is shown of fewer than {least}.", f"不足 {least} 次会话的不显示数值。"),
        Words(
            "Sessions of one customer are taken as independent, so intervals are a little narrow.",
            "同一顾客的多次会话按相互独立处理，区间略偏窄。",
        ),
    ]
    if long:
        said.append(
            Words(
                f"Longer than a day by their times: {counted(long, 'session')}. Clocks went wrong, or the source does not tell"
                " sessions apart; they count, and lengthen the mean.",
                f"有 {long:,} 次会话看似超过一天：时钟有误，或来源没有分清会话。它们仍计入，会拉长平均时长。",
            )
        )
    if most:
        said.append(
            Words(
                f"Of entries, devices and channels the {most} commonest are shown.",
                f"入口、设备、渠道各只显示最常见的 {most} 组。",
            )
        )
    if not complete:
        said.append(
            Words(
                "Where the source names no session, one ends when its visitor pauses for"
                f" {SESSION_MINUTES} minutes; events of nobody are left out.",
                f"来源没有会话编号时，访客停顿满 {SESSION_MINUTES} 分钟即视为会话结束；不属于任何人的事件未计入。",
            )
        )
    return tuple(said)
