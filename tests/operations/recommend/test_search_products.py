"""The verb `search_products`: what it finds, what it leaves out and says, and how it is judged."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, SettingsError, UsageError
from shopkeeper.language import blending
from shopkeeper.operations.recommend import search_products
from shopkeeper.operations.recommend.rulebook import FILE
from shopkeeper.operations.recommend.viewer import LOG

START = datetime(2025, 3, 1)
THINGS = [
    ("earphones", "耳机"),
    ("frying pan", "平底锅"),
    ("running shoes", "跑步鞋"),
    ("green tea", "绿茶"),
]
COLOURS = [("white", "白色"), ("black", "黑色"), ("navy", "藏青")]


def tables() -> dict[str, pa.Table]:
    """Twelve products; searches for a thing lead to the thing in some colour, half of them to a purchase."""
    draw = np.random.default_rng(1)
    names = [(thing, colour) for thing in THINGS for colour in COLOURS]
    ids = [f"p{n:02d}" for n in range(len(names))]
    asked = [(int(n), int(draw.integers(4)), int(draw.integers(3))) for n in range(240)]
    return {
        "products": pa.table({
            "product_id": ids, "title": [f"{t[1]} {c[1]} | {t[0]}, {c[0]}" for t, c in names],
            "category": [f"k{n // 3}" for n in range(12)], "brand": [f"b{n % 3}" for n in range(12)],
            "price": [None if n == 11 else 10.0 * (n + 1) for n in range(12)], "currency": ["CNY"] * 12,
            "stock": [0 if n == 1 else None if n == 2 else 5 for n in range(12)],
            "description": [None if n == 5 else "for a birthday gift" for n in range(12)]}),
        "categories": pa.table({"category": ["k1"], "language": ["en"], "name": ["Kitchenware"]}),
        "searches": pa.table({
            "search_id": [f"s{n}" for n, _, _ in asked], "query": [THINGS[t][n % 2] for n, t, _ in asked],
            "session_id": [f"v{n}" for n, _, _ in asked],
            "searched_at": [START + timedelta(minutes=n) for n, _, _ in asked],
            "clicked_product_id": [ids[3 * t + c] for _, t, c in asked]}),
        "events": pa.table({
            "event_id": [f"e{n}" for n, _, _ in asked], "session_id": [f"v{n}" for n, _, _ in asked],
            "name": ["Order Completed" if n % 2 else "Product Viewed" for n, _, _ in asked],
            "customer_id": [f"c{n % 9}" for n, _, _ in asked],
            "product_id": [ids[3 * t + c] for _, t, c in asked],
            "happened_at": [START + timedelta(minutes=n, seconds=30) for n, _, _ in asked]}),
        "orders": pa.table({"order_id": ["o"], "customer_id": ["c1"], "ordered_at": [START]}),
        "order_items": pa.table({
            "order_id": ["o"], "line": [1], "product_id": ["p00"], "quantity": [1], "price": [10.0]}),
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _no_encoder() -> Any:
    """Match by words and spelling alone; what an encoder adds is measured in benchmarks/search.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blending, "encoder_there", lambda: False)
        yield


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_from_tables(tables())


def found(shop: Shop, query: str, **more: Any) -> list[str]:
    return search_products(shop, query=query, **more).table["product_id"].to_pylist()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("earphnes", {"p00", "p01", "p02"}),
        ("耳机 黑色", {"p01"}),
        ("navy pan", {"p05"}),
        ("kitchenware", {"p03", "p04", "p05"}),
        ("green tea", {"p09", "p10", "p11"}),
        ("birthday", {f"p{n:02d}" for n in range(12) if n != 5}),
    ],
)
def test_what_was_meant_is_found(shop: Shop, query: str, first: set[str]) -> None:
    assert set(found(shop, query, k=1000)[: len(first)]) == first


def test_each_product_says_what_it_has_of_the_query(shop: Shop) -> None:
    rows = search_products(shop, query="white pan").table.to_pylist()
    assert rows[0]["product_id"] == "p03" and rows[0]["reason_en"] == "Has every word of the search"
    assert rows[0]["price"] == 40.0 and rows[0]["in_stock"] is True
    assert {row["reason_zh"] for row in rows[1:]} == {"包含部分搜索词"}
    spelled = search_products(shop, query="blak").table.to_pylist()[0]
    assert spelled["reason_en"].endswith("beside the title or spelled differently")
    corrections = search_products(shop, query="blak").evidence["corrections"].to_pylist()
    assert corrections == [{"query": "blak", "term": "blak", "meant": "black"}]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"category": "k0"}, {"p00", "p01", "p02"}),
        ({"brand": "b1"}, {"p01", "p04", "p07", "p10"}),
        ({"price_min": 105}, {"p10"}),
        ({"price_max": 20}, {"p00", "p01"}),
        ({"in_stock": True, "category": "k0"}, {"p00"}),
        ({"exclude": "p00", "category": "k0"}, {"p01", "p02"}),
    ],
)
def test_filters_let_through_only_what_they_say_and_are_counted(
    shop: Shop, filters: dict[str, Any], left: set[str]
) -> None:
    answer = search_products(shop, query="birthday 耳机", k=100, **filters)
    assert set(answer.table["product_id"].to_pylist()) == left
    rows = {row["rule"]: row for row in answer.evidence["ruled_out"].to_pylist()}
    assert rows["filter"]["removed"] + rows["asked_for"]["removed"] == 11 - len(left), (
        "p05 is no gift"
    )


def test_rules_hold_and_nothing_of_whoever_opted_out_is_looked_at(shop: Shop) -> None:
    own = shop_from_tables(tables())
    (own.path / FILE).write_text(
        "[search_products]\nexclude.bought = true\nexclude.out_of_stock = true\nboost.products = {p02 = 3}\n"
        "channels.app = ['k0']\n", encoding="utf-8")  # fmt: skip
    assert found(own, "earphones", customer="c1") == ["p02"]
    assert found(own, "earphones", customer="c1", opted_out="c1") == ["p02", "p00"]
    assert '"verb": "search_products", "lists": 1, "by_request": 1' in (own.path / LOG).read_text(
        encoding="utf-8"
    )
    assert set(found(own, "birthday", channel="app", k=50)) == {"p00", "p02"}
    (own.path / FILE).write_text("[search_product]\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="search_products"):
        found(own, "earphones")


def test_diversity_holds_in_a_search(shop: Shop) -> None:
    own = shop_from_tables(tables())
    before = found(own, "earphones birthday", k=3)
    (own.path / FILE).write_text("diversity.weight = 0.9", encoding="utf-8")
    after = found(own, "earphones birthday", k=3)
    assert len({int(name[1:]) // 3 for name in after}) > len(
        {int(name[1:]) // 3 for name in before}
    )


def test_without_a_query_the_commonest_are_answered_and_judged_by_clicks_and_purchases(
    shop: Shop,
) -> None:
    answer = search_products(shop, k=3)
    queries = answer.evidence["queries"].to_pylist()
    assert [row["searches"] for row in queries] == sorted(
        (row["searches"] for row in queries), reverse=True
    )
    assert sum(row["searches"] for row in queries) == 240 and all(
        row["found"] == 3 for row in queries
    )
    rows = {
        (row["target"], row["method"]): row for row in answer.evidence["search_quality"].to_pylist()
    }
    assert (
        rows["clicked", "hybrid"]["searches"] == 240 and rows["bought", "hybrid"]["searches"] == 120
    )
    assert rows["clicked", "hybrid"]["recall"] == 1.0
    assert rows["clicked", "hybrid"]["ndcg"] == pytest.approx(
        (1 + 1 / np.log2(3) + 1 / 2) / 3, abs=0.08
    )
    assert rows["clicked", "hybrid"]["ahead_low"] > 0
    told = "".join(words.zh for words in answer.summary)
    assert f"所点击商品的前十名 NDCG 为 {rows['clicked', 'hybrid']['ndcg']:.3f}" in told


def test_an_answer_without_results_says_so(shop: Shop) -> None:
    for query in ("zzzz", "？！", "the"):
        answer = search_products(shop, query=query)
        assert answer.table.num_rows == 0
        assert any("Nothing that may be shown answers" in words.en for words in answer.summary)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"k": 0}, "k is 0"),
        ({"k": 10**6}, "k is 1000000"),
        ({"query": "x" * 501}, "The query has 501 characters"),
        ({"price_min": 9.0, "price_max": 3.0}, "The lowest price 9 is above the highest 3"),
        ({"exclude": "p99"}, "nearest known one is p09"),
        ({"channel": "app"}, "names no channels"),
    ],
)
def test_what_cannot_be_done_is_refused(shop: Shop, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        search_products(shop, **({"query": "pan"} | wrong))


def test_one_product_without_any_text_is_enough_and_none_is_not() -> None:
    one = shop_from_tables({"products": pa.table({"product_id": ["x"]})})
    assert found(one, "x") == []
    with pytest.raises(MissingDataError, match="No search of the shop is known"):
        found(one, "")
    none = shop_from_tables({"orders": tables()["orders"]})
    with pytest.raises(MissingDataError, match="No product is listed"):
        found(none, "x")


def test_only_so_many_new_titles_are_read_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    class Letters:
        """An encoder that counts what it reads."""

        space, read = "letters", 0

        def __init__(self, **_: Any) -> None:
            pass

        def vectors(self, texts: Any) -> np.ndarray:
            Letters.read += len(texts)
            return np.ones((len(texts), 2), np.float32)

    monkeypatch.setattr(blending, "encoder_there", lambda: True)
    monkeypatch.setattr(blending, "SentenceEncoder", Letters)
    monkeypatch.setattr(blending, "NEW_TITLES", 4)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    answer = search_products(shop_from_tables(tables()), query="pan")
    assert Letters.read == 4 + 1
    assert any(
        "found by words and spelling alone: 8 products" in words.en for words in answer.limits
    )


def test_relevance_of_real_queries_agrees_with_people_without_an_encoder(real_data: Any) -> None:
    import csv
    import hashlib

    from scipy.stats import spearmanr

    path = real_data / "home_depot" / "relevance_70.csv"
    if not path.is_file():
        pytest.skip("no home_depot data set")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file)
                if int(hashlib.sha256(row["search_term"].encode()).hexdigest(), 16) % 10 == 6]  # fmt: skip
    rows = [row for row in rows if int(row["id"]) % 8 == 0]
    search = blending.Search([row["product_title"] for row in rows], encoder=False)
    nothing = np.zeros(len(rows), np.float32)
    score = [
        blending.expected(search.matcher.facts(row["search_term"]), nothing)[n]
        for n, row in enumerate(rows)
    ]
    agreed = spearmanr(score, [float(row["relevance"]) for row in rows]).statistic
    assert len(rows) > 500 and agreed > 0.36
