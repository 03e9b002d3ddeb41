"""Verbs over events and searches on the demo shop, held against plain loops over its rows."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop
from shopkeeper.operations.behaviour.ask import funnel, retention, sessions
from shopkeeper.operations.behaviour.ask_further import explain_change, paths, searches

pytestmark = pytest.mark.usefixtures("no_least_cell")

Row = dict[str, Any]
STEPS = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")
BOUGHT = "Order Completed"


def counts(answer: Answer, cohort: str = "all", group: str = "") -> list[int]:
    return [
        row["count"]
        for row in answer.table.to_pylist()
        if (row["cohort"], row["group_en"]) == (cohort, group)
    ]


def furthest(own: Sequence[Row], steps: Sequence[str], window: timedelta, *, ordered: bool) -> int:
    """Return how many steps a unit reached, from every event of its first steps as a start."""
    times = [sorted(row["happened_at"] for row in own if row["name"] == step) for step in steps]
    for level in range(len(steps), 0, -1):
        for start in times[0] if ordered else list(chain(*times[:level])):
            at: datetime | None = start
            for step in range(level):
                later = (time for time in times[step] if at is not None and start <= time <= start + window
                         and (not ordered or time >= at))  # fmt: skip
                at = min(later, default=None)
            if not ordered:
                at = (
                    start
                    if all(any(start <= t <= start + window for t in one) for one in times[:level])
                    else None
                )
            if at is not None:
                return level
    return 0


def reached(levels: Iterable[int]) -> list[int]:
    many = Counter(levels)
    return [
        sum(n for level, n in many.items() if level >= step) for step in range(1, len(STEPS) + 1)
    ]


def test_funnel_of_sessions(demo_shop: Shop, visits: list[list[Row]]) -> None:
    for hours, ordered in ((168.0, True), (0.05, True), (0.05, False)):
        found = funnel(demo_shop, window_hours=hours, order="ordered" if ordered else "any")
        window = timedelta(seconds=round(hours * 3600))
        expected = reached(furthest(own, STEPS, window, ordered=ordered) for own in visits)
        assert counts(found) == expected
        assert expected[0] > 2 * expected[1] > 0


def test_funnel_of_customers_by_device_and_cohort(
    demo_shop: Shop, rows: dict[str, list[Row]]
) -> None:
    owned: dict[str, list[Row]] = defaultdict(list)
    for row in rows["events"]:
        who = row["customer_id"] or (row["visitor_id"] and "visitor " + row["visitor_id"])
        if who:
            owned[who].append(row)
    level, device, channel = {}, {}, {}
    for who, own in owned.items():
        level[who] = furthest(own, STEPS, timedelta(hours=24), ordered=True)
        first = [row for row in own if row["name"] == STEPS[0]]
        for name, kept in (("device", device), ("channel", channel)):
            known = [(row["happened_at"], row[name]) for row in first if row[name] is not None]
            kept[who] = min(known, default=(None, ""))[1]
    value = Counter(channel.values()).most_common(1)[0][0]
    found = funnel(
        demo_shop, per="customer", window_hours=24, breakdown="device", cohort=f"channel={value}"
    )
    assert counts(found) == reached(level.values())
    for side in ("in", "out"):
        mine = {who for who in owned if level[who] and (channel[who] == value) == (side == "in")}
        assert counts(found, side) == reached(level[who] for who in mine)
        for name in {device[who] for who in mine}:
            expected = reached(level[who] for who in mine if device[who] == name)
            assert counts(found, side, name or "unknown") == expected


def test_retention_of_visitors_by_week(demo_shop: Shop, rows: dict[str, list[Row]]) -> None:
    active: dict[str, set[int]] = defaultdict(set)
    first: dict[str, tuple[datetime, str]] = {}
    for row in rows["events"]:
        who = row["customer_id"] or (row["visitor_id"] and "visitor " + row["visitor_id"])
        if who:
            active[who].add((row["on"] - date(1900, 1, 1)).days // 7)
            if row["device"] is not None:
                dated = row["happened_at"], row["device"]
                first[who] = min(first.get(who, dated), dated)
    found = retention(demo_shop, since="visit", returning="visit", period="week", by="device")
    by_start: dict[int, list[str]] = defaultdict(list)
    for who, periods in active.items():
        by_start[min(periods)].append(who)
    complete: dict[int, list[int]] = defaultdict(list)
    for row in found.table.to_pylist():
        start = (row["since"] - date(1900, 1, 1)).days // 7
        came = sum(start + row["age"] in active[who] for who in by_start[start])
        assert (row["customers"], row["returned"]) == (len(by_start[start]), came)
        if row["complete"]:
            complete[row["age"]].append(start)
    groups = found.evidence["by_group"].to_pylist()
    assert len({row["group_en"] for row in groups}) > 1
    for row in groups:
        name = "" if row["group_en"] == "unknown" else row["group_en"]
        mine = [
            (who, start) for start in complete[row["age"]] for who in by_start[start]
            if first.get(who, (None, ""))[1] == name
        ]  # fmt: skip
        came = sum(start + row["age"] in active[who] for who, start in mine)
        assert (row["customers"], row["returned"]) == (len(mine), came)


def test_sessions_by_entry_and_channel(demo_shop: Shop, visits: list[list[Row]]) -> None:
    def first(own: list[Row], name: str) -> str:
        return min(
            ((row["happened_at"], row[name]) for row in own if row[name] is not None),
            default=(0, ""),
        )[1]

    found = {
        (row["by"], row["group_en"], row["metric"]): row
        for row in sessions(demo_shop).table.to_pylist()
    }
    parts: dict[tuple[str, str], list[list[Row]]] = defaultdict(list)
    for own in visits:
        parts["all", ""].append(own)
        parts["entry", first(own, "name")].append(own)
        parts["channel", first(own, "channel") or "unknown"].append(own)
    assert len(parts) > 5
    for part, mine in parts.items():
        seconds = [
            (own[-1]["happened_at"] - own[0]["happened_at"]) // timedelta(seconds=1) for own in mine
        ]
        expected = {
            "purchase_rate": sum(any(row["name"] == BOUGHT for row in own) for own in mine)
            / len(mine),
            "bounce_rate": sum(len(own) == 1 for own in mine) / len(mine),
            "events_per_session": sum(map(len, mine)) / len(mine),
            "minutes_per_session": sum(seconds) / len(mine) / 60,
        }
        for metric, value in expected.items():
            row = found[*part, metric]
            assert (row["sessions"], row["value"]) == (len(mine), pytest.approx(value))


def test_paths(demo_shop: Shop, visits: list[list[Row]]) -> None:
    def node(row: Row) -> str:
        kind = re.match(r"(?:https?://[^/]+)?(/[^/?#]*)", row["page"] or "")
        return f"{row['name']} {kind[1]}" if row["name"] == "Page Viewed" and kind else row["name"]

    walks = [[node(row) for row in own] for own in visits]
    nodes = {name for walk in walks for name in walk}
    assert 3 < len(nodes) <= 40
    moves = Counter(move for walk in walks for move in pairwise(["comes", *walk, "leaves"]))
    found = paths(demo_shop)
    assert {
        (row["source_en"], row["target_en"]): row["transitions"] for row in found.table.to_pylist()
    } == moves
    for row in found.evidence["nodes"].to_pylist():
        inside = [walk for walk in walks if row["node_en"] in walk]
        assert row["sessions"] == len(inside)
        bought = sum(BOUGHT in walk[walk.index(row["node_en"]) :] for walk in inside)
        assert row["purchase_share"] == bought / len(inside)
    for kind in ("to_purchase", "to_leaving"):
        ways: Counter[str] = Counter()
        for walk in walks:
            if (BOUGHT in walk) == (kind == "to_purchase"):
                kept = walk[: walk.index(BOUGHT) + 1] if BOUGHT in walk else walk
                steps = [
                    name for place, name in enumerate(kept) if not place or kept[place - 1] != name
                ]
                ways[("… → " if len(steps) >= 5 else "") + " → ".join(steps[-5:])] += 1
        shown = {row["path_en"]: row["sessions"] for row in found.evidence[kind].to_pylist()}
        assert len(shown) > 2
        assert shown == {way: ways[way] for way in shown}
        assert min(shown.values()) >= max(
            (n for way, n in ways.items() if way not in shown), default=0
        )


def of_people(rows: list[Row]) -> list[Row]:
    """Return the searches with words in them of who makes no more than a hundred a day."""
    asked = [row | {"key": " ".join((row["query"] or "").split()).lower()} for row in rows]
    asked = [row for row in asked if row["key"]]

    def who(row: Row) -> tuple[Any, ...]:
        name = row["visitor_id"] or row["customer_id"] or row["session_id"]
        return name, row["searched_on"] or row["searched_at"].date()

    many = Counter(map(who, asked))
    return [row for row in asked if many[who(row)] <= 100]


def followed(people: list[Row], events: list[Row]) -> dict[str, Counter[str]]:
    """Count by query how often it was put in other words, and followed by an order."""
    ordered: dict[str, list[datetime]] = defaultdict(list)
    for row in events:
        if row["name"] == BOUGHT and row["session_id"]:
            ordered[row["session_id"]].append(row["happened_at"])
    own: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(people, key=lambda row: (row["searched_at"], row["search_id"])):
        if row["session_id"]:
            own[row["session_id"]].append(row)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row, later in (pair for one in own.values() for pair in pairwise([*one, None])):
        assert row is not None
        at = row["searched_at"]
        soon = later is not None and later["searched_at"] <= at + timedelta(minutes=30)
        again = later is not None and soon and later["key"] != row["key"]
        after = any(at <= when <= at + timedelta(hours=24) for when in ordered[row["session_id"]])
        clicked = row["clicked_product_id"] is not None
        found[row["key"]].update(reformulated=again and not clicked, bought=after, linked=1)
    return found


def test_searches(demo_shop: Shop, rows: dict[str, list[Row]]) -> None:
    people = of_people(rows["searches"])
    assert any(row["clicked_product_id"] for row in people)
    tops = followed(people, rows["events"])
    for row in people:
        tops[row["key"]].update(
            searches=1, clicked=row["clicked_product_id"] is not None, zero=row["results"] == 0,
            counted=row["results"] is not None,
        )  # fmt: skip
    base = {"zero": "counted", "clicked": "searches", "reformulated": "linked", "bought": "linked"}
    found = searches(demo_shop)
    (whole,) = (row for row in found.evidence["whole"].to_pylist() if row["language"] == "all")
    together = sum(tops.values(), Counter())
    assert (whole["queries"], whole["searches"]) == (len(tops), len(people))
    table = found.table.to_pylist()
    assert len(table) > 100
    for row, one in [(whole, together), *((row, tops[row["query"]]) for row in table)]:
        assert row["searches"] == one["searches"]
        for rate, of in base.items():
            assert row[f"{rate}_share"] == (one[rate] / one[of] if one[of] else None)


def test_explain_change_of_conversion(demo_shop: Shop, visits: list[list[Row]]) -> None:
    found = explain_change(demo_shop, metric="conversion", by="device")
    spans = [(row["start"], row["end"]) for row in found.evidence["periods"].to_pylist()]
    rates = []
    for start, end in spans:
        mine = [own for own in visits if any(row["name"] == STEPS[0] for row in own)]
        # The day of a visit is that of its first step towards an order.
        dated = [
            (min(row["on"] for row in own if row["name"] in (STEPS[0], STEPS[1], BOUGHT)), own)
            for own in mine
        ]
        inside = [own for day, own in dated if start <= day <= end]
        rates.append(sum(any(row["name"] == BOUGHT for row in own) for own in inside) / len(inside))
    whole = found.table.to_pylist()[-1]
    assert [whole["before"], whole["after"]] == pytest.approx(rates)
    assert whole["change"] == pytest.approx(rates[1] - rates[0])
