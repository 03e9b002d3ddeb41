"""The judgement of recommendations: nothing of the held-out days is learned, and exposure adds up."""

import io
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.proof.ask import judge_recommendations
from shopkeeper.proof.exposure import gini, shares
from shopkeeper.proof.recommending import NEVER, held_out, judged
from shopkeeper.proof.slicing import slices
from shopkeeper.settings import Settings
from shopkeeper.surfaces.console import Screen
from tests.surfaces.test_chinese import foreign

START, PRODUCTS, CUSTOMERS = datetime(2025, 1, 1), 30, 200


def events() -> pa.Table:
    """Everybody walks a ring of products, a step every nine days, now and then elsewhere; one is never shown twice."""
    draw = np.random.default_rng(5)
    rows = []
    for who in range(CUSTOMERS):
        at, day = int(draw.integers(PRODUCTS)), float(draw.uniform(0, 9)) + 9 * (2 - who % 3)
        for _ in range(7 + who % 3):
            # Some have come later, so that histories differ in length.
            rows.append((f"客{who:03d}", f"p{at:02d}", START + timedelta(days=day)))
            at = (at + 1 if draw.random() < 0.8 else int(draw.integers(PRODUCTS))) % PRODUCTS
            day += 9
    cut = max(moment for _, _, moment in rows) - timedelta(days=28)
    rows.append(("客001", "late", cut + timedelta(seconds=1)))
    return pa.table({
        "event_id": [f"e{n}" for n in range(len(rows))], "name": ["Product Viewed"] * len(rows),
        "customer_id": [row[0] for row in rows], "product_id": [row[1] for row in rows],
        "happened_at": pa.array([row[2] for row in rows], pa.timestamp("us")),
    })  # fmt: skip


def products() -> pa.Table:
    names = [f"p{n:02d}" for n in range(PRODUCTS)]
    return pa.table({
        "product_id": names, "title": [f"杯 {name}" for name in names], "seller_id": [f"s{n % 3}" for n in range(PRODUCTS)],
        "brand": [None if n % 5 == 0 else f"b{n % 2}" for n in range(PRODUCTS)],
        "price": pa.array([float(10 + n) for n in range(PRODUCTS)]),
    })  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Shop:
    tables = {"events": events(), "products": products()}
    return shop_from_tables(tables, settings=Settings(minimum_count=20))


@pytest.fixture(scope="module")
def answer(shop: Shop) -> Answer:
    return judge_recommendations(shop)


def rows_of(answer: Answer, table: str = "", **wanted: Any) -> list[dict[str, Any]]:
    rows = (answer.evidence[table] if table else answer.table).to_pylist()
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_nothing_that_was_touched_in_the_held_out_days_is_known_before(shop: Shop) -> None:
    held = held_out(shop, days=28, seed=0)
    assert held.after == max(events()["happened_at"].to_pylist()) - timedelta(days=28)
    first: dict[str, str] = {}
    known: dict[str, set[str]] = {}
    for row in sorted(events().to_pylist(), key=lambda row: row["happened_at"]):
        who, what = row["customer_id"], row["product_id"]
        if row["happened_at"] <= held.after:
            known.setdefault(who, set()).add(what)
        elif what not in known.get(who, set()):
            first.setdefault(who, what)
    names = held.touched.products.to_pylist()
    assert "late" not in names
    told = Counter(
        (frozenset(names[n] for n in held.past.histories.row(row)), names[target] if target >= 0 else "late")
        for row, target in enumerate(held.past.targets.tolist())
    )  # fmt: skip
    expected = Counter((frozenset(known[who]), what) for who, what in first.items())
    assert told == expected and sum(told.values()) > 150
    done = judged(held, seed=0)
    absent = held.past.targets < 0
    assert absent.sum() == 1 and (done.places["transitions"][absent] == NEVER).all()
    for lists in done.lists.values():
        for row in range(len(lists)):
            assert not set(lists[row].tolist()) & set(held.past.histories.row(row).tolist())


def test_customers_are_told_apart_by_the_age_and_category_of_what_they_came_upon(
    shop: Shop,
) -> None:
    rows = products().append_column(
        "category", pa.array(["cups" if n < 20 else "" for n in range(PRODUCTS)])
    )
    held = held_out(shop_from_tables({"events": events(), "products": rows}), days=28, seed=0)
    names, targets = held.touched.products.to_pylist(), held.past.targets
    first: dict[str, datetime] = {}
    for row in events().to_pylist():
        first[row["product_id"]] = min(
            row["happened_at"], first.get(row["product_id"], row["happened_at"])
        )
    ages = [(held.after - first[name]) / timedelta(days=1) for name in names]
    assert held.age == pytest.approx(ages)
    young = np.where(np.arange(len(names)) % 3 == 0, 12.0, 31.0)
    parts = {
        (by, name): who
        for by, name, who in slices(
            held.touched, held.known, held.past.histories.lengths, targets, young
        )
    }
    there = targets >= 0
    assert parts["age", "new"].tolist() == [n >= 0 and n % 3 == 0 for n in targets.tolist()]
    assert (parts["age", "new"] | parts["age", "older"]).tolist() == there.tolist()
    cups = [n >= 0 and int(names[n][1:]) < 20 for n in targets.tolist()]
    assert parts["category", "cups"].tolist() == cups and 0 < sum(cups) < there.sum()
    assert {by for by, _ in parts} == {"all", "history", "demand", "age", "category"}


def test_the_better_method_is_told_to_be_better_than_both_baselines(answer: Answer) -> None:
    (own,) = rows_of(answer, method="transitions", slice="all")
    (last,) = rows_of(answer, method="last_item", slice="all")
    assert own["ahead_low"] > 0.2 and own["ahead_of_last"] == pytest.approx(own["ndcg"] - last["ndcg"])  # fmt: skip
    assert last["ahead_of_last"] is None
    assert "Better than the popular products" in answer.summary[1].en
    assert "优于热门商品" in answer.summary[1].zh
    assert any("1 customer whose product nobody had touched" in words.en for words in answer.limits)
    (routed,) = rows_of(answer, method="routed", slice="all")
    assert routed["ahead_low"] > 0.2
    sliced = {row["slice"]: row["customers"] for row in rows_of(answer, method="popular")}
    assert sliced["much wanted"] + sliced["little wanted"] == sliced["all"] - 1


def test_exposure_adds_up_and_is_uneven_where_everybody_is_shown_the_same(answer: Answer) -> None:
    for by, groups in (("seller", 3), ("brand", 2), ("price", 4)):
        rows = rows_of(answer, "exposure", by=by, method="transitions")
        assert len(rows) == groups
        assert sum(row["shown"] for row in rows) == pytest.approx(1)
        assert sum(row["touched"] for row in rows) == pytest.approx(1)
        assert rows[0]["gini"] == pytest.approx(gini(np.array([row["shown"] for row in rows])))
    own, popular = (
        rows_of(answer, "beyond", method=name)[0] for name in ("transitions", "popular")
    )
    assert own["coverage"] == 1.0 > popular["coverage"]
    assert own["gini"] < popular["gini"] and own["novelty"] > popular["novelty"]
    assert own["gap_low"] <= own["gap"] <= own["gap_high"]
    assert shares(np.array([[0, -1]]), np.array([-1]), 2).tolist() == [0.0, 0.0]


def test_a_terminal_in_chinese_shows_no_english(answer: Answer) -> None:
    screen = io.StringIO()
    Screen(screen, "zh").answer(answer, rows=200)
    # Names of sellers and brands, and of the measures that have no other.
    names = {"s0", "s1", "s2", "b0", "b1", "IPS", "SNIPS", "log"}
    assert "展示占比" in screen.getvalue()
    assert not foreign(screen.getvalue()) - names


def log(shop: Shop, folder: Path, good: float, rows: int = 6_000) -> Path:
    """Products shown with equal chance; what comes next on the ring earns 0.5, all else 0.1."""
    held = held_out(shop, days=28, seed=0)
    draw = np.random.default_rng(1)
    names = held.touched.products.to_pylist()
    people = draw.integers(0, len(held.touched.customers), rows)
    shown = draw.integers(0, PRODUCTS, rows)
    after = [(int(names[held.touched.histories.row(who)[-1]][1:]) + 1) % PRODUCTS for who in people]
    right = np.array([int(names[what][1:]) for what in shown]) == np.array(after)
    customers = held.touched.customers.take(pa.array(people)).to_pylist()
    customers[0] = "stranger"
    path = folder / "log.parquet"
    pq.write_table(pa.table({
        "customer_id": customers, "product_id": [names[what] for what in shown],
        "propensity": np.full(rows, 1 / PRODUCTS),
        "reward": (draw.random(rows) < np.where(right, good, 0.1)).astype(float),
    }), path)  # fmt: skip
    return path


def test_a_log_tells_what_each_method_would_have_earned(shop: Shop, tmp_path: Path) -> None:
    answer = judge_recommendations(shop, log=log(shop, tmp_path, good=0.9))
    (own,) = rows_of(answer, "off_policy", method="transitions", estimate="snips")
    (logged,) = rows_of(answer, "off_policy", method="transitions", estimate="logged")
    # One of the ten is what comes next in nearly every list: 0.9 · 0.1 + 0.1 · 0.9.
    assert own["low"] < 0.18 < own["high"] and logged["high"] < own["low"]
    assert len(rows_of(answer, "off_policy", method="transitions")) == 4
    assert own["effective"] > 1_000 and own["showings"] == 5_999
    assert any("1 showing to customers" in words.en for words in answer.limits)


def test_a_log_that_says_too_little_is_refused_for_each_method(shop: Shop, tmp_path: Path) -> None:
    answer = judge_recommendations(shop, log=log(shop, tmp_path, good=0.9, rows=60))
    rows = rows_of(answer, "off_policy")
    assert {row["estimate"] for row in rows} == {"none"}
    assert all(row["earned"] is None and row["effective"] < 50 for row in rows)
    assert any("Nothing is estimated for transitions" in words.en for words in answer.limits)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("customer_id,product_id,reward\na,b,1\n", "no column propensity"),
        ("customer_id,product_id,propensity,reward\na,b,often,1\n", "no number"),
        ("customer_id,product_id,propensity,reward\na,b,0.5,1\na,b,,1\n", "Row 2 has no propensity"),
        ("customer_id,product_id,propensity,reward\na,b,7,1\n", "propensity in row 1 is 7"),
        ("", "cannot be read"),
        (None, "cannot be read"),
    ],
)  # fmt: skip
def test_a_log_that_is_none_is_told(shop: Shop, tmp_path: Path, text: str | None, found: str) -> None:  # fmt: skip
    path = tmp_path / "log.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=found):
        judge_recommendations(shop, log=path)


def test_days_without_anything_before_or_after_are_told(shop: Shop) -> None:
    with pytest.raises(MissingDataError, match="before the last 200 days"):
        judge_recommendations(shop, days=200)
    with pytest.raises(UsageError, match="days is 0"):
        judge_recommendations(shop, days=0)
    with pytest.raises(MissingDataError):
        judge_recommendations(shop_from_tables({}))
