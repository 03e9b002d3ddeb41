"""Temperature changes how sure, never what; the threshold keeps its promise."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shopkeeper.language.calibrate import abstain_below, fit_temperature, soften

RAW = arrays(np.float64, (6, 3), elements=st.floats(0.01, 1)).map(
    lambda rows: rows / rows.sum(axis=1, keepdims=True)
)


@given(RAW, st.floats(0.1, 10))
def test_temperature_never_changes_the_likeliest_class(rows: np.ndarray, heat: float) -> None:
    softened = soften(rows, heat)
    highest = rows.max(axis=1)
    # Classes that are equally likely stay equally likely, up to rounding.
    assert np.allclose(rows[np.arange(6), softened.argmax(axis=1)], highest, rtol=1e-9)
    assert np.allclose(softened.sum(axis=1), 1)


def test_a_class_that_was_never_learned_keeps_probability_zero() -> None:
    assert soften(np.array([[0.7, 0.0, 0.3]]), 3.0)[0, 1] == 0


def test_the_temperature_of_an_overconfident_reader_is_above_one() -> None:
    generator = np.random.default_rng(0)
    sure = np.tile([[0.97, 0.02, 0.01]], (500, 1))
    codes = generator.choice(3, 500, p=[0.7, 0.2, 0.1])
    heat = fit_temperature(sure, codes)
    assert heat > 1.3
    assert abs(soften(sure, heat)[0, 0] - 0.7) < 0.06


def test_no_rows_leave_the_probabilities_as_they_are() -> None:
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int)) == 1.0


@given(st.integers(0, 20), st.floats(0.5, 0.99))
def test_accepted_rows_reach_the_accuracy_that_was_asked_for(seed: int, accuracy: float) -> None:
    generator = np.random.default_rng(seed)
    confidence = generator.uniform(0.3, 1, 200).round(2)
    right = generator.uniform(size=200) < confidence
    threshold = abstain_below(confidence, right, accuracy=accuracy, minimum=10)
    if threshold is not None:
        accepted = confidence >= threshold
        assert accepted.sum() >= 10
        assert right[accepted].mean() >= accuracy


def test_an_accuracy_that_nothing_reaches_has_no_threshold() -> None:
    wrong = np.zeros(50, bool)
    assert abstain_below(np.linspace(0, 1, 50), wrong, accuracy=0.5, minimum=5) is None
    assert abstain_below(np.linspace(0, 1, 50), wrong, accuracy=0.0, minimum=5) == 0.0
