"""Segments that other verbs read: stored ones, drop-offs of any funnel, and who opted out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.behaviour.ask import funnel, retention
from shopkeeper.operations.behaviour.metrics import share_difference
from shopkeeper.operations.segments.ask import profile
from shopkeeper.settings import Settings
from shopkeeper.words import Words

START = datetime(2025, 5, 1, 23, 50)
STEPS = ("Product Viewed", "Product Added", "Order Completed")
CUSTOMERS = 120


def stored(members: dict[str, list[str]]) -> Answer:
    """Make an answer whose segments, `set:segment`, have these customers."""
    rows = [(*name.split(":"), who) for name, mine in members.items() for who in mine]
    columns = zip(*rows, strict=True)
    names = ("segment_set", "segment", "customer_id")
    table = pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})
    return Answer(
        "segment", Words("S", "S"), pa.table({"a": [1]}), "rfm", evidence={"members": table}
    )


def who(numbers: Any) -> list[str]:
    return [f"c{number:03d}" for number in numbers]


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    """Customers who each look twice; a third of them goes on to the cart, another third orders."""
    events = [
        (f"s{n:03d}-{again}", f"c{n:03d}", name, START + timedelta(hours=5 * again, minutes=place))
        for n in range(CUSTOMERS)
        for again in (0, 1)
        for place, name in enumerate(STEPS[: 1 + n % 3] if again else STEPS[:1])
    ]
    orders = [(n, day) for n in range(CUSTOMERS) for day in ((3, 40) if n % 4 == 0 else (3,))]
    return {
        "events": pa.table({
            "event_id": [f"e{n:04d}" for n in range(len(events))],
            "session_id": [row[0] for row in events], "customer_id": [row[1] for row in events],
            "name": [row[2] for row in events], "happened_at": [row[3] for row in events],
            "device": ["app" if int(row[1][1:]) % 2 else "web" for row in events]}),
        "orders": pa.table({
            "order_id": [f"o{n}" for n in range(len(orders))],
            "customer_id": [f"c{n:03d}" for n, _ in orders],
            "ordered_at": [datetime(2025, 1, 2) + timedelta(days=day) for _, day in orders],
            "channel": [("shop", "fair")[n % 3 == 0] for n, _ in orders],
            "total": [5] * len(orders), "status": ["paid"] * len(orders)}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def shop_of(tables: dict[str, pa.Table]) -> Callable[..., Shop]:
    def made(answers: dict[str, Answer] | None = None, opted_out: tuple[str, ...] = ()) -> Shop:
        settings = Settings(minimum_count=1, opted_out=opted_out)
        return shop_from_tables(tables, settings=settings, answers=answers or {})

    return made


SEGMENTS = {
    "rfm:loyal": who(range(0, 60, 2)),
    "rfm:new": who(range(1, 60, 2)),
    "rfm:tiny": who(range(3)),
}


@pytest.mark.parametrize("per", ["session", "customer"])
def test_a_stored_segment_is_a_cohort(shop_of: Callable[..., Shop], per: Any) -> None:
    shop = shop_of({"segment": stored(SEGMENTS)})
    events = shop.events.to_pyarrow()
    found = funnel(
        shop, cohort="segment=rfm:loyal|rfm:new", per=per, breakdown="device"
    ).table.to_pylist()
    mine = pc.is_in(events["customer_id"], pa.array(who(range(60))))
    for side, rows in (("in", events.filter(mine)), ("out", events.filter(pc.invert(mine)))):
        alone = funnel(shop_from_tables({"events": rows}, settings=shop.settings), per=per)
        counts = [row["count"] for row in found if row["cohort"] == side and not row["group_en"]]
        assert counts == [row["count"] for row in alone.table.to_pylist()]
    with pytest.raises(UsageError, match="No stored answer has it"):
        funnel(shop, cohort="分群=rfm:asleep")
    with pytest.raises(UsageError, match="It has 3 customers") as held:
        funnel(shop, cohort="分群=rfm:tiny")
    assert "少于 20 位" in held.value.found.zh
    outside = {"events": events.filter(pc.invert(mine))}
    nobody = shop_from_tables(outside, answers={"segment": stored(SEGMENTS)})
    with pytest.raises(MissingDataError, match="Fewer than 20 of them began"):
        funnel(nobody, cohort="分群=rfm:loyal")


def test_retention_of_a_segment_stands_beside_that_of_all_others(
    shop_of: Callable[..., Shop],
) -> None:
    shop = shop_of({"segment": stored({**SEGMENTS, "rfm:large": who(range(0, 100, 2))})})
    for typed in ("rfm:large", "large"):
        found = retention(shop, segment=typed)
        assert [(row["customers"], row["returned"]) for row in found.table.to_pylist()] == [
            (50, 50),
            (50, 25),
        ]
        assert any("large" in words.zh for words in found.limits)
    revenue = found.evidence["revenue"].to_pylist()
    assert [row["cumulative"] for row in revenue] == [250, 375]
    rows = {row["age"]: row for row in found.evidence["against"].to_pylist()}
    expected = share_difference(50, 50, 70, 70)
    assert (rows[0]["difference"], rows[0]["low"]) == (expected.value, expected.low)
    assert (rows[0]["customers_in"], rows[0]["customers_out"]) == (50, 70)
    # Of all others five came back.
    assert 1 not in rows
    of_few = retention(shop, segment="rfm:loyal")
    assert [row["returned"] for row in of_few.table.to_pylist()] == [30, None]
    assert [row["cumulative"] for row in of_few.evidence["revenue"].to_pylist()] == [150, None]
    with pytest.raises(UsageError, match="there are: rfm:large, rfm:loyal"):
        retention(shop, segment="rfm:gold")
    with pytest.raises(UsageError, match="No stored answer has it"):
        retention(shop_of(), segment="loyal")


def test_retention_by_what_customers_began_with(tables: dict[str, pa.Table]) -> None:
    late = {
        "order_id": ["z"],
        "customer_id": ["z"],
        "ordered_at": [datetime(2025, 2, 28, 9)],
        "total": [5],
    }
    orders = tables["orders"]
    twice = [
        pa.table({**{name: orders[name] for name in orders.column_names},
                  "order_id": pc.binary_join_element_wise(orders["order_id"], mark, ""),
                  "customer_id": pc.binary_join_element_wise(orders["customer_id"], mark, "")})
        for mark in "ab"
    ]  # fmt: skip
    more = {"orders": pa.concat_tables([*twice, pa.table(late)], promote_options="permissive")}
    shop = shop_from_tables(more, settings=Settings(minimum_count=1))
    found = retention(shop, by="渠道")
    rows = {(row["group_en"], row["age"]): row for row in found.evidence["by_group"].to_pylist()}
    # Every third customer began at the fair; every fourth came back, of those every twelfth.
    # A single customer without a channel is no group, nor can be told from all less the others.
    assert {group for group, _ in rows} == {"fair + other", "shop"}
    fair = [rows["fair + other", age] for age in (0, 1)]
    assert [(row["customers"], row["returned"]) for row in fair] == [(80, 80), (80, 20)]
    assert (rows["shop", 1]["customers"], rows["shop", 1]["returned"]) == (160, 40)
    halved = {"orders": pa.concat_tables([orders, pa.table(late)], promote_options="permissive")}
    few = retention(shop_from_tables(halved), by="channel", minimum_count=1)
    counts = [(row["age"], row["returned"]) for row in few.evidence["by_group"].to_pylist()]
    # Ten of the fair's are all that came back less the twenty of the shop.
    assert sorted(counts, key=str) == [(0, 40), (0, 80), (1, None), (1, None)]
    assert any("too few of some groups came back" in words.en for words in few.summary)
    with pytest.raises(UsageError, match="Customers cannot be grouped by that") as held:
        retention(shop, by="device")
    assert "渠道（channel）" in held.value.do.zh and "--since visit" in held.value.do.en
    with pytest.raises(UsageError, match="A segment is asked for too"):
        retention(shop, by="channel", segment="rfm:loyal")


def test_what_comes_later_does_not_decide_the_group(tables: dict[str, pa.Table]) -> None:
    """Nobody's first order names a channel; those who come back do so by the app."""
    orders = tables["orders"]
    first = pc.less(orders["ordered_at"], pa.scalar(datetime(2025, 1, 20)))
    channel = pc.if_else(first, pa.scalar(None, pa.string()), pa.scalar("app"))
    orders = orders.set_column(orders.column_names.index("channel"), "channel", channel)
    shop = shop_from_tables({"orders": orders}, settings=Settings(minimum_count=1))
    groups = {
        row["group_en"] for row in retention(shop, by="channel").evidence["by_group"].to_pylist()
    }
    assert groups == {"unknown"}


def test_a_card_is_written_of_any_segment(shop_of: Callable[..., Shop]) -> None:
    shop = shop_of({"segment": stored(SEGMENTS)})
    for typed, many in (("rfm:loyal", 30), ("funnel_lost(view > cart > order):cart", 40)):
        answer = profile(shop, segment=typed)
        assert {row["card"] for row in answer.table.to_pylist()} == {typed}
        sizes = [
            row["value"] for row in answer.table.to_pylist() if row["statistic"] == "customers"
        ]
        assert sizes == [many]
    with pytest.raises(UsageError, match="One customer and one segment"):
        profile(shop, segment="rfm:loyal", customer="c001")


def test_groups_that_surely_differ_are_told(tables: dict[str, pa.Table]) -> None:
    orders = tables["orders"]
    number = [int(name[1:]) for name in orders["customer_id"].to_pylist()]
    channel = pa.array(["again" if n % 4 == 0 else f"once {n % 4}" for n in number])
    orders = orders.set_column(orders.column_names.index("channel"), "channel", channel)
    last = {
        "order_id": ["z"],
        "customer_id": ["z"],
        "ordered_at": [datetime(2025, 2, 28, 9)],
        "total": [5],
    }
    more = {"orders": pa.concat_tables([orders, pa.table(last)], promote_options="permissive")}
    told = retention(
        shop_from_tables(more, settings=Settings(minimum_count=1)), by="channel"
    ).summary
    assert any("By channel, best after 1 month: again, 100.0%" in words.en for words in told)
    assert any("按渠道看" in words.zh and "“again”" in words.zh for words in told)


def lost(answer: Answer) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in answer.evidence["members"].to_pylist():
        found.setdefault((row["segment_set"], row["segment"]), set()).add(row["customer_id"])
    return found


def test_drop_offs_are_segments_of_customers_by_their_furthest_step(
    shop_of: Callable[..., Shop], tables: dict[str, pa.Table]
) -> None:
    thirds = [set(who(range(k, CUSTOMERS, 3))) for k in range(3)]
    assert lost(funnel(shop_of())) == {
        ("funnel_lost", STEPS[0]): thirds[0], ("funnel_lost", STEPS[1]): thirds[1],
    }  # fmt: skip
    events = tables["events"]
    few = shop_from_tables({"events": events.filter(pc.field("customer_id") < "c050")})
    # Of the first fifty customers fewer than twenty are lost at each step.
    assert lost(funnel(few)) == {}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"steps": "view,order"}, "funnel_lost(Product Viewed > Order Completed)"),
        ({"steps": "cart,order", "order": "any"}, "funnel_lost(Product Added > Order Completed; any)"),
        ({"steps": "浏览,加购", "per": "customer", "window_hours": 4.5},
         "funnel_lost(Product Viewed > Product Added; customer; 4.5h)"),
        ({}, "funnel_lost"),
        ({"window_hours": 24.0}, "funnel_lost(Product Viewed > Product Added > Order Completed; 24h)"),
    ],
)  # fmt: skip
def test_drop_offs_of_any_funnel_are_counted_anew_by_the_name_that_it_gives_them(
    shop_of: Callable[..., Shop], asked: dict[str, Any], name: str
) -> None:
    shop = shop_of()
    told = lost(funnel(shop, **asked))
    assert {group for group, _ in told} == {name}
    for (group, step), mine in told.items():
        found = retention(shop, segment=f"{group}:{step}")
        assert found.table["customers"].to_pylist()[0] == len(mine)
        sides = funnel(shop, per="customer", cohort=f"segment={group}:{step}").table.to_pylist()
        assert next(row["count"] for row in sides if row["cohort"] == "in") == len(mine)


def test_a_living_segment_follows_the_data_and_reads_short_and_chinese_words(
    shop_of: Callable[..., Shop],
) -> None:
    shop = shop_of()
    for typed in (
        "funnel_lost(view > cart > order):cart",
        "funnel_lost（浏览 > 加购 > 下单）：加购",
    ):
        assert retention(shop, segment=typed).table["customers"].to_pylist()[0] == 40
    events = shop.events.to_pyarrow()
    now = {
        "events": events.filter(pc.field("customer_id") >= "c030"),
        "orders": shop.orders.to_pyarrow(),
    }
    later = shop_from_tables(now, settings=shop.settings)
    found = retention(later, segment="funnel_lost(view > cart > order):cart")
    assert found.table["customers"].to_pylist()[0] == 30
    for typed, said in (
        ("funnel_lost(view > nothing):view", "The shop has no event 'nothing'"),
        ("funnel_lost(view > cart > order):order", "Nobody is lost at the last step"),
        ("funnel_lost(view > order; 1 hour):view", "'1 hour' is no option"),
        ("funnel_lost(view > order; 按顾客):view", "'按顾客' is no option"),
        ("funnel_lost(view > order):cart", "Its funnel has no step 'cart'"),
    ):
        with pytest.raises(UsageError, match=said):
            retention(shop, segment=typed)


def test_whoever_opted_out_is_in_no_segment(shop_of: Callable[..., Shop]) -> None:
    out = tuple(who((4, 7, 10)))
    shop = shop_of({"segment": stored(SEGMENTS)}, out)
    members = lost(funnel(shop))
    assert not set(out) & set().union(*members.values())
    assert len(members["funnel_lost", STEPS[1]]) == 40 - 3
    assert retention(shop, segment="rfm:loyal").table["customers"].to_pylist()[0] == 30 - 2
    live = retention(shop, segment="funnel_lost(view > cart > order):cart")
    assert live.table["customers"].to_pylist()[0] == 40 - 3


def test_a_value_that_nobody_has_is_named_beside_those_that_somebody_has(
    shop_of: Callable[..., Shop],
) -> None:
    told = funnel(shop_of(), cohort="device=app|tablet").summary
    assert any(words.en == "Nobody who began has the device tablet." for words in told)
    assert any(words.zh == "开始的人里没有设备为 tablet 的。" for words in told)
    assert not any("Nobody" in words.en for words in funnel(shop_of(), cohort="device=app").summary)
