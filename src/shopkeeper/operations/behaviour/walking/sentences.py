"""What the answer of `paths` says in words; every number in a sentence stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopkeeper.operations.behaviour.features import SESSION_MINUTES
from shopkeeper.operations.behaviour.walking.rows import ENTRY, EXIT, LENGTH, NODES, OTHER
from shopkeeper.words import Words, counted

Row = dict[str, Any]

TITLE = Words("Which ways visitors take", "访客走过的路径")
MARKS = {
    ENTRY: Words("comes", "进入"),
    EXIT: Words("leaves", "离开"),
    OTHER: Words("all rare steps", "其余少见的步骤"),
}
DEFINITIONS = {
    "source": Words(
        "The step before: an event, of a page view with its address the type of page too (the first part of the "
        "address). “comes” is the beginning of a session.",
        "上一步：事件名；浏览页面且有地址时，再加页面类型（地址的第一段）。“进入”为会话开始。",
    ),
    "target": Words("The step that follows at once; “leaves” is the end.", "紧接着的一步；“离开”为会话结束。"),
    "transitions": Words("How often the one follows the other.", "前后相接的次数。"),
    "sessions": Words("Sessions in which it happens.", "发生的会话数。"),
    "share": Words(
        "Of a transition: ÷ all that leave the step before. Of a path: ÷ all sessions that end so (in an order, or "
        "without one). 95 % Wilson interval.",
        "前后相接：÷ 从上一步离开的全部次数；路径：÷ 同样结局（下单或未下单离开）的全部会话。区间为 95% Wilson 区间。",
    ),
    "loop": Words("Whether the step follows itself.", "是否重复同一步。"),
    "reverse": Words("How often it goes the other way round.", "反方向的次数。"),
    "entry_share": Words("Sessions that begin with the step ÷ all sessions.", "以该步开始的会话 ÷ 全部会话。"),
    "exit_share": Words("Times the session ends there ÷ its events.", "会话在此结束的次数 ÷ 该步事件数。"),
    "loop_share": Words("Times the same follows ÷ its events.", "紧接同一步的次数 ÷ 该步事件数。"),
    "purchase_share": Words(
        "Sessions with the step and an order at or after it ÷ sessions with the step.",
        "有该步且此步或之后有下单的会话 ÷ 有该步的会话。",
    ),
    "mean_place": Words(
        "Mean number of events before its first time in a session.", "会话中首次出现之前的平均事件数。"
    ),
    "path": Words(
        f"The last {LENGTH} different steps up to the first order, or to leaving without one; a step that repeats "
        "counts once.",
        f"到首次下单（或未下单离开）为止的最后 {LENGTH} 个不同步骤；连续重复的步骤只计一次。",
    ),
}  # fmt: skip
_TOLD = 2


def sentences(rows: list[Row], evidence: dict[str, list[Row]]) -> Iterator[Words]:
    """Yield what a shopkeeper should know first."""
    parts = {row["part"]: row["events"] for row in evidence["parts"]}
    yield Words(
        f"{counted(parts['sessions'], 'session')} with {counted(parts['nodes'], 'kind')} of steps.",
        f"{parts['sessions']:,} 次会话，{parts['nodes']:,} 种步骤。",
    )
    for kind, en, zh in (
        ("to_purchase", "Commonest way to an order", "最常见的下单路径"),
        ("to_leaving", "Commonest way to leaving without one", "最常见的未下单离开路径"),
    ):
        for row in evidence[kind][:1]:
            if row["share"] is not None:
                share, low, high = (f"{row[name]:.1%}" for name in ("share", "low", "high"))
                yield Words(
                    f"{en}: {row['path_en']}, {share} of such sessions ({low} to {high}).",
                    f"{zh}：{row['path_zh']}，占此类会话的 {share}（{low} 至 {high}）。",
                )
    known = [row for row in evidence["nodes"] if row["exit_share"] is not None]
    if known:
        worst = max(known, key=lambda row: row["exit_low"])
        share = f"{worst['exit_share']:.1%}"
        yield Words(
            f"Sessions end most often after {worst['node_en']}: {share} of the times.",
            f"会话最常在{worst['node_zh']}之后结束：占其 {share}。",
        )
    loops = [row for row in rows if row["loop"] and row["share"] is not None]
    for row in loops[:_TOLD]:
        yield Words(
            f"{row['source_en']} is repeated {row['share']:.1%} of the times.",
            f"{row['source_zh']}之后有 {row['share']:.1%} 紧接着重复。",
        )


def limits(least: int, parts: dict[str, int], *, complete: bool) -> tuple[Words, ...]:
    """Return what the answer cannot say."""
    said = [
        Words("Bots are not removed.", "未剔除机器流量。"),
        Words(f"No share is shown of fewer than {least}.", f"计数少于 {least} 时不显示占比。"),
        Words(
            "What happened at one instant stands in the order of the event ids.",
            "同一时刻的事件按事件编号排序。",
        ),
    ]
    if parts["rare_nodes"]:
        said.append(
            Words(
                f"The {NODES} commonest steps are told apart; the others are one: {parts['rare_nodes']:,}.",
                f"只区分最常见的 {NODES} 种步骤，其余 {parts['rare_nodes']:,} 种合并。",
            )
        )
    if not complete:
        said.append(
            Words(
                f"Where the source names no session, one ends when its visitor pauses for {SESSION_MINUTES} minutes; "
                f"events of nobody are left out ({parts['without_owner']:,}).",
                f"来源没有会话编号时，访客停顿满 {SESSION_MINUTES} 分钟即视为会话结束；"
                f"不属于任何人的事件未计入（{parts['without_owner']:,} 个）。",
            )
        )
    return tuple(said)
