"""New products: what they borrow, how high they stand, and which of them are news."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.recommend import borrowing
from shopkeeper.operations.recommend.borrowing import MOST_SHARE, described, extended, fair, lent
from shopkeeper.operations.recommend.histories import Histories, leading, unseen
from shopkeeper.operations.recommend.metrics import DEPTH
from shopkeeper.operations.recommend.reading import NEWS_DAYS, newcomers

KNOWN, NEW, KINDS = 120, 30, 6
KIND = np.concatenate([np.arange(KNOWN), np.arange(NEW)]) % KINDS
Made = tuple[sparse.csr_matrix, sparse.csr_matrix, Histories]


@pytest.fixture(scope="module")
def shop() -> Made:
    """Products of a kind lead to the next kind; what is said of one is its kind and much that tells nothing."""
    draw = np.random.default_rng(0)
    follows = (KIND[:KNOWN, None] + 1) % KINDS == KIND[None, :KNOWN]
    chance = draw.random((KNOWN, KNOWN))
    weights = sparse.csr_matrix(
        np.where(follows, chance < 0.6, chance < 0.05) * draw.random((KNOWN, KNOWN))
    )
    told = draw.random((KNOWN + NEW, 40)) < 0.05
    told[np.arange(KNOWN + NEW), KIND] = True
    rows = told / np.linalg.norm(told, axis=1, keepdims=True)
    lengths = draw.integers(1, 9, 400)
    held = np.concatenate([draw.permutation(KNOWN)[:n] for n in lengths])
    histories = Histories(np.append(0, np.cumsum(lengths)), held)
    return (
        sparse.csr_matrix(weights, dtype=np.float32),
        sparse.csr_matrix(rows, dtype=np.float32),
        histories,
    )


def places(weights: sparse.csr_matrix, histories: Histories) -> np.ndarray:
    """Return the products that stand among the first ten of all histories."""
    scores = sparse.csr_matrix(histories.profile(0.6, weights.shape[0]) @ weights)
    return leading(unseen(scores, histories), DEPTH)[1]


def test_a_new_product_follows_and_leads_to_what_its_kind_does(shop: Made) -> None:
    weights, told, histories = shop
    made = extended(weights, told, histories, 0.6).toarray()
    assert np.array_equal(made[:KNOWN, :KNOWN], weights.toarray())
    for source, target in ((slice(0, KNOWN), slice(KNOWN, None)), (slice(KNOWN, None), slice(0, KNOWN)),
                           (slice(KNOWN, None), slice(KNOWN, None))):  # fmt: skip
        right = (KIND[source, None] + 1) % KINDS == KIND[None, target]
        block = made[source, target]
        assert block[right].mean() > 1.5 * block[~right].mean() > 0
    assert not made.diagonal()[KNOWN:].any()
    assert (made[:KNOWN, KNOWN:].max(axis=1) <= made[:KNOWN, :KNOWN].max(axis=1)).all()


def test_new_products_have_their_share_of_the_places_and_a_fifth_at_most(shop: Made) -> None:
    weights, told, histories = shop
    alone = places(extended(weights, told[: KNOWN + 12], histories, 0.6), histories)
    assert (alone >= KNOWN).mean() == pytest.approx(12 / 132, abs=0.03)
    few = sparse.csr_matrix(weights[:40, :40])
    own = Histories(histories.starts, histories.products % 40)
    crowded = places(extended(few, told[KNOWN - 40 :], own, 0.6), own)
    assert 0.1 < (crowded >= 40).mean() < MOST_SHARE + 0.03 < NEW / 70


def test_what_is_no_news_leads_but_is_not_led_to(shop: Made) -> None:
    weights, told, histories = shop
    news = np.arange(NEW) % 2 == 0
    made = extended(weights, told, histories, 0.6, news=news).toarray()
    assert not made[:, KNOWN:][:, ~news].any()
    assert made[:KNOWN, KNOWN:][:, news].any(axis=0).all() and made[KNOWN:].any(axis=1).all()


def test_of_very_many_products_the_most_touched_lead_to_new_ones(
    shop: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, told, histories = shop
    for name, value in (("LENDERS", 50), ("_CELLS", 0)):
        monkeypatch.setattr(borrowing, name, value)
    made = extended(weights, told, histories, 0.6).toarray()
    assert made[:50, KNOWN:].any(axis=0).all() and not made[50:KNOWN, KNOWN:].any()
    assert made[KNOWN:, :50].any(axis=1).all() and not made[KNOWN:, 50:KNOWN].any()


@pytest.mark.parametrize(
    "spoilt",
    [lambda told, weights: (told * 0, weights), lambda told, weights: (told, weights * 0)],
    ids=["nothing said", "nothing followed"],
)
def test_without_text_or_without_transitions_nothing_breaks(shop: Made, spoilt: Callable) -> None:
    told, weights = spoilt(shop[1], shop[0])
    made = extended(sparse.csr_matrix(weights), sparse.csr_matrix(told), shop[2], 0.6)
    assert made.shape == (KNOWN + NEW, KNOWN + NEW) and np.isfinite(made.data).all()
    assert made[:KNOWN, KNOWN:].nnz == 0


def test_rows_that_have_too_few_known_products_do_not_decide(shop: Made) -> None:
    known = sparse.csr_matrix(np.array([[0.0] * 12, [3.0] * 12], np.float32))
    new = sparse.csr_matrix(np.array([[1.0] * 12, [2.0] * 12], np.float32))
    assert fair(known, new, 0.5) == 1.5
    assert fair(known[:1], new[:1], 0.5) == fair(known[:1], new[:1] * 0, 0.5) == 1.0


def test_likeness_is_shared_among_lenders_that_say_the_same() -> None:
    twins = sparse.csr_matrix(np.array([[1.0, 0], [1.0, 0], [0, 1.0], [1.0, 0]], np.float32))
    shares = lent(described(twins, np.array(["title", "title"])), 3, 3, ridge=1.0)
    assert shares.ravel().tolist() == pytest.approx([1 / 3, 1 / 3, 0])


def test_what_was_listed_long_ago_is_no_news() -> None:
    dates = ["2025-09-01", f"{np.datetime64('2025-09-01') - NEWS_DAYS - 1}", None, "2025-09-01"]
    products = pa.table({"product_id": ["a", "b", "c", "d"], "created_at": dates})
    shop = shop_from_tables({"products": products})
    names, news = newcomers(shop, pa.array(["d"]))
    assert dict(zip(names, news.tolist(), strict=True)) == {"a": True, "b": False, "c": True}
    undated = shop_from_tables({"products": products.drop(["created_at"])})
    assert newcomers(undated, pa.array(["d"]))[1].tolist() == [True] * 3
