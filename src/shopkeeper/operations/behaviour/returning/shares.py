"""Shares of who came back, by first period and age; what would tell of a few customers is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.recorded import Recorded
from shopkeeper.operations.behaviour.returning.periods import begun, over, period_day, period_of
from shopkeeper.operations.behaviour.small_cells import is_small, withheld

if TYPE_CHECKING:
    from shopkeeper.operations.behaviour.returning.finding import Plan
    from shopkeeper.operations.behaviour.returning.groups import Counted
    from shopkeeper.words import Words

Row = dict[str, Any]
UNTOLD = {"returned": None, "share": None, "low": None, "high": None}


def ages(start: int, plan: Plan, days: Recorded) -> range:
    """Return the ages that a first period has reached."""
    return range(max(period_of(days.last, plan.span) - start, 0) + 1)


@dataclass(frozen=True, slots=True)
class Blocks:
    """First periods in runs of 20 customers at least, which are told together with the others or not at all.

    Else the difference of two ages would tell of the few that only one of them counts.

    Parameters
    ----------
    runs
        The first periods of each run, in order.
    """

    runs: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, size: Mapping[int, int]) -> Blocks:
        """Return the runs of first periods with so many customers each; the last ones, if few, are in none.

        Examples
        --------
        >>> Blocks.of({1: 30, 2: 8, 3: 12, 4: 25, 5: 3}).runs
        ((1,), (2, 3), (4,))
        """
        runs: list[list[int]] = [[]]
        for start in sorted(size):
            if runs[-1] and not is_small(sum(size[one] for one in runs[-1])):
                runs.append([])
            runs[-1].append(start)
        if is_small(sum(size[one] for one in runs[-1])):
            runs.pop()
        return cls(tuple(map(tuple, runs)))

    def within(self, starts: Iterable[int]) -> list[int]:
        """Return those of first periods whose whole run is there."""
        there = set(starts)
        return [start for run in self.runs if there.issuperset(run) for start in run]


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
    for age, starts in starts_by_age(plan, size, days).items():
        beside = {(start, age): counts[start, age] for start in starts}
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
    return [
        {"age": age, "cohorts": len(starts), **_counts(whole, starts, age)}
        for age, starts in starts_by_age(plan, whole.size, days).items()
        if sum(whole.size[start] for start in starts) >= max(plan.least, 1)
    ]


def starts_by_age(plan: Plan, size: Mapping[int, int], days: Recorded) -> dict[int, list[int]]:
    """Return by age the first periods that are taken together: the data covers that age of them."""
    blocks = Blocks.of(size)
    return {
        age: blocks.within(start for start in size if covered_period(start + age, plan, days))
        for age in (ages(min(size), plan, days) if size else ())
    }


def _counts(counted: Counted, starts: Iterable[int], age: int) -> Row:
    kept = [start for start in starts if start in counted.size]
    customers = sum(counted.size[start] for start in kept)
    returned = sum(counted.came.get((start, age), 0) for start in kept)
    return {"customers": customers, **(shared(returned, customers) if customers else UNTOLD)}


def rows_by_group(groups: Mapping[Words, Counted], starts: Mapping[int, list[int]]) -> list[Row]:
    """Return the counts of each group by age, over the same first periods as those of all.

    The groups add up to all, so that neither who is in a small one nor who of it came back can be
    told; those that are too small at an age are left out there.
    """
    rows: list[Row] = []
    for age, there in starts.items():
        counts = {words: _counts(one, there, age) for words, one in groups.items()}
        few = withheld({words: row["customers"] for words, row in counts.items()})
        returned = {words: row["returned"] or 0 for words, row in counts.items()}
        hidden = withheld(returned, hidden=few)
        rows += [
            {"group_en": words.en, "group_zh": words.zh, "age": age, "cohorts": len(there), **row}
            | (UNTOLD if words in hidden else {})
            for words, row in counts.items()
            if words not in few and row["customers"]
        ]
    place = {words.en: number for number, words in enumerate(groups)}
    return sorted(rows, key=lambda row: (place[row["group_en"]], row["age"]))


def without_small(rows: list[Row]) -> list[Row]:
    """Return rows by age; how many came back is left out where they are a few."""
    return [row | UNTOLD if is_small(row["returned"]) else row for row in rows]
