"""What the pages show: questions that are matched, reviews that fit, forms, files, and what is kept."""

import asyncio
import html
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from shopkeeper.data.shop import shop_from_tables
from shopkeeper.surfaces.asking.desk import Desk, View
from shopkeeper.surfaces.verbs import VERBS
from shopkeeper.surfaces.web import phrases
from shopkeeper.surfaces.web.kitchen import Kitchen
from shopkeeper.surfaces.web.matching import matches
from shopkeeper.surfaces.web.page_routes import shown_at
from shopkeeper.surfaces.web.reviews.queries import Read, Wanted, counted, fitting, wanted
from shopkeeper.words import Words
from tests.surfaces.web.conftest import SCRIPT, Visitor


@pytest.mark.parametrize(
    ("question", "verb"),
    [
        ("At which step are customers lost?", "funnel"),
        ("顾客在哪一步流失？", "funnel"),
        ("What do customers complain about?", "review_aspects"),
        ("顾客在抱怨什么", "review_aspects"),
        ("How much revenue did we make?", "overview"),
        ("上个月销售额多少", "overview"),
        ("Do customers come back?", "retention"),
        ("复购率怎么样", "retention"),
        ("who are our most valuable customers", "lifetime_value"),
        ("哪些顾客最有价值", "lifetime_value"),
        ("What should I recommend to this customer?", "recommend"),
        ("给顾客推荐什么", "recommend"),
        ("which products are similar", "similar_products"),
        ("评价在谈论哪些话题", "review_topics"),
        ("延迟送达对差评有什么影响", "sentiment_effect"),
        ("bounce rate by device", "sessions"),
    ],
)
def test_a_question_finds_the_verb_that_answers_it(question: str, verb: str) -> None:
    found = matches(question)
    assert found[0].verb == verb
    assert all(
        word in question.lower() or f"{word}s" in question.lower() for word in found[0].words
    )


@pytest.mark.parametrize(
    "question", ["", "?", "明天天气怎么样", "who won the match", "<script>", "的 了 吗"]
)
def test_a_question_that_nothing_answers_finds_nothing(question: str) -> None:
    assert matches(question) == []


def test_a_page_says_what_it_cannot_answer(known: Visitor) -> None:
    assert "<strong>the weather</strong>" in known.get("/ask?q=tomorrow+weather").body.decode()
    unsure = known.get("/ask?q=size").body.decode()
    assert "Did you mean one of these?" in unsure
    assert 'href="/verbs/review-aspects"' in unsure
    page = known.get("/ask?q=who+won+the+match").body.decode()
    assert "None of the answers fits" in page
    listed = [verb for verb in VERBS if f'/verbs/{verb.name.replace("_", "-")}"' in page]
    assert listed == list(VERBS)


def test_a_question_that_tells_customers_apart_is_read_as_its_sentence(known: Visitor) -> None:
    asked = f"/ask?q={quote('三个月没买的老客有多少')}"
    page = known.get(asked, Accept_Language="zh").body.decode()
    assert '<mark class="word">三个月没买的老客</mark>' in page
    assert page.index('id="segment"') < page.index('id="retention"')


def test_every_verb_has_a_page_and_appears_where_its_package_does(known: Visitor) -> None:
    listed = known.get("/verbs").body.decode()
    for verb in VERBS:
        path = f"/verbs/{verb.name.replace('_', '-')}"
        assert f'href="{path}"' in listed
        assert html.escape(verb.title.en) in known.get(path).body.decode().replace(
            "&#39;", "&#x27;"
        )
    collected = {verb.name for path in ("/behaviour", "/customers") for verb in shown_at(path)}
    own = {v.name for v in VERBS if re.search(r"operations\.(behaviour|segments)\.", v.module)}
    assert collected == own
    assert [verb.name for verb in shown_at("/proof")] == [verb.name for verb in VERBS]


def test_the_language_is_that_of_the_address_the_switch_or_the_browser(
    guarded_page: Visitor,
) -> None:
    assert guarded_page.get("/login", Accept_Language="zh-CN").headers["content-language"] == "zh"
    assert (
        guarded_page.get("/login?lang=en", Accept_Language="zh").headers["content-language"] == "en"
    )
    assert guarded_page.get("/login", Accept_Language="zh").headers["content-language"] == "en"


@pytest.fixture
def guarded_page(visitor: Visitor) -> Visitor:
    """Somebody at the login."""
    return visitor


def test_every_phrase_is_written_in_both_languages() -> None:
    named = {name: value for name, value in vars(phrases).items() if isinstance(value, Words)}
    assert len(named) > 80
    gaps = re.compile(r"{\w+}")
    for name, words in named.items():
        assert sorted(gaps.findall(words.en)) == sorted(gaps.findall(words.zh)), name
        # The language switch is named in the language that it leads to.
        assert name == "LANGUAGE" or not re.search("[\u4e00-\u9fff]", words.en), name


def test_a_value_that_cannot_be_used_is_told_beside_the_form(known: Visitor) -> None:
    reply = known.get("/verbs/recommend?k=many")
    page = reply.body.decode()
    assert reply.status == 422
    assert "k: it should be a whole number" in page
    assert 'value="many"' in page
    sent = known.post("/verbs/recommend", {"seal": known.seal("/verbs"), "k": "many"})
    assert sent.status == 422


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/ask?q=", 300),
        ("/reviews?q=", 200),
        ("/reviews.csv?product=", 200),
        ("/verbs/recommend?customers=", 8000),
        ("/verbs/recommend/table.csv?customers=", 8000),
        ("/recommend?given=", 8000),
    ],
)
def test_a_text_that_is_too_long_is_told_and_not_cut(known: Visitor, path: str, most: int) -> None:
    reply = known.get(path + "c" * (most + 1))
    assert reply.status == 422
    assert f"longer than {most} characters" in reply.body.decode()


def test_a_reader_without_the_right_has_nothing_worked_out(visitor: Visitor) -> None:
    visitor.enter("reader")
    seal = visitor.seal("/verbs/overview")
    assert visitor.post("/verbs/overview", {"seal": seal, "period": "day"}).status == 403
    assert "may read what is stored" in visitor.get("/verbs/overview?period=day").body.decode()


def test_anothers_work_is_not_there(known: Visitor, visitor: Visitor) -> None:
    seal = known.seal("/verbs/slow-answer")
    place = known.post("/verbs/slow-answer", {"seal": seal, "seconds": "20"}).headers["location"]
    assert known.get(place).status == 200
    visitor.enter("reader")
    assert visitor.get(place).status == 404
    path = place.partition("?")[0]
    assert known.post(f"{path}/cancel", {"seal": seal}).status == 303


def test_tables_have_pages_and_files(known: Visitor) -> None:
    known.worked_out("hostile-answer", said="x")
    first = known.get("/verbs/hostile-answer?said=x").body.decode()
    assert "1–25 of 12,345" in first
    later = known.get("/verbs/hostile-answer?said=x&table=many&offset=12325").body.decode()
    assert "12,326–12,345 of 12,345" in later
    table = known.get("/verbs/hostile-answer/table.csv?said=x&table=many").body
    assert len(table.decode("utf-8-sig").splitlines()) == 12_346
    assert known.get("/verbs/hostile-answer/table.csv?said=y").status == 404


def test_a_page_is_made_once_for_each_version() -> None:
    made = []

    def make() -> str:
        made.append(1)
        return f"page {len(made)}"

    async def ask() -> list[bytes]:
        kitchen, view, later = Kitchen(), View(shop_from_tables({})), View(shop_from_tables({}))
        same = await asyncio.gather(*(kitchen.page(view, "key", make) for _ in range(5)))
        same.append(await kitchen.page(view, "key", make))
        anew = await kitchen.page(later, "key", make)
        kitchen.close()
        return [*same, anew]

    assert asyncio.run(ask()) == [b"page 1"] * 6 + [b"page 2"]


def test_a_page_that_fails_is_made_again() -> None:
    async def ask() -> str:
        kitchen, view = Kitchen(), View(shop_from_tables({}))
        with pytest.raises(ZeroDivisionError):
            await kitchen.page(view, "key", lambda: str(1 / 0))
        page = await kitchen.page(view, "key", lambda: "page")
        kitchen.close()
        return page.decode()

    assert asyncio.run(ask()) == "page"


@pytest.fixture(scope="module")
def desk(hostile_shop: Path) -> Desk:
    """The hostile shop."""
    return Desk(hostile_shop)


@pytest.mark.parametrize(
    ("asked", "test"),
    [
        ({"sentiment": "negative"}, lambda row: row["sentiment"] == "negative"),
        ({"stars": "2"}, lambda row: row["rating"] == 2),
        ({"q": SCRIPT}, lambda row: SCRIPT in f"{row['title']} {row['text']}"),
        ({"q": "BROKE AFTER"}, lambda row: "broke after" in row["text"]),
        ({"q": "100%"}, lambda row: False),
        ({"product": "p3"}, lambda row: row["product_id"] == "p3"),
        ({"from": "2025-06-01", "to": "2025-06-30"}, lambda row: row["on"].month == 6),
        ({"reply": "none"}, lambda row: row["reply"] is None),
        ({"topic": "99999"}, lambda row: False),
        ({"aspect": "no such"}, lambda row: False),
    ],
)  # fmt: skip
def test_the_reviews_that_fit_are_those_that_are_asked_for(
    desk: Desk, asked: dict, test: object
) -> None:
    shop, read = desk.view().shop, Read(None, None)
    rows = fitting(shop, Wanted(), read).to_pyarrow().to_pylist()
    expected = [row["review_id"] for row in rows if test(row)]  # type: ignore[operator]
    table = fitting(shop, wanted(asked), read)
    assert [row["review_id"] for row in table.to_pyarrow().to_pylist()] == expected
    assert counted(table)["total"] == len(expected)
