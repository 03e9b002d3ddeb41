"""What segments are called in both languages, and what is said where they tell little."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import shop_from_tables
from shopkeeper.errors import MissingDataError
from shopkeeper.operations.segments.ask import profile, segment
from shopkeeper.operations.segments.ask_ahead import churn, lifetime_value
from shopkeeper.operations.segments.cards.figures import Figure
from shopkeeper.operations.segments.cards.sentences import sentence_of_one
from shopkeeper.operations.segments.grouping.naming import label_of
from shopkeeper.operations.segments.grouping.sentences import limits, sentences
from shopkeeper.operations.segments.refusals import too_short
from shopkeeper.operations.segments.rules import Condition, joined
from shopkeeper.settings import Settings
from shopkeeper.words import Words
from tests.operations.segments.test_segment import planted

CALLED = {"food": Words("Food", "食品"), "baby": Words("Mother & baby", "母婴")}


def named_shop(**settings: Any) -> Any:
    """The planted shop, with its categories named in both languages."""
    tables = planted()[0]
    rows = [
        {"category": one, "language": language, "name": f"{mark}{at}"}
        for at, one in enumerate(sorted(set(tables["products"]["category"].to_pylist())))
        for language, mark in (("en", "Kind "), ("zh", "品种"))
    ]
    return shop_from_tables(
        tables | {"categories": pa.Table.from_pylist(rows)}, settings=Settings(**settings)
    )


@pytest.fixture(scope="module")
def taste() -> Answer:
    return segment(named_shop(), method="embedding", segments=4)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition("category", "is", "food"), ("has bought Food", "买过食品")),
        (Condition("category", "not", "tea"), ("has bought no tea", "没买过 tea")),
        (Condition("category:food", "le", 0.0), ("has bought no Food", "没买过食品")),
        (Condition("category:food", "ge", 0.2), ("share of lines in Food ≥ 20%", "食品占所购商品 ≥ 20%")),
        (Condition("device:app", "ge", 0.5), ("share of visits on the app ≥ 50%", "用 App 来访的占比 ≥ 50%")),
        (Condition("source:advertising", "le", 0.0), ("never comes from advertising", "从不来自广告")),
        (Condition("source:direct", "ge", 0.5), ("share of visits that come directly ≥ 50%", "直接来访占比 ≥ 50%")),
        (Condition("source:direct", "le", 0.0), ("never comes directly", "从不直接来访")),
        (Condition("sold:web", "le", 0.0), ("never orders through the web", "从不通过网页下单")),
        (Condition("sold:tmall", "ge", 0.5), ("share of orders through tmall ≥ 50%", "通过 tmall 下单的占比 ≥ 50%")),
        (Condition("hour:morning", "ge", 0.5),
         ("share of visits and orders in the morning ≥ 50%", "上午来访和下单的占比 ≥ 50%")),
        (Condition("share_returned", "le", 0.0), ("has returned nothing", "没退过货")),
        (Condition("share_returned", "le", 0.004), ("share of orders with a return ≤ 0%", "有退货的订单占比 ≤ 0%")),
    ],
)  # fmt: skip
def test_a_condition_is_said_by_the_names_of_both_languages(
    condition: Condition, text: tuple[str, str]
) -> None:
    said = condition.text(CALLED)
    assert (said.en, said.zh) == text


def test_conditions_that_begin_in_latin_stand_apart() -> None:
    two = (Condition("purchases", "ge", 2), Condition("category:tea", "ge", 0.5))
    assert joined(two, CALLED).zh == "购买次数 ≥ 2，且 tea 占所购商品 ≥ 50%"


@pytest.mark.parametrize(
    ("block", "label", "text"),
    [
        ("looked", "baby", ("looks at Mother & baby", "常看母婴")),
        ("looked", "tea", ("looks at tea", "常看 tea")),
        ("category", "food", ("Food", "食品")),
        ("sold", "web", ("orders through the web", "通过网页下单")),
        ("source", "advertising", ("comes from advertising", "来自广告")),
        ("source", "direct", ("comes directly", "直接来访")),
        ("device", "desktop", ("comes on a desktop computer", "用电脑来访")),
        ("payment", "alipay", ("pays by Alipay", "用支付宝付款")),
        ("gap", "0", ("under 10 days between purchases", "购买间隔不到 10 天")),
    ],
)
def test_a_habit_is_said_by_the_names_of_both_languages(
    block: str, label: str, text: tuple[str, str]
) -> None:
    said = label_of(block, label, CALLED)
    assert said is not None
    assert (said.en, said.zh) == text


def test_a_habit_is_not_named_where_its_category_must_not_be() -> None:
    assert label_of("looked", "k1", {"k1": Words("Maternity", "孕产")}) is None


def test_clusters_of_taste_are_called_by_the_names_of_categories(taste: Answer) -> None:
    for row in taste.table.to_pylist():
        if row["customers"] is not None and row["segment"] != "untold":
            assert row["name_en"].startswith("Kind ")
            assert row["name_zh"].startswith("品种")
            assert ("Kind" in row["rule_en"]) == ("品种" in row["rule_zh"])
            assert "Kind" not in row["rule_zh"]
    assert any("品种" in (rule or "") for rule in taste.table["rule_zh"].to_pylist())


def test_classes_of_behaviour_are_called_by_the_names_of_categories() -> None:
    rows = segment(named_shop(), method="behaviour", segments=4).evidence["habits"].to_pylist()
    told = {(row["label_en"], row["label_zh"]) for row in rows if row["habit"] == "category"}
    assert told == {(f"Kind {at}", f"品种{at}") for at in range(4)}


@pytest.mark.parametrize("method", ["rfm", "behaviour", "embedding"])
def test_segments_of_which_none_may_be_told_are_refused(method: Any) -> None:
    orders = pa.table({
        "order_id": [str(n) for n in range(12)], "customer_id": [f"c{n}" for n in range(12)],
        "ordered_at": [f"2025-01-{1 + n:02d} 10:00:00" for n in range(12)], "total": [20.0] * 12})  # fmt: skip
    shop = shop_from_tables({"orders": orders})
    found = []
    for verb in (segment, profile):
        with pytest.raises(MissingDataError) as caught:
            verb(shop, method=method)
        found.append(caught.value.found)
    assert found[0] == found[1]


def test_one_segment_is_not_told_in_the_singular() -> None:
    one, two = (limits("rfm", 20, hidden)[-1].en for hidden in (1, 2))
    assert one.startswith("1 segment is not told, and no customer of it is listed")
    assert two.startswith("2 segments are not told, and no customer of them is listed")


def told(stability: list[float]) -> list[dict[str, Any]]:
    return [
        {"segment": f"t{at}", "name_en": "a", "name_zh": "甲", "customers": 50, "share": 0.5,
         "value_share": None, "value_so_far": 1.0, "stability": one}
        for at, one in enumerate(stability)
    ]  # fmt: skip


def chosen(values: list[float]) -> list[dict[str, Any]]:
    best = int(np.argmax(values))
    return [
        {"segments": at + 2, "criterion": "silhouette", "value": value, "chosen": at == best}
        for at, value in enumerate(values)
    ]


def test_clusters_that_mostly_do_not_hold_are_said_to_at_once() -> None:
    said = list(sentences("embedding", told([0.4, 0.5, 0.9]), chosen([0.2, 0.3, 0.1]), [], ""))
    assert said[1].en.startswith("Most of them are not stable: 2 of 3")
    assert said[1].zh.startswith("其中多数并不稳定") and "3 个里有 2 个" in said[1].zh
    for stability, begun in (
        ([0.4, 0.5], "None of them is stable: all come"),
        ([0.4], "It is not stable: it"),
    ):
        one = list(sentences("embedding", told(stability), [], [], ""))[1]
        assert one.en.startswith(begun) and one.zh.startswith("全部不稳定")
    steady = list(sentences("embedding", told([0.8, 0.5, 0.9]), chosen([0.2, 0.3, 0.1]), [], ""))
    assert not any("stable" in one.en for one in steady)
    assert steady[1].en == "3 were chosen from 2 to 4 because the mean silhouette is highest there."


def test_a_silhouette_that_still_rises_names_no_best_number() -> None:
    said = list(sentences("embedding", told([0.8, 0.9]), chosen([0.1, 0.2, 0.3]), [], ""))[1]
    assert "still rises" in said.en and "no best number" in said.en
    assert "仍在上升" in said.zh and "because" not in said.en


def test_who_bought_once_is_not_said_to_be_active() -> None:
    rows = [
        (f"c{n}", day) for n in range(120) for day in ((0, 40 + n % 30) if n % 3 else (n % 60,))
    ]
    orders = pa.table({
        "order_id": [str(n) for n in range(len(rows))], "customer_id": [who for who, _ in rows],
        "ordered_at": [str(np.datetime64("2025-01-01") + day) + " 10:00:00" for _, day in rows],
        "total": [20.0 + n % 7 for n in range(len(rows))]})  # fmt: skip
    answer = lifetime_value(shop_from_tables({"orders": orders}), horizon_days=14)
    again = [row for row in answer.table.to_pylist() if row["historic_number_of_orders"] > 1]
    assert len(again) == 80
    mean = float(np.mean([row["p_active"] for row in again]))
    (said,) = [one for one in answer.summary if "active still" in one.en]
    assert "80 customers who bought again" in said.en and f"{mean:.1%}" in said.en
    assert "80 位" in said.zh and f"{mean:.1%}" in said.zh
    told = answer.definitions["churn_probability"]
    assert "bought once" in told.en and "`churn`" in told.en
    assert "只买过一次" in told.zh and "`churn`" in told.zh


def test_what_is_too_short_is_said_in_grammar_and_names_its_option() -> None:
    asked = Words("Asked.", "要看。")
    short = too_short(asked, 1, 0, 1, 0)
    assert short.found.en == "The data covers 1 day. That is too short to learn from."
    assert short.found.zh == "数据覆盖 1 天。这段时间太短，无从学起。"
    assert "--horizon-days" in short.do.en and "--horizon-days" in short.do.zh
    longer = too_short(asked, 9, 1, 60, 25)
    assert "Twice 1 day before its end 60 customers" in longer.found.en
    with pytest.raises(MissingDataError, match="covers 1 day\\."):
        churn(shop_from_tables({"orders": pa.table({
            "order_id": ["1"], "customer_id": ["a"], "ordered_at": ["2025-01-01 10:00:00"], "total": [5.0]})}))  # fmt: skip


def test_a_customer_bought_once_or_twice() -> None:
    for count, said in ((1, "once"), (2, "twice"), (3, "3 times")):
        text = sentence_of_one(Figure("who", "purchases", float(count), 1), "")
        assert text is not None
        assert text.en == f"This customer bought {said}."
        assert text.zh == f"该顾客买过 {count} 次。"
