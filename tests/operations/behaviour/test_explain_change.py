"""The answer of `explain_change`, held against adding up by hand."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.measure import measure
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.operations.behaviour.accounting import said as texts_of
from shopkeeper.operations.behaviour.accounting.parting import Sides, of_a_rate, of_a_sum
from shopkeeper.operations.behaviour.ask_further import explain_change
from shopkeeper.settings import Settings

MARCH, APRIL = datetime(2025, 3, 1, 12), datetime(2025, 4, 1, 12)
PARTS = ("volume", "mix", "price", "other")
Order = tuple[int, int, str, list[tuple[str, int, str]], str]
"""Month (0 or 1), day, channel, lines of product, units and price, and what the order holds besides."""


def shop_of(orders: list[Order], **more: pa.Table) -> Shop:
    rows, items = [], []
    for n, (month, day, channel, lines, beside) in enumerate(orders):
        at = (APRIL if month else MARCH) + timedelta(days=day)
        total = sum(units * Decimal(price) for _, units, price in lines) + Decimal(beside)
        rows.append({"order_id": f"o{n:04d}", "customer_id": f"c{n % 11}", "ordered_at": at, "status": "paid",
                     "ordered_on": at.date(), "channel": channel, "total": total, "currency": "CNY"})  # fmt: skip
        items += [{"order_id": f"o{n:04d}", "line": m, "product_id": product, "quantity": units,
                   "price": Decimal(price)} for m, (product, units, price) in enumerate(lines)]  # fmt: skip
    # Both months have an order on their first and last day, so that they are whole.
    products = [
        {"product_id": name, "title": f"Thing {name}", "category": name[0]}
        for name in ("a1", "a2", "b1", "b2")
    ]
    tables = {"orders": pa.Table.from_pylist(rows), "order_items": pa.Table.from_pylist(items),
              "products": pa.Table.from_pylist(products), **more}  # fmt: skip
    return shop_from_tables(tables, settings=Settings(minimum_count=2))


EDGES: list[Order] = [
    (month, day, "web", [("a1", 1, "10.00")], "0.01")
    for month in (0, 1)
    for day in (0, 29 + (not month))
]
LINE = st.tuples(
    st.sampled_from(["a1", "a2", "b1", "b2"]),
    st.integers(-1, 3),
    st.sampled_from(["0.07", "9.99", "33.33"]),
)
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(0, 28), st.sampled_from(["web", "app", ""]),
        st.lists(LINE, min_size=1, max_size=3), st.sampled_from(["0", "5.01", "-3.33"]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def sum_of(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


@settings(max_examples=6, deadline=None)
@given(ORDERS, st.sampled_from(["net", "paid", "orders"]))
def test_every_account_adds_up_to_the_last_cent(orders: list[Order], metric: Any) -> None:
    shop = shop_of(EDGES + orders)
    answer = explain_change(shop, metric=metric)
    rows = answer.table.to_pylist()
    *parts, whole = rows
    assert whole["kind"] == "whole"
    by_month = {
        row["period"].month: row["value"]
        for row in measure(shop, period="month").to_pylist()
        if row["metric"] == metric
    }
    # `net` is measured only where the shop knows of refunds.
    if by_month:
        assert float(whole["before"]) == pytest.approx(by_month[3])
        assert float(whole["after"]) == pytest.approx(by_month[4])
    for name in ("before", "after", "change", *PARTS):
        assert sum_of(parts, name) == whole[name], name
        for dimension in {row["dimension"] for row in answer.evidence["by_dimension"].to_pylist()}:
            cells = [
                row
                for row in answer.evidence["by_dimension"].to_pylist()
                if row["dimension"] == dimension
            ]
            assert sum_of(cells, name) == whole[name], (dimension, name)
    for row in rows:
        assert row["change"] == row["after"] - row["before"] == sum(row[name] for name in PARTS)
    if metric == "orders":
        assert (whole["mix"], whole["price"], whole["other"]) == (0, 0, 0)
    if metric == "paid" and answer.evidence["tree"].num_rows:
        assert sum_of(answer.evidence["tree"].to_pylist(), "effect") == whole["change"]
    if metric == "paid":
        assert sum_of(answer.evidence["gain_loss"].to_pylist(), "change") == whole["change"]


def by_permutations(base: list[list[int]], goods: list[list[int]], slice_: int) -> dict[str, float]:
    """Return Shapley's effects of one slice by trying every order of change."""
    total = [sum(side) for side in base]
    factors = [
        (total[side], base[side][slice_] / total[side], goods[side][slice_] / base[side][slice_])
        for side in (0, 1)
    ]
    effects = [0.0, 0.0, 0.0]
    for order in permutations(range(3)):
        now = list(factors[0])
        for factor in order:
            was = np.prod(now)
            now[factor] = factors[1][factor]
            effects[factor] += (np.prod(now) - was) / 6
    return dict(zip(("volume", "mix", "price"), effects, strict=True))


SUMS = st.lists(st.tuples(*[st.integers(1, 50)] * 4), min_size=1, max_size=5)


@given(SUMS)
def test_effects_of_a_sum_are_shapley_s(cells: list[tuple[int, ...]]) -> None:
    base = [[cell[side] for cell in cells] for side in (0, 1)]
    goods = [[10_000 * cell[2 + side] for cell in cells] for side in (0, 1)]
    none = np.zeros(len(cells), np.int64)
    (b0, b1), (t0, t1) = ([np.array(side) for side in sides] for sides in (base, goods))
    found = of_a_sum(Sides((b0, b1), (t0, t1), (none, none)))
    for n in range(len(cells)):
        for name, value in by_permutations(base, goods, n).items():
            # Whole numbers: one ten-thousandth of rounding each, what is left in the mix.
            assert abs(found[name][n] - value) <= 2.01, name


@given(SUMS)
def test_mix_and_rates_add_up_to_the_change_of_a_rate(cells: list[tuple[int, ...]]) -> None:
    base, top = (
        [np.array([c[n] for c in cells]) for n in (0, 1)],
        [np.array([c[n] for c in cells]) for n in (2, 3)],
    )
    none = np.zeros(len(cells), np.int64)
    found = of_a_rate(Sides((base[0], base[1]), (top[0], top[1]), (none, none)))
    change = top[1].sum() / base[1].sum() - top[0].sum() / base[0].sum()
    assert sum(part.sum() for part in found.values()) == pytest.approx(change)
    if len(cells) == 1:
        assert found["mix"][0] == pytest.approx(0)


def planted() -> list[Order]:
    """Thirty orders a day in both months; in the later one the app sells no product b1 any more."""
    orders: list[Order] = []
    for month in (0, 1):
        for day in range(30 + (not month)):
            for n in range(12):
                product, channel = ("a1", "a2", "b1", "b2")[n % 4], ("web", "app", "shop")[n % 3]
                if month and (channel, product) == ("app", "b1"):
                    continue
                price = "12.00" if product == "a2" and month else "10.00"
                orders.append((month, day, channel, [(product, 1 + n % 2, price)], "0"))
    return orders


def test_the_slice_that_was_planted_is_named_first_and_prices_are_known() -> None:
    answer = explain_change(shop_of(planted()), metric="paid")
    dear, first = answer.table.to_pylist()[:2]
    assert (dear["slice_en"], dear["price"] > 0) == ("product: Thing a2", True)
    assert first["slice_en"] == "channel: app · product: Thing b1"
    assert first["high"] < 0
    assert (first["slice_zh"], first["after"]) == ("渠道：app · 商品：Thing b1", 0)
    known = answer.evidence["known"].to_pylist()
    assert [(row["kind"], row["name"], row["before"], row["after"]) for row in known] == [
        ("price", "Thing a2", 10.0, 12.0)
    ]
    dearer = next(
        row for row in answer.evidence["by_dimension"].to_pylist()
        if (row["dimension"], row["value_en"]) == ("product_id", "Thing a2")
    )  # fmt: skip
    assert dearer["price"] > 0
    assert answer.chart is not None


def test_campaigns_stops_silent_days_and_broken_weeks_are_known() -> None:
    orders = [one for one in planted() if not (one[0] and one[1] == 10)]
    orders = [one for one in orders if not (one[0] and one[3][0][0] == "b2")]
    campaigns = pa.table({"campaign_id": ["k1", "k2"], "name": ["Spring", "Old"],
                          "started_at": [datetime(2025, 4, 3), datetime(2024, 1, 1)]})  # fmt: skip
    events = pa.Table.from_pylist([
        {"event_id": f"e{n}", "name": "Order Completed", "order_id": f"o{n:04d}", "session_id": f"s{n}",
         "happened_at": MARCH, "device": "phone"}
        for n, one in enumerate(orders) if not (one[0] and 13 <= one[1] <= 19)
    ])  # fmt: skip
    answer = explain_change(shop_of(orders, campaigns=campaigns, events=events), metric="paid")
    known = {row["kind"]: row for row in answer.evidence["known"].to_pylist()}
    assert set(known) == {"campaign", "price", "stopped_selling", "no_orders", "broken_week"}
    assert known["campaign"]["name"] == "Spring"
    assert known["stopped_selling"]["name"] == "Thing b2"
    assert known["no_orders"]["from"] == date(2025, 4, 11)
    assert (known["broken_week"]["from"], known["broken_week"]["after"]) == (date(2025, 4, 14), 0.0)
    assert any("2025-04-14" in words.en for words in answer.summary)


def test_what_is_newly_said_is_quoted_word_for_word() -> None:
    texts = [("the zipper broke after a week", "a1")] * 12 + [("lovely, fits well", "b1")] * 12
    reviews = [
        {"review_id": f"r{side}{n:02d}", "product_id": product, "text": f"{text} number {n}" if side else f"fits well {n}",
         "reviewed_at": (APRIL if side else MARCH) + timedelta(days=n)}
        for side in (0, 1) for n, (text, product) in enumerate(texts)
    ]  # fmt: skip
    answer = explain_change(
        shop_of(planted(), reviews=pa.Table.from_pylist(reviews)), metric="paid"
    )
    rows = answer.evidence["said"].to_pylist()
    assert any("zipper" in row["term"] for row in rows)
    assert {row["quote"] for row in rows} <= {row["text"] for row in reviews}
    zipper = next(
        row for row in rows if "zipper" in row["term"] and row["slice"] == "the whole shop"
    )
    assert (zipper["texts_before"], zipper["texts_after"], zipper["p"] < 0.05) == (0, 12, True)
    assert not any("newest" in words.en for words in answer.limits)


def test_of_too_many_texts_the_newest_are_read_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Chinese texts stand behind Latin ones by their signs, and are not cut off for it."""
    monkeypatch.setattr(texts_of, "READ", 20)
    reviews = [
        {"review_id": f"r{side}{n:02d}", "product_id": "a1", "reviewed_at": (APRIL if side else MARCH) + timedelta(days=n // 2),
         "text": f"all was well in parcel {n}" if n < 30 else f"拉链坏了，第 {n} 次" if side else f"很合身，第 {n} 次"}
        for side in (0, 1) for n in range(45)
    ]  # fmt: skip
    answer = explain_change(
        shop_of(planted(), reviews=pa.Table.from_pylist(reviews)), metric="paid"
    )
    rows = answer.evidence["said"].to_pylist()
    assert any("拉链" in row["quote"] and row["all_after"] == 15 for row in rows)
    assert any("newest" in words.en and "最新" in words.zh for words in answer.limits)


def test_currencies_are_never_added_and_refunds_have_a_line_of_their_own() -> None:
    base = shop_of(planted())
    orders = base.orders.to_pyarrow()
    foreign = orders.slice(0, 3).set_column(
        orders.column_names.index("currency"), "currency", pa.array(["USD"] * 3)
    ).set_column(0, "order_id", pa.array(["u1", "u2", "u3"]))  # fmt: skip
    tables = {
        "orders": pa.concat_tables([orders, foreign]),
        "order_items": base.order_items.to_pyarrow(),
    }
    shop = shop_from_tables(tables, settings=Settings(minimum_count=2))
    answer = explain_change(shop, metric="paid")
    assert (
        answer.table.to_pylist()[-1]["before"]
        == explain_change(base, metric="paid").table.to_pylist()[-1]["before"]
    )
    assert any("left out: USD" in words.en for words in answer.limits)
    with pytest.raises(UsageError, match="there are CNY, USD"):
        explain_change(shop, currency="EUR")
    place = orders.column_names.index("refunded")
    late = pa.array(
        [Decimal("7.77") if at == len(orders) - 1 else None for at in range(len(orders))],
        orders.schema.field(place).type,
    )
    given_back = shop_from_tables({**tables, "orders": orders.set_column(place, "refunded", late)})
    whole = explain_change(given_back, metric="net", minimum_count=2).table.to_pylist()[-1]
    assert whole["other"] == Decimal("-7.77")


def test_every_number_in_a_sentence_stands_in_a_table() -> None:
    for metric in ("net", "orders", "aov"):
        answer: Answer = explain_change(shop_of(planted()), metric=metric)  # type: ignore[arg-type]
        cells = set()
        for row in answer.table.to_pylist():
            for value in row.values():
                if isinstance(value, (int, float, Decimal)):
                    cells |= {
                        f"{float(value):,.2f}",
                        f"{float(value):+,.2f}",
                        f"{float(value):,.0f}",
                        f"{float(value):+,.0f}",
                    }
        kinds = [row["kind"] for row in answer.evidence["known"].to_pylist()]
        cells |= {str(kinds.count(kind)) for kind in kinds} | {"+0.00", "+0"}
        for words in answer.summary:
            for text in (words.en, words.zh):
                plain = re.sub(r"95 ?%|2025-0[34]|Thing \w\d", "", text)
                said = re.findall(r"(?<![\w])[+-]?\d+(?:,\d{3})*(?:\.\d+)?", plain)
                assert set(said) <= cells, (text, set(said) - cells)


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    shop = shop_of(planted())
    with pytest.raises(MissingDataError, match="Nothing of the metric"):
        explain_change(shop_from_tables({}))
    with pytest.raises(MissingDataError, match="events with sessions"):
        explain_change(shop, metric="conversion")
    for asked, said in (
        ({"after": "2025-13"}, "no period"), ({"before": "soon"}, "no period"), ({"after": "2030-01"}, "the data runs from"),
        ({"before": "2025-04", "after": "2025-04"}, "overlap"), ({"by": "colour"}, "sliced by colour"),
        ({"metric": "orders", "by": "category"}, "sliced by category"), ({"minimum_count": 0}, "1 or more"),
        ({"by": "channel,device,region,country,category"}, "more than 4"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            explain_change(shop, **asked)  # type: ignore[arg-type]


def test_one_order_of_one_customer_and_a_negative_total_are_answered() -> None:
    alone = shop_of([(0, 0, "web", [("a1", 1, "5.00")], "0")])
    with pytest.raises(MissingDataError, match="the data runs from 2025-03-01 to 2025-03-01"):
        explain_change(alone)
    minus = explain_change(
        shop_of([*EDGES, (1, 3, "web", [("a1", 1, "5.00")], "-50.00")]), metric="paid"
    )
    whole = minus.table.to_pylist()[-1]
    assert whole["after"] == Decimal("-24.98")
    assert minus.evidence["tree"].num_rows == 0


def test_a_wrong_date_is_no_last_month_and_orders_without_lines_say_so() -> None:
    base = shop_of(planted())
    orders = base.orders.to_pyarrow()
    stray = orders.slice(0, 1).to_pylist()[0] | {
        "order_id": "far",
        "ordered_at": datetime(2099, 12, 3),
        "ordered_on": None,
    }
    tables = {
        "orders": pa.concat_tables([orders, pa.Table.from_pylist([stray], schema=orders.schema)])
    }
    shop = shop_from_tables(tables, settings=Settings(minimum_count=2))
    answer = explain_change(shop, metric="paid")
    usual = explain_change(base, metric="paid")
    assert answer.evidence["periods"].equals(usual.evidence["periods"])
    assert not any("Of it" in words.en for words in answer.summary)
    assert any(
        "no lines of orders" in words.en and "没有订单明细" in words.zh for words in answer.limits
    )
    assert any("Of it" in words.en for words in usual.summary)


def test_intervals_take_orders_as_drawn_however_many_lines_they_have() -> None:
    lines = [("a1", 1, "10.00"), ("a2", 1, "20.00"), ("b1", 2, "30.00"), ("a1", 1, "10.00")]
    found = explain_change(
        shop_of([*EDGES, (1, 3, "web", lines, "0")]), metric="paid", by="product"
    )
    whole = found.table.to_pylist()[-1]
    squares = 4 * 10.01**2 + 100**2
    assert whole["high"] - float(whole["change"]) == pytest.approx(
        1.959964 * squares**0.5, rel=1e-6
    )
    of_a1 = next(
        row for row in found.evidence["by_dimension"].to_pylist() if "a1" in row["value_en"]
    )
    half = 1.959964 * (4 * 10**2 + 20**2) ** 0.5
    assert of_a1["high"] - float(of_a1["change"]) == pytest.approx(half, rel=1e-6)
