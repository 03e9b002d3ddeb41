"""What is told of groups of customers: sizes, rules, stability, moves from month to month, overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.small_cells import withheld
from shopkeeper.operations.segments.base import Base, Floats, Ints
from shopkeeper.operations.segments.counts import OTHER, Habits
from shopkeeper.operations.segments.grouping.ways import REDRAWN, Way
from shopkeeper.operations.segments.guards import refused
from shopkeeper.operations.segments.rules import SHARES, Conditions
from shopkeeper.words import Words

Row = dict[str, Any]
DRAWS, MONTHS, LOOKED_AT = 20, 12, 20_000
_REACH = 1.959964
NOBODY, NOBODY_YET = "not_yet", Words("not yet a customer", "尚未购买")


def traits_of(base: Base, habits: Habits | None) -> dict[str, Floats]:
    """Return the traits that rules are made of; NaN where a customer has none."""
    now = base.state(base.end)
    count = np.maximum(now.purchases, 1)
    traits = {
        "purchases": now.purchases,
        "days_since": now.days_since,
        "age_days": now.age,
        "value_so_far": np.round(now.spent, 2),
        "value_of_one": np.round(now.spent / count, 2),
        "days_between": np.where(
            now.purchases > 1, (now.age - now.days_since) / np.maximum(now.purchases - 1, 1), np.nan
        ),
    }
    return traits | (_habit_traits(base, habits) if habits else {})


def _habit_traits(base: Base, habits: Habits) -> dict[str, Floats]:
    counts = habits.matrix(base, base.end)
    place = {name: at for at, name in enumerate(habits.names)}
    wanted = {
        "share_reduced": ("discount", "yes"),
        "share_returned": ("returned", "yes"),
        "share_negative": ("sentiment", "negative"),
        "share_high": ("price", "high"),
        "share_low": ("price", "low"),
    }
    wanted |= {
        f"{block}:{label}": (block, label)
        for block, label in habits.names
        if block in SHARES and label != OTHER and refused(label) is None
    }
    made = {}
    for trait, column in wanted.items():
        if column not in place:
            continue
        block = next(one for one in habits.blocks if one.start <= place[column] < one.stop)
        whole = counts[:, block].sum(axis=1)
        share = counts[:, place[column]] / np.maximum(whole, 1)
        made[trait] = np.where(whole > 0, share, np.nan)
    return made


def segment_rows(base: Base, way: Way, traits: Mapping[str, Floats], least: int) -> list[Row]:
    """Return one row a segment; a segment of fewer than `least` customers has its name alone."""
    now = base.state(base.end)
    sampled = np.arange(base.customers)
    if base.customers > LOOKED_AT:
        sampled = np.linspace(0, base.customers - 1, LOOKED_AT).astype(np.int64)
    conditions = Conditions({name: values[sampled] for name, values in traits.items()})
    whole = float(now.spent.sum())
    rows = []
    for code, (name, words) in enumerate(zip(way.ids, way.names, strict=True)):
        mine = way.codes == code
        row: Row = {"segment": name, "name_en": words.en, "name_zh": words.zh, "customers": None}
        count = int(mine.sum())
        if count >= least:
            share = proportion(count, base.customers)
            row |= {
                "customers": count,
                "share": share.value,
                "share_low": share.low,
                "share_high": share.high,
                "reachable": _reachable(base, mine, least),
                "purchases": float(now.purchases[mine].mean()),
                "days_since": float(np.median(now.days_since[mine])),
                **_mean_value(now.spent[mine]),
                "value_share": float(now.spent[mine].sum() / whole) if whole > 0 else None,
                **_ruled(conditions, mine[sampled]),
            }
        rows.append(row)
    return rows


def _mean_value(spent: Floats) -> Row:
    """Return the mean with its 95 % interval, by the standard error: nobody is told of fewer than twenty."""
    mean = float(spent.sum() / len(spent))
    reach = _REACH * float(spent.std(ddof=1)) / len(spent) ** 0.5 if len(spent) > 1 else 0.0
    return {
        "value_so_far": mean,
        "value_so_far_low": mean - reach,
        "value_so_far_high": mean + reach,
    }


def _reachable(base: Base, mine: NDArray[np.bool_], least: int) -> int | None:
    agreed = int((base.accepts[mine] == 1).sum())
    known = bool((base.accepts >= 0).any())
    return agreed if known and agreed >= least else None


def _ruled(conditions: Conditions, mine: NDArray[np.bool_]) -> Row:
    rule = conditions.rule(mine)
    if not rule.conditions:
        return {}
    text = rule.text()
    row: Row = {"rule_en": text.en, "rule_zh": text.zh}
    for name, one in (("precision", rule.precision), ("recall", rule.recall)):
        row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    return row


def stability_rows(base: Base, way: Way, told: Sequence[str], seed: int) -> list[Row]:
    """Return for each segment its Jaccard with the nearest when all is learned anew from drawn customers.

    Source: Hennig (2007), Computational Statistics & Data Analysis 52, with the distinct customers of
    each draw.
    """
    draw = np.random.default_rng(seed)
    size = min(base.customers, REDRAWN)
    found: dict[str, list[float]] = {name: [] for name in told}
    for number in range(DRAWS):
        rows = np.sort(draw.integers(0, base.customers, size))
        new = way.again(rows, seed + number)
        _, first = np.unique(rows, return_index=True)
        old, new = way.codes[rows[first]], new[first]
        for name in told:
            mine = old == way.ids.index(name)
            if mine.any():
                found[name].append(max(_jaccard(mine, new == code) for code in np.unique(new)))
    return [
        {"segment": name, "draws": len(values), "stability": float(np.mean(values)),
         "low": float(np.quantile(values, 0.025)), "high": float(np.quantile(values, 0.975))}
        for name, values in found.items() if values
    ]  # fmt: skip


def _jaccard(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    either = int((one | other).sum())
    return float((one & other).sum() / either) if either else 0.0


def migration_rows(base: Base, way: Way, least: int) -> list[Row]:
    """Return how many went from which segment to which, from month end to month end.

    A cell of fewer than `least` customers has no number; where those of a row have so few together, the next smallest
    has none either, else the shares would tell them.
    """
    ends = month_ends(date.fromordinal(int(base.day.min())), date.fromordinal(base.end))
    placed = [way.at(end.toordinal()) for end in ends]
    names = [*way.ids, NOBODY]
    rows = []
    for end, before, after in zip(ends[1:], placed, placed[1:], strict=False):
        # Not yet a customer is −1, the last name.
        cells: Ints = np.zeros((len(names), len(names)), np.int64)
        np.add.at(cells, (before, after), 1)
        hidden = [withheld(dict(enumerate(row.tolist())), least=least) for row in cells]
        for one, other in zip(*np.nonzero(cells), strict=True):
            count, whole = int(cells[one, other]), int(cells[one].sum())
            if names[one] == NOBODY == names[other]:
                continue
            enough = other not in hidden[one]
            rows.append(
                {"month": end, "from": names[one], "to": names[other],
                 "customers": count if enough else None, "share": count / whole if enough else None}
            )  # fmt: skip
    # What moved last stands first.
    return sorted(rows, key=lambda row: row["month"], reverse=True)


def month_ends(first: date, last: date) -> list[date]:
    """Return the last days of the latest months that the data covers to the end.

    Examples
    --------
    >>> [str(day) for day in month_ends(date(2025, 1, 15), date(2025, 3, 30))]
    ['2025-01-31', '2025-02-28']
    """
    found: list[date] = []
    day = (last + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    while day >= first and len(found) <= MONTHS:
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]


def overlap_rows(way: Way, other: Way, told: Sequence[str], least: int) -> list[Row]:
    """Return how far each segment lies over those of RFM; small cells have no number."""
    rows = []
    for name in told:
        mine = way.codes == way.ids.index(name)
        for code, (theirs, words) in enumerate(zip(other.ids, other.names, strict=True)):
            both = mine & (other.codes == code)
            count = int(both.sum())
            if count >= least:
                rows.append(
                    {"segment": name, "other": theirs, "other_name_en": words.en,
                     "other_name_zh": words.zh, "customers": count,
                     "share": count / int(mine.sum()), "jaccard": _jaccard(mine, other.codes == code)}
                )  # fmt: skip
    return rows
