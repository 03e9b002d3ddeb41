"""Off policy: what another way of recommending would have earned, from a log of what was shown by chance.

A log that says with what probability each thing was shown allows to weigh it as another policy would
have shown it. Where the two policies have too little in common nothing is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import Interval, bootstrap
from shopkeeper.words import Words, counted

Floats = NDArray[np.float64]
FEWEST = 50
"""Effective sample size below which nothing is estimated: an interval of fewer is too narrow."""

_ASKED = Words(
    "Asked what another way of recommending would have earned.", "要估计换一种推荐方式的收益。"
)


@dataclass(frozen=True, slots=True)
class Logged:
    """What was shown, one row a showing.

    Parameters
    ----------
    rewards
        What it earned: 1 for a click or an order and 0 for none, or money.
    propensities
        Probability with which what was shown had been chosen, above 0 up to 1.
    """

    rewards: Floats
    propensities: Floats

    def __post_init__(self) -> None:
        wrong = ~((self.propensities > 0) & (self.propensities <= 1))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise UsageError(
                _ASKED,
                Words(
                    f"The propensity in row {row + 1} is {self.propensities[row]}.",
                    f"第 {row + 1} 行的展示概率为 {self.propensities[row]}。",
                ),
                Words(
                    "Log the probability of what was shown, above 0 and up to 1.",
                    "请记录所展示商品被选中的概率，应大于 0 且不超过 1。",
                ),
            )
        if not np.isfinite(self.rewards).all():
            row = int(np.flatnonzero(~np.isfinite(self.rewards))[0])
            raise UsageError(
                _ASKED,
                Words(f"The reward in row {row + 1} is no number.", f"第 {row + 1} 行的收益不是数。"),
                Words("Log 0 where nothing was earned.", "没有收益时请记为 0。"),
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a policy would have earned for each showing.

    Parameters
    ----------
    logged
        What the policy that was logged earned.
    ips, snips, doubly_robust
        Three estimates of what the other one would have earned; the last is None without a model.
    effective
        Effective sample size of the weights.
    rows
        Showings.
    """

    logged: Interval
    ips: Interval
    snips: Interval
    doubly_robust: Interval | None
    effective: float
    rows: int


def weights(logged: Logged, target: Floats) -> Floats:
    """Return how much more often the target policy would have shown each thing than it was shown."""
    return target / logged.propensities


def effective_size(weight: Floats) -> float:
    """Return (Σw)² / Σw²: how many equally weighted rows would tell as much.

    Source: Kish (1965), Survey Sampling.

    Examples
    --------
    >>> effective_size(np.array([1.0, 1.0, 1.0, 1.0])), effective_size(np.array([4.0, 0.0, 0.0]))
    (4.0, 1.0)
    """
    square = float((weight**2).sum())
    return float(weight.sum()) ** 2 / square if square else 0.0


def ips(rewards: Floats, weight: Floats) -> float:
    """Return the mean of weight · reward (Horvitz & Thompson 1952): unbiased, and wide."""
    return float((weight * rewards).mean())


def snips(rewards: Floats, weight: Floats) -> float:
    """Return Σ weight · reward / Σ weight (Swaminathan & Joachims 2015): a little biased, narrower."""
    whole = float(weight.sum())
    return float((weight * rewards).sum()) / whole if whole else float("nan")


def doubly_robust(rewards: Floats, weight: Floats, shown: Floats, expected: Floats) -> float:
    """Return mean(expected + weight · (reward − shown)) (Dudík, Langford & Li 2011).

    Right when the propensities are, or when the model of rewards is.

    Parameters
    ----------
    rewards, weight
        One a row.
    shown
        Reward that a model expects of what was shown.
    expected
        Reward that it expects of what the target policy would have shown: Σ π(a) · q(a).
    """
    return float((expected + weight * (rewards - shown)).mean())


def estimated(
    logged: Logged,
    target: Floats,
    *,
    shown: Floats | None = None,
    expected: Floats | None = None,
    seed: int = 0,
    fewest: float = FEWEST,
) -> Estimate:
    """Return what the target policy would have earned, each figure with its bootstrap interval.

    Parameters
    ----------
    logged
        What was shown.
    target
        Probability with which the target policy would have shown the same.
    shown, expected
        What a model of rewards expects; see `doubly_robust`.
    seed
        Seed of the intervals.
    fewest
        Effective sample size that is asked for.

    Raises
    ------
    MissingDataError
        The effective sample size is too small to say anything.

    Limits
    ------
    What the logged policy never showed cannot be judged; its propensity has to be above nothing for
    whatever the target policy may show. Rows are taken as independent.

    Examples
    --------
    >>> draw = np.random.default_rng(0)
    >>> shown = draw.integers(0, 2, 4000)
    >>> rewards = (draw.random(4000) < np.where(shown == 1, 0.3, 0.1)).astype(float)
    >>> always_one = (shown == 1).astype(float)
    >>> found = estimated(Logged(rewards, np.full(4000, 0.5)), always_one)
    >>> bool(found.snips.low < 0.3 < found.snips.high), round(found.effective / 4000, 1)
    (True, 0.5)
    """
    weight = weights(logged, target)
    effective = effective_size(weight)
    if effective < fewest:
        raise MissingDataError(
            _ASKED,
            Words(
                f"Of {counted(len(weight), 'showing')} in the log as much is said of it as {effective:.0f} "
                f"would say; {fewest:.0f} are needed.",
                f"日志中 {len(weight):,} 次展示对它的有效样本量只有 {effective:.0f}，至少需要 {fewest:.0f}。",
            ),
            Words(
                "Log more showings, or let chance decide more of them.",
                "请积累更多展示记录，或提高随机展示的比例。",
            ),
        )
    robust = None
    if shown is not None and expected is not None:
        robust = bootstrap(doubly_robust, logged.rewards, weight, shown, expected, seed=seed)
    return Estimate(
        bootstrap(lambda rewards: float(rewards.mean()), logged.rewards, seed=seed),
        bootstrap(ips, logged.rewards, weight, seed=seed),
        bootstrap(snips, logged.rewards, weight, seed=seed),
        robust,
        effective,
        len(weight),
    )
