"""The answer of `sentiment_effect`: its numbers, its words and its laws."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.importing import import_files
from shopkeeper.data.shop import open_shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.reviews.ask import sentiment_effect

NUMBER = re.compile(r"\d[\d,]*\.?\d*")


@pytest.fixture(scope="module")
def answer(demo_tables: dict[str, pa.Table]) -> Answer:
    return sentiment_effect(shop_from_tables(demo_tables))


def same(one: Answer, other: Answer) -> None:
    """Check that two answers say the same to a part in a million."""
    assert one.summary == other.summary
    for name in ("table", *one.evidence):
        left = one.table if name == "table" else one.evidence[name]
        right = other.table if name == "table" else other.evidence[name]
        assert left.schema == right.schema, name
        assert left.num_rows == right.num_rows, name
        for column in left.column_names:
            mine, yours = left[column].to_pylist(), right[column].to_pylist()
            if pa.types.is_floating(left[column].type):
                here, there = (np.array(values, float) for values in (mine, yours))
                np.testing.assert_allclose(here, there, rtol=1e-6, atol=1e-9, err_msg=column)
            else:
                assert mine == yours, (name, column)


def test_every_part_of_the_question_is_answered(answer: Answer) -> None:
    parts = {(row["part"], row["outcome"]) for row in answer.table.to_pylist()}
    assert parts == {
        ("writers", "repeat_90d"), ("writers", "returned"), ("writers", "spend_90d"),
        ("visitors", "view_to_cart"), ("visitors", "view_to_buy"), ("panel", "conversion"),
        ("drivers", "negative_review"),
    }  # fmt: skip
    plain = {row["part"] for row in answer.evidence["by_sentiment"].to_pylist()}
    assert plain == {"writers", "products", "visitors"}
    weeks = [row["week"] for row in answer.evidence["panel"].to_pylist()]
    assert weeks == [None, *range(-4, 7)]


def test_a_planted_confounder_is_balanced_by_matching(answer: Answer) -> None:
    rows = {row["covariate"]: row for row in answer.evidence["balance"].to_pylist()}
    late = rows["late_or_undelivered"]
    assert abs(late["before"]) > 0.4
    assert abs(late["after"]) < 0.01


def test_late_delivery_leads_what_goes_with_bad_reviews(answer: Answer) -> None:
    first = answer.evidence["drivers"].to_pylist()[0]
    assert (first["kind"], first["level"]) == ("delivery", "late")
    assert first["low"] > 0.2
    assert answer.summary[0].en.startswith("Late delivery is associated with")


def test_sentences_speak_of_association_and_never_of_cause(answer: Answer) -> None:
    for words in answer.summary[:-1]:
        assert "associated with" in words.en
        assert "相关" in words.zh or "关联" in words.zh
    for words in (*answer.summary, *answer.limits):
        assert not re.search(r"导致|造成|引起", words.zh)
        assert not re.search(r"\b(causes|leads? to|because of)\b", words.en)


def test_every_number_in_a_sentence_stands_in_a_table(answer: Answer) -> None:
    columns = [column for table in (answer.table, *answer.evidence.values())
               for column in table.columns]  # fmt: skip
    numbers = [abs(value) for column in columns if not pa.types.is_string(column.type)
               for value in column.to_pylist() if value is not None]  # fmt: skip
    cells = {90.0, 95.0, *(round(value, 2) for value in numbers)}
    cells |= {round(value * 100, 1) for value in numbers}
    for words in answer.summary:
        for number in NUMBER.findall(words.en + words.zh):
            assert float(number.replace(",", "").rstrip(".")) in cells, (number, words.en)


def test_the_chart_holds_what_the_table_says(answer: Answer) -> None:
    assert answer.chart is not None
    shown = {row["label"]["en"]: row for row in answer.chart["data"]["values"]}
    row = next(row for row in answer.table.to_pylist() if row["outcome"] == "repeat_90d")
    point = shown["Writers: another order within 90 days"]
    assert point["difference"] == pytest.approx(row["difference"] * 100, abs=1e-3)
    assert point["low"] < point["difference"] < point["high"]


def test_below_the_minimum_count_no_percentage_is_shown(demo_tables: dict[str, pa.Table]) -> None:
    found = sentiment_effect(shop_from_tables(demo_tables), minimum_count=10**6)
    assert found.table.num_rows > 0
    assert found.table["difference"].null_count == found.table.num_rows
    plain = found.evidence["by_sentiment"]
    assert plain["value"].null_count == plain.num_rows
    assert found.evidence["drivers"].num_rows == 0
    assert found.evidence["panel"]["difference"].null_count == found.evidence["panel"].num_rows
    assert found.chart is None


def test_the_same_seed_gives_the_same_answer_and_another_the_same_differences(
    demo_tables: dict[str, pa.Table], answer: Answer
) -> None:
    shop = shop_from_tables(demo_tables)
    same(sentiment_effect(shop), answer)
    other = sentiment_effect(shop, seed=99)
    assert other.table["difference"].to_pylist() == pytest.approx(
        answer.table["difference"].to_pylist()
    )
    assert other.table["low"] != answer.table["low"]


def test_neither_the_order_of_rows_nor_the_names_of_things_matter(
    demo_tables: dict[str, pa.Table], answer: Answer
) -> None:
    generator = np.random.default_rng(4)
    changed = {}
    for name, table in demo_tables.items():
        shuffled = table.take(generator.permutation(table.num_rows))
        for column in ("review_id", "customer_id", "product_id", "order_id", "session_id"):
            if column in shuffled.column_names:
                # Reversed ids sort differently, so that no ranking by id can go unnoticed.
                renamed = pc.binary_join_element_wise(pc.utf8_reverse(shuffled[column]), "号", "-")
                index = shuffled.column_names.index(column)
                shuffled = shuffled.set_column(index, column, renamed)
        changed[name] = shuffled
    same(sentiment_effect(shop_from_tables(changed)), answer)


@pytest.mark.parametrize("moment", ["2026-01-15T12:00:00", "2026-04-01T00:00:00"])
def test_rows_after_a_moment_never_change_the_answer_as_of_it(
    demo_tables: dict[str, pa.Table], moment: str
) -> None:
    at = datetime.fromisoformat(moment)
    times = {"orders": "ordered_at", "events": "happened_at", "reviews": "reviewed_at"}
    known = dict(demo_tables)
    for name, column in times.items():
        known[name] = known[name].filter(pc.field(column) <= pa.scalar(at, pa.timestamp("us")))
    for name in ("order_items", "shipments"):
        keep = pc.is_in(known[name]["order_id"], known["orders"]["order_id"].combine_chunks())
        known[name] = known[name].filter(keep)
    whole = sentiment_effect(shop_from_tables(demo_tables).as_of(at))
    same(whole, sentiment_effect(shop_from_tables(known).as_of(at)))
    assert whole.as_of == moment


def small(count: int, **more: Any) -> dict[str, pa.Table]:
    at = [datetime(2024, 5, 1, 9) + timedelta(days=index % 3) for index in range(count)]
    return {
        "orders": pa.table({
            "order_id": [str(index) for index in range(count)], "customer_id": ["甲"] * count,
            "ordered_at": at, "total": [5] * count, "status": ["delivered"] * count}),
        "reviews": pa.table({
            "review_id": [f"r{index}" for index in range(count)],
            "order_id": [str(index) for index in range(count)],
            "rating": [1 + 4 * (index % 2) for index in range(count)], "reviewed_at": at}),
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 40])
def test_one_customer_without_events_is_answered_without_intervals(count: int) -> None:
    found = sentiment_effect(shop_from_tables(small(count)), minimum_count=1)
    assert found.table["low"].null_count == found.table.num_rows
    assert any("nothing is said about visitors" in words.en for words in found.limits)


def test_one_sentiment_only_is_answered_with_nothing_matched() -> None:
    tables = small(40)
    tables["reviews"] = tables["reviews"].set_column(2, "rating", pa.array([1.0] * 40))
    found = sentiment_effect(shop_from_tables(tables))
    assert set(found.table["n_matched"].to_pylist()) <= {0}


def test_reviews_that_join_nothing_are_refused_in_words() -> None:
    shop = shop_from_tables({"reviews": small(3)["reviews"]})
    with pytest.raises(MissingDataError, match=r"belongs to an order.*Import orders") as held:
        sentiment_effect(shop)
    assert "请导入评价所对应的订单" in held.value.text("zh")


def test_an_empty_shop_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="No review with a sentiment"):
        sentiment_effect(shop_from_tables({}))


def test_a_minimum_count_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match=r"It is 0\. Give a number of 1 or more") as held:
        sentiment_effect(shop_from_tables(small(3)), minimum_count=0)
    assert "其值为 0" in held.value.text("zh")


@pytest.mark.slow
def test_olist_is_answered_from_delivery_price_category_and_sellers(
    real_data: Path, tmp_path: Path
) -> None:
    import_files([real_data / "olist"], tmp_path / "shop")
    found = sentiment_effect(open_shop(tmp_path / "shop"))
    kinds = {row["kind"] for row in found.evidence["drivers"].to_pylist()}
    assert {"delivery", "freight", "basket", "price", "category", "seller"} <= kinds
    late = found.evidence["drivers"].to_pylist()[0]
    assert late["level"] == "late"
    assert 0.4 < late["low"] < late["high"] < 0.65
    assert found.summary[0].en.startswith("Late delivery")
    assert "interval" in found.summary[1].en
