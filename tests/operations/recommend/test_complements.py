"""The verb `complements`: what goes with what, what only looks like it, and who is due again."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import discovered
from shopkeeper.operations.recommend.basket_reading import Baskets
from shopkeeper.operations.recommend.complements_ask import complements
from shopkeeper.operations.recommend.rulebook import FILE
from shopkeeper.operations.recommend.together import Together
from shopkeeper.operations.recommend.viewer import LOG

START = datetime(2025, 1, 1)
SOLD = 24
DAYS = {"tea": 30, "soap": 12}


def orders_of(rows: list[tuple[str, datetime, list[str]]]) -> dict[str, pa.Table]:
    """Make orders of customers at a moment, each with some products."""
    ids = [f"o{n:05d}" for n in range(len(rows))]
    lines = [(ids[n], at + 1, name) for n, row in enumerate(rows) for at, name in enumerate(row[2])]
    return {
        "orders": pa.table({
            "order_id": ids, "customer_id": [row[0] for row in rows], "ordered_at": [row[1] for row in rows]}),
        "order_items": pa.table({
            "order_id": [line[0] for line in lines], "line": [line[1] for line in lines],
            "product_id": [line[2] for line in lines], "quantity": [1] * len(lines), "price": [5.0] * len(lines)}),
    }  # fmt: skip


def made(seed: int = 3) -> dict[str, pa.Table]:
    """a and b go together, and with c as three; a and a' are looked at together and never both bought."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[str, datetime, list[str]]] = []
    others = [f"n{n:02d}" for n in range(20)]
    for n in range(900):
        some = [str(name) for name in draw.choice(others, 2, replace=False)]
        some += ["a", "b"] if n % 6 == 0 else ["a'"] if n % 6 == 3 else []
        some += ["c"] if n % 12 == 0 else []
        rows.append((f"u{n % 300:03d}", START + timedelta(hours=int(n)), some))
    seen = [
        (f"v{n}", name)
        for n in range(200)
        for name in (("a", "a'") if n % 2 else ("n00", str(draw.choice(others[1:]))))
    ]
    names = ["a", "a'", "b", "c", *others]
    return orders_of(rows) | {
        "events": pa.table({
            "event_id": [f"e{n}" for n in range(len(seen))], "name": ["Product Viewed"] * len(seen),
            "session_id": [row[0] for row in seen], "product_id": [row[1] for row in seen],
            "happened_at": [START + timedelta(minutes=n) for n in range(len(seen))]}),
        "products": pa.table({
            "product_id": names, "title": [f"品 {name}" for name in names],
            "category": ["k0", "k0", "k1", "k2"] + [f"k{n % 3 + 3}" for n in range(20)],
            "price": [10.0, 11.0, 12.0, 13.0] + [5.0] * 20, "currency": ["CNY"] * 24}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_from_tables(made())


@pytest.fixture(scope="module")
def answer(shop: Shop) -> Answer:
    return complements(shop)


def beside(answer: Answer, product: str | None) -> list[dict[str, Any]]:
    return [row for row in answer.table.to_pylist() if row["product_id"] == product]


def test_what_is_bought_together_is_found_with_its_lift_and_a_true_reason(answer: Answer) -> None:
    first = beside(answer, "a")[0]
    assert first["complement_id"] == "b" and first["baskets"] == 150
    assert 1 < first["low"] < first["lift"] < first["high"]
    assert first["reason_en"] == (
        f"Bought together in 150 baskets, {first['lift']:.1f} times as often as by chance"
    )
    assert first["reason_zh"] == f"同单购买 150 次，为偶然情况的 {first['lift']:.1f} 倍"
    assert {row["complement_id"] for row in beside(answer, "a")} == {"b", "c"}


def test_what_is_only_looked_at_together_is_a_substitute_and_no_complement(answer: Answer) -> None:
    row = answer.evidence["substitutes"].to_pylist()[0]
    assert {row["product_id"], row["other_id"]} == {"a", "a'"} and row["visits"] == 100
    assert row["baskets"] == 0
    assert "a'" not in {one["complement_id"] for one in beside(answer, "a")}


def test_bundles_have_support_an_interval_and_a_price(answer: Answer) -> None:
    bundles = answer.evidence["bundles"].to_pylist()
    three = next(row for row in bundles if row["size"] == 3)
    assert set(three["product_ids"].split(", ")) == {"a", "b", "c"} and three["baskets"] == 75
    assert three["price"] == 35.0 and 1 < three["low"] < three["lift"] < three["high"]
    assert three["share"] == pytest.approx(75 / 900)
    assert {row["size"] for row in bundles} == {2, 3}
    assert f"{len(bundles):,} 个两件或三件的组合" in "".join(words.zh for words in answer.summary)


def test_by_chance_alone_nothing_is_called_together() -> None:
    found = 0
    for seed in range(40):
        draw = np.random.default_rng(seed)
        sizes = draw.integers(2, 5, 300)
        some = [np.sort(draw.choice(SOLD, int(size), replace=False)) for size in sizes]
        baskets = Baskets(np.repeat(np.arange(300), sizes), np.concatenate(some), 300)
        found += bool(baskets.together(np.zeros(SOLD, np.int64)).sure.any())
    assert found <= 5, "in one shop of twenty something is found by chance"


def test_the_lift_is_told_given_the_sizes_of_the_baskets() -> None:
    """In baskets of two drawn evenly no pair has a lift, though n·n ÷ N would expect twice as many."""
    pairs = [(one, other) for one in range(6) for other in range(one + 1, 6)]
    one, other = (np.array(some) for some in zip(*pairs, strict=True))
    even = Together(150, np.full(6, 50), one, other, np.full(15, 10), np.full(6, -1))
    assert even.lift == pytest.approx(np.ones(15))


def test_discoveries_are_as_benjamini_and_hochberg_say() -> None:
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(2).random(200) ** 4
    assert discovered(p, 200).tolist() == (false_discovery_control(p) <= 0.05).tolist()


def test_it_is_judged_on_the_latest_baskets_beside_the_popular(answer: Answer) -> None:
    rows = {row["method"]: row for row in answer.evidence["ranking_quality"].to_pylist()}
    assert rows["together"]["customers"] == 180
    assert rows["together"]["ahead_low"] > 0
    assert f"NDCG@10 {rows['together']['ndcg']:.3f}" in " ".join(
        words.en for words in answer.summary
    )


def test_a_cart_gets_one_list_that_names_what_it_rests_on(shop: Shop) -> None:
    rows = complements(shop, cart="n03, a", k=3).table.to_pylist()
    assert [row["complement_id"] for row in rows] == ["b", "c", "n08"]
    assert rows[0]["low"] > 1 and rows[2]["low"] is None and rows[2]["lift"] > 1
    assert rows[2]["reason_en"].endswith(f"in {rows[2]['baskets']} baskets, which may be chance")
    assert rows[2]["reason_zh"].endswith(f"同单购买 {rows[2]['baskets']} 次，可能出于偶然")
    assert rows[0]["product_id"] is None
    assert rows[0]["reason_en"].startswith("Bought together with 品 a in 150 baskets")
    assert rows[0]["reason_zh"].startswith("与「品 a」同单购买 150 次")


def test_an_empty_cart_gets_what_is_popular_and_says_so(shop: Shop) -> None:
    for cart in ("", " ， "):
        answer = complements(shop, cart=cart, k=4)
        rows = answer.table.to_pylist()
        assert len(rows) == 4 and all(row["reason_en"].startswith("Popular: in ") for row in rows)
        assert any("The cart is empty" in words.en for words in answer.limits)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"k": 0}, "k is 0"),
        ({"k": 10**6}, "k is 1000000"),
        ({"product": "bb"}, "nearest known one is b"),
        ({"cart": "zz"}, "No such product is listed"),
        ({"product": "a", "cart": ""}, "Both products and a cart"),
    ],
)
def test_what_cannot_be_done_is_refused(shop: Shop, wrong: dict[str, Any], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        complements(shop, **wrong)


def test_without_baskets_it_says_what_to_import() -> None:
    lone = orders_of([(f"u{n}", START, ["x"]) for n in range(40)])
    with pytest.raises(MissingDataError, match="No paid order holds two products"):
        complements(shop_from_tables(lone))


def test_duplicate_lines_and_a_wholesale_basket_count_for_nothing(
    shop: Shop, answer: Answer
) -> None:
    some = made()
    items = some["order_items"]
    twice = items.set_column(1, "line", pa.array([line + 50 for line in items["line"].to_pylist()]))
    whole = orders_of([("u", START, [f"w{n}" for n in range(100)])])
    whole = {name: pa.table({c: (["big"] * len(t) if c == "order_id" else t[c]) for c in t.column_names})
             for name, t in whole.items()}  # fmt: skip
    more = some | {
        "order_items": pa.concat_tables(
            [items, twice.cast(items.schema), whole["order_items"].cast(items.schema)]
        ),
        "orders": pa.concat_tables([some["orders"], whole["orders"].cast(some["orders"].schema)]),
    }
    again = complements(shop_from_tables(more), product="a")
    assert beside(again, "a") == beside(answer, "a")


@pytest.fixture(scope="module")
def kitchen() -> dict[str, pa.Table]:
    """Tea is used up in 30 days and soap in 12, each customer at a pace of their own; pots are not."""
    draw = np.random.default_rng(5)
    rows: list[tuple[str, datetime, list[str]]] = []
    for who in range(160):
        name = "tea" if who % 2 else "soap"
        day, pace = float(draw.integers(0, 20)), float(np.exp(draw.normal(0, 0.3)))
        while day < 180:
            rows.append(
                (
                    f"u{who:03d}",
                    START + timedelta(days=day),
                    [name, "pot"] if draw.random() < 0.05 else [name],
                )
            )
            day += DAYS[name] * pace * float(np.exp(draw.normal(0, 0.15)))
        rows += [
            (f"u{who:03d}", START + timedelta(days=int(draw.integers(0, 180))), [f"pan{who % 5}"])
        ]
    return orders_of(rows)


def test_refills_are_found_with_their_usual_days_and_due_dates_hold(
    kitchen: dict[str, pa.Table],
) -> None:
    answer = complements(shop_from_tables(kitchen))
    refills = {row["product_id"]: row for row in answer.evidence["refills"].to_pylist()}
    assert set(refills) == {"tea", "soap"}
    assert refills["tea"]["usual_days"] == pytest.approx(30, rel=0.15)
    assert refills["soap"]["usual_days"] == pytest.approx(12, rel=0.15)
    told = " ".join(words.en for words in answer.summary)
    share = int(told.split("refills: ")[1].split("%")[0])
    assert 72 <= share <= 90, "eight in ten of the newest gaps lie in their interval"
    own, product = (
        int(told.split(mark)[1].split()[0].rstrip("."))
        for mark in ("foretold to within ", "gap alone ")
    )
    assert own < product, "a customer's own gaps tell more than the product's"
    for row in answer.evidence["due"].to_pylist():
        assert row["due_from"] <= row["due_on"] <= row["due_until"]
        assert row["last_on"] + timedelta(days=round(row["usual_days"])) - row[
            "due_on"
        ] <= timedelta(days=1)
        assert row["due_until"] >= date(2025, 6, 29) and row["purchases"] >= 2


def test_whoever_opted_out_is_in_no_list_of_who_is_due(kitchen: dict[str, pa.Table]) -> None:
    shop = shop_from_tables(kitchen)
    before = complements(shop)
    who = before.evidence["due"].to_pylist()[0]["customer_id"]
    (shop.path / FILE).write_text(f'personalisation.opted_out = ["{who}"]', encoding="utf-8")
    after = complements(shop)
    assert who not in after.evidence["due"]["customer_id"].to_pylist()
    assert after.evidence["due"].num_rows == before.evidence["due"].num_rows - 1
    assert any(
        "does not use the history of these customers: 1 refill" in words.en
        for words in after.limits
    )
    assert complements(shop, opted_out="*").evidence["due"].num_rows == 0
    line = json.loads((shop.path / LOG).read_text(encoding="utf-8").splitlines()[-1])
    assert line["verb"] == "complements" and line["by_request"] == line["lists"] > 0


def test_rules_hold_for_complements_and_bundles(shop: Shop) -> None:
    own = shop_from_tables(made())
    (own.path / FILE).write_text(
        'exclude.products = ["b"]\npinned.products = ["c"]', encoding="utf-8"
    )
    answer = complements(own, product="a")
    assert [row["complement_id"] for row in answer.table.to_pylist()] == ["c"]
    assert answer.table["reason_zh"].to_pylist() == ["店铺精选"]
    assert not any(
        "b" in row["product_ids"].split(", ") for row in answer.evidence["bundles"].to_pylist()
    )
    rows = {row["rule"]: row for row in answer.evidence["ruled_out"].to_pylist()}
    assert rows["product"] == {"rule": "product", "products": 1, "removed": 1}


@pytest.mark.slow
def test_what_was_planted_in_the_demo_shop_is_found(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from shopkeeper.data.demo import build_demo

    folder = tmp_path_factory.mktemp("demo")
    build_demo(folder, seed=11)
    names = ("products", "orders", "order_items", "events")
    shop = shop_from_tables(
        {name: pq.read_table(folder / "exports" / f"{name}.parquet") for name in names}
    )
    answer = complements(shop, k=3)
    partner = dict(
        zip(
            *pq.read_table(folder / "truth" / "partner_truth.parquet").to_pydict().values(),
            strict=True,
        )
    )
    first: dict[str, list[str]] = {}
    for row in answer.table.to_pylist():
        first.setdefault(row["product_id"], []).append(row["complement_id"])
    hit = [partner[name] in some for name, some in first.items()]
    assert np.mean(hit) > 0.7
    refills = pq.read_table(folder / "truth" / "refill_truth.parquet")["product_id"].to_pylist()
    told = answer.evidence["refills"]["product_id"].to_pylist()
    assert told and np.mean([name in refills for name in told]) >= 0.6
