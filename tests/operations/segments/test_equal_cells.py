"""Equal customers counted once: the same fit as of all of them, from whatever order they come in."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from shopkeeper.operations.segments.cells import Cells, told_apart
from shopkeeper.operations.segments.lifetime.learning import counted_cells, fit
from shopkeeper.operations.segments.methods.purchases import Likelihood, fit_purchases
from shopkeeper.operations.segments.methods.spend import fit_spend_by_moments


def histories(customers: int, seed: int) -> pa.Table:
    """Draw customers of BG/NBD in days, and what they paid."""
    draw = np.random.default_rng(seed)
    age = draw.integers(100, 700, customers)
    rate, leaves = draw.gamma(0.5, 1 / 30, customers), draw.beta(0.8, 2.4, customers)
    repeats, recency = np.zeros(customers, np.int64), np.zeros(customers, np.int64)
    for n in range(customers):
        at = draw.exponential(1 / max(rate[n], 1e-9))
        while at <= age[n]:
            repeats[n] += 1
            recency[n] = int(at)
            at = np.inf if draw.random() < leaves[n] else at + draw.exponential(1 / rate[n])
    again = np.where(repeats > 0, draw.gamma(6, 5, customers) * repeats, 0.0)
    return pa.table({
        "repeats": repeats, "recency": recency, "age": age, "spent_again": again,
        "spent": again + draw.gamma(6, 5, customers),
    })  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return histories(9_000, seed=3)


def test_coarser_cells_hold_the_same_customers_and_times(table: pa.Table) -> None:
    cells, _, _ = counted_cells(table)
    assert len(cells.repeats) > 4 * 24**2
    few = cells.coarser(24)
    assert len(few.repeats) < len(cells.repeats) / 2
    for name in ("repeats", "recency", "age"):
        whole, part = (float(one.customers @ getattr(one, name)) for one in (cells, few))
        assert part == pytest.approx(whole)
    assert few.customers.sum() == cells.customers.sum() == table.num_rows
    assert few.coarser(24).repeats is few.repeats


def test_the_maximum_is_that_of_all_customers_climbed_from_anywhere(table: pa.Table) -> None:
    cells, _, _ = counted_cells(table)
    found = fit_purchases(cells)
    for start in ((0.0, 1.0, 0.0, 1.0), (-1.0, 2.0, -0.5, 0.5)):
        plain = minimize(
            lambda logs: -Likelihood(cells)(np.exp(logs))[0] / table.num_rows, start,
            method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500},
        )  # fmt: skip
        assert -plain.fun * table.num_rows <= found.log_likelihood + 1e-4
        mine = np.log([found.r, found.alpha, found.a, found.b])
        assert mine == pytest.approx(plain.x, abs=2e-3)
    _, slopes = Likelihood(cells)(np.array([found.r, found.alpha, found.a, found.b]))
    assert np.abs(slopes).max() < 1e-3 * table.num_rows


def test_the_order_of_customers_changes_nothing(table: pa.Table) -> None:
    order = np.random.default_rng(0).permutation(table.num_rows)
    one, other = fit(table, 90), fit(table.take(pa.array(order)), 90)
    assert one.purchases == other.purchases
    assert one.spend == other.spend
    for name in ("alive", "expected", "each"):
        assert (getattr(one, name)[order] == getattr(other, name)).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), min_size=1, max_size=40),
    st.sampled_from([1, 10**9]),
)
def test_rows_are_told_apart_as_a_set_does(rows: list[tuple[int, int]], wide: int) -> None:
    columns = [np.array([row[0] * wide for row in rows]), np.array([row[1] for row in rows])]
    distinct, place, counts = told_apart(columns)
    made = list(zip(*(one.tolist() for one in distinct), strict=True))
    expected = sorted({(row[0] * wide, row[1]) for row in rows})
    assert made == expected
    assert [made[at] for at in place.tolist()] == [(row[0] * wide, row[1]) for row in rows]
    assert counts.tolist() == [sum((a * wide, b) == one for a, b in rows) for one in expected]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e12])
def test_the_spread_of_payments_is_learnt_whatever_their_unit(scale: float) -> None:
    draw = np.random.default_rng(5)
    own = 15 / draw.gamma(4, 1 / 6, 5_000)
    first, mean = draw.gamma(6, own / 6), draw.gamma(12, own / 12)
    repeats = np.full(5_000, 2.0)
    one = fit_spend_by_moments(first, repeats, mean)
    other = fit_spend_by_moments(first * scale, repeats, mean * scale)
    assert (other.p, other.q) == pytest.approx((one.p, one.q), rel=1e-9)
    assert other.v == pytest.approx(one.v * scale, rel=1e-9)


def test_cells_of_one_kind_of_customer_are_fitted_too() -> None:
    alone = Cells(*(np.array([value], float) for value in (0, 0, 30, 500)))
    found = fit_purchases(alone)
    assert found.at_the_edge
    assert np.isfinite(found.log_likelihood)
