"""From purchases to the answer of `churn`: each customer's rhythm, and a probability held to account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import rankdata

from shopkeeper.answer import Answer
from shopkeeper.intervals import bootstrap, proportion, tenths
from shopkeeper.operations.behaviour.small_cells import is_small, withheld
from shopkeeper.operations.segments.base import Base, Floats, State, read_base
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.left_out import left_out
from shopkeeper.operations.segments.methods.logistic import Logistic, fit_logistic
from shopkeeper.operations.segments.methods.rhythm import Rhythm
from shopkeeper.operations.segments.methods.spend import fit_spend
from shopkeeper.operations.segments.overdue.picture import calibration_chart
from shopkeeper.operations.segments.overdue.sentences import (
    DEFINITIONS,
    ODD,
    TITLE,
    limits,
    sentences,
)
from shopkeeper.operations.segments.refusals import NEEDED, NEEDED_AGAIN

if TYPE_CHECKING:
    from shopkeeper.data.shop import Shop

Row = dict[str, Any]
LONGEST, REPEATS = 90, 200
CUSTOMERS = pa.schema(
    [("customer_id", pa.string()), ("purchases", pa.int64()), ("days_since", pa.int64())]
    + [(name, pa.float64()) for name in ("days_between", "times_own", "p_lasts")]
    + [("overdue", pa.bool_()), ("due_on", pa.date32())]
    + [(name, pa.float64()) for name in ("churn_probability", "churn_low", "churn_high", "value_so_far")]
    + [("currency", pa.string()), ("accepts_marketing", pa.bool_())]
)  # fmt: skip
_NUMBERS = [(name, pa.float64()) for name in ("value", "low", "high")]
QUALITY = pa.schema(
    [("method", pa.string()), ("metric", pa.string()), ("n", pa.int64()), *_NUMBERS]
)
CALIBRATION = pa.schema(
    [("tenth", pa.int64()), ("customers", pa.int64())]
    + [(name, pa.float64()) for name in ("expected", "happened", "low", "high")]
)
PARTS = pa.schema(
    [("part", pa.string()), ("customers", pa.int64()), ("value_so_far", pa.float64())]
)
FITTED = pa.schema([("parameter", pa.string()), ("value", pa.float64())])


@dataclass(frozen=True, slots=True)
class Plan:
    """How many days ahead (0 to choose), in which currency, how few make a group, and who opted out."""

    horizon_days: int
    currency: str
    least: int
    opted_out: frozenset[str]


@dataclass(frozen=True, slots=True)
class TooFew:
    """What there is where it is too little to learn from."""

    customers: int
    again: int
    days: int
    horizon: int


@dataclass(frozen=True, slots=True)
class View:
    """What was known on a day: who had bought, their states, gaps and mean gap."""

    there: NDArray[np.intp]
    state: State
    gaps: Floats
    mean: Floats

    @property
    def enough(self) -> bool:
        """Whether there is enough to learn from."""
        return len(self.there) >= NEEDED and int((self.gaps > 0).sum()) >= NEEDED_AGAIN


@dataclass(frozen=True, slots=True)
class Model:
    """A rhythm and what was learned with it; silences longer than any learned from count as those."""

    rhythm: Rhythm
    longest: float
    own: Logistic
    recency: Logistic

    def told(self, view: View) -> tuple[Floats, Floats, Floats]:
        """Return the probability of not buying, and the ends of its interval."""
        return self.own.predict(_columns(self.rhythm, view, self.longest))

    def told_by_recency(self, view: View) -> Floats:
        """Return the probability by recency alone."""
        return self.recency.predict(_silence(view, self.longest))[0]


def answer(shop: Shop, plan: Plan) -> Answer | TooFew | None:
    """Return the answer; what is there where it is too little, None where nobody bought."""
    base = read_base(shop, plan.currency, plan.opted_out)
    if base is None:
        return None
    first, fewest = int(base.day.min()), max(LEAST, plan.least)
    horizon = plan.horizon_days or min(LONGEST, (base.end - first + 1) // 4)
    earliest, before, now = (_seen(base, base.end - back * horizon) for back in (2, 1, 0))
    if not horizon or not earliest.enough:
        again = int((earliest.gaps > 0).sum())
        return TooFew(len(earliest.there), again, base.end - first + 1, horizon)
    quality, calibration = _judged(base, earliest, before, horizon, fewest)
    model = _learned(before, _without(base, before, base.end - horizon, base.end))
    table = _table(base, now, model)
    parts = _parts(table, fewest)
    return Answer(
        verb="churn",
        title=TITLE,
        table=table,
        method="own_rhythm",
        as_of=shop.cut.isoformat() if shop.cut else "",
        summary=tuple(sentences(horizon, parts, quality, base.currency)),
        evidence={
            "quality": pa.Table.from_pylist(quality, schema=QUALITY),
            "calibration": pa.Table.from_pylist(calibration, schema=CALIBRATION),
            "parts": pa.Table.from_pylist(parts, schema=PARTS),
            "fitted": pa.Table.from_pylist(_fitted(model, horizon), schema=FITTED),
        },
        limits=(
            *limits(horizon, chosen=not plan.horizon_days, held_out=bool(quality)),
            *left_out(shop, plan.opted_out, base.others, base.stray),
        ),
        definitions=DEFINITIONS,
        chart=calibration_chart(calibration),
    )


def _seen(base: Base, end: int) -> View:
    whole = base.state(end)
    there = np.flatnonzero(whole.purchases > 0)
    state = State(*(getattr(whole, name)[there] for name in State.__slots__))
    gaps = state.purchases - 1
    mean = np.where(gaps > 0, (state.age - state.days_since) / np.maximum(gaps, 1), 0.0)
    return View(there, state, gaps, mean)


def _learned(view: View, gone: Floats) -> Model:
    again = view.gaps > 0
    fitted = fit_spend(view.gaps[again], view.mean[again])
    rhythm = Rhythm(fitted.p, fitted.q, fitted.v)
    longest = float(view.state.days_since.max())
    return Model(
        rhythm, longest,
        fit_logistic(_columns(rhythm, view, longest), gone),
        fit_logistic(_silence(view, longest), gone),
    )  # fmt: skip


def _columns(rhythm: Rhythm, view: View, longest: float) -> Floats:
    """Return silence, silence against the own rhythm, how odd it is, and how often one bought."""
    silent = np.minimum(view.state.days_since, longest)
    between = rhythm.expected(view.gaps, view.mean)
    return np.column_stack(
        [
            np.log1p(silent),
            np.log1p(silent / between),
            rhythm.lasts(view.gaps, view.mean, silent),
            np.log(view.state.purchases),
            view.gaps > 0,
        ]
    )


def _silence(view: View, longest: float) -> Floats:
    return np.log1p(np.minimum(view.state.days_since, longest))[:, None]


def _without(base: Base, view: View, start: int, end: int) -> Floats:
    """Return 1 for who did not buy after a day, up to and with another, and 0 for who did."""
    bought = np.zeros(base.customers, bool)
    bought[base.who[(base.day > start) & (base.day <= end)]] = True
    return (~bought[view.there]).astype(np.float64)


def _judged(
    base: Base, learned: View, asked: View, horizon: int, least: int
) -> tuple[list[Row], list[Row]]:
    """Learn on one period and judge on the next; beside recency alone, which learns likewise."""
    earlier = _without(base, learned, base.end - 2 * horizon, base.end - horizon)
    gone = _without(base, asked, base.end - horizon, base.end)
    if not 0 < gone.sum() < len(gone):
        return [], []
    model = _learned(learned, earlier)
    own, plain = model.told(asked)[0], model.told_by_recency(asked)
    order = np.lexsort((gone, plain, own))
    own, plain, gone = own[order], plain[order], gone[order]
    return _scores(own, plain, gone), _tenths(own, gone, least)


def _scores(own: Floats, plain: Floats, gone: Floats) -> list[Row]:
    measures: dict[str, Callable[[Floats, Floats], float]] = {
        "auc": auc, "brier": _brier, "log_loss": _log_loss,
    }  # fmt: skip
    rows = []
    for name, measure in measures.items():
        found = {
            "own_rhythm": bootstrap(measure, own, gone, repeats=REPEATS),
            "recency": bootstrap(measure, plain, gone, repeats=REPEATS),
            "own_minus_recency": bootstrap(
                lambda one, other, happened, measure=measure: (
                    measure(one, happened) - measure(other, happened)
                ),
                own, plain, gone, repeats=REPEATS,
            ),
        }  # fmt: skip
        rows += [
            {"method": method, "metric": name, "n": len(gone), "value": one.value, "low": one.low,
             "high": one.high}
            for method, one in found.items()
        ]  # fmt: skip
    return rows


def auc(said: Floats, happened: Floats) -> float:
    """Return the area under the ROC curve, ties counted half; NaN where only one thing happened.

    Examples
    --------
    >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    0.75
    """
    yes = float(happened.sum())
    no = len(happened) - yes
    if not yes or not no:
        return float("nan")
    ranks = rankdata(said)
    return float((ranks[happened > 0].sum() - yes * (yes + 1) / 2) / (yes * no))


def _brier(said: Floats, happened: Floats) -> float:
    return float(np.mean((said - happened) ** 2))


def _log_loss(said: Floats, happened: Floats) -> float:
    right = np.where(happened > 0, said, 1 - said)
    return float(-np.mean(np.log(np.maximum(right, 1e-12))))


def _tenths(said: Floats, gone: Floats, least: int) -> list[Row]:
    """Return what was told and what happened by tenths of what was told; the first is lowest.

    Tenths of which a few customers left, or a few stayed, are one with the next; there is no row where that is
    so of all customers.
    """
    place = tenths(said)
    rows = []
    for group in _large_groups(place, gone, least):
        mine = np.isin(place, group)
        share = proportion(float(gone[mine].sum()), float(mine.sum()))
        rows.append(
            {"tenth": group[-1], "customers": int(mine.sum()), "expected": float(said[mine].mean()),
             "happened": share.value, "low": share.low, "high": share.high}
        )  # fmt: skip
    return rows


def _large_groups(place: NDArray[np.int64], gone: Floats, least: int) -> list[list[int]]:
    """Return neighbouring tenths together, as few as it takes for each group to be told."""

    def enough(group: list[int]) -> bool:
        there = gone[np.isin(place, group)]
        left = int(there.sum())
        return len(there) >= least and not any(
            is_small(part, least) for part in (left, len(there) - left)
        )

    groups: list[list[int]] = []
    open_: list[int] = []
    for tenth in np.unique(place).tolist():
        open_.append(tenth)
        if enough(open_):
            groups.append(open_)
            open_ = []
    while open_ and groups and not enough(open_):
        open_ = groups.pop() + open_
    return [*groups, open_] if open_ and enough(open_) else groups


def _table(base: Base, now: View, model: Model) -> pa.Table:
    """Return one row a customer, the overdue first and among them the most valuable."""
    probability, low, high = model.told(now)
    state, between = now.state, model.rhythm.expected(now.gaps, now.mean)
    lasts = model.rhythm.lasts(now.gaps, now.mean, state.days_since)
    due = base.end - state.days_since + np.round(between) - date(1970, 1, 1).toordinal()
    accepts = base.accepts[now.there]
    made = pa.table(
        {
            "customer_id": base.ids.take(pa.array(now.there)),
            "purchases": state.purchases.astype(np.int64),
            "days_since": state.days_since.astype(np.int64),
            "days_between": between,
            "times_own": state.days_since / between,
            "p_lasts": lasts,
            "overdue": (lasts < ODD) & (now.gaps > 0),
            "due_on": pa.array(due.astype(np.int32), pa.int32()).cast(pa.date32()),
            "churn_probability": probability,
            "churn_low": low,
            "churn_high": high,
            "value_so_far": state.spent,
            "currency": pa.array([base.currency] * len(accepts), pa.string()),
            "accepts_marketing": pa.array(accepts == 1, mask=accepts < 0),
        },
        schema=CUSTOMERS,
    )
    keys = [("overdue", "descending"), ("value_so_far", "descending"), ("customer_id", "ascending")]
    return made.sort_by(keys)


def _parts(table: pa.Table, least: int) -> list[Row]:
    """Return how many customers there are, bought again and are overdue, and what they brought.

    A part of fewer than `least` customers has no number, nor has one that would tell of so few beside it.
    """
    value = table["value_so_far"].to_numpy()
    again = table["purchases"].to_numpy() > 1
    late = table["overdue"].to_numpy(zero_copy_only=False)
    parts = {"customers": np.ones(len(value), bool), "again": again, "overdue": late}
    # Each part is within the one before it: a part and who is beside it there are told by one number.
    beside = {"again": ~again, "in_time": again & ~late, "overdue": late}
    hidden = withheld({name: int(mine.sum()) for name, mine in beside.items()}, least=least)
    untold = hidden | {name for name, mine in parts.items() if mine.sum() < least}
    return [
        {"part": name, "customers": None if name in untold else int(mine.sum()),
         "value_so_far": None if name in untold else float(np.sort(value[mine]).sum())}
        for name, mine in parts.items()
    ]  # fmt: skip


def _fitted(model: Model, horizon: int) -> list[Row]:
    rhythm = model.rhythm
    found = {
        "gap_shape": rhythm.p,
        "mean_shape": rhythm.q,
        "mean_rate": rhythm.v,
        "horizon_days": horizon,
    }
    return [{"parameter": name, "value": float(value)} for name, value in found.items()]
