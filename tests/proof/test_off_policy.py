"""Estimates from a log against a simulation whose value is known."""

import numpy as np
import pytest

from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.proof.off_policy import Logged, effective_size, estimated

ACTIONS, CONTEXTS = 5, 3
DRAW = np.random.default_rng(7)
REWARD = DRAW.uniform(0.05, 0.5, (CONTEXTS, ACTIONS))
LOGGING = DRAW.dirichlet(np.full(ACTIONS, 2.0), CONTEXTS)
TARGET = np.exp(6 * REWARD) / np.exp(6 * REWARD).sum(axis=1, keepdims=True)
VALUE = float((TARGET * REWARD).sum(axis=1).mean())


def simulated(rows: int, seed: int, model: np.ndarray = REWARD) -> tuple:
    draw = np.random.default_rng(seed)
    context = draw.integers(0, CONTEXTS, rows)
    chosen = (draw.random(rows)[:, None] > LOGGING[context].cumsum(axis=1)).sum(axis=1)
    rewards = (draw.random(rows) < REWARD[context, chosen]).astype(float)
    logged = Logged(rewards, LOGGING[context, chosen])
    expected = (TARGET * model).sum(axis=1)[context]
    return logged, TARGET[context, chosen], model[context, chosen], expected


def test_the_three_estimates_are_right_on_average_and_their_intervals_hold_the_value() -> None:
    held = dict.fromkeys(("ips", "snips", "doubly_robust"), 0)
    means = dict.fromkeys(held, 0.0)
    runs = 30
    for seed in range(runs):
        logged, target, shown, expected = simulated(800, seed)
        found = estimated(logged, target, shown=shown, expected=expected, seed=seed)
        for name in held:
            interval = getattr(found, name)
            held[name] += interval.low <= VALUE <= interval.high
            means[name] += interval.value / runs
    assert abs(float((LOGGING * REWARD).sum(axis=1).mean()) - VALUE) > 0.05
    for name, count in held.items():
        assert abs(means[name] - VALUE) < 0.01, name
        assert count >= 0.85 * runs, name


def test_a_wrong_model_does_not_mislead_the_doubly_robust_one() -> None:
    values = []
    for seed in range(20):
        logged, target, shown, expected = simulated(1_500, seed, model=np.full_like(REWARD, 0.9))
        robust = estimated(logged, target, shown=shown, expected=expected).doubly_robust
        assert robust is not None
        values.append(robust.value)
    assert abs(np.mean(values) - VALUE) < 0.01


def test_a_good_model_makes_it_narrower() -> None:
    logged, target, shown, expected = simulated(3_000, 1)
    found = estimated(logged, target, shown=shown, expected=expected)
    assert found.doubly_robust is not None
    assert (
        found.doubly_robust.high - found.doubly_robust.low
        < 0.95 * (found.ips.high - found.ips.low)
    )  # fmt: skip


def test_too_little_in_common_is_refused_with_what_would_help() -> None:
    logged = Logged(np.ones(1_000), np.full(1_000, 0.5))
    target = np.zeros(1_000)
    target[:20] = 1.0
    assert effective_size(target / 0.5) == 20
    with pytest.raises(MissingDataError, match=r"1,000 showings.*as 20 would say; 50 are needed") as raised:  # fmt: skip
        estimated(logged, target)
    assert "有效样本量只有 20" in raised.value.text("zh")
    with pytest.raises(MissingDataError, match="as 0 would say"):
        estimated(logged, np.zeros(1_000))


@pytest.mark.parametrize("wrong", [0.0, -0.1, 1.2, float("nan")])
def test_a_propensity_that_is_none_is_named(wrong: float) -> None:
    with pytest.raises(UsageError, match="The propensity in row 3 is"):
        Logged(np.zeros(4), np.array([0.5, 0.5, wrong, 0.5]))


def test_a_reward_that_is_no_number_is_named() -> None:
    with pytest.raises(UsageError, match="The reward in row 2 is no number"):
        Logged(np.array([1.0, float("inf")]), np.array([0.5, 0.5]))
