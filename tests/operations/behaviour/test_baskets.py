"""The answer of `baskets`, held against counting by hand."""

import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.ask_further import baskets
from shopkeeper.operations.behaviour.together.measures import (
    against,
    expected_by_size,
    lift,
)
from shopkeeper.settings import Settings

pytestmark = pytest.mark.usefixtures("no_least_cell")

AT = datetime(2025, 5, 1, 10)
Lines = list[tuple[int, str, int]]


def shop_of(
    lines: Lines,
    *,
    status: dict[int, str] | None = None,
    views: list[tuple[str, str]] | None = None,
) -> Shop:
    """Make a shop of lines (order, product, quantity); views are session and product."""
    numbers = sorted({order for order, _, _ in lines})
    orders = pa.table({
        "order_id": [f"o{n}" for n in numbers], "customer_id": [f"c{n % 7}" for n in numbers],
        "ordered_at": [AT] * len(numbers),
        "status": [(status or {}).get(n, "paid") for n in numbers]})  # fmt: skip
    items = pa.table({
        "order_id": [f"o{one[0]}" for one in lines], "line": list(range(len(lines))),
        "product_id": [one[1] for one in lines], "quantity": [one[2] for one in lines],
        "price": [5] * len(lines)})  # fmt: skip
    tables = {"orders": orders, "order_items": items}
    if views:
        tables["events"] = pa.table({
            "event_id": [f"e{n:05d}" for n in range(len(views))], "name": ["Product Viewed"] * len(views),
            "happened_at": [AT + timedelta(seconds=n) for n in range(len(views))],
            "session_id": [one[0] for one in views], "product_id": [one[1] for one in views]})  # fmt: skip
    return shop_from_tables(tables, settings=Settings(minimum_count=1))


def pairs(answer: Answer) -> dict[frozenset[str], dict[str, Any]]:
    return {frozenset((row["item"], row["other_item"])): row for row in answer.table.to_pylist()}


LINES = st.lists(
    st.tuples(
        st.integers(0, 9), st.sampled_from(["茶", "b", "c", "d"]), st.sampled_from([1, 2, -1, 0])
    ),
    min_size=8,
    max_size=60,
)


@settings(max_examples=15, deadline=None)
@given(LINES)
def test_counts_and_measures_equal_counting_by_hand(lines: Lines) -> None:
    held: dict[int, set[str]] = {}
    for order, product, quantity in lines:
        if order % 4 and quantity > 0:
            held.setdefault(order, set()).add(product)
    shop = shop_of(lines, status=dict.fromkeys(range(0, 10, 4), "cancelled"))
    both = Counter(frozenset(two) for one in held.values() for two in combinations(one, 2))
    if not both:
        with pytest.raises(MissingDataError):
            baskets(shop)
        return
    single = Counter(product for one in held.values() for product in one)
    beside = Counter({p: sum(len(o) - 1 for o in held.values() if p in o) for p in single})
    ends, own = sum(beside.values()), float(sum(n * n for n in beside.values()))
    found = pairs(baskets(shop))
    assert set(found) == {pair for pair, count in both.items() if count >= 5}
    for pair, row in found.items():
        first, second = row["item"], row["other_item"]
        assert single[first] <= single[second]
        assert row["together"] == both[pair]
        for name, base in (
            ("support", len(held)),
            ("confidence", single[first]),
            ("back", single[second]),
        ):
            wilson = proportion(both[pair], base)
            shown = (row[name], row[f"{name}_low"], row[f"{name}_high"])
            assert shown == (wilson.value, wilson.low, wilson.high)
        assert row["lift"] == pytest.approx(both[pair] * len(held) / single[first] / single[second])
        assert row["lift_low"] <= row["lift"] <= row["lift_high"]
        expected = beside[first] * beside[second] / (ends - own / ends)
        assert row["expected"] == pytest.approx(expected)
        assert row["size_lift"] == pytest.approx(both[pair] / expected)


def test_the_interval_of_a_lift_holds_the_truth_as_often_as_it_says() -> None:
    draw, p1, p2, true = np.random.default_rng(3), 0.1, 0.08, 2.5
    both = true * p1 * p2
    counts = draw.multinomial(3000, [both, p1 - both, p2 - both, 1 - p1 - p2 + both], size=2000)
    _, low, high = lift(counts[:, 0], counts[:, :2].sum(1), counts[:, 0] + counts[:, 2], 3000)
    assert 0.93 < ((low <= true) & (true <= high)).mean() < 0.97


def test_orders_drawn_by_chance_alone_are_seldom_called_together() -> None:
    """Mostly one thing in an order: plain lifts lie far below one, those by size about one."""
    draw, products, p_values, ratios, plain = np.random.default_rng(5), 25, [], [], []
    weight = draw.dirichlet(np.full(products, 2.0))
    for _ in range(12):
        sizes = draw.choice([1, 2, 3], 1500, p=[0.7, 0.2, 0.1])
        held = np.zeros((len(sizes), products), np.int64)
        for row, size in enumerate(sizes):
            held[row, draw.choice(products, size, replace=False, p=weight)] = 1
        both, size = held.T @ held, held.sum(1)
        beside, ends = ((size - 1)[:, None] * held).sum(0), int((size * (size - 1)).sum())
        one, other = np.triu_indices(products, 1)
        expected = expected_by_size(beside[one], beside[other], ends, float((beside**2).sum()))
        p_values.append(against(both[one, other], expected)[3])
        ratios.append(both[one, other].sum() / expected.sum())
        plain.append(both[one, other].sum() / (held.sum(0)[one] * held.sum(0)[other] / 1500).sum())
    assert (np.concatenate(p_values) < 0.05).mean() < 0.05
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)
    assert np.mean(plain) < 0.7


def planted() -> tuple[Lines, list[tuple[str, str]]]:
    """Two things that go together, two of which one is taken, and others by chance."""
    draw = np.random.default_rng(9)
    lines: Lines = []
    views: list[tuple[str, str]] = []
    for order in range(600):
        held = set(draw.choice([f"x{n}" for n in range(8)], 2, replace=False).tolist())
        if order % 3 == 0:
            held |= {"tea", "pot"}
        if order % 3 == 1:
            seen = ["red cup", "blue cup"]
            views += [(f"s{order}", product) for product in seen]
            held.add(seen[int(draw.integers(2))])
        views += [(f"s{order}", product) for product in sorted(held)]
        lines += [(order, product, 1) for product in sorted(held)]
    return lines, views


def test_complements_and_substitutes_that_were_planted_are_told_apart() -> None:
    lines, views = planted()
    answer = baskets(shop_of(lines, views=views), minimum_count=20)
    found = pairs(answer)
    assert found[frozenset(("tea", "pot"))]["relation"] == "complement"
    assert found[frozenset(("red cup", "blue cup"))]["relation"] == "substitute"
    sure = {pair for pair, row in found.items() if row["relation"] != "undecided"}
    # Benjamini–Hochberg lets one in twenty be wrong.
    assert len(sure) <= 4
    assert answer.chart is not None
    silent = baskets(shop_of(lines), minimum_count=20)
    assert {row["relation"] for row in silent.table.to_pylist()} <= {"complement", "undecided"}
    assert any("no views" in words.en for words in silent.limits)


def test_a_basket_of_a_million_products_is_left_out_and_told() -> None:
    lines, _ = planted()
    huge = 1_000_000
    orders = pa.table({"order_id": ["huge"], "ordered_at": [AT], "status": ["paid"]})
    items = pa.table({
        "order_id": ["huge"] * huge, "line": np.arange(huge), "quantity": np.ones(huge, np.int64),
        "product_id": [f"h{n}" for n in range(huge)], "price": np.ones(huge)})  # fmt: skip
    small = shop_of(lines)
    tables = {
        "orders": pa.concat_tables([small.orders.to_pyarrow(), orders], promote_options="permissive"),
        "order_items": pa.concat_tables([small.order_items.to_pyarrow(), items], promote_options="permissive"),
    }  # fmt: skip
    answer = baskets(shop_from_tables(tables, settings=Settings(minimum_count=20)))
    parts = {row["part"]: row["baskets"] for row in answer.evidence["parts"].to_pylist()}
    assert (parts["baskets"], parts["too_large"]) == (600, 1)
    assert answer.table.equals(baskets(small, minimum_count=20).table)
    assert any("left out" in words.en for words in answer.limits)


def test_cross_shop_and_decisions_are_of_customers() -> None:
    """Two categories of which every customer of one buys the other; two teas that nobody joins."""
    lines: Lines = [(n, ["green tea", "black tea", "cup"][n // 7 % 3], 1) for n in range(42)]
    lines += [(n, "spoon", 1) for n in range(0, 42, 2)]
    small = shop_of(lines)
    products = pa.table({
        "product_id": ["green tea", "black tea", "cup", "spoon"],
        "category": ["tea", "tea", "china", "china"]})  # fmt: skip
    tables = {"orders": small.orders.to_pyarrow(), "order_items": small.order_items.to_pyarrow()}
    shop = shop_from_tables({**tables, "products": products}, settings=Settings(minimum_count=1))
    crossed = baskets(shop).evidence["cross_shop"].to_pylist()
    assert [(row["group"], row["other"], row["both"], row["share"]) for row in crossed] == [
        ("china", "tea", 7, 1.0), ("tea", "china", 7, 1.0)
    ]  # fmt: skip
    decided = baskets(shop).evidence["decisions"].to_pylist()
    assert [row["step"] for row in decided] == [1, 2, 3]
    assert decided[-1]["items"] == 4
    for row in decided:
        assert row["distance_low"] <= row["distance"] <= row["distance_high"]
    # All four are one branch in every tree, and which two are joined first is told by seven customers.
    assert decided[-1]["recurs"] == 1.0
    assert 0.2 < decided[0]["recurs"] <= 1.0
    by_category = baskets(shop, by="category")
    assert pairs(by_category)[frozenset(("tea", "china"))]["together"] == 14


def test_every_number_in_a_sentence_stands_in_a_table() -> None:
    lines, views = planted()
    answer = baskets(shop_of(lines, views=views), minimum_count=20)
    cells = {f"{row['baskets']:,}" for row in answer.evidence["parts"].to_pylist()}
    for row in answer.table.to_pylist():
        cells |= {f"{row[f'size_lift{end}']:.1f}" for end in ("", "_low", "_high")}
        cells.add(f"{row['together']:,}")
    for words in answer.summary:
        for text in (words.en, words.zh):
            said = re.findall(r"\d[\d,]*(?:\.\d+)?%?", re.sub(r"x\d", "", text))
            assert set(said) <= cells, text


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="No paid order holds two"):
        baskets(shop_from_tables({}))
    with pytest.raises(MissingDataError, match="No paid order holds two"):
        baskets(shop_of([(1, "a", 1), (2, "b", 1)]))
    with pytest.raises(MissingDataError, match="told apart by brand"):
        baskets(shop_of([(1, "a", 1), (1, "b", 1)]), by="brand")
    with pytest.raises(UsageError, match="1 or more"):
        baskets(shop_of([(1, "a", 1), (1, "b", 1)]), minimum_count=0)
