"""The report: one file, nothing from outside, every number defined, every stranger's text harmless."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest

from shopkeeper.answer import Answer
from shopkeeper.data.shop import Shop, shop_from_tables
from shopkeeper.operations.behaviour import overview
from shopkeeper.operations.reviews.ask import sentiment_effect
from shopkeeper.settings import Settings
from shopkeeper.surfaces.report import write_report
from shopkeeper.words import Words

START = date(2025, 1, 6)
SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://evil.example","点我")'
BIDI = "invoice\u202egpj.exe"
TITLES = {"p0": "龙井茶 250 克", "p1": SCRIPT, "p2": FORMULA, "p3": BIDI, "p4": None}
CATEGORIES = {"p0": "茶叶", "p1": "茶叶", "p2": "茶具", "p3": "茶具", "p4": "礼盒"}
LONG = "包装破了，" * 60


class Page(HTMLParser):
    """What the tests look at in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.loose: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if "a" in self.open and self.links:
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)
        elif (
            "main" in self.open
            and "definitions" not in self.ids()
            and not _FREE.intersection(self.open)
        ):
            self.loose.append(data)

    def ids(self) -> list[str]:
        """Return every id."""
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]

    def headings(self) -> list[str]:
        """Return the ids of the sections, in order."""
        return [str(attributes["id"]) for tag, attributes in self.tags if tag == "section"]


# A number may stand unlinked in a picture, a quotation, a name, a date, a heading or a definition, and
# in the words that say how to read a picture.
_FREE = {"svg", "blockquote", "bdi", "time", "h2", "h3", "caption", "thead", "figcaption"}


def tables() -> dict[str, pa.Table]:
    """Return a shop of 360 reviews in which p0 sells badly late and nothing is symmetric."""
    reviews, orders, items, shipments = [], [], [], []
    for number in range(360):
        product = f"p{number % 5 if number % 7 else 0}"
        late = product == "p0" and number % 2 == 0
        bad = late or number % 11 == 0
        day = START + timedelta(days=number // 2)
        at = datetime(day.year, day.month, day.day, 9)
        reviews.append(
            {
                "review_id": f"r{number}",
                "order_id": f"o{number}",
                "rating": 1.0 if bad else 5.0,
                "text": _text(number, product) if bad else "很好，下次再来",
                "reviewed_at": at + timedelta(days=9),
                "reviewed_on": day + timedelta(days=9),
                "reply": "抱歉" if number % 3 == 0 else None,
            }
        )
        orders.append(
            {
                "order_id": f"o{number}",
                "customer_id": f"c{number % 300}",
                "ordered_at": at,
                "ordered_on": day,
                "time_zone": "Asia/Shanghai",
                "status": "delivered",
                "total": 80 + number,
                "currency": "CNY",
            }
        )
        items.append(
            {
                "order_id": f"o{number}",
                "line": 1,
                "product_id": product,
                "seller_id": "seller-one-of-two" if product in ("p0", "p1") else "seller-two",
                "quantity": 1,
                "price": 80 + number,
                "currency": "CNY",
            }
        )
        shipments.append(
            {
                "order_id": f"o{number}",
                "line": 1,
                "promised_at": at + timedelta(days=5),
                "delivered_at": at + timedelta(days=7 if late else 3),
            }
        )
    products = [
        {"product_id": key, "title": title, "category": CATEGORIES[key]}
        for key, title in TITLES.items()
    ]
    categories = [{"category": "茶叶", "language": "en", "name": "Tea & <b>leaves</b>"}]
    made = {
        "reviews": reviews,
        "orders": orders,
        "order_items": items,
        "shipments": shipments,
        "products": products,
        "categories": categories,
    }
    return {name: pa.Table.from_pylist(rows) for name, rows in made.items()}


def _text(number: int, product: str) -> str:
    return {
        "p1": f"假货 {SCRIPT} 第{number}次",
        "p2": f"{FORMULA} 第{number}次买都是坏的",
        "p3": f"{BIDI} 第{number}次买都是坏的",
    }.get(product, f"{number}号订单：{LONG}")


def sentiment_answer() -> Answer:
    """Return a stored answer of review_sentiment that agrees with the stars."""
    rows = tables()["reviews"].to_pylist()
    judged = [
        {
            "review_id": row["review_id"],
            "read": "negative" if row["rating"] == 1 else "positive",
            "p_negative": 0.5 + number / 1000 if row["rating"] == 1 else 0.1,
            "abstained": False,
        }
        for number, row in enumerate(rows)
    ]
    disagreements = pa.table({"review_id": ["r1"], "text": ["好个鬼，再也不来了"], "rating": [5.0]})
    parts = pa.table({"part": ["disagreeing", "with_text"], "reviews": [77, 360]})
    names = ("accuracy", "macro_f1", "ece")
    quality = pa.Table.from_pylist([
        {"method": method, "metric": name, "value": value, "low": 0.5, "high": 0.95, "rows": 70}
        for method, value in (("ngrams", 0.9), ("majority", 0.6))
        for name in names
    ])  # fmt: skip
    classes = pa.Table.from_pylist([
        {"method": method, "sentiment": name, "f1": 0.7, "low": 0.6, "high": 0.8, "rows": 40}
        for method in ("ngrams", "majority")
        for name in ("negative", "neutral", "positive")
    ])  # fmt: skip
    speed = pa.Table.from_pylist([
        {"method": "ngrams", "stage": "score", "rows_per_second": 12_345.6, "low": 11e3, "high": 13e3}
    ])  # fmt: skip
    return Answer(
        verb="review_sentiment",
        title=Words("What reviews feel", "评价的情感"),
        table=pa.Table.from_pylist(judged),
        method="ngrams",
        evidence={
            "disagreements": disagreements,
            "parts": parts,
            "quality": quality,
            "classes": classes,
            "speed": speed,
        },
        limits=(Words("Irony is missed.", "听不出反话。"),),
        definitions={"disagreements": Words("Text against stars.", "文字与星级相反。")},
    )


@cache
def shop(**settings: object) -> Shop:
    """Return the shop with its answers."""
    chosen = Settings(name="茶 & <i>Tea</i>", language="zh", currency="CNY", **settings)  # type: ignore[arg-type]
    bare = shop_from_tables(tables(), settings=chosen)
    answers = {"overview": overview(bare), "review_sentiment": sentiment_answer()}
    judged = shop_from_tables(tables(), settings=chosen, answers=answers)
    answers["sentiment_effect"] = sentiment_effect(judged)
    return shop_from_tables(tables(), settings=chosen, answers=answers)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report of the shop in both languages."""
    folder, made = tmp_path_factory.mktemp("report"), shop()
    return {
        lang: write_report(made, folder / f"{lang}.html", lang=lang).read_text(encoding="utf-8")
        for lang in ("en", "zh")
    }


@pytest.fixture(params=["en", "zh"])
def text(texts: dict[str, str], request: pytest.FixtureRequest) -> str:
    """The report in one language."""
    return texts[request.param]


def test_nothing_is_loaded_from_outside(text: str) -> None:
    page = Page(text)
    assert {tag for tag, _ in page.tags}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use"}
    )
    for tag, attributes in page.tags:
        assert (
            not {"src", "srcset", "action", "style", "background", "xlink:href"} & attributes.keys()
        )
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#")
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_names_the_hash_of_the_style_sheet_and_nothing_else(text: str) -> None:
    import base64
    import hashlib

    style = text[text.index("<style>") + 7 : text.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(
        attributes["content"]
        for tag, attributes in Page(text).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


def test_it_stays_under_three_megabytes(text: str) -> None:
    assert len(text.encode()) < 3_000_000


def test_every_link_leads_somewhere_and_every_id_is_unique(text: str) -> None:
    page = Page(text)
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert {href[1:] for href, _ in page.links} <= set(ids)


def test_every_number_of_the_text_is_a_link_to_its_definition(text: str) -> None:
    page = Page(text)
    body = "".join(page.loose)
    assert re.findall(r"\d[\d,.]*%?", body) == []
    numbers = [href for href, inner in page.links if re.search(r"\d", inner)]
    assert len(numbers) > 50
    assert all(href.startswith("#def-") for href in numbers)


def test_the_negative_share_leads_to_the_metric_of_that_name(texts: dict[str, str]) -> None:
    from shopkeeper.data.metrics import BY_NAME

    definition = BY_NAME["negative_review_share"].definition.zh
    assert f'<div id="def-negative-review-share"><dt>差评占比</dt><dd>{definition}' in texts["zh"]


def test_both_languages_have_the_same_sections_pictures_and_definitions(
    texts: dict[str, str],
) -> None:
    english, chinese = (Page(texts[lang]) for lang in ("en", "zh"))
    assert english.headings() == chinese.headings()
    assert english.headings() == [
        "first", "next", "glance", "behaviour", "recommend", "complements", "change", "searches", "baskets", "segments", "time", "aspect", "topic", "category", "product", "seller",
        "effect", "quality", "definitions",
    ]  # fmt: skip
    assert english.ids() == chinese.ids()
    pictures = [sum(tag == "svg" for tag, _ in page.tags) for page in (english, chinese)]
    assert pictures[0] == pictures[1] > 8


def test_chinese_report_has_no_english_sentence_of_its_own(texts: dict[str, str]) -> None:
    page = Page(texts["zh"])
    own = " ".join(page.loose)
    assert re.findall(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", own) == []


def test_markup_of_strangers_is_shown_and_not_obeyed(text: str) -> None:
    assert SCRIPT not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<bdi>茶 &amp; &lt;i&gt;Tea&lt;/i&gt;</bdi>" in text
    assert "=HYPERLINK(&#34;http://evil.example&#34;" in text


def test_direction_controls_are_written_out_and_names_isolated(text: str) -> None:
    assert "\u202e" not in text
    assert "<bdi>invoice⟨U+202E⟩gpj.exe</bdi>" in text


def test_quotes_are_word_for_word_and_cut_with_an_ellipsis(texts: dict[str, str]) -> None:
    quotes = re.findall(r"<blockquote><p dir=\"auto\"><bdi>(.*?)</bdi>", texts["zh"])
    long = [quote for quote in quotes if LONG[:20] in quote]
    assert long
    for quote in long:
        number = int(quote.split("号")[0])
        assert quote == f"{number}号订单：{LONG}"[:200] + "…"


def test_the_surest_complaints_are_quoted_first(texts: dict[str, str]) -> None:
    first = re.search(r"<bdi>(\d+)号订单", texts["zh"])
    assert first is not None
    certain = [number for number in range(360) if number % 7 == 0 or number % 5 == 0]
    late = [number for number in certain if number % 2 == 0]
    assert int(first.group(1)) == max(late)


def test_a_product_without_title_is_called_by_category_and_id(texts: dict[str, str]) -> None:
    assert '<bdi>礼盒</bdi>（<span title="p4"><bdi>p4</bdi></span>）' in texts["zh"]
    assert '<bdi>礼盒</bdi> (<span title="p4"><bdi>p4</bdi></span>)' in texts["en"]


def test_pictures_hold_chinese_text_and_say_what_they_show(texts: dict[str, str]) -> None:
    drawings = re.findall(r"<svg.*?</svg>", texts["zh"], flags=re.DOTALL)
    category = next(drawing for drawing in drawings if "各类目差评占比" in drawing)
    assert ">茶叶</text>" in category
    assert ">茶具</text>" in category
    charts = [drawing for drawing in drawings if "aria-hidden" not in drawing]
    assert all('role="img"' in chart and "<title>" in chart for chart in charts)


def test_the_seller_who_delivers_late_is_named_with_the_share(texts: dict[str, str]) -> None:
    tasks = texts["en"][texts["en"].index('id="next"') : texts["en"].index('id="glance"')]
    assert "Deliver when promised" in tasks
    assert "these sellers are clearly above that" in tasks
    assert "seller-o" in tasks
    assert "seller-t" not in tasks


def test_the_first_page_says_what_goes_with_bad_reviews(texts: dict[str, str]) -> None:
    answer = shop().answer("sentiment_effect")
    assert answer is not None
    for lang in ("en", "zh"):
        first = texts[lang][texts[lang].index('id="first"') : texts[lang].index('id="next"')]
        plain = re.sub(r"<[^>]+>", "", first)
        assert re.sub(r"(?<=\d) %", "%", answer.summary[0].get(lang)) in plain
        assert 'href="#def-sentiment-effect-drivers"' in first


def test_reviews_that_disagree_with_their_stars_are_counted_and_quoted(text: str) -> None:
    assert '<a class="n" href="#def-disagreements">77</a>' in text
    assert "<bdi>好个鬼，再也不来了</bdi>" in text


def test_how_well_the_texts_are_read_stands_beside_the_baseline(texts: dict[str, str]) -> None:
    row = texts["en"][texts["en"].index(">Right class</a>") :]
    found = re.findall(r"\d+\.\d%", row)
    assert found[:6] == ["90.0%", "50.0%", "95.0%", "60.0%", "50.0%", "95.0%"]
    assert "F1 of Negative" in row
    assert "12,346" in row


def test_a_count_below_the_minimum_shows_no_percentage(tmp_path: Path) -> None:
    strict = shop(minimum_count=100_000)
    text = write_report(strict, tmp_path / "r.html", lang="en").read_text(encoding="utf-8")
    page = Page(text)
    assert [inner for _, inner in page.links if "%" in inner] == []
    assert "too few" in text


def test_the_same_shop_makes_the_same_bytes_in_its_own_language(
    texts: dict[str, str], tmp_path: Path
) -> None:
    again = write_report(shop.__wrapped__(), tmp_path / "again.html").read_text(encoding="utf-8")
    assert again == texts["zh"]


def test_the_report_of_a_shop_in_the_past_says_so(tmp_path: Path) -> None:
    past = shop().as_of("2025-04-01")
    text = write_report(past, tmp_path / "r.html", lang="en").read_text(encoding="utf-8")
    assert "Seen as of <time" in text
    assert "1 Apr 2025" in text
