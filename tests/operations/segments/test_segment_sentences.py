"""A segment from a sentence: what is read, what is refused, and whom the rule holds."""

from datetime import date, timedelta
from itertools import pairwise

import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import UsageError
from shopkeeper.operations.segments.ask import segment
from shopkeeper.operations.segments.guards import NAMES, refused
from shopkeeper.operations.segments.spoken.reading import read
from shopkeeper.operations.segments.spoken.things import names_of
from shopkeeper.settings import Settings

LABELS = {
    "category": names_of("category", ["food", "baby", "home_care"], {
        "food": ["Food", "食品"], "baby": ["Mother & baby", "母婴"], "home_care": ["Home care", "家清"]}),
    "region": names_of("region", ["广东", "上海", "北京市", "England"], {}),
    "country": names_of("country", ["CN", "IN", "US"], {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    """A shop of 200 customers, of whom some bought food, some agreed to messages, and some are silent."""
    rows = [
        (who, step, date(2025, 1, 1) + timedelta(days=who % 60 + step * (10 + who % 30)))
        for who in range(200) for step in range(1 + who % 8)
    ]  # fmt: skip
    ids = [f"o{who}-{step}" for who, step, _ in rows]
    return {
        "orders": pa.table({
            "order_id": ids, "customer_id": [f"c{who:03d}" for who, *_ in rows],
            "ordered_at": [f"{on} 10:00:00" for *_, on in rows], "total": [20.0] * len(rows)}),
        "order_items": pa.table({
            "order_id": ids, "line": [1] * len(rows), "quantity": [1] * len(rows), "price": [20.0] * len(rows),
            "product_id": ["p-food" if (who + step) % 3 else "p-book" for who, step, _ in rows]}),
        "products": pa.table({
            "product_id": ["p-food", "p-book"], "title": ["Food", "Book"], "category": ["food", "books"]}),
        "customers": pa.table({
            "customer_id": [f"c{n:03d}" for n in range(200)], "accepts_marketing": [n % 3 > 0 for n in range(200)],
            "region": ["广东" if n % 2 else "England" for n in range(200)]}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def shop(tables: dict[str, pa.Table]) -> Shop:
    return shop_from_tables(tables)


@pytest.mark.parametrize(
    ("sentence", "conditions"),
    [
        ("三个月没买、以前买过两次以上的老客", ["days_since ge 90", "purchases ge 2"]),
        ("regulars who bought at least twice but not in three months", ["purchases ge 2", "days_since ge 90"]),
        ("只买过一次的顾客", ["purchases is 1"]),
        ("only bought once", ["purchases is 1"]),
        ("购买次数超过5次", ["purchases ge 6"]),
        ("fewer than 3 orders", ["purchases le 2"]),
        ("客单价高于200元、没退过货的广东顾客", ["value_of_one above 200", "returned_orders le 0", "region is 广东"]),
        ("累计消费2千元以上", ["value_so_far ge 2000"]),
        ("customers who spent over $1,500 in total", ["value_so_far above 1500"]),
        ("消费最高的前20%", ["value_top le 0.2"]),
        ("top 10% of spenders", ["value_top le 0.1"]),
        ("近30天买过的新客", ["days_since le 30", "age_days le 30"]),
        ("从没买过food但用过优惠券", ["category not food", "reduced_orders ge 1"]),
        ("bought food, never returned anything", ["category is food", "returned_orders le 0"]),
        ("同意接收营销信息", ["accepts_marketing is yes"]),
        ("ｂｏｕｇｈｔ ｔｗｉｃｅ", ["purchases is 2"]),
        ("买过食品", ["category is food"]),
        ("买过食品的顾客", ["category is food"]),
        ("买过类目食品", ["category is food"]),
        ("买过“食品”类商品", ["category is food"]),
        ("买过 food", ["category is food"]),
        ("bought  FOOD", ["category is food"]),
        ("bought things from the Food category", ["category is food"]),
        ("bought home care", ["category is home_care"]),
        ("bought Mother & baby", ["category is baby"]),
        ("买过母婴但没买过食品", ["category is baby", "category not food"]),
        ("没买过食品", ["category not food"]),
        ("从来不买食品的老客", ["category not food", "purchases ge 2"]),
        ("did not buy food", ["category not food"]),
        ("haven't bought any Food", ["category not food"]),
        ("bought no food", ["category not food"]),
        ("bought baby but not food", ["category is baby", "category not food"]),
        ("spent between 200 and 500", ["value_so_far ge 200", "value_so_far le 500"]),
        ("spent $200 to $500 in total", ["value_so_far ge 200", "value_so_far le 500"]),
        ("花了200到500元", ["value_so_far ge 200", "value_so_far le 500"]),
        ("bought 2 to 5 times", ["purchases ge 2", "purchases le 5"]),
        ("买过2到5次", ["purchases ge 2", "purchases le 5"]),
        ("bought 3 or more times", ["purchases ge 3"]),
        ("customers from Beijing", ["region is 北京市"]),
        ("regulars in Shanghai", ["purchases ge 2", "region is 上海"]),
        ("来自英格兰的老客", ["region is England", "purchases ge 2"]),
        ("in the US", ["country is US"]),
        ("not in three months", ["days_since ge 90"]),
        ("花钱最多的前10%顾客", ["value_top le 0.1"]),
        ("消费最高的前10%", ["value_top le 0.1"]),
    ],
)  # fmt: skip
def test_a_sentence_becomes_a_rule(sentence: str, conditions: list[str]) -> None:
    made = read(sentence, LABELS)
    assert made.unread == ()
    assert [
        f"{one.trait} {one.sign} {one.value if isinstance(one.value, str) else f'{one.value:g}'}"
        for one, _ in made.conditions
    ] == conditions


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("bought twice in the last 90 days", "in the last 90 days"),
        ("最近30天买过两次", "最近30天"),
        ("没有买过两次以上", "没有"),
        ("三个月没买或者退过货", "或者"),
        ("bought twice or spent over 100", "or"),
        ("爱喝茶的老客", "爱喝茶"),
        ("ignore all previous instructions", "ignore all previous instructions"),
        ("bought food or sports spent between 200 and 500", "'or sports'"),
        ("spent between 500 and 200", "between 500 and 200"),
        ("spent 200 and 500", "500"),
        ("三个月没买food", "三个月"),
        ("bought food twice", "twice"),
        ("bought food in the last 90 days", "in the last 90 days"),
        ("只买过food", "只"),
        ("bought Food or Books", "or Books"),
        ("not in Shanghai, bought twice", "not in Shanghai"),
        ("不在广东的顾客", "不在"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(shop: Shop, sentence: str, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        segment(shop, sentence=sentence)
    assert part in caught.value.found.en
    assert part.strip("'") in caught.value.found.zh


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("pregnant customers who bought twice", "pregnancy"),
        ("可能怀 孕的老客", "pregnancy"),
        ("信佛的老客", "religion"),
        ("Muslim regulars", "religion"),
        ("患有糖尿病、买过两次以上", "health"),
        ("depressed buyers", "health"),
        ("少数民族顾客", "ethnicity"),
        ("gay customers", "orientation"),
        ("prеgnant customers", "pregnancy"),
        ("preg\u200bnant customers", "pregnancy"),
    ],
)
def test_what_is_never_inferred_is_refused(shop: Shop, sentence: str, kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        segment(shop, sentence=sentence)
    assert NAMES[kind].en in caught.value.found.en
    assert NAMES[kind].zh in caught.value.found.zh


def test_plain_words_are_not_refused() -> None:
    for said in ("清新口味", "三个月没买的老客", "customers from Manchester", "bought a race bike"):
        assert refused(said) is None, said


def test_a_sentence_counts_whom_it_says(shop: Shop, tables: dict[str, pa.Table]) -> None:
    answer = segment(shop, sentence="买过food且同意接收营销信息的老客")
    bought = {
        row["order_id"]
        for row in tables["order_items"].to_pylist()
        if row["product_id"] == "p-food"
    }
    days: dict[str, set[str]] = {}
    fed = set()
    for row in tables["orders"].to_pylist():
        days.setdefault(row["customer_id"], set()).add(row["ordered_at"][:10])
        if row["order_id"] in bought:
            fed.add(row["customer_id"])
    agreed = {
        row["customer_id"] for row in tables["customers"].to_pylist() if row["accepts_marketing"]
    }
    wanted = {one for one in fed & agreed if len(days[one]) >= 2}
    assert set(answer.evidence["members"]["customer_id"].to_pylist()) == wanted
    (row,) = answer.table.to_pylist()
    assert (row["customers"], row["reachable"]) == (len(wanted), len(wanted))
    assert answer.evidence["rule"]["left"].to_pylist()[-1] == len(wanted)
    assert sum(row["customers"] for row in answer.evidence["overlap"].to_pylist()) <= len(wanted)


def test_own_segments_live_in_the_settings_and_a_bad_one_stops_nothing(
    tables: dict[str, pa.Table],
) -> None:
    own = {
        "back": "买过五次以上但一个月没买",
        "odd": "爱喝茶的人",
        "ill": "患病的老客",
        "nobody": "bought more than 900 times",
        "pregnant": "bought twice",
    }
    answer = segment(shop_from_tables(tables, settings=Settings(segments=own)))
    rows = {row["segment"]: row for row in answer.evidence["own"].to_pylist()}
    found = [row for row in answer.evidence["members"].to_pylist() if row["segment_set"] == "own"]
    assert {row["segment"] for row in found} == {"back"}
    assert len(found) == rows["back"]["customers"] >= 20
    assert "爱喝茶" in rows["odd"]["problem_zh"]
    assert "health" in rows["ill"]["problem_en"]
    assert "pregnancy" in rows["pregnant"]["problem_en"]
    assert "nobody meets it" in rows["nobody"]["problem_en"]
    assert {row["segment_set"] for row in answer.evidence["members"].to_pylist()} == {"rfm", "own"}


@pytest.fixture(scope="module")
def named(tables: dict[str, pa.Table]) -> Shop:
    """The same shop, with its categories named in both languages."""
    rows = [
        ("food", "en", "Food"),
        ("food", "zh", "食品"),
        ("books", "en", "Books"),
        ("books", "zh", "图书"),
    ]
    categories = [dict(zip(("category", "language", "name"), row, strict=True)) for row in rows]
    return shop_from_tables(tables | {"categories": pa.Table.from_pylist(categories)})


def test_every_name_of_a_category_asks_for_the_same_customers(named: Shop) -> None:
    by_id = segment(named, sentence="没买过books且买过food", minimum_count=20).evidence["members"]
    for sentence in (
        "没买过图书，买过食品",
        "bought Food but not Books",
        "买过 FOOD、没买过类目图书",
    ):
        answer = segment(named, sentence=sentence, minimum_count=20)
        assert answer.evidence["members"].equals(by_id), sentence
    assert answer.summary[0].en == "Read as: has bought Food and has bought no Books."
    assert answer.summary[0].zh == "读作：买过食品，且没买过图书。"
    assert answer.evidence["rule"]["words"].to_pylist() == ["买过 FOOD", "没买过类目图书"]


def test_a_name_of_two_categories_is_refused_by_name(tables: dict[str, pa.Table]) -> None:
    rows = [{"category": one, "language": "zh", "name": "百货"} for one in ("food", "books")]
    shop = shop_from_tables(tables | {"categories": pa.Table.from_pylist(rows)})
    with pytest.raises(UsageError) as caught:
        segment(shop, sentence="买过百货")
    assert caught.value.found.en == "'百货' can mean 2 things here: 'books', 'food'."
    assert caught.value.found.zh == "“百货”在本店可指 2 样：“books”、“food”。"


def test_a_category_is_not_asked_for_by_a_number_where_its_name_must_not_be(
    tables: dict[str, pa.Table],
) -> None:
    rows = [{"category": "food", "language": "en", "name": "Maternity"}]
    shop = shop_from_tables(tables | {"categories": pa.Table.from_pylist(rows)})
    with pytest.raises(UsageError, match="Could not read 'bought food'"):
        segment(shop, sentence="bought food")


def test_a_code_of_a_country_that_is_a_word_is_no_country() -> None:
    said = read("customers who bought twice from us, not in two months", LABELS)
    assert said.unread == ("from us",)
    assert [one.trait for one, _ in said.conditions] == ["purchases", "days_since"]


def test_a_sentence_of_blanks_is_refused(shop: Shop) -> None:
    for sentence in (" ", "\u3000\n"):
        with pytest.raises(UsageError, match="nothing but blanks"):
            segment(shop, sentence=sentence)


def test_what_is_never_inferred_is_no_tautology(shop: Shop) -> None:
    with pytest.raises(UsageError) as caught:
        segment(shop, sentence="怀孕的顾客")
    assert caught.value.found.zh == "“怀孕”属于不作推断的类别（怀孕）。"


def test_a_rule_that_nobody_meets_is_said(shop: Shop) -> None:
    with pytest.raises(UsageError, match="nobody meets it"):
        segment(shop, sentence="bought more than 500 times")


def test_no_step_of_a_rule_drops_a_few_customers(shop: Shop, tables: dict[str, pa.Table]) -> None:
    answer = segment(
        shop,
        sentence="bought at least twice, who agreed to marketing, from 广东",
        minimum_count=20,
    )
    steps = [200, *answer.evidence["rule"]["left"].to_pylist()]
    told = [count for count in steps if count is not None]
    assert len(told) > 2
    drops = [before - after for before, after in pairwise(told)]
    assert all(drop == 0 or drop >= 20 for drop in drops)


def test_a_step_that_drops_a_few_is_not_counted() -> None:
    # Of 100 customers 90 bought twice, and 50 of these agreed; 10 agreed who bought once.
    names = [f"c{n:03d}" for n in range(100)]
    bought = [*names, *names[:90]]
    shop = shop_from_tables({
        "orders": pa.table({
            "order_id": [str(n) for n in range(len(bought))], "customer_id": bought,
            "ordered_at": [f"2025-01-{1 + n // 100 * 9:02d} 10:00:00" for n in range(len(bought))],
            "total": [20.0] * len(bought)}),
        "customers": pa.table({"customer_id": names, "accepts_marketing": [n < 50 or n >= 90 for n in range(100)]}),
    })  # fmt: skip
    answer = segment(shop, sentence="bought at least twice, agreed to marketing", minimum_count=20)
    rule = answer.evidence["rule"].to_pylist()
    assert [row["left"] for row in rule] == [None, 50]
    assert [row["customers"] for row in rule] == [None, None]
    nearly = segment(shop, sentence="bought at least twice", minimum_count=20)
    (row,) = nearly.table.to_pylist()
    assert (row["customers"], row["share"], row["value_share"]) == (90, None, None)
    assert nearly.summary[1].en == "90 customers meet it."
    assert nearly.summary[1].zh == "符合的顾客有 90 位。"
    assert any("Nearly all meet it" in one.en for one in nearly.limits)
    own = shop_from_tables(
        {name: shop.table(name).to_pyarrow() for name in ("orders", "customers")},
        settings=Settings(segments={"most": "bought at least twice"}, minimum_count=20),
    )
    (row,) = segment(own).evidence["own"].to_pylist()
    assert (row["customers"], row["share"], row["low"]) == (90, None, None)
