"""The answer of `paths`, held against walking by hand."""

import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.intervals import proportion
from shopkeeper.operations.behaviour.ask_further import paths
from shopkeeper.operations.behaviour.walking.rows import BOUGHT, ENTRY, EXIT, LENGTH
from shopkeeper.settings import Settings

START = datetime(2025, 5, 1, 23, 50)
Event = tuple[str | None, str, int]


def shop_of(
    events: list[Event], least: int = 1, *, named: bool = True, pages: list[str] | None = None
) -> Shop:
    """Make a shop of events: session (or visitor), name, minutes."""
    who = pa.array([row[0] for row in events], pa.string())
    nobody = pa.nulls(len(events), pa.string())
    table = pa.table({
        "event_id": [f"e{n:04d}" for n in range(len(events))], "name": [row[1] for row in events],
        "happened_at": [START + timedelta(minutes=row[2]) for row in events],
        "session_id": who if named else nobody, "visitor_id": nobody if named else who,
        "page": pa.array(pages or [None] * len(events), pa.string()),
    })  # fmt: skip
    return shop_from_tables({"events": table}, settings=Settings(minimum_count=least))


def walks(events: list[Event], *, named: bool) -> list[list[str]]:
    """Return the names of each session in the order of time, then of the event's number."""
    made: list[list[str]] = []
    for who in sorted({row[0] for row in events if row[0]}):
        own = sorted((row[2], n, row[1]) for n, row in enumerate(events) if row[0] == who)
        for place, (at, _, name) in enumerate(own):
            if place == 0 or (not named and at - own[place - 1][0] > 30):
                made.append([])
            made[-1].append(name)
    return made


def moves(answer: Answer) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["source_en"], row["target_en"]): row for row in answer.table.to_pylist()}


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "访客", None]), st.sampled_from(["Product Viewed", "Own step", BOUGHT]), st.integers(0, 90)
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(EVENTS, st.booleans())
def test_transitions_and_ways_equal_walking_by_hand(events: list[Event], named: bool) -> None:
    made = walks(events, named=named)
    if not made:
        with pytest.raises(MissingDataError, match="No event names its session"):
            paths(shop_of(events, named=named))
        return
    answer = paths(shop_of(events, named=named))
    pairs = Counter(
        pair for walk in made for pair in zip([ENTRY, *walk], [*walk, EXIT], strict=True)
    )
    leaving = Counter(source for source, _ in pairs.elements())
    called = {ENTRY: "comes", EXIT: "leaves"}
    found = moves(answer)
    assert len(found) == len(pairs)
    for (source, target), count in pairs.items():
        row = found[called.get(source, source), called.get(target, target)]
        wilson = proportion(count, leaving[source])
        assert (row["transitions"], row["share"], row["low"]) == (count, wilson.value, wilson.low)
        assert row["loop"] == (source == target)
        assert row["reverse"] == pairs[target, source]
        assert row["sessions"] == sum(
            (source, target) in zip([ENTRY, *walk], [*walk, EXIT], strict=True) for walk in made
        )
    for kind in ("to_purchase", "to_leaving"):
        assert ways(made, bought=kind == "to_purchase") == {
            row["path_en"]: row["sessions"] for row in answer.evidence[kind].to_pylist()
        }
    for node in answer.evidence["nodes"].to_pylist():
        name = node["node_en"]
        assert node["events"] == sum(walk.count(name) for walk in made)
        inside = [walk for walk in made if name in walk]
        assert node["purchase_share"] == sum(
            BOUGHT in walk[walk.index(name) :] for walk in inside
        ) / len(inside)
        assert node["entry_share"] == sum(walk[0] == name for walk in made) / len(made)
        assert node["mean_place"] == pytest.approx(
            sum(walk.index(name) for walk in inside) / len(inside)
        )


def ways(made: list[list[str]], *, bought: bool) -> dict[str, int]:
    found: Counter[str] = Counter()
    for walk in made:
        if (BOUGHT in walk) != bought:
            continue
        kept = walk[: walk.index(BOUGHT) + 1] if bought else walk
        ends = [name for name, _ in groupby(kept)][-LENGTH:]
        found[("… → " if len(ends) == LENGTH else "") + " → ".join(ends)] += 1
    return dict(found)


def test_pages_are_told_by_their_type_and_a_mark_is_not_taken_for_a_step() -> None:
    events: list[Event] = [
        ("a", "Page Viewed", 0),
        ("a", "Page Viewed", 1),
        ("a", "Page Viewed", 2),
        ("a", EXIT, 3),
    ]
    pages = ["https://shop.example/cart/1", "/products/7?x=1", "", ""]
    found = moves(paths(shop_of(events, pages=pages)))
    assert set(found) == {
        ("comes", "Page Viewed /cart"), ("Page Viewed /cart", "Page Viewed /products"),
        ("Page Viewed /products", "Page Viewed"), ("Page Viewed", "event (exit)"), ("event (exit)", "leaves"),
    }  # fmt: skip


def test_rare_steps_are_one_and_few_have_no_share() -> None:
    events: list[Event] = [
        (f"s{n}", f"step {n % 50:02d}", m) for n in range(100) for m in range(1 + n % 50)
    ]
    answer = paths(shop_of(events, least=60))
    assert answer.evidence["nodes"].num_rows == 41
    assert any("commonest steps" in words.en for words in answer.limits)
    assert {row["share"] is None for row in answer.table.to_pylist()} == {True, False}
    assert answer.chart is not None


def test_every_number_in_a_sentence_stands_in_a_table() -> None:
    names = ("Product Viewed", "Product Added", BOUGHT)
    events: list[Event] = [
        (f"s{n}", names[min(2, m * (n % 3) // 2)], m) for n in range(90) for m in range(1 + n % 4)
    ]
    answer = paths(shop_of(events, least=10))
    cells = {f"{row['events']:,}" for row in answer.evidence["parts"].to_pylist()}
    for table in (answer.table, *answer.evidence.values()):
        cells |= {
            f"{value:.1%}"
            for row in table.to_pylist()
            for value in row.values()
            if isinstance(value, float)
        }
    assert len(answer.summary) >= 4
    for words in answer.summary:
        for text in (words.en, words.zh):
            assert set(re.findall(r"\d[\d,]*(?:\.\d+)?%?", text)) <= cells, text


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    with pytest.raises(MissingDataError, match="Import events"):
        paths(shop_from_tables({}))
    with pytest.raises(UsageError, match="1 or more"):
        paths(shop_of([("a", BOUGHT, 0)]), minimum_count=0)
