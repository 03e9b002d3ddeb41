"""Shares of who came back, by first period and age; what would tell of a few customers is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.recorded import Recorded
from shopkeeper.operations.behaviour.returning.periods import begun, over, period_day, period_of
from shopkeeper.operations.behaviour.small_cells import is_small, withheld

if TYPE_CHECKING:
    from shopkeeper.operations.behaviour.returning.finding import Plan
    from shopkeeper.operations.behaviour.returning.groups import Counted

Row = dict[str, Any]
UNTOLD = {"returned": None, "share": None, "low": None, "high": None}


def ages(start: int, plan: Plan, days: Recorded) -> range:
    """Return the ages that a first period has reached."""
    return range(max(period_of(days.last, plan.span) - start, 0) + 1)


def counted_in(size: Mapping[int, int], starts: Iterable[int]) -> list[int]:
    """Return the first periods that are taken together.

    Where those of a few customers have a few together, they are left out, for the total less the
    others would tell of them.
    """
    there = sorted(starts)
    few = sum(size[start] for start in there if is_small(size[start]))
    return [start for start in there if not (is_small(size[start]) and is_small(few))]


def rows_by_period(plan: Plan, whole: Counted, days: Recorded) -> list[Row]:
    """Return one row a first period and age."""
    rows, size = [], whole.size
    hidden = _hidden(plan, whole, days)
    for start in sorted(size):
        for age in ages(start, plan, days):
            complete = covered_period(start + age, plan, days)
            returned = whole.came.get((start, age), 0)
            told = (start, age) not in hidden
            rows.append(
                {
                    "since": period_day(start, plan.span),
                    "age": age,
                    "customers": size[start] if size[start] >= plan.least else None,
                    **(shared(returned, size[start], complete=complete) if told else UNTOLD),
                    "complete": complete,
                }
            )
    return rows


def _hidden(plan: Plan, whole: Counted, days: Recorded) -> set[tuple[int, int]]:
    """Return the first periods and ages of which it is not told how many came back."""
    size = whole.size
    cells = [(start, age) for start in sorted(size) for age in ages(start, plan, days)]
    counts = {cell: whole.came.get(cell, 0) for cell in cells}
    found = {
        cell for cell in cells if size[cell[0]] < plan.least or is_small(counts[cell])
    }  # fmt: skip
    for age in ages(min(size), plan, days) if size else ():
        starts = [start for start in size if covered_period(start + age, plan, days)]
        there = [(start, age) for start in counted_in(size, starts)]
        beside = {cell: counts[cell] for cell in there if cell in counts}
        found |= withheld(beside, hidden=found & beside.keys())
    return found


def covered_period(number: int, plan: Plan, days: Recorded) -> bool:
    """Say whether the data covers a period from its first day to its last."""
    return begun(days, number, plan.span) and over(days, number, plan.span)


def shared(returned: int, customers: int, *, complete: bool = True) -> Row:
    """Return who came back and, of a period that the data covers, their share with its interval."""
    if not complete:
        return UNTOLD | {"returned": returned}
    interval = proportion(returned, customers)
    return {
        "returned": returned,
        "share": interval.value,
        "low": interval.low,
        "high": interval.high,
    }


def rows_by_age(plan: Plan, whole: Counted, days: Recorded) -> list[Row]:
    """Return the counts of each age over all first periods for which that age is covered."""
    rows, size = [], whole.size
    for age in ages(min(size), plan, days) if size else ():
        starts = [start for start in size if covered_period(start + age, plan, days)]
        starts = counted_in(size, starts)
        customers = sum(size[start] for start in starts)
        if customers < max(plan.least, 1):
            continue
        returned = sum(whole.came.get((start, age), 0) for start in starts)
        rows.append(
            {"age": age, "cohorts": len(starts), "customers": customers, **shared(returned, customers)}
        )  # fmt: skip
    return rows


def without_small(rows: list[Row]) -> list[Row]:
    """Return rows by age; how many came back is left out where they are a few."""
    return [row | UNTOLD if is_small(row["returned"]) else row for row in rows]
