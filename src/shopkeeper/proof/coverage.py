"""Coverage: how often an interval contains what is true.

Plain functions of numbers; they know no shop and no verb.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shopkeeper.intervals import Interval, proportion


@dataclass(frozen=True, slots=True)
class Trial:
    """One estimate whose truth is known.

    Parameters
    ----------
    name
        What was estimated.
    interval
        The estimate with its interval.
    truth
        What is true.
    """

    name: str
    interval: Interval
    truth: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the estimates of one name did.

    Parameters
    ----------
    name
        What was estimated.
    trials
        How many estimates.
    covered
        Share of the intervals that contain the truth, with its own 95 % interval.
    bias
        Mean of estimate − truth.
    error
        Root of the mean squared error.
    width
        Mean width of the intervals.
    truth
        Mean of the truths.
    """

    name: str
    trials: int
    covered: Interval
    bias: float
    error: float
    width: float
    truth: float


def coverage(trials: Iterable[Trial]) -> list[Coverage]:
    """Return for each name how often its intervals contain the truth.

    Parameters
    ----------
    trials
        Estimates with their truths; an interval that is NaN counts as a miss.

    Examples
    --------
    >>> made = [Trial("a", Interval(1.0, 0.5, 1.5), truth) for truth in (0.6, 1.4, 1.6, 1.0)]
    >>> coverage(made)[0].covered.value
    0.75
    """
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.name, []).append(trial)
    return [_summary(name, group) for name, group in groups.items()]


def _summary(name: str, group: list[Trial]) -> Coverage:
    count = len(group)
    hits = sum(trial.interval.low <= trial.truth <= trial.interval.high for trial in group)
    errors = [trial.interval.value - trial.truth for trial in group]
    return Coverage(
        name=name,
        trials=count,
        covered=proportion(hits, count),
        bias=sum(errors) / count,
        error=(sum(error * error for error in errors) / count) ** 0.5,
        width=sum(trial.interval.high - trial.interval.low for trial in group) / count,
        truth=sum(trial.truth for trial in group) / count,
    )
