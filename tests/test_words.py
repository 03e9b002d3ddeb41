"""Words in both languages."""

from shopkeeper.words import Words, localised


def test_any_language_but_chinese_is_answered_in_english() -> None:
    words = Words("orders", "订单")
    assert [words.get(lang) for lang in ("en", "zh", "fr", "")] == [
        "orders",
        "订单",
        "orders",
        "orders",
    ]


def test_words_inside_a_chart_are_put_into_one_language_and_the_rest_stays() -> None:
    chart = {
        "title": {"en": "Sales", "zh": "销售额"},
        "layer": [{"name": Words("a", "甲")}, ({"en": "b", "zh": "乙"}, 3)],
        "en": 1,
    }
    assert localised(chart, "zh") == {
        "title": "销售额",
        "layer": [{"name": "甲"}, ["乙", 3]],
        "en": 1,
    }
    assert localised(chart, "en")["title"] == "Sales"
