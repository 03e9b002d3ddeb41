"""Equal texts never straddle a split, whatever the texts and whatever the split."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.language.splits import (
    but_lone_classes,
    folds,
    held_out_by_group,
    held_out_by_time,
    text_groups,
)

GROUPS = st.lists(st.integers(0, 12), min_size=1, max_size=80).map(
    lambda numbers: np.unique(numbers, return_inverse=True)[1]
)
SEEDS = st.integers(0, 5)


def _shared(groups: np.ndarray, mask: np.ndarray) -> set[int]:
    return set(groups[mask].tolist()) & set(groups[~mask].tolist())


@given(GROUPS, st.floats(0, 1), SEEDS)
def test_no_group_is_on_both_sides_of_a_random_split(
    groups: np.ndarray, share: float, seed: int
) -> None:
    late = held_out_by_group(groups, share=share, seed=seed)
    assert not _shared(groups, late)
    assert late.sum() <= share * len(groups)
    assert (late == held_out_by_group(groups, share=share, seed=seed)).all()


@given(GROUPS, st.floats(0, 1), SEEDS)
def test_what_must_teach_for_its_class_takes_its_whole_group_along(
    groups: np.ndarray, share: float, seed: int
) -> None:
    codes = np.random.default_rng(seed).integers(0, 6, len(groups))
    held = held_out_by_group(groups, share=share, seed=seed)
    kept = but_lone_classes(held, groups, codes)
    assert not _shared(groups, kept)
    assert not (kept & ~held).any()
    assert set(codes[~kept].tolist()) == set(codes.tolist())


@given(GROUPS, st.floats(0.01, 0.9), SEEDS)
def test_no_group_is_on_both_sides_of_a_split_by_time_and_none_that_examines_is_older(
    groups: np.ndarray, share: float, seed: int
) -> None:
    days = np.random.default_rng(seed).integers(0, 30, len(groups))
    times = np.datetime64("2024-01-01") + days.astype("timedelta64[D]")
    late = held_out_by_time(times, groups, share=share)
    assert not _shared(groups, late)
    if late.any():
        older = (times <= times[late].min()).sum()
        assert older >= int(len(times) * (1 - share))


@given(GROUPS, SEEDS)
def test_every_row_is_in_one_fold_and_no_group_in_two(groups: np.ndarray, seed: int) -> None:
    fold = folds(groups, count=3, seed=seed)
    assert set(fold.tolist()) <= {0, 1, 2}
    for number in range(3):
        assert not _shared(groups, fold == number)


@given(st.lists(st.sampled_from(["好", "好!", "Good", "good ", "差", "😡", ""]), max_size=30))
def test_texts_share_a_group_exactly_when_they_share_a_key(texts: list[str]) -> None:
    from shopkeeper.language.text import text_key

    groups = text_groups(texts)
    for one, first in zip(texts, groups, strict=True):
        for other, second in zip(texts, groups, strict=True):
            assert (first == second) == (text_key(one) == text_key(other))


def test_a_text_that_everybody_copies_stays_with_the_rows_that_teach() -> None:
    groups = np.array([0] * 90 + list(range(1, 11)))
    for seed in range(20):
        assert not held_out_by_group(groups, share=0.2, seed=seed)[:90].any()
