"""Histories as arrays, and places in a ranking, against plain loops."""

import numpy as np
import pytest
from scipy import sparse

from shopkeeper.operations.recommend.histories import (
    Histories,
    largest_part,
    largest_part_of_one,
    leading,
    ranks,
    unseen,
)

DRAW = np.random.default_rng(3)


def drawn(rows: int, width: int) -> tuple[Histories, list[list[int]]]:
    own = [
        DRAW.permutation(width)[: int(DRAW.integers(0, width - 2))].tolist() for _ in range(rows)
    ]
    starts = np.append(0, np.cumsum([len(one) for one in own]))
    return Histories(starts, np.array([n for one in own for n in one], np.int64)), own


def test_rows_are_taken_and_shortened_in_their_order() -> None:
    histories, own = drawn(9, 12)
    rows = np.array([7, 2, 2, 0])
    taken = histories.take(rows)
    assert [taken.row(at).tolist() for at in range(4)] == [own[row] for row in rows]
    short = histories.without_newest(2)
    assert [short.row(at).tolist() for at in range(9)] == [one[:-2] for one in own]


def test_a_profile_weighs_the_newest_most() -> None:
    histories = Histories(np.array([0, 3, 3]), np.array([2, 0, 1]))
    assert histories.profile(0.5, 4).toarray().tolist() == [[0.5, 1, 0.25, 0], [0, 0, 0, 0]]
    assert histories.profile(0.0, 4).toarray().tolist() == [[0, 1, 0, 0], [0, 0, 0, 0]]


def test_a_place_in_the_ranking_counts_all_unseen_products_ties_by_popularity() -> None:
    width = 12
    histories, own = drawn(60, width)
    dense = DRAW.integers(0, 4, (60, width)).astype(np.float32)
    targets = np.array([DRAW.choice([n for n in range(width) if n not in one]) for one in own])
    popularity = DRAW.permutation(width)
    places = ranks(sparse.csr_matrix(dense), histories, targets, popularity)
    for row, one in enumerate(own):
        others = [n for n in range(width) if n not in one]
        order = sorted(others, key=lambda n, row=row: (-dense[row, n], popularity[n]))
        assert places[row] == order.index(targets[row])
    assert len(set(places.tolist())) > 5


def test_what_was_touched_is_not_scored() -> None:
    histories = Histories(np.array([0, 1]), np.array([1]))
    left = unseen(sparse.csr_matrix(np.array([[3, 2, 1]], np.float32)), histories)
    assert left.toarray().tolist() == [[3, 0, 1]]


def test_the_highest_scores_lead_and_of_equal_ones_the_smaller_number() -> None:
    dense = DRAW.integers(0, 3, (40, 15)).astype(np.float32)
    row, column, score = leading(sparse.csr_matrix(dense), 4)
    for one in range(40):
        order = sorted(np.flatnonzero(dense[one]), key=lambda n, one=one: (-dense[one, n], n))[:4]
        assert column[row == one].tolist() == order
        assert score[row == one].tolist() == dense[one, order].tolist()


@pytest.mark.parametrize(("decay", "count"), [(0.7, 1), (0.7, 10), (0.0, 3), (1.0, 7), (0.3, 0)])
def test_one_history_is_explained_as_many_are_to_the_bit(decay: float, count: int) -> None:
    draw = np.random.default_rng(5)
    weights = sparse.random(60, 60, 0.4, "csr", np.float32, random_state=5)
    # Equal weights, of which the lower number decides.
    weights.data[::3] = 0.5
    zeros = np.zeros(60, np.float32)
    for length in (0, 1, 2, 9, 30):
        own = draw.permutation(60)[:length]
        product = draw.permutation(60)[:count]
        histories = Histories(np.array([0, length]), own)
        many = largest_part(histories, decay, weights, np.zeros(count, np.int64), product)
        one = largest_part_of_one(own, decay, weights, product, zeros)
        assert all(np.array_equal(a, b) for a, b in zip(many, one, strict=True))
        assert not zeros.any()
