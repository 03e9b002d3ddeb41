"""Laws of review_sentiment: the future does not leak, and names do not count."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.reviews.ask import review_sentiment

COUNT = 240
CUT = datetime(2024, 3, 1)
GOOD = ["muito bom", "adorei", "很喜欢", "质量好", "love it"]
BAD = ["péssimo", "quebrado", "质量差", "退货", "broken"]

Rows = dict[str, list[Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    draw = np.random.default_rng(3)
    stars = draw.choice([1.0, 2.0, 3.0, 4.0, 5.0], COUNT, p=[0.2, 0.15, 0.1, 0.2, 0.35])
    said = [draw.choice(BAD if one <= 2 else GOOD, 2) for one in stars]
    at = [datetime(2024, 1, 1) + timedelta(hours=12 * n) for n in range(COUNT)]
    return {
        "review_id": [f"r{(37 * n) % COUNT:03d}" for n in range(COUNT)],
        "product_id": [f"p{n % 9}" for n in range(COUNT)],
        "customer_id": [f"c{n % 31}" for n in range(COUNT)],
        "order_id": [f"o{n}" for n in range(COUNT)],
        "rating": stars.tolist(),
        "text": [f"{' '.join(words)} {n % 11}" for n, words in enumerate(said)],
        "label": [None] * COUNT,
        "reply": [None] * COUNT,
        "replied_at": [None] * COUNT,
        "reviewed_at": at,
        "reviewed_on": [one.date() for one in at],
    }


def shop_of(rows: Rows) -> Shop:
    return shop_from_tables({"reviews": pa.table(rows)})


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same in every table and sentence, but for their speed."""
    tables = [{**answer.evidence, "table": answer.table} for answer in (one, other)]
    words = [(answer.summary, answer.limits, answer.chart) for answer in (one, other)]
    return words[0] == words[1] and all(
        tables[0][name].equals(tables[1][name]) for name in tables[0] if name != "speed"
    )


def altered(rows: Rows, **later: Any) -> Rows:
    """Return the rows with other cells in every review that was written after the cut."""
    after = [moment > CUT for moment in rows["reviewed_at"]]
    return rows | {
        name: [new if late else old for late, old in zip(after, rows[name], strict=True)]
        for name, new in later.items()
    }


def early(answer: Answer, only: Rows) -> list[float]:
    """Return how negative the reviews of `only` are read."""
    known = set(only["review_id"])
    return [row["p_negative"] for row in answer.table.to_pylist() if row["review_id"] in known]


LATER = {
    "text": {"text": "muito bom 很喜欢 péssimo"},
    "stars": {"rating": 1.0},
    "label": {"label": "negative"},
    "everything": {"text": "adorei", "rating": 1.0, "label": "neutral", "reply": "谢谢"},
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_what_is_written_after_a_moment_changes_nothing_as_of_it_and_would_without(
    rows: Rows, later: dict[str, Any]
) -> None:
    other = altered(rows, **later)
    kept = [number for number, moment in enumerate(rows["reviewed_at"]) if moment <= CUT]
    only = {name: [column[number] for number in kept] for name, column in rows.items()}
    then = review_sentiment(shop_of(rows).as_of(CUT))
    assert then.table.num_rows == len(kept)
    assert then.as_of == CUT.isoformat()
    assert same(then, review_sentiment(shop_of(other).as_of(CUT)))
    assert same(then, review_sentiment(shop_of(only).as_of(CUT)))

    # Uncut, the later reviews teach, so that the earlier ones are read otherwise.
    whole, changed = (early(review_sentiment(shop_of(one)), only) for one in (rows, other))
    assert whole != early(then, only)
    assert changed != whole


def test_a_reply_that_came_after_a_moment_is_not_there_as_of_it(rows: Rows) -> None:
    late = rows | {"reply": ["对不起"] * COUNT, "replied_at": [CUT + timedelta(days=1)] * COUNT}
    shop = shop_of(late)
    assert shop.reviews.reply.count().execute() == COUNT
    assert shop.as_of(CUT).reviews.reply.count().execute() == 0
    assert shop.as_of(CUT + timedelta(days=2)).reviews.reply.count().execute() > 0
    assert same(review_sentiment(shop.as_of(CUT)), review_sentiment(shop_of(rows).as_of(CUT)))


def test_names_change_no_number(rows: Rows) -> None:
    given = review_sentiment(shop_of(rows))
    mixed = np.random.default_rng(1).permutation(COUNT)
    renamed = rows | {
        name: [f"号{rows[name][number][::-1]}" for number in mixed]
        for name in ("product_id", "customer_id", "order_id")
    }
    assert same(review_sentiment(shop_of(renamed)), given)


def test_the_names_of_reviews_change_no_number(rows: Rows) -> None:
    given = review_sentiment(shop_of(rows))
    # Reversed names sort differently, so that no deal by their order can go unnoticed.
    other = review_sentiment(
        shop_of(rows | {"review_id": [name[::-1] for name in rows["review_id"]]})
    )
    assert other.table["review_id"] != given.table["review_id"]
    assert renamed(other.table).sort_by("review_id").equals(given.table)
    for name, table in given.evidence.items():
        assert name == "speed" or renamed(other.evidence[name]).equals(table), name
    assert (other.summary, other.chart) == (given.summary, given.chart)


def renamed(table: pa.Table) -> pa.Table:
    """Return the table with the names of its reviews reversed."""
    if "review_id" not in table.column_names:
        return table
    names = pa.compute.utf8_reverse(table["review_id"])
    return table.set_column(table.column_names.index("review_id"), "review_id", names)
