"""A student where it is sure, a teacher where it is not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import softmax

from shopkeeper.errors import ArtifactError, TrainingError
from shopkeeper.language.cascade import Cascade, _beliefs, _expected_f1, curve
from shopkeeper.language.metrics import macro_f1
from tests.language.encoders.conftest import CLASSES, TEXTS


class Teacher:
    """Knows good from bad by a word that it looks for, and counts how much it was asked."""

    classes_ = ("negative", "positive")

    def __init__(self) -> None:
        self.asked: list[str] = []

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        good = np.array(
            [any(w in text for w in ("good", "love", "great", "nice")) for text in texts]
        )
        return np.column_stack([1 - good, good]).astype(float) * 0.98 + 0.01


def test_the_teacher_is_asked_only_where_the_student_is_unsure() -> None:
    teacher = Teacher()
    made = Cascade(teacher).fit(TEXTS, TEXTS[:40], CLASSES[:40])
    made.threshold_ = 0.8
    teacher.asked.clear()
    texts = ["love it 3", "hate it 4", "zzzz", ""]
    said = made.probabilities(texts)
    assert set(teacher.asked) <= set(texts) and "zzzz" in teacher.asked
    assert len(teacher.asked) < len(texts)
    assert np.allclose(said.sum(axis=1), 1)
    assert said[:2].argmax(axis=1).tolist() == [1, 0]
    assert made.probabilities([]).shape == (0, 2)


def test_a_student_as_good_as_its_teacher_answers_alone() -> None:
    made = Cascade(Teacher()).fit(TEXTS, TEXTS, CLASSES)
    chosen = [point for point in made.curve_ if point.chosen]
    assert len(chosen) == 1 and chosen[0].escalated == 0


def test_a_label_never_seen_is_told() -> None:
    with pytest.raises(TrainingError, match="never seen in training, for example 'neutral'"):
        Cascade(Teacher()).fit(TEXTS, TEXTS[:2], ["positive", "neutral"])
    with pytest.raises(TrainingError, match="0 texts to learn from"):
        Cascade(Teacher()).fit([], TEXTS[:1], CLASSES[:1])


def test_a_saved_cascade_reads_as_before(tmp_path: Path) -> None:
    made = Cascade(Teacher()).fit(TEXTS, TEXTS[:40], CLASSES[:40])
    made.save(tmp_path)
    loaded = Cascade.load(tmp_path, Teacher())
    assert np.allclose(loaded.probabilities(TEXTS), made.probabilities(TEXTS))
    assert loaded.curve_ == made.curve_
    other = Teacher()
    other.classes_ = ("a", "b")
    with pytest.raises(ArtifactError, match="other classes"):
        Cascade.load(tmp_path, other)
    (tmp_path / "cascade.json").unlink()
    with pytest.raises(ArtifactError, match="nothing readable"):
        Cascade.load(tmp_path, Teacher())


rows = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.intp, n, elements=st.integers(0, 2)),
        *[hnp.arrays(float, (n, 3), elements=st.floats(0.01, 1))] * 2,
    )
)


@given(rows)
def test_the_chosen_threshold_costs_no_more_than_allowed(arrays: tuple) -> None:
    truth, small, large = arrays
    small, large = (part / part.sum(axis=1, keepdims=True) for part in (small, large))
    points = curve(truth, small, large, rates=(1000.0, 10.0), points=0.005)
    chosen = [at for at, point in enumerate(points) if point.chosen]
    assert len(chosen) == 1
    assert points[-1].escalated == 1
    beliefs = _beliefs(truth, small, large)
    assert np.allclose(beliefs.sum(axis=1), 1)
    whole = _expected_f1(beliefs, large.argmax(axis=1))
    for point in points[chosen[0] :]:
        said = np.where(
            small.max(axis=1) < point.threshold, large.argmax(axis=1), small.argmax(axis=1)
        )
        assert _expected_f1(beliefs, said) >= whole - 0.005
    shares = [point.escalated for point in points]
    assert shares == sorted(shares)
    rates = [point.rows_per_second for point in points]
    assert rates == sorted(rates, reverse=True)


def test_the_expected_score_is_the_score_where_all_is_certain() -> None:
    truth, said = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    assert _expected_f1(np.eye(3)[truth], said) == pytest.approx(macro_f1(truth, said))
    # Two rows of which nothing is known: whatever is said, half a row is right.
    even = np.full((2, 2), 0.5)
    assert _expected_f1(even, np.array([0, 0])) == pytest.approx((2 * 1 / (2 + 1) + 0) / 2)


def test_the_choice_hangs_less_on_a_few_rows_than_on_the_curve_itself() -> None:
    draw = np.random.default_rng(0)
    log = np.log([0.05, 0.05, 0.9]) + draw.normal(scale=2.5, size=(20_000, 3))
    truth = (log + draw.gumbel(size=log.shape)).argmax(axis=1)
    large, small = (
        softmax(log + draw.normal(scale=by, size=log.shape), axis=1) for by in (0.7, 1.5)
    )
    shares = []
    for start in range(0, len(truth), 1_000):
        part = slice(start, start + 1_000)
        points = curve(truth[part], small[part], large[part], rates=(1.0, 1.0), points=0.005)
        plain = points[-1].macro_f1 - 0.005
        low = [at for at, point in enumerate(points) if point.macro_f1 < plain]
        shares.append(
            (
                next(p.escalated for p in points if p.chosen),
                points[max(low, default=-1) + 1].escalated,
            )
        )
    ours, alone = np.array(shares).T
    assert 0.05 < ours.mean() < 0.95
    assert ours.std() < alone.std()


def test_the_method_answers_with_the_declared_columns_and_its_curve(
    tiny: str, tmp_path: Path
) -> None:
    from shopkeeper.operations.reviews.choice import curve_of
    from shopkeeper.operations.reviews.methods.cascade import CascadeReader

    table = pa.table({"text": TEXTS, "sentiment": CLASSES})
    method = CascadeReader(encoder=tiny, seed=1).fit(table)
    said = method.predict(table)
    assert said.column_names == ["p_negative", "p_neutral", "p_positive"]
    assert [row["chosen"] for row in curve_of(method)].count(True) == 1
    method.save(tmp_path)
    assert CascadeReader.load(tmp_path).predict(table).equals(said)


def test_the_verb_shows_the_curve(tiny: str) -> None:
    from shopkeeper.data.shop import shop_from_tables
    from shopkeeper.operations.reviews.ask import review_sentiment

    shop = shop_from_tables(
        {
            "reviews": pa.table(
                {
                    "review_id": [f"r{n}" for n in range(len(TEXTS))],
                    "rating": [5.0 if name == "positive" else 1.0 for name in CLASSES],
                    "text": TEXTS,
                }
            )
        }
    )
    answer = review_sentiment(shop, method="cascade", encoder=tiny)
    assert answer.method == "cascade"
    assert answer.evidence["cascade"].num_rows > 5
    assert answer.evidence["cascade"]["chosen"].to_pylist().count(True) == 1
    plain = review_sentiment(shop, method="ngrams")
    assert plain.evidence["cascade"].num_rows == 0
