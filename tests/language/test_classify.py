"""The n-gram softmax: its sums, its seedlessness, its shelf life."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.errors import ArtifactError
from shopkeeper.language import classify
from shopkeeper.language.classify import NgramClassifier
from shopkeeper.language.ngrams import count_ngrams

TEXTS = ["muito bom", "péssimo, não gostei", "很喜欢", "质量差 退货", "ok", "一般"] * 6
CLASSES = ["positive", "negative", "positive", "negative", "neutral", "neutral"] * 6
ODD = ["", "😡" * 50, "<script>alert(1)</script>", "x" * 100_000, "=1+1", "\ud800", "ok\x00ok"]


@pytest.fixture(scope="module")
def fitted() -> NgramClassifier:
    return NgramClassifier().fit(TEXTS, CLASSES)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_probabilities_of_any_texts_sum_to_one(texts: list[str]) -> None:
    said = NgramClassifier().fit(TEXTS, CLASSES).probabilities(texts)
    assert said.shape == (len(texts), 3)
    assert np.allclose(said.sum(axis=1), 1)


def test_odd_texts_are_read_like_any_other(fitted: NgramClassifier) -> None:
    said = fitted.probabilities(ODD)
    assert np.isfinite(said).all()
    assert np.allclose(said.sum(axis=1), 1)


def test_a_text_is_read_the_same_alone_and_among_others(fitted: NgramClassifier) -> None:
    together = fitted.probabilities(TEXTS[:6])
    alone = np.vstack([fitted.probabilities([text]) for text in TEXTS[:6]])
    assert np.array_equal(together, alone)


def test_the_same_texts_give_the_same_weights() -> None:
    one, two = (NgramClassifier().fit(TEXTS, CLASSES) for _ in range(2))
    assert np.array_equal(one.weights_, two.weights_)


def test_what_is_saved_reads_as_what_was_fitted(fitted: NgramClassifier, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    loaded = NgramClassifier.load(tmp_path / "model")
    assert loaded.classes_ == fitted.classes_
    assert np.array_equal(loaded.probabilities(TEXTS), fitted.probabilities(TEXTS))
    assert not list((tmp_path / "model").glob("*.pkl"))


def test_a_changed_model_is_refused(fitted: NgramClassifier, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    with (tmp_path / "arrays.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ArtifactError, match="hash does not agree"):
        NgramClassifier.load(tmp_path)


def test_one_class_is_certain() -> None:
    said = NgramClassifier().fit(["a b", "b c"], ["positive"] * 2).probabilities(["d"])
    assert said.tolist() == [[1.0]]


def test_more_ngrams_than_the_budget_are_cut_to_those_that_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = NgramClassifier().fit(TEXTS, CLASSES)
    monkeypatch.setattr(classify, "_BUDGET", 300)
    cut = NgramClassifier().fit(TEXTS, CLASSES)
    assert 0 < len(cut.buckets_) < len(whole.buckets_)
    assert (
        cut.probabilities(TEXTS).argmax(axis=1) == whole.probabilities(TEXTS).argmax(axis=1)
    ).all()


def test_ngrams_never_run_across_the_end_of_a_text() -> None:
    together = count_ngrams(["ab", "cd", "很好"])
    for row, text in enumerate(["ab", "cd", "很好"]):
        assert (together[row] != count_ngrams([text])[0]).nnz == 0


def test_chunks_do_not_change_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = count_ngrams(TEXTS)
    monkeypatch.setattr("shopkeeper.language.ngrams.CHUNK", 5)
    assert (count_ngrams(TEXTS) != whole).nnz == 0


def test_no_texts_have_no_rows() -> None:
    assert count_ngrams([]).shape == (0, 1 << 22)
