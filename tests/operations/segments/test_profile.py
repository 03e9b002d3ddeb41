"""The answer of `profile`: sentences beside their statistics, personas that say no more, and guards."""

import re
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError
from shopkeeper.language.generate import Generator, Patience
from shopkeeper.language.ground import ungrounded
from shopkeeper.language.providers.queued import Queued
from shopkeeper.operations.segments.ask import profile
from shopkeeper.operations.segments.cards.persona import persona
from shopkeeper.operations.segments.clock import PART_NAMES
from shopkeeper.words import Words

SHAPES = ("孕妇枕", "Tea 茶")


def made(**changed: Any) -> Shop:
    """Make a shop of two kinds of customers: half buy tea often, half a pillow once."""
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for number in range(120):
        for step in range(5 if number % 2 else 1):
            order = f"o{number}-{step}"
            orders.append({
                "order_id": order, "customer_id": f"c{number:03d}", "status": "delivered", "currency": "CNY",
                "ordered_at": f"2025-0{1 + step}-{1 + number % 20:02d} 10:00:00", "total": 30 + number % 3,
                "discount": 3 if step else 0})  # fmt: skip
            lines.append({
                "order_id": order, "line": 1, "product_id": f"p{number % 2}", "quantity": 1, "price": 30.0})  # fmt: skip
    tables = {
        "orders": pa.Table.from_pylist(orders),
        "order_items": pa.Table.from_pylist(lines),
        "products": pa.table({
            "product_id": ["p0", "p1"], "title": SHAPES, "category": ["maternity", "tea"]}),
        "categories": pa.table({
            "category": ["tea", "tea"], "language": ["en", "zh"], "name": ["Tea", "茶叶"]}),
        "customers": pa.table({
            "customer_id": [f"c{n:03d}" for n in range(120)],
            "accepts_marketing": [n % 4 > 0 for n in range(120)]}),
    }  # fmt: skip
    return shop_from_tables(tables | changed)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return made()


@pytest.fixture(scope="module")
def answer(shop: Shop) -> Answer:
    return profile(shop, minimum_count=20)


@pytest.mark.parametrize(("zone", "part"), [("Asia/Shanghai", "evening"), ("+00:00", "noon")])
def test_a_card_says_at_which_part_of_the_local_day_orders_come(zone: str, part: str) -> None:
    orders = pa.table({
        "order_id": ["1", "2", "3"], "customer_id": ["甲"] * 3, "status": ["paid"] * 3,
        "ordered_at": [datetime(2025, 1, 3, 12), datetime(2025, 2, 3, 12, 30), datetime(2025, 3, 3, 1)],
        "time_zone": [zone] * 3, "total": [20] * 3})  # fmt: skip
    rows = profile(shop_from_tables({"orders": orders}), customer="甲").table.to_pylist()
    (said,) = (row for row in rows if row["statistic"] == "part_of_day")
    assert (said["n"], round(said["value"], 4)) == (3, 0.6667)
    words = PART_NAMES[part]
    assert words.en in said["said_en"]
    assert words.zh in said["said_zh"]


def test_a_source_that_tells_days_alone_has_no_part_of_the_day(answer: Answer) -> None:
    assert "part_of_day" not in answer.table["statistic"].to_pylist()


def test_every_number_of_a_sentence_is_the_statistic_beside_it(answer: Answer) -> None:
    rows = answer.table.to_pylist()
    assert {row["part"] for row in rows} >= {"who", "buys", "when", "price", "says", "next"}
    for row in rows:
        value = row["value"] or 0
        told = {
            f"{value:,.0f}",
            f"{value:,.1f}",
            f"{value:,.2f}",
            f"{value:.1%}",
            f"{row['n']:,}",
            "20",
        }
        for said in (row["said_en"], row["said_zh"]):
            numbers = set(re.findall(r"\d[\d,]*(?:\.\d+)?%?", said))
            assert numbers <= told, said
        if row["low"] is not None:
            assert row["low"] - 1e-12 <= value <= row["high"] + 1e-12


def test_what_speaks_of_pregnancy_is_not_named(answer: Answer) -> None:
    said = str(answer.table.to_pylist()) + str(answer.evidence["personas"].to_pylist())
    assert "孕" not in said and "maternity" not in said
    assert "茶叶" in said and "category Tea" in said


def test_templates_are_used_without_a_language_model(answer: Answer) -> None:
    for row in answer.evidence["personas"].to_pylist():
        sentences = [one for one in answer.table.to_pylist() if one["card"] == row["card"]]
        assert row["written_by"] == "template"
        assert ungrounded(row["persona_en"], [one["said_en"] for one in sentences]) == []
        # In Chinese a name is a quotation, which the sentences hold too.
        assert ungrounded(row["persona_zh"], [one["said_zh"] for one in sentences]) == []


def test_what_customers_praise_and_complain_of_is_that_of_their_own_reviews() -> None:
    names = [f"c{n:03d}" for n in range(120)]
    reviews = pa.table({
        "review_id": [f"r{n}" for n in range(120)], "customer_id": names, "rating": [1.0 + 4 * (n % 2) for n in range(120)],
        "reviewed_at": ["2025-06-01 10:00:00"] * 120})  # fmt: skip
    aspects = Answer(
        "review_aspects", Words("Aspects", "方面"),
        pa.table({
            "review_id": [f"r{n}" for n in range(120)], "aspect": ["taste" if n % 2 else "parcel" for n in range(120)],
            "polarity": ["positive" if n % 2 else "negative" for n in range(120)]}), "words",
        evidence={"aspects": pa.table({
            "name": ["taste", "parcel"], "aspect_en": ["taste", "the parcel"], "aspect_zh": ["口味", "包裹"]})},
    )  # fmt: skip
    plain = made(reviews=reviews)
    tables = {name: plain.table(name).to_pyarrow() for name in plain.manifest.tables}
    stored = shop_from_tables(tables, answers={"review_aspects": aspects})
    said = [
        row["said_zh"]
        for row in profile(stored, minimum_count=20).table.to_pylist()
        if row["part"] == "says"
    ]
    assert any("最常称赞口味：占所称赞的 100.0%" in one for one in said)
    assert any("最常抱怨包裹：占所抱怨的 100.0%" in one for one in said)
    assert any("100.0% 是差评" in one for one in said)


FACTS = [Words("They bought 2.5 times on average.", "平均买过 2.5 次。")]


@pytest.mark.parametrize(
    ("english", "chinese", "by"),
    [
        ("A regular who bought 2.5 times.", "平均买过 2.5 次的常客。", "model"),
        ("A regular who bought 7 times.", "平均买过 2.5 次的常客。", "template"),
        ("A regular who bought 2.5 times.", "平均买过 9 次的常客。", "template"),
        ("A pregnant woman who bought 2.5 times.", "平均买过 2.5 次。", "template"),
        ("", "", "template"),
    ],
)
def test_a_persona_of_a_model_is_kept_only_where_all_of_it_is_in_the_facts(
    english: str, chinese: str, by: str
) -> None:
    text, written = persona(
        Words("Loyal", "忠实顾客"), FACTS, Generator(Queued([english, chinese]))
    )
    assert written == by
    assert (text.en == english) == (by == "model")
    assert "2.5" in text.en and "2.5" in text.zh


def test_a_model_that_fails_leaves_the_template_and_says_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Generator(Queued(), patience=Patience(attempts=1, sleep=lambda _: None))
    monkeypatch.setattr("shopkeeper.language.generate.generator_from_environment", lambda: broken)
    found = profile(shop, minimum_count=20)
    assert set(found.evidence["personas"]["written_by"].to_pylist()) == {"template"}
    assert any("gave no answer" in one.en for one in found.limits)


def test_one_customer_has_a_card_and_consent_decides_the_next_step(shop: Shop) -> None:
    agreed, refused = (profile(shop, customer=name).table.to_pylist() for name in ("c001", "c004"))
    assert agreed[0]["said_en"] == "This customer bought 5 times."
    assert "no message" in refused[-1]["said_en"] and "不要发送" in refused[-1]["said_zh"]
    assert "no message" not in agreed[-1]["said_en"]
    for name, given in (("nobody", {}), ("c001", {"opted_out": "c001"})):
        with pytest.raises(MissingDataError, match="no paid order in the currency, or opted out"):
            profile(shop, customer=name, **given)


def test_few_customers_have_no_card() -> None:
    orders = pa.table({
        "order_id": ["1", "2"], "customer_id": ["a", "b"], "ordered_at": ["2025-01-01 10:00:00"] * 2,
        "total": [5.0, -3.0]})  # fmt: skip
    with pytest.raises(MissingDataError, match="No segment has 30 customers"):
        profile(shop_from_tables({"orders": orders}))
    with pytest.raises(MissingDataError, match="No customer has a paid order"):
        profile(shop_from_tables({}))


def test_too_few_who_agreed_are_not_counted() -> None:
    nobody = pa.table({
        "customer_id": [f"c{n:03d}" for n in range(120)], "accepts_marketing": [n < 3 for n in range(120)]})  # fmt: skip
    rows = [
        row
        for row in profile(made(customers=nobody), minimum_count=20).table.to_pylist()
        if row["part"] == "next"
    ]
    assert rows and all(
        row["value"] is None and "not by messages" in row["said_en"] for row in rows
    )
