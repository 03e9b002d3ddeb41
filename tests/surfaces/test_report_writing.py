"""What the report writes with: colours, pictures, numbers, excerpts and other people's texts."""

import re
from datetime import date

import pytest

from shopkeeper.intervals import Interval
from shopkeeper.surfaces.charts import NIGHT, PAPER, svg
from shopkeeper.surfaces.report import figures
from shopkeeper.surfaces.report.pen import Pen, excerpt, signed, visible
from shopkeeper.words import Words

SCRIPT = "<script>alert(1)</script>"


def test_colours_of_text_keep_their_contrast_by_day_and_by_night() -> None:
    for palette in (PAPER, NIGHT):
        for role in ("ink", "muted", "accent"):
            assert contrast(palette[role], palette["ground"]) >= 4.5
        assert contrast(palette["ink"], palette["band"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_label_in_a_picture_is_escaped() -> None:
    drawing = svg(
        {
            "data": {"values": [{"x": SCRIPT, "y": 1}]},
            "mark": "bar",
            "encoding": {
                "x": {"field": "x", "type": "nominal"},
                "y": {"field": "y", "type": "quantitative"},
            },
        },
        title='"><script>',
    )
    assert "<script" not in drawing
    assert "&lt;script&gt;" in drawing


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, "short"),
        ("非常失望的一次购物", 4, "非常失望…"),
        ("ab👩‍👩‍👧cd", 4, "ab…"),
        ("abe\u0301d", 3, "ab…"),
        ("ab🇨🇳🇧🇷", 3, "ab…"),
    ],
)
def test_an_excerpt_never_cuts_what_is_seen_as_one_character(
    text: str, most: int, expected: str
) -> None:
    assert excerpt(text, most=most) == expected


def test_money_is_written_as_each_language_writes_it() -> None:
    english, chinese = Pen("en", 30), Pen("zh", 30)
    assert english.money(2370564.2, "BRL", "gmv").striptags() == "R$2,370,564"
    assert english.money(12.5, "CNY", "gmv").striptags() == "CN¥12.50"
    assert chinese.money(2370564.2, "CNY", "gmv").striptags() == "¥237.1万"
    assert chinese.money(312345678, "CNY", "gmv").striptags() == "¥3.1亿"
    assert english.money(-9.5, "XYZ", "gmv").striptags() == "−XYZ 9.50"
    assert chinese.count(123456, "orders").striptags() == "12.3万"


def test_numbers_of_a_sentence_become_links_and_identifiers_do_not() -> None:
    words = Words("SKU A4 sold 1,200 for R$3.5 (12.5% to 14%)", "A4 卖了1,200件，占12.5%")
    english = Pen("en", 30).sentence(words, "orders")
    assert re.findall(r">([^<]+)</a>", english) == ["1,200", "R$3.5", "12.5%", "14%"]
    chinese = Pen("zh", 30).sentence(words, "orders")
    assert re.findall(r">([^<]+)</a>", chinese) == ["1,200", "12.5%"]


def test_a_sentence_of_an_answer_is_escaped_around_its_numbers() -> None:
    written = Pen("en", 30).sentence(Words("<b> & 3 of <i>", ""), "orders")
    assert written.startswith("&lt;b&gt; &amp; <a")
    assert written.endswith("of &lt;i&gt;")


def test_signs_are_wide_and_control_characters_visible() -> None:
    assert (signed("-0.0"), signed("2.0"), signed("-2.0")) == ("0.0", "+2.0", "−2.0")
    assert visible("a\x00b\u2066c") == "a⟨U+0000⟩b⟨U+2066⟩c"


def _written(drawing: str) -> list[str]:
    inside = re.findall(r"<text[^>]*>(.*?)</text>", drawing, re.S)
    return [re.sub("<[^>]+>", " ", text).strip() for text in inside]


@pytest.mark.parametrize(
    ("most", "lang", "form"),
    [
        (9_000, "zh", r"[\d,]+"),
        (16_000, "zh", r"0|[\d.]+万"),
        (3e8, "zh", r"0|[\d.]+亿"),
        (16_000, "en", r"0|[\d.]+k"),
        (9_000, "en", r"[\d,]+"),
    ],
)
def test_the_numbers_of_an_axis_are_all_in_one_unit(most: float, lang: str, form: str) -> None:
    course = [
        figures.Course(date(2025, month, 1), most * month / 6) for month in (1, 2, 3, 4, 5, 6)
    ]
    drawing = svg(figures.bars_over_time(course), title="t", lang=lang, width=720)
    amounts = [text for text in _written(drawing) if not re.fullmatch(r"\d{4}-\d{2}", text)]
    assert len(amounts) >= 3
    assert all(re.fullmatch(form, text) for text in amounts)


@pytest.mark.parametrize("width", [720, 344])
@pytest.mark.parametrize(
    "label",
    [
        "Slow delivery within the promise (the slowest quarter)",
        "Category furniture living room and more",
        "虽未超时但最慢的四分之一配送与更多的字在后面",
    ],
)
def test_a_long_label_is_folded_and_not_cut(label: str, width: int) -> None:
    lines = [figures.Line(label, Interval(3.0, 2.0, 4.0)), figures.Line("b", Interval(1, 0, 2))]
    said = _written(svg(figures.differences(lines), title="t", width=width))
    whole = "".join(label.split())
    assert whole in ["".join(text.split()) for text in said]
    assert not any("…" in text for text in said)
