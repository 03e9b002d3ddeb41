"""A shop's tables, and the one way to look at the past."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.schema import arrow_schema
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.data.tables import TABLES
from shopkeeper.errors import UsageError
from shopkeeper.operations.behaviour.ask import overview
from shopkeeper.words import Words


def day(number: int) -> datetime:
    return datetime(2026, 3, number)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return shop_from_tables(
        {
            "orders": pa.table(
                {
                    "order_id": ["o1", "o2", "o3"],
                    "ordered_at": [day(1), day(10), day(20)],
                    "status": ["refunded", "paid", "paid"],
                    "refunded": [5, 7, 0],
                    "refunded_at": [day(15), None, None],
                }
            ),
            "order_items": pa.table(
                {
                    "order_id": ["o1", "o1", "o3"],
                    "line": [1, 2, 1],
                    "quantity": [1, 2, 3],
                    "price": [1.5, 2.0, 3.25],
                }
            ),
            "reviews": pa.table(
                {
                    "review_id": ["r1", "r2", "r3"],
                    "text": ["很好", "bad", "undated"],
                    "reviewed_at": [day(5), day(25), None],
                }
            ),
            "products": pa.table({"product_id": ["p1", "p2"], "created_at": [None, day(18)]}),
        },
        answers={"overview": Answer("overview", Words("a", "甲"), pa.table({"x": [1]}), "sum")},
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_its_declared_columns_and_types_even_when_absent(shop: Shop, table) -> None:
    found = shop.table(table.name).to_pyarrow().schema
    assert found.names == list(table.names)
    declared = arrow_schema(table)
    assert [str(item.type) for item in found] == [str(item.type) for item in declared]


def test_as_of_cuts_rows_values_and_children(shop: Shop) -> None:
    past = shop.as_of("2026-03-12")
    orders = past.orders.order_by("order_id").to_pyarrow().to_pydict()
    assert orders["order_id"] == ["o1", "o2"]
    assert orders["refunded"] == [None, None]
    assert orders["status"] == [None, None]
    assert past.order_items.order_by("line").to_pyarrow()["line"].to_pylist() == [1, 2]
    assert past.reviews.to_pyarrow()["review_id"].to_pylist() == ["r1"]
    assert past.products.to_pyarrow()["product_id"].to_pylist() == ["p1"]


def test_as_of_reads_zones(shop: Shop) -> None:
    assert shop.as_of(datetime(2026, 3, 10, tzinfo=UTC)).cut == day(10)
    assert shop.as_of("2026-03-10T08:00:00+08:00").cut == day(10)


def test_the_whole_shop_is_untouched_by_as_of(shop: Shop) -> None:
    shop.as_of("2026-03-02").orders.count().execute()
    assert shop.orders.count().execute() == 3


def test_stored_answers_are_not_shown_to_the_past(shop: Shop) -> None:
    assert shop.answer("overview") is not None
    assert shop.as_of("2026-03-12").answer("overview") is None
    assert shop.answer("check") is None


def test_an_unknown_table_is_named_with_those_that_exist(shop: Shop) -> None:
    with pytest.raises(AttributeError, match=r"no table 'carts'; there are customers, "):
        _ = shop.carts


@pytest.mark.parametrize("ask", [Shop.table, Shop.rows, Shop.has])
def test_a_table_asked_for_by_a_name_that_is_none_says_which_there_are(shop: Shop, ask) -> None:
    with pytest.raises(UsageError, match=r"there are customers, .* such as orders\."):
        ask(shop, "order")


@given(moments=st.lists(st.integers(1, 28), min_size=1, max_size=8), cut=st.integers(1, 28))
def test_rows_after_the_cut_never_change_the_past(moments: list[int], cut: int) -> None:
    def built(days: list[int]) -> list[str]:
        numbered = {f"o{position}": moment for position, moment in enumerate(days)}
        orders = pa.table(
            {
                "order_id": pa.array(list(numbered), pa.string()),
                "ordered_at": pa.array(
                    [day(moment) for moment in numbered.values()], pa.timestamp("us")
                ),
            }
        )
        past = shop_from_tables({"orders": orders}).as_of(day(cut))
        return sorted(past.orders.to_pyarrow()["order_id"].to_pylist())

    known = [moment for moment in moments if moment <= cut]
    later = [moment for moment in moments if moment > cut]
    assert built(known) == built(known + later)


def test_what_becomes_of_an_order_later_never_changes_the_past() -> None:
    def january(**later: object) -> object:
        order = {"order_id": ["o1", "o2"], "customer_id": ["c1", "c2"], "total": [10, 20]}
        placed = {"ordered_at": [datetime(2025, 1, 1)] * 2, "paid_at": [datetime(2025, 1, 1)] * 2}
        shop = shop_from_tables({"orders": pa.table(order | placed | later)})
        return overview(shop.as_of("2025-01-02")).table.to_pylist()

    june = datetime(2025, 6, 1)
    assert january() == january(status=["refunded", "paid"], refunded_at=[june, None])
    assert january() == january(status=["cancelled", "paid"], cancelled_at=[june, None])
    assert january() == january(status=["refunded", "paid"], refunded=[10, 0])
