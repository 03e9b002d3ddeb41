"""review_topics on small shops: what it finds, when it says new or changed, and what it refuses."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.errors import MissingDataError, UsageError
from shopkeeper.language.topics import adjusted_rand, find_topics
from shopkeeper.operations.reviews.ask import review_topics
from shopkeeper.operations.reviews.topics.rows import EVIDENCE, TOPIC_COLUMNS
from shopkeeper.operations.reviews.topics.trend import change_point, holm, newness
from shopkeeper.words import Words

SAID = {
    "delivery": ["the parcel arrived {} days late", "delivery took {} weeks", "late delivery, {} days"],
    "zipper": ["the zipper broke after {} uses", "zipper stuck {} times", "broken zipper, day {}"],
    "colour": ["lovely colour, {} friends asked", "the colour is {} shades off", "colour faded in {} washes"],
    "物流": ["物流太慢等了{}天", "快递{}天才到", "物流慢，{}天没更新"],
    "面料": ["面料起球洗了{}次", "面料太薄才{}天就破", "这面料穿{}次就起球"],
}  # fmt: skip
NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
ZH = "一二三四五六七八九十百千"
START = date(2026, 1, 5)


def written(subject: str, count: int) -> list[str]:
    """Return different texts about one subject."""
    forms = SAID[subject]
    words = ZH if subject in ("物流", "面料") else NUMBERS
    return [
        f"{forms[n % 3].format(words[n // 3 % 12])}{'' if n < 36 else ' ' + words[n % 12]}"
        for n in range(count)
    ]


def shop_of(rows: list[dict[str, Any]], **others: Any) -> Shop:
    table = pa.Table.from_pylist([{"review_id": f"r{n:04d}"} | row for n, row in enumerate(rows)])
    return shop_from_tables({"reviews": table, **others})


def spread(subject: str, count: int, *, weeks: range, rating: float = 3) -> list[dict[str, Any]]:
    # Drawn, for a week that goes with the wording would be a change to be found.
    generator = np.random.default_rng(count + len(subject))
    drawn = generator.permutation(np.resize(np.array(weeks), count)).tolist()
    days = [START + timedelta(days=7 * week + n % 7) for n, week in enumerate(drawn)]
    return [
        {"text": text, "reviewed_on": day, "rating": rating, "product_id": f"P-{subject}"}
        for text, day in zip(written(subject, count), days, strict=True)
    ]


def found_in(answer: Answer, subject: str) -> dict[str, Any]:
    """Return the topic that most texts about the subject are in."""
    codes = dict(
        zip(
            answer.evidence["texts"]["id"].to_pylist(),
            answer.evidence["texts"]["topic"].to_pylist(),
            strict=True,
        )
    )
    own = [code for key, code in codes.items() if subject in key]
    most = max(set(own), key=own.count)
    return answer.table.to_pylist()[most - 1]


def five_subjects() -> list[dict[str, Any]]:
    rows = []
    for number, subject in enumerate(SAID):
        some = spread(subject, 36, weeks=range(10), rating=1.0 if number % 2 else 5.0)
        rows += [{"review_id": f"{subject}{n:03d}"} | row for n, row in enumerate(some)]
    return rows


@pytest.fixture(scope="module")
def answer() -> Answer:
    return review_topics(shop_of(five_subjects()), topics=5, minimum_count=20)


def test_each_subject_is_a_topic_and_named_by_its_own_word(answer: Answer) -> None:
    for subject in ("zipper", "colour", "物流", "面料"):
        row = found_in(answer, subject)
        assert subject in row["name"]
        assert row["texts"] >= 24


def test_languages_are_never_in_one_topic(answer: Answer) -> None:
    topics = answer.table.to_pylist()
    for row in answer.evidence["texts"].to_pylist():
        if row["topic"]:
            chinese = any(sign >= "\u4e00" for sign in row["id"])
            assert topics[row["topic"] - 1]["language"] == ("zh" if chinese else "en")


def test_table_and_evidence_have_the_declared_columns(answer: Answer) -> None:
    assert answer.table.schema == TOPIC_COLUMNS
    assert {name: table.schema for name, table in answer.evidence.items()} == EVIDENCE
    assert answer.table["topic"].to_pylist() == list(range(1, answer.table.num_rows + 1))


def test_a_quote_is_a_text_of_its_topic_word_for_word(answer: Answer) -> None:
    texts = {row["review_id"]: row["text"] for row in five_subjects()}
    topic_of = {row["id"]: row["topic"] for row in answer.evidence["texts"].to_pylist()}
    for row in answer.table.to_pylist():
        assert row["quote"] == texts[row["quote_id"]]
        assert topic_of[row["quote_id"]] == row["topic"]


def test_every_text_is_counted_once(answer: Answer) -> None:
    parts = dict(zip(*answer.evidence["parts"].to_pydict().values(), strict=True))
    assert sum(answer.table["texts"].to_pylist()) == parts["in_a_topic"]
    assert parts["in_a_topic"] + parts["without_topic"] == parts["with_text"] == 180
    assert sum(answer.evidence["weeks"]["texts"].to_pylist()) == parts["in_a_topic"]


def test_the_order_of_the_rows_and_the_seed_change_no_topic(answer: Answer) -> None:
    rows = five_subjects()
    mixed = [rows[n] for n in np.random.default_rng(1).permutation(len(rows))]
    again = review_topics(shop_of(mixed), topics=5, minimum_count=20, seed=9)
    assert again.evidence["texts"].equals(answer.evidence["texts"])
    assert again.table["name"].equals(answer.table["name"])


def test_negative_share_comes_from_stars_and_from_the_stored_sentiment(answer: Answer) -> None:
    assert found_in(answer, "zipper")["negative_share"] > 0.6
    rows = [row | {"rating": None} for row in five_subjects()]
    judged = Answer(
        "review_sentiment", Words("s", "情感"),
        pa.table({"review_id": [row["review_id"] for row in rows],
                  "read": ["positive"] * len(rows), "abstained": [False] * len(rows)}),
        "ngrams",
    )  # fmt: skip
    shop = shop_from_tables(
        {"reviews": pa.Table.from_pylist(rows)}, answers={"review_sentiment": judged}
    )
    read = review_topics(shop, topics=5, minimum_count=20)
    assert set(read.table["negative_share"].to_pylist()) == {0.0}


def test_a_topic_names_the_product_that_it_is_about(answer: Answer) -> None:
    topic = found_in(answer, "zipper")["topic"]
    named = [row for row in answer.evidence["products"].to_pylist() if row["topic"] == topic]
    assert named[0]["product_id"] == "P-zipper"
    assert named[0]["texts"] > named[0]["expected"]


def test_what_is_new_this_week_stands_first_however_small() -> None:
    rows = spread("delivery", 120, weeks=range(12)) + spread("colour", 120, weeks=range(12))
    new = [f"smells of burnt plastic {word}, burnt smell" for word in NUMBERS[:9]]
    last = START + timedelta(days=7 * 11 + 6)
    rows += [{"text": text, "reviewed_on": last, "rating": 1.0} for text in new]
    made = review_topics(shop_of(rows), topics=4, minimum_count=20)
    first = made.table.to_pylist()[0]
    assert first["new"]
    assert first["texts_this_week"] >= 8
    assert "burnt" in first["name"] or "smell" in first["name"]
    assert sum(made.table["new"].to_pylist()) == 1
    assert any("New this week" in words.en for words in made.summary)


def test_nothing_is_new_or_changed_where_nothing_happens() -> None:
    rows = [
        row
        for name in ("delivery", "zipper", "colour")
        for row in spread(name, 120, weeks=range(12))
    ]
    made = review_topics(shop_of(rows), topics=6, minimum_count=20)
    assert not any(made.table["new"].to_pylist())
    assert set(made.table["changed_in"].to_pylist()) == {None}


def test_a_topic_that_grows_says_since_when() -> None:
    rows = spread("delivery", 240, weeks=range(12)) + spread("colour", 240, weeks=range(12))
    rows += spread("zipper", 60, weeks=range(6, 12))
    made = review_topics(shop_of(rows), topics=6, minimum_count=20)
    changed = [row for row in made.table.to_pylist() if "zipper" in row["name"]]
    assert changed[0]["changed_in"] is not None
    assert abs((changed[0]["changed_in"] - (START + timedelta(weeks=6))).days) <= 7
    assert changed[0]["share_since"] > 3 * changed[0]["share_until"]


def test_below_the_minimum_count_no_share_is_shown() -> None:
    rows = spread("delivery", 60, weeks=range(20)) + spread("colour", 60, weeks=range(20))
    made = review_topics(shop_of(rows), topics=2, minimum_count=30)
    assert set(made.evidence["weeks"]["share"].to_pylist()) == {None}
    assert set(made.table["share_this_week"].to_pylist()) == {None}
    assert not any(made.table["new"].to_pylist())
    assert any("nothing is said to be new" in words.en for words in made.limits)


def test_texts_without_a_day_have_topics_and_no_weeks() -> None:
    rows = [row | {"reviewed_on": None} for row in five_subjects()]
    made = review_topics(shop_of(rows), topics=5, minimum_count=20)
    assert made.evidence["weeks"].num_rows == 0
    assert made.chart is None
    assert set(made.table["p_change"].to_pylist()) == {None}


@pytest.mark.parametrize("source", ["searches", "messages"])
def test_searches_and_messages_have_topics_too(source: Any) -> None:
    texts = [text for name in ("delivery", "zipper") for text in written(name, 36)]
    number = len(texts)
    ids, days = [f"x{n}" for n in range(number)], [START] * number
    at = pa.array([None] * number, pa.timestamp("us"))
    tables = {
        "searches": pa.table({"search_id": ids, "query": texts, "searched_on": days, "searched_at": at}),
        "messages": pa.table({
            "message_id": [*ids, "agent"], "text": [*texts, "how can I help"],
            "sender": ["customer"] * number + ["agent"],
        }),
    }  # fmt: skip
    made = review_topics(shop_from_tables(tables), source=source, topics=2, minimum_count=10)
    assert {"id": "agent"} not in made.evidence["texts"].select(["id"]).to_pylist()
    assert any("zipper" in name for name in made.table["name"].to_pylist())


def test_too_few_different_texts_and_bad_arguments_are_refused() -> None:
    few = shop_of([{"text": "same words"} for _ in range(200)])
    with pytest.raises(MissingDataError, match="no language has 50 different ones") as caught:
        review_topics(few)
    assert "没有一种语言" in caught.value.text("zh")
    with pytest.raises(MissingDataError, match="Of 0 rows 0 have a text"):
        review_topics(few, source="messages")
    for wrong in ({"topics": 1}, {"topics": 201}, {"minimum_count": 0}):
        with pytest.raises(UsageError, match="topics is"):
            review_topics(few, **wrong)


def test_an_attackers_texts_break_nothing() -> None:
    odd = ["", "   ", "<script>alert(1)</script>", "x" * 100_000, "很" * 100_000, "\u202e\u0000", "😡" * 50,
           "=cmd|' /C calc'!A0", "(((((", "\\d+[", "the the the"]  # fmt: skip
    rows = five_subjects() + [{"review_id": f"odd{n}", "text": text} for n, text in enumerate(odd)]
    made = review_topics(shop_of(rows), topics=5, minimum_count=20)
    assert made.table.num_rows >= 4
    made.to_json("zh")


def test_the_encoder_reads_english_and_leaves_chinese_to_the_ngrams(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from shopkeeper.language import encode
    from shopkeeper.language.hashed import HashedEncoder

    read: list[str] = []

    class Stub(HashedEncoder):
        def __init__(self, **_: object) -> None:
            super().__init__()

        def vectors(self, texts: Any) -> Any:
            read.extend(texts)
            return super().vectors(texts)

    monkeypatch.setattr(encode, "SentenceEncoder", Stub)
    made = review_topics(shop_of(five_subjects()), method="encoder", topics=5, minimum_count=20)
    assert made.method == "ngrams + encoder"
    fitted = {row["language"]: row["method"] for row in made.evidence["fitted"].to_pylist()}
    assert fitted == {"en": "encoder", "zh": "ngrams"}
    assert read
    assert not any("\u4e00" <= sign <= "\u9fff" for text in read for sign in text)


def test_topics_as_of_a_moment_know_nothing_later() -> None:
    from datetime import datetime

    rows = [
        row | {"reviewed_at": datetime.combine(row["reviewed_on"], datetime.min.time())}
        for row in five_subjects()
    ]
    late = [
        {"review_id": f"z{n}", "text": f"later words {n}", "reviewed_at": datetime(2027, 1, 1)}
        for n in range(60)
    ]
    moment = datetime(2026, 12, 1)
    whole = review_topics(shop_of(rows + late).as_of(moment), topics=5, minimum_count=20)
    alone = review_topics(shop_of(rows).as_of(moment), topics=5, minimum_count=20)
    assert whole.table.equals(alone.table)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=12), st.integers(0, 3))
def test_a_change_point_is_a_chance_and_lies_within_the_weeks(counts: list[int], seed: int) -> None:
    texts, totals = np.array(counts), np.array(counts) + 5
    change = change_point(texts, totals, seed=seed, deals=49)
    if sum(counts) == 0:
        assert change.week == -1
    else:
        assert 0 < change.week < len(counts)
        assert 0 < change.p <= 1
        assert 0 < newness(texts, totals) <= 1


def test_chance_alone_is_called_a_change_no_more_often_than_it_says() -> None:
    generator = np.random.default_rng(5)
    totals = np.full(20, 40)
    called = [
        change_point(generator.binomial(40, 0.1, 20), totals, seed=n, deals=199).p <= 0.05
        for n in range(200)
    ]
    assert np.mean(called) <= 0.09


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_chance_and_keeps_their_order(chances: list[float]) -> None:
    made = holm(np.array(chances))
    assert np.all(made >= np.array(chances) - 1e-12)
    assert np.all(np.diff(made[np.argsort(chances, kind="stable")]) >= 0)


def test_the_rand_index_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import adjusted_rand_score

    generator = np.random.default_rng(0)
    one, other = generator.integers(0, 4, 200), generator.integers(0, 6, 200)
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other))
    assert adjusted_rand(one, one) == 1


def test_zero_vectors_are_in_no_topic() -> None:
    rows = np.repeat(np.eye(3, 8, dtype=np.float32), 4, axis=0)
    rows[0] = 0
    found = find_topics(rows, "abcdefghijkl", topics=3, minimum=2)
    assert found.codes[0] == -1
    assert (found.codes[1:] >= 0).all()
