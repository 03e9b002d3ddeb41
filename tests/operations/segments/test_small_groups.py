"""What is told of segments lets nobody work out a group of fewer than twenty customers."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError
from shopkeeper.operations.segments.ask import profile, segment
from shopkeeper.operations.segments.base import Base, read_base
from shopkeeper.operations.segments.cards import finding as cards
from shopkeeper.operations.segments.grouping import finding
from shopkeeper.operations.segments.grouping.describing import (
    migration_rows,
    overlap_rows,
    segment_rows,
    told_segments,
    traits_of,
)
from shopkeeper.operations.segments.grouping.picture import grid
from shopkeeper.operations.segments.grouping.ways import Way, told_cuts
from shopkeeper.operations.segments.rules import Conditions
from shopkeeper.settings import Settings
from shopkeeper.words import Words

FEWEST = 20


def shop_of(customers: int, agreed: Iterable[int] = ()) -> Shop:
    """Make a shop whose customers all buy in January and again in March."""
    names = [f"c{number:03d}" for number in range(customers)]
    days = [date(2025, month, 1) + timedelta(days=n % 20) for month in (1, 3) for n, _ in enumerate(names)]  # fmt: skip
    return shop_from_tables(
        {
            "orders": pa.table({
                "order_id": [f"o{n}" for n in range(len(days))], "customer_id": names * 2,
                "ordered_at": [f"{day} 10:00:00" for day in days], "total": [10.0 + n % 7 for n in range(len(days))]}),
            "customers": pa.table({
                "customer_id": names, "accepts_marketing": [n in set(agreed) for n in range(customers)]}),
        },
        settings=Settings(minimum_count=FEWEST),
    )  # fmt: skip


def way_of(counts: dict[str, int], before: list[int] | None = None) -> Way:
    """Make segments of given sizes, in the order of the customers; before February's end as they were."""
    codes = np.repeat(np.arange(len(counts)), list(counts.values())).astype(np.int64)
    then = codes if before is None else np.array(before, np.int64)
    february = date(2025, 2, 28).toordinal()
    return Way(
        tuple(counts), tuple(Words(name, name) for name in counts), codes,
        lambda end: codes if end >= february else then, lambda rows, _seed: codes[rows],
    )  # fmt: skip


def base_of(shop: Shop) -> Base:
    base = read_base(shop, "")
    assert base is not None
    return base


def alone(hidden: list[int]) -> bool:
    """Say whether hidden cells follow from their total: one of them, or few together."""
    return bool(hidden) and (len(hidden) == 1 or sum(hidden) < FEWEST)


def test_a_small_segment_does_not_follow_from_the_number_of_all() -> None:
    base, way = base_of(shop_of(132)), way_of({"large": 80, "next": 45, "small": 7})
    assert told_segments(way, FEWEST) == ["large"]
    rows = {row["segment"]: row for row in segment_rows(base, way, traits_of(base, None), FEWEST)}
    assert rows["large"]["customers"] == 80
    assert rows["next"] == {
        "segment": "next", "name_en": "next", "name_zh": "next", "customers": None,
    }  # fmt: skip
    assert told_segments(way_of({"large": 80, "next": 45, "none": 0}), FEWEST) == ["large", "next"]


def test_nothing_that_tells_of_segments_tells_of_the_one_beside_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = way_of({"large": 80, "next": 45, "small": 7})
    shop = shop_of(132)
    for module in (finding, cards):
        monkeypatch.setattr(module, "grouped", lambda *_: way)
    made = segment(shop, method="behaviour")
    assert set(made.evidence["members"]["segment"].to_pylist()) == {"large"}
    assert set(made.evidence["stability"]["segment"].to_pylist()) == {"large"}
    for row in made.evidence["migration"].to_pylist():
        assert row["customers"] is None or {row["from"], row["to"]} <= {"large", "not_yet"}
    assert made.summary[0].en.startswith("1 segment ")
    assert any("2 segments are not told" in one.en for one in made.limits)
    assert any("有 2 个分群不给数字" in one.zh for one in made.limits)
    assert {row["card"] for row in profile(shop).table.to_pylist()} == {"large"}
    way = way_of({"large": 125, "small": 7})
    for verb in (segment, profile):
        with pytest.raises(MissingDataError, match="or would tell of one that has"):
            verb(shop)


def test_moves_have_no_hidden_cell_that_follows_from_its_row_or_column() -> None:
    counts = {"a": 80, "b": 60, "c": 60}
    before = [0] * 70 + [1] * 5 + [2] * 5 + [0] * 30 + [1] * 30 + [0] * 25 + [2] * 35
    base, way = base_of(shop_of(200)), way_of(counts, before)
    rows = migration_rows(base, way, list(counts), FEWEST)
    assert {row["month"] for row in rows} == {date(2025, 2, 28)}
    now, then = way.codes, np.array(before)
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        one, other = way.ids.index(row["from"]), way.ids.index(row["to"])
        if row["customers"] is None:
            count = int(((then == one) & (now == other)).sum())
            lines["from", row["from"]].append(count)
            lines["to", row["to"]].append(count)
    assert lines
    assert not any(alone(cells) for cells in lines.values())


def test_overlap_lets_no_cell_follow_from_the_two_segments() -> None:
    way = way_of({"a": 60, "b": 60})
    theirs = np.array([0] * 53 + [1] * 7 + [0] * 30 + [1] * 30)
    other = Way(("x", "y"), (Words("x", "x"), Words("y", "y")), theirs, way.at, way.again)
    # 7 are in a and y; each of the three other cells would tell so.
    assert overlap_rows(way, other, ["a", "b"], FEWEST) == []
    inside = Way(("own",), (Words("own", "own"),), np.array([0] * 60 + [-1] * 60), way.at, way.again)  # fmt: skip
    assert overlap_rows(inside, other, ["own"], FEWEST) == []


def scored(cells: list[list[int]]) -> Way:
    """Make customers with given scores of recency and frequency; their money is of two scores."""
    scores = [
        (recent, frequent, 1 + n % 2)
        for recent, row in enumerate(cells, start=1) for frequent, count in enumerate(row, start=1)
        for n in range(count)
    ]  # fmt: skip
    columns = zip(*scores, strict=True)
    names = ("days_since", "purchases", "value_so_far")
    cuts = [
        {"measure": name, "score": score, "customers": count}
        for name, column in zip(names, columns, strict=True)
        for score, count in Counter(column).items()
    ]
    way = way_of({"all": len(scores)})
    return Way(way.ids, way.names, way.codes, way.at, way.again, scores=np.array(scores), evidence={"cuts": cuts})  # fmt: skip


def test_the_grid_hides_what_would_follow_from_the_cuts() -> None:
    cells = [[40, 30, 7], [60, 50, 80], [45, 70, 90]]
    way = scored(cells)
    assert len(told_cuts(way, FEWEST)) == 8
    drawn: Any = grid(way, FEWEST)
    hidden: dict[tuple[str, int], list[int]] = defaultdict(list)
    for value in drawn["data"]["values"]:
        if value["customers"] is None:
            assert value["told"] == "…"
            count = cells[value["recent"] - 1][value["frequent"] - 1]
            hidden["recent", value["recent"]].append(count)
            hidden["frequent", value["frequent"]].append(count)
    assert hidden
    assert not any(alone(counts) for counts in hidden.values())


def test_a_small_score_does_not_follow_from_the_other_cuts() -> None:
    way = scored([[5, 2], [16, 24], [80, 60]])
    told = {(row["measure"], row["score"]) for row in told_cuts(way, FEWEST)}
    assert {score for measure, score in told if measure == "days_since"} == {3}
    drawn: Any = grid(way, FEWEST)
    shown = {v["recent"] for v in drawn["data"]["values"] if v["customers"] is not None}
    assert shown == {3}


@pytest.mark.parametrize(("agreed", "told"), [(0, None), (19, None), (20, 20), (80, 80), (90, None), (100, 100)])  # fmt: skip
def test_who_agreed_is_told_where_neither_they_nor_the_others_are_few(
    agreed: int, told: int | None
) -> None:
    shop = shop_of(100, range(agreed))
    base = base_of(shop)
    (row,) = segment_rows(base, way_of({"all": 100}), traits_of(base, None), FEWEST)
    assert row["reachable"] == told


def test_a_rule_is_not_judged_on_few_customers() -> None:
    values = np.arange(400.0)
    rule = Conditions({"purchases": values}).rule(values >= 370)
    assert rule.conditions and rule.precision is None and rule.recall is None
    large = Conditions({"purchases": values}).rule(values >= 200)
    assert large.precision is not None and large.recall is not None
