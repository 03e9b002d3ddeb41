"""DuckDB and Spark give the same texts, classes and months to learn sentiment from."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.operations.reviews.sentiment import read_reviews
from shopkeeper.operations.reviews.topics.rows import product_titles, text_rows

REVIEWS = pa.table(
    {
        "review_id": ["b", "a", "c", "d", "e", "f"],
        "rating": [1.0, 2.5, 4.0, None, 5.0, 3.0],
        "label": [None, "negative", "bogus", "positive", None, None],
        "title": ["  标题 ", None, "", "Title", None, "<b>x</b>"],
        "text": ["\n正文\t", None, "   ", None, "é😀", "\u3000never torn off\t"],
        "reviewed_at": [datetime(2024, 5, 1, 23, 30), None, *[datetime(2024, 1, 31)] * 4],
        "reviewed_on": [date(2024, 5, 2), None, *[date(2024, 1, 31)] * 4],
    }
)


@pytest.mark.spark
def test_both_engines_read_the_same_reviews(spark: object) -> None:
    one, two = (
        read_reviews(shop_from_tables({"reviews": REVIEWS}, engine=engine)).to_pylist()
        for engine in ("duckdb", "spark")
    )
    assert one == two
    one.sort(key=lambda row: row["review_id"])
    assert [row["text"] for row in one] == [
        None, "标题\n正文", None, "Title", "é😀", "<b>x</b>\nnever torn off"]  # fmt: skip
    assert [row["target"] for row in one] == [
        "negative", "negative", "positive", "positive", "positive", "neutral"]  # fmt: skip
    assert one[1]["month"] == date(2024, 5, 1)


SEARCHES = pa.table(
    {
        "search_id": ["s1", "s2"],
        "query": ["青瓷 杯", None],
        "searched_at": [datetime(2024, 5, 1, 23, 30), datetime(2024, 5, 2)],
        "searched_on": [date(2024, 5, 2), None],
    }
)
MESSAGES = pa.table(
    {
        "message_id": ["m1", "m2"],
        "conversation_id": ["k", "k"],
        "sender": ["customer", "agent"],
        "text": ["where is it 在哪", "on its way"],
        "sent_at": [datetime(2024, 5, 1), datetime(2024, 5, 1, 1)],
        "sent_on": [date(2024, 5, 1), date(2024, 5, 1)],
    }
)
PRODUCTS = pa.table({"product_id": ["p2", "p1"], "title": ["杯", None]})


@pytest.mark.spark
def test_both_engines_read_the_same_texts_and_titles(spark: object) -> None:
    tables = {"reviews": REVIEWS, "searches": SEARCHES, "messages": MESSAGES, "products": PRODUCTS}
    told = []
    for engine in ("duckdb", "spark"):
        shop = shop_from_tables(tables, engine=engine)
        read = [text_rows(shop, name) for name in ("reviews", "searches", "messages")]
        told.append(
            [
                sorted(table.to_pyarrow().to_pylist(), key=str)
                for table in (*read, product_titles(shop))
            ]
        )
    assert told[0] == told[1]
    assert [len(rows) > 0 for rows in told[0]] == [True] * 4
