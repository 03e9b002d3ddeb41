"""The answer of `segment`: who is where, by which rule, how sure, and what is never told."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.language.topics import adjusted_rand
from shopkeeper.operations.behaviour.ask import retention
from shopkeeper.operations.behaviour.belonging import segment_members
from shopkeeper.operations.segments.ask import profile, segment
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
from shopkeeper.operations.segments.base import read_base
from shopkeeper.operations.segments.guards import LEAST
from shopkeeper.operations.segments.methods.classes import fit_classes
from shopkeeper.operations.segments.rules import Condition, Conditions, joined
from shopkeeper.operations.segments.traits import traits
from shopkeeper.settings import Settings
from shopkeeper.words import Words

FIRST = date(2025, 1, 1)
# Days between purchases, chance of a discount, and categories of each kind of customer.
KINDS = ((20, 0.05, "food"), (45, 0.95, "apparel"), (70, 0.05, "phones"), (110, 0.95, "books"))
EACH = 60


def planted(seed: int = 3) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """Draw a year of four kinds of customers, who differ in rhythm, discounts and taste."""
    draw = np.random.default_rng(seed)
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    truth = {}
    for number in range(EACH * len(KINDS)):
        kind = number % len(KINDS)
        gap, reduced, category = KINDS[kind]
        name = f"c{number * 7919 % 1000:03d}"
        truth[name] = kind
        day = int(draw.integers(0, gap))
        while day < 365:
            other = KINDS[int(draw.integers(0, 4))][2]
            bought = category if draw.random() < 0.85 else other
            order = f"o{len(orders)}"
            orders.append({
                "order_id": order, "customer_id": name, "status": "delivered", "currency": "CNY",
                "ordered_at": f"{FIRST + timedelta(days=day)} 10:00:00", "total": 50 + kind * 20 + day % 7,
                "discount": 5 if draw.random() < reduced else 0})  # fmt: skip
            lines.append({
                "order_id": order, "line": 1, "product_id": f"p-{bought}", "quantity": 1, "price": 50.0})  # fmt: skip
            day += max(1, int(draw.normal(gap, gap / 5)))
    products = [
        {"product_id": f"p-{one}", "title": f"{one} thing", "category": one} for *_, one in KINDS
    ]
    people = [
        {
            "customer_id": name,
            "accepts_marketing": n % 3 > 0,
            "region": "广东" if n % 2 else "England",
        }
        for n, name in enumerate(truth)
    ]
    tables = {
        "orders": pa.Table.from_pylist(orders),
        "order_items": pa.Table.from_pylist(lines),
        "products": pa.Table.from_pylist(products),
        "customers": pa.Table.from_pylist(people),
    }
    return tables, truth


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return planted()[0]


@pytest.fixture(scope="module")
def shop(tables: dict[str, pa.Table]) -> Shop:
    return shop_from_tables(tables)


@pytest.fixture(scope="module")
def rfm(shop: Shop) -> Answer:
    return segment(shop)


@pytest.fixture(scope="module")
def behaviour(shop: Shop) -> Answer:
    return segment(shop, method="behaviour")


def agreement(answer: Answer, truth: dict[str, int]) -> float:
    rows = answer.evidence["members"].to_pylist()
    names = sorted({row["segment"] for row in rows})
    found = np.array([names.index(row["segment"]) for row in rows])
    return adjusted_rand(found, np.array([truth[row["customer_id"]] for row in rows]))


def test_planted_kinds_are_recovered_and_rfm_and_chance_do_not(
    rfm: Answer, behaviour: Answer
) -> None:
    truth = planted()[1]
    chosen = [row["segments"] for row in behaviour.evidence["choices"].to_pylist() if row["chosen"]]
    assert chosen == [len(KINDS)]
    assert agreement(behaviour, truth) >= 0.85
    assert agreement(rfm, truth) < 0.6
    chance = np.random.default_rng(0).integers(0, 4, len(truth))
    assert abs(adjusted_rand(chance, np.array(list(truth.values())))) < 0.05


def test_scores_and_segments_equal_a_count_by_hand(
    rfm: Answer, tables: dict[str, pa.Table]
) -> None:
    orders = tables["orders"].to_pylist()
    end = max(row["ordered_at"] for row in orders)[:10]
    days: dict[str, set[str]] = {}
    spent: Counter[str] = Counter()
    for row in orders:
        days.setdefault(row["customer_id"], set()).add(row["ordered_at"][:10])
        spent[row["customer_id"]] += row["total"]
    cuts = {(row["measure"], row["score"]): row for row in rfm.evidence["cuts"].to_pylist()}
    rows = {row["customer_id"]: row for row in rfm.evidence["members"].to_pylist()}
    assert len(rows) > 150
    for name, row in rows.items():
        since = (date.fromisoformat(end) - date.fromisoformat(max(days[name]))).days
        for measure, value, score in (
            ("days_since", since, row["recency"]),
            ("purchases", len(days[name]), row["frequency"]),
            ("value_so_far", spent[name], row["monetary"]),
        ):
            cut = cuts[measure, score]
            assert cut["from"] is None or cut["from"] < value, (name, measure)
            assert cut["to"] is None or value <= cut["to"], (name, measure)
        if row["segment"] == "champions":
            assert min(row["recency"], row["frequency"], row["monetary"]) >= 4
    table = {row["segment"]: row for row in rfm.table.to_pylist()}
    counted = Counter(row["segment"] for row in rows.values())
    for name, number in counted.items():
        assert table[name]["customers"] == number
        whole = sum(spent[one] for one, row in rows.items() if row["segment"] == name)
        assert table[name]["value_so_far"] == pytest.approx(whole / number)
        if number > 1:
            error = np.std([spent[one] for one in rows if rows[one]["segment"] == name], ddof=1)
            reach = 1.96 * error / number**0.5
            for end, side in (("low", -1), ("high", 1)):
                found = table[name][f"value_so_far_{end}"]
                assert found == pytest.approx(whole / number + side * reach, rel=1e-3)


def test_cuts_tell_no_value_of_one_customer_at_their_ends(rfm: Answer) -> None:
    for measure in ("days_since", "purchases", "value_so_far"):
        rows = [row for row in rfm.evidence["cuts"].to_pylist() if row["measure"] == measure]
        assert len(rows) > 2
        rows.sort(key=lambda row: row["score"], reverse=measure == "days_since")
        assert rows[0]["from"] is None and rows[-1]["to"] is None
        assert all(row["to"] is not None for row in rows[:-1])


def test_a_segment_of_few_is_named_and_not_told(shop: Shop) -> None:
    answer = segment(shop, minimum_count=1)
    members_of = Counter(row["segment"] for row in answer.evidence["members"].to_pylist())
    small = [row for row in answer.table.to_pylist() if row["customers"] is None]
    assert min(members_of.values()) >= LEAST
    for row in small:
        assert row["segment"] not in members_of
        assert all(row[name] is None for name in ("share", "purchases", "value_so_far", "rule_en"))
    for name in ("migration", "cuts"):
        assert all(
            (row["customers"] or LEAST) >= LEAST for row in answer.evidence[name].to_pylist()
        )


def test_moves_add_up_to_the_customers_of_the_month(
    shop: Shop, tables: dict[str, pa.Table]
) -> None:
    # One segment apart from all is enough to count by hand: who had not bought a month ago.
    answer = segment(shop, minimum_count=20)
    rows = [
        row for row in answer.evidence["migration"].to_pylist() if str(row["month"]) == "2025-02-28"
    ]
    firsts = Counter()
    for row in tables["orders"].to_pylist():
        name, on = row["customer_id"], row["ordered_at"][:10]
        firsts[name] = min(firsts[name] or "9", on)
    new = sum("2025-01-31" < on <= "2025-02-28" for on in firsts.values())
    # Shares are of those who had not bought at the end of January.
    waiting = sum(on > "2025-01-31" for on in firsts.values())
    told = [row for row in rows if row["from"] == "not_yet" and row["customers"] is not None]
    assert told
    for row in told:
        assert row["share"] == pytest.approx(row["customers"] / waiting)
    assert sum(row["customers"] for row in told) <= new


def test_rules_are_judged_on_customers_they_were_not_made_from(behaviour: Answer) -> None:
    rows = [row for row in behaviour.table.to_pylist() if row["customers"] is not None]
    assert len(rows) == len(KINDS)
    for row in rows:
        assert 1 <= row["rule_en"].count(" and ") + 1 <= 3
        assert row["precision"] > 0.8
        assert row["recall"] > 0.8
        assert row["precision_low"] <= row["precision"] <= row["precision_high"]
        assert row["stable"] and row["stability"] > 0.8


def test_a_rule_of_three_conditions_finds_a_box() -> None:
    draw = np.random.default_rng(1)
    x, y = draw.random(4_000), draw.random(4_000)
    rule = Conditions({"purchases": x, "days_since": y}).rule((x > 0.3) & (x < 0.7) & (y > 0.5))
    assert len(rule.conditions) == 3
    assert rule.precision.value > 0.85
    assert rule.recall.value > 0.85
    assert (
        joined((Condition("purchases", "ge", 3.0), Condition("purchases", "le", 3.0))).en
        == "purchases = 3"
    )


def test_the_likelihood_of_classes_never_falls_with_more_of_them() -> None:
    draw = np.random.default_rng(2)
    counts = np.vstack([draw.multinomial(8, p, 100) for p in ([0.8, 0.1, 0.1], [0.1, 0.1, 0.8])])
    fits = [fit_classes(counts.astype(float), [slice(0, 3)], k, seed=0) for k in (1, 2)]
    assert fits[1].log_likelihood > fits[0].log_likelihood
    assert fits[1].bic(200) < fits[0].bic(200)
    assert fits[1].probabilities(counts.astype(float)).sum(axis=1) == pytest.approx(np.ones(200))


def test_who_opted_out_is_nowhere(shop: Shop) -> None:
    everyone = segment(shop).evidence["members"]["customer_id"].to_pylist()
    out = everyone[:3]
    left = segment(shop, opted_out=",".join(out)).evidence["members"]["customer_id"].to_pylist()
    assert not set(out) & set(left)


@pytest.mark.parametrize("verb", [segment, profile, churn, lifetime_value])
def test_whoever_the_settings_name_is_in_no_answer(tables: dict[str, pa.Table], verb: Any) -> None:
    out = segment(shop_from_tables(tables)).evidence["members"]["customer_id"].to_pylist()[:2]
    settings = Settings(opted_out=(*out, "nobody"))
    made = verb(shop_from_tables(tables, settings=settings))
    assert any("Of 3 names that opted out, 2 with orders" in words.en for words in made.limits)
    assert any("另外 1 个查无订单" in words.zh for words in made.limits)
    for table in (made.table, *made.evidence.values()):
        if "customer_id" in table.column_names:
            assert table.num_rows > 50
            assert not set(out) & set(table["customer_id"].to_pylist())
    with pytest.raises(MissingDataError, match="opted out"):
        profile(shop_from_tables(tables, settings=settings), customer=out[0])


def test_other_ways_are_kept_where_the_settings_name_them(tables: dict[str, pa.Table]) -> None:
    settings = Settings(kept_segments=("behaviour", "embedding"), minimum_count=20)
    made = segment(shop_from_tables(tables, settings=settings))
    members = made.evidence["members"]
    assert set(members["segment_set"].to_pylist()) == {"rfm", "behaviour", "embedding"}
    plain = shop_from_tables(tables, settings=Settings(minimum_count=20))
    alone = segment(plain, method="behaviour").evidence["members"]
    kept = members.filter(pc.field("segment_set") == "behaviour")
    assert kept.equals(alone)
    stored = shop_from_tables(tables, settings=settings, answers={"segment": made})
    largest = Counter(kept["segment"].to_pylist()).most_common(1)[0]
    found = retention(stored, segment=f"behaviour:{largest[0]}")
    assert sum(found.evidence["by_age"]["customers"].to_pylist()[:1]) == largest[1]
    assert segment(plain).table.equals(made.table)


def test_other_verbs_read_the_stored_members(tables: dict[str, pa.Table], rfm: Answer) -> None:
    stored = shop_from_tables(tables, answers={"segment": rfm})
    rows = rfm.evidence["members"].to_pylist()
    for name in {row["segment"] for row in rows}:
        wanted = sorted(row["customer_id"] for row in rows if row["segment"] == name)
        assert segment_members(stored, f"rfm:{name}") == wanted
    for without in (stored.as_of("2025-06-01"), shop_from_tables(tables)):
        with pytest.raises(UsageError, match="No stored answer has it"):
            segment_members(without, f"rfm:{name}")


def test_topics_of_own_reviews_are_a_habit(tables: dict[str, pa.Table]) -> None:
    people = sorted(set(tables["orders"]["customer_id"].to_pylist()))
    reviews = pa.table({
        "review_id": [f"r{n}" for n in range(len(people))], "customer_id": people,
        "reviewed_at": ["2025-06-01 10:00:00"] * len(people), "rating": [1.0 + n % 5 for n in range(len(people))]})  # fmt: skip
    topics = Answer(
        "review_topics", Words("Topics", "话题"),
        pa.table({"topic": [1, 2], "name": ["tea, warm", "孕妇"]}), "ngrams",
        evidence={"texts": pa.table({
            "id": [f"r{n}" for n in range(len(people))], "topic": [1 + n % 2 for n in range(len(people))]})},
    )  # fmt: skip
    made = shop_from_tables(tables | {"reviews": reviews}, answers={"review_topics": topics})
    rows = segment(made, method="behaviour", segments=2).evidence["habits"].to_pylist()
    told = {row["label_en"] for row in rows if row["habit"] == "topic"}
    assert told == {"writes of tea, warm"}
    assert {"critical reviews", "good reviews"} <= {row["label_en"] for row in rows}


def few(rows: list[tuple[str, str, float, str]]) -> Shop:
    return shop_from_tables({
        "orders": pa.table({
            "order_id": [str(n) for n in range(len(rows))],
            "customer_id": [who for who, *_ in rows],
            "ordered_at": [f"{on} 10:00:00" for _, on, *_ in rows],
            "total": [total for *_, total, _ in rows],
            "currency": [currency for *_, currency in rows]})})  # fmt: skip


def test_one_order_and_one_customer_are_refused_without_telling_of_them() -> None:
    for rows in ([("a", "2025-01-01", 5.0, "CNY")],
                 [("a", f"2025-01-{day:02d}", 5.0, "CNY") for day in range(1, 29)]):  # fmt: skip
        for method in ("rfm", "behaviour", "embedding"):
            with pytest.raises(MissingDataError, match="No segment has 20 customers"):
                segment(few(rows), method=method, minimum_count=20)


def test_negative_totals_and_several_currencies_are_never_summed_silently() -> None:
    rows = [(f"c{n}", "2025-01-01", -5.0 if n % 2 else 20.0, "CNY") for n in range(60)]
    rows += [(f"c{n}", "2025-01-02", 1_000.0, "USD") for n in range(30)]
    answer = segment(few(rows))
    table = answer.table.to_pylist()
    assert {row["currency"] for row in table} == {"CNY"}
    told = [row for row in table if row["customers"] is not None]
    whole = sum(row["value_so_far"] * row["customers"] for row in told)
    assert whole <= 30 * 20
    assert any("USD" in one.en and "30 orders" in one.en for one in answer.limits)
    dollars = segment(few(rows), currency="USD").table.to_pylist()
    assert sum(row["customers"] or 0 for row in dollars) == 30


def test_nobody_to_group_is_said(shop: Shop) -> None:
    with pytest.raises(MissingDataError, match="No customer has a paid order in EUR"):
        segment(shop, currency="EUR")
    with pytest.raises(MissingDataError) as caught:
        segment(shop_from_tables({}))
    assert caught.value.found.zh == "没有任何顾客有支付订单。"
    with pytest.raises(UsageError, match="segments is 99"):
        segment(shop, segments=99)


def test_an_order_that_is_dated_by_its_day_alone_was_bought_at_no_part_of_the_day() -> None:
    """Midnight of Shanghai, which is four in the afternoon of UTC the day before, is no time of day."""
    days = [datetime(2025, 1, 2 + n % 20, 16) for n in range(40)]
    clocks = [moment + timedelta(hours=n % 3) for n, moment in enumerate(days)]
    orders = pa.table({
        "order_id": [f"o{n}" for n in range(40)], "customer_id": [f"c{n % 8}" for n in range(40)],
        "status": ["paid"] * 40, "total": [20] * 40, "ordered_at": clocks, "time_zone": ["Asia/Shanghai"] * 40,
    })  # fmt: skip
    shop = shop_from_tables({"orders": orders})
    base = read_base(shop, "")
    assert base is not None
    rows = traits(shop, base.currency).filter(ibis._.block == "hour").to_pyarrow()
    assert rows.num_rows and pc.sum(rows["n"]).as_py() == sum(n % 3 > 0 for n in range(40))
