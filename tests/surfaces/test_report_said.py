"""The sections of aspects and topics: every number is the answer's, every quote a customer's."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.reviews.ask import review_aspects, review_topics
from shopkeeper.settings import Settings
from shopkeeper.surfaces.report import write_report

START = date(2026, 1, 5)
SCRIPT = "<script>alert</script>"
WORDS = [
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
SAID = {
    "good": ["lovely colour and great quality, {}", "质量很好，颜色好看，{}", "the price is great, {}"],
    "bad": [f"the packaging was torn {SCRIPT} {{}}", "物流太慢了，等了很久，{}", "poor quality, {}"],
    "broken": ["the battery died, poor battery, {}", "电池不耐用，电池太差，{}"],
    "new": ["the app update broke the login screen {}", "login screen of the app fails since update {}"],
}  # fmt: skip
LANGUAGES = ("en", "zh")


def row(number: int, kind: str, day: int, product: str) -> dict[str, Any]:
    on = START + timedelta(days=day)
    said = SAID[kind][number // 3 % len(SAID[kind])]
    return {
        "review_id": f"r{number:04d}",
        "product_id": product,
        "rating": 5.0 if kind == "good" else 1.0,
        "title": f"{WORDS[number % 12]} {WORDS[number // 12 % 12]}" if number % 4 == 0 else None,
        "text": said.format(f"{WORDS[number % 12]} {WORDS[number // 12 % 12]}"),
        "reviewed_at": datetime(on.year, on.month, on.day, 9),
        "reviewed_on": on,
    }


def rows() -> list[dict[str, Any]]:
    """A year of reviews: the battery of p2 is blamed throughout, and a week ago the login broke."""
    made = []
    for number in range(520):
        product = f"p{number % 5}"
        kind = "good" if number % 3 else "bad"
        if product == "p2" and number % 2:
            kind = "broken"
        made.append(row(number, kind, number * 358 // 520, product))
    praised = [row(number, "broken", number % 300, f"p{number % 2}") for number in range(600, 660)]
    for one in praised:
        one |= {"rating": 5.0, "text": f"great battery, the battery lasts, {one['review_id']}"}
    return made + praised + [row(number, "new", 362, "p4") for number in range(700, 745)]


def products() -> pa.Table:
    return pa.table({"product_id": [f"p{n}" for n in range(5)],
                     "title": ["Tea 茶", "Cup 杯", "Torch & <b>手电</b>", "Bowl 碗", None],
                     "category": ["k"] * 5})  # fmt: skip


def shop(said: list[dict[str, Any]], *, answered: bool = True, **settings: Any) -> Shop:
    tables = {"reviews": pa.Table.from_pylist(said), "products": products()}
    bare = shop_from_tables(tables, settings=Settings(**settings))
    answers = {"review_aspects": review_aspects(bare), "review_topics": review_topics(bare)}
    return shop_from_tables(
        tables, settings=Settings(**settings), answers=answers if answered else {}
    )


@pytest.fixture(scope="module")
def made() -> Shop:
    return shop(rows())


@pytest.fixture(scope="module")
def pages(made: Shop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("said")
    return {
        lang: write_report(made, folder / f"{lang}.html", lang=lang).read_text(encoding="utf-8")
        for lang in LANGUAGES
    }


def stored(shop: Shop, verb: str) -> Answer:
    answer = shop.answer(verb)
    assert answer is not None
    return answer


def section(page: str, name: str) -> str:
    found = re.search(f'<section id="{name}".*?</section>', page, re.S)
    assert found is not None, name
    return found[0]


def plain(text: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", text))


def cells(text: str) -> list[list[str]]:
    """Return the rows of the section's table as texts."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [
        [plain(cell) for cell in re.findall("<t[hd].*?</t[hd]>", one)]
        for one in re.findall("<tr>.*?</tr>", body)
    ]


def quoted(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r"<blockquote><p.*?><bdi>(.*?)</bdi>", text)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_numbers_of_aspects_are_those_of_the_answer(
    pages: dict[str, str], made: Shop, lang: str
) -> None:
    answer = stored(made, "review_aspects")
    told = [one for one in answer.evidence["aspects"].to_pylist() if one["reviews"] >= 30][:12]
    shown = cells(section(pages[lang], "aspect"))
    assert len(shown) == len(told) > 4
    for cell, one in zip(shown, told, strict=True):
        share, low, high = (f"{100 * one[key]:.1f}%" for key in ("share", "low", "high"))
        bad = [f"{100 * one[f'negative_{key}']:.1f}%" for key in ("share", "low", "high")]
        assert cell[:4] == [one[f"aspect_{lang}"], f"{one['reviews']:,}", f"{share} {low}–{high}",
                            f"{bad[0]} {bad[1]}–{bad[2]}"]  # fmt: skip
        assert cell[4].startswith(f"{100 * one['positive'] / one['reviews']:.1f}%")
    cases = re.findall("<h3><bdi>(.*?)</bdi></h3>", section(pages[lang], "aspect"))
    assert cases == [one[f"aspect_{lang}"] for one in told if one["negative"]][:4]


@pytest.mark.parametrize("name", ["aspect", "topic"])
def test_what_is_quoted_stands_word_for_word_in_a_review(pages: dict[str, str], name: str) -> None:
    known = [" ".join(f"{one['title'] or ''} {one['text']}".split()) for one in rows()]
    found = quoted(section(pages["en"], name))
    assert len(found) >= 4
    assert len(set(found)) == len(found)
    assert all(any(said in text for text in known) for said in found)


def test_complaints_are_quoted_from_reviews_whose_stars_do_not_praise(
    pages: dict[str, str],
) -> None:
    praised = {one["text"] for one in rows() if one["rating"] > 3}
    for said in quoted(section(pages["en"], "aspect")):
        assert not any(said in text for text in praised)


def test_markup_in_a_review_stays_text(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert SCRIPT not in page
        assert "<b>手电" not in page
        assert "&lt;script&gt;alert&lt;/script&gt;" in section(page, "aspect")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_new_topic_comes_first_with_its_week_and_is_advised_on(
    pages: dict[str, str], made: Shop, lang: str
) -> None:
    new = [one for one in stored(made, "review_topics").table.to_pylist() if one["new"]]
    assert len(new) == 1
    assert new[0]["texts_this_week"] >= 40
    text = section(pages[lang], "topic")
    head = {"en": "New this week: ", "zh": "本周新话题："}[lang] + new[0]["name"]
    assert plain(re.findall("<h3>(.*?)</h3>", text)[0]) == head
    detail = plain(re.findall("</h3>\n<p>(.*?)</p>", text)[0])
    shares = [f"{100 * new[0][key]:.1f}%" for key in ("share", "share_this_week", "share_before")]
    for number in (str(new[0]["texts"]), str(new[0]["texts_this_week"]), *shares):
        assert number in detail
    assert cells(text)[0][0].startswith(new[0]["name"])
    advice = plain(section(pages[lang], "next"))
    assert {"en": "Look at what is new this week: ", "zh": "看看本周的新话题："}[lang] in advice


@pytest.mark.parametrize("lang", LANGUAGES)
def test_topics_stand_with_their_numbers_new_and_changed_ones_first(
    pages: dict[str, str], made: Shop, lang: str
) -> None:
    known = {one["name"]: one for one in stored(made, "review_topics").table.to_pylist()}
    shown = cells(section(pages[lang], "topic"))
    names = [cell[0].removesuffix({"en": " new", "zh": " 新"}[lang]) for cell in shown]
    assert len(shown) == min(12, len(known))
    for name, cell in zip(names, shown, strict=True):
        assert cell[1] == f"{known[name]['texts']:,}"
        share = known[name]["negative_share"]
        said = {"en": "too few", "zh": "样本太少"}[lang] if share is None else f"{100 * share:.1f}%"
        assert cell[-1].startswith(said)
    rank = [0 if known[n]["new"] else 1 if known[n]["changed_in"] else 2 for n in names]
    assert rank == sorted(rank)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_product_whose_battery_is_blamed_is_named_in_section_and_advice(
    pages: dict[str, str], made: Shop, lang: str
) -> None:
    found = stored(made, "review_aspects").evidence["products"].to_pylist()
    assert found[0]["product_id"] == "p2"
    one = next(row for row in found if row["name"] == "battery")
    advice = plain(section(pages[lang], "next"))
    assert "Torch & <b>手电</b>" in advice
    said = {"en": f"battery and charging: {one['negative']} of {one['reviews']} reviews",
            "zh": f"电池与充电：谈到它的 {one['reviews']} 条评价中 {one['negative']} 条抱怨"}  # fmt: skip
    assert said[lang] in advice


def test_no_product_is_blamed_for_what_all_are_blamed_for(tmp_path: Path) -> None:
    alike = [
        row(n, "good" if n % 3 else "bad", n * 358 // 520, f"p{n // 3 % 5}") for n in range(520)
    ]
    even = shop(alike)
    assert stored(even, "review_aspects").evidence["products"].num_rows == 0
    page = write_report(even, tmp_path / "r.html", lang="en").read_text(encoding="utf-8")
    assert "Fix what" not in section(page, "next")
    assert "Look at what is new" not in section(page, "next")


def test_without_answers_a_line_says_how_to_get_them_and_without_reviews_nothing(
    tmp_path: Path,
) -> None:
    bare = write_report(shop(rows(), answered=False), tmp_path / "a.html", lang="zh")
    for name in ("aspect", "topic"):
        text = section(bare.read_text(encoding="utf-8"), name)
        assert "执行 <code>shopkeeper run</code>" in text
        assert "<table>" not in text
    empty = write_report(shop_from_tables({"products": products()}), tmp_path / "b.html")
    assert not re.search('<section id="(aspect|topic)"', empty.read_text(encoding="utf-8"))


def test_below_the_minimum_no_percentage_of_aspects_or_topics_is_written(tmp_path: Path) -> None:
    made = shop(rows())
    answers = {name: stored(made, name) for name in ("review_aspects", "review_topics")}
    tables = {"reviews": pa.Table.from_pylist(rows()), "products": products()}
    few = shop_from_tables(tables, settings=Settings(minimum_count=100_000), answers=answers)
    page = write_report(few, tmp_path / "r.html", lang="en").read_text(encoding="utf-8")
    for name in ("aspect", "topic"):
        assert "%" not in plain(section(page, name))
        assert "too few" in section(page, name)


def test_a_shop_whose_topics_are_all_too_small_says_so(tmp_path: Path) -> None:
    small = shop(rows(), minimum_count=100_000)
    text = write_report(small, tmp_path / "r.html", lang="en").read_text(encoding="utf-8")
    assert "No topic has enough reviews" in section(text, "topic")
    assert "<table>" not in section(text, "topic")


def test_a_shop_without_dates_is_told_that_nothing_can_be_new(tmp_path: Path) -> None:
    undated = [one | {"reviewed_at": None, "reviewed_on": None} for one in rows()]
    table = pa.Table.from_pylist(undated)
    kept = table.drop_columns(["reviewed_at", "reviewed_on"])
    answers = {"review_topics": review_topics(shop_from_tables({"reviews": kept}))}
    one = shop_from_tables({"reviews": kept}, answers=answers)
    text = write_report(one, tmp_path / "r.html", lang="zh").read_text(encoding="utf-8")
    assert "评价没有日期" in section(text, "topic")


def test_personal_data_in_a_quoted_complaint_is_masked(
    command: Callable[..., Any], exported: Callable[..., Path], tmp_path: Path
) -> None:
    said = [
        {
            "review_id": f"r{number}",
            "product_id": "p",
            "rating": 1 if number % 2 else 5,
            "text": f"the delivery was late, so late, call me at 1391234{number:04d} {WORDS[number % 12]}"
            if number % 2
            else f"lovely colour, {WORDS[number % 12]} {number}",
            "reviewed_at": f"2026-0{1 + number % 5}-{1 + number % 28:02d} 10:00:00",
        }
        for number in range(160)
    ]
    home, page = tmp_path / "shop", tmp_path / "page.html"
    assert command("import", exported("reviews.csv", said), "--shop", home).code == 0
    assert command("run", home).code == 0
    assert command("report", home, "--output", page, "--lang", "en").code == 0
    text = page.read_text(encoding="utf-8")
    assert any("delivery was late" in one for one in quoted(section(text, "aspect")))
    assert quoted(section(text, "topic"))
    assert "1391234" not in text
