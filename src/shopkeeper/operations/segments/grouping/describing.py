"""What is told of groups of customers: sizes, rules, stability, moves from month to month, overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.small_cells import is_small, withheld
from shopkeeper.operations.segments.base import Base, Floats, Ints
from shopkeeper.operations.segments.counts import OTHER, Habits
from shopkeeper.operations.segments.grouping.ways import REDRAWN, Way
from shopkeeper.operations.segments.guards import refused, withheld_beside
from shopkeeper.operations.segments.rules import SHARES, Conditions
from shopkeeper.operations.segments.vocabulary import Categories
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


def told_segments(way: Way, least: int) -> list[str]:
    """Return the segments that may be told.

    Those of fewer than `least` customers are not, and the next smallest neither where these would follow from
    the number of all.
    """
    counts = np.bincount(way.codes[way.codes >= 0], minlength=len(way.ids)).tolist()
    hidden = withheld(dict(enumerate(counts)), least=least)
    return [name for at, name in enumerate(way.ids) if counts[at] and at not in hidden]


def segment_rows(
    base: Base,
    way: Way,
    traits: Mapping[str, Floats],
    least: int,
    categories: Categories | None = None,
) -> list[Row]:
    """Return one row a segment; one that is not told has its name alone."""
    now = base.state(base.end)
    sampled = np.arange(base.customers)
    if base.customers > LOOKED_AT:
        sampled = np.linspace(0, base.customers - 1, LOOKED_AT).astype(np.int64)
    conditions = Conditions({name: values[sampled] for name, values in traits.items()})
    whole = float(now.spent.sum())
    told = told_segments(way, least)
    rows = []
    for code, (name, words) in enumerate(zip(way.ids, way.names, strict=True)):
        mine = way.codes == code
        row: Row = {"segment": name, "name_en": words.en, "name_zh": words.zh, "customers": None}
        count = int(mine.sum())
        if name in told:
            row |= {
                "customers": count,
                **share_of_all(count, base.customers, least),
                "reachable": reachable(base, mine, least),
                "purchases": float(now.purchases[mine].mean()),
                "days_since": float(np.median(now.days_since[mine])),
                **_mean_value(now.spent[mine]),
                "value_share": float(now.spent[mine].sum() / whole)
                if whole > 0 and not is_small(base.customers - count, least)
                else None,
                **_ruled(conditions, mine[sampled], categories),
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


def share_of_all(count: int, whole: int, least: int) -> Row:
    """Return the share of all; nothing where it would tell of a few others."""
    if is_small(whole - count, least):
        return {}
    share = proportion(count, whole)
    return {"share": share.value, "share_low": share.low, "share_high": share.high}


def reachable(base: Base, mine: NDArray[np.bool_], least: int) -> int | None:
    """Return how many agreed to messages; None where they, or those who did not, are too few to be told."""
    agreed = int((base.accepts[mine] == 1).sum())
    known = bool((base.accepts >= 0).any())
    few = agreed < least or is_small(int(mine.sum()) - agreed, least)
    return None if few or not known else agreed


def _ruled(conditions: Conditions, mine: NDArray[np.bool_], categories: Categories | None) -> Row:
    rule = conditions.rule(mine)
    if not rule.conditions:
        return {}
    text = rule.text(categories)
    row: Row = {"rule_en": text.en, "rule_zh": text.zh}
    for name, one in (("precision", rule.precision), ("recall", rule.recall)):
        if one is not None:
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


def migration_rows(base: Base, way: Way, told: Sequence[str], least: int) -> list[Row]:
    """Return how many went from which segment to which, from month end to month end.

    A cell of fewer than `least` customers has no number, nor has one from which such a cell would follow: the
    total of a row is told by its shares, that of a column by the shares of the month after. Segments that are
    not told have none either.
    """
    ends = month_ends(date.fromordinal(int(base.day.min())), date.fromordinal(base.end))
    placed = [way.at(end.toordinal()) for end in ends]
    names = [*way.ids, NOBODY]
    untold = [at for at, name in enumerate(way.ids) if name not in told]
    rows = []
    for end, before, after in zip(ends[1:], placed, placed[1:], strict=False):
        # Not yet a customer is −1, the last name.
        cells: Ints = np.zeros((len(names), len(names)), np.int64)
        np.add.at(cells, (before, after), 1)
        hidden = withheld_beside(cells, untold, untold, least=least)
        for one, other in zip(*np.nonzero(cells), strict=True):
            count, whole = int(cells[one, other]), int(cells[one].sum())
            if names[one] == NOBODY == names[other]:
                continue
            enough = not hidden[one, other]
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
    """Return how far each segment lies over those of RFM; what may not be told has no row."""
    # Who is in no segment stands last: with them the columns add up to the segments of RFM.
    cells: Ints = np.zeros((len(way.ids) + 1, len(other.ids)), np.int64)
    np.add.at(cells, (way.codes, other.codes), 1)
    shown = told_segments(other, least)
    untold = [at for at, name in enumerate(way.ids) if name not in told]
    small = [at for at, name in enumerate(other.ids) if name not in shown]
    hidden = withheld_beside(cells, untold, small, least=least)
    rows = []
    for one, code in zip(*np.nonzero((cells > 0) & ~hidden), strict=True):
        if one < len(way.ids):
            count, mine = int(cells[one, code]), int(cells[one].sum())
            either = mine + int(cells[:, code].sum()) - count
            rows.append(
                {"segment": way.ids[one], "other": other.ids[code], "other_name_en": other.names[code].en,
                 "other_name_zh": other.names[code].zh, "customers": count, "share": count / mine,
                 "jaccard": count / either}
            )  # fmt: skip
    return rows
