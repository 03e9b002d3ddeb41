"""The answer of `funnel`, held against counting by hand."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.ask import funnel
from shopkeeper.settings import Settings

pytestmark = pytest.mark.usefixtures("no_least_cell")

START = datetime(2025, 5, 1, 23, 50)
STEPS = ("Product Viewed", "Product Added", "Order Completed")
Event = tuple[str, str, float]


def shop_of(events: Sequence[Event], **more: Any) -> Shop:
    """Make a shop of events: session, name, minutes after the start."""
    table = pa.table({
        "event_id": [f"e{number:03d}" for number in range(len(events))],
        "session_id": [unit for unit, _, _ in events],
        "name": [name for _, name, _ in events],
        "happened_at": [START + timedelta(minutes=at) for _, _, at in events], **more,
    })  # fmt: skip
    return shop_from_tables({"events": table}, settings=Settings(minimum_count=1))


def counts(answer: Answer, cohort: str = "all", group: str = "") -> list[int]:
    return [
        row["count"]
        for row in answer.table.to_pylist()
        if (row["cohort"], row["group_en"]) == (cohort, group)
    ]


def by_hand(
    events: Sequence[Event], steps: Sequence[str], hours: float, *, ordered: bool
) -> list[int]:
    """Try every choice of one event a step."""
    units = sorted({unit for unit, _, _ in events})
    return [
        sum(
            any(
                max(choice) - min(choice) <= hours * 60
                and (not ordered or list(choice) == sorted(choice))
                for choice in product(*times(events, unit, steps[:count]))
            )
            for unit in units
        )
        for count in range(1, len(steps) + 1)
    ]


def times(events: Sequence[Event], unit: str, steps: Sequence[str]) -> Iterator[list[float]]:
    for step in steps:
        yield [at for one, name, at in events if (one, name) == (unit, step)]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "会话"]),
        st.sampled_from([*STEPS, *STEPS, "Page Viewed"]),
        st.integers(0, 12),
    ),
    min_size=3,
    max_size=24,
)


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.sampled_from([1, 3, 5, 60]), st.booleans())
def test_the_funnel_equals_every_choice_tried_by_hand(
    events: list[Event], minutes: int, ordered: bool
) -> None:
    events = [("a", STEPS[0], 0), ("a", STEPS[1], 0), ("b", STEPS[2], 0), *events]
    found = funnel(
        shop_of(events),
        steps=",".join(STEPS),
        order="ordered" if ordered else "any",
        window_hours=minutes / 60,
    )
    assert counts(found) == by_hand(events, STEPS, minutes / 60, ordered=ordered)


@settings(max_examples=12, deadline=None)
@given(EVENTS, st.permutations(range(3)), st.sampled_from([2, 60]))
def test_a_wider_window_or_a_free_order_never_loses_anybody(
    events: list[Event], permuted: list[int], minutes: int
) -> None:
    events = [(unit, name, 0) for unit in "ab" for name in STEPS] + events
    shop = shop_of(events)
    steps = [STEPS[place] for place in permuted]
    asked: dict[str, Any] = {"steps": ",".join(steps), "window_hours": minutes / 60}
    strict = counts(funnel(shop, **asked))
    assert strict == sorted(strict, reverse=True)
    assert all(
        one <= other
        for one, other in zip(strict, counts(funnel(shop, **asked, order="any")), strict=True)
    )
    asked["window_hours"] *= 2
    assert all(
        one <= other for one, other in zip(strict, counts(funnel(shop, **asked)), strict=True)
    )


def test_a_chain_that_begins_anew_is_found_within_the_window() -> None:
    events = [("a", STEPS[0], 0), ("a", STEPS[1], 50), ("a", STEPS[0], 70), ("a", STEPS[1], 75),
              ("a", STEPS[2], 90), ("b", STEPS[0], 0), ("b", STEPS[2], 200)]  # fmt: skip
    found = funnel(shop_of(events), window_hours=0.5)
    assert counts(found) == [2, 1, 1]
    assert counts(funnel(shop_of(events), window_hours=0.3)) == [2, 1, 0]


def test_the_end_of_the_window_belongs_to_it_to_the_second() -> None:
    events = [("a", STEPS[0], 0), ("a", STEPS[1], 60)]
    assert counts(funnel(shop_of(events), window_hours=1)) == [1, 1]
    assert counts(funnel(shop_of(events), window_hours=3599 / 3600)) == [1, 0]


def test_steps_at_one_instant_are_in_order_and_clocks_that_go_back_are_not() -> None:
    events = [
        ("tie", STEPS[1], 5),
        ("tie", STEPS[0], 5),
        ("back", STEPS[1], 4),
        ("back", STEPS[0], 5),
    ]
    assert counts(funnel(shop_of(events))) == [2, 1]
    assert counts(funnel(shop_of(events), order="any")) == [2, 2]


def test_a_session_goes_on_past_midnight_in_any_zone() -> None:
    zones = {"time_zone": ["Asia/Shanghai", "America/Sao_Paulo"]}
    events = [("a", STEPS[0], 0), ("a", STEPS[1], 20)]
    assert counts(funnel(shop_of(events, **zones))) == [1, 1]
    made = [(None, STEPS[0], 0), (None, STEPS[1], 20)]
    assert counts(funnel(shop_of(made, visitor_id=["v", "v"], **zones))) == [1, 1]  # type: ignore[arg-type]


@pytest.mark.parametrize(("pause", "expected"), [(30, [1, 1]), (30.01, [1, 0])])
def test_sessions_are_made_of_events_without_one_by_a_pause_of_half_an_hour(
    pause: float, expected: list[int]
) -> None:
    events = [(None, STEPS[0], 0), (None, "Page Viewed", 10), (None, STEPS[1], 10 + pause)]
    found = funnel(shop_of(events, visitor_id=["v"] * 3))  # type: ignore[arg-type]
    assert counts(found) == expected
    assert any("30 minutes" in words.en for words in found.limits)


def test_events_with_and_without_a_session_count_together() -> None:
    events = [("s", STEPS[0], 0), ("s", STEPS[1], 1), (None, STEPS[0], 0), (None, STEPS[1], 400),
              (None, STEPS[0], 0)]  # fmt: skip
    found = funnel(shop_of(events, visitor_id=["v", "v", "v", "v", None]))  # type: ignore[arg-type]
    assert counts(found) == [2, 1]
    parts = {row["part"]: row["count"] for row in found.evidence["parts"].to_pylist()}
    assert parts == {"events": 5, "without_owner": 1, "began": 2}
    assert any("1 event of the steps" in words.en for words in found.limits)


def test_a_customer_is_followed_over_sessions_and_a_visitor_where_there_is_none() -> None:
    events = [("1", STEPS[0], 0), ("2", STEPS[1], 600), ("3", STEPS[0], 0), ("4", STEPS[1], 5)]
    shop = shop_of(events, customer_id=["c", "c", None, None], visitor_id=["x", "y", "z", "z"])
    assert counts(funnel(shop)) == [2, 0]
    assert counts(funnel(shop, per="customer")) == [2, 2]
    assert counts(funnel(shop, per="customer", window_hours=9)) == [2, 1]


@pytest.fixture(scope="module")
def split() -> Shop:
    rows = [(f"s{n}", STEPS[step], step) for n in range(60) for step in range(1 + (n % 3 == 0) * 2)]
    number = [int(unit[1:]) for unit, _, _ in rows]
    tables = {
        "events": pa.table({
            "event_id": [f"e{n:03d}" for n in range(len(rows))],
            "session_id": [unit for unit, _, _ in rows], "name": [name for _, name, _ in rows],
            "happened_at": [START + timedelta(minutes=at) for _, _, at in rows],
            "device": [("mobile", "desktop")[n % 2] for n in number],
            "channel": [None if n % 5 == 4 else ("ads", "search")[n % 4 // 2] for n in number],
            "product_id": [f"p{n % 4}" for n in number], "customer_id": [f"c{n % 7}" for n in number]}),
        "products": pa.table({"product_id": ["p0", "p1", "p2"], "category": ["茶", "茶", "杯"]}),
        "customers": pa.table({
            "customer_id": [f"c{n}" for n in range(7)], "city": ["杭州", "", None, "上海"] * 1 + ["杭州"] * 3}),
    }  # fmt: skip
    return shop_from_tables(tables, settings=Settings(minimum_count=10))


@pytest.mark.parametrize(
    "breakdown", ["device", "device,channel", "category", "city,category", "product_id,device,city"]
)
def test_groups_and_both_sides_of_a_cohort_add_up_to_the_whole(split: Shop, breakdown: str) -> None:
    found = funnel(split, breakdown=breakdown, cohort="channel=ads")
    whole = counts(found)
    assert whole == [60, 20, 20]
    pairs = zip(counts(found, "in"), counts(found, "out"), strict=True)
    assert [inside + outside for inside, outside in pairs] == whole
    for side in ("in", "out"):
        rows = [row for row in found.table.to_pylist() if row["cohort"] == side and row["group_en"]]
        for rank, total in enumerate(counts(found, side), 1):
            assert sum(row["count"] for row in rows if row["rank"] == rank) == total


def test_groups_are_told_in_both_languages_and_the_rarest_together(
    split: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = funnel(split, breakdown="category,channel").table.to_pylist()
    assert {"茶 · ads", "unknown · unknown"} <= {row["group_en"] for row in found}
    assert "未知 · 未知" in {row["group_zh"] for row in found}
    monkeypatch.setattr("shopkeeper.operations.behaviour.stepping.finding.MOST_SHOWN", 2)
    few = funnel(split, breakdown="category,channel")
    names = list(dict.fromkeys(row["group_en"] for row in few.table.to_pylist()))
    assert len(names) == 4 and names[-1] == "other"
    assert sum(sum(counts(few, "all", name)[:1]) for name in names[1:]) == 60


def test_shares_have_wilson_intervals_and_few_have_none(split: Shop) -> None:
    found = funnel(split, breakdown="city")
    last = found.table.to_pylist()[2]
    wilson = proportion(20, 60)
    assert (last["share"], last["low"], last["high"]) == (wilson.value, wilson.low, wilson.high)
    assert (last["share_of_previous"], last["lost"]) == (1.0, 0)
    few = [row for row in found.table.to_pylist() if row["group_en"] == "上海"]
    assert [row["share"] for row in few] == [None] * 3
    assert few[0]["count"] == 9


def test_the_difference_of_a_cohort_stands_with_its_interval(split: Shop) -> None:
    found = funnel(split, cohort="device = mobile")
    row = found.evidence["difference"].to_pylist()[-1]
    inside, outside = counts(found, "in"), counts(found, "out")
    assert row["share_in"] == inside[2] / inside[0]
    assert row["difference"] == pytest.approx(inside[2] / inside[0] - outside[2] / outside[0])
    assert row["low"] < row["difference"] < row["high"]
    assert funnel(split, cohort="city=上海").evidence["difference"].num_rows == 0


def test_every_number_in_a_sentence_stands_in_a_table(split: Shop) -> None:
    found = funnel(split, cohort="device=mobile", breakdown="channel", window_hours=24)
    cells = {"24", "95"}
    for row in [*found.table.to_pylist(), *found.evidence["difference"].to_pylist()]:
        for value in row.values():
            if isinstance(value, float):
                cells |= {f"{value:.1%}", f"{100 * value:+.1f}"}
            cells.add(f"{value:,}" if isinstance(value, int) else "")
    assert len(found.summary) == 3
    for words in found.summary:
        for text in (words.en, words.zh):
            said = re.findall(
                r"[+-]?\d[\d,]*(?:\.\d+)?%?", text.replace("95 %", "").replace("95%", "")
            )
            assert set(said) <= cells, text


def test_steps_are_named_by_short_words_and_in_chinese(split: Shop) -> None:
    assert counts(funnel(split, steps="浏览，order completed")) == [60, 20]
    assert counts(funnel(split, steps="view,cart,purchase")) == [60, 20, 20]
    chinese = funnel(split, breakdown="设备、渠道", cohort="类目=茶")
    assert chinese.table.equals(
        funnel(split, breakdown="device,channel", cohort="category=茶").table
    )


def test_the_chart_shows_whiskers_and_parts(split: Shop) -> None:
    plain, parted = funnel(split).chart, funnel(split, breakdown="device").chart
    assert plain and parted
    assert [value["share"] for value in plain["data"]["values"]] == [1.0, 0.333333, 0.333333]
    assert {value["who"]["en"] for value in parted["data"]["values"]} == {"mobile", "desktop"}
    few = shop_from_tables({"events": split.events.to_pyarrow().slice(0, 9)})
    assert funnel(few).chart is None


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"steps": "view,nothing"}, UsageError, "no event 'nothing'"),
        ({"steps": "view"}, UsageError, "2 to 10"),
        ({"steps": "view,cart,浏览"}, UsageError, "named twice"),
        ({"breakdown": "colour"}, UsageError, "Choose from channel"),
        ({"cohort": "mobile"}, UsageError, "Write it as device=mobile"),
        ({"cohort": "a,b=c"}, UsageError, "Write it as device=mobile"),
        ({"cohort": "shoe=c"}, UsageError, "Choose from channel"),
        ({"cohort": "device=fridge"}, MissingDataError, "there is: desktop, mobile"),
        ({"window_hours": 0.0}, UsageError, "above 0"),
        ({"window_hours": float("nan")}, UsageError, "above 0"),
        ({"minimum_count": 0}, UsageError, "1 or more"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    split: Shop, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        funnel(split, **given)


def test_shops_without_the_events_are_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="no events"):
        funnel(shop_from_tables({}))
    with pytest.raises(MissingDataError, match=r"the shop has Product Viewed\.") as held:
        funnel(shop_of([("a", STEPS[0], 0), ("a", "Spun", 1)]))
    assert "Spun" in held.value.do.en
    assert "店里只有浏览商品。" in held.value.found.zh
    with pytest.raises(MissingDataError) as none:
        funnel(shop_of([("a", "Spun", 1)]))
    assert none.value.found.zh.endswith("店里一个都没有。")
    nobody = [(None, STEPS[0], 0), (None, STEPS[1], 1)]
    with pytest.raises(MissingDataError, match="session, visitor or customer"):
        funnel(shop_of(nobody))  # type: ignore[arg-type]
    with pytest.raises(MissingDataError, match="--per session"):
        funnel(shop_of([("a", STEPS[0], 0), ("a", STEPS[1], 1)]), per="customer")
    with pytest.raises(MissingDataError, match="Nobody did the first step"):
        funnel(shop_of([(None, STEPS[0], 0), ("a", STEPS[1], 1)]))  # type: ignore[list-item]


def test_where_everybody_goes_on_nobody_is_said_to_be_lost() -> None:
    rows = [(f"s{n}", step, at) for n in range(20) for at, step in enumerate(STEPS)]
    (only,) = funnel(shop_of(rows)).summary
    assert "20 (100.0%" in only.en


def test_groups_are_called_best_and_worst_only_where_their_intervals_lie_apart() -> None:
    rows = [(f"s{n}", STEPS[step], step) for n in range(200) for step in range(1 + n % 2)]
    device = [("phone", "tablet")[int(unit[1:]) % 2] for unit, _, _ in rows]
    shop = shop_of(rows, device=device)
    (told,) = [words for words in funnel(shop, breakdown="device").summary if "phone" in words.en]
    assert "most by tablet: 100.0% (96.3%–100.0%); least by phone: 0.0% (0.0%–3.7%)" in told.en
    alike = shop_of(
        rows, device=[("phone", "tablet")[int(unit[1:]) // 2 % 2] for unit, _, _ in rows]
    )
    assert not any("phone" in words.en for words in funnel(alike, breakdown="device").summary)


def test_a_group_that_is_spelt_like_ours_stays_apart() -> None:
    who = [f"s{n:02d}" for n in range(50)]
    device = ["unknown", "other", "", "未知", *(f"d{n:02d}" for n in range(46))]
    shop = shop_of(
        [(one, STEPS[n], n) for one in who for n in (0, 1)],
        device=[d for d in device for _ in (0, 1)],
    )
    answer = funnel(shop, breakdown="device")
    groups = [row["group_en"] for row in answer.table.to_pylist() if row["rank"] == 1]
    assert len(groups) == len(set(groups)) == 42
    assert counts(answer, group="other") == [10, 10]
    assert counts(answer, group="unknown") == [1, 1]
