"""What the answer of `funnel` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopkeeper.operations.behaviour.features import SESSION_MINUTES
from shopkeeper.operations.behaviour.metrics import surely_apart
from shopkeeper.operations.behaviour.stepping.plan import MOST_SHOWN, Plan
from shopkeeper.operations.behaviour.vocabulary import OTHER, PROPERTIES, UNKNOWN, event_words
from shopkeeper.words import Words, counted

Row = dict[str, Any]

TITLE = Words("The way to an order, step by step", "转化漏斗")
UNITS = {
    "session": Words("session", "次会话"),
    "customer": Words("customer", "位顾客"),
}
_NAMELESS = Words("customer or visitor", "位顾客或访客")
"""Who is counted by customer where some events name none."""
DEFINITIONS = {
    "cohort": Words(
        "all; in: who has one of the cohort's values; out: everybody else.",
        "全部；人群内：取值属于所选人群；人群外：其余所有。",
    ),
    "group": Words(
        "Value of the breakdown, from the earliest event of the first step that names one.",
        "拆分属性的取值，取第一步中最早带有该属性的事件。",
    ),
    "count": Words("How many reached the step.", "到达该步的数量。"),
    "lost": Words("Count of the step before − count.", "上一步数量 − 本步数量。"),
    "share": Words("Count ÷ count of the first step.", "本步数量 ÷ 第一步数量。"),
    "low": Words("Lower end of the 95 % Wilson interval.", "95% Wilson 区间下限。"),
    "high": Words("Upper end of the 95 % Wilson interval.", "95% Wilson 区间上限。"),
    "share_of_previous": Words("Count ÷ count of the step before.", "本步数量 ÷ 上一步数量。"),
    "difference": Words(
        "Share in the cohort − share out of it, with Newcombe's 95 % interval.",
        "人群内占比 − 人群外占比，附 Newcombe 法 95% 区间。",
    ),
}


def sentences(
    plan: Plan, rows: list[Row], difference: list[Row], *, absent: list[str]
) -> Iterator[Words]:
    """Yield what a shopkeeper should know first; absent are values of the cohort that nobody has."""
    count = len(plan.path.steps)
    whole = rows[:count]
    yield _whole(plan, whole)
    yield from _largest_loss(plan, whole)
    if difference:
        yield _versus(plan, difference[-1])
    if absent:
        called = PROPERTIES[plan.cohort[0]] if plan.cohort else Words("", "")
        yield Words(
            f"Nobody who began has the {called.en} {', '.join(absent)[:80]}.",
            f"开始的人里没有{called.zh}为 {'、'.join(absent)[:80]} 的。",
        )
    groups = [row for row in rows[count:] if row["cohort"] == "all"]
    began = {row["group_en"]: row["count"] for row in groups if row["rank"] == 1}
    last = [row for row in groups if row["rank"] == count]
    # A group whose count is not told may be the worst of all.
    if all(row["count"] is not None for row in last):
        # Who is not known has no name for a reason: visitors who did not sign in did not order either.
        named = [
            row
            for row in last
            if row["share"] is not None
            and row["group_en"] != OTHER.en
            and UNKNOWN.en not in row["group_en"].split(" · ")
        ]
        yield from _extremes(named, began)


def _whole(plan: Plan, whole: list[Row]) -> Words:
    first, last, unit = whole[0], whole[-1], _unit(plan)
    names = event_words(first["step"]), event_words(last["step"])
    if first["count"] is None:
        return Words(
            f"Fewer than {_counted(plan.smallest, plan)} had {names[0].en}, too few to be told of.",
            f"做过“{names[0].zh}”的顾客不足 {plan.smallest} 位，人数太少，不予列出。",
        )
    within = _within(plan)
    how = Words("in order", "依次") if plan.path.ordered else Words("in any order", "不限次序")
    got, total = _told(last["count"], plan), _counted(first["count"], plan)
    share = Words("", "")
    if last["share"] is not None:
        said = f"{last['share']:.1%}", f"{last['low']:.1%}", f"{last['high']:.1%}"
        share = Words(
            f" ({said[0]}, 95 % interval {said[1]} to {said[2]})",
            f"（{said[0]}，95% 区间 {said[1]} 至 {said[2]}）",
        )
    return Words(
        f"Of {total} with {names[0].en}, {got.en}{share.en} reached {names[1].en}, all steps {how.en}"
        f" within {within.en}.",
        f"{first['count']:,} {unit.zh}有“{names[0].zh}”，其中{got.zh}{unit.zh[0]}{share.zh}在 {within.zh}内"
        f"{how.zh}走到“{names[1].zh}”。",
    )


def _unit(plan: Plan) -> Words:
    nameless = plan.path.per == "customer" and not plan.complete
    return _NAMELESS if nameless else UNITS[plan.path.per]


def _counted(number: int, plan: Plan) -> str:
    unit = _unit(plan)
    return counted(number, unit.en, "customers and visitors" if unit is _NAMELESS else "")


def _told(count: int | None, plan: Plan) -> Words:
    if count is None:
        return Words(f"fewer than {plan.smallest}", f"不足 {plan.smallest} ")
    return Words(f"{count:,}", f" {count:,} ")


def _largest_loss(plan: Plan, whole: list[Row]) -> Iterator[Words]:
    known = [row for row in whole[1:] if row["share_of_previous"] is not None]
    # A step whose count is not told may be the one where most are lost.
    if not known or any(row["count"] is None for row in whole):
        return
    worst = max(known, key=lambda row: row["lost"] or 0)
    if not worst["lost"]:
        return
    names = event_words(plan.path.steps[worst["rank"] - 2]), event_words(worst["step"])
    share, unit = f"{worst['share_of_previous']:.1%}", _unit(plan)
    yield Words(
        f"Most are lost between {names[0].en} and {names[1].en}: {worst['lost']:,} did not go on,"
        f" {share} did.",
        f"流失最多的一步是“{names[0].zh}”到“{names[1].zh}”：{worst['lost']:,} {unit.zh}没有继续，"
        f"继续的占 {share}。",
    )


def _versus(plan: Plan, row: Row) -> Words:
    name, values = plan.cohort or ("", ())
    who, step = f"{name}={'|'.join(values)}", event_words(row["step"])
    one, other = f"{row['share_in']:.1%}", f"{row['share_out']:.1%}"
    points = [f"{100 * row[key]:+.1f}" for key in ("difference", "low", "high")]
    return Words(
        f"{step.en}: {one} in {who}, {other} out of it; difference {points[0]} points"
        f" (95 % interval {points[1]} to {points[2]}).",
        f"“{step.zh}”：人群（{who}）内 {one}，人群外 {other}；相差 {points[0]} 个百分点"
        f"（95% 区间 {points[1]} 至 {points[2]}）。",
    )


def _extremes(rows: list[Row], began: dict[str, int]) -> Iterator[Words]:
    if len(rows) < 2:
        return
    best = max(rows, key=lambda row: (row["share"], row["group_en"]))
    worst = min(rows, key=lambda row: (row["share"], row["group_en"]))
    ends = [number for row in (best, worst) for number in (row["count"], began[row["group_en"]])]
    if not surely_apart(*ends, among=len(rows)):
        return
    step = event_words(best["step"])
    told = [
        (row, f"{row['share']:.1%} ({row['low']:.1%}–{row['high']:.1%})") for row in (best, worst)
    ]
    yield Words(
        f"{step.en} is reached most by {told[0][0]['group_en'][:60]}: {told[0][1]}; least by"
        f" {told[1][0]['group_en'][:60]}: {told[1][1]}.",
        f"走到“{step.zh}”比例最高的是 {told[0][0]['group_zh'][:60]}：{told[0][1]}；最低的是"
        f" {told[1][0]['group_zh'][:60]}：{told[1][1]}。",
    )


def _within(plan: Plan) -> Words:
    hours = f"{plan.path.window_seconds / 3600:,.6g}"
    return Words(f"{hours} {'hour' if hours == '1' else 'hours'}", f"{hours} 小时")


def limits(plan: Plan) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words(
            "What the tracker did not record looks like a loss, and bots are not removed.",
            "埋点没有记到的会被算作流失，且未剔除机器流量。",
        ),
        Words(
            "Events at the same instant count as in order. Those who began shortly before the data"
            " ends may still go on.",
            "同一时刻的事件视为符合次序。数据截止前不久才开始的，之后仍可能继续。",
        ),
        Words(
            f"No percentage is shown of fewer than {plan.least}.",
            f"不足 {plan.least} 的不显示百分比。",
        ),
    ]
    if plan.path.per == "session":
        said.append(
            Words(
                "Sessions of one customer are taken as independent, so intervals are a little narrow.",
                "同一顾客的多次会话按相互独立处理，区间略偏窄。",
            )
        )
        if not plan.complete:
            said.append(
                Words(
                    "Where the source names no session, one ends when its visitor pauses for"
                    f" {SESSION_MINUTES} minutes.",
                    f"来源没有会话编号时，访客停顿满 {SESSION_MINUTES} 分钟即视为会话结束。",
                )
            )
    if plan.smallest > 1:
        unit = UNITS[plan.path.per]
        said.append(
            Words(
                f"Counts of 1 to {plan.smallest - 1} {unit.en}s, that reached a step or were lost, are not shown, nor groups of"
                " so few, nor what would tell them beside a total; the difference of two steps that are shown may be as"
                " small.",
                f"到达或流失的为 1 至 {plan.smallest - 1} {unit.zh}时不显示，这么小的组也不列出，能由合计推算出来的数同样不显示；"
                "但两个已显示的步骤之差可能同样小。",
            )
        )
    if plan.path.per == "customer" and not plan.complete:
        said.append(
            Words(
                "Where an event names no customer, its visitor is counted; as members only customers with a name are listed.",
                "事件没有顾客编号时，按访客计；成员名单只列有编号的顾客。",
            )
        )
    if plan.without_unit:
        said.append(
            Words(
                f"{counted(plan.without_unit, 'event')} of the steps belong to nobody and are left out.",
                f"{plan.without_unit:,} 条步骤事件不属于任何人，未计入。",
            )
        )
    if plan.breakdown:
        said.append(
            Words(
                f"The {MOST_SHOWN} commonest groups are shown, the rest together.",
                f"显示最常见的 {MOST_SHOWN} 组，其余合并。",
            )
        )
    if plan.members:
        said.append(
            Words(
                "A segment that what customers did later decides, such as those who were lost here, differs by"
                " definition. Only customers with a name are in segments; all others hold visitors without one.",
                "若分群由顾客后来的行为决定（如在这里流失的），差别是定义使然。分群里只有有编号的顾客，其余里含匿名访客。",
            )
        )
    return tuple(said)
