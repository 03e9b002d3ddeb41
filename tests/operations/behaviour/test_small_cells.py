"""No cell of fewer than 20 customers is told: of a funnel, of who comes back, of who searches."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError
from shopkeeper.operations.behaviour.ask import funnel, retention
from shopkeeper.operations.behaviour.ask_further import searches
from shopkeeper.settings import Settings

START = datetime(2025, 5, 1, 8)
STEPS = ("Product Viewed", "Product Added", "Order Completed")
# How many customers of a device reach each step.
REACH = {"app": (100, 60, 20), "web": (60, 30, 19), "watch": (19, 10, 5), "tv": (7, 7, 1)}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_of(REACH)


def shop_of(reach: dict[str, tuple[int, ...]], *, visits: int = 1) -> Shop:
    rows = [
        (f"{device}-{number}", device, step, START + timedelta(minutes=place, days=40 * visit))
        for visit in range(visits)
        for device, counts in reach.items()
        for place, (step, count) in enumerate(zip(STEPS, counts, strict=True))
        for number in range(count)
    ]
    columns = zip(*rows, strict=True)
    names = ("customer_id", "device", "name", "happened_at")
    table = pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})
    table = table.append_column("event_id", pa.array([f"e{n}" for n in range(len(rows))]))
    return shop_from_tables({"events": table}, settings=Settings(minimum_count=1))


def counts(answer: Answer, cohort: str = "all", group: str = "") -> list[int | None]:
    return [
        row["count"]
        for row in answer.table.to_pylist()
        if (row["cohort"], row["group_en"]) == (cohort, group)
    ]


def test_a_funnel_of_customers_hides_small_counts_and_small_groups(shop: Shop) -> None:
    found = funnel(shop, per="customer", breakdown="device")
    assert counts(found) == [186, 107, 45]
    # At the second step 17 others would be what 60 and 30 leave of 107; at the last 19 and 6 are 25.
    assert counts(found, group="app") == [100, 60, 20]
    assert counts(found, group="web") == [60, None, None]
    assert counts(found, group="watch") == counts(found, group="tv") == []
    assert counts(found, group="other") == [26, None, None]
    hidden = [row for row in found.table.to_pylist() if row["count"] is None]
    assert {
        row[name] for row in hidden for name in ("lost", "share", "low", "share_of_previous")
    } == {None}
    assert any("1 to 19 customers" in words.en for words in found.limits)
    assert any("为 1 至 19 位顾客" in words.zh for words in found.limits)
    assert small(found) == set()


def test_what_is_left_beside_the_groups_cannot_be_worked_out() -> None:
    # Seven by television would be all less those by app: no group is told.
    reach = {"app": (100, 60, 20), "tv": (7, 7, 1)}
    found = funnel(shop_of(reach), per="customer", breakdown="device")
    assert {row["group_en"] for row in found.table.to_pylist()} == {"", "app + other"}
    reach["web"] = (60, 30, 20)
    found = funnel(shop_of(reach), per="customer", breakdown="device")
    assert counts(found, group="app") == [100, 60, 20]
    assert counts(found, group="web + other") == [67, 37, 21]
    assert {row["group_zh"] for row in found.table.to_pylist()} == {"", "app", "web + 其余"}
    assert small(found) == set()


def test_both_sides_of_a_cohort_hide_small_counts(shop: Shop) -> None:
    found = funnel(shop, per="customer", cohort="device=web")
    # The other side is all less these.
    assert (counts(found, "in"), counts(found, "out")) == ([60, 30, None], [126, 77, None])
    assert [row["step"] for row in found.evidence["difference"].to_pylist()] == [STEPS[1]]
    assert small(found) == set()
    with pytest.raises(MissingDataError, match="Fewer than 20 of all others began") as refused:
        funnel(
            shop_of({"app": (100, 60, 20), "tv": (7, 7, 1)}), per="customer", cohort="device=app"
        )
    assert "其余顾客里做过第一步的不足 20" in refused.value.found.zh


def test_a_cohort_of_a_few_customers_is_refused(shop: Shop) -> None:
    with pytest.raises(MissingDataError, match="Fewer than 20 of them began") as refused:
        funnel(shop, per="customer", cohort="device=watch")
    assert "不足 20" in refused.value.found.zh
    assert counts(funnel(shop, cohort="device=watch"), "in") == [19, 10, 5]


def test_a_shop_of_a_few_customers_is_told_so_in_words() -> None:
    found = funnel(shop_of({"tv": (7, 7, 1)}), per="customer")
    assert counts(found) == [None] * 3
    assert found.chart is None
    (said,) = found.summary
    assert said.en == "Fewer than 20 customers had Product Viewed, too few to be told of."
    assert said.zh == "做过“浏览商品”的顾客不足 20 位，人数太少，不予列出。"
    last = funnel(shop_of({"tv": (70, 30, 3)}), per="customer").summary[0]
    assert "fewer than 20 reached" in last.en and "其中不足 20 位在 168 小时内" in last.zh


def test_what_was_lost_hides_small_counts_and_the_sentences_say_nothing_false() -> None:
    found = funnel(shop_of({"app": (100, 95, 40)}), per="customer")
    assert [row["lost"] for row in found.table.to_pylist()] == [0, None, 55]
    assert any("55 did not go on" in words.en for words in found.summary)
    # Of 150, 15 went on: most are lost there, though the table does not say how many.
    hidden = funnel(shop_of({"app": (200, 150, 15)}), per="customer")
    assert not any("did not go on" in words.en for words in hidden.summary)
    groups = {"app": (200, 160, 120), "web": (200, 100, 60), "tv": (200, 100, 15)}
    parted = funnel(shop_of(groups), per="customer", breakdown="device")
    assert not any("least by" in words.en for words in parted.summary)
    assert small(found) == small(hidden) == small(parted) == set()


# By first month: customers, and how many of them come back one and two months later.
COHORTS = {1: (200, 60, 24), 2: (120, 19, 30), 3: (100, 40, 3), 4: (30, 12, 2), 5: (7, 2, 1)}
LAST = datetime(2025, 7, 31, 12)


@pytest.fixture(scope="module")
def came_back() -> Answer:
    paid = [
        (f"{month}-{number}", datetime(2025, month + age, 3 + number % 20), 10 + number + age)
        for month, counts in COHORTS.items()
        for age, count in enumerate(counts)
        for number in range(count)
    ]
    orders = pa.table({
        "order_id": [f"o{n}" for n in range(len(paid) + 1)],
        "customer_id": [who for who, *_ in paid] + ["1-0"],
        "ordered_at": [at for _, at, _ in paid] + [LAST],
        "total": [total for *_, total in paid] + [1],
        "status": ["paid"] * (len(paid) + 1),
    })  # fmt: skip
    return retention(shop_from_tables({"orders": orders}, settings=Settings(minimum_count=1)))


def by_cell(table: pa.Table, name: str) -> dict[tuple[int, int], Any]:
    return {(row["since"].month, row["age"]): row[name] for row in table.to_pylist()}


def test_retention_hides_how_many_came_back_where_they_are_a_few(came_back: Answer) -> None:
    returned, share = (by_cell(came_back.table, name) for name in ("returned", "share"))
    assert [returned[month, 0] for month in COHORTS] == [200, 120, 100, 30, None]
    # 19 and 12 are 31 together; those of May add 2.
    assert [returned[month, 1] for month in COHORTS] == [60, None, 40, None, None]
    # 3, 2 and 1 are 6 together, what 24 and 30 leave of 60: so the smallest of the others goes too.
    assert [returned[month, 2] for month in COHORTS] == [None, 30, None, None, None]
    assert all((share[cell] is None) == (count is None) for cell, count in returned.items())
    customers = by_cell(came_back.table, "customers")
    assert [customers[month, 2] for month in COHORTS] == [200, 120, 100, 30, None]
    by_age = [row["returned"] for row in came_back.evidence["by_age"].to_pylist()]
    # Of 7 nothing is told beside all; ages that few reached tell nothing either.
    assert by_age[:3] == [450, 131, 59] and set(by_age[3:]) <= {None, 0}


def test_money_that_a_few_customers_brought_cannot_be_worked_out(came_back: Answer) -> None:
    """The difference of any two sums that are told of a cohort is of 20 customers or of none."""
    table = came_back.evidence["revenue"]
    so_far, net = by_cell(table, "cumulative"), by_cell(table, "net")
    for month, reached in COHORTS.items():
        last, known = -1, []
        for age in sorted(age for one, age in so_far if one == month):
            if so_far[month, age] is None:
                assert net[month, age] is None
                continue
            counts = reached + (0,) * 8
            # The customers of a later age are among those of an earlier one.
            lately = max(counts[last + 1 : age + 1])
            assert lately == 0 or lately >= 20
            assert (net[month, age] is None) == (age > last + 1)
            last = age
            known.append(so_far[month, age])
        assert bool(known) == (month != 5)
    assert (so_far[2, 1], so_far[2, 2]) == (None, sum_of(2, 0) + sum_of(2, 1) + sum_of(2, 2))
    whole = [row["cumulative"] for row in came_back.evidence["revenue_by_age"].to_pylist()]
    assert whole[0] == sum(sum_of(month, 0) for month in (1, 2, 3, 4))


def sum_of(month: int, age: int) -> int:
    return sum(10 + number + age for number in range(COHORTS[month][age]))


def test_retention_says_nothing_that_hidden_cells_may_refute(came_back: Answer) -> None:
    assert not any("Best after" in words.en for words in came_back.summary)
    assert any("where 1 to 19 customers did" in words.en for words in came_back.limits)
    for table in (came_back.table, *came_back.evidence.values()):
        for row in table.to_pylist():
            for name in {"returned", "customers"} & row.keys():
                assert row[name] in (None, 0) or row[name] >= 20
    told = {(cell["since"], cell["told"]) for cell in came_back.chart["data"]["values"]}
    assert ("2025-02", "–") in told and ("2025-01", "30.0%") in told
    assert "–：人数太少，或可据此推算" in came_back.chart["title"]["zh"]


def test_retention_hides_small_groups() -> None:
    shop = shop_of(REACH, visits=3)
    found = retention(shop, since="visit", returning="visit", by="device")
    assert {row["group_en"] for row in found.evidence["by_group"].to_pylist()} == {
        "app",
        "web",
        "other",
    }
    assert small(found, names=("customers",)) == set()


def test_searches_hide_who_searched_and_what_they_did_where_they_are_a_few() -> None:
    rows = [
        (f"s{n}", query, n % 2) for query, n_of in (("tea", 20), ("茶壶", 19)) for n in range(n_of)
    ]
    tables = {
        "searches": pa.table({
            "search_id": [f"q{n}" for n in range(len(rows))], "query": [row[1] for row in rows],
            "searched_at": [START + timedelta(minutes=n) for n in range(len(rows))],
            "session_id": [row[0] for row in rows], "results": [row[2] for row in rows],
            "clicked_product_id": ["p1"] * len(rows),
        }),
        "events": pa.table({
            "event_id": ["e1"], "name": ["Order Completed"], "session_id": ["s1"],
            "happened_at": [START + timedelta(minutes=50)],
        }),
    }  # fmt: skip
    found = searches(shop_from_tables(tables), minimum_count=1)
    tea, pot = found.table.to_pylist()
    assert (tea["query"], tea["searches"], tea["searchers"], tea["clicked_share"]) == (
        "tea",
        20,
        20,
        1,
    )
    assert tea["bought_share"] == 0.05
    assert (pot["query"], pot["searches"], pot["searchers"]) == ("茶壶", 19, None)
    assert {pot[f"{rate}_low"] for rate in ("clicked", "reformulated", "bought")} == {None}
    assert pot["zero_share"] == pytest.approx(10 / 19)
    assert any("不足 20 人搜过的词" in words.zh for words in found.limits)


def small(answer: Answer, names: tuple[str, ...] = ("count", "lost")) -> set[Any]:
    """Return what an answer tells of 1 to 19 customers, in its cells, its chart and its sentences."""
    tables = [
        answer.table,
        *(table for name, table in answer.evidence.items() if name != "members"),
    ]
    cells = {
        row[name] for table in tables for row in table.to_pylist() for name in names if name in row
    }
    chart = json.dumps(answer.chart, ensure_ascii=False)
    cells |= {int(told.replace(",", "")) for told in re.findall(r"· ([\d,]+)\"", chart)}
    said = " ".join(words.en for words in answer.summary)
    cells |= {int(told.replace(",", "")) for told in re.findall(r"(?:Of|,|:) ([\d,]+)(?= )", said)}
    return {cell for cell in cells if cell is not None and 0 < cell < 20}


def test_no_share_tells_a_hidden_count(shop: Shop) -> None:
    """A share of the step before, beside its own count, is that step's count."""
    rows = funnel(
        shop_of({"app": (100, 19, 0), "web": (60, 40, 35)}), per="customer", breakdown="device"
    )
    told = {(row["group_en"], row["rank"]): row for row in rows.table.to_pylist()}
    assert told["app", 2]["count"] is None and told["app", 3]["count"] == 0
    assert {told["app", 3][name] for name in ("lost", "share_of_previous", "previous_high")} == {
        None
    }
    assert told["app", 3]["share"] == 0


def test_sessions_of_a_segment_are_told_as_customers_are(shop: Shop) -> None:
    lost = "segment=funnel_lost(view > order; customer):view"
    reach = {"app": (100, 60, 20), "web": (60, 57, 45)}
    found = funnel(shop_of(reach), cohort=lost, minimum_count=1)
    assert counts(found, "in")[-1] == 0
    assert small(found) == set()
    assert any("1 to 19 sessions" in words.en for words in found.limits)


def test_who_is_unknown_is_neither_best_nor_worst_and_visitors_are_called_so() -> None:
    names = [(f"c{n}", None, "paris") for n in range(80)] + [(None, f"v{n}", "") for n in range(80)]
    names += [(f"d{n}", None, "rome") for n in range(80)]
    rows = [
        (*who, step, START + timedelta(minutes=place))
        for number, who in enumerate(names)
        for place, step in enumerate(STEPS)
        if place == 0
        or (who[2] == "paris" and number % 2)
        or (who[2] == "rome" and number % 10 == 0)
    ]
    events = pa.table({
        "event_id": [f"e{n}" for n in range(len(rows))],
        **{name: pa.array([row[at] for row in rows]) for at, name in enumerate(("customer_id", "visitor_id"))},
        "channel": [row[2] for row in rows], "name": [row[3] for row in rows],
        "happened_at": [row[4] for row in rows],
    })  # fmt: skip
    found = funnel(shop_from_tables({"events": events}), breakdown="channel", minimum_count=20)
    said = " ".join(words.en for words in found.summary)
    assert "reached most by paris" in said and "least by rome" in said
    by_customer = funnel(shop_from_tables({"events": events}), per="customer").summary[0]
    assert "240 customers and visitors" in by_customer.en
    assert "240 位顾客或访客" in by_customer.zh
