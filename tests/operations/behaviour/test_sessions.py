"""The answer of `sessions`, held against counting by hand."""

import re
import statistics
from datetime import datetime, timedelta
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
from shopkeeper.operations.behaviour.ask import sessions
from shopkeeper.settings import Settings

START = datetime(2025, 5, 1, 23, 50)
NAMES = ("Product Viewed", "Page Viewed", "Order Completed")
Event = tuple[str, str, int, str | None]


def shop_of(events: list[Event], least: int = 1, *, named: bool = True) -> Shop:
    """Make a shop of events: visitor or session, name, minutes, device."""
    who = pa.array([row[0] for row in events], pa.string())
    nobody = pa.nulls(len(events), pa.string())
    table = pa.table({
        "event_id": [f"e{n:03d}" for n in range(len(events))], "name": [row[1] for row in events],
        "happened_at": [START + timedelta(minutes=row[2]) for row in events],
        "device": pa.array([row[3] for row in events], pa.string()),
        "session_id": who if named else nobody, "visitor_id": nobody if named else who,
    })  # fmt: skip
    return shop_from_tables({"events": table}, settings=Settings(minimum_count=least))


def told(answer: Answer, by: str = "all", group: str = "") -> dict[str, dict[str, Any]]:
    return {
        row["metric"]: row
        for row in answer.table.to_pylist()
        if (row["by"], row["group_en"]) == (by, group)
    }


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "访客"]),
        st.sampled_from(NAMES),
        st.integers(0, 200),
        st.sampled_from(["phone", "tablet", None]),
    ),
    min_size=1,
    max_size=25,
)


def by_hand(events: list[Event], *, named: bool) -> list[list[Event]]:
    """Return the events of each session, in the order of time."""
    made: list[list[Event]] = []
    for who in sorted({row[0] for row in events}):
        own = sorted((row for row in events if row[0] == who), key=lambda row: row[2])
        for place, row in enumerate(own):
            if place == 0 or (not named and row[2] - own[place - 1][2] > 30):
                made.append([])
            made[-1].append(row)
    return made


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.booleans())
def test_rates_and_means_equal_counting_by_hand(events: list[Event], named: bool) -> None:
    found, made = sessions(shop_of(events, named=named)), by_hand(events, named=named)
    whole = told(found)
    assert whole["bounce_rate"]["sessions"] == len(made)
    bought = sum(any(row[1] == "Order Completed" for row in one) for one in made)
    wilson = proportion(bought, len(made))
    rate = whole["purchase_rate"]
    assert (rate["value"], rate["low"], rate["high"]) == (wilson.value, wilson.low, wilson.high)
    assert whole["bounce_rate"]["value"] == sum(len(one) == 1 for one in made) / len(made)
    minutes = [one[-1][2] - one[0][2] for one in made]
    for metric, values in (
        ("events_per_session", [len(one) for one in made]),
        ("minutes_per_session", minutes),
    ):
        row = whole[metric]
        assert row["value"] == pytest.approx(statistics.fmean(values))
        if len(made) > 1:
            half = 1.959964 * statistics.stdev(values) / len(made) ** 0.5
            assert row["high"] - row["value"] == pytest.approx(half, rel=1e-5, abs=1e-9)
    entries: dict[str, int] = {}
    for one in made:
        first = min(row[1] for row in one if row[2] == one[0][2])
        entries[first] = entries.get(first, 0) + 1
    rows = found.table.to_pylist()
    assert entries == {row["group_en"]: row["sessions"] for row in rows if row["by"] == "entry"}
    lengths = found.evidence["lengths"].to_pylist()
    assert sum(row["sessions"] for row in lengths) == len(made)
    assert lengths[0]["sessions"] == sum(value == 0 for value in minutes)
    assert lengths[-1]["sessions"] == sum(value > 30 for value in minutes)


def test_groups_add_up_and_a_device_is_the_first_that_is_named() -> None:
    events: list[Event] = [("a", NAMES[0], 0, None), ("a", NAMES[1], 1, "phone"), ("a", NAMES[2], 2, "tablet"),
                           ("b", NAMES[0], 0, None)]  # fmt: skip
    found = sessions(shop_of(events))
    assert told(found, "device", "phone")["purchase_rate"]["value"] == 1.0
    assert told(found, "device", "unknown")["bounce_rate"]["value"] == 1.0
    assert {row["group_zh"] for row in found.table.to_pylist() if row["by"] == "entry"} == {
        "浏览商品"
    }


def test_groups_that_are_not_shown_are_told() -> None:
    events: list[Event] = [(f"s{n}", NAMES[0], 0, f"d{n % 25:02d}") for n in range(50)]
    many, few = sessions(shop_of(events)), sessions(shop_of(events[:20]))
    assert len({row["group_en"] for row in many.table.to_pylist() if row["by"] == "device"}) == 20
    assert any("the 20 commonest" in words.en for words in many.limits)
    assert not any("commonest" in words.en for words in few.limits)


def test_few_sessions_have_no_figures_and_events_of_nobody_are_left_out() -> None:
    few = sessions(shop_of([("a", NAMES[0], 0, None)] * 9, least=10))
    assert {row["value"] for row in few.table.to_pylist()} == {None}
    assert few.chart is None
    assert "too few" in few.summary[0].en
    mixed: list[Any] = [("a", NAMES[0], 0, None), (None, NAMES[0], 0, None)]
    assert told(sessions(shop_of(mixed)))["bounce_rate"]["sessions"] == 1


def test_every_number_in_a_sentence_stands_in_the_table() -> None:
    events: list[Event] = [
        (f"s{n}", NAMES[n * step % 3], step * (n % 7), "phone")
        for n in range(60)
        for step in range(1 + n % 4)
    ]
    found = sessions(shop_of(events, least=10))
    cells = {f"{told(found)['purchase_rate']['sessions']:,}"}
    for row in told(found).values():
        for name in ("value", "low", "high"):
            cells |= {f"{row[name]:.1%}", f"{row[name]:.1f}"}
    assert len(found.summary) == 2 and found.chart is not None
    for words in found.summary:
        for text in (re.sub("one|一", "", words.en), words.zh):
            said = re.findall(r"\d[\d,]*(?:\.\d+)?%?", re.sub("95 ?%", "", text))
            assert said and set(said) <= cells, text


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="No event names its session"):
        sessions(shop_from_tables({}))
    nobody: list[Any] = [(None, NAMES[0], 0, None)]
    with pytest.raises(MissingDataError, match="Import events with one of them"):
        sessions(shop_of(nobody))
    with pytest.raises(UsageError, match="1 or more"):
        sessions(shop_of([("a", NAMES[0], 0, None)]), minimum_count=0)


def test_lengths_that_only_wrong_clocks_have_do_no_harm() -> None:
    for seconds in range(1_735_689_600, 1_735_689_630):
        at = [datetime(1970, 1, 1), datetime(1970, 1, 1) + timedelta(seconds=seconds)] * 2
        events = pa.table({
            "event_id": list("1234"), "session_id": list("aabb"), "name": [NAMES[0]] * 4, "happened_at": at})  # fmt: skip
        shop = shop_from_tables({"events": events}, settings=Settings(minimum_count=1))
        row = told(sessions(shop))["minutes_per_session"]
        assert row["value"] == pytest.approx(seconds / 60)
        assert row["low"] <= row["value"] <= row["high"]


def test_after_three_events_trees_tell_more_than_the_entry() -> None:
    """Who puts something into the cart among the first three events mostly buys; the entry says nothing."""
    draw = np.random.default_rng(4)
    rows = []
    for n in range(700):
        carted = draw.random() < 0.4
        bought = draw.random() < (0.8 if carted else 0.1)
        names = ["Product Viewed", "Product Added" if carted else "Product Viewed", "Product Viewed",
                 "Order Completed" if bought else "Page Viewed"]  # fmt: skip
        rows += [(f"s{n:03d}", name, 300 * n + place, None) for place, name in enumerate(names)]
    answer = sessions(shop_of(rows))
    plain, trees = answer.evidence["chance"].to_pylist()
    assert (plain["method"], trees["method"], trees["sessions"]) == ("entry_rate", "boosted", 140)
    assert plain["auc"] == 0.5
    assert trees["low"] > plain["auc"] + 0.15
    assert abs(trees["expected_rate"] - trees["happened_rate"]) < 0.15
    assert any("AUC" in words.en for words in answer.summary)
    tenths = answer.evidence["likely"].to_pylist()
    assert sum(row["sessions"] for row in tenths) == 140
    assert sum(row["sessions"] * row["expected"] for row in tenths) / 140 == pytest.approx(
        trees["expected_rate"]
    )
    assert tenths[0]["high"] < tenths[-1]["low"]
    assert sessions(shop_of(rows[:1000])).evidence["chance"].num_rows == 0
