"""What the answer of `retention` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from shopkeeper.operations.behaviour.metrics import surely_apart
from shopkeeper.operations.behaviour.recorded import Recorded
from shopkeeper.operations.behaviour.returning.groups import farthest
from shopkeeper.operations.behaviour.returning.periods import period_day, period_of
from shopkeeper.operations.behaviour.small_cells import SMALLEST
from shopkeeper.operations.behaviour.vocabulary import PROPERTIES
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.operations.behaviour.returning.finding import Plan

Row = dict[str, Any]

TITLES = {
    "month": Words("Who comes back, by month", "顾客留存（按月）"),
    "week": Words("Who comes back, by week", "顾客留存（按周）"),
}
SPANS = {"month": Words("month", "个月"), "week": Words("week", "周")}
_TOLD = {"month": (1, 3, 6, 12), "week": (1, 4, 12, 26)}
BEGAN = {"order": Words("ordered", "下单"), "visit": Words("visited", "来访")}
DEFINITIONS = {
    "since": Words("First day of the customers' first period.", "顾客首次所在周期的第一天。"),
    "age": Words("Whole periods since the first one.", "距首个周期的期数。"),
    "customers": Words("Customers who began in that period.", "在该周期首次出现的顾客数。"),
    "returned": Words(
        "Those of them who were active in the period of that age; empty where they are 1 to 19, or would tell of so"
        " few.",
        "其中在该期有活动的顾客数；为 1 至 19 位或可据此推算出这样的人数时留空。",
    ),
    "share": Words("Returned ÷ customers.", "回来的顾客数 ÷ 顾客数。"),
    "complete": Words(
        "Whether the data covers the period: it has begun by then, and reaches its last day; where it"
        " does not, no share is shown.",
        "数据是否覆盖该期：此时数据已开始，且覆盖到该期最后一天；未覆盖的不给出占比。",
    ),
    "net": Words(
        "Paid less refunds of the period, as the metric net defines it; empty where it is the money of 1 to 19"
        " customers.",
        "该期的支付金额 − 退款金额，口径同净支付金额；只来自 1 至 19 位顾客时留空。",
    ),
    "cumulative": Words(
        "Net of all periods up to this age, in one currency; empty where 1 to 19 customers changed it since it was"
        " last told.",
        "截至该期的累计净额，同一币种；自上次列出以来只有 1 至 19 位顾客使其变动时留空。",
    ),
    "per_customer": Words(
        "Cumulative ÷ all customers who began, with the normal 95 % interval of a mean.",
        "累计净额 ÷ 首个周期的全部顾客数，附均值的正态 95% 区间。",
    ),
    "difference": Words(
        "Share of the segment less share of all others, with its 95 % interval (Newcombe 1998).",
        "该分群的占比 − 其余顾客的占比，附 95% 区间（Newcombe 1998）。",
    ),
    "group": Words(
        "Customers by how they began: a channel or device is that of their earliest order or visit.",
        "按顾客的起点分组：渠道或设备取最早一次下单或来访。",
    ),
    "cohorts": Words(
        "First periods that are that old and complete.", "已满该期且完整的首个周期数。"
    ),
}


def sentences(
    plan: Plan,
    rows: list[Row],
    by_age: list[Row],
    apart: list[Row],
    value: list[Row],
    *,
    begins: date,
) -> Iterator[Words]:
    """Yield what a shopkeeper should know first.

    Parameters
    ----------
    plan
        What was asked.
    rows, by_age, value
        Shares by first period, shares by age, and money by age.
    apart
        The segment against all others, or the groups, by age.
    begins
        First day with data of returns.
    """
    known = {row["age"]: row for row in by_age}
    told = [known[age] for age in _TOLD[plan.span] if age in known]
    if not told:
        yield Words(
            f"No period after the first is complete for {plan.least} customers or more.",
            f"首个周期之后，还没有哪一期已完整且达到 {plan.least} 位顾客。",
        )
    elif all(row["share"] is None for row in told):
        yield _few_came_back(plan, told[0])
    for row in [row for row in told if row["share"] is not None]:
        yield _came_back(plan, row)
    yield from _against(plan, apart) if plan.segment else _groups(plan, apart)
    yield from _extremes(plan, rows)
    yield from _brought(plan, value)
    opened = period_day(period_of(begins, plan.span), plan.span)
    if unfinished := sorted(
        row["since"]
        for row in rows
        if row["age"] == 0 and not row["complete"] and row["since"] >= opened
    ):
        day = unfinished[0].isoformat()
        yield Words(
            f"The period from {day} is not over: its cells are marked, and no fall is read from them.",
            f"从 {day} 起的一期尚未结束：相关单元格已标出，不当作下降。",
        )


def _came_back(plan: Plan, row: Row) -> Words:
    span, does, began = SPANS[plan.span], BEGAN[plan.returning], BEGAN[plan.since]
    share, low, high = (f"{row[name]:.1%}" for name in ("share", "low", "high"))
    again = _again(plan)
    return Words(
        f"Of {row['customers']:,} customers who first {began.en}, {share} {does.en}{again.en} in"
        f" {span.en} {row['age']} after the first (95 % interval {low} to {high}).",
        f"{row['customers']:,} 位首次{began.zh}的顾客中，{share} 在之后第 {row['age']} {span.zh}"
        f"{again.zh}{does.zh}（95% 区间 {low} 至 {high}）。",
    )


def _few_came_back(plan: Plan, row: Row) -> Words:
    does, began, span, again = (
        BEGAN[plan.returning],
        BEGAN[plan.since],
        SPANS[plan.span],
        _again(plan),
    )
    most = f"{(SMALLEST - 1) / row['customers']:.1%}"
    return Words(
        f"Of {row['customers']:,} customers who first {began.en}, fewer than {SMALLEST} {does.en}{again.en} in {span.en}"
        f" {row['age']} after the first ({most} at most), too few to be told of.",
        f"{row['customers']:,} 位首次{began.zh}的顾客中，在之后第 {row['age']} {span.zh}{again.zh}{does.zh}的不足 {SMALLEST} 位"
        f"（至多 {most}），人数太少，不予列出。",
    )


def _against(plan: Plan, rows: list[Row]) -> Iterator[Words]:
    """Yield the segment against all others, at the first age that is told."""
    known = {row["age"]: row for row in rows}
    for row in [known[age] for age in _TOLD[plan.span] if age in known][:1]:
        span, does, again = SPANS[plan.span], BEGAN[plan.returning], _again(plan)
        inside, outside = f"{row['share_in']:.1%}", f"{row['share_out']:.1%}"
        value, low, high = (100 * row[name] for name in ("difference", "low", "high"))
        yield Words(
            f"Of the segment {inside} {does.en}{again.en} in {span.en} {row['age']} after the first, of all others"
            f" {outside}: a difference of {value:+.1f} points (95 % interval {low:+.1f} to {high:+.1f}).",
            f"在之后第 {row['age']} {span.zh}，该分群有 {inside} {again.zh}{does.zh}，其余顾客为 {outside}：相差 {value:+.1f} 个百分点"
            f"（95% 区间 {low:+.1f} 至 {high:+.1f}）。",
        )


def _groups(plan: Plan, rows: list[Row]) -> Iterator[Words]:
    """Yield the best and the worst group one period after the first, or that none surely differ."""
    found = list(farthest(rows, 1))
    there = [row for row in rows if row["age"] == 1]
    if len(there) < 2:
        return
    hidden = any(row["share"] is None for row in there)
    if plan.by and hidden and not found:
        called, span = PROPERTIES[plan.by], SPANS[plan.span]
        yield Words(
            f"By {called.en}, too few of some groups came back one {span.en} after the first to compare them all; of the"
            " others none surely differs.",
            f"按{called.zh}看，1 {span.zh}后有的组回来的人太少，不作比较；其余各组没有明显差异。",
        )
    elif plan.by and not found:
        called = PROPERTIES[plan.by]
        yield Words(
            f"By {called.en} no group surely differs from another one {SPANS[plan.span].en} after the first.",
            f"按{called.zh}看，1 {SPANS[plan.span].zh}后各组留存没有明显差异。",
        )
    for best, worst in found:
        told = [f"{row['share']:.1%} ({row['low']:.1%}–{row['high']:.1%})" for row in (best, worst)]
        called, span = PROPERTIES[plan.by], SPANS[plan.span]
        among = Words("", "")
        if hidden:
            among = Words(" of the groups of whom enough came back", "（只比较回来的人足够多的组）")
        yield Words(
            f"By {called.en}, best{among.en} after 1 {span.en}: {best['group_en']}, {told[0]}; worst: {worst['group_en']},"
            f" {told[1]}.",
            f"按{called.zh}看{among.zh}，1 {span.zh}后留存最高的是“{best['group_zh']}”：{told[0]}；最低的是“{worst['group_zh']}”：{told[1]}。",
        )


def _again(plan: Plan) -> Words:
    return Words(" again", "再次") if plan.since == plan.returning else Words("", "")


def _extremes(plan: Plan, rows: list[Row]) -> Iterator[Words]:
    first = [
        row for row in rows if row["age"] == 1 and row["complete"] and row["customers"] is not None
    ]
    # A cell that is not told may be the best or the worst.
    if len(first) < 2 or any(row["share"] is None for row in first):
        return
    best = max(first, key=lambda row: (row["share"], row["since"]))
    worst = min(first, key=lambda row: (row["share"], row["since"]))
    ends = [row[name] for row in (best, worst) for name in ("returned", "customers")]
    if not surely_apart(*ends, among=len(first)):
        return
    told = [f"{row['share']:.1%} ({row['low']:.1%}–{row['high']:.1%})" for row in (best, worst)]
    days = best["since"].isoformat(), worst["since"].isoformat()
    span = SPANS[plan.span]
    yield Words(
        f"Best after 1 {span.en}: those who began in the period from {days[0]}, {told[0]}; worst:"
        f" {days[1]}, {told[1]}.",
        f"1 {span.zh}后留存最高的是 {days[0]} 起的一期：{told[0]}；最低的是 {days[1]} 起的一期：{told[1]}。",
    )


def _brought(plan: Plan, value: list[Row]) -> Iterator[Words]:
    span, ages = SPANS[plan.span], _TOLD[plan.span]
    for currency in sorted({row["currency"] for row in value}):
        known = {row["age"]: row for row in value if row["currency"] == currency}
        told = [known[age] for age in ages if age in known and known[age]["low"] is not None]
        if not told:
            continue
        row = told[-1]
        mean, low, high = (f"{row[name]:,.2f}" for name in ("per_customer", "low", "high"))
        mark = f"{currency} " if currency else ""
        after = f"{row['age']} {span.en}{'' if row['age'] == 1 else 's'}"
        yield Words(
            f"A customer has brought {mark}{mean} net, {after} after the first"
            f" (95 % interval {low} to {high}).",
            f"首个周期之后 {row['age']} {span.zh}，平均每位顾客累计带来净额 {mark}{mean}"
            f"（95% 区间 {low} 至 {high}）。",
        )


def limits(plan: Plan, days: Recorded) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            "Who bought before the data begins looks new: the earliest first periods hold old customers too.",
            "数据开始之前买过的人看起来像新客：最早的几期里混有老客。",
        ),
        Words(
            "The last day of the data counts as a whole day. Periods differ by season, not only by age.",
            "数据的最后一天按整天计。各期的差别也受季节影响，不只是期数。",
        ),
        Words(
            f"No cohort and no group of fewer than {plan.least} customers is shown, nor how many came back or what they"
            f" brought where 1 to {SMALLEST - 1} customers did; another cell may be empty so that these cannot be worked"
            " out. So of small cohorts high shares are seen more often than low ones: compare by age, over all of them.",
            f"不足 {plan.least} 位顾客的首期群体与分组不显示；回来或带来金额的顾客为 1 至 {SMALLEST - 1} 位的也不显示，"
            "为防止由合计推算，个别其他单元格也会留空。因此人数少的首期群体，看得到的多是较高的占比：比较时请看按期数的汇总。",
        ),
        Words(
            "Intervals of money take a normal mean and are rough where few customers bring most of it."
            " Currencies are never added together.",
            "金额区间按均值的正态近似，少数顾客贡献大部分金额时较粗略。不同币种不相加。",
        ),
    ]
    if plan.since != plan.returning:
        does = BEGAN[plan.returning]
        said.append(
            Words(
                f"Who {does.en} before that was recorded is not known: such cells have no share. Visits and"
                " orders meet only where an event names its customer.",
                f"开始记录{does.zh}之前的情况无从得知：这些单元格不给出占比。只有带顾客编号的事件才能与订单对应。",
            )
        )
    if "visit" in (plan.since, plan.returning):
        said.append(
            Words(
                "A visit is any event; where it names no customer its visitor is counted, and one who"
                " clears cookies counts anew.",
                "任何事件都算来访；没有顾客编号时按访客计，清除 Cookie 的人会被当作新访客。",
            )
        )
    if plan.segment:
        said.append(
            Words(
                f"Only customers of the segment {plan.segment}; a stored one is as it was when it was last stored,"
                " drop-offs of a funnel that is written out are counted now.",
                f"只含分群“{plan.segment}”的顾客；已保存的分群以最近一次保存时为准，写明漏斗的流失顾客则即时计算。",
            )
        )
    if plan.segment:
        said.append(
            Words(
                "A segment that what customers did later decides, such as the loyal ones, came back by definition:"
                " its difference from all others is no effect of anything. All others hold visitors without a name too.",
                "若分群由顾客后来的行为决定（如忠实顾客），留存高是定义使然，与其余顾客的差别不代表任何效果。其余顾客里也含匿名访客。",
            )
        )
    if days.stray:
        said.append(
            Words(
                f"Dated far from all others and taken for wrong: {days.stray:,}; the data is held to run from "
                f"{days.first} to {days.last}.",
                f"有 {days.stray:,} 条的日期远离其余，视为日期有误；数据按 {days.first} 至 {days.last} 计算。",
            )
        )
    return tuple(said)
