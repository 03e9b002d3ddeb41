"""Histories, counts and what is held out, read from the engine, against plain loops."""

from collections import Counter
from datetime import datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from shopkeeper.operations.recommend import counting, histories, pairs, reading
from shopkeeper.operations.recommend.counting import counts_of, every
from shopkeeper.operations.recommend.features import GAPS
from shopkeeper.operations.recommend.pairs import DECAYS
from shopkeeper.operations.recommend.reading import Touched, read_touched

START = datetime(2025, 1, 1)
CUSTOMERS, PRODUCTS = 60, 40


def drawn() -> dict[str, list[str]]:
    """Each customer's products, oldest first: some with one alone, some with more than the gaps reach."""
    draw = np.random.default_rng(8)
    return {
        f"客{who:02d}": [f"p{n}" for n in draw.permutation(PRODUCTS)[: int(draw.integers(1, 30))]]
        for who in range(CUSTOMERS)
    }


def touched(own: dict[str, list[str]]) -> ibis.Table:
    rows = [(who, what, START + timedelta(minutes=at), what.endswith("7"))
            for who, products in own.items() for at, what in enumerate(products)]  # fmt: skip
    mixed = [rows[at] for at in np.random.default_rng(1).permutation(len(rows))]
    who, what, when, bought = (list(column) for column in zip(*mixed, strict=True))
    table = {"customer_id": who, "product_id": what, "happened_at": when, "bought": bought,
             "place": [0] * len(mixed)}  # fmt: skip
    return ibis.memtable(pa.table(table))


@pytest.fixture(scope="module")
def read() -> Touched:
    return read_touched(touched(drawn()))


def test_every_history_is_read_in_order_with_what_was_bought(read: Touched) -> None:
    own, names, at = drawn(), read.products.to_pylist(), read.histories.starts
    assert sorted(read.customers.to_pylist()) == sorted(own)
    for number, customer in enumerate(read.customers.to_pylist()):
        told = [names[n] for n in read.histories.row(number)]
        assert told == own[customer]
        bought = read.bought[at[number] : at[number + 1]].tolist()
        assert bought == [name.endswith("7") for name in told]
    assert 0 < read.bought.sum() < len(read.bought)


@pytest.mark.parametrize("held_out", [0, 1, 2])
def test_weights_of_pairs_are_the_sums_of_a_plain_loop_to_the_last_digit(
    read: Touched, held_out: int
) -> None:
    width = len(read.products)
    counted: Counter[tuple[int, int, int]] = Counter()
    touches = [0] * width
    for row in range(len(read.histories)):
        own = read.histories.row(row).tolist()
        own = own[: max(len(own) - held_out, 0)]
        for at, source in enumerate(own):
            touches[source] += 1
            for gap, target in enumerate(own[at + 1 : at + 1 + GAPS], start=1):
                counted[source, target, gap] += 1
    expected = np.zeros((width, width, len(DECAYS)))
    for source, target, gap in sorted(counted):
        often = counted[source, target, gap]
        expected[source, target] += [often * decay ** (gap - 1.0) for decay in DECAYS]
    material = read.material(sparse.csr_matrix((width, 0), dtype=np.float32), held_out=held_out)
    of = material.pairs
    for column in range(len(DECAYS)):
        made = of.matrix(of.forward[column]).toarray()
        back = of.matrix(of.backward(column)).toarray()
        assert np.array_equal(made, expected[:, :, column].astype(np.float32))
        assert np.array_equal(back, made.T)
    assert material.touched.tolist() == touches
    assert len(counted) > 1000


@pytest.mark.parametrize("held_out", [1, 2])
def test_what_was_known_before_one_of_the_newest_products(read: Touched, held_out: int) -> None:
    past, who = read.past(held_out)
    long = [row for row in range(len(read.histories)) if len(read.histories.row(row)) > held_out]
    assert who.tolist() == long and len(long) < CUSTOMERS
    for at, row in enumerate(long):
        own = read.histories.row(row).tolist()
        assert past.histories.row(at).tolist() == own[:-held_out]
        assert past.targets[at] == own[-held_out]


def test_how_many_are_counted_is_what_the_histories_hold(read: Touched) -> None:
    rows = int(read.counts.pairs.sum())
    lengths = read.histories.lengths
    assert rows == sum(max(n - gap, 0) for n in lengths.tolist() for gap in range(1, GAPS + 1))
    assert every(lengths, 10**6, pairs=rows) == 1
    assert every(lengths, 10**6, pairs=rows - 1) == 2


def test_beyond_memory_every_other_customer_is_counted(
    read: Touched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "every", lambda *_: 2)
    half = read_touched(touched(drawn()))
    assert half.every == 2 and half.histories.products.tolist() == read.histories.products.tolist()
    lengths = read.histories.lengths[::2].tolist()
    expected = sum(max(n - gap, 0) for n in lengths for gap in range(1, GAPS + 1))
    assert half.counts.pairs.sum() == expected < read.counts.pairs.sum()


def test_counts_are_sorted_whatever_their_order() -> None:
    counts = counts_of(pa.table({"key": [9, 4, 6], "pairs": [1, 2, 3]}))
    assert counts.key.tolist() == [4, 6, 9] and counts.pairs.tolist() == [2, 3, 1]


@pytest.mark.parametrize("held_out", [0, 1, 2])
def test_what_is_computed_at_once_changes_no_count(
    read: Touched, monkeypatch: pytest.MonkeyPatch, held_out: int
) -> None:
    traits = sparse.csr_matrix((len(read.products), 0), dtype=np.float32)
    whole = read.material(traits, held_out=held_out)
    for module, few in ((counting, 7), (pairs, 5), (histories, 11)):
        monkeypatch.setattr(module, "_AT_ONCE", few)
    parts = read.material(traits, held_out=held_out)
    assert len(read.counts.key) > 1000 and len(whole.pairs.targets) > 500
    assert np.array_equal(parts.touched, whole.touched)
    for name in ("starts", "targets", "forward", "mirror"):
        assert np.array_equal(getattr(parts.pairs, name), getattr(whole.pairs, name)), name
    # Sums of floats over other parts may differ in the last digit.
    kernel = pairs.Kernel()
    assert np.allclose(parts.pairs.strengths(kernel), whole.pairs.strengths(kernel), rtol=1e-6)
