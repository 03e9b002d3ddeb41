"""The verb `similar_products` on small shops: what it shows beside what, why, and what it refuses."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.recommend.ask import similar_products

START = datetime(2025, 1, 1)
PRODUCTS, CATEGORIES, BRANDS = 60, 12, 15


def events_of(rows: list[tuple[str | None, str | None, int]]) -> pa.Table:
    return pa.table({
        "event_id": [f"e{n}" for n in range(len(rows))],
        "name": ["Product Viewed"] * len(rows),
        "customer_id": pa.array([row[0] for row in rows], pa.string()),
        "product_id": pa.array([row[1] for row in rows], pa.string()),
        "happened_at": pa.array([START + timedelta(minutes=row[2]) for row in rows], pa.timestamp("us")),
    })  # fmt: skip


def ringed(customers: int = 400) -> list[tuple[str | None, str | None, int]]:
    """Most go from a product on to the next of a ring, which is of another category."""
    draw = np.random.default_rng(21)
    rows: list[tuple[str | None, str | None, int]] = []
    for who in range(customers):
        at, minute = int(draw.integers(PRODUCTS)), int(draw.integers(50_000))
        for step in range(3 + who % 4):
            rows.append((f"客{who:03d}", f"p{at:02d}", minute + step))
            at = (at + 1 if draw.random() < 0.8 else int(draw.integers(PRODUCTS))) % PRODUCTS
    return rows


def catalogue(**changes: Any) -> pa.Table:
    """Categories of five products, p00 p12 p24 … in one; and `new`, which nobody has touched."""
    names = [*(f"p{n:02d}" for n in range(PRODUCTS)), "new"]
    columns = {
        "product_id": names,
        "title": [f"item{n}" for n in range(PRODUCTS)] + ["novelty"],
        "category": [f"c{n % CATEGORIES}" for n in range(PRODUCTS)] + ["c2"],
        "brand": [f"b{n % BRANDS}" for n in range(PRODUCTS)] + ["b0"],
        "stock": [5] * len(names),
    }
    return pa.table(columns | changes)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_from_tables({"events": events_of(ringed()), "products": catalogue()})


def rows_of(answer: Answer, product: str) -> list[dict[str, Any]]:
    return [row for row in answer.table.to_pylist() if row["product_id"] == product]


def soon_after(one: str, other: str) -> int:
    """How many customers of the ring came upon another product within twelve new ones after it."""
    own: dict[str | None, list[str | None]] = {}
    for who, what, _ in ringed():
        if what not in own.setdefault(who, []):
            own[who].append(what)
    return sum(
        other in has[has.index(one) + 1 : has.index(one) + 13] for has in own.values() if one in has
    )


def test_what_came_next_stands_first_with_as_many_customers_as_there_were(shop: Shop) -> None:
    answer = similar_products(shop, k=4)
    assert {row["product_id"] for row in answer.table.to_pylist()} == {
        f"p{n:02d}" for n in range(PRODUCTS)}  # fmt: skip
    nexts = 0
    for n in range(PRODUCTS):
        rows = rows_of(answer, f"p{n:02d}")
        assert [row["rank"] for row in rows] == [1, 2, 3, 4]
        assert f"p{n:02d}" not in {row["similar_id"] for row in rows}
        scores = [row["score"] for row in rows]
        assert scores == sorted(scores, reverse=True)
        first = rows[0]
        nexts += first["similar_id"] in (f"p{(n + 1) % PRODUCTS:02d}", f"p{(n - 1) % PRODUCTS:02d}")
        for row in rows:
            after = soon_after(row["product_id"], row["similar_id"])
            before = soon_after(row["similar_id"], row["product_id"])
            assert (row["chosen_after"], row["chosen_before"]) == (after, before)
            if row["reason_en"].startswith("Chosen after"):
                assert f" {after} customer" in row["reason_en"]
                assert f"{after} 位顾客在此商品之后" in row["reason_zh"] and after >= before
            elif row["reason_en"].startswith("Chosen before"):
                assert f" {before} customer" in row["reason_en"] and before > after
    assert nexts > 0.9 * PRODUCTS


def test_it_is_judged_beside_what_is_popular_in_the_category(shop: Shop) -> None:
    answer = similar_products(shop)
    quality = {row["method"]: row for row in answer.evidence["ranking_quality"].to_pylist()}
    assert set(quality) == {"popular", "transitions", "similar", "combined"}
    own, popular = quality["combined"], quality["popular"]
    assert own["ahead_low"] > 0.2 and popular["ahead"] is None
    assert own["ahead"] == pytest.approx(own["ndcg"] - popular["ndcg"])
    assert f"NDCG@10 {own['ndcg']:.3f}" in answer.summary[1].en
    assert f"同类目热门商品为 {popular['ndcg']:.3f}" in answer.summary[1].zh


def test_where_customers_choose_anything_it_does_not_claim_to_beat_the_popular() -> None:
    draw = np.random.default_rng(3)
    rows = [(f"c{who}", f"p{what:02d}", 10 * who + step) for who in range(300)
            for step, what in enumerate(draw.permutation(PRODUCTS)[:4].tolist())]  # fmt: skip
    answer = similar_products(
        shop_from_tables({"events": events_of(list(rows)), "products": catalogue()})
    )
    low = {row["method"]: row["ahead_low"]
           for row in answer.evidence["ranking_quality"].to_pylist()}["combined"]  # fmt: skip
    assert low <= 0
    told = " ".join(words.en for words in answer.summary)
    assert "not shown that this does better" in told or "popular products do better" in told


def test_a_product_that_nobody_has_touched_is_told_by_what_it_shares(shop: Shop) -> None:
    rows = similar_products(shop, product="new", k=40).table.to_pylist()
    told = {row["similar_id"]: row["reason_en"] for row in rows}
    assert len(told) == 9
    for name, reason in told.items():
        n = int(name[1:])
        same = {"category": n % CATEGORIES == 2, "brand": n % BRANDS == 0}
        assert same["category"] or same["brand"]
        assert (("brand" in reason), ("category" in reason)) == (same["brand"], same["category"])
    assert all(row["chosen_after"] == row["chosen_before"] == 0 for row in rows)


def test_a_reason_names_only_what_the_likeness_is_made_of() -> None:
    """A category of half the shop makes nothing alike, so it is no reason though both have it."""
    listed = catalogue(
        category=["big" if n % 2 else f"c{n}" for n in range(PRODUCTS + 1)],
        brand=[f"b{n // 2}" for n in range(PRODUCTS + 1)],
        title=[f"cup word{n // 4}" for n in range(PRODUCTS + 1)],
    )
    made = shop_from_tables({"events": events_of(ringed()), "products": listed})
    rows = similar_products(made, product="p01,p03", method="similar").table.to_pylist()
    told = {(row["product_id"], row["similar_id"]): row["reason_en"] for row in rows}
    assert told["p01", "p00"] == "Same brand, similar title"
    assert told["p01", "p03"] == "Similar title"
    assert ("p01", "p05") not in told
    zh = {row["similar_id"]: row["reason_zh"] for row in rows if row["product_id"] == "p01"}
    assert zh["p00"] == "品牌相同，标题相近"


@pytest.mark.parametrize("method", ["combined", "transitions", "similar", "popular"])
def test_every_method_answers_in_the_same_shape_and_twice_alike(shop: Shop, method: Any) -> None:
    one, two = (similar_products(shop, method=method, k=3) for _ in range(2))
    assert one.table.equals(two.table) and one.table.num_rows > PRODUCTS
    starts = {
        "combined": ("Chosen", "Same", "Similar"),
        "transitions": ("Chosen after", "Chosen before"),
        "similar": ("Same", "Similar"),
        "popular": ("Popular in the same category",),
    }[method]
    assert all(row["reason_en"].startswith(starts) for row in one.table.to_pylist())


def test_the_popular_are_of_the_same_category_and_counted(shop: Shop) -> None:
    rows = similar_products(shop, product="p03", method="popular", k=7).table.to_pylist()
    assert {row["similar_id"] for row in rows} == {f"p{n:02d}" for n in range(PRODUCTS)
                                                   if n % CATEGORIES == 3 and n != 3}  # fmt: skip
    touched: dict[str | None, set[str | None]] = {}
    for who, what, _ in ringed():
        touched.setdefault(what, set()).add(who)
    counts = [len(touched[row["similar_id"]]) for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert rows[0]["reason_en"] == f"Popular in the same category: chosen by {counts[0]} customers"


def test_what_is_out_of_stock_or_excluded_is_not_shown_and_counted(shop: Shop) -> None:
    listed = catalogue(stock=[0 if n == 4 else 5 for n in range(PRODUCTS + 1)])
    made = shop_from_tables({"events": events_of(ringed()), "products": listed})
    before = {row["similar_id"] for row in similar_products(shop, product="p03").table.to_pylist()}
    other = min(before - {"p04"})
    answer = similar_products(made, product="p03", exclude=other)
    shown = {row["similar_id"] for row in answer.table.to_pylist()}
    assert "p04" in before and not {other, "p04"} & shown and shown
    assert answer.evidence["ruled_out"].to_pylist() == [
        {"rule": "not_listed", "products": 0, "removed": 0},
        {"rule": "out_of_stock", "products": 1, "removed": 1},
        {"rule": "asked_for", "products": 1, "removed": 1},
    ]


def test_with_too_few_customers_nothing_is_judged_and_one_product_is_enough() -> None:
    answer = similar_products(shop_from_tables({"events": events_of([("a", "x", 1)])}))
    assert answer.table.num_rows == 0
    assert answer.evidence["ranking_quality"].num_rows == 0
    told = [words.en for words in answer.limits]
    assert any("Not judged" in one for one in told) and any("Shorter" in one for one in told)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"k": 0}, "k is 0"),
        ({"k": 10**6}, "k is 1000000"),
        ({"product": "p99"}, "nearest known one is p\\d9"),
        ({"exclude": "P01"}, "'P01'"),
    ],
)
def test_what_cannot_be_done_is_refused(shop: Shop, wrong: dict[str, Any], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        similar_products(shop, **wrong)


def test_without_anything_touched_it_says_what_to_import() -> None:
    with pytest.raises(MissingDataError, match="No known customer"):
        similar_products(shop_from_tables({"events": events_of([(None, "x", 1)])}))
