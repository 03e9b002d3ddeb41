"""Metrics agree with scikit-learn's, and say NaN where their rows do not define them."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support, roc_auc_score

from shopkeeper.language import metrics

GENERATOR = np.random.default_rng(4)
TRUTH, SAID = GENERATOR.choice(3, 300, p=[0.2, 0.1, 0.7]), GENERATOR.integers(0, 3, 300)


def test_f1_precision_and_recall_agree_with_scikit_learn() -> None:
    expected = np.stack(precision_recall_fscore_support(TRUTH, SAID)[:3], axis=1)
    assert np.allclose(metrics.class_scores(TRUTH, SAID, 3), expected)
    assert metrics.macro_f1(TRUTH, SAID) == pytest.approx(f1_score(TRUTH, SAID, average="macro"))


def test_auc_agrees_with_scikit_learn_with_ties() -> None:
    score = GENERATOR.integers(0, 10, 300).astype(float)
    assert metrics.polarity_auc(TRUTH == 2, score) == pytest.approx(
        roc_auc_score(TRUTH == 2, score)
    )


def test_macro_f1_leaves_out_a_class_that_never_occurs() -> None:
    truth = np.array([0, 2, 0, 2])
    assert metrics.macro_f1(truth, truth) == 1.0


def test_what_no_row_defines_is_nan() -> None:
    none = np.zeros(0, int)
    assert math.isnan(metrics.accuracy(none, none))
    assert math.isnan(metrics.macro_f1(none, none))
    assert math.isnan(metrics.polarity_auc(np.ones(3, bool), np.ones(3)))
    assert math.isnan(metrics.calibration_error(np.zeros(0), np.zeros(0, bool)))
    assert np.isnan(metrics.class_scores(np.array([0]), np.array([0]), 2)[1]).all()


def test_a_reader_that_is_as_sure_as_it_is_right_has_no_calibration_error() -> None:
    confidence = np.repeat([0.5, 1.0], [10, 10])
    right = np.array([True, False] * 5 + [True] * 10)
    assert metrics.calibration_error(confidence, right) == pytest.approx(0)
