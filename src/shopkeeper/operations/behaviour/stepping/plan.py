"""Plan: what was typed, held against what the shop has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import ibis

from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.behaviour.features import CUSTOMER, PROPERTIES, Path
from shopkeeper.operations.behaviour.small_cells import SMALLEST
from shopkeeper.operations.behaviour.stepping.dropping import USUAL_HOURS, members_of
from shopkeeper.operations.behaviour.vocabulary import COMMON_STEPS, event_named, event_words
from shopkeeper.operations.behaviour.vocabulary import PROPERTIES as CALLED
from shopkeeper.words import Words

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

MOST_STEPS, MOST_SHOWN, LONGEST_HOURS = 10, 40, 24 * 366 * 10
SEGMENT = "segment"
ASKED = Words("Asked for a funnel.", "要计算转化漏斗。")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a funnel is counted by.

    Parameters
    ----------
    path
        Steps, window and whose events belong together.
    complete
        Whether every event names its session (or customer).
    cohort
        Property (or `SEGMENT`) and the values that are in; None where no cohort was asked for.
    members
        Customers of the segments where the cohort is one of segments.
    usual
        Whether it is the funnel that is meant where nothing is said of one.
    breakdown
        Properties whose values are counted apart.
    least
        Below this count no percentage is shown.
    events, without_unit
        Events of the steps, and those of them that belong to nobody.
    """

    path: Path
    complete: bool
    cohort: tuple[str, tuple[str, ...]] | None
    breakdown: tuple[str, ...]
    least: int
    events: int
    without_unit: int
    members: tuple[str, ...] = ()
    usual: bool = False

    @property
    def smallest(self) -> int:
        """Return the fewest that are told of: customers in a cell are never so few, sessions of everybody may be."""
        return SMALLEST if self.path.per == "customer" or self.members else 1


def make_plan(
    shop: Shop,
    *,
    steps: str,
    order: Literal["ordered", "any"],
    per: Literal["session", "customer"],
    window_hours: float,
    cohort: str,
    breakdown: str,
    least: int,
) -> Plan:
    """Return the plan.

    Raises
    ------
    UsageError
        A step, a property, the window or the cohort cannot be understood.
    MissingDataError
        The shop has no such events, or none that belongs to anyone.
    """
    if not 0 < window_hours <= LONGEST_HOURS:
        raise UsageError(
            Words(
                f"Asked for a window of {window_hours:g} hours.",
                f"时间窗设为 {window_hours:g} 小时。",
            ),
            Words("That is no length of time to count within.", "不能按这样的时长计算。"),
            Words(
                f"Give a number above 0 and up to {LONGEST_HOURS:,}.",
                f"请给出大于 0、不超过 {LONGEST_HOURS:,} 的数。",
            ),
        )
    chosen = _steps(steps, _names(shop))
    inside = _cohort(cohort)
    apart = _properties(breakdown)
    members: set[str] = set()
    wanted = [*([inside[0]] if inside else []), *apart]
    if inside and inside[0] == SEGMENT:
        members = {one for value in inside[1] for one in members_of(shop, value)}
        wanted[0] = CUSTOMER
    path = Path(
        steps=chosen,
        ordered=order == "ordered",
        window_seconds=max(1, round(window_hours * 3600)),
        per=per,
        properties=tuple(dict.fromkeys(wanted)),
    )
    there = _owned(shop, chosen)
    named = there["sessions"] if per == "session" else there["customers"]
    if there["owned" if per == "customer" else "placed"] == 0:
        raise _nobody(per if there["placed"] else "session")
    without = there["events"] - there["owned" if per == "customer" else "placed"]
    complete = named == there["whole"]
    usual = (order, per, window_hours) == ("ordered", "session", USUAL_HOURS) and not steps.strip()
    return Plan(
        path, complete, inside, apart, max(least, SMALLEST) if members or per == "customer" else least, there["events"],
        without, tuple(sorted(members)), usual,
    )  # fmt: skip


def _names(shop: Shop) -> list[str]:
    """Return the names of events that the shop has, the commonest first."""
    if not shop.has("events"):
        raise MissingDataError(
            ASKED,
            Words("The shop has no events.", "店里没有行为事件。"),
            Words(
                "Import an event log: what was viewed, added to the cart, ordered, by whom and when.",
                "请导入行为日志：谁在何时浏览、加购、下单。",
            ),
        )
    counted = shop.events.group_by("name").aggregate(count=ibis._.count())
    rows = counted.order_by([ibis.desc("count"), "name"]).limit(10_000).to_pyarrow().to_pylist()
    return [row["name"] for row in rows if row["name"]]


def _steps(typed: str, known: Sequence[str]) -> tuple[str, ...]:
    if not typed.strip():
        there = tuple(name for name in COMMON_STEPS if name in known)
        if len(there) >= 2:
            return there
        raise MissingDataError(
            ASKED,
            Words(
                f"Of {', '.join(COMMON_STEPS)} the shop has {', '.join(there) or 'none'}.",
                f"常用的步骤是{_chinese(COMMON_STEPS)}，店里"
                + (f"只有{_chinese(there)}。" if there else "一个都没有。"),
            ),
            Words(
                f"Name at least two of its own events with --steps: {_listed(known)}.",
                f"请用 --steps 指明至少两个店里的事件：{_listed(known, '、')}。",
            ),
        )
    parts = [
        part for part in typed.replace("，", ",").replace("、", ",").split(",") if part.strip()
    ]
    found = []
    for part in parts:
        name = event_named(part, known)
        if name is None:
            raise _refused(
                Words(
                    f"The shop has no event {part.strip()!r}.", f"店里没有事件“{part.strip()}”。"
                ),
                known,
            )
        found.append(name)
    if len(set(found)) != len(found):
        raise _refused(Words("A step is named twice.", "有步骤重复。"), known)
    if not 2 <= len(found) <= MOST_STEPS:
        raise _refused(
            Words(
                f"{len(found)} steps are named, and a funnel has 2 to {MOST_STEPS}.",
                f"给出了 {len(found)} 步，漏斗应有 2 到 {MOST_STEPS} 步。",
            ),
            known,
        )
    return tuple(found)


def _properties(typed: str, asked: Words | None = None) -> tuple[str, ...]:
    typed = typed.replace("，", ",").replace("、", ",")
    chinese = {words.zh: name for name, words in CALLED.items()}
    parts = [chinese.get(part.strip(), part.strip()) for part in typed.split(",") if part.strip()]
    for part in parts:
        if part not in PROPERTIES:
            raise UsageError(
                asked or Words(f"Asked for a funnel by {part!r}.", f"要按“{part}”拆分漏斗。"),
                Words("Events are not known by that.", "没有这个属性。"),
                Words(
                    f"Choose from {', '.join(PROPERTIES)}.",
                    f"请从 {'、'.join(f'{CALLED[name].zh}（{name}）' for name in PROPERTIES)} 中选择。",
                ),
            )
    return tuple(dict.fromkeys(parts))


def _cohort(typed: str) -> tuple[str, tuple[str, ...]] | None:
    if not typed.strip():
        return None
    name, mark, values = typed.partition("=")
    name = name.strip()
    inside = tuple(value.strip() for value in values.split("|") if value.strip())
    if not mark or not inside or not name or "," in name:
        raise UsageError(
            Words(f"Asked for the cohort {typed!r}.", f"指定了人群“{typed}”。"),
            Words("It names no property with a value.", "没有写明属性和取值。"),
            Words(
                "Write it as device=mobile, or device=mobile|tablet.",
                "请写成 device=mobile 或 device=mobile|tablet。",
            ),
        )
    if name in (SEGMENT, "分群"):
        return SEGMENT, inside
    asked = Words(f"Asked for the cohort {typed!r}.", f"指定了人群“{typed}”。")
    return _properties(name, asked)[0], inside


def _owned(shop: Shop, steps: Sequence[str]) -> dict[str, int]:
    """Return how many events there are, and how many of them name whose they are."""
    event = shop.events
    step = event.name.isin(steps)
    owner = event.customer_id.notnull() | event.visitor_id.notnull()
    found: dict[str, int] = (
        event.aggregate(
            whole=event.count(),
            sessions=event.session_id.count(),
            customers=event.customer_id.count(),
            events=event.count(where=step),
            owned=event.count(where=step & owner),
            placed=event.count(where=step & (owner | event.session_id.notnull())),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    return found


def _chinese(names: Sequence[str]) -> str:
    return "、".join(event_words(name).zh for name in names)


def _refused(found: Words, known: Sequence[str]) -> UsageError:
    return UsageError(
        ASKED,
        found,
        Words(
            f"Name different events of the shop, with commas between them: {_listed(known)}.",
            f"请给出店里不同的事件，以逗号分隔：{_listed(known, '、')}。",
        ),
    )


def _listed(known: Sequence[str], comma: str = ", ") -> str:
    return comma.join(name[:60] for name in known[:12]) + (" …" if len(known) > 12 else "")


def _nobody(per: str) -> MissingDataError:
    if per == "customer":
        return MissingDataError(
            ASKED,
            Words("No event names its customer or visitor.", "没有事件带有顾客或访客编号。"),
            Words(
                "Count by session with --per session, or import events with customers.",
                "请改用 --per session 按会话计算，或导入带顾客编号的事件。",
            ),
        )
    return MissingDataError(
        ASKED,
        Words(
            "No event names its session, visitor or customer.",
            "没有事件带有会话、访客或顾客编号。",
        ),
        Words("Import events with one of them.", "请导入至少带其中一种编号的事件。"),
    )
