"""Every way of recommending on a small shop with a planted order of products."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from shopkeeper.operations.recommend.choice import Method, Past, _choices, ranked, routed, tuned
from shopkeeper.operations.recommend.histories import Histories, leading
from shopkeeper.operations.recommend.material import Material, neighbours, weighted_traits
from shopkeeper.operations.recommend.methods.blended import FACTS, Blended
from shopkeeper.operations.recommend.methods.combined import Combined
from shopkeeper.operations.recommend.methods.last_item import LastItem
from shopkeeper.operations.recommend.methods.popular import Popular
from shopkeeper.operations.recommend.methods.popular_in_category import PopularInCategory
from shopkeeper.operations.recommend.methods.similar import Similar
from shopkeeper.operations.recommend.methods.transitions import Transitions
from shopkeeper.operations.recommend.metrics import bucket_of, gains, hits
from shopkeeper.operations.recommend.pairs import Kernel, pairs_from_counts

WIDTH = 60


def popular_in_category() -> PopularInCategory:
    """Categories of seven products; the last one has none."""
    return PopularInCategory(np.append(np.arange(WIDTH - 1) // 7, -1))


METHODS: tuple[Callable[[], Method], ...] = (
    Popular,
    LastItem,
    Similar,
    Transitions,
    Blended,
    Combined,
    popular_in_category,
)


def histories_of(own: list[list[int]]) -> Histories:
    starts = np.cumsum([0, *(len(one) for one in own)])
    return Histories(starts, np.array([n for one in own for n in one], np.int64))


def material_of(own: list[list[int]], width: int = WIDTH) -> Material:
    rows = [(a, b, gap) for one in own for at, a in enumerate(one)
            for gap, b in enumerate(one[at + 1 :], start=1)]  # fmt: skip
    counts = np.array(rows, np.int64).reshape(-1, 3).T
    touched = np.bincount(np.array([n for one in own for n in one], np.int64), minlength=width)
    # Products are alike within each ten.
    traits = weighted_traits(np.arange(width), np.arange(width) // 10, width)
    pairs = pairs_from_counts(*counts, np.ones(counts.shape[1], np.int64), width)
    return Material(pairs, touched, traits)


def planted(customers: int, seed: int) -> list[list[int]]:
    """Most customers go on to the next number, some anywhere."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(customers):
        own = [int(draw.integers(WIDTH))]
        while len(own) < 4 + int(draw.integers(8)):
            near = draw.random() < 0.6
            other = (own[-1] + 1) % WIDTH if near else int(draw.integers(WIDTH))
            if other not in own:
                own.append(other)
        made.append(own)
    return made


@pytest.fixture(scope="module")
def shop() -> tuple[Material, Past]:
    whole = planted(900, 1)
    past = Past(histories_of([one[:-1] for one in whole]), np.array([one[-1] for one in whole]))
    return material_of([one[:-1] for one in whole]), past


def test_weights_follow_the_formula() -> None:
    material = material_of([[0, 1, 2], [0, 2]], 3)
    made = material.pairs.matrix(material.pairs.strengths(Kernel(0.6, 0.5, 1.0, 0.0))).toarray()
    forward = np.array([[0, 1, 1.6], [0, 0, 1], [0, 0, 0]])
    whole = forward + 0.5 * forward.T
    assert made == pytest.approx(whole / whole.sum(axis=1, keepdims=True), abs=1e-6)


def test_the_popular_and_the_last_item_are_what_they_say() -> None:
    material = material_of([[0, 1], [0, 1], [0, 2], [3, 0]], 4)
    new = histories_of([[], [2, 0]])
    assert Popular().fit(material).score(new).toarray().tolist() == [[4, 2, 1, 1]] * 2
    assert LastItem().fit(material).score(new).toarray().tolist() == [[0, 0, 0, 0], [0, 2, 1, 0]]


def test_the_most_alike_share_the_rare_traits_and_nothing_is_like_itself() -> None:
    traits = weighted_traits(np.array([0, 1, 2, 3, 0, 1, 2]), np.array([0, 0, 0, 0, 1, 1, 2]), 4)
    near = neighbours(traits, 2).toarray()
    assert near[0, 1] == pytest.approx(1.0) and near.diagonal().tolist() == [0] * 4
    assert near[3].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("make", METHODS)
@pytest.mark.parametrize("own", [[[]], [[0]], [[], [0], list(range(WIDTH))], []])
def test_every_method_scores_any_history(make: Callable[[], Method], own: list[list[int]]) -> None:
    method = make().fit(material_of(planted(30, 2)))
    if isinstance(method, Blended):
        method.learn(method.lesson(histories_of([]), np.zeros(0, np.int64)))
    scores = method.score(histories_of(own))
    assert scores.shape == (len(own), WIDTH)
    assert np.isfinite(scores.data).all() and (scores.data >= 0).all()


@pytest.mark.parametrize("make", METHODS)
def test_every_method_learns_from_nothing(make: Callable[[], Method]) -> None:
    method = make().fit(material_of([[3]]))
    if isinstance(method, Blended):
        method.learn(method.lesson(histories_of([[3]]), np.array([4])))
    assert method.score(histories_of([[3], []])).shape == (2, WIDTH)


def test_the_popular_of_a_category_are_those_of_the_newest_product(
    shop: tuple[Material, Past],
) -> None:
    material, _ = shop
    method = popular_in_category().fit(material)
    made = method.score(histories_of([[3, 9], [WIDTH - 1], []])).toarray()
    assert made[0, 7:14].tolist() == material.touched[7:14].tolist() and min(made[0, 7:14]) > 0
    assert made[0].sum() == material.touched[7:14].sum() and made[1:].sum() == 0


def test_a_combined_score_is_transitions_and_likeness_each_against_its_best(
    shop: tuple[Material, Past],
) -> None:
    material, past = shop
    # Of tens, as the others have them, each is over a tenth of the products, which tells nothing.
    traits = weighted_traits(np.arange(WIDTH), np.arange(WIDTH) // 5, WIDTH)
    material = replace(material, traits=traits)
    kernel, part = Kernel(0.6, 0.0, 1.0, 0.0), past.histories.take(np.arange(25))
    method = Combined(kernel, 0.5).fit(material)
    followed = material.pairs.matrix(material.pairs.strengths(kernel)).toarray()
    alike = neighbours(material.traits, 60).toarray() * np.log(2.0 + material.touched)
    followed, alike = (one / one.max(axis=1, keepdims=True) for one in (followed, alike))
    made = method.score(part).toarray()
    newest = part.products[part.starts[1:] - 1]
    assert made == pytest.approx(followed[newest] + 0.5 * alike[newest], abs=1e-5)
    row, product, score = leading(method.score(part), 3)
    source, share = method.explain(part, row, product)
    assert source.tolist() == newest[row].tolist()
    assert share == pytest.approx(followed[source, product] / score, abs=1e-5)
    assert share.min() < 0.5 < share.max()


def test_trees_find_what_was_planted_and_beat_the_popular(shop: tuple[Material, Past]) -> None:
    material, past = shop
    router = routed(material, past, seed=2).fit(material)
    later = planted(400, 9)
    new = Past(histories_of([one[:-1] for one in later]), np.array([one[-1] for one in later]))
    found = {name: gains(ranked(method, new, material)).mean()
             for name, method in (("popular", Popular().fit(material)), ("routed", router))}  # fmt: skip
    assert found["routed"] > 0.5 and found["routed"] > found["popular"] + 0.3
    again = routed(material, past, seed=2).fit(material)
    assert (router.score(new.histories) != again.score(new.histories)).nnz == 0


def test_a_router_is_no_worse_than_the_best_single_method_where_it_chose(
    shop: tuple[Material, Past],
) -> None:
    material, past = shop
    router = routed(material, past)
    bucket = bucket_of(past.histories.lengths)
    single = [gains(ranked(router.methods[name], past, material)) for name in ("popular", "last_item", "transitions")]  # fmt: skip
    own = gains(ranked(router, past, material))
    for number in np.unique(bucket):
        here = bucket == number
        if here.sum() >= 200:
            assert own[here].mean() >= max(one[here].mean() for one in single) - 0.02


def test_a_kernel_is_chosen_by_what_came_next() -> None:
    """Where the order decides nothing but the way back does, backward pairs come to weigh."""
    draw = np.random.default_rng(5)
    whole = [[int(a), (int(a) + 1) % WIDTH] for a in draw.integers(WIDTH, size=600)]
    material = material_of(whole)
    past = Past(histories_of([[one[1]] for one in whole]), np.array([one[0] for one in whole]))
    kernel = tuned(material, past)
    assert kernel.backward == 1.0
    first = {one: hits(ranked(Transitions(one).fit(material), past, material), depth=1).mean()
             for one in (Kernel(), kernel)}  # fmt: skip
    assert first[kernel] > first[Kernel()] + 0.2


def test_facts_of_candidates_are_as_many_as_they_say(shop: tuple[Material, Past]) -> None:
    material, past = shop
    blended = Blended().fit(material)
    row, product = blended.candidates(past.histories.take(np.arange(5)))
    facts = blended.evidence(past.histories.take(np.arange(5)), row, product)
    assert facts.shape == (len(row), FACTS) and np.isfinite(facts).all()
    seen = {(one, int(n)) for one in range(5) for n in past.histories.row(one)}
    assert not seen & set(zip(row.tolist(), product.tolist(), strict=True))


def test_a_history_of_a_hundred_thousand_products_is_ranked() -> None:
    width = 100_001
    none = np.zeros(0, np.int64)
    material = Material(pairs_from_counts(none, none, none, none, width), np.ones(width, np.int64),
                        sparse.csr_matrix((width, 0), dtype=np.float32))  # fmt: skip
    past = Past(histories_of([list(range(100_000))]), np.array([100_000]))
    assert ranked(Transitions().fit(material), past, material).tolist() == [0]


def test_the_newest_alone_is_the_reason_of_the_last_item(shop: tuple[Material, Past]) -> None:
    material, past = shop
    method, part = LastItem().fit(material), past.histories.take(np.arange(40))
    row, product, _ = leading(method.score(part), 2)
    source, share = method.explain(part, row, product)
    assert source.tolist() == [int(part.row(one)[-1]) for one in row.tolist()]
    assert share.tolist() == [1.0] * len(row)


def test_parts_of_a_score_are_what_they_are_said_to_be(shop: tuple[Material, Past]) -> None:
    material, past = shop
    method, part = Transitions().fit(material), past.histories.take(np.arange(40))
    row, product, score = leading(method.score(part), 3)
    source, share = method.explain(part, row, product)
    weights = method.weights_.toarray()
    for at, one in enumerate(row.tolist()):
        own = part.row(one)[::-1].tolist()
        parts = [0.6**back * weights[item, product[at]] for back, item in enumerate(own)]
        assert sum(parts) == pytest.approx(score[at], rel=1e-4)
        assert source[at] == own[int(np.argmax(parts))]
        assert share[at] == pytest.approx(max(parts) / sum(parts), rel=1e-4)


def test_without_its_reason_a_score_of_the_trees_falls(shop: tuple[Material, Past]) -> None:
    material, past = shop
    blended = Blended().fit(material)
    blended.learn(blended.lesson(past.histories, past.targets))
    part = past.histories.take(np.arange(30))
    row, product, score = leading(blended.score(part), 1)
    source, share = blended.explain(part, row, product)
    assert (source >= 0).sum() > 20
    for at in np.flatnonzero(source >= 0).tolist():
        left = [n for n in part.row(int(row[at])).tolist() if n != source[at]]
        facts = blended.evidence(histories_of([left]), np.array([0]), product[at : at + 1])
        assert blended.trees_ is not None
        without = blended.trees_.predict_proba(facts)[0, 1]
        assert without < score[at]
        assert share[at] == pytest.approx(1 - without / score[at], abs=1e-4)


def test_a_method_stands_in_for_another_only_where_its_lead_is_beyond_chance() -> None:
    draw = np.random.default_rng(4)
    bucket = np.repeat([0, 1, 2, 3, 4], [300, 300, 300, 300, 50])
    kept = draw.random(len(bucket))
    nearly = kept + draw.normal(0.005, 0.3, len(bucket))
    # By chance a little ahead in all; surely ahead in the third; far ahead where there are too few to say.
    nearly += 0.005 - (nearly - kept).mean()
    surely = kept - 0.2 + 0.4 * (bucket == 2) + 0.9 * (bucket == 4)
    judged = {"similar": surely, "transitions": kept, "blended": nearly}
    assert _choices(judged, bucket) == (*["transitions"] * 2, "similar", *["transitions"] * 2)
    assert set(_choices(judged | {"blended": kept + 0.01}, bucket)) == {"similar", "blended"}
    assert _choices(judged, bucket[:0]) == ("popular",) * 5
