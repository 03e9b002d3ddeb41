"""The verb `recommend` on small shops: whom it shows what, why, and what it refuses."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.recommend.ask import recommend

START = datetime(2025, 1, 1)
PRODUCTS = 24


def events_of(
    rows: list[tuple[str | None, str | None, int]], name: str = "Product Viewed"
) -> pa.Table:
    return pa.table({
        "event_id": [f"e{n}" for n in range(len(rows))],
        "name": [name] * len(rows),
        "customer_id": pa.array([row[0] for row in rows], pa.string()),
        "product_id": pa.array([row[1] for row in rows], pa.string()),
        "happened_at": pa.array([START + timedelta(minutes=row[2]) for row in rows], pa.timestamp("us")),
    })  # fmt: skip


def orders_of(rows: list[tuple[str, str, int]]) -> dict[str, pa.Table]:
    ids = [f"o{n}" for n in range(len(rows))]
    return {
        "orders": pa.table({
            "order_id": ids, "customer_id": [row[0] for row in rows],
            "ordered_at": [START + timedelta(minutes=row[2]) for row in rows]}),
        "order_items": pa.table({
            "order_id": ids, "line": [1] * len(rows), "product_id": [row[1] for row in rows],
            "quantity": [1] * len(rows), "price": [1.0] * len(rows)}),
    }  # fmt: skip


def ringed(customers: int = 240) -> list[tuple[str, str, int]]:
    """Everybody goes from some product on to the next ones of a ring, now and then elsewhere."""
    draw = np.random.default_rng(12)
    rows = []
    for who in range(customers):
        at, minute = int(draw.integers(PRODUCTS)), int(draw.integers(50_000))
        for step in range(3 + who % 5):
            rows.append((f"客{who:03d}", f"p{at:02d}", minute + step))
            at = (at + 1 if draw.random() < 0.8 else int(draw.integers(PRODUCTS))) % PRODUCTS
    return rows


def catalogue(**changes: Any) -> pa.Table:
    names = [f"p{n:02d}" for n in range(PRODUCTS)]
    columns = {"product_id": names, "title": [f"杯子 cup {n}" for n in range(PRODUCTS)]}
    return pa.table(columns | changes)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_from_tables({**orders_of(ringed()), "products": catalogue()})


def rows_of(answer: Answer, customer: str | None) -> list[dict[str, Any]]:
    return [row for row in answer.table.to_pylist() if row["customer_id"] == customer]


def test_everybody_gets_a_list_without_what_they_have_and_with_a_reason_they_have(
    shop: Shop,
) -> None:
    answer = recommend(shop, k=5)
    own: dict[str, set[str]] = {}
    for customer, product, _ in ringed():
        own.setdefault(customer, set()).add(product)
    assert {row["customer_id"] for row in answer.table.to_pylist()} == set(own)
    for customer, has in own.items():
        rows = rows_of(answer, customer)
        assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
        assert not {row["product_id"] for row in rows} & has
        scores = [row["score"] for row in rows if row["score"] is not None]
        assert scores == sorted(scores, reverse=True) and len(scores) >= 1
        for row in rows:
            assert (row["because"] in has) == (row["score"] is not None)
            assert row["score"] is None or 0 < row["part"] <= 1
    first = answer.table.to_pylist()[0]
    title = f"杯子 cup {int(first['because'][1:])}"
    assert first["reason_en"] == f"Because you bought {title}"
    assert first["reason_zh"] == f"因为您买过「{title}」"


def test_a_reason_is_the_largest_share_of_the_score() -> None:
    """c goes on from a only, so for whoever has a and b the reason is a, and wholly."""
    rows = [
        ("1", "a", 1),
        ("1", "c", 2),
        ("2", "a", 1),
        ("2", "c", 2),
        ("3", "b", 1),
        ("3", "d", 2),
    ]
    rows += [("4", "a", 1), ("4", "b", 2)]
    answer = recommend(shop_from_tables(orders_of(rows)), customers="4", k=2)
    told = {row["product_id"]: (row["because"], row["part"]) for row in answer.table.to_pylist()}
    assert told["c"][0] == "a" and told["d"][0] == "b"
    assert told["c"][1] == pytest.approx(1.0) and told["d"][1] == pytest.approx(1.0)


def test_it_beats_the_popular_on_what_was_held_out_and_says_so(shop: Shop) -> None:
    answer = recommend(shop)
    quality = {
        (row["method"], row["history"]): row
        for row in answer.evidence["ranking_quality"].to_pylist()
    }
    own, popular = quality["transitions", "all"], quality["popular", "all"]
    assert own["ahead_low"] > 0 and own["ndcg"] > popular["ndcg"] + 0.2
    assert own["ahead"] == pytest.approx(own["ndcg"] - popular["ndcg"])
    assert popular["ahead"] is None
    assert f"NDCG@10 {own['ndcg']:.3f}" in answer.summary[1].en
    assert f"{own['ndcg']:.3f}" in answer.summary[1].zh


def test_where_popularity_does_as_well_it_says_so() -> None:
    draw = np.random.default_rng(3)
    rows = [(f"c{who}", f"p{what}", 10 * who + step) for who in range(300)
            for step, what in enumerate(draw.permutation(40)[:4].tolist())]  # fmt: skip
    answer = recommend(shop_from_tables(orders_of(rows)))
    assert any("not shown that this does better" in words.en for words in answer.summary) or any(
        "popular products do better" in words.en for words in answer.summary
    )


def test_nothing_is_judged_on_too_few(shop: Shop) -> None:
    answer = recommend(shop_from_tables(orders_of([("a", "x", 1), ("a", "y", 2), ("b", "x", 1)])))
    assert answer.evidence["ranking_quality"].num_rows == 0
    assert any("Not judged" in words.en for words in answer.limits)


@pytest.mark.parametrize("method", ["transitions", "routed", "similar", "last_item", "popular"])
def test_every_method_answers_in_the_same_shape_and_twice_alike(shop: Shop, method: Any) -> None:
    one, two = (recommend(shop, method=method, k=3) for _ in range(2))
    assert one.table.equals(two.table)
    assert one.table.schema.names[:4] == ["customer_id", "rank", "product_id", "title"]
    assert set(one.evidence["ranking_quality"]["method"].to_pylist()) == {
        "popular", "last_item", method}  # fmt: skip
    for row in one.table.to_pylist():
        starts = {"popular": "Popular", "similar": "Similar to"}.get(method, "Because you bought")
        assert row["score"] is None or row["reason_en"].startswith((starts, "Goes with", "Popular"))


def test_a_visitor_is_answered_by_what_they_look_at(shop: Shop) -> None:
    answer = recommend(shop, given="p03，p07", k=3)
    rows = rows_of(answer, None)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert rows[0]["product_id"] == "p08"
    assert rows[0]["reason_zh"] == "因为您正在看「杯子 cup 7」"
    assert not {"p03", "p07"} & {row["product_id"] for row in rows}


def test_visitors_teach_and_are_listed_where_nobody_is_named() -> None:
    """A source that names visitors alone: everybody goes from one product to the next."""
    at = [
        (f"v{n}", f"p{(n + step) % 12:02d}", 20 * n + step) for n in range(80) for step in range(4)
    ]
    events = pa.table({
        "event_id": [str(n) for n in range(len(at))], "visitor_id": [who for who, _, _ in at],
        "product_id": [what for _, what, _ in at], "name": ["Product Viewed"] * len(at),
        "happened_at": [datetime(2025, 5, 1) + timedelta(minutes=minute) for *_, minute in at]})  # fmt: skip
    alone = shop_from_tables({"events": events})
    rows = rows_of(recommend(alone, customers="visitor v5", k=1), "visitor v5")
    assert [(row["product_id"], row["personalised"]) for row in rows] == [("p09", True)]
    assert rows_of(recommend(alone, given="p02", k=1), None)[0]["product_id"] == "p03"
    orders = pa.table({
        "order_id": ["1"], "customer_id": ["c"], "ordered_at": [datetime(2025, 5, 1)], "total": [5], "status": ["paid"]})  # fmt: skip
    items = pa.table(
        {"order_id": ["1"], "line": [1], "product_id": ["p00"], "quantity": [1], "price": [5]}
    )
    named = shop_from_tables({"events": events, "orders": orders, "order_items": items})
    # Where somebody is named a visitor is nobody's customer, and a page view of theirs is no touch.
    (row,) = rows_of(recommend(named, customers="visitor v5", k=1), "visitor v5")
    assert (row["product_id"], row["personalised"]) == ("p00", False)


def test_an_unknown_customer_gets_what_is_popular(shop: Shop) -> None:
    answer = recommend(shop, customers="客001, nobody", k=4)
    rows = rows_of(answer, "nobody")
    popular = recommend(shop, opted_out="*", k=4).table.to_pylist()
    assert [row["product_id"] for row in rows] == [row["product_id"] for row in popular]
    assert rows[0]["reason_en"].startswith("Popular: looked at or bought by ")
    assert not rows[0]["personalised"] and rows_of(answer, "客001")[0]["personalised"]
    assert any("1 customer" in words.en and "Unknown" in words.en for words in answer.limits)


def test_whoever_opted_out_is_not_told_by_their_history(shop: Shop) -> None:
    both = recommend(shop, customers="客001,客002", opted_out="客001", k=6)
    bare = recommend(shop, opted_out="*", k=6)
    assert bare.table["customer_id"].to_pylist() == [None] * 6 and bare.method == "popular"
    out, own = rows_of(both, "客001"), rows_of(both, "客002")
    assert [row["product_id"] for row in out] == bare.table["product_id"].to_pylist()
    assert [row["personalised"] for row in out] == [False] * 6
    assert [row["because"] for row in out] == [None] * 6
    assert all(row["personalised"] for row in own)
    parts = dict(zip(*both.evidence["parts"].to_pydict().values(), strict=True))
    assert parts["not_personalised"] == 1 and parts["lists"] == 2
    assert any("still counts among everybody's" in words.en for words in both.limits)
    assert set(bare.evidence["ranking_quality"]["method"].to_pylist()) == {"popular", "last_item"}
    assert len(bare.summary) == 1
    named = recommend(shop, customers="客001,客002", opted_out="*", k=6)
    assert [row["product_id"] for row in rows_of(named, "客002")] == bare.table[
        "product_id"
    ].to_pylist()


def test_what_cannot_be_bought_or_is_excluded_is_not_shown_and_counted() -> None:
    stock = [0 if n % 3 == 0 else 5 for n in range(PRODUCTS)]
    listed = catalogue(stock=stock).slice(0, PRODUCTS - 2)
    made = shop_from_tables({**orders_of(ringed()), "products": listed})
    answer = recommend(made, k=PRODUCTS, exclude="p01,p02")
    shown = set(answer.table["product_id"].to_pylist())
    assert shown == {f"p{n:02d}" for n in range(PRODUCTS - 2) if n % 3 and n not in (1, 2)}
    counts = {row["rule"]: row["products"] for row in answer.evidence["ruled_out"].to_pylist()}
    assert [counts[rule] for rule in ("not_listed", "out_of_stock", "asked_for")] == [2, 8, 2]


def test_with_everything_excluded_the_lists_are_empty_and_it_says_so(shop: Shop) -> None:
    every = ",".join(f"p{n:02d}" for n in range(PRODUCTS))
    answer = recommend(shop, customers="客001", exclude=every)
    assert answer.table.num_rows == 0
    assert any("Shorter than asked" in words.en for words in answer.limits)


def test_one_product_and_no_text_are_enough() -> None:
    one = recommend(shop_from_tables({"events": events_of([("a", "x", 1), ("a", "x", 1)])}))
    assert one.table.num_rows == 0
    other = recommend(shop_from_tables({"events": events_of([("a", "x", 1)])}), customers="b")
    assert [row["product_id"] for row in other.table.to_pylist()] == ["x"]
    similar = recommend(shop_from_tables(orders_of(ringed())), method="similar", customers="客001")
    assert all(row["score"] is None for row in similar.table.to_pylist())


def test_duplicate_events_change_nothing() -> None:
    rows = [(customer, product, minute) for customer, product, minute in ringed(60)]
    once = shop_from_tables({"events": events_of(list(rows))})
    twice = shop_from_tables({"events": events_of([*rows, *rows])})
    assert recommend(once).table.equals(recommend(twice).table)


def test_a_product_that_was_only_looked_at_is_told_as_such() -> None:
    shop = shop_from_tables({"events": events_of(list(ringed(60)))})
    assert recommend(shop).table["reason_en"].to_pylist()[0].startswith("Because you looked at p")


def test_a_customer_of_very_many_events_is_answered() -> None:
    rows: list[tuple[str | None, str | None, int]] = [
        ("much", f"p{n % 3000}", n) for n in range(100_000)
    ]
    rows += [(f"c{n}", f"p{n % 3000}", n) for n in range(300)] + [("c1", "q", 999)]
    answer = recommend(shop_from_tables({"events": events_of(rows)}), customers="much", k=3)
    assert answer.table["product_id"].to_pylist() == ["q"]


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"k": 0}, "k is 0"),
        ({"k": 10**6}, "k is 1000000"),
        ({"given": "p99"}, "nearest known one is p\\d9"),
        ({"exclude": "P01"}, "'P01'"),
        ({"given": "p01", "customers": "客001"}, "Both"),
    ],
)
def test_what_cannot_be_done_is_refused(shop: Shop, wrong: dict[str, Any], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        recommend(shop, **wrong)


@pytest.mark.parametrize(
    "rows", [[(None, "x", 1)], [("a", None, 1)]], ids=["nobody known", "no product"]
)
def test_without_anything_touched_it_says_what_to_import(rows: list[Any]) -> None:
    with pytest.raises(MissingDataError, match="No known customer"):
        recommend(shop_from_tables({"events": events_of(rows)}))


def test_a_list_is_filled_by_how_popular_products_are_though_everybody_has_but_one() -> None:
    """Numbers of products leave out the two newest of each customer, which here is everything."""
    rows = [(f"c{who}", "ayz"[min(who // 2, 2)], who) for who in range(10)]
    answer = recommend(shop_from_tables(orders_of(rows)), customers="new", k=3)
    assert answer.table["product_id"].to_pylist()[0] == "z"
    assert answer.table["reason_en"].to_pylist()[0] == "Popular: looked at or bought by 6 customers"
